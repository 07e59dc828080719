//! What stops when a consent is withdrawn or a message is refused (PIPL 15, 24; CPL 29): the rows in which the map says
//! that somebody agreed, and what is written there. Nothing is removed: the row remembers the refusal.

mod instant;
mod record;
mod standing;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

pub(super) use instant::written_in;
use record::Record;
pub use standing::{Told, stands};
pub(super) use words::{Asked, Wanted};

use crate::{
    case::EVERY,
    data_map::classified::{Classified, Consents, Source, TableId},
    database::{Database, locate::Walk},
    error::Error,
    plan::{Act, Decision, Step},
    refusal::Refusal,
    value::{Key, Value},
};

/// When, and in whose zone.
#[derive(Clone, Debug)]
pub struct Instant {
    /// When the person said so: the arrival of their request
    pub said: Timestamp,
    /// When it is decided
    pub as_of: Timestamp,
    /// The controller's zone
    pub zone: TimeZone,
}

/// Which messages are refused; what names nothing is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Messages {
    /// Over these channels
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<String>,
    /// About these topics
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<String>,
}

impl Messages {
    /// Each pair of channel and topic, `*` where none is named.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        fn each(words: &BTreeSet<String>) -> Vec<&str> {
            if words.is_empty() { vec![EVERY] } else { words.iter().map(String::as_str).collect() }
        }
        let topics = each(&self.topics);
        each(&self.channels).into_iter().flat_map(|channel| topics.iter().map(move |topic| (channel, *topic))).collect()
    }

    /// Those of a pair as [`Messages::pairs`] names it; of what is no pair, all.
    #[must_use]
    pub fn of_pair(pair: &str) -> Self {
        let (channel, topic) = pair.split_once('/').unwrap_or((EVERY, EVERY));
        let words = |word: &str| Some(word.to_owned()).filter(|word| word != EVERY).into_iter().collect();
        Self { channels: words(channel), topics: words(topic) }
    }

    /// How much is asked for of a row that says this channel and topic.
    fn asked_of(&self, channel: Option<&str>, topic: Option<&str>) -> Asked {
        let of = |wanted: &BTreeSet<String>, said: Option<&str>| match said.filter(|said| !said.trim().is_empty()) {
            Some(said) if !wanted.is_empty() => Wanted::new(wanted.iter().map(String::as_str), []).of(said),
            // what does not say what it is may be any
            _ => Asked::Whole,
        };
        of(&self.channels, channel).min(of(&self.topics, topic))
    }
}

/// Rows in which something stops, each once, whatever says so.
#[derive(Default)]
pub(super) struct Stopping(BTreeMap<(TableId, Key), Row>);

struct Row {
    roles: Vec<usize>,
    doubtful: bool,
    /// By column: what stands there and what will
    changes: BTreeMap<usize, (Value, Value)>,
}

