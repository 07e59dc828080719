//! Whom a row is by keys: from the row along its ties, as far as one follows from the other, to the rows of people.

use super::classified::{Person, Sense, Table, TableId, Target, Tie};

/// A way from a row to a person's row.
#[derive(Clone, Debug)]
pub struct Lead<'a> {
    /// Whose row it ends at
    pub person: &'a Person,
    /// Tie by tie; none where the row is the person's own
    pub steps: Vec<Step<'a>>,
}

/// A tie from one row to another.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The tie
    pub tie: &'a Tie,
    /// The table it leads to
    pub table: TableId,
    /// That table's columns, as many as the tie has
    pub columns: &'a [String],
}

/// The ways from the rows of a table.
#[derive(Clone, Debug, Default)]
pub struct Leads<'a> {
    /// Those that can be followed
    pub clear: Vec<Lead<'a>>,
    /// Whether there is one that cannot: a row on the way is somebody's in some cases only, and no person's row before
    pub unclear: bool,
}

/// The ways from `role` in the rows of `table` to people. Each tie is a way of its own; the first one of a way may hold in
/// some cases only.
#[must_use]
pub fn leads<'a>(tables: &'a [Table], persons: &'a [Person], table: TableId, role: Option<&str>) -> Leads<'a> {
    let mut found = Leads::default();
    follow(tables, persons, (table, role), &mut Vec::new(), false, &mut found);
    found
}

fn follow<'a>(
    tables: &'a [Table],
    persons: &'a [Person],
    (table, role): (TableId, Option<&str>),
    path: &mut Vec<Step<'a>>,
    mut met: bool,
    found: &mut Leads<'a>,
) {
    if role.is_none() {
        for person in persons.iter().filter(|person| person.table == table) {
            found.clear.push(Lead { person, steps: path.clone() });
            met = true;
        }
    }
    for tie in tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of && tie.role.as_deref() == role) {
        let Target::Rows { table: parent, columns, role: theirs } = &tie.target else { continue };
        if path.iter().any(|step| step.tie == tie) {
            continue; // a circle, which is a finding of its own
        }
        if tie.cases.is_some() && !path.is_empty() {
            found.unclear |= !met;
            continue;
        }
        path.push(Step { tie, table: *parent, columns });
        follow(tables, persons, (*parent, theirs.as_deref()), path, met, found);
        path.pop();
    }
}
