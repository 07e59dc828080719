//! Signatures by officers' own SSH keys, as OpenSSH makes and checks them (SSHSIG): `ssh-keygen -Y verify` says the same
//! of every signature of ours, and one that `ssh-keygen -Y sign` made is as good.
//!
//! What is signed is bound to one purpose by its namespace: a signature over an anchor is none over a plan.

mod error;
mod key;
mod program;
mod signers;
#[cfg(test)]
mod tests;

pub use error::SignatureError;
pub use key::{LockedKey, Opened, SigningKey};
pub use signers::{Person, Signers};

use ssh_key::{Fingerprint, HashAlg, PublicKey, SshSig, public::KeyData};

/// What somebody signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A head that is written outside of the workspace
    Anchor,
    /// The certificate of an erasure
    Certificate,
    /// That a plan may be carried out
    Approval,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Anchor, Self::Certificate, Self::Approval];

    /// The namespace of the signature, which `ssh-keygen` is told with `-n`.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Anchor => "anchor@droit",
            Self::Certificate => "certificate@droit",
            Self::Approval => "approval@droit",
        }
    }
}

/// A key as OpenSSH names it: `SHA256:…`.
#[must_use]
pub fn print_of(key: &KeyData) -> String {
    Fingerprint::new(HashAlg::Sha256, key).to_string()
}

/// Checks a signature by itself: that whoever has its key signed `message` for `purpose`. Returns the key; whose it is
/// and whether it counts, [`Signers`] knows.
fn key_of(purpose: Purpose, message: &[u8], signature: &SshSig) -> Result<PublicKey, SignatureError> {
    let key = signature.public_key();
    if !can_be_checked(key) {
        return Err(SignatureError::Algorithm(key.algorithm().to_string()));
    }
    if signature.namespace() != purpose.namespace() {
        return Err(SignatureError::Wrong("it was made for another purpose"));
    }
    let key = PublicKey::from(key.clone());
    key.verify(purpose.namespace(), message, signature)
        .map_err(|_| SignatureError::Wrong("it does not fit what was signed, or its key"))?;
    if is_hardware(key.key_data()) && !was_touched(signature) {
        return Err(SignatureError::Wrong("nobody touched the security key"));
    }
    Ok(key)
}

/// Ed25519 and ECDSA, in files, agents and security keys. RSA is not: its one pure implementation leaks by timing when
/// it signs, and DSA is broken.
fn can_be_checked(key: &KeyData) -> bool {
    matches!(key, KeyData::Ed25519(_) | KeyData::Ecdsa(_) | KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

fn is_hardware(key: &KeyData) -> bool {
    matches!(key, KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

/// A security key signs its flags, too: one byte before its counter of four. The lowest bit says that somebody was there.
fn was_touched(signature: &SshSig) -> bool {
    let bytes = signature.signature_bytes();
    bytes.len().checked_sub(5).and_then(|at| bytes.get(at)).is_some_and(|flags| flags & 1 == 1)
}

fn parsed(text: &str) -> Result<SshSig, SignatureError> {
    SshSig::from_pem(text).map_err(|_| SignatureError::NotASignature)
}
