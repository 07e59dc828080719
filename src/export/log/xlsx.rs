//! The log as a workbook: one sheet of requests, more when a sheet is full, and one for the summary and the end.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    Closing, LogHead, LogWriter, WRITING,
    figures::figures,
    words::{self, HEAD, LAST, SUMMARY, TITLE, Twin},
};
use crate::{
    case::log::{COLUMNS, Entry, Field},
    export::{error::ExportError, head::Language, visible::Plain},
};

const CONTROLLER: Twin = Twin::new("Controller", "个人信息处理者");
const FIGURE: Twin = Twin::new("Figure", "指标");
const VALUE: Twin = Twin::new("Value", "数值");

/// Rows of a sheet besides its head: what a spreadsheet opens at most.
const SHEET_ROWS: u32 = 1_048_575;
/// Characters of a cell; a spreadsheet takes 32,767.
const CELL: usize = 32_000;

/// A log being written into a workbook.
pub struct XlsxLog<'w> {
    workbook: Workbook,
    head: LogHead,
    out: &'w mut (dyn Write + Send),
    dates: Format,
    titles: Format,
    sheet_rows: u32,
    /// Rows in the sheet that is being filled, its head included; 0 before the first
    row: u32,
    sheets: usize,
}

impl<'w> XlsxLog<'w> {
    /// Begins a workbook that is written to `out` when the log is closed. Rows wait in a file without a name.
    #[must_use]
    pub fn begin(head: LogHead, out: &'w mut (dyn Write + Send)) -> Self {
        Self::with_sheets_of(SHEET_ROWS, head, out)
    }

    fn with_sheets_of(sheet_rows: u32, head: LogHead, out: &'w mut (dyn Write + Send)) -> Self {
        let dates = Format::new().set_num_format("yyyy-mm-dd");
        let titles = Format::new().set_bold().set_text_wrap();
        Self { workbook: Workbook::new(), head, out, dates, titles, sheet_rows, row: 0, sheets: 0 }
    }

    fn language(&self) -> Language {
        self.head.language
    }

    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        let language = self.language();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        let name = TITLE.of(language);
        self.sheets += 1;
        sheet.set_name(if self.sheets == 1 { name.to_owned() } else { format!("{name} {}", self.sheets) })?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_landscape();
        for (at, column) in (0..).zip(COLUMNS) {
            let title = if language == Language::Zh { column.zh } else { column.en };
            sheet.set_column_width(at, width(column.key))?;
            sheet.write_string_with_format(0, at, title, &self.titles)?;
        }
        self.row = 1;
        Ok(())
    }

    fn write_entry(&mut self, entry: &Entry) -> Result<(), XlsxError> {
        if self.row == 0 || self.row > self.sheet_rows {
            self.next_sheet()?;
        }
        let (row, sheet) = (self.row, self.workbook.worksheet_from_index(self.sheets - 1)?);
        for (at, field) in (0..).zip(entry.fields()) {
            write_cell(sheet, row, at, &field, &self.dates)?;
        }
        self.row += 1;
        Ok(())
    }

    fn write_end(&mut self, closing: &Closing<'_>) -> Result<(), XlsxError> {
        let language = self.language();
        if self.sheets == 0 {
            self.next_sheet()?;
        }
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(SUMMARY.of(language))?;
        sheet.set_column_width(0, 44)?.set_column_width(1, 30)?;
        sheet.write_string_with_format(0, 0, FIGURE.of(language), &self.titles)?;
        sheet.write_string_with_format(0, 1, VALUE.of(language), &self.titles)?;
        let period = [
            (CONTROLLER, text(self.head.controller.of(self.head.language.into()))),
            (words::PERIOD, self.head.from.map_or(Field::Empty, Field::Date)),
            (words::UNTIL, Field::Date(self.head.to)),
            (words::PRODUCED, text(&self.head.produced_at)),
        ];
        let mut row = 1;
        for (title, value) in period {
            sheet.write_string(row, 0, title.of(language))?;
            write_cell(sheet, row, 1, &value, &self.dates)?;
            row += 1;
        }
        for figure in figures(closing.summary) {
            sheet.write_string(row, 0, figure.title(language))?;
            write_cell(sheet, row, 1, &figure.value, &self.dates)?;
            row += 1;
        }
        for (title, hash) in [(LAST, &closing.last), (HEAD, &closing.head)] {
            sheet.write_string(row, 0, title.of(language))?;
            sheet.write_string(row, 1, hash)?;
            row += 1;
        }
        Ok(())
    }

    /// The same log has the same bytes: the workbook says it was made when the log was.
    fn save(&mut self) -> Result<(), XlsxError> {
        let made = self.head.produced_at.get(..19).unwrap_or_default();
        let properties = DocProperties::new().set_title(TITLE.of(self.language()));
        self.workbook.set_properties(&properties.set_creation_datetime(&ExcelDateTime::parse_from_str(made)?));
        let out = &mut *self.out;
        self.workbook.save_to_writer(out)
    }
}

