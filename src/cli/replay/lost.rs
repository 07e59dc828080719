//! What is on record as done after the state that the database is in, read out of the events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    case::{
        About, Body, CaseNumber, Event, Fingerprint, IdentitySet, IntentState, KeyId, PurgeDuty, Recorded, RunNumber,
        Secret, SubjectRef, TableCount,
    },
    casebook::{Casebook, CasebookError, Intent},
    duties::replay::{Print, unseal},
    rights::erasure::Scope,
};

use crate::cli::planning::{FINGERPRINTS, PLAN, asked_of, may_remove, took_place};

/// Something that a restored backup may have undone.
#[derive(Clone)]
pub(crate) struct Lost {
    /// The case; of children whose rest was removed later, their purge
    pub(crate) about: About,
    /// The reference of a case's person
    pub(crate) subject: Option<SubjectRef>,
    /// Of a purge: the step of which something waited
    pub(crate) plan: Option<Fingerprint>,
    /// The person as captured when it was done
    pub(crate) set: IdentitySet,
    /// Fingerprints of their rows
    pub(crate) prints: Vec<Print>,
    /// What was done
    pub(crate) what: What,
    /// The change, by which all of them are put in order
    intent: i64,
}

/// What was done for a case.
#[derive(Clone)]
pub(crate) enum What {
    /// All of the person's data was erased or anonymized; since when
    Erased { scope: Scope, removed: Timestamp },
    /// New values, as they were sealed
    Corrected(BTreeMap<String, Secret>),
}

/// What is not repeated here, and by which command somebody can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ByHand {
    /// A part of what is held on somebody who stays
    Part,
    /// A withdrawn consent
    Revoke,
    /// Refused messages
    Unsubscribe,
    /// A flag that was set, or put back
    Restrict,
    /// What was put back by an undo
    Undo,
}

/// All that may be undone.
#[derive(Default)]
pub(crate) struct AllLost {
    /// In the order in which it was done
    pub(crate) lost: Vec<Lost>,
    /// What somebody has to repeat
    pub(crate) by_hand: BTreeSet<(CaseNumber, ByHand)>,
    /// Purges by rule, which find by themselves what is due
    pub(crate) purges: BTreeMap<RunNumber, (PurgeDuty, Timestamp)>,
    /// Cases of which nobody knows any more whom they were about
    pub(crate) forgotten: BTreeSet<CaseNumber>,
}

impl AllLost {
    /// Whatever was done after change number `after`.
    pub(crate) fn after(after: i64, book: &Casebook) -> Result<Self, CasebookError> {
        let done = |intent: &Intent| intent.number > after && intent.state == IntentState::Removed;
        let intents: Vec<Intent> = book.intents()?.into_iter().filter(done).collect();
        let mut all = Self::default();
        let runs: BTreeSet<RunNumber> = intents.iter().filter_map(|intent| intent.about.run()).collect();
        for number in runs {
            let run = book.run(number)?;
            if matches!(run.duty, PurgeDuty::Minors | PurgeDuty::Retention) {
                all.purges.insert(number, (run.duty, run.as_of));
            }
        }
        let Some(first) = intents.iter().map(|intent| intent.opened).min() else { return Ok(all) };
        let mut cases = Vec::new();
        book.cases(false, |case| {
            // something was done for it, and something happened to it since
            if (!case.actions.is_empty() || case.intent.is_some()) && case.last_event >= first {
                cases.push((case.number, case.subject));
            }
            Ok(())
        })?;
        let keys = book.key_rows()?;
        let destroyed = keys.iter().filter(|row| row.destroyed.is_some()).map(|row| row.id).collect();
        let since = Since { after, first };
        for number in book.run_numbers(false)? {
            if !all.purges.contains_key(&number) {
                all.read_run(number, since, &destroyed, book)?;
            }
        }
        for (case, subject) in cases {
            all.read(case, subject, since, &destroyed, book)?;
        }
        all.lost.sort_by_key(|lost| (lost.intent, lost.about.to_string()));
        Ok(all)
    }

    /// What a purge from before left of people, and a later one removed.
    fn read_run(
        &mut self,
        number: RunNumber,
        since: Since,
        destroyed: &BTreeSet<KeyId>,
        book: &Casebook,
    ) -> Result<(), CasebookError> {
        let (mut ended, mut sealed, mut missing) = (false, Vec::new(), None);
        book.events_about(number, |recorded| {
            ended |= matches!(recorded.event, Event::ScheduleEnded {}) && recorded.number >= since.first;
            if let (Event::Scheduled { .. }, Some(body)) = (&recorded.event, &recorded.body) {
                let plan = body.facts.get(PLAN).and_then(|text| text.reveal().parse::<Fingerprint>().ok());
                sealed.extend(body.set.clone().zip(plan).map(|(set, plan)| (recorded.at, set, plan, prints_of(body))));
            } else if let (Event::Scheduled { .. }, Some(key)) = (&recorded.event, recorded.key) {
                missing = missing.or(Some(key).filter(|key| !destroyed.contains(key)));
            }
            Ok(())
        })?;
        if !ended {
            return Ok(());
        }
        if let Some(key) = missing {
            return Err(CasebookError::KeyMissing(key));
        }
        for (removed, set, plan, prints) in sealed {
            // a step that never took place left nothing behind
            let Some(intent) = book.applied(plan)? else { continue };
            let what = What::Erased { scope: Scope::default(), removed };
            let about = About::Run(number);
            self.lost.push(Lost { about, subject: None, plan: Some(plan), set, prints, what, intent });
        }
        Ok(())
    }

