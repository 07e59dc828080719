//! The log as CSV: UTF-8 with a byte order mark, CRLF, safe to open in a spreadsheet.
//!
//! Every line has as many cells as there are columns. What follows the requests begins with `#`: a figure of the summary
//! (its name, its value), and the end.

use std::io::{self, Write};

use super::{Closing, LogWriter, WRITING, figures::figures};
use crate::{
    case::log::{COLUMNS, Entry, Field},
    export::{error::ExportError, visible::Csv},
};

pub(super) struct CsvLog<'w> {
    out: &'w mut dyn Write,
}

impl<'w> CsvLog<'w> {
    pub(super) fn begin(out: &'w mut dyn Write) -> Result<Self, ExportError> {
        let mut log = Self { out };
        log.out.write_all("\u{feff}".as_bytes()).map_err(ExportError::of(WRITING))?;
        log.line(&COLUMNS.map(|column| Field::Text(column.key.into()))).map_err(ExportError::of(WRITING))?;
        Ok(log)
    }

    /// Dates, numbers and yes or no stand without quotes, so that a spreadsheet takes them for what they are.
    fn line(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        for at in 0..COLUMNS.len() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            match fields.get(at) {
                None | Some(Field::Empty) => {}
                Some(field @ (Field::Text(_) | Field::List(..))) => Csv(&field.plain()).write(self.out)?,
                Some(field) => self.out.write_all(field.plain().as_bytes())?,
            }
        }
        self.out.write_all(b"\r\n")
    }
}

impl LogWriter for CsvLog<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        self.line(&entry.fields()).map_err(ExportError::of(WRITING))
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        let text = |text: &str| Field::Text(text.to_owned().into());
        for figure in figures(closing.summary) {
            let line = [text("#summary"), text(&figure.key), figure.value];
            self.line(&line).map_err(ExportError::of(WRITING))?;
        }
        for (name, hash) in [("last_row_hash", &closing.last), ("head", &closing.head)] {
            self.line(&[text("#end"), text(name), text(hash)]).map_err(ExportError::of(WRITING))?;
        }
        self.out.flush().map_err(ExportError::of(WRITING))
    }
}
