//! What may happen to a case as it stands.

use jiff::Timestamp;

use super::{
    decision::Decision,
    event::{Event, TableCount},
    fold::{Case, Proof},
    intent::{IntentMove, IntentState},
    request::{Level, RequestType, RequesterType},
    status::{Status, StatusMove},
};

/// Why an event cannot happen to a case as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    /// The state machine does not have the move
    #[error(transparent)]
    Status(#[from] StatusMove),
    /// The intent is not where the event needs it
    #[error(transparent)]
    Intent(#[from] IntentMove),
    /// The first event of a case is `opened`
    #[error("the case is not opened yet")]
    NotOpened,
    /// A case is opened once
    #[error("the case is opened already")]
    AlreadyOpened,
    /// The event is about something else
    #[error("the event is not about this case")]
    OtherCase,
    /// This request needs more proof of who asks
    #[error("this request needs an identity verified at {needed}, {}", had(*verified))]
    Level {
        /// What the request needs
        needed: Level,
        /// What was verified
        verified: Option<Level>,
    },
    /// D10: a clock is extended once
    #[error("the case was extended before, and there is no second extension")]
    ExtendedTwice,
    /// The event names an intent that is not the case's
    #[error("intent {0} is not this case's open intent")]
    OtherIntent(i64),
    /// A change is under way: `recover` first
    #[error("intent {0} of this case is neither done nor given up")]
    Unsettled(i64),
    /// A proof needs something that was removed
    #[error("nothing was removed that could be proven gone")]
    NothingRemoved,
    /// Only what a replay left is decided
    #[error("nothing of this case was left to a person by a replay")]
    NothingLeft,
    /// What was removed is kept and may come back
    #[error("what was changed is kept so that it can be undone: until {0:.0}, or until it is decided that it may go")]
    UndoPending(Timestamp),
    /// An undo needs a change of which what was there before is kept
    #[error("of no change of this case is kept what was there before")]
    NothingToUndo,
    /// LAW §4.1: a refusal or partial answer tells the remedies
    #[error("a reply that is not a full yes must tell the person how to object to it")]
    RemediesMissing,
    /// A full yes is told when it is done
    #[error("nothing was done of what the case asks for, so it cannot be answered with a yes, full or partial")]
    NothingDone,
    /// LAW §4.3: a refusal has a code, a law and remedies
    #[error("nothing was refused on record: a refusal has a code, the law it rests on and the person's remedies")]
    NotRefused,
    /// Nor while nobody knows whether what was done came back
    #[error("a replay left something of this case to a person, so it cannot be answered with a full yes")]
    LeftToPerson,
    /// Nobody is told that nothing is held of what was handed over or removed
    #[error("something was found for this case, so it cannot be answered with \"we hold nothing\"")]
    DataWasFound,
    /// Nor that the copy is whole
    #[error("the last copy made for this case is not complete, so it cannot be answered with a full yes")]
    CopyIncomplete,
    /// Nobody is refused what was done for them
    #[error("something was carried out for this case, so it cannot be answered with a refusal")]
    SomethingDone,
    /// Nobody is told that they could not be identified who was
    #[error("the identity is verified as far as this request needs it, so the answer cannot be that it is not")]
    Verified,
    /// PIPL 41: nothing is handed to a foreign authority without leave
    #[error(
        "a foreign authority is refused: without leave of the competent Chinese authority nothing is handed over or changed for it"
    )]
    ForeignAuthority,
    /// A reply cannot be older than what it replies to
    #[error("nothing is sent before the request arrived")]
    SentTooEarly,
    /// Whoever is told that something was done is told afterwards
    #[error("an answer that hands something over or says what was done is not sent before that: it was at {0}")]
    SentBeforeDone(Timestamp),
    /// An event of a purge, a hold or the workspace
    #[error("this event does not happen to cases")]
    NotOfCases,
}

fn had(level: Option<Level>) -> String {
    level.map_or_else(|| "and none is verified".to_owned(), |level| format!("and it is verified at {level}"))
}

