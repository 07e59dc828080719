//! From what the officer gives to the closed identity set: person rows and proven values, until nothing new is found.
//!
//! Ambiguity is returned, never resolved: two accounts, two names under one value, a value that stands in a person's
//! row without proof. The officer's pick is given as a further identifier (the account's key, or the name).

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{
    linked::{Persons, has, linked},
    names,
    probe::{Probe, probes},
    shared,
};
use crate::{
    case::identity::{Identity, IdentitySet, KnownValue},
    data_map::classified::{Classified, Person, TableId},
    database::{Arm, Database, DatabaseError, Flow, Seed, Seeds, Select},
    kind::Kind,
    value::{Key, Value},
};

/// What an identity resolves to.
#[derive(Debug, Default)]
pub struct Closed {
    /// Everybody and every value found
    pub set: IdentitySet,
    /// People's rows that are theirs by a tie, such as the customers of an account, in the set or not
    pub linked: IdentitySet,
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

/// Resolves `identity` against the database, as of `now`: whose a value was until then it is not any more.
pub fn close(
    map: &Classified,
    identity: &Identity,
    zone: &TimeZone,
    now: Timestamp,
    database: &mut dyn Database,
) -> Result<Closed, DatabaseError> {
    let closed = close_all(map, &[identity], zone, now, database)?.pop();
    Ok(closed.unwrap_or_default())
}

/// Resolves several identities, each by itself, with the same statements for all of them. They are held in memory.
pub fn close_all(
    map: &Classified,
    identities: &[&Identity],
    zone: &TimeZone,
    now: Timestamp,
    database: &mut dyn Database,
) -> Result<Vec<Closed>, DatabaseError> {
    let mut resolving: Vec<Resolving> = identities.iter().map(|identity| Resolving::read(map, identity)).collect();
    keep_existing_persons(map, &mut resolving, database)?;
    for one in &mut resolving {
        one.picked = !one.closed.set.persons.is_empty();
    }
    let probes = probes(map);
    for probe in &probes {
        find_persons(probe, map, zone, now, database, &mut resolving)?;
    }
    let everybody: Vec<&Persons> = resolving.iter().map(|one| &one.closed.set.persons).collect();
    let linked = linked(map, &everybody, database)?;
    for (one, linked) in resolving.iter_mut().zip(linked) {
        one.closed.linked.persons = linked;
    }
    for probe in &probes {
        widen(probe, map, zone, database, &mut resolving)?;
    }
    resolving.iter_mut().for_each(Resolving::take_given_values);
    for probe in &probes {
        shared::mark(probe, map, zone, database, &mut resolving)?;
    }
    for one in &mut resolving {
        one.doubt_persons(map);
    }
    names::settle(map, zone, database, &mut resolving)?;
    Ok(resolving.into_iter().map(|one| one.closed).collect())
}

/// An identity on its way.
#[derive(Debug)]
pub(super) struct Resolving {
    pub(super) closed: Closed,
    /// Values to begin with, with the time in which they were the person's
    given: Vec<Given>,
    /// Whether the officer says which person rows are meant
    pub(super) picked: bool,
    candidates: BTreeSet<Candidate>,
}

impl Resolving {
    /// What was given; one of an unknown word, or not of its kind, leaves nothing to begin with.
    fn read(map: &Classified, identity: &Identity) -> Self {
        let mut closed = Closed::default();
        let mut given = Vec::new();
        for (at, identifier) in identity.identifiers.iter().enumerate() {
            let text = identifier.value.reveal();
            if let Some(person) = map.persons.iter().find(|person| person.name == identifier.kind) {
                closed.set.persons.entry(person.name.clone()).or_default().insert(person_key(map, person, text));
            } else if let Ok(kind) = identifier.kind.parse::<Kind>() {
                match kind.normalise(text).filter(|_| kind.identifies()) {
                    Some(canonical) => given.push(Given {
                        kind,
                        canonical,
                        since: identifier.since,
                        until: identifier.until,
                        undated: false,
                        is_picks: false,
                        others: BTreeSet::new(),
                    }),
                    None => closed.malformed.push(at),
                }
            } else {
                closed.unknown.push(at);
            }
        }
        if !closed.unknown.is_empty() || !closed.malformed.is_empty() {
            (closed.set, given) = Default::default();
        }
        Self { closed, given, picked: false, candidates: BTreeSet::new() }
    }

