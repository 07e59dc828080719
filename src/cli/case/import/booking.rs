//! From entries to cases: who is known already, what is the same, what is merged; then all of it at once.

use crate::{
    case::{Body, CaseNumber, Event, IdentityTag, Status, SubjectRef, TagPurpose, deadline::Facts},
    casebook::{Arrival, Casebook, CasebookError, Goal},
    cli::{clocks::Place, session::Session},
    intake::{
        Entry,
        duplicates::{self, Candidate, Into, OpenCase, Outcome, Whose},
    },
};

use super::reading::Taken;

/// The kind under which an entry itself is tagged.
const ENTRY: &str = "intake";

/// What becomes of every entry.
pub(super) struct Booking {
    pub(super) outcomes: Vec<Outcome>,
    /// All tags of every entry, its own among them
    tags: Vec<Vec<IdentityTag>>,
}

impl Booking {
    /// Decides; the casebook is open for writing from here on, so that nobody decides otherwise meanwhile.
    pub(super) fn of(taken: &Taken, session: &mut Session<'_>) -> anyhow::Result<Self> {
        session.casebook()?;
        let (mut candidates, mut tags) = (Vec::new(), Vec::new());
        for (_, entry) in &taken.entries {
            let own = session.tags(&entry.identity)?;
            let telling = session.telling_tags(&entry.identity)?;
            let book = session.casebook()?;
            let content = book.tag(ENTRY, entry.content.reveal())?;
            candidates.push(candidate(entry, content, telling, book)?);
            tags.push(own.into_iter().chain([content]).collect());
        }
        Ok(Self { outcomes: duplicates::decide(&candidates), tags })
    }

    /// How many cases it opens.
    pub(super) fn opens(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Opens { .. })).count()
    }

    /// The position among the arrivals of the entry at `at`, if it opens a case.
    pub(super) fn arrival(&self, at: usize) -> Option<usize> {
        let opens = |outcome: &Outcome| matches!(outcome, Outcome::Opens { .. });
        opens(&self.outcomes[at]).then(|| self.outcomes[..at].iter().filter(|outcome| opens(outcome)).count())
    }

    /// Opens and merges everything, or nothing.
    pub(super) fn open(&self, taken: &Taken, session: &mut Session<'_>) -> anyhow::Result<Vec<CaseNumber>> {
        let (now, place, officer) = (session.now(), session.place()?, session.officer()?);
        session.go_on()?;
        let book = session.casebook()?;
        let subjects = self.subjects(book);
        let arrivals: Vec<Arrival> =
            (0..taken.entries.len()).filter_map(|at| self.one(at, subjects[at]?, taken, &place)).collect();
        let day = now.to_zoned_datetime(place.zone).date();
        Ok(book.open_cases(now, &officer, day, &arrivals)?)
    }

    /// Under which reference each entry's person stands.
    fn subjects(&self, book: &mut Casebook) -> Vec<Option<SubjectRef>> {
        let mut subjects: Vec<Option<SubjectRef>> = Vec::new();
        for outcome in &self.outcomes {
            subjects.push(match outcome {
                Outcome::Opens { whose: Whose::Known(subject), .. } => Some(*subject),
                Outcome::Opens { whose: Whose::SameAs(at), .. } => subjects[*at],
                Outcome::Opens { .. } => Some(book.new_subject()),
                Outcome::Before(_) | Outcome::Same(_) => None,
            });
        }
        subjects
    }

    fn one(&self, at: usize, subject: SubjectRef, taken: &Taken, place: &Place) -> Option<Arrival> {
        let Outcome::Opens { into, takes, .. } = &self.outcomes[at] else { return None };
        let (file, entry) = &taken.entries[at];
        let came_with = (0..at).filter(|other| taken.together && taken.entries[*other].0 == *file);
        let (mut with, mut linked) = (Vec::new(), Vec::new());
        for other in came_with {
            match &self.outcomes[other] {
                Outcome::Before(case) => linked.push(*case),
                _ => with.extend(self.arrival(other)),
            }
        }
        let into = into.and_then(|into| match into {
            Into::Case(case) => Some(Goal::Case(case)),
            Into::Entry(other) => self.arrival(other).map(Goal::Arrival),
        });
        let event = opened(entry, subject, linked, place);
        Some(Arrival { event, body: body(entry, &self.tags[at]), with, into, takes: takes.clone() })
    }
}

fn candidate(
    entry: &Entry,
    content: IdentityTag,
    tags: Vec<IdentityTag>,
    book: &Casebook,
) -> Result<Candidate, CasebookError> {
    let known = book.subjects(TagPurpose::Subject, &tags)?;
    let mut open = Vec::new();
    for subject in &known {
        for case in book.cases_of(*subject)?.into_iter().filter(|case| case.status.is_open()) {
            open.push(OpenCase {
                number: case.number,
                subject: *subject,
                request: case.request,
                regime: case.regime,
                scope: case.scope,
                received_at: case.received_at,
                untouched: matches!(case.status, Status::Received | Status::Acked),
            });
        }
    }
    Ok(Candidate {
        request: entry.request,
        regime: entry.regime,
        scope: entry.scope.clone(),
        received_at: entry.received_at,
        content,
        tags,
        before: book.case_opened_with(&content)?,
        known,
        open,
    })
}

fn opened(entry: &Entry, subject: SubjectRef, linked: Vec<CaseNumber>, place: &Place) -> Event {
    let mut facts = Facts::new(entry.request, entry.regime, entry.received_at, place.zone.clone());
    facts.region.clone_from(&place.region);
    Event::Opened {
        subject,
        request: entry.request,
        regime: entry.regime,
        channel: entry.channel,
        requester: entry.requester,
        received_at: entry.received_at,
        scope: entry.scope.clone(),
        policy_version: None,
        linked,
        due: place.due(&facts),
    }
}

fn body(entry: &Entry, tags: &[IdentityTag]) -> Body {
    Body {
        name: entry.name.clone(),
        reply_to: entry.reply_to.clone(),
        identity: Some(entry.identity.clone()).filter(|identity| !identity.is_empty()),
        text: entry.text.clone(),
        tags: tags.to_vec(),
        facts: entry.facts.clone(),
        ..Body::default()
    }
}
