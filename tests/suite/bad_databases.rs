//! Databases that droit must refuse, or serve although they are strange. Each refusal is one clear error with a stable
//! code, quotes no value of a person, and leaves the file as it was.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use droit::{
    case::{FailurePoint, IntentState},
    database::{DatabaseUrl, connect, connect_for_writing},
    error::Error,
};
use rusqlite::Connection;

use crate::desk::{Desk, SECRET, dump, export, now, process, require_refused, sha, told};

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

// --- files -----------------------------------------------------------------------------------------------------------

#[test]
fn what_is_no_database_is_refused_and_not_made_into_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    require_unopened(&path("missing.db"), "database_missing");
    assert!(!path("missing.db").exists(), "nothing was made");
    for (name, bytes) in [
        ("empty.db", b"".as_slice()),
        ("text.db", b"name,phone\nZhang-secret,13800138000\n"),
        ("short.db", b"SQLite format 3"),
    ] {
        fs::write(path(name), bytes).unwrap();
        require_unopened(&path(name), "not_a_database");
    }
    fs::create_dir(path("folder.db")).unwrap();
    require_unopened(&path("folder.db"), "not_a_database");
    std::os::unix::fs::symlink(path("nowhere"), path("dangling.db")).unwrap();
    require_unopened(&path("dangling.db"), "database_missing");
}

#[test]
fn a_cut_off_or_damaged_database_is_refused() {
    let desk = desk();
    let whole = fs::read(desk.path()).unwrap();
    fs::write(desk.path(), &whole[..100]).unwrap();
    require_unopened(&desk.path(), "not_a_database");
    let mut damaged = whole.clone();
    damaged[100..200].fill(0xaa); // the schema's own page
    fs::write(desk.path(), &damaged).unwrap();
    require_unopened(&desk.path(), "not_a_database");
    fs::write(desk.path(), &whole).unwrap();
    let root: usize = desk.one::<i64>("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").try_into().unwrap();
    let mut rows = whole;
    rows[(root - 1) * 4096..root * 4096].fill(0x5a);
    fs::write(desk.path(), &rows).unwrap();
    let outcome = desk.plan([("account", "1")]).and_then(|job| desk.apply(&job).map(drop));
    require_code(outcome, "not_a_database");
    assert_eq!(fs::read(desk.path()).unwrap(), rows);
}

// --- locks -----------------------------------------------------------------------------------------------------------

