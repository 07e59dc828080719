//! Where a case asks for anonymization, rows that could go stay and say nothing about anybody any more (LAW §5.2): what
//! identifies is written over, quasi-identifiers lose detail, link columns are cut.
//!
//! A row that keeps a key which other rows share can be put together with them again: it is *de-identified* only.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::table::TableView;
use crate::{
    data_map::{
        classified::{AnonymizeTo, Cases, Classified, Column, Meaning, Sense, Table, TableId, Target, Tie},
        fate::After,
        predicate::Predicate,
    },
    database::{Select, Term, locate::role_number_in},
    plan::{Leeway, Written, anonymized, still_there},
    schema::{Schema, Table as Live},
    value::Value,
};

/// What anonymizing does with the columns of a table.
#[derive(Debug)]
pub(super) struct Anonymizing {
    /// By column: what may be done under its meaning in each case, the general one first
    columns: Vec<Vec<Option<Way>>>,
    /// Places of all columns' values, where constraints look at the row as a whole
    pub(super) whole: Option<Vec<usize>>,
}

/// What may be written over a column.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The best first; empty when nothing fits
    pub(super) written: Vec<Written>,
    /// Whether something is there that none of them would have left
    still_there: usize,
    /// The value, where it may only lose detail
    value: Option<usize>,
}

impl Way {
    /// Whether the cell still holds what should go.
    pub(super) fn applies(&self, terms: &[Value], zone: &TimeZone) -> bool {
        let less = |at: usize| match self.written.first() {
            Some(Written::Generalised { how, .. }) => how.apply(&terms[at], zone) != terms[at],
            _ => true,
        };
        super::is_true(&terms[self.still_there]) && self.value.is_none_or(less)
    }
}

impl Anonymizing {
    /// Prepares it, and asks for what has to be read of each row.
    pub(super) fn new(map: &Classified, table: TableId, schema: &Schema, select: &mut Select) -> Option<Self> {
        let held = &map.tables[table];
        let live = schema.tables.get(&held.name)?;
        let named = map.lists_named(table).into_iter().flatten().collect();
        let setting = Setting { map, held, live, named, spared: read_elsewhere(map, table) };
        let mut columns = Vec::new();
        for (at, column) in held.columns.iter().enumerate() {
            let meanings = std::iter::once((None, &column.meaning));
            let meanings = meanings.chain(column.by_case.iter().map(|(case, meaning)| (Some(case.as_str()), meaning)));
            let ways =
                meanings.map(|(case, meaning)| Some(ask(column, setting.ways(at, column, meaning, case)?, select)));
            columns.push(ways.collect());
        }
        let value = |column: &Column| select.term(Term::Column { via: 0, column: column.name.clone() });
        let whole = looks_at_rows(live).then(|| held.columns.iter().map(value).collect());
        Some(Self { columns, whole })
    }

    /// What may be done with the column in a row of this case; `None` when its value stays.
    pub(super) fn way(&self, held: &Table, at: usize, case: Option<&str>) -> Option<&Way> {
        let by_case = &held.columns[at].by_case;
        let of_case = case.and_then(|case| by_case.iter().position(|(value, _)| value == case));
        self.columns[at][of_case.map_or(0, |at| at + 1)].as_ref()
    }
}

impl TableView<'_> {
    /// Whether a key that other rows share stays in the row once `gone` columns are written over.
    pub(super) fn stays_linked(&self, terms: &[Value], case: Option<&str>, roles: &[usize], gone: &[usize]) -> bool {
        let cut = |tie: &Tie| gone.iter().any(|at| tie.columns.contains(&self.held.columns[*at].name));
        self.held.ties.iter().filter(|tie| tie.holds_in(case) && !cut(tie)).any(|tie| {
            let role = role_number_in(self.held, tie.role.as_deref());
            let filled = self.values(terms, &tie.columns).is_some_and(|values| !values.iter().any(Value::is_null));
            let theirs = roles.contains(&role) || tie.sense == Sense::By;
            filled && theirs && shares(self.map, tie)
        })
    }
}

/// What decides about a table's columns.
struct Setting<'a> {
    map: &'a Classified,
    held: &'a Table,
    live: &'a Live,
    /// Columns by which ties name rows
    named: BTreeSet<String>,
    /// Dates from which minimums and maximums of other tables' rows are counted
    spared: BTreeSet<String>,
}

