//! `droit map waive`: for a time, and on the record, a new table or column stops nothing.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::Serialize;

use crate::{
    case::{About, Body, Event},
    data_map::waiver::waivable,
};

use crate::cli::{
    Exit, confirm,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, trouble},
};

/// Let a table or column that came after the map was trusted stop nothing, until a day
///
/// Only what was added can be waived, for 30 days at most. It is left out of account: neither copied nor removed, which
/// every plan and copy made meanwhile says. Bring the map up to date before the day; afterwards the drift refuses again.
///
/// Example:
///   droit map waive users.fax --until 2026-12-01 --because 'the map is under review' --by wang
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct WaiveArgs {
    /// The table, or TABLE.COLUMN, as map check names it
    #[arg(value_name = "PLACE")]
    place: String,

    /// The last day of the exception
    #[arg(long, value_name = "DATE")]
    until: Date,

    /// Why; no personal data, it stands in the shell's history
    #[arg(long, value_name = "TEXT")]
    because: String,

    /// Who answers for it; without it the officer
    #[arg(long, value_name = "OFFICER")]
    by: Option<String>,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// How long an exception may hold.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);

const SURE: Text = Text {
    en: "Leave {place} out of account until {until}? Nothing in it is copied or removed.",
    zh: "在 {until} 之前不处理 {place}？其中内容既不导出也不删除。",
};

pub(crate) fn run(args: &WaiveArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.because.trim().is_empty() {
        return Err(trouble::WAIVER_WITHOUT_REASON.plain().into());
    }
    let until = end(args.until, session)?;
    let map = session.data_map()?;
    let lock = session.map_lock()?.ok_or_else(|| trouble::MAP_UNTRUSTED.plain())?;
    let schema = session.database()?.schema()?;
    let found = waivable(&args.place, &lock, map.fingerprint(), &schema);
    let (code, waived) = found.ok_or_else(|| trouble::NOT_WAIVABLE.with(&[("place", &args.place)]))?;
    let day = args.until.to_string();
    confirm::by_yes(SURE, &[("place", &args.place), ("until", &day)], args.yes, session, out)?;
    session.lock()?;
    let by = match &args.by {
        Some(by) => by.clone(),
        None => session.officer()?,
    };
    let part = waived.part.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
    let event = Event::Waiver { code: code.word().to_owned(), until, tables: vec![waived.place], part: Some(part) };
    let (now, body) = (session.now(), Body::text(args.because.trim()));
    session.casebook()?.append(now, &by, About::Workspace, event, Some(&body))?;
    out.report(&WaivedUntil { place: args.place.clone(), code: code.word(), until: day, by })?;
    Ok(Exit::Done)
}

/// The end of the last day, which is not past and not far.
fn end(day: Date, session: &mut Session<'_>) -> anyhow::Result<Timestamp> {
    let (now, zone) = (session.now(), session.zone()?);
    let until = zone.to_timestamp(day.checked_add(1.day())?.at(0, 0, 0, 0))?;
    if until <= now || until.duration_since(now) > LONGEST {
        return Err(trouble::WAIVER_TOO_LONG.plain().into());
    }
    Ok(until)
}

#[derive(Serialize)]
struct WaivedUntil {
    place: String,
    code: &'static str,
    until: String,
    by: String,
}

impl Render for WaivedUntil {
    const SCHEMA: &'static str = "droit.map.waive/1";

    fn render(&self, page: &mut Page) {
        page.say(
            Text {
                en: "{place} is left out of account until {until}; {by} answers for it",
                zh: "{until} 之前不处理 {place}；由 {by} 负责",
            },
            &[("place", &self.place), ("until", &self.until), ("by", &self.by)],
        );
    }
}
