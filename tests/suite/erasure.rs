//! Erasing people of the sample company: what independent SQL sees before and after.

use std::{path::Path, rc::Rc};

use droit::{
    apply::{Applying, apply, write_plan},
    case::{About, Channel, Event, Identity, Level, Regime, Request, RequestType, RequesterType, clock::FixedClock},
    casebook::{Casebook, KeyFolder, Opening},
    data_map::{DataMap, classified::Classified, classify},
    database::{DatabaseUrl, Options, connect, connect_for_writing, locate},
    demo::company::Company,
    plan::{Header, Holds, PLAN_SCHEMA},
    rights::erasure::{Erasure, Scope},
    value::Value,
};
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use rusqlite::Connection;

use crate::office::Office;

const NOW: &str = "2026-11-23T02:00:00Z";

struct World {
    dir: tempfile::TempDir,
    map: Classified,
    zone: TimeZone,
}

fn world(users: u64) -> World {
    let dir = tempfile::tempdir().unwrap();
    let company = Company { users, seed: 42, today: date(2026, 11, 23) };
    company.build(&dir.path().join("zkjia.db"), &dir.path().join("files"), &mut |_| {}).unwrap();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml")).unwrap();
    let map: DataMap = text.parse().unwrap();
    let schema = connect(&url(dir.path()), &Options::default()).unwrap().schema().unwrap();
    let map = classify(&map, &schema).unwrap_or_else(|findings| panic!("{findings:#?}"));
    World { dir, map, zone: TimeZone::get("Asia/Shanghai").unwrap() }
}

fn url(dir: &Path) -> DatabaseUrl {
    DatabaseUrl::sqlite(dir.join("zkjia.db"))
}

fn seeded() -> impl FnMut(&mut [u8]) {
    let mut state = 7_u64;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = u8::try_from(state >> 56).unwrap();
        }
    }
}

fn header(world: &World, database: String, book: &Casebook) -> Header {
    let now: Timestamp = NOW.parse().unwrap();
    Header {
        schema: PLAN_SCHEMA.into(),
        command: "erase".into(),
        workspace: book.workspace().into(),
        database,
        case: "DSR-20261123-0001".into(),
        map: world.map.map_fingerprint.clone(),
        schema_fingerprint: world.map.schema_fingerprint.clone(),
        scope: serde_json::json!({}),
        as_of: now,
        expires: now + 24.hours(),
    }
}

