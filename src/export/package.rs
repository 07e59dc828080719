//! Writing a package: one table after another, rows one at a time, memory flat whatever the person's size.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, BufReader, Read, Write},
    path::PathBuf,
};

use super::{
    cell::{Attachment, Cell, RowOut, RowState},
    closing::{Consent, Disclosure, HeldBack},
    csv,
    error::ExportError,
    hashed::{FileDigest, HashedFile},
    head::{Head, Origin, TableHead},
    json,
    manifest::{self, Manifest},
    outbox::{Folder, Outbox, Reserved},
    page::{self, words, words::Words},
    sniff,
    tally::{Categories, TableTally, Tally},
    visible::file_stem,
};
use crate::value::Value;

/// Bytes of a cell that `data.json` holds as base64; longer ones become files.
const INLINE_BYTES: usize = 4096;

/// Parts of the page and of the manifest that are put together at the end.
const PAGE_PART: &str = ".page.part";
const FILES_PART: &str = ".files.part";

/// Where a package stands: its parts come in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Tables,
    Consents,
    Disclosures,
    HeldBack,
    /// A write failed: what is there is not whole, and is removed
    Broken,
}

/// A package that is being written. Dropped before [`Package::seal`], it leaves nothing behind.
pub struct Package {
    head: Head,
    remedies: Vec<String>,
    phase: Phase,
    table: Option<OpenTable>,
    /// Entries of the consents or disclosures so far
    entries: u64,
    titles: Vec<String>,
    tables: Vec<TableTally>,
    categories: Categories,
    held_back: Tally,
    /// Why a column is not exported, where a cell of it was withheld for that
    reasons: BTreeMap<String, String>,
    documents: Vec<FileDigest>,
    attachments: u64,
    attached_bytes: u64,
    data: HashedFile,
    page: HashedFile,
    attached: HashedFile,
    folder: Folder,
    reserved: Reserved,
}

struct OpenTable {
    head: TableHead,
    tally: TableTally,
    csv: HashedFile,
    last_role: String,
}

/// A package that is whole, but has not got its name yet. Dropped, it is removed.
#[derive(Debug)]
pub struct Sealed {
    manifest: Manifest,
    digest: String,
    folder: Folder,
    reserved: Reserved,
}

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

const WRITE: &str = "write the package";

fn written(result: io::Result<()>) -> Result<(), ExportError> {
    result.map_err(ExportError::of(WRITE))
}

impl Package {
    /// Begins the package `name` (a case number) in `outbox`.
    pub fn begin(outbox: &Outbox, name: &str, head: Head) -> Result<Self, ExportError> {
        check_head(&head)?;
        let reserved = outbox.reserve(name, "")?;
        let folder = reserved.create_folder()?;
        folder.make_dir("tables")?;
        folder.make_dir("files")?;
        let mut schema = HashedFile::new("data.schema.json", folder.create("data.schema.json")?);
        written(schema.write_all(json::SCHEMA.as_bytes()))?;
        let mut data = HashedFile::new("data.json", folder.create("data.json")?);
        let remedies = words::remedies(&head.remedies, head.language);
        written(json::write_head(&mut data, &head, &remedies))?;
        Ok(Self {
            head,
            remedies,
            phase: Phase::Tables,
            table: None,
            entries: 0,
            titles: Vec::new(),
            tables: Vec::new(),
            categories: Categories::default(),
            held_back: Tally::default(),
            reasons: BTreeMap::new(),
            documents: vec![schema.finish()?],
            attachments: 0,
            attached_bytes: 0,
            data,
            page: HashedFile::new(PAGE_PART, folder.create(PAGE_PART)?),
            attached: HashedFile::new(FILES_PART, folder.create(FILES_PART)?),
            folder,
            reserved,
        })
    }

    /// Begins the next table.
    pub fn begin_table(&mut self, head: &TableHead) -> Result<(), ExportError> {
        if self.phase != Phase::Tables || self.table.is_some() {
            return Err(ExportError::OutOfOrder("a table"));
        }
        if head.name.is_empty() || head.columns.is_empty() {
            return Err(ExportError::Head("a table's head"));
        }
        self.require_portable(head)?;
        self.whole_or_broken(|package| {
            let number = package.tables.len() + 1;
            let path = format!("tables/{number:03}-{}.csv", file_stem(&head.name));
            let mut csv = HashedFile::new(path.as_str(), package.folder.create(&path)?);
            written(csv::write_head(&mut csv, head))?;
            written(json::begin_table(&mut package.data, head, number == 1))?;
            written(page::begin_table(&mut package.page, head, number, package.head.language))?;
            let tally = TableTally {
                name: head.name.clone(),
                csv: path,
                rows: 0,
                kept: 0,
                restricted: 0,
                cells: Tally::default(),
            };
            package.table = Some(OpenTable { head: head.clone(), tally, csv, last_role: String::new() });
            Ok(())
        })
    }