impl Case {
    /// Checks that the event may happen to the case as it stands.
    pub fn require_legal(&self, event: &Event) -> Result<(), IllegalMove> {
        if let Some(to) = self.target(event) {
            self.status.require_move(to)?;
            self.require_undisturbed(event)?;
        }
        match event {
            Event::Opened { .. } => Err(IllegalMove::AlreadyOpened),
            Event::Extended { .. } if self.extension.is_some() => Err(IllegalMove::ExtendedTwice),
            Event::Exported { .. } => self.require_copy(),
            Event::CorrectionAsked { .. }
            | Event::Annotated { .. }
            | Event::Recaptured {}
            | Event::StopAsked { .. }
            | Event::RestrictionAsked { .. }
            | Event::Planned { .. }
            | Event::PlannedTogether { .. }
            | Event::CameBack { .. }
            | Event::IntentOpened { .. } => self.require_identified(),
            Event::UndoPlanned { of, .. } => match self.undoable.last() {
                Some(last) if last.intent == *of => self.require_identified(),
                _ => Err(IllegalMove::NothingToUndo),
            },
            Event::UndoKept { intent, .. } => match self.intent {
                Some((own, IntentState::Open)) if own == *intent => Ok(()),
                _ => Err(IllegalMove::OtherIntent(*intent)),
            },
            Event::UndoEnded { intent } if !self.undoable.iter().any(|undoable| undoable.intent == *intent) => {
                Err(IllegalMove::NothingToUndo)
            }
            Event::Undone { intent, of, .. } => match self.undoable.last() {
                Some(last) if last.intent == *of => self.require_intent(*intent, event),
                _ => Err(IllegalMove::NothingToUndo),
            },
            Event::RemovedTogether { run, intent } => match &self.together {
                Some(together) if together.run == *run && together.removed.is_none() => Ok(()),
                _ => Err(IllegalMove::OtherIntent(*intent)),
            },
            Event::Proven { .. } | Event::NotProvable { .. } if self.proof == Proof::NotNeeded => {
                Err(IllegalMove::NothingRemoved)
            }
            Event::Decided {} if self.left_to_person.is_none() => Err(IllegalMove::NothingLeft),
            Event::Proven { .. } | Event::NotProvable { .. } | Event::Withdrawn {} => self.require_final(),
            Event::Acknowledged { sent_at, .. }
            | Event::LetterSent { sent_at, .. }
            | Event::Extended { notice_at: sent_at, .. }
            | Event::Answered { sent_at, .. }
                if *sent_at < self.received_at =>
            {
                Err(IllegalMove::SentTooEarly)
            }
            Event::Answered { decision, remedies_given: false, interim: false, .. } if decision.requires_remedies() => {
                Err(IllegalMove::RemediesMissing)
            }
            Event::Answered { decision, interim: false, by_hand, .. } => {
                self.require_told_finally(*decision)?;
                self.require_true(*decision, *by_hand)
            }
            Event::Answered { decision, by_hand, .. } => self.require_true(*decision, *by_hand),
            Event::Refused { .. } if self.has_carried_out() => Err(IllegalMove::SomethingDone),
            Event::Committing { intent }
            | Event::Committed { intent }
            | Event::Abandoned { intent, .. }
            | Event::Removed { intent, .. } => self.require_intent(*intent, event),
            Event::WorkspaceCreated { .. }
            | Event::MapTrusted { .. }
            | Event::HeadAdopted { .. }
            | Event::ClockConfirmed {}
            | Event::KeyReplaced { .. }
            | Event::TagKeyReplaced { .. }
            | Event::Tidied { .. }
            | Event::RunStarted { .. }
            | Event::RunEnded { .. }
            | Event::HoldAdded { .. }
            | Event::HoldReleased {} => Err(IllegalMove::NotOfCases),
            _ => Ok(()),
        }
    }

    /// Checks that these events may happen one after the other.
    pub fn require_all_legal(&self, events: &[Event]) -> Result<(), IllegalMove> {
        let mut then = self.clone();
        for event in events {
            then.require_legal(event)?;
            then.status = then.target(event).unwrap_or(then.status);
        }
        Ok(())
    }

    /// A foreign authority is handed nothing and told nothing (PIPL 41).
    fn require_home(&self, decision: Decision) -> Result<(), IllegalMove> {
        let answers = matches!(decision, Decision::Fulfilled | Decision::Partial | Decision::NoData);
        if answers && self.requester == RequesterType::ForeignAuthority {
            return Err(IllegalMove::ForeignAuthority);
        }
        Ok(())
    }

    /// Checks that what a letter tells has taken place, also before it is sent. What was done `by_hand`, beside droit, is
    /// on no record; what is on record is not denied for that.
    pub fn require_true(&self, decision: Decision, by_hand: bool) -> Result<(), IllegalMove> {
        self.require_home(decision)?;
        match decision {
            Decision::Fulfilled | Decision::Partial if by_hand => Ok(()),
            Decision::Fulfilled if self.left_to_person.is_some() => Err(IllegalMove::LeftToPerson),
            Decision::Fulfilled if !self.is_done() => Err(IllegalMove::NothingDone),
            Decision::Fulfilled if !self.copy_lacks.is_empty() && !self.request.asks_for_change() => {
                Err(IllegalMove::CopyIncomplete)
            }
            Decision::Partial if !self.is_begun() => Err(IllegalMove::NothingDone),
            Decision::NoData if self.has_carried_out() || !by_hand && self.has_found() => {
                Err(IllegalMove::DataWasFound)
            }
            Decision::Denied if self.has_carried_out() => Err(IllegalMove::SomethingDone),
            Decision::Denied if self.refused.is_none() => Err(IllegalMove::NotRefused),
            Decision::Unverified if self.is_verified() => Err(IllegalMove::Verified),
            _ => Ok(()),
        }
    }

