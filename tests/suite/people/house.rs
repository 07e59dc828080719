//! The house under test: the sample company, and what the product does for one person of it.

use std::{
    fs,
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use cap_std::{ambient_authority, fs::Dir};
use droit::{
    apply::{Applied, Applying, apply, write_plan},
    case::{
        About, Channel, Event, Identity, Level, Regime, Request, RequestType, RequesterType, clock::FixedClock,
        identity::IdentitySet,
    },
    casebook::{Casebook, KeyFolder, Opening},
    data_map::{DataMap, classified::Classified, classify},
    database::{
        Database, DatabaseUrl, Options, connect, connect_for_writing,
        locate::{self, Closed},
    },
    demo::company::Company,
    error::Error,
    export::{Finished, Head, Language, Outbox, Package, Remedies},
    kind,
    plan::{Header, Holds, PLAN_SCHEMA, Totals},
    planner::Planner,
    rights::{
        access::{Copy, Heads},
        erasure::{Erasure, Scope},
    },
    value::Value,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Four hundred accounts: the cast, and a crowd to draw from.
pub(super) const USERS: u64 = 400;
pub(super) const TODAY: Date = date(2026, 11, 24);
const NOW: &str = "2026-11-24T02:00:00Z";

/// The accounts of [`COMPLICATIONS`].
pub(super) const COMPLICATED: std::ops::RangeInclusive<i64> = 101..=114;

/// What the generator does not make: rows in which two ties name two people, and an old parcel of which only the
/// voucher is left to keep.
const COMPLICATIONS: &str = "
    UPDATE users SET email = 'both' || id || '@example.org', email_verified_at = created_at WHERE id IN (105, 106);
    INSERT INTO sms_log (user_id, phone, template, body, sent_at)
        SELECT 101, phone, 'pickup', '取件码 556677', '2026-11-20 10:00:00' FROM users WHERE id = 102;
    INSERT INTO cs_tickets (id, user_id, phone, subject, opened_at, closed_at)
        SELECT 900001, 104, phone, '发票问题', '2026-11-20 10:00:00', '2026-11-21 10:00:00' FROM users WHERE id = 103;
    INSERT INTO cs_messages (ticket_id, body, sent_at) VALUES (900001, '别人的对话不能给我', '2026-11-20 10:00:00');
    INSERT INTO mail_log (user_id, email, subject, sent_at)
        SELECT 106, email, '月报', '2026-11-20 10:00:00' FROM users WHERE id = 105;
    INSERT INTO partner_sourced (user_id, phone, partner_id, partner, field, value, received_at)
        SELECT 107, phone, 9, '数汇科技', 'city', '杭州市', '2026-11-20 10:00:00' FROM users WHERE id = 108;
    INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, sender_name, sender_phone, sender_address,
                          recipient_name, recipient_phone, recipient_address, status, source_channel, created_at, signed_at)
        SELECT 900001, 'SF9900000000001', 'SF', 110, '代寄人', phone, '浙江省杭州市西湖区文昌巷7号代寄点', '钱多', '15400009003',
               '北京市朝阳区建设大街18号收件点', 'signed', 'ZKJIA', '2026-11-01 10:00:00', '2026-11-03 10:00:00'
        FROM users WHERE id = 109;
    INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, sender_name, status, source_channel,
                          created_at, signed_at)
        VALUES (900002, 'SF9900000000002', 'SF', 111, '旧', 'signed', 'ZKJIA', '2022-01-01 10:00:00', '2022-01-03 10:00:00'),
               (900003, 'SF9900000000003', 'SF', 112, '旧', 'signed', 'ZKJIA', '2022-01-01 10:00:00', '2022-01-03 10:00:00');
    INSERT INTO cod_settlements (waybill_no, payee_name, payee_account, amount_cents, created_at, settled_at)
        VALUES ('SF9900000000002', '旧', '6200000000000000', 100, '2022-01-03 10:00:00', '2022-01-10 10:00:00');
    INSERT INTO waybill_routes (waybill_id, scanned_at, station, action) VALUES (900003, '2022-01-01 10:00:00', '站', '揽收');
    INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, sender_name, recipient_user_id, recipient_name,
                          status, source_channel, created_at, signed_at)
        VALUES (900004, 'SF9900000000004', 'SF', 113, '甲', 114, '乙', 'signed', 'ZKJIA', '2022-01-01 10:00:00', '2022-01-03 10:00:00');
";

pub(super) struct House {
    pub(super) room: tempfile::TempDir,
    pub(super) map: Classified,
    pub(super) zone: TimeZone,
}

impl House {
    /// The company in a room of its own; in memory where there is such a place, for packages and casebooks are flushed.
    pub(super) fn build() -> Self {
        let memory = Path::new("/dev/shm");
        let room = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let company = Company { users: USERS, seed: 42, today: TODAY };
        company.build(&room.path().join("zkjia.db"), &room.path().join("files"), &mut |_| {}).unwrap();
        fs::create_dir(room.path().join("packages")).unwrap();
        Connection::open(room.path().join("zkjia.db")).unwrap().execute_batch(COMPLICATIONS).unwrap();
        let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml")).unwrap();
        let map: DataMap = text.parse().unwrap();
        let url = DatabaseUrl::sqlite(room.path().join("zkjia.db"));
        let schema = connect(&url, &Options::default()).unwrap().schema().unwrap();
        let map = classify(&map, &schema).unwrap_or_else(|findings| panic!("{findings:#?}"));
        Self { room, map, zone: TimeZone::get("Asia/Shanghai").unwrap() }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.room.path().join("zkjia.db")
    }

