//! The officer's key: an Ed25519 private key in a file, which droit uses itself, or any other that can be checked, or a
//! public key alone, with which `ssh-keygen` signs: it asks the agent, the token, or for a passphrase.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, public::KeyData};
use zeroize::Zeroizing;

use super::{Purpose, SignatureError, can_be_checked, key_of, parsed, print_of, program};

/// No key file is larger.
const LARGEST: u64 = 64 << 10;

/// A key that can sign.
pub struct SigningKey {
    way: Way,
    pub(super) public: KeyData,
}

enum Way {
    /// The private key itself
    Ours(Box<PrivateKey>),
    /// `ssh-keygen -Y sign` with this file, in this environment
    Program { file: PathBuf, environment: BTreeMap<String, String> },
}

/// What is in a key file.
pub enum Opened {
    /// A key that can sign
    Ready(SigningKey),
    /// One that needs its passphrase first
    Locked(LockedKey),
}

/// A private key under a passphrase.
pub struct LockedKey(Box<PrivateKey>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.print())
    }
}

impl fmt::Debug for LockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockedKey(…)")
    }
}

impl LockedKey {
    /// Opens it.
    pub fn unlock(&self, passphrase: &str) -> Result<SigningKey, SignatureError> {
        let key = self.0.decrypt(passphrase).map_err(|_| SignatureError::WrongPassphrase)?;
        Ok(SigningKey { public: key.public_key().key_data().clone(), way: Way::Ours(Box::new(key)) })
    }
}

impl SigningKey {
    /// Reads a key file. `environment` is what `ssh-keygen` sees where it has to be asked: the agent's socket is in it.
    pub fn open(path: &Path, environment: &BTreeMap<String, String>) -> Result<Opened, SignatureError> {
        let (text, exposed) = read(path)?;
        let not_a_key = || SignatureError::NotAKey(path.to_owned());
        let by_program = |public: KeyData| {
            let way = Way::Program { file: path.to_owned(), environment: environment.clone() };
            Opened::Ready(Self { way, public })
        };
        if !text.contains("PRIVATE KEY-----") {
            let public = PublicKey::from_openssh(text.trim_end()).map_err(|_| not_a_key())?;
            require_supported(public.key_data())?;
            return Ok(by_program(public.into()));
        }
        if exposed {
            return Err(SignatureError::KeyExposed(path.to_owned()));
        }
        let Ok(key) = PrivateKey::from_openssh(text.trim_start()) else {
            // of some ECDSA keys ssh-key does not understand the private half; OpenSSH does, and wrote the public one beside
            return Ok(by_program(public_beside(path).ok_or_else(not_a_key)?));
        };
        let public = key.public_key().key_data().clone();
        require_supported(&public)?;
        if !matches!(public, KeyData::Ed25519(_)) {
            return Ok(by_program(public));
        }
        let key = Box::new(key);
        Ok(if key.is_encrypted() {
            Opened::Locked(LockedKey(key))
        } else {
            Opened::Ready(Self { way: Way::Ours(key), public })
        })
    }

    /// The key as OpenSSH names it.
    #[must_use]
    pub fn print(&self) -> String {
        print_of(&self.public)
    }

    /// Signs `message` for `purpose`; the armored signature, which was checked before it is returned.
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> Result<String, SignatureError> {
        let text = match &self.way {
            Way::Ours(key) => key
                .sign(purpose.namespace(), HashAlg::Sha512, message)
                .and_then(|signature| signature.to_pem(LineEnding::LF))
                .map_err(|_| SignatureError::Algorithm(self.public.algorithm().to_string()))?,
            Way::Program { file, environment } => program::sign(file, environment, purpose, message)?,
        };
        let signed = key_of(purpose, message, &parsed(&text)?)?;
        if *signed.key_data() == self.public { Ok(text) } else { Err(SignatureError::Wrong("another key made it")) }
    }
}

/// The public key that stands beside a private one, as ssh-keygen writes it.
fn public_beside(path: &Path) -> Option<KeyData> {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    let (text, _) = read(Path::new(&name)).ok()?;
    let key = PublicKey::from_openssh(text.trim_end()).ok()?;
    can_be_checked(key.key_data()).then(|| key.into())
}

fn require_supported(key: &KeyData) -> Result<(), SignatureError> {
    if can_be_checked(key) { Ok(()) } else { Err(SignatureError::Algorithm(key.algorithm().to_string())) }
}

/// The text, and whether others can read it.
fn read(path: &Path) -> Result<(Zeroizing<String>, bool), SignatureError> {
    let failed = |source| SignatureError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(SignatureError::NotAKey(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    match file.take(LARGEST).read_to_string(&mut text) {
        Ok(_) => Ok((text, found.permissions().mode() & 0o077 != 0)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(SignatureError::NotAKey(path.to_owned())),
        Err(error) => Err(failed(error)),
    }
}
