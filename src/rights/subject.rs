//! Who a case is about: found from what the officer gives, captured at `case identify`, resolved again from the same
//! identifiers whenever something is copied or changed (DESIGN §3).

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::{Identity, IdentitySet},
    data_map::classified::Classified,
    database::{
        Database,
        locate::{Attribution, Closed, Held, Walk, close},
    },
    error::Error,
    refusal::Refusal,
};

/// What `find` tells: whom the identity resolves to, and how much is held on them.
#[derive(Debug)]
pub struct FoundSubject {
    /// The set, and what has to be decided first
    pub closed: Closed,
    /// What is held, by table
    pub holdings: Vec<Held>,
}

/// Finds a person and counts what is held, whether or not it is clear who is meant.
pub fn find(
    map: &Classified,
    identity: &Identity,
    zone: &TimeZone,
    now: Timestamp,
    database: &mut dyn Database,
) -> Result<FoundSubject, Error> {
    let closed = close(map, identity, zone, now, database)?;
    let subjects = [closed.set.clone()];
    let walk = Walk::new(map, &subjects, Attribution::Each, zone.clone(), database)?;
    Ok(FoundSubject { holdings: walk.count(database)?, closed })
}

/// Captures the closed set for a case; refuses whatever is unknown, malformed or ambiguous, and a person on whom nothing
/// is held.
pub fn capture(
    map: &Classified,
    identity: &Identity,
    zone: &TimeZone,
    now: Timestamp,
    database: &mut dyn Database,
) -> Result<IdentitySet, Error> {
    let found = find(map, identity, zone, now, database)?;
    let Closed { set, ambiguities, unknown, malformed, .. } = found.closed;
    if !unknown.is_empty() || !malformed.is_empty() {
        return Err(Refusal::BadIdentifier { places: [unknown, malformed].concat() }.into());
    }
    if !ambiguities.is_empty() {
        return Err(Refusal::AmbiguousIdentity(ambiguities.len()).into());
    }
    if found.holdings.is_empty() {
        return Err(Refusal::UnknownPerson.into());
    }
    Ok(set)
}
