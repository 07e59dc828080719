//! The copy that leaves the house: whole or absent, the same every time, and nothing in it acts.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod archive;
mod content;
pub(crate) mod hostile;
mod sample;
mod whole;

use std::{collections::BTreeMap, fs, path::Path};

use droit::export::{
    Cell, ColumnHead, Finished, Head, Language, Origin, Outbox, Package, Remedies, RowOut, RowState, TableHead, Term,
};
use serde_json::Value as Json;

fn head(language: Language) -> Head {
    let zh = language == Language::Zh;
    Head {
        case: "DSR-20261123-0001".into(),
        controller: if zh { "杭州中快佳网络科技有限公司（ZKJIA.COM）" } else { "ZKJIA.COM" }.into(),
        contact: "privacy@zkjia.com".into(),
        subject_ref: "S-7Q4M-K2XD".into(),
        language,
        produced_at: "2026-11-23T15:04:05+08:00".into(),
        map: "sha256:5f1c0d7e9a44".into(),
        schema: "sha256:90ab33c1d2e8".into(),
        policy_versions: vec!["2025-06-01".into(), "2026-01-15".into()],
        portable: false,
        automated_decisions: None,
        remedies: Remedies::China,
    }
}

fn column(name: &str, kind: &str, category: (&str, &str), origin: Origin) -> ColumnHead {
    ColumnHead {
        name: name.into(),
        kind: Term::new("kind", kind),
        category: Term::new(category.0, category.1),
        sensitivity: None,
        origin,
        withheld_because: None,
    }
}

fn table(name: &str, columns: &[&str]) -> TableHead {
    TableHead {
        name: name.into(),
        title: name.into(),
        purpose: "account".into(),
        clause: "1.1".into(),
        basis: Term::new("contract", "contract"),
        source: "you".into(),
        recipients: vec![],
        retention: "3 years".into(),
        then: "deleted".into(),
        columns: columns.iter().map(|name| column(name, "text", ("contact", "Contact"), Origin::Provided)).collect(),
    }
}

fn holder() -> Term {
    Term::new("holder", "holder")
}

struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn outbox(&self) -> Outbox {
        Outbox::open(self.path()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        names(self.path())
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn one_row(package: &mut Package, table: &TableHead, cells: &[Cell]) {
    package.begin_table(table).unwrap();
    package.row(&RowOut { key: "1", role: &holder(), state: &RowState::Held, cells }).unwrap();
    package.end_table().unwrap();
}

/// The package of one text in one cell.
fn of_text(room: &Room, name: &str, text: &str) -> Finished {
    let mut package = Package::begin(&room.outbox(), name, head(Language::En)).unwrap();
    one_row(&mut package, &table("users", &["nickname"]), &[Cell::Shown(text.into())]);
    package.finish().unwrap()
}

fn page(finished: &Finished) -> String {
    fs::read_to_string(finished.path.join("index.html")).unwrap()
}

fn data(finished: &Finished) -> Json {
    serde_json::from_slice(&fs::read(finished.path.join("data.json")).unwrap()).unwrap()
}
