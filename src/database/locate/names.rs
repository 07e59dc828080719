//! The names that go with an identity. Names never tie; but rows that are tied by a value alone and bear a stranger's
//! name are somebody else's, and several names under one value are for a person to decide.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{
    Attribution, UNNAMED, Walk,
    borne::Bearing,
    closure::{Ambiguity, Closed, Resolving, insert, persons_of},
    role_number,
};
use crate::{
    case::IdentitySet,
    data_map::classified::{Classified, Person, Sense, Table, TableId, Target, Tie},
    database::{Database, DatabaseError, Flow},
    kind::Kind,
};

/// The names of one person.
type Names = BTreeSet<String>;

/// Adds the names that are the persons', or says that they contradict each other.
pub(super) fn settle(
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    resolving: &mut [Resolving],
) -> Result<(), DatabaseError> {
    let subjects: Vec<IdentitySet> = resolving.iter().map(|one| one.closed.set.clone()).collect();
    doubt_namesakes(map, zone, database, resolving)?;
    let own = own_names(map, &map.persons.iter().collect::<Vec<_>>(), &subjects, zone, database)?;
    // Who is asked for by name is known by it: rows under that name are theirs.
    let mut unnamed = Vec::new();
    for (place, (one, own)) in resolving.iter_mut().zip(&own).enumerate() {
        let named = given_names(&one.closed.set);
        if named.is_empty() {
            unnamed.push(place);
        } else if !one.picked && !own.is_empty() && own.is_disjoint(&named) {
            another_person(map, own, &mut one.closed);
        }
    }
    let subjects: Vec<IdentitySet> = unnamed.iter().map(|&place| subjects[place].clone()).collect();
    let own: Vec<&Names> = unnamed.iter().map(|&place| &own[place]).collect();
    let borne = names_by_value(map, &subjects, &own, zone, database)?;
    for ((place, own), borne) in unnamed.into_iter().zip(own).zip(borne) {
        let closed = &mut resolving[place].closed;
        if !borne.strangers.is_empty() && (borne.all.len() > 1 || !own.is_empty()) {
            closed.ambiguities.extend(borne.strangers.into_iter().map(|((table, role), names)| {
                Ambiguity::SeveralNames { table, role, names: names.into_iter().collect() }
            }));
            continue;
        }
        // Every name under the person's values is theirs; a later stranger's name is in doubt.
        for name in own.iter().cloned().chain(borne.all) {
            insert(&mut closed.set, Kind::Name, name, None, None);
        }
    }
    Ok(())
}

/// Rows of several person tables that one value proves are one human's where they bear the same name: a colleague who is
/// a customer. Else a person has to say so.
fn doubt_namesakes(
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    resolving: &mut [Resolving],
) -> Result<(), DatabaseError> {
    let several = |one: &&mut Resolving| !one.picked && one.independent().len() > 1;
    let mut several: Vec<&mut Resolving> = resolving.iter_mut().filter(several).collect();
    if several.is_empty() {
        return Ok(());
    }
    let independent = |one: &&mut Resolving| {
        let mut set = IdentitySet::default();
        set.persons = one.independent();
        set
    };
    let subjects: Vec<IdentitySet> = several.iter().map(independent).collect();
    let mut common: Vec<Option<Names>> = vec![None; subjects.len()];
    for person in &map.persons {
        let names = own_names(map, &[person], &subjects, zone, database)?;
        for ((common, set), names) in common.iter_mut().zip(&subjects).zip(names) {
            if set.persons.contains_key(&person.name) {
                *common = Some(common.take().map_or_else(|| names.clone(), |common| &common & &names));
            }
        }
    }
    for (one, _) in several.iter_mut().zip(common).filter(|(_, common)| common.as_ref().is_none_or(Names::is_empty)) {
        let found = persons_of(map, &one.independent()).concat();
        one.closed.ambiguities.push(Ambiguity::SeveralPersons(found));
    }
    Ok(())
}

fn given_names(set: &IdentitySet) -> Names {
    let names = set.values.iter().filter(|known| known.kind == Kind::Name.word());
    names.filter_map(|known| Kind::Name.normalise(known.value.reveal())).collect()
}

