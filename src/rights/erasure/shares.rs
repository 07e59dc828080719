//! What one plan for several people does to each of them, so that each can be told and answered by itself.

use std::collections::HashMap;

use super::Erasure;
use crate::{
    data_map::classified::TableId,
    database::{
        Database, Flow,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Decision, Step, Totals},
    planner::Planner,
    value::Key,
};

impl Erasure<'_> {
    /// The sums of each subject, in their order. A row of two of them counts for both; rows of others that only lose a
    /// pointer or a value count for nobody.
    pub fn shares(&self, database: &mut dyn Database) -> Result<Vec<Totals>, Error> {
        let mut decided: HashMap<TableId, HashMap<Key, Step>> = HashMap::new();
        self.derive(database, &mut |step| {
            if !matches!(step.decision, Decision::Pointer | Decision::Mention) && !step.is_held_back() {
                decided.entry(step.table).or_default().insert(step.key.clone(), step.clone());
            }
            Ok(())
        })?;
        let walk = Walk::new(self.map, self.subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut shares = vec![Totals::default(); self.subjects.len()];
        for &table in &self.map.order {
            let (Some(select), Some(steps)) = (walk.select(table), decided.remove(&table)) else { continue };
            walk.holdings(table, select, database, &mut |holding| {
                // A row that is doubtful for one of them and certain for another is the other's.
                let theirs = |step: &&Step| holding.doubt.is_none() || step.decision == Decision::Undecided;
                if let Some(step) = steps.get(&holding.key).filter(theirs) {
                    let share = &mut shares[holding.subject as usize];
                    if self.scope.anonymize { share.add_anonymizing(step) } else { share.add(step) }
                }
                Flow::Continue
            })?;
        }
        Ok(shares)
    }
}
