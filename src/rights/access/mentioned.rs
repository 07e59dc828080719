//! The person in other people's free text: those rows are somebody else's and are not given, but that they name the
//! person is told, by number (LAW §7.5, W5).

use super::Copy;
use crate::{
    data_map::classified::{Classified, TableId},
    database::{
        Database, Flow,
        locate::{Attribution, Walk},
    },
    error::Error,
    export::{HeldBack, Package, Withheld},
    kind::Kind,
    rights::erasure::mentions::{Decided, Way, When, has_free_text, search},
};

/// The tables in which other people's free text may name somebody.
#[must_use]
pub fn tables_with_free_text(map: &Classified) -> Vec<TableId> {
    (0..map.tables.len()).filter(|&table| has_free_text(map, table)).collect()
}

impl Copy<'_> {
    /// Searches all of them and counts the cells that name the person as held and not given. Returns how many.
    pub fn write_mentions(&self, database: &mut dyn Database, package: &mut Package) -> Result<u64, Error> {
        let subjects = std::slice::from_ref(self.subject);
        let walk = Walk::new(self.map, subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut cells = 0;
        for table in tables_with_free_text(self.map) {
            let mut own = Decided::default();
            if let Some(select) = walk.select(table) {
                walk.holdings(table, select, database, &mut |holding| {
                    own.pass(holding.key);
                    Flow::Continue
                })?;
            }
            let when = When { zone: &self.zone, removed: None };
            let found = search(self.map, subjects, table, Way::Scan, &own, &when, database)?;
            cells += found.iter().map(|hit| hit.columns.len() as u64).sum::<u64>();
        }
        if cells > 0 {
            let category = self.category(Kind::FreeText);
            package.held_back(&HeldBack { category, code: Withheld::ThirdParty, cells })?;
        }
        Ok(cells)
    }
}
