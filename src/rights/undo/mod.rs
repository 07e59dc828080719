//! The officer's way back: puts in place again what a change replaced and removed, as long as it is kept (DESIGN §5).
//!
//! All of it comes back, or nothing: every row has to be as the change left it, no key and no value that may stand in one
//! row only may be taken by now, and whatever a row belongs to has to be there and be what it was.

mod fits;
mod misses;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use crate::{
    casebook::Vault,
    data_map::classified::{Classified, Table, TableId},
    database::{Database, whole_rows},
    error::Error,
    kept::{self, Coming, Differs},
    plan::{Act, Decision, Hindrance, Image, Step, Totals},
    planner::Planner,
    refusal::Refusal,
    schema::{Schema, TableName},
    value::{Key, Value},
};

use misses::Misses;

/// The undoing of one change.
pub struct Undoing<'a> {
    /// The map
    pub map: &'a Classified,
    /// What is kept of the change
    pub vault: &'a Vault,
    /// What stands in plans, and in refusals, for keys
    pub token: Rc<dyn Fn(&Value) -> String>,
}

impl Planner for Undoing<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    /// First the tables that triggers write to: what they fill in while other rows come back takes other keys then.
    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let schema = database.schema()?;
        let effects = schema.side_effects();
        let filled: BTreeSet<&TableName> = effects.values().flatten().collect();
        let coming = fits::coming(self, &schema)?;
        let (mut totals, mut misses) = (Totals::default(), Misses::default());
        for first in [true, false] {
            let wanted = |table: TableId| filled.contains(&self.map.tables[table].name) == first;
            kept::windows(self.vault, self.map, &wanted, &mut |table, window| {
                let held = &self.map.tables[table];
                let own = effects.get(&held.name).is_some_and(|effects| effects.contains(&held.name));
                let looking = Looking { schema: &schema, coming: &coming, table, held, own };
                looking.steps(&window, database, &mut misses, &mut |step| {
                    totals.add(step);
                    each(step)
                })
            })?;
        }
        kept::compare(self.vault, self.map, database, &mut |differs, table, key| {
            let because = match differs {
                Differs::Gone => Hindrance::ParentGone,
                Differs::Another => Hindrance::ParentChanged,
                Differs::Proven => Hindrance::ValueTaken,
                Differs::Named => Hindrance::KeyTaken,
            };
            misses.add(because, table, key);
        })?;
        misses.refuse(self)?;
        Ok(totals)
    }

    /// An undo strikes nothing out.
    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

/// A window of rows of one table.
struct Looking<'a> {
    schema: &'a Schema,
    coming: &'a Coming,
    table: TableId,
    held: &'a Table,
    /// Whether triggers of the table change its own rows
    own: bool,
}

/// What has to be done to a row, and in which of its columns.
struct Wanted<'i> {
    image: &'i Image,
    act: Act,
}

impl Looking<'_> {
    fn steps(
        &self,
        window: &[Image],
        database: &mut dyn Database,
        misses: &mut Misses,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let columns = self.held.written_columns();
        let there = self.rows(window.iter().map(|image| image.key.clone()), database)?;
        let renamed =
            window.iter().filter_map(|image| Some(&image.after.as_ref()?.0).filter(|then| **then != image.key));
        let renamed = self.rows(renamed.cloned(), database)?;
        let mut wanted = Vec::new();
        for image in window {
            let now = there.get(&image.key);
            if now.is_some_and(|now| self.is_as_before(image, now)) {
                each(&self.step(image.key.clone(), Act::Leave))?;
                continue;
            }
            let act = match &image.after {
                None if now.is_none() => Ok(Act::PutBack { columns: columns.clone(), values: image.before.clone() }),
                None => Err(Hindrance::KeyTaken),
                Some((then, _)) if *then != image.key && now.is_some() => Err(Hindrance::KeyTaken),
                Some((then, after)) => {
                    let now = if *then == image.key { now } else { renamed.get(then) };
                    if now == Some(after) { Ok(set(&columns, after, &image.before)) } else { Err(Hindrance::Changed) }
                }
            };
            match act {
                Ok(act) => wanted.push(Wanted { image, act }),
                Err(because) => misses.add(because, self.table, &image.key),
            }
        }
        self.look_for_misfits(&wanted, database, misses)?;
        for Wanted { image, act } in wanted {
            let key = image.after.as_ref().map_or(&image.key, |(then, _)| then);
            each(&self.step(key.clone(), act))?;
        }
        Ok(())
    }

    /// Whether a row is as it was before the change. Where its own table's triggers write into it as well, only what the
    /// change itself had replaced has to be.
    fn is_as_before(&self, image: &Image, now: &[Value]) -> bool {
        match &image.after {
            Some((then, _)) if self.own && *then == image.key => {
                image.wrote.iter().all(|at| image.before.get(*at) == now.get(*at))
            }
            _ => image.before == *now,
        }
    }

    fn rows(
        &self,
        keys: impl Iterator<Item = Key>,
        database: &mut dyn Database,
    ) -> Result<HashMap<Key, Vec<Value>>, Error> {
        let mut rows = HashMap::new();
        whole_rows::<Error>(self.held, keys, database, &mut |key, cells| {
            // what is longer than anything that was kept is something else
            rows.insert(key, cells.unwrap_or_default());
            Ok(())
        })?;
        Ok(rows)
    }

    fn step(&self, key: Key, act: Act) -> Step {
        let (table, decision) = (self.table, Decision::Undo);
        let cells = self.held.columns.len() as u64;
        Step { table, key, roles: Vec::new(), decision, act, cells, files: Vec::new() }
    }
}

/// Puts what stood in the columns in the place of what stands there.
fn set(columns: &[usize], from: &[Value], to: &[Value]) -> Act {
    let differ = columns.iter().zip(from).zip(to).filter(|((_, from), to)| from != to);
    let (mut columns, mut old, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for ((column, from), to) in differ {
        columns.push(*column);
        old.push(from.clone());
        new.push(to.clone());
    }
    Act::Set { columns, from: old, to: new }
}

impl Undoing<'_> {
    /// What a refusal names a row by: nobody computes it without the casebook's key.
    fn named(&self, key: &Key) -> String {
        let parts = key.0.iter().map(|value| {
            let token = (self.token)(value);
            let digits = token.strip_prefix("token:").unwrap_or(&token);
            digits.chars().take(8).collect::<String>()
        });
        parts.collect::<Vec<_>>().join("-")
    }

    fn refusal(because: Hindrance, places: String) -> Error {
        Refusal::CannotUndo { because, places }.into()
    }
}

/// Rows of several tables, by table.
type ByTable<T> = BTreeMap<TableId, T>;
