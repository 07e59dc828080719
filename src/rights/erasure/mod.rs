//! The right to erasure (PIPL 47, ECL 24, GDPR 17): decides row by row what goes, what is overwritten and what the law
//! keeps.
//!
//! Tables are taken children first, so that by the time a row is decided it is known whether something that stays
//! points at it. The same derivation makes the plan, is compared inside the transaction and proves afterwards that
//! nothing is left to do.

mod anonymized;
mod bound;
mod company;
mod fitting;
mod gone;
pub(super) mod mentions;
mod order;
mod part;
mod pins;
mod pointers;
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
        Database, Flow,
        locate::{Attribution, Holding, Owners, Walk},
    },
    error::Error,
    plan::{Decision, Hold, Holds, Reason, Step, Totals},
    planner::Planner,
    refusal::Refusal,
    rights::{
        common::{Among, Common},
        stopping::{Instant, is_record, still_given},
    },
    schema::{RowKey, Schema},
    value::{Key, Row, Value},
};

use bound::Bound;
use company::Company;
use gone::Gone;
use mentions::{Decided, has_free_text, keeps_texts, leaves_part};
use pins::{Level, Pins};
use row::Judged;
pub use shares::Shares;
use table::TableView;

/// What part of a person's data is asked for; empty sets mean everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
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

