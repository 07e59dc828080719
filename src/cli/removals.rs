//! What was removed for a case, as the record tells it. What part a plan was for is sealed, so without the case's key the
//! record does not tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    case::{About, CaseNumber, Event, Fingerprint, IllegalMove, Kept, TableCount, removes},
    casebook::Intent,
    rights::erasure::Scope,
};

use super::{planning::asked_in, session::Session};

/// One change that removed something.
pub(crate) struct Removal {
    /// The change
    pub(crate) intent: Intent,
    /// What part its plan asked for
    pub(crate) scope: Scope,
    pub(crate) removed: Vec<TableCount>,
    pub(crate) kept: Vec<Kept>,
    /// When it was decided
    pub(crate) as_of: Timestamp,
    pub(crate) removed_at: Timestamp,
}

/// A change as the record tells it, without its scope.
struct Told {
    intent: i64,
    tables: Vec<TableCount>,
    kept: Vec<Kept>,
    planned_at: Timestamp,
    at: Timestamp,
}

/// What was removed for a case, the first first. Where a later change for the same found nothing more to remove, what is
/// kept is what that one kept.
pub(crate) fn removals(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<Vec<Removal>> {
    let (told, scopes) = told(case, session)?;
    let mut removals: Vec<Removal> = Vec::new();
    for Told { intent, tables, kept, planned_at, at } in told {
        let intent = session.reading()?.intent(intent)?.ok_or(IllegalMove::NothingRemoved)?;
        let scope = scopes.get(&intent.plan).cloned().unwrap_or_default();
        if removes(&tables) {
            let (removed, as_of, removed_at) = (tables, planned_at, at);
            removals.push(Removal { intent, scope, removed, kept, as_of, removed_at });
        } else if tables.iter().all(|count| count.what == "kept") {
            let of = |scope: &Scope| Scope { mentions: false, ..scope.clone() };
            for same in removals.iter_mut().filter(|removal| of(&removal.scope) == of(&scope)) {
                (same.kept, same.as_of) = (kept.clone(), planned_at);
            }
        }
    }
    Ok(removals)
}

/// What is asked for, and whether other people's texts are searched for it that the map does not have searched: where a
/// change of one of the cases did so, what it found goes on being the case's.
pub(crate) fn searching(scope: Scope, cases: &[CaseNumber], session: &mut Session<'_>) -> anyhow::Result<Scope> {
    let mut mentions = scope.mentions;
    for &case in cases.iter().filter(|_| scope.is_whole()) {
        mentions = mentions || searched_before(case, session)?;
    }
    Ok(Scope { mentions, ..scope })
}

fn searched_before(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<bool> {
    let (told, scopes) = told(case, session)?;
    for change in told {
        let intent = session.reading()?.intent(change.intent)?;
        if intent.and_then(|intent| scopes.get(&intent.plan)).is_some_and(|scope| scope.mentions) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every change of a case that was not undone, and what part each plan was for.
fn told(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<(Vec<Told>, BTreeMap<Fingerprint, Scope>)> {
    let (mut planned, mut together, mut found) = (None, None, Vec::new());
    let mut scopes: BTreeMap<Fingerprint, Scope> = BTreeMap::new();
    session.reading()?.events_about(About::Case(case), |recorded| {
        if let Event::Planned { plan, .. } | Event::PlannedTogether { plan, .. } | Event::CameBack { plan, .. } =
            &recorded.event
        {
            scopes.insert(*plan, asked_in(&recorded)?);
            planned = Some(recorded.at);
        }
        let (intent, tables, kept) = match recorded.event {
            Event::Undone { of, .. } => {
                found.retain(|told: &Told| told.intent != of);
                return Ok(());
            }
            Event::PlannedTogether { tables, kept, .. } | Event::CameBack { tables, kept, .. } => {
                together = Some((tables, kept));
                return Ok(());
            }
            Event::RemovedTogether { intent, .. } => {
                let (tables, kept) = together.clone().unwrap_or_default();
                (intent, tables, kept)
            }
            Event::Removed { intent, tables, kept } => (intent, tables, kept),
            _ => return Ok(()),
        };
        found.push(Told { intent, tables, kept, planned_at: planned.unwrap_or(recorded.at), at: recorded.at });
        Ok(())
    })?;
    Ok((found, scopes))
}
