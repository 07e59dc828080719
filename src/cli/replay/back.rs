//! How many rows of an erased person are there again, beyond those that the record says are there rightly.

use std::{collections::BTreeMap, rc::Rc};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::IdentitySet,
    data_map::classified::{Classified, TableId},
    database::Database,
    error::Error,
    plan::{Decision, Held, Holds, Work},
    planner::Planner as _,
    rights::erasure::{Erasure, Scope},
};

use super::lost::Lost;
use crate::cli::held::holds_on;

/// What is looked with.
pub(crate) struct Looking<'a> {
    pub(crate) map: &'a Classified,
    pub(crate) zone: &'a TimeZone,
    /// The holds in force
    pub(crate) held: &'a Rc<Held>,
    pub(crate) now: Timestamp,
}

impl Looking<'_> {
    /// Rows of `set` that an erasure would still change, or that it would keep although none waits on record, by table.
    pub(crate) fn came_back(
        &self,
        lost: &Lost,
        set: &IdentitySet,
        scope: &Scope,
        removed: Timestamp,
        database: &mut dyn Database,
    ) -> Result<BTreeMap<TableId, u64>, Error> {
        let rightly = |table: TableId| lost.waiting.get(&self.map.tables[table].name.to_string()).copied().unwrap_or(0);
        let holds = holds_on(lost.subject, set, self.held);
        // while something waits, what has become due since is not told as having come back
        let as_of = if lost.waiting.is_empty() { self.now } else { removed };
        let (mut back, under_hold) = self.there(set, scope, removed, (as_of, holds.clone()), database)?;
        if under_hold {
            // what an erasure wrote over before a hold came did not come back: nothing of it is left to write over
            let (without, _) = self.there(set, scope, removed, (as_of, Holds::default()), database)?;
            at_most(&mut back, &without);
        }
        if as_of != self.now && back.iter().any(|(table, rows)| *rows > rightly(*table)) {
            // what was kept in part until a minimum ended did not either: nothing is left of it that had to go
            let (now, _) = self.there(set, scope, removed, (self.now, holds), database)?;
            at_most(&mut back, &now);
        }
        back.retain(|table, rows| {
            *rows = rows.saturating_sub(rightly(*table));
            *rows > 0
        });
        Ok(back)
    }

    /// Rows that go, or stay for a time, by table, as they are decided at an instant under some holds; and whether a hold
    /// keeps some of them.
    fn there(
        &self,
        set: &IdentitySet,
        scope: &Scope,
        removed: Timestamp,
        (as_of, holds): (Timestamp, Holds),
        database: &mut dyn Database,
    ) -> Result<(BTreeMap<TableId, u64>, bool), Error> {
        let day = |at: Timestamp| self.zone.to_datetime(at).date();
        let erasure = Erasure {
            map: self.map,
            subjects: std::slice::from_ref(set),
            holds,
            scope: scope.clone(),
            today: day(as_of),
            removed: Some(day(removed)),
            then: Vec::new(),
            zone: self.zone.clone(),
            token: Rc::new(|_| String::new()), // nothing is written of it
        };
        let (mut rows, mut under_hold): (BTreeMap<TableId, u64>, bool) = (BTreeMap::new(), false);
        erasure.derive(database, &mut |step| {
            let held = matches!(step.decision, Decision::Hold(_));
            let waits = held || matches!(step.decision, Decision::Wait | Decision::Lost | Decision::Keep { .. });
            if waits || Work::of(step).is_some() {
                *rows.entry(step.table).or_default() += 1;
            }
            under_hold |= held;
            Ok(())
        })?;
        Ok((rows, under_hold))
    }
}

fn at_most(rows: &mut BTreeMap<TableId, u64>, most: &BTreeMap<TableId, u64>) {
    for (table, rows) in rows {
        *rows = (*rows).min(most.get(table).copied().unwrap_or(0));
    }
}