    fn read(
        &mut self,
        number: CaseNumber,
        subject: SubjectRef,
        since: Since,
        destroyed: &BTreeSet<KeyId>,
        book: &Casebook,
    ) -> Result<(), CasebookError> {
        let mut told = Told::default();
        book.events_about(number, |recorded| {
            told.take(recorded, since);
            Ok(())
        })?;
        if let Some(key) = told.unreadable.iter().find(|key| !destroyed.contains(key)) {
            return Err(CasebookError::KeyMissing(*key));
        }
        // what is left of a person and removed later has no row any more to take a fingerprint of
        let applied: Vec<Whom> = told.erased.iter().map(|erased| erased.whom.clone()).collect();
        let prints_of_same = |own: Whom| {
            let persons = |whom: &Whom| whom.set.as_ref().map(|set| set.persons.clone());
            let same = applied.iter().filter(|other| persons(other) == persons(&own));
            let mut prints: Vec<Print> = Vec::new();
            for print in same.flat_map(|other| &other.prints) {
                if !prints.contains(print) {
                    prints.push(print.clone());
                }
            }
            (own.set, prints)
        };
        let erased: Vec<ErasedOnce> = told.erased.into_iter().filter(|erased| erased.lost).collect();
        if erased.is_empty() {
            self.by_hand.extend(told.by_hand.values().map(|what| (number, *what)));
        }
        if told.set.is_none() && !told.by_hand.is_empty() {
            self.forgotten.insert(number);
        }
        let (about, subject) = (About::Case(number), Some(subject));
        let corrected = told.corrected.into_iter().map(|(intent, (Sealed(facts), whom))| {
            let prints = facts.as_ref().and_then(|facts| facts.get(FINGERPRINTS)).map(unseal).unwrap_or_default();
            (intent, whom.set, prints, facts.map(What::Corrected))
        });
        let erased = erased.into_iter().map(|ErasedOnce { intent, whom, scope, removed, .. }| {
            let (set, prints) = prints_of_same(whom);
            (intent, set, prints, Some(What::Erased { scope, removed }))
        });
        for (intent, set, prints, what) in corrected.chain(erased) {
            match (set, what) {
                (Some(set), Some(what)) if !set.is_empty() => {
                    self.lost.push(Lost { about, subject, plan: None, set, prints, what, intent });
                }
                (Some(_), Some(_)) => {}
                _ => drop(self.forgotten.insert(number)),
            }
        }
        Ok(())
    }
}

/// The fingerprints that a body seals.
fn prints_of(body: &Body) -> Vec<Print> {
    body.facts.get(FINGERPRINTS).map(unseal).unwrap_or_default()
}

/// From when on something counts as undone.
#[derive(Clone, Copy)]
struct Since {
    /// Changes after this one
    after: i64,
    /// The event that opened the first of them
    first: i64,
}

/// What a correction sealed; none when its key was destroyed.
#[derive(Clone)]
struct Sealed(Option<BTreeMap<String, Secret>>);

/// Whom a plan was about: whoever was identified by then, who need not be who the case is about later.
#[derive(Clone, Default)]
struct Whom {
    set: Option<IdentitySet>,
    prints: Vec<Print>,
}

/// An erasure of the whole person that took place.
struct ErasedOnce {
    intent: i64,
    whom: Whom,
    scope: Scope,
    removed: Timestamp,
    lost: bool,
}

/// What the events of one case tell.
#[derive(Default)]
struct Told {
    /// As identified last
    set: Option<IdentitySet>,
    plans: BTreeMap<Fingerprint, Whom>,
    /// Keys of bodies that cannot be read
    unreadable: BTreeSet<KeyId>,
    /// New values of a correction whose plan follows
    asked: Option<Sealed>,
    corrections: BTreeMap<Fingerprint, Sealed>,
    scopes: BTreeMap<Fingerprint, Scope>,
    restricting: BTreeSet<Fingerprint>,
    stopping: BTreeMap<Fingerprint, ByHand>,
    opened: BTreeMap<i64, Fingerprint>,
    together: Option<(Fingerprint, Vec<TableCount>, bool)>,
    erased: Vec<ErasedOnce>,
    corrected: BTreeMap<i64, (Sealed, Whom)>,
    /// Corrections before those that count, which a replay repeated since
    before: BTreeMap<i64, (Sealed, Whom)>,
    /// By change
    by_hand: BTreeMap<i64, ByHand>,
}

