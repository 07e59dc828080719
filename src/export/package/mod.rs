//! Writing a package: one table after another, rows one at a time, memory flat whatever the person's size.

mod lists;
mod seal;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
};

use super::{
    cell::{Attachment, Cell, RowOut, RowState, Withheld},
    csv,
    error::ExportError,
    hashed::{FileDigest, HashedFile},
    head::{Head, Origin, TableHead},
    json, manifest,
    outbox::{Folder, Outbox, Reserved},
    page::{self, words},
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

pub use seal::{Finished, Sealed};

const WRITE: &str = "write the package";

fn written(result: io::Result<()>) -> Result<(), ExportError> {
    result.map_err(ExportError::of(WRITE))
}

impl Package {
    /// Begins the package `name` (a case number) in `outbox`.
    pub fn begin(outbox: &Outbox, name: &str, head: Head) -> Result<Self, ExportError> {
        check_head(&head)?;
        let mut reserved = outbox.reserve(name, "")?;
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
        let mut names: Vec<_> = head.columns.iter().map(|column| &column.name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ExportError::Head("a column's name of its own"));
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
                if let (Cell::Withheld(Withheld::ExportNo), Some(why)) = (cell, &column.withheld_because) {
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
