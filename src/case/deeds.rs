//! What was done of what a request may ask for. A letter says "done" of the deed that was asked for, never of another one.

use serde::{Deserialize, Serialize};

use super::{
    event::{Event, TableCount},
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
    /// Processing was restricted
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// A copy of everything was made, not of what is portable alone
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copied: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correcting: Option<Correcting>,
}

/// A correction on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Correcting {
    /// What is to be corrected is on record, for the next plan
    Asked,
    /// This plan does it
    By(Fingerprint),
}

impl Deeds {
    /// Whether nothing was done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with the copy that was made since: it stays when a change is undone.
    pub(super) fn with_copy_of(self, since: &Self) -> Self {
        Self { copied: since.copied, ..self }
    }
}

impl Case {
    /// Takes in what an event says was done. Comes before whatever else the event changes.
    pub(super) fn take_deed(&mut self, event: &Event) {
        let deeds = &mut self.deeds;
        match event {
            Event::CorrectionAsked { .. } => deeds.correcting = Some(Correcting::Asked),
            Event::Planned { plan, .. } if deeds.correcting == Some(Correcting::Asked) => {
                deeds.correcting = Some(Correcting::By(*plan));
            }
            Event::Annotated { .. } => deeds.corrected = true,
            Event::Exported { portable: false, .. } => deeds.copied = true,
            Event::Removed { tables, .. } if only_changes(tables) && self.stopping.is_none() => {
                match (deeds.correcting, self.plan) {
                    (Some(Correcting::By(corrects)), Some(plan)) if corrects == plan => deeds.corrected = true,
                    _ => deeds.restricted = true,
                }
            }
            _ => {}
        }
    }

    /// Whether what the case asks for was done, where that is for droit to do.
    pub(super) fn is_done(&self) -> bool {
        let withdrawn = |scope: &String| self.stopped.consents.contains(scope);
        match self.request.action() {
            Some(RequestType::Delete | RequestType::CancelAccount) => {
                self.proof != Proof::NotNeeded && !self.has_rows_left()
            }
            Some(RequestType::Correct) => self.deeds.corrected,
            Some(RequestType::Restrict) => self.deeds.restricted,
            Some(RequestType::WithdrawConsent) => !self.stopped.consents.is_empty() && self.scope.iter().all(withdrawn),
            Some(RequestType::OptOut) => !self.stopped.messages.is_empty(),
            Some(RequestType::Access | RequestType::Copy) => self.deeds.copied,
            Some(RequestType::Transfer) => self.package.is_some(),
            // whoever is told something about somebody is known, too
            Some(RequestType::SenderDisclosure) => self.require_identified().is_ok(),
            Some(RequestType::Explain | RequestType::Complaint | RequestType::Deceased | RequestType::Guardian)
            | None => true,
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
