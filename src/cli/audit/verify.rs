//! `droit audit verify`: whether the record is whole.

use std::{fs::File, io::BufReader, path::PathBuf};

use serde::Serialize;

use crate::casebook::{self, Finding, Head, Verified};

use crate::cli::{
    Exit,
    bar::Watch,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
    workspace::cannot_read,
};

/// Check the record: the chain, the seals, every table that follows from the events; exit 4 if it is not whole
///
/// A head that somebody else holds (printed on every reply, certificate and log) shows whether the end was cut off.
///
/// Examples:
///   droit audit verify
///   droit audit verify --head 42:9f86d0…
///   droit audit verify --file record.jsonl --head 42:9f86d0…
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct VerifyArgs {
    /// A head that somebody else holds
    #[arg(long, value_name = "HEAD")]
    head: Option<Head>,

    /// Check an exported record instead of the casebook
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) fn run(args: &VerifyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut found = Vec::new();
    let mut each = |finding| found.push(finding);
    let mut watch = Watch::begin(session);
    let verified = if let Some(file) = &args.file {
        let path = session.path(file);
        let opened = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
        casebook::verify_export(&mut BufReader::new(opened), args.head, &mut each)?
    } else {
        let mut book = session.auditing()?;
        book.verify_watched(session.now(), args.head, &mut each, &mut |progress| watch.tell(progress, out))?
    };
    let result = Wholeness::of(&verified, &found);
    out.result(&result)?;
    watch.end("audit verify", session, out);
    Ok(if result.whole { Exit::Done } else { Exit::Look })
}

#[derive(Serialize)]
struct Wholeness {
    whole: bool,
    head: String,
    events: u64,
    bodies: u64,
    destroyed: u64,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    code: &'static str,
    event: Option<i64>,
    table: Option<&'static str>,
    row: Option<String>,
}

impl Wholeness {
    fn of(verified: &Verified, found: &[Finding]) -> Self {
        let Verified { head, events, bodies, destroyed, findings } = verified;
        let one = |finding: &Finding| {
            let Finding { code, event, table, row } = finding.clone();
            Found { code, event, table, row }
        };
        Self {
            whole: *findings == 0,
            head: head.to_string(),
            events: *events,
            bodies: *bodies,
            destroyed: *destroyed,
            findings: found.iter().map(one).collect(),
        }
    }
}

impl Render for Wholeness {
    const SCHEMA: &'static str = "droit.audit.verify/1";

    fn render(&self, page: &mut Page) {
        let said = if self.whole {
            Text { en: "the record is whole: {events} events", zh: "记录完整：{events} 条事件" }
        } else {
            Text { en: "THE RECORD IS NOT WHOLE: {found} findings", zh: "记录不完整：{found} 项发现" }
        };
        page.say(said, &[("events", &self.events.to_string()), ("found", &self.findings.len().to_string())]);
        page.fields(&[(Text { en: "head", zh: "链尾" }, self.head.clone())]);
        for found in &self.findings {
            let event = found.event.map(|event| format!(" event {event}")).unwrap_or_default();
            let table = found.table.map(|table| format!(" table {table}")).unwrap_or_default();
            page.line(&format!("{}{event}{table} {}", found.code, found.row.as_deref().unwrap_or_default()));
        }
    }
}
