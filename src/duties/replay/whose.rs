//! Whose rows they are that stand in a restored database where an erased person's stood: the same person's, somebody
//! else's who was given the key or the number since, or nobody can tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::print::{Print, Removal, Seen, Telling};
use crate::{
    case::{Identity, IdentitySet, KnownValue},
    data_map::classified::Person,
    database::{
        Database,
        locate::{Attribution, Doubt, Walk, close_all, close_many},
    },
    duties::scheduled::as_removed,
    error::Error,
    kind::Kind,
    value::Key,
};

/// A person as the record knows them.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The set that was captured
    pub set: &'a IdentitySet,
    /// Fingerprints of their rows
    pub prints: &'a [Print],
    /// When they were erased; whoever has one of their values since is somebody else. None of somebody who was not
    pub removed: Option<Timestamp>,
    /// Tables in which rows of theirs stayed, written over; none where that may be any
    pub stays: Option<&'a BTreeSet<String>>,
    /// Fingerprints of rows that were tied to theirs
    pub samples: &'a [Print],
    /// How many rows the erasure left, by table, because nobody knew whether they are theirs
    pub undecided: &'a BTreeMap<String, u64>,
}

/// Why nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsure {
    /// A row has their key and was never fingerprinted
    NoFingerprint,
    /// The columns of the fingerprint are not there any more
    FingerprintUnreadable,
    /// The fingerprint is another one, and something that only one person has is the same
    FingerprintDiffers,
    /// The columns of the fingerprint are written otherwise, so that they cannot be compared
    AnotherForm,
    /// Only a day tells, and it is that of the erasure
    SameDay,
    /// Rows belong to their key, and there is no row of that key itself
    NoPersonRow,
    /// A row of another key proves one of their values, and may have proven it while it was theirs
    AnotherRow,
    /// Rows bear one of their values, and nothing says whose they are
    ByValueOnly,
    /// Rows of before the erasure are tied to a key that somebody else has by now
    KeyGivenAway,
    /// Their own row stands as the erasure left it, and others are there again
    BesideWhatStayed,
    /// The map does not know such people any more
    NotInMap,
}

impl Unsure {
    /// The machine's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoFingerprint => "no_fingerprint",
            Self::FingerprintUnreadable => "fingerprint_unreadable",
            Self::FingerprintDiffers => "fingerprint_differs",
            Self::AnotherForm => "another_form",
            Self::SameDay => "same_day",
            Self::NoPersonRow => "no_person_row",
            Self::AnotherRow => "another_row",
            Self::ByValueOnly => "by_value_only",
            Self::KeyGivenAway => "key_given_away",
            Self::BesideWhatStayed => "beside_what_stayed",
            Self::NotInMap => "map_changed",
        }
    }
}

/// Who was found.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    /// What is theirs beyond doubt
    pub set: IdentitySet,
    /// What says so, to be looked at again before anything is written
    pub grounds: Vec<Print>,
    /// Rows that stand as an erasure left them
    pub left: IdentitySet,
    /// Rows of somebody else that have a key or a value of theirs by now
    pub others: u64,
    /// What nobody can tell, and of how many rows
    pub unsure: BTreeMap<Unsure, u64>,
}

impl Whose {
    /// Adds rows of which nobody can tell.
    pub fn add(&mut self, why: Unsure, rows: u64) {
        if rows > 0 {
            *self.unsure.entry(why).or_default() += rows;
        }
    }

    /// Whether nobody was found, and somebody may be there.
    #[must_use]
    pub fn is_nobody_sure(&self) -> bool {
        let of_the_row = [
            Unsure::NoFingerprint,
            Unsure::FingerprintUnreadable,
            Unsure::FingerprintDiffers,
            Unsure::AnotherForm,
            Unsure::SameDay,
            Unsure::NotInMap,
        ];
        self.set.persons.is_empty() && of_the_row.iter().any(|why| self.unsure.contains_key(why))
    }
}

