//! Databases that other people made, served through a map alone and held against an answer key worked out by hand with
//! SQL over every column (`../shared/databases/*/truth.json`).
//!
//! What today's droit does otherwise than the key says stands in [`Expected`], by name: a deviation that is not listed
//! fails, and one that is listed and does not occur fails, too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

use droit::{plan::Decision, schema::RowKey};
use rusqlite::{Connection, types::Value};
use serde_json::Value as Json;

use crate::desk::{Desk, Job};

/// What differs from the answer key today, and why.
#[derive(Default)]
struct Expected {
    /// `table.column` of the person's own rows that the key calls personal and that stay as they are
    stay: &'static [(&'static str, &'static str)],
    /// Tables whose rows the key keeps and that droit plans to overwrite in part or to delete, or the reverse
    fate: &'static [(&'static str, &'static str)],
    /// `table` of rows that the key calls the person's and that are not found
    not_found: &'static [(&'static str, &'static str)],
}

/// Where the databases are; `None`, said aloud, when they are not beside the project.
#[expect(clippy::print_stderr, reason = "what is not tried is said")]
fn databases() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/databases"));
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/databases"));
    let found = [beside, path].into_iter().find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: there is no ../shared/databases beside the project");
    }
    found
}

struct Practice {
    desk: Desk,
    truth: Json,
}

