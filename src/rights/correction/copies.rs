//! What repeats a corrected value: a copy that the map lets follow is corrected with it, history stays.

use std::collections::BTreeMap;

use crate::{
    data_map::{
        classified::{Classified, Meaning, Standing, TableId, Target, Tie},
        whose::competing,
    },
    database::{Arm, Database, Flow, Seed, Select, Term, locate::case_term},
    error::Error,
    plan::{Decision, Step, Unfit},
    refusal::Refusal,
    rights::stored::stored,
    schema::{Schema, Storage},
    value::{Key, Value},
};

use super::Basis;

/// A column that follows another.
struct Follower<'m> {
    /// Its place
    at: usize,
    /// The place of the original
    original: usize,
    /// What it means where it does
    meaning: &'m Meaning,
}

/// The columns of `table` that follow one of `originals` (places in `of`).
fn followers<'m>(map: &'m Classified, table: TableId, of: TableId, originals: &[usize]) -> Vec<Follower<'m>> {
    let place = |name: &str| map.tables[of].columns.iter().position(|column| column.name == name);
    let columns = map.tables[table].columns.iter().enumerate();
    let meanings =
        columns.flat_map(|(at, column)| column.meanings_by_case().into_iter().map(move |(_, says)| (at, says)));
    let mut followers: Vec<Follower<'_>> = meanings
        .filter_map(|(at, meaning)| {
            let copy = meaning.copy.as_ref().filter(|copy| copy.follows && copy.of.table == of)?;
            let original = place(&copy.of.column).filter(|original| originals.contains(original))?;
            Some(Follower { at, original, meaning })
        })
        .collect();
    followers.sort_by(|one, other| one.meaning.role.cmp(&other.meaning.role));
    followers
}

/// The columns of the corrected row itself that repeat what is corrected, with what they become.
pub(super) fn beside(
    map: &Classified,
    table: TableId,
    corrected: &[(usize, Value)],
) -> Result<Vec<(usize, Value)>, Error> {
    let originals: Vec<usize> = corrected.iter().map(|(at, _)| *at).collect();
    let followers = followers(map, table, table, &originals).into_iter();
    let always = followers.filter(|one| map.tables[table].columns[one.at].meaning == *one.meaning);
    always.map(|one| Ok((one.at, becomes(map, table, one.at, one.original, corrected)?))).collect()
}

fn becomes(
    map: &Classified,
    table: TableId,
    at: usize,
    original: usize,
    corrected: &[(usize, Value)],
) -> Result<Value, Error> {
    let held = &map.tables[table];
    let to = corrected.iter().find(|(column, _)| *column == original).map(|(_, to)| to);
    let fitting = to.and_then(|to| stored(to, &held.columns[at].declared));
    fitting.ok_or_else(|| unfit(map, table, at, Unfit::WrongType))
}

fn unfit(map: &Classified, table: TableId, at: usize, because: Unfit) -> Error {
    let held = &map.tables[table];
    Refusal::Unfit { place: format!("{}.{}", held.name, held.columns[at].name), because }.into()
}

/// Steps for the rows of other tables that repeat what is corrected in one row, whose cells were `before`.
pub(super) fn follow(
    basis: &Basis<'_>,
    schema: &Schema,
    of: TableId,
    before: &[Value],
    corrected: &[(usize, Value)],
    database: &mut dyn Database,
    each: &mut dyn FnMut(&Step) -> Result<(), Error>,
) -> Result<(), Error> {
    let map = basis.map;
    let originals: Vec<usize> = corrected.iter().map(|(at, _)| *at).collect();
    for table in (0..map.tables.len()).filter(|table| *table != of) {
        let followers = followers(map, table, of, &originals);
        let Some(first) = followers.first().map(|one| one.at) else { continue };
        if is_full_text(map, schema, table) {
            continue; // its triggers carry it along: a map with an index that none keeps is refused
        }
        let mut differing = BTreeMap::new();
        for of_one in followers.chunk_by(|one, other| one.meaning.role == other.meaning.role) {
            let copies = Copies { map, table, of, followers: of_one };
            copies.differing(before, corrected, database, &mut differing)?;
        }
        basis.require_not_held(table, first, &differing.keys().collect(), database)?;
        for (key, cells) in differing {
            let differ = cells.into_iter().map(|(at, (from, to))| (at, from, to)).collect();
            let Some(act) = super::set(differ) else { continue };
            let cells = map.tables[table].columns.len() as u64;
            let step =
                Step { table, key, roles: Vec::new(), decision: Decision::Follow, act, cells, files: Vec::new() };
            each(&step)?;
        }
    }
    Ok(())
}

