//! Whose a row is where keys alone do not say it: links that mean somebody in some rows only, links that are empty, keys
//! and values that the engine compares otherwise than droit does, people whose rows are other people's.

use droit::{
    case::Identity,
    database::locate::{self, Ambiguity, Attribution, Closed, Walk},
    value::Key,
};
use jiff::tz::TimeZone;

use crate::desk::Desk;

/// People with an account, and parcels that a number ties.
const HEAD: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
"*.what" = "fact, observed"
"*.at" = "time, observed"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
name = "name, provided"
[tables.parcels]
purpose = "p"
clause = "1"
basis = "contract"
[tables.parcels.columns]
phone = "phone, of ~, provided"
"#;

const TABLES: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT, what TEXT);
    INSERT INTO users VALUES (1, '王小明'), (2, '李静');";

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn close(desk: &Desk, given: &[(&str, &str)]) -> Closed {
    let identity = Identity::of(given.iter().copied());
    locate::close(&desk.map(), &identity, &zone(), crate::desk::now(), &mut *desk.reader().unwrap()).unwrap()
}

/// `word=key` of everybody found.
fn people(closed: &Closed) -> Vec<String> {
    let one = |(word, keys): (&String, &std::collections::BTreeSet<Key>)| {
        keys.iter().map(|key| format!("{word}={}", key.0[0].to_canonical_text())).collect::<Vec<_>>()
    };
    closed.set.persons.iter().flat_map(one).collect()
}

/// The keys of the rows of a table that are somebody's, and of those of which nobody can tell; a purge, which takes many
/// people at once, must say the same.
#[track_caller]
fn rows(desk: &Desk, given: &[(&str, &str)], table: &str) -> (Vec<i64>, Vec<i64>) {
    let closed = close(desk, given);
    assert!(closed.ambiguities.is_empty(), "{given:?}: {:?}", closed.ambiguities);
    let found = rows_of(desk, &closed.set, table);
    let map = desk.map();
    if let [(word, _)] = given
        && let Some(person) = map.persons.iter().find(|person| person.name == *word)
    {
        let keys: Vec<Key> = closed.set.persons[*word].iter().cloned().collect();
        let sets = locate::close_many(&map, person, &keys, &zone(), &mut *desk.reader().unwrap()).unwrap();
        assert_eq!(rows_of(desk, &sets[0], table), found, "{given:?} among many");
    }
    found
}

fn rows_of(desk: &Desk, set: &droit::case::IdentitySet, table: &str) -> (Vec<i64>, Vec<i64>) {
    let (map, mut database) = (desk.map(), desk.reader().unwrap());
    let walk = Walk::new(&map, std::slice::from_ref(set), Attribution::Each, zone(), &mut *database).unwrap();
    let id = map.tables.iter().position(|held| held.name.name == table).unwrap();
    let (mut theirs, mut doubtful) = (Vec::new(), Vec::new());
    let Some(select) = walk.select(id) else { return (theirs, doubtful) };
    walk.holdings(id, select, &mut *database, &mut |holding| {
        let key = holding.key.0[0].to_canonical_text().parse().unwrap();
        if holding.doubt.is_none() {
            theirs.push(key)
        } else {
            doubtful.push(key)
        }
        droit::database::Flow::Continue
    })
    .unwrap();
    (theirs, doubtful)
}

/// Numbers of users and of shops in one table, as frameworks make it.
fn contact_points() -> Desk {
    Desk::new(
        &format!(
            "{TABLES}
             CREATE TABLE shops (id INTEGER PRIMARY KEY, user_id INTEGER, what TEXT);
             CREATE TABLE contact_points (id INTEGER PRIMARY KEY, owner_type TEXT, owner_id INTEGER, phone TEXT);
             INSERT INTO shops VALUES (1, 2, 'of Li');
             INSERT INTO contact_points VALUES (1, 'User', 1, '13800138000'), (2, 'Shop', 1, '13900139000'),
                 (3, 'User', 2, '13700137000'), (4, 'user', 1, '13600136000');
             INSERT INTO parcels VALUES (1, '13800138000', 'of Wang'), (2, '13900139000', 'of the shop'),
                 (3, '13700137000', 'of Li'), (4, '13600136000', 'nobody can tell');"
        ),
        &(HEAD.to_owned()
            + r#"[tables.shops.columns]
user_id = "of users.id"
[tables.contact_points]
case = "owner_type"
[tables.contact_points.columns]
owner_type = "fact, observed"
owner_id = { User = "of users.id", Shop = "of shops.id" }
phone = "phone, proves, provided"
"#),
    )
}

#[test]
fn a_number_is_a_persons_only_in_rows_in_which_the_link_means_them() {
    let desk = contact_points();
    assert_eq!(people(&close(&desk, &[("phone", "13800138000")])), ["account=1"]);
    assert_eq!(people(&close(&desk, &[("phone", "13900139000")])), ["account=2"], "the shop is theirs");
    let unclear = close(&desk, &[("phone", "13600136000")]);
    assert!(people(&unclear).is_empty());
    assert!(matches!(&unclear.ambiguities[..], [Ambiguity::Unproven(_)]), "{:?}", unclear.ambiguities);
    assert_eq!(rows(&desk, &[("account", "1")], "parcels"), (vec![1], vec![]));
    assert_eq!(rows(&desk, &[("account", "2")], "parcels"), (vec![2, 3], vec![]));
    let database = rusqlite::Connection::open(desk.path()).unwrap();
    database.execute("DELETE FROM contact_points WHERE owner_type = 'user'", []).unwrap();
    let job = desk.plan([("account", "1")]).unwrap();
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<String>("SELECT group_concat(id) FROM (SELECT id FROM parcels ORDER BY id)"), "2,3,4");
}

