//! Whole rows by their keys, as far as a row can be held in memory.

use super::{Arm, Database, DatabaseError, Flow, Seed, Select, Term};
use crate::{
    data_map::classified::Table,
    refusal::Refusal,
    value::{Key, Value},
};

/// The longest cell of a row that is read whole.
const LONGEST: usize = 8 << 20;

/// Hands the rows of `keys` to `each`, with what stands in the columns that are not computed; without it where a cell is
/// too long. A row may come twice.
pub fn whole_rows<E: From<DatabaseError> + From<Refusal>>(
    held: &Table,
    keys: impl Iterator<Item = Key>,
    database: &mut dyn Database,
    each: &mut dyn FnMut(Key, Option<Vec<Value>>) -> Result<(), E>,
) -> Result<(), E> {
    let key = held.key_columns()?;
    let seeds = keys.map(|key| Seed { subject: 0, tag: 0, values: key.0 }).collect();
    let mut select = Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key, seeds, folds: false }]);
    select.bear_twice(LONGEST);
    let column = |at: usize| Term::Column { via: 0, column: held.columns[at].name.clone() };
    let places: Vec<usize> = held.written_columns().into_iter().map(|at| select.term(column(at))).collect();
    let names = select.key_len();
    let mut outcome = Ok(());
    database.read(&select, &mut |mut found| {
        let mut terms = found.row.split_off(names);
        let cells = found.long.is_empty().then(|| places.iter().map(|at| std::mem::take(&mut terms[*at])).collect());
        outcome = each(Key(found.row), cells);
        if outcome.is_ok() { Flow::Continue } else { Flow::Stop }
    })?;
    outcome
}
