//! Counts in cells: located = exported + withheld, by code (DESIGN W5).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    cell::{Cell, Withheld},
    head::Term,
};

/// Cells of a table, of a category or of the whole package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All of them
    pub located: u64,
    /// Given, masked ones included
    pub exported: u64,
    /// Given as a mask, for they are about somebody else
    pub masked: u64,
    /// Held and not given, by code
    pub withheld: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(super) fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::Withheld(code) => self.withhold(*code, 1),
            Cell::Masked(_) => {
                self.located += 1;
                self.exported += 1;
                self.masked += 1;
            }
            Cell::Shown(_) | Cell::Streamed(_) | Cell::Read(..) | Cell::File(_) => {
                self.located += 1;
                self.exported += 1;
            }
        }
    }

    pub(super) fn withhold(&mut self, code: Withheld, cells: u64) {
        self.located += cells;
        *self.withheld.entry(code.code()).or_default() += cells;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.located += other.located;
        self.exported += other.exported;
        self.masked += other.masked;
        for (code, cells) in &other.withheld {
            *self.withheld.entry(code).or_default() += cells;
        }
    }

    /// Cells that are held and not given.
    #[must_use]
    pub fn withheld_in_all(&self) -> u64 {
        self.withheld.values().sum()
    }
}

/// What one table gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableTally {
    /// Name in the database
    pub name: String,
    /// Path of its CSV in the package
    pub csv: String,
    /// Rows
    pub rows: u64,
    /// Of them, kept because a law says so
    pub kept: u64,
    /// Of them, restricted
    pub restricted: u64,
    /// Cells
    pub cells: Tally,
}

/// What one column of the open table gave.
#[derive(Clone, Debug, Default)]
pub(super) struct ColumnTally {
    pub(super) cells: Tally,
    withheld: BTreeMap<Withheld, u64>,
}

impl ColumnTally {
    pub(super) fn cell(&mut self, cell: &Cell) {
        self.cells.cell(cell);
        if let Cell::Withheld(code) = cell {
            *self.withheld.entry(*code).or_default() += 1;
        }
    }
}

/// One category: what each of its tables gave, by position in the package.
#[derive(Clone, Debug)]
pub(super) struct CategoryTally {
    pub(super) title: String,
    pub(super) tables: BTreeMap<usize, Tally>,
    /// Cells of rows that are not in the package
    pub(super) held_back: Tally,
    /// All that is withheld, by reason
    pub(super) withheld: BTreeMap<Withheld, u64>,
}

/// One line of the list of what is held and not given.
#[derive(Clone, Debug)]
pub(super) struct WithheldLine {
    pub(super) category: String,
    pub(super) title: String,
    pub(super) code: Withheld,
    pub(super) cells: u64,
}

/// Counts by category; its size is the map's, not the person's.
#[derive(Debug, Default)]
pub(super) struct Categories(pub(super) BTreeMap<String, CategoryTally>);

impl Categories {
    pub(super) fn entry(&mut self, category: &Term) -> &mut CategoryTally {
        self.0.entry(category.code.clone()).or_insert_with(|| CategoryTally {
            title: category.title.clone(),
            tables: BTreeMap::new(),
            held_back: Tally::default(),
            withheld: BTreeMap::new(),
        })
    }

    /// Adds what a column of table number `table` gave.
    pub(super) fn add(&mut self, category: &Term, table: usize, column: &ColumnTally) {
        let entry = self.entry(category);
        entry.tables.entry(table).or_default().add(&column.cells);
        for (code, cells) in &column.withheld {
            *entry.withheld.entry(*code).or_default() += cells;
        }
    }

    pub(super) fn hold_back(&mut self, category: &Term, code: Withheld, cells: u64) {
        let entry = self.entry(category);
        entry.held_back.withhold(code, cells);
        *entry.withheld.entry(code).or_default() += cells;
    }

    pub(super) fn withheld(&self) -> Vec<WithheldLine> {
        let line = |(code, entry): (&String, &CategoryTally)| {
            let (category, title) = (code.clone(), entry.title.clone());
            let lines = entry.withheld.iter().map(|(code, cells)| (*code, *cells)).collect::<Vec<_>>();
            lines.into_iter().map(move |(code, cells)| WithheldLine {
                category: category.clone(),
                title: title.clone(),
                code,
                cells,
            })
        };
        self.0.iter().flat_map(line).collect()
    }
}
