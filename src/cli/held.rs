//! The legal holds in force, as plans heed them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use crate::{
    case::{About, Body, Event, Identity, IdentitySet, RunNumber, SubjectRef, TagPurpose},
    casebook::{self, Casebook, CasebookError},
    data_map::classified::{Classified, Person, Sense, TableId, Target, Tie},
    database::{
        Database,
        locate::{close_all, close_many, present},
    },
    plan::{Erased, Held, Hold, Holds, text_of},
    schema::TableName,
    value::Key,
};

use super::{failure::Failure, session::Session, subject, text::trouble};

/// The holds in force now.
pub(crate) fn held(map: &Classified, session: &mut Session<'_>) -> anyhow::Result<Rc<Held>> {
    let book = session.reading()?;
    let holds = book.holds()?;
    let (mut people, mut subjects) = (HashMap::new(), HashMap::new());
    let mut accounts: BTreeMap<String, Vec<(Key, Hold)>> = BTreeMap::new();
    let mut given: Vec<(Identity, Hold)> = Vec::new();
    for hold in &holds {
        let Some(subject) = hold.subject else { continue };
        add(&mut subjects, subject, hold.sort());
        for tag in book.tags_of_hold(hold)? {
            add(&mut people, tag, hold.sort());
        }
        match whom(hold, book)? {
            Whom::Rows(mut set) => {
                for (person, keys) in std::mem::take(&mut set.persons) {
                    accounts.entry(person).or_default().extend(keys.into_iter().map(|key| (key, hold.sort())));
                }
            }
            Whom::Given(identity) => given.push((identity, hold.sort())),
            Whom::Nobody => {}
        }
    }
    let mut sets = as_they_are(&accounts, map, session)?;
    sets.extend(as_they_were_named(&given, map, session)?);
    for (set, sort) in sets {
        for tag in subject::tags(None, &set, session)? {
            add(&mut people, tag, sort);
        }
    }
    let erased = erased(map, session)?;
    let tagger = session.reading()?.tagger()?;
    let tables = held_tables(&holds, map)?;
    Ok(Rc::new(Held {
        tables,
        people,
        subjects,
        erased,
        tag: Box::new(move |word, canonical| tagger.tag(word, canonical)),
    }))
}

/// Whether rows may be several people's, so that it matters who of them was erased.
fn shares_rows(map: &Classified) -> bool {
    let leads = |tie: &Tie| matches!(tie.target, Target::Rows { .. } | Target::Value(_));
    let of = |tie: &&Tie| tie.sense == Sense::Of && leads(tie);
    map.tables.iter().enumerate().any(|(table, held)| {
        held.ties.iter().filter(of).count() > 1 || held.ties.iter().any(|tie| map.is_reverse(table, tie))
    })
}

/// Who was erased, of those whose rows stayed; nobody where nobody shares rows.
fn erased(map: &Classified, session: &mut Session<'_>) -> anyhow::Result<Erased> {
    if !shares_rows(map) {
        return Ok(Rc::new(|_, _| false));
    }
    let table = |person: &Person| (person.name.clone(), map.tables[person.table].name.to_string());
    let (tables, known): (HashMap<String, String>, _) = (map.persons.iter().map(table).collect(), session.erased()?);
    Ok(Rc::new(move |person, tag| tables.get(person).is_some_and(|table| known(tag, table))))
}

/// Puts on record who was purged and has a row still: others may share it, or will under a later map, and have to be told
/// from whoever is still somebody.
pub(crate) fn note_erased(
    run: RunNumber,
    people: &IdentitySet,
    map: &Classified,
    database: &mut dyn Database,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    database.renew()?;
    let mut rows = IdentitySet::default();
    for person in &map.persons {
        let Some(keys) = people.persons.get(&person.name) else { continue };
        let stayed: BTreeSet<Key> = present(map, person, keys, database)?.into_iter().collect();
        if !stayed.is_empty() {
            rows.persons.insert(person.name.clone(), stayed);
        }
    }
    database.renew()?;
    if rows.persons.is_empty() {
        return Ok(());
    }
    let book = session.reading()?;
    let mut tags = Vec::new();
    for (person, key) in rows.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key))) {
        tags.push(book.tag(person, &text_of(key))?);
    }
    let (subject, count) = (book.new_subject(), u32::try_from(tags.len()).unwrap_or(u32::MAX));
    let body = Body { tags, set: Some(rows), ..Body::default() };
    session.record(About::Run(run), Event::TagsAdded { purpose: TagPurpose::Removed, subject, count }, &body)?;
    session.forget_erased();
    Ok(())
}

