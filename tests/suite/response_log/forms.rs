//! The log in the forms of spreadsheets, read back by others.

use std::{fs, path::Path, process::Command};

use droit::{
    case::{Channel, Event, Regime, Request, RequestType, RequesterType},
    casebook::Casebook,
    export::{Language, log::LogForm},
};

use super::{ALWAYS, casebook, quick, written};
use crate::desk::{Desk, now};

fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_line_of_the_csv_has_every_column_and_the_end_is_marked() {
    let dir = quick();
    let (mut book, _) = casebook(dir.path(), 30);
    let rows = rows(&written(&mut book, LogForm::Csv, Language::En, ALWAYS)); // the reader refuses lines of unequal length
    let law = "request_no received_at channel intake_operator requester_type subject_ref is_minor regime type scope \
               identity_method identity_result verified_at due_nominal due_rolled binding_clock clocks acknowledged_at \
               interim_replies assigned_to approver decision reason_code legal_basis reason_text actions_summary \
               retained_items recipients_notified replied_at reply_channel reply_sha256 remedies_given days_used on_time \
               on_time_rolled extension_reason extension_notice_at complaint_after policy_version prev_hash row_hash";
    assert_eq!(rows[0], law.split_whitespace().collect::<Vec<_>>());
    assert_eq!(rows.iter().filter(|row| row[0].starts_with("DSR-")).count(), 30);
    let head = book.head().unwrap().to_string();
    assert_eq!(rows.last().unwrap()[..3], ["#end", "head", &*head]);
    assert!(rows.iter().any(|row| row[..3] == ["#summary", "requests", "30"]));
}

/// A request taken in by somebody whose name is a formula.
fn hostile(dir: &Path) -> Casebook {
    droit::casebook::KeyFolder::create(&dir.join("keys")).unwrap();
    let actor = "=HYPERLINK(\"http://x\")\u{202e}<script>";
    let mut book = Casebook::create(Desk::at(dir).opening("casebook.db", 7), now(), actor).unwrap();
    let opened = Event::Opened {
        subject: book.new_subject(),
        request: Request::new(RequestType::Access),
        regime: Regime::Cn,
        channel: Channel::Email,
        requester: RequesterType::Subject,
        received_at: now(),
        scope: vec!["007".into(), "a\"b,c".into()],
        policy_version: Some("@SUM(A1)".into()),
        linked: vec![],
        due: vec![],
    };
    book.open_case(now(), actor, jiff::civil::date(2026, 11, 23), opened, None).unwrap();
    book
}

#[test]
fn what_officers_type_acts_in_no_form() {
    let dir = quick();
    let mut book = hostile(dir.path());
    let csv = rows(&written(&mut book, LogForm::Csv, Language::En, ALWAYS));
    assert_eq!(csv[1][3], "'=HYPERLINK(\"http://x\")\u{fffd}<script>");
    assert_eq!((&*csv[1][9], &*csv[1][38]), ("007; a\"b,c", "'@SUM(A1)"));
    let html = String::from_utf8(written(&mut book, LogForm::Html, Language::En, ALWAYS)).unwrap();
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    for form in [LogForm::Json, LogForm::JsonLines] {
        let json = String::from_utf8(written(&mut book, form, Language::En, ALWAYS)).unwrap();
        assert!(!json.contains('\u{202e}') && json.contains("x\\\")\\u202e<script>"), "{json}");
    }
}

/// Converts with `LibreOffice`; none where it is missing, which is printed.
#[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was skipped")]
fn libreoffice(dir: &Path, file: &str, reading: &[&str]) -> Option<Vec<Vec<String>>> {
    let profile = format!("-env:UserInstallation=file://{}/profile", dir.display());
    let run = Command::new("soffice")
        .args([&*profile, "--headless", "--convert-to", TO_CSV, "--outdir", "converted"])
        .args(reading)
        .arg(file)
        .current_dir(dir)
        .output();
    let Ok(done) = run else {
        eprintln!("skipped: LibreOffice (soffice) is not installed, so nobody else reads the log");
        return None;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let stem = Path::new(file).file_stem().unwrap().to_str().unwrap();
    let made = fs::read_dir(dir.join("converted")).unwrap().map(|entry| entry.unwrap().path());
    let first = made.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(stem)).min().unwrap();
    let text = fs::read(first).unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
    Some(reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect())
}

/// UTF-8, the first sheet, every cell as it is shown.
const TO_CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,false,false,false,1";

#[test]
fn a_spreadsheet_reads_the_csv_as_it_was_written() {
    let dir = quick();
    let (mut book, _) = casebook(dir.path(), 40);
    let csv = written(&mut book, LogForm::Csv, Language::Zh, ALWAYS);
    fs::write(dir.path().join("log.csv"), &csv).unwrap();
    let Some(read) = libreoffice(dir.path(), "log.csv", &["--infilter=CSV:44,34,76,1"]) else { return };
    compare(&rows(&csv), &read);
}

/// Dates may be shown in the way of the country; everything else is as it was.
fn compare(written: &[Vec<String>], read: &[Vec<String>]) {
    assert_eq!(written.len(), read.len());
    for (written, read) in written.iter().zip(read) {
        for (at, cell) in written.iter().enumerate() {
            let other = read.get(at).map_or("", String::as_str);
            let same = *cell == other
                || cell.eq_ignore_ascii_case(other)
                || jiff::civil::Date::strptime("%m/%d/%y", other).is_ok_and(|date| date.to_string() == *cell)
                || jiff::civil::Date::strptime("%m/%d/%Y", other).is_ok_and(|date| date.to_string() == *cell)
                || cell.parse::<f64>().is_ok_and(|number| other.parse() == Ok(number));
            assert!(same, "column {at}: {cell:?} was read as {other:?}");
        }
    }
}

#[cfg(feature = "xlsx")]
mod workbook {
    use droit::{duties::respond::write_log, export::log::XlsxLog};

    use super::*;
    use crate::response_log::{head, place};

    pub(super) fn workbook(book: &mut Casebook, language: Language) -> Vec<u8> {
        let mut out = Vec::new();
        write_log(book, ALWAYS, &place(), &mut XlsxLog::begin(head(language), &mut out)).unwrap();
        out
    }

    #[test]
    fn a_spreadsheet_reads_in_the_workbook_what_stands_in_the_csv() {
        let dir = quick();
        let (mut book, _) = casebook(dir.path(), 40);
        fs::write(dir.path().join("book.xlsx"), workbook(&mut book, Language::En)).unwrap();
        let Some(read) = libreoffice(dir.path(), "book.xlsx", &[]) else { return };
        let csv = rows(&written(&mut book, LogForm::Csv, Language::En, ALWAYS));
        let lines: Vec<Vec<String>> = csv.into_iter().filter(|row| row[0].starts_with("DSR-")).collect();
        compare(&lines, &read[1..]);
    }

    #[test]
    fn a_formula_is_a_text_in_the_workbook() {
        let dir = quick();
        let bytes = workbook(&mut hostile(dir.path()), Language::En);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
        assert!(!sheet.contains("<f>") && sheet.contains("=HYPERLINK("), "{sheet}");
    }

    #[test]
    fn the_same_book_gives_the_same_workbook() {
        let dir = quick();
        let (mut book, _) = casebook(dir.path(), 20);
        let first = workbook(&mut book, Language::Zh);
        std::thread::sleep(std::time::Duration::from_millis(2100)); // ZIP files count in twos of seconds
        assert_eq!(workbook(&mut book, Language::Zh), first);
    }
}
