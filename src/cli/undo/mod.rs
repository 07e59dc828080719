//! `droit undo`: puts back what a change of a case replaced and removed, by plan and apply.

mod keeping;
mod view;

use std::{path::PathBuf, rc::Rc};

use crate::{
    apply::{self as carrying, Planned},
    case::{About, Body, CaseNumber, Event, Fingerprint, Undoable},
    casebook::Vault,
    plan::{Claim, Totals},
    refusal::Refusal,
    rights::undo::Undoing,
};

use super::{
    Exit, confirm,
    database::Trusted,
    erase::hint_at_review,
    out::Out,
    plan_file,
    planning::{digest_of, header_of, token_of},
    ready, recapture, restrict, revoke,
    session::Session,
    when,
};

pub(super) use self::keeping::{Keeps, decide, end_of_a_minor, require_nothing_held, tell, undoable_of};
use self::view::{Ended, Undone};

/// Undo the last change of a case, by plan and apply
///
/// Only where `undo` in droit.toml says for how long, and of no minor. Every row comes back as it was, and every file;
/// or nothing does: when a row has changed since, when its key or a value that may stand in one row only is taken, or
/// when what it belongs to is gone.
///
/// Examples:
///   droit undo DSR-20261123-0001
///   droit undo DSR-20261123-0001 --plan plan.jsonl
///   droit undo DSR-20261123-0001 --confirm DSR-20261123-0001
///   droit undo DSR-20261123-0001 --end
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct UndoArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Undo nothing, now or later: destroy what is kept of the case's changes
    #[arg(long, conflicts_with = "plan")]
    end: bool,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &UndoArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.end {
        return end(args, session, out);
    }
    let mut trusted = session.trusted_alone()?;
    session.require_plan_file(args.plan.is_some())?;
    session.warn_of_waivers(out);
    ready::require(&mut trusted, session)?;
    let (kept, vault) = kept_of(args.case, session, out)?;
    require_nobody_relies(args.case, &kept, session)?;
    let (made, totals) = plan(args, &kept, &vault, &mut trusted, session)?;
    let outcome = Undone::of(args.case, "planned", kept.intent, &made.claim, &totals, &trusted.map);
    let event = Event::UndoPlanned { plan: digest_of(&made)?, of: kept.intent, tables: outcome.counts() };
    session.record(args.case, event, &Body::default())?;
    if let Some(file) = &args.plan {
        out.result(&outcome)?;
        hint_at_review(file, out);
        return Ok(Exit::Done);
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&outcome)?;
    }
    session.keeps = Keeps::Undoing;
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(args.case, &kept, &vault, &made, &mut trusted, session, out)
}

/// Ends the time in which the case's changes can be undone, so that they can be proven and answered.
fn end(args: &UndoArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted_alone()?;
    session.reading()?.require_settled()?;
    kept_of(args.case, session, out)?;
    require_nothing_held(&session.case(args.case)?, session)?;
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    let changes = session.end_undo(args.case)?;
    out.report(&Ended { case: args.case, state: "ended", changes })?;
    out.next(session.case(args.case)?.next_step());
    Ok(Exit::Done)
}

/// Carries out a plan that was written before.
pub(super) fn apply(
    case: CaseNumber,
    confirmed: Option<&str>,
    claim: Claim,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let (kept, vault) = kept_of(case, session, out)?;
    require_nobody_relies(case, &kept, session)?;
    let plan: Fingerprint = claim.digest.parse().map_err(|_| Refusal::EditedPlan)?;
    // the record says what the plan undoes, never the file
    if session.case(case)?.undoes(plan) != Some(kept.intent) {
        return Err(Refusal::StalePlan.into());
    }
    session.keeps = Keeps::Undoing;
    confirm::of_change(&case.to_string(), confirmed, trusted, session, out)?;
    carry_out(case, &kept, &vault, &claim.into(), trusted, session, out)
}

/// Refuses where another case of the person goes by what the change did.
fn require_nobody_relies(case: CaseNumber, kept: &Undoable, session: &mut Session<'_>) -> anyhow::Result<()> {
    let case = session.case(case)?;
    restrict::require_undoable(&case, kept.intent, session)?;
    revoke::require_undoable(&case, kept.intent, session)
}

/// What is kept of the last change of a case; refuses where nothing is, and where its time is over.
fn kept_of(case: CaseNumber, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<(Undoable, Vault)> {
    session.end_undo_windows(out)?;
    let Some(kept) = session.case(case)?.undoable.pop() else {
        let mut until = None;
        session.reading()?.events_about(case, |recorded| {
            match recorded.event {
                Event::UndoKept { until: kept, .. } => until = Some(kept),
                Event::Undone { .. } | Event::Abandoned { .. } => until = None,
                _ => {}
            }
            Ok(())
        })?;
        let over = until.filter(|until| *until <= session.now());
        let zone = session.zone()?;
        return Err(over.map_or(Refusal::UndoNone, |until| Refusal::UndoOver(when::show(until, &zone))).into());
    };
    let vault = session.casebook()?.open_vault(kept.intent, kept.key)?;
    Ok((kept, vault))
}

fn undoing<'a>(
    case: CaseNumber,
    map: &'a crate::data_map::classified::Classified,
    vault: &'a Vault,
    session: &mut Session<'_>,
) -> anyhow::Result<Undoing<'a>> {
    carrying::require_room(vault, session.files()?.as_ref())?;
    let token = token_of(About::Case(case), session)?;
    Ok(Undoing { map, vault, token: Rc::clone(&token) })
}

/// Derives the plan, to the file that was asked for or to nowhere.
fn plan(
    args: &UndoArgs,
    kept: &Undoable,
    vault: &Vault,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, Totals)> {
    let Trusted { map, database } = trusted;
    let undoing = undoing(args.case, map, vault, session)?;
    let scope = serde_json::json!({ "undoes": kept.intent });
    let about = ("undo", About::Case(args.case), session.now());
    let mut header = header_of(about, scope, map, database.identity()?, session)?;
    if kept.until > session.now() {
        header.expires = header.expires.min(kept.until);
    }
    plan_file::write(&undoing, header, &mut **database, None, args.plan.as_deref(), session)
}

/// Applies what `made` claims and tells what was done.
fn carry_out(
    case: CaseNumber,
    kept: &Undoable,
    vault: &Vault,
    made: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let Trusted { map, database } = trusted;
    let undoing = undoing(case, map, vault, session)?;
    let applied = super::apply::carry_out(case, &undoing, made, &mut **database, session)?;
    let outcome = Undone::of(case, "undone", kept.intent, &made.claim, &applied.totals, map);
    recapture::of_case(case, trusted, session)?;
    out.report(&outcome.with(applied.files))?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}
