//! `droit audit show`: what happened, event by event; nothing personal is in a header.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::case::{About, Event, Recorded};

use crate::cli::{
    Exit, grid::Column, language::Language, out::Out, session::Session, stream::Listed, text::Text, when,
};

/// Show the events of the record, or of one case, purge or hold
///
/// Examples:
///   droit audit show --last 20
///   droit audit show DSR-20261123-0001
///   droit audit show --format jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ShowArgs {
    /// Number of a case, a purge or a hold, or `workspace`
    #[arg(value_name = "NUMBER")]
    about: Option<About>,

    /// Only the last N events
    #[arg(long, value_name = "N", conflicts_with = "about")]
    last: Option<i64>,
}

pub(crate) fn run(args: &ShowArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let zone = session.zone()?;
    let end = session.reading()?.head()?.number;
    let after = args.last.map_or(0, |last| end.saturating_sub(last));
    out.list(&mut Events { about: args.about, after, zone, session })?;
    Ok(Exit::Done)
}

/// Events that are read at once.
const PAGE: u32 = 256;

/// The events that were asked for, read page by page.
struct Events<'s, 'w> {
    about: Option<About>,
    after: i64,
    zone: TimeZone,
    session: &'s mut Session<'w>,
}

#[derive(Serialize)]
pub(crate) struct Row {
    number: i64,
    at: Timestamp,
    actor: String,
    about: String,
    #[serde(flatten)]
    event: Event,
    #[serde(skip)]
    local: String,
}

impl Row {
    fn of(recorded: Recorded, local: impl Fn(Timestamp) -> String) -> Self {
        let Recorded { number, at, actor, about, event, .. } = recorded;
        Self { number, at, actor, about: about.to_string(), event, local: local(at) }
    }

    /// The event's word and its particulars: for a machine as they stand in the header, for a person short lists whole
    /// and long ones counted.
    fn told(&self, whole: bool) -> (String, String) {
        let Ok(serde_json::Value::Object(mut fields)) = serde_json::to_value(&self.event) else {
            return (String::new(), String::new());
        };
        let word = fields.shift_remove("event").and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        let one = |(name, value): (String, serde_json::Value)| match value {
            serde_json::Value::String(text) => format!("{name}={text}"),
            serde_json::Value::Object(fields) if !whole && name == "by" => {
                format!("by={}", fields.get("name").and_then(serde_json::Value::as_str).unwrap_or_default())
            }
            serde_json::Value::Array(list) if !whole && list.len() > 3 => format!("{name}=({})", list.len()),
            other => format!("{name}={other}"),
        };
        (word, fields.into_iter().map(one).collect::<Vec<_>>().join(" "))
    }
}

const COLUMNS: [Column; 6] = [
    Column::whole("number", "no.", "序号"),
    Column::whole("at", "at", "时间"),
    Column::whole("actor", "by", "操作人"),
    Column::whole("about", "about", "对象"),
    Column::whole("event", "event", "事件"),
    Column::text("particulars", "particulars", "详情"),
];

impl Listed for Events<'_, '_> {
    type Record = Row;

    const SCHEMA: &'static str = "droit.audit.show/1";
    const COLUMNS: &'static [Column] = &COLUMNS;
    const NOTHING: Text = Text { en: "no events", zh: "没有事件" };

    fn cells(row: &Row, reader: Option<Language>) -> Vec<String> {
        let (word, particulars) = row.told(reader.is_none());
        let about = row.about.clone();
        vec![row.number.to_string(), row.local.clone(), row.actor.clone(), about, word, particulars]
    }

    fn each(&mut self, take: &mut dyn FnMut(&Row) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let mut after = self.after;
        loop {
            self.session.go_on()?;
            let page = self.session.reading()?.events_page(self.about, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.number;
            for recorded in page {
                take(&Row::of(recorded, |at| when::show(at, &self.zone)))?;
            }
        }
    }
}
