//! The process dies, at every named instant and at instants that nobody named: the user database is as before or as
//! after, `recover` tells which and finishes, and a second run works. Then: mark and casebook that disagree.

use std::{
    cell::Cell,
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, ExitStatus},
    time::Duration,
};

use droit::{
    apply::Recovered,
    case::{Event, FailurePoint, IntentState, clock::Clock},
    casebook::{Casebook, KeyFolder},
    database::{self, DatabaseError},
    error::Error,
};
use jiff::Timestamp;

use crate::desk::{Desk, SECRET, map_of_people, now, require_refused, run_to_death, told};

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, handle TEXT NOT NULL UNIQUE, status TEXT);
    CREATE TABLE calls (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), note TEXT,
        recording TEXT);
    CREATE INDEX calls_person ON calls (person_id);
    INSERT INTO people VALUES (1, 'Zhang-secret 1', 'zhang', 'a'), (2, 'Li', 'li', 'a');
    INSERT INTO calls VALUES (11, 1, 'Zhang-secret note', 'a.amr'), (12, 1, NULL, 'b.amr'), (13, 1, NULL, NULL),
        (21, 2, 'Li note', 'c.amr');";

/// The map, from the columns of `people` on.
const COLUMNS: &str = r#"name = "name, provided"
handle = "username, provided, token"
status = "fact, observed"
[tables.calls.columns]
id = "key"
person_id = "of people.id"
note = "free_text, provided"
"file:{recording}" = "voice, provided"
"#;

fn desk() -> Desk {
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    for name in ["a.amr", "b.amr", "c.amr"] {
        fs::write(desk.dir.join("files").join(name), "voice").unwrap();
    }
    desk
}

fn files(desk: &Desk) -> Vec<String> {
    let listed = fs::read_dir(desk.dir.join("files")).unwrap();
    let mut names: Vec<String> = listed.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What the database holds once everything is done; tokens are drawn from the same seed everywhere.
fn after() -> String {
    let desk = desk();
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    desk.dump()
}

fn require_whole(desk: &Desk) {
    let verified = desk.book().verify(now(), None, &mut |finding| panic!("{finding:?}")).unwrap();
    assert_eq!(verified.findings, 0);
    assert_eq!(desk.one::<String>("PRAGMA integrity_check"), "ok");
}

#[test]
fn at_every_named_instant_the_database_is_before_or_after_and_recover_finishes() {
    let after = after();
    for point in FailurePoint::ALL {
        let desk = desk();
        let before = desk.dump();
        let job = desk.plan([("account", "1")]).unwrap();
        let shown = require_refused(desk.apply_until(&job, point), "interrupted");
        assert!(shown.contains("interrupted") || shown.contains("Interrupted"), "{shown}");

        let committed = FailurePoint::ALL.iter().position(|p| *p == point) >= Some(5);
        assert_eq!(desk.dump(), if committed { after.clone() } else { before.clone() }, "{point:?}");
        let unsettled = desk.book().unsettled_intents().unwrap().len();
        assert_eq!(unsettled, usize::from(point != FailurePoint::BeforeIntent), "{point:?}");
        if unsettled > 0 {
            // Nothing else is changed before this is settled.
            require_refused(desk.apply(&job), "intent_open");
        }
        let expected = match (unsettled, committed) {
            (0, _) => vec![],
            (_, true) => vec![Recovered::Finished],
            (_, false) => vec![Recovered::Abandoned],
        };
        assert_eq!(desk.recover().unwrap(), expected, "{point:?}");
        assert!(desk.recover().unwrap().is_empty(), "{point:?}: a second recover finds nothing");
        if !committed {
            assert_eq!(files(&desk), ["a.amr", "b.amr", "c.amr"], "{point:?}");
            let again = desk.plan([("account", "1")]).unwrap();
            desk.apply(&again).unwrap();
        }
        assert_eq!(desk.dump(), after, "{point:?}");
        assert_eq!(files(&desk), ["c.amr"], "{point:?}");
        let book = desk.book();
        let intent = book.intent(book.last_intent().unwrap()).unwrap().unwrap();
        assert_eq!(intent.state, IntentState::Removed, "{point:?}");
        assert_eq!(desk.one::<i64>("SELECT intent FROM droit_mark"), intent.number, "{point:?}");
        drop(book);
        require_whole(&desk);
    }
}

#[test]
fn an_interrupted_recover_is_recovered() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    require_refused(desk.apply_until(&job, FailurePoint::AfterUserCommit), "interrupted");
    let mut book = desk.book();
    book.fail_at(Some(FailurePoint::BetweenFiles));
    require_refused(desk.recover_with(&mut book), "interrupted");
    drop(book);
    assert_eq!(files(&desk).len(), 2, "one of the two files is gone");
    assert_eq!(desk.recover().unwrap(), [Recovered::Finished]);
    assert_eq!(files(&desk), ["c.amr"]);
    require_whole(&desk);
}

