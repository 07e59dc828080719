//! Makes what is written fit constraints that look at the row as a whole (CHECK, strict types): the engine itself tries
//! each row out before anything is written.

use jiff::tz::TimeZone;

use super::{Erasure, Pending, row::Judged, table::TableView};
use crate::{database::Database, error::Error, plan::Written, refusal::Refusal, schema::Generated, value::Value};

impl Erasure<'_> {
    /// Puts for every row first what its table takes.
    pub(super) fn fit(
        &self,
        view: &TableView<'_>,
        pending: &mut [Pending],
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        for waiting in pending.iter_mut().filter(|waiting| !waiting.judged.ways.is_empty()) {
            self.fit_row(view, &mut waiting.judged, database)?;
        }
        Ok(())
    }

    /// Of each column the best way that the table takes by itself; where the whole is not taken all the same, the others
    /// are tried, one column after the other.
    fn fit_row(&self, view: &TableView<'_>, judged: &mut Judged, database: &mut dyn Database) -> Result<(), Error> {
        let takes = |judged: &Judged, only: Option<usize>, database: &mut dyn Database| -> Result<bool, Error> {
            let row = row_after(view, judged, only, &self.zone);
            Ok(database.misfit(&view.held.name, &row)?.is_none())
        };
        if takes(judged, None, database)? {
            return Ok(());
        }
        for only in [true, false] {
            for at in 0..judged.ways.len() {
                let mut turns = 0;
                while turns < judged.ways[at].len() && !takes(judged, only.then_some(at), database)? {
                    judged.ways[at].rotate_left(1);
                    turns += 1;
                }
                if takes(judged, None, database)? {
                    return Ok(());
                }
            }
        }
        Err(Refusal::CannotOverwrite(self.in_the_way(view, judged, database)?).into())
    }

    /// The first column that the table does not take by itself; all of them where it is the whole.
    fn in_the_way(&self, view: &TableView<'_>, judged: &Judged, database: &mut dyn Database) -> Result<String, Error> {
        let place = |at: usize| format!("{}.{}", view.held.name, view.held.columns[at].name);
        for (n, &at) in judged.overwrite.iter().enumerate() {
            let row = row_after(view, judged, Some(n), &self.zone);
            if database.misfit(&view.held.name, &row)?.is_some() {
                return Ok(place(at));
            }
        }
        Ok(judged.overwrite.iter().map(|at| place(*at)).collect::<Vec<_>>().join(", "))
    }
}

/// The row as it would be, if only the column in the `only`-th place of those that change did so, or all of them.
fn row_after(view: &TableView<'_>, judged: &Judged, only: Option<usize>, zone: &TimeZone) -> Vec<(String, Value)> {
    let changes = |n: &usize| only.is_none_or(|only| only == *n);
    let places = view.anonymizing.as_ref().and_then(|anonymizing| anonymizing.whole.as_ref());
    let cell = |at: usize, before: &Value| {
        let place = judged.overwrite.iter().position(|column| *column == at).filter(changes);
        let way: Option<&Written> = place.and_then(|n| judged.ways[n].first());
        let declared = &view.held.columns[at].declared;
        way.map_or_else(|| before.clone(), |way| way.instead_of(before, declared, zone, &mut |bytes| bytes.fill(0xa5)))
    };
    let columns = view.held.columns.iter().enumerate().filter(|(_, column)| column.generated == Generated::No);
    columns
        .map(|(at, column)| {
            let before = places.and_then(|places| judged.term(view, places[at])).unwrap_or(&Value::Null);
            (column.name.clone(), cell(at, before))
        })
        .collect()
}