    /// Whether nobody doubts who asks: the identity is verified as far as the request needs it, and not asked for again.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.status != Status::NeedId && self.require_identified().is_ok()
    }

    /// Checks that nothing that was changed can still be undone.
    pub fn require_final(&self) -> Result<(), IllegalMove> {
        self.undoable_until().map_or(Ok(()), |until| Err(IllegalMove::UndoPending(until)))
    }

    /// Nobody is told that it is done while it may still be undone.
    pub fn require_told_finally(&self, decision: Decision) -> Result<(), IllegalMove> {
        if matches!(decision, Decision::Fulfilled | Decision::Partial) { self.require_final() } else { Ok(()) }
    }

    /// Whether anything was found of the person, whatever became of it.
    fn has_found(&self) -> bool {
        let stays = self.retained.iter().chain(&self.waiting).any(|kept| kept.rows > 0);
        // what goes along with a change answers nothing
        let copied = self.package.is_some() && !self.empty_copy && !self.request.asks_for_change();
        copied || stays || self.has_carried_out()
    }

    /// Whether something was removed, changed or stopped, and not undone. A restriction in the meantime is over with the
    /// case that let its person go.
    fn has_carried_out(&self) -> bool {
        let over = self.deeds.has_let_go() && !self.deeds.corrected;
        let stays = |count: &TableCount| ["exported", "kept"].contains(&count.what.as_str());
        let does = |count: &TableCount| count.rows > 0 && !stays(count) && !(over && count.what == "changed");
        self.proof != Proof::NotNeeded
            || !self.stopped.is_empty()
            || self.deeds.restricts()
            || self.has_lifted() && self.request.action() == Some(RequestType::Restrict)
            || self.actions.iter().any(does)
    }

    /// Checks that a copy may be given, wherever that leaves the case.
    pub fn require_copy(&self) -> Result<(), IllegalMove> {
        self.require_identified()?;
        self.status.require_move(Status::Postcheck)?;
        match self.intent {
            Some((intent, state)) if state.is_unsettled() => Err(IllegalMove::Unsettled(intent)),
            _ => Ok(()),
        }
    }

    /// Checks that the identity is verified at the level that the request needs (LAW §2.4).
    pub fn require_identified(&self) -> Result<(), IllegalMove> {
        if self.requester == RequesterType::ForeignAuthority {
            return Err(IllegalMove::ForeignAuthority);
        }
        let needed = self.request.level();
        if self.level.is_some_and(|level| level >= needed) {
            Ok(())
        } else {
            Err(IllegalMove::Level { needed, verified: self.level })
        }
    }

    /// While a change is under way, only its own events move the case.
    fn require_undisturbed(&self, event: &Event) -> Result<(), IllegalMove> {
        match self.intent {
            Some((intent, state)) if state.is_unsettled() && event.intent() != Some(intent) => {
                Err(IllegalMove::Unsettled(intent))
            }
            _ => Ok(()),
        }
    }

    fn require_intent(&self, intent: i64, event: &Event) -> Result<(), IllegalMove> {
        match (self.intent, IntentState::after(event)) {
            (Some((own, from)), Some(to)) if own == intent => Ok(from.require_move(intent, to)?),
            _ => Err(IllegalMove::OtherIntent(intent)),
        }
    }
}

impl Case {
    /// Where an event takes the case; `None` if it stays where it is.
    pub(super) fn target(&self, event: &Event) -> Option<Status> {
        Some(match event {
            Event::Acknowledged { .. } => Status::Acked,
            Event::IdRequested { .. } | Event::IdentityFailed { .. } => Status::NeedId,
            Event::Identified { .. } | Event::Undone { .. } => Status::Verified,
            Event::Refused { .. } => Status::Denied,
            // what had to wait goes when its time has come, whatever was answered meanwhile
            Event::PlannedTogether { .. } if matches!(self.status, Status::Replied | Status::Closed) => return None,
            Event::Planned { .. }
            | Event::PlannedTogether { .. }
            | Event::UndoPlanned { .. }
            | Event::Abandoned { .. } => Status::Assessed,
            Event::Approved { .. } => Status::Approved,
            Event::IntentOpened { .. } | Event::Committing { .. } | Event::Committed { .. } => Status::Executing,
            // a copy that goes along with something else carries nothing of that out
            Event::Exported { .. } if self.request.asks_for_change() => return None,
            Event::Exported { .. } | Event::Removed { .. } => Status::Postcheck,
            Event::Scheduled { everything: true, .. } => Status::RestrictedWait,
            Event::Answered { .. } => Status::Replied,
            Event::Closed {} => Status::Closed,
            Event::Reopened { .. } => Status::Reopened,
            Event::Merged { .. } => Status::Merged,
            Event::Withdrawn {} => Status::Withdrawn,
            _ => return None,
        })
    }
}
