//! Whether the database will take a row as it would be: checked before anything is written, so that what is refused is
//! named by its reason and not by an engine's words.

use crate::{
    data_map::classified::{Classified, Proves, TableId, Target},
    database::{Arm, Database, Flow, Misfit, Seed, Select, Term},
    error::Error,
    plan::Unfit,
    refusal::Refusal,
    schema::{Generated, Schema, TableName},
    value::{Key, Value},
};

/// One row before and after.
pub(super) struct Changing<'a> {
    pub(super) map: &'a Classified,
    pub(super) schema: &'a Schema,
    pub(super) table: TableId,
    pub(super) key: &'a Key,
    pub(super) before: &'a [Value],
    pub(super) after: &'a [Value],
    /// Columns that change, by place
    pub(super) columns: &'a [usize],
}

impl Changing<'_> {
    /// Refuses, by reason, what the database would refuse, and a value that somebody else proves to have.
    pub(super) fn require_fitting(&self, database: &mut dyn Database) -> Result<(), Error> {
        self.require_by_itself(database)?;
        for &at in self.columns {
            self.require_unproven_elsewhere(at, database)?;
            self.require_unreferenced(at, database)?;
        }
        self.require_unique(database)?;
        self.require_parents(database)
    }

    fn refusal(&self, at: usize, because: Unfit) -> Error {
        let held = &self.map.tables[self.table];
        Refusal::Unfit { place: format!("{}.{}", held.name, held.columns[at].name), because }.into()
    }

    fn place_of(&self, column: &str) -> Option<usize> {
        self.map.tables[self.table].columns.iter().position(|known| known.name.eq_ignore_ascii_case(column))
    }

    /// The first of `columns` that changes.
    fn changes(&self, columns: &[String]) -> Option<usize> {
        columns.iter().filter_map(|name| self.place_of(name)).find(|at| self.columns.contains(at))
    }

    /// The values of `columns` in the row, if all are known and none is NULL.
    fn values(&self, columns: &[String], cells: &[Value]) -> Option<Vec<Value>> {
        let values: Option<Vec<Value>> = columns.iter().map(|c| Some(cells[self.place_of(c)?].clone())).collect();
        values.filter(|values| !values.iter().any(Value::is_null))
    }

    /// NOT NULL, CHECK and strict types, as the engine itself sees them.
    fn require_by_itself(&self, database: &mut dyn Database) -> Result<(), Error> {
        let held = &self.map.tables[self.table];
        if let Some(&at) = self.columns.iter().find(|at| self.after[**at].is_null() && held.columns[**at].not_null) {
            return Err(self.refusal(at, Unfit::NotNull));
        }
        let written = held.columns.iter().zip(self.after).filter(|(column, _)| column.generated == Generated::No);
        let row: Vec<(String, Value)> = written.map(|(column, value)| (column.name.clone(), value.clone())).collect();
        let because = match database.misfit(&held.name, &row)? {
            None => return Ok(()),
            Some(Misfit::NotNull) => Unfit::NotNull,
            Some(Misfit::Check) => Unfit::Check,
            Some(Misfit::Type) => Unfit::WrongType,
        };
        Err(self.refusal(self.columns.first().copied().unwrap_or(0), because))
    }

    /// Unique keys and indexes over whole columns; partial ones and expressions are the engine's to judge.
    fn require_unique(&self, database: &mut dyn Database) -> Result<(), Error> {
        let held = &self.map.tables[self.table];
        let Some(live) = self.schema.tables.get(&held.name) else { return Ok(()) };
        for index in live.indexes.iter().filter(|index| index.unique && !index.partial) {
            let Some(columns) = index.columns.iter().cloned().collect::<Option<Vec<String>>>() else { continue };
            let (Some(at), Some(values)) = (self.changes(&columns), self.values(&columns, self.after)) else {
                continue;
            };
            if self.stands_elsewhere(self.table, &columns, vec![values], None, database)? {
                return Err(self.refusal(at, Unfit::Taken));
            }
        }
        Ok(())
    }

    /// A value that proves possession is one person's (LAW §7.6), whether or not the database says so, in whatever
    /// spelling and in whichever table it is proven: another row with it would join two people.
    fn require_unproven_elsewhere(&self, at: usize, database: &mut dyn Database) -> Result<(), Error> {
        let column = &self.map.tables[self.table].columns[at];
        let kind = column.meaning.kind;
        let Some(canonical) = kind.normalise_value(&self.after[at]).filter(|_| column.meaning.proves.is_some()) else {
            return Ok(());
        };
        let spellings: Vec<Vec<Value>> = kind.lookups(&canonical).into_iter().map(|form| vec![form]).collect();
        for (table, held) in self.map.tables.iter().enumerate() {
            for other in held.columns.iter().filter(|other| other.meaning.kind == kind) {
                let Some(proves) = &other.meaning.proves else { continue };
                let columns = std::slice::from_ref(&other.name);
                if self.stands_elsewhere(table, columns, spellings.clone(), Some(proves), database)? {
                    return Err(self.refusal(at, Unfit::Taken));
                }
            }
        }
        Ok(())
    }

    /// Whether another row than this one holds one of `wanted` in `columns` of `table`, and proves it where that is
    /// asked.
    fn stands_elsewhere(
        &self,
        table: TableId,
        columns: &[String],
        wanted: Vec<Vec<Value>>,
        proves: Option<&Proves>,
        database: &mut dyn Database,
    ) -> Result<bool, Error> {
        let seeds: Vec<Seed> = wanted.into_iter().map(|values| Seed { subject: 0, tag: 0, values }).collect();
        let held = &self.map.tables[table];
        let kind = columns.first().and_then(|column| held.column(column)).map(|column| column.meaning.kind);
        let folds = proves.is_some() && kind.is_some_and(crate::kind::Kind::folds_case);
        let arm = Arm { columns: columns.to_vec(), seeds: seeds.into(), folds };
        let mut select = Select::new(held.name.clone(), held.key_columns()?, vec![arm]);
        let names = select.key_len();
        let when = proves.and_then(|proves| proves.when.clone());
        let when = when.map(|predicate| names + select.term(Term::Truth { via: 0, predicate }));
        let mut elsewhere = false;
        database.read(&select, &mut |found| {
            let counts = when.is_none_or(|at| found.row[at] == Value::Integer(1));
            elsewhere |= counts && (table != self.table || found.row[..names] != self.key.0[..]);
            if elsewhere { Flow::Stop } else { Flow::Continue }
        })?;
        Ok(elsewhere)
    }

    /// A declared foreign key of which a column changes needs its parent.
    fn require_parents(&self, database: &mut dyn Database) -> Result<(), Error> {
        let held = &self.map.tables[self.table];
        let Some(live) = self.schema.tables.get(&held.name) else { return Ok(()) };
        for key in &live.foreign_keys {
            let (Some(at), Some(values)) = (self.changes(&key.columns), self.values(&key.columns, self.after)) else {
                continue;
            };
            if !is_there(&key.parent, &key.parent_columns, values, database)? {
                return Err(self.refusal(at, Unfit::NoParent));
            }
        }
        Ok(())
    }

    /// A value by which other rows name this one stays: by declared keys, and by ties of the map.
    fn require_unreferenced(&self, at: usize, database: &mut dyn Database) -> Result<(), Error> {
        let held = &self.map.tables[self.table];
        let named = |columns: &[String]| columns.iter().any(|column| self.place_of(column) == Some(at));
        let declared = self.schema.tables.values().flat_map(|child| {
            let ours = child.foreign_keys.iter().filter(|key| key.parent == held.name && named(&key.parent_columns));
            ours.map(|key| (&child.name, &key.columns, &key.parent_columns))
        });
        let tied = self.map.tables.iter().flat_map(|child| {
            child.ties.iter().filter_map(|tie| match &tie.target {
                Target::Rows { table, columns, .. } if *table == self.table && named(columns) => {
                    Some((&child.name, &tie.columns, columns))
                }
                _ => None,
            })
        });
        for (child, columns, ours) in declared.chain(tied) {
            let Some(values) = self.values(ours, self.before) else { continue };
            if is_there(child, columns, values, database)? {
                return Err(self.refusal(at, Unfit::Referenced));
            }
        }
        Ok(())
    }
}

/// Whether `table` has a row with these values in `columns`.
fn is_there(
    table: &TableName,
    columns: &[String],
    values: Vec<Value>,
    database: &mut dyn Database,
) -> Result<bool, Error> {
    let arm = Arm { columns: columns.to_vec(), seeds: vec![Seed { subject: 0, tag: 0, values }].into(), folds: false };
    let mut there = false;
    database.read(&Select::new(table.clone(), columns.to_vec(), vec![arm]), &mut |_| {
        there = true;
        Flow::Stop
    })?;
    Ok(there)
}
