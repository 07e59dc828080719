//! `droit purge scheduled`: erasures whose minimum has ended, whose wait is over or whose hold was released.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    apply::waiting_rows,
    case::{
        About, Body, CaseNumber, Event, Fingerprint, IdentitySet, KeyId, Proof, PurgeDuty, Recorded, RunNumber, Status,
        SubjectRef, event::Kept, may_remove,
    },
    casebook::CasebookError,
    data_map::classified::{Classified, Sense, TableId, Tie},
    duties::{
        replay::{Print, Tagging, Telling, unseal},
        scheduled::{Left, as_captured, as_removed, due, may_be_over, reissued},
    },
    error::Error,
    plan::{Claim, Held, Totals},
    planner::Planner,
    rights::erasure::{Erasure, Scope},
    value::{Key, Value},
};

use super::{
    driver::{self, Duty, Pass},
    options::RunArgs,
    tally::Tally,
};
use crate::cli::{
    Exit,
    copies::Copies,
    database::Trusted,
    held::holds_on,
    out::Out,
    planning::{FINGERPRINTS, PLAN, asked_in, asking, took_place},
    session::Session,
    subject::{gone_persons, untouched_persons},
    sums::Sums,
    text::trouble,
};

/// Carry out what waits: erasures whose minimum has ended, whose contract is performed or whose hold was released
///
/// What was kept of an erased person is decided again; what still has to stay, stays.
///
/// Examples:
///   droit purge scheduled
///   droit purge scheduled --as-of 2030-01-01
///   droit purge scheduled --confirm --quiet
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ScheduledArgs {
    #[command(flatten)]
    run: RunArgs,
}

pub(super) fn run(args: &ScheduledArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    let (as_of, _) = args.run.days(session)?;
    let zone = session.zone()?;
    let (waiting, left, tables, lost, open) = Default::default();
    let tagging = Box::new(session.reading()?.tagging()?);
    let mut duty = Waits { waiting, left, tables, lost, open, as_of, zone, tagging };
    duty.load(&trusted.map, session)?;
    driver::run(&mut duty, &args.run, &mut trusted, session, out)
}

/// Somebody of whom something waits.
#[derive(Clone)]
struct Waiter {
    about: About,
    code: String,
    /// The reference of a case's person
    subject: Option<SubjectRef>,
    set: IdentitySet,
    scope: Scope,
    /// When the first of it took place, if anything did
    removed: Option<Timestamp>,
    /// What it left of their rows
    left: Left,
    /// Whether somebody has decided what becomes of rows under a key that is somebody else's by now
    decided: bool,
    /// Whether there are such
    reissued: bool,
}

/// What a case or a run comes to.
#[derive(Default)]
struct Open {
    /// How many are still to be decided
    left: usize,
    /// What has to stay
    items: Vec<Kept>,
    undecided: bool,
    /// Whether somebody has to say whose a row is
    reissued: bool,
}

/// Why somebody has to look: under the person's key stands another.
const REISSUED: &str = "reissued_key";

/// The duty.
struct Waits {
    waiting: Vec<Waiter>,
    left: VecDeque<Waiter>,
    /// The tables in which something waits
    tables: BTreeSet<(About, String)>,
    /// What cannot be told any more whose it is
    lost: Vec<About>,
    open: BTreeMap<About, Open>,
    as_of: Date,
    zone: TimeZone,
    tagging: Box<Tagging>,
}

impl Waits {
    fn load(&mut self, map: &Classified, session: &mut Session<'_>) -> anyhow::Result<()> {
        let waiting = session.reading()?.waiting()?;
        self.tables = waiting.iter().map(|item| (item.about, item.table.clone())).collect();
        let copies = Copies::due(session)?;
        for (about, code) in due(&waiting, self.as_of) {
            if let About::Case(number) = about {
                let case = session.case(number)?;
                // what a hold needs would go with the next change, and what is to be in a copy: both wait for that
                let held = !case.undoable.is_empty() && session.reading()?.is_about_a_hold(&case)?;
                if held || copies.are_due_before(&case, session)? {
                    continue;
                }
            }
            let found = waiters(about, code, map, session)?;
            if found.is_empty() {
                self.lost.push(about);
            }
            self.waiting.extend(found);
        }
        Ok(())
    }

