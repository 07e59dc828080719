//! Between planning and committing: a plan is good for as long as nobody else commits, and is derived again when
//! somebody has; and what the plan amounts to is on record even when the process dies before it could say so.

use std::{cell::Cell, collections::BTreeSet, rc::Rc};

use droit::{
    apply::{Applied, Planned, Recovered, apply, write_plan},
    case::{Event, FailurePoint, event::Kept},
    data_map::classified::{Classified, TableId},
    database::{Database, connect_for_writing},
    error::Error,
    plan::{Step, Totals},
    planner::Planner,
    value::Value,
};
use jiff::civil::date;

use crate::desk::{Desk, Job, map_of_people, now, require_refused};

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, status TEXT);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), title TEXT,
        issued_at TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), body TEXT);
    CREATE INDEX invoices_person ON invoices (person_id);
    CREATE INDEX notes_person ON notes (person_id);
    INSERT INTO people VALUES (1, 'Zhang-secret 1', 'a'), (2, 'Li', 'a');
    INSERT INTO invoices VALUES (11, 1, 'Zhang-secret title', '2026-01-01T00:00:00Z'), (21, 2, 'Li', '2026-01-01');
    INSERT INTO notes VALUES (31, 1, 'Zhang-secret note'), (41, 2, 'Li note');";

/// The map, from the columns of `people` on.
const COLUMNS: &str = r#"name = "name, provided"
status = "fact, observed"
[tables.invoices]
keep = [{ for = "5 years", after = "issued_at", law = "Tax 1", because = "invoices", columns = ["issued_at"] }]
[tables.invoices.columns]
id = "key"
person_id = "of people.id"
title = "name, provided"
issued_at = "time"
[tables.notes.columns]
id = "key"
person_id = "of people.id"
body = "free_text, provided"
"#;

/// Counts how often a plan is derived.
struct Counted<'a> {
    job: &'a Job,
    derived: Rc<Cell<u32>>,
}

impl Planner for Counted<'_> {
    fn map(&self) -> &Classified {
        &self.job.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.derived.set(self.derived.get() + 1);
        self.job.erasure().derive(database, each)
    }

    fn derive_tables(
        &self,
        database: &mut dyn Database,
        tables: &BTreeSet<TableId>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.job.erasure().derive_tables(database, tables, each)
    }

    fn strike(&self, text: &str) -> String {
        self.job.erasure().strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.job.erasure().token()
    }
}

/// Plans, lets `meanwhile` happen, applies; also tells how often the plan was derived for that.
fn plan_and_apply(desk: &Desk, meanwhile: &str, reconnect: bool) -> (Result<Applied, Error>, u32) {
    let job = desk.plan([("account", "1")]).unwrap();
    let counted = Counted { job: &job, derived: Rc::default() };
    let mut reader = desk.reader().unwrap();
    let header = job.claim.header.clone();
    let (_, planned, _) = write_plan(&counted, header, &mut *reader, std::io::sink()).unwrap();
    if reconnect {
        reader = desk.reader().unwrap();
    }
    desk.sql(meanwhile);
    let before = counted.derived.get();
    let outcome = apply_planned(desk, &counted, &planned, &mut *reader);
    (outcome, counted.derived.get() - before)
}

fn apply_planned(
    desk: &Desk,
    planner: &dyn Planner,
    made: &Planned,
    reader: &mut dyn Database,
) -> Result<Applied, Error> {
    let mut writer = connect_for_writing(&desk.url(), &Desk::options()).unwrap();
    let files = desk.files();
    let mut random = crate::desk::seeded(1);
    let mut applying = desk.applying(&desk.clock, &files, &mut random);
    apply(planner, made, reader, &mut *writer, &mut desk.book(), &mut applying)
}

#[test]
fn while_nobody_commits_the_plan_is_derived_once_and_looked_at_once_more() {
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    let (applied, derived) = plan_and_apply(&desk, "", false);
    assert_eq!(applied.unwrap().totals.changes(), 3);
    assert_eq!(derived, 1, "only after the changes, to see that nothing is left");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes WHERE person_id = 1"), 0);
}

#[test]
fn a_commit_that_touches_nothing_of_it_lets_the_plan_be_derived_again() {
    for meanwhile in [
        "UPDATE people SET status = 'b' WHERE id = 2",
        "INSERT INTO notes VALUES (42, 2, 'more')",
        "CREATE INDEX another ON notes (body)",
    ] {
        let desk = Desk::new(SQL, &map_of_people(COLUMNS));
        let (applied, derived) = plan_and_apply(&desk, meanwhile, false);
        assert_eq!(applied.unwrap().totals.changes(), 3, "{meanwhile}");
        assert_eq!(derived, 2, "{meanwhile}");
    }
}

