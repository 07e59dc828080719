//! After a correction, or its undo, the person is known by other values: whatever else their cases ask for is still about
//! them.

use crate::{
    case::{Body, Case, CaseNumber, Event, Identity, IdentitySet, KnownValue, Proof, Status},
    duties::replay::Seen,
    kind::Kind,
    rights::correction::key_text,
};

use super::{database::Trusted, session::Session, subject};

/// Captures anew whom the case is about, by the keys of their rows, right after the change.
pub(crate) fn of_case(case: CaseNumber, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    let case = session.case(case)?;
    if let Some((identity, set)) = by_key(&case, trusted, session)? {
        record(&case, identity, set, session)?;
    }
    Ok(())
}

/// The same where droit died before it: time has passed, and a key that nothing proves to be still theirs may have been
/// given to somebody else.
pub(crate) fn make_up(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    if let Some((identity, set)) = by_key(case, trusted, session)?
        && is_still_them(case, &set, trusted, session)?
    {
        record(case, identity, set, session)?;
    }
    Ok(())
}

/// Whom the keys of the captured rows lead to, where that is one person and in the same rows.
fn by_key(
    case: &Case,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Option<(Identity, IdentitySet)>> {
    let Some(captured) = &case.personal.set else { return Ok(None) };
    let keys = captured.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key)));
    let identifiers: Vec<(&str, String)> = keys.map(|(person, key)| (person.as_str(), key_text(key))).collect();
    let identity = Identity::of(identifiers.iter().map(|(person, key)| (*person, key.as_str())));
    if identity.is_empty() {
        return Ok(None);
    }
    trusted.database.renew()?;
    let closed = subject::resolve(&identity, trusted, session)?;
    let same = closed.ambiguities.is_empty() && closed.set.persons == captured.persons;
    Ok(same.then_some((identity, closed.set)))
}

/// On record also where nothing changed by which the person is known: nothing is left to be made up for.
fn record(case: &Case, by_key: Identity, set: IdentitySet, session: &mut Session<'_>) -> anyhow::Result<()> {
    let unchanged = case.personal.set.as_ref().is_some_and(|captured| captured.digest() == set.digest());
    let identity = if unchanged { case.personal.identity.clone() } else { Some(by_key) };
    let tags = subject::tags(identity.as_ref(), &set, session)?;
    let body = Body { identity, set: Some(set), tags, ..Body::default() };
    session.record(case.number, Event::Recaptured {}, &body)?;
    Ok(())
}

/// Whether the rows say that they are who was captured: by what the map calls immutable or, where it has nothing, by a
/// value that leads to one person and was theirs before.
pub(crate) fn is_still_them(
    case: &Case,
    now: &IdentitySet,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<bool> {
    let prints = subject::prints(case.number, session)?;
    let tagging = session.reading()?.tagging()?;
    for print in &prints {
        if print.look(&trusted.map, &mut *trusted.database, &tagging)? != Seen::Same {
            return Ok(false);
        }
    }
    let Some(captured) = case.removed_of() else { return Ok(false) };
    let known = |value: &&KnownValue| {
        value.kind.parse::<Kind>().is_ok_and(|kind| kind.identifies() && !kind.is_weak())
            && captured.values.iter().any(|old| (&old.kind, &old.value) == (&value.kind, &value.value))
    };
    Ok(!prints.is_empty() || now.values.iter().any(|value| known(&value)))
}

/// Other cases of theirs that are carried out and removed nothing, a restriction that is to be lifted: nobody is identified
/// in them any more. Whoever was captured there as they were here `before` is the same; of others the rows have to say so,
/// for a former holder of the key has cases, too.
pub(crate) fn of_others(
    case: CaseNumber,
    before: &IdentitySet,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let corrected = session.case(case)?;
    for other in session.reading()?.cases_of_person(&corrected)? {
        if other.number != case && is_carried_out(&other) {
            if other.personal.set.as_ref().is_some_and(|set| set.digest() == before.digest()) {
                of_case(other.number, trusted, session)?;
            } else {
                make_up(&other, trusted, session)?;
            }
        }
    }
    Ok(())
}

fn is_carried_out(case: &Case) -> bool {
    case.status == Status::Postcheck && case.proof == Proof::NotNeeded && case.waiting.is_empty()
}

/// Whether droit died between a correction of the person and capturing anew whom the case is about.
pub(crate) fn is_due(case: &Case, session: &mut Session<'_>) -> anyhow::Result<bool> {
    let mut corrected = 0;
    for other in session.reading()?.cases_of_person(case)? {
        if other.number == case.number || is_carried_out(case) {
            corrected = corrected.max(last_correction(other.number, session)?);
        }
    }
    let mut captured = 0;
    session.reading()?.events_about(case.number, |recorded| {
        if matches!(recorded.event, Event::Identified { .. } | Event::Recaptured {}) {
            captured = recorded.number;
        }
        Ok(())
    })?;
    Ok(corrected > captured)
}

/// The event by which the person was last known by other values through this case; 0 if that never happened.
fn last_correction(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<i64> {
    let (mut asked, mut last) = (false, 0);
    session.reading()?.events_about(case, |recorded| {
        match recorded.event {
            Event::CorrectionAsked { .. } => asked = true,
            Event::Removed { .. } if std::mem::take(&mut asked) => last = recorded.number,
            Event::Undone { .. } => last = recorded.number,
            _ => {}
        }
        Ok(())
    })?;
    Ok(last)
}
