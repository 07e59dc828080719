//! Without a mark the rows have to say whether an interrupted change took place.

use super::carry_out::zone_of;
use crate::{
    casebook::{Casebook, CasebookError, Intent},
    data_map::{classified::Classified, predicate::Predicate},
    database::{Arm, Database, Flow, Seed, Select, Term},
    error::Error,
    plan::{Act, Record, Work, Written, still_there, written},
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
    let mut select =
        Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key, seeds: seeds.into(), folds: false }]);
    let mut places = Vec::new();
    for (n, &at) in work.act.columns().iter().enumerate() {
        let column = &held.columns[at];
        let predicate = match (&work.act, written(column, &column.meaning)) {
            (Act::Set { .. } | Act::PutBack { .. }, _) => None,
            (Act::Anonymize { to, .. }, _) if loses_detail(&to[n]) => None,
            (Act::Anonymize { to, .. }, _) => Some(still_there(column, &to[n])),
            (Act::Overwrite(_), Some(written)) => Some(still_there(column, &written)),
            _ => Some(Predicate::IsNull { column: column.name.clone(), negated: true }),
        };
        // equal terms are asked once, so each has its own place
        let name = column.name.clone();
        places.push(select.term(match predicate {
            Some(predicate) => Term::Truth { via: 0, predicate },
            None => Term::Column { via: 0, column: name },
        }));
    }
    let mut row: Option<Vec<Value>> = None;
    reader.read(&select, &mut |found| {
        row = Some(places.iter().map(|at| found.row[names + at].clone()).collect());
        Flow::Stop
    })?;
    let zone = zone_of(map)?;
    let there = |(n, value): (usize, &Value)| match &work.act {
        Act::Anonymize { to, .. } if loses_detail(&to[n]) => {
            let declared = &held.columns[work.act.columns()[n]].declared;
            to[n].instead_of(value, declared, &zone, &mut |_| {}) != *value
        }
        _ => *value == Value::Integer(1),
    };
    Ok(match (&work.act, row) {
        (Act::Delete, row) => Some(row.is_none()),
        (Act::PutBack { .. }, None) => Some(false),
        (Act::PutBack { values, .. }, Some(cells)) => (cells == *values).then_some(true),
        (Act::Anonymize { columns, .. }, None) if columns.iter().any(|at| held.is_key(*at)) => Some(true),
        (Act::Set { columns, .. }, None) if columns.iter().any(|at| held.is_key(*at)) => Some(true),
        (Act::Set { to, .. }, Some(cells)) if cells == *to => Some(true),
        (Act::Set { from, .. }, Some(cells)) => (cells == *from).then_some(false),
        (_, Some(cells)) if cells.iter().enumerate().all(there) => Some(false),
        (_, Some(cells)) if !cells.iter().enumerate().any(there) => Some(true),
        _ => None,
    })
}

fn loses_detail(written: &Written) -> bool {
    matches!(written, Written::Generalised { .. })
}
