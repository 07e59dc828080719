//! Two hundred people of the sample company, drawn at random, and everybody with a story: exported and erased by the
//! product, checked by a key that was written by hand.

mod anonymized;
mod compare;
pub(crate) mod fate;
mod house;
pub(crate) mod key;
mod package;
mod picks;
mod symmetry;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use droit::{
    case::Identity,
    database::locate::{self, Closed},
    plan::Totals,
};
use rusqlite::Connection;

use self::{
    compare::{Happened, differences},
    fate::{Fate, Judge},
    house::{COMPLICATED, House, TODAY, USERS, bytes_of},
    key::{Mine, Somebody, is_ambiguous, rows_of},
    package::Telling,
};

/// What people are drawn by; printed when something fails.
const SEED: u64 = 20_261_124;
const DRAWN: usize = 200;
const CAST: i64 = 60;

/// The cast, those whose rows were complicated, two hundred of the crowd, people without an account.
fn people(db: &Connection) -> Vec<Somebody> {
    let account = |id| Somebody { account: Some(id), ..Somebody::default() };
    let mut all: Vec<Somebody> = (1..=CAST).chain(COMPLICATED).map(account).collect();
    let mut random = bytes_of(SEED);
    let crowd = (CAST + 1..=i64::try_from(USERS).unwrap()).filter(|id| !COMPLICATED.contains(id));
    let mut crowd: Vec<i64> = crowd.collect();
    for _ in 0..DRAWN {
        let mut bytes = [0; 8];
        random(&mut bytes);
        let at = usize::try_from(u64::from_le_bytes(bytes) % crowd.len() as u64).unwrap();
        all.push(account(crowd.swap_remove(at)));
    }
    let named = "SELECT DISTINCT recipient_phone, recipient_name FROM waybills
                 WHERE recipient_user_id IS NULL AND recipient_phone LIKE '16_________' ORDER BY 1 LIMIT 12";
    let mut statement = db.prepare(named).unwrap();
    let strangers = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap);
    let cast =
        [("15400009001", "蒋勇"), ("15400009003", "钱多")].map(|(phone, name)| (phone.to_owned(), name.to_owned()));
    all.extend(
        cast.into_iter().chain(strangers).map(|stranger| Somebody { stranger: Some(stranger), ..Somebody::default() }),
    );
    all
}

impl Somebody {
    fn identity(&self) -> Identity {
        let mut pairs = Vec::new();
        let id = self.account.map(|id| id.to_string());
        if let Some(id) = &id {
            pairs.push(("account", id.as_str()));
        }
        if let Some((phone, name)) = &self.stranger {
            pairs.extend([("phone", phone.as_str()), ("name", name.as_str())]);
        }
        if let Some(name) = &self.pick {
            pairs.push(("name", name.as_str()));
        }
        Identity::of(pairs)
    }
}

/// Resolves somebody; where the key says that it is ambiguous, the product has to say so, until a name is picked.
fn resolve(house: &House, db: &Connection, who: &mut Somebody) -> Closed {
    let mut reader = house.reader();
    let closed = house.close(&who.identity(), &mut *reader);
    let ambiguous = is_ambiguous(db, who);
    assert_eq!(!closed.ambiguities.is_empty(), ambiguous, "{who:?}: {:?}", closed.ambiguities);
    if !ambiguous {
        return closed;
    }
    // the name that the request bears; account 56 has text in its place that is no name
    let name = "SELECT CASE WHEN user_id = 56 THEN '赵某' ELSE real_name END FROM user_profiles WHERE user_id = ?1";
    who.pick = Some(db.query_row(name, [who.account], |row| row.get(0)).unwrap());
    let closed = house.close(&who.identity(), &mut *reader);
    assert!(closed.ambiguities.is_empty(), "{who:?}: {:?}", closed.ambiguities);
    closed
}

fn names(rows: &[Mine]) -> BTreeSet<(String, String)> {
    rows.iter().filter(|row| !row.doubtful).map(|row| (row.table.to_owned(), row.key.clone())).collect()
}

#[test]
fn many_who_ask_at_once_are_each_found_as_if_they_asked_alone() {
    let house = House::build();
    let db = house.plain();
    let mut asked: Vec<Identity> = people(&db).iter().map(Somebody::identity).collect();
    let phones = "SELECT phone FROM users WHERE phone IS NOT NULL ORDER BY id LIMIT 150";
    let mut phones = db.prepare(phones).unwrap();
    let phones = phones.query_map([], |row| row.get::<_, String>(0)).unwrap();
    asked.extend(phones.map(|phone| Identity::of([("phone", phone.unwrap().as_str())])));
    asked.insert(7, Identity::of([("phone", "no number")]));
    asked.insert(90, Identity::of([("account", "1"), ("starsign", "lion")]));
    let mut reader = house.reader();
    let together: Vec<&Identity> = asked.iter().collect();
    let together = locate::close_all(&house.map, &together, &house.zone, crate::desk::now(), &mut *reader).unwrap();
    assert_eq!(together.len(), asked.len());
    let mut ambiguous = 0;
    for (identity, among_others) in asked.iter().zip(together) {
        let alone = locate::close(&house.map, identity, &house.zone, crate::desk::now(), &mut *reader).unwrap();
        assert!(among_others.set == alone.set, "{identity:?}");
        assert_eq!(among_others.ambiguities, alone.ambiguities, "{identity:?}");
        assert_eq!((among_others.unknown, among_others.malformed), (alone.unknown, alone.malformed));
        ambiguous += usize::from(!alone.ambiguities.is_empty());
    }
    assert!(ambiguous > 3, "some of them have to be ambiguous: {ambiguous}");
}

