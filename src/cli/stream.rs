//! Lists that may be longer than memory: their records are handed over one after the other, and twice where a screen
//! first has to know how wide the columns are.

use std::io::{BufWriter, Write};

use serde::Serialize;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::export::{in_a_sheet, quiet_json};

use super::{
    grid::{self, Column},
    language::Language,
    out::Format,
    text::{Text, trouble},
    visible::visible,
};

/// Such a list.
pub(crate) trait Listed {
    /// What machines read
    type Record: Serialize;

    /// Name and version of the document
    const SCHEMA: &'static str;

    /// The columns of table and sheet
    const COLUMNS: &'static [Column];

    /// What a person reads when there is none
    const NOTHING: Text;

    /// A record's cells: for a person in their language, else for a sheet.
    fn cells(record: &Self::Record, reader: Option<Language>) -> Vec<String>;

    /// Hands all records to `take`, in the same order each time.
    fn each(&mut self, take: &mut dyn FnMut(&Self::Record) -> anyhow::Result<()>) -> anyhow::Result<()>;
}

/// How a list is written.
pub(super) struct Writing {
    pub(super) format: Format,
    pub(super) language: Language,
    pub(super) width: Option<usize>,
    pub(super) warnings: Vec<Value>,
}

impl Writing {
    /// Writes the list, record by record.
    pub(super) fn write<L: Listed>(self, list: &mut L, sink: &mut dyn Write) -> anyhow::Result<()> {
        let mut sink = BufWriter::new(sink);
        match self.format {
            Format::Table => table(list, self.language, self.width, &mut sink)?,
            Format::Json => document(list, &self.warnings, &mut sink)?,
            Format::Jsonl => list.each(&mut |record| {
                quiet_json(&mut sink, record)?;
                Ok(sink.write_all(b"\n")?)
            })?,
            Format::Csv => sheet(list, &mut sink)?,
            Format::Xlsx => return Err(trouble::NO_SUCH_FORM.with(&[("form", "xlsx")]).into()),
            Format::Html => return Err(trouble::NO_SUCH_FORM.with(&[("form", "html")]).into()),
        }
        Ok(sink.flush()?)
    }
}

fn document<L: Listed>(list: &mut L, warnings: &[Value], sink: &mut dyn Write) -> anyhow::Result<()> {
    write!(sink, "{{\"schema\":\"{}\",\"data\":[", L::SCHEMA)?;
    let mut first = true;
    list.each(&mut |record| {
        if !std::mem::take(&mut first) {
            sink.write_all(b",")?;
        }
        Ok(quiet_json(&mut *sink, record)?)
    })?;
    sink.write_all(b"],\"warnings\":")?;
    quiet_json(&mut *sink, &warnings)?;
    Ok(sink.write_all(b"}\n")?)
}

fn sheet<L: Listed>(list: &mut L, sink: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(sink);
    writer.write_record(L::COLUMNS.iter().map(|column| column.key))?;
    let mut rows = Vec::new();
    loop_records(list, None, &mut |cells| {
        rows.clear();
        rows.extend(cells.iter().map(|cell| in_a_sheet(cell)));
        Ok(writer.write_record(&rows)?)
    })?;
    Ok(writer.flush()?)
}

fn table<L: Listed>(
    list: &mut L,
    language: Language,
    width: Option<usize>,
    sink: &mut dyn Write,
) -> anyhow::Result<()> {
    let head: Vec<String> = L::COLUMNS.iter().map(|column| column.title.of(language).to_owned()).collect();
    let mut widths: Vec<usize> = head.iter().map(|title| title.width()).collect();
    let mut any = false;
    loop_records(list, Some(language), &mut |cells| {
        any = true;
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.width());
        }
        Ok(())
    })?;
    if !any {
        return Ok(writeln!(sink, "{}", L::NOTHING.of(language))?);
    }
    if let Some(width) = width {
        grid::narrow(L::COLUMNS, &mut widths, width);
    }
    writeln!(sink, "{}", grid::line(&head, &widths))?;
    loop_records(list, Some(language), &mut |cells| Ok(writeln!(sink, "{}", grid::line(cells, &widths))?))
}

/// The records' cells; for a person harmless to a terminal.
fn loop_records<L: Listed>(
    list: &mut L,
    reader: Option<Language>,
    take: &mut dyn FnMut(&[String]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    list.each(&mut |record| {
        let mut cells = L::cells(record, reader);
        if reader.is_some() {
            for cell in &mut cells {
                *cell = visible(cell).into_owned();
            }
        }
        take(&cells)
    })
}
