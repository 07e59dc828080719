//! What was removed for a case, as the record tells it. What part a plan was for is sealed, so without the case's key the
//! record does not tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    case::{About, CaseNumber, Event, Fingerprint, IllegalMove, Kept, TableCount},
    casebook::{CasebookError, Intent},
    rights::erasure::Scope,
};

use super::{
    planning::{asked_of, removes},
    session::Session,
};

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
            // without its key nobody can say whether the whole was asked for
            if let (Some(key), None) = (recorded.key, &recorded.body) {
                return Err(CasebookError::KeyMissing(key));
            }
            scopes.insert(*plan, recorded.body.as_ref().map(asked_of).unwrap_or_default());
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
