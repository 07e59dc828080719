//! The step that lifts the mark where nothing is left to repeat.

use std::rc::Rc;

use crate::{
    data_map::classified::Classified,
    database::Database,
    error::Error,
    plan::{Step, Totals},
    planner::Planner,
    value::Value,
};

/// A plan that changes nothing.
pub(super) struct Nothing<'a> {
    pub(super) map: &'a Classified,
    pub(super) token: Rc<dyn Fn(&Value) -> String>,
}

impl Planner for Nothing<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    fn derive(
        &self,
        _database: &mut dyn Database,
        _each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        Ok(Totals::default())
    }

    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}