#[test]
fn a_database_that_somebody_writes_is_busy_after_the_wait() {
    for mode in ["DELETE", "WAL"] {
        let desk = desk();
        desk.sql(&format!("PRAGMA journal_mode = {mode}"));
        let job = desk.plan([("account", "1")]).unwrap();
        let before = desk.dump();
        let other = Connection::open(desk.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE; UPDATE goods SET sold = 6").unwrap();
        require_refused(desk.apply(&job), "database_busy");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(desk.dump(), before, "{mode}");
        desk.apply(&job).unwrap();
    }
}

#[test]
fn an_exclusive_writer_keeps_readers_out() {
    let desk = desk();
    let other = Connection::open(desk.path()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    require_unopened(&desk.path(), "database_busy");
}

#[test]
fn a_long_reader_makes_the_commit_fail_and_leaves_nothing_to_recover() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql(droit::database::sqlite::MARK_SQL); // so that only the change has to get past the reader
    let before = desk.dump();
    let other = Connection::open(desk.path()).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM people").unwrap();
    require_refused(desk.apply(&job), "database_busy");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(desk.dump(), before);
    let book = desk.book();
    let intent = book.intent(book.last_intent().unwrap()).unwrap().unwrap();
    assert_eq!(intent.state, IntentState::Abandoned, "the casebook knows that it did not take place");
    drop(book);
    desk.apply(&job).unwrap();
}

// --- journals --------------------------------------------------------------------------------------------------------

/// Makes a database whose writer was killed in the middle of a transaction.
fn killed_writer(mode: &str) -> Desk {
    let desk = desk();
    let told = [("DB", desk.path().display().to_string()), ("MODE", mode.to_owned())];
    let ended = process("bad_databases::a_writer_that_dies", &told).output().unwrap();
    assert_eq!(ended.status.signal(), Some(9), "{}", String::from_utf8_lossy(&ended.stderr));
    desk
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_writer_that_dies() {
    let Some(path) = told("DB") else { return };
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!("PRAGMA journal_mode = {}; PRAGMA cache_size = 5", told("MODE").unwrap()))
        .unwrap();
    if told("MODE").unwrap() == "WAL" {
        connection.execute_batch("INSERT INTO orders VALUES (13, 1, 'Zhang-secret wal', NULL)").unwrap();
    }
    connection
        .execute_batch(
            "BEGIN; WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO orders SELECT i, 2, hex(randomblob(500)), NULL FROM n;",
        )
        .unwrap();
    std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status().unwrap();
    thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_hot_journal_is_refused_and_left_untouched() {
    for mode in ["DELETE", "PERSIST", "TRUNCATE"] {
        let desk = killed_writer(mode);
        let journal = desk.dir.join("people.db-journal");
        let (file, hot) = (desk.sha(), sha(&journal));
        require_unopened(&desk.path(), "hot_journal");
        assert_eq!((desk.sha(), sha(&journal)), (file, hot), "{mode}");
    }
}

#[test]
fn what_a_killed_process_left_in_the_wal_is_read() {
    let desk = killed_writer("WAL");
    assert!(desk.dir.join("people.db-wal").exists());
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().located, 4, "the person and three orders, one of them only in the WAL");
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1, "what was never committed is not there");
}

// --- permissions: as somebody who is not root ------------------------------------------------------------------------

const NOBODY: u32 = 65534;

/// Opens the database at `path` as a user without rights of their own, and tells the code of reader and writer.
fn as_nobody(dir: &Path, path: &Path) -> String {
    let binary: PathBuf = dir.join("suite-of-nobody");
    let root = rustix_uid() == 0;
    let mut command = if root {
        fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
        let told = [("DB", path.display().to_string())];
        let test = process("bad_databases::somebody_who_opens_it", &told);
        let mut command = std::process::Command::new(&binary);
        command.args(test.get_args()).env("DROIT_TEST_DB", path).uid(NOBODY).gid(NOBODY).current_dir("/");
        command
    } else {
        process("bad_databases::somebody_who_opens_it", &[("DB", path.display().to_string())])
    };
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.split_once("codes: ")).map(|(_, codes)| codes.to_owned());
    line.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
}

fn rustix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid()
}

#[test]
#[ignore = "a child process of the tests below"]
fn somebody_who_opens_it() {
    let Some(path) = told("DB") else { return };
    let url = DatabaseUrl::sqlite(path);
    let code = |outcome: Result<(), droit::database::DatabaseError>| outcome.map_or_else(|e| e.code(), |()| "ok");
    let reader = code(connect(&url, &Desk::options()).and_then(|mut database| database.schema().map(drop)));
    let writer = code(connect_for_writing(&url, &Desk::options()).and_then(|mut database| {
        database.create_mark_table()?;
        database.begin().map(drop)
    }));
    println!("codes: {reader} {writer}");
}

/// A database of its own in a folder that everybody may enter.
fn public(mode: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(&format!("PRAGMA journal_mode = {mode}; {SQL}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    (dir, path)
}

#[test]
fn a_file_that_may_only_be_read_is_read_and_not_written() {
    let (dir, path) = public("DELETE");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let before = sha(&path);
    assert_eq!(as_nobody(dir.path(), &path), "ok database_read_only");
    assert_eq!(sha(&path), before);
}

#[test]
fn a_file_that_may_not_be_read_cannot_be_opened() {
    let (dir, path) = public("DELETE");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(as_nobody(dir.path(), &path), "cannot_open cannot_open");
}

#[test]
fn a_folder_that_may_not_be_written_is_as_read_only_as_the_file() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can give a file to somebody and keep its folder");
        return;
    }
    let (dir, path) = public("DELETE");
    chown(&path, Some(NOBODY), Some(NOBODY)).unwrap(); // the file is theirs, the folder is not
    let before = sha(&path);
    assert_eq!(as_nobody(dir.path(), &path), "ok database_read_only");
    assert_eq!(sha(&path), before);
}

