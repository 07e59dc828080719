//! What is on record as done after the state that the database is in, read out of the events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    case::{
        About, Body, CaseNumber, Event, Fingerprint, IdentitySet, IntentState, Kept, KeyId, PurgeDuty, Recorded,
        RunNumber, Secret, SubjectRef, TableCount, may_remove,
    },
    casebook::{Casebook, CasebookError, Intent},
    duties::replay::{Known, Print, unseal},
    rights::erasure::Scope,
};

use crate::cli::planning::{FINGERPRINTS, PLAN, SAMPLES, asked_of, took_place};

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
    /// Fingerprints of rows that were tied to theirs
    pub(crate) samples: Vec<Print>,
    /// What was done
    pub(crate) what: What,
    /// The change, by which all of them are put in order
    intent: i64,
    /// The last change by which it was done, or done again
    pub(crate) done_by: i64,
    /// Tables in which rows of theirs stayed
    pub(crate) stays: BTreeSet<String>,
    /// How many rows the erasure left, by table, because nobody knew whether they are theirs
    undecided: BTreeMap<String, u64>,
    /// How many rows of theirs wait by now, by table: they are there rightly
    pub(crate) waiting: BTreeMap<String, u64>,
}

impl Lost {
    /// None of nobody.
    fn of(about: About, whom: Whom, what: What, intent: i64) -> Option<Self> {
        let Whom { set, prints, samples } = whom;
        let set = set.filter(|set| !set.is_empty())?;
        let (subject, plan, stays) = (None, None, BTreeSet::new());
        let (undecided, waiting) = (BTreeMap::new(), BTreeMap::new());
        let done_by = intent;
        Some(Self { about, subject, plan, set, prints, samples, what, intent, done_by, stays, undecided, waiting })
    }

