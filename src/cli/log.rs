//! `droit log`: the response log of a period, in the form that is asked for.

use std::{fs::File, io::BufWriter};

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::{
    case::log::{Entry, Place},
    duties::respond::{LogPeriod, write_log},
    export::{
        self, ExportError,
        log::{Closing, LogForm, LogHead, LogWriter, decision_title, figures, log_writer},
    },
};

use super::{
    Exit,
    grid::{Column, Grid},
    language::Language,
    out::{Format, Out, Render},
    page::Page,
    session::Session,
    text::{Text, trouble},
};

/// Hand in the response log: one line per request, a summary, and the head of the record
///
/// Requests count by their local day of receipt; open ones are judged now. The log names people by random references
/// and says nothing that secrecy forbids.
///
/// Examples:
///   droit log --from 2026-01-01 --to 2026-12-31
///   droit log --from 2026-07-01 --format xlsx -o log.xlsx
///   droit log --format html --lang zh-CN -o log.html
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct LogArgs {
    /// First day of receipt; without it, from the beginning
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,

    /// Last day of receipt; without it, today
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
}

pub(crate) fn run(args: &LogArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let at = session.place()?;
    let place = Place { zone: at.zone, region: at.region, calendars: at.calendars, now: session.now() };
    let today = place.now.to_zoned_datetime(place.zone.clone()).date();
    let period = LogPeriod { from: args.from, to: args.to.unwrap_or(today) };
    if period.from.is_some_and(|from| from > period.to) {
        return Err(trouble::BACKWARDS.plain().into());
    }
    let head = head(period, &place, session, out)?;
    match out.format() {
        Format::Table => table(period, &place, head.language, session, out)?,
        Format::Xlsx if out.is_screen() => return Err(trouble::NOT_FOR_A_SCREEN.plain().into()),
        Format::Xlsx => workbook(period, &place, head, session, out)?,
        Format::Csv => stream(LogForm::Csv, period, &place, head, session, out)?,
        Format::Json => stream(LogForm::Json, period, &place, head, session, out)?,
        Format::Jsonl => stream(LogForm::JsonLines, period, &place, head, session, out)?,
        Format::Html => stream(LogForm::Html, period, &place, head, session, out)?,
    }
    Ok(Exit::Done)
}

fn head(period: LogPeriod, place: &Place, session: &mut Session<'_>, out: &Out<'_>) -> anyhow::Result<LogHead> {
    Ok(LogHead {
        controller: session.controller()?.unwrap_or_default(),
        from: period.from,
        to: period.to,
        produced_at: place.now.to_zoned_datetime(place.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        language: language(out.language()),
    })
}

fn language(language: Language) -> export::Language {
    match language {
        Language::Chinese => export::Language::Zh,
        Language::English => export::Language::En,
    }
}

fn stream(
    form: LogForm,
    period: LogPeriod,
    place: &Place,
    head: LogHead,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<()> {
    let book = session.reading()?;
    out.stream(|file: &mut File| {
        let mut buffered = BufWriter::new(file);
        let mut writer = log_writer(form, head, &mut buffered)?;
        write_log(book, period, place, &mut *writer)?;
        Ok(())
    })
}

#[cfg(feature = "xlsx")]
fn workbook(
    period: LogPeriod,
    place: &Place,
    head: LogHead,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<()> {
    let book = session.reading()?;
    out.stream(|file: &mut File| {
        let mut buffered = BufWriter::new(file);
        write_log(book, period, place, &mut export::log::XlsxLog::begin(head, &mut buffered))?;
        Ok(())
    })
}

#[cfg(not(feature = "xlsx"))]
fn workbook(_: LogPeriod, _: &Place, _: LogHead, _: &mut Session<'_>, _: &mut Out<'_>) -> anyhow::Result<()> {
    Err(trouble::NO_SUCH_FORM.with(&[("form", "xlsx")]).into())
}

fn table(
    period: LogPeriod,
    place: &Place,
    language: export::Language,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<()> {
    let mut log = Log { grid: Grid::new(&COLUMNS), lines: 0, figures: Vec::new(), head: String::new(), language };
    write_log(session.reading()?, period, place, &mut log)?;
    out.result(&log)
}

/// Lines that a screen shows.
const SHOWN: u64 = 1000;

/// The log on a screen: the columns that fit, the figures, the head.
struct Log {
    grid: Grid,
    lines: u64,
    figures: Vec<(String, String)>,
    head: String,
    language: export::Language,
}

const COLUMNS: [Column; 8] = [
    Column::whole("request_no", "request", "编号"),
    Column::whole("received", "received", "受理"),
    Column::text("type", "right", "权利类型"),
    Column::whole("due_nominal", "due", "期限"),
    Column::whole("binding_clock", "clock", "时限"),
    Column::whole("decision", "decision", "结果"),
    Column::whole("days_used", "days", "用时"),
    Column::whole("on_time", "on time", "按期"),
];

impl LogWriter for Log {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        self.lines += 1;
        if self.lines > SHOWN {
            return Ok(());
        }
        let fields = entry.fields();
        let of = |key: &str| {
            let at = crate::case::log::COLUMNS.iter().position(|column| column.key == key);
            at.and_then(|at| fields.get(at)).map(|field| field.plain().into_owned()).unwrap_or_default()
        };
        let right = entry.case().request.request_type();
        let chinese = self.language == export::Language::Zh;
        let on_time = match (&*of("on_time"), chinese) {
            ("true", true) => "是",
            ("true", false) => "yes",
            ("false", true) => "否",
            ("false", false) => "NO",
            _ => "",
        };
        self.grid.push([
            of("request_no"),
            entry.received().to_string(),
            if chinese { right.title_zh() } else { right.title_en() }.to_owned(),
            of("due_nominal"),
            of("binding_clock"),
            decision_title(&of("decision")).of(self.language).to_owned(),
            of("days_used"),
            on_time.to_owned(),
        ]);
        Ok(())
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        let said = figures(closing.summary).into_iter();
        self.figures =
            said.map(|figure| (figure.title(self.language).to_owned(), figure.value.plain().into_owned())).collect();
        self.head.clone_from(&closing.head);
        Ok(())
    }
}

impl Serialize for Log {
    /// Machines get the log by [`LogForm`]; this is only what a screen shows.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Null.serialize(serializer)
    }
}

impl Render for Log {
    const SCHEMA: &'static str = "droit.log/1";

    fn render(&self, page: &mut Page) {
        if self.grid.is_empty() {
            page.say(Text { en: "no request was received in this period", zh: "本期间没有受理的请求" }, &[]);
            page.blank();
        } else {
            page.grid(&self.grid);
            if self.lines > SHOWN {
                let more = (self.lines - SHOWN).to_string();
                page.say(
                    Text {
                        en: "… {more} more: --format csv, xlsx or html",
                        zh: "……另有 {more} 件：--format csv、xlsx 或 html",
                    },
                    &[("more", &more)],
                );
            }
            page.blank();
        }
        page.pairs(&self.figures);
        page.blank();
        page.say(Text { en: "head of the record  {head}", zh: "链尾  {head}" }, &[("head", &self.head)]);
    }
}
