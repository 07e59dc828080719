//! What a table's head says, put into the package's formats once, for everybody whose package has the table.

use std::io;

use super::{
    csv,
    error::ExportError,
    head::{Language, TableHead},
    json, page,
};

/// A table's head with everything that does not depend on the person written down.
#[derive(Debug)]
pub struct PreparedTable {
    pub(super) head: TableHead,
    pub(super) language: Language,
    /// What stands in front of the rows in `data.json`, its separator left out
    pub(super) data: Vec<u8>,
    /// Each column's name and colon
    pub(super) names: Vec<Vec<u8>>,
    /// The first line of the CSV
    pub(super) csv: Vec<u8>,
    /// The page's section behind its number, up to the rows
    pub(super) page: Vec<u8>,
    /// What stands in front of each cell of a card
    pub(super) labels: Vec<Vec<u8>>,
}

impl PreparedTable {
    /// Puts `head` into the words of `language`.
    pub fn new(head: TableHead, language: Language) -> Result<Self, ExportError> {
        if head.name.is_empty() || head.columns.is_empty() {
            return Err(ExportError::Head("a table's head"));
        }
        let mut names: Vec<_> = head.columns.iter().map(|column| &column.name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ExportError::Head("a column's name of its own"));
        }
        Ok(Self {
            language,
            data: put(|out| json::write_about(out, &head))?,
            names: head
                .columns
                .iter()
                .map(|column| put(|out| json::write_name(out, &column.name)))
                .collect::<Result<_, _>>()?,
            csv: put(|out| csv::write_head(out, &head))?,
            page: put(|out| page::write_about(out, &head, language))?,
            labels: head
                .columns
                .iter()
                .map(|column| put(|out| page::write_label(out, column)))
                .collect::<Result<_, _>>()?,
            head,
        })
    }
}

fn put(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<Vec<u8>, ExportError> {
    let mut out = Vec::new();
    write(&mut out).map_err(ExportError::of("write the package"))?;
    Ok(out)
}