    fn require_portable(&self, head: &TableHead) -> Result<(), ExportError> {
        let foreign = head.columns.iter().find(|column| column.origin != Origin::Provided);
        match foreign {
            Some(column) if self.head.portable => {
                Err(ExportError::NotPortable { table: head.name.clone(), column: column.name.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Writes one row of the open table. Rows come in the canonical order of their keys, which the caller keeps.
    pub fn row(&mut self, row: &RowOut<'_>) -> Result<(), ExportError> {
        let Some(table) = &self.table else { return Err(ExportError::OutOfOrder("a row")) };
        if table.head.columns.len() != row.cells.len() {
            let (columns, cells) = (table.head.columns.len(), row.cells.len());
            return Err(ExportError::Shape { table: table.head.name.clone(), columns, cells });
        }
        self.whole_or_broken(|package| {
            let cells = package.with_files(row.cells)?;
            let row = RowOut { cells: &cells, ..*row };
            let Some(table) = &mut package.table else { return Err(ExportError::OutOfOrder("a row")) };
            let place = package.tables.len();
            for (column, cell) in table.head.columns.iter().zip(row.cells) {
                table.tally.cells.cell(cell);
                package.categories.cell(&column.category, place, cell);
                if let (Cell::Withheld(super::cell::Withheld::ExportNo), Some(why)) = (cell, &column.withheld_because) {
                    let name = format!("{}.{}", table.head.name, column.name);
                    package.reasons.entry(name).or_insert_with(|| why.clone());
                }
            }
            table.tally.rows += 1;
            match row.state {
                RowState::Held => {}
                RowState::Kept { .. } => table.tally.kept += 1,
                RowState::Restricted { .. } => table.tally.restricted += 1,
            }
            let number = table.tally.rows;
            written(json::write_row(&mut package.data, &table.head, &row, number == 1))?;
            written(csv::write_row(&mut table.csv, &table.head, &row))?;
            let new_role = number == 1 || table.last_role != row.role.code;
            if new_role {
                table.last_role.clone_from(&row.role.code);
            }
            let place = page::RowPlace { number, new_role, csv: &table.tally.csv };
            written(page::write_row(&mut package.page, &table.head, &row, place, package.head.language))
        })
    }

    /// The cells, with long bytes put into files.
    fn with_files<'a>(&mut self, cells: &'a [Cell]) -> Result<Cow<'a, [Cell]>, ExportError> {
        let long = |cell: &Cell| matches!(cell, Cell::Shown(Value::Blob(bytes)) if bytes.len() > INLINE_BYTES);
        if !cells.iter().any(long) {
            return Ok(Cow::Borrowed(cells));
        }
        let attach = |cell: &Cell| match cell {
            Cell::Shown(Value::Blob(bytes)) if bytes.len() > INLINE_BYTES => {
                Ok(Cell::File(self.copy_in(&mut bytes.as_slice())?))
            }
            other => Ok(other.clone()),
        };
        cells.iter().map(attach).collect()
    }

    /// Copies a file into the package, under a neutral name, for a [`Cell::File`] of a row of the open table.
    pub fn attach(&mut self, content: &mut dyn Read) -> Result<Attachment, ExportError> {
        if self.table.is_none() {
            return Err(ExportError::OutOfOrder("a file"));
        }
        self.whole_or_broken(|package| package.copy_in(content))
    }

    fn copy_in(&mut self, content: &mut dyn Read) -> Result<Attachment, ExportError> {
        let reading = ExportError::of("read a file of the person");
        let mut head = Vec::with_capacity(sniff::SNIFF_BYTES);
        (&mut *content).take(sniff::SNIFF_BYTES as u64).read_to_end(&mut head).map_err(&reading)?;
        let path = format!("files/{:06}.{}", self.attachments + 1, sniff::extension(&head));
        let mut file = HashedFile::new(path.as_str(), self.folder.create(&path)?);
        written(file.write_all(&head))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => written(file.write_all(&buffer[..read]))?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reading(error)),
            }
        }
        let digest = file.finish()?;
        written(manifest::write_file(&mut self.attached, &digest))?;
        written(self.attached.write_all(b"\n"))?;
        self.attachments += 1;
        self.attached_bytes += digest.size;
        Ok(Attachment { path, size: digest.size })
    }

    /// Ends the open table.
    pub fn end_table(&mut self) -> Result<(), ExportError> {
        let Some(table) = self.table.take() else { return Err(ExportError::OutOfOrder("the end of a table")) };
        self.whole_or_broken(|package| {
            written(package.data.write_all(b"\n],\n\"counts\":"))?;
            written(json::write_document(&mut package.data, &table.tally))?;
            written(package.data.write_all(b"}"))?;
            written(page::end_table(&mut package.page, &table.head, &table.tally, package.head.language))?;
            package.documents.push(table.csv.finish()?);
            package.titles.push(table.head.title);
            package.tables.push(table.tally);
            Ok(())
        })
    }

    /// Writes one consent. All tables came before.
    pub fn consent(&mut self, consent: &Consent) -> Result<(), ExportError> {
        self.advance(Phase::Consents, "a consent")?;
        self.whole_or_broken(|package| {
            package.next_entry(consent)?;
            if package.entries > page::ROWS_SHOWN {
                return Ok(());
            }
            written(page::consent_row(&mut package.page, consent, Words::of(package.head.language)))
        })
    }