fn practice(name: &str) -> Option<Practice> {
    let folder = databases()?.join(name);
    let unpacked = Command::new("gzip").arg("-dc").arg(folder.join("db.sqlite.gz")).output().unwrap();
    assert!(unpacked.status.success());
    let map = fs::read_to_string(format!("{}/fixtures/maps/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let desk = Desk::holding(&unpacked.stdout, &map);
    let truth = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    Some(Practice { desk, truth })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn strings(json: &Json) -> Vec<String> {
    match json {
        Json::String(text) => vec![text.clone()],
        other => other.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
    }
}

/// A row as the answer key names it: its key columns' values as text.
type Name = Vec<String>;
/// Every row of a table by name, each column by name.
type Rows = BTreeMap<Name, BTreeMap<String, Value>>;

fn text(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// All rows of `table`, named by `key`.
fn rows(connection: &Connection, table: &str, key: &[String]) -> Rows {
    let names: Vec<String> = key.iter().map(|k| quoted(k)).collect();
    let mut statement = connection.prepare(&format!("SELECT {}, * FROM {}", names.join(", "), quoted(table))).unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    statement
        .query_map([], |row| {
            let name = (0..key.len()).map(|at| row.get::<_, Value>(at).map(|v| text(&v))).collect::<Result<_, _>>()?;
            let cells = (key.len()..columns.len())
                .map(|at| Ok((columns[at].clone(), row.get::<_, Value>(at)?)))
                .collect::<rusqlite::Result<_>>()?;
            Ok((name, cells))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The columns by which rows of every table are named here: its primary key, else the rowid.
fn keys(connection: &Connection) -> BTreeMap<String, Vec<String>> {
    let list = |sql: &str, bound: &[&str]| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let found = statement.query_map(rusqlite::params_from_iter(bound), |row| row.get(0)).unwrap();
        found.collect::<Result<_, _>>().unwrap()
    };
    let tables = list(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'droit_mark'",
        &[],
    );
    let key = |table: &str| {
        let key = list("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", &[table]);
        if key.is_empty() { vec!["rowid".to_owned()] } else { key }
    };
    tables.iter().map(|table| (table.clone(), key(table))).collect()
}

fn all(connection: &Connection) -> BTreeMap<String, Rows> {
    keys(connection).iter().map(|(table, key)| (table.clone(), rows(connection, table, key))).collect()
}

/// The rows that the plan calls the person's, as the answer key names them, with what happens to each.
fn planned(desk: &Desk, job: &Job) -> BTreeMap<(String, Name), String> {
    let connection = Connection::open(desk.path()).unwrap();
    let keys = keys(&connection);
    let file = String::from_utf8(job.file.clone()).unwrap();
    let steps: Vec<Json> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut found = BTreeMap::new();
    for step in &steps[1..steps.len() - 1] {
        if step["decision"] == Decision::Pointer.word() {
            continue;
        }
        let table = step["table"].as_str().unwrap().trim_matches('"').to_owned();
        let key: Vec<String> = step["key"].as_array().unwrap().iter().map(|v| v.to_string().replace('"', "")).collect();
        let held = job.map.tables.iter().find(|t| t.name.name == table).unwrap();
        let name: Name = match &held.key {
            RowKey::Columns(_) => key,
            _ => keys[&table]
                .iter()
                .map(|column| {
                    let sql = format!("SELECT {} FROM {} WHERE rowid = ?1", quoted(column), quoted(&table));
                    text(&connection.query_row(&sql, [&key[0]], |row| row.get::<_, Value>(0)).unwrap())
                })
                .collect(),
        };
        found.insert((table, name), step["do"].as_str().unwrap().to_owned());
    }
    found
}

/// The rows that the answer key calls the person's.
fn own(subject: &Json) -> BTreeMap<(String, Name), (String, Vec<String>)> {
    let mut found = BTreeMap::new();
    for own in subject["own"].as_array().unwrap() {
        let table = own["table"].as_str().unwrap();
        for pk in own["pks"].as_array().unwrap() {
            let name = match pk {
                Json::Array(parts) => parts.iter().map(|part| part.to_string().replace('"', "")).collect(),
                one => vec![one.to_string().replace('"', "")],
            };
            let policy = own["policy"].as_str().unwrap().to_owned();
            found.insert((table.to_owned(), name), (policy, strings(&own["personal_columns"])));
        }
    }
    found
}

/// Erases one subject and holds everything against the answer key.
fn require_as_the_key_says(name: &str, subject: &str, identity: (&str, &str), expected: &Expected) {
    let Some(Practice { desk, truth }) = practice(name) else { return };
    let subject = truth["subjects"].as_array().unwrap().iter().find(|s| s["id"] == subject).unwrap();
    let before = all(&Connection::open(desk.path()).unwrap());
    let job = desk.plan([identity]).unwrap();
    let (planned, own) = (planned(&desk, &job), own(subject));

    let missing: BTreeSet<&str> =
        own.keys().filter(|row| !planned.contains_key(row)).map(|(t, _)| t.as_str()).collect();
    assert_eq!(missing, expected.not_found.iter().map(|(table, _)| *table).collect(), "rows that are not found");
    let more: Vec<_> = planned.keys().filter(|row| !own.contains_key(row)).collect();
    assert!(more.is_empty(), "rows that are not the person's: {more:?}");

    desk.apply(&job).unwrap();
    let connection = Connection::open(desk.path()).unwrap();
    let after = all(&connection);
    require_fates(&before, &after, &own, &planned, expected);
    require_others_untouched(&before, &after, &planned);
    for kept in subject["must_remain"].as_array().unwrap() {
        let value: Value = connection.query_row(kept["sql"].as_str().unwrap(), [], |row| row.get(0)).unwrap();
        let wanted = kept["value_before"].to_string().replace('"', "");
        let found = match &value {
            Value::Real(number) => number.to_string(),
            other => text(other),
        };
        assert_eq!(found, wanted, "{}", kept["what"]);
    }
    assert_eq!(connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
}

/// Every own row went where the answer key wants it.
fn require_fates(
    before: &BTreeMap<String, Rows>,
    after: &BTreeMap<String, Rows>,
    own: &BTreeMap<(String, Name), (String, Vec<String>)>,
    planned: &BTreeMap<(String, Name), String>,
    expected: &Expected,
) {
    let (mut stayed, mut differ) = (BTreeSet::new(), BTreeSet::new());
    for ((table, name), (policy, personal)) in own.iter().filter(|(row, _)| planned.contains_key(row)) {
        let was = &before[table][name];
        match (policy.as_str(), after[table].get(name)) {
            ("delete" | "either", None) => {}
            ("keep", Some(is)) if was == is => {}
            ("anonymize", Some(is)) => {
                let left = personal.iter().filter(|column| was[*column] != Value::Null && was[*column] == is[*column]);
                stayed.extend(left.filter(|c| was[*c] != Value::Text(String::new())).map(|c| format!("{table}.{c}")));
            }
            _ => {
                differ.insert(table.clone());
            }
        }
    }
    assert_eq!(stayed, expected.stay.iter().map(|(place, _)| (*place).to_owned()).collect(), "columns that stay");
    assert_eq!(differ, expected.fate.iter().map(|(table, _)| (*table).to_owned()).collect(), "other fates");
}

/// No cell of any row that is not planned has changed: look-alikes, neighbours and everybody else.
fn require_others_untouched(
    before: &BTreeMap<String, Rows>,
    after: &BTreeMap<String, Rows>,
    planned: &BTreeMap<(String, Name), String>,
) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (table, rows) in before {
        for (name, was) in rows.iter().filter(|(name, _)| !planned.contains_key(&(table.clone(), (*name).clone()))) {
            assert_eq!(Some(was), after[table].get(name), "{table} {name:?}");
        }
        assert!(after[table].len() <= rows.len(), "{table}: rows came");
    }
}

#[test]
fn chinook_customers() {
    for (subject, id) in [("customer:1", "1"), ("customer:14", "14")] {
        require_as_the_key_says("chinook", subject, ("customer", id), &Expected::default());
    }
}

#[test]
fn chinook_employee() {
    let expected = Expected {
        stay: &[("Employee.Title", "the map calls a title a fact"), ("Employee.HireDate", "the map calls it a time")],
        ..Expected::default()
    };
    require_as_the_key_says("chinook", "employee:3", ("employee", "3"), &expected);
}

#[test]
fn northwind_customer() {
    require_as_the_key_says("northwind", "customer:ALFKI", ("customer", "ALFKI"), &Expected::default());
}

#[test]
fn northwind_employee() {
    require_as_the_key_says("northwind", "employee:5", ("employee", "5"), &Expected::default());
}

#[test]
fn northwind_contact_without_an_account() {
    require_as_the_key_says("northwind", "supplier-contact:1", ("supplier_contact", "1"), &Expected::default());
}

#[test]
fn sakila_customers() {
    for (subject, id) in [("customer:1", "1"), ("customer:459", "459")] {
        require_as_the_key_says("sakila", subject, ("customer", id), &Expected::default());
    }
}

#[test]
fn sakila_staff() {
    require_as_the_key_says("sakila", "staff:1", ("staff", "1"), &Expected::default());
}

/// A row that a reverse tie gives to several people goes with the last of them.
#[test]
fn an_address_that_somebody_else_lives_at_stays() {
    let Some(Practice { desk, .. }) = practice("sakila") else { return };
    desk.sql("UPDATE customer SET address_id = 5 WHERE customer_id = 2");
    let was: String = desk.one("SELECT address || phone FROM address WHERE address_id = 5");
    desk.apply(&desk.plan([("customer", "1")]).unwrap()).unwrap();
    let is: String = desk.one("SELECT address || phone FROM address WHERE address_id = 5");
    assert_eq!(is, was, "somebody else lives there");
}

/// The child's pointer may not be NULL, so the parent goes after the child.
#[test]
fn a_parent_found_through_its_child_goes_after_it() {
    let Some(Practice { desk, .. }) = practice("sakila") else { return };
    let map = fs::read_to_string(desk.dir.join("datamap.toml")).unwrap();
    let lines = map.lines().filter(|line| !line.starts_with("erase = \"anonymize\""));
    let map: String = lines.flat_map(|line| [line, "\n"]).collect();
    let map = map.replace("rental_id = \"key\"", "rental_id = \"by rental.rental_id\"");
    fs::write(desk.dir.join("datamap.toml"), map).unwrap();
    desk.apply(&desk.plan([("customer", "1")]).unwrap()).unwrap();
    let left = |sql: &str| desk.one::<i64>(sql);
    let stays = left("SELECT count(*) FROM customer WHERE customer_id = 1");
    assert_eq!(
        left("SELECT count(*) FROM address WHERE address_id = 5"),
        stays,
        "the address goes where the customer goes"
    );
    assert_eq!(left("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}
