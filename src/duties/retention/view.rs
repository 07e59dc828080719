//! What has to be read of a table's rows so that each can be judged.

use super::rule::{Rule, is_reverse};
use crate::{
    data_map::{
        classified::{Case, Classified, Sense, Table, TableId, Target},
        fate::{After, Keep},
    },
    database::{Join, Select, Term, locate::case_term},
    error::Error,
    plan::{still_there, written},
    refusal::Refusal,
    schema::RowKey,
};

/// A table prepared for judging; every `usize` is a place among a row's terms.
pub(super) struct View<'m> {
    pub(super) map: &'m Classified,
    pub(super) table: TableId,
    pub(super) held: &'m Table,
    /// The rule that the table states itself, with its dates
    pub(super) own: Option<(Rule<'m>, Vec<Vec<usize>>)>,
    pub(super) keeps: Vec<KeepView<'m>>,
    pub(super) waits: Vec<usize>,
    /// By column: whether something is still to overwrite; `None` when nothing fits
    pub(super) overwrites: Vec<Option<usize>>,
    /// Columns that ties name, in either direction
    pub(super) values: Vec<(String, usize)>,
    /// Column lists that others' ties name
    pub(super) lists: Vec<Vec<String>>,
    pub(super) case: Option<usize>,
    /// Columns that name files: column, template, place
    pub(super) files: Vec<(usize, String, usize)>,
    /// Who may be under hold: the word of a kind or person, and where the value stands
    pub(super) owners: Vec<(Owner, usize)>,
}

pub(super) struct KeepView<'m> {
    pub(super) keep: &'m Keep,
    /// Its place in the table's own fates; `None` when inherited
    pub(super) own: Option<usize>,
    pub(super) dates: Vec<usize>,
}

/// How a value in a row tells whose it is.
pub(super) enum Owner {
    /// The key of a person of this word
    Person(String),
    /// A value of this kind
    Value(crate::kind::Kind),
}

/// The columns that name a row.
pub(super) fn key_of(held: &Table) -> Result<Vec<String>, Error> {
    match &held.key {
        RowKey::Columns(columns) => Ok(columns.clone()),
        RowKey::Rowid(alias) => Ok(vec![(*alias).to_owned()]),
        RowKey::None => Err(Refusal::NoKey(held.name.to_string()).into()),
    }
}

/// Asks for the dates of a period that `chain[0]` states; each place among the terms.
pub(super) fn ask_dates(
    map: &Classified,
    after: &After,
    chain: &[(TableId, usize)],
    select: &mut Select,
) -> Result<Vec<usize>, Error> {
    let (After::Dates(names), Some((table, here))) = (after, chain.first()) else { return Ok(Vec::new()) };
    let ask = |name: &String| {
        if map.tables[*table].column(name).is_some() {
            return Ok(select.term(Term::Column { via: *here, column: name.clone() }));
        }
        let missing = || Refusal::MissingDate { table: map.tables[*table].name.to_string(), date: name.clone() };
        let (parent, column) = name.rsplit_once('.').ok_or_else(missing)?;
        let is_it = |id: TableId| map.tables[id].name.to_string().eq_ignore_ascii_case(parent);
        let via = chain.iter().find(|(id, _)| is_it(*id)).map(|(_, via)| *via);
        let via = via.or_else(|| join_named(map, *table, *here, &is_it, select)).ok_or_else(missing)?;
        Ok(select.term(Term::Column { via, column: column.to_owned() }))
    };
    names.iter().map(ask).collect()
}

fn join_named(
    map: &Classified,
    from: TableId,
    via: usize,
    named: &dyn Fn(TableId) -> bool,
    select: &mut Select,
) -> Option<usize> {
    let ties = map.tables[from].ties.iter();
    let tie = ties.into_iter().find(|tie| matches!(&tie.target, Target::Rows { table, .. } if named(*table)))?;
    let Target::Rows { table, columns, .. } = &tie.target else { return None };
    let parent = map.tables[*table].name.clone();
    Some(select.join(Join { from: via, columns: tie.columns.clone(), table: parent, target: columns.clone() }))
}