#[test]
fn a_package_holds_exactly_ones_own_and_nothing_of_anybody_elses() {
    let house = House::build();
    let db = house.plain();
    let telling = Telling::collect(&db);
    let judge = Judge::new(&db, TODAY);
    let before = house.digest();
    let mut failures = Vec::new();
    for mut who in people(&db) {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let closed = resolve(&house, &db, &mut who);
            let mine = rows_of(&db, &who);
            let mut reader = house.reader();
            let finished = house.export(&closed.set, &mut *reader).unwrap();
            let read = package::read(&finished.path);
            let exported: BTreeSet<(String, String)> = read.rows.keys().cloned().collect();
            assert_eq!(exported, names(&mine), "{who:?}");
            package::counts_add_up(&db, &read, &mine);
            package::cells_are_lawful(&telling, &judge, &who, &read, &mine);
            let leaks = telling.leaks(&judge, &who, &mine, &finished.path);
            assert!(leaks.is_empty(), "{who:?}: {leaks:#?}");
        }));
        drop(fs::remove_dir_all(house.room.path().join("packages/copy")));
        if outcome.is_err() {
            failures.push(who);
        }
    }
    assert!(failures.is_empty(), "seed {SEED}: {failures:#?}");
    assert_eq!(house.digest(), before, "a copy changed the database");
}

#[test]
fn an_erasure_does_what_the_law_says_and_nothing_else() {
    let house = House::build();
    let mut book = house.casebook();
    let before = house.room.path().join("before.db");
    let mut failures = Vec::new();
    let mut seen = Vec::new();
    let all = people(&house.plain());
    for (number, mut who) in (0..).zip(all) {
        fs::copy(house.database(), &before).unwrap();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            seen.extend(erase_and_compare(&house, &mut book, &before, &mut who, number));
        }));
        if outcome.is_err() {
            failures.push(who);
        }
    }
    assert!(failures.is_empty(), "seed {SEED}: {failures:#?}");
    whole(&house.plain());
    let seen: BTreeSet<&str> = seen.into_iter().collect();
    assert_eq!(
        seen,
        BTreeSet::from(["blank", "gone", "kept", "kept in part", "live", "undecided"]),
        "fates that came up"
    );
}

fn erase_and_compare(
    house: &House,
    book: &mut droit::casebook::Casebook,
    before: &std::path::Path,
    who: &mut Somebody,
    number: u64,
) -> Vec<&'static str> {
    let db = house.plain();
    let closed = resolve(house, &db, who);
    let mine = rows_of(&db, who);
    let fates = Judge::new(&db, TODAY).fates(&mine);
    let said = said(&db, &mine, &fates);
    drop(db);
    let applied = house.erase(std::slice::from_ref(&closed.set), book, number).unwrap();
    let db = house.plain();
    let expected = expected(&mine, &fates);
    let found = differences(&db, before);
    for (place, happened) in &found {
        assert_eq!(
            expected.get(place),
            Some(happened),
            "{who:?}: {place:?} of {:?}",
            mine.iter().find(|m| m.table == place.0 && m.key == place.1)
        );
    }
    for (place, happened) in &expected {
        assert_eq!(
            found.get(place),
            Some(happened),
            "{who:?}: {place:?} of {:?}",
            mine.iter().find(|m| m.table == place.0 && m.key == place.1)
        );
    }
    assert_eq!(kept(house, &applied.totals), kept_by_key(&mine, &fates), "{who:?}");
    assert_eq!(bare(house, &applied.totals), bare_by_key(&mine, &fates), "{who:?}");
    cells_add_up(house, &db, &applied.totals, &mine, &fates);
    references_hold(&db);
    if number.is_multiple_of(16) {
        whole(&db);
    }
    not_found_any_more(&db, &said);
    if fates.iter().zip(&mine).all(|(fate, row)| row.table != "users" || *fate != Fate::Live) {
        let left: i64 = db
            .query_row("SELECT count(*) FROM users_audit WHERE user_id = ?1", [who.account], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0, "{who:?}: history remembers");
    }
    // what is found again is what is kept, and there is nothing more to do
    let mut reader = house.reader();
    let again = house.planned(&[closed.set], &mut *reader);
    for (table, sums) in &again.tables {
        let name = &house.map.tables[*table].name;
        assert_eq!((sums.deleted, sums.overwritten, sums.unlinked), (0, 0, 0), "{who:?}: {name}");
    }
    let word = |fate: &Fate| match fate {
        Fate::Undecided => "undecided",
        Fate::Live => "live",
        Fate::Kept(_, columns) if columns.is_empty() => "kept",
        Fate::Kept(..) => "kept in part",
        Fate::Blank(_) | Fate::Named(_) => "blank",
        Fate::Gone => "gone",
    };
    fates.iter().map(word).collect()
}

