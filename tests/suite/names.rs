//! Names that stand in other rows than the person's own: they decide whose the rows under their number are as well.

use droit::{
    case::Identity,
    data_map::classified::Classified,
    database::locate::{self, Ambiguity, Attribution, Closed, Walk},
    value::{Key, Value},
};
use jiff::tz::TimeZone;

use crate::desk::{Desk, now};

const HEAD: &str = r#"version = 1
controller = "C"
time_zone = "UTC"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
"*.at" = "time, observed"
"users.*" = "fact"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.profiles]
purpose = "p"
clause = "1"
basis = "contract"
[tables.parcels]
purpose = "p"
clause = "1"
basis = "contract"
[tables.parcels.columns]
name = "name, provided"
phone = "phone, of ~, provided"
"#;

/// A profile of 王芳, whose number it proves, and a parcel to that number under `parcel`'s name. The profile's columns and
/// what the map says of them lead to the account.
fn desk(tables: &str, map: &str, parcel: &str) -> Desk {
    let sql = format!(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
         INSERT INTO parcels VALUES (1, '{parcel}', '13800138001');
         {tables}"
    );
    Desk::new(&sql, &format!("{HEAD}{map}"))
}

/// How a profile leads to the account: the tables, and what the map says of them.
const WAYS: [(&str, &str); 4] = [
    // by another unique column of the person's row
    (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, uno INTEGER UNIQUE);
         CREATE TABLE profiles (id INTEGER PRIMARY KEY, owner INTEGER, name TEXT, phone TEXT);
         INSERT INTO users VALUES (1, 71), (2, 72);
         INSERT INTO profiles VALUES (5, 71, '王芳', '13800138001'), (6, 72, '外人', '13800138002');",
        "[tables.profiles.columns]\nowner = \"of users.uno\"\nname = \"name, provided\"\nphone = \"phone, proves, provided\"\n",
    ),
    // by a key of two columns
    (
        "CREATE TABLE users (tenant INTEGER NOT NULL, no INTEGER NOT NULL, id INTEGER UNIQUE, PRIMARY KEY (tenant, no));
         CREATE TABLE profiles (id INTEGER PRIMARY KEY, tenant INTEGER, owner INTEGER, name TEXT, phone TEXT);
         INSERT INTO users VALUES (1, 1, 1), (1, 2, 2), (2, 1, 3);
         INSERT INTO profiles VALUES (5, 1, 1, '王芳', '13800138001'), (6, 2, 1, '外人', '13800138002');",
        "[tables.profiles.columns]\ntenant = \"fact\"\nowner = \"of users.no within tenant\"\nname = \"name, provided\"\n\
         phone = \"phone, proves, provided\"\n",
    ),
    // in a role
    (
        "CREATE TABLE users (id INTEGER PRIMARY KEY);
         CREATE TABLE profiles (id INTEGER PRIMARY KEY, owner INTEGER, friend INTEGER, name TEXT, phone TEXT);
         INSERT INTO users VALUES (1), (2);
         INSERT INTO profiles VALUES (5, 1, 2, '王芳', '13800138001'), (6, 2, 1, '外人', '13800138002');",
        "[tables.profiles.columns]\nowner = \"owner of users.id\"\nfriend = \"friend of users.id\"\n\
         name = \"owner.name, provided\"\nphone = \"owner.phone, proves, provided\"\n",
    ),
    // over a table between them
    (
        "CREATE TABLE users (id INTEGER PRIMARY KEY);
         CREATE TABLE logins (id INTEGER PRIMARY KEY, owner INTEGER);
         CREATE TABLE profiles (id INTEGER PRIMARY KEY, login INTEGER, name TEXT, phone TEXT);
         INSERT INTO users VALUES (1), (2);
         INSERT INTO logins VALUES (31, 1), (32, 2);
         INSERT INTO profiles VALUES (5, 31, '王芳', '13800138001'), (6, 32, '外人', '13800138002');",
        "[tables.profiles.columns]\nlogin = \"of logins.id\"\nname = \"name, provided\"\nphone = \"phone, proves, provided\"\n\
         [tables.logins]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.logins.columns]\nowner = \"of users.id\"\n",
    ),
];

fn close(desk: &Desk, given: &[(&str, &str)]) -> Closed {
    let identity = Identity::of(given.iter().copied());
    locate::close(&desk.map(), &identity, &TimeZone::UTC, now(), &mut *desk.reader().unwrap()).unwrap()
}

/// How many parcels are theirs, and of how many nobody can tell.
fn parcels(desk: &Desk, map: &Classified, subject: droit::case::IdentitySet) -> (u32, u32) {
    let (subjects, mut reader) = (vec![subject], desk.reader().unwrap());
    let walk = Walk::new(map, &subjects, Attribution::Each, TimeZone::UTC, &mut *reader).unwrap();
    let table = map.tables.iter().position(|table| table.name.to_string() == "parcels").unwrap();
    let (mut theirs, mut doubtful) = (0, 0);
    if let Some(select) = walk.select(table) {
        let each = &mut |holding: locate::Holding| {
            *(if holding.doubt.is_some() { &mut doubtful } else { &mut theirs }) += 1;
            droit::database::Flow::Continue
        };
        walk.holdings(table, select, &mut *reader, each).unwrap();
    }
    (theirs, doubtful)
}

#[test]
fn a_name_that_a_key_makes_the_persons_contradicts_another_one_under_their_number() {
    for (tables, columns) in WAYS {
        let another = desk(tables, columns, "外人");
        for given in
            [&[("account", "1")][..], &[("phone", "13800138001")], &[("phone", "13800138001"), ("name", "外人")]]
        {
            let found = close(&another, given);
            let names = |one: &Ambiguity| matches!(one, Ambiguity::SeveralNames { .. });
            assert!(found.ambiguities.iter().any(names), "{columns}: {given:?}: {:?}", found.ambiguities);
        }
        // what a person says decides
        let decided = close(&another, &[("account", "1"), ("name", "王芳")]);
        assert!(decided.ambiguities.is_empty(), "{columns}: {:?}", decided.ambiguities);
        assert_eq!(parcels(&another, &another.map(), decided.set), (0, 1), "{columns}");
        // and the same name is theirs without
        let same = desk(tables, columns, "王芳");
        let found = close(&same, &[("account", "1")]);
        assert!(found.ambiguities.is_empty(), "{columns}: {:?}", found.ambiguities);
        assert_eq!(parcels(&same, &same.map(), found.set), (1, 0), "{columns}");
    }
}

/// Nobody is asked in a purge: where the person's name is known by a key, rows under it are theirs and others are not.
#[test]
fn a_purge_reads_the_name_by_whatever_key_of_the_persons_row() {
    for (tables, columns) in &WAYS[..2] {
        for (name, expected) in [("外人", (0, 1)), ("王芳", (1, 0))] {
            let desk = desk(tables, columns, name);
            let (map, key) = (desk.map(), Key(vec![Value::Integer(1)]));
            let mut reader = desk.reader().unwrap();
            let sets = locate::close_many(&map, &map.persons[0], &[key], &TimeZone::UTC, &mut *reader).unwrap();
            assert_eq!(parcels(&desk, &map, sets[0].clone()), expected, "{columns}: {name}");
        }
    }
}