impl Stopping {
    /// Takes the rows in which the person agreed to one of `scopes`.
    pub(super) fn consents(
        &mut self,
        scopes: &BTreeSet<String>,
        instant: &Instant,
        walk: &Walk<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let map = walk.map();
        for consents in &map.consents {
            let known = names_known(map, consents);
            let names = names_of(consents, scopes.iter().map(String::as_str));
            let wanted = Wanted::new(names.iter().map(String::as_str), known.iter().map(String::as_str));
            let record = Record::of_consents(consents);
            let place = || map.tables[consents.table].name.to_string();
            self.take(&record, instant, walk, database, &mut |row, cells| {
                let asked = wanted.of(row.said[0].as_deref().unwrap_or_default());
                if asked == Asked::Nothing || record.has_ended(cells, map, instant) {
                    return Ok(asked != Asked::Nothing);
                }
                if asked == Asked::InPart {
                    return Err(Refusal::SeveralScopes(place()).into());
                }
                if row.began(instant).is_some_and(|given| given > instant.said) {
                    return Err(Refusal::AgreedSince(place()).into());
                }
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// Takes the rows by which the person gets these messages.
    pub(super) fn messages(
        &mut self,
        messages: &Messages,
        instant: &Instant,
        walk: &Walk<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let map = walk.map();
        for subscriptions in &map.subscriptions {
            let record = Record::of_subscriptions(subscriptions);
            let place = || map.tables[subscriptions.table].name.to_string();
            self.take(&record, instant, walk, database, &mut |row, cells| {
                let asked = messages.asked_of(row.said[0].as_deref(), row.said[1].as_deref());
                if asked == Asked::InPart && !record.has_ended(cells, map, instant) {
                    return Err(Refusal::SeveralScopes(place()).into());
                }
                Ok(asked != Asked::Nothing)
            })?;
        }
        Ok(())
    }

    /// Takes the rows by which the person gets messages, of the tables that are held on one of `scopes`: they stay as
    /// the record of the refusal.
    pub(super) fn messages_held_on(
        &mut self,
        scopes: &BTreeSet<String>,
        instant: &Instant,
        walk: &Walk<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let map = walk.map();
        for subscriptions in &map.subscriptions {
            let held = &map.tables[subscriptions.table];
            let asked = held.is_held_on_consent() && held.scopes().any(|scope| scopes.contains(scope));
            if asked && is_record(map, subscriptions.table) {
                let record = Record::of_subscriptions(subscriptions);
                self.take(&record, instant, walk, database, &mut |_, _| Ok(true))?;
            }
        }
        Ok(())
    }

    /// The tables in which rows were taken.
    pub(super) fn tables(&self) -> impl Iterator<Item = TableId> + '_ {
        self.0.keys().map(|(table, _)| *table)
    }

    fn take(
        &mut self,
        record: &Record<'_>,
        instant: &Instant,
        walk: &Walk<'_>,
        database: &mut dyn Database,
        wanted: &mut dyn FnMut(&record::Said, &record::Cells) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut found = Vec::new();
        record.read(walk, database, &mut |holding, row, cells| {
            if wanted(&row, &cells)? {
                found.push((holding, row, cells));
            }
            Ok(())
        })?;
        for (holding, row, cells) in found {
            let doubtful = holding.doubt.is_some();
            let like = row.began.as_ref();
            let changes = record.changes(&cells, like, walk.map(), instant, database)?;
            let entry = self.0.entry((record.table, holding.key)).or_insert_with(|| Row {
                roles: holding.roles.clone(),
                doubtful,
                changes: BTreeMap::new(),
            });
            entry.changes.extend(changes.into_iter().filter(|_| !doubtful));
        }
        Ok(())
    }

    /// The steps, by table and row; a row in which it has stopped already is left as it is.
    pub(super) fn steps<'s>(&'s self, map: &'s Classified, decision: &'s Decision) -> impl Iterator<Item = Step> + 's {
        self.0.iter().map(move |((table, key), row)| {
            let mut act = Act::Leave;
            if !row.changes.is_empty() {
                let columns = row.changes.keys().copied().collect();
                let (from, to) = row.changes.values().cloned().unzip();
                act = Act::Set { columns, from, to };
            }
            Step {
                table: *table,
                key: key.clone(),
                roles: row.roles.clone(),
                decision: if row.doubtful { Decision::Undecided } else { decision.clone() },
                act,
                cells: map.tables[*table].columns.len() as u64,
                files: Vec::new(),
            }
        })
    }
}

/// Whether rows of `table` are the record of what people agreed to or refused: each names its scope, channel or topic.
/// They outlive a withdrawal, or nobody would know of it.
pub(super) fn is_record(map: &Classified, table: TableId) -> bool {
    let names = |source: &Source| matches!(source, Source::Column(_));
    let consents = map.consents.iter().any(|consents| consents.table == table && names(&consents.scope));
    consents
        || map.subscriptions.iter().any(|subscriptions| {
            let mut said = subscriptions.channel.iter().chain(&subscriptions.topic);
            subscriptions.table == table && said.any(names)
        })
}

/// Those of `scopes` to which the person agrees, as the record has it; what they agreed to `since` does not count.
pub(super) fn still_given(
    map: &Classified,
    scopes: &BTreeSet<&str>,
    since: Option<Timestamp>,
    instant: &Instant,
    walk: &Walk<'_>,
    database: &mut dyn Database,
) -> Result<BTreeSet<String>, Error> {
    let mut given = BTreeSet::new();
    if scopes.is_empty() {
        return Ok(given);
    }
    for consents in &map.consents {
        let record = Record::of_consents(consents);
        let known = names_known(map, consents);
        record.read(walk, database, &mut |holding, row, cells| {
            let anew = since.is_some_and(|since| row.began(instant).is_some_and(|given| given > since));
            if holding.doubt.is_none() && !record.has_ended(&cells, map, instant) && !anew {
                let said = row.said[0].as_deref().unwrap_or_default();
                let called = |scope: &&&str| {
                    let names = names_of(consents, [**scope]);
                    let wanted = Wanted::new(names.iter().map(String::as_str), known.iter().map(String::as_str));
                    wanted.of(said) != Asked::Nothing
                };
                given.extend(scopes.iter().filter(called).map(|scope| (*scope).to_owned()));
            }
            Ok(())
        })?;
    }
    Ok(given)
}

/// What these scopes are called in the rows.
fn names_of<'s>(consents: &Consents, scopes: impl IntoIterator<Item = &'s str>) -> BTreeSet<String> {
    scopes.into_iter().flat_map(|scope| consents.names_of(scope)).collect()
}

/// What the scopes that the map knows are called in the rows.
fn names_known(map: &Classified, consents: &Consents) -> BTreeSet<String> {
    names_of(consents, map.consent_scopes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nothing_is_everything() {
        let named = |channels: &[&str], topics: &[&str]| Messages {
            channels: channels.iter().map(|word| (*word).to_owned()).collect(),
            topics: topics.iter().map(|word| (*word).to_owned()).collect(),
        };
        assert_eq!(named(&[], &[]).pairs(), [("*", "*")]);
        assert_eq!(named(&["mail"], &[]).pairs(), [("mail", "*")]);
        assert_eq!(named(&["mail", "sms"], &["coupon"]).pairs(), [("mail", "coupon"), ("sms", "coupon")]);
    }
}
