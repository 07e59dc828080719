//! Whose a row is where keys alone do not say it: links that mean somebody in some rows only, links that are empty, keys
//! and values that the engine compares otherwise than droit does, people whose rows are other people's.

use droit::{
    case::Identity,
    data_map::finding::Code,
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
            theirs.push(key);
        } else {
            doubtful.push(key);
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

/// Where a link may not be NULL something else stands for nobody, and guests are not one person.
#[test]
fn what_stands_for_an_empty_link_is_nobody() {
    for nobody in ["0", "''", "-1"] {
        let desk = Desk::new(
            &format!(
                "{TABLES}
                 CREATE TABLE codes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, phone TEXT);
                 INSERT INTO codes VALUES (1, {nobody}, '13800138000'), (2, {nobody}, '13700137000');
                 INSERT INTO parcels VALUES (1, '13800138000', ''), (2, '13700137000', '');"
            ),
            &(HEAD.to_owned()
                + "[tables.codes.columns]\nuser_id = \"of users.id\"\nphone = \"phone, proves, of ~, provided\"\n"),
        );
        assert!(people(&close(&desk, &[("phone", "13800138000")])).is_empty(), "{nobody}");
        assert_eq!(rows(&desk, &[("phone", "13800138000")], "parcels"), (vec![1], vec![]), "{nobody}");
        assert_eq!(rows(&desk, &[("phone", "13700137000")], "codes").0, vec![2], "{nobody}");
    }
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

/// The engine finds more than was asked for: another case, and numbers without their zeros.
#[test]
fn what_the_engine_takes_for_the_value_and_its_kind_does_not_is_not_the_value() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, username TEXT);
         CREATE TABLE logins (id INTEGER PRIMARY KEY, user_id INTEGER, username TEXT COLLATE NOCASE);
         CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT COLLATE NOCASE);
         CREATE TABLE badges (id INTEGER PRIMARY KEY, no INTEGER);
         INSERT INTO users VALUES (1, NULL, 'Wang'), (2, NULL, 'wang'), (3, NULL, '00123'), (4, NULL, '123');
         INSERT INTO logins VALUES (1, 2, 'wang');
         INSERT INTO posts VALUES (1, 'Wang'), (2, 'wang'), (3, 'WANG');
         INSERT INTO badges VALUES (1, 123), (2, '00123');",
        &(HEAD[..HEAD.find("[tables.parcels]").unwrap()].to_owned()
            + r#"username = "username, proves, provided"
[tables.logins.columns]
user_id = "of users.id"
username = "username, proves, provided"
[tables.posts]
purpose = "p"
clause = "1"
basis = "contract"
[tables.posts.columns]
author = "username, of ~, provided"
[tables.badges]
purpose = "p"
clause = "1"
basis = "contract"
[tables.badges.columns]
no = "username, of ~, provided"
"#),
    );
    for (account, username, posts) in [("1", "Wang", vec![1]), ("2", "wang", vec![2])] {
        assert_eq!(rows(&desk, &[("account", account)], "posts"), (posts, vec![]), "{username}");
        assert_eq!(people(&close(&desk, &[("username", username)])), [format!("account={account}")]);
    }
    assert!(people(&close(&desk, &[("username", "WANG")])).is_empty());
    // both stand in the column as the number 123
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM badges WHERE typeof(no) = 'integer' AND no = 123"), 2);
    assert_eq!(rows(&desk, &[("account", "3")], "badges"), (vec![], vec![]));
    assert_eq!(rows(&desk, &[("account", "4")], "badges"), (vec![1, 2], vec![]));
}

