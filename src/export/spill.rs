//! A part of a package that is put together at the end: kept in memory while it is small, in a hidden file of the
//! package when it is not.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Write},
};

use super::{error::ExportError, outbox::Folder};

/// Bytes that are kept in memory.
const KEPT: usize = 256 * 1024;

/// What was written so far. It grows in memory until [`Spill::settle`].
pub(super) struct Spill {
    name: &'static str,
    kept: Vec<u8>,
    file: Option<File>,
}

impl Spill {
    /// Nothing yet; `name` is that of the file, should one be needed.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, kept: Vec::new(), file: None }
    }

    /// Moves what is too much for memory into the file.
    pub(super) fn settle(&mut self, folder: &Folder) -> Result<(), ExportError> {
        if self.kept.len() > KEPT { self.move_out(folder) } else { Ok(()) }
    }

    fn move_out(&mut self, folder: &Folder) -> Result<(), ExportError> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(folder.create(self.name)?),
        };
        file.write_all(&self.kept).map_err(ExportError::of("write the package"))?;
        self.kept.clear();
        Ok(())
    }

    /// Reads all of it to `read`; the file, if there was one, is gone afterwards.
    pub(super) fn read_out<T>(
        mut self,
        folder: &Folder,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, ExportError>,
    ) -> Result<T, ExportError> {
        if self.file.is_none() {
            return read(&mut Cursor::new(self.kept));
        }
        self.move_out(folder)?;
        drop(self.file);
        let done = read(&mut BufReader::with_capacity(64 * 1024, folder.open(self.name)?))?;
        folder.remove(self.name)?;
        Ok(done)
    }
}

impl Write for Spill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.kept.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