    /// By what the person is known again. Whoever was corrected and not erased by then may be by now.
    pub(crate) fn known(&self, removed: Option<Timestamp>) -> Known<'_> {
        let stays = removed.map(|_| &self.stays);
        let Self { set, prints, samples, undecided, .. } = self;
        Known { set, prints, removed, stays, samples, undecided }
    }
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
        all.tell_who_restricts(book)?;
        Ok(all)
    }

    /// A flag that is as it was before is told for every case that restricts the person by now, whichever set it.
    fn tell_who_restricts(&mut self, book: &Casebook) -> Result<(), CasebookError> {
        let undone = self.by_hand.iter().filter(|(_, what)| *what == ByHand::Restrict).map(|(case, _)| *case);
        for number in undone.collect::<Vec<_>>() {
            let Some(case) = book.case(number)? else { continue };
            let restrictions = book.restrictions_of(&book.cases_of_person(&case)?)?;
            if !restrictions.by().is_empty() {
                self.by_hand.remove(&(number, ByHand::Restrict));
                self.by_hand.extend(restrictions.by().iter().map(|case| (*case, ByHand::Restrict)));
            }
        }
        Ok(())
    }

    /// All cases that it looks at.
    pub(crate) fn cases(&self) -> impl Iterator<Item = CaseNumber> + '_ {
        let lost = self.lost.iter().filter_map(|lost| lost.about.case());
        lost.chain(self.by_hand.iter().map(|(case, _)| *case)).chain(self.forgotten.iter().copied())
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
        let mut stays = BTreeSet::new();
        book.events_about(number, |recorded| {
            ended |= matches!(recorded.event, Event::ScheduleEnded {}) && recorded.number >= since.first;
            if let Event::Removed { tables, .. } = &recorded.event {
                stays.extend(staying(tables));
            }
            if let (Event::Scheduled { .. }, Some(body)) = (&recorded.event, &recorded.body) {
                let plan = body.facts.get(PLAN).and_then(|text| text.reveal().parse::<Fingerprint>().ok());
                sealed.extend(plan.map(|plan| (recorded.at, plan, Whom::sealed(body.set.as_ref(), Some(body)))));
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
        for (removed, plan, whom) in sealed {
            // a step that never took place left nothing behind
            let Some(intent) = book.applied(plan)? else { continue };
            let what = What::Erased { scope: Scope::default(), removed };
            let lost = Lost::of(About::Run(number), whom, what, intent);
            self.lost.extend(lost.map(|lost| Lost { plan: Some(plan), stays: stays.clone(), ..lost }));
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
        book.events_about(number, |recorded| told.take(recorded, since))?;
        if let Some(key) = told.unreadable.iter().find(|key| !destroyed.contains(key)) {
            return Err(CasebookError::KeyMissing(*key));
        }
        // what is left of a person and removed later has no row any more to take a fingerprint of
        let applied: Vec<Whom> = told.erased.iter().map(|erased| erased.whom.clone()).collect();
        let erased: Vec<ErasedOnce> = told.erased.into_iter().filter(|erased| erased.lost).collect();
        if erased.is_empty() {
            self.by_hand.extend(told.by_hand.values().map(|what| (number, *what)));
        }
        if told.set.is_none() && !told.by_hand.is_empty() {
            self.forgotten.insert(number);
        }
        let (about, subject) = (About::Case(number), Some(subject));
        for (intent, CorrectedOnce { facts: Sealed(facts), whom, done_by }) in told.corrected {
            let (Some(facts), Some(_)) = (facts, &whom.set) else {
                self.forgotten.insert(number);
                continue;
            };
            let prints = facts.get(FINGERPRINTS).map(unseal).unwrap_or_default();
            let whom = Whom { prints, samples: Vec::new(), ..whom };
            let lost = Lost::of(about, whom, What::Corrected(facts), intent);
            self.lost.extend(lost.map(|lost| Lost { subject, done_by, ..lost }));
        }
        for ErasedOnce { intent, whom, scope, removed, stays, undecided, .. } in erased {
            if whom.set.is_none() {
                self.forgotten.insert(number);
            }
            let lost = Lost::of(about, whom.with_same(&applied), What::Erased { scope, removed }, intent);
            let waiting = told.waiting.clone();
            self.lost.extend(lost.map(|lost| Lost { subject, stays, undecided, waiting, ..lost }));
        }
        Ok(())
    }
}

/// How many rows stay for these reasons, by table.
fn by_table(kept: &[Kept], wanted: fn(&Kept) -> bool) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for kept in kept.iter().filter(|kept| wanted(kept)) {
        *rows.entry(kept.table.clone()).or_default() += kept.rows;
    }
    rows
}

/// Tables in which rows stayed, written over or as they were.
fn staying(tables: &[TableCount]) -> impl Iterator<Item = String> + '_ {
    let gone = ["deleted", "unlinked", "struck_out"];
    tables.iter().filter(move |count| !gone.contains(&count.what.as_str())).map(|count| count.table.clone())
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
    samples: Vec<Print>,
}

impl Whom {
    /// These people, and the fingerprints that a body seals.
    fn sealed(set: Option<&IdentitySet>, body: Option<&Body>) -> Self {
        let prints = |word| body.and_then(|body| body.facts.get(word)).map(unseal).unwrap_or_default();
        Self { set: set.cloned(), prints: prints(FINGERPRINTS), samples: prints(SAMPLES) }
    }

    /// With the fingerprints that were taken of the same people in all of these plans.
    fn with_same(mut self, all: &[Self]) -> Self {
        let persons = |whom: &Self| whom.set.as_ref().map(|set| set.persons.clone());
        let own = persons(&self);
        for other in all.iter().filter(|other| persons(other) == own) {
            for (known, more) in [(&mut self.prints, &other.prints), (&mut self.samples, &other.samples)] {
                let new: Vec<Print> = more.iter().filter(|print| !known.contains(print)).cloned().collect();
                known.extend(new);
            }
        }
        self
    }
}

/// A correction that took place.
#[derive(Clone)]
struct CorrectedOnce {
    facts: Sealed,
    whom: Whom,
    done_by: i64,
}

