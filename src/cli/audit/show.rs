//! `droit audit show`: what happened, event by event; nothing personal is in a header.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    case::{About, Event, Recorded},
    casebook::{Casebook, CasebookError},
};

use crate::cli::{
    Exit,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
    when,
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
    let events = read(args, session.reading()?)?;
    let rows = events.into_iter().map(|recorded| Row::of(recorded, |at| when::show(at, &zone)));
    out.result(&Rows(rows.collect()))?;
    Ok(Exit::Done)
}

fn read(args: &ShowArgs, book: &Casebook) -> Result<Vec<Recorded>, CasebookError> {
    let mut events = Vec::new();
    let mut take = |recorded| {
        events.push(recorded);
        Ok(())
    };
    if let Some(about) = args.about {
        book.events_about(about, &mut take)?;
    } else {
        let end = book.head()?.number;
        book.events_after(args.last.map_or(0, |last| end.saturating_sub(last)), &mut take)?;
    }
    Ok(events)
}

#[derive(Serialize)]
struct Row {
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
            serde_json::Value::Array(list) if !whole && list.len() > 3 => format!("{name}=({})", list.len()),
            other => format!("{name}={other}"),
        };
        (word, fields.into_iter().map(one).collect::<Vec<_>>().join(" "))
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows(Vec<Row>);

impl Render for Rows {
    const SCHEMA: &'static str = "droit.audit.show/1";

    fn render(&self, page: &mut Page) {
        match self.listed(false) {
            grid if !grid.is_empty() => page.grid(&grid),
            _ => page.say(Text { en: "no events", zh: "没有事件" }, &[]),
        }
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed(true))
    }
}

impl Rows {
    fn listed(&self, whole: bool) -> Grid {
        let columns = &[
            Column::whole("number", "no.", "序号"),
            Column::whole("at", "at", "时间"),
            Column::whole("actor", "by", "操作人"),
            Column::whole("about", "about", "对象"),
            Column::whole("event", "event", "事件"),
            Column::text("particulars", "particulars", "详情"),
        ];
        let rows = self.0.iter().map(|row| {
            let (word, particulars) = row.told(whole);
            let about = row.about.clone();
            [row.number.to_string(), row.local.clone(), row.actor.clone(), about, word, particulars]
        });
        Grid::of(columns, rows)
    }
}
