//! Random schemas, rows and periods: a purge takes what a naive walk over the generated rows takes, shows before what it
//! does then, leaves every other row as it was, and has nothing left to do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    rc::Rc,
};

use droit::{
    data_map::{DataMap, classified::Classified, classify},
    database::{Database, DatabaseUrl, Options, connect},
    duties::retention::{Finder, Retention, rules},
    plan::{Act, Held, Step},
    planner::Planner,
    value::{Key, Value},
};
use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;
use rusqlite::Connection;

/// A generated table; its rows belong to rows of an earlier one, or to people.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
struct Table {
    /// Which earlier table; 0 are the people
    parent: usize,
    nullable: bool,
    /// It states a limit itself, which then deletes (true) or anonymizes
    limit: Option<bool>,
    /// What becomes of its rows when they go with their parent
    deletes: bool,
    waits: bool,
    keeps: bool,
    text_key: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    parent: Option<usize>,
    old: bool,
    waits: bool,
    kept: bool,
}

#[derive(Clone, Debug)]
struct World {
    people: usize,
    tables: Vec<Table>,
    rows: Vec<Vec<Row>>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Untouched,
    /// Its personal columns are gone, and the link to its parent too, if so
    Blank {
        cut: bool,
    },
    Gone,
}

fn table(index: usize) -> impl Strategy<Value = Table> {
    (0..=index, prop::option::weighted(0.7, any::<bool>()), any::<[bool; 5]>()).prop_map(
        |(parent, limit, [nullable, deletes, waits, keeps, text_key])| Table {
            parent,
            nullable,
            limit,
            deletes,
            waits,
            keeps,
            text_key,
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    (1_usize..4, 1_usize..5)
        .prop_flat_map(|(people, count)| (Just(people), (0..count).map(table).collect::<Vec<_>>()))
        .prop_flat_map(|(people, tables)| {
            let row = (any::<prop::sample::Index>(), any::<[bool; 5]>());
            let rows = prop::collection::vec(prop::collection::vec(row, 0..7), tables.len());
            (Just(people), Just(tables), rows)
        })
        .prop_map(|(people, tables, drawn)| {
            let mut rows: Vec<Vec<Row>> = Vec::new();
            for (table, drawn) in tables.iter().zip(drawn) {
                let parents = if table.parent == 0 { people } else { rows[table.parent - 1].len() };
                let made = drawn.into_iter().filter_map(|(at, [null, old, waits, busy, kept])| {
                    let parent = (parents > 0 && !(table.nullable && null)).then(|| at.index(parents));
                    // half of those that may wait, and of those that may be kept
                    let (waits, kept) = (table.waits && waits && busy, table.keeps && kept);
                    (parent.is_some() || table.nullable).then_some(Row { parent, old, waits, kept })
                });
                rows.push(made.collect());
            }
            World { people, tables, rows }
        })
}

fn name(table: usize) -> String {
    if table == 0 { "people".into() } else { format!("t{table}") }
}

impl World {
    fn key(&self, table: usize, row: usize) -> String {
        if table > 0 && self.tables[table - 1].text_key { format!("k{row}") } else { (row + 1).to_string() }
    }

    fn build(&self, db: &Connection) {
        let mut sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);".to_owned();
        for person in 0..self.people {
            let _ = write!(sql, "INSERT INTO people VALUES ({}, 'P');", person + 1);
        }
        for (at, table) in self.tables.iter().enumerate() {
            let key = |text: bool| if text { "TEXT" } else { "INTEGER" };
            let _ = write!(
                sql,
                "CREATE TABLE {0} (id {1} PRIMARY KEY NOT NULL, owner_id {2} {3} REFERENCES {4} (id), phone TEXT,
                    status TEXT NOT NULL, done_at TEXT, kept_at TEXT) {5};
                 CREATE INDEX {0}_owner ON {0} (owner_id);",
                name(at + 1),
                key(table.text_key),
                key(table.parent > 0 && self.tables[table.parent - 1].text_key),
                if table.nullable { "" } else { "NOT NULL" },
                name(table.parent),
                if table.text_key { "WITHOUT ROWID" } else { "" },
            );
            for (number, row) in self.rows[at].iter().enumerate() {
                let owner =
                    row.parent.map_or("NULL".to_owned(), |owner| format!("'{}'", self.key(table.parent, owner)));
                let _ = write!(
                    sql,
                    "INSERT INTO {} VALUES ('{}', {owner}, '13800000000', '{}', '{}', '{}');",
                    name(at + 1),
                    self.key(at + 1, number),
                    if row.waits { "open" } else { "closed" },
                    if row.old { "2025-01-01" } else { "2026-06-01" },
                    if row.kept { "2026-01-01" } else { "2020-01-01" },
                );
            }
        }
        db.execute_batch(&sql).unwrap();
    }

    fn map(&self) -> String {
        let mut map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\n\
             is = \"people.id\"\n[rules]\n\"*.id\" = \"key\"\n\"*.*_at\" = \"time\"\n[tables.people]\npurpose = \"p\"\n\
             clause = \"1\"\nbasis = \"contract\"\n[tables.people.columns]\nname = \"name, provided\"\n"
            .to_owned();
        let word = |deletes: bool| if deletes { "delete" } else { "anonymize" };
        for (at, table) in self.tables.iter().enumerate() {
            let limit = table.limit.map_or(String::new(), |deletes| {
                format!(
                    "limit = {{ for = \"1 year\", after = \"done_at\", then = \"{}\", because = \"b\" }}\n",
                    word(deletes)
                )
            });
            let wait = if table.waits { "wait = \"status = 'open'\"\n" } else { "" };
            let keep = if table.keeps {
                "keep = { for = \"3 years\", after = \"kept_at\", law = \"L\", because = \"b\" }\n"
            } else {
                "keep = []\n"
            };
            let _ = write!(
                map,
                "[tables.{0}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\nerase = \"{1}\"\n{limit}{wait}{keep}\
                 [tables.{0}.columns]\nowner_id = \"of {2}.id\"\nphone = \"phone, provided\"\nstatus = \"fact\"\n",
                name(at + 1),
                word(table.deletes),
                name(table.parent),
            );
        }
        map
    }

    /// The row that it hangs on, unless that is a person.
    fn above(&self, table: usize, row: usize) -> Option<(usize, usize)> {
        let parent = self.tables[table].parent.checked_sub(1)?;
        Some((parent, self.rows[table][row].parent?))
    }

    fn below(&self, table: usize, row: usize) -> Vec<(usize, usize)> {
        let all = (0..self.tables.len()).flat_map(|at| (0..self.rows[at].len()).map(move |row| (at, row)));
        all.filter(|(at, child)| self.above(*at, *child) == Some((table, row))).collect()
    }

    /// By its own date, or with what it hangs on; without any limit, when its minimum has ended.
    fn due(&self, table: usize, row: usize) -> bool {
        if self.tables[table].limit.is_some() {
            return self.rows[table][row].old;
        }
        if self.is_limited(table) {
            return self.above(table, row).is_some_and(|(table, row)| self.due(table, row));
        }
        self.tables[table].keeps && !self.rows[table][row].kept
    }

    /// Whether it, or a table that it hangs on, states a limit.
    fn is_limited(&self, table: usize) -> bool {
        let it = &self.tables[table];
        it.limit.is_some() || it.parent.checked_sub(1).is_some_and(|parent| self.is_limited(parent))
    }

    /// A contract in performance: its own, that of what it hangs on, or that of what hangs on it.
    fn waits(&self, table: usize, row: usize) -> bool {
        self.waits_above(table, row) || self.below(table, row).into_iter().any(|(table, row)| self.waits(table, row))
    }

    fn waits_above(&self, table: usize, row: usize) -> bool {
        let above = self.tables[table].parent.checked_sub(1).zip(self.rows[table][row].parent);
        self.tables[table].waits && self.rows[table][row].waits
            || above.is_some_and(|(table, row)| self.waits_above(table, row))
    }

    fn fate(&self, table: usize, row: usize) -> Fate {
        let it = &self.tables[table];
        if !self.due(table, row) || self.waits(table, row) {
            return Fate::Untouched;
        }
        if self.rows[table][row].kept {
            return Fate::Blank { cut: false };
        }
        if !it.limit.unwrap_or(it.deletes) {
            return Fate::Blank { cut: it.nullable };
        }
        let holds_on = |(table, row)| matches!(self.fate(table, row), Fate::Untouched | Fate::Blank { cut: false });
        if self.below(table, row).into_iter().any(holds_on) { Fate::Blank { cut: false } } else { Fate::Gone }
    }

    /// What stands in the database afterwards.
    fn expected(&self) -> Dump {
        let mut dump = Dump::new();
        for (at, rows) in self.rows.iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                let fate = self.fate(at, number);
                let owner = row.parent.map(|owner| self.key(self.tables[at].parent, owner));
                let (owner, phone) = match fate {
                    Fate::Gone => continue,
                    Fate::Untouched => (owner, true),
                    Fate::Blank { cut } => (owner.filter(|_| !cut), false),
                };
                dump.insert((name(at + 1), self.key(at + 1, number)), (owner, phone));
            }
        }
        dump
    }
}