#[test]
fn a_wal_of_another_user_is_refused_and_not_read_past() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can leave files of another user behind");
        return;
    }
    let (dir, path) = public("WAL");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("INSERT INTO people VALUES (3, 'Zhang-secret 3', NULL)").unwrap();
    for name in ["people.db-wal", "people.db-shm"] {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    // Without the WAL an older state would be read: that must not pass for the truth.
    assert_eq!(as_nobody(dir.path(), &path), "cannot_open cannot_open");
    drop(writer);
}

#[test]
fn a_wal_database_on_a_disk_that_may_only_be_read_is_never_read_past_its_wal() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can give a file to somebody and keep its folder");
        return;
    }
    let (dir, path) = public("WAL");
    // Closed properly, so there is no WAL; making one is not allowed.
    let codes = as_nobody(dir.path(), &path);
    let reader = codes.split(' ').next().unwrap();
    assert!(["ok", "cannot_open", "database_read_only"].contains(&reader), "{codes}");
    assert!(!codes.ends_with(" ok"), "{codes}");
}

#[test]
fn a_hot_journal_on_a_disk_that_may_only_be_read_is_refused() {
    let desk = killed_writer("DELETE");
    let journal = desk.dir.join("people.db-journal");
    for file in [desk.path(), journal.clone()] {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    }
    let before = (desk.sha(), sha(&journal));
    assert_eq!(as_nobody(&desk.dir, &desk.path()), "hot_journal hot_journal");
    assert_eq!((desk.sha(), sha(&journal)), before);
}

// --- schema drift between plan and apply -----------------------------------------------------------------------------

#[test]
fn a_schema_that_drifts_between_plan_and_apply_is_refused_by_name() {
    for (change, named) in [
        ("CREATE TABLE secrets (id INTEGER PRIMARY KEY, person_id INTEGER)", "secrets"),
        ("ALTER TABLE orders ADD COLUMN wechat TEXT", "orders"),
        ("DROP TABLE goods", "goods"),
        ("CREATE TRIGGER copy AFTER DELETE ON orders BEGIN INSERT INTO goods VALUES (NULL, 1); END", "orders"),
        ("CREATE VIEW everybody AS SELECT * FROM people", "everybody"),
    ] {
        let desk = desk();
        let job = desk.plan([("account", "1")]).unwrap();
        desk.sql(change);
        let before = desk.dump();
        let shown = require_refused(desk.apply(&job), "drift");
        assert!(shown.contains(named), "{shown}");
        assert_eq!(desk.dump(), before);
        assert!(desk.book().unsettled_intents().unwrap().is_empty());
    }
}

#[test]
fn a_trigger_that_is_swapped_between_plan_and_apply_is_refused_by_name() {
    let trigger = |does: &str| format!("CREATE TRIGGER t AFTER DELETE ON orders BEGIN {does}; END");
    let desk = Desk::new(&format!("{SQL}{}", trigger("UPDATE goods SET sold = sold + 1")), &map_with(&["t"], ""));
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql(&format!("DROP TRIGGER t; {}", trigger("UPDATE goods SET sold = 0")));
    let shown = require_refused(desk.apply(&job), "drift");
    assert!(shown.contains("orders"), "{shown}");
    assert_eq!(desk.one::<i64>("SELECT sold FROM goods"), 5);
}

#[test]
fn an_index_that_comes_between_plan_and_apply_is_no_drift() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql("CREATE INDEX more ON orders (done_at)");
    desk.apply(&job).unwrap();
}

// --- foreign keys, REPLACE, triggers ---------------------------------------------------------------------------------

