//! Without a mark the rows have to say whether an interrupted change took place.

use crate::{
    casebook::{Casebook, CasebookError, Intent},
    data_map::{classified::Classified, predicate::Predicate},
    database::{Arm, Database, Flow, Seed, Select, Term},
    error::Error,
    plan::{Act, Record, Work, still_there, written},
    refusal::Refusal,
    value::Value,
};

/// Whether every row of the work list is as the change leaves it; `None` when the list is empty. Rows that contradict
/// each other are [`Refusal::LookHere`].
pub(super) fn took_place(
    map: &Classified,
    intent: &Intent,
    reader: &mut dyn Database,
    book: &Casebook,
) -> Result<Option<bool>, Error> {
    let mut told: Option<bool> = None;
    book.read_work::<Error>(intent, |record| {
        let row = match Record::decode(record).ok_or(CasebookError::WorkList(intent.number))? {
            Record::Row(work) => row_changed(map, &work, reader)?,
            Record::Sums(_) => return Ok(()),
        };
        match row {
            Some(changed) if told.is_none_or(|told| told == changed) => told = Some(changed),
            _ => return Err(Refusal::LookHere(intent.number).into()),
        }
        Ok(())
    })?;
    Ok(told)
}

/// Whether one row was changed; `None` when it is neither as before nor as after.
fn row_changed(map: &Classified, work: &Work, reader: &mut dyn Database) -> Result<Option<bool>, Error> {
    let held = &map.tables[work.table];
    let key = held.key_columns()?;
    let seeds = vec![Seed { subject: 0, tag: 0, values: work.key.0.clone() }];
    let names = key.len();
    let mut select = Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key, seeds: seeds.into() }]);
    for &at in work.act.columns() {
        let column = &held.columns[at];
        if matches!(work.act, Act::Set { .. }) {
            select.term(Term::Column { via: 0, column: column.name.clone() });
            continue;
        }
        let predicate = match (&work.act, written(column, &column.meaning)) {
            (Act::Overwrite(_), Some(written)) => still_there(&column.name, &written),
            _ => Predicate::IsNull { column: column.name.clone(), negated: true },
        };
        select.term(Term::Truth { via: 0, predicate });
    }
    let mut row: Option<Vec<Value>> = None;
    reader.read(&select, &mut |found| {
        row = Some(found.row[names..].to_vec());
        Flow::Stop
    })?;
    let there = |value: &Value| *value == Value::Integer(1);
    Ok(match (&work.act, row) {
        (Act::Delete, row) => Some(row.is_none()),
        (Act::Set { to, .. }, Some(cells)) if cells == *to => Some(true),
        (Act::Set { from, .. }, Some(cells)) => (cells == *from).then_some(false),
        (_, Some(cells)) if cells.iter().all(there) => Some(false),
        (_, Some(cells)) if !cells.iter().any(there) => Some(true),
        _ => None,
    })
}