/// Comments of guests bear an address alone; those of users a key as well, and it says who wrote them.
#[test]
fn a_key_in_the_rows_case_contradicts_the_value_beside_it() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
         CREATE TABLE comments (id INTEGER PRIMARY KEY, author_type TEXT, author_id INTEGER, email TEXT);
         INSERT INTO users VALUES (1, 'Ann', 'ann@example.com'), (2, 'Bob', 'bob@example.com');
         INSERT INTO comments VALUES (1, 'Guest', NULL, 'ann@example.com'), (2, 'User', 2, 'ann@example.com'),
             (3, 'User', 1, 'ann@example.com'), (4, 'Guest', 2, 'ann@example.com'), (5, 'user', 2, 'ann@example.com');",
        &(HEAD[..HEAD.find("[tables.parcels]").unwrap()].to_owned()
            + r#"email = "email, proves, provided"
[tables.comments]
purpose = "p"
clause = "1"
basis = "contract"
case = "author_type"
[tables.comments.columns]
author_type = "fact, observed"
author_id = { User = "of users.id", Guest = "fact, observed" }
email = "email, of ~, provided"
"#),
    );
    assert_eq!(rows(&desk, &[("account", "1")], "comments"), (vec![1, 3, 4], vec![2, 5]));
}

#[test]
fn a_name_that_is_one_in_some_cases_is_read_in_those() {
    let desk = Desk::new(
        &format!(
            "{TABLES} ALTER TABLE users ADD phone TEXT;
             CREATE TABLE bookings (id INTEGER PRIMARY KEY, sort TEXT, phone TEXT, label TEXT);
             UPDATE users SET phone = '13800138000' WHERE id = 1;
             INSERT INTO bookings VALUES (1, 'PERSON', '13800138000', '王小明'), (2, 'PERSON', '13800138000', '赵敏'),
                 (3, 'THING', '13800138000', '椅子');"
        ),
        &(HEAD.replace("[tables.users.columns]\n", "[tables.users.columns]\nphone = \"phone, proves, provided\"\n")
            + r#"[tables.bookings]
purpose = "p"
clause = "1"
basis = "contract"
case = "sort"
[tables.bookings.columns]
sort = "fact, observed"
phone = "phone, of ~, provided"
label = { PERSON = "name, provided", THING = "fact, observed" }
"#),
    );
    let found = close(&desk, &[("account", "1")]);
    let names = [("赵敏".to_owned(), 1)];
    assert!(
        matches!(&found.ambiguities[..], [Ambiguity::SeveralNames { names: said, .. }] if said[..] == names),
        "{:?}",
        found.ambiguities
    );
    assert_eq!(rows(&desk, &[("account", "1"), ("name", "王小明")], "bookings"), (vec![1, 3], vec![2]));
    // a purge asks nobody
    let (map, key) = (desk.map(), Key(vec![1.into()]));
    let person = &map.persons[0];
    let sets = locate::close_many(&map, person, &[key], &zone(), &mut *desk.reader().unwrap()).unwrap();
    assert_eq!(rows_of(&desk, &sets[0], "bookings"), (vec![1, 3], vec![2]));
}

/// An account has customers; what these prove is no other person's.
fn customers() -> Desk {
    let map = HEAD.replace("[rules]", "[person.customer]\nis = \"customers.id\"\n[rules]")
        + r#"[tables.customers]
purpose = "p"
clause = "1"
basis = "contract"
[tables.customers.columns]
user_id = "of users.id"
phone = "phone, proves, provided"
"#;
    Desk::new(
        &format!(
            "{TABLES}
             CREATE TABLE customers (id INTEGER PRIMARY KEY, user_id INTEGER, phone TEXT);
             INSERT INTO customers VALUES (10, 1, '13800138000'), (11, 2, '13900139000'), (12, NULL, '13700137000'),
                 (13, 1, '13600136000'), (14, NULL, '13500135000'), (15, 2, '13500135000');
             INSERT INTO parcels VALUES (1, '13800138000', ''), (2, '13700137000', ''), (3, '13600136000', ''),
                 (4, '13900139000', ''), (5, '13500135000', '');"
        ),
        &map,
    )
}

#[test]
fn people_whose_rows_are_the_persons_do_not_contest_their_number() {
    let desk = customers();
    assert_eq!(rows(&desk, &[("account", "1")], "parcels"), (vec![1, 3], vec![]));
    assert_eq!(rows(&desk, &[("customer", "10")], "parcels"), (vec![1], vec![]));
    assert_eq!(rows(&desk, &[("customer", "12")], "parcels"), (vec![2], vec![]), "a guest's");
    let found = close(&desk, &[("phone", "13800138000")]);
    assert_eq!((people(&found), found.ambiguities.len()), (vec!["account=1".to_owned(), "customer=10".to_owned()], 0));
    assert_eq!(
        rows(&desk, &[("account", "1"), ("customer", "10"), ("customer", "13")], "parcels"),
        (vec![1, 3], vec![])
    );
    // a guest who is nobody's customer does
    assert_eq!(rows(&desk, &[("account", "2")], "parcels"), (vec![4], vec![5]));
    assert_eq!(rows(&desk, &[("customer", "14")], "parcels"), (vec![], vec![5]));
    let several = close(&desk, &[("phone", "13500135000")]);
    assert!(several.ambiguities.iter().any(|one| matches!(one, Ambiguity::SeveralPersons(_))));
}

/// Where a proof stands, and what leads from there to the account.
#[test]
fn a_proof_is_followed_along_keys_to_the_person() {
    let numbers = "(1, '13800138000'), (2, '13900139000')";
    for (tables, map) in [
        // over a table between them
        (
            "CREATE TABLE profiles (pid INTEGER PRIMARY KEY, user_id INTEGER);
             CREATE TABLE phones (id INTEGER PRIMARY KEY, profile INTEGER, phone TEXT);
             INSERT INTO profiles VALUES (11, 1), (12, 2);
             INSERT INTO phones (profile, phone) SELECT column1 + 10, column2 FROM (VALUES ?)",
            "[tables.profiles.columns]\npid = \"key\"\nuser_id = \"of users.id\"\n[tables.phones.columns]\nprofile = \"of profiles.pid\"\nphone = \"phone, proves, provided\"\n",
        ),
        // by another column of the person's row
        (
            "ALTER TABLE users ADD login TEXT; UPDATE users SET login = 'u' || id; CREATE UNIQUE INDEX by_login ON users (login);
             CREATE TABLE phones (id INTEGER PRIMARY KEY, login TEXT, phone TEXT);
             INSERT INTO phones (login, phone) SELECT 'u' || column1, column2 FROM (VALUES ?)",
            "[tables.phones.columns]\nlogin = \"of users.login\"\nphone = \"phone, proves, provided\"\n",
        ),
        // in a role
        (
            "CREATE TABLE phones (id INTEGER PRIMARY KEY, owner INTEGER, friend INTEGER, phone TEXT);
             INSERT INTO phones (owner, friend, phone) SELECT column1, 3 - column1, column2 FROM (VALUES ?)",
            "[tables.phones.columns]\nowner = \"owner of users.id\"\nfriend = \"friend of users.id\"\nphone = \"owner.phone, proves, provided\"\n",
        ),
    ] {
        let users = if map.contains("login") { "login = \"username, provided\"\n" } else { "" };
        let head = HEAD.replace("[tables.parcels]", &format!("{users}[tables.parcels]"));
        let desk = Desk::new(
            &format!(
                "{TABLES} {}; INSERT INTO parcels VALUES (1, '13800138000', ''), (2, '13900139000', '');",
                tables.replace('?', numbers)
            ),
            &(head + map),
        );
        for (account, phone, parcel) in [("1", "13800138000", 1), ("2", "13900139000", 2)] {
            assert_eq!(rows(&desk, &[("account", account)], "parcels"), (vec![parcel], vec![]), "{map}");
            assert_eq!(people(&close(&desk, &[("phone", phone)])), [format!("account={account}")], "{map}");
        }
    }
}

#[test]
fn a_proof_that_leads_to_nobody_is_refused() {
    let contacts = |tables: &str, map: &str| {
        let desk = Desk::new(&format!("{TABLES} {tables}"), &(HEAD.to_owned() + map));
        let found = desk.try_map().unwrap_err();
        found.iter().filter(|one| one.refuses()).map(|one| (one.code, one.place.clone())).collect::<Vec<_>>()
    };
    let place = |place: &str| vec![(Code::ProofLeadsNowhere, place.to_owned())];
    // the number is another one's than the row
    assert_eq!(
        contacts(
            "CREATE TABLE contacts (id INTEGER PRIMARY KEY, user_id INTEGER, phone TEXT);",
            "[tables.contacts.columns]\nuser_id = \"of users.id\"\nphone = \"contact.phone, contact of ~, proves, provided\"\n"
        ),
        place("contacts.phone")
    );
    // nothing but the number itself ties the row
    assert_eq!(
        contacts(
            "CREATE TABLE lists (id INTEGER PRIMARY KEY, phone TEXT);",
            "[tables.lists]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.lists.columns]\nphone = \"phone, of ~, proves, provided\"\n"
        ),
        place("lists.phone")
    );
    // the row on the way is somebody's in some cases only
    assert_eq!(
        contacts(
            "CREATE TABLE profiles (id INTEGER PRIMARY KEY, sort TEXT, user_id INTEGER);
             CREATE TABLE phones (id INTEGER PRIMARY KEY, profile INTEGER, phone TEXT);",
            "[tables.profiles]\ncase = \"sort\"\n[tables.profiles.columns]\nsort = \"fact\"\nuser_id = { User = \"of users.id\", \"*\" = \"fact\" }\n[tables.phones.columns]\nprofile = \"of profiles.id\"\nphone = \"phone, proves, provided\"\n"
        ),
        place("phones.phone")
    );
    // whose number it is, is said; whom that person belongs to, in some cases only
    let customers = "[tables.customers]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\ncase = \"sort\"\n[tables.customers.columns]\nsort = \"fact\"\nuser_id = { User = \"of users.id\", \"*\" = \"fact\" }\n[tables.phones.columns]\ncustomer = \"of customers.id\"\nphone = \"phone, proves, provided\"\n";
    let desk = Desk::new(
        &format!(
            "{TABLES} CREATE TABLE customers (id INTEGER PRIMARY KEY, sort TEXT, user_id INTEGER);
             CREATE TABLE phones (id INTEGER PRIMARY KEY, customer INTEGER, phone TEXT);
             INSERT INTO customers VALUES (5, 'User', 1);
             INSERT INTO phones VALUES (1, 5, '13800138000');"
        ),
        &(HEAD.replace("[rules]", "[person.customer]\nis = \"customers.id\"\n[rules]") + customers),
    );
    assert_eq!(people(&close(&desk, &[("phone", "13800138000")])), ["customer=5"]);
}

/// An address names nobody; users name addresses.
#[test]
fn a_row_that_nobody_points_at_is_told_by_its_value() {
    let desk = Desk::new(
        &format!(
            "{TABLES} ALTER TABLE users ADD phone TEXT; ALTER TABLE users ADD address_id INTEGER;
             CREATE TABLE addresses (id INTEGER PRIMARY KEY, phone TEXT);
             UPDATE users SET phone = '13800138000', address_id = 1 WHERE id = 1;
             UPDATE users SET phone = '13900139000', address_id = 4 WHERE id = 2;
             INSERT INTO addresses VALUES (1, '13800138000'), (2, '13800138000'), (3, '13700137000'), (4, '13800138000');"
        ),
        &(HEAD.replace(
            "[tables.users.columns]\n",
            "[tables.users.columns]\nphone = \"phone, proves, provided\"\naddress_id = \"key\"\n",
        ) + r#"[tables.addresses]
purpose = "p"
clause = "1"
basis = "contract"
[tables.addresses.columns]
id = "key, of users.address_id"
phone = "phone, of ~, provided"
"#),
    );
    assert_eq!(rows(&desk, &[("account", "1")], "addresses"), (vec![1, 2], vec![4]), "the fourth is another's");
    assert_eq!(rows(&desk, &[("account", "2")], "addresses"), (vec![4], vec![]));
    assert_eq!(rows(&desk, &[("phone", "13700137000")], "addresses"), (vec![3], vec![]));
}
