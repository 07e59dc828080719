//! From identifiers to the one person that is meant: resolved by the trusted map, refused when it is not clear.

use crate::{
    case::{Case, Identity, IdentitySet, IdentityTag},
    database::locate::{self, Ambiguity, Closed},
    kind::Kind,
    value::Value,
};

use super::{database::Trusted, failure::Failure, session::Session, text::trouble};

/// Resolves what was given. Entries that are not of their kind are refused; ambiguity is left to the caller.
pub(crate) fn resolve(identity: &Identity, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Closed> {
    Ok(require_read(locate::close(&trusted.map, identity, &session.zone()?, &mut *trusted.database)?)?)
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

/// The one person, or a refusal.
pub(crate) fn require_clear(closed: Closed) -> Result<IdentitySet, Failure> {
    match closed.ambiguities.len() {
        0 => Ok(closed.set),
        count => Err(trouble::AMBIGUOUS.with(&[("count", &count.to_string())])),
    }
}

/// The person of a case: what was captured when the identity was verified, if the same identifiers still lead there.
pub(crate) fn of_case(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<IdentitySet> {
    let (captured, identity) = captured(case)?;
    require_same(case, captured, resolve(identity, trusted, session)?)
}

/// The same for several cases, with one search for all of them. What is wrong with one case says nothing of the others.
pub(crate) fn of_cases(
    cases: &[Case],
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<anyhow::Result<IdentitySet>>> {
    let identities: Vec<&Identity> = cases.iter().filter_map(|case| captured(case).ok()).map(|(_, id)| id).collect();
    let Ok(closed) = locate::close_all(&trusted.map, &identities, &session.zone()?, &mut *trusted.database) else {
        return Ok(cases.iter().map(|case| of_case(case, trusted, session)).collect());
    };
    let mut closed = closed.into_iter();
    let set = |case: &Case| {
        let (captured, _) = captured(case)?;
        require_same(case, captured, require_read(closed.next().unwrap_or_default())?)
    };
    Ok(cases.iter().map(set).collect())
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
