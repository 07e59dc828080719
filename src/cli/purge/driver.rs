//! How every purge runs (DESIGN §5, last paragraph): planned as a whole first, so that the breaker can stop it; then
//! bucket by bucket, each planned anew and applied in a transaction of its own. What a bucket stumbles over stops that
//! bucket, and of several people only the one.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write, sink},
    rc::Rc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    apply::{Applied, Applying, Planned, apply, require_agreement, waiting_rows, write_plan},
    case::{About, Body, Event, Fingerprint, IdentitySet, PurgeDuty, RunNumber, TableCount},
    database::{DatabaseError, WritableDatabase},
    duties::breaker::{Breaker, Tripped},
    error::Error,
    plan::{Claim, Header, Held, PLAN_SCHEMA, Totals, Writer},
    planner::Planner,
    progress::{Doing, Progress},
    refusal::Refusal,
    value::Value,
};

use super::{
    options::RunArgs,
    report::{Purged, Skipped},
    tally::Tally,
};
use crate::cli::{
    Exit,
    bar::Watch,
    database::Trusted,
    held::{held, note_erased},
    leap::require_clock,
    lock::WorkspaceLock,
    out::Out,
    planning, recover,
    session::Session,
    text::trouble,
    workspace::new_private_file,
};

/// How long a step may hold the database's write lock.
const STEP: Duration = Duration::from_secs(1);

/// People or rows that are planned at once while the whole is planned: their steps are held in memory.
const AT_ONCE: usize = 4_096;

/// What one pass of a purge works with.
pub(crate) struct Pass<'a> {
    pub(crate) trusted: &'a mut Trusted,
    pub(crate) held: &'a Rc<Held>,
    pub(crate) tally: &'a mut Tally,
}

/// A duty, as a stream of buckets.
pub(crate) trait Duty {
    /// Whole people, or rows with all that hangs on them
    type Bucket;

    /// Which
    const DUTY: PurgeDuty;

    /// Sizes of the first and of the largest bucket
    const SIZES: (usize, usize);

    /// What the plan's header says about it.
    fn scope(&self) -> serde_json::Value;

    /// Begins from the start.
    fn rewind(&mut self) -> Result<(), Error>;

    /// The next bucket, of at most `size`.
    fn next(&mut self, size: usize, pass: &mut Pass<'_>) -> Result<Option<Self::Bucket>, Error>;

    /// How many people or rows are in it.
    fn len(bucket: &Self::Bucket) -> u64;

    /// How much of the size that was asked for it takes up.
    fn weight(bucket: &Self::Bucket) -> usize {
        usize::try_from(Self::len(bucket)).unwrap_or(usize::MAX)
    }

    /// Whether it is the first of a sort: how long others took tells nothing of those that follow.
    fn is_first(_bucket: &Self::Bucket) -> bool {
        false
    }

    /// Halves of it, when it is more than one.
    fn split(bucket: Self::Bucket) -> Result<[Self::Bucket; 2], Self::Bucket>;

    /// What plans it.
    fn planner<'a>(
        &'a self,
        bucket: &'a Self::Bucket,
        map: &'a crate::data_map::classified::Classified,
        held: &'a Rc<Held>,
        token: &Rc<dyn Fn(&Value) -> String>,
    ) -> Box<dyn Planner + 'a>;

    /// Whose rows they are, when what is kept of them has to be found again later.
    fn people(_bucket: &Self::Bucket) -> Option<IdentitySet> {
        None
    }