    /// Rows of tables in which something waited of which nobody knows any more whether they came later: they have no date;
    /// and such rows of tables through which alone something that waited is found, of which nothing was.
    fn undecided(&self, about: About, totals: &Totals, map: &Classified) -> u64 {
        let waited = |table: usize| self.tables.contains(&(about, map.tables[table].name.to_string()));
        let hidden = (0..map.tables.len()).filter(|&table| waited(table) && is_hidden(table, totals, map));
        let through: BTreeSet<TableId> = hidden.flat_map(|table| above(map, table)).collect();
        let counts = |table: usize| waited(table) || through.contains(&table);
        let undecided = totals.kept.iter().filter(|(kept, _)| kept.code == "undecided" && counts(kept.table));
        undecided.map(|(_, rows)| *rows).sum()
    }

    /// What waits on. Rows that waited and are undecided since are told under what they waited for, until they are gone.
    fn waits_on(
        &self,
        about: About,
        totals: &Totals,
        map: &Classified,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Vec<Kept>> {
        let mut items = waiting_rows(map, totals);
        let About::Case(number) = about else { return Ok(items) };
        if self.undecided(about, totals, map) == 0 {
            return Ok(items);
        }
        let mut ended = session.case(number)?.waiting;
        ended.retain(|item| may_be_over(&item.code, item.until, self.as_of));
        let table_of = |item: &Kept| map.tables.iter().position(|held| held.name.to_string() == item.table);
        let hidden = |item: &&Kept| table_of(item).is_some_and(|table| is_hidden(table, totals, map));
        items.extend(ended.iter().filter(hidden).cloned());
        for (kept, rows) in totals.kept.iter().filter(|(kept, _)| kept.code == "undecided") {
            let table = map.tables[kept.table].name.to_string();
            let Some(waited) = ended.iter().find(|item| item.table == table) else { continue };
            let item = Kept { rows: 0, ..waited.clone() };
            match items.iter_mut().find(|known| Kept { rows: 0, ..(*known).clone() } == item) {
                Some(known) => known.rows += rows,
                None => items.push(Kept { rows: *rows, ..item }),
            }
        }
        Ok(items)
    }

    fn say_lost(&self, tally: &mut Tally) -> Result<(), Error> {
        for about in &self.lost {
            let key = Key(vec![Value::from(about.to_string().as_str())]);
            tally.count("key_destroyed", None, None, None, 1);
            tally.look("case", &key, false, "key_destroyed", None)?;
        }
        Ok(())
    }
}

/// Whether nothing of the table was found, and a row through which it would be is undecided.
fn is_hidden(table: TableId, totals: &Totals, map: &Classified) -> bool {
    let missed = totals.tables.get(&table).is_none_or(|sums| sums.located == 0);
    let above = if missed { above(map, table) } else { BTreeSet::new() };
    totals.kept.keys().any(|kept| kept.code == "undecided" && above.contains(&kept.table))
}

/// The tables through whose rows those of `table` are found.
fn above(map: &Classified, table: TableId) -> BTreeSet<TableId> {
    let (mut found, mut left) = (BTreeSet::new(), vec![table]);
    while let Some(table) = left.pop() {
        let ties = map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of);
        left.extend(ties.filter_map(Tie::parent).filter(|parent| found.insert(*parent)));
    }
    found
}

