//! The right to withdraw consent (PIPL 15, GDPR 7(3); LAW C8): what rests on it stops, and what is held on it alone goes
//! (PIPL 47(3)), in the order in which an erasure is decided.
//!
//! The stop does not wait: neither a hold nor a statutory minimum is a reason to go on processing on a consent that was
//! withdrawn. What they keep is kept, and nothing else is done with it.

use std::collections::{BTreeSet, HashSet};

use super::{
    erasure::Erasure,
    stopping::{Instant, Stopping, is_record},
};
use crate::{
    data_map::classified::{Classified, TableId},
    database::{
        Database,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Act, Decision, Step, Totals},
    planner::Planner,
    value::{Key, Value},
};

/// The withdrawal of the scopes that the erasure's own scope names.
pub struct Revocation<'a> {
    /// What is held on them alone
    pub erasure: Erasure<'a>,
    /// When it was said, and when it is decided
    pub instant: Instant,
}

/// What a withdrawal leaves as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unaffected {
    /// The table
    pub table: TableId,
    /// Rows that are the person's
    pub rows: u64,
}

impl Planner for Revocation<'_> {
    fn map(&self) -> &Classified {
        self.erasure.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let map = self.erasure.map;
        let mut stopping = Stopping::default();
        let walk = self.walk(database)?;
        stopping.consents(&self.erasure.scope.consents, &self.instant, &walk, database)?;
        stopping.messages_held_on(&self.erasure.scope.consents, &self.instant, &walk, database)?;
        let recorded: HashSet<TableId> = stopping.tables().collect();
        let mut gone: HashSet<(TableId, Key)> = HashSet::new();
        let mut totals = self.erasure.derive(database, &mut |step| {
            if step.act == Act::Delete && recorded.contains(&step.table) {
                gone.insert((step.table, step.key.clone()));
            }
            each(step)
        })?;
        let stops = stopping.steps(map, &Decision::Withdraw);
        for step in stops.filter(|step| !gone.contains(&(step.table, step.key.clone()))) {
            totals.add(&step);
            each(&step)?;
        }
        Ok(totals)
    }

    /// A withdrawal strikes nothing out.
    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.erasure.token()
    }
}

impl Revocation<'_> {
    fn walk(&self, database: &mut dyn Database) -> Result<Walk<'_>, Error> {
        let Erasure { map, subjects, zone, .. } = &self.erasure;
        Ok(Walk::new(map, subjects, Attribution::Together, zone.clone(), database)?)
    }

    /// What is held on the person on another basis, or on another consent, by table.
    pub fn unaffected(&self, database: &mut dyn Database) -> Result<Vec<Unaffected>, Error> {
        let mut asked = BTreeSet::new();
        self.erasure.derive(database, &mut |step| {
            asked.insert(step.table);
            Ok(())
        })?;
        let map = self.erasure.map;
        let counted = self.walk(database)?.count(database)?;
        let other = counted.into_iter().filter(|held| !asked.contains(&held.table) && !is_record(map, held.table));
        let unaffected = other.map(|held| Unaffected { table: held.table, rows: held.rows });
        Ok(unaffected.filter(|one| one.rows > 0).collect())
    }
}
