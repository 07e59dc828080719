//! Databases that droit must refuse, or serve although they are strange. Each refusal is one clear error with a stable
//! code, quotes no value of a person, and leaves the file as it was.

mod drift;
mod files;
mod journals;
mod keys;
mod locks;
mod permissions;
mod shadows;
mod side_effects;
mod size;
mod values;

use crate::desk::{Desk, SECRET, require_refused};
use droit::{database::DatabaseUrl, database::connect, database::connect_for_writing, error::Error};
use std::{fs, path::Path};

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), address TEXT, done_at TEXT);
    CREATE TABLE goods (id INTEGER PRIMARY KEY, sold INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX orders_person ON orders (person_id);
    INSERT INTO people VALUES (1, 'Zhang-secret 1', '13800138000'), (2, 'Zhang-secret 2', '13900139000');
    INSERT INTO orders VALUES (11, 1, 'Zhang-secret street', '2020-01-01'), (12, 1, NULL, NULL),
        (21, 2, 'Zhang-secret other street', '2020-01-01');
    INSERT INTO goods VALUES (1, 5);";

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[none]
"reference data" = ["goods"]
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
id = "key"
name = "name, provided"
phone = "phone, provided"
[tables.orders.columns]
id = "key"
person_id = "of people.id"
address = "address, provided"
done_at = "time, observed"
"#;

fn desk() -> Desk {
    Desk::new(SQL, MAP)
}

/// The map with more sections, and names acknowledged.
fn map_with(acknowledged: &[&str], more: &str) -> String {
    let lines: String = acknowledged.iter().flat_map(|name| ["\"", name, "\" = \"does something\"\n"]).collect();
    format!("{MAP}{more}\n[acknowledged]\n{lines}")
}

#[track_caller]
fn require_code<T>(outcome: Result<T, impl Into<Error>>, code: &str) {
    let Err(error) = outcome.map_err(Into::into) else { panic!("opened, not {code}") };
    let shown = format!("{error} {error:?}");
    assert_eq!(error.code(), code, "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// Neither a reader nor a writer opens it, and its bytes stay.
#[track_caller]
fn require_unopened(path: &Path, code: &str) {
    let url = DatabaseUrl::sqlite(path);
    let before = fs::read(path).ok();
    require_code(connect(&url, &Desk::options()), code);
    require_code(connect_for_writing(&url, &Desk::options()), code);
    assert_eq!(fs::read(path).ok(), before);
}

/// Planning or applying is refused, nothing is written, nothing is left open.
#[track_caller]
fn require_refused_whole(desk: &Desk, code: &str) -> String {
    let before = desk.dump();
    let shown = match desk.plan([("account", "1")]) {
        Ok(job) => require_refused(desk.apply(&job), code),
        Err(error) => require_refused(Err::<(), _>(error), code),
    };
    assert_eq!(desk.dump(), before);
    assert!(desk.book().unsettled_intents().unwrap().is_empty());
    shown
}

/// Everything of person 1 goes, and nothing of anybody else.
#[track_caller]
fn require_erased(desk: &Desk) {
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people"), 1);
    assert_eq!(desk.one::<String>("SELECT name FROM people"), "Zhang-secret 2");
    assert_eq!(desk.one::<String>("SELECT group_concat(id || address) FROM orders"), "21Zhang-secret other street");
}