const TICKETS: &str = "[tables.tickets]
purpose = \"help\"
clause = \"1\"
basis = \"contract\"
[tables.tickets.columns]
id = \"key\"
about = \"fact, observed\"";

#[test]
fn a_foreign_key_that_the_map_does_not_follow_is_refused_before_or_by_the_engine() {
    for deferred in ["", " DEFERRABLE INITIALLY DEFERRED"] {
        let sql = format!(
            "{SQL} CREATE TABLE tickets (id INTEGER PRIMARY KEY, about INTEGER REFERENCES people(id){deferred});
             INSERT INTO tickets VALUES (1, 1);"
        );
        let desk = Desk::new(&sql, &format!("{MAP}{TICKETS}"));
        match desk.try_map() {
            // A column that is only a fact and yet points at people is a finding already.
            Err(findings) => {
                assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("tickets")), "{findings:?}");
            }
            Ok(_) => {
                require_refused_whole(&desk, "foreign_key");
            }
        }
    }
}

#[test]
fn a_cascade_that_the_map_does_not_follow_never_takes_a_row_along() {
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY, sold INTEGER NOT NULL DEFAULT 0,
            order_id INTEGER REFERENCES orders(id) ON DELETE CASCADE);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', NULL);
        INSERT INTO orders VALUES (11, 1, NULL, NULL);
        INSERT INTO goods VALUES (1, 0, 11);";
    let desk = Desk::new(sql, MAP);
    if let Err(findings) = desk.try_map() {
        assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("goods")), "{findings:?}");
        return;
    }
    let shown = require_refused_whole(&desk, "unplanned_change");
    assert!(shown.contains("goods"), "{shown}");
}

#[test]
fn a_replace_that_would_delete_a_strangers_row_is_refused() {
    // Both columns are overwritten by constants, and a stranger's row has these constants already.
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL,
            UNIQUE (name, phone) ON CONFLICT REPLACE);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', '1');";
    let map = MAP.replace("[tables.people]\n", "[tables.people]\nerase = \"anonymize\"\n");
    let alone = Desk::new(sql, &map);
    alone.apply(&alone.plan([("account", "1")]).unwrap()).unwrap();
    let (name, phone): (String, String) = (alone.one("SELECT name FROM people"), alone.one("SELECT phone FROM people"));
    let desk = Desk::new(&format!("{sql} INSERT INTO people VALUES (2, '{name}', '{phone}')"), &map);
    require_refused_whole(&desk, "constraint");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people"), 2);
}

/// A desk with one trigger, acknowledged by somebody who did not read it.
fn triggered(trigger: &str, more: &str) -> Desk {
    let third = "INSERT INTO people VALUES (3, 'Zhang-secret 3', '13700137000');";
    Desk::new(&format!("{SQL}{third}{trigger}"), &map_with(&["hostile"], more))
}

#[test]
fn a_trigger_that_takes_strangers_rows_is_refused_although_acknowledged() {
    for (trigger, table) in [
        ("CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN DELETE FROM people WHERE id = 3; END;", "people"),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE people SET phone = NULL WHERE id = 2; END;",
            "people",
        ),
        ("CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN DELETE FROM orders WHERE id = 21; END;", "orders"),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE orders SET address = '' WHERE id = 21; END;",
            "orders",
        ),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON people BEGIN \
             INSERT OR REPLACE INTO orders VALUES (21, 2, 'stolen', NULL); END;",
            "orders",
        ),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON people BEGIN \
             UPDATE OR REPLACE orders SET id = 22 WHERE id = 21; END;",
            "orders",
        ),
    ] {
        let shown = require_refused_whole(&triggered(trigger, ""), "unplanned_change");
        assert!(shown.contains(table), "{trigger}: {shown}");
    }
}

#[test]
fn a_trigger_that_spares_a_row_and_takes_a_strangers_instead_is_refused() {
    // As many rows as planned, but others.
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON people WHEN old.id = 1 BEGIN \
        DELETE FROM people WHERE id = 3; SELECT RAISE(IGNORE); END;";
    require_refused_whole(&triggered(trigger, ""), "still_found");
}

