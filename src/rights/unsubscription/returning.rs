//! Everybody who gets messages now, and by what each is known: to find those among them who refused.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::EVERY,
    data_map::{
        classified::{Classified, Column, Sense, Source, Subscriptions, TableId, Target},
        predicate::{Comparison, Predicate},
    },
    database::{
        Database, Flow, Select, Term,
        locate::{Above, Binding, people_above},
    },
    error::Error,
    kind::{Dated, Kind},
    rights::stopping::{Asked, Wanted},
    value::{Key, Row, Value},
};

/// Rows that are read at once.
const PAGE: u32 = 16_384;

/// The look through all subscriptions that have not ended.
pub struct Returning<'a> {
    /// The map
    pub map: &'a Classified,
    /// When it is
    pub as_of: Timestamp,
    /// The controller's zone
    pub zone: TimeZone,
}

/// One subscription that has not ended.
pub struct Subscriber {
    /// Its table
    pub table: TableId,
    /// The channel, where the map says it
    pub channel: Option<String>,
    /// The topic, where the map says it
    pub topic: Option<String>,
    /// By what the person is known: kind or word of the person, and canonical value
    pub known_by: Vec<(String, String)>,
}

impl Subscriber {
    /// Whether it is of the messages that `pattern` (CHANNEL/TOPIC) means. What the map does not tell is of all of them.
    #[must_use]
    pub fn is_one_of(&self, pattern: &str) -> bool {
        let Some((channel, topic)) = pattern.split_once('/') else { return false };
        let fits = |said: &Option<String>, wanted: &str| {
            let said = said.as_ref().filter(|said| wanted != EVERY && !said.trim().is_empty());
            said.is_none_or(|said| Wanted::new([wanted], []).of(said) != Asked::Nothing)
        };
        fits(&self.channel, channel) && fits(&self.topic, topic)
    }
}

/// What is read of each row.
struct Places<'m> {
    channel: Option<Result<usize, String>>,
    topic: Option<Result<usize, String>>,
    at: Option<usize>,
    /// Columns of keys of person rows, by the person's word
    persons: Vec<Known<'m, String>>,
    /// Columns of values by which people are known
    values: Vec<Known<'m, Kind>>,
}

/// A column by which whoever the row is about is known, in some rows.
struct Known<'m, T> {
    by: T,
    at: usize,
    binding: Binding<'m>,
}

