//! The end of a package: the page put together, the manifest, and the name.

use std::{
    io::{self, Write},
    mem,
    path::PathBuf,
};

use super::{PAGE_PART, Package, Phase, written};
use crate::export::{
    error::ExportError,
    hashed::{FileDigest, HashedFile},
    json,
    manifest::{self, Manifest},
    outbox::{Folder, Reserved},
    page,
    spill::Spill,
    tally::Tally,
};

/// A package that is whole, but has not got its name yet. Dropped, it is removed.
#[derive(Debug)]
pub struct Sealed {
    manifest: Manifest,
    digest: String,
    folder: Folder,
    reserved: Reserved,
}

/// A package that is whole and on disk, but has not got its name yet: it is put on record first, so that no package has
/// a name that the record does not know. Dropped, it is removed.
#[derive(Debug)]
pub struct Flushed(Sealed);

/// A package on disk.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its folder
    pub path: PathBuf,
    /// What is in it
    pub manifest: Manifest,
    /// SHA-256 of `manifest.json`, which holds those of all other files
    pub digest: String,
}

impl Package {
    /// Ends the package and gives it its name: everything is on disk by then, flushed once.
    pub fn finish(self) -> Result<Finished, ExportError> {
        let sealed = self.seal()?;
        let mut finished = Sealed::publish(vec![sealed])?;
        finished.pop().ok_or(ExportError::OutOfOrder("the end of a package"))
    }

    /// Ends the package, for [`Sealed::publish`] to give many their names at once.
    pub fn seal(mut self) -> Result<Sealed, ExportError> {
        self.advance(Phase::HeldBack, "the end of a package")?;
        let mut cells = self.held_back.clone();
        for table in &self.tables {
            cells.add(&table.cells);
        }
        written(self.end_data(&cells))?;
        let index = self.write_page(&cells)?;
        let Self { head, categories, folder, reserved, data, attached, tables, mut documents, .. } = self;
        let (attachments, attached_bytes) = (self.attachments, self.attached_bytes);
        documents.push(data.finish()?);
        documents.push(index);
        documents.sort_by(|a, b| a.path.cmp(&b.path));
        let manifest = Manifest { cells, tables, documents, attachments, attached_bytes };
        let mut file = HashedFile::new("manifest.json", folder.create("manifest.json")?);
        attached.read_out(&folder, |lines| {
            written(manifest::write_manifest(&mut file, &head, &manifest, &categories, lines))
        })?;
        let digest = file.finish()?.sha256;
        Ok(Sealed { manifest, digest, folder, reserved })
    }

    fn end_data(&mut self, cells: &Tally) -> io::Result<()> {
        for (at, line) in self.categories.withheld().iter().enumerate() {
            self.data.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            let line = serde_json::json!({"category": line.category, "code": line.code.code(), "cells": line.cells});
            json::write_document(&mut self.data, &line)?;
        }
        self.data.write_all(b"\n],\n\"counts\":")?;
        json::write_document(&mut self.data, cells)?;
        self.data.write_all(b"}\n")
    }

    /// Puts the page together: front, the parts written on the way, back.
    fn write_page(&mut self, cells: &Tally) -> Result<FileDigest, ExportError> {
        let mut index = HashedFile::new("index.html", self.folder.create("index.html")?);
        let front = page::Front {
            head: &self.head,
            titles: &self.titles,
            tables: &self.tables,
            categories: &self.categories,
            cells,
        };
        written(page::write_front(&mut index, &front))?;
        let rows = mem::replace(&mut self.page, Spill::new(PAGE_PART));
        rows.read_out(&self.folder, |rows| written(io::copy(rows, &mut index).map(drop)))?;
        let held = self.categories.withheld();
        written(page::write_back(&mut index, &self.head, &held, &self.reasons, &self.remedies))?;
        index.finish()
    }
}

impl Flushed {
    /// What is in it.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// SHA-256 of `manifest.json`.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// Gives the package, which is on record, its name; that is on disk when this returns.
    pub fn publish(self) -> Result<Finished, ExportError> {
        let Sealed { manifest, digest, folder, reserved } = self.0;
        let path = reserved.publish_recorded()?;
        drop(folder); // and its lock
        Ok(Finished { path, manifest, digest })
    }
}

impl Sealed {
    /// Brings all of `sealed` to disk by one flush, to be named one by one. Each holds an open folder: a few hundred at
    /// a time.
    pub fn flush(sealed: Vec<Self>) -> Result<Vec<Flushed>, ExportError> {
        Reserved::flush(sealed.iter().map(|one| &one.reserved))?;
        Ok(sealed.into_iter().map(Flushed).collect())
    }

    /// Gives all of `sealed` their names after one flush. Each holds an open folder: a few hundred at a time.
    pub fn publish(sealed: Vec<Self>) -> Result<Vec<Finished>, ExportError> {
        let (mut contents, mut reserved, mut locks) = (Vec::new(), Vec::new(), Vec::new());
        for one in sealed {
            contents.push((one.manifest, one.digest));
            reserved.push(one.reserved);
            locks.push(one.folder); // nobody takes them for leftovers before they have their names
        }
        let paths = Reserved::publish(reserved)?;
        let finish = |(path, (manifest, digest))| Finished { path, manifest, digest };
        Ok(paths.into_iter().zip(contents).map(finish).collect())
    }
}
