//! Before somebody is told that nothing is held of them it is looked for once more.

use crate::{
    case::{Case, IllegalMove},
    database::{
        Flow,
        locate::{Attribution, Walk},
    },
};

use crate::cli::{session::Session, subject, text::trouble};

/// Refuses where the person that the officer identified has rows. Of whom only a value is known, and where the database
/// cannot be looked at, nobody but the officer can tell whose the rows are.
pub(super) fn require_of_captured(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    let captured = case.personal.set.as_ref().is_some_and(|set| set.persons.values().any(|keys| !keys.is_empty()));
    if !captured || session.trusted().is_err() {
        return Ok(());
    }
    match require(case, session) {
        Err(error) if error.downcast_ref::<IllegalMove>() == Some(&IllegalMove::DataWasFound) => Err(error),
        _ => Ok(()),
    }
}

/// Refuses where the case's identifiers lead to any row, or may do so.
pub(super) fn require(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    let identity = case.personal.identity.as_ref().ok_or_else(|| trouble::NO_IDENTIFIERS.plain())?;
    let mut trusted = session.trusted()?;
    let set = subject::require_clear(subject::resolve(identity, &mut trusted, session)?)?;
    let (map, database) = (&trusted.map, &mut *trusted.database);
    let walk = Walk::new(map, std::slice::from_ref(&set), Attribution::Each, session.zone()?, database)?;
    let mut found = false;
    for &table in &map.order {
        let Some(select) = walk.select(table).filter(|_| !found) else { continue };
        walk.holdings(table, select, database, &mut |_| {
            found = true;
            Flow::Stop
        })?;
    }
    if found { Err(IllegalMove::DataWasFound.into()) } else { Ok(()) }
}
