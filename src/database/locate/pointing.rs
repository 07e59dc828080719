//! Rows that point at given values by a tie, as far as the tie holds in their case.

use super::case_term;
use crate::{
    data_map::classified::{Cases, Classified, TableId},
    database::{Arm, Database, DatabaseError, Flow, Seeds, Select},
    refusal::Refusal,
    value::Key,
};

/// What points at given values.
#[derive(Debug, Default)]
pub struct Pointing {
    /// The rows, each with the tag of the seed that it points at
    pub rows: Vec<(u32, Key)>,
    /// Whether the map does not know the case of one that may point
    pub unknown_case: bool,
}

impl Pointing {
    /// The rows.
    ///
    /// # Errors
    /// [`Refusal::UnknownCase`]: of one of them nobody can tell whether it points.
    pub fn known(self, map: &Classified, table: TableId) -> Result<Vec<(u32, Key)>, Refusal> {
        if self.unknown_case { Err(Refusal::UnknownCase(map.tables[table].name.to_string())) } else { Ok(self.rows) }
    }
}

/// The rows of `table` that hold one of the seeds in `columns`, in one of the `cases` where these are given.
pub fn pointing(
    map: &Classified,
    table: TableId,
    columns: &[String],
    cases: Option<&Cases>,
    seeds: Seeds,
    database: &mut dyn Database,
) -> Result<Pointing, DatabaseError> {
    let held = &map.tables[table];
    let mut found = Pointing::default();
    let Some(key) = held.key.columns() else {
        // whoever plans on the table refuses; nothing else can be told of its rows
        return Ok(found);
    };
    let mut select = Select::new(held.name.clone(), key, vec![Arm { columns: columns.to_vec(), seeds, folds: false }]);
    let names = select.key_len();
    let case = held.case.as_ref().filter(|_| cases.is_some());
    let case = case.map(|case| names + case_term(map, case, &mut select));
    let column = columns.first().and_then(|name| held.column(name));
    database.read(&select, &mut |row| {
        let case = case.map(|at| row.row[at].to_canonical_text());
        let known = cases.is_none() || column.is_none_or(|column| column.meaning_in(case.as_deref()).is_some());
        found.unknown_case |= !known;
        if cases.is_none_or(|cases| case.is_some_and(|case| cases.hold(&case))) {
            found.rows.push((row.tag, Key(row.row[..names].to_vec())));
        }
        Flow::Continue
    })?;
    Ok(found)
}