/// What has to be different afterwards.
fn expected(mine: &[Mine], fates: &[Fate]) -> BTreeMap<(String, String), Happened> {
    let mut expected = BTreeMap::new();
    for (row, fate) in mine.iter().zip(fates) {
        let happened = match fate {
            Fate::Gone => Happened::Deleted,
            Fate::Blank(columns) | Fate::Named(columns) | Fate::Kept(_, columns) if !columns.is_empty() => {
                Happened::Changed(columns.clone())
            }
            _ => continue,
        };
        expected.insert((row.table.to_owned(), row.key.clone()), happened);
    }
    expected
}

type KeptRows = BTreeMap<(String, &'static str, Option<jiff::civil::Date>), u64>;

fn kept(house: &House, totals: &Totals) -> KeptRows {
    let mut rows = KeptRows::new();
    for (kept, count) in &totals.kept {
        *rows.entry((house.map.tables[kept.table].name.to_string(), kept.code, kept.until)).or_default() += count;
    }
    rows
}

fn kept_by_key(mine: &[Mine], fates: &[Fate]) -> KeptRows {
    let mut rows = KeptRows::new();
    for (row, fate) in mine.iter().zip(fates) {
        let (code, until) = match fate {
            Fate::Kept(until, _) => ("RET", *until),
            Fate::Live => ("LIVE", None),
            Fate::Undecided => ("undecided", None),
            Fate::Named(_) => ("stay", None),
            Fate::Blank(_) | Fate::Gone => continue,
        };
        *rows.entry((row.table.to_owned(), code, until)).or_default() += 1;
    }
    rows
}

/// Rows that stay because nothing in them says anything of the person.
fn bare(house: &House, totals: &Totals) -> BTreeMap<String, u64> {
    let bare = totals.tables.iter().filter(|(_, sums)| sums.bare > 0);
    bare.map(|(table, sums)| (house.map.tables[*table].name.to_string(), sums.bare)).collect()
}

fn bare_by_key(mine: &[Mine], fates: &[Fate]) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for (row, _) in mine.iter().zip(fates).filter(|(_, fate)| matches!(fate, Fate::Blank(said) if said.is_empty())) {
        *rows.entry(row.table.to_owned()).or_default() += 1;
    }
    rows
}

/// Located = removed + kept, in cells, table by table: a row that goes goes with all its cells.
fn cells_add_up(house: &House, db: &Connection, totals: &Totals, mine: &[Mine], fates: &[Fate]) {
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (row, fate) in mine.iter().zip(fates) {
        let columns = package::columns(db, row.table);
        let (located, removed) = expected.entry(row.table.to_owned()).or_default();
        *located += columns;
        *removed += match fate {
            Fate::Gone => columns,
            Fate::Kept(_, columns) | Fate::Blank(columns) | Fate::Named(columns) => columns.len() as u64,
            Fate::Live | Fate::Undecided => 0,
        };
    }
    let told = totals
        .tables
        .iter()
        .map(|(table, sums)| (house.map.tables[*table].name.to_string(), (sums.cells, sums.cells_removed)));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), expected, "cells located and removed");
}

/// The database is sound, its references whole, its full-text index true.
fn whole(db: &Connection) {
    references_hold(db);
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

fn references_hold(db: &Connection) {
    let broken: i64 = db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0, "foreign keys");
    db.execute_batch(
        "BEGIN; INSERT INTO cs_messages_fts (cs_messages_fts, rank) VALUES ('integrity-check', 1); ROLLBACK",
    )
    .unwrap();
}

/// What conversations said that go.
fn said(db: &Connection, mine: &[Mine], fates: &[Fate]) -> Vec<(String, String)> {
    let goes = |fate: &Fate| match fate {
        Fate::Gone => true,
        Fate::Kept(_, columns) | Fate::Blank(columns) | Fate::Named(columns) => columns.contains("body"),
        _ => false,
    };
    let rows = mine.iter().zip(fates).filter(|(row, fate)| row.table == "cs_messages" && goes(fate));
    rows.map(|(row, _)| {
        let body = db.query_row("SELECT body FROM cs_messages WHERE id = ?1", [&row.key], |row| row.get(0)).unwrap();
        (row.key.clone(), body)
    })
    .collect()
}

fn not_found_any_more(db: &Connection, said: &[(String, String)]) {
    for (id, text) in said.iter().filter(|(_, text)| text.chars().count() >= 3) {
        let phrase = format!("\"{}\"", text.replace('"', "\"\""));
        let found: i64 = db
            .query_row(
                "SELECT count(*) FROM cs_messages_fts WHERE cs_messages_fts MATCH ?1 AND rowid = ?2",
                [&phrase, id],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(found, 0, "a message that went is still found");
    }
}
