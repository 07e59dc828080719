//! What one plan for several people does to each of them, so that each can be told and answered by itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Erasure,
    bound::Holders,
    mentions::{Decided, Way, others_text, search},
};
use crate::{
    data_map::classified::TableId,
    database::{
        Database, Flow,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Act, Decision, Step, Totals},
    value::Key,
};

impl Erasure<'_> {
    /// The sums of each subject, in their order. A row of two of them counts for both; rows of others that only lose a
    /// pointer or a value count for nobody, those in which a value has to stay for whom they name: it goes later. The
    /// others may be subjects themselves.
    pub fn shares(&self, database: &mut dyn Database) -> Result<Vec<Totals>, Error> {
        let mut decided: HashMap<TableId, HashMap<Key, Step>> = HashMap::new();
        let mut beside: HashMap<TableId, HashMap<Key, Vec<Step>>> = HashMap::new();
        let mut held_back: BTreeMap<TableId, BTreeMap<Key, Step>> = BTreeMap::new();
        let mut own: HashSet<(u32, TableId, Key)> = HashSet::new();
        let (_, bound) = self.steps_and_bound(database, None, &mut |step| {
            if step.is_beside() {
                beside.entry(step.table).or_default().entry(step.key.clone()).or_default().push(step.clone());
            } else if step.is_held_back() {
                held_back.entry(step.table).or_default().insert(step.key.clone(), step.clone());
            } else if !matches!(step.decision, Decision::Pointer | Decision::Mention) {
                if step.decision.code().is_some() && self.searches(step.table) {
                    held_back.entry(step.table).or_default().insert(step.key.clone(), step.clone());
                }
                decided.entry(step.table).or_default().insert(step.key.clone(), step.clone());
            }
            Ok(())
        })?;
        let walk = Walk::new(self.map, self.subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut holders = Holders::of(&bound);
        let mut shares = vec![Totals::default(); self.subjects.len()];
        for &table in &self.map.order {
            let (Some(select), Some(steps)) = (walk.select(table), decided.remove(&table)) else { continue };
            let beside = beside.remove(&table).unwrap_or_default();
            walk.holdings(table, select, database, &mut |holding| {
                if held_back.get(&table).is_some_and(|steps| steps.contains_key(&holding.key)) {
                    own.insert((holding.subject, table, holding.key.clone()));
                }
                let told = beside.get(&holding.key).into_iter().flatten().filter(|step| match step.decision {
                    Decision::Undecided => !holding.doubted.is_empty(),
                    _ => holding.doubt.is_none(),
                });
                let told: Vec<&Step> = told.collect();
                for step in &told {
                    shares[holding.subject as usize].add(step);
                }
                holders.take(table, &holding, told);
                // A row that is doubtful for one of them and certain for another is the other's.
                let theirs = |step: &&Step| holding.doubt.is_none() || step.decision == Decision::Undecided;
                if let Some(step) = steps.get(&holding.key).filter(theirs) {
                    let share = &mut shares[holding.subject as usize];
                    if self.scope.is_partial() { share.add_in_part(step) } else { share.add(step) }
                }
                Flow::Continue
            })?;
        }
        holders.tell(&mut shares);
        for (table, steps) in held_back {
            let keys: Vec<Key> = steps.keys().cloned().collect();
            let mut decided = Decided::default();
            for step in steps.values() {
                decided.leave(step);
            }
            for ((at, subject), share) in (0..).zip(self.subjects).zip(&mut shares) {
                let subject = std::slice::from_ref(subject);
                let named = search(self.map, subject, table, Way::Rows(&keys), &decided, &self.when(), database)?;
                let others = named.into_iter().filter(|hit| !own.contains(&(at, table, hit.key.clone())));
                for step in others.filter_map(|hit| steps.get(&hit.key)) {
                    share.add(&others_text(table, step.key.clone(), step.decision.clone(), Act::Leave));
                }
            }
        }
        Ok(shares)
    }
}
