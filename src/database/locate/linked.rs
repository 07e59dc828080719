//! People's rows that are somebody else's by a tie: the customers of an account. They are the same human, and contest
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{case_term, link::Link};
use crate::{
    data_map::{
        classified::{Classified, Person},
        lead::leads,
    },
    database::{Arm, Database, DatabaseError, Flow, Seed, Seeds, Select},
    value::Key,
};

/// Keys of person rows, by the person's word.
pub(super) type Persons = BTreeMap<String, BTreeSet<Key>>;

/// Whether `key` is among them.
pub(super) fn has(persons: &Persons, word: &str, key: &Key) -> bool {
    persons.get(word).is_some_and(|keys| keys.contains(key))
}

/// What is tied to the rows of each of `everybody`, row by row of other people's tables.
pub(super) fn linked(
    map: &Classified,
    everybody: &[&Persons],
    database: &mut dyn Database,
) -> Result<Vec<Persons>, DatabaseError> {
    let mut found: Vec<Persons> = everybody.iter().map(|_| Persons::new()).collect();
    // parents before children, so that what hangs on a linked row is found as well
    let mut persons: Vec<&Person> = map.persons.iter().collect();
    persons.sort_by_key(|person| map.order.iter().position(|table| *table == person.table));
    for person in persons {
        let ways = leads(&map.tables, &map.persons, person.table, None).clear;
        for lead in ways.into_iter().filter(|lead| !lead.steps.is_empty()) {
            let of = &lead.person.name;
            let known = (0..).zip(everybody.iter().zip(&found));
            let keys = known.flat_map(|(subject, (given, found))| {
                let keys: BTreeSet<&Key> = [*given, found].iter().filter_map(|all| all.get(of)).flatten().collect();
                keys.into_iter().map(move |key| Seed { subject, tag: 0, values: key.0.clone() })
            });
            let keys: Seeds = keys.collect();
            tied(map, person, &Link { table: person.table, lead }, keys, database, &mut found)?;
        }
    }
    Ok(found)
}

/// Adds the rows of `person` that are tied to those of the keys.
fn tied(
    map: &Classified,
    person: &Person,
    link: &Link<'_>,
    keys: Seeds,
    database: &mut dyn Database,
    found: &mut [Persons],
) -> Result<(), DatabaseError> {
    let held = &map.tables[person.table];
    let (columns, seeds) = link.down(map, keys, database)?;
    let arm = Arm { columns, seeds, folds: false };
    let mut select = Select::new(held.name.clone(), vec![person.column.clone()], vec![arm]);
    let behind = select.key_len();
    let cases = held.case.as_ref().zip(link.cases());
    let cases = cases.map(|(case, cases)| (behind + case_term(map, case, &mut select), cases));
    database.read(&select, &mut |row| {
        let holds = cases.is_none_or(|(at, cases)| cases.hold(&row.row[at].to_canonical_text()));
        if holds && !row.row[0].is_null() {
            let key = Key(vec![row.row[0].clone()]);
            found[row.subject as usize].entry(person.name.clone()).or_default().insert(key);
        }
        Flow::Continue
    })
}
