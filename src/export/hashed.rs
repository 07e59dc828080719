//! A file of the package that knows its digest: whatever is written to it is hashed on the way.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
};

use sha2::{Digest, Sha256};

use super::error::ExportError;
use crate::value::hex;

/// What the manifest says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// Path inside the package, with `/`
    pub path: String,
    /// Bytes
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal
    pub sha256: String,
}

/// The digest of a file that is read to its end.
pub(super) fn digest_of(file: &mut impl io::Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A buffered file that is hashed while it is written.
pub(super) struct HashedFile {
    path: String,
    out: BufWriter<Hashing>,
}

struct Hashing {
    file: File,
    digest: Sha256,
    size: u64,
}

impl HashedFile {
    pub(super) fn new(path: impl Into<String>, file: File) -> Self {
        let hashing = Hashing { file, digest: Sha256::new(), size: 0 };
        Self { path: path.into(), out: BufWriter::with_capacity(32 * 1024, hashing) }
    }

    pub(super) fn finish(self) -> Result<FileDigest, ExportError> {
        let hashing =
            self.out.into_inner().map_err(|error| ExportError::of("write the package")(error.into_error()))?;
        Ok(FileDigest { path: self.path, size: hashing.size, sha256: hex(&hashing.digest.finalize()) })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