#[test]
fn a_commit_that_touches_it_makes_the_plan_stale_in_every_journal_mode() {
    for journal in ["DELETE", "WAL", "PERSIST"] {
        for meanwhile in [
            "INSERT INTO notes VALUES (32, 1, 'Zhang-secret new')",
            "DELETE FROM notes WHERE id = 31",
            "UPDATE invoices SET issued_at = '2001-01-01T00:00:00Z' WHERE id = 11",
        ] {
            let desk = Desk::new(&format!("PRAGMA journal_mode = {journal}; {SQL}"), &map_of_people(COLUMNS));
            let (refused, _) = plan_and_apply(&desk, meanwhile, false);
            let left = desk.dump();
            require_refused(refused, "stale_plan");
            assert!(left.contains("Zhang-secret 1"), "{journal}: {meanwhile}");
        }
    }
}

#[test]
fn another_connection_knows_nothing_of_what_the_first_one_saw() {
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    let (applied, derived) = plan_and_apply(&desk, "", true);
    assert_eq!(applied.unwrap().totals.changes(), 3);
    assert_eq!(derived, 2, "for the intent, and after the changes");
}

#[test]
fn a_change_between_intent_and_transaction_is_seen() {
    // The application commits while the casebook is being written: before `begin`, after the work was listed.
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    let job = desk.plan([("account", "1")]).unwrap();
    let mut reader = desk.reader().unwrap();
    let (_, planned, _) = write_plan(&job.erasure(), job.claim.header.clone(), &mut *reader, std::io::sink()).unwrap();
    let meddling = Meddling { job: &job, desk: &desk, asked: Cell::new(false) };
    require_refused(apply_planned(&desk, &meddling, &planned.claim.into(), &mut *reader), "stale_plan");
    assert!(desk.dump().contains("Zhang-secret late"));
}

/// Commits a row as soon as the plan has been derived for the intent.
struct Meddling<'a> {
    job: &'a Job,
    desk: &'a Desk,
    asked: Cell<bool>,
}

impl Planner for Meddling<'_> {
    fn map(&self) -> &Classified {
        &self.job.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let totals = self.job.erasure().derive(database, each)?;
        if !self.asked.replace(true) {
            database.renew()?;
            self.desk.sql("INSERT INTO notes VALUES (33, 1, 'Zhang-secret late')");
        }
        Ok(totals)
    }

    fn strike(&self, text: &str) -> String {
        self.job.erasure().strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.job.erasure().token()
    }
}

#[test]
fn what_is_kept_and_waits_is_on_record_after_a_crash_too() {
    for point in [FailurePoint::AfterUserCommit, FailurePoint::AfterCommitted, FailurePoint::BeforeRemoved] {
        let desk = Desk::new(SQL, &map_of_people(COLUMNS));
        let job = desk.plan([("account", "1")]).unwrap();
        require_refused(desk.apply_until(&job, point), "interrupted");
        assert_eq!(desk.recover().unwrap(), [Recovered::Finished]);
        let invoice = Kept {
            table: "invoices".into(),
            rows: 1,
            code: "RET".into(),
            law: "Tax 1".into(),
            until: Some(date(2031, 1, 1)),
        };
        let (mut removed, mut scheduled) = (None, None);
        let note = |recorded: droit::case::Recorded| {
            match recorded.event {
                Event::Removed { kept, tables, .. } => removed = Some((kept, tables.len())),
                Event::Scheduled { items, everything } => scheduled = Some((items, everything)),
                _ => {}
            }
            Ok(())
        };
        desk.book().events_about(Desk::case(), note).unwrap();
        assert_eq!(removed, Some((vec![invoice.clone()], 3)), "{point:?}");
        assert_eq!(scheduled, Some((vec![invoice], false)), "{point:?}");
        let verified = desk.book().verify(now(), None, &mut |finding| panic!("{finding:?}")).unwrap();
        assert_eq!(verified.findings, 0);
    }
}

#[test]
fn opening_the_writer_leaves_the_snapshot_of_the_reader_protected() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    let inode = std::fs::metadata(desk.path()).unwrap().ino();
    let locks = || {
        let all = std::fs::read_to_string("/proc/locks").unwrap();
        let ours = format!(" {} ", std::process::id());
        let file = format!(":{inode} ");
        all.lines().filter(|line| line.contains(&ours) && line.contains(&file) && line.contains(" READ ")).count()
    };
    let mut reader = desk.reader().unwrap();
    reader.schema().unwrap();
    // the list of all locks is not read in one instant, so one look may miss a line
    let is_held = || (0..50).any(|_| locks() > 0);
    assert!(is_held(), "in this journal mode a snapshot is a shared lock");
    let _writer = connect_for_writing(&desk.url(), &Desk::options()).unwrap();
    assert!(is_held(), "closing a descriptor of the file would have dropped it");
}
