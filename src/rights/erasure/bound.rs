//! Rows of one of several people that stay because another's row, which the plan keeps, points at them or names them. Each
//! is told what holds it back, and looked at again when that ends, as if they had been erased one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{pointers::later, shares::Shares};
use crate::{data_map::classified::TableId, database::locate::Holding, plan::Step, value::Key};

/// Such a row, whosever the two are.
#[derive(Debug)]
pub(super) struct Bound {
    /// What is told of it
    pub(super) step: Step,
    /// The row that points
    pub(super) by: (TableId, Key),
    /// It would go if nobody pointed at it: whoever points at it themselves is told of that row
    pub(super) pinned: bool,
}

/// Whose the rows are.
#[derive(Debug)]
pub(super) struct Holders<'b> {
    bound: Vec<&'b Bound>,
    of: HashMap<(TableId, Key), BTreeSet<u32>>,
    /// What is told of them for something else already
    told: HashSet<(u32, TableId, Key)>,
}

impl<'b> Holders<'b> {
    pub(super) fn of(bound: &'b HashMap<TableId, Vec<Bound>>) -> Self {
        let bound: Vec<&Bound> = bound.values().flatten().collect();
        let ends = bound.iter().flat_map(|one| [(one.step.table, one.step.key.clone()), one.by.clone()]);
        Self { of: ends.map(|end| (end, BTreeSet::new())).collect(), bound, told: HashSet::new() }
    }

    /// Takes a row of somebody, and what is told of it beside what becomes of it.
    pub(super) fn take<'s>(&mut self, table: TableId, holding: &Holding, beside: impl IntoIterator<Item = &'s Step>) {
        let row = (table, holding.key.clone());
        let Some(holders) = self.of.get_mut(&row).filter(|_| holding.doubt.is_none()) else { return };
        holders.insert(holding.subject);
        if beside.into_iter().any(|step| step.decision.code().is_some()) {
            self.told.insert((holding.subject, row.0, row.1));
        }
    }

    /// Tells each of them of the rows that another's keeps, by what lasts.
    pub(super) fn tell(self, shares: &mut Shares) {
        let mut rows: BTreeMap<(TableId, &Key), Vec<&Bound>> = BTreeMap::new();
        for one in &self.bound {
            rows.entry((one.step.table, &one.step.key)).or_default().push(one);
        }
        for ((table, key), bound) in rows {
            for &subject in &self.of[&(table, key.clone())] {
                let own = |one: &&&Bound| self.of[&one.by].contains(&subject);
                let told = self.told.contains(&(subject, table, key.clone()));
                if told || bound.iter().filter(own).any(|one| one.pinned) {
                    continue;
                }
                let others = bound.iter().filter(|one| !own(one)).map(|one| &one.step);
                let lasting = others.reduce(|one, other| match later(&one.decision, &other.decision) {
                    lasts if *lasts == one.decision => one,
                    _ => other,
                });
                if let Some(step) = lasting {
                    shares.add(subject, step);
                }
            }
        }
    }
}
