//! droit's library, put together as the command line does it.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use cap_std::{ambient_authority, fs::Dir};
use droit::{
    apply::{Applying, apply, write_plan},
    case::{
        About, CaseNumber, Channel, Event, Identity, IdentitySet, Level, Regime, Request, RequestType, RequesterType,
        clock::FixedClock,
    },
    casebook::{Casebook, KeyFolder, Opening, Randomness},
    data_map::{DataMap, classified::Classified, classify},
    database::{
        Database, DatabaseUrl, Options, WritableDatabase, connect, connect_for_writing,
        locate::{self, Closed},
    },
    export::{Finished, Head, Language, Outbox, Package, Remedies, Sealed},
    kind,
    plan::{Header, Holds, PLAN_SCHEMA, Totals},
    rights::{
        access::{Copy, Heads},
        erasure, subject,
    },
    value::Value,
};
use jiff::{
    Timestamp, ToSpan as _,
    tz::{TimeZone, TimeZoneDatabase},
};

use crate::{Job, Operation, Report, company, job::Subject};

const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml");

const NOW: &str = "2026-11-23T02:00:00Z";

/// People that are searched for together, and packages that get their names after one flush.
const BATCH: usize = 200;

/// A database, open and understood.
pub(crate) struct Opened {
    reader: Box<dyn Database>,
    map: Classified,
    zone: TimeZone,
}

pub(crate) fn open(database: &Path) -> Result<Opened> {
    let map: DataMap = fs::read_to_string(MAP)?.parse()?;
    let mut reader = connect(&DatabaseUrl::sqlite(database), &Options::default())?;
    let schema = reader.schema()?;
    let map = classify(&map, &schema).map_err(|findings| anyhow!("the map has {} findings", findings.len()))?;
    Ok(Opened { reader, map, zone: TimeZoneDatabase::bundled().get("Asia/Shanghai")? })
}

pub(crate) fn close(opened: &mut Opened, identity: &Identity) -> Result<Closed> {
    Ok(locate::close(&opened.map, identity, &opened.zone, NOW.parse()?, &mut *opened.reader)?)
}

/// Whom these people's accounts resolve to, searched for together as a batch does it.
fn sets_of(people: &[Subject], opened: &mut Opened) -> Result<Vec<IdentitySet>> {
    let identity = |person: &Subject| Identity::of([("account", person.account.to_string().as_str())]);
    let identities: Vec<Identity> = people.iter().map(identity).collect();
    let identities: Vec<&Identity> = identities.iter().collect();
    let closed = locate::close_all(&opened.map, &identities, &opened.zone, NOW.parse()?, &mut *opened.reader)?;
    ensure!(closed.iter().all(|closed| closed.ambiguities.is_empty()), "somebody who asks is ambiguous");
    Ok(closed.into_iter().map(|closed| closed.set).collect())
}

pub(crate) fn run(job: &Job) -> Result<Report> {
    let mut report = Report::default();
    let office = if job.operation.is_destructive() { Some(Office::new(job)?) } else { None };
    let start = Instant::now();
    let mut opened = open(&job.database)?;
    part(&mut report, "opening", start)?;
    match (job.operation, office) {
        (Operation::Start, _) => drop(report.rows.insert("tables".to_owned(), opened.map.tables.len() as u64)),
        (Operation::LocateOne, _) => locate_one(job, &mut opened, &mut report)?,
        (Operation::ExportOne | Operation::ExportThousand, _) => export(job, &mut opened, &mut report)?,
        (Operation::EraseThousandAtOnce, Some(mut office)) => {
            office.erase(job, &job.people, &mut opened, &mut report)?;
        }
        (_, Some(mut office)) => {
            for person in job.people.chunks(1) {
                office.erase(job, person, &mut opened, &mut report)?;
            }
        }
        (_, None) => {}
    }
    report.inside = micros(start)?;
    Ok(report)
}

fn micros(since: Instant) -> Result<u64> {
    Ok(u64::try_from(since.elapsed().as_micros())?)
}

