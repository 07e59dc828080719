//! What was done of what a request may ask for. A letter says "done" of the deed that was asked for, never of another one.

use serde::{Deserialize, Serialize};

use super::{
    event::{Event, Recorded, Restricting, TableCount},
    fold::{Case, Proof},
    opaque::Fingerprint,
    request::RequestType,
    status::Status,
};

/// Deeds of which no other field of the case tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deeds {
    /// Something was corrected, or annotated because it must not be changed
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// A copy of everything was made, not of what is portable alone
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copied: bool,
    /// What the case did last to the restriction of its person
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) restricting: Option<Restricting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coming: Option<Coming>,
}

/// A deed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Coming {
    /// What is to be corrected is on record, for the next plan
    Correction,
    /// This plan corrects it
    Corrected(Fingerprint),
    /// This plan does it
    Restricting(Restricting, Fingerprint),
}

impl Coming {
    fn is_by(self, plan: Fingerprint) -> bool {
        match self {
            Self::Correction => false,
            Self::Corrected(by) | Self::Restricting(_, by) => by == plan,
        }
    }
}

impl Deeds {
    /// Whether nothing was done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with the copy that was made since: it stays when a change is undone.
    pub(super) fn with_copy_of(self, since: &Self) -> Self {
        Self { copied: since.copied, coming: None, ..self }
    }

    /// Whether the case restricts its person, until it lets them go.
    pub(super) fn restricts(&self) -> bool {
        self.restricting == Some(Restricting::Restrict)
    }

    /// Whether the case restricted its person, and let them go.
    pub(super) fn has_let_go(&self) -> bool {
        self.restricting == Some(Restricting::LetGo)
    }

    /// A case that lifts its own restriction lets go of its person; one that restricted nobody was opened to lift.
    fn take_restriction(&mut self, change: Restricting) {
        let own = matches!(self.restricting, Some(Restricting::Restrict | Restricting::LetGo));
        self.restricting = Some(if own && change == Restricting::Lift { Restricting::LetGo } else { change });
    }
}

impl Case {
    /// Takes in what an event says was done. Comes before whatever else the event changes.
    pub(super) fn take_deed(&mut self, recorded: &Recorded) {
        let deeds = &mut self.deeds;
        match &recorded.event {
            Event::CorrectionAsked { .. } => deeds.coming = Some(Coming::Correction),
            Event::Planned { plan, .. } if deeds.coming == Some(Coming::Correction) => {
                deeds.coming = Some(Coming::Corrected(*plan));
            }
            Event::RestrictionAsked { change, plan: Some(plan), .. } => {
                deeds.coming = Some(Coming::Restricting(*change, *plan));
            }
            Event::RestrictionAsked { change, plan: None, .. } => {
                deeds.take_restriction(*change);
                let done = self.proof != Proof::Pending && self.is_done();
                self.completed_at = self.completed_at.or_else(|| done.then_some(recorded.at));
            }
            Event::IntentOpened { plan, .. } => deeds.coming = deeds.coming.filter(|coming| coming.is_by(*plan)),
            Event::Annotated { .. } => deeds.corrected = true,
            Event::Exported { portable: false, .. } => deeds.copied = true,
            Event::Removed { .. } => match deeds.coming.take() {
                Some(Coming::Corrected(_)) => deeds.corrected = true,
                Some(Coming::Restricting(change, _)) => deeds.take_restriction(change),
                Some(Coming::Correction) | None => {}
            },
            _ => {}
        }
    }

    /// Whether rows of the person were changed for the case, or stand as it wants them for its sake.
    #[must_use]
    pub fn changed_something(&self) -> bool {
        let changes = |count: &TableCount| !["exported", "kept"].contains(&count.what.as_str());
        self.deeds.restricts() || self.actions.iter().any(changes)
    }

    /// Whether the case asked for the restriction that holds its person, or took it up.
    #[must_use]
    pub fn restricts(&self) -> bool {
        self.deeds.restricts()
    }

    /// Whether the case restricted nobody, and lifted what others did.
    #[must_use]
    pub fn has_lifted(&self) -> bool {
        self.deeds.restricting == Some(Restricting::Lift)
    }

    /// Whether what the case asks for was done, where that is for droit to do.
    pub(super) fn is_done(&self) -> bool {
        let withdrawn = |scope: &String| self.stopped.consents.contains(scope);
        match self.request.action() {
            Some(RequestType::Delete | RequestType::CancelAccount) => {
                self.proof != Proof::NotNeeded && !self.has_rows_left()
            }
            Some(RequestType::Correct) => self.deeds.corrected && self.deeds.coming.is_none(),
            Some(RequestType::Restrict) => self.deeds.restricts() || self.has_lifted(),
            Some(RequestType::WithdrawConsent) => !self.stopped.consents.is_empty() && self.scope.iter().all(withdrawn),
            Some(RequestType::OptOut) => self.stopped.stops_messages(&self.scope),
            Some(RequestType::Access | RequestType::Copy) => self.deeds.copied,
            Some(RequestType::Transfer) => self.package.is_some(),
            // whoever is told something about somebody is known, too
            Some(RequestType::SenderDisclosure) => self.require_identified().is_ok(),
            Some(RequestType::Explain | RequestType::Complaint | RequestType::Deceased | RequestType::Guardian)
            | None => true,
        }
    }

    /// Whether anything of it was done, or found to be kept when it was.
    pub(super) fn is_begun(&self) -> bool {
        // a restriction in the meantime removes nothing
        let removes = |count: &TableCount| !["exported", "changed"].contains(&count.what.as_str()) && count.rows > 0;
        match self.request.action() {
            Some(RequestType::Delete | RequestType::CancelAccount) => {
                self.proof != Proof::NotNeeded || self.actions.iter().any(removes)
            }
            Some(RequestType::Correct) => self.deeds.corrected,
            Some(RequestType::Restrict) => !matches!(self.deeds.restricting, None | Some(Restricting::LetGo)),
            Some(RequestType::WithdrawConsent | RequestType::OptOut) => !self.stopped.is_empty(),
            Some(RequestType::Access | RequestType::Copy | RequestType::Transfer) => {
                self.deeds.copied || self.package.is_some()
            }
            _ => self.is_done(),
        }
    }

    /// Whether the last look for a proof found rows of the person.
    pub(super) fn has_rows_left(&self) -> bool {
        self.proof == Proof::NotProvable && self.completed_at.is_none()
    }

    /// Whether something is still to be done: it is to be answered, or what was removed is to be proven gone.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        let told = matches!(self.status, Status::Replied | Status::Closed);
        self.status.is_open() || told && (self.proof == Proof::Pending || self.has_rows_left())
    }
}

/// Whether values were put in the place of others, and nothing else was done.
pub(super) fn only_changes(tables: &[TableCount]) -> bool {
    let stays = |count: &TableCount| ["kept", "changed"].contains(&count.what.as_str());
    tables.iter().all(stays) && tables.iter().any(|count| count.what == "changed")
}
