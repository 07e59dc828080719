//! Texts that people wrote: read from a file or standard input, kept encrypted; replies are recorded by their digest.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};

use crate::case::{Fingerprint, Secret};

use super::{session::Session, workspace::cannot_read};

/// The text of `file` (`-` is standard input), without the white space around it.
pub(crate) fn secret(file: Option<&Path>, session: &mut Session<'_>) -> anyhow::Result<Option<Secret>> {
    let Some(file) = file else { return Ok(None) };
    let mut text = String::new();
    if file.as_os_str() == "-" {
        session.stdin.read_to_string(&mut text)?;
    } else {
        let path = session.path(file);
        text = fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))?;
    }
    Ok(Some(Secret::from(text.trim())).filter(|text| !text.reveal().is_empty()))
}

/// The SHA-256 of a file of any size.
pub(crate) fn digest(file: &Path, session: &Session<'_>) -> anyhow::Result<Fingerprint> {
    let path = session.path(file);
    let mut opened = fs::File::open(&path).map_err(|error| cannot_read(&path, &error))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match opened.read(&mut buffer) {
            Ok(0) => return Ok(Fingerprint::new(hasher.finalize().into())),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(cannot_read(&path, &error).into()),
        }
    }
}