#[test]
fn a_trigger_that_keeps_a_copy_is_refused_unless_the_copy_goes_as_well() {
    let copies = "CREATE TABLE copies (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT);
        CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN \
        INSERT INTO copies VALUES (NULL, old.person_id, old.address); END;";
    let tied = "[tables.copies.columns]\nid = \"key\"\nperson_id = \"of people.id\"\naddress = \"address, observed\"";
    let desk = triggered(copies, tied);
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(desk.apply(&job).unwrap().refilled, 2);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM copies"), 0);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
}

#[test]
fn a_trigger_may_count_where_no_personal_data_is() {
    let trigger = "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE goods SET sold = sold - 1; END;";
    let desk = triggered(trigger, "");
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(desk.one::<i64>("SELECT sold FROM goods"), 3);
}

#[test]
fn a_trigger_may_touch_again_the_row_that_is_changed() {
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, changed TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', NULL, 'then'), (2, 'Zhang-secret 2', NULL, 'then');
        CREATE TRIGGER touch AFTER UPDATE ON people BEGIN UPDATE people SET changed = 'now' WHERE id = ID; END;";
    let map = map_with(&["touch"], "")
        .replace("[tables.people]\n", "[tables.people]\nerase = \"anonymize\"\n")
        .replace("name = \"name, provided\"\n", "name = \"name, provided\"\nchanged = \"time, observed\"\n");
    let theirs = Desk::new(&sql.replace("= ID", "= new.id"), &map);
    theirs.apply(&theirs.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(theirs.one::<String>("SELECT group_concat(changed) FROM people"), "now,then");
    let strangers = Desk::new(&sql.replace("= ID", "> 0"), &map);
    require_refused_whole(&strangers, "unplanned_change");
}

#[test]
fn what_a_trigger_or_function_says_is_never_repeated() {
    for trigger in [
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'Zhang-secret is not deleted'); END;",
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(FAIL, 'Zhang-secret'); END;",
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(ROLLBACK, 'Zhang-secret'); END;",
    ] {
        require_refused_whole(&triggered(trigger, ""), "constraint");
    }
    // A JSON path that is none is quoted by the engine.
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT json_extract('{}', old.address); END;";
    require_refused_whole(&triggered(trigger, ""), "database_failed");
}

#[test]
fn a_view_is_never_read_whatever_it_does() {
    let views = "CREATE VIEW hostile AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n;
        CREATE VIEW broken AS SELECT missing FROM nowhere;";
    let desk = Desk::new(&format!("{SQL}{views}"), &map_with(&["hostile", "broken"], ""));
    require_erased(&desk);
}

#[test]
fn expressions_of_the_schema_cannot_do_anything() {
    // Functions that reach out are refused by the engine, as the schema is not trusted; those that do not just compute.
    let sql = SQL.replace(
        "done_at TEXT);",
        "done_at TEXT, size INTEGER GENERATED ALWAYS AS (length(address)) VIRTUAL CHECK (size IS NULL OR size < 1e6),
         made TEXT DEFAULT (hex(zeroblob(4))));",
    );
    let sql = sql.replace("INSERT INTO orders VALUES", "INSERT INTO orders (id, person_id, address, done_at) VALUES");
    let map = format!("{MAP}size = \"fact, observed\"\nmade = \"fact, observed\"\n");
    require_erased(&Desk::new(&sql, &map));
    let hostile = SQL.replace("done_at TEXT);", "done_at TEXT, x TEXT GENERATED ALWAYS AS (load_extension(address)));");
    let made = Connection::open_in_memory().unwrap().execute_batch(&hostile);
    assert!(made.is_err(), "SQLite does not even take it");
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT load_extension('/tmp/x.so'); END;";
    require_refused_whole(&triggered(trigger, ""), "database_failed");
}

// --- encodings, page sizes, values -----------------------------------------------------------------------------------

