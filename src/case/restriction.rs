//! Which cases restrict a person by now, of all their cases together, and which applied plans seal what stood in the flags.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    deeds::only_changes,
    event::{Event, Recorded, Restricting},
    number::{About, CaseNumber},
    opaque::Fingerprint,
};

/// What all of a person's cases come to, their events taken in the order of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restrictions {
    by: BTreeSet<CaseNumber>,
    /// Cases that restricted their person and let them go
    let_go: BTreeSet<CaseNumber>,
    sealed: Vec<(CaseNumber, Fingerprint)>,
    coming: BTreeMap<Fingerprint, Restricting>,
    opened: BTreeMap<i64, Fingerprint>,
    done: BTreeMap<i64, Done>,
}

/// What a change did, for whoever undoes it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Done {
    /// It set flags for this case, whose plan this is
    Set(CaseNumber, Fingerprint),
    /// It put flags back, for these cases and from these plans
    PutBack(BTreeSet<CaseNumber>, Vec<(CaseNumber, Fingerprint)>),
}

impl Restrictions {
    /// Takes an event of one of the person's cases in.
    pub fn take(&mut self, recorded: &Recorded) {
        let About::Case(case) = recorded.about else { return };
        match &recorded.event {
            Event::RestrictionAsked { change, plan: Some(plan), .. } => drop(self.coming.insert(*plan, *change)),
            Event::RestrictionAsked { change, plan: None, .. } => self.change(case, *change),
            Event::IntentOpened { intent, plan, .. } => drop(self.opened.insert(*intent, *plan)),
            Event::Removed { intent, tables, .. } => {
                let plan = self.opened.get(intent).copied();
                let Some((plan, change)) = plan.and_then(|plan| Some((plan, *self.coming.get(&plan)?))) else { return };
                if change == Restricting::Lift {
                    self.done.insert(*intent, Done::PutBack(self.by.clone(), self.sealed.clone()));
                }
                self.change(case, change);
                if change == Restricting::Restrict && only_changes(tables) {
                    self.sealed.push((case, plan));
                    self.done.insert(*intent, Done::Set(case, plan));
                }
            }
            Event::Undone { of, .. } => self.undo(*of),
            // the request is over, or goes on in another case
            Event::Withdrawn {} => drop(self.by.remove(&case)),
            Event::Merged { into } if self.by.remove(&case) => drop(self.by.insert(*into)),
            _ => {}
        }
    }

    fn change(&mut self, case: CaseNumber, change: Restricting) {
        match change {
            Restricting::Restrict => {
                self.by.insert(case);
                self.let_go.remove(&case);
            }
            Restricting::ByHand => drop(self.by.remove(&case)),
            Restricting::LetGo => {
                self.by.remove(&case);
                self.let_go.insert(case);
            }
            // whoever restricted them let them go as well
            Restricting::Lift => {
                self.let_go.append(&mut self.by);
                self.sealed.clear();
            }
        }
    }

    fn undo(&mut self, of: i64) {
        match self.done.remove(&of) {
            Some(Done::Set(case, plan)) => {
                self.by.remove(&case);
                self.sealed.retain(|(_, sealed)| *sealed != plan);
                // nor does it if what put its flags back is undone as well
                for done in self.done.values_mut() {
                    if let Done::PutBack(by, sealed) = done {
                        by.remove(&case);
                        sealed.retain(|(_, sealed)| *sealed != plan);
                    }
                }
            }
            Some(Done::PutBack(by, sealed)) => {
                self.let_go.retain(|case| !by.contains(case));
                self.by.extend(by);
                self.sealed.splice(..0, sealed);
            }
            None => {}
        }
    }

    /// The cases that restrict the person by now.
    #[must_use]
    pub fn by(&self) -> &BTreeSet<CaseNumber> {
        &self.by
    }

    /// Whether putting the flags back is for another case: this one restricts, or did and let go, and others restrict.
    #[must_use]
    pub fn are_left_by(&self, case: CaseNumber) -> bool {
        (self.by.contains(&case) || self.let_go.contains(&case)) && !self.others(case).is_empty()
    }

    /// The others that do, beside `case`.
    #[must_use]
    pub fn others(&self, case: CaseNumber) -> Vec<CaseNumber> {
        self.by.iter().copied().filter(|by| *by != case).collect()
    }

    /// The applied plans that seal what stood in the flags before, the last word on a flag last.
    #[must_use]
    pub fn sealed(&self) -> &[(CaseNumber, Fingerprint)] {
        &self.sealed
    }

    /// Whether undoing this change puts flags back.
    #[must_use]
    pub fn were_set_by(&self, intent: i64) -> bool {
        matches!(self.done.get(&intent), Some(Done::Set(..)))
    }
}
