//! The breaker: a purge that would remove more than anybody expects is stopped before it begins, until a person has
//! looked (LAW §7.4).

use serde::{Deserialize, Serialize};

use crate::{
    data_map::classified::{Classified, TableId},
    database::{Database, DatabaseError},
    plan::Totals,
};

/// When a purge is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Breaker {
    /// More than this share of a table's rows, in percent
    pub percent: u8,
    /// More than so many rows of a table, whatever the share
    pub rows: u64,
    /// Up to so many rows of a table the share does not matter: a small table has no meaningful share
    pub spare: u64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { percent: 5, rows: 100_000, spare: 100 }
    }
}

/// A table of which too much would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tripped {
    /// The table's name
    pub table: String,
    /// Rows that would go or be overwritten
    pub rows: u64,
    /// Rows that it has
    pub of: u64,
}

impl Breaker {
    /// Whether `rows` of a table that has `of` rows are too many.
    #[must_use]
    pub fn trips(&self, rows: u64, of: u64) -> bool {
        let share = u128::from(rows) * 100 > u128::from(of) * u128::from(self.percent);
        rows > self.rows || (rows > self.spare && share)
    }

    /// The tables at which `totals` trip it, in the order of their names.
    pub fn tripped(
        &self,
        totals: &Totals,
        map: &Classified,
        database: &mut dyn Database,
    ) -> Result<Vec<Tripped>, DatabaseError> {
        let mut tripped = Vec::new();
        for (table, sums) in &totals.tables {
            let rows = sums.deleted + sums.overwritten;
            if rows <= self.spare.min(self.rows) {
                continue;
            }
            let of = database.count(&map.tables[*table].name)?;
            if self.trips(rows, of) {
                tripped.push(Tripped { table: name(map, *table), rows, of });
            }
        }
        Ok(tripped)
    }
}

fn name(map: &Classified, table: TableId) -> String {
    map.tables[table].name.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKER: Breaker = Breaker { percent: 5, rows: 1_000, spare: 10 };

    #[test]
    fn exactly_the_share_passes_and_one_more_trips() {
        assert!(!BREAKER.trips(50, 1_000));
        assert!(BREAKER.trips(51, 1_000));
        assert!(BREAKER.trips(50, 999));
    }

    #[test]
    fn exactly_the_rows_pass_and_one_more_trips() {
        assert!(!BREAKER.trips(1_000, 1_000_000));
        assert!(BREAKER.trips(1_001, 1_000_000));
    }

    #[test]
    fn few_rows_never_trip_by_their_share() {
        assert!(!BREAKER.trips(10, 10));
        assert!(BREAKER.trips(11, 11));
    }

    #[test]
    fn an_emptied_table_trips() {
        assert!(BREAKER.trips(11, 0));
    }
}
