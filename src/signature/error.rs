//! Why something could not be signed, or why a signature does not count.

use std::{io, path::PathBuf};

/// A failure of signing or checking. It names files, lines and fingerprints of public keys, never a passphrase.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The file cannot be read
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file
        path: PathBuf,
        /// What the system said
        source: io::Error,
    },
    /// No OpenSSH key, private or public
    #[error("{} is no OpenSSH key", .0.display())]
    NotAKey(PathBuf),
    /// Others can read the private key
    #[error("the private key {} can be read by others", .0.display())]
    KeyExposed(PathBuf),
    /// A kind of key that is not supported
    #[error("keys of the kind {0} are not supported")]
    Algorithm(String),
    /// The passphrase does not open the key
    #[error("the passphrase does not open the key")]
    WrongPassphrase,
    /// The program that speaks to agents and security keys
    #[error("ssh-keygen cannot be started")]
    NoProgram(#[source] io::Error),
    /// It said no
    #[error("ssh-keygen did not sign: {0}")]
    ProgramFailed(String),
    /// A line of the file of allowed signers
    #[error("line {line} of {} is not understood: {why}", path.display())]
    Signers {
        /// The file
        path: PathBuf,
        /// From 1
        line: usize,
        /// What is wrong
        why: &'static str,
    },
    /// No armored SSHSIG
    #[error("this is no SSH signature")]
    NotASignature,
    /// It does not fit
    #[error("the signature is wrong: {0}")]
    Wrong(&'static str),
    /// A good signature of a key that nobody allowed
    #[error("the key {0} is not among the allowed signers")]
    Unknown(String),
    /// A good signature of a key that is allowed, but not for this, or not then
    #[error("the key {0} was not allowed for this purpose at that time")]
    NotInForce(String),
}
