//! Whoever asks the map which rows are left sees the very state that was proven byte by byte.

use std::time::Duration;

use droit::{
    case::clock::FixedClock,
    database::{self, DatabaseError, DatabaseUrl, Options, sqlite::scrub::Onlooker},
    prove::{Hunt, Proving, Rows, prove_beside},
    schema::TableName,
};

use super::{House, markers, markers::App};

/// Rows, and an application that writes one more in the first instants in which they are looked at.
struct Hurried<'a> {
    rows: Rows<'a>,
    app: &'a rusqlite::Connection,
    left: u32,
}

impl Onlooker for Hurried<'_> {
    fn look(&mut self) -> Result<(), DatabaseError> {
        self.rows.look()?;
        if self.left > 0 {
            self.left -= 1;
            self.app.execute_batch("INSERT INTO seen_late DEFAULT VALUES").unwrap();
        }
        Ok(())
    }

    fn look_away(&mut self) -> Result<(), DatabaseError> {
        self.rows.look_away()
    }
}

#[test]
fn what_was_written_before_the_proof_is_seen_and_what_was_written_after_it_is_not() {
    let house = House::new(App::new("WAL", "OFF"));
    house.app.execute_batch("CREATE TABLE seen_late (id INTEGER PRIMARY KEY)").unwrap();
    markers::erase(&house.path());
    let (url, options) =
        (DatabaseUrl::sqlite(house.path()), Options { lock_wait: Duration::from_secs(5), ..Options::default() });
    let mut reader = database::connect(&url, &options).unwrap();
    let table = TableName::local("seen_late");
    assert_eq!(reader.count(&table).unwrap(), 0);
    let instant = "2026-11-23T02:00:00Z".parse().unwrap();
    let clock = FixedClock::new(instant);
    let mut hurried = Hurried { rows: Rows::new(&mut *reader, &clock), app: &house.app, left: 3 };
    let values = markers::values();
    let (proofs, still) = prove_beside(&url, &options, &Hunt::new(&values), &Proving::default(), &mut hurried).unwrap();
    assert!(proofs[0].is_proven(), "{:?}", proofs[0]);
    assert_eq!((hurried.left, hurried.rows.seen_at()), (0, Some(instant)));
    house.app.execute_batch("INSERT INTO seen_late DEFAULT VALUES").unwrap();
    assert_eq!(reader.count(&table).unwrap(), 3, "the state that was proven, and not the one after it");
    drop(reader);
    still.end().unwrap();
}

#[test]
fn without_a_log_nobody_writes_between_the_proof_and_the_look_at_the_rows() {
    let house = House::new(App::new("DELETE", "OFF"));
    house.app.execute_batch("CREATE TABLE seen_late (id INTEGER PRIMARY KEY)").unwrap();
    house.app.busy_timeout(Duration::ZERO).unwrap();
    let (url, options) = (DatabaseUrl::sqlite(house.path()), Options::default());
    let mut reader = database::connect(&url, &options).unwrap();
    let clock = FixedClock::new("2026-11-23T02:00:00Z".parse().unwrap());
    let mut rows = Rows::new(&mut *reader, &clock);
    let values = markers::values();
    let (_, still) = prove_beside(&url, &options, &Hunt::new(&values), &Proving::default(), &mut rows).unwrap();
    assert!(rows.seen_at().is_some());
    assert!(house.app.execute_batch("INSERT INTO seen_late DEFAULT VALUES").is_err());
    assert_eq!(reader.count(&TableName::local("seen_late")).unwrap(), 0);
    drop(reader);
    still.end().unwrap();
    house.app.execute_batch("INSERT INTO seen_late DEFAULT VALUES").unwrap();
}