/// The table and those it inherits from, nearest first, each with its place among the joins.
pub(super) fn chain(map: &Classified, table: TableId, select: &mut Select) -> Vec<(TableId, usize)> {
    let mut chain = vec![(table, 0)];
    let (mut here, mut via) = (table, 0);
    while let Some(tie) = map.tables[here].inherits.map(|at| &map.tables[here].ties[at]) {
        let Target::Rows { table: parent, columns, .. } = &tie.target else { break };
        let name = map.tables[*parent].name.clone();
        via = select.join(Join { from: via, columns: tie.columns.clone(), table: name, target: columns.clone() });
        here = *parent;
        chain.push((here, via));
    }
    chain
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
            waits: Vec::new(),
            overwrites: Vec::new(),
            values: Vec::new(),
            lists: named_lists(map, table),
            case: held.case.as_ref().map(|case: &Case| case_term(map, case, select)),
            files: Vec::new(),
            owners: Vec::new(),
        };
        if let Some(rule) = Rule::of(map, table) {
            let dates = rule.periods().into_iter().map(|after| ask_dates(map, after, &chain, select));
            view.own = Some((rule, dates.collect::<Result<_, _>>()?));
        }
        view.ask_fates(&chain, select)?;
        view.ask_cells(select);
        view.ask_links(select);
        if owners {
            view.ask_owners(table, 0, select);
        }
        Ok(view)
    }

    fn ask_fates(&mut self, chain: &[(TableId, usize)], select: &mut Select) -> Result<(), Error> {
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

    fn ask_cells(&mut self, select: &mut Select) {
        for (at, column) in self.held.columns.iter().enumerate() {
            let mut meanings = column.by_case.iter().map(|(_, meaning)| meaning).chain([&column.meaning]);
            if let Some(template) = meanings.find_map(|meaning| meaning.file.as_ref()) {
                let place = select.term(Term::Column { via: 0, column: column.name.clone() });
                self.files.push((at, template.clone(), place));
            }
            self.overwrites.push(written(column, &column.meaning).map(|written| {
                let predicate = still_there(&column.name, &written);
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

    /// Whoever a row, or a row that it hangs on, names or bears a value of.
    fn ask_owners(&mut self, table: TableId, via: usize, select: &mut Select) {
        let map = self.map;
        for person in map.persons.iter().filter(|person| person.table == table) {
            let at = select.term(Term::Column { via, column: person.column.clone() });
            self.owners.push((Owner::Person(person.name.clone()), at));
        }
        for column in &map.tables[table].columns {
            let kind = column.meaning.kind;
            if kind.identifies() && !kind.is_weak() {
                let at = select.term(Term::Column { via, column: column.name.clone() });
                self.owners.push((Owner::Value(kind), at));
            }
        }
        for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of) {
            let Target::Rows { table: parent, columns, .. } = &tie.target else { continue };
            if is_reverse(map, table, tie) {
                continue;
            }
            // the key tells whose it is even where the person's row is gone
            if let [column] = tie.columns.as_slice()
                && let Some(person) =
                    map.persons.iter().find(|p| p.table == *parent && columns[..] == [p.column.clone()])
            {
                let at = select.term(Term::Column { via, column: column.clone() });
                self.owners.push((Owner::Person(person.name.clone()), at));
            }
            let name = map.tables[*parent].name.clone();
            let join = Join { from: via, columns: tie.columns.clone(), table: name, target: columns.clone() };
            let via = select.join(join);
            self.ask_owners(*parent, via, select);
        }
    }
}

/// Column lists of `table` that ties of any sense name.
fn named_lists(map: &Classified, table: TableId) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    for tie in map.tables.iter().flat_map(|other| &other.ties) {
        if let Target::Rows { table: target, columns, .. } = &tie.target
            && *target == table
            && !lists.contains(columns)
        {
            lists.push(columns.clone());
        }
    }
    lists
}
