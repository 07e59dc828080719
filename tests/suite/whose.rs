//! Whose a row is, on databases that nobody made for droit: two person tables, proofs that ended or have no beginning,
//! identifiers that contradict each other, keys that are given again, histories.

use droit::{
    case::{Identifier, Identity, KnownValue},
    data_map::finding::Code,
    database::locate::{self, Ambiguity, Closed},
};

use crate::{desk::Desk, office::Office};

const HEAD: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.member]
is = "members.id"
[rules]
"*.id" = "key"
"*.member_id" = "of members.id"
"*.name" = "name, provided"
"*.note" = "free_text, provided"
"*.since" = "time, observed"
"*.until" = "time, observed"
[tables.members]
purpose = "p"
clause = "1"
basis = "contract"
[tables.members.columns]
phone = "phone, proves since since until until, provided"
"#;

const MEMBERS: &str = "CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, since TEXT, until TEXT);";

fn close(desk: &Desk, identity: &Identity) -> Closed {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    locate::close(&desk.map(), identity, &zone, crate::desk::now(), &mut *desk.reader().unwrap()).unwrap()
}

fn of(desk: &Desk, given: &[(&str, &str)]) -> Closed {
    close(desk, &Identity::of(given.iter().copied()))
}

fn keys(closed: &Closed) -> Vec<String> {
    closed.set.persons.values().flatten().map(|key| key.0[0].to_canonical_text()).collect()
}

fn several(closed: &Closed) -> bool {
    closed.ambiguities.iter().any(|ambiguity| matches!(ambiguity, Ambiguity::SeveralPersons(_)))
}

#[test]
fn one_number_in_two_person_tables_is_one_human_under_one_name_only() {
    let map = HEAD.replace("[rules]", "[person.staff]\nis = \"staff.id\"\n[rules]")
        + "[tables.staff]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.staff.columns]\nphone = \"phone, proves, provided\"\n";
    let desk = Desk::new(
        &format!(
            "{MEMBERS} CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
             INSERT INTO members VALUES (1, '王芳', '13800138000', '2025-01-01', NULL), (2, '赵六', '13900139000', '2025-01-01', NULL),
                 (3, NULL, '13700137000', '2025-01-01', NULL);
             INSERT INTO staff VALUES (7, '李四', '13800138000'), (8, '赵六', '13900139000'), (9, NULL, '13700137000');"
        ),
        &map,
    );
    assert!(several(&of(&desk, &[("phone", "13800138000")])), "two names");
    assert!(several(&of(&desk, &[("phone", "13800138000"), ("name", "王芳")])), "two names, one of them given");
    assert!(several(&of(&desk, &[("phone", "13700137000")])), "no name says that they are one");
    let colleague = of(&desk, &[("phone", "13900139000")]);
    assert!(colleague.ambiguities.is_empty(), "{:?}", colleague.ambiguities);
    assert_eq!(keys(&colleague), ["2", "8"]);
    // who is meant is said by the keys of both
    let both = of(&desk, &[("member", "3"), ("staff", "9"), ("phone", "13700137000")]);
    assert!(both.ambiguities.is_empty(), "{:?}", both.ambiguities);
}

#[test]
fn a_proof_that_has_ended_proves_nothing_today() {
    let desk = Desk::new(
        &format!(
            "{MEMBERS} INSERT INTO members VALUES (1, '王芳', '13800138000', '2020-01-01', '2025-01-01'),
                 (2, '李四', '13900139000', '2020-01-01', '2030-01-01');"
        ),
        HEAD,
    );
    let ended = of(&desk, &[("phone", "13800138000")]);
    assert!(keys(&ended).is_empty(), "whoever has the number now is not the former holder");
    assert!(matches!(&ended.ambiguities[..], [Ambiguity::Unproven(_)]), "{:?}", ended.ambiguities);
    assert_eq!(keys(&of(&desk, &[("phone", "13900139000")])), ["2"], "it ends in the future");
    // who had it says until when
    let phone = Identifier {
        kind: "phone".into(),
        value: "13800138000".into(),
        since: None,
        until: Some("2024-06-01T00:00:00Z".parse().unwrap()),
    };
    let mut former = Identity::default();
    former.identifiers.push(phone);
    let former = close(&desk, &former);
    assert_eq!((keys(&former), former.ambiguities.len()), (vec!["1".to_owned()], 0));
}

