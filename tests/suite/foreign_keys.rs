//! What the schema says of a column, and what the map ties it to.

use droit::data_map::finding::Finding;

use crate::desk::Desk;

const SCHEMA: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE);
    CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users, nick TEXT);
    CREATE TABLE districts (code INTEGER PRIMARY KEY);
    CREATE TABLE accounts (branch TEXT NOT NULL, no INTEGER NOT NULL, ref INTEGER NOT NULL UNIQUE,
        owner INTEGER REFERENCES users, PRIMARY KEY (branch, no));";

const MAP: &str = r#"
version = 1
controller = "C"
time_zone = "UTC"
[person.account]
is = "users.id"
[person.staff]
is = "staff.id"
[rules]
"*.id" = "key"
"users.phone" = "phone, proves"
"*.name" = "name"
"*.nick" = "nickname"
"*.words" = "free_text"
"profiles.user_id" = "key, of users.id"
"accounts.owner" = "of users.id"
"accounts.*" = "key"
[none]
"reference data" = "districts"
"#;

/// What refuses the map of a table `notes` with these columns and constraints, of whose columns it says `words`.
fn findings(columns: &str, words: &str) -> Vec<Finding> {
    let sql = format!("{SCHEMA}CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT, {columns});");
    let section = |name: &str| format!("[tables.{name}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n");
    let sections: String = ["users", "staff", "profiles", "accounts", "notes"].map(section).concat();
    let case = if columns.starts_with("kind ") { "case = \"kind\"\n" } else { "" };
    let desk = Desk::new(&sql, &format!("{MAP}{sections}{case}[tables.notes.columns]\n{words}\n"));
    let findings = desk.try_map().err().unwrap_or_default();
    findings.into_iter().filter(Finding::refuses).collect()
}

/// The codes and columns of what refuses.
#[track_caller]
fn require(columns: &str, words: &str, refused: &[&str]) {
    let found = findings(columns, words);
    let said: Vec<String> = found.iter().map(|f| format!("{} {}", f.code.word(), f.place)).collect();
    assert_eq!(said, refused, "{columns}; {words}: {found:#?}");
}

const AGAINST: [&str; 1] = ["foreign_key_contradicted notes.x"];
const OPEN: [&str; 1] = ["foreign_key_unexplained notes.x"];

#[test]
fn a_tie_leads_where_the_foreign_key_of_its_column_does() {
    let key = "x INTEGER REFERENCES users (ID)";
    require(key, "x = \"of users.id\"", &[]);
    require(key, "x = \"author of users.id\"", &[]);
    require(key, "x = \"of staff.id\"", &AGAINST);
    require(key, "x = \"by staff.id\"\nid = \"key, of anyone\"", &AGAINST);
    require(key, "x = \"key, of staff.id\"", &AGAINST);
    require(key, "x = \"of accounts.no\"", &AGAINST);
    require("x INTEGER REFERENCES users", "x = \"of staff.id\"", &AGAINST);
    require("x INTEGER REFERENCES districts", "x = \"of users.id\"", &AGAINST);
    require("x INTEGER REFERENCES districts", "x = \"fact\"\nid = \"of anyone\"", &[]);
    // of both, where the map says both
    require(key, "x = \"of staff.id, by users.id\"", &[]);
    let case = format!("kind TEXT, {key}");
    require(&case, "kind = \"fact\"\nx = { U = \"of users.id\", S = \"of staff.id\", \"*\" = \"fact\" }", &[]);
    require(&case, "kind = \"fact\"\nx = { S = \"of staff.id\", \"*\" = \"fact\" }", &AGAINST);
    // two keys say both; the one that nothing goes by is not explained by the other
    let both = "x INTEGER REFERENCES users REFERENCES staff (id)";
    require(both, "x = \"of users.id, of staff.id\"", &[]);
    require(both, "x = \"of staff.id\"", &OPEN);
    // a key of a table that is not there says nothing
    require("x INTEGER REFERENCES gone (id)", "x = \"of users.id\"", &[]);
}

#[test]
fn a_tie_may_lead_on_by_the_same_value() {
    let key = "x INTEGER REFERENCES profiles (user_id)";
    require(key, "x = \"of profiles.user_id\"", &[]);
    require(key, "x = \"of users.id\"", &[]);
    require(key, "x = \"of staff.id\"", &AGAINST);
    // the same number is another thing in the parent's parent
    require("x INTEGER REFERENCES accounts (ref)", "x = \"of users.id\"", &AGAINST);
    // not back, for there need be no such row
    require("x INTEGER REFERENCES users", "x = \"of profiles.user_id\"", &AGAINST);
    // unless the schema says so, too
    let both = "x INTEGER REFERENCES users REFERENCES profiles";
    require(both, "x = \"of profiles.user_id\"", &[]);
}

#[test]
fn a_value_that_a_foreign_key_names_ties_where_it_proves_who_somebody_is() {
    require("x TEXT REFERENCES users (phone)", "x = \"phone, of ~\"", &[]);
    require("x TEXT REFERENCES users (phone)", "x = \"email, of ~\"", &AGAINST);
    require("x INTEGER REFERENCES users (id)", "x = \"phone, of ~\"", &AGAINST);
    require("x TEXT REFERENCES users (phone)", "x = \"phone\"\nid = \"key, of anyone\"", &OPEN);
}

#[test]
fn a_part_of_a_foreign_key_is_not_the_whole() {
    let key = "b TEXT, x INTEGER, FOREIGN KEY (b, x) REFERENCES accounts (branch, no)";
    require(key, "b = \"fact\"\nx = \"of accounts.no within b = branch\"", &[]);
    require(key, "b = \"fact\"\nx = \"of accounts.no\"", &AGAINST);
    let part = &findings(key, "b = \"fact\"\nx = \"of accounts.no\"")[0];
    assert!(part.message.contains("`b`"), "{part}");
    assert_eq!(part.hint.as_deref(), Some("write `of accounts.no within b = branch`"));
    require(key, "b = \"fact\"\nx = \"of users.id\"", &AGAINST);
    require(key, "b = \"fact\"\nx = \"key\"\nid = \"key, of anyone\"", &[]);
    require(key, "b = \"fact\"\nx = \"opaque\"\nid = \"key, of anyone\"", &OPEN);
    require(key, "b = \"of anyone\"\nx = \"fact\"", &[]);
    // a part that names one row is as good as the whole
    let unique = "b TEXT, x INTEGER, FOREIGN KEY (b, x) REFERENCES accounts (branch, ref)";
    require(unique, "b = \"fact\"\nx = \"of accounts.ref\"", &[]);
    // and more than the key would leave rows out
    let single = "b TEXT, x INTEGER REFERENCES accounts (ref)";
    require(single, "b = \"fact\"\nx = \"of accounts.ref within b = branch\"", &AGAINST);
}

/// A column may stand in several keys, and each of them has to be explained.
#[test]
fn one_half_does_not_explain_the_other() {
    let halves = "b TEXT, x INTEGER, y INTEGER, FOREIGN KEY (b, x) REFERENCES accounts (branch, no),
        FOREIGN KEY (b, y) REFERENCES accounts (branch, no)";
    let other = "b = \"fact\"\ny = \"of accounts.no within b = branch\"\n";
    require(halves, &format!("{other}x = \"opaque\""), &OPEN);
    require(halves, &format!("{other}x = \"fact\""), &[]);
    require(halves, &format!("{other}x = \"of users.id\""), &AGAINST);
    require(halves, &format!("{other}x = \"by accounts.no within b = branch\""), &[]);
}