#[test]
fn every_encoding_and_page_size_is_served() {
    for setting in [
        "PRAGMA encoding = 'UTF-16le';",
        "PRAGMA encoding = 'UTF-16be';",
        "PRAGMA page_size = 512;",
        "PRAGMA page_size = 65536;",
        "PRAGMA auto_vacuum = 2;",
    ] {
        require_erased(&Desk::new(&format!("{setting}{SQL}"), MAP));
    }
}

#[test]
fn text_that_is_no_text_goes_like_any_other() {
    let bad = "INSERT INTO orders VALUES (13, 1, CAST(x'ff5a68616e67fe' AS TEXT), CAST(x'c328' AS TEXT)),
        (14, 1, CAST(x'00' AS TEXT), x'0102');";
    require_erased(&Desk::new(&format!("{SQL}{bad}"), MAP));
}

#[test]
fn a_date_that_is_none_keeps_a_row_for_good() {
    let keep = "[tables.orders]\nkeep = { for = \"3 years\", after = \"done_at\", law = \"L\", because = \"b\" }\n";
    let map = MAP.replace("[tables.orders.columns]", &format!("{keep}[tables.orders.columns]"));
    for date in ["''", "NULL", "'0000-00-00'", "'2026-02-30'", "'yesterday'", "'2026-13-01'", "x'00'", "''''"] {
        let sql = format!("{SQL} DELETE FROM orders; INSERT INTO orders VALUES (11, 1, 'Zhang-secret', {date});");
        let desk = Desk::new(&sql, &map);
        let job = desk.plan([("account", "1")]).unwrap();
        assert_eq!(job.totals.kept_under("RET"), 1, "{date}");
        assert!(job.totals.kept.keys().all(|kept| kept.until.is_none()), "{date}");
        desk.apply(&job).unwrap();
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1, "{date}");
        assert_eq!(desk.one::<Option<String>>("SELECT address FROM orders"), None, "{date}");
    }
}

#[test]
fn text_where_a_number_is_declared_neither_ties_nor_breaks() {
    let bad = "INSERT INTO orders VALUES (13, 'Zhang-secret', 'x', NULL), (14, '1', 'x', NULL), (15, 1.0, 'x', NULL);
        INSERT INTO goods VALUES (2, 'many');";
    let desk = Desk::new(&format!("PRAGMA foreign_keys = OFF; {SQL}{bad}"), MAP);
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    // '1' and 1.0 became the whole number 1 when they were stored; the other text is nobody's.
    assert_eq!(desk.one::<String>("SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY id)"), "13,21");
}

// --- size ------------------------------------------------------------------------------------------------------------

