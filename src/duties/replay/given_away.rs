//! Rows under a key that somebody else has by now: one table was put back from a backup, or another system brought them.
//! What is of before the erasure is not the new holder's. Where rows bear no date, some of the erased person's are known
//! again by samples that were sealed with them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::print::{Print, Telling};
use crate::{
    case::IdentitySet,
    data_map::classified::{Column, Person, Table, TableId, Tie},
    database::{Arm, Database, Flow, Seed, Select, Term, locate::case_term},
    error::Error,
    kind::{Dated, Kind},
    value::{Key, Value},
};

/// So many rows of a table are sampled for each of a person's keys: whoever puts back a table puts back all of them.
const SAMPLES: usize = 4;

/// Rows of one table that are tied to person rows of one sort.
struct Tied<'a> {
    held: &'a Table,
    /// By which tie each arm of the statement finds rows
    ties: Vec<&'a Tie>,
    select: Select,
    /// Place of the row's case
    case: Option<usize>,
    /// Place of the row's date
    dated: Option<usize>,
    /// Columns in which a person says something of their own, and their places
    own: Vec<(String, usize)>,
}

/// Whether two people hardly have the same in such a column: what every new account begins with tells nothing.
fn is_own(column: &Column) -> bool {
    let kind = column.meaning.kind;
    kind.is_personal() && !kind.is_weak() && !matches!(kind, Kind::Tag | Kind::Opaque | Kind::Software | Kind::Sex)
}

impl<'a> Tied<'a> {
    /// What of `table` is tied to the rows of `person` under these keys directly; none where nothing can be.
    fn to(table: TableId, person: &Person, keys: &BTreeSet<Key>, with: &Telling<'a>) -> Option<Self> {
        let held = &with.map.tables[table];
        let ties: Vec<&Tie> = held.ties.iter().filter(|tie| tie.is_of(person)).collect();
        let seed = |(tag, key): (u32, &Key)| Seed { subject: 0, tag, values: key.0.clone() };
        let seeds = || (0..).zip(keys).map(seed).collect();
        let arms: Vec<Arm> =
            ties.iter().map(|tie| Arm { columns: tie.columns.clone(), seeds: seeds(), folds: false }).collect();
        let rows = held.key.columns().filter(|_| table != person.table && !arms.is_empty())?;
        let mut select = Select::new(held.name.clone(), rows, arms);
        let case = held.case.as_ref().map(|case| case_term(with.map, case, &mut select));
        let mut term = |column: &String| select.term(Term::Column { via: 0, column: column.clone() });
        let dated = held.dated.as_ref().map(&mut term);
        let own = held.columns.iter().filter(|column| is_own(column));
        let own = own.map(|column| (column.name.clone(), term(&column.name))).collect();
        Some(Self { held, ties, select, case, dated, own })
    }

    /// Calls `each` with the place of the person's key, and key, date and what is a person's own of every row, until it has
    /// enough.
    fn rows(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(usize, Key, Dated, Vec<Value>) -> Flow,
    ) -> Result<(), Error> {
        let skip = self.select.key_len();
        database.read(&self.select, &mut |found| {
            let term = |at: usize| found.row[skip + at].clone();
            let case = self.case.map(|at| term(at).to_canonical_text());
            if !self.ties[found.arm].holds_in(case.as_deref()) {
                return Flow::Continue;
            }
            let dated = self.dated.map_or(Dated::Empty, |at| Dated::read(&term(at)));
            each(
                found.tag as usize,
                Key(found.row[..skip].to_vec()),
                dated,
                self.own.iter().map(|(_, at)| term(*at)).collect(),
            )
        })?;
        Ok(())
    }

    fn print(&self, key: &Key, cells: &[Value], with: &Telling<'_>) -> Option<Print> {
        if cells.iter().all(Value::is_empty) {
            return None;
        }
        let columns = self.own.iter().map(|(name, _)| name.clone()).collect();
        Some(Print::of_cells(self.held, self.held.key.columns()?, key, columns, cells, with.tagging))
    }
}

impl Telling<'_> {
    /// Fingerprints of some rows that are tied to a person's, bear no date that can be read, and say something of their
    /// own.
    pub fn samples(&self, set: &IdentitySet, database: &mut dyn Database) -> Result<Vec<Print>, Error> {
        let mut samples = Vec::new();
        self.each_tied(set, &mut |tied, keys| {
            let mut missing = vec![SAMPLES; keys];
            tied.rows(database, &mut |at, key, dated, cells| {
                if missing[at] > 0 && dated.moment(self.zone).is_none() {
                    let sample = tied.print(&key, &cells, self);
                    missing[at] -= usize::from(sample.is_some());
                    samples.extend(sample);
                }
                if missing.iter().any(|missing| *missing > 0) { Flow::Continue } else { Flow::Stop }
            })
        })?;
        Ok(samples)
    }

    /// How many rows under these keys were the erased person's: they are of before the erasure, or were sampled.
    pub(super) fn of_before(
        &self,
        set: &IdentitySet,
        samples: &[Print],
        removed: Timestamp,
        database: &mut dyn Database,
    ) -> Result<u64, Error> {
        let day = self.zone.to_datetime(removed).date();
        let mut rows = 0;
        self.each_tied(set, &mut |tied, _| {
            tied.rows(database, &mut |_, key, dated, cells| {
                let before = match (dated, dated.moment(self.zone)) {
                    // on that day nobody knows
                    (Dated::Day(said), _) => said <= day,
                    (_, Some(at)) => at < removed,
                    (_, None) => tied.print(&key, &cells, self).is_some_and(|print| samples.contains(&print)),
                };
                rows += u64::from(before);
                Flow::Continue
            })
        })?;
        Ok(rows)
    }

    /// Calls `each` with every table that is tied to the person's rows, and the number of their keys.
    fn each_tied(
        &self,
        set: &IdentitySet,
        each: &mut dyn FnMut(&Tied<'_>, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for person in &self.map.persons {
            let Some(keys) = set.persons.get(&person.name).filter(|keys| !keys.is_empty()) else { continue };
            for table in 0..self.map.tables.len() {
                if let Some(tied) = Tied::to(table, person, keys, self) {
                    each(&tied, keys.len())?;
                }
            }
        }
        Ok(())
    }
}
