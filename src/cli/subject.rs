//! From identifiers to the one person that is meant: resolved by the trusted map, refused when it is not clear.

use crate::{
    case::{Case, Identity, IdentitySet, IdentityTag},
    data_map::classified::{Classified, TableId},
    database::locate::{self, Ambiguity, Closed},
    kind::Kind,
    schema::TableName,
    value::Value,
};

use super::{database::Trusted, failure::Failure, session::Session, text::trouble};

/// Resolves what was given. Entries that are not of their kind are refused; ambiguity is left to the caller.
pub(crate) fn resolve(identity: &Identity, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Closed> {
    let closed = locate::close(&trusted.map, identity, &session.zone()?, &mut *trusted.database)?;
    let mut bad: Vec<usize> = closed.unknown.iter().chain(&closed.malformed).map(|at| at + 1).collect();
    bad.sort_unstable();
    if !bad.is_empty() {
        let entries: Vec<String> = bad.iter().map(ToString::to_string).collect();
        return Err(trouble::BAD_IDENTIFIERS.with(&[("entries", &entries.join(", "))]).into());
    }
    Ok(closed)
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
    case.require_identified()?;
    let number = case.number.to_string();
    let captured = case.personal.set.as_ref().filter(|set| !set.is_empty());
    let (Some(captured), Some(identity)) = (captured, &case.personal.identity) else {
        return Err(trouble::NOT_CAPTURED.with(&[("case", &number)]).into());
    };
    let set = require_clear(resolve(identity, trusted, session)?)?;
    if set.digest() != captured.digest() {
        return Err(trouble::IDENTITY_CHANGED.with(&[("case", &number)]).into());
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
    let less =
        now.ambiguities.is_empty() && now.set.persons == captured.persons && now.set.values.is_subset(&captured.values);
    if less { Ok(captured.clone()) } else { first }
}

/// Every tag of whoever may be meant, for a hold: it has to protect the person under whatever they are erased by, so
/// what is ambiguous is held on all sides. Without a trusted map there is only what was given.
pub(crate) fn tags_to_hold(identity: &Identity, session: &mut Session<'_>) -> anyhow::Result<Vec<IdentityTag>> {
    let Ok(mut trusted) = session.trusted() else { return session.tags(identity) };
    let closed = resolve(identity, &mut trusted, session)?;
    let mut set = closed.set.clone();
    for ambiguity in &closed.ambiguities {
        if let Ambiguity::SeveralPersons(candidates) | Ambiguity::Unproven(candidates) = ambiguity {
            for candidate in candidates {
                set.persons.entry(candidate.person.clone()).or_default().insert(candidate.key.clone());
            }
        }
    }
    tags(Some(identity), &set, session)
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
            let key: Vec<String> = key.0.iter().map(Value::to_canonical_text).collect();
            tags.push(book.tag(person, &key.join(" "))?);
        }
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
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
