//! What has to be read of a table's rows so that each can be decided: the dates of its minimums (its own and those
//! inherited), the conditions under which it waits, who else is in it, what is still to overwrite.

use super::{Erasure, anonymized::Anonymizing, is_true, pins};
use crate::{
    data_map::{
        classified::{Cases, Classified, Column, Meaning, Sense, Table, TableId, Tie},
        fate::Keep,
    },
    database::{
        Select, Term,
        locate::{Above, Beside, Binding, Owners, UNNAMED, Waits, ask_dates, case_term, chain, role_number_in},
    },
    error::Error,
    plan::{occupied, speaks, still_there, written},
    schema::Schema,
    value::Value,
};

/// A table prepared for judging its rows. Every `usize` that is no role or column is a place among a row's terms.
pub(super) struct TableView<'a> {
    pub(super) map: &'a Classified,
    pub(super) table: TableId,
    pub(super) held: &'a Table,
    pub(super) keeps: Vec<KeepView<'a>>,
    pub(super) waits: Waits<'a>,
    /// By role (0 is the row as a whole): what tells whether somebody is in it
    pub(super) occupied: Vec<Vec<Occupied>>,
    /// Who else is in a row
    pub(super) beside: Beside,
    /// By column: what is written over it and whether something is still there
    pub(super) overwrites: Vec<Option<Overwrite>>,
    /// Values of columns that ties name, in either direction
    pub(super) values: Vec<(String, usize)>,
    /// Places that are looked at once a row is judged, ascending
    pub(super) later: Vec<usize>,
    pub(super) case: Option<usize>,
    /// Columns that name files: column, place
    pub(super) files: Vec<(usize, usize)>,
    /// Rows of others that stay when a row of this table does
    pub(super) found: Vec<pins::Found<'a>>,
    pub(super) named: Vec<pins::Named<'a>>,
    /// Who else may be under hold
    pub(super) owners: Owners<'a>,
    /// Where the case asks for anonymization
    pub(super) anonymizing: Option<Anonymizing>,
}

pub(super) struct KeepView<'a> {
    pub(super) keep: &'a Keep,
    pub(super) own: Option<usize>,
    pub(super) dates: Vec<usize>,
    /// Of which rows it says anything
    pub(super) binding: Binding<'a>,
}

/// A column that says that somebody is in a role.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Occupied {
    at: usize,
    /// In these cases alone
    cases: Option<Cases>,
    /// By which tie to another row
    tie: Option<usize>,
}

pub(super) struct Overwrite {
    pub(super) still_there: usize,
}

impl<'a> TableView<'a> {
    pub(super) fn new(
        erasure: &Erasure<'a>,
        table: TableId,
        schema: Option<&Schema>,
        select: &mut Select,
    ) -> Result<Self, Error> {
        let map = erasure.map;
        let held = &map.tables[table];
        let mut view = Self {
            map,
            table,
            held,
            keeps: Vec::new(),
            waits: Waits::default(),
            occupied: Vec::new(),
            beside: Beside::ask(map, table, !held.roles.is_empty(), select),
            overwrites: Vec::new(),
            values: Vec::new(),
            later: Vec::new(),
            case: None,
            files: Vec::new(),
            found: pins::found_through(map, table),
            named: pins::named_by(map, table),
            owners: Owners::default(),
            anonymizing: schema.and_then(|schema| Anonymizing::new(map, table, schema, select)),
        };
        view.follow_inheritance(select)?;
        view.ask_roles(select);
        view.ask_overwrites(select);
        view.ask_links(select);
        view.ask_case(select);
        if erasure.holds.on_others() {
            view.owners = Owners::ask(map, table, select);
        }
        let whole = view.anonymizing.iter().filter_map(|anonymizing| anonymizing.whole.as_ref()).flatten();
        view.later = view.values.iter().map(|(_, at)| at).chain(whole).copied().collect();
        view.later.sort_unstable();
        view.later.dedup();
        Ok(view)
    }

