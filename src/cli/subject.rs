//! From identifiers to the one person that is meant: resolved by the trusted map, refused when it is not clear.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    case::{Case, CaseNumber, Event, Identity, IdentitySet, IdentityTag, KnownValue, Secret},
    data_map::{classified::Classified, fate::Erase},
    database::locate::{self, Ambiguity, Closed},
    duties::replay::{Print, Seen, Telling, seal, unseal},
    kind::Kind,
    plan::{is_drawn, text_of},
    rights::correction::key_text,
    value::{Key, Value},
};

use super::{database::Trusted, failure::Failure, planning::FINGERPRINTS, recapture, session::Session, text::trouble};

/// Resolves what was given. Entries that are not of their kind are refused; ambiguity is left to the caller.
pub(crate) fn resolve(identity: &Identity, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Closed> {
    Ok(require_read(locate::close(&trusted.map, identity, &session.zone()?, session.now(), &mut *trusted.database)?)?)
}

/// Refuses what could not be read as what it was said to be.
fn require_read(closed: Closed) -> Result<Closed, Failure> {
    let mut bad: Vec<usize> = closed.unknown.iter().chain(&closed.malformed).map(|at| at + 1).collect();
    bad.sort_unstable();
    if !bad.is_empty() {
        let entries: Vec<String> = bad.iter().map(ToString::to_string).collect();
        return Err(trouble::BAD_IDENTIFIERS.with(&[("entries", &entries.join(", "))]));
    }
    Ok(closed)
}

/// Whom the key of a person row leads to by now.
pub(crate) fn under_key(
    person: &str,
    key: &Key,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<IdentitySet> {
    Ok(resolve(&Identity::of([(person, key_text(key).as_str())]), trusted, session)?.set)
}

/// The one person, or a refusal.
pub(crate) fn require_clear(closed: Closed) -> Result<IdentitySet, Failure> {
    match closed.ambiguities.len() {
        0 => Ok(closed.set),
        count => Err(trouble::AMBIGUOUS.with(&[("count", &count.to_string())])),
    }
}

/// The person of a case: what was captured when the identity was verified, if the same identifiers still lead there.
pub(crate) fn of_case(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<IdentitySet> {
    let set = match found(case, trusted, session) {
        Err(_) if recapture::is_due(case, session)? => {
            recapture::make_up(case, trusted, session)?;
            found(&session.case(case.number)?, trusted, session)?
        }
        set => set?,
    };
    require_same_rows(case, trusted, session)?;
    Ok(set)
}

fn found(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<IdentitySet> {
    let (captured, identity) = captured(case)?;
    require_same(case, captured, resolve(identity, trusted, session)?)
}

/// By what the person's rows are known again, sealed with whom was captured: a key that was given to somebody else leads
/// to the same set where nothing in the row proves who it is.
pub(crate) fn fingerprints(
    set: &IdentitySet,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<BTreeMap<String, Secret>> {
    let (zone, tagging) = (session.zone()?, session.reading()?.tagging()?);
    let with = Telling { map: &trusted.map, zone: &zone, tagging: &tagging };
    let prints = Print::of_persons(&with, set, &mut *trusted.database)?;
    Ok(if prints.is_empty() { BTreeMap::new() } else { BTreeMap::from([(FINGERPRINTS.to_owned(), seal(&prints))]) })
}

/// What the person's rows were like when they were captured last.
pub(crate) fn prints(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<Vec<Print>> {
    let mut prints = Vec::new();
    session.reading()?.events_about(case, |recorded| {
        if let (Event::Identified { .. }, Some(body)) = (&recorded.event, &recorded.body) {
            prints = body.facts.get(FINGERPRINTS).map(unseal).unwrap_or_default();
        }
        Ok(())
    })?;
    Ok(prints)
}

/// Once something was removed for the case, other grounds tell ([`of_case_again`], a replay); what never changes is not
/// what a correction, a restriction or an unsubscription changes.
fn require_same_rows(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    if case.actions.iter().any(|count| !["exported", "kept", "changed"].contains(&count.what.as_str())) {
        return Ok(());
    }
    let tagging = session.reading()?.tagging()?;
    for print in prints(case.number, session)? {
        if print.look(&trusted.map, &mut *trusted.database, &tagging)? == Seen::Other {
            return Err(trouble::IDENTITY_CHANGED.with(&[("case", &case.number.to_string())]).into());
        }
    }
    Ok(())
}

/// The same for several cases, with one search for all of them. What is wrong with one case says nothing of the others.
pub(crate) fn of_cases(
    cases: &[Case],
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<anyhow::Result<IdentitySet>>> {
    let identities: Vec<&Identity> = cases.iter().filter_map(|case| captured(case).ok()).map(|(_, id)| id).collect();
    let Ok(closed) =
        locate::close_all(&trusted.map, &identities, &session.zone()?, session.now(), &mut *trusted.database)
    else {
        return Ok(cases.iter().map(|case| of_case(case, trusted, session)).collect());
    };
    let mut closed = closed.into_iter();
    let mut set = |case: &Case| {
        let (captured, _) = captured(case)?;
        let set = require_same(case, captured, require_read(closed.next().unwrap_or_default())?)?;
        require_same_rows(case, trusted, session)?;
        Ok(set)
    };
    Ok(cases.iter().map(&mut set).collect())
}

/// Whom a verified case is about, and what they were found by.
fn captured(case: &Case) -> anyhow::Result<(&IdentitySet, &Identity)> {
    case.require_identified()?;
    let captured = case.personal.set.as_ref().filter(|set| !set.is_empty()).zip(case.personal.identity.as_ref());
    Ok(captured.ok_or_else(|| trouble::NOT_CAPTURED.with(&[("case", &case.number.to_string())]))?)
}

fn require_same(case: &Case, captured: &IdentitySet, closed: Closed) -> anyhow::Result<IdentitySet> {
    let set = require_clear(closed)?;
    if set.digest() != captured.digest() {
        return Err(trouble::IDENTITY_CHANGED.with(&[("case", &case.number.to_string())]).into());
    }
    Ok(set)
}

/// The person of a case of which something was carried out already. What we removed led to them no more: whoever is
/// found by less than before, and by nothing else, is the one who was captured.
pub(crate) fn of_case_again(
    case: &Case,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<IdentitySet> {
    let first = of_case(case, trusted, session);
    let (Some(captured), Some(identity)) = (&case.personal.set, &case.personal.identity) else { return first };
    if first.is_ok() || case.actions.is_empty() {
        return first;
    }
    let now = resolve(identity, trusted, session)?;
    if !is_less(&now, captured)
        || !gone_persons(case, captured, &trusted.map).is_empty()
        || leads_elsewhere(captured, trusted, session)?
    {
        return first;
    }
    let same =
        now.set.persons == captured.persons || now.set.persons.is_empty() && keeps_its_key(case, trusted, session)?;
    if same { Ok(captured.clone()) } else { first }
}

/// Whether nothing is found that was not captured, but for what was written over it.
fn is_less(now: &Closed, captured: &IdentitySet) -> bool {
    let known = |value: &KnownValue| {
        let same = |old: &KnownValue| (&old.kind, &old.value) == (&value.kind, &value.value);
        is_drawn(value.value.reveal()) || captured.values.iter().any(same)
    };
    now.ambiguities.is_empty() && now.set.values.iter().all(known)
}

/// Whether a value that was captured stands for somebody else by now: rows that hold it may be theirs.
fn leads_elsewhere(captured: &IdentitySet, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<bool> {
    let finds = |known: &&KnownValue| known.kind.parse::<Kind>().is_ok_and(|kind| kind.identifies() && !kind.is_weak());
    for known in captured.values.iter().filter(finds) {
        let now = resolve(&Identity::of([(known.kind.as_str(), known.value.reveal())]), trusted, session)?;
        let theirs = |(person, keys): (&String, &BTreeSet<Key>)| {
            captured.persons.get(person).is_some_and(|captured| keys.is_subset(captured))
        };
        let others = |ambiguity: &Ambiguity| match ambiguity {
            Ambiguity::SeveralPersons(candidates) | Ambiguity::Unproven(candidates) => candidates
                .iter()
                .any(|one| !captured.persons.get(&one.person).is_some_and(|captured| captured.contains(&one.key))),
            // rows of the same value under several names were there when the person was captured
            Ambiguity::SeveralNames { .. } => false,
        };
        if !now.set.persons.iter().all(theirs) || now.ambiguities.iter().any(others) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The words of people whose rows were deleted for the case: their keys may have been given to somebody else.
pub(crate) fn gone_persons(case: &Case, captured: &IdentitySet, map: &Classified) -> BTreeSet<String> {
    let persons = map.persons.iter().filter(|person| captured.persons.contains_key(&person.name));
    let deleted = |table: &String| case.actions.iter().any(|count| count.what == "deleted" && count.table == *table);
    let gone = persons.filter(|person| deleted(&map.tables[person.table].name.to_string()));
    gone.map(|person| person.name.clone()).collect()
}

/// The words of captured people whose rows stay by the map, and no change of the case touched them.
pub(crate) fn untouched_persons(case: &Case, captured: &IdentitySet, map: &Classified) -> BTreeSet<String> {
    let persons = map.persons.iter().filter(|person| captured.persons.contains_key(&person.name));
    let changed = |table: &String| {
        case.actions.iter().any(|count| !["exported", "kept"].contains(&&*count.what) && count.table == *table)
    };
    let left = persons.filter(|person| {
        let held = &map.tables[person.table];
        matches!(held.fates.erase, Erase::Stay(_)) && !changed(&held.name.to_string())
    });
    left.map(|person| person.name.clone()).collect()
}

/// Whether who was found by what has been written over is still there under their key, and nobody else is.
fn keeps_its_key(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<bool> {
    let Some(captured) = &case.personal.set else { return Ok(false) };
    let keys = captured.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key)));
    let keys: Vec<(&str, String)> = keys
        .map(|(person, key)| (person.as_str(), key.0.iter().map(Value::to_canonical_text).collect::<String>()))
        .collect();
    let now = resolve(&Identity::of(keys.iter().map(|(person, key)| (*person, key.as_str()))), trusted, session)?;
    Ok(now.set.persons == captured.persons && is_less(&now, captured))
}

/// Whoever may be meant by what was given, on all sides where that is not clear.
pub(crate) fn whoever_is_meant(closed: &Closed) -> IdentitySet {
    let mut set = closed.set.clone();
    for ambiguity in &closed.ambiguities {
        if let Ambiguity::SeveralPersons(candidates) | Ambiguity::Unproven(candidates) = ambiguity {
            for candidate in candidates {
                set.persons.entry(candidate.person.clone()).or_default().insert(candidate.key.clone());
            }
        }
    }
    set
}

/// Every tag of whoever may be meant, for a hold, because it has to protect the person under whatever they are erased by;
/// and the person rows, which keep leading to them when numbers change. As long as the map or the database cannot be
/// used, there are only tags of what was given, and no rows: `held` looks it up again.
pub(crate) fn to_hold(
    identity: &Identity,
    session: &mut Session<'_>,
) -> anyhow::Result<(Vec<IdentityTag>, Option<IdentitySet>)> {
    let Ok(mut trusted) = session.trusted() else { return Ok((session.tags(identity)?, None)) };
    let closed = resolve(identity, &mut trusted, session)?;
    let mut set = whoever_is_meant(&closed);
    let tags = tags(Some(identity), &set, session)?;
    let mut rows = IdentitySet::default();
    rows.persons = std::mem::take(&mut set.persons);
    Ok((tags, (!rows.persons.is_empty()).then_some(rows)))
}

/// Every tag of a person, by which holds are found: of what was given, of the values that were found and of the person
/// rows. Names are left out: a namesake's hold is not theirs.
pub(crate) fn tags(
    identity: Option<&Identity>,
    set: &IdentitySet,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<IdentityTag>> {
    let mut tags = match identity {
        Some(identity) => session.tags(identity)?,
        None => Vec::new(),
    };
    let book = session.reading()?;
    for known in set.values.iter().filter(|known| known.kind.parse::<Kind>().is_ok_and(|kind| !kind.is_weak())) {
        tags.push(book.tag(&known.kind, known.value.reveal())?);
    }
    for (person, keys) in &set.persons {
        for key in keys {
            tags.push(book.tag(person, &text_of(key))?);
        }
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}
