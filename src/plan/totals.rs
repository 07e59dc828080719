//! Sums over a plan's steps: located = removed + kept, in rows and in cells (W5).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Act, Decision, Step, decide::LOST};
use crate::data_map::{
    Wording,
    classified::{Classified, TableId},
};

/// What a plan amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By table, in the order of their names
    pub tables: BTreeMap<TableId, TableTotals>,
    /// What stays, by table, code, law and end
    pub kept: BTreeMap<Kept, u64>,
}

/// Rows that stay for one reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// The table
    pub table: TableId,
    /// Code of LAW §4.3, or `undecided`, `stay`
    pub code: &'static str,
    /// The law or the map's reason
    pub law: Wording,
    /// Through which day
    pub until: Option<Date>,
}

/// One table's sums. A located row is deleted, overwritten or left; a kept row may be overwritten in part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableTotals {
    /// Rows found
    pub located: u64,
    /// Rows that go
    pub deleted: u64,
    /// Rows that stay with some columns overwritten
    pub overwritten: u64,
    /// … of which so many keep a key that other rows share: de-identified, not anonymized
    #[serde(default, skip_serializing_if = "is_none")]
    pub de_identified: u64,
    /// … so many are kept, by law or because rows that stay name them, without what that does not need
    #[serde(default, skip_serializing_if = "is_none")]
    pub in_part: u64,
    /// … and so many keep all but the columns that a plan for some columns is about
    #[serde(default, skip_serializing_if = "is_none")]
    pub cleared: u64,
    /// Rows that stay as they are
    pub left: u64,
    /// … of which so many for no reason that is told: nothing but keys is the person's in them
    #[serde(default, skip_serializing_if = "is_none")]
    pub bare: u64,
    /// Rows of others whose pointer is cut
    pub unlinked: u64,
    /// Rows of others in whose free text the person's identifiers are struck out
    pub struck_out: u64,
    /// Rows of others in whose free text they stay, for a reason that is told: none of the rows found
    #[serde(default, skip_serializing_if = "is_none")]
    pub held_back: u64,
    /// Rows in which values take the place of others
    pub changed: u64,
    /// Rows that come back
    #[serde(default, skip_serializing_if = "is_none")]
    pub put_back: u64,
    /// Cells found
    pub cells: u64,
    /// Cells that go
    pub cells_removed: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(crate) fn is_none(rows: &u64) -> bool {
    *rows == 0
}

/// Sums as they stand in a work list.
#[derive(Serialize, Deserialize)]
struct Listed {
    tables: Vec<(TableId, TableTotals)>,
    kept: Vec<(TableId, String, Wording, Option<Date>, u64)>,
}

impl Totals {
    pub(super) fn encode(&self) -> Vec<u8> {
        let kept =
            |(kept, rows): (&Kept, &u64)| (kept.table, kept.code.to_owned(), kept.law.clone(), kept.until, *rows);
        let listed = Listed {
            tables: self.tables.iter().map(|(table, sums)| (*table, *sums)).collect(),
            kept: self.kept.iter().map(kept).collect(),
        };
        serde_json::to_vec(&listed).unwrap_or_default() // numbers, texts and dates: never fails; an empty one is not read
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let listed: Listed = serde_json::from_slice(bytes).ok()?;
        let kept = |(table, code, law, until, rows): (TableId, String, Wording, Option<Date>, u64)| {
            let code = Decision::CODES.into_iter().find(|known| *known == code)?;
            Some((Kept { table, code, law, until }, rows))
        };
        Some(Self {
            tables: listed.tables.into_iter().collect(),
            kept: listed.kept.into_iter().map(kept).collect::<Option<_>>()?,
        })
    }
}

impl TableTotals {
    /// Rows written over that no law keeps.
    fn written_over(&self) -> u64 {
        self.overwritten - self.in_part
    }

    /// Rows that name nobody any more.
    #[must_use]
    pub fn anonymized(&self) -> u64 {
        self.written_over() - self.de_identified - self.cleared
    }

    fn add(&mut self, other: &Self) {
        self.located += other.located;
        self.deleted += other.deleted;
        self.overwritten += other.overwritten;
        self.de_identified += other.de_identified;
        self.in_part += other.in_part;
        self.cleared += other.cleared;
        self.left += other.left;
        self.bare += other.bare;
        self.unlinked += other.unlinked;
        self.struck_out += other.struck_out;
        self.held_back += other.held_back;
        self.changed += other.changed;
        self.put_back += other.put_back;
        self.cells += other.cells;
        self.cells_removed += other.cells_removed;
    }
}

impl Totals {
    /// Adds a step.
    pub fn add(&mut self, step: &Step) {
        self.count(step);
        self.keep(step);
    }

