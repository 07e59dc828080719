//! Many people at once, each by the key of their person row: their identity sets, in a few statements whatever their
//! number.
//!
//! Nobody is asked here, so nothing is taken on trust: a value that somebody else proves as well does not say whose a row
//! is, and a row that bears another name than the person's is in doubt. Who bears no name at all owns no row that does.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::{
    closure::insert,
    linked::{has, linked},
    names::own_names,
    probe::{Probe, probes},
    shared::overlap,
};
use crate::{
    case::identity::{IdentitySet, KnownValue},
    data_map::classified::{Classified, Person},
    database::{Arm, Database, DatabaseError, Flow, Seed, Select},
    kind::Kind,
    value::Key,
};

/// The sets of the people of `person` whose rows have these keys, in their order. A key without a row gives its own set.
pub fn close_many(
    map: &Classified,
    person: &Person,
    keys: &[Key],
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<IdentitySet>, DatabaseError> {
    let mut sets: Vec<IdentitySet> = keys.iter().map(|key| set_of(person, key)).collect();
    let probes = probes(map);
    let own: Vec<&Probe<'_>> = probes.iter().filter(|probe| probe.person.name == person.name).collect();
    let mut known: Vec<(u32, KnownValue)> = Vec::new();
    for probe in &own {
        prove(probe, map, keys, zone, database, &mut known)?;
    }
    let linked = linked(map, &sets.iter().map(|set| &set.persons).collect::<Vec<_>>(), database)?;
    let is_own = |subject: u32, word: &str, key: &Key| {
        has(&sets[subject as usize].persons, word, key) || has(&linked[subject as usize], word, key)
    };
    for probe in &probes {
        doubt_shared(probe, map, &is_own, zone, database, &mut known)?;
    }
    for (subject, value) in known {
        sets[subject as usize].values.insert(value);
    }
    name(map, person, &mut sets, zone, database)?;
    Ok(sets)
}

/// Of `keys` those under which `person` has a row.
pub fn present(
    map: &Classified,
    person: &Person,
    keys: &BTreeSet<Key>,
    database: &mut dyn Database,
) -> Result<BTreeSet<Key>, DatabaseError> {
    let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
    let columns = vec![person.column.clone()];
    let arm = Arm { columns: columns.clone(), seeds, folds: false };
    let select = Select::new(map.tables[person.table].name.clone(), columns, vec![arm]);
    let mut found = BTreeSet::new();
    database.read(&select, &mut |row| {
        found.insert(Key(row.row));
        Flow::Continue
    })?;
    Ok(found)
}

fn set_of(person: &Person, key: &Key) -> IdentitySet {
    let mut set = IdentitySet::default();
    set.persons.insert(person.name.clone(), BTreeSet::from([key.clone()]));
    set
}

fn prove(
    probe: &Probe<'_>,
    map: &Classified,
    keys: &[Key],
    zone: &TimeZone,
    database: &mut dyn Database,
    known: &mut Vec<(u32, KnownValue)>,
) -> Result<(), DatabaseError> {
    if probe.proof.is_none() {
        return Ok(());
    }
    let seeds = (0..).zip(keys).map(|(subject, key)| Seed { subject, tag: 0, values: key.0.clone() });
    let (select, reading) = probe.by_key(map, seeds.collect(), database)?;
    let kind = probe.kind;
    database.read(&select, &mut |found| {
        if let (Some(value), Some((since, until))) = (reading.value(&found.row), reading.read(&found.row, zone)) {
            let value = KnownValue { kind: kind.word().to_owned(), value: value.into(), since, until, proven: true };
            known.push((found.subject, value));
        }
        Flow::Continue
    })
}

/// Takes the proof from every value that somebody else proves at the same time.
fn doubt_shared(
    probe: &Probe<'_>,
    map: &Classified,
    is_own: &dyn Fn(u32, &str, &Key) -> bool,
    zone: &TimeZone,
    database: &mut dyn Database,
    known: &mut [(u32, KnownValue)],
) -> Result<(), DatabaseError> {
    if probe.proof.is_none() {
        return Ok(());
    }
    let kind = probe.kind;
    let seeds =
        (0..).zip(known.iter()).filter(|(_, (_, value))| value.kind == kind.word()).flat_map(|(tag, (_, value))| {
            let spelled = kind.lookups(value.value.reveal());
            spelled.into_iter().map(move |value| Seed { subject: 0, tag, values: vec![value] })
        });
    let (select, reading) = probe.by_value(map, seeds.collect());
    database.read(&select, &mut |found| {
        let (subject, value) = &mut known[found.tag as usize];
        let own = |word: &str, key: &Key| is_own(*subject, word, key);
        let theirs = reading.key(&found.row).is_none() || reading.is_of(&found.row, &own);
        let same = reading.value(&found.row).as_deref() == Some(value.value.reveal());
        if let Some(period) = reading.may_prove(&found.row, zone)
            && !theirs
            && same
            && overlap(value, period)
        {
            value.proven = false;
        }
        Flow::Continue
    })
}

/// The names in the people's own rows; a name that nobody bears stands for none.
fn name(
    map: &Classified,
    person: &Person,
    sets: &mut [IdentitySet],
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<(), DatabaseError> {
    let names = own_names(map, &[person], sets, zone, database)?;
    for (set, mut names) in sets.iter_mut().zip(names) {
        if names.is_empty() {
            names.insert(String::new());
        }
        for name in names {
            insert(set, Kind::Name, name, None, None);
        }
    }
    Ok(())
}
