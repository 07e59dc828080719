//! The right to erasure (PIPL 47, ECL 24, GDPR 17): decides row by row what goes, what is overwritten and what the law
//! keeps.
//!
//! Tables are taken children first, so that by the time a row is decided it is known whether something that stays
//! points at it. The same derivation makes the plan, is compared inside the transaction and proves afterwards that
//! nothing is left to do.

mod anonymized;
mod common;
mod fitting;
pub(super) mod mentions;
mod pins;
mod question;
mod row;
mod shares;
mod staying;
mod table;

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    case::identity::IdentitySet,
    data_map::classified::{Classified, Table, TableId},
    database::{
        Arm, Database, Flow, Seed, Seeds, Select,
        locate::{Attribution, Holding, Owners, Walk},
    },
    error::Error,
    plan::{Act, Decision, Hold, Holds, Reason, Step, Totals},
    planner::Planner,
    refusal::Refusal,
    rights::{
        held_rows::under_hold,
        stopping::{Instant, is_record, still_given},
    },
    schema::{RowKey, Schema},
    value::{Key, Row, Value},
};

use common::Common;
use mentions::Decided;
use pins::{Level, Pins};
use row::Judged;
use table::TableView;

/// What part of a person's data is asked for; empty sets mean everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Scope {
    /// Words of categories
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<String>,
    /// `table.column`
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub columns: BTreeSet<String>,
    /// Roles
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// Consent scopes: what is held on them and on nothing else
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub consents: BTreeSet<String>,
    /// Other people's free text is searched in every table, also where the map does not say how
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mentions: bool,
    /// Rows that could go are anonymized instead (LAW §5.2)
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub anonymize: bool,
}

impl Scope {
    /// Whether everything is asked for.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.categories.is_empty() && self.columns.is_empty() && self.roles.is_empty() && self.consents.is_empty()
    }

    /// Whether only some columns are asked for, so that no row goes.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.categories.is_empty() || !self.columns.is_empty()
    }
}

/// The erasure of the people in `subjects`, as of one day.
pub struct Erasure<'a> {
    /// The map
    pub map: &'a Classified,
    /// Whose data
    pub subjects: &'a [IdentitySet],
    /// Holds in force
    pub holds: Holds,
    /// What part
    pub scope: Scope,
    /// The as-of date, in `zone`
    pub today: Date,
    /// The day on which they were erased, if that was before: periods that count from the removal count from it
    pub removed: Option<Date>,
    /// The controller's zone
    pub zone: TimeZone,
    /// What stands in plans for keys that are personal themselves
    pub token: Rc<dyn Fn(&Value) -> String>,
}