/// The person of a case, and what the case left of their rows.
fn known(
    about: About,
    map: &Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<(Option<SubjectRef>, Option<IdentitySet>, Left)> {
    let About::Case(number) = about else { return Ok((None, None, Left::default())) };
    let case = session.case(number)?;
    let Some(set) = case.removed_of() else { return Ok((Some(case.subject), None, Left::default())) };
    let (gone, untouched) = (gone_persons(&case, &set, map), untouched_persons(&case, &set, map));
    Ok((Some(case.subject), Some(set), Left { gone, untouched, prints: Vec::new() }))
}

/// Nobody knows any more what was asked for, or whose it is; of a key that was lost that is told.
fn nobody_knows(key: KeyId, session: &mut Session<'_>) -> anyhow::Result<Vec<Waiter>> {
    let destroyed = session.reading()?.key_rows()?.iter().any(|row| row.id == key && row.destroyed.is_some());
    if destroyed { Ok(Vec::new()) } else { Err(CasebookError::KeyMissing(key).into()) }
}

/// What the record says of what waits.
#[derive(Default)]
struct History {
    /// What the plans were about
    scopes: BTreeMap<Fingerprint, Scope>,
    last: Option<Fingerprint>,
    plans: BTreeMap<i64, Fingerprint>,
    /// What was asked for, one after the other
    asked: Vec<Scope>,
    removed: Option<Timestamp>,
    /// How `asked` and `removed` were before each change
    before: Vec<(i64, usize, Option<Timestamp>)>,
    took_place_together: bool,
    /// Whose data a run left waiting
    sealed: Vec<(Timestamp, IdentitySet, Fingerprint)>,
    unreadable: Option<KeyId>,
    decided: bool,
    left: Left,
}

impl History {
    fn take(&mut self, about: About, recorded: Recorded) -> Result<(), CasebookError> {
        if let Some(prints) = recorded.body.as_ref().and_then(|body| body.facts.get(FINGERPRINTS)) {
            self.left.prints.extend(unseal::<Vec<Print>>(prints));
        }
        match &recorded.event {
            Event::PlannedTogether { plan, tables, .. }
            | Event::Planned { plan, tables, .. }
            | Event::CameBack { plan, tables, .. } => {
                self.took_place_together = took_place(tables);
                self.last = Some(*plan);
                match &recorded.body {
                    None if recorded.key.is_some() => self.unreadable = recorded.key,
                    _ => drop(self.scopes.insert(*plan, asked_in(&recorded)?)),
                }
            }
            Event::IntentOpened { intent, plan, .. } => {
                self.plans.insert(*intent, *plan);
            }
            Event::Removed { intent, tables, kept } if !kept.is_empty() || may_remove(tables) => {
                let scope = self.plans.get(intent).and_then(|plan| self.scopes.get(plan)).cloned().unwrap_or_default();
                self.before.push((*intent, self.asked.len(), self.removed));
                self.asked.push(scope);
                self.removed = self.removed.or_else(|| took_place(tables).then_some(recorded.at));
            }
            Event::Undone { of, .. } => {
                if let Some(at) = self.before.iter().position(|(intent, ..)| intent == of) {
                    let (_, then, earlier) = self.before.split_off(at).swap_remove(0);
                    self.asked.truncate(then);
                    self.removed = earlier;
                }
            }
            Event::RemovedTogether { .. } => {
                self.asked.push(self.last.and_then(|plan| self.scopes.get(&plan)).cloned().unwrap_or_default());
                self.removed = self.removed.or_else(|| self.took_place_together.then_some(recorded.at));
            }
            Event::Scheduled { .. } => match recorded.body {
                None => self.unreadable = recorded.key.or(self.unreadable),
                Some(body) => {
                    // a replay found their row again on a restored backup, by its fingerprint: it waits, and is nobody else's
                    if body.set.is_some() && matches!(about, About::Case(_)) {
                        self.left.gone.clear();
                    }
                    let plan = body.facts.get(PLAN).and_then(|text| text.reveal().parse().ok());
                    self.sealed.extend(body.set.zip(plan).map(|(set, plan)| (recorded.at, set, plan)));
                }
            },
            Event::LeftToPerson { .. } => self.decided = false,
            Event::Decided {} => self.decided = true,
            _ => {}
        }
        Ok(())
    }
}

/// Whose data waits under `about`, as it was sealed when it was removed.
fn waiters(about: About, code: &str, map: &Classified, session: &mut Session<'_>) -> anyhow::Result<Vec<Waiter>> {
    let (subject, captured, left) = known(about, map, session)?;
    let mut history = History { left, ..History::default() };
    session.reading()?.events_about(about, |recorded| history.take(about, recorded))?;
    let History { asked, removed, sealed, unreadable, decided, left, .. } = history;
    if let Some(key) = unreadable {
        return nobody_knows(key, session);
    }
    let code = code.to_owned();
    if let Some(set) = captured.filter(|_| !asked.is_empty()) {
        let set = removed.map_or_else(|| set.clone(), |removed| as_removed(&set, removed));
        let waiter = |scope| {
            let (code, set, left) = (code.clone(), set.clone(), left.clone());
            Waiter { about, code, subject, set, scope, removed, left, decided, reissued: false }
        };
        return Ok(Scope::all(asked).into_iter().map(waiter).collect());
    }
    let mut found = Vec::new();
    for (removed, set, plan) in sealed {
        // a step that never took place left nothing behind
        if session.reading()?.applied(plan)?.is_some() {
            let (code, set) = (code.clone(), as_removed(&set, removed));
            let (scope, removed, left) = (Scope::default(), Some(removed), Left::default());
            found.push(Waiter { about, code, subject, set, scope, removed, left, decided, reissued: false });
        }
    }
    Ok(found)
}

/// What waited waits on until somebody has said whose the row under the person's key is.
fn leave(case: CaseNumber, run: RunNumber, items: &[Kept], session: &mut Session<'_>) -> anyhow::Result<()> {
    let known = session.case(case)?;
    let items = known.waiting_with(items, true);
    if items != known.waiting {
        session.record(case, Event::Scheduled { everything: false, items }, &Body::default())?;
    }
    if known.left_to_person.is_none() {
        let why = vec![REISSUED.to_owned()];
        session.record(case, Event::LeftToPerson { run, why }, &Body::default())?;
    }
    Ok(())
}

impl Duty for Waits {
    type Bucket = Waiter;

    const DUTY: PurgeDuty = PurgeDuty::Scheduled;

    const SIZES: (usize, usize) = (1, 1);

    fn scope(&self) -> serde_json::Value {
        serde_json::json!({ "as_of": self.as_of.to_string() })
    }

    fn rewind(&mut self) -> Result<(), Error> {
        self.left = self.waiting.iter().cloned().collect();
        self.open.clear();
        for waiter in &self.waiting {
            self.open.entry(waiter.about).or_default().left += 1;
        }
        Ok(())
    }

    fn next(&mut self, _size: usize, pass: &mut Pass<'_>) -> Result<Option<Waiter>, Error> {
        if self.left.len() == self.waiting.len() {
            self.say_lost(pass.tally)?;
        }
        let Some(mut next) = self.left.pop_front() else { return Ok(None) };
        let Trusted { map, database } = &mut *pass.trusted;
        let with = Telling { map, zone: &self.zone, tagging: &*self.tagging };
        for (person, key) in reissued(&next.set, &next.left, &with, &mut **database)? {
            if !next.decided {
                next.reissued = true;
                pass.tally.count(REISSUED, None, None, None, 1);
                let is_personal = map.persons.iter().filter(|known| known.name == person).any(|known| {
                    let column = map.tables[known.table].column(&known.column);
                    column.is_some_and(|column| column.meaning.kind.is_personal())
                });
                pass.tally.look(&person, &key, is_personal, REISSUED, None)?;
            }
            if let Some(keys) = next.set.persons.get_mut(&person) {
                keys.remove(&key);
            }
        }
        let rule = match next.code.as_str() {
            "RET" => "keep_ended",
            "LIVE" => "wait_over",
            _ => "hold_released",
        };
        pass.tally.count(rule, None, None, None, 1);
        Ok(Some(next))
    }

    fn len(_bucket: &Waiter) -> u64 {
        1
    }

    fn split(bucket: Waiter) -> Result<[Waiter; 2], Waiter> {
        Err(bucket)
    }

    fn planner<'a>(
        &'a self,
        bucket: &'a Waiter,
        map: &'a Classified,
        held: &'a Rc<Held>,
        token: &Rc<dyn Fn(&Value) -> String>,
    ) -> Box<dyn Planner + 'a> {
        Box::new(Erasure {
            map,
            subjects: std::slice::from_ref(&bucket.set),
            holds: holds_on(bucket.subject, &bucket.set, held),
            scope: bucket.scope.clone(),
            today: self.as_of,
            removed: bucket.removed.map(|removed| self.zone.to_datetime(removed).date()),
            then: bucket.removed.map(|removed| as_captured(&bucket.set, removed)).into_iter().collect(),
            zone: self.zone.clone(),
            token: Rc::clone(token),
        })
    }

    /// Of whom nothing could be removed until now, something is: their case takes part in the step, so that it is proven
    /// and answered.
    fn foretell(
        &self,
        bucket: &Waiter,
        run: RunNumber,
        claim: &Claim,
        planned: &Totals,
        map: &Classified,
        session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        let About::Case(number) = bucket.about else { return Ok(()) };
        let case = session.case(number)?;
        let waits = matches!(case.status, Status::RestrictedWait | Status::Assessed | Status::Replied | Status::Closed);
        if !waits || case.proof != Proof::NotNeeded {
            return Ok(());
        }
        let sums = Sums::of(About::Case(number), "planned", &claim.digest, planned, map);
        let plan = claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
        let event = Event::PlannedTogether {
            run,
            plan,
            tables: sums.counts(),
            kept: sums.kept_rows(),
            part: !bucket.scope.is_whole(),
        };
        session.record(number, event, &asking(&bucket.scope)?)?;
        Ok(())
    }

    fn weighed(&self, bucket: &Waiter, totals: &Totals, map: &Classified, tally: &mut Tally) -> Result<(), Error> {
        let undecided = self.undecided(bucket.about, totals, map);
        if undecided > 0 {
            let key = Key(vec![Value::from(bucket.about.to_string().as_str())]);
            tally.count("undecided", None, None, None, undecided);
            tally.look("case", &key, false, "undecided", None)?;
        }
        Ok(())
    }

    fn settled(
        &mut self,
        bucket: &Waiter,
        run: RunNumber,
        totals: &Totals,
        map: &Classified,
        session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        let waits = self.waits_on(bucket.about, totals, map, session)?;
        let undecided = self.undecided(bucket.about, totals, map);
        let open = self.open.entry(bucket.about).or_default();
        open.left = open.left.saturating_sub(1);
        open.undecided |= undecided > 0;
        for item in waits {
            if !open.items.contains(&item) {
                open.items.push(item); // of several parts that were asked for one after the other
            }
        }
        open.reissued |= bucket.reissued;
        if open.left > 0 {
            return Ok(());
        }
        let (items, reissued) = (std::mem::take(&mut open.items), open.reissued);
        if let (true, About::Case(number)) = (reissued, bucket.about) {
            return leave(number, run, &items, session);
        }
        if items.is_empty() && !open.undecided {
            session.record(bucket.about, Event::ScheduleEnded {}, &Body::default())?;
        } else if let (About::Case(number), false) = (bucket.about, items.is_empty())
            && session.case(number)?.waiting != items
        {
            session.record(bucket.about, Event::Scheduled { everything: false, items }, &Body::default())?;
        }
        Ok(())
    }
}