    /// Up the chain of nearest *of* ties: the keeps that bind stand in one of its tables, every wait on it holds back.
    fn follow_inheritance(&mut self, select: &mut Select) -> Result<(), Error> {
        let chain = chain(self.map, self.table, select);
        self.waits = Waits::ask(self.map, &chain, select);
        for (level, Above { table, binding, .. }) in chain.iter().enumerate() {
            let fates = &self.map.tables[*table].fates;
            if self.held.bound_by.keep == Some(*table) {
                for (at, keep) in fates.keep.iter().enumerate() {
                    let dates = ask_dates(self.map, &keep.after, &chain[level..], select)?;
                    let (own, binding) = ((level == 0).then_some(at), binding.clone());
                    self.keeps.push(KeepView { keep, own, dates, binding });
                }
            }
        }
        Ok(())
    }

    fn ask_roles(&mut self, select: &mut Select) {
        let held = self.held;
        self.occupied = vec![Vec::new(); held.roles.len() + 1];
        if held.roles.is_empty() {
            return;
        }
        let mut ask = |role: usize, column: &Column, cases: Option<Cases>, tie: Option<usize>| {
            let of_role = |meaning: &Meaning| role_number_in(held, meaning.role.as_deref()) == role;
            // what an erasure writes where nothing may be left empty names nobody
            let predicate = speaks(column, &of_role).unwrap_or_else(|| occupied(column));
            let at = select.term(Term::Truth { via: 0, predicate });
            let asked = Occupied { at, cases, tie };
            if !self.occupied[role].contains(&asked) {
                self.occupied[role].push(asked);
            }
        };
        for (at, tie) in held.ties.iter().enumerate().filter(|(_, tie)| tie.sense == Sense::Of) {
            let role = role_number_in(held, tie.role.as_deref());
            for column in tie.columns.iter().filter_map(|name| held.column(name)) {
                ask(role, column, tie.cases.clone(), tie.parent().map(|_| at));
            }
        }
        for column in &held.columns {
            for (cases, meaning) in column.meanings_by_case() {
                let role = role_number_in(held, meaning.role.as_deref());
                if role != UNNAMED && meaning.kind.is_personal() {
                    ask(role, column, cases, None);
                }
            }
        }
    }

    /// The keeps that bind the row with these terms.
    pub(super) fn keeps_binding<'v>(&'v self, terms: &'v [Value]) -> impl Iterator<Item = &'v KeepView<'a>> {
        self.keeps.iter().filter(|view| view.binding.holds(terms) != Some(false))
    }

    /// Whether somebody is in the role of a row of this case; `left` are the ties to people of whom nothing else is left.
    pub(super) fn is_occupied(&self, role: usize, terms: &[Value], case: Option<&str>, left: &[usize]) -> bool {
        let holds = |cases: &Cases| case.is_some_and(|case| cases.hold(case));
        let parts = self.occupied[role].iter().filter(|part| part.cases.as_ref().is_none_or(holds));
        let there = |part: &Occupied| part.tie.is_none_or(|tie| !left.contains(&tie));
        parts.filter(|part| there(part)).any(|part| is_true(&terms[part.at]))
    }

    /// The ties in a column that hold in a row of this case.
    pub(super) fn ties_in(&self, at: usize, case: Option<&str>) -> impl Iterator<Item = &'a Tie> {
        let name = &self.held.columns[at].name;
        self.held.ties.iter().filter(move |tie| tie.columns.contains(name) && tie.holds_in(case))
    }

    fn ask_overwrites(&mut self, select: &mut Select) {
        for (at, column) in self.held.columns.iter().enumerate() {
            if column.file_template().is_some() {
                self.files.push((at, select.term(Term::Column { via: 0, column: column.name.clone() })));
            }
            let written = written(column, &column.meaning);
            self.overwrites.push(written.map(|written| {
                let predicate = still_there(column, &written);
                Overwrite { still_there: select.term(Term::Truth { via: 0, predicate }) }
            }));
        }
    }

    fn ask_links(&mut self, select: &mut Select) {
        let own = self.held.ties.iter().flat_map(|tie| &tie.columns);
        let lists = self.map.lists_named(self.table);
        let mut names: Vec<String> = own.chain(lists.iter().flatten()).cloned().collect();
        names.sort();
        names.dedup();
        for name in names {
            let place = select.term(Term::Column { via: 0, column: name.clone() });
            self.values.push((name, place));
        }
    }

    fn ask_case(&mut self, select: &mut Select) {
        self.case = self.held.case.as_ref().map(|case| case_term(self.map, case, select));
    }
}
