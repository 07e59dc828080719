//! From what the officer gives to the closed identity set: person rows and proven values, until nothing new is found.
//!
//! Ambiguity is returned, never resolved: two accounts, two names under one value, a value that stands in a person's
//! row without proof. The officer's pick is given as a further identifier (the account's key, or the name).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::{Attribution, UNNAMED, Walk, role_number, shared};
use crate::{
    case::identity::{Identity, IdentitySet, KnownValue},
    data_map::classified::{Classified, Column, Person, Sense, TableId, Target, Tie},
    database::{Arm, Database, DatabaseError, Flow, Seed, Select, Term},
    kind::{Dated, Kind},
    schema::TableName,
    value::{Key, Value},
};

/// What an identity resolves to.
#[derive(Debug)]
pub struct Closed {
    /// Everybody and every value found
    pub set: IdentitySet,
    /// What a person has to decide before anything is exported or changed; empty when it is clear
    pub ambiguities: Vec<Ambiguity>,
    /// Identifiers (by place in the identity) of a word that neither a kind nor a person table of the map has
    pub unknown: Vec<usize>,
    /// Identifiers (by place) whose value is not of their kind
    pub malformed: Vec<usize>,
}

/// Something that only a person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ambiguity {
    /// Several person rows of one table
    SeveralPersons(Vec<Candidate>),
    /// A value stands in person rows whose map does not say that it proves possession
    Unproven(Vec<Candidate>),
    /// Rows tied by a value bear different names, or none of the person's
    SeveralNames {
        /// The table
        table: TableId,
        /// The role that the names belong to
        role: usize,
        /// The names and how many rows bear each
        names: Vec<(String, u64)>,
    },
}

/// A person row that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The word of `[person.*]`
    pub person: String,
    /// Its key
    pub key: Key,
    /// Where the value stands
    pub table: TableId,
    /// The column
    pub column: String,
}

/// A column that can find or prove: its own table is a person table or tied to one directly.
pub(super) struct Probe<'a> {
    pub(super) person: &'a Person,
    table: TableId,
    pub(super) table_name: &'a TableName,
    pub(super) column: &'a Column,
    /// The column that holds the person's key
    pub(super) link: String,
}

/// Resolves `identity` against the database.
pub fn close(
    map: &Classified,
    identity: &Identity,
    zone: &TimeZone,
    database: &mut dyn Database,
) -> Result<Closed, DatabaseError> {
    let mut closed =
        Closed { set: IdentitySet::default(), ambiguities: Vec::new(), unknown: Vec::new(), malformed: Vec::new() };
    let mut given = Vec::new();
    for (at, identifier) in identity.identifiers.iter().enumerate() {
        let text = identifier.value.reveal();
        if let Some(person) = map.persons.iter().find(|person| person.name == identifier.kind) {
            closed.set.persons.entry(person.name.clone()).or_default().insert(person_key(map, person, text));
        } else if let Ok(kind) = identifier.kind.parse::<Kind>() {
            match kind.normalise(text).filter(|_| kind.identifies()) {
                Some(canonical) => given.push((kind, canonical, identifier.since, identifier.until)),
                None => closed.malformed.push(at),
            }
        } else {
            closed.unknown.push(at);
        }
    }
    if !closed.unknown.is_empty() || !closed.malformed.is_empty() {
        return Ok(closed);
    }
    keep_existing_persons(map, &mut closed.set, database)?;
    let picked = !closed.set.persons.is_empty();
    let probes = probes(map);
    let mut candidates = BTreeSet::new();
    for value in &given {
        probe(&probes, value, picked, zone, database, &mut closed.set, &mut candidates)?;
    }
    widen(&probes, zone, database, &mut closed.set)?;
    take_given_values(&given, &mut closed.set);
    shared::mark(&probes, zone, database, &mut closed.set)?;
    candidates.retain(|c| closed.set.persons.get(&c.person).is_none_or(|keys| !keys.contains(&c.key)));
    if !candidates.is_empty() && !picked {
        closed.ambiguities.push(Ambiguity::Unproven(candidates.into_iter().collect()));
    }
    several_persons(map, &mut closed);
    several_names(map, zone, database, picked, &mut closed)?;
    Ok(closed)
}