impl Returning<'_> {
    /// Hands every subscription that has not ended to `each`, page by page.
    pub fn look(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Subscriber) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.map.subscriptions.iter().try_for_each(|subscriptions| self.table(subscriptions, database, each))
    }

    fn table(
        &self,
        subscriptions: &Subscriptions,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Subscriber) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let held = &self.map.tables[subscriptions.table];
        let mut after: Option<Key> = None;
        loop {
            let key = held.key_columns()?;
            let names = key.len();
            let filter = not_ended(self.map, subscriptions);
            let mut select = Select::page(held.name.clone(), key, after.take(), PAGE, filter);
            let places = self.places(subscriptions, &mut select);
            let mut rows: Vec<Row> = Vec::new();
            database.scan(&select, &mut |row| {
                rows.push(row);
                Flow::Continue
            })?;
            for row in &rows {
                if let Some(subscriber) = self.subscriber(subscriptions.table, &places, &row[names..]) {
                    each(&subscriber)?;
                }
            }
            match rows.last() {
                Some(last) if rows.len() >= PAGE as usize => after = Some(Key(last[..names].to_vec())),
                _ => return Ok(()),
            }
        }
    }

    fn places(&self, subscriptions: &Subscriptions, select: &mut Select) -> Places<'_> {
        let ask = |via: usize, column: &str, select: &mut Select| {
            select.term(Term::Column { via, column: column.to_owned() })
        };
        let mut said = |source: &Option<Source>| match source {
            Some(Source::Column(name)) => Some(Ok(ask(0, name, select))),
            Some(Source::Text(text)) => Some(Err(text.clone())),
            None => None,
        };
        let (channel, topic) = (said(&subscriptions.channel), said(&subscriptions.topic));
        let at = subscriptions.stop.at.as_ref().map(|name| ask(0, name, select));
        let (mut persons, mut values) = (Vec::new(), Vec::new());
        let role = self.map.subscriptions.iter().find(|one| *one == subscriptions).and_then(|one| one.role.as_deref());
        for (Above { table, via, binding }, role) in people_above(self.map, subscriptions.table, role, select) {
            let held = &self.map.tables[table];
            let whole = self.map.persons.iter().filter(|person| person.table == table && role.is_none());
            for person in whole {
                let (by, at) = (person.name.clone(), ask(via, &person.column, select));
                persons.push(Known { by, at, binding: binding.clone() });
            }
            let theirs = |column: &&Column| column.meaning.proves.is_some() && column.meaning.role.as_deref() == role;
            for column in held.columns.iter().filter(theirs) {
                let at = ask(via, &column.name, select);
                values.push(Known { by: column.meaning.kind, at, binding: binding.clone() });
            }
            for tie in held.ties.iter().filter(|tie| tie.sense == Sense::Of && tie.role.as_deref() == role) {
                let [only] = tie.columns.as_slice() else { continue };
                let binding = binding.by(self.map, table, via, tie, select);
                if let Target::Value(kind) = &tie.target {
                    values.push(Known { by: *kind, at: ask(via, only, select), binding });
                // the pointer alone tells whose it is, even when the person's row is gone
                } else if let Some(person) = self.map.persons.iter().find(|person| tie.is_of(person)) {
                    persons.push(Known { by: person.name.clone(), at: ask(via, only, select), binding });
                }
            }
        }
        Places { channel, topic, at, persons, values }
    }

    fn subscriber(&self, table: TableId, places: &Places<'_>, row: &[Value]) -> Option<Subscriber> {
        let ended = places.at.is_some_and(|at| match Dated::read(&row[at]) {
            Dated::Empty | Dated::Zero => false,
            dated => dated.moment(&self.zone).is_none_or(|moment| moment <= self.as_of),
        });
        if ended {
            return None;
        }
        let said = |place: &Option<Result<usize, String>>| match place {
            Some(Ok(at)) => Some(row[*at].to_canonical_text()),
            Some(Err(text)) => Some(text.clone()),
            None => None,
        };
        let persons = places.persons.iter().filter(|known| known.is_in(row) && !row[known.at].is_null());
        let mut known_by: Vec<(String, String)> =
            persons.map(|known| (known.by.clone(), row[known.at].to_canonical_text())).collect();
        known_by.extend(places.values.iter().filter(|known| known.is_in(row)).filter_map(|known| {
            let value = known.by.normalise_value(&row[known.at])?;
            Some((known.by.word().to_owned(), value))
        }));
        known_by.sort();
        known_by.dedup();
        Some(Subscriber { table, channel: said(&places.channel), topic: said(&places.topic), known_by })
    }
}

impl<T> Known<'_, T> {
    fn is_in(&self, row: &[Value]) -> bool {
        self.binding.holds(row) == Some(true)
    }
}

/// What the engine can leave out: rows whose every column says that it has ended.
fn not_ended(map: &Classified, subscriptions: &Subscriptions) -> Option<Predicate> {
    let stop = &subscriptions.stop;
    let held = &map.tables[subscriptions.table];
    let differs = |(name, value): &(String, String)| {
        let whole = held.column(name).is_some_and(|column| column.declared.to_ascii_uppercase().contains("INT"));
        let number = value.trim().parse().ok().filter(|_| whole).map(Value::Integer);
        let literal = number.unwrap_or_else(|| Value::from(value.as_str()));
        let column = || name.clone();
        Predicate::Or(vec![
            Predicate::IsNull { column: column(), negated: false },
            Predicate::Compare { column: column(), op: Comparison::NotEqual, literal },
        ])
    };
    let differs: Vec<Predicate> = stop.set.iter().map(differs).collect();
    (!differs.is_empty()).then_some(Predicate::Or(differs))
}
