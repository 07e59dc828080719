//! A workbench: a database, its map, a casebook with a verified case, and the way from fields to their correction.

use std::{
    fs,
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use droit::{
    apply::{Applied, Applying, Planned, Recovered, apply, recover, write_plan},
    case::{
        About, CaseNumber, Channel, Event, Evidence, FailurePoint, Identity, Level, Regime, Request, RequestType,
        RequesterType, Secret, clock::FixedClock, identity::IdentitySet,
    },
    casebook::{Casebook, KeyFolder, Opening},
    data_map::{DataMap, classified::Classified, classify},
    database::{Database, DatabaseUrl, Options, connect, connect_for_writing, locate},
    demo::company::Company,
    error::Error,
    plan::{Header, Holds, PLAN_SCHEMA},
    rights::correction::{Asked, Basis, Correction, Ready, Resolving, Wish},
    value::Value,
};
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use rusqlite::Connection;

use crate::desk::seeded;

pub(super) const NOW: &str = "2026-11-24T02:00:00Z";

pub(super) struct Bench {
    room: tempfile::TempDir,
    pub(super) map: Classified,
    pub(super) zone: TimeZone,
    pub(super) level: Level,
    pub(super) evidence: Evidence,
    pub(super) holds: Holds,
    pub(super) mark: bool,
}

impl Bench {
    /// The sample company, four hundred accounts; in memory where there is such a place.
    pub(super) fn courier() -> Self {
        let memory = Path::new("/dev/shm");
        let room = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let company = Company { users: 400, seed: 42, today: date(2026, 11, 24) };
        company.build(&room.path().join("people.db"), &room.path().join("files"), &mut |_| {}).unwrap();
        let map = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml")).unwrap();
        Self::in_room(room, &map, "Asia/Shanghai")
    }

    /// A database made by `sql` and a map.
    pub(super) fn of(sql: &str, map: &str) -> Self {
        let room = tempfile::tempdir().unwrap();
        Connection::open(room.path().join("people.db")).unwrap().execute_batch(sql).unwrap();
        fs::create_dir(room.path().join("files")).unwrap();
        Self::in_room(room, map, "UTC")
    }

    fn in_room(room: tempfile::TempDir, map: &str, zone: &str) -> Self {
        let map: DataMap = map.parse().unwrap();
        let url = DatabaseUrl::sqlite(room.path().join("people.db"));
        let schema = connect(&url, &Options::default()).unwrap().schema().unwrap();
        let map = classify(&map, &schema).unwrap_or_else(|findings| panic!("{findings:#?}"));
        let (level, evidence) = (Level::L3, Evidence::OtpBoth);
        let zone = TimeZone::get(zone).unwrap();
        let bench = Self { room, map, zone, level, evidence, holds: Holds::default(), mark: true };
        KeyFolder::create(&bench.room.path().join("keys")).unwrap();
        Casebook::create(bench.opening(), now(), "officer").unwrap();
        bench
    }

    fn opening(&self) -> Opening {
        let keys = self.room.path().join("keys");
        let made = fs::read_dir(&keys).unwrap().count() as u64;
        Opening {
            path: self.room.path().join("casebook.db"),
            keys: KeyFolder::open(&keys).unwrap(),
            random: Box::new(seeded(1_000 + made)),
            command: "test".into(),
            wait: Duration::ZERO,
        }
    }

    pub(super) fn book(&self) -> Casebook {
        Casebook::open(self.opening()).unwrap()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.room.path().join("people.db")
    }

    /// A connection that is not the product's.
    pub(super) fn plain(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    pub(super) fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        self.plain().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn url(&self) -> DatabaseUrl {
        DatabaseUrl::sqlite(self.database())
    }

    fn reader(&self) -> Box<dyn Database> {
        connect(&self.url(), &Options::default()).unwrap()
    }

    /// Whoever has this account.
    pub(super) fn account(&self, key: i64) -> IdentitySet {
        let identity = Identity::of([("account", key.to_string().as_str())]);
        locate::close(&self.map, &identity, &self.zone, crate::desk::now(), &mut *self.reader()).unwrap().set
    }

    fn basis<'a>(&'a self, subjects: &'a [IdentitySet]) -> Basis<'a> {
        let holds = self.holds.clone();
        Basis { map: &self.map, subjects, holds, as_of: now(), zone: self.zone.clone() }
    }

    pub(super) fn resolve(&self, subjects: &[IdentitySet], field: &str, to: Option<&str>) -> Result<Ready, Error> {
        let asked = Asked::read(field, to.map(Secret::from)).unwrap();
        let resolving = Resolving { basis: self.basis(subjects), level: Some(self.level), evidence: self.evidence };
        resolving.resolve(&asked, &mut *self.reader())
    }

    /// The whole way: resolves the fields, plans, applies.
    pub(super) fn correct(&self, account: i64, fields: &[(&str, Option<&str>)]) -> Result<Applied, Error> {
        let subjects = [self.account(account)];
        let wishes = self.wishes(&subjects, fields)?;
        let mut book = self.book();
        let case = open_case(&mut book);
        let planned = self.plan(&subjects, &wishes, case, &book)?;
        self.apply(&subjects, &wishes, case, &planned.0, &mut book)
    }

    pub(super) fn wishes(&self, subjects: &[IdentitySet], fields: &[(&str, Option<&str>)]) -> Result<Vec<Wish>, Error> {
        let mut wishes = Vec::new();
        for (field, to) in fields {
            wishes.extend(self.resolve(subjects, field, *to)?.wishes);
        }
        Ok(wishes)
    }

    fn correction<'a>(&'a self, subjects: &'a [IdentitySet], wishes: &'a [Wish]) -> Correction<'a> {
        let token = Rc::new(|value: &Value| {
            use std::hash::{DefaultHasher, Hash as _, Hasher as _};
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            format!("token:{:x}", hasher.finish())
        });
        Correction { basis: self.basis(subjects), wishes, token }
    }

    /// The claim and the file of a plan.
    pub(super) fn plan(
        &self,
        subjects: &[IdentitySet],
        wishes: &[Wish],
        case: CaseNumber,
        book: &Casebook,
    ) -> Result<(Planned, String), Error> {
        let mut reader = self.reader();
        let header = Header {
            schema: PLAN_SCHEMA.into(),
            command: "correct".into(),
            workspace: book.workspace().into(),
            database: reader.identity().unwrap(),
            case: case.to_string(),
            map: self.map.map_fingerprint.clone(),
            schema_fingerprint: self.map.schema_fingerprint.clone(),
            scope: serde_json::json!({}),
            as_of: now(),
            expires: now() + 24.hours(),
        };
        let correction = self.correction(subjects, wishes);
        let (file, planned, _) = write_plan(&correction, header, &mut *reader, Vec::new())?;
        Ok((planned, String::from_utf8(file).unwrap()))
    }

    pub(super) fn apply(
        &self,
        subjects: &[IdentitySet],
        wishes: &[Wish],
        case: CaseNumber,
        planned: &Planned,
        book: &mut Casebook,
    ) -> Result<Applied, Error> {
        let mut reader = self.reader();
        let mut writer = connect_for_writing(&self.url(), &Options::default())?;
        let clock = FixedClock::new(now());
        let mut random = seeded(7);
        let mut applying = Applying {
            about: About::Case(case),
            actor: "officer",
            clock: &clock,
            files: None,
            mark: self.mark,
            random: &mut random,
            two_persons: None,
            undo: None,
            foretold: None,
        };
        let correction = self.correction(subjects, wishes);
        apply(&correction, planned, &mut *reader, &mut *writer, book, &mut applying)
    }

    /// Plans and applies, stopped at `point`; then settles.
    pub(super) fn kill_and_recover(
        &self,
        account: i64,
        fields: &[(&str, Option<&str>)],
        point: FailurePoint,
    ) -> Option<Recovered> {
        let subjects = [self.account(account)];
        let wishes = self.wishes(&subjects, fields).unwrap();
        let mut book = self.book();
        let case = open_case(&mut book);
        let (claim, _) = self.plan(&subjects, &wishes, case, &book).unwrap();
        book.fail_at(Some(point));
        assert!(self.apply(&subjects, &wishes, case, &claim, &mut book).is_err(), "{point:?}");
        drop(book);
        let mut book = self.book();
        let clock = FixedClock::new(now());
        let mut random = seeded(8);
        let open = book.unsettled_intents().unwrap();
        assert!(open.len() <= 1);
        open.first().map(|intent| {
            let mut applying = Applying {
                about: intent.about,
                actor: "officer",
                clock: &clock,
                files: None,
                mark: self.mark,
                random: &mut random,
                two_persons: None,
                undo: None,
                foretold: None,
            };
            recover(&self.map, intent, &mut *self.reader(), &mut book, &mut applying).unwrap()
        })
    }
}

pub(super) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(super) fn open_case(book: &mut Casebook) -> CaseNumber {
    let opened = Event::Opened {
        subject: book.new_subject(),
        request: Request::new(RequestType::Correct),
        regime: Regime::Cn,
        channel: Channel::ALL[0],
        requester: RequesterType::ALL[0],
        received_at: now(),
        scope: vec![],
        policy_version: None,
        linked: vec![],
        due: vec![],
    };
    let (case, _) = book.open_case(now(), "officer", date(2026, 11, 24), opened, None).unwrap();
    let identified = Event::Identified { level: Level::L3, method: "papers".into(), age: None, due: vec![] };
    book.append(now(), "officer", case, identified, None).unwrap();
    case
}
