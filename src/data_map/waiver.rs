//! An exception from drift (W4): a table or column that came after the map was trusted and that an officer, for a time
//! and on the record, lets exports and erasures leave out of account.
//!
//! Only what was added can be waived: that it is not read and not removed is all that the exception says. What is
//! missing, or declared otherwise, or another key or trigger, stays a refusal.

use super::{
    drift::drift,
    finding::{Code, Finding},
    fingerprint,
    lock::Lock,
    name::quoted_table,
};
use crate::schema::Schema;

/// A place that is left out of account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waived {
    /// `table` or `table.column`
    pub place: String,
    /// Digest of the table as it was when the exception was made: one more change and it holds no longer
    pub part: String,
}

/// The exception that can be made for `place` as the database is; `None` when nothing was added there.
#[must_use]
pub fn waivable(place: &str, lock: &Lock, map_fingerprint: &str, schema: &Schema) -> Option<(Code, Waived)> {
    let found = drift(lock, map_fingerprint, schema);
    let finding = found.iter().find(|finding| finding.place == place && is_added(finding))?;
    let part = part_of(place, schema)?;
    Some((finding.code, Waived { place: place.to_owned(), part }))
}

/// Whether one of the exceptions covers a finding.
#[must_use]
pub fn covered<'w>(finding: &Finding, waived: &'w [Waived], schema: &Schema) -> Option<&'w Waived> {
    let holds = |one: &&Waived| one.place == finding.place && part_of(&one.place, schema).as_ref() == Some(&one.part);
    waived.iter().find(holds).filter(|_| is_added(finding))
}

/// Leaves the places out of the schema, so that nobody who works by it sees them.
pub fn leave_out(schema: &mut Schema, waived: &[Waived]) {
    let is = |name: &str| waived.iter().any(|one| one.place == name);
    schema.tables.retain(|name, _| !is(&name.to_string()));
    for table in schema.tables.values_mut() {
        let name = table.name.to_string();
        let gone = |column: &str| is(&format!("{name}.{column}"));
        table.columns.retain(|column| !gone(&column.name));
        table.indexes.retain(|index| !index.columns.iter().flatten().any(|column| gone(column)));
    }
}

fn is_added(finding: &Finding) -> bool {
    matches!(finding.code, Code::NewTable | Code::NewColumn)
}

fn part_of(place: &str, schema: &Schema) -> Option<String> {
    let belongs = |name: &str| place == name || place.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let parts = fingerprint::of_parts(schema);
    let tables = schema.tables.keys().filter(|name| belongs(&name.to_string()));
    let table = tables.max_by_key(|name| quoted_table(name).len())?;
    parts.get(&table.to_string()).cloned()
}
