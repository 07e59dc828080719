//! The folder of certificates: one gets its name once it is on record, so that none lies there which the record does not
//! know. So does its page for people; its signature says nothing without it. Who dies in between is finished by the next
//! proof, or by `recover`.

use std::{
    ffi::OsString,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::case::{CaseNumber, Fingerprint};

use super::{
    failure::Failure,
    session::Session,
    workspace::{
        cannot_read, cannot_write, create_private_file, create_private_folder, remove_if_there, require_no_link,
        sweep_private_folder,
    },
};

/// How the name ends until the certificate is on record.
const UNRECORDED: &str = ".unrecorded";

/// A certificate that is written and not on record yet.
pub(super) struct Unrecorded {
    file: PathBuf,
}

/// Where the signature of a file lies.
pub(super) fn beside(file: &Path) -> PathBuf {
    with_end(file, ".sig")
}

/// Where the page for people lies.
pub(super) fn page(file: &Path) -> PathBuf {
    file.with_extension("html")
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    PathBuf::from(name)
}

/// Writes the certificate for the case's number, its page and its signature beside it; another one gets the next number
/// and none is overwritten.
pub(super) fn write(
    case: CaseNumber,
    document: &[u8],
    page_for_people: &str,
    signature: Option<&str>,
    session: &mut Session<'_>,
) -> anyhow::Result<Unrecorded> {
    let folder = folder(session)?;
    require_no_link(&folder)?;
    create_private_folder(&folder)?;
    sweep_private_folder(&folder)?;
    settle(session)?;
    let mut file = folder.join(format!("{case}.json"));
    let mut number = 1;
    while [file.clone(), beside(&file), page(&file)].iter().any(|one| one.symlink_metadata().is_ok()) {
        number += 1;
        file = folder.join(format!("{case}-{number}.json"));
    }
    create_private_file(&with_end(&page(&file), UNRECORDED), page_for_people)?;
    if let Some(signature) = signature {
        create_private_file(&beside(&file), signature)?;
    }
    create_private_file(&with_end(&file, UNRECORDED), std::str::from_utf8(document)?)?;
    Ok(Unrecorded { file })
}

impl Unrecorded {
    /// Its name, now that it is on record.
    pub(super) fn name(self) -> Result<PathBuf, Failure> {
        give_name(&self.file)?;
        Ok(self.file)
    }
}

/// The certificate's own name comes last: as long as it lacks it, the next run knows that something is left to do.
fn give_name(file: &Path) -> Result<(), Failure> {
    give_page_its_name(file)?;
    let failed = |error| cannot_write(file, &error);
    fs::rename(with_end(file, UNRECORDED), file).map_err(failed)?;
    fs::File::open(file.parent().unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// It may have it already.
fn give_page_its_name(certificate: &Path) -> Result<(), Failure> {
    let page = page(certificate);
    match fs::rename(with_end(&page, UNRECORDED), &page) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot_write(&page, &error)),
        _ => Ok(()),
    }
}

fn folder(session: &mut Session<'_>) -> Result<PathBuf, Failure> {
    Ok(session.workspace()?.path("certificates"))
}

/// Gives their names to certificates that are on record, and takes away those that never came on it.
pub(super) fn settle(session: &mut Session<'_>) -> anyhow::Result<()> {
    let folder = folder(session)?;
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_read(&folder, &error).into()),
    };
    for entry in entries {
        let name = entry.map_err(|error| cannot_read(&folder, &error))?.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(UNRECORDED)) else { continue };
        let file = folder.join(name);
        if let Some(name) = name.strip_suffix(".html") {
            settle_page(&folder.join(format!("{name}.json")))?;
            continue;
        }
        let written = with_end(&file, UNRECORDED);
        let document = fs::read(&written).map_err(|error| cannot_read(&written, &error))?;
        let digest = Fingerprint::new(Sha256::digest(&document).into());
        // `DSR-20261123-0001.json`, `DSR-20261123-0001-2.json`
        let case: Option<CaseNumber> = name.get(..17).and_then(|case| case.parse().ok());
        let recorded = match case {
            Some(case) => session.case(case)?.certificate == Some(digest),
            None => false,
        };
        if recorded {
            give_name(&file)?;
            continue;
        }
        remove_if_there(&beside(&file))?;
        remove_if_there(&with_end(&page(&file), UNRECORDED))?;
        remove_if_there(&written)?;
    }
    Ok(())
}

/// Whoever died before the certificate was written left a page and a signature of nothing. Where it is written, it is
/// settled with them.
fn settle_page(certificate: &Path) -> Result<(), Failure> {
    let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
    if is_there(&with_end(certificate, UNRECORDED)) {
        return Ok(());
    }
    if is_there(certificate) {
        return give_page_its_name(certificate); // a disk that kept the two names in another order
    }
    remove_if_there(&beside(certificate))?;
    remove_if_there(&with_end(&page(certificate), UNRECORDED))
}