    /// What is put on record before a bucket's plan is carried out.
    fn foretell(
        &self,
        _bucket: &Self::Bucket,
        _run: RunNumber,
        _claim: &Claim,
        _planned: &Totals,
        _map: &crate::data_map::classified::Classified,
        _session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Of a replay: the last change that is not repeated.
    fn after(&self) -> Option<i64> {
        None
    }

    /// Of a replay: the last change that the database carried by its mark.
    fn carried(&self) -> Option<i64> {
        None
    }

    /// Whether a step is taken for it although it changes no row.
    fn is_empty_step(_bucket: &Self::Bucket) -> bool {
        false
    }

    /// What was left out, one person or row, because something stood in the way.
    fn stumbled(&mut self, _bucket: &Self::Bucket, _code: &'static str) {}

    /// What is put on record before the run is over.
    fn ended(&self, _run: RunNumber, _session: &mut Session<'_>) -> anyhow::Result<()> {
        Ok(())
    }

    /// Tells what it came to.
    fn report(&self, report: Purged, out: &mut Out<'_>) -> anyhow::Result<Exit> {
        let exit = report.exit();
        out.report(&report)?;
        Ok(exit)
    }

    /// What a bucket's plan leaves to a person.
    fn weighed(
        &self,
        _bucket: &Self::Bucket,
        _totals: &Totals,
        _map: &crate::data_map::classified::Classified,
        _tally: &mut Tally,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// What follows from a bucket that is done, or in which nothing was to do.
    fn settled(
        &mut self,
        _bucket: &Self::Bucket,
        _run: RunNumber,
        _totals: &Totals,
        _map: &crate::data_map::classified::Classified,
        _session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        Ok(())
    }
}

/// One run of a purge.
struct Running<'s, 'w, 'o, 'p> {
    args: &'s RunArgs,
    session: &'s mut Session<'w>,
    out: &'s mut Out<'o>,
    trusted: &'p mut Trusted,
    held: Rc<Held>,
    token: Rc<dyn Fn(&Value) -> String>,
    as_of: Date,
    now: Timestamp,
    skipped: BTreeMap<&'static str, u64>,
    totals: Totals,
    files: u64,
    steps: u64,
    /// The longest that others waited for this bucket: for its transaction, or for whoever read while it was planned
    longest: Duration,
    /// Kept from step to step, with what it has prepared and read
    writer: Option<Box<dyn WritableDatabase>>,
}

/// Plans a purge and, when it is confirmed, carries it out.
pub(crate) fn run<D: Duty>(
    duty: &mut D,
    args: &RunArgs,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let (as_of, _) = args.days(session)?;
    session.require_one_zone(&trusted.map)?;
    if args.confirm {
        session.require_rules_suffice()?;
        trusted.database.renew()?; // whoever a lock is waited for could not commit beside a snapshot
    }
    let _alone = if args.confirm { Some(alone(session)?) } else { None };
    if args.confirm {
        // what a replay repeats was due when it was done
        if D::DUTY != PurgeDuty::Replay {
            require_clock(session, out)?;
        }
        session.lock()?;
        recover::settle(&mut Watch::begin(session), session, out)?;
        // what is not repeated yet is not ready for anything else, and says so before it looks as if nothing were due
        if D::DUTY != PurgeDuty::Replay {
            let mark = session.workspace()?.settings.mark;
            require_agreement(&mut *trusted.database, session.reading()?, About::Workspace, mark)?;
        }
        trusted.database.renew()?;
    }
    let secret = session.reading()?.plan_secret("purge")?;
    let token: Rc<dyn Fn(&Value) -> String> = Rc::new(move |value: &Value| planning::token(&secret, value));
    let held = held(&trusted.map, session)?;
    session.unlock();
    let now = session.now();
    let mut running = Running {
        args,
        session,
        out,
        trusted,
        held,
        token,
        as_of,
        now,
        skipped: BTreeMap::new(),
        totals: Totals::default(),
        files: 0,
        steps: 0,
        longest: Duration::ZERO,
        writer: None,
    };
    running.run(duty)
}

/// Only one purge at a time; officers may go on with their work between its steps.
fn alone(session: &mut Session<'_>) -> anyhow::Result<WorkspaceLock> {
    let holder = format!("process {}, purge, since {}", std::process::id(), session.now());
    let wait = session.choices.lock_wait;
    Ok(WorkspaceLock::take_named("purge.lock", session.workspace()?, wait, &holder)?)
}

/// Why a bucket is left out; `None` for what stops the run.
fn stands_in_the_way(error: &Error) -> Option<&'static str> {
    match error {
        Error::Refused(
            refusal @ (Refusal::StalePlan
            | Refusal::HoldAdded
            | Refusal::UnplannedChange { .. }
            | Refusal::RowsChanged { .. }
            | Refusal::StillFound { .. }
            | Refusal::UnknownCase(_)
            | Refusal::CannotOverwrite(_)
            | Refusal::FileNotBeneath(_)
            | Refusal::Unfit { .. }),
        ) => Some(refusal.code()),
        Error::Database(
            failed @ (DatabaseError::Constraint(_)
            | DatabaseError::ForeignKey
            | DatabaseError::PointedAt(_)
            | DatabaseError::Unbindable(_)),
        ) => Some(failed.code()),
        _ => None,
    }
}

impl Running<'_, '_, '_, '_> {
    fn run<D: Duty>(&mut self, duty: &mut D) -> anyhow::Result<Exit> {
        let look: Option<Box<dyn Write>> = match &self.args.look {
            Some(file) => Some(Box::new(BufWriter::new(new_private_file(&self.session.path(file))?))),
            None => None,
        };
        let token = Rc::clone(&self.token);
        let mut tally = Tally::writing(look, Box::new(move |value| token(value)));
        let (claim, planned) = self.plan(duty, &mut tally)?;
        tally.finish()?;
        let breaker = self.session.workspace()?.settings.breaker;
        let tripped = breaker.tripped(&planned, &self.trusted.map, &mut *self.trusted.database)?;
        if !self.args.confirm {
            let state = if planned.changes() > 0 { "planned" } else { "nothing_due" };
            let report = self.report::<D>(None, state, &claim, &tally, tripped).with(&planned, &self.trusted.map);
            return duty.report(report, self.out);
        }
        self.require_breaker(&tripped)?;
        let run = self.start(duty, &claim)?;
        let limits = self.limits(breaker, &planned)?;
        self.skipped.clear();
        let mut found = Tally::default();
        self.carry_out(duty, run, &mut found, &limits)?;
        duty.ended(run, self.session)?;
        self.end(run, &tally)?;
        let state = if self.steps > 0 { "removed" } else { "nothing_due" };
        let totals = std::mem::take(&mut self.totals);
        let report = self.report::<D>(Some(run), state, &claim, &tally, Vec::new()).with(&totals, &self.trusted.map);
        duty.report(report, self.out)
    }

    fn header<D: Duty>(&mut self, duty: &D, about: &str) -> anyhow::Result<Header> {
        Ok(Header {
            schema: PLAN_SCHEMA.to_owned(),
            command: match D::DUTY {
                PurgeDuty::Replay => "replay".to_owned(),
                duty => format!("purge {}", duty.word()),
            },
            workspace: self.session.reading()?.workspace().to_owned(),
            database: self.trusted.database.identity()?,
            case: about.to_owned(),
            map: self.trusted.map.map_fingerprint.clone(),
            schema_fingerprint: self.trusted.map.schema_fingerprint.clone(),
            scope: duty.scope(),
            as_of: self.now,
            expires: self.now.checked_add(24.hours())?,
        })
    }

    /// The whole purge, as it would be now. One snapshot serves all of it.
    fn plan<D: Duty>(&mut self, duty: &mut D, tally: &mut Tally) -> anyhow::Result<(Claim, Totals)> {
        let header = self.header(duty, "purge")?;
        let io = |source| Error::Io { what: "the plan cannot be written", source };
        let out: Box<dyn Write> = match &self.args.plan {
            Some(file) => Box::new(BufWriter::new(new_private_file(&self.session.path(file))?)),
            None => Box::new(sink()),
        };
        let token = Rc::clone(&self.token);
        let mut writer = Writer::begin(out, &header, Box::new(move |value| token(value))).map_err(io)?;
        let mut totals = Totals::default();
        duty.rewind()?;
        while let Some(bucket) = self.next(duty, D::SIZES.1.min(AT_ONCE), tally)? {
            self.session.go_on()?;
            let mut left = vec![bucket];
            while let Some(bucket) = left.pop() {
                match self.derive(duty, &bucket) {
                    Ok((steps, sums)) => {
                        for step in &steps {
                            writer.step(&self.trusted.map, step).map_err(io)?;
                        }
                        duty.weighed(&bucket, &sums, &self.trusted.map, tally)?;
                        totals.merge(&sums);
                    }
                    Err(error) => self.stumble(duty, bucket, error, &mut left)?,
                }
            }
        }
        let (mut out, claim) = writer.finish(header).map_err(io)?;
        out.flush().map_err(io)?;
        Ok((claim, totals))
    }

    fn derive<D: Duty>(&mut self, duty: &D, bucket: &D::Bucket) -> Result<(Vec<crate::plan::Step>, Totals), Error> {
        let Trusted { map, database } = &mut *self.trusted;
        let planner = duty.planner(bucket, map, &self.held, &self.token);
        let mut steps = Vec::new();
        let totals = planner.derive(&mut **database, &mut |step| {
            steps.push(step.clone());
            Ok(())
        })?;
        Ok((steps, totals))
    }

    fn next<D: Duty>(&mut self, duty: &mut D, size: usize, tally: &mut Tally) -> anyhow::Result<Option<D::Bucket>> {
        let mut pass = Pass { trusted: &mut *self.trusted, held: &self.held, tally };
        Ok(duty.next(size, &mut pass)?)
    }

    /// A bucket that stumbles is halved until the one is left that it is about, which is skipped.
    fn stumble<D: Duty>(
        &mut self,
        duty: &mut D,
        bucket: D::Bucket,
        error: Error,
        left: &mut Vec<D::Bucket>,
    ) -> anyhow::Result<()> {
        let Some(code) = stands_in_the_way(&error) else { return Err(error.into()) };
        match D::split(bucket) {
            Ok(halves) => left.extend(halves),
            Err(one) => {
                *self.skipped.entry(code).or_default() += D::len(&one);
                duty.stumbled(&one, code);
            }
        }
        Ok(())
    }

    fn require_breaker(&mut self, tripped: &[Tripped]) -> anyhow::Result<()> {
        if tripped.is_empty() {
            return Ok(());
        }
        let tables: Vec<String> = tripped.iter().map(|one| one.table.clone()).collect();
        let Some(why) = &self.args.beyond_breaker else {
            let told: Vec<String> =
                tripped.iter().map(|one| format!("{} ({} / {})", one.table, one.rows, one.of)).collect();
            return Err(trouble::BREAKER.with(&[("tables", &told.join(", "))]).into());
        };
        let until = self.session.now().checked_add(24.hours())?;
        let event = Event::Waiver { code: "breaker".to_owned(), until, tables, part: None };
        self.session.record(About::Workspace, event, &Body::text(why.as_str()))?;
        self.session.unlock();
        Ok(())
    }

    /// How many rows of each table may change: what was planned, as far as the breaker's spare does not cover it.
    fn limits(&mut self, breaker: Breaker, planned: &Totals) -> anyhow::Result<BTreeMap<usize, u64>> {
        let Trusted { map, database } = &mut *self.trusted;
        let mut limits = BTreeMap::new();
        for (table, held) in map.tables.iter().enumerate() {
            let sums = planned.tables.get(&table).copied().unwrap_or_default();
            let planned = sums.deleted + sums.overwritten;
            let of = if planned > breaker.spare { database.count(&held.name)? } else { 0 };
            let share = of * u64::from(breaker.percent) / 100;
            limits.insert(table, planned.max(share.min(breaker.rows)).max(breaker.spare));
        }
        Ok(limits)
    }

    /// Goes on with the run of this duty that was interrupted today under the same rules, or begins one.
    fn start<D: Duty>(&mut self, duty: &D, claim: &Claim) -> anyhow::Result<RunNumber> {
        let rules: Fingerprint = self.trusted.map.map_fingerprint.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
        let plan: Fingerprint = claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
        let zone = self.session.zone()?;
        let day = self.session.now().to_zoned_datetime(zone.clone()).date();
        let as_of = zone.to_timestamp(self.as_of.to_datetime(jiff::civil::Time::midnight()))?;
        for number in self.session.reading()?.run_numbers(true)? {
            let run = self.session.reading()?.run(number)?;
            let same = match run.after {
                // whatever day it is by now, and by whatever map
                Some(_) => run.after == duty.after(),
                None => run.rules == rules && run.as_of == as_of,
            };
            if run.duty == D::DUTY && same {
                return Ok(number);
            }
            // a plan of several cases waits for whoever confirms it
            if run.duty == PurgeDuty::Cases {
                continue;
            }
            let event = Event::RunEnded { tables: run.tables, skipped: 0, undecidable: 0, by_rule: Vec::new() };
            self.session.record(About::Run(number), event, &Body::default())?;
        }
        let (officer, now) = (self.session.officer()?, self.session.now());
        let (plan, after, carried) = (Some(plan), duty.after(), duty.carried());
        let event = Event::RunStarted { duty: D::DUTY, as_of, rules, plan, after, carried };
        let (number, _) = self.session.casebook()?.start_run(now, &officer, day, event)?;
        self.session.unlock();
        Ok(number)
    }

    fn carry_out<D: Duty>(
        &mut self,
        duty: &mut D,
        run: RunNumber,
        tally: &mut Tally,
        limits: &BTreeMap<usize, u64>,
    ) -> anyhow::Result<()> {
        let mut size = D::SIZES.0;
        duty.rewind()?;
        loop {
            self.session.go_on()?;
            self.trusted.database.renew()?;
            let Some(bucket) = self.next(duty, size, tally)? else { return Ok(()) };
            self.longest = Duration::ZERO;
            let weight = D::weight(&bucket);
            let asked = if D::is_first(&bucket) { weight } else { size };
            let mut left = vec![bucket];
            while let Some(bucket) = left.pop() {
                match self.step(duty, &bucket, run, limits)? {
                    Ok(totals) => duty.settled(&bucket, run, &totals, &self.trusted.map, self.session)?,
                    Err(error) => self.stumble(duty, bucket, error, &mut left)?,
                }
                self.session.unlock();
            }
            size = if self.args.exclusive { D::SIZES.1 } else { fitting(asked, weight, self.longest, D::SIZES.1) };
            self.progress();
        }
    }

    /// One step: planned anew under the holds of this moment, then applied. The outer error stops the run.
    fn step<D: Duty>(
        &mut self,
        duty: &D,
        bucket: &D::Bucket,
        run: RunNumber,
        limits: &BTreeMap<usize, u64>,
    ) -> anyhow::Result<Result<Totals, Error>> {
        self.trusted.database.renew()?; // as before every wait
        self.session.lock()?;
        self.now = self.session.now();
        self.held = held(&self.trusted.map, self.session)?;
        self.trusted.database.renew()?;
        let header = self.header(duty, &run.to_string())?;
        let by = duty.planner(bucket, &self.trusted.map, &self.held, &self.token);
        let began = self.session.now();
        let (made, planned) = match write_plan(&*by, header, &mut *self.trusted.database, sink()) {
            Ok((_, made, planned)) => (made, planned),
            Err(error) => return Ok(Err(error)),
        };
        self.longest = self.longest.max(since(began, self.session));
        if planned.changes() == 0 && !D::is_empty_step(bucket) {
            self.totals.merge(&planned);
            return Ok(Ok(planned));
        }
        self.require_within(&planned, limits)?;
        let people = D::people(bucket);
        if let Some(people) = &people {
            remember(run, &made.claim, &planned, people, &self.trusted.map, &mut *self.trusted.database, self.session)?;
        }
        duty.foretell(bucket, run, &made.claim, &planned, &self.trusted.map, self.session)?;
        let began = self.session.now();
        let mut writer = the_same(self.writer.take(), self.session)?;
        let applied = apply_step(&*by, &made, run, &mut *self.trusted.database, &mut *writer, self.session)?;
        let locked = applied.as_ref().map_or_else(|_| since(began, self.session), |applied| applied.locked);
        self.longest = self.longest.max(locked);
        self.writer = applied.is_ok().then_some(writer);
        if let (Some(people), Ok(_)) = (&people, &applied) {
            note_erased(run, people, &self.trusted.map, &mut *self.trusted.database, self.session)?;
        }
        Ok(applied.map(|applied| {
            self.totals.merge(&applied.totals);
            self.files += applied.files;
            self.steps += 1;
            applied.totals
        }))
    }

    /// More may have become due since the whole was planned; what the breaker has not seen stops the run.
    fn require_within(&self, planned: &Totals, limits: &BTreeMap<usize, u64>) -> anyhow::Result<()> {
        if self.args.beyond_breaker.is_some() {
            return Ok(());
        }
        for (table, sums) in &planned.tables {
            let done = self.totals.tables.get(table).map_or(0, |sums| sums.deleted + sums.overwritten);
            let rows = done + sums.deleted + sums.overwritten;
            if limits.get(table).is_some_and(|limit| rows > *limit) {
                let name = self.trusted.map.tables[*table].name.to_string();
                return Err(trouble::BREAKER.with(&[("tables", &format!("{name} ({rows})"))]).into());
            }
        }
        Ok(())
    }

    fn progress(&mut self) {
        self.out.progress(Progress::counted(Doing::Changing, self.totals.changes()));
    }

    fn end(&mut self, run: RunNumber, tally: &Tally) -> anyhow::Result<()> {
        let tables: Vec<TableCount> = self.session.reading()?.run(run)?.tables;
        let skipped = self.skipped.values().sum();
        let event = Event::RunEnded { tables, skipped, undecidable: tally.looks, by_rule: tally.rules() };
        self.session.record(About::Run(run), event, &Body::default())?;
        Ok(())
    }

    fn report<D: Duty>(
        &self,
        run: Option<RunNumber>,
        state: &'static str,
        claim: &Claim,
        tally: &Tally,
        breaker: Vec<Tripped>,
    ) -> Purged {
        Purged {
            run,
            duty: D::DUTY.word(),
            state,
            as_of: self.as_of,
            plan: claim.digest.clone(),
            steps: self.steps,
            deleted: 0,
            anonymized: 0,
            kept: 0,
            unlinked: 0,
            struck_out: 0,
            files: self.files,
            looks: tally.looks,
            skipped: self.skipped.iter().map(|(code, count)| Skipped { code, count: *count }).collect(),
            breaker,
            rules: tally.rules(),
            tables: Vec::new(),
            reasons: Vec::new(),
        }
    }
}

/// The size of the next bucket, when one of `weight` took so long where one of `asked` might have been: that a smaller one
/// was fast tells nothing.
fn fitting(asked: usize, weight: usize, took: Duration, largest: usize) -> usize {
    if took > STEP * 7 / 10 {
        (weight.min(asked) / 2).max(1)
    } else if weight < asked || took >= STEP / 4 {
        asked
    } else if took < STEP / 16 {
        (asked * 4).min(largest)
    } else {
        (asked * 2).min(largest)
    }
}

/// What stays of people whose data goes has to be found again when its time comes: who they are is sealed beside what
/// waits, before anything changes, and counts only once the change took place.
fn remember(
    run: RunNumber,
    claim: &Claim,
    planned: &Totals,
    people: &IdentitySet,
    map: &crate::data_map::classified::Classified,
    database: &mut dyn crate::database::Database,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let items = waiting_rows(map, planned);
    if items.is_empty() {
        return Ok(());
    }
    let facts = BTreeMap::from([(planning::PLAN.to_owned(), claim.digest.as_str().into())]);
    let mut body = Body { facts, ..Body::default() };
    planning::remember(&mut body, people, map, database, session)?;
    body.set = Some(people.clone());
    session.record(About::Run(run), Event::Scheduled { everything: false, items }, &body)?;
    Ok(())
}

/// How long ago it was.
fn since(began: Timestamp, session: &Session<'_>) -> Duration {
    session.now().duration_since(began).unsigned_abs()
}

/// The writer of the step before, or a new one: where another file lies by now, the old one would be changed.
fn the_same(
    writer: Option<Box<dyn WritableDatabase>>,
    session: &mut Session<'_>,
) -> anyhow::Result<Box<dyn WritableDatabase>> {
    if let Some(mut writer) = writer
        && writer.identity()? == session.identity()?
    {
        return Ok(writer);
    }
    session.database_for_writing()
}

/// Applies one step. Errors of the bucket come inside, what stops the run outside.
fn apply_step(
    planner: &dyn Planner,
    made: &Planned,
    run: RunNumber,
    reader: &mut dyn crate::database::Database,
    writer: &mut dyn WritableDatabase,
    session: &mut Session<'_>,
) -> anyhow::Result<Result<Applied, Error>> {
    let (officer, files) = (session.officer()?, session.files()?);
    let mark = session.workspace()?.settings.mark;
    let _announced = session.announce_first_mark(writer)?;
    let (clock, mut random) = (session.clock, session.random());
    let mut applying = Applying {
        about: About::Run(run),
        actor: &officer,
        clock,
        files: files.as_ref(),
        mark,
        random: &mut random,
        two_persons: None, // it would not have begun
        undo: None,
        foretold: None,
    };
    let book = session.casebook()?;
    Ok(apply(planner, made, reader, writer, book, &mut applying))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_shrinks_before_it_holds_the_lock_for_a_second() {
        let millis = Duration::from_millis;
        assert_eq!(fitting(64, 64, millis(701), 512), 32);
        assert_eq!(fitting(64, 64, millis(500), 512), 64);
        assert_eq!(fitting(64, 64, millis(100), 512), 128);
        assert_eq!(fitting(64, 64, millis(62), 512), 256);
        assert_eq!(fitting(512, 512, millis(0), 512), 512);
        assert_eq!(fitting(1, 1, millis(9_000), 512), 1);
        assert_eq!(fitting(64, 10, millis(0), 512), 64, "that ten are fast tells nothing of more");
        assert_eq!(fitting(64, 10, millis(701), 512), 5, "where ten are slow, sixty-four are slower");
    }
}
