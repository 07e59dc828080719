//! A desk of one's own: a small user database, its map, a casebook with one verified case, and the way from an
//! identity to a plan to its application.

use std::{
    cell::RefCell,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    rc::Rc,
    time::Duration,
};

use droit::{
    apply::{Applied, Applying, Recovered, apply, recover, write_plan},
    case::{
        About, CaseNumber, Channel, Event, FailurePoint, Identity, IdentityTag, Level, Regime, Request, RequestType,
        RequesterType,
        clock::{Clock, FixedClock},
        identity::IdentitySet,
    },
    casebook::{Casebook, KeyFolder, Opening},
    data_map::{DataMap, classified::Classified, classify},
    database::{Database, DatabaseUrl, Options, connect, connect_for_writing, locate},
    error::Error,
    export::{Head, Language, Outbox, Package, Remedies, Sealed},
    kind,
    plan::{Claim, Header, Held, Holds, PLAN_SCHEMA, Totals},
    rights::{
        access::{Copy, Heads},
        erasure::{Erasure, Scope},
    },
    value::{Value, hex},
};
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

pub(crate) const NOW: &str = "2026-11-23T02:00:00Z";

/// What every value about a person begins with in these databases, so that a leak is easy to see.
pub(crate) const SECRET: &str = "Zhang-secret";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) struct Desk {
    pub(crate) dir: PathBuf,
    pub(crate) kept: Option<tempfile::TempDir>,
    pub(crate) clock: FixedClock,
    pub(crate) mark: bool,
    /// Rows that could go are anonymized instead
    pub(crate) anonymize: bool,
    /// Where the random values that apply draws begin
    pub(crate) random: u64,
    /// The accounts of whoever was erased, as the record knows them
    pub(crate) erased: Rc<RefCell<Vec<String>>>,
}

/// The map's beginning where people have an account and are anonymized; `rest` goes on with their columns.
pub(crate) fn map_of_people(rest: &str) -> String {
    format!("{MAP_OF_PEOPLE}{rest}")
}

const MAP_OF_PEOPLE: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
erase = "anonymize"
[tables.people.columns]
id = "key"
"#;

/// A plan, and what it was derived with.
pub(crate) struct Job {
    pub(crate) map: Classified,
    pub(crate) subjects: Vec<IdentitySet>,
    anonymize: bool,
    erased: Vec<String>,
    pub(crate) claim: Claim,
    pub(crate) file: Vec<u8>,
    pub(crate) totals: Totals,
}

impl Job {
    /// Nothing is held; who was erased before is on record.
    fn holds(&self) -> Holds {
        let tag = |word: &str, key: &str| IdentityTag::new(Sha256::digest(format!("{word} {key}")).into());
        let erased: Vec<IdentityTag> = self.erased.iter().map(|account| tag("account", account)).collect();
        let erased = Rc::new(move |_: &str, tag: &IdentityTag| erased.contains(tag));
        Holds { person: None, held: Rc::new(Held { erased, tag: Box::new(tag), ..Held::default() }) }
    }

    pub(crate) fn erasure(&self) -> Erasure<'_> {
        Erasure {
            map: &self.map,
            subjects: &self.subjects,
            holds: self.holds(),
            scope: Scope { anonymize: self.anonymize, ..Scope::default() },
            today: date(2026, 11, 23),
            removed: None,
            then: Vec::new(),
            zone: TimeZone::UTC,
            token: Rc::new(|_: &Value| "token".into()),
        }
    }
}

pub(crate) fn seeded(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = u8::try_from(state >> 56).unwrap();
        }
    }
}

