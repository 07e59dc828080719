//! The replay as a purge: one person, or one correction, at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    apply::waiting_rows,
    case::{About, Body, CaseNumber, Event, Fingerprint, IdentitySet, PurgeDuty, RunNumber, SubjectRef},
    data_map::classified::Classified,
    duties::replay::{Grounded, Print, Seen, Tagging, Telling, Unsure, seal},
    error::Error,
    plan::{Claim, Held, Totals},
    planner::Planner,
    rights::{
        correction::{Basis, Correction, Wish},
        erasure::{Erasure, Scope},
    },
    value::{Key, Value},
};

use super::{
    back::Looking,
    lost::{AllLost, ByHand, Lost, What},
    nothing::Nothing,
    report::{Left, Next, Replayed},
};
use crate::cli::{
    Exit,
    correct::wishes_of,
    held::holds_on,
    out::Out,
    planning::{FINGERPRINTS, PLAN, asking},
    purge::{
        driver::{Duty, Pass},
        report::Purged,
    },
    session::Session,
    sums::Sums,
    text::trouble,
};

/// One thing to repeat.
pub(super) enum Unit {
    /// The erasure of one person
    Erased(Whole),
    /// A correction, as far as its cells hold what was corrected
    Corrected(Cells),
    /// Nothing is left, and the database still carries the mark of the backup: the step that lifts it
    Mark,
}

/// A person to erase again.
pub(super) struct Whole {
    about: About,
    subject: Option<SubjectRef>,
    /// Of children: the step of which something waited
    plan: Option<Fingerprint>,
    set: IdentitySet,
    grounds: Vec<Print>,
    scope: Scope,
    removed: Timestamp,
}

/// Cells to correct again.
pub(super) struct Cells {
    about: About,
    subject: Option<SubjectRef>,
    set: IdentitySet,
    grounds: Vec<Print>,
    wishes: Vec<Wish>,
}

impl Unit {
    fn about(&self) -> Option<About> {
        match self {
            Self::Erased(whole) => Some(whole.about),
            Self::Corrected(cells) => Some(cells.about),
            Self::Mark => None,
        }
    }
}

/// What the database's mark says of a restored backup.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkSays {
    /// There is none
    Nothing,
    /// The database carried everything up to this change when the replay began: a correction among them that does not
    /// stand any more was taken back by somebody
    Carried(i64),
}

impl MarkSays {
    /// Whether whoever restored the database undid what was done by this change.
    fn undid(self, change: i64) -> bool {
        match self {
            Self::Nothing => true,
            Self::Carried(last) => change > last,
        }
    }
}

/// The replay.
pub(super) struct Replay {
    pub(super) all: AllLost,
    /// The last change that is not repeated
    pub(super) after: i64,
    pub(super) as_of: Date,
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    pub(super) tagging: Rc<Tagging>,
    pub(super) workspace: String,
    pub(super) mark: MarkSays,
    /// The last change that took place, as far as the casebook knew when it began
    pub(super) known: u64,
    /// How many of them were looked at
    looked: usize,
    begun: bool,
    marked: bool,
    /// What is left to a person
    left: Vec<Left>,
    /// Cells that an earlier correction of this replay puts something into
    put: BTreeMap<Cell, Value>,
    /// What the last correction of each cell put into it
    last: BTreeMap<Cell, Value>,
}

/// A table, a row of it, a column.
type Cell = (usize, Key, usize);

impl Replay {
    #[expect(clippy::too_many_arguments, reason = "what a replay rests on")]
    pub(super) fn new(
        all: AllLost,
        after: i64,
        as_of: Date,
        now: Timestamp,
        zone: TimeZone,
        tagging: Rc<Tagging>,
        workspace: String,
        mark: MarkSays,
        known: u64,
    ) -> Self {
        let (looked, left, put, last) = (0, Vec::new(), BTreeMap::new(), BTreeMap::new());
        let (begun, marked) = (false, false);
        Self { all, after, as_of, now, zone, tagging, workspace, mark, known, looked, begun, marked, left, put, last }
    }

    /// Leaves something to a person.
    fn leave(
        &mut self,
        about: impl Into<About>,
        why: &'static str,
        rows: u64,
        next: Next,
        pass: &mut Pass<'_>,
    ) -> Result<(), Error> {
        let about = about.into();
        let key = Key(vec![Value::from(about.to_string().as_str())]);
        pass.tally.count(why, None, None, None, 1);
        pass.tally.look("case", &key, false, why, None)?;
        self.left.push(Left { about: about.to_string(), why, rows, next: next.command(about) });
        Ok(())
    }