#[test]
fn a_user_is_erased_and_nobody_else_is_touched() {
    let world = world(300);
    let dir = world.dir.path();
    let keys = KeyFolder::create(&dir.join("keys")).unwrap();
    let opening = Opening {
        path: dir.join("casebook.db"),
        keys,
        random: Box::new(seeded()),
        command: "test".into(),
        wait: std::time::Duration::ZERO,
    };
    let now: Timestamp = NOW.parse().unwrap();
    let mut book = Casebook::create(opening, now, "officer").unwrap();
    let subject = book.new_subject();
    let opened = Event::Opened {
        subject,
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
    let (case, _) = book.open_case(now, "officer", date(2026, 11, 23), opened, None).unwrap();
    let identified = Event::Identified { level: Level::L2, method: "otp+waybill".into(), age: None, due: vec![] };
    book.append(now, "officer", case, identified, None).unwrap();
    let mut reader = connect(&url(dir), &Options::default()).unwrap();
    let closed =
        locate::close(&world.map, &Identity::of([("account", "100")]), &world.zone, crate::desk::now(), &mut *reader)
            .unwrap();

    let subjects = [closed.set];
    let erasure = Erasure {
        map: &world.map,
        subjects: &subjects,
        holds: Holds::default(),
        scope: Scope::default(),
        today: date(2026, 11, 23),
        removed: None,
        then: Vec::new(),
        zone: world.zone.clone(),
        token: Rc::new(|_: &Value| "token".into()),
    };
    let database = reader.identity().unwrap();
    let (_, planned, _) = write_plan(&erasure, header(&world, database, &book), &mut *reader, Vec::new()).unwrap();
    drop(reader);
    let mut reader = connect(&url(dir), &Options::default()).unwrap();
    let mut writer = connect_for_writing(&url(dir), &Options::default()).unwrap();
    let clock = FixedClock::new(now);
    let files = cap_std::fs::Dir::open_ambient_dir(dir.join("files"), cap_std::ambient_authority()).unwrap();
    let mut random = seeded();
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
    apply(&erasure, &planned, &mut *reader, &mut *writer, &mut book, &mut applying).unwrap();

    let plain = Connection::open(dir.join("zkjia.db")).unwrap();
    let phone: Option<String> = plain.query_row("SELECT phone FROM users WHERE id = 100", [], |r| r.get(0)).unwrap();
    assert_eq!(phone, None);
}

#[test]
fn a_pointer_at_somebody_who_stays_is_not_cut() {
    let desk = crate::desk::Desk::new(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE jobs (id INTEGER PRIMARY KEY, done_by INTEGER NOT NULL REFERENCES staff (id));
         CREATE TABLE notes (id INTEGER PRIMARY KEY, seen_by INTEGER REFERENCES staff (id));
         CREATE INDEX jobs_by ON jobs (done_by);
         CREATE INDEX notes_by ON notes (seen_by);
         INSERT INTO staff VALUES (1, 'a'), (2, 'b');
         INSERT INTO jobs VALUES (1, 1);
         INSERT INTO notes VALUES (1, 1), (2, 2);",
        r#"version = 1
controller = "C"
time_zone = "UTC"
[person.staff]
is = "staff.id"
[rules]
"*.id" = "key"
"*.*_by" = "by staff.id"
[tables.staff]
purpose = "work"
clause = "1"
basis = "contract"
[tables.staff.columns]
name = "name, provided"
"#,
    );
    for person in ["1", "2"] {
        desk.apply(&desk.plan([("staff", person)]).unwrap()).unwrap();
    }
    // the first is still named by a job that may not be without one, and so the note keeps its pointer
    assert_eq!(desk.one::<i64>("SELECT seen_by FROM notes WHERE id = 1"), 1);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM staff WHERE id = 1 AND name <> 'a'"), 1);
    // the second goes, and the pointer with them
    assert_eq!(desk.one::<Option<i64>>("SELECT seen_by FROM notes WHERE id = 2"), None);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM staff"), 1);
}

/// A trigger keeps what the erasure writes over: the history is the same column, whoever wrote it and when.
#[test]
fn a_part_by_column_goes_from_its_copies_as_well() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE users_history (hid INTEGER PRIMARY KEY, id INTEGER, name TEXT, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), called TEXT, phone TEXT);
        CREATE TABLE orders_history (hid INTEGER PRIMARY KEY, id INTEGER, user_id INTEGER, called TEXT, phone TEXT);
        CREATE TRIGGER users_au AFTER UPDATE ON users BEGIN
            INSERT INTO users_history (id, name, phone) VALUES (old.id, old.name, old.phone); END;
        INSERT INTO users VALUES (1, 'Ann', '13800138001'), (2, 'Bo', '13800138002');
        INSERT INTO users_history VALUES (1, 1, 'Ann', '13800138009'), (2, 2, 'Bo', '13800138002');
        INSERT INTO orders VALUES (1, 1, 'Ann', '13800138001'), (2, 2, 'Bo', '13800138002');
        INSERT INTO orders_history SELECT * FROM (SELECT id + 10, * FROM orders);";
    let owned = "purpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n";
    let map = format!(
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n[acknowledged]\n\"users_au\" = \"copies users into users_history\"\n[rules]\n\"*.id\" = \"key\"\n[tables.users]\n{owned}[tables.users.columns]\nname = \"name, provided\"\nphone = \"phone, provided\"\n[tables.users_history]\ncopy = \"users\"\n[tables.users_history.columns]\nhid = \"key\"\n[tables.orders]\n{owned}[tables.orders.columns]\nuser_id = \"of users.id\"\ncalled = \"copy history users.name\"\nphone = \"copy history users.phone\"\n[tables.orders_history]\ncopy = \"orders\"\n[tables.orders_history.columns]\nhid = \"key\"\n"
    );
    let mut office = Office::empty().with_shop(sql, &map);
    let case = office.verified("delete", "account=1");
    let one = |office: &Office, sql: &str| -> i64 { office.shop().query_row(sql, [], |row| row.get(0)).unwrap() };
    let said = office.run(&format!("erase {case} --column users.phone --confirm {case}")).carried_out();
    for (table, whose) in
        [("users", "id"), ("users_history", "id"), ("orders", "user_id"), ("orders_history", "user_id")]
    {
        let left = format!("SELECT count(*) FROM {table} WHERE phone IS NOT NULL AND {whose} =");
        assert_eq!((one(&office, &format!("{left} 1")), one(&office, &format!("{left} 2"))), (0, 1), "{table}: {said}");
    }
    let names =
        "SELECT (SELECT count(*) FROM users WHERE name = 'Ann') + (SELECT count(*) FROM orders WHERE called = 'Ann')";
    assert_eq!(one(&office, names), 2, "only what was asked for");
}