impl Told {
    fn take(&mut self, recorded: Recorded, since: Since) {
        let readable = recorded.body.is_some() || recorded.key.is_none();
        if !readable {
            self.unreadable.extend(recorded.key);
        }
        let sealed = recorded.body.as_ref().map(asked_of).unwrap_or_default();
        if let Some(body) = &recorded.body {
            self.take_body(&recorded.event, body);
        }
        if let Event::Planned { plan, .. } | Event::PlannedTogether { plan, .. } = &recorded.event {
            let prints = recorded.body.as_ref().map(prints_of).unwrap_or_default();
            self.plans.insert(*plan, Whom { set: self.set.clone(), prints });
        }
        match recorded.event {
            Event::CorrectionAsked { .. } => self.asked = Some(Sealed(recorded.body.map(|body| body.facts))),
            Event::StopAsked { consents, plan: Some(plan), .. } => {
                let what = if consents.is_empty() { ByHand::Unsubscribe } else { ByHand::Revoke };
                self.stopping.insert(plan, what);
            }
            Event::Planned { plan, .. } => match self.asked.take() {
                Some(facts) => drop(self.corrections.insert(plan, facts)),
                None => drop(self.scopes.insert(plan, sealed)),
            },
            Event::PlannedTogether { plan, tables, .. } => {
                self.scopes.insert(plan, sealed);
                self.together = Some((plan, tables, false));
            }
            Event::CameBack { plan, tables, .. } => {
                self.scopes.insert(plan, sealed);
                self.together = Some((plan, tables, true));
            }
            Event::IntentOpened { intent, plan, .. } => drop(self.opened.insert(intent, plan)),
            Event::Removed { intent, tables, .. } => {
                if let Some(plan) = self.opened.get(&intent).copied() {
                    self.done(intent, plan, &tables, recorded.at, intent > since.after);
                }
            }
            Event::RemovedTogether { intent, .. } => {
                let lost = intent > since.after;
                match self.together.clone() {
                    Some((_, tables, true)) if !may_remove(&tables) && lost => {
                        self.corrected.append(&mut self.before);
                    }
                    Some((_, tables, true)) if !may_remove(&tables) => {}
                    // it repeated what had been done before
                    Some((_, _, true)) => self.all_lost(lost),
                    Some((plan, tables, false)) => self.done(intent, plan, &tables, recorded.at, lost),
                    None => {}
                }
            }
            Event::Undone { of, intent, .. } => self.undone(of, intent > since.after && of <= since.after),
            Event::Scheduled { .. } | Event::ScheduleEnded {} => self.all_lost(recorded.number >= since.first),
            _ => {}
        }
    }

    /// A person as found on a restored backup may be less than was captured: another backup may hold more.
    fn take_body(&mut self, event: &Event, body: &Body) {
        if let Some(set) = &body.set
            && !matches!(event, Event::CameBack { .. } | Event::Scheduled { .. })
        {
            self.set = Some(set.clone());
        }
        let numbered = |word: &String| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        if let Event::Planned { plan, .. } = event
            && body.facts.keys().any(numbered)
        {
            self.restricting.insert(*plan);
        }
    }

    /// What was undone is not done again. Where the restored backup is from between the two, what was put back is missing
    /// in it, and nothing is kept any more to put it back from.
    fn undone(&mut self, of: i64, between: bool) {
        self.erased.retain(|erased| erased.intent != of);
        self.corrected.remove(&of);
        self.before.remove(&of);
        self.by_hand.remove(&of);
        if between {
            self.by_hand.insert(of, ByHand::Undo);
        }
    }

    fn all_lost(&mut self, lost: bool) {
        self.erased.iter_mut().for_each(|erased| erased.lost |= lost);
    }

    fn done(&mut self, intent: i64, plan: Fingerprint, tables: &[TableCount], at: Timestamp, lost: bool) {
        let whom = self.plans.get(&plan).cloned().unwrap_or_default();
        if let Some(facts) = self.corrections.get(&plan) {
            let kept = if lost { &mut self.corrected } else { &mut self.before };
            kept.insert(intent, (facts.clone(), whom));
            return;
        }
        let scope = self.scopes.get(&plan).cloned().unwrap_or_default();
        let by_hand = match self.stopping.get(&plan) {
            Some(what) => Some(*what),
            None if self.restricting.contains(&plan) || !may_remove(tables) => Some(ByHand::Restrict),
            None if !scope.is_whole() => Some(ByHand::Part),
            None => None,
        };
        match by_hand {
            Some(what) if lost => drop(self.by_hand.insert(intent, what)),
            None if took_place(tables) => {
                self.erased.push(ErasedOnce { intent, whom, scope, removed: at, lost });
            }
            _ => {} // done before; or all of it waits, and is carried out when its time comes
        }
    }
}
