//! Puts a person on the record's own list of who must not be written to: keyed tags, nothing in clear.

use crate::{
    apply::Planned,
    case::{About, Body, CaseNumber, Event, IdentityTag, TagPurpose},
    rights::stopping::Messages,
};

use super::said;
use crate::cli::{
    planning::{Planning, digest_of},
    session::Session,
    subject,
};

/// Puts the person of `case` on the list, and tells what goes on record as stopped with the plan `made`; without one no
/// such message went to them anyway.
pub(super) fn suppress(
    case: CaseNumber,
    messages: &Messages,
    planning: &Planning,
    made: Option<&Planned>,
    session: &mut Session<'_>,
) -> anyhow::Result<Event> {
    let subject = session.case(case)?.subject;
    let mut tags: Vec<IdentityTag> = Vec::new();
    for set in planning.subjects() {
        tags.extend(subject::tags(None, set, session)?);
    }
    let book = session.reading()?;
    let mut new = Vec::new();
    for tag in tags {
        if !book.subjects(TagPurpose::Suppression, &[tag])?.contains(&subject) {
            new.push(tag);
        }
    }
    if !new.is_empty() {
        let count = u32::try_from(new.len()).unwrap_or(u32::MAX);
        let event = Event::TagsAdded { purpose: TagPurpose::Suppression, subject, count };
        session.record(About::Workspace, event, &Body::tags(new))?;
    }
    Ok(Event::StopAsked { consents: Vec::new(), messages: said(messages), plan: made.map(digest_of).transpose()? })
}