impl Telling<'_> {
    /// Finds out whose the rows are that have the person's keys and values now.
    pub fn whose(&self, known: Known<'_>, database: &mut dyn Database) -> Result<Whose, Error> {
        let mut whose = Whose::default();
        whose.set.roles.clone_from(&known.set.roles);
        whose.set.picks.clone_from(&known.set.picks);
        let mut values = known.set.values.clone();
        let is_known = |name: &str| self.map.persons.iter().any(|person| person.name == name);
        let unknown = known.set.persons.iter().filter(|(name, _)| !is_known(name));
        let unknown: u64 = unknown.map(|(_, keys)| keys.len() as u64).sum();
        // the word may be known, and lead to rows by another table or column
        let leads = |print: &Print| {
            let by = |person: &Person| {
                print.is_by(&self.map.tables[person.table].name, std::slice::from_ref(&person.column))
            };
            self.map.persons.iter().any(by)
        };
        let stray = known.prints.iter().filter(|print| !leads(print)).count() as u64;
        whose.add(Unsure::NotInMap, unknown.max(stray));
        for person in &self.map.persons {
            for key in known.set.persons.get(&person.name).into_iter().flatten() {
                if self.row(person, key, known, &mut whose, database)? {
                    values.extend(self.theirs(person, key, &mut whose, database)?);
                }
            }
        }
        values = self.without_shared(values, known, &mut whose, database)?;
        whose.set.values = values;
        if let Some(removed) = known.removed {
            whose.set = as_removed(&whose.set, removed);
            whose.set.removed = Some(removed);
        }
        Ok(whose)
    }

    /// Rows that bear a value of theirs and may be theirs, beyond those that the erasure left for the same reason.
    pub fn doubtful(&self, known: Known<'_>, whose: &mut Whose, database: &mut dyn Database) -> Result<(), Error> {
        let open = [Doubt::NoDate, Doubt::OtherName, Doubt::SharedValue];
        let now = self.doubts(&whose.set, database)?;
        let rows = |doubts: &BTreeMap<Doubt, u64>, wanted: &dyn Fn(Doubt) -> bool| -> u64 {
            doubts.iter().filter(|(doubt, _)| wanted(**doubt)).map(|(_, rows)| rows).sum()
        };
        let some_left = now.keys().any(|table| known.undecided.contains_key(table));
        let then = if some_left { self.doubts(known.set, database)? } else { BTreeMap::new() };
        for (table, doubts) in now {
            whose.add(Unsure::SameDay, rows(&doubts, &|doubt| doubt == Doubt::SameDay));
            // whatever else was in doubt then is so still, and is not of these
            let other = then.get(&table).map_or(0, |then| rows(then, &|doubt| !open.contains(&doubt)));
            let left = known.undecided.get(&table).map_or(0, |rows| rows.saturating_sub(other));
            whose.add(Unsure::ByValueOnly, rows(&doubts, &|doubt| open.contains(&doubt)).saturating_sub(left));
        }
        Ok(())
    }

    /// How many rows may not be theirs, by table and reason.
    fn doubts(
        &self,
        set: &IdentitySet,
        database: &mut dyn Database,
    ) -> Result<BTreeMap<String, BTreeMap<Doubt, u64>>, Error> {
        let subjects = std::slice::from_ref(set);
        let walk = Walk::new(self.map, subjects, Attribution::Together, self.zone.clone(), database)?;
        let held = walk.count(database)?.into_iter();
        Ok(held.map(|held| (self.map.tables[held.table].name.to_string(), held.undecided)).collect())
    }

    /// Whether the row of `person` under `key` is theirs.
    fn row(
        &self,
        person: &Person,
        key: &Key,
        known: Known<'_>,
        whose: &mut Whose,
        database: &mut dyn Database,
    ) -> Result<bool, Error> {
        let held = &self.map.tables[person.table];
        let by = std::slice::from_ref(&person.column);
        let mut seen: Vec<(Seen, &Print)> = Vec::new();
        for print in known.prints.iter().filter(|print| print.is_of(&held.name, by, key)) {
            seen.push((print.look_at(key, self, self.removal(person, known), database)?, print));
        }
        if let Some((_, print)) = seen.iter().find(|(seen, _)| *seen == Seen::Same) {
            whose.grounds.push((*print).clone());
            return Ok(true);
        }
        let any = |wanted: Seen| seen.iter().any(|(seen, _)| *seen == wanted);
        let doubts = [
            (Seen::SameDay, Unsure::SameDay),
            (Seen::Contradicts, Unsure::FingerprintDiffers),
            (Seen::Doubtful, Unsure::AnotherForm),
        ];
        if let Some((_, why)) = doubts.into_iter().find(|(wanted, _)| any(*wanted)) {
            whose.add(why, 1);
            return Ok(false);
        }
        if any(Seen::Left) {
            whose.left.persons.entry(person.name.clone()).or_default().insert(key.clone());
            return Ok(false);
        }
        if any(Seen::Other) {
            self.another(person, key, known, whose, database)?;
            if let Some(removed) = known.removed {
                let rows = self.of_before(&only(person, key), known.samples, removed, database)?;
                whose.add(Unsure::KeyGivenAway, rows);
            }
            return Ok(false);
        }
        let word = if any(Seen::Unreadable) { Unsure::FingerprintUnreadable } else { Unsure::NoFingerprint };
        let alone = only(person, key);
        if any(Seen::Nothing) || !self.is_there(person, key, database)? {
            let walk =
                Walk::new(self.map, std::slice::from_ref(&alone), Attribution::Together, self.zone.clone(), database)?;
            let rows: u64 = walk.count(database)?.iter().map(|held| held.rows).sum();
            whose.add(Unsure::NoPersonRow, rows);
            return Ok(false);
        }
        if self.proves_the_same(person, key, known, database)? {
            whose.grounds.extend(Print::of_persons(self, &alone, database)?);
            return Ok(true);
        }
        whose.add(word, 1);
        Ok(false)
    }

    /// What is known of the erasure as far as it concerns rows of `person`.
    fn removal(&self, person: &Person, known: Known<'_>) -> Removal {
        let table = self.map.tables[person.table].name.to_string();
        let day = known.removed.map(|removed| self.zone.to_datetime(removed).date());
        Removal { day, stays: known.stays.is_none_or(|stays| stays.contains(&table)) }
    }

    fn is_there(&self, person: &Person, key: &Key, database: &mut dyn Database) -> Result<bool, Error> {
        let identity = Identity::of([(person.name.as_str(), text_of(key).as_str())]);
        let by_key = Timestamp::MAX; // no value is given, so that none has ended
        let closed = close_all(self.map, &[&identity], self.zone, by_key, database)?;
        Ok(closed.iter().any(|closed| closed.set.persons.contains_key(&person.name)))
    }

    /// Whether the row proves a value since the very instant since which the person proved it: whoever is given both the
    /// key and the number later proves it since later; of a day alone, on a later day.
    fn proves_the_same(
        &self,
        person: &Person,
        key: &Key,
        known: Known<'_>,
        database: &mut dyn Database,
    ) -> Result<bool, Error> {
        let day = known.removed.map(|removed| self.zone.to_datetime(removed).date());
        let began = day.and_then(|day| day.to_zoned_datetime(self.zone.clone()).ok()).map(|day| day.timestamp());
        let now = close_many(self.map, person, std::slice::from_ref(key), self.zone, database)?;
        let dated =
            |value: &&KnownValue| value.since.is_some() && value.since != began && value.kind != Kind::Name.word();
        let is_known = |value: &KnownValue| {
            let same = |old: &KnownValue| {
                (&old.kind, &old.value, old.since) == (&value.kind, &value.value, value.since) && old.proven
            };
            known.set.values.iter().any(same)
        };
        Ok(now.iter().flat_map(|set| &set.values).filter(dated).any(is_known))
    }

    /// Takes a row for theirs; returns what it proves.
    fn theirs(
        &self,
        person: &Person,
        key: &Key,
        whose: &mut Whose,
        database: &mut dyn Database,
    ) -> Result<BTreeSet<KnownValue>, Error> {
        whose.set.persons.entry(person.name.clone()).or_default().insert(key.clone());
        let sets = close_many(self.map, person, std::slice::from_ref(key), self.zone, database)?;
        let mut values = BTreeSet::new();
        // who bears no name was not known by one before either
        for value in sets.iter().flat_map(|set| &set.values).filter(|value| !value.value.reveal().is_empty()) {
            values.insert(KnownValue { proven: true, ..value.clone() });
        }
        Ok(values)
    }

    /// Takes the proof from values that somebody else may have proven while they were the person's.
    fn without_shared(
        &self,
        mut values: BTreeSet<KnownValue>,
        known: Known<'_>,
        whose: &mut Whose,
        database: &mut dyn Database,
    ) -> Result<BTreeSet<KnownValue>, Error> {
        let Some(removed) = known.removed else { return Ok(values) };
        let identifies =
            |value: &&KnownValue| value.kind.parse::<Kind>().is_ok_and(|kind| kind.identifies() && !kind.is_weak());
        let asked: Vec<KnownValue> = values.iter().filter(identifies).cloned().collect();
        let held: Vec<Identity> = asked.iter().map(|value| until(value, removed)).collect();
        let held: Vec<&Identity> = held.iter().collect();
        let closed = close_all(self.map, &held, self.zone, removed, database)?;
        let mut judged: BTreeSet<(String, Key)> = BTreeSet::new();
        for (value, closed) in asked.into_iter().zip(&closed) {
            let mut shared = false;
            for person in &self.map.persons {
                for key in closed.set.persons.get(&person.name).into_iter().flatten() {
                    // whoever it is linked to is judged: they are among the found, too
                    let linked = closed.linked.persons.get(&person.name).is_some_and(|linked| linked.contains(key));
                    if linked || whose.set.persons.get(&person.name).is_some_and(|own| own.contains(key)) {
                        continue;
                    }
                    shared = true;
                    if judged.insert((person.name.clone(), key.clone())) {
                        self.under_another_key(person, key, known, whose, database)?;
                    }
                }
            }
            if shared && values.remove(&value) {
                values.insert(KnownValue { proven: false, ..value });
            }
        }
        Ok(values)
    }

    /// Looks at a row of another key that may have proven one of their values while it was theirs. It is never taken for
    /// theirs: two people of one number may have been entered at the same instant.
    fn under_another_key(
        &self,
        person: &Person,
        key: &Key,
        known: Known<'_>,
        whose: &mut Whose,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let held = &self.map.tables[person.table];
        if known.set.persons.get(&person.name).is_some_and(|keys| keys.contains(key)) {
            return Ok(()); // judged by its own key
        }
        let (mut same, mut told_apart) = (false, false);
        for print in known.prints.iter().filter(|print| print.is_in(&held.name)) {
            let seen = print.look_at(key, self, self.removal(person, known), database)?;
            same |= seen == Seen::Same;
            told_apart |= seen == Seen::Other;
        }
        if told_apart && !same {
            self.another(person, key, known, whose, database)
        } else {
            whose.add(Unsure::AnotherRow, 1);
            Ok(())
        }
    }

    /// A row of another fingerprint is somebody else's, unless it contradicts itself.
    fn another(
        &self,
        person: &Person,
        key: &Key,
        known: Known<'_>,
        whose: &mut Whose,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        if self.proves_the_same(person, key, known, database)? {
            whose.add(Unsure::FingerprintDiffers, 1);
        } else {
            whose.others += 1;
        }
        Ok(())
    }
}

fn only(person: &Person, key: &Key) -> IdentitySet {
    let mut set = IdentitySet::default();
    set.persons.insert(person.name.clone(), BTreeSet::from([key.clone()]));
    set
}

fn text_of(key: &Key) -> String {
    key.0.iter().map(crate::value::Value::to_canonical_text).collect()
}

/// The value as far as it was theirs.
fn until(value: &KnownValue, removed: Timestamp) -> Identity {
    let mut identity = Identity::of([(value.kind.as_str(), value.value.reveal())]);
    for identifier in &mut identity.identifiers {
        identifier.until = Some(value.until.map_or(removed, |until| until.min(removed)));
    }
    identity
}
