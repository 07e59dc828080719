//! The right to have it put right (PIPL 46, ECL 24, GDPR 16; LAW §7.6): validated, evidenced, unique; copies follow as
//! the map says; what must not change is refused with the reason, or annotated.
//!
//! A correction is planned in two steps. What the officer asks is *resolved* to wishes: which row, which value in the
//! spelling that the column has. The planner then compares wishes with rows, as often as it is asked; a row in which
//! all wishes stand already is left, which is how a carried out correction proves itself.

mod asked;
mod copies;
mod fits;
mod resolve;
mod whole;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::{Timestamp, tz::TimeZone};

pub use asked::{Asked, key_text};
pub use resolve::{Listed, Ready, Resolving};

use crate::{
    case::identity::IdentitySet,
    data_map::classified::{Classified, TableId},
    database::{
        Database, Flow,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Act, Decision, Hold, Holds, Step, Totals, Unfit},
    planner::Planner,
    refusal::Refusal,
    rights::held_rows::under_hold,
    schema::Schema,
    value::{Key, Value},
};

use fits::Changing;
use whole::whole;

/// One cell and what shall stand in it, as the engine stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The table
    pub table: TableId,
    /// The row
    pub key: Key,
    /// The column, by place
    pub column: usize,
    /// The value
    pub to: Value,
}

/// What every correction of one person rests on.
#[derive(Clone)]
pub struct Basis<'a> {
    /// The map
    pub map: &'a Classified,
    /// Whose data
    pub subjects: &'a [IdentitySet],
    /// Holds in force: what stands under one is evidence and stays
    pub holds: Holds,
    /// When it is decided
    pub as_of: Timestamp,
    /// The controller's zone
    pub zone: TimeZone,
}

/// The correction of one person's data.
pub struct Correction<'a> {
    /// What it rests on
    pub basis: Basis<'a>,
    /// What shall stand where
    pub wishes: &'a [Wish],
    /// What stands in plans for values that are personal themselves
    pub token: Rc<dyn Fn(&Value) -> String>,
}

impl Planner for Correction<'_> {
    fn map(&self) -> &Classified {
        self.basis.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let schema = database.schema()?;
        let mut rows: BTreeMap<(TableId, &Key), Vec<(usize, &Value)>> = BTreeMap::new();
        for wish in self.wishes {
            rows.entry((wish.table, &wish.key)).or_default().push((wish.column, &wish.to));
        }
        // Looked for only while there is something to correct: afterwards a row may be found by its new value alone.
        let mut walk = None;
        for ((table, key), wishes) in rows {
            let row = Row { table, key, wishes: &wishes };
            self.correct_row(&row, &schema, &mut walk, database, &mut |step| {
                totals.add(step);
                each(step)
            })?;
        }
        Ok(totals)
    }

    /// A correction strikes nothing out.
    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

/// A row and what shall stand in its columns.
struct Row<'r> {
    table: TableId,
    key: &'r Key,
    wishes: &'r [(usize, &'r Value)],
}

impl Correction<'_> {
    fn correct_row<'s>(
        &'s self,
        &Row { table, key, wishes }: &Row<'_>,
        schema: &Schema,
        walk: &mut Option<Walk<'s>>,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let map = self.basis.map;
        let gone = || unfit(map, table, wishes[0].0, Unfit::NoSuchRow);
        let row = whole(map, table, key, None, database)?.ok_or_else(gone)?;
        let mut corrected: Vec<(usize, Value)> =
            wishes.iter().filter(|(at, to)| row.cells[*at] != **to).map(|(at, to)| (*at, (*to).clone())).collect();
        let cells = map.tables[table].columns.len() as u64;
        let step = |roles, act| Step {
            table,
            key: key.clone(),
            roles,
            decision: Decision::Correct,
            act,
            cells,
            files: Vec::new(),
        };
        if corrected.is_empty() {
            return each(&step(Vec::new(), Act::Leave));
        }
        let walk = match walk {
            Some(walk) => walk,
            None => walk.insert(self.basis.walk(database)?),
        };
        let theirs = theirs(walk, table, &mut |other| other == key, database)?;
        let Some(Theirs { roles, .. }) = theirs.into_iter().find(|theirs| !theirs.doubtful) else {
            return Err(gone());
        };
        self.basis.require_not_held(table, wishes[0].0, &[key].into(), database)?;
        let beside = copies::beside(map, table, &corrected)?;
        corrected.extend(beside);
        let mut after = row.cells.clone();
        for (at, to) in &corrected {
            after[*at] = to.clone();
        }
        let columns: Vec<usize> = corrected.iter().map(|(at, _)| *at).collect();
        let changing = Changing { map, schema, table, key, before: &row.cells, after: &after, columns: &columns };
        changing.require_fitting(database)?;
        let differ = corrected.iter().map(|(at, to)| (*at, row.cells[*at].clone(), to.clone())).collect();
        if let Some(act) = set(differ) {
            each(&step(roles, act))?;
        }
        copies::follow(&self.basis, schema, table, &row.cells, &corrected, database, each)
    }
}

/// A row that is the person's, or may be.
struct Theirs {
    key: Key,
    roles: Vec<usize>,
    doubtful: bool,
}

impl Basis<'_> {
    /// The search for the person's rows.
    fn walk(&self, database: &mut dyn Database) -> Result<Walk<'_>, Error> {
        Ok(Walk::new(self.map, self.subjects, Attribution::Together, self.zone.clone(), database)?)
    }

    /// What is said where a hold protects one of the rows; nothing of a secret one.
    fn held(&self, table: TableId, keys: &BTreeSet<&Key>, database: &mut dyn Database) -> Result<Option<Unfit>, Error> {
        let held = under_hold(self.map, &self.holds, table, keys, database)?;
        Ok(held.into_values().min().map(|hold| match hold {
            Hold::Open => Unfit::Held,
            Hold::Secret => Unfit::Settled,
        }))
    }

    fn require_not_held(
        &self,
        table: TableId,
        column: usize,
        keys: &BTreeSet<&Key>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        match self.held(table, keys, database)? {
            Some(because) => Err(unfit(self.map, table, column, because)),
            None => Ok(()),
        }
    }
}

/// The person's rows of `table` whose keys are wanted.
fn theirs(
    walk: &Walk<'_>,
    table: TableId,
    wanted: &mut dyn FnMut(&Key) -> bool,
    database: &mut dyn Database,
) -> Result<Vec<Theirs>, Error> {
    let Some(select) = walk.select(table) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    walk.holdings(table, select, database, &mut |holding| {
        if wanted(&holding.key) {
            let doubtful = holding.doubt.is_some();
            rows.push(Theirs { key: holding.key, roles: holding.roles, doubtful });
        }
        Flow::Continue
    })?;
    Ok(rows)
}

/// What puts values in the place of others (column, from, to), in the columns' order; nothing when there is nothing to
/// put.
fn set(mut differ: Vec<(usize, Value, Value)>) -> Option<Act> {
    differ.retain(|(_, from, to)| from != to);
    differ.sort_by_key(|(at, ..)| *at);
    differ.dedup_by_key(|(at, ..)| *at);
    if differ.is_empty() {
        return None;
    }
    let (mut columns, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
    for (at, old, new) in differ {
        columns.push(at);
        from.push(old);
        to.push(new);
    }
    Some(Act::Set { columns, from, to })
}

fn unfit(map: &Classified, table: TableId, column: usize, because: Unfit) -> Error {
    let held = &map.tables[table];
    Refusal::Unfit { place: format!("{}.{}", held.name, held.columns[column].name), because }.into()
}
