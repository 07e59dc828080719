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

/// What was removed for a case, the first first.
pub(crate) fn removals(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<Vec<Removal>> {
    let (mut planned_at, mut together, mut found) = (None, None, Vec::new());
    let mut scopes: BTreeMap<Fingerprint, Scope> = BTreeMap::new();
    session.reading()?.events_about(About::Case(case), |recorded| {
        if let Event::Planned { plan, .. } | Event::PlannedTogether { plan, .. } | Event::CameBack { plan, .. } =
            &recorded.event
        {
            scopes.insert(*plan, asked_in(&recorded)?);
            planned_at = Some(recorded.at);
        }
        let (intent, removed, kept) = match recorded.event {
            Event::Undone { of, .. } => {
                found.retain(|(intent, ..): &(i64, _, _, _, _)| *intent != of);
                return Ok(());
            }
            Event::PlannedTogether { tables, kept, .. } | Event::CameBack { tables, kept, .. } => {
                together = Some((tables, kept));
                return Ok(());
            }
            Event::RemovedTogether { intent, .. } => {
                let (tables, kept) = together.clone().unwrap_or_default();
                if !removes(&tables) {
                    return Ok(()); // a correction was repeated, or everything was kept
                }
                (intent, tables, kept)
            }
            Event::Removed { intent, tables, kept } if removes(&tables) => (intent, tables, kept),
            _ => return Ok(()),
        };
        found.push((intent, removed, kept, planned_at.unwrap_or(recorded.at), recorded.at));
        Ok(())
    })?;
    let mut removals = Vec::new();
    for (intent, removed, kept, as_of, removed_at) in found {
        let intent = session.reading()?.intent(intent)?.ok_or(IllegalMove::NothingRemoved)?;
        let scope = scopes.get(&intent.plan).cloned().unwrap_or_default();
        removals.push(Removal { intent, scope, removed, kept, as_of, removed_at });
    }
    Ok(removals)
}
