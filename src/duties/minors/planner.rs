//! The erasure of some children, bound to why they are erased: it looks at them again whenever it is derived.

use std::collections::BTreeSet;

use super::{Minors, Outcome};
use crate::{
    data_map::classified::{Classified, TableId},
    database::Database,
    error::Error,
    plan::{Step, Totals},
    planner::Planner,
    refusal::Refusal,
    value::{Key, Value},
};

/// An erasure of whole people, or of the rows that some tables hold on them.
pub struct Part<'a> {
    /// The erasure of all that is held on them
    pub erasure: Box<dyn Planner + 'a>,
    /// The rules by which they were found
    pub rules: &'a Minors<'a>,
    /// Their place among [`Classified::persons`]
    pub person: usize,
    /// Their keys
    pub keys: &'a [Key],
    /// The tables whose rows go; `None` means all
    pub tables: Option<&'a BTreeSet<TableId>>,
}

impl Part<'_> {
    /// Refuses when one of them is, by now, somebody of whom something else follows. Whose birth date is not there any
    /// more has been erased: it was there when they were found.
    fn require_still(&self, database: &mut dyn Database) -> Result<(), Error> {
        let looked = self.rules.look(self.person, self.keys, database)?;
        let expected = |outcome: &Outcome| match (outcome, self.tables) {
            (Outcome::UnknownAge(_), _) | (Outcome::Purge, None) => true,
            (Outcome::PurgePart(tables), Some(own)) => tables == own,
            _ => false,
        };
        // who is missing here and still has a row is no concern any more: an adult, or a child with consent
        let found: BTreeSet<&Key> = looked.iter().map(|one| &one.key).collect();
        let there = self.rules.these(&self.rules.map.persons[self.person], self.keys, database)?.keys;
        let gone_by = there.iter().any(|key| !found.contains(key));
        if gone_by || looked.iter().any(|one| !expected(&one.outcome)) {
            return Err(Refusal::StalePlan.into());
        }
        Ok(())
    }
}

impl Planner for Part<'_> {
    fn map(&self) -> &Classified {
        self.erasure.map()
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.require_still(database)?;
        let Some(tables) = self.tables else { return self.erasure.derive(database, each) };
        let mut totals = Totals::default();
        self.erasure.derive(database, &mut |step| {
            if !tables.contains(&step.table) {
                return Ok(());
            }
            totals.add(step);
            each(step)
        })?;
        Ok(totals)
    }

    fn strike(&self, text: &str) -> String {
        self.erasure.strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.erasure.token()
    }
}
