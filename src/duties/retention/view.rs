//! What has to be read of a table's rows so that each can be judged.

use super::rule::Rule;
use crate::{
    data_map::{
        classified::{Case, Classified, Table, TableId},
        fate::Keep,
    },
    database::{
        Select, Term,
        locate::{Above, Binding, Owners, Waits, ask_dates, case_term, chain},
    },
    error::Error,
    plan::{still_there, written},
};

/// A table prepared for judging; every `usize` is a place among a row's terms.
pub(super) struct View<'m> {
    pub(super) map: &'m Classified,
    pub(super) table: TableId,
    pub(super) held: &'m Table,
    /// The rule that the table states itself, with its dates
    pub(super) own: Option<(Rule<'m>, Vec<Vec<usize>>)>,
    pub(super) keeps: Vec<KeepView<'m>>,
    pub(super) waits: Waits<'m>,
    /// By column: whether something is still to overwrite; `None` when nothing fits
    pub(super) overwrites: Vec<Option<usize>>,
    /// Columns that ties name, in either direction
    pub(super) values: Vec<(String, usize)>,
    /// Column lists that others' ties name
    pub(super) lists: Vec<Vec<String>>,
    pub(super) case: Option<usize>,
    /// Columns that name files: column, place
    pub(super) files: Vec<(usize, usize)>,
    /// Who may be under hold
    pub(super) owners: Owners<'m>,
}

pub(super) struct KeepView<'m> {
    pub(super) keep: &'m Keep,
    /// Its place in the table's own fates; `None` when inherited
    pub(super) own: Option<usize>,
    pub(super) dates: Vec<usize>,
    /// Of which rows it says anything
    pub(super) binding: Binding<'m>,
}

impl<'m> View<'m> {
    /// Asks for everything; for owners only when anybody is under hold.
    pub(super) fn new(map: &'m Classified, table: TableId, owners: bool, select: &mut Select) -> Result<Self, Error> {
        let held = &map.tables[table];
        let chain = chain(map, table, select);
        let mut view = Self {
            map,
            table,
            held,
            own: None,
            keeps: Vec::new(),
            waits: Waits::ask(map, &chain, select),
            overwrites: Vec::new(),
            values: Vec::new(),
            lists: map.lists_named(table),
            case: held.case.as_ref().map(|case: &Case| case_term(map, case, select)),
            files: Vec::new(),
            owners: Owners::default(),
        };
        if let Some(rule) = Rule::of(map, table) {
            let dates = rule.periods().into_iter().map(|after| ask_dates(map, after, &chain, select));
            view.own = Some((rule, dates.collect::<Result<_, _>>()?));
        }
        view.ask_fates(&chain, select)?;
        view.ask_cells(select);
        view.ask_links(select);
        if owners {
            view.owners = Owners::ask(map, table, select);
        }
        Ok(view)
    }

    fn ask_fates(&mut self, chain: &[Above<'m>], select: &mut Select) -> Result<(), Error> {
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

    fn ask_cells(&mut self, select: &mut Select) {
        for (at, column) in self.held.columns.iter().enumerate() {
            if column.file_template().is_some() {
                self.files.push((at, select.term(Term::Column { via: 0, column: column.name.clone() })));
            }
            self.overwrites.push(written(column, &column.meaning).map(|written| {
                let predicate = still_there(column, &written);
                select.term(Term::Truth { via: 0, predicate })
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
}
