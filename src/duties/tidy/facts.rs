//! What the casebook knows of each key that is still there, and which of them are due.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::{CaseFacts, Facts, Keep, Needed, Why, judge};
use crate::{
    case::{
        About, CaseNumber, Event, Extent, IntentState, KeyId, KeyPurpose, Proof, PurgeDuty, RunNumber, Status,
        period::Period,
    },
    casebook::{Casebook, CasebookError, Intent, KeyRow, Run},
};

/// A key that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The key
    pub key: KeyId,
    /// What it seals
    pub purpose: String,
    /// What that is about
    pub about: About,
    /// Why it is due
    pub why: Why,
}

/// All keys that are due at `now`.
pub fn due_keys(
    book: &Casebook,
    keep: &Keep,
    backups: Period,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<Due>, CasebookError> {
    let all = Known::of(book)?;
    let mut due = Vec::new();
    for row in book.key_rows()?.into_iter().filter(KeyRow::is_living) {
        let judged = |facts: &Facts| judge(facts, keep, backups, now, zone);
        let Some(facts) = all.facts(&row, book, &judged)? else { continue };
        if let Ok(why) = judged(&facts) {
            due.push(Due { key: row.id, purpose: row.purpose, about: row.about, why });
        }
    }
    Ok(due)
}

/// What concerns many keys, read once.
struct Known {
    intents: BTreeMap<KeyId, Intent>,
    /// Purges of which keys are still there
    runs: BTreeMap<RunNumber, Run>,
    /// Runs and cases of which something waits
    waiting: BTreeSet<About>,
    /// Runs and cases with a change that is neither done nor given up
    unsettled: BTreeSet<About>,
    /// Whose cases the steps of plans for several have changed
    together: BTreeMap<i64, Vec<CaseNumber>>,
    /// Until when changes can be undone, by the keys of what is kept of them
    undoable: BTreeMap<KeyId, Timestamp>,
}

impl Known {
    fn of(book: &Casebook) -> Result<Self, CasebookError> {
        let mut runs = BTreeMap::new();
        for row in book.key_rows()?.into_iter().filter(KeyRow::is_living) {
            if let About::Run(number) = row.about
                && !runs.contains_key(&number)
            {
                runs.insert(number, book.run(number)?);
            }
        }
        let several = |run: &Run| run.duty == PurgeDuty::Cases;
        let together = if runs.values().any(several) { removed_together(book)? } else { BTreeMap::new() };
        Ok(Self {
            runs,
            unsettled: book.unsettled_intents()?.into_iter().map(|intent| intent.about).collect(),
            intents: book.intents()?.into_iter().map(|intent| (intent.key, intent)).collect(),
            waiting: book.waiting()?.into_iter().map(|waiting| waiting.about).collect(),
            together,
            undoable: book.undoable()?.into_values().map(|(_, kept)| (kept.key, kept.until)).collect(),
        })
    }

    /// What decides on a key; none of a key that belongs to nothing known, which stays.
    fn facts(
        &self,
        row: &KeyRow,
        book: &Casebook,
        judged: &dyn Fn(&Facts) -> Result<Why, Needed>,
    ) -> Result<Option<Facts>, CasebookError> {
        let is = |purpose: KeyPurpose| row.purpose == purpose.word();
        Ok(match row.about {
            _ if is(KeyPurpose::Intent) => self.intent(row.id, book)?,
            about if is(KeyPurpose::Undo) => {
                let (until, unsettled) = (self.undoable.get(&row.id).copied(), self.unsettled.contains(&about));
                let held = until.is_some() && about.case().map_or(Ok(false), |case| book.keeps_for_a_hold(case))?;
                Some(Facts::Undo { until, unsettled, held })
            }
            About::Case(number) if is(KeyPurpose::Case) => self.case(number, book, judged)?,
            About::Case(number) if is(KeyPurpose::Corrected) => Self::corrected(row.id, number, book)?,
            About::Run(number) if is(KeyPurpose::Run) => self.run(number),
            About::Hold(number) if is(KeyPurpose::Hold) => {
                let released = book.hold(number)?.and_then(|hold| hold.released);
                Some(Facts::Hold { released: released.map(|event| happened(book, event)).transpose()? })
            }
            _ => Some(Facts::Workspace),
        })
    }

    fn intent(&self, key: KeyId, book: &Casebook) -> Result<Option<Facts>, CasebookError> {
        let Some(intent) = self.intents.get(&key) else { return Ok(None) };
        let state = intent.state;
        if state != IntentState::Removed {
            return Ok(Some(Facts::Intent { state, proofs: Vec::new(), run: None }));
        }
        let (cases, run) = match intent.about {
            About::Case(number) if removes(intent, book)? => (vec![number], None),
            About::Run(number) => {
                let Some(run) = self.runs.get(&number) else { return Ok(None) };
                let cases = self.together.get(&intent.number).cloned().unwrap_or_default();
                // nobody may have been told yet what the step of a plan for several cases did to theirs
                let told = run.duty != PurgeDuty::Cases || !cases.is_empty();
                (cases, Some(run.ended.is_some() && told))
            }
            _ => (Vec::new(), None),
        };
        let mut proofs = Vec::new();
        for number in cases {
            let proof = book.listed_case(number)?.map_or(Proof::Pending, |case| case.proof);
            let told = if proof == Proof::NotProvable { told_not_provable(number, book)? } else { None };
            proofs.push((proof, told));
        }
        Ok(Some(Facts::Intent { state, proofs, run }))
    }

    fn case(
        &self,
        number: CaseNumber,
        book: &Casebook,
        judged: &dyn Fn(&Facts) -> Result<Why, Needed>,
    ) -> Result<Option<Facts>, CasebookError> {
        let Some(case) = book.listed_case(number)? else { return Ok(None) };
        let over = matches!(case.status, Status::Closed | Status::Withdrawn | Status::Merged);
        let together = case.together.as_ref().map(|together| About::Run(together.run));
        let unsettled =
            [Some(About::Case(number)), together].into_iter().flatten().any(|about| self.unsettled.contains(&about));
        let mut facts = CaseFacts {
            ended: case.closed_at.or(case.ended_at).filter(|_| over),
            proof: case.proof,
            changed: None,
            waits: !case.waiting.is_empty()
                || case.left_to_person.is_some()
                || self.waiting.contains(&About::Case(number)),
            held: false,
            restricts: false,
            unsettled,
        };
        // what costs more is looked at only where it can still decide
        if judged(&Facts::Case(facts.clone())).is_ok() {
            facts.held = book.is_about_a_hold(&case)?;
            facts.changed = last_change(number, i64::MIN, book)?;
            facts.restricts = {
                let theirs = book.cases_of_person(&case)?;
                // nothing is put back of whoever is gone
                let gone = theirs.iter().any(|case| case.removed == Some(Extent::Whole) && case.proof == Proof::Proven);
                !gone && book.restrictions_of(&theirs)?.sealed().iter().any(|(seals, _)| *seals == number)
            };
        }
        Ok(Some(Facts::Case(facts)))
    }

    fn corrected(key: KeyId, number: CaseNumber, book: &Casebook) -> Result<Option<Facts>, CasebookError> {
        let mut asked: Option<(i64, Timestamp)> = None;
        book.events_about(number, |recorded| {
            if recorded.key == Some(key) {
                asked = Some((recorded.number, recorded.at));
            }
            Ok(())
        })?;
        let Some((event, asked)) = asked else { return Ok(None) };
        let case = book.listed_case(number)?;
        let unsettled = case.and_then(|case| case.intent).is_some_and(|(_, state)| state.is_unsettled());
        Ok(Some(Facts::Corrected { asked, changed: last_change(number, event, book)?, unsettled }))
    }

    fn run(&self, number: RunNumber) -> Option<Facts> {
        let about = About::Run(number);
        let (waits, unsettled) = (self.waiting.contains(&about), self.unsettled.contains(&about));
        Some(Facts::Run { ended: self.runs.get(&number)?.ended, waits, unsettled })
    }
}

/// Whose cases a step of a plan for several has changed. The cases themselves forget it with their next plan.
fn removed_together(book: &Casebook) -> Result<BTreeMap<i64, Vec<CaseNumber>>, CasebookError> {
    let mut together: BTreeMap<i64, Vec<CaseNumber>> = BTreeMap::new();
    book.events_after(0, |recorded| {
        if let (Event::RemovedTogether { intent, .. }, About::Case(number)) = (&recorded.event, recorded.about) {
            together.entry(*intent).or_default().push(number);
        }
        Ok(())
    })?;
    Ok(together)
}

/// When an event happened.
fn happened(book: &Casebook, event: i64) -> Result<Timestamp, CasebookError> {
    let page = book.events_page(None, event - 1, 1)?;
    page.first()
        .filter(|recorded| recorded.number == event)
        .map(|recorded| recorded.at)
        .ok_or(CasebookError::Event(event))
}

/// Whether a change of a case removed something, so that its bytes have to be proven gone. What was undone, and the undo
/// itself, did not.
fn removes(intent: &Intent, book: &Casebook) -> Result<bool, CasebookError> {
    let mut removes = true;
    book.events_about(intent.about, |recorded| {
        match &recorded.event {
            Event::Removed { intent: number, tables, .. } if *number == intent.number => {
                removes = tables.iter().any(|count| !["kept", "changed"].contains(&count.what.as_str()));
            }
            Event::Undone { intent: number, of, .. } if [*number, *of].contains(&intent.number) => removes = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(removes)
}

/// When it was told first, since the last change, that the bytes cannot be shown to be gone: `prove --pending` tells it
/// every night.
fn told_not_provable(number: CaseNumber, book: &Casebook) -> Result<Option<Timestamp>, CasebookError> {
    let mut told = None;
    book.events_about(number, |recorded| {
        match recorded.event {
            Event::Removed { .. } | Event::RemovedTogether { .. } => told = None,
            Event::NotProvable { .. } => told = told.or(Some(recorded.at)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(told)
}

/// When a case changed something for the last time after event `after`.
fn last_change(number: CaseNumber, after: i64, book: &Casebook) -> Result<Option<Timestamp>, CasebookError> {
    let mut changed = None;
    book.events_about(number, |recorded| {
        if recorded.number > after && matches!(recorded.event, Event::Removed { .. } | Event::RemovedTogether { .. }) {
            changed = Some(recorded.at);
        }
        Ok(())
    })?;
    Ok(changed)
}
