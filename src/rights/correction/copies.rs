//! What repeats a corrected value: a copy that the map lets follow is corrected with it, history stays.

use std::collections::BTreeMap;

use crate::{
    data_map::classified::{Classified, Standing, TableId, Target},
    database::{Arm, Database, Flow, Seed, Select, Term},
    error::Error,
    plan::{Act, Decision, Step, Unfit},
    refusal::Refusal,
    rights::stored::stored,
    schema::{Schema, Storage},
    value::{Key, Value},
};

use super::Basis;

/// A column that follows another: its place, and that of the original.
type Follower = (usize, usize);

/// The columns of `table` that follow one of `originals` (places in `of`).
fn followers(map: &Classified, table: TableId, of: TableId, originals: &[usize]) -> Vec<Follower> {
    let place = |name: &str| map.tables[of].columns.iter().position(|column| column.name == name);
    let columns = map.tables[table].columns.iter().enumerate();
    columns
        .filter_map(|(at, column)| {
            let copy = column.meaning.copy.as_ref().filter(|copy| copy.follows && copy.of.table == of)?;
            let original = place(&copy.of.column).filter(|original| originals.contains(original))?;
            Some((at, original))
        })
        .collect()
}

/// The columns of the corrected row itself that repeat what is corrected, with what they become.
pub(super) fn beside(
    map: &Classified,
    table: TableId,
    corrected: &[(usize, Value)],
) -> Result<Vec<(usize, Value)>, Error> {
    let originals: Vec<usize> = corrected.iter().map(|(at, _)| *at).collect();
    let followers = followers(map, table, table, &originals);
    followers.into_iter().map(|(at, original)| Ok((at, becomes(map, table, at, original, corrected)?))).collect()
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
        let Some(&(first, _)) = followers.first() else { continue };
        if is_full_text(map, schema, table) {
            if !is_kept_up(map, schema, of, table) {
                return Err(unfit(map, table, first, Unfit::CopyOutOfReach));
            }
            continue;
        }
        let select = reached(map, table, of, before).ok_or_else(|| unfit(map, table, first, Unfit::CopyOutOfReach))?;
        let to: Vec<(usize, Value)> = followers
            .into_iter()
            .map(|(at, original)| Ok((at, becomes(map, table, at, original, corrected)?)))
            .collect::<Result<_, Error>>()?;
        let differing = differing(map, table, select, &to, database)?;
        basis.require_not_held(table, first, &differing.keys().collect(), database)?;
        for (key, act) in differing {
            let cells = map.tables[table].columns.len() as u64;
            let step =
                Step { table, key, roles: Vec::new(), decision: Decision::Follow, act, cells, files: Vec::new() };
            each(&step)?;
        }
    }
    Ok(())
}

fn is_full_text(map: &Classified, schema: &Schema, table: TableId) -> bool {
    let storage = schema.tables.get(&map.tables[table].name).map(|live| &live.storage);
    matches!(map.tables[table].standing, Standing::Shadow(_)) || matches!(storage, Some(Storage::Virtual(_)))
}

/// Whether a trigger of the original enters its changes into the index.
fn is_kept_up(map: &Classified, schema: &Schema, of: TableId, index: TableId) -> bool {
    let name = map.tables[index].name.name.to_ascii_lowercase();
    let live = schema.tables.get(&map.tables[of].name);
    live.is_some_and(|live| {
        live.triggers.iter().any(|trigger| {
            let ddl = trigger.ddl.to_ascii_lowercase();
            ddl.split(" on ").next().is_some_and(|head| head.contains("update")) && ddl.contains(&name)
        })
    })
}

/// The statement that reaches the rows of `table` that a tie leads from to the corrected row.
fn reached(map: &Classified, table: TableId, of: TableId, before: &[Value]) -> Option<Select> {
    let original = &map.tables[of];
    let (tie, columns) = map.tables[table].ties.iter().find_map(|tie| match &tie.target {
        Target::Rows { table, columns, .. } if *table == of => Some((tie, columns)),
        _ => None,
    })?;
    let place = |name: &String| original.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
    let values: Vec<Value> = columns.iter().map(|name| Some(before[place(name)?].clone())).collect::<Option<_>>()?;
    let arm =
        Arm { columns: tie.columns.clone(), seeds: vec![Seed { subject: 0, tag: 0, values }].into(), folds: false };
    Some(Select::new(map.tables[table].name.clone(), map.tables[table].key_columns().ok()?, vec![arm]))
}

/// The rows that hold something else than `to`, and what is done to each.
fn differing(
    map: &Classified,
    table: TableId,
    mut select: Select,
    to: &[(usize, Value)],
    database: &mut dyn Database,
) -> Result<BTreeMap<Key, Act>, Error> {
    let columns = &map.tables[table].columns;
    let terms: Vec<usize> =
        to.iter().map(|(at, _)| select.term(Term::Column { via: 0, column: columns[*at].name.clone() })).collect();
    let names = select.key_len();
    let mut rows = BTreeMap::new();
    database.read(&select, &mut |found| {
        let present = terms.iter().map(|term| &found.row[names + term]);
        let differ: Vec<(usize, Value, Value)> = to
            .iter()
            .zip(present)
            .filter(|((_, to), from)| to != *from)
            .map(|((at, to), from)| (*at, from.clone(), to.clone()))
            .collect();
        if let Some(act) = super::set(differ) {
            rows.insert(Key(found.row[..names].to_vec()), act);
        }
        Flow::Continue
    })?;
    Ok(rows)
}