/// Keys are typed as their column is: the text of an INTEGER key becomes a number.
fn person_key(map: &Classified, person: &Person, text: &str) -> Key {
    let declared = map.tables[person.table].column(&person.column).map_or("", |column| &column.declared);
    let number = declared.to_ascii_uppercase().contains("INT").then(|| text.parse::<i64>().ok()).flatten();
    Key(vec![number.map_or_else(|| Value::from(text), Value::Integer)])
}

fn keep_existing_persons(
    map: &Classified,
    set: &mut IdentitySet,
    database: &mut dyn Database,
) -> Result<(), DatabaseError> {
    for person in &map.persons {
        let Some(keys) = set.persons.get(&person.name) else { continue };
        let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let mut found = BTreeSet::new();
        let mut select = lookup(map, person.table, &person.column, seeds);
        let at = select.term(Term::Column { via: 0, column: person.column.clone() }) + select.key_len();
        database.read(&select, &mut |row| {
            found.insert(Key(vec![row.row[at].clone()]));
            Flow::Continue
        })?;
        if found.is_empty() {
            set.persons.remove(&person.name);
        } else {
            set.persons.insert(person.name.clone(), found);
        }
    }
    Ok(())
}

fn lookup(map: &Classified, table: TableId, column: &str, seeds: Vec<Seed>) -> Select {
    let held = &map.tables[table];
    let key = held.key.columns().unwrap_or_default();
    Select::new(held.name.clone(), key, vec![Arm { columns: vec![column.to_owned()], seeds: seeds.into() }])
}

/// Where an identifier can find a person: identifying columns of person rows, and columns that prove in rows tied to
/// them directly.
pub(super) fn probes(map: &Classified) -> Vec<Probe<'_>> {
    let mut probes = Vec::new();
    for person in &map.persons {
        for (table, held) in map.tables.iter().enumerate() {
            let link = if table == person.table {
                Some(person.column.clone())
            } else {
                held.ties.iter().find(|tie| names_person(tie, person)).map(|tie| tie.columns[0].clone())
            };
            let Some(link) = link else { continue };
            for column in &held.columns {
                let kind = column.meaning.kind;
                let finds = column.meaning.proves.is_some() || table == person.table;
                if finds && kind.identifies() && !kind.is_weak() {
                    probes.push(Probe { person, table, table_name: &held.name, column, link: link.clone() });
                }
            }
        }
    }
    probes
}

pub(super) fn names_person(tie: &Tie, person: &Person) -> bool {
    tie.sense == Sense::Of
        && tie.role.is_none()
        && matches!(&tie.target, Target::Rows { table, columns, role: None }
            if *table == person.table && columns.len() == 1 && columns[0] == person.column)
}

