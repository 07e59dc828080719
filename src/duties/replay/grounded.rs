//! A plan that rests on fingerprints: they are looked at again in the transaction, before anything is written.

use std::{collections::BTreeSet, rc::Rc};

use jiff::tz::TimeZone;

use super::print::{Print, Seen, Tagging, Telling};
use crate::{
    data_map::classified::{Classified, TableId},
    database::Database,
    error::Error,
    plan::{Step, Totals},
    planner::Planner,
    refusal::Refusal,
    value::Value,
};

/// Whatever plans, and on which fingerprints that rests.
pub struct Grounded<'a> {
    /// What plans
    pub planner: Box<dyn Planner + 'a>,
    /// The fingerprints
    pub grounds: &'a [Print],
    /// Computes them
    pub tagging: Rc<Tagging>,
    /// The controller's zone
    pub zone: TimeZone,
}

impl Planner for Grounded<'_> {
    fn map(&self) -> &Classified {
        self.planner.map()
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.planner.derive(database, each)
    }

    fn derive_tables(
        &self,
        database: &mut dyn Database,
        tables: &BTreeSet<TableId>,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.planner.derive_tables(database, tables, each)
    }

    fn require_grounds(&self, database: &mut dyn Database) -> Result<(), Error> {
        let with = Telling { map: self.map(), zone: &self.zone, tagging: &*self.tagging };
        for print in self.grounds {
            let seen = if print.is_of_person() {
                print.look_again(&with, database)?
            } else {
                print.look(self.map(), database, &*self.tagging)?
            };
            if seen != Seen::Same {
                return Err(Refusal::StalePlan.into());
            }
        }
        self.planner.require_grounds(database)
    }

    fn strike(&self, text: &str) -> String {
        self.planner.strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.planner.token()
    }
}
