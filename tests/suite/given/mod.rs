//! What a person is given, and what they are not: small databases in which something of somebody else's, a credential or
//! a missing file lies in the way, and the package that leaves.

mod files;
mod others;
mod page;
mod record;

use std::{collections::BTreeMap, fs};

use rusqlite::Connection;
use serde_json::Value;

use super::office::{Office, Outcome};

pub(super) const CASE: &str = "DSR-20261123-0001";

const PEOPLE: &str = "
    CREATE TABLE members (id INTEGER PRIMARY KEY, phone TEXT, email TEXT, full_name TEXT);
    INSERT INTO members VALUES (1, '13800138000', 'wang@example.com', '王芳'), (2, '13900139000', 'li@example.com', '李四');";

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "Asia/Shanghai"
[person.member]
is = "members.id"
[rules]
"*.id" = "key"
"*.member_id" = "of members.id"
"*.full_name" = "name, provided"
"*.*_at" = "time"
[tables.members]
purpose = "account"
clause = "1"
basis = "contract"
[tables.members.columns]
email = "email, proves"
phone = "phone, proves"
"#;

/// A table of the map, held on contract.
pub(super) fn table(name: &str, keys: &str, columns: &str) -> String {
    format!(
        "[tables.{name}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n{keys}\n[tables.{name}.columns]\n{columns}\n"
    )
}

/// A house with two members, more tables as `sql` and `map` say, and a folder for files. Nobody has asked yet.
pub(super) fn house(sql: &str, map: &str) -> Office {
    house_of(&format!("{PEOPLE}{sql}"), &format!("{MAP}{map}"))
}

/// A house with this database and map alone.
pub(super) fn house_of(sql: &str, map: &str) -> Office {
    let mut office = Office::empty();
    Connection::open(office.path("house.db")).unwrap().execute_batch(sql).unwrap();
    fs::create_dir(office.path("files")).unwrap();
    office.run("init house.db --files files --quiet").done();
    office.file("datamap.toml", map);
    office.run("map trust --yes --quiet").done();
    office
}

/// The first member asks for `right` and is verified.
pub(super) fn asks(office: &mut Office, right: &str) {
    asks_as(office, right, "phone=13800138000");
}

/// Whoever is called so asks and is verified.
pub(super) fn asks_as(office: &mut Office, right: &str, identifier: &str) {
    office.file("id.txt", &format!("{identifier}\n"));
    office.run(&format!("case open {right} --id-file id.txt --quiet")).done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
}

/// The copy of the first member in such a house.
pub(super) fn copy(sql: &str, map: &str) -> Given {
    let mut office = house(sql, map);
    asks(&mut office, "copy");
    Given::by(&mut office, "")
}

/// A package, as it lies on disk.
pub(super) struct Given {
    pub(super) data: Value,
    pub(super) page: String,
    files: BTreeMap<String, Vec<u8>>,
    pub(super) said: Outcome,
}

impl Given {
    /// The package of the case.
    pub(super) fn by(office: &mut Office, options: &str) -> Self {
        let said = office.run(&format!("export {CASE} --no-zip --letter-lang en {options}")).done();
        Self::of(office, said)
    }

    /// The package that `said` tells of.
    pub(super) fn of(office: &Office, said: Outcome) -> Self {
        let folder = office.path("packages").join(CASE);
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.clone()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap_or_else(|_| panic!("{said}")).map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    let name = entry.path().strip_prefix(&folder).unwrap().display().to_string();
                    files.insert(name, fs::read(entry.path()).unwrap());
                }
            }
        }
        let data = serde_json::from_slice(&files["data.json"]).unwrap();
        Self { data, page: String::from_utf8(files["index.html"].clone()).unwrap(), files, said }
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &str) -> Vec<Value> {
        let tables = self.data["tables"].as_array().unwrap();
        let found = tables.iter().find(|one| one["about"]["name"] == table);
        found.map(|one| one["rows"].as_array().unwrap().clone()).unwrap_or_default()
    }

    /// The cells of one column.
    pub(super) fn cells(&self, table: &str, column: &str) -> Vec<Value> {
        self.rows(table).iter().map(|row| row["cells"][column].clone()).collect()
    }

    /// The files of the package in which `text` stands.
    pub(super) fn bearing(&self, text: &str) -> Vec<String> {
        let bears = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        self.files.iter().filter(|(_, bytes)| bears(bytes)).map(|(name, _)| name.clone()).collect()
    }

    /// How many files lie in the package's folder for files.
    pub(super) fn files(&self) -> usize {
        self.files.keys().filter(|name| name.starts_with("files/")).count()
    }
}