/// An erasure of the whole person that took place.
struct ErasedOnce {
    intent: i64,
    whom: Whom,
    scope: Scope,
    removed: Timestamp,
    stays: BTreeSet<String>,
    undecided: BTreeMap<String, u64>,
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
    together: Option<(Fingerprint, Vec<TableCount>, Vec<Kept>, bool)>,
    waiting: BTreeMap<String, u64>,
    erased: Vec<ErasedOnce>,
    corrected: BTreeMap<i64, CorrectedOnce>,
    /// Corrections before those that count, which a replay repeated since
    before: BTreeMap<i64, CorrectedOnce>,
    /// By change
    by_hand: BTreeMap<i64, ByHand>,
}

impl Told {
    fn take(&mut self, recorded: Recorded, since: Since) -> Result<(), CasebookError> {
        let readable = recorded.body.is_some() || recorded.key.is_none();
        if !readable {
            self.unreadable.extend(recorded.key);
        }
        let plans =
            matches!(recorded.event, Event::Planned { .. } | Event::PlannedTogether { .. } | Event::CameBack { .. });
        // of what cannot be read it is told for the case
        let sealed = recorded.body.as_ref().filter(|_| plans).map(asked_of).transpose()?.unwrap_or_default();
        if let Some(body) = &recorded.body {
            self.take_body(&recorded.event, body);
        }
        if let Event::Planned { plan, .. } | Event::PlannedTogether { plan, .. } = &recorded.event {
            self.plans.insert(*plan, Whom::sealed(self.set.as_ref(), recorded.body.as_ref()));
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
            Event::PlannedTogether { plan, tables, kept, .. } => {
                self.scopes.insert(plan, sealed);
                self.together = Some((plan, tables, kept, false));
            }
            Event::CameBack { plan, tables, kept, .. } => {
                self.scopes.insert(plan, sealed);
                self.together = Some((plan, tables, kept, true));
            }
            Event::IntentOpened { intent, plan, .. } => drop(self.opened.insert(intent, plan)),
            Event::Removed { intent, tables, kept } => {
                if let Some(plan) = self.opened.get(&intent).copied() {
                    self.done(intent, plan, (&tables, &kept), recorded.at, intent > since.after);
                }
            }
            Event::RemovedTogether { intent, .. } => {
                let lost = intent > since.after;
                match self.together.clone() {
                    Some((_, tables, _, true)) if !may_remove(&tables) => {
                        let all = self.corrected.values_mut().chain(self.before.values_mut());
                        all.for_each(|corrected| corrected.done_by = intent);
                        if lost {
                            self.corrected.append(&mut self.before);
                        }
                    }
                    // it repeated what had been done before
                    Some((.., true)) => self.all_lost(lost),
                    Some((plan, tables, kept, false)) => self.done(intent, plan, (&tables, &kept), recorded.at, lost),
                    None => {}
                }
            }
            Event::Undone { of, intent, .. } => self.undone(of, intent > since.after && of <= since.after),
            Event::Scheduled { items, .. } => {
                self.waiting = by_table(&items, |_| true);
                self.all_lost(recorded.number >= since.first);
            }
            Event::ScheduleEnded {} => {
                self.waiting.clear();
                self.all_lost(recorded.number >= since.first);
            }
            _ => {}
        }
        Ok(())
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

    fn done(
        &mut self,
        intent: i64,
        plan: Fingerprint,
        (tables, kept): (&[TableCount], &[Kept]),
        at: Timestamp,
        lost: bool,
    ) {
        let whom = self.plans.get(&plan).cloned().unwrap_or_default();
        if let Some(facts) = self.corrections.get(&plan) {
            let kept = if lost { &mut self.corrected } else { &mut self.before };
            kept.insert(intent, CorrectedOnce { facts: facts.clone(), whom, done_by: intent });
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
                let stays = staying(tables).collect();
                let undecided = by_table(kept, |kept| kept.code == "undecided");
                self.erased.push(ErasedOnce { intent, whom, scope, removed: at, stays, undecided, lost });
            }
            _ => {} // done before; or all of it waits, and is carried out when its time comes
        }
    }
}