    /// Writes one disclosure. All consents came before.
    pub fn disclosure(&mut self, disclosure: &Disclosure) -> Result<(), ExportError> {
        self.advance(Phase::Disclosures, "a disclosure")?;
        self.whole_or_broken(|package| {
            package.next_entry(disclosure)?;
            if package.entries > page::ROWS_SHOWN {
                return Ok(());
            }
            written(page::disclosure_row(&mut package.page, disclosure))
        })
    }

    /// Counts cells that are held and withheld without their rows being here. All disclosures came before.
    pub fn held_back(&mut self, held: &HeldBack) -> Result<(), ExportError> {
        self.advance(Phase::HeldBack, "what is held back")?;
        self.held_back.withhold(held.code, held.cells);
        self.categories.hold_back(&held.category, held.code, held.cells);
        Ok(())
    }

    fn next_entry(&mut self, entry: &impl serde::Serialize) -> Result<(), ExportError> {
        if self.entries == 0 {
            self.open_list(true)?;
        }
        written(self.data.write_all(if self.entries == 0 { b"\n" } else { b",\n" }))?;
        written(json::write_document(&mut self.data, entry))?;
        self.entries += 1;
        Ok(())
    }

    fn open_list(&mut self, rows: bool) -> Result<(), ExportError> {
        let words = Words::of(self.head.language);
        let (title, columns, none) = match self.phase {
            Phase::Consents => (words.consents, words.consent_columns, words.no_consents),
            _ => (words.disclosures, words.disclosure_columns, words.no_disclosures),
        };
        written(page::begin_list(&mut self.page, title, columns, rows, none))
    }

    /// Goes on to `phase`, closing what lies before it.
    fn advance(&mut self, phase: Phase, what: &'static str) -> Result<(), ExportError> {
        if self.table.is_some() || self.phase > phase {
            return Err(ExportError::OutOfOrder(what));
        }
        self.whole_or_broken(|package| {
            while package.phase < phase {
                package.close_phase()?;
            }
            Ok(())
        })
    }

    fn close_phase(&mut self) -> Result<(), ExportError> {
        let (next, between): (_, &[u8]) = match self.phase {
            Phase::Tables => (Phase::Consents, b"\n],\n\"consents\":["),
            Phase::Consents => (Phase::Disclosures, b"\n],\n\"disclosures\":["),
            Phase::Disclosures | Phase::HeldBack | Phase::Broken => (Phase::HeldBack, b"\n],\n\"withheld\":["),
        };
        if self.phase != Phase::Tables {
            match self.entries {
                0 => self.open_list(false)?,
                rows => written(page::end_list(&mut self.page, rows, Words::of(self.head.language)))?,
            }
        }
        self.entries = 0;
        self.phase = next;
        written(self.data.write_all(between))
    }

    /// Runs `write`; if it fails, the package can no longer be sealed.
    fn whole_or_broken<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, ExportError>,
    ) -> Result<T, ExportError> {
        if self.phase == Phase::Broken {
            return Err(ExportError::OutOfOrder("more of a package that could not be written"));
        }
        let result = write(self);
        if result.is_err() {
            self.phase = Phase::Broken;
        }
        result
    }

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
        attached.finish()?;
        let mut lines = BufReader::new(folder.open(FILES_PART)?);
        let mut file = HashedFile::new("manifest.json", folder.create("manifest.json")?);
        written(manifest::write_manifest(&mut file, &head, &manifest, &categories, &mut lines))?;
        let digest = file.finish()?.sha256;
        folder.remove(FILES_PART)?;
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
        written(self.page.flush())?;
        let mut part = self.folder.open(PAGE_PART)?;
        let mut index = HashedFile::new("index.html", self.folder.create("index.html")?);
        let front = page::Front {
            head: &self.head,
            titles: &self.titles,
            tables: &self.tables,
            categories: &self.categories,
            cells,
        };
        written(page::write_front(&mut index, &front))?;
        written(io::copy(&mut part, &mut index).map(|_| ()))?;
        let held = self.categories.withheld();
        written(page::write_back(&mut index, &self.head, &held, &self.reasons, &self.remedies))?;
        self.folder.remove(PAGE_PART)?;
        index.finish()
    }
}

impl Sealed {
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

fn check_head(head: &Head) -> Result<(), ExportError> {
    for (what, text) in [
        ("the case number", &head.case),
        ("the controller's name", &head.controller),
        ("the subject reference", &head.subject_ref),
        ("the map's fingerprint", &head.map),
        ("the schema's fingerprint", &head.schema),
    ] {
        if text.trim().is_empty() {
            return Err(ExportError::Head(what));
        }
    }
    let well_formed = head.produced_at.is_ascii() && head.produced_at.parse::<jiff::Timestamp>().is_ok();
    if well_formed { Ok(()) } else { Err(ExportError::Head("the time of production")) }
}
