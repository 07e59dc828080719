//! What one plan for several people does to each of them, so that each can be told and answered by itself.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

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

/// The sums of each of several people, remembered as how many rows of which sort each has: people are many, and sorts of
/// rows are few.
#[derive(Debug)]
pub struct Shares {
    sorts: Sorts,
    /// By subject: sorts and numbers of rows, ascending
    of: Vec<Vec<(Sort, u64)>>,
    /// Of a plan that is about some columns only
    in_part: bool,
}

/// The place of a step among those that differ in more than the row.
type Sort = u32;

/// Steps without the row that they are about.
#[derive(Debug, Default)]
struct Sorts {
    all: Vec<Rc<Step>>,
    places: HashMap<Rc<Step>, Sort>,
}

impl Sorts {
    fn place(&mut self, step: &Step) -> Sort {
        let step = Step { key: Key::default(), files: Vec::new(), ..step.clone() };
        if let Some(place) = self.places.get(&step) {
            return *place;
        }
        let (step, place) = (Rc::new(step), Sort::try_from(self.all.len()).unwrap_or(Sort::MAX));
        self.all.push(Rc::clone(&step));
        self.places.insert(step, place);
        place
    }

    fn step(&self, sort: Sort) -> &Step {
        &self.all[sort as usize]
    }
}

impl Shares {
    /// Adds a step to what somebody's sums are made of.
    pub(super) fn add(&mut self, subject: u32, step: &Step) {
        let sort = self.sorts.place(step);
        self.add_sort(subject, sort);
    }

    fn add_sort(&mut self, subject: u32, sort: Sort) {
        let rows = &mut self.of[subject as usize];
        match rows.binary_search_by_key(&sort, |(sort, _)| *sort) {
            Ok(at) => rows[at].1 += 1,
            Err(at) => rows.insert(at, (sort, 1)),
        }
    }

    /// The sums of each subject, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Totals> {
        self.of.iter().map(|rows| {
            let mut totals = Totals::default();
            for (sort, rows) in rows {
                let step = self.sorts.step(*sort);
                for _ in 0..*rows {
                    // what is only told of a row besides is the same of a part
                    if self.in_part { totals.add_in_part(step) } else { totals.add(step) }
                }
            }
            totals
        })
    }
}

impl Erasure<'_> {
    /// The sums of each subject. A row of two of them counts for both; rows of others that only lose a pointer or a value
    /// count for nobody, those in which a value has to stay for whom they name: it goes later. The others may be subjects
    /// themselves.
    pub fn shares(&self, database: &mut dyn Database) -> Result<Shares, Error> {
        let mut sorts = Sorts::default();
        let mut decided: HashMap<TableId, Vec<(Key, Sort)>> = HashMap::new();
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
                decided.entry(step.table).or_default().push((step.key.clone(), sorts.place(step)));
            }
            Ok(())
        })?;
        let walk = Walk::new(self.map, self.subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut holders = Holders::of(&bound);
        let mut shares = Shares { sorts, of: vec![Vec::new(); self.subjects.len()], in_part: self.scope.is_partial() };
        for &table in &self.map.order {
            let (Some(select), Some(mut steps)) = (walk.select(table), decided.remove(&table)) else { continue };
            steps.sort_unstable();
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
                    shares.add(holding.subject, step);
                }
                holders.take(table, &holding, told);
                // A row that is doubtful for one of them and certain for another is the other's.
                let theirs =
                    |sort: &Sort| holding.doubt.is_none() || shares.sorts.step(*sort).decision == Decision::Undecided;
                let found = steps.binary_search_by(|(key, _)| key.cmp(&holding.key));
                if let Some(sort) = found.ok().map(|at| steps[at].1).filter(theirs) {
                    shares.add_sort(holding.subject, sort);
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
            for (at, subject) in (0..).zip(self.subjects) {
                let subject = std::slice::from_ref(subject);
                let named = search(self.map, subject, table, Way::Rows(&keys), &decided, &self.when(), database)?;
                let others = named.into_iter().filter(|hit| !own.contains(&(at, table, hit.key.clone())));
                for step in others.filter_map(|hit| steps.get(&hit.key)) {
                    shares.add(at, &others_text(table, step.key.clone(), step.decision.clone(), Act::Leave));
                }
            }
        }
        Ok(shares)
    }
}
