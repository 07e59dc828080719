//! What rights and duties hand to `apply`: something that derives the same steps from the same data, as often as it is
//! asked. It holds a [`Database`], so it has no way to write.

use std::collections::BTreeSet;

use crate::{
    data_map::classified::{Classified, TableId},
    database::Database,
    error::Error,
    plan::{Step, Totals},
    value::Value,
};

/// Derives a plan.
pub trait Planner {
    /// The map it plans by.
    fn map(&self) -> &Classified;

    /// Derives every step in the order in which it can be carried out.
    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error>;

    /// Derives at least the steps of `tables`, when nothing else has changed since everything was derived.
    fn derive_tables(
        &self,
        database: &mut dyn Database,
        tables: &BTreeSet<TableId>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let _ = tables;
        self.derive(database, each)
    }

    /// Tells whose every row is: where each of several people of a plan is told what was done to them, no row may change
    /// hands among them before it is carried out. Nothing, of what is not planned for several.
    fn whose(&self, database: &mut dyn Database) -> Result<String, Error> {
        let _ = database;
        Ok(String::new())
    }

    /// Looks again, inside the transaction and before anything is written, at what the plan rests on beside its own rows.
    fn require_grounds(&self, database: &mut dyn Database) -> Result<(), Error> {
        let _ = database;
        Ok(())
    }

    /// Free text of somebody else without the identifiers of the people whom the plan is about.
    fn strike(&self, text: &str) -> String;

    /// What stands in plans for a key that is personal itself.
    fn token(&self) -> Box<dyn Fn(&Value) -> String>;
}
