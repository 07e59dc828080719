//! The right to refuse messages (PIPL 24, CPL 29; policy 二(二) 退订): who is not written to any more, by channel and
//! topic. Nothing goes: the row that says so stays, because without it the next import would bring the person back.

mod returning;

use std::rc::Rc;

pub use returning::{Returning, Subscriber};

use super::stopping::{Asked, Instant, Messages, Stopping, Wanted};
use crate::{
    case::identity::IdentitySet,
    data_map::classified::{Classified, Source},
    database::{
        Database, Flow, Select, Term,
        locate::{Attribution, Walk},
    },
    error::Error,
    plan::{Decision, Step, Totals},
    planner::Planner,
    refusal::Refusal,
    value::Value,
};

/// No more of these messages for the people in `subjects`.
pub struct Unsubscription<'a> {
    /// The map
    pub map: &'a Classified,
    /// Who
    pub subjects: &'a [IdentitySet],
    /// Which messages
    pub messages: &'a Messages,
    /// When it was said, and when it is decided
    pub instant: Instant,
    /// What stands in plans for keys that are personal themselves
    pub token: Rc<dyn Fn(&Value) -> String>,
}

impl Planner for Unsubscription<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let zone = self.instant.zone.clone();
        let walk = Walk::new(self.map, self.subjects, Attribution::Together, zone, database)?;
        let mut stopping = Stopping::default();
        stopping.messages(self.messages, &self.instant, &walk, database)?;
        let mut totals = Totals::default();
        for step in stopping.steps(self.map, &Decision::Unsubscribe) {
            totals.add(&step);
            each(&step)?;
        }
        Ok(totals)
    }

    /// Nothing is struck out.
    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

/// Refuses a channel or topic that stands nowhere in the data and the map: it is misspelt, and nothing would stop.
pub fn require_known(map: &Classified, messages: &Messages, database: &mut dyn Database) -> Result<(), Error> {
    for (what, wanted, topic) in [("channel", &messages.channels, false), ("topic", &messages.topics, true)] {
        let mut left: Vec<Wanted<'_>> = wanted.iter().map(|word| Wanted::new([word.as_str()], [])).collect();
        let strike = |left: &mut Vec<Wanted<'_>>, said: &str| left.retain(|word| word.of(said) == Asked::Nothing);
        for subscriptions in &map.subscriptions {
            match if topic { &subscriptions.topic } else { &subscriptions.channel } {
                Some(Source::Text(text)) => strike(&mut left, text),
                Some(Source::Column(column)) if !left.is_empty() => {
                    let mut select = Select::new(map.tables[subscriptions.table].name.clone(), Vec::new(), Vec::new());
                    select.term(Term::Column { via: 0, column: column.clone() });
                    database.scan(&select, &mut |row| {
                        strike(&mut left, &row[0].to_canonical_text());
                        if left.is_empty() { Flow::Stop } else { Flow::Continue }
                    })?;
                }
                _ => {}
            }
        }
        if !left.is_empty() {
            return Err(Refusal::UnknownMessages(what).into());
        }
    }
    Ok(())
}