/// By table and key: the link, and whether the telephone number is there.
type Dump = BTreeMap<(String, String), (Option<String>, bool)>;

fn dump(db: &Connection, tables: usize) -> Dump {
    let mut dump = Dump::new();
    for table in 1..=tables {
        let sql = format!("SELECT CAST(id AS TEXT), CAST(owner_id AS TEXT), phone IS NOT NULL FROM {}", name(table));
        let mut statement = db.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
        dump.extend(rows.map(|row| row.map(|(key, cells)| ((name(table), key), cells)).unwrap()));
    }
    dump
}

/// The steps of the whole purge; `each` hears those of a bucket before the next one is looked for.
fn purge(map: &Classified, open: &dyn Fn() -> Box<dyn Database>, each: &mut dyn FnMut(&[Step])) -> BTreeSet<String> {
    let (today, zone) = (date(2026, 11, 23), TimeZone::get("Asia/Shanghai").unwrap());
    let held = Held::default();
    let mut all = BTreeSet::new();
    for rule in rules(map) {
        let mut finder = Finder::new(map, rule, today, zone.clone());
        let mut keys: Vec<Key> = Vec::new();
        let mut reader = open();
        while let Some(page) = finder.next(&mut *reader).unwrap() {
            keys.extend(page.due.into_iter().map(|(key, _)| key));
        }
        drop(reader);
        // buckets of two: how they are cut must not matter
        for keys in keys.chunks(2) {
            let token = Rc::new(|_: &Value| String::new());
            let retention = Retention { map, rule, keys, held: &held, today, zone: zone.clone(), token };
            let mut steps = Vec::new();
            let collect = &mut |step: &Step| {
                steps.push(step.clone());
                Ok(())
            };
            retention.derive(&mut *open(), collect).unwrap();
            let does = steps.iter().filter(|step| step.act != Act::Leave);
            let told = |step: &Step| format!("{:?} {} {:?}", step.table, step.key.0[0].to_canonical_text(), step.act);
            all.extend(does.map(told));
            each(&steps);
        }
    }
    all
}

