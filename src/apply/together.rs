//! One change for several cases (a batch): what it did is put on record for each of them.
//!
//! The intent is the run's. The cases' events are written before the one that settles the intent, so that whoever dies
//! among them is recovered; a case that has its event is passed over.

use super::Applying;
use crate::{
    case::{About, Case, Event, Fingerprint, PurgeDuty, event::Kept},
    casebook::Casebook,
    error::Error,
};

/// Puts on record, for every case that was planned in this run with this plan, that its part was removed. Returns
/// whether that was all that the run is for.
pub(super) fn settle(
    book: &mut Casebook,
    intent: i64,
    plan: Fingerprint,
    applying: &Applying<'_>,
) -> Result<bool, Error> {
    let About::Run(run) = applying.about else { return Ok(false) };
    let mut cases = Vec::new();
    book.cases_in_run(run, |case| {
        if case.plan == Some(plan) && case.together.as_ref().is_some_and(|together| together.run == run) {
            cases.push(case);
        }
        Ok(())
    })?;
    for case in &cases {
        let mut record = |event| book.append(applying.clock.now(), applying.actor, case.number, event, None);
        if !is_removed(case, intent) {
            record(Event::RemovedTogether { run, intent })?;
        }
        if let Some(event) = scheduled(case) {
            record(event)?;
        }
    }
    // a purge goes on to whatever else waits
    Ok(!cases.is_empty() && book.run(run)?.duty == PurgeDuty::Cases)
}

fn is_removed(case: &Case, intent: i64) -> bool {
    case.together.as_ref().is_some_and(|together| together.removed == Some(intent))
}

/// What the law, a contract or a hold keeps of this person is erased later.
fn scheduled(case: &Case) -> Option<Event> {
    let together = case.together.as_ref()?;
    let waits = |kept: &&Kept| super::LATER.contains(&kept.code.as_str());
    let items: Vec<Kept> = together.kept.iter().filter(waits).cloned().collect();
    let everything = together.tables.iter().all(|count| count.what == "kept");
    super::scheduled(&items, everything, case, together.part)
}