/// 二次放号: without a beginning the number may have been anybody's before.
#[test]
fn a_proof_without_a_beginning_does_not_reach_back() {
    for since in ["NULL", "''", "'0000-00-00 00:00:00'", "0"] {
        let desk = Desk::new(
            &format!(
                "{MEMBERS} INSERT INTO members VALUES (1, '王芳', '13800138000', {since}, NULL);
                 CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT, at TEXT);
                 INSERT INTO parcels VALUES (1, '13800138000', '2019-05-01'), (2, '13800138000', '2026-05-01');"
            ),
            &(HEAD.to_owned()
                + "[tables.parcels]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\ndated = \"at\"\n[tables.parcels.columns]\nphone = \"phone, of ~, provided\"\nat = \"time, observed\"\n"),
        );
        let found = of(&desk, &[("phone", "13800138000")]);
        assert!(matches!(&found.ambiguities[..], [Ambiguity::Unproven(_)]), "{since}: {:?}", found.ambiguities);
        let picked = of(&desk, &[("phone", "13800138000"), ("member", "1")]);
        assert!(picked.ambiguities.is_empty());
        let phone: Vec<&KnownValue> = picked.set.values.iter().filter(|known| known.kind == "phone").collect();
        assert!(matches!(phone[..], [KnownValue { proven: false, .. }]), "{since}: it says of no parcel whose it is");
    }
}

#[test]
fn what_contradicts_the_person_that_is_picked_is_not_theirs() {
    let desk = Desk::new(
        &format!(
            "{MEMBERS} INSERT INTO members VALUES (1, '王芳', '13800138000', '2020-01-01', NULL),
                 (2, '李四', '13900139000', '2020-01-01', NULL), (3, '李四', '13900139000', '2020-01-01', NULL);"
        ),
        HEAD,
    );
    assert!(several(&of(&desk, &[("member", "2"), ("phone", "13800138000")])), "the number is another member's");
    let picked = of(&desk, &[("member", "2"), ("phone", "13900139000")]);
    assert!(picked.ambiguities.is_empty(), "of two who have it, one was picked: {:?}", picked.ambiguities);
    assert!(several(&of(&desk, &[("phone", "13900139000")])));
}