/// Anonymous memory of this process, in KiB.
fn anonymous() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Erases or exports person 1 in a process of its own; the peak of its anonymous memory in KiB.
fn peak_of(work: &str, desk: &Desk) -> u64 {
    let told = [("DIR", desk.dir.display().to_string()), ("DO", work.to_owned())];
    let output = process("bad_databases::a_process_that_measures_itself", &told).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let peak = text.lines().find_map(|line| line.split_once("peak: ")).map(|(_, peak)| peak.parse().unwrap());
    peak.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_process_that_measures_itself() {
    let Some(dir) = told("DIR") else { return };
    let (done, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let watch = thread::spawn({
        let (done, peak) = (Arc::clone(&done), Arc::clone(&peak));
        move || {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        }
    });
    let desk = Desk::at(Path::new(&dir));
    if told("DO").unwrap() == "export" {
        export(&desk, [("account", "1")]);
    } else {
        let job = desk.plan_into([("account", "1")], now(), &mut std::io::sink()).unwrap();
        desk.apply(&job).unwrap();
    }
    done.store(true, Ordering::Relaxed);
    watch.join().unwrap();
    println!("peak: {}", peak.load(Ordering::Relaxed));
}

/// A desk whose person 1 has a text of a hundred million bytes.
fn a_hundred_megabytes() -> Desk {
    let large = "INSERT INTO orders VALUES (13, 1, printf('%.*c', 100000000, 'Z'), NULL);";
    Desk::new(&format!("{SQL} {large}"), MAP)
}

/// A desk whose person 1 has a million rows.
fn a_million_rows() -> Desk {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1000099)
        INSERT INTO orders SELECT i, 1, 'Zhang-secret', NULL FROM n;";
    Desk::new(&format!("{SQL} {rows}"), MAP)
}

const LIMIT: u64 = 64 << 10;

#[test]
fn a_text_of_a_hundred_megabytes_goes_in_little_memory() {
    let desk = a_hundred_megabytes();
    let peak = peak_of("erase", &desk);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_text_of_a_hundred_megabytes_is_exported_whole_in_little_memory() {
    let desk = a_hundred_megabytes();
    let peak = peak_of("export", &desk);
    assert_eq!(documents(&desk), 2, "the data and the table hold it whole");
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_person_with_a_million_rows_is_erased_in_little_memory() {
    let desk = a_million_rows();
    let peak = peak_of("erase", &desk);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_person_with_a_million_rows_is_exported_in_little_memory() {
    let desk = a_million_rows();
    let peak = peak_of("export", &desk);
    assert!(peak < LIMIT, "{peak} KiB");
}

/// Documents of the package that hold the large text whole.
fn documents(desk: &Desk) -> usize {
    let mut folders = vec![desk.dir.join("out")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found += usize::from(fs::metadata(&path).unwrap().len() >= 100_000_000);
            }
        }
    }
    found
}

// --- keys ------------------------------------------------------------------------------------------------------------

/// A desk with one table of notes, keyed as `columns` say.
fn notes(table: &str, rows: &str, words: &str) -> Desk {
    let sql = format!("{SQL} DELETE FROM orders; {table}; {rows};");
    Desk::new(&sql, &format!("{MAP}{words}"))
}

const NOTES: &str = "[tables.notes.columns]\nperson_id = \"of people.id\"\nnote = \"free_text, provided\"\n";

#[test]
fn rows_are_named_by_whatever_names_them() {
    for (table, rows, key) in [
        ("notes (person_id INTEGER, note TEXT)", "(1, 'a'), (1, 'a'), (2, 'a')", ""),
        (
            "notes (k TEXT PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            "('a', 1, 'a'), ('''b\"', 1, ''), ('c', 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (k TEXT PRIMARY KEY, person_id INTEGER, note TEXT)",
            "(NULL, 1, 'a'), (NULL, 1, ''), (NULL, 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (k TEXT, l REAL, person_id INTEGER, note TEXT, PRIMARY KEY (k, l)) WITHOUT ROWID",
            "('a', 0.1, 1, 'a'), ('a', 1e300, 1, ''), ('a', 0.2, 2, 'a')",
            "k = \"key\"\nl = \"key\"\n",
        ),
        (
            "notes (k INTEGER PRIMARY KEY, person_id INTEGER, note TEXT)",
            "(9223372036854775807, 1, 'a'), (-9223372036854775808, 1, ''), (9007199254740993, 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (rowid TEXT, person_id INTEGER, note TEXT)",
            "('x', 1, 'a'), ('x', 1, ''), ('x', 2, 'a')",
            "rowid = \"fact, observed\"\n",
        ),
        (
            "notes (rowid TEXT, _rowid_ TEXT, person_id INTEGER, note TEXT)",
            "('x', 'y', 1, 'a'), ('x', 'y', 1, ''), ('x', 'y', 2, 'a')",
            "rowid = \"fact, observed\"\n_rowid_ = \"fact, observed\"\n",
        ),
        (
            "notes (k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            "('A', 1, 'a'), ('B', 1, ''), ('c', 2, 'a')",
            "k = \"key\"\n",
        ),
    ] {
        let desk = notes(
            &format!("CREATE TABLE {table}"),
            &format!("INSERT INTO notes VALUES {rows}"),
            &format!("{NOTES}{key}"),
        );
        desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes"), 1, "{table}");
        assert_eq!(desk.one::<i64>("SELECT person_id FROM notes"), 2, "{table}");
    }
}

#[test]
fn keys_that_differ_only_where_the_collation_does_not_look_never_take_a_strangers_row() {
    let table = "CREATE TABLE notes (k TEXT COLLATE NOCASE NOT NULL, person_id INTEGER, note TEXT, PRIMARY KEY (k COLLATE BINARY))";
    let desk = notes(table, "INSERT INTO notes VALUES ('a', 1, 'x'), ('A', 2, 'y')", &format!("{NOTES}k = \"key\"\n"));
    let before = desk.dump();
    let outcome = desk.apply(&desk.plan([("account", "1")]).unwrap());
    if outcome.is_ok() {
        assert_eq!(desk.one::<String>("SELECT group_concat(k) FROM notes"), "A", "served exactly");
    } else {
        require_refused(outcome, "unplanned_change");
        assert_eq!(desk.dump(), before);
    }
}

#[test]
fn a_table_whose_rows_nothing_names_is_refused() {
    let table = "CREATE TABLE notes (rowid TEXT, _rowid_ TEXT, oid TEXT, person_id INTEGER, note TEXT)";
    let words = format!("{NOTES}rowid = \"fact, observed\"\n_rowid_ = \"fact, observed\"\noid = \"fact, observed\"\n");
    let desk = notes(table, "INSERT INTO notes VALUES ('x', 'x', 'x', 1, 'a')", &words);
    match desk.try_map() {
        Err(findings) => assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("notes")), "{findings:?}"),
        Ok(_) => {
            require_refused_whole(&desk, "no_key");
        }
    }
}

#[test]
fn keys_that_cannot_be_bound_are_refused() {
    for key in ["x'0102'", "CAST(x'410042' AS TEXT)", "CAST(x'ff' AS TEXT)"] {
        let desk = notes(
            "CREATE TABLE notes (k BLOB PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            &format!("INSERT INTO notes VALUES ({key}, 1, 'a'), ('z', 2, 'b')"),
            &format!("{NOTES}k = \"key\"\n"),
        );
        let shown = require_refused_whole(&desk, "unbindable_key");
        assert!(shown.contains("notes"), "{key}: {shown}");
    }
}

#[test]
fn names_that_need_quoting_are_quoted() {
    for name in ["order", "a b", "a\"b", "a'b", "订单", "a;b--", "select", "a]b", "a`b", "a.b", "%_", "-- x"] {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let key = serde_json::to_string(&quoted).unwrap();
        let plain =
            if name.chars().all(|c| c.is_ascii_alphabetic()) && name != "select" { name.to_owned() } else { key };
        let (table, column) = (&quoted, &quoted);
        let sql = format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE {table} (id INTEGER PRIMARY KEY, {column} INTEGER REFERENCES people(id), note TEXT);
             INSERT INTO people VALUES (1, 'Zhang-secret 1'), (2, 'Zhang-secret 2');
             INSERT INTO {table} VALUES (11, 1, 'Zhang-secret'), (21, 2, 'Zhang-secret');"
        );
        let toml = serde_json::to_string(name).unwrap();
        let map = format!(
            "version = 1\ncontroller = \"T\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"people.id\"\n\
             [tables.people]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n\
             [tables.people.columns]\nid = \"key\"\nname = \"name, provided\"\n\
             [tables.{plain}.columns]\nid = \"key\"\n{toml} = \"of people.id\"\nnote = \"free_text, provided\"\n"
        );
        let desk = Desk::new(&sql, &map);
        if let Err(findings) = desk.try_map() {
            panic!("{name}: {findings:?}\n{map}");
        }
        desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(desk.one::<i64>(&format!("SELECT {column} FROM {table}")), 2, "{name}");
    }
}

#[test]
fn an_erasure_that_is_interrupted_by_a_signal_leaves_everything() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    let before = dump(&desk.path());
    require_refused(desk.apply_until(&job, FailurePoint::AfterStatements), "interrupted");
    assert_eq!(desk.dump(), before);
}