/// Rows of one table name the same person table by several columns, each in cases of its own.
#[test]
fn each_tie_of_a_table_is_a_way_of_its_own() {
    let desk = Desk::new(
        &format!(
            "{TABLES}
             CREATE TABLE numbers (id INTEGER PRIMARY KEY, sort TEXT, a INTEGER, b INTEGER, phone TEXT);
             INSERT INTO numbers VALUES (1, 'first', 1, 2, '13800138000'), (2, 'second', 1, 2, '13900139000');
             INSERT INTO parcels VALUES (1, '13800138000', ''), (2, '13900139000', '');"
        ),
        &(HEAD.to_owned()
            + r#"[tables.numbers]
case = "sort"
[tables.numbers.columns]
sort = "fact, observed"
a = { first = "of users.id", second = "by users.id" }
b = { first = "by users.id", second = "of users.id" }
phone = "phone, proves, provided"
"#),
    );
    assert_eq!(rows(&desk, &[("account", "1")], "parcels"), (vec![1], vec![]));
    assert_eq!(rows(&desk, &[("account", "2")], "parcels"), (vec![2], vec![]));
    assert_eq!(people(&close(&desk, &[("phone", "13900139000")])), ["account=2"]);
}

/// A row of two people proves its number for both, and so tells of no parcel whose it is.
#[test]
fn a_number_in_a_row_of_two_people_is_both_of_theirs() {
    let desk = Desk::new(
        &format!(
            "{TABLES}
             CREATE TABLE joint (id INTEGER PRIMARY KEY, a_id INTEGER, b_id INTEGER, phone TEXT);
             INSERT INTO joint VALUES (1, 1, 2, '13800138000');
             INSERT INTO parcels VALUES (1, '13800138000', '');"
        ),
        &(HEAD.to_owned()
            + "[tables.joint.columns]\na_id = \"of users.id\"\nb_id = \"of users.id\"\nphone = \"phone, proves, provided\"\n"),
    );
    let found = close(&desk, &[("phone", "13800138000")]);
    assert_eq!(people(&found), ["account=1", "account=2"]);
    assert!(matches!(&found.ambiguities[..], [Ambiguity::SeveralPersons(_)]), "{:?}", found.ambiguities);
    assert_eq!(rows(&desk, &[("account", "1")], "parcels"), (vec![], vec![1]));
    assert_eq!(rows(&desk, &[("account", "2")], "parcels"), (vec![], vec![1]));
}

/// Codes are sent to numbers before there is an account; guests have none.
#[test]
fn an_empty_link_is_nobody() {
    let desk = Desk::new(
        &format!(
            "{TABLES}
             CREATE TABLE codes (id INTEGER PRIMARY KEY, user_id INTEGER, phone TEXT);
             INSERT INTO codes VALUES (1, NULL, '13800138000'), (2, 1, '13800138000'), (3, NULL, '13700137000');
             INSERT INTO parcels VALUES (1, '13800138000', ''), (2, '13700137000', '');"
        ),
        &(HEAD.to_owned() + "[tables.codes.columns]\nuser_id = \"of users.id\"\nphone = \"phone, proves, provided\"\n"),
    );
    assert_eq!(people(&close(&desk, &[("phone", "13800138000")])), ["account=1"]);
    assert!(people(&close(&desk, &[("phone", "13700137000")])).is_empty());
    assert_eq!(rows(&desk, &[("phone", "13800138000")], "parcels"), (vec![1], vec![]));
    assert_eq!(rows(&desk, &[("account", "1")], "parcels"), (vec![1], vec![]));
}

/// The engine takes both for one key; whoever it is has one row.
#[test]
fn a_key_is_the_one_in_the_persons_own_row() {
    for (key, link, own, written) in [
        ("TEXT COLLATE NOCASE", "TEXT COLLATE NOCASE", "'Wang'", "'wang'"),
        ("TEXT COLLATE RTRIM", "TEXT COLLATE RTRIM", "'Wang'", "'Wang  '"),
        ("INTEGER", "REAL", "1", "1"),
    ] {
        let desk = Desk::new(
            &format!(
                "CREATE TABLE users (id {key} PRIMARY KEY NOT NULL, name TEXT, phone TEXT);
                 CREATE TABLE log (id INTEGER PRIMARY KEY, user_id {link}, phone TEXT);
                 CREATE TABLE parcels (id INTEGER PRIMARY KEY, user_id {link}, phone TEXT);
                 INSERT INTO users VALUES ({own}, '王小明', '13800138000');
                 INSERT INTO log VALUES (1, {written}, '13800138000'), (2, {written}, '13900139000');
                 INSERT INTO parcels VALUES (1, {written}, '13800138000'), (2, NULL, '13900139000');"
            ),
            &(HEAD
                .replace("[tables.users.columns]\n", "[tables.users.columns]\nphone = \"phone, proves, provided\"\n")
                + "user_id = \"of users.id\"\n[tables.log.columns]\nuser_id = \"of users.id\"\nphone = \"phone, proves, provided\"\n"),
        );
        let own = own.trim_matches('\'');
        for phone in ["13800138000", "13900139000"] {
            assert_eq!(people(&close(&desk, &[("phone", phone)])), [format!("account={own}")], "{key}");
        }
        assert_eq!(rows(&desk, &[("phone", "13900139000")], "parcels"), (vec![1, 2], vec![]), "{key}");
        assert_eq!(rows(&desk, &[("account", own)], "parcels"), (vec![1, 2], vec![]), "{key}");
    }
}
