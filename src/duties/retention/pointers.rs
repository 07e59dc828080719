//! What stays holds on to what it points at; a mere pointer at a row that goes is cut where it may be NULL.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{judge::Judged, view::View};
use crate::{
    data_map::classified::{Cases, Classified, Sense, TableId, Target},
    database::{Arm, Database, Flow, Seed, Select},
    error::Error,
    plan::{Act, Decision},
    value::{Key, Value},
};

/// How firmly a row is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// A row that stays points at it
    Referenced,
    /// A row that waits is tied *of* it
    Waits(Waits),
}

/// Whom a contract in performance holds back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Waits {
    #[default]
    Nobody,
    /// Whoever has one of these roles in the row
    Roles(BTreeSet<String>),
    /// Everybody in the row
    All,
}

impl Waits {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Roles(mut one), Self::Roles(two)) => {
                one.extend(two);
                Self::Roles(one)
            }
            (Self::Nobody, one) | (one, Self::Nobody) => one,
        }
    }

    /// Whether somebody in `role` is held back; the row as a whole is by anything.
    fn holds_back(&self, role: Option<&String>) -> bool {
        match (self, role) {
            (Self::Nobody, _) => false,
            (Self::All, _) | (Self::Roles(_), None) => true,
            (Self::Roles(roles), Some(role)) => roles.contains(role),
        }
    }
}

impl Level {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Waits(one), Self::Waits(two)) => Self::Waits(one.and(two)),
            (Self::Waits(one), Self::Referenced) | (Self::Referenced, Self::Waits(one)) => Self::Waits(one),
            (Self::Referenced, Self::Referenced) => Self::Referenced,
        }
    }
}

/// Values of columns at which rows that stay point.
#[derive(Debug, Default)]
pub(super) struct Pins(HashMap<(TableId, Vec<String>), HashMap<Vec<Value>, Level>>);

impl Pins {
    /// All pins on rows of `table`: equal is what the engine calls equal.
    pub(super) fn rows(
        &self,
        map: &Classified,
        table: TableId,
        database: &mut dyn Database,
    ) -> Result<HashMap<Key, Level>, Error> {
        let lists: Vec<_> = self.0.iter().filter(|((pinned, _), _)| *pinned == table).collect();
        if lists.is_empty() {
            return Ok(HashMap::new());
        }
        let mut levels: Vec<&Level> = Vec::new();
        let arms = lists.into_iter().map(|((_, columns), pinned)| {
            let seeds = pinned.iter().map(|(values, level)| {
                levels.push(level);
                Seed { subject: 0, tag: u32::try_from(levels.len() - 1).unwrap_or(u32::MAX), values: values.clone() }
            });
            Arm { columns: columns.clone(), seeds: seeds.collect(), folds: false }
        });
        let arms = arms.collect();
        let held = &map.tables[table];
        let select = Select::new(held.name.clone(), held.key_columns()?, arms);
        let mut rows: HashMap<Key, Level> = HashMap::new();
        database.read(&select, &mut |found| {
            let (key, level) = (Key(found.row), levels[found.tag as usize].clone());
            let level = rows.remove(&key).map_or(level.clone(), |pinned| pinned.and(level));
            rows.insert(key, level);
            Flow::Continue
        })?;
        Ok(rows)
    }

    /// Pins what the row points at, if it stays.
    pub(super) fn pin(&mut self, view: &View<'_>, judged: &Judged) {
        let act = judged.act();
        if act == Act::Delete {
            return;
        }
        let waits = matches!(judged.decision, Some(Decision::Wait) | None);
        let retained = matches!(judged.decision, Some(Decision::Hold(_) | Decision::Wait | Decision::Keep { .. }));
        for tie in &view.held.ties {
            let Target::Rows { table, columns, role } = &tie.target else { continue };
            let holds = tie.holds_in(judged.case.as_deref());
            if !holds || view.map.is_reverse(view.table, tie) || (tie.sense == Sense::By && !retained) {
                continue;
            }
            let cut = |name: &String| act.columns().iter().any(|at| view.held.columns[*at].name == *name);
            let Some(values) = judged.values(view, &tie.columns).filter(|_| !tie.columns.iter().any(cut)) else {
                continue;
            };
            let back = waits && tie.sense == Sense::Of && judged.waits.holds_back(tie.role.as_ref());
            let level = match role {
                Some(role) if back => Level::Waits(Waits::Roles(BTreeSet::from([role.clone()]))),
                None if back => Level::Waits(Waits::All),
                _ => Level::Referenced,
            };
            let pins = self.0.entry((*table, columns.clone())).or_default();
            let pinned = pins.remove(&values).map_or(level.clone(), |pinned| pinned.and(level));
            pins.insert(values, pinned);
        }
    }
}

/// Rows that go.
#[derive(Debug, Default)]
pub(super) struct Gone(HashMap<TableId, HashSet<Key>>);

impl Gone {
    pub(super) fn note(&mut self, table: TableId, key: &Key) {
        self.0.entry(table).or_default().insert(key.clone());
    }

    pub(super) fn contains(&self, table: TableId, key: &Key) -> bool {
        self.0.get(&table).is_some_and(|keys| keys.contains(key))
    }
}

/// Rows of a table that point at, or name, rows of another.
#[derive(Debug)]
pub(super) struct Pointer {
    pub(super) table: TableId,
    pub(super) columns: Vec<String>,
    /// The cases in which they point
    pub(super) cases: Option<Cases>,
    pub(super) at_columns: Vec<String>,
    pub(super) what: What,
}

/// What follows from a pointer.
#[derive(Debug)]
pub(super) enum What {
    /// It is cut in these columns (by place) when its row goes
    Cut(Vec<usize>),
    /// It may not be NULL: its row stays
    Keeps,
    /// It names the row by something that overwriting would take
    Names,
}

/// Who points at rows of `table`.
pub(super) fn pointers(map: &Classified, table: TableId) -> Vec<Pointer> {
    let mut found = Vec::new();
    for (from, held) in map.tables.iter().enumerate() {
        for tie in &held.ties {
            let Target::Rows { table: target, columns, .. } = &tie.target else { continue };
            if *target != table {
                continue;
            }
            let pointer = |what| Pointer {
                table: from,
                columns: tie.columns.clone(),
                cases: tie.cases.clone(),
                at_columns: columns.clone(),
                what,
            };
            let personal = |name: &String| map.tables[table].column(name).is_some_and(|c| c.meaning.kind.is_personal());
            if columns.iter().any(personal) {
                found.push(pointer(What::Names));
            }
            if tie.sense == Sense::By {
                let places = held.cuttable(tie);
                found.push(pointer(if places.is_empty() { What::Keeps } else { What::Cut(places) }));
            }
        }
    }
    for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of && map.is_reverse(table, tie)) {
        if let Target::Rows { table: from, columns, .. } = &tie.target {
            let (columns, at_columns) = (columns.clone(), tie.columns.clone());
            found.push(Pointer { table: *from, columns, cases: None, at_columns, what: What::Keeps });
        }
    }
    found
}