fn part(report: &mut Report, name: &str, since: Instant) -> Result<()> {
    *report.parts.entry(name.to_owned()).or_default() += micros(since)?;
    Ok(())
}

fn locate_one(job: &Job, opened: &mut Opened, report: &mut Report) -> Result<()> {
    let Some(person) = job.people.first() else { return Ok(()) };
    let identity = Identity::of([("phone", person.phone.as_str())]);
    let found = subject::find(&opened.map, &identity, &opened.zone, NOW.parse()?, &mut *opened.reader)?;
    for held in found.holdings {
        let name = opened.map.tables[held.table].name.to_string();
        *report.rows.entry(name).or_default() += held.rows;
    }
    Ok(())
}

fn export(job: &Job, opened: &mut Opened, report: &mut Report) -> Result<()> {
    let outbox = Outbox::open(&job.out)?;
    let files = Dir::open_ambient_dir(&job.files, ambient_authority())?;
    let (heads, mut sealed) = (Heads::default(), Vec::new());
    for people in job.people.chunks(BATCH) {
        let start = Instant::now();
        let sets = sets_of(people, opened)?;
        part(report, "resolving the identity", start)?;
        let start = Instant::now();
        for (person, set) in people.iter().zip(&sets) {
            sealed.push(write_package(person, set, opened, &outbox, &files, &heads)?);
        }
        part(report, "writing", start)?;
        publish(&mut sealed, report)?;
    }
    Ok(())
}

fn write_package(
    person: &Subject,
    set: &IdentitySet,
    opened: &mut Opened,
    outbox: &Outbox,
    files: &Dir,
    heads: &Heads,
) -> Result<Sealed> {
    let name = format!("DSR-20261123-{:07}", person.account);
    let head = Head {
        case: name.clone(),
        controller: opened.map.controller.both(),
        contact: "privacy@zkjia.example".into(),
        subject_ref: "S-0011223344556677".into(),
        language: Language::Zh,
        produced_at: "2026-11-23T10:00:00+08:00".into(),
        map: opened.map.map_fingerprint.clone(),
        schema: opened.map.schema_fingerprint.clone(),
        policy_versions: vec!["2024-01".into()],
        portable: false,
        automated_decisions: None,
        remedies: Remedies::China,
    };
    let mut package = Package::begin(outbox, &name, head)?;
    let copy = Copy {
        map: &opened.map,
        subject: set,
        zone: opened.zone.clone(),
        now: NOW.parse()?,
        language: kind::Language::Zh,
        portable: false,
        files: Some(files),
        heads,
    };
    copy.write(&mut *opened.reader, &mut package)?;
    Ok(package.seal()?)
}

fn publish(sealed: &mut Vec<Sealed>, report: &mut Report) -> Result<()> {
    let start = Instant::now();
    let finished = Sealed::publish(std::mem::take(sealed))?;
    part(report, "flushing and naming", start)?;
    for one in finished {
        count(&one, report);
    }
    Ok(())
}

fn count(finished: &Finished, report: &mut Report) {
    for table in &finished.manifest.tables {
        *report.rows.entry(table.name.clone()).or_default() += table.rows;
    }
    report.bytes += finished.manifest.documents.iter().map(|document| document.size).sum::<u64>();
}

/// What an erasure needs besides the database.
struct Office {
    book: Casebook,
    /// One for each erasure
    cases: Vec<CaseNumber>,
    writer: Box<dyn WritableDatabase>,
    files: Dir,
    now: Timestamp,
    /// One for all people: tokens must not come twice
    random: Randomness,
}

/// Keys and marks need not be unpredictable here, but the same in every run.
fn predictable() -> impl FnMut(&mut [u8]) {
    let mut state = 7_u64;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
}

