//! How re-identifiable what is left is (LAW §5.2; PIPL 73): k-anonymity, l-diversity and uniqueness over the columns
//! that the data map declares, and statistics in which no small cell is shown.
//!
//! The engine groups; here only classes pass through, one after the other.

mod suppression;

pub use suppression::Withheld;

use crate::{
    data_map::{
        classified::{Classified, TableId},
        risk::Risk,
    },
    database::{Database, Flow, Grouping},
    error::Error,
    refusal::Refusal,
    value::{Row, Value},
};

/// What is measured of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Rows measured
    pub rows: u64,
    /// Classes: different combinations of the quasi-identifiers
    pub classes: u64,
    /// Rows of the smallest class; `None` where there is no row
    pub smallest: Option<u64>,
    /// Rows that are like no other
    pub unique: u64,
    /// Classes with fewer rows than the map asks for
    pub small_classes: u64,
    /// Rows in them
    pub small_rows: u64,
    /// By sensitive column, as the map lists them: the fewest different values in a class
    pub diversity: Vec<(String, u64)>,
}

impl Figures {
    /// Whether a release is refused: the table's people could be told, or something about them.
    pub fn require_releasable(&self, table: &str, risk: &Risk) -> Result<(), Refusal> {
        if self.small_rows > 0 {
            return Err(Refusal::BelowK { table: table.to_owned(), wanted: risk.k, rows: self.small_rows });
        }
        let low = self.diversity.iter().find(|(_, found)| self.rows > 0 && *found < risk.l);
        low.map_or(Ok(()), |(column, found)| {
            let (table, column) = (table.to_owned(), column.clone());
            Err(Refusal::BelowL { table, column, wanted: risk.l, found: *found })
        })
    }
}

/// One cell of a frequency table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// So many rows have these values
    Shown(Vec<Value>, u64),
    /// Cells that are not shown, together
    Suppressed {
        /// How many, and rows in them; `None` where no cell can be shown at all
        sum: Option<(u64, u64)>,
    },
}

/// The tables whose risk the map declares, in the order of their names.
#[must_use]
pub fn declared(map: &Classified) -> Vec<TableId> {
    (0..map.tables.len()).filter(|table| map.tables[*table].risk.is_some()).collect()
}

/// How the map says that the risk of `table` is measured.
pub fn risk_of(map: &Classified, table: TableId) -> Result<&Risk, Refusal> {
    let held = &map.tables[table];
    held.risk.as_ref().ok_or_else(|| Refusal::RiskUndeclared(held.name.to_string()))
}

/// Measures `table`.
pub fn measure(map: &Classified, table: TableId, database: &mut dyn Database) -> Result<Figures, Error> {
    let risk = risk_of(map, table)?;
    let mut figures = Figures {
        rows: 0,
        classes: 0,
        smallest: None,
        unique: 0,
        small_classes: 0,
        small_rows: 0,
        diversity: risk.sensitive.iter().map(|column| (column.clone(), u64::MAX)).collect(),
    };
    let quasi = risk.quasi.len();
    database.group(&grouping(map, table, risk), &mut |class| {
        let rows = count(&class, quasi);
        figures.rows += rows;
        figures.classes += 1;
        figures.smallest = Some(figures.smallest.map_or(rows, |smallest| smallest.min(rows)));
        figures.unique += u64::from(rows == 1);
        if rows < risk.k {
            figures.small_classes += 1;
            figures.small_rows += rows;
        }
        for (n, (_, fewest)) in figures.diversity.iter_mut().enumerate() {
            *fewest = (*fewest).min(count(&class, quasi + 1 + n));
        }
        Flow::Continue
    })?;
    if figures.rows == 0 {
        figures.diversity.iter_mut().for_each(|(_, fewest)| *fewest = 0);
    }
    Ok(figures)
}

/// The frequency table over the quasi-identifiers, as it may be published: no cell below k is shown, and what is shown
/// leaves each hidden cell k rows of doubt at least ([`Withheld`]). The cells that are not shown come last, as one.
pub fn statistics(
    map: &Classified,
    table: TableId,
    database: &mut dyn Database,
    each: &mut dyn FnMut(Cell) -> Flow,
) -> Result<(), Error> {
    let risk = risk_of(map, table)?;
    let (quasi, grouping) = (risk.quasi.len(), Grouping { distinct: Vec::new(), ..grouping(map, table, risk) });
    let mut withheld = Withheld::below(risk.k);
    database.group(&grouping, &mut |class| {
        withheld.push(count(&class, quasi));
        Flow::Continue
    })?;
    withheld.settle();
    let (mut place, mut hidden, mut flow) = (0, (0, 0), Flow::Continue);
    database.group(&grouping, &mut |mut class| {
        let rows = count(&class, quasi);
        if withheld.hides(place) || rows < risk.k {
            hidden = (hidden.0 + 1, hidden.1 + rows);
        } else {
            class.truncate(quasi);
            flow = each(Cell::Shown(class, rows));
        }
        place += 1;
        flow
    })?;
    if hidden.0 > 0 && flow == Flow::Continue {
        each(Cell::Suppressed { sum: withheld.shows_any().then_some(hidden) });
    }
    Ok(())
}

fn grouping(map: &Classified, table: TableId, risk: &Risk) -> Grouping {
    Grouping {
        table: map.tables[table].name.clone(),
        by: risk.quasi.clone(),
        distinct: risk.sensitive.clone(),
        filter: risk.when.clone(),
    }
}

fn count(class: &Row, at: usize) -> u64 {
    class.get(at).and_then(Value::as_integer).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}
