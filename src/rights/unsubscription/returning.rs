//! Everybody who gets messages now, and by what each is known: to find those among them who refused.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::EVERY,
    data_map::{
        classified::{Classified, Source, Subscriptions, TableId, Target},
        predicate::{Comparison, Predicate},
    },
    database::{
        Database, Flow, Select, Term,
        locate::{Above, chain},
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
struct Places {
    channel: Option<Result<usize, String>>,
    topic: Option<Result<usize, String>>,
    at: Option<usize>,
    /// Columns of keys of person rows, with the person's word
    persons: Vec<(String, usize)>,
    /// Columns of values by which people are known
    values: Vec<(Kind, usize)>,
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

    fn places(&self, subscriptions: &Subscriptions, select: &mut Select) -> Places {
        let above = chain(self.map, subscriptions.table, select);
        let mut column = |via: usize, column: &str| select.term(Term::Column { via, column: column.to_owned() });
        let mut said = |source: &Option<Source>| match source {
            Some(Source::Column(name)) => Some(Ok(column(0, name))),
            Some(Source::Text(text)) => Some(Err(text.clone())),
            None => None,
        };
        let (channel, topic) = (said(&subscriptions.channel), said(&subscriptions.topic));
        let at = subscriptions.stop.at.as_ref().map(|name| column(0, name));
        let (mut persons, mut values) = (Vec::new(), Vec::new());
        for Above { table, via, .. } in above {
            for person in self.map.persons.iter().filter(|person| person.table == table) {
                persons.push((person.name.clone(), column(via, &person.column)));
            }
            let held = &self.map.tables[table];
            for known in held.columns.iter().filter(|column| column.meaning.proves.is_some()) {
                values.push((known.meaning.kind, column(via, &known.name)));
            }
            for tie in &held.ties {
                if let (Target::Value(kind), [only]) = (&tie.target, tie.columns.as_slice()) {
                    values.push((*kind, column(via, only)));
                }
                // the pointer alone tells whose it is, even when the person's row is gone
                if let (Target::Rows { table: target, columns, .. }, [only]) = (&tie.target, tie.columns.as_slice())
                    && let Some(person) = self.map.persons.iter().find(|p| p.table == *target && columns[0] == p.column)
                {
                    persons.push((person.name.clone(), column(via, only)));
                }
            }
        }
        Places { channel, topic, at, persons, values }
    }

    fn subscriber(&self, table: TableId, places: &Places, row: &[Value]) -> Option<Subscriber> {
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
        let persons = places.persons.iter().filter(|(_, at)| !row[*at].is_null());
        let mut known_by: Vec<(String, String)> =
            persons.map(|(word, at)| (word.clone(), row[*at].to_canonical_text())).collect();
        known_by.extend(places.values.iter().filter_map(|(kind, at)| {
            let value = kind.normalise_value(&row[*at])?;
            Some((kind.word().to_owned(), value))
        }));
        known_by.sort();
        known_by.dedup();
        Some(Subscriber { table, channel: said(&places.channel), topic: said(&places.topic), known_by })
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
