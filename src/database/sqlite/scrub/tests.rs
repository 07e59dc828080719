//! Cleaning while the application is connected.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;
use crate::database::sqlite::pages::{Page, Site};

#[derive(Default)]
struct Dirty {
    bytes: usize,
    sites: Vec<Site>,
}

impl Visitor for Dirty {
    fn page(&mut self, page: &Page<'_>) -> Result<(), DatabaseError> {
        let dirt = page.dead.dirt(page.bytes);
        self.bytes += dirt;
        if dirt > 0 {
            self.sites.push(Site::of(page));
        }
        Ok(())
    }
}

struct House {
    dir: TempDir,
    app: Connection,
}

impl House {
    fn new(journal: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = Connection::open(dir.path().join("app.db")).unwrap();
        app.execute_batch(&format!(
            "PRAGMA journal_mode = {journal}; PRAGMA secure_delete = OFF;
             CREATE TABLE t (id INTEGER PRIMARY KEY, secret TEXT, other TEXT); CREATE INDEX t_secret ON t (secret);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO t SELECT i, 'SECRET-' || (i * 7919 % 3001), hex(zeroblob(i % 90)) FROM n;
             DELETE FROM t WHERE id % 3 <> 0;"
        ))
        .unwrap();
        Self { dir, app }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("app.db")
    }

    fn scrubber(&self) -> Scrubber {
        let options = Options { lock_wait: Duration::from_millis(300), ..Options::default() };
        Scrubber::open(&DatabaseUrl::sqlite(self.path()), &options).unwrap()
    }

    fn secrets_in(&self, suffix: &str) -> usize {
        let mut path = self.path().into_os_string();
        path.push(suffix);
        fs::read(path).unwrap_or_default().windows(7).filter(|w| w == b"SECRET-").count()
    }
}

fn clean(scrubber: &mut Scrubber) -> Scrubbed {
    let mut done = Scrubbed::default();
    loop {
        scrubber.settle(&mut ()).unwrap();
        let mut dirty = Dirty::default();
        let walked = scrubber.walk(&mut dirty).unwrap();
        if dirty.sites.is_empty() {
            return done;
        }
        done.add(scrubber.scrub(&walked.layout, &dirty.sites).unwrap());
    }
}

#[test]
fn a_file_is_cleaned_under_a_connected_application() {
    for journal in ["WAL", "DELETE", "TRUNCATE", "PERSIST"] {
        let house = House::new(journal);
        let kept = 1000; // rows
        assert!(house.secrets_in("") + house.secrets_in("-wal") > 2 * kept, "{journal}");
        let mut scrubber = house.scrubber();
        scrubber.require_intact().unwrap();
        let done = clean(&mut scrubber);
        assert!(done.pages > 20 && done.bytes > 10_000 && done.moved == 0, "{done:?}");
        scrubber.require_intact().unwrap();
        // each kept row has its secret in the table and in the index; keys that part the index stand there, too
        assert_eq!(house.secrets_in(""), 2 * kept, "{journal}");
        assert_eq!((house.secrets_in("-wal"), house.secrets_in("-journal")), (0, 0));
        drop(scrubber);
        house.app.execute("INSERT INTO t VALUES (9001, 'SECRET-9001', NULL)", []).unwrap();
        let rows: i64 =
            house.app.query_row("SELECT count(*) FROM t WHERE secret >= 'S'", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1001);
    }
}

#[test]
fn a_journal_that_is_kept_is_emptied_though_nothing_is_dirty() {
    let house = House::new("PERSIST");
    clean(&mut house.scrubber());
    house.app.execute("UPDATE t SET other = '' WHERE id < 300", []).unwrap();
    assert!(house.secrets_in("-journal") > 0);
    clean(&mut house.scrubber());
    assert_eq!(house.secrets_in("-journal"), 0);
}

