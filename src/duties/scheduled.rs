//! Erasures that wait (LAW §7.2, §7.4; PIPL 47): a minimum has ended, a contract is performed, a hold was released. What
//! waits is on record; whether its time has come is decided by the rows, as an erasure decides them.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::replay::{Print, Seen, Telling};
use crate::{
    case::{About, IdentitySet, KnownValue},
    casebook::Waiting,
    data_map::classified::Person,
    database::{
        Database,
        locate::{close_many, present},
    },
    error::Error,
    kind::Kind,
    plan::is_drawn,
    value::Key,
};

/// What may have come to its end by `as_of`, each once, in the order in which it waits: minimums whose last day is over
/// or unknown, and whatever waits for something that only the rows or the holds tell.
#[must_use]
pub fn due(waiting: &[Waiting], as_of: Date) -> Vec<(About, &str)> {
    let mut found: Vec<(About, &str)> = Vec::new();
    for item in waiting {
        if may_be_over(&item.code, item.until, as_of) && found.iter().all(|(about, _)| *about != item.about) {
            found.push((item.about, item.code.as_str()));
        }
    }
    found
}

/// Whether what waits under a code, until a day, may have come to its end.
#[must_use]
pub fn may_be_over(code: &str, until: Option<Date>, as_of: Date) -> bool {
    code != "RET" || until.is_none_or(|until| until < as_of)
}

/// The person as they were when their data was removed: whoever has one of their values since is somebody else.
#[must_use]
pub fn as_removed(set: &IdentitySet, removed: Timestamp) -> IdentitySet {
    let mut then = set.clone();
    then.values = std::mem::take(&mut then.values)
        .into_iter()
        .map(|mut known| {
            known.until = Some(known.until.map_or(removed, |until| until.min(removed)));
            known
        })
        .collect();
    then
}

/// The same person as they were known until they were removed: all that was theirs then is taken for theirs.
#[must_use]
pub fn as_captured(set: &IdentitySet, removed: Timestamp) -> IdentitySet {
    let mut then = set.clone();
    then.values = std::mem::take(&mut then.values)
        .into_iter()
        .map(|known| KnownValue { until: known.until.filter(|until| *until < removed), ..known })
        .collect();
    then
}

/// What is known of a person's rows from the time when something of them was removed.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// The words of people whose rows went: whoever has the key is another
    pub gone: BTreeSet<String>,
    /// The words of people whose rows stay as they are: they say what they said
    pub untouched: BTreeSet<String>,
    /// Fingerprints of columns that never change
    pub prints: Vec<Print>,
}

/// Keys of people under whose rows somebody else is by now, because databases give keys again: a row that came after the
/// person's went, has another fingerprint, proves a value that was not theirs, bears a name that was not where it proves
/// none, or says nothing where it was left and proved something.
pub fn reissued(
    set: &IdentitySet,
    left: &Left,
    with: &Telling<'_>,
    database: &mut dyn Database,
) -> Result<Vec<(String, Key)>, Error> {
    let mut others = Vec::new();
    let proved = set.values.iter().any(|known| known.proven);
    for person in &with.map.persons {
        let Some(keys) = set.persons.get(&person.name) else { continue };
        let keys: Vec<Key> = present(with.map, person, keys, database)?.into_iter().collect();
        let now = close_many(with.map, person, &keys, with.zone, database)?;
        let speaks = proved && left.untouched.contains(&person.name);
        for (key, now) in keys.into_iter().zip(now) {
            let another = match (left.gone.contains(&person.name), by_print(person, &key, left, with, database)?) {
                (true, _) | (false, Some(true)) => true,
                (false, Some(false)) => false,
                (false, None) => {
                    !is_less(&now, set) || speaks && now.values.iter().all(|known| known.kind == Kind::Name.word())
                }
            };
            if another {
                others.push((person.name.clone(), key));
            }
        }
    }
    Ok(others)
}

/// Whether the row is another's by what never changes in it; nothing where that was written over. What is written
/// otherwise, or cannot be read any more, is somebody's to look at.
fn by_print(
    person: &Person,
    key: &Key,
    left: &Left,
    with: &Telling<'_>,
    database: &mut dyn Database,
) -> Result<Option<bool>, Error> {
    let (table, by) = (&with.map.tables[person.table].name, [person.column.clone()]);
    let mut same = None;
    for print in left.prints.iter().filter(|print| print.is_of(table, &by, key)) {
        match print.look_again(with, database)? {
            Seen::Same | Seen::SameDay => same = Some(false),
            Seen::Left | Seen::Nothing => {}
            Seen::Doubtful | Seen::Contradicts | Seen::Other | Seen::Unreadable => return Ok(Some(true)),
        }
    }
    Ok(same)
}

/// Whether nothing stands in a row that was not known of the person, but for what was written over it.
fn is_less(now: &IdentitySet, then: &IdentitySet) -> bool {
    let said = |known: &&KnownValue| !known.value.reveal().is_empty() && !is_drawn(known.value.reveal());
    let is_name = |known: &&KnownValue| known.kind == Kind::Name.word();
    let (names, values): (Vec<_>, Vec<_>) = now.values.iter().filter(said).partition(is_name);
    let known =
        |value: &&KnownValue| then.values.iter().any(|old| (&old.kind, &old.value) == (&value.kind, &value.value));
    if values.is_empty() { names.iter().all(known) } else { values.iter().all(known) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{case::CaseNumber, data_map::Wording};

    fn waiting(serial: u16, code: &str, until: Option<Date>) -> Waiting {
        let about = About::Case(CaseNumber::new(date(2026, 11, 23), serial).unwrap());
        Waiting { about, table: "t".into(), rows: 1, code: code.into(), law: Wording::default(), until }
    }

    #[test]
    fn a_minimum_is_looked_at_on_the_day_after_its_last() {
        let one = [waiting(1, "RET", Some(date(2029, 3, 10)))];
        assert!(due(&one, date(2029, 3, 10)).is_empty());
        assert_eq!(due(&one, date(2029, 3, 11)).len(), 1);
    }

    #[test]
    fn contracts_and_holds_are_looked_at_every_time_and_each_case_once() {
        let several = [
            waiting(1, "LIVE", None),
            waiting(1, "HOLD", None),
            waiting(2, "RET", None),
            waiting(3, "RET", Some(date(2056, 12, 31))),
        ];
        assert_eq!(due(&several, date(2026, 11, 24)).len(), 2);
    }

    #[test]
    fn a_number_that_is_issued_again_is_somebody_elses() {
        let instant = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut set = IdentitySet::default();
        for (value, until) in [("13800138000", None), ("13900139000", Some(instant("2020-01-01T00:00:00Z")))] {
            let value = KnownValue { kind: "phone".into(), value: value.into(), since: None, until, proven: true };
            set.values.insert(value);
        }
        let removed = instant("2026-11-23T00:00:00Z");
        let then = as_removed(&set, removed);
        let until: Vec<_> = then.values.iter().map(|known| known.until).collect();
        assert_eq!(until, [Some(removed), Some(instant("2020-01-01T00:00:00Z"))]);
    }
}