fn text(text: &str) -> Field<'static> {
    if text.is_empty() { Field::Empty } else { Field::Text(text.to_owned().into()) }
}

/// Texts are written as texts: nothing in a cell is ever a formula.
fn write_cell(sheet: &mut Worksheet, row: u32, at: u16, field: &Field<'_>, dates: &Format) -> Result<(), XlsxError> {
    match field {
        Field::Empty => {}
        Field::Text(_) | Field::List(..) => {
            sheet.write_string(row, at, cell(&field.plain()))?;
        }
        Field::Date(date) => {
            let (Ok(year), Ok(month), Ok(day)) =
                (u16::try_from(date.year()), u8::try_from(date.month()), u8::try_from(date.day()))
            else {
                sheet.write_string(row, at, date.to_string())?;
                return Ok(());
            };
            sheet.write_datetime_with_format(row, at, ExcelDateTime::from_ymd(year, month, day)?, dates)?;
        }
        Field::Count(_) | Field::Decimal(_) => {
            sheet.write_number(row, at, field.plain().parse::<f64>().unwrap_or_default())?;
        }
        Field::Flag(flag) => {
            sheet.write_boolean(row, at, *flag)?;
        }
    }
    Ok(())
}

/// The text with a visible stand-in for what acts, no longer than a cell takes.
fn cell(text: &str) -> String {
    let mut shown = Plain(text).to_string();
    if let Some((end, _)) = shown.char_indices().nth(CELL) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// Characters that a column shows.
fn width(key: &str) -> f64 {
    match key {
        "request_no" | "subject_ref" => 19.0,
        "received_at"
        | "verified_at"
        | "acknowledged_at"
        | "replied_at"
        | "extension_notice_at"
        | "complaint_after" => 25.0,
        "clocks" | "actions_summary" | "retained_items" | "reason_text" | "legal_basis" => 32.0,
        "due_nominal" | "due_rolled" => 11.0,
        _ => 14.0,
    }
}

fn failed(error: XlsxError) -> ExportError {
    match error {
        XlsxError::IoError(error) => ExportError::of(WRITING)(error),
        XlsxError::ZipError(_) => ExportError::of(WRITING)(io::Error::from(io::ErrorKind::Other)),
        _ => ExportError::Workbook,
    }
}

impl LogWriter for XlsxLog<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        self.write_entry(entry).map_err(failed)
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        self.write_end(closing).and_then(|()| self.save()).map_err(failed)?;
        self.out.flush().map_err(ExportError::of(WRITING))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::{
        case::{
            About, Case, Channel, Event, Fingerprint, Recorded, Regime, Request, RequestType, RequesterType,
            SubjectRef,
            calendar::Calendars,
            log::{Place, Summary},
        },
        export::log::Closing,
    };

    fn entry(serial: u16) -> Entry {
        let number = crate::case::CaseNumber::new(jiff::civil::date(2026, 11, 23), serial).unwrap();
        let at = "2026-11-23T02:00:00Z".parse().unwrap();
        let event = Event::Opened {
            subject: SubjectRef::new([7; 8]),
            request: Request::new(RequestType::Access),
            regime: Regime::Cn,
            channel: Channel::Email,
            requester: RequesterType::Subject,
            received_at: at,
            scope: vec!["x".repeat(40_000)],
            policy_version: None,
            linked: vec![],
            due: vec![],
        };
        let hash = Fingerprint::new([0; 32]);
        let (about, actor) = (About::Case(number), "wang".to_owned());
        let opened = Recorded { number: 1, at, actor, about, event, key: None, body: None, previous: hash, hash };
        let zone = jiff::tz::TimeZone::UTC;
        let place = Place { zone, region: None, calendars: Calendars::bundled().unwrap(), now: at };
        Entry::of(Case::open(&opened).unwrap(), &place, hash)
    }

    #[test]
    fn a_full_sheet_is_followed_by_another_and_a_long_cell_is_cut() {
        let head = LogHead {
            controller: "".into(),
            from: None,
            to: jiff::civil::date(2026, 11, 23),
            produced_at: "2026-11-23T10:00:00+08:00".into(),
            language: Language::En,
        };
        let mut out = Vec::new();
        let mut log = XlsxLog::with_sheets_of(2, head, &mut out);
        let mut summary = Summary::default();
        for serial in 1..=5 {
            summary.take(&entry(serial));
            log.entry(&entry(serial)).unwrap();
        }
        log.close(&Closing { summary: &summary, head: "1:00".into(), last: "00".into() }).unwrap();
        drop(log);
        let mut archive = zip::ZipArchive::new(io::Cursor::new(out)).unwrap();
        let mut rows = Vec::new();
        for sheet in 1..=3 {
            let mut text = String::new();
            archive.by_name(&format!("xl/worksheets/sheet{sheet}.xml")).unwrap().read_to_string(&mut text).unwrap();
            rows.push(text.matches("<row ").count());
            assert!(text.contains('…'));
        }
        assert_eq!(rows, [3, 3, 2], "heads included");
    }
}
