//! Small files that look like what their names say, each with a marker to search for.

use super::DemoError;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The folder beside the database into which recordings and images go.
#[derive(Debug)]
pub(super) struct Media {
    folder: PathBuf,
    pub(super) written: u64,
}

/// Folders of the company, one per use.
const FOLDERS: [&str; 5] = ["voice", "album", "label", "id", "claim"];

impl Media {
    pub(super) fn create(folder: &Path) -> Result<Self, DemoError> {
        for name in FOLDERS {
            fs::create_dir_all(folder.join(name)).map_err(DemoError::Files)?;
        }
        Ok(Self { folder: folder.to_owned(), written: 0 })
    }

    /// Writes a recording and returns its path below the folder.
    pub(super) fn voice(&mut self, marker: &str) -> Result<String, DemoError> {
        let content = [b"#!AMR\n".as_slice(), &[0x3c; 32], marker.as_bytes()].concat();
        self.write("voice", "amr", &content)
    }

    /// Writes an image and returns its path below the folder.
    pub(super) fn image(&mut self, folder: &str, marker: &str) -> Result<String, DemoError> {
        let length = u16::try_from(marker.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        let head = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xFF\xFE";
        let content = [head.as_slice(), &length, marker.as_bytes(), b"\xFF\xD9"].concat();
        self.write(folder, "jpg", &content)
    }

    fn write(&mut self, folder: &str, extension: &str, content: &[u8]) -> Result<String, DemoError> {
        self.written += 1;
        let name = format!("{folder}/{:06}.{extension}", self.written);
        let mut file = fs::File::create_new(self.folder.join(&name)).map_err(DemoError::Files)?;
        file.write_all(content).map_err(DemoError::Files)?;
        Ok(name)
    }
}
