//! The package as one encrypted file: a ZIP with AES-256 around a single inner ZIP under a neutral name, for a ZIP does
//! not hide the names of its files.
//!
//! Streamed: nothing of the inner archive touches the disk in clear. Memory holds the list of names alone.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::PathBuf,
};

use cap_std::fs::Dir;
use sha2::{Digest, Sha256};
use zip::{AesSalt, CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    error::ExportError,
    outbox::{Outbox, Reserved},
    passphrase::Passphrase,
};
use crate::value::hex;

/// The only name that can be read without the passphrase.
const INNER: &str = "package.zip";

/// From this size on, a ZIP needs its 64-bit form.
const LARGE: u64 = 0xffff_0000;

/// An archive on disk.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Its file
    pub path: PathBuf,
    /// Bytes
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal
    pub sha256: String,
}

/// Packs the finished package `name` of `outbox` into `name.zip` beside it. The salt is drawn once from `random`: the
/// same package, passphrase and salt give the same bytes.
pub fn pack(
    outbox: &Outbox,
    name: &str,
    passphrase: &Passphrase,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Archive, ExportError> {
    let mut reserved = outbox.reserve(name, ".zip")?;
    let folder = outbox.finished(name)?;
    let mut salt = [0; 16];
    random(&mut salt);
    let salt = AesSalt::Aes256(salt);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true)
        .unix_permissions(0o600)
        .with_aes_encryption_and_salt(passphrase.reveal().as_bytes(), salt);
    let mut outer = ZipWriter::new(BufWriter::new(reserved.create_file()?));
    outer.start_file(INNER, options).map_err(failed)?;
    let mut inner = ZipWriter::new_stream(&mut outer);
    pack_folder(&folder, name, &mut inner)?;
    inner.finish().map_err(failed)?;
    let out = outer.finish().map_err(failed)?;
    let file = out.into_inner().map_err(|error| ExportError::of(WRITE)(error.into_error()))?;
    let (size, sha256) = digest(&reserved)?;
    let mut paths = Reserved::publish(vec![reserved])?;
    drop(file); // and its lock
    let path = paths.pop().ok_or(ExportError::Archive)?;
    Ok(Archive { path, size, sha256 })
}

const WRITE: &str = "write the archive";

fn failed(error: ZipError) -> ExportError {
    match error {
        ZipError::Io(error) => ExportError::of(WRITE)(error),
        _ => ExportError::Archive,
    }
}

/// Adds everything beneath `folder`, in the order of the names.
fn pack_folder<W: Write + Seek>(folder: &Dir, inside: &str, zip: &mut ZipWriter<W>) -> Result<(), ExportError> {
    let reading = ExportError::of("read the package");
    let mut names = Vec::new();
    for entry in folder.entries().map_err(&reading)? {
        let name = entry.map_err(&reading)?.file_name();
        names.push(name.into_string().map_err(|_| ExportError::Foreign)?);
    }
    names.sort_unstable();
    for name in names {
        let found = folder.symlink_metadata(&name).map_err(&reading)?;
        let path = format!("{inside}/{name}");
        if found.is_dir() {
            pack_folder(&folder.open_dir(&name).map_err(&reading)?, &path, zip)?;
        } else if found.is_file() {
            let file = folder.open(&name).map_err(&reading)?.into_std();
            pack_file(file, found.len(), &path, zip)?;
        } else {
            return Err(ExportError::Foreign);
        }
    }
    Ok(())
}

fn pack_file<W: Write + Seek>(file: File, size: u64, path: &str, zip: &mut ZipWriter<W>) -> Result<(), ExportError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(size >= LARGE)
        .unix_permissions(0o600);
    zip.start_file(path, options).map_err(failed)?;
    io::copy(&mut BufReader::with_capacity(64 * 1024, file), zip).map_err(ExportError::of(WRITE))?;
    Ok(())
}

/// The digest of what was written; the ZIP's writer goes back to fill in sizes, so it cannot be taken on the way.
fn digest(reserved: &Reserved) -> Result<(u64, String), ExportError> {
    let reading = ExportError::of("read the archive again");
    let mut file = reserved.open_file()?;
    let (mut size, mut sha) = (0, Sha256::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(&reading)?;
        if read == 0 {
            return Ok((size, hex(&sha.finalize())));
        }
        sha.update(&buffer[..read]);
        size += read as u64;
    }
}