/// The value belongs to somebody of another name now: whose data is asked for?
fn another_person(map: &Classified, own: &Names, closed: &mut Closed) {
    let found = map.persons.iter().find(|person| closed.set.persons.contains_key(&person.name));
    closed.ambiguities.extend(found.map(|person| Ambiguity::SeveralNames {
        table: person.table,
        role: UNNAMED,
        names: own.iter().map(|name| (name.clone(), 1)).collect(),
    }));
}

/// The names in the rows (no role, or tied by key) of each subject's own `persons`.
pub(super) fn own_names(
    map: &Classified,
    persons: &[&Person],
    subjects: &[IdentitySet],
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Names>, DatabaseError> {
    let mut borne = vec![Names::new(); subjects.len()];
    let keys_alone: Vec<IdentitySet> = subjects.iter().map(keys_alone).collect();
    let walk = Walk::persons_only(map, &keys_alone, Attribution::Each, zone.clone());
    for (table, held) in map.tables.iter().enumerate() {
        let direct = persons.iter().any(|person| is_direct(held, table, person));
        let Some(mut select) = walk.select(table).filter(|_| direct) else { continue };
        let whole = |role: usize| role == UNNAMED;
        let Some(bearing) = Bearing::ask(map, table, &whole, &mut select) else { continue };
        walk.holdings(table, select, database, &mut |holding| {
            if holding.doubt.is_none() && holding.roles.contains(&UNNAMED) {
                let found = bearing.names(&holding.terms[0]).map(|(_, name)| name.to_canonical_text());
                borne[holding.subject as usize].extend(found.filter_map(|name| Kind::Name.normalise(&name)));
            }
            Flow::Continue
        })?;
    }
    Ok(borne)
}

fn keys_alone(set: &IdentitySet) -> IdentitySet {
    let mut alone = IdentitySet::default();
    alone.persons.clone_from(&set.persons);
    alone
}

fn is_direct(held: &Table, table: TableId, person: &Person) -> bool {
    table == person.table || held.ties.iter().any(|tie| names_person(tie, person))
}

fn names_person(tie: &Tie, person: &Person) -> bool {
    tie.sense == Sense::Of
        && tie.role.is_none()
        && matches!(&tie.target, Target::Rows { table, columns, role: None }
            if *table == person.table && columns.len() == 1 && columns[0] == person.column)
}

/// Names in rows that a value alone ties to somebody.
#[derive(Default)]
struct Borne {
    /// Those that are not the person's own, where they stand, and how many rows bear each
    strangers: BTreeMap<(TableId, usize), BTreeMap<String, u64>>,
    all: Names,
}

fn names_by_value(
    map: &Classified,
    subjects: &[IdentitySet],
    own: &[&Names],
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Borne>, DatabaseError> {
    let mut borne: Vec<Borne> = subjects.iter().map(|_| Borne::default()).collect();
    let walk = Walk::new(map, subjects, Attribution::Each, zone.clone(), database)?;
    for &table in &map.order {
        let held = &map.tables[table];
        let by_value = held.ties.iter().filter(|tie| tie.sense == Sense::Of && matches!(tie.target, Target::Value(_)));
        let roles: Vec<usize> = by_value.map(|tie| role_number(map, table, tie.role.as_deref())).collect();
        let Some(mut select) = walk.select(table).filter(|_| !roles.is_empty()) else { continue };
        let by_value = |role: usize| roles.contains(&role);
        let Some(bearing) = Bearing::ask(map, table, &by_value, &mut select) else { continue };
        walk.holdings(table, select, database, &mut |holding| {
            if holding.doubt.is_some() {
                return Flow::Continue;
            }
            let subject = holding.subject as usize;
            let Borne { strangers, all } = &mut borne[subject];
            for (role, name) in bearing.names(&holding.terms[0]).filter(|(role, _)| holding.valued.contains(role)) {
                let name = Kind::Name.normalise(&name.to_canonical_text());
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    if !own[subject].contains(&name) {
                        *strangers.entry((table, role)).or_default().entry(name.clone()).or_default() += 1;
                    }
                    all.insert(name);
                }
            }
            Flow::Continue
        })?;
    }
    Ok(borne)
}