/// The holds that bear on a person's rows: on the reference of their case, on their keys and values, on tables.
pub(crate) fn holds_on(subject: Option<SubjectRef>, set: &IdentitySet, held: &Rc<Held>) -> Holds {
    let by_reference = subject.and_then(|subject| held.subjects.get(&subject).copied());
    Holds { person: by_reference.into_iter().chain(held.on(set)).min(), held: Rc::clone(held) }
}

/// Whom a hold was put on.
enum Whom {
    /// These person rows
    Rows(IdentitySet),
    /// Whoever this leads to: it could not be resolved when the hold was added
    Given(Identity),
    /// Nobody that has a row
    Nobody,
}

fn whom(hold: &casebook::Hold, book: &Casebook) -> Result<Whom, CasebookError> {
    let (mut whom, mut missing) = (Whom::Nobody, None);
    book.events_about(About::Hold(hold.number), |recorded| {
        match (recorded.event, recorded.body) {
            (Event::HoldAdded { .. }, Some(body)) => {
                let given = || body.identity.clone().map_or(Whom::Nobody, Whom::Given);
                whom = body.set.clone().map_or_else(given, Whom::Rows);
            }
            (Event::HoldAdded { .. }, None) => missing = recorded.key,
            _ => {}
        }
        Ok(())
    })?;
    // without it nobody knows whom the hold protects
    missing.map_or(Ok(whom), |key| Err(CasebookError::KeyMissing(key)))
}

/// Whom a hold from before there was a map, or while it could not be used, leads to now; on all sides where that is not
/// clear.
fn as_they_were_named(
    given: &[(Identity, Hold)],
    map: &Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<(IdentitySet, Hold)>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let (zone, mut database) = (session.zone()?, session.database()?);
    let identities: Vec<&Identity> = given.iter().map(|(identity, _)| identity).collect();
    let closed = close_all(map, &identities, &zone, session.now(), &mut *database)?;
    Ok(closed.iter().map(subject::whoever_is_meant).zip(given.iter().map(|(_, sort)| *sort)).collect())
}

/// What stands for those people by now: a number that an account got since the hold was added is the same person's, and
/// rows of others in which it stands are under hold, too. One that it had in between and lost again is not known.
fn as_they_are(
    accounts: &BTreeMap<String, Vec<(Key, Hold)>>,
    map: &Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<(IdentitySet, Hold)>> {
    let mut sets = Vec::new();
    if accounts.is_empty() {
        return Ok(sets);
    }
    let (zone, mut database) = (session.zone()?, session.database()?);
    for (name, held) in accounts {
        // a map that knows no such people any more leaves the tags of when the hold was added
        let Some(person) = map.persons.iter().find(|person| person.name == *name) else { continue };
        let keys: Vec<Key> = held.iter().map(|(key, _)| key.clone()).collect();
        let now = close_many(map, person, &keys, &zone, &mut *database)?;
        sets.extend(now.into_iter().zip(held.iter().map(|(_, sort)| *sort)));
    }
    Ok(sets)
}

/// Of two holds on the same the open one is told.
fn add<K: std::hash::Hash + Eq>(holds: &mut HashMap<K, Hold>, on: K, hold: Hold) {
    let known = holds.entry(on).or_insert(hold);
    *known = hold.min(*known);
}

/// The tables under hold; where an open hold and a secret one are on the same, the open one is told.
fn held_tables(holds: &[casebook::Hold], map: &Classified) -> Result<BTreeMap<TableId, Hold>, Failure> {
    let mut tables = BTreeMap::new();
    for hold in holds {
        let Some(table) = &hold.table else { continue };
        let known = tables.entry(held_table(table, map)?).or_insert(hold.sort());
        *known = hold.sort().min(*known);
    }
    Ok(tables)
}

/// A held table by its place in the map; a hold on a table that is not there protects nothing, so it refuses.
pub(crate) fn held_table(table: &str, map: &Classified) -> Result<TableId, Failure> {
    map.table_id(&TableName::local(table)).ok_or_else(|| trouble::NO_SUCH_COLUMN.plain())
}

/// Refuses a table that the map does not have; before a map is trusted any name is taken.
pub(crate) fn require_table(table: &str, session: &mut Session<'_>) -> Result<(), Failure> {
    match session.trusted() {
        Ok(trusted) => held_table(table, &trusted.map).map(|_| ()),
        Err(_) => Ok(()),
    }
}
