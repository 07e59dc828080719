//! Texts that people wrote: read from a file or standard input, kept encrypted; replies are recorded by their digest.

use std::{
    fs,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::case::{Fingerprint, Secret};

use super::{failure::Failure, session::Session, text::trouble, workspace::cannot_read};

/// The text of `file` (`-` is standard input), without the white space around it.
pub(crate) fn secret(file: Option<&Path>, session: &mut Session<'_>) -> anyhow::Result<Option<Secret>> {
    let Some(file) = file else { return Ok(None) };
    let mut text = String::new();
    if file.as_os_str() == "-" {
        typed(u64::MAX, &mut text, session)?;
    } else {
        let path = session.path(file);
        let read = fs::File::open(&path).and_then(|mut opened| opened.read_to_string(&mut text));
        read.map_err(|error| no_text(&path, &error))?;
    }
    Ok(Some(Secret::from(text.trim())).filter(|text| !text.reveal().is_empty()))
}

/// Bytes that are read of what is about one person; more is not about one person.
const MOST: u64 = 1024 * 1024;

/// The text of `file` (`-` is standard input) with a person's identifiers or values, forgotten when it is dropped; empty
/// without a file.
pub(crate) fn private(file: Option<&Path>, session: &mut Session<'_>) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let Some(file) = file else { return Ok(text) };
    if file.as_os_str() == "-" {
        typed(MOST, &mut text, session)?;
    } else {
        let path = session.path(file);
        let read = fs::File::open(&path).and_then(|opened| opened.take(MOST).read_to_string(&mut text));
        read.map_err(|error| no_text(&path, &error))?;
    }
    if text.len() as u64 >= MOST { Err(trouble::TOO_MUCH.plain().into()) } else { Ok(text) }
}

/// Reads standard input to its end. Nothing is under way meanwhile: Ctrl-C ends it at once.
fn typed(most: u64, text: &mut String, session: &mut Session<'_>) -> anyhow::Result<()> {
    let interrupt = Arc::clone(&session.interrupt);
    let read = interrupt.while_waiting(|| (&mut *session.stdin).take(most).read_to_string(text));
    session.go_on()?;
    read.map_err(|error| no_text(Path::new("-"), &error))?;
    Ok(())
}

fn no_text(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidData => trouble::NOT_UTF8.with(&[("file", &path.display().to_string())]),
        _ => cannot_read(path, error),
    }
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
