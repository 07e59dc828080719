//! Writing a package: one table after another, rows one at a time, memory flat whatever the person's size.

mod lists;
mod seal;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
    rc::Rc,
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
    prepared::PreparedTable,
    sniff,
    spill::Spill,
    streamed,
    tally::{Categories, ColumnTally, TableTally, Tally},
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
    page: Spill,
    attached: Spill,
    folder: Folder,
    reserved: Reserved,
}

struct OpenTable {
    about: Rc<PreparedTable>,
    tally: TableTally,
    columns: Vec<ColumnTally>,
    csv: HashedFile,
    last_role: String,
}

impl OpenTable {
    /// Writes each cell to both files before the next, so that what is streamed is read once. Returns the begins of what
    /// was, by column.
    fn write_cells(&mut self, data: &mut HashedFile, cells: &[Cell]) -> io::Result<Vec<(usize, String)>> {
        let mut fronts = Vec::new();
        for (at, (name, cell)) in self.about.names.iter().zip(cells).enumerate() {
            data.write_all(if at == 0 { b"" } else { b"," })?;
            data.write_all(name)?;
            if let Cell::Streamed(pieces) = cell {
                fronts.push((at, streamed::write(&**pieces, data, &mut self.csv)?));
            } else {
                json::write_cell(data, cell)?;
                csv::write_cell(&mut self.csv, cell)?;
            }
            self.csv.write_all(b",")?;
        }
        Ok(fronts)
    }
}

/// The cells as the page shows them: of what is streamed, the begin.
fn with_fronts(cells: &[Cell], fronts: Vec<(usize, String)>) -> Cow<'_, [Cell]> {
    let mut cells = Cow::Borrowed(cells);
    for (at, front) in fronts {
        cells.to_mut()[at] = Cell::Shown(Value::Text(front));
    }
    cells
}

pub use seal::{Finished, Flushed, Sealed};

const WRITE: &str = "write the package";

fn written<T>(result: io::Result<T>) -> Result<T, ExportError> {
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
            page: Spill::new(PAGE_PART),
            attached: Spill::new(FILES_PART),
            folder,
            reserved,
        })
    }

    /// Begins the next table.
    pub fn begin_table(&mut self, head: &TableHead) -> Result<(), ExportError> {
        self.require_room_for_a_table()?;
        self.begin_prepared(&Rc::new(PreparedTable::new(head.clone(), self.head.language)?))
    }

    /// Begins the next table, whose head was put into words for several packages.
    pub fn begin_prepared(&mut self, table: &Rc<PreparedTable>) -> Result<(), ExportError> {
        self.require_room_for_a_table()?;
        if table.language != self.head.language {
            return Err(ExportError::Head("a table's head in the package's language"));
        }
        self.require_portable(&table.head)?;
        self.whole_or_broken(|package| {
            let number = package.tables.len() + 1;
            let name = &table.head.name;
            let path = format!("tables/{number:03}-{}.csv", file_stem(name));
            let mut csv = HashedFile::new(path.as_str(), package.folder.create(&path)?);
            written(csv.write_all(&table.csv))?;
            written(package.data.write_all(if number == 1 { b"\n" } else { b",\n" }))?;
            written(package.data.write_all(&table.data))?;
            written(page::begin_table(&mut package.page, number))?;
            written(package.page.write_all(&table.page))?;
            let tally =
                TableTally { name: name.clone(), csv: path, rows: 0, kept: 0, restricted: 0, cells: Tally::default() };
            let columns = vec![ColumnTally::default(); table.head.columns.len()];
            let about = Rc::clone(table);
            package.table = Some(OpenTable { about, tally, columns, csv, last_role: String::new() });
            Ok(())
        })
    }

    fn require_room_for_a_table(&self) -> Result<(), ExportError> {
        let free = self.phase == Phase::Tables && self.table.is_none();
        if free { Ok(()) } else { Err(ExportError::OutOfOrder("a table")) }
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
        let head = &table.about.head;
        if head.columns.len() != row.cells.len() {
            let (columns, cells) = (head.columns.len(), row.cells.len());
            return Err(ExportError::Shape { table: head.name.clone(), columns, cells });
        }
        self.whole_or_broken(|package| {
            let cells = package.with_files(row.cells)?;
            let row = RowOut { cells: &cells, ..*row };
            let Some(table) = &mut package.table else { return Err(ExportError::OutOfOrder("a row")) };
            let about = Rc::clone(&table.about);
            let head = &about.head;
            for ((column, tally), cell) in head.columns.iter().zip(&mut table.columns).zip(row.cells) {
                tally.cell(cell);
                if let (Cell::Withheld(Withheld::ExportNo), Some(why)) = (cell, &column.withheld_because) {
                    let name = format!("{}.{}", head.name, column.name);
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
            written(json::begin_row(&mut package.data, &row, number == 1))?;
            let fronts = written(table.write_cells(&mut package.data, row.cells))?;
            written(json::end_row(&mut package.data))?;
            written(csv::end_row(&mut table.csv, head, &row))?;
            let cells = with_fronts(row.cells, fronts);
            let row = RowOut { cells: &cells, ..row };
            let new_role = number == 1 || table.last_role != row.role.code;
            if new_role {
                table.last_role.clone_from(&row.role.code);
            }
            let place = page::RowPlace { number, new_role, csv: &table.tally.csv };
            written(page::write_row(&mut package.page, &about, &row, place))?;
            package.page.settle(&package.folder)
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
        self.attached.settle(&self.folder)?;
        self.attachments += 1;
        self.attached_bytes += digest.size;
        Ok(Attachment { path, size: digest.size })
    }

    /// Ends the open table.
    pub fn end_table(&mut self) -> Result<(), ExportError> {
        let Some(mut table) = self.table.take() else { return Err(ExportError::OutOfOrder("the end of a table")) };
        self.whole_or_broken(|package| {
            let (head, place) = (&table.about.head, package.tables.len());
            for (column, tally) in head.columns.iter().zip(&table.columns) {
                table.tally.cells.add(&tally.cells);
                if tally.cells.located > 0 {
                    package.categories.add(&column.category, place, tally);
                }
            }
            written(package.data.write_all(b"\n],\n\"counts\":"))?;
            written(json::write_document(&mut package.data, &table.tally))?;
            written(package.data.write_all(b"}"))?;
            written(page::end_table(&mut package.page, head, &table.tally, package.head.language))?;
            package.documents.push(table.csv.finish()?);
            package.titles.push(head.title.clone());
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
