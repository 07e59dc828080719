//! What of a case's changes can be undone, and what the case is again when one is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    deeds::Deeds,
    event::{Event, Kept, Recorded, TableCount},
    extent::Extent,
    fold::{Case, Proof, Stopped},
    opaque::{Fingerprint, KeyId},
};

/// A change that can be undone, and what the case was before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoable {
    /// The change
    pub intent: i64,
    /// The key of what is kept
    pub key: KeyId,
    /// Until when it is kept
    pub until: Timestamp,
    before: Before,
}

/// What a change makes of a case, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Before {
    actions: Vec<TableCount>,
    removed: Option<Extent>,
    retained: Vec<Kept>,
    waiting: Vec<Kept>,
    proof: Proof,
    certificate: Option<Fingerprint>,
    completed_at: Option<Timestamp>,
    stopped: Stopped,
    #[serde(default, skip_serializing_if = "Deeds::is_empty")]
    deeds: Deeds,
}

impl Case {
    /// Takes in what an event says of changes that can be undone.
    pub(super) fn take_undoable(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Abandoned { intent, .. } | Event::UndoEnded { intent } => {
                self.undoable.retain(|undoable| undoable.intent != *intent);
            }
            Event::UndoKept { intent, key, until, .. } => {
                let before = self.before();
                self.undoable.push(Undoable { intent: *intent, key: *key, until: *until, before });
            }
            Event::UndoPlanned { plan, of, .. } => {
                (self.plan, self.approver, self.together) = (Some(*plan), None, None);
                self.undoing = Some((*plan, *of));
            }
            Event::Undone { of, .. } => self.take_undo(*of),
            Event::Removed { intent, tables, .. } => {
                let kept = self.undoable.last().is_some_and(|undoable| undoable.intent == *intent);
                // behind a change of which nothing is kept nothing can be undone
                if !kept && tables.iter().any(|count| count.what != "kept") {
                    self.undoable.clear();
                }
            }
            Event::RemovedTogether { .. } => self.undoable.clear(),
            _ => {}
        }
    }

    fn before(&self) -> Before {
        Before {
            actions: self.actions.clone(),
            removed: self.removed,
            retained: self.retained.clone(),
            waiting: self.waiting.clone(),
            proof: self.proof,
            certificate: self.certificate,
            completed_at: self.completed_at,
            stopped: self.stopped.clone(),
            deeds: self.deeds.clone(),
        }
    }

    /// The case is what it was before the change that was undone; the change and its undoing stay on record.
    fn take_undo(&mut self, of: i64) {
        let Some(at) = self.undoable.iter().position(|undoable| undoable.intent == of) else { return };
        let Undoable { before, .. } = self.undoable.split_off(at).swap_remove(0);
        let Before { actions, removed, retained, waiting, proof, certificate, completed_at, stopped, deeds } = before;
        // copies that were made since stay
        self.actions.retain(|count| count.what == "exported");
        self.actions.extend(actions.into_iter().filter(|count| count.what != "exported"));
        (self.removed, self.retained) = (removed, retained);
        (self.waiting, self.proof, self.certificate) = (waiting, proof, certificate);
        (self.completed_at, self.stopped, self.stopping) = (completed_at, stopped, None);
        self.deeds = deeds.with_copy_of(&self.deeds);
        (self.plan, self.approver, self.undoing) = (None, None, None);
    }

    /// Until when something is kept of what its changes replaced and removed, if anything is: as long nothing is proven
    /// gone, and nobody is told that it is.
    #[must_use]
    pub fn undoable_until(&self) -> Option<Timestamp> {
        self.undoable.iter().map(|undoable| undoable.until).max()
    }

    /// What waited before the change that can be undone last.
    #[must_use]
    pub fn waited_before(&self, of: i64) -> &[Kept] {
        self.undoable.iter().find(|undoable| undoable.intent == of).map_or(&[], |undoable| &undoable.before.waiting)
    }

    /// The change that an intent with this plan undoes, if that is what it is for.
    #[must_use]
    pub fn undoes(&self, plan: Fingerprint) -> Option<i64> {
        self.undoing.filter(|(undoing, _)| *undoing == plan).map(|(_, of)| of)
    }
}