#[test]
fn a_snapshot_or_a_writer_stands_in_the_way_and_then_no_longer() {
    let house = House::new("WAL");
    let reader = Connection::open(house.path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    house.app.execute("DELETE FROM t WHERE id = 3", []).unwrap();
    let mut scrubber = house.scrubber();
    assert!(matches!(scrubber.settle(&mut ()), Err(Obstacle::SnapshotHeld(_))));
    reader.execute_batch("COMMIT").unwrap();
    scrubber.settle(&mut ()).unwrap();
    scrubber.release().unwrap();

    let house = House::new("DELETE");
    let mut scrubber = house.scrubber();
    scrubber.settle(&mut ()).unwrap();
    let mut dirty = Dirty::default();
    let walked = scrubber.walk(&mut dirty).unwrap();
    let reader = Connection::open(house.path()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    let before = fs::read(house.path()).unwrap();
    assert!(matches!(scrubber.scrub(&walked.layout, &dirty.sites), Err(Obstacle::Locked(_))));
    assert_eq!(fs::read(house.path()).unwrap(), before);
    reader.execute_batch("COMMIT").unwrap();
    scrubber.scrub(&walked.layout, &dirty.sites).unwrap();
}

#[test]
fn what_the_application_writes_between_two_slices_stays() {
    let house = House::new("WAL");
    let mut scrubber = house.scrubber();
    scrubber.settle(&mut ()).unwrap();
    let mut dirty = Dirty::default();
    let walked = scrubber.walk(&mut dirty).unwrap();
    scrubber.release().unwrap();
    house
        .app
        .execute_batch(
            "DELETE FROM t WHERE id % 2 = 0; INSERT INTO t SELECT id + 10000, 'new ' || id, hex(zeroblob(900)) FROM t",
        )
        .unwrap();
    let sum = |house: &House| -> String {
        let sql = "SELECT group_concat(id || secret || other) FROM (SELECT * FROM t ORDER BY id)";
        house.app.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let before = sum(&house);
    let done = scrubber.scrub(&walked.layout, &dirty.sites).unwrap();
    assert!(done.moved > 0);
    assert_eq!(sum(&house), before);
    clean(&mut scrubber);
    scrubber.require_intact().unwrap();
    assert_eq!(sum(&house), before);
}

#[test]
fn in_one_transaction_everything_is_cleaned_that_a_walk_would_find() {
    for journal in ["WAL", "DELETE"] {
        let house = House::new(journal);
        let mut scrubber = house.scrubber();
        let done = scrubber.scrub_exclusively().unwrap();
        assert!(done.pages > 20 && done.slices == 1 && done.moved == 0, "{done:?}");
        scrubber.settle(&mut ()).unwrap();
        let mut dirty = Dirty::default();
        scrubber.walk(&mut dirty).unwrap();
        assert_eq!(dirty.bytes, 0);
        scrubber.require_intact().unwrap();
        scrubber.release().unwrap();
        house.app.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(matches!(scrubber.scrub_exclusively(), Err(Obstacle::SnapshotHeld(_) | Obstacle::Locked(_))));
        house.app.execute_batch("COMMIT").unwrap();
    }
}

#[test]
fn the_file_is_held_still_while_the_snapshot_lasts() {
    let house = House::new("WAL");
    let mut scrubber = house.scrubber();
    scrubber.settle(&mut ()).unwrap();
    let before = fs::read(house.path()).unwrap();
    house.app.execute_batch("UPDATE t SET other = 'x'; PRAGMA wal_checkpoint(PASSIVE)").unwrap();
    assert_eq!(fs::read(house.path()).unwrap(), before);
    scrubber.walk(&mut Dirty::default()).unwrap();
    scrubber.release().unwrap();
    house.app.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert_ne!(fs::read(house.path()).unwrap(), before);
}

#[test]
fn what_is_damaged_or_longer_than_its_pages_is_refused() {
    let house = House::new("DELETE");
    let mut bytes = fs::read(house.path()).unwrap();
    bytes.extend([7; 100]);
    fs::write(house.path(), &bytes).unwrap();
    let mut scrubber = house.scrubber();
    scrubber.settle(&mut ()).unwrap();
    assert!(matches!(scrubber.walk(&mut Dirty::default()), Err(DatabaseError::Damaged(_))));

    let house = House::new("DELETE");
    clean(&mut house.scrubber());
    let mut bytes = fs::read(house.path()).unwrap();
    // a value in the table that is another one in the index, or the other way about
    let value = bytes.windows(7).rposition(|window| window == b"SECRET-").unwrap();
    bytes[value] ^= 0x15;
    fs::write(house.path(), &bytes).unwrap();
    assert!(matches!(house.scrubber().require_intact(), Err(DatabaseError::Damaged(_))));
}