/// An account has customers' rows, and orders hang on those.
#[test]
fn what_hangs_on_a_person_row_that_is_somebodys_is_theirs() {
    let map = HEAD.replace("[rules]", "[person.customer]\nis = \"customers.id\"\n[rules]")
        + "[tables.customers]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.orders.columns]\ncustomer_id = \"of customers.id\"\n";
    let desk = Desk::new(
        &format!(
            "{MEMBERS} CREATE TABLE customers (id INTEGER PRIMARY KEY, member_id INTEGER, name TEXT);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, note TEXT);
             INSERT INTO members VALUES (1, 'A', '13800138000', '2020-01-01', NULL), (2, 'B', '13900139000', '2020-01-01', NULL);
             INSERT INTO customers VALUES (11, 1, 'A'), (12, 2, 'B');
             INSERT INTO orders VALUES (101, 11, 'of A'), (102, 12, 'of B');"
        ),
        &map,
    );
    let job = desk.plan([("member", "1")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<String>("SELECT group_concat(note) FROM orders"), "of B");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM customers WHERE member_id = 1"), 0);
}

/// The guide's own history table, and one of rows that hang on somebody.
#[test]
fn a_history_goes_with_what_it_is_a_history_of() {
    let map = HEAD.to_owned()
        + "[tables.posts]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.members_history]\ncopy = \"members\"\n[tables.posts_history]\ncopy = \"posts\"\n[tables.posts_history.columns]\nrow = \"key\"\n[tables.members_history.columns]\nrow = \"key\"\n";
    let desk = Desk::new(
        &format!(
            "{MEMBERS} CREATE TABLE members_history (row INTEGER PRIMARY KEY, id INTEGER, name TEXT, phone TEXT, since TEXT, until TEXT);
             CREATE TABLE posts (id INTEGER PRIMARY KEY, member_id INTEGER, note TEXT);
             CREATE TABLE posts_history (row INTEGER PRIMARY KEY, id INTEGER, member_id INTEGER, note TEXT);
             INSERT INTO members VALUES (1, 'A', '13800138000', '2020-01-01', NULL), (2, 'B', '13900139000', '2020-01-01', NULL);
             INSERT INTO members_history VALUES (1, 1, 'A', '13700137000', NULL, NULL), (2, 2, 'B', '13600136000', NULL, NULL);
             INSERT INTO posts VALUES (5, 1, 'now'), (6, 2, 'B now');
             INSERT INTO posts_history VALUES (1, 5, 1, 'before'), (2, 6, 2, 'B before'), (3, 4, 1, 'of a post that is gone');"
        ),
        &map,
    );
    let job = desk.plan([("member", "1")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<String>("SELECT group_concat(name) FROM members_history"), "B");
    assert_eq!(desk.one::<String>("SELECT group_concat(note) FROM posts_history"), "B before");
}

/// A tie between columns that the database compares differently is refused before anything is read.
#[test]
fn ends_of_a_tie_that_are_compared_differently_are_refused() {
    let map = HEAD.to_owned() + "[tables.orders]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n";
    let with = |key: &str, link: &str| {
        let members = MEMBERS.replace("id INTEGER PRIMARY KEY", &format!("id {key} PRIMARY KEY"));
        let orders = format!("CREATE TABLE orders (id INTEGER PRIMARY KEY, member_id {link}, note TEXT);");
        Desk::new(&format!("{members} {orders}"), &map)
    };
    for (key, link) in [
        ("INTEGER", "TEXT"),
        ("INTEGER", "VARCHAR(20)"),
        ("INTEGER", ""),
        ("TEXT", "INTEGER"),
        ("VARCHAR(8)", "BLOB"),
        ("TEXT", "TEXT COLLATE NOCASE"),
        ("TEXT COLLATE NOCASE", "TEXT"),
        ("TEXT", "TEXT COLLATE RTRIM"),
    ] {
        let found = with(key, link).try_map().unwrap_err();
        let differs = found.iter().any(|finding| finding.code == Code::TieComparesDifferently);
        assert!(differs, "{key} and {link}: {found:?}");
    }
    for (key, link) in [
        ("INTEGER", "BIGINT"),
        ("TEXT", "CHAR(36)"),
        ("TEXT COLLATE NOCASE", "VARCHAR(9) COLLATE nocase"),
        ("INTEGER", "NUMERIC"),
    ] {
        with(key, link).map();
    }
}

/// Addresses as people type them: nobody's case is that of a list, and a space is pasted along.
#[test]
fn case_and_a_pasted_space_hide_nobody() {
    let map = HEAD.replace(
        "phone = \"phone, proves since since until until, provided\"",
        "email = \"email, proves, provided\"\nphone = \"phone, proves, provided\"",
    ) + "[tables.letters]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.letters.columns]\nemail = \"email, of ~, provided\"\nphone = \"phone, of ~, provided\"\n";
    let desk = Desk::new(
        "CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT);
         CREATE TABLE letters (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, note TEXT);
         INSERT INTO members VALUES (1, 'A', 'iPhone@Me.com', '13800138000 '), (2, 'B', 'LiSi@example.com', NULL),
             (3, 'C', 'lisi@example.com', NULL), (4, 'D', 'd@example.com', '13900139000'), (5, 'E', NULL, ' 13900139000');
         INSERT INTO letters VALUES (1, 'IPHONE@me.com', NULL, 'a'), (2, 'iPhone@me.com ', NULL, 'b'), (3, NULL, ' 13800138000', 'c'),
             (4, 'xiphone@me.com', NULL, 'not theirs');",
        &map,
    );
    for given in ["iphone@me.com", "iPhone@me.com", "IPHONE@ME.COM"] {
        assert_eq!(keys(&of(&desk, &[("email", given)])), ["1"], "{given}");
    }
    assert!(several(&of(&desk, &[("email", "LiSi@example.com")])), "two accounts on one mailbox");
    assert!(several(&of(&desk, &[("phone", "13900139000")])), "two accounts on one number");
    let job = desk.plan([("phone", "13800138000")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<String>("SELECT group_concat(note) FROM letters"), "not theirs");
}

/// A parcel waits, the account went, and its key was given to somebody who joined since.
#[test]
fn whoever_got_the_key_of_an_erased_person_is_left_alone() {
    const SQL: &str = "
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, note TEXT);
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT, state TEXT, at TEXT);
        INSERT INTO users VALUES (1, 'B', '13900139000'), (2, 'A', '13800138000');
        INSERT INTO orders VALUES (1, 2, 'of A'), (2, 1, 'of B');
        INSERT INTO parcels VALUES (1, '13800138000', 'open', '2026-01-01');";
    const MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
name = "name, provided"
phone = "phone, proves, provided"
[tables.orders.columns]
user_id = "of users.id"
note = "free_text, provided"
[tables.parcels]
purpose = "p"
clause = "1"
basis = "contract"
dated = "at"
wait = "state = 'open'"
[tables.parcels.columns]
phone = "phone, of ~, provided"
state = "fact, observed"
at = "time, observed"
"#;
    let mut office = Office::empty().with_shop(SQL, MAP);
    let case = office.verified("delete", "account=2");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let text = |office: &Office, sql: &str| -> String { office.shop().query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(text(&office, "SELECT group_concat(name) FROM users"), "B", "the account went, and the parcel waits");
    office
        .shop()
        .execute_batch(
            "INSERT INTO users (name, phone) VALUES ('NEW', '13700137000');
             INSERT INTO orders VALUES (9, 2, 'of NEW');
             UPDATE parcels SET state = 'done';",
        )
        .unwrap();
    assert_eq!(text(&office, "SELECT name FROM users WHERE id = 2"), "NEW", "the key was given again");
    let said = office.run("purge scheduled --confirm --quiet --look look.jsonl").looks();
    assert_eq!(text(&office, "SELECT group_concat(name) FROM users"), "B,NEW");
    assert_eq!(text(&office, "SELECT group_concat(note) FROM orders"), "of B,of NEW");
    assert_eq!(text(&office, "SELECT count(*) || '' FROM parcels"), "0", "the parcel was theirs");
    assert!(office.read("look.jsonl").contains("reissued_key"), "{said}");
}

/// A row without a date waited; by the time it may go nobody can say that it did not come later.
#[test]
fn what_waited_without_a_date_is_told_and_goes_on_waiting() {
    let map = HEAD
        .replace("phone = \"phone, proves since since until until, provided\"", "phone = \"phone, proves, provided\"")
        + "[tables.parcels]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\nwait = \"state = 'open'\"\n[tables.parcels.columns]\nphone = \"phone, of ~, provided\"\nstate = \"fact, observed\"\n";
    let sql = "CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, since TEXT, until TEXT);
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT, state TEXT);
        INSERT INTO members VALUES (1, 'A', '13800138000', NULL, NULL);
        INSERT INTO parcels VALUES (1, '13800138000', 'open');";
    let mut office = Office::empty().with_shop(sql, &map);
    let case = office.verified("delete", "member=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    office.shop().execute_batch("UPDATE parcels SET state = 'done'").unwrap();
    for look in ["first.jsonl", "second.jsonl"] {
        office.run(&format!("purge scheduled --confirm --quiet --look {look}")).looks();
        assert!(office.read(look).contains("undecided"), "{}", office.read(look));
    }
}

/// Who had a number until some day is not struck out of what its next holder wrote of themselves.
#[test]
fn a_number_that_was_given_up_is_struck_out_of_texts_of_its_time_alone() {
    let map = HEAD.to_owned()
        + "[tables.posts]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\ndated = \"at\"\nmentions = \"scan\"\n[tables.posts.columns]\nat = \"time, observed\"\n[tables.notes]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\nmentions = \"scan\"\n";
    let desk = Desk::new(
        &format!(
            "{MEMBERS} CREATE TABLE posts (id INTEGER PRIMARY KEY, member_id INTEGER, note TEXT, at TEXT);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, member_id INTEGER, note TEXT);
             INSERT INTO members VALUES (1, 'A', '13800138000', '2020-01-01', '2024-01-01'), (2, 'NEW', '13800138000', '2025-01-01', NULL);
             INSERT INTO posts VALUES (1, 2, 'my number is 13800138000', '2026-01-01'), (2, 2, 'call 13800138000', '2022-05-01');
             INSERT INTO notes VALUES (1, 2, 'is it 13800138000?');"
        ),
        &map,
    );
    let job = desk.plan([("member", "1")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<String>("SELECT note FROM posts WHERE id = 1"), "my number is 13800138000");
    assert_eq!(desk.one::<String>("SELECT note FROM posts WHERE id = 2"), "call 138******00");
    assert_eq!(desk.one::<String>("SELECT note FROM notes"), "is it 13800138000?", "without a date nobody knows");
    // its holder of today is found in all of them
    let job = desk.plan([("member", "2")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM posts"), 0);
}

/// A number is issued again: what was written of it before its holder had it is somebody else's. What bears no date may be
/// of whoever has it today.
#[test]
fn a_number_that_was_issued_again_is_left_in_texts_from_before_its_holder_had_it() {
    let map = HEAD.to_owned()
        + "[tables.posts]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\ndated = \"at\"\nmentions = \"scan\"\n[tables.posts.columns]\nat = \"time, observed\"\n[tables.notes]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\nmentions = \"scan\"\n";
    let desk = Desk::new(
        &format!(
            "{MEMBERS} CREATE TABLE posts (id INTEGER PRIMARY KEY, member_id INTEGER, note TEXT, at TEXT);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, member_id INTEGER, note TEXT);
             INSERT INTO members VALUES (1, 'A', '13700137000', '2024-06-01', NULL), (2, 'NEW', '13800138000', '2025-03-02 12:00:00', NULL);
             INSERT INTO posts VALUES (1, 1, 'my number is 13800138000', '2022-05-01'), (2, 1, 'it was 13800138000', '2025-03-01 23:59:59'),
                (3, 1, 'call 13800138000', '2025-03-02'), (4, 1, 'call 13800138000 now', '2026-01-01');
             INSERT INTO notes VALUES (1, 1, 'is it 13800138000?');"
        ),
        &map,
    );
    let job = desk.plan([("member", "2")]).unwrap();
    desk.apply(&job).unwrap();
    let texts: Vec<String> = (1..5).map(|id| desk.one(&format!("SELECT note FROM posts WHERE id = {id}"))).collect();
    let expected = ["my number is 13800138000", "it was 13800138000", "call 138******00", "call 138******00 now"];
    assert_eq!(texts, expected);
    assert_eq!(desk.one::<String>("SELECT note FROM notes"), "is it 138******00?");
}

/// Where nothing in a row proves who it is, what never changes in it tells that the key is another's by now.
#[test]
fn a_key_that_was_given_again_between_identification_and_copy_is_noticed() {
    let map = HEAD
        .replace("phone = \"phone, proves since since until until, provided\"", "phone = \"phone, provided\"")
        .replace("\"*.name\" = \"name, provided\"", "\"*.name\" = \"nickname, provided\"")
        .replace("[tables.members]\n", "[tables.members]\nimmutable = [\"since\"]\n");
    let people = "INSERT INTO members VALUES (1, 'a', NULL, '2020-01-01', NULL), (2, 'b', NULL, '2021-01-01', NULL);";
    let mut office = Office::empty().with_shop(&format!("{MEMBERS} {people}"), &map);
    let case = office.verified("copy", "member=2");
    let mut unchanged = office.copied();
    unchanged.run(&format!("export {case} --no-zip --quiet")).done();
    office
        .shop()
        .execute_batch(
            "DELETE FROM members WHERE id = 2; INSERT INTO members VALUES (2, 'stranger', NULL, '2026-01-01', NULL)",
        )
        .unwrap();
    office.run(&format!("export {case} --no-zip --quiet")).refused("identity_changed");
    assert!(!office.path("packages").join(case).exists());
}
