//! Whoever is erased together: planning writes nothing, applying is done once and for all, and what is found afterwards
//! is what stays.

use std::{collections::BTreeSet, fs};

use droit::{case::identity::IdentitySet, plan::Totals};

use super::{
    compare::differences,
    house::{COMPLICATED, House, bytes_of},
    key::{Somebody, rows_of},
    whole,
};

const ROUNDS: u64 = 10;

/// Up to twelve people, drawn; those who have to be picked by name are left to other tests.
fn drawn(house: &House, round: u64) -> (Vec<Somebody>, Vec<IdentitySet>) {
    let mut random = bytes_of(1_000 + round);
    let mut number = |below: usize| {
        let mut bytes = [0; 8];
        random(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % below as u64).unwrap()
    };
    let mut accounts: BTreeSet<i64> = (0..=number(11)).map(|_| i64::try_from(1 + number(400)).unwrap()).collect();
    accounts.insert(COMPLICATED.start() + i64::try_from(number(14)).unwrap());
    let mut reader = house.reader();
    let somebody = |id| Somebody { account: Some(id), ..Somebody::default() };
    accounts
        .into_iter()
        .map(somebody)
        .filter_map(|who| {
            let closed = house.close(&who.identity(), &mut *reader);
            closed.ambiguities.is_empty().then_some((who, closed.set))
        })
        .unzip()
}

fn changes(totals: &Totals) -> u64 {
    totals.tables.values().map(|sums| sums.deleted + sums.overwritten + sums.unlinked).sum()
}

#[test]
fn people_are_erased_together_once_and_for_all() {
    let house = House::build();
    let mut book = house.casebook();
    let before = house.room.path().join("before.db");
    for round in 0..ROUNDS {
        let (who, sets) = drawn(&house, round);
        let untouched = house.digest();
        let planned = house.planned(&sets, &mut *house.reader());
        assert_eq!(house.digest(), untouched, "round {round}: planning wrote");
        for sums in planned.tables.values() {
            assert_eq!(sums.located, sums.deleted + sums.overwritten + sums.left, "round {round}");
            assert!(sums.cells_removed <= sums.cells, "round {round}");
        }
        let db = house.plain();
        let located: BTreeSet<(&str, String)> =
            who.iter().flat_map(|who| rows_of(&db, who)).map(|row| (row.table, row.key)).collect();
        assert_eq!(
            planned.tables.values().map(|sums| sums.located).sum::<u64>(),
            located.len() as u64,
            "round {round}"
        );
        drop(db);
        let applied = house.erase(&sets, &mut book, round).unwrap();
        assert_eq!(changes(&applied.totals), changes(&planned));
        fs::copy(house.database(), &before).unwrap();
        let again = house.planned(&sets, &mut *house.reader());
        assert_eq!(changes(&again), 0, "round {round}: something was left to do");
        for (table, sums) in &again.tables {
            let first = planned.tables[table];
            assert!(sums.left <= first.overwritten + first.left, "round {round}: {}", house.map.tables[*table].name);
        }
        house.erase(&sets, &mut book, 100 + round).unwrap();
        let db = house.plain();
        assert!(differences(&db, &before).is_empty(), "round {round}: the second time changed something");
        whole(&db);
    }
}
