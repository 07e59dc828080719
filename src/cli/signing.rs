//! Signing at the door: the officer's key, and who may sign in this workspace.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::signature::{Opened, Person, Purpose, SignatureError, Signers, SigningKey};

use super::{
    hidden,
    out::Out,
    session::Session,
    settings::Approval,
    text::{Text, trouble},
};

/// The officer's key.
#[derive(clap::Args, Debug)]
pub(crate) struct KeyArgs {
    /// Sign with this OpenSSH key: a private key, or the public key of one that an agent or a security key holds
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

const PASSPHRASE: Text = Text { en: "Passphrase of {file}:", zh: "{file} 的口令：" };

impl KeyArgs {
    /// The key, opened; a passphrase is asked for at the terminal.
    pub(crate) fn open(&self, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Option<SigningKey>> {
        let Some(file) = &self.key else { return Ok(None) };
        let path = session.path(file);
        match SigningKey::open(&path, &session.environment)? {
            Opened::Ready(key) => Ok(Some(key)),
            Opened::Locked(key) => {
                let named = path.display().to_string();
                let passphrase = hidden::ask(PASSPHRASE, &[("file", &named)], session, out)?;
                Ok(Some(key.unlock(&passphrase)?))
            }
        }
    }
}

impl Session<'_> {
    /// Who may sign here, if anybody said so: the file that the settings name, else `allowed_signers` in the workspace.
    pub(crate) fn signers(&mut self) -> anyhow::Result<Option<Signers>> {
        let Some(path) = self.signers_file()? else { return Ok(None) };
        Ok(Some(Signers::read(&path, &self.zone()?)?))
    }

    /// The file of allowed signers.
    pub(crate) fn signers_file(&mut self) -> anyhow::Result<Option<PathBuf>> {
        let workspace = self.workspace()?;
        if let Some(named) = &workspace.settings.allowed_signers {
            return Ok(Some(workspace.path(named)));
        }
        let beside = workspace.path("allowed_signers");
        Ok(beside.symlink_metadata().is_ok().then_some(beside))
    }

    /// The same, where nothing goes without.
    pub(crate) fn require_signers(&mut self) -> anyhow::Result<Signers> {
        Ok(self.signers()?.ok_or_else(|| trouble::NO_SIGNERS.plain())?)
    }
}

impl Session<'_> {
    /// Who may sign, where a second person has to agree to every plan.
    pub(crate) fn two_persons(&mut self) -> anyhow::Result<Option<Signers>> {
        if self.workspace()?.settings.approval == Approval::None {
            return Ok(None);
        }
        self.protected_signers().map(Some)
    }

    /// The same, from a file that whoever works here cannot write.
    pub(crate) fn protected_signers(&mut self) -> anyhow::Result<Signers> {
        let signers = self.require_signers()?;
        let file = self.signers_file()?.ok_or_else(|| trouble::NO_SIGNERS.plain())?;
        if is_protected(&file, self.user) {
            return Ok(signers);
        }
        Err(trouble::SIGNERS_WRITABLE.with(&[("file", &file.display().to_string())]).into())
    }

    /// Where a second person has to agree, there has to be something to agree to.
    pub(crate) fn require_plan_file(&mut self, is_named: bool) -> anyhow::Result<()> {
        let alone = self.workspace()?.settings.approval == Approval::None;
        if alone || is_named { Ok(()) } else { Err(trouble::NEEDS_PLAN.plain().into()) }
    }

    /// Where a second person has to agree to everything, no purge goes by its rules.
    pub(crate) fn require_rules_suffice(&mut self) -> anyhow::Result<()> {
        match self.workspace()?.settings.approval {
            Approval::SecondOfficer => Err(trouble::PURGE_NOT_APPROVABLE.plain().into()),
            Approval::None | Approval::SecondOfficerForCases => Ok(()),
        }
    }
}

/// Whether the user can write neither the file nor put another one in its place: somebody else owns it and all folders
/// above, and nobody else can write there (in a sticky folder nobody renames what is another's). Root can do everything.
fn is_protected(file: &Path, user: Option<u32>) -> bool {
    let Some(user) = user.filter(|user| *user != 0) else { return false };
    let safe = |path: &Path| {
        path.metadata().is_ok_and(|found| {
            let sticky = found.is_dir() && found.mode() & 0o1000 != 0;
            found.uid() != user && (found.mode() & 0o022 == 0 || sticky)
        })
    };
    file.canonicalize().is_ok_and(|file| file.ancestors().all(safe))
}

/// A key that is about to sign, and whose it is.
pub(crate) struct Hand {
    key: SigningKey,
    signers: Option<Signers>,
    /// Who it is, where the workspace says who may sign
    pub(crate) person: Option<Person>,
}

impl Hand {
    /// Opens the key; where it is known who may sign, it must be allowed now.
    pub(crate) fn of(
        args: &KeyArgs,
        purpose: Purpose,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Option<Self>> {
        let Some(key) = args.open(session, out)? else { return Ok(None) };
        let signers = session.signers()?;
        let person = signers.as_ref().map(|signers| signers.who(&key, purpose, session.now())).transpose()?;
        Ok(Some(Self { key, signers, person }))
    }

    /// The key as OpenSSH names it.
    pub(crate) fn print(&self) -> String {
        self.key.print()
    }

    /// Signs; what is signed counts at once.
    pub(crate) fn sign(&self, purpose: Purpose, message: &[u8], now: Timestamp) -> Result<String, SignatureError> {
        let signature = self.key.sign(purpose, message)?;
        if let Some(signers) = &self.signers {
            signers.check(purpose, message, &signature, now)?;
        }
        Ok(signature)
    }
}
