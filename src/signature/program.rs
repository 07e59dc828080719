//! `ssh-keygen -Y sign`: for keys that an agent, a smart card or a security key holds. It asks for PINs and touches by
//! itself, at the terminal.

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use super::{Purpose, SignatureError};

pub(super) fn sign(
    key: &Path,
    environment: &BTreeMap<String, String>,
    purpose: Purpose,
    message: &[u8],
) -> Result<String, SignatureError> {
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", purpose.namespace(), "-f"])
        .arg(key)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SignatureError::NoProgram)?;
    if let Some(mut stdin) = child.stdin.take() {
        // a program that ends before it has read all says why by itself
        let _taken = stdin.write_all(message);
    }
    let done = child.wait_with_output().map_err(SignatureError::NoProgram)?;
    if done.status.success() {
        return String::from_utf8(done.stdout).map_err(|_| SignatureError::NotASignature);
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Err(SignatureError::ProgramFailed(said.chars().take(200).collect()))
}