    /// What is not this command's to repeat.
    fn say_rest(&mut self, pass: &mut Pass<'_>) -> Result<(), Error> {
        for case in self.all.forgotten.clone() {
            self.leave(case, "key_destroyed", 0, Next::Identify, pass)?;
        }
        for (case, what) in self.all.by_hand.clone() {
            let (why, next) = match what {
                ByHand::Part => ("part_undone", Next::ErasePart),
                ByHand::Revoke => ("withdrawal_undone", Next::Revoke),
                ByHand::Unsubscribe => ("refusal_undone", Next::Unsubscribe),
                ByHand::Restrict => ("restriction_undone", Next::Restrict),
                ByHand::Undo => ("put_back_lost", Next::Identify),
            };
            self.leave(case, why, 0, next, pass)?;
        }
        for (run, (duty, as_of)) in self.all.purges.clone() {
            let day = self.zone.to_datetime(as_of).date();
            match duty {
                // a child may have grown up since
                PurgeDuty::Minors => self.leave(run, "purge_undone", 0, Next::Minors(day), pass)?,
                // what is due stays due: the next run finds it
                _ => pass.tally.count("retention_finds_it_again", None, None, None, 1),
            }
        }
        Ok(())
    }

    fn unit(&mut self, lost: &Lost, pass: &mut Pass<'_>) -> Result<Option<Unit>, Error> {
        match &lost.what {
            What::Erased { scope, removed } => self.whole(lost, scope.clone(), *removed, pass),
            What::Corrected(facts) => self.cells(lost, facts, pass),
        }
    }

    fn whole(
        &mut self,
        lost: &Lost,
        scope: Scope,
        removed: Timestamp,
        pass: &mut Pass<'_>,
    ) -> Result<Option<Unit>, Error> {
        let tagging = Rc::clone(&self.tagging);
        let telling = Telling { map: &pass.trusted.map, zone: &self.zone, tagging: &*tagging };
        let database = &mut *pass.trusted.database;
        let mut whose = telling.whose(lost.known(Some(removed)), database)?;
        let nobody_sure = whose.is_nobody_sure();
        if !nobody_sure {
            telling.doubtful(lost.known(Some(removed)), &mut whose, database)?;
        }
        if !whose.left.is_empty() {
            let (held, now) = (pass.held, self.now);
            let looking = Looking { map: &pass.trusted.map, zone: &self.zone, held, now };
            let back = looking.came_back(lost, &whose.left, &scope, removed, database)?;
            whose.add(Unsure::BesideWhatStayed, back.values().sum());
        }
        if whose.others > 0 {
            pass.tally.count("key_or_number_given_to_another", None, None, None, whose.others);
        }
        for (why, rows) in &whose.unsure {
            self.leave(lost.about, why.word(), *rows, Next::Identify, pass)?;
        }
        if nobody_sure {
            return Ok(None);
        }
        pass.tally.count("erased_before", None, None, None, 1);
        let (about, subject, plan, set, grounds) = (lost.about, lost.subject, lost.plan, whose.set, whose.grounds);
        Ok(Some(Unit::Erased(Whole { about, subject, plan, set, grounds, scope, removed })))
    }