    fn count(&mut self, step: &Step) {
        let table = self.tables.entry(step.table).or_default();
        if step.is_held_back() {
            table.held_back += 1;
            return;
        }
        if step.is_beside() {
            return;
        }
        match step.decision {
            Decision::Pointer => {
                table.unlinked += 1;
                return;
            }
            Decision::Mention => {
                table.struck_out += 1;
                return;
            }
            _ => {}
        }
        table.located += 1;
        table.cells += step.cells;
        match &step.act {
            Act::Delete => {
                table.deleted += 1;
                table.cells_removed += step.cells;
            }
            Act::Overwrite(columns) | Act::StrikeOut(columns) | Act::Unlink(columns) => {
                table.overwritten += 1;
                table.in_part += u64::from(step.decision.code().is_some());
                table.cells_removed += columns.len() as u64;
            }
            Act::Anonymize { columns, linked, .. } => {
                table.overwritten += 1;
                table.de_identified += u64::from(*linked);
                table.cells_removed += columns.len() as u64;
            }
            Act::Set { .. } => table.changed += 1,
            Act::PutBack { .. } => table.put_back += 1,
            Act::Leave => {
                table.left += 1;
                table.bare += u64::from(step.decision.code().is_none());
            }
        }
    }

    /// Counts what stays for a reason that is told.
    fn keep(&mut self, step: &Step) {
        if let Some(code) = step.decision.code() {
            let (law, until) = match &step.decision {
                Decision::Keep { law, until, .. } => (law.clone(), *until),
                Decision::Stay(why) => (why.clone(), None),
                Decision::Lost => (LOST.clone(), None),
                _ => (Wording::default(), None),
            };
            *self.kept.entry(Kept { table: step.table, code, law, until }).or_default() += 1;
        }
    }

    /// Adds a step of a plan that is about some columns only: a row that it writes over still names its person, and of a
    /// table in which none of them is asked for, it is not told why its rows stay.
    pub fn add_in_part(&mut self, step: &Step, is_asked_for: bool) {
        let sums = self.tables.get(&step.table).copied().unwrap_or_default();
        let (before, bare) = (sums.written_over(), sums.bare);
        self.count(step);
        if is_asked_for {
            self.keep(step);
        }
        let table = self.tables.entry(step.table).or_default();
        table.cleared += table.written_over() - before;
        table.bare = bare;
    }

    /// Adds another plan's sums.
    pub fn merge(&mut self, other: &Self) {
        for (table, sums) in &other.tables {
            self.tables.entry(*table).or_default().add(sums);
        }
        for (kept, rows) in &other.kept {
            *self.kept.entry(kept.clone()).or_default() += rows;
        }
    }

    /// Takes the sums of `tables` from `other`.
    pub fn replace(&mut self, tables: &BTreeSet<TableId>, other: &Self) {
        self.tables.retain(|table, _| !tables.contains(table));
        self.kept.retain(|kept, _| !tables.contains(&kept.table));
        self.tables.extend(other.tables.iter().filter(|(table, _)| tables.contains(table)).map(|(t, s)| (*t, *s)));
        self.kept
            .extend(other.kept.iter().filter(|(kept, _)| tables.contains(&kept.table)).map(|(k, n)| (k.clone(), *n)));
    }

    /// Adds what is kept in `tables` beyond what these sums keep there, as it was `found` after the change.
    pub fn keep_besides(&mut self, tables: &BTreeSet<TableId>, found: &Self) {
        for table in tables {
            let still = found.tables.get(table).map_or(0, |sums| sums.located);
            let known = self.tables.get(table).map_or(0, |sums| sums.located - sums.deleted);
            if let Some(more) = still.checked_sub(known).filter(|more| *more > 0) {
                let sums = self.tables.entry(*table).or_default();
                sums.located += more;
                sums.left += more;
            }
        }
        for (kept, rows) in found.kept.iter().filter(|(kept, _)| tables.contains(&kept.table)) {
            let known = self.kept.entry(kept.clone()).or_default();
            *known = (*known).max(*rows);
        }
    }

    /// All tables together.
    #[must_use]
    pub fn all(&self) -> TableTotals {
        let mut sum = TableTotals::default();
        self.tables.values().for_each(|table| sum.add(table));
        sum
    }

    /// Rows that an apply changes.
    #[must_use]
    pub fn changes(&self) -> u64 {
        let all = self.all();
        all.deleted + all.overwritten + all.unlinked + all.struck_out + all.changed + all.put_back
    }

    /// Rows that stay under `code`.
    #[must_use]
    pub fn kept_under(&self, code: &str) -> u64 {
        self.kept.iter().filter(|(kept, _)| kept.code == code).map(|(_, rows)| rows).sum()
    }

    /// Names the tables, for people and for JSON.
    pub fn named<'a>(&'a self, map: &'a Classified) -> impl Iterator<Item = (String, &'a TableTotals)> {
        self.tables.iter().map(|(table, totals)| (map.tables[*table].name.to_string(), totals))
    }
}