    /// What the officer gave is known, too; where a person row proves the same value, that row's window stands. Since
    /// when a row does not say, although the map has it say so, the value finds rows and says of none whose it is.
    fn take_given_values(&mut self) {
        let set = &mut self.closed.set;
        for Given { kind, canonical, since, until, undated, .. } in &self.given {
            let known = set.values.iter().any(|v| v.kind == kind.word() && v.value.reveal() == canonical);
            if !known {
                let (kind, value, proven) = (kind.word().to_owned(), canonical.clone().into(), !undated);
                set.values.insert(KnownValue { kind, value, since: *since, until: *until, proven });
            }
        }
    }

    /// The person rows that are nobody else's of the set.
    pub(super) fn independent(&self) -> Persons {
        let Closed { set, linked, .. } = &self.closed;
        let mut persons = set.persons.clone();
        for (word, keys) in &mut persons {
            keys.retain(|key| !has(&linked.persons, word, key));
        }
        persons.retain(|_, keys| !keys.is_empty());
        persons
    }

    /// Person rows without proof, several of one table, and those that prove what was given beside the row that was picked.
    fn doubt_persons(&mut self, map: &Classified) {
        let independent = self.independent();
        let Self { closed: Closed { set, linked, ambiguities, .. }, picked, candidates, given } = self;
        let mut candidates = std::mem::take(candidates);
        candidates.retain(|c| !has(&set.persons, &c.person, &c.key) && !has(&linked.persons, &c.person, &c.key));
        if !candidates.is_empty() && !*picked {
            ambiguities.push(Ambiguity::Unproven(candidates.into_iter().collect()));
        }
        let found = persons_of(map, &independent);
        let several = found.iter().filter(|found| found.len() > 1);
        ambiguities.extend(several.map(|several| Ambiguity::SeveralPersons(several.clone())));
        let contradict = given.iter().filter(|given| !given.is_picks && !given.others.is_empty());
        let others: BTreeSet<Candidate> = contradict.flat_map(|given| given.others.clone()).collect();
        if !others.is_empty() {
            ambiguities.push(Ambiguity::SeveralPersons(found.concat().into_iter().chain(others).collect()));
        }
    }
}

/// Person rows by table.
pub(super) fn persons_of(map: &Classified, persons: &Persons) -> Vec<Vec<Candidate>> {
    let found = |person: &Person| -> Vec<Candidate> {
        let candidate = |key: &Key| Candidate {
            person: person.name.clone(),
            key: key.clone(),
            table: person.table,
            column: person.column.clone(),
        };
        persons.get(&person.name).into_iter().flatten().map(candidate).collect()
    };
    map.persons.iter().map(found).filter(|found| !found.is_empty()).collect()
}

/// Keys are typed as their column is: the text of an INTEGER key becomes a number.
fn person_key(map: &Classified, person: &Person, text: &str) -> Key {
    let declared = map.tables[person.table].column(&person.column).map_or("", |column| &column.declared);
    let number = declared.to_ascii_uppercase().contains("INT").then(|| text.parse::<i64>().ok()).flatten();
    Key(vec![number.map_or_else(|| Value::from(text), Value::Integer)])
}

/// Person keys that were given and have a row.
fn keep_existing_persons(
    map: &Classified,
    resolving: &mut [Resolving],
    database: &mut dyn Database,
) -> Result<(), DatabaseError> {
    for person in &map.persons {
        let seeds = keys_of(&person.name, resolving);
        for one in resolving.iter_mut() {
            one.closed.set.persons.remove(&person.name);
        }
        let held = &map.tables[person.table];
        let arm = Arm { columns: vec![person.column.clone()], seeds, folds: false };
        let select = Select::new(held.name.clone(), vec![person.column.clone()], vec![arm]);
        database.read(&select, &mut |found| {
            let persons = &mut resolving[found.subject as usize].closed.set.persons;
            persons.entry(person.name.clone()).or_default().insert(Key(vec![found.row[0].clone()]));
            Flow::Continue
        })?;
    }
    Ok(())
}

/// The keys known of everybody's person rows of one word.
fn keys_of(person: &str, resolving: &[Resolving]) -> Seeds {
    let keys = (0..).zip(resolving).flat_map(|(subject, one)| {
        let keys = one.closed.set.persons.get(person).into_iter().flatten();
        keys.map(move |key| Seed { subject, tag: 0, values: key.0.clone() })
    });
    keys.collect()
}

/// Person rows in which values that were given stand: theirs where the column proves it, else candidates. What proved
/// it until some day proves it for nobody afterwards, and what does not say since when, although it should, for nobody.
fn find_persons(
    probe: &Probe<'_>,
    map: &Classified,
    zone: &TimeZone,
    now: Timestamp,
    database: &mut dyn Database,
    resolving: &mut [Resolving],
) -> Result<(), DatabaseError> {
    let seeds = (0..).zip(&*resolving).flat_map(|(subject, one)| {
        let of_kind = (0..).zip(&one.given).filter(|(_, given)| given.kind == probe.kind);
        of_kind.flat_map(move |(tag, given)| {
            let spelled = given.kind.lookups(&given.canonical).into_iter();
            spelled.map(move |value| Seed { subject, tag, values: vec![value] })
        })
    });
    let (select, reading) = probe.by_value(map, seeds.collect());
    database.read(&select, &mut |found| {
        let (applies, unclear) = (reading.applies(&found.row), reading.is_unclear(&found.row));
        let Some(key) = reading.key(&found.row).filter(|_| applies || unclear) else { return Flow::Continue };
        let Resolving { closed: Closed { set, .. }, given, picked, candidates } =
            &mut resolving[found.subject as usize];
        let given = &mut given[found.tag as usize];
        if reading.value(&found.row).as_ref() != Some(&given.canonical) {
            return Flow::Continue;
        }
        // Whoever had the value until a day is not who was given it later.
        let (since, until) = (reading.since(&found.row, zone), reading.until(&found.row, zone));
        let before = |end: Option<Timestamp>, begin: Option<Timestamp>| end.zip(begin).is_some_and(|(e, b)| e <= b);
        if before(given.until, since) || before(until, given.since) {
            return Flow::Continue;
        }
        let word = &probe.person.name;
        let is_pick = *picked && set.persons.get(word).is_some_and(|keys| keys.contains(&key));
        let proven = reading.read(&found.row, zone).is_some() && !before(until, Some(given.until.unwrap_or(now)));
        given.is_picks |= is_pick;
        given.undated |= (is_pick || !*picked) && reading.is_undated(&found.row, zone) && given.since.is_none();
        let candidate =
            Candidate { person: word.clone(), key: key.clone(), table: probe.table, column: probe.column.name.clone() };
        match (proven, *picked) {
            (true, false) => drop(set.persons.entry(word.clone()).or_default().insert(key)),
            (true, true) if is_pick => {}
            (true, true) => drop(given.others.insert(candidate)),
            (false, _) => drop(candidates.insert(candidate)),
        }
        Flow::Continue
    })
}

/// Adds the proven values of the persons found, with their windows.
fn widen(
    probe: &Probe<'_>,
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    resolving: &mut [Resolving],
) -> Result<(), DatabaseError> {
    if probe.proof.is_none() {
        return Ok(());
    }
    let (select, reading) = probe.by_key(map, keys_of(&probe.person.name, resolving), database)?;
    let kind = probe.kind;
    database.read(&select, &mut |found| {
        if let (Some(value), Some((since, until))) = (reading.value(&found.row), reading.read(&found.row, zone)) {
            insert(&mut resolving[found.subject as usize].closed.set, kind, value, since, until);
        }
        Flow::Continue
    })
}

/// A value that the officer gave.
#[derive(Debug)]
struct Given {
    kind: Kind,
    canonical: String,
    /// Since when it was the person's, as the officer says
    since: Option<Timestamp>,
    /// Until when
    until: Option<Timestamp>,
    /// A person row has it and does not say since when
    undated: bool,
    /// It stands in a row that was picked
    is_picks: bool,
    /// Person rows that prove it, where others were picked
    others: BTreeSet<Candidate>,
}

pub(super) fn insert(
    set: &mut IdentitySet,
    kind: Kind,
    canonical: String,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) {
    set.values.insert(KnownValue { kind: kind.word().to_owned(), value: canonical.into(), since, until, proven: true });
}
