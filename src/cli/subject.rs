//! From identifiers to the one person that is meant: resolved by the trusted map, refused when it is not clear.

use crate::{
    case::{Case, Identity, IdentitySet, IdentityTag},
    database::locate::{self, Closed},
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

/// Every tag of a person, by which holds are found: of what was given and of what was found.
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
    for known in &set.values {
        tags.push(book.tag(&known.kind, known.value.reveal())?);
    }
    Ok(tags)
}