impl Scope {
    /// As few scopes as ask for all that was asked for in turn: what is asked for as a whole leaves nothing for parts, and
    /// of what is held on consents withdrawn one by one whatever was held on several is none any more.
    #[must_use]
    pub fn all(mut asked: Vec<Self>) -> Vec<Self> {
        let mentions = asked.iter().any(|scope| scope.mentions);
        let whole = |anonymize| asked.iter().find(|scope| scope.is_whole() && scope.anonymize == anonymize);
        if let Some(whole) = whole(false).or_else(|| whole(true)) {
            return vec![Self { mentions, ..whole.clone() }];
        }
        let mut all: Vec<Self> = Vec::new();
        for scope in asked.drain(..) {
            let alike = |other: &&mut Self| {
                (&other.roles, other.anonymize) == (&scope.roles, scope.anonymize)
                    && other.consents.is_empty() == scope.consents.is_empty()
                    && other.is_partial() == scope.is_partial()
            };
            match all.iter_mut().find(alike) {
                Some(other) => {
                    other.categories.extend(scope.categories);
                    other.columns.extend(scope.columns);
                    other.consents.extend(scope.consents);
                }
                None => all.push(scope),
            }
        }
        for scope in &mut all {
            scope.mentions = mentions;
        }
        all
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
    /// The people as they were known when they were erased, if that was before and something may wait: of a number nobody
    /// knows whose it is since, but what hangs on a row that it leads to, and is in performance, holds that back
    pub then: Vec<IdentitySet>,
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

    fn whose(&self, database: &mut dyn Database) -> Result<String, Error> {
        Ok((self.token)(&Value::Blob(self.digest_of_whose(database)?.to_vec())))
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
        let given = still_given(self.map, &beside.chain(anew).collect(), None, &self.instant(), walk, database)?;
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
        Ok(self.steps_and_bound(database, only, each)?.0)
    }

    /// The same with the rows that stay because others of the plan do, by table.
    fn steps_and_bound(
        &self,
        database: &mut dyn Database,
        only: Option<&BTreeSet<TableId>>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(Totals, HashMap<TableId, Vec<Bound>>), Error> {
        let walk = Walk::new(self.map, self.subjects, Attribution::Together, self.zone.clone(), database)?;
        let schema = if self.scope.anonymize { Some(database.schema()?) } else { None };
        let mut totals = Totals::default();
        let mut decided: HashMap<TableId, (Decided, Vec<Key>)> = HashMap::new();
        let aside = self.aside(&walk, database)?;
        let erased = |person: &str, key: &Key| self.is_erased(person, key);
        let (map, subjects, as_of) = (self.map, self.subjects, self.instant().as_of);
        let among = Among { map, subjects, zone: &self.zone, as_of, erased: &erased };
        let common = Common::of(&among, &walk, database)?;
        let (pins, gone) = (Pins::default(), Gone::default());
        let waiting = self.waiting_then(database)?;
        let mut state = Deriving { walk: &walk, common, schema, aside, pins, gone, waiting, bound: HashMap::new() };
        let part = self.scope.tables(self.map);
        let wanted = |table: TableId| only.is_none_or(|only| only.contains(&table));
        let mut take = |aside: &[bool], step: &Step| {
            // what is not asked for stays, and only holds on to what it points at
            if aside[step.table] && step.decision != Decision::Pointer {
                return Ok(());
            }
            match &part {
                Some(asked) => totals.add_in_part(step, asked[step.table]),
                None => totals.add(step),
            }
            let searched = self.searches(step.table);
            let left = leaves_part(step) || keeps_texts(self.map, step);
            let shared = !searched && self.scope.is_whole() && left && has_free_text(self.map, step.table);
            if (searched || shared) && !step.is_beside() {
                let (rows, keys) = decided.entry(step.table).or_default();
                rows.note(step);
                if shared {
                    keys.push(step.key.clone());
                }
            }
            each(step)
        };
        for circle in order::order(self.map) {
            let circle: Vec<TableId> = circle.into_iter().filter(|table| wanted(*table)).collect();
            self.settle_circle(&circle, &mut state, database)?;
            for table in circle {
                self.derive_table(table, &mut state, database, &mut take)?;
            }
        }
        for table in 0..self.map.tables.len() {
            let (rows, keys) = decided.remove(&table).unwrap_or_default();
            if let Some(way) = self.way(table, &keys).filter(|_| wanted(table)) {
                self.strike_mentions((table, way), &rows, database, &mut |step| {
                    totals.add(step);
                    each(step)
                })?;
            }
        }
        Ok((totals, state.bound))
    }

    /// Where pointers run in a circle, its tables are looked at until no more rows are found to stay, before anything is
    /// said of them.
    fn settle_circle(
        &self,
        circle: &[TableId],
        state: &mut Deriving<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        state.gone.begin(circle);
        if circle.len() < 2 {
            return Ok(());
        }
        let mut before = None;
        loop {
            for &table in circle {
                self.derive_table(table, state, database, &mut |_, _| Ok(()))?;
            }
            state.gone.begin(circle);
            let known = Some((state.pins.weight(), state.gone.weight()));
            if before == known {
                return Ok(());
            }
            before = known;
        }
    }

    fn derive_table(
        &self,
        table: TableId,
        state: &mut Deriving<'_>,
        database: &mut dyn Database,
        each: &mut Take<'_>,
    ) -> Result<(), Error> {
        let walk = state.walk;
        state.gone.turn(table);
        let Some(mut select) = walk.select(table) else { return Ok(()) };
        if self.map.tables[table].key == RowKey::None {
            return Err(Refusal::NoKey(self.map.tables[table].name.to_string()).into());
        }
        let view = TableView::new(self, table, state.schema.as_ref(), &mut select)?;
        let mut pinned = state.pins.rows(self.map, table, database)?;
        for key in state.waiting.get(&table).into_iter().flatten() {
            pinned.entry(key.clone()).or_default().level = Some(Level::Waits);
        }
        let pointers = pointers::pointers(self.map, table);
        let tried = view.anonymizing.as_ref().is_some_and(|anonymizing| anonymizing.whole.is_some());
        let at_once = pointers.is_empty() && !tried;
        let mut pending: Vec<Pending> = Vec::new();
        let mut decide = |holding: Holding| -> Result<(), Error> {
            let company = Company::of(self, &view, &holding, &state.common, walk);
            match view.judge(self, holding, &pinned, &company, state.aside[table], at_once)? {
                Some(judged) if at_once => state.settle(self.map, &view, &judged, false, each)?,
                Some(judged) => pending.push(Pending { judged, pointed_at: false }),
                None => {}
            }
            Ok(())
        };
        let mut outcome = Ok(());
        walk.holdings(table, select, database, &mut |holding: Holding| {
            outcome = decide(holding);
            if outcome.is_ok() { Flow::Continue } else { Flow::Stop }
        })?;
        outcome?;
        let cuts = self.heed_pointers(&view, &mut pending, &pointers, state, database)?;
        if tried {
            self.fit(&view, &mut pending, database)?;
        }
        for cut in &cuts {
            each(&state.aside, cut)?;
        }
        pending.iter().try_for_each(|row| state.settle(self.map, &view, &row.judged, row.pointed_at, each))
    }

    /// By table: what waited when the people were known by all that was theirs.
    fn waiting_then(&self, database: &mut dyn Database) -> Result<HashMap<TableId, Vec<Key>>, Error> {
        let mut waiting: HashMap<TableId, Vec<Key>> = HashMap::new();
        if self.then.is_empty() || self.map.tables.iter().all(|table| table.fates.wait.is_none()) {
            return Ok(waiting);
        }
        let then = Erasure {
            map: self.map,
            subjects: &self.then,
            holds: self.holds.clone(),
            scope: self.scope.clone(),
            today: self.today,
            removed: self.removed,
            then: Vec::new(),
            zone: self.zone.clone(),
            token: Rc::clone(&self.token),
        };
        then.steps(database, None, &mut |step| {
            if matches!(step.decision, Decision::Wait | Decision::Lost) {
                waiting.entry(step.table).or_default().push(step.key.clone());
            }
            Ok(())
        })?;
        Ok(waiting)
    }

    /// Whether everything of somebody else that could go is gone.
    fn is_erased(&self, person: &str, key: &Key) -> bool {
        self.holds.held.is_erased(person, key)
    }

    /// The hold that covers a row of `table` by the people of the plan, by its table, or by whoever else is in it.
    fn hold_on(&self, table: TableId, owners: &Owners<'_>, terms: &[Row]) -> Option<Hold> {
        let others = terms.iter().filter_map(|terms| owners.hold(&self.holds.held, terms));
        others.chain(self.holds.on(table)).min()
    }
}

/// Takes a step, and by table whether it is none of those whose rows are asked for.
type Take<'t> = dyn FnMut(&[bool], &Step) -> Result<(), Error> + 't;

/// What is known while the tables are decided one after the other.
struct Deriving<'d> {
    walk: &'d Walk<'d>,
    common: Common,
    schema: Option<Schema>,
    /// By table: whether it is none of those whose rows are asked for
    aside: Vec<bool>,
    pins: Pins,
    gone: Gone,
    /// By table: rows that wait for what hangs on them, of whoever that is
    waiting: HashMap<TableId, Vec<Key>>,
    /// By table: rows that stay for those of others of the plan
    bound: HashMap<TableId, Vec<Bound>>,
}

impl Deriving<'_> {
    /// Says what becomes of a row, and remembers it for those at which it points.
    fn settle(
        &mut self,
        map: &Classified,
        view: &TableView<'_>,
        judged: &Judged,
        pointed_at: bool,
        each: &mut Take<'_>,
    ) -> Result<(), Error> {
        let step = judged.settle(view, pointed_at);
        self.gone.note(map, &step);
        self.pins.pin(view, judged, &step);
        if judged.unasked {
            return Ok(());
        }
        if let Some(doubt) = judged.doubt(&step) {
            each(&self.aside, &doubt)?;
        }
        each(&self.aside, &step)
    }
}

/// Why a row that would go is anonymized: something that stays points at it.
const REFERENCED: Decision = Decision::Anonymize(Reason::Referenced);

/// A value that is there.
fn is_true(value: &Value) -> bool {
    *value == Value::Integer(1)
}
