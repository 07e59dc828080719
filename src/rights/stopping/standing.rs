//! Whether what was said to have stopped stands in the rows all the same.

use std::collections::BTreeSet;

use super::{Instant, Messages, Stopping, still_given};
use crate::{
    case::identity::IdentitySet,
    data_map::classified::Classified,
    database::{
        Database,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Act, Decision},
};

/// What somebody is told to have stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Scopes of consents that are withdrawn
    pub consents: BTreeSet<String>,
    /// Messages that are refused
    pub messages: Vec<Messages>,
}

/// Whether a row says of one of the people in `subjects` that they agree as they did when they asked, or that they get
/// one of the messages. What they agreed to since is not what they withdrew.
pub fn stands(
    told: &Told,
    instant: &Instant,
    subjects: &[IdentitySet],
    map: &Classified,
    database: &mut dyn Database,
) -> Result<bool, Error> {
    let walk = Walk::new(map, subjects, Attribution::Together, instant.zone.clone(), database)?;
    let scopes = told.consents.iter().map(String::as_str).collect();
    if !still_given(map, &scopes, Some(instant.said), instant, &walk, database)?.is_empty() {
        return Ok(true);
    }
    let mut stopping = Stopping::default();
    for messages in &told.messages {
        stopping.messages(messages, instant, &walk, database)?;
    }
    Ok(stopping.steps(map, &Decision::Unsubscribe).any(|step| matches!(step.act, Act::Set { .. })))
}