impl Desk {
    /// A database made by `sql` and a map.
    pub(crate) fn new(sql: &str, map: &str) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let mut desk = Self::at(kept.path());
        desk.kept = Some(kept);
        fs::write(desk.dir.join("datamap.toml"), map).unwrap();
        Connection::open(desk.path()).unwrap().execute_batch(sql).unwrap();
        desk.set_up();
        desk
    }

    /// A database that is there already, by its bytes, and a map.
    pub(crate) fn holding(database: &[u8], map: &str) -> Self {
        let desk = Self::new("", map);
        fs::write(desk.path(), database).unwrap();
        desk
    }

    /// A desk in a folder that is there already.
    pub(crate) fn at(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            kept: None,
            clock: FixedClock::new(now()),
            mark: true,
            anonymize: false,
            random: 99,
            erased: Rc::default(),
        }
    }

    /// A casebook with one verified case.
    fn set_up(&self) {
        KeyFolder::create(&self.dir.join("keys")).unwrap();
        fs::create_dir(self.dir.join("files")).unwrap();
        let mut book = Casebook::create(self.opening("casebook.db", 7), now(), "officer").unwrap();
        open_case(&mut book);
    }

    pub(crate) fn opening(&self, name: &str, seed: u64) -> Opening {
        Opening {
            path: self.dir.join(name),
            keys: KeyFolder::open(&self.dir.join("keys")).unwrap(),
            random: Box::new(seeded(seed)),
            command: "test".into(),
            wait: Duration::ZERO,
        }
    }

    /// The casebook; every opening draws other keys.
    pub(crate) fn book(&self) -> Casebook {
        Casebook::open(self.opening("casebook.db", self.seed())).unwrap()
    }

    /// The same casebook on a colleague's desk, whose keys are others.
    pub(crate) fn colleagues_book(&self) -> Casebook {
        Casebook::open(self.opening("casebook.db", 77_000)).unwrap()
    }

    fn seed(&self) -> u64 {
        let made = fs::read_dir(self.dir.join("keys")).unwrap().count();
        1_000 + made as u64
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join("people.db")
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        DatabaseUrl::sqlite(self.path())
    }

    pub(crate) fn options() -> Options {
        Options { lock_wait: Duration::from_millis(50), ..Options::default() }
    }

    pub(crate) fn sql(&self, sql: &str) {
        Connection::open(self.path()).unwrap().execute_batch(sql).unwrap();
    }

    pub(crate) fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        Connection::open(self.path()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn reader(&self) -> Result<Box<dyn Database>, Error> {
        Ok(connect(&self.url(), &Self::options())?)
    }

    pub(crate) fn map(&self) -> Classified {
        self.try_map().unwrap_or_else(|findings| panic!("{findings:#?}"))
    }

    pub(crate) fn try_map(&self) -> Result<Classified, Vec<droit::data_map::finding::Finding>> {
        let text = fs::read_to_string(self.dir.join("datamap.toml")).unwrap();
        let map: DataMap = text.parse().unwrap();
        classify(&map, &self.reader().unwrap().schema().unwrap())
    }

    pub(crate) fn case() -> CaseNumber {
        "DSR-20261123-0001".parse().unwrap()
    }

    /// Plans the erasure of whoever `identity` names.
    pub(crate) fn plan<const N: usize>(&self, identity: [(&str, &str); N]) -> Result<Job, Error> {
        self.plan_at(identity, now())
    }

    pub(crate) fn plan_at<const N: usize>(&self, identity: [(&str, &str); N], as_of: Timestamp) -> Result<Job, Error> {
        let mut file = Vec::new();
        let mut job = self.plan_into(identity, as_of, &mut file)?;
        job.file = file;
        Ok(job)
    }

    /// Plans and writes the plan to `out`, which may be nowhere.
    pub(crate) fn plan_into<const N: usize>(
        &self,
        identity: [(&str, &str); N],
        as_of: Timestamp,
        out: &mut dyn std::io::Write,
    ) -> Result<Job, Error> {
        let map = self.map();
        let mut reader = self.reader()?;
        let closed = locate::close(&map, &Identity::of(identity), &TimeZone::UTC, now(), &mut *reader)?;
        assert!(closed.ambiguities.is_empty(), "{:?}", closed.ambiguities);
        assert!(!closed.set.persons.is_empty(), "nobody is found");
        let header = self.header(&map, reader.identity()?, as_of);
        let claim = Claim { header, rows: 0, steps: String::new(), digest: String::new() };
        let (subjects, anonymize) = (vec![closed.set], self.anonymize);
        let erased = self.erased.borrow().clone();
        let mut job = Job { map, subjects, anonymize, erased, claim, file: vec![], totals: Totals::default() };
        let header = job.claim.header.clone();
        let (_, planned, totals) = write_plan(&job.erasure(), header, &mut *reader, out)?;
        (job.claim, job.totals) = (planned.claim, totals);
        Ok(job)
    }

    fn header(&self, map: &Classified, database: String, as_of: Timestamp) -> Header {
        Header {
            schema: PLAN_SCHEMA.into(),
            command: "erase".into(),
            workspace: self.book().workspace().into(),
            database,
            case: Self::case().to_string(),
            map: map.map_fingerprint.clone(),
            schema_fingerprint: map.schema_fingerprint.clone(),
            scope: serde_json::json!({}),
            as_of,
            expires: as_of + 24.hours(),
        }
    }

    /// Applies `job` with a fresh casebook.
    pub(crate) fn apply(&self, job: &Job) -> Result<Applied, Error> {
        self.apply_claim(job, &job.claim)
    }

    pub(crate) fn apply_claim(&self, job: &Job, claim: &Claim) -> Result<Applied, Error> {
        self.apply_with(job, claim, &mut self.book(), &self.clock)
    }

    /// Applies `job`, stopped at `point`.
    pub(crate) fn apply_until(&self, job: &Job, point: FailurePoint) -> Result<Applied, Error> {
        let mut book = self.book();
        book.fail_at(Some(point));
        self.apply_with(job, &job.claim, &mut book, &self.clock)
    }

    pub(crate) fn apply_with(
        &self,
        job: &Job,
        claim: &Claim,
        book: &mut Casebook,
        clock: &dyn Clock,
    ) -> Result<Applied, Error> {
        let mut reader = self.reader()?;
        let mut writer = connect_for_writing(&self.url(), &Self::options())?;
        let files = self.files();
        let mut random = seeded(self.random);
        let mut applying = self.applying(clock, &files, &mut random);
        apply(&job.erasure(), &claim.clone().into(), &mut *reader, &mut *writer, book, &mut applying)
    }

    pub(crate) fn files(&self) -> cap_std::fs::Dir {
        cap_std::fs::Dir::open_ambient_dir(self.dir.join("files"), cap_std::ambient_authority()).unwrap()
    }

    pub(crate) fn applying<'a>(
        &self,
        clock: &'a dyn Clock,
        files: &'a cap_std::fs::Dir,
        random: &'a mut dyn FnMut(&mut [u8]),
    ) -> Applying<'a> {
        Applying {
            about: About::Case(Self::case()),
            actor: "officer",
            clock,
            files: Some(files),
            mark: self.mark,
            random,
            two_persons: None,
            undo: None,
            foretold: None,
        }
    }

    /// Settles every intent that is open.
    pub(crate) fn recover(&self) -> Result<Vec<Recovered>, Error> {
        self.recover_with(&mut self.book())
    }

    pub(crate) fn recover_with(&self, book: &mut Casebook) -> Result<Vec<Recovered>, Error> {
        let map = self.map();
        let files = self.files();
        let mut random = seeded(98);
        let mut settled = Vec::new();
        for intent in book.unsettled_intents()? {
            let mut reader = self.reader()?;
            let mut applying = self.applying(&self.clock, &files, &mut random);
            settled.push(recover(&map, &intent, &mut *reader, book, &mut applying)?);
        }
        Ok(settled)
    }

    /// Everything that stands in the database, but for our own mark.
    pub(crate) fn dump(&self) -> String {
        dump(&self.path())
    }

    pub(crate) fn sha(&self) -> String {
        sha(&self.path())
    }
}

