//! What has to be read of a table's rows so that each can be decided: the dates of its minimums (its own and those
//! inherited), the conditions under which it waits, who else is in it, what is still to overwrite.

use super::{Erasure, anonymized::Anonymizing, pins};
use crate::{
    data_map::{
        classified::{Classified, Sense, Table, TableId, Target},
        fate::Keep,
        predicate::Predicate,
    },
    database::{
        Select, Term,
        locate::{Owners, UNNAMED, ask_dates, case_term, chain, role_number_in},
    },
    error::Error,
    plan::{occupied, still_there, written},
    schema::Schema,
};

/// A table prepared for judging its rows. Every `usize` that is no role or column is a place among a row's terms.
pub(super) struct TableView<'a> {
    pub(super) map: &'a Classified,
    pub(super) table: TableId,
    pub(super) held: &'a Table,
    pub(super) keeps: Vec<KeepView<'a>>,
    pub(super) waits: Vec<usize>,
    /// By role (0 is the row as a whole): whether somebody is in it
    pub(super) occupied: Vec<Option<usize>>,
    /// By column: what is written over it and whether something is still there
    pub(super) overwrites: Vec<Option<Overwrite>>,
    /// Values of columns that ties name, in either direction
    pub(super) values: Vec<(String, usize)>,
    /// Column lists that others' ties name
    pub(super) lists: Vec<Vec<String>>,
    pub(super) case: Option<usize>,
    /// Columns that name files: column, place
    pub(super) files: Vec<(usize, usize)>,
    /// Rows of others that stay when a row of this table does
    pub(super) found: Vec<pins::Found<'a>>,
    pub(super) named: Vec<pins::Named<'a>>,
    /// By column: the role that a key tie in it fills
    pub(super) links: Vec<Option<usize>>,
    /// By column: whether it names the row
    pub(super) keys: Vec<bool>,
    /// Who else may be under hold
    pub(super) owners: Owners,
    /// Where the case asks for anonymization
    pub(super) anonymizing: Option<Anonymizing>,
}

pub(super) struct KeepView<'a> {
    pub(super) keep: &'a Keep,
    pub(super) own: Option<usize>,
    pub(super) dates: Vec<usize>,
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
            waits: Vec::new(),
            occupied: Vec::new(),
            overwrites: Vec::new(),
            values: Vec::new(),
            lists: map.lists_named(table),
            case: None,
            files: Vec::new(),
            found: pins::found_through(map, table),
            named: pins::named_by(map, table),
            links: held.columns.iter().map(|column| link(held, &column.name)).collect(),
            keys: (0..held.columns.len()).map(|at| held.is_key(at)).collect(),
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
        Ok(view)
    }

    /// Up the chain of nearest *of* ties: the keeps that bind stand in one of its tables, every wait on it holds back.
    fn follow_inheritance(&mut self, select: &mut Select) -> Result<(), Error> {
        let chain = chain(self.map, self.table, select);
        for (level, (table, via)) in chain.iter().enumerate() {
            let fates = &self.map.tables[*table].fates;
            if let Some(wait) = &fates.wait {
                self.waits.push(select.term(Term::Truth { via: *via, predicate: wait.clone() }));
            }
            if self.held.bound_by.keep == Some(*table) {
                for (at, keep) in fates.keep.iter().enumerate() {
                    let dates = ask_dates(self.map, &keep.after, &chain[level..], select)?;
                    self.keeps.push(KeepView { keep, own: (level == 0).then_some(at), dates });
                }
            }
        }
        Ok(())
    }

    fn ask_roles(&mut self, select: &mut Select) {
        for role in 0..=self.held.roles.len() {
            let name = (role != UNNAMED).then(|| self.held.roles[role - 1].as_str());
            let ties = self.held.ties.iter().filter(|tie| tie.role.as_deref() == name);
            let mut parts: Vec<Predicate> = ties
                .filter(|tie| tie.sense == Sense::Of)
                .flat_map(|tie| tie.columns.iter().map(|column| occupied(column)))
                .collect();
            if role != UNNAMED {
                let columns = self.held.columns.iter().filter(|c| c.meaning.role.as_deref() == name);
                parts.extend(columns.filter(|c| c.meaning.kind.is_personal()).map(|c| occupied(&c.name)));
            }
            let term = (!parts.is_empty() && !self.held.roles.is_empty())
                .then(|| select.term(Term::Truth { via: 0, predicate: Predicate::Or(parts) }));
            self.occupied.push(term);
        }
    }

    fn ask_overwrites(&mut self, select: &mut Select) {
        for (at, column) in self.held.columns.iter().enumerate() {
            if column.file_template().is_some() {
                self.files.push((at, select.term(Term::Column { via: 0, column: column.name.clone() })));
            }
            let written = written(column, &column.meaning);
            self.overwrites.push(written.map(|written| {
                let predicate = still_there(&column.name, &written);
                Overwrite { still_there: select.term(Term::Truth { via: 0, predicate }) }
            }));
        }
    }

    fn ask_links(&mut self, select: &mut Select) {
        let own = self.held.ties.iter().flat_map(|tie| &tie.columns);
        let mut names: Vec<String> = own.chain(self.lists.iter().flatten()).cloned().collect();
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

/// The role that a key tie in `column` fills; `None` when the column is no key tie.
fn link(held: &Table, column: &str) -> Option<usize> {
    let tie = held.ties.iter().find(|tie| {
        tie.sense == Sense::Of && matches!(tie.target, Target::Rows { .. }) && tie.columns.iter().any(|c| c == column)
    })?;
    Some(role_number_in(held, tie.role.as_deref()))
}
