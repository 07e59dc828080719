//! A table whose rows say that somebody agreed: what is read of each row, and what is written in it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Instant, written_in};
use crate::{
    data_map::classified::{Classified, Consents, Source, Stop, Subscriptions, TableId},
    database::{
        Database, Flow, Term,
        locate::{Holding, Walk, role_number},
    },
    error::Error,
    kind::Dated,
    refusal::Refusal,
    rights::stored::stored,
    value::{Row, Value},
};

/// One `[consents.*]` or `[subscriptions.*]`.
pub(super) struct Record<'m> {
    pub(super) table: TableId,
    /// The role of those whom the rows are about
    role: Option<&'m str>,
    /// What rows say: the scope; or channel and topic
    says: Vec<Option<&'m Source>>,
    began: Option<&'m String>,
    stop: &'m Stop,
}

/// What a row says.
pub(super) struct Said {
    /// In the order of the record's `says`
    pub(super) said: Vec<Option<String>>,
    /// The date on which it began
    pub(super) began: Option<Value>,
}

impl Said {
    /// The moment on which it began, where the row says so.
    pub(super) fn began(&self, instant: &Instant) -> Option<Timestamp> {
        self.began.as_ref().and_then(|began| Dated::read(began).moment(&instant.zone))
    }
}

/// What stands in the columns that say that it has ended.
pub(super) struct Cells {
    at: Option<Value>,
    set: Vec<Value>,
}

impl<'m> Record<'m> {
    pub(super) fn of_consents(consents: &'m Consents) -> Self {
        let says = vec![Some(&consents.scope)];
        Self {
            table: consents.table,
            role: consents.role.as_deref(),
            says,
            began: consents.given.as_ref(),
            stop: &consents.stop,
        }
    }

    pub(super) fn of_subscriptions(subscriptions: &'m Subscriptions) -> Self {
        let says = vec![subscriptions.channel.as_ref(), subscriptions.topic.as_ref()];
        let role = subscriptions.role.as_deref();
        Self { table: subscriptions.table, role, says, began: subscriptions.since.as_ref(), stop: &subscriptions.stop }
    }

    /// Hands every row that is about the people to `each`.
    pub(super) fn read(
        &self,
        walk: &Walk<'_>,
        database: &mut dyn Database,
        each: &mut dyn FnMut(Holding, Said, Cells) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(mut select) = walk.select(self.table) else { return Ok(()) };
        let mut term = |column: &str| select.term(Term::Column { via: 0, column: column.to_owned() });
        let says: Vec<Option<Result<usize, &String>>> = (self.says.iter())
            .map(|said| match said {
                Some(Source::Column(column)) => Some(Ok(term(column))),
                Some(Source::Text(text)) => Some(Err(text)),
                None => None,
            })
            .collect();
        let began = self.began.map(|column| term(column));
        let at = self.stop.at.as_ref().map(|column| term(column));
        let set: Vec<usize> = self.stop.set.iter().map(|(column, _)| term(column)).collect();
        let role = role_number(walk.map(), self.table, self.role);
        let mut outcome = Ok(());
        walk.holdings(self.table, select, database, &mut |holding| {
            let Some(holding) = holding.in_role(role) else { return Flow::Continue };
            let terms: &Row = &holding.terms[0];
            let text = |said: &Option<Result<usize, &String>>| match said {
                Some(Ok(at)) => Some(terms[*at].to_canonical_text()),
                Some(Err(text)) => Some((*text).clone()),
                None => None,
            };
            let said = Said { said: says.iter().map(text).collect(), began: began.map(|at| terms[at].clone()) };
            let set = set.iter().map(|at| terms[*at].clone()).collect();
            let cells = Cells { at: at.map(|at| terms[at].clone()), set };
            outcome = each(holding, said, cells);
            if outcome.is_ok() { Flow::Continue } else { Flow::Stop }
        })?;
        outcome
    }

    /// Whether the row says that it has ended by now. A date that cannot be read says so, too.
    pub(super) fn has_ended(&self, cells: &Cells, map: &Classified, instant: &Instant) -> bool {
        let by_date = cells.at.as_ref().is_some_and(|at| has_come(at, instant));
        by_date || (!cells.set.is_empty() && self.wanted(map).is_ok_and(|wanted| wanted == cells.set))
    }

    /// What stands in `set` once it has ended, as the columns hold it.
    fn wanted(&self, map: &Classified) -> Result<Vec<Value>, Refusal> {
        let held = &map.tables[self.table];
        let one = |(column, value): &(String, String)| {
            let unfit = || Refusal::CannotOverwrite(format!("{}.{column}", held.name));
            let declared = held.column(column).map(|column| column.declared.clone()).unwrap_or_default();
            stored(&Value::from(value.as_str()), &declared).ok_or_else(unfit)
        };
        self.stop.set.iter().map(one).collect()
    }

    /// What has to be written so that the row says that it has ended: by column, what stands there and what will.
    pub(super) fn changes(
        &self,
        cells: &Cells,
        like: Option<&Value>,
        map: &Classified,
        instant: &Instant,
        database: &mut dyn Database,
    ) -> Result<BTreeMap<usize, (Value, Value)>, Error> {
        let held = &map.tables[self.table];
        let place = |name: &str| held.columns.iter().position(|column| column.name == name);
        let mut changes = BTreeMap::new();
        if let (Some(name), Some(from)) = (&self.stop.at, &cells.at)
            && let Some(column) = place(name)
            && !has_come(from, instant)
        {
            let to = written_in(map, self.table, column, instant.said, &instant.zone, like, database)?;
            changes.insert(column, (from.clone(), to));
        }
        for ((name, _), (from, to)) in self.stop.set.iter().zip(cells.set.iter().zip(self.wanted(map)?)) {
            if let Some(column) = place(name).filter(|_| *from != to) {
                changes.insert(column, (from.clone(), to));
            }
        }
        Ok(changes)
    }
}

fn has_come(at: &Value, instant: &Instant) -> bool {
    match Dated::read(at) {
        Dated::Empty | Dated::Zero => false,
        dated => dated.moment(&instant.zone).is_none_or(|moment| moment <= instant.as_of),
    }
}
