//! One row, all of its cells.

use crate::{
    data_map::{
        classified::{Classified, TableId},
        predicate::Predicate,
    },
    database::{Arm, Database, Flow, Seed, Select, Term, locate::case_term},
    error::Error,
    value::{Key, Value},
};

/// A row as it stands.
pub(super) struct Whole {
    /// Its cells, in the order of the table's columns
    pub(super) cells: Vec<Value>,
    /// The value on which the meaning of its columns depends
    pub(super) case: Option<String>,
    /// Whether the condition that was asked about holds
    pub(super) holds: bool,
}

/// Reads the row of that key, and whether `when` holds of it.
pub(super) fn whole(
    map: &Classified,
    table: TableId,
    key: &Key,
    when: Option<&Predicate>,
    database: &mut dyn Database,
) -> Result<Option<Whole>, Error> {
    let held = &map.tables[table];
    let columns = map.tables[table].key_columns()?;
    let seeds = vec![Seed { subject: 0, tag: 0, values: key.0.clone() }];
    let arm = Arm { columns: columns.clone(), seeds: seeds.into(), folds: false };
    let mut select = Select::new(held.name.clone(), columns, vec![arm]);
    let places: Vec<usize> =
        held.columns.iter().map(|c| select.term(Term::Column { via: 0, column: c.name.clone() })).collect();
    let case = held.case.as_ref().map(|case| case_term(map, case, &mut select));
    let when = when.map(|predicate| select.term(Term::Truth { via: 0, predicate: predicate.clone() }));
    let skip = select.key_len();
    let mut found = None;
    database.read(&select, &mut |row| {
        let cell = |at: usize| row.row[skip + at].clone();
        found = Some(Whole {
            cells: places.iter().map(|at| cell(*at)).collect(),
            case: case.map(|at| cell(at).to_canonical_text()),
            holds: when.is_none_or(|at| cell(at) == Value::Integer(1)),
        });
        Flow::Stop
    })?;
    Ok(found)
}