fn probe(
    probes: &[Probe<'_>],
    (kind, canonical, _, until): &Given,
    picked: bool,
    zone: &TimeZone,
    database: &mut dyn Database,
    set: &mut IdentitySet,
    candidates: &mut BTreeSet<Candidate>,
) -> Result<(), DatabaseError> {
    for probe in probes.iter().filter(|probe| probe.column.meaning.kind == *kind) {
        let seeds = kind.spellings(canonical).into_iter().map(|value| Seed { subject: 0, tag: 0, values: vec![value] });
        let mut select = Select::new(
            probe.table_name.clone(),
            vec![probe.link.clone()],
            vec![Arm { columns: vec![probe.column.name.clone()], seeds: seeds.collect() }],
        );
        let proof = probe.column.meaning.proves.as_ref();
        let when = proof.and_then(|p| p.when.clone());
        let when = when.map(|predicate| select.term(Term::Truth { via: 0, predicate }) + 1);
        let since = proof.and_then(|p| p.since.clone());
        let since = since.map(|column| select.term(Term::Column { via: 0, column }) + 1);
        database.read(&select, &mut |found| {
            let key = Key(vec![found.row[0].clone()]);
            // Whoever had the value until a day is not who was given it later.
            let since = since.and_then(|at| Dated::read(&found.row[at]).moment(zone));
            if until.zip(since).is_some_and(|(until, since)| until <= since) {
                return Flow::Continue;
            }
            let proven = proof.is_some() && when.is_none_or(|at| found.row[at] == Value::Integer(1));
            if proven && !picked {
                set.persons.entry(probe.person.name.clone()).or_default().insert(key);
            } else if !proven {
                candidates.insert(Candidate {
                    person: probe.person.name.clone(),
                    key,
                    table: probe.table,
                    column: probe.column.name.clone(),
                });
            }
            Flow::Continue
        })?;
    }
    Ok(())
}

/// Adds the proven values of the persons found, with their windows, and the names their rows bear.
fn widen(
    probes: &[Probe<'_>],
    zone: &TimeZone,
    database: &mut dyn Database,
    set: &mut IdentitySet,
) -> Result<(), DatabaseError> {
    for probe in probes {
        let Some(proof) = &probe.column.meaning.proves else { continue };
        let Some(keys) = set.persons.get(&probe.person.name) else { continue };
        let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let arm = Arm { columns: vec![probe.link.clone()], seeds };
        let mut select = Select::new(probe.table_name.clone(), vec![probe.column.name.clone()], vec![arm]);
        let mut column = |name: &Option<String>| {
            name.as_ref().map(|name| select.term(Term::Column { via: 0, column: name.clone() }) + 1)
        };
        let (since, until) = (column(&proof.since), column(&proof.until));
        let when = proof.when.clone().map(|predicate| select.term(Term::Truth { via: 0, predicate }) + 1);
        let kind = probe.column.meaning.kind;
        let mut known = Vec::new();
        database.read(&select, &mut |found| {
            let holds = when.is_none_or(|at| found.row[at] == Value::Integer(1));
            if let Some(canonical) = kind.normalise_value(&found.row[0]).filter(|_| holds) {
                let instant = |at: Option<usize>| at.and_then(|at| Dated::read(&found.row[at]).moment(zone));
                // A window that the map promises but the row does not state cannot be trusted to reach back.
                if since.is_none() || instant(since).is_some() {
                    known.push((kind, canonical, instant(since), instant(until)));
                }
            }
            Flow::Continue
        })?;
        for (kind, canonical, since, until) in known {
            insert(set, kind, canonical, since, until);
        }
    }
    Ok(())
}

fn insert(set: &mut IdentitySet, kind: Kind, canonical: String, since: Option<Timestamp>, until: Option<Timestamp>) {
    set.values.insert(KnownValue { kind: kind.word().to_owned(), value: canonical.into(), since, until, proven: true });
}

type Given = (Kind, String, Option<Timestamp>, Option<Timestamp>);

/// What the officer gave is known, too; where a person row proves the same value, that row's window stands.
fn take_given_values(given: &[Given], set: &mut IdentitySet) {
    for (kind, canonical, since, until) in given {
        let known = set.values.iter().any(|v| v.kind == kind.word() && v.value.reveal() == canonical);
        if !known {
            insert(set, *kind, canonical.clone(), *since, *until);
        }
    }
}

fn several_persons(map: &Classified, closed: &mut Closed) {
    for person in &map.persons {
        let keys = closed.set.persons.get(&person.name);
        if let Some(keys) = keys.filter(|keys| keys.len() > 1) {
            let candidate = |key: &Key| Candidate {
                person: person.name.clone(),
                key: key.clone(),
                table: person.table,
                column: person.column.clone(),
            };
            closed.ambiguities.push(Ambiguity::SeveralPersons(keys.iter().map(candidate).collect()));
        }
    }
}

/// Names under a value that ties rows: more than one, or none of those the person is known by.
fn several_names(
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    picked: bool,
    closed: &mut Closed,
) -> Result<(), DatabaseError> {
    let named: BTreeSet<String> = closed
        .set
        .values
        .iter()
        .filter(|known| known.kind == Kind::Name.word())
        .filter_map(|known| Kind::Name.normalise(known.value.reveal()))
        .collect();
    let own = own_names(map, zone, database, &closed.set)?;
    if !named.is_empty() {
        // The value belongs to somebody of another name now: whose data is asked for?
        if !picked && !own.is_empty() && own.is_disjoint(&named) {
            let found = map.persons.iter().find(|person| closed.set.persons.contains_key(&person.name));
            let theirs = own.into_iter().map(|name| (name, 1)).collect();
            closed.ambiguities.extend(found.map(|person| Ambiguity::SeveralNames {
                table: person.table,
                role: UNNAMED,
                names: theirs,
            }));
        }
        return Ok(());
    }
    let mut strangers: BTreeMap<(TableId, usize), BTreeMap<String, u64>> = BTreeMap::new();
    let mut all: BTreeSet<String> = BTreeSet::new();
    let subjects = [std::mem::take(&mut closed.set)];
    let walk = Walk::new(map, &subjects, Attribution::Each, zone.clone(), database)?;
    for &table in &map.order {
        names_by_value(&walk, table, database, &own, &mut strangers, &mut all)?;
    }
    drop(walk);
    let [set] = subjects;
    closed.set = set;
    if !strangers.is_empty() && (all.len() > 1 || !own.is_empty()) {
        closed.ambiguities.extend(strangers.into_iter().map(|((table, role), names)| Ambiguity::SeveralNames {
            table,
            role,
            names: names.into_iter().collect(),
        }));
        return Ok(());
    }
    // Every name under the person's values is theirs; a later stranger's name is in doubt.
    for name in own.into_iter().chain(all) {
        insert(&mut closed.set, Kind::Name, name, None, None);
    }
    Ok(())
}

/// Names in the person's own rows (no role, or tied by key).
fn own_names(
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    set: &IdentitySet,
) -> Result<BTreeSet<String>, DatabaseError> {
    let mut names = BTreeSet::new();
    let mut keys_alone = IdentitySet::default();
    keys_alone.persons.clone_from(&set.persons);
    let subjects = [keys_alone];
    for person in &map.persons {
        for (table, held) in map.tables.iter().enumerate() {
            let direct = table == person.table || held.ties.iter().any(|tie| names_person(tie, person));
            let columns: Vec<&Column> =
                held.columns.iter().filter(|c| c.meaning.kind == Kind::Name && c.meaning.role.is_none()).collect();
            if !direct || columns.is_empty() {
                continue;
            }
            let walk = Walk::persons_only(map, &subjects, Attribution::Each, zone.clone());
            let Some(mut select) = walk.select(table) else { continue };
            let places: Vec<usize> =
                columns.iter().map(|c| select.term(Term::Column { via: 0, column: c.name.clone() })).collect();
            walk.holdings(table, select, database, &mut |holding| {
                let found = places.iter().map(|&at| holding.terms[0][at].to_canonical_text());
                names.extend(found.filter_map(|name| Kind::Name.normalise(&name)));
                Flow::Continue
            })?;
        }
    }
    Ok(names)
}

fn names_by_value(
    walk: &Walk<'_>,
    table: TableId,
    database: &mut dyn Database,
    own: &BTreeSet<String>,
    strangers: &mut BTreeMap<(TableId, usize), BTreeMap<String, u64>>,
    all: &mut BTreeSet<String>,
) -> Result<(), DatabaseError> {
    let map = walk.map();
    let held = &map.tables[table];
    let by_value = held.ties.iter().filter(|tie| tie.sense == Sense::Of && matches!(tie.target, Target::Value(_)));
    let roles: Vec<usize> = by_value.map(|tie| role_number(map, table, tie.role.as_deref())).collect();
    let names: Vec<(&Column, usize)> = held
        .columns
        .iter()
        .filter(|column| column.meaning.kind == Kind::Name)
        .map(|column| (column, role_number(map, table, column.meaning.role.as_deref())))
        .filter(|(_, role)| roles.contains(role))
        .collect();
    let Some(mut select) = walk.select(table).filter(|_| !names.is_empty()) else { return Ok(()) };
    let places: Vec<(usize, usize)> = names
        .iter()
        .map(|(column, role)| (select.term(Term::Column { via: 0, column: column.name.clone() }), *role))
        .collect();
    walk.holdings(table, select, database, &mut |holding| {
        if holding.doubt.is_none() {
            for (at, role) in places.iter().filter(|(_, role)| holding.valued.contains(role)) {
                let name = Kind::Name.normalise(&holding.terms[0][*at].to_canonical_text());
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    if !own.contains(&name) {
                        *strangers.entry((table, *role)).or_default().entry(name.clone()).or_default() += 1;
                    }
                    all.insert(name);
                }
            }
        }
        Flow::Continue
    })
}
