//! Whether the identifiers that a case came with lead to the next holder of a key or a number: nobody has verified them.

use std::collections::BTreeSet;

use crate::{
    case::{Case, Event, Identity, IdentitySet, KnownValue},
    database::Database,
    duties::replay::{Print, Seen, Telling, unseal},
    error::Error,
    plan::is_drawn,
    value::Key,
};

use super::{
    planning::FINGERPRINTS,
    session::Session,
    subject::{gone_persons, under_key},
    text::trouble,
};

/// Refuses where whoever is found by `identity` now is not whom it led to whenever it was captured for the case.
pub(crate) fn require_none(
    case: &Case,
    identity: &Identity,
    now: &IdentitySet,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let before = Before::of(case, identity, session)?;
    if before.set.is_empty() || now.is_empty() {
        return Ok(());
    }
    let (zone, tagging) = (session.zone()?, session.reading()?.tagging()?);
    let mut trusted = session.trusted()?;
    let with = Telling { map: &trusted.map, zone: &zone, tagging: &tagging };
    if before.is_another(case, now, &with, &mut *trusted.database)? {
        return Err(trouble::SOMEBODY_ELSE.with(&[("case", &case.number.to_string())]).into());
    }
    Ok(())
}

/// Refuses identifiers that lead to other person rows than those that the case is about: a level of identity is proven
/// for one person, and nobody's reference becomes somebody else's.
pub(crate) fn require_no_other(case: &Case, now: &IdentitySet, session: &mut Session<'_>) -> anyhow::Result<()> {
    let mut then = case.removed_of().unwrap_or_default();
    if let Some(set) = &case.personal.set {
        then.extend(set);
    }
    let is_other = |(person, keys): (&String, &BTreeSet<Key>)| {
        then.persons.get(person).is_some_and(|then| !then.is_empty() && !keys.is_empty() && then.is_disjoint(keys))
    };
    if now.persons.iter().any(is_other) || leads_past(case, &then, now, session)? {
        return Err(trouble::ANOTHER_PERSON.with(&[("case", &case.number.to_string())]).into());
    }
    Ok(())
}

/// Whether a person row that the case is about is there, and the identifiers lead to no such person any more: whoever is
/// identified by them would be held for somebody of whom nothing is held.
fn leads_past(case: &Case, then: &IdentitySet, now: &IdentitySet, session: &mut Session<'_>) -> anyhow::Result<bool> {
    if now.persons.values().any(|keys| !keys.is_empty()) || then.persons.is_empty() {
        return Ok(false);
    }
    let mut trusted = session.trusted()?;
    let gone = gone_persons(case, then, &trusted.map);
    for (person, key) in then.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key))) {
        if gone.contains(person) {
            continue;
        }
        if under_key(person, key, &mut trusted, session)?.persons.contains_key(person) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the case knows of the person from all the times when they were captured by the same identifiers.
#[derive(Default)]
struct Before {
    set: IdentitySet,
    prints: Vec<Print>,
}

impl Before {
    fn of(case: &Case, identity: &Identity, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let (mut before, mut by) = (Self::default(), None);
        session.reading()?.events_about(case.number, |recorded| {
            let Some(body) = &recorded.body else { return Ok(()) };
            match &recorded.event {
                Event::Identified { .. } if body.identity != by => {
                    (before, by) = (Self::default(), body.identity.clone());
                }
                Event::Recaptured {} => by.clone_from(&body.identity),
                _ => {}
            }
            if let (Event::Identified { .. } | Event::Recaptured {}, Some(set)) = (&recorded.event, &body.set) {
                before.set.extend(set);
            }
            before.prints.extend(body.facts.get(FINGERPRINTS).map(unseal::<Vec<Print>>).unwrap_or_default());
            Ok(())
        })?;
        Ok(if by.as_ref() == Some(identity) { before } else { Self::default() })
    }

    fn is_another(
        &self,
        case: &Case,
        now: &IdentitySet,
        with: &Telling<'_>,
        database: &mut dyn Database,
    ) -> Result<bool, Error> {
        let gone = gone_persons(case, &self.set, with.map);
        for person in &with.map.persons {
            let (Some(then), Some(keys)) = (self.set.persons.get(&person.name), now.persons.get(&person.name)) else {
                continue;
            };
            if !then.is_empty() && !keys.is_empty() && then.is_disjoint(keys) {
                return Ok(true);
            }
            for key in then.intersection(keys) {
                let seen = self.seen(person.table, &person.column, key, with, database)?;
                let same = seen.contains(&Seen::Same);
                let other = seen
                    .iter()
                    .any(|seen| matches!(seen, Seen::Other | Seen::Contradicts | Seen::Doubtful | Seen::Unreadable));
                if !same && (other || gone.contains(&person.name)) {
                    return Ok(true);
                }
            }
        }
        let removed = case.actions.iter().any(|count| !["exported", "kept"].contains(&count.what.as_str()));
        Ok(!removed && shares_nothing(&self.set.values, &now.values))
    }

    fn seen(
        &self,
        table: usize,
        column: &str,
        key: &Key,
        with: &Telling<'_>,
        database: &mut dyn Database,
    ) -> Result<Vec<Seen>, Error> {
        let (table, by) = (&with.map.tables[table].name, [column.to_owned()]);
        let prints = self.prints.iter().filter(|print| print.is_of_person() && print.is_of(table, &by, key));
        prints.map(|print| print.look_again(with, database)).collect()
    }
}

/// Whether something is known of both and nothing of it is the same.
fn shares_nothing(then: &BTreeSet<KnownValue>, now: &BTreeSet<KnownValue>) -> bool {
    let said = |values: &BTreeSet<KnownValue>| -> BTreeSet<(String, String)> {
        let text = |known: &KnownValue| (known.kind.clone(), known.value.reveal().to_owned());
        values.iter().map(text).filter(|(_, value)| !value.is_empty() && !is_drawn(value)).collect()
    };
    let (then, now) = (said(then), said(now));
    !then.is_empty() && !now.is_empty() && then.is_disjoint(&now)
}
