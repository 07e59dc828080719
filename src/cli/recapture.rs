//! After a correction, or its undo, the person is known by other values: whatever else their cases ask for is still about
//! them.

use crate::{
    case::{Body, Case, CaseNumber, Event, Identity, Proof, Status},
    rights::correction::key_text,
};

use super::{database::Trusted, session::Session, subject};

/// Captures anew whom the case is about, by the keys of their rows.
pub(crate) fn of_case(case: CaseNumber, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    let Some(captured) = session.case(case)?.personal.set else { return Ok(()) };
    let keys = captured.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key)));
    let identifiers: Vec<(&str, String)> = keys.map(|(person, key)| (person.as_str(), key_text(key))).collect();
    let identity = Identity::of(identifiers.iter().map(|(person, key)| (*person, key.as_str())));
    if identity.is_empty() {
        return Ok(());
    }
    trusted.database.renew()?;
    let closed = subject::resolve(&identity, trusted, session)?;
    if closed.ambiguities.is_empty()
        && closed.set.persons == captured.persons
        && closed.set.digest() != captured.digest()
    {
        let tags = subject::tags(Some(&identity), &closed.set, session)?;
        let body = Body { identity: Some(identity), set: Some(closed.set), tags, ..Body::default() };
        session.record(case, Event::Recaptured {}, &body)?;
    }
    Ok(())
}

/// Other cases of theirs that are carried out and removed nothing, a restriction that is to be lifted: nobody is identified
/// in them any more.
pub(crate) fn of_others(case: CaseNumber, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    let corrected = session.case(case)?;
    for other in session.reading()?.cases_of(corrected.subject)? {
        if other.number != case && is_carried_out(&other) {
            of_case(other.number, trusted, session)?;
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
    for other in session.reading()?.cases_of(case.subject)? {
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
