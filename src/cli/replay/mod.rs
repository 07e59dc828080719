//! `droit replay`: after a restored backup, does again what was done since it was taken.

pub(crate) mod back;
mod duty;
pub(crate) mod lost;
mod nothing;
pub(crate) mod report;

use std::{path::PathBuf, rc::Rc};

use crate::{
    apply::{Applying, undone},
    casebook::{Casebook, CasebookError},
    duties::replay::Tagging,
    refusal::Refusal,
};

use self::{
    duty::{MarkSays, Replay},
    lost::AllLost,
    report::NothingLost,
};
use super::{
    Exit,
    bar::Watch,
    confirm,
    out::Out,
    purge::{driver, options::RunArgs},
    recover,
    session::Session,
    text::trouble,
    when,
};

/// Erase and correct again, on a restored backup, what was done since
///
/// The database's mark says which changes it does not have. Nobody is touched whose fingerprint says
/// that they are somebody else, though they have the key or the number of an erased person by now;
/// what cannot be told is listed. Nothing is changed without --confirm, or without the number of
/// changes being typed.
///
/// Examples:
///   droit replay
///   droit replay --plan plan.jsonl --look people.jsonl
///   droit replay --confirm
///   droit replay --since '2026-11-20 03:00' --confirm
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ReplayArgs {
    /// Repeat everything done since this instant; needed where the database carries no mark, or where only some tables
    /// were restored
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// Carry it out; without this nothing is changed
    #[arg(long, conflicts_with = "plan")]
    confirm: bool,

    /// Write every row with what will happen to it to FILE
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Write who or what has to be looked at by a person to FILE, one JSON line each
    #[arg(long, value_name = "FILE")]
    look: Option<PathBuf>,

    /// Go on although the breaker would stop it, and record why
    #[arg(long, value_name = "WHY", requires = "confirm")]
    beyond_breaker: Option<String>,
}

pub(crate) fn run(args: &ReplayArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.confirm {
        session.require_rules_suffice()?;
        settle_undone(session)?;
    }
    let mut trusted = session.trusted()?;
    let workspace = session.reading()?.workspace().to_owned();
    let mark = session.workspace()?.settings.mark;
    let mut known = session.reading()?.last_committed()?;
    let carried =
        if mark { trusted.database.mark(&workspace)?.unwrap_or(0).try_into().unwrap_or(i64::MAX) } else { known };
    trusted.database.renew()?;
    // whoever died between the database's commit and its record is behind by that change
    if carried > known && session.reading()?.unsettled_intents()?.iter().any(|intent| intent.number == carried) {
        if !args.confirm {
            return Err(CasebookError::IntentOpen(carried).into());
        }
        recover::settle(&mut Watch::begin(session), session, out)?;
        session.unlock();
        known = session.reading()?.last_committed()?;
    }
    if carried > known {
        return Err(Refusal::CasebookBehind.into());
    }
    let Some(after) = begin_after(args, mark, carried, known, session)? else {
        out.report(&NothingLost { state: "nothing_lost" })?;
        return Ok(Exit::Done);
    };
    let (zone, now) = (session.zone()?, session.now());
    let book = session.reading()?;
    let says = if mark { MarkSays::Carried(carried_before(carried, book)?) } else { MarkSays::Nothing };
    let all = AllLost::after(after, book)?;
    let tagging: Rc<Tagging> = Rc::new(book.tagging()?);
    let as_of = now.to_zoned_datetime(zone.clone()).date();
    let known = u64::try_from(known).unwrap_or(0);
    let count = all.lost.len();
    let mut replay = Replay::new(all, after, as_of, now, zone, tagging, workspace, says, known);
    let with = |confirm: bool| RunArgs {
        as_of: None,
        confirm,
        plan: args.plan.clone(),
        look: args.look.clone(),
        beyond_breaker: args.beyond_breaker.clone(),
        exclusive: false,
    };
    let exit = driver::run(&mut replay, &with(args.confirm), &mut trusted, session, out)?;
    if args.confirm || args.plan.is_some() || !session.can_ask() {
        return Ok(exit);
    }
    confirm::of_change(&count.to_string(), None, &mut trusted, session, out)?;
    session.require_rules_suffice()?;
    settle_undone(session)?;
    trusted.database.renew()?;
    driver::run(&mut replay, &with(true), &mut trusted, session, out)
}

/// The last change that the database carried before any replay began: the first step of one lifts the mark.
fn carried_before(now: i64, book: &Casebook) -> anyhow::Result<i64> {
    let Some((run, after)) = book.open_replay()? else { return Ok(now) };
    Ok(book.run(run)?.carried.unwrap_or(after).min(now))
}

/// The last change that is not to be repeated; none when there is nothing to repeat.
fn begin_after(
    args: &ReplayArgs,
    mark: bool,
    carried: i64,
    known: i64,
    session: &mut Session<'_>,
) -> anyhow::Result<Option<i64>> {
    let open = session.reading()?.open_replay()?.map(|(_, after)| after);
    let restored = (carried < known).then_some(carried);
    let since = match &args.since {
        Some(text) => {
            let (zone, now) = (session.zone()?, session.now());
            Some(before(when::read_past(text, &zone, now)?, session.reading()?)?)
        }
        None if !mark && open.is_none() => return Err(trouble::SINCE_WHEN.plain().into()),
        None => None,
    };
    Ok([open, restored, since].into_iter().flatten().min())
}

/// The last change that was done before `since`.
fn before(since: jiff::Timestamp, book: &Casebook) -> anyhow::Result<i64> {
    let mut last = 0;
    for intent in book.intents()? {
        let page = book.events_page(None, intent.last - 1, 1)?;
        if page.first().is_some_and(|recorded| recorded.at < since) {
            last = last.max(intent.number);
        }
    }
    Ok(last)
}

/// A change that took place and was interrupted before all of it was done, and then a backup from before it was
/// restored: it is on record as done, so that it is done again.
fn settle_undone(session: &mut Session<'_>) -> anyhow::Result<()> {
    let open = session.casebook()?.unsettled_intents()?;
    if open.is_empty() || !session.workspace()?.settings.mark {
        return Ok(());
    }
    let mut trusted = session.trusted()?;
    let officer = session.officer()?;
    let (clock, mut random) = (session.clock, session.random());
    for intent in open {
        let mut applying = Applying {
            about: intent.about,
            actor: &officer,
            clock,
            files: None,
            mark: true,
            random: &mut random,
            two_persons: None,
            undo: None,
            foretold: None,
        };
        undone(&trusted.map, &intent, &mut *trusted.database, session.casebook()?, &mut applying)?;
    }
    session.unlock();
    Ok(())
}