/// By row and column: what stands there and what will.
type Differing = BTreeMap<Key, BTreeMap<usize, (Value, Value)>>;

/// The columns of a table that follow and are of one role.
struct Copies<'m> {
    map: &'m Classified,
    table: TableId,
    of: TableId,
    followers: &'m [Follower<'m>],
}

impl Copies<'_> {
    /// Adds the cells that hold something else than what is corrected, of the rows that are in this role the corrected
    /// row's.
    fn differing(
        &self,
        before: &[Value],
        corrected: &[(usize, Value)],
        database: &mut dyn Database,
        differing: &mut Differing,
    ) -> Result<(), Error> {
        let held = &self.map.tables[self.table];
        let first = &self.followers[0];
        let ties = held.ties_of(first.meaning.role.as_deref(), &|tie| tie.parent() == Some(self.of));
        let arms: Option<Vec<Arm>> = ties.iter().map(|tie| self.arm(tie, before)).collect();
        let reached = arms.filter(|arms| !arms.is_empty() && competing(&ties).is_none());
        let out_of_reach = || unfit(self.map, self.table, first.at, Unfit::CopyOutOfReach);
        let arms = reached.ok_or_else(out_of_reach)?;
        let mut select = Select::new(held.name.clone(), held.key_columns()?, arms);
        let names = select.key_len();
        let case = held.case.as_ref().map(|case| names + case_term(self.map, case, &mut select));
        let mut columns: Vec<(&Follower<'_>, usize, Value)> = Vec::new();
        for one in self.followers {
            let column = held.columns[one.at].name.clone();
            let term = names + select.term(Term::Column { via: 0, column });
            columns.push((one, term, becomes(self.map, self.table, one.at, one.original, corrected)?));
        }
        let mut unclear = false;
        database.read(&select, &mut |found| {
            let case = case.map_or(&Value::Null, |at| &found.row[at]);
            let said = case.to_canonical_text();
            unclear |= ties[found.arm].cases.as_ref().is_some_and(|cases| cases.are_unclear_in(case));
            if !ties[found.arm].holds_in(Some(&said)) {
                return Flow::Continue;
            }
            for (one, term, to) in &columns {
                let column = &held.columns[one.at];
                unclear |= column.is_unclear_in(case);
                let from = &found.row[*term];
                if from != to && column.meaning_in(Some(&said)) == Some(one.meaning) {
                    let row = differing.entry(Key(found.row[..names].to_vec())).or_default();
                    row.insert(one.at, (from.clone(), to.clone()));
                }
            }
            Flow::Continue
        })?;
        if unclear { Err(Refusal::UnknownCase(held.name.to_string()).into()) } else { Ok(()) }
    }

    /// The rows that hang by `tie` on the corrected row, whose cells were `before`.
    fn arm(&self, tie: &Tie, before: &[Value]) -> Option<Arm> {
        let Target::Rows { columns, .. } = &tie.target else { return None };
        let named = |name: &String| {
            let place = self.map.tables[self.of].columns.iter().position(|one| one.name.eq_ignore_ascii_case(name))?;
            Some(before[place].clone())
        };
        let values = columns.iter().map(named).collect::<Option<_>>()?;
        Some(Arm {
            columns: tie.columns.clone(),
            seeds: vec![Seed { subject: 0, tag: 0, values }].into(),
            folds: false,
        })
    }
}

fn is_full_text(map: &Classified, schema: &Schema, table: TableId) -> bool {
    let storage = schema.tables.get(&map.tables[table].name).map(|live| &live.storage);
    matches!(map.tables[table].standing, Standing::Shadow(_)) || matches!(storage, Some(Storage::Virtual(_)))
}
