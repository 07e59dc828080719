//! The response log on its way out: CSV, JSON, a workbook, a page. What stands in it is decided in `case::log`.

mod csv;
mod figures;
mod html;
mod json;
mod plot;
mod words;
#[cfg(feature = "xlsx")]
mod xlsx;

use std::io::Write;

use jiff::civil::Date;

use super::{error::ExportError, head::Language};
use crate::{
    case::log::{Entry, Summary},
    data_map::Wording,
};

pub use figures::{Figure, figures};
pub use words::{Twin, decision_title};
#[cfg(feature = "xlsx")]
pub use xlsx::XlsxLog;

/// What a log says of itself.
#[derive(Clone, Debug)]
pub struct LogHead {
    /// Who answers requests; empty when unknown
    pub controller: Wording,
    /// First day of receipt, counted in; none: from the beginning
    pub from: Option<Date>,
    /// Last day of receipt, counted in
    pub to: Date,
    /// RFC 3339 with an offset: open requests are judged then
    pub produced_at: String,
    /// Language of titles; machine words are never translated
    pub language: Language,
}

/// What follows the lines.
#[derive(Clone, Debug)]
pub struct Closing<'a> {
    /// What the lines come to
    pub summary: &'a Summary,
    /// The head of the record, `number:hash`
    pub head: String,
    /// The hash of the last line, or of the head where there is no line
    pub last: String,
}

/// One form of the log: gets the lines one by one, and the end once.
pub trait LogWriter {
    /// Writes one line.
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError>;

    /// Writes what follows the lines.
    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError>;
}

/// A form that can be written as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// For spreadsheets
    Csv,
    /// One document
    Json,
    /// One line of JSON per request, and one for the end
    JsonLines,
    /// One page for people
    Html,
}

/// Begins a log in `form`.
pub fn log_writer<'w>(
    form: LogForm,
    head: LogHead,
    out: &'w mut dyn Write,
) -> Result<Box<dyn LogWriter + 'w>, ExportError> {
    Ok(match form {
        LogForm::Csv => Box::new(csv::CsvLog::begin(out)?),
        LogForm::Json => Box::new(json::JsonLog::begin(&head, out)?),
        LogForm::JsonLines => Box::new(json::JsonLines::begin(out)),
        LogForm::Html => Box::new(html::HtmlLog::begin(head, out)),
    })
}

/// What was being done when writing fails.
const WRITING: &str = "write the log";
