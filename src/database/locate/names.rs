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
    let is_named = |place: &usize| !given_names(&subjects[*place]).is_empty();
    let (named, unnamed): (Vec<usize>, Vec<usize>) = (0..subjects.len()).partition(is_named);
    // Who is asked for by name is known by it: rows under that name are theirs.
    let doubtful: Vec<usize> = named.into_iter().filter(|&place| !resolving[place].picked).collect();
    let farther = farther_names(map, &doubtful, (&subjects, &own), zone, database)?;
    for (place, farther) in doubtful.into_iter().zip(&farther) {
        let theirs = if own[place].is_empty() { farther } else { &own[place] };
        if !theirs.is_empty() && theirs.is_disjoint(&given_names(&subjects[place])) {
            another_person(map, theirs, &mut resolving[place].closed);
        }
    }
    let borne = names_by_value(map, &unnamed, (&subjects, &own), zone, database)?;
    let strangers = unnamed.into_iter().zip(borne);
    let (doubtful, clear): (Vec<_>, Vec<_>) = strangers.partition(|(_, borne)| !borne.strangers.is_empty());
    let places: Vec<usize> = doubtful.iter().map(|(place, _)| *place).collect();
    let farther = farther_names(map, &places, (&subjects, &own), zone, database)?;
    let clear = clear.into_iter().map(|found| (found, Names::new()));
    for ((place, borne), farther) in doubtful.into_iter().zip(farther).chain(clear) {
        take(&mut resolving[place].closed, &own[place], borne, &farther);
    }
    Ok(())
}

/// Every name under the person's values is theirs; a later stranger's name is in doubt. Several of them, and one beside
/// another name that is theirs by a key, are for a person to decide.
fn take(closed: &mut Closed, own: &Names, borne: Borne, farther: &Names) {
    let contradict = !own.is_empty() || borne.all.len() > 1 || !farther.is_empty() && farther.is_disjoint(&borne.all);
    if contradict && !borne.strangers.is_empty() {
        closed.ambiguities.extend(borne.strangers.into_iter().map(|((table, role), names)| Ambiguity::SeveralNames {
            table,
            role,
            names: names.into_iter().collect(),
        }));
        return;
    }
    for name in own.iter().cloned().chain(borne.all) {
        insert(&mut closed.set, Kind::Name, name, None, None);
    }
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

/// The names in the rows (no role) of each subject's own `persons`, and in those that a key of such a row is tied to.
pub(super) fn own_names(
    map: &Classified,
    persons: &[&Person],
    subjects: &[IdentitySet],
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Names>, DatabaseError> {
    let mut borne = vec![Names::new(); subjects.len()];
    let keys_alone: Vec<IdentitySet> = subjects.iter().map(keys_alone).collect();
    let mut walk = Walk::persons_only(map, &keys_alone, Attribution::Each, zone.clone());
    for &table in map.order.iter().filter(|table| map.persons.iter().any(|person| person.table == **table)) {
        walk.hand_on(table, database)?;
    }
    for (table, held) in map.tables.iter().enumerate() {
        let direct = persons.iter().any(|person| is_direct(map, held, table, person));
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

fn is_direct(map: &Classified, held: &Table, table: TableId, person: &Person) -> bool {
    table == person.table || held.ties.iter().any(|tie| names_person(map, tie, person))
}

/// By any key of the person's row.
fn names_person(map: &Classified, tie: &Tie, person: &Person) -> bool {
    tie.sense == Sense::Of
        && tie.role.is_none()
        && matches!(&tie.target, Target::Rows { table, columns, role: None }
            if *table == person.table && (*columns == [person.column.clone()] || map.is_unique(*table, columns)))
}

/// Of the subjects at `places` who bear no name of their own: the names in whatever else keys make theirs, in whatever
/// role and over however many tables. They do not say what the person is called, but that they may be called otherwise.
fn farther_names(
    map: &Classified,
    places: &[usize],
    (subjects, own): (&[IdentitySet], &[Names]),
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Names>, DatabaseError> {
    let mut farther = vec![Names::new(); places.len()];
    let alone =
        |&place: &usize| if own[place].is_empty() { keys_alone(&subjects[place]) } else { IdentitySet::default() };
    let keys_alone: Vec<IdentitySet> = places.iter().map(alone).collect();
    if keys_alone.iter().all(|set| set.persons.is_empty()) {
        return Ok(farther);
    }
    let walk = Walk::new(map, &keys_alone, Attribution::Each, zone.clone(), database)?;
    for &table in &map.order {
        let Some(mut select) = walk.select(table) else { continue };
        let Some(bearing) = Bearing::ask(map, table, &|_| true, &mut select) else { continue };
        walk.holdings(table, select, database, &mut |holding| {
            let found = bearing.perhaps(&holding.terms[0]).filter(|(role, _)| holding.roles.contains(role));
            let found = found.filter_map(|(_, name)| Kind::Name.normalise(&name.to_canonical_text()));
            farther[holding.subject as usize].extend(found.filter(|name| !name.is_empty()));
            Flow::Continue
        })?;
    }
    Ok(farther)
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
    places: &[usize],
    (subjects, own): (&[IdentitySet], &[Names]),
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Borne>, DatabaseError> {
    let subjects: Vec<IdentitySet> = places.iter().map(|&place| subjects[place].clone()).collect();
    let own: Vec<&Names> = places.iter().map(|&place| &own[place]).collect();
    let mut borne: Vec<Borne> = subjects.iter().map(|_| Borne::default()).collect();
    let walk = Walk::new(map, &subjects, Attribution::Each, zone.clone(), database)?;
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