    fn cells(
        &mut self,
        lost: &Lost,
        facts: &BTreeMap<String, crate::case::Secret>,
        pass: &mut Pass<'_>,
    ) -> Result<Option<Unit>, Error> {
        let tagging = Rc::clone(&self.tagging);
        let Some(wishes) = wishes_of(facts, &pass.trusted.map) else {
            self.leave(lost.about, "map_changed", 0, Next::Correct, pass)?;
            return Ok(None);
        };
        let telling = Telling { map: &pass.trusted.map, zone: &self.zone, tagging: &*tagging };
        let whose = telling.whose(lost.known(None), &mut *pass.trusted.database)?;
        if whose.set.persons.is_empty() && !lost.set.persons.values().all(BTreeSet::is_empty) {
            for (why, rows) in &whose.unsure {
                self.leave(lost.about, why.word(), *rows, Next::Correct, pass)?;
            }
            if whose.others > 0 {
                pass.tally.count("key_or_number_given_to_another", None, None, None, whose.others);
            }
            return Ok(None);
        }
        let (mut again, mut grounds) = (Vec::new(), whose.grounds);
        let (mut changed, mut gone, mut taken_back) = (0, 0, 0);
        for (wish, before) in wishes {
            let cell = (wish.table, wish.key.clone(), wish.column);
            let (map, database) = (&pass.trusted.map, &mut *pass.trusted.database);
            let put = self.put.get(&cell);
            let stands =
                |before: &Print| put.is_some_and(|put| before.is_of_cells(std::slice::from_ref(put), &*tagging));
            let seen = match &before {
                Some(before) if stands(before) => Seen::Same,
                Some(before) => before.look(map, database, &*tagging)?,
                None => Seen::Unreadable,
            };
            let now = Print::of_cell(map, wish.table, &wish.key, wish.column, database, &*tagging)?;
            let holds =
                |value: &Value| now.as_ref().is_some_and(|now| now.is_of_cells(std::slice::from_ref(value), &*tagging));
            let done = holds(&wish.to) || self.last.get(&cell).is_some_and(holds);
            match seen {
                _ if done => {}
                Seen::Same if !self.mark.undid(lost.done_by) => taken_back += 1,
                Seen::Same => {
                    if put.is_none() {
                        grounds.extend(before);
                    }
                    self.put.insert(cell, wish.to.clone());
                    again.push(wish);
                }
                Seen::Nothing => gone += 1,
                _ => changed += 1,
            }
        }
        if gone > 0 {
            self.leave(lost.about, "no_such_row", gone, Next::Correct, pass)?;
        }
        if changed > 0 {
            self.leave(lost.about, "changed_since", changed, Next::Correct, pass)?;
        }
        if taken_back > 0 {
            self.leave(lost.about, "correction_undone", taken_back, Next::Correct, pass)?;
        }
        if again.is_empty() {
            return Ok(None);
        }
        pass.tally.count("corrected_before", None, None, None, again.len() as u64);
        let (about, subject, set) = (lost.about, lost.subject, whose.set);
        Ok(Some(Unit::Corrected(Cells { about, subject, set, grounds, wishes: again })))
    }

    /// Of several corrections of one cell the last counts, whoever asked for it.
    fn note_last(&mut self, map: &Classified) {
        for lost in &self.all.lost {
            let What::Corrected(facts) = &lost.what else { continue };
            for (wish, _) in wishes_of(facts, map).into_iter().flatten() {
                self.last.insert((wish.table, wish.key, wish.column), wish.to);
            }
        }
    }

    /// The step that lifts the mark, when none did.
    fn last(&mut self, pass: &mut Pass<'_>) -> Result<Option<Unit>, Error> {
        if self.marked || self.mark == MarkSays::Nothing {
            return Ok(None);
        }
        self.marked = true;
        let mark = pass.trusted.database.mark(&self.workspace)?.unwrap_or(0);
        Ok((mark < self.known).then_some(Unit::Mark))
    }
}

impl Duty for Replay {
    type Bucket = Unit;

    const DUTY: PurgeDuty = PurgeDuty::Replay;

    const SIZES: (usize, usize) = (1, 1);

    fn scope(&self) -> serde_json::Value {
        serde_json::json!({ "after": self.after })
    }

    fn rewind(&mut self) -> Result<(), Error> {
        self.looked = 0;
        (self.begun, self.marked) = (false, false);
        self.left.clear();
        self.put.clear();
        Ok(())
    }

    fn next(&mut self, _size: usize, pass: &mut Pass<'_>) -> Result<Option<Unit>, Error> {
        if !self.begun {
            self.begun = true;
            self.say_rest(pass)?;
            self.note_last(&pass.trusted.map);
        }
        while let Some(lost) = self.all.lost.get(self.looked).cloned() {
            self.looked += 1;
            if let Some(unit) = self.unit(&lost, pass)? {
                return Ok(Some(unit));
            }
        }
        self.last(pass)
    }

    fn len(bucket: &Unit) -> u64 {
        u64::from(!matches!(bucket, Unit::Mark))
    }

    fn split(bucket: Unit) -> Result<[Unit; 2], Unit> {
        Err(bucket)
    }

