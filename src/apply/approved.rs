//! The two-person rule: who made a plan and a second person both agreed to this very plan, each with their own key.

use jiff::Timestamp;

use crate::{
    case::{About, Agreement, Event, Fingerprint, Part},
    casebook::Casebook,
    error::Error,
    plan::Claim,
    refusal::Refusal,
    signature::{Person, Signers},
};

/// Who agreed to a plan, as far as it is on record and counts now.
#[derive(Debug, Default)]
pub struct Agreed {
    /// The name under which the plan was made
    pub planner: Option<String>,
    /// Who made it, by their signature
    pub signed: Option<Person>,
    /// Who else agreed
    pub approved: Vec<Person>,
    /// Nonces that are on record for it
    pub nonces: Vec<String>,
}

impl Agreed {
    /// Reads it from the record. What does not count now (a key that was ended, terms that are not the plan's) is left
    /// out.
    pub fn on_record(
        claim: &Claim,
        about: About,
        book: &Casebook,
        signers: &Signers,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let plan: Fingerprint = claim.digest.parse().map_err(|_| Refusal::EditedPlan)?;
        let mut agreed = Self::default();
        let mut of_others = Vec::new();
        let workspace = book.workspace().to_owned();
        let counts = |by: &Agreement, part: Part| {
            let whole = by.rows == claim.rows && by.expires == claim.header.expires && now < by.expires;
            let statement = by.terms(&workspace, about, plan, part).statement();
            whole.then(|| signers.agreed(&statement, by, now).ok()).flatten()
        };
        book.events_about(about, |recorded| {
            match &recorded.event {
                Event::Planned { plan: of, .. } | Event::UndoPlanned { plan: of, .. } if *of == plan => {
                    agreed.planner = Some(recorded.actor);
                }
                Event::RunStarted { .. } => agreed.planner = Some(recorded.actor),
                Event::PlanSigned { plan: of, by } if *of == plan => {
                    agreed.nonces.push(by.nonce.clone());
                    of_others.extend(counts(by, Part::Planner));
                }
                Event::Approved { plan: of, by: Some(by) } if *of == plan => {
                    agreed.nonces.push(by.nonce.clone());
                    agreed.approved.extend(counts(by, Part::Approver));
                }
                _ => {}
            }
            Ok(())
        })?;
        let is_planner = |person: &Person| agreed.planner.as_ref().is_some_and(|name| person.is_called(name));
        agreed.signed = of_others.into_iter().find(is_planner);
        Ok(agreed)
    }

    /// Refuses unless two different people agreed.
    pub fn require_two(&self) -> Result<(), Refusal> {
        let signed = self.require_signed()?;
        match self.approved.iter().find(|person| !person.may_be(signed)) {
            Some(_) => Ok(()),
            None if self.approved.is_empty() => Err(Refusal::NotApproved),
            None => Err(Refusal::SamePerson),
        }
    }

    /// Whoever made the plan; refuses unless they signed it.
    pub fn require_signed(&self) -> Result<&Person, Refusal> {
        let planner = || self.planner.clone().unwrap_or_default();
        self.signed.as_ref().ok_or_else(|| Refusal::PlanNotSigned(planner()))
    }
}