/// Exports everything of whoever `identity` names into the folder `out`.
pub(crate) fn export<const N: usize>(desk: &Desk, identity: [(&str, &str); N]) {
    let map = desk.map();
    let mut reader = desk.reader().unwrap();
    let closed = locate::close(&map, &Identity::of(identity), &TimeZone::UTC, now(), &mut *reader).unwrap();
    fs::create_dir(desk.dir.join("out")).unwrap();
    let outbox = Outbox::open(&desk.dir.join("out")).unwrap();
    let head = Head {
        case: Desk::case().to_string(),
        controller: map.controller.both(),
        contact: "privacy@example.org".into(),
        subject_ref: "S-0011223344556677".into(),
        language: Language::En,
        produced_at: NOW.into(),
        map: map.map_fingerprint.clone(),
        schema: map.schema_fingerprint.clone(),
        policy_versions: vec![],
        portable: false,
        automated_decisions: None,
        remedies: Remedies::China,
    };
    let mut package = Package::begin(&outbox, "package", head).unwrap();
    let (subject, zone) = (&closed.set, TimeZone::UTC);
    let (language, heads) = (kind::Language::En, &Heads::default());
    let copy = Copy { map: &map, subject, zone, now: now(), language, portable: false, files: None, heads };
    copy.write(&mut *reader, &mut package).unwrap();
    Sealed::publish(vec![package.seal().unwrap()]).unwrap();
}