    fn planner<'a>(
        &'a self,
        bucket: &'a Unit,
        map: &'a Classified,
        held: &'a Rc<Held>,
        token: &Rc<dyn Fn(&Value) -> String>,
    ) -> Box<dyn Planner + 'a> {
        let (planner, grounds): (Box<dyn Planner + 'a>, &[Print]) = match bucket {
            Unit::Erased(whole) => {
                let erasure = Erasure {
                    map,
                    subjects: std::slice::from_ref(&whole.set),
                    holds: holds_on(whole.subject, &whole.set, held),
                    scope: whole.scope.clone(),
                    today: self.as_of,
                    removed: Some(self.zone.to_datetime(whole.removed).date()),
                    then: Vec::new(),
                    zone: self.zone.clone(),
                    token: Rc::clone(token),
                };
                (Box::new(erasure), &whole.grounds)
            }
            Unit::Corrected(cells) => {
                let basis = Basis {
                    map,
                    subjects: std::slice::from_ref(&cells.set),
                    holds: holds_on(cells.subject, &cells.set, held),
                    as_of: self.now,
                    zone: self.zone.clone(),
                };
                let correction = Correction { basis, wishes: &cells.wishes, token: Rc::clone(token) };
                (Box::new(correction), &cells.grounds)
            }
            Unit::Mark => return Box::new(Nothing { map, token: Rc::clone(token) }),
        };
        Box::new(Grounded { planner, grounds, tagging: Rc::clone(&self.tagging), zone: self.zone.clone() })
    }

    fn after(&self) -> Option<i64> {
        Some(self.after)
    }

    fn carried(&self) -> Option<i64> {
        match self.mark {
            MarkSays::Nothing => None,
            MarkSays::Carried(last) => Some(last),
        }
    }

    fn is_empty_step(bucket: &Unit) -> bool {
        matches!(bucket, Unit::Mark)
    }

    fn stumbled(&mut self, bucket: &Unit, code: &'static str) {
        let Some(about) = bucket.about() else { return };
        let next = if matches!(bucket, Unit::Corrected(_)) { Next::Correct } else { Next::Identify };
        self.left.push(Left { about: about.to_string(), why: code, rows: 0, next: next.command(about) });
    }

    /// What was left to a person stands with its case until somebody decides, or nothing is left any more.
    fn ended(&self, run: RunNumber, session: &mut Session<'_>) -> anyhow::Result<()> {
        let mut left: BTreeMap<CaseNumber, BTreeSet<&str>> =
            self.all.cases().map(|case| (case, BTreeSet::new())).collect();
        for one in &self.left {
            if let Ok(case) = one.about.parse() {
                left.entry(case).or_default().insert(one.why);
            }
        }
        for (case, why) in left {
            let known = session.reading()?.listed_case(case)?.and_then(|case| case.left_to_person);
            let same = known.map(|known| known.why).unwrap_or_default().iter().eq(why.iter());
            if !same {
                let why = why.into_iter().map(str::to_owned).collect();
                session.record(case, Event::LeftToPerson { run, why }, &Body::default())?;
            }
        }
        session.unlock();
        Ok(())
    }

    fn report(&self, report: Purged, out: &mut Out<'_>) -> anyhow::Result<Exit> {
        let exit = if self.left.is_empty() { report.exit() } else { Exit::Look };
        out.report(&Replayed { purged: report, after: self.after, left: self.left.clone() })?;
        Ok(exit)
    }

    /// What is done again stands with the case, so that it is proven again.
    fn foretell(
        &self,
        bucket: &Unit,
        run: RunNumber,
        claim: &Claim,
        planned: &Totals,
        map: &Classified,
        session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        let Some(About::Case(case)) = bucket.about() else { return Ok(()) };
        let mut body = Body::default();
        if let Unit::Erased(whole) = bucket {
            body = asking(&whole.scope)?;
            body.set = Some(whole.set.clone());
            body.facts.insert(FINGERPRINTS.to_owned(), seal(&whole.grounds));
        }
        let sums = Sums::of(About::Case(case), "planned", &claim.digest, planned, map);
        let plan = claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
        let event = Event::CameBack { run, plan, tables: sums.counts(), kept: sums.kept_rows() };
        session.record(case, event, &body)?;
        Ok(())
    }

    /// What has to stay of a person for now waits, as after an erasure.
    fn settled(
        &mut self,
        bucket: &Unit,
        _run: RunNumber,
        totals: &Totals,
        map: &Classified,
        session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        let Unit::Erased(whole) = bucket else { return Ok(()) };
        let items = waiting_rows(map, totals);
        let known = match whole.about {
            About::Case(case) => session.case(case)?.waiting == items,
            about => session.reading()?.waiting()?.iter().any(|waiting| waiting.about == about),
        };
        if !items.is_empty() && !known {
            let mut body = Body { set: Some(whole.set.clone()), ..Body::default() };
            if let Some(plan) = whole.plan {
                body.facts.insert(PLAN.to_owned(), plan.to_string().into());
                body.facts.insert(FINGERPRINTS.to_owned(), seal(&whole.grounds));
            }
            session.record(whole.about, Event::Scheduled { everything: false, items }, &body)?;
        }
        Ok(())
    }
}