impl Planner for Erasure<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.steps(database, None, each)
    }

    /// A table at whose rows others may point cannot be decided alone.
    fn derive_tables(
        &self,
        database: &mut dyn Database,
        tables: &BTreeSet<TableId>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let alone = |table: &TableId| pins::stands_alone(self.map, *table);
        let only = tables.iter().all(alone).then_some(tables);
        self.steps(database, only, each)
    }

    fn strike(&self, text: &str) -> String {
        mentions::Mentioned::of(self.subjects).strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

/// A row of a table that other rows may point at, waiting for that to be known.
struct Pending {
    judged: Judged,
    pointed_at: bool,
}

impl Erasure<'_> {
    /// By table: whether it is none of those whose rows are asked for. A withdrawn consent concerns what is held on it
    /// alone: not what is held on another basis, or on another consent that is still given, nor the record of consents.
    fn aside(&self, walk: &Walk<'_>, database: &mut dyn Database) -> Result<Vec<bool>, Error> {
        let withdrawn = &self.scope.consents;
        if withdrawn.is_empty() {
            return Ok(vec![false; self.map.tables.len()]);
        }
        let both = self.map.tables.iter().filter(|held| held.scopes().any(|scope| withdrawn.contains(scope)));
        let beside = both.flat_map(Table::scopes).filter(|scope| !withdrawn.contains(*scope));
        // who agreed anew since gave what is held by now on that
        let anew = withdrawn.iter().map(String::as_str).filter(|_| self.removed.is_some());
        let given = still_given(self.map, &beside.chain(anew).collect(), &self.instant(), walk, database)?;
        let tables = self.map.tables.iter().enumerate();
        let asked = tables.map(|(table, held)| {
            held.is_held_on_consent()
                && !is_record(self.map, table)
                && held.scopes().any(|scope| withdrawn.contains(scope))
                && !held.scopes().any(|scope| given.contains(scope))
        });
        Ok(asked.map(|asked| !asked).collect())
    }

    /// The end of the day as of which it is decided.
    fn instant(&self) -> Instant {
        let day = self.today.tomorrow().unwrap_or(self.today).to_datetime(jiff::civil::Time::midnight());
        let as_of = self.zone.to_timestamp(day).unwrap_or(jiff::Timestamp::MAX);
        Instant { said: as_of, as_of, zone: self.zone.clone() }
    }

    /// Derives the steps of all tables, or of those in `only`, children first, in an order that can be carried out as it
    /// is.
    fn steps(
        &self,
        database: &mut dyn Database,
        only: Option<&BTreeSet<TableId>>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let walk = Walk::new(self.map, self.subjects, Attribution::Together, self.zone.clone(), database)?;
        let schema = if self.scope.anonymize { Some(database.schema()?) } else { None };
        let mut pins = Pins::default();
        let mut totals = Totals::default();
        let mut gone = Gone::default();
        let mut decided: HashMap<TableId, Decided> = HashMap::new();
        let aside = self.aside(&walk, database)?;
        let common = Common::of(self.map, &walk, database)?;
        let wanted = |table: TableId| only.is_none_or(|only| only.contains(&table));
        for table in pins::order(self.map).into_iter().filter(|table| wanted(*table)) {
            let (aside_now, schema) = (aside[table], schema.as_ref());
            self.derive_table(table, &walk, &common, aside_now, schema, database, &mut pins, &mut gone, &mut |step| {
                // what is not asked for stays, and only holds on to what it points at
                if aside[step.table] && step.decision != Decision::Pointer {
                    return Ok(());
                }
                if self.scope.is_partial() {
                    totals.add_in_part(step);
                } else {
                    totals.add(step);
                }
                if self.searches(step.table) {
                    decided.entry(step.table).or_default().note(step);
                }
                each(step)
            })?;
        }
        for table in 0..self.map.tables.len() {
            if self.searches(table) && wanted(table) {
                self.strike_mentions(table, &decided.remove(&table).unwrap_or_default(), database, &mut |step| {
                    totals.add(step);
                    each(step)
                })?;
            }
        }
        Ok(totals)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one derivation, passed on unchanged")]
    fn derive_table(
        &self,
        table: TableId,
        walk: &Walk<'_>,
        common: &Common,
        aside: bool,
        schema: Option<&Schema>,
        database: &mut dyn Database,
        pins: &mut Pins,
        gone: &mut Gone,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(mut select) = walk.select(table) else { return Ok(()) };
        if self.map.tables[table].key == RowKey::None {
            return Err(Refusal::NoKey(self.map.tables[table].name.to_string()).into());
        }
        let view = TableView::new(self, table, schema, &mut select)?;
        let incoming = pins::incoming(self.map, table);
        let naming = pins::naming(self.map, table);
        let tried = view.anonymizing.as_ref().is_some_and(|anonymizing| anonymizing.whole.is_some());
        let at_once = incoming.is_empty() && naming.is_empty() && !tried;
        let mut pending: Vec<Pending> = Vec::new();
        let mut outcome = Ok(());
        walk.holdings(table, select, database, &mut |holding: Holding| {
            let result = view.judge(self, holding, pins, common, aside, at_once).and_then(|judged| match judged {
                Some(judged) if at_once => {
                    let step = judged.settle(&view, false);
                    gone.note(self.map, &step);
                    pins.pin(&view, &judged, &step);
                    each(&step)
                }
                Some(judged) => {
                    pending.push(Pending { judged, pointed_at: false });
                    Ok(())
                }
                None => Ok(()),
            });
            match result {
                Ok(()) => Flow::Continue,
                Err(error) => {
                    outcome = Err(error);
                    Flow::Stop
                }
            }
        })?;
        outcome?;
        for names in &naming {
            self.keep_named(&view, &mut pending, names, database, gone)?;
        }
        if tried {
            self.fit(&view, &mut pending, database)?;
        }
        self.settle_pending(&view, pending, &incoming, database, pins, gone, each)
    }

    /// What a row that stays names another by is not overwritten, whoever's row it is.
    fn keep_named(
        &self,
        view: &TableView<'_>,
        pending: &mut [Pending],
        names: &pins::Naming,
        database: &mut dyn Database,
        gone: &Gone,
    ) -> Result<(), Error> {
        let seeds = seeds(view, pending, &names.parent_columns);
        let select = self.pointing(names.table, &names.columns, seeds)?;
        database.read(&select, &mut |found| {
            if !gone.lets_go(self.map, names.table, &Key(found.row), &names.columns) {
                pending[found.tag as usize].judged.spare(view, &names.parent_columns);
            }
            Flow::Continue
        })?;
        Ok(())
    }

    /// The hold that covers a row of `table` by the people of the plan, by its table, or by whoever else is in it.
    fn hold_on(&self, table: TableId, owners: &Owners, terms: &[Row]) -> Option<Hold> {
        let others = terms.iter().filter_map(|terms| owners.hold(&self.holds.held, terms));
        others.chain(self.holds.on(table)).min()
    }

    /// The rows of `table` whose `columns` hold one of the seeds.
    fn pointing(&self, table: TableId, columns: &[String], seeds: Seeds) -> Result<Select, Error> {
        let held = &self.map.tables[table];
        let key = held.key_columns()?;
        Ok(Select::new(held.name.clone(), key, vec![Arm { columns: columns.to_vec(), seeds }]))
    }

    /// Rows that others may point at: those pointers are looked up at once for all of them, then cut where they may be
    /// NULL; a pointer that may not, or that is under hold, keeps the row, anonymized.
    #[expect(clippy::too_many_arguments, reason = "the state of one derivation, passed on unchanged")]
    fn settle_pending(
        &self,
        view: &TableView<'_>,
        mut pending: Vec<Pending>,
        incoming: &[pins::Incoming],
        database: &mut dyn Database,
        pins: &mut Pins,
        gone: &mut Gone,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let asked = |judged: &Judged| match judged.decision {
            Decision::Delete => true,
            // who points at it shares its key
            Decision::Anonymize(_) => self.scope.anonymize,
            _ => false,
        };
        let going: Vec<usize> = (0..pending.len()).filter(|&at| asked(&pending[at].judged)).collect();
        let mut cuts: Vec<(usize, Step)> = Vec::new();
        for pointer in incoming {
            let seeds: Seeds = going
                .iter()
                .filter_map(|&at| {
                    let values = pending[at].judged.referenced(view, &pointer.parent_columns)?;
                    Some(Seed { subject: 0, tag: u32::try_from(at).unwrap_or(u32::MAX), values })
                })
                .collect();
            let select = self.pointing(pointer.table, &pointer.columns, seeds)?;
            let mut pointing: Vec<(usize, Key)> = Vec::new();
            database.read(&select, &mut |found| {
                let key = Key(found.row);
                if !gone.lets_go(self.map, pointer.table, &key, &pointer.columns) {
                    pointing.push((found.tag as usize, key));
                }
                Flow::Continue
            })?;
            let keys = pointing.iter().map(|(_, key)| key).collect();
            let held = under_hold(self.map, &self.holds, pointer.table, &keys, database)?;
            for (at, key) in pointing {
                match &pointer.cut {
                    _ if pending[at].judged.decision != Decision::Delete => pending[at].judged.linked = true,
                    Some(columns) if !held.contains_key(&key) => {
                        cuts.push((at, pointer_step(pointer.table, key, columns.clone())));
                    }
                    _ => pending[at].pointed_at = true,
                }
            }
        }
        // A pointer at a row that stays after all stays as well.
        let going = cuts.into_iter().filter(|(at, _)| !pending[*at].pointed_at);
        let mut cuts: Vec<Step> = going.map(|(_, cut)| cut).collect();
        cuts.sort_by(|a, b| (a.table, &a.key).cmp(&(b.table, &b.key)));
        cuts.dedup();
        for cut in &cuts {
            each(cut)?;
        }
        for waiting in pending {
            let step = waiting.judged.settle(view, waiting.pointed_at);
            gone.note(self.map, &step);
            pins.pin(view, &waiting.judged, &step);
            each(&step)?;
        }
        Ok(())
    }
}

/// The values of `columns` in rows that wait, each with the row's place.
fn seeds(view: &TableView<'_>, pending: &[Pending], columns: &[String]) -> Seeds {
    let seed = |(at, waiting): (usize, &Pending)| {
        let values = waiting.judged.referenced(view, columns)?;
        Some(Seed { subject: 0, tag: u32::try_from(at).unwrap_or(u32::MAX), values })
    };
    pending.iter().enumerate().filter_map(seed).collect()
}

fn pointer_step(table: TableId, key: Key, columns: Vec<usize>) -> Step {
    Step {
        table,
        key,
        roles: Vec::new(),
        decision: Decision::Pointer,
        act: Act::Unlink(columns),
        cells: 0,
        files: Vec::new(),
    }
}

/// Rows that go, and the columns that others lose, remembered only for tables that point at others by a *by* tie or a
/// bare foreign key, or name them by a value.
#[derive(Default)]
struct Gone(HashMap<TableId, HashMap<Key, Act>>);

impl Gone {
    fn note(&mut self, map: &Classified, step: &Step) {
        let lets_go = matches!(step.act, Act::Delete | Act::Anonymize { .. });
        if lets_go && pins::points_elsewhere(map, step.table) {
            self.0.entry(step.table).or_default().insert(step.key.clone(), step.act.clone());
        }
    }

    /// Whether nothing of the row is left that points elsewhere by `columns`.
    fn lets_go(&self, map: &Classified, table: TableId, key: &Key, columns: &[String]) -> bool {
        let act = self.0.get(&table).and_then(|rows| rows.get(key));
        let cut = |at: &usize| columns.contains(&map.tables[table].columns[*at].name);
        act.is_some_and(|act| *act == Act::Delete || act.columns().iter().any(cut))
    }
}

/// Whether a decision leaves the row in place.
fn stays(step: &Step) -> bool {
    step.act != Act::Delete
}

/// The level at which a row that stays holds on to what it points at. A contract in performance holds back whose it is
/// also where a hold comes first.
fn level(step: &Step, waits: bool) -> Option<Level> {
    match step.decision {
        Decision::Wait => Some(Level::Waits),
        Decision::Hold(_) if waits => Some(Level::Waits),
        _ if stays(step) => Some(Level::Referenced),
        _ => None,
    }
}

/// Why a row that would go is anonymized: something that stays points at it.
const REFERENCED: Decision = Decision::Anonymize(Reason::Referenced);

/// A value that is there.
fn is_true(value: &Value) -> bool {
    *value == Value::Integer(1)
}