fn carry_out(db: &Connection, map: &Classified, steps: &[Step]) {
    for step in steps {
        let (table, key) = (&map.tables[step.table], step.key.0[0].to_canonical_text());
        let sql = match &step.act {
            Act::Leave => continue,
            Act::Delete => format!("DELETE FROM {} WHERE id = '{key}'", table.name),
            Act::Overwrite(columns) | Act::Unlink(columns) => {
                let sets: Vec<String> =
                    columns.iter().map(|at| format!("{} = NULL", table.columns[*at].name)).collect();
                format!("UPDATE {} SET {} WHERE id = '{key}'", table.name, sets.join(", "))
            }
            other => panic!("a purge does not {other:?}"),
        };
        assert_eq!(db.execute(&sql, []).unwrap(), 1, "{sql}");
    }
}

fn check(world: &World) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON").unwrap();
    world.build(&db);
    let open = || connect(&DatabaseUrl::sqlite(&path), &Options::default()).unwrap();
    let map: DataMap = world.map().parse().unwrap_or_else(|error| panic!("{error:?}\n{}", world.map()));
    let schema = open().schema().unwrap();
    let map = classify(&map, &schema).unwrap_or_else(|findings| panic!("{findings:#?}\n{}", world.map()));
    let before = dump(&db, world.tables.len());
    let shown = purge(&map, &open, &mut |_| {});
    prop_assert_eq!(&dump(&db, world.tables.len()), &before, "a look changed something");

    let done = purge(&map, &open, &mut |steps| carry_out(&db, &map, steps));
    prop_assert_eq!(&dump(&db, world.tables.len()), &world.expected());
    prop_assert_eq!(&shown, &done, "something else was done than was shown");
    let orphans: i64 = db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    prop_assert_eq!(orphans, 0);
    prop_assert_eq!(purge(&map, &open, &mut |_| {}), BTreeSet::new(), "something is left to do");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn a_purge_takes_what_a_naive_walk_takes_and_nothing_else(world in world()) {
        check(&world)?;
    }
}

fn plain(parent: usize) -> Table {
    Table { parent, nullable: false, limit: None, deletes: true, waits: false, keeps: false, text_key: false }
}

const OLD: Row = Row { parent: Some(0), old: true, waits: false, kept: false };

#[test]
fn a_contract_two_tables_below_holds_back_what_it_hangs_on() {
    // what lies between has a limit of its own that has not run out
    let tables = vec![
        Table { limit: Some(false), ..plain(0) },
        Table { limit: Some(false), ..plain(1) },
        Table { waits: true, ..plain(2) },
    ];
    let rows = vec![vec![OLD], vec![Row { old: false, ..OLD }], vec![Row { waits: true, ..OLD }]];
    let world = World { people: 1, tables, rows };
    assert_eq!(world.fate(0, 0), Fate::Untouched);
    check(&world).unwrap();
}

#[test]
fn a_row_that_no_rule_takes_along_keeps_what_it_hangs_on() {
    // the parent's minimum has ended, and the map says of the child that no minimum bounds it
    let tables = vec![Table { keeps: true, ..plain(0) }, plain(1)];
    let world = World { people: 1, tables, rows: vec![vec![OLD], vec![OLD]] };
    assert_eq!((world.fate(0, 0), world.fate(1, 0)), (Fate::Blank { cut: false }, Fate::Untouched));
    check(&world).unwrap();
}