// --- real deaths -----------------------------------------------------------------------------------------------------

/// Dies like a machine without power when it is asked for the time for the n-th time.
pub(crate) struct Deadly {
    calls: Cell<u32>,
    last: u32,
    now: Timestamp,
}

impl Deadly {
    pub(crate) fn at(now: Timestamp, last: u32) -> Self {
        Self { calls: Cell::new(0), last, now }
    }
}

impl Clock for Deadly {
    fn now(&self) -> Timestamp {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() == self.last {
            Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status().unwrap();
            std::thread::sleep(Duration::from_mins(1));
        }
        self.now
    }
}

fn run_child(dir: &Path, last: u32, patience: Option<Duration>) -> ExitStatus {
    run_to_death("interrupted::a_process_that_applies_and_dies", dir, last, patience)
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_process_that_applies_and_dies() {
    let Some(dir) = told("DIR") else { return };
    let last: u32 = told("DIE_AT").unwrap().parse().unwrap();
    let desk = Desk::at(Path::new(&dir));
    let job = desk.plan([("account", "1")]).unwrap();
    let clock = Deadly::at(now(), last);
    desk.apply_with(&job, &job.claim, &mut desk.book(), &clock).unwrap();
}

/// Whatever the instant was: before or after, settled by `recover`, finished by another run.
#[track_caller]
fn require_settled(desk: &Desk, before: &str, after: &str) -> bool {
    if let Err(Error::Database(DatabaseError::HotJournal(_))) = desk.reader() {
        let journal = desk.dir.join("people.db-journal");
        let (file, hot) = (desk.sha(), fs::read(&journal).unwrap());
        assert!(matches!(
            database::connect_for_writing(&desk.url(), &Desk::options()),
            Err(DatabaseError::HotJournal(_))
        ));
        assert_eq!((desk.sha(), fs::read(&journal).unwrap()), (file, hot), "it was left untouched");
        let open = desk.book().unsettled_intents().unwrap();
        assert_eq!(open[0].database, database::identity(&desk.url()).unwrap());
        database::roll_back(&desk.url(), &Desk::options()).unwrap();
    }
    let found = desk.dump();
    assert!(found == before || found == after, "neither before nor after");
    let committed = found == after;
    for settled in desk.recover().unwrap() {
        assert_eq!(settled == Recovered::Finished, committed, "recover says what is so");
    }
    assert_eq!(desk.dump(), found, "recover changes no row");
    if !committed {
        desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    }
    assert_eq!(desk.dump(), after);
    require_whole(desk);
    committed
}

#[test]
fn a_killed_process_leaves_before_or_after() {
    let after = after();
    for mode in ["DELETE", "WAL"] {
        let (mut killed, mut committed) = (0, 0);
        for last in 1..20 {
            let desk = desk();
            desk.sql(&format!("PRAGMA journal_mode = {mode}"));
            let before = desk.dump();
            let status = run_child(&desk.dir, last, None);
            if status.success() {
                assert!(last > 5, "it asks for the time several times");
                break;
            }
            assert_eq!(status.signal(), Some(9), "{mode} {last}");
            killed += 1;
            committed += u32::from(require_settled(&desk, &before, &after));
            assert_eq!(files(&desk), ["c.amr"], "{mode} {last}");
        }
        assert!(killed >= 5 && committed >= 1 && committed < killed, "{mode}: {killed} {committed}");
    }
}

/// Twenty-four megabytes for one person: a change takes a while and outgrows SQLite's cache.
fn large() -> Desk {
    let desk = Desk::new(SQL, &map_of_people(COLUMNS));
    desk.sql(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
         INSERT INTO calls SELECT i, 1, 'Zhang-secret ' || hex(randomblob(1000)), NULL FROM n;",
    );
    desk
}

#[test]
fn a_change_larger_than_the_cache_leaves_a_hot_journal_that_only_recover_rolls_back() {
    let desk = large();
    let before = desk.dump();
    // The third time that it asks is when the statements are done and the casebook is to be locked.
    let mut hot = false;
    for last in 2..5 {
        assert_eq!(run_child(&desk.dir, last, None).signal(), Some(9));
        if matches!(desk.reader(), Err(Error::Database(DatabaseError::HotJournal(_)))) {
            hot = true;
            break;
        }
        desk.recover().unwrap();
        assert_eq!(desk.dump(), before);
    }
    assert!(hot, "no hot journal was left: the change fits into the cache");
    let Err(reader) = desk.reader() else { panic!("opened") };
    assert_eq!(reader.code(), "hot_journal");
    let copy = large_after(&desk);
    assert!(!require_settled(&desk, &before, &copy));
}

/// What the same database holds when the change is done: a copy of it, rolled back, changed at a desk of its own.
fn large_after(desk: &Desk) -> String {
    let other = Desk::new(SQL, &map_of_people(COLUMNS));
    fs::copy(desk.path(), other.path()).unwrap();
    fs::copy(desk.dir.join("people.db-journal"), other.dir.join("people.db-journal")).unwrap();
    database::roll_back(&other.url(), &Desk::options()).unwrap();
    other.apply(&other.plan([("account", "1")]).unwrap()).unwrap();
    other.dump()
}

#[test]
fn a_process_killed_at_any_time_leaves_before_or_after() {
    let reference = large();
    let kept = fs::read(reference.path()).unwrap();
    reference.apply(&reference.plan([("account", "1")]).unwrap()).unwrap();
    let after = reference.dump();
    for (mode, wait) in [("DELETE", 150), ("WAL", 300), ("DELETE", 600), ("WAL", 900), ("DELETE", 1300), ("WAL", 2000)]
    {
        let desk = Desk::new(SQL, &map_of_people(COLUMNS));
        fs::write(desk.path(), &kept).unwrap();
        desk.sql(&format!("PRAGMA journal_mode = {mode}"));
        let before = desk.dump();
        run_child(&desk.dir, u32::MAX, Some(Duration::from_millis(wait)));
        require_settled(&desk, &before, &after);
    }
}

// --- without a mark --------------------------------------------------------------------------------------------------

#[test]
fn without_a_mark_the_rows_say_whether_it_took_place() {
    let after = after();
    for (point, expected) in [
        (FailurePoint::AfterIntent, Recovered::Abandoned),
        (FailurePoint::AfterCommitting, Recovered::Abandoned),
        (FailurePoint::AfterUserCommit, Recovered::Finished),
        (FailurePoint::AfterCommitted, Recovered::Finished),
    ] {
        let desk = Desk { mark: false, ..desk() };
        let job = desk.plan([("account", "1")]).unwrap();
        require_refused(desk.apply_until(&job, point), "interrupted");
        assert_eq!(desk.recover().unwrap(), [expected], "{point:?}");
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM sqlite_schema WHERE name = 'droit_mark'"), 0);
        assert_eq!(desk.dump() == after, expected == Recovered::Finished, "{point:?}");
    }
}

#[test]
fn rows_that_contradict_each_other_are_for_a_person_to_look_at() {
    let desk = Desk { mark: false, ..desk() };
    let job = desk.plan([("account", "1")]).unwrap();
    require_refused(desk.apply_until(&job, FailurePoint::AfterCommitting), "interrupted");
    desk.sql("DELETE FROM calls WHERE id = 12");
    require_refused(desk.recover(), "look_here");
    assert_eq!(desk.book().unsettled_intents().unwrap().len(), 1, "it stays open");
}

// --- mark and casebook disagree --------------------------------------------------------------------------------------

/// Copies the casebook (or puts a copy back), known end included, as a backup of the whole workspace would.
fn copy_workspace(from: &Path, to: &Path) {
    if !to.join("keys").exists() {
        KeyFolder::create(&to.join("keys")).unwrap();
    }
    fs::copy(from.join("casebook.db"), to.join("casebook.db")).unwrap();
    for entry in fs::read_dir(from.join("keys")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join("keys").join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_casebook_from_an_older_copy_is_told_from_the_mark() {
    let desk = desk();
    let backup = tempfile::tempdir().unwrap();
    copy_workspace(&desk.dir, backup.path());
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    fs::copy(backup.path().join("casebook.db"), desk.dir.join("casebook.db")).unwrap();
    // The key folder knows a later end.
    let opened = Casebook::open(desk.opening("casebook.db", 5)).unwrap_err();
    assert_eq!(opened.code(), "casebook_behind");
    // With the key folder from the same backup only the mark knows.
    copy_workspace(backup.path(), &desk.dir);
    let before = desk.dump();
    require_refused(desk.apply(&desk.plan([("account", "2")]).unwrap()), "casebook_behind");
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_database_from_an_older_copy_is_told_from_the_mark() {
    let desk = desk();
    let backup = fs::read(desk.path()).unwrap();
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    fs::write(desk.path(), &backup).unwrap(); // the same file with older content: Zhang is back
    let before = desk.dump();
    assert!(before.contains(SECRET));
    require_refused(desk.apply(&desk.plan([("account", "2")]).unwrap()), "database_behind");
    assert_eq!(desk.dump(), before);
}

#[test]
fn a_database_restored_in_the_middle_of_a_change_is_told_from_the_mark() {
    let desk = desk();
    let backup = fs::read(desk.path()).unwrap();
    let job = desk.plan([("account", "1")]).unwrap();
    require_refused(desk.apply_until(&job, FailurePoint::AfterCommitted), "interrupted");
    fs::write(desk.path(), &backup).unwrap();
    require_refused(desk.recover(), "database_behind");
    assert_eq!(files(&desk), ["a.amr", "b.amr", "c.amr"], "no file goes for rows that are there");
}

#[test]
fn a_casebook_that_went_on_elsewhere_is_told_from_the_mark() {
    let desk = desk();
    let other = Desk::at(tempfile::tempdir().unwrap().keep().as_path());
    copy_workspace(&desk.dir, &other.dir);
    fs::create_dir(other.dir.join("files")).unwrap();
    fs::copy(desk.dir.join("datamap.toml"), other.dir.join("datamap.toml")).unwrap();
    fs::hard_link(desk.path(), other.path()).unwrap(); // one database, two copies of one workspace
    other.apply(&other.plan([("account", "2")]).unwrap()).unwrap();
    require_refused(desk.apply(&desk.plan([("account", "1")]).unwrap()), "casebook_behind");
    assert!(desk.dump().contains(SECRET));
    fs::remove_dir_all(&other.dir).unwrap();
}

#[test]
fn two_workspaces_on_one_database_keep_their_own_marks() {
    let desk = desk();
    let other = tempfile::tempdir().unwrap();
    let other = Desk { random: 100, ..Desk::at(other.path()) };
    fs::create_dir(other.dir.join("files")).unwrap();
    KeyFolder::create(&other.dir.join("keys")).unwrap();
    let mut book = Casebook::create(other.opening("casebook.db", 1234), now(), "officer").unwrap();
    crate::desk::open_case(&mut book);
    drop(book);
    fs::copy(desk.dir.join("datamap.toml"), other.dir.join("datamap.toml")).unwrap();
    fs::hard_link(desk.path(), other.path()).unwrap();
    let stranger = other.plan([("account", "1")]).unwrap();
    require_refused(desk.apply(&stranger), "foreign_plan");
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    other.apply(&other.plan([("account", "2")]).unwrap()).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM droit_mark"), 2);
    assert!(desk.recover().unwrap().is_empty() && other.recover().unwrap().is_empty());
}

// --- plans that change little or nothing -----------------------------------------------------------------------------

#[test]
fn a_plan_that_changes_nothing_is_carried_out_and_recovered() {
    let desk = desk();
    let mut job = desk.plan([("account", "1")]).unwrap();
    desk.apply(&job).unwrap();
    desk.clock.set("2026-11-23T03:00:00Z".parse().unwrap());
    let before = desk.dump();
    job = desk.plan_at([("account", "1")], desk.clock.now()).unwrap();
    assert_eq!(job.totals.changes(), 0, "everything is overwritten already");
    desk.apply(&job).unwrap();
    assert_eq!(desk.dump(), before);
    for point in [FailurePoint::AfterIntent, FailurePoint::AfterUserCommit, FailurePoint::BeforeRemoved] {
        desk.clock.set(desk.clock.now() + Duration::from_mins(1));
        let job = desk.plan_at([("account", "1")], desk.clock.now()).unwrap();
        require_refused(desk.apply_until(&job, point), "interrupted");
        assert_eq!(desk.recover().unwrap().len(), 1, "{point:?}");
    }
    require_whole(&desk);
}

#[test]
fn an_error_gives_the_intent_up_and_leaves_nothing_to_recover() {
    let desk = desk();
    desk.sql("CREATE TRIGGER no_more BEFORE DELETE ON calls BEGIN SELECT RAISE(ABORT, 'no'); END");
    fs::write(
        desk.dir.join("datamap.toml"),
        map_of_people(COLUMNS).replace("[tables.people]", "[acknowledged]\n\"no_more\" = \"refuses\"\n[tables.people]"),
    )
    .unwrap();
    let job = desk.plan([("account", "1")]).unwrap();
    require_refused(desk.apply(&job), "constraint");
    assert!(desk.recover().unwrap().is_empty());
    let mut last = None;
    let read = desk.book().events_after(0, |recorded| {
        last = Some(recorded.event);
        Ok(())
    });
    read.unwrap();
    assert!(matches!(last, Some(Event::Abandoned { intent: 1, why }) if why == "constraint"));
}