pub(crate) fn open_case(book: &mut Casebook) -> CaseNumber {
    let subject = book.new_subject();
    let opened = Event::Opened {
        subject,
        request: Request::new(RequestType::Delete),
        regime: Regime::Cn,
        channel: Channel::ALL[0],
        requester: RequesterType::ALL[0],
        received_at: now(),
        scope: vec![],
        policy_version: None,
        linked: vec![],
        due: vec![],
    };
    let (case, _) = book.open_case(now(), "officer", date(2026, 11, 23), opened, None).unwrap();
    let identified = Event::Identified { level: Level::L2, method: "otp+waybill".into(), age: None, due: vec![] };
    book.append(now(), "officer", case, identified, None).unwrap();
    case
}

pub(crate) fn sha(path: &Path) -> String {
    hex(&Sha256::digest(fs::read(path).unwrap()))
}

/// Runs an ignored test of this binary in a process of its own, which reads `told` by [`told`].
pub(crate) fn process(test: &str, told: &[(&str, String)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--test-threads=1", "--nocapture"]);
    command.envs(told.iter().map(|(name, value)| (format!("DROIT_TEST_{name}"), value)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs such a test at the desk in `dir` until it dies by itself, at its `last` reading of the clock, or is killed when
/// `patience` is over.
pub(crate) fn run_to_death(test: &str, dir: &Path, last: u32, patience: Option<Duration>) -> ExitStatus {
    let mut child = process(test, &[("DIR", dir.display().to_string()), ("DIE_AT", last.to_string())]).spawn().unwrap();
    if let Some(patience) = patience {
        std::thread::sleep(patience);
        child.kill().unwrap(); // SIGKILL
    }
    child.wait().unwrap()
}

/// What a process was told by the test that started it.
#[expect(clippy::disallowed_methods, reason = "a test process is told by its environment which desk it works at")]
pub(crate) fn told(name: &str) -> Option<String> {
    std::env::var(format!("DROIT_TEST_{name}")).ok()
}

/// Every table's rows in a fixed order, values with their types.
pub(crate) fn dump(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    let names: Vec<String> = connection
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') \
             AND name NOT IN ('droit_mark', 'sqlite_schema') ORDER BY name",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut text = String::new();
    for name in names {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let mut statement = connection.prepare(&format!("SELECT * FROM {quoted}")).unwrap();
        let columns = statement.column_count();
        let mut lines: Vec<String> = statement
            .query_map([], |row| {
                (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at).map(|v| format!("{v:?}"))).collect()
            })
            .unwrap()
            .map(|cells: rusqlite::Result<Vec<String>>| cells.map_or_else(|e| e.to_string(), |cells| cells.join("|")))
            .collect();
        lines.sort();
        let _ = writeln!(text, "== {name}\n{}", lines.join("\n"));
    }
    text
}

/// One clear error: a stable code, and nothing about a person in what is shown or logged.
#[track_caller]
pub(crate) fn require_refused<T: std::fmt::Debug>(outcome: Result<T, Error>, code: &str) -> String {
    let error = outcome.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert_eq!(error.code(), code, "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    shown
}