fn open_case(book: &mut Casebook, now: Timestamp) -> Result<CaseNumber> {
    let opened = Event::Opened {
        subject: book.new_subject(),
        request: Request::new(RequestType::Delete),
        regime: Regime::Cn,
        channel: Channel::ALL[0],
        requester: RequesterType::ALL[0],
        received_at: now,
        scope: vec![],
        policy_version: None,
        linked: vec![],
        due: vec![],
    };
    let (case, _) = book.open_case(now, "officer", company::today(), opened, None)?;
    let identified = Event::Identified { level: Level::L2, method: "otp+waybill".into(), age: None, due: vec![] };
    book.append(now, "officer", case, identified, None)?;
    Ok(case)
}

impl Office {
    fn new(job: &Job) -> Result<Self> {
        let now: Timestamp = NOW.parse()?;
        let opening = Opening {
            path: job.out.join("casebook.db"),
            keys: KeyFolder::create(&job.out.join("keys"))?,
            random: Box::new(predictable()),
            command: "bench".into(),
            wait: Duration::ZERO,
        };
        let mut book = Casebook::create(opening, now, "officer")?;
        let several = job.operation == Operation::EraseThousandSingly;
        let cases = (0..if several { job.people.len() } else { 1 }).map(|_| open_case(&mut book, now));
        let cases = cases.collect::<Result<Vec<_>>>()?;
        let url = DatabaseUrl::sqlite(&job.database);
        Ok(Self {
            book,
            cases,
            writer: connect_for_writing(&url, &Options::default())?,
            files: Dir::open_ambient_dir(&job.files, ambient_authority())?,
            now,
            random: Box::new(predictable()),
        })
    }

    fn erase(&mut self, job: &Job, people: &[Subject], opened: &mut Opened, report: &mut Report) -> Result<()> {
        let case = self.cases.pop().context("every erasure has a case")?;
        let start = Instant::now();
        opened.reader.renew()?;
        let mut sets = Vec::new();
        for people in people.chunks(BATCH) {
            sets.extend(sets_of(people, opened)?);
        }
        part(report, "resolving the identity", start)?;
        let start = Instant::now();
        let Opened { reader, map, zone } = opened;
        let erasure = erasure::Erasure {
            map,
            subjects: &sets,
            holds: Holds::default(),
            scope: erasure::Scope::default(),
            today: company::today(),
            removed: None,
            then: Vec::new(),
            zone: zone.clone(),
            token: Rc::new(|_: &Value| "token".into()),
        };
        let header = Header {
            schema: PLAN_SCHEMA.into(),
            command: "erase".into(),
            workspace: self.book.workspace().into(),
            database: reader.identity()?,
            case: case.to_string(),
            map: map.map_fingerprint.clone(),
            schema_fingerprint: map.schema_fingerprint.clone(),
            scope: serde_json::json!({}),
            as_of: self.now,
            expires: self.now + 24.hours(),
        };
        let file = std::io::BufWriter::new(fs::File::create(job.out.join("plan.jsonl"))?);
        let (_, planned, _) = write_plan(&erasure, header, &mut **reader, file)?;
        part(report, "planning", start)?;
        let start = Instant::now();
        let clock = FixedClock::new(self.now);
        let mut applying = Applying {
            about: About::Case(case),
            actor: "officer",
            clock: &clock,
            files: Some(&self.files),
            mark: true,
            random: &mut *self.random,
            two_persons: None,
            undo: None,
            foretold: None,
        };
        let applied = apply(&erasure, &planned, &mut **reader, &mut *self.writer, &mut self.book, &mut applying)?;
        part(report, "applying", start)?;
        count_changes(map, &applied.totals, &mut report.rows);
        Ok(())
    }
}

fn count_changes(map: &Classified, totals: &Totals, rows: &mut BTreeMap<String, u64>) {
    for (table, sums) in &totals.tables {
        let name = &map.tables[*table].name;
        for (what, changed) in
            [("deleted", sums.deleted), ("overwritten", sums.overwritten), ("unlinked", sums.unlinked)]
        {
            if changed > 0 {
                *rows.entry(format!("{name} {what}")).or_default() += changed;
            }
        }
    }
}