    /// A connection that is not the product's.
    pub(super) fn plain(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    pub(super) fn reader(&self) -> Box<dyn Database> {
        connect(&DatabaseUrl::sqlite(self.database()), &Options::default()).unwrap()
    }

    pub(super) fn close(&self, identity: &Identity, reader: &mut dyn Database) -> Closed {
        let closed = locate::close(&self.map, identity, &self.zone, crate::desk::now(), reader).unwrap();
        assert!(closed.unknown.is_empty() && closed.malformed.is_empty(), "{identity:?}");
        closed
    }

    fn files(&self) -> Dir {
        Dir::open_ambient_dir(self.room.path().join("files"), ambient_authority()).unwrap()
    }

    pub(super) fn export(&self, set: &IdentitySet, reader: &mut dyn Database) -> Result<Finished, Error> {
        let outbox = Outbox::open(&self.room.path().join("packages")).unwrap();
        let head = Head {
            case: "DSR-20261124-0001".into(),
            controller: "ZKJIA.COM".into(),
            contact: String::new(),
            subject_ref: "S-7Q4M-K2XD".into(),
            language: Language::Zh,
            produced_at: "2026-11-24T10:00:00+08:00".into(),
            map: self.map.map_fingerprint.clone(),
            schema: self.map.schema_fingerprint.clone(),
            policy_versions: Vec::new(),
            portable: false,
            automated_decisions: None,
            remedies: Remedies::China,
        };
        let mut package = Package::begin(&outbox, "copy", head).unwrap();
        let files = self.files();
        let copy = Copy {
            map: &self.map,
            subject: set,
            zone: self.zone.clone(),
            now: NOW.parse().unwrap(),
            language: kind::Language::Zh,
            portable: false,
            files: Some(&files),
            heads: &Heads::default(),
        };
        copy.write(reader, &mut package)?;
        Ok(package.finish().unwrap())
    }

    pub(super) fn erasure<'a>(&'a self, subjects: &'a [IdentitySet]) -> Erasure<'a> {
        Erasure {
            map: &self.map,
            subjects,
            holds: Holds::default(),
            scope: Scope::default(),
            today: TODAY,
            removed: None,
            then: Vec::new(),
            zone: self.zone.clone(),
            token: Rc::new(|_: &Value| "token".into()),
        }
    }

    /// What a plan made now would come to, nothing written.
    pub(super) fn planned(&self, subjects: &[IdentitySet], reader: &mut dyn Database) -> Totals {
        self.erasure(subjects).derive(reader, &mut |_| Ok(())).unwrap()
    }

    pub(super) fn casebook(&self) -> Casebook {
        let opening = Opening {
            path: self.room.path().join("casebook.db"),
            keys: KeyFolder::create(&self.room.path().join("keys")).unwrap(),
            random: Box::new(bytes_of(7)),
            command: "test".into(),
            wait: Duration::ZERO,
        };
        Casebook::create(opening, NOW.parse().unwrap(), "officer").unwrap()
    }

    /// The same, where rows that could go stay and say nothing about anybody any more.
    pub(super) fn anonymization<'a>(&'a self, subjects: &'a [IdentitySet]) -> Erasure<'a> {
        Erasure { scope: Scope { anonymize: true, ..Scope::default() }, ..self.erasure(subjects) }
    }

    /// Plans and applies the erasure of people in one plan, as a case.
    pub(super) fn erase(&self, subjects: &[IdentitySet], book: &mut Casebook, draw: u64) -> Result<Applied, Error> {
        self.carry_out(&self.erasure(subjects), book, draw)
    }

    /// Plans and applies it, as a case.
    pub(super) fn carry_out(&self, erasure: &Erasure<'_>, book: &mut Casebook, draw: u64) -> Result<Applied, Error> {
        let now: Timestamp = NOW.parse().unwrap();
        let case = open_case(book, now);
        let mut reader = self.reader();
        let header = Header {
            schema: PLAN_SCHEMA.into(),
            command: "erase".into(),
            workspace: book.workspace().into(),
            database: reader.identity().unwrap(),
            case: case.to_string(),
            map: self.map.map_fingerprint.clone(),
            schema_fingerprint: self.map.schema_fingerprint.clone(),
            scope: serde_json::json!({}),
            as_of: now,
            expires: now + 24.hours(),
        };
        let (_, planned, _) = write_plan(erasure, header, &mut *reader, Vec::new())?;
        let mut writer = connect_for_writing(&DatabaseUrl::sqlite(self.database()), &Options::default())?;
        let (clock, files) = (FixedClock::new(now), self.files());
        let mut random = bytes_of(draw);
        let mut applying = Applying {
            about: About::Case(case),
            actor: "officer",
            clock: &clock,
            files: Some(&files),
            mark: true,
            random: &mut random,
            two_persons: None,
            undo: None,
            foretold: None,
        };
        apply(erasure, &planned, &mut *reader, &mut *writer, book, &mut applying)
    }

    /// The database file, byte for byte.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(fs::read(self.database()).unwrap()).into()
    }
}

fn open_case(book: &mut Casebook, now: Timestamp) -> droit::case::CaseNumber {
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
    let (case, _) = book.open_case(now, "officer", TODAY, opened, None).unwrap();
    let identified = Event::Identified { level: Level::L2, method: "otp+waybill".into(), age: None, due: vec![] };
    book.append(now, "officer", case, identified, None).unwrap();
    case
}

/// Bytes that are different enough and always the same.
pub(super) fn bytes_of(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = u8::try_from(state >> 56).unwrap();
        }
    }
}