impl Setting<'_> {
    /// `case`: the one in which the column has this meaning; `None`: in all that the map does not name.
    fn ways(&self, at: usize, column: &Column, meaning: &Meaning, case: Option<&str>) -> Option<Vec<Written>> {
        // SQLite takes NULL in most primary keys: what rows are named by gets a value all the same
        let names_rows = self.held.is_key(at) || self.named.contains(&column.name);
        let leeway = Leeway {
            nullable: !column.not_null && !names_rows,
            distinct: self.held.is_key(at) || column.unique || column.distinct,
        };
        let holds = |tie: &&Tie| match &tie.cases {
            Some(Cases::Only(_)) => tie.holds_in(case),
            Some(Cases::Except(_)) | None => case.is_none() || tie.holds_in(case),
        };
        let ties = self.held.ties.iter().filter(holds).filter(|tie| tie.columns.contains(&column.name));
        let ties: Vec<&Tie> = ties.collect();
        let to_rows = ties.iter().any(|tie| matches!(tie.target, Target::Rows { .. }));
        if to_rows {
            return self.cut(column, meaning, &ties, leeway);
        }
        if !meaning.kind.is_personal() && self.spared.contains(&column.name.to_ascii_lowercase()) {
            return None;
        }
        anonymized(column, meaning, leeway)
    }

    /// A link column is cut where it may be NULL, and takes a value of its own where the map says so or where it repeats a
    /// personal value; what a foreign key holds fast stays, and with it the shared key.
    fn cut(&self, column: &Column, meaning: &Meaning, ties: &[&Tie], leeway: Leeway) -> Option<Vec<Written>> {
        let declared = self.live.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        let personal = meaning.kind.is_personal() || ties.iter().any(|tie| names_personal(self.map, tie));
        let of_its_own = meaning.anonymize_to == Some(AnonymizeTo::Token) || personal;
        let token = || {
            let meaning =
                Meaning { anonymize_to: Some(AnonymizeTo::Token), kind: crate::kind::Kind::Opaque, ..meaning.clone() };
            anonymized(column, &meaning, leeway)
        };
        match (leeway.nullable, of_its_own && !declared) {
            (true, _) if meaning.anonymize_to != Some(AnonymizeTo::Token) || declared => Some(vec![Written::Null]),
            (_, true) => token(),
            _ if personal => Some(Vec::new()),
            _ => None,
        }
    }
}

fn ask(column: &Column, written: Vec<Written>, select: &mut Select) -> Way {
    let parts = written.iter().map(|written| still_there(column, written));
    let mut parts: Vec<Predicate> = parts.collect();
    parts.push(Predicate::IsNull { column: column.name.clone(), negated: true });
    parts.dedup();
    let still_there = select.term(Term::Truth { via: 0, predicate: Predicate::And(parts) });
    let detail = matches!(written.first(), Some(Written::Generalised { .. }));
    let value = detail.then(|| select.term(Term::Column { via: 0, column: column.name.clone() }));
    Way { written, still_there, value }
}

/// Whether what stands behind a tie can be put together with the row: all but the colleague or acquaintance at whom it
/// merely points.
fn shares(map: &Classified, tie: &Tie) -> bool {
    let Target::Rows { table, .. } = &tie.target else { return false };
    tie.sense == Sense::Of || !map.persons.iter().any(|person| person.table == *table)
}

fn names_personal(map: &Classified, tie: &Tie) -> bool {
    let Target::Rows { table, columns, .. } = &tie.target else { return false };
    columns.iter().any(|name| map.tables[*table].column(name).is_some_and(|column| column.meaning.kind.is_personal()))
}

/// Whether constraints look at more than one cell, or at what stands in it.
fn looks_at_rows(live: &Live) -> bool {
    let ddl = live.ddl.to_ascii_uppercase();
    ddl.contains("CHECK") || ddl.contains("STRICT")
}

/// Columns (in lower case) of `table` from which periods of other tables are counted: while a row there is kept, its date
/// stays.
fn read_elsewhere(map: &Classified, table: TableId) -> BTreeSet<String> {
    let here = map.tables[table].name.to_string().to_ascii_lowercase();
    let others = map.tables.iter().enumerate().filter(|(other, _)| *other != table);
    let afters = others.flat_map(|(_, held)| {
        let limit = held.fates.limit.iter().map(|limit| &limit.after);
        held.fates.keep.iter().map(|keep| &keep.after).chain(limit)
    });
    let dates = afters.flat_map(|after| match after {
        After::Dates(names) => names.as_slice(),
        After::Removal => &[],
    });
    let dotted = dates.filter_map(|name| name.rsplit_once('.'));
    let ours = dotted.filter(|(parent, _)| parent.to_ascii_lowercase() == here);
    ours.map(|(_, column)| column.to_ascii_lowercase()).collect()
}
