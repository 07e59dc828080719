//! Who a case is about: what the officer gives, and the closed set that it resolves to (DESIGN §3).
//!
//! Both are personal data through and through: `Debug` shows counts alone, memory is wiped on drop, and serialization
//! is for the encrypted body of an event only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, mem,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::secret::Secret;
use crate::value::{Key, Value};

/// One value that may find a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// The word of its kind, such as `phone`
    pub kind: String,
    /// The value as it was given
    pub value: Secret,
    /// Since when it is this person's, where that is known (numbers are issued again)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when it was this person's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What the officer gives to find a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The values, in the order given
    pub identifiers: Vec<Identifier>,
}

impl Identity {
    /// Makes an identity of pairs of kind and value, without windows.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let identifiers = pairs
            .into_iter()
            .map(|(kind, value)| Identifier { kind: kind.to_owned(), value: value.into(), since: None, until: None })
            .collect();
        Self { identifiers }
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identifiers.is_empty()
    }
}

/// A value that the search found to be the person's, and when it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KnownValue {
    /// The word of its kind
    pub kind: String,
    /// The canonical spelling
    pub value: Secret,
    /// Since when it is this person's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when it was this person's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether it widens the search: its column proves possession, or the officer gave or accepted it
    pub proven: bool,
}

/// The officer's decision on one candidate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pick {
    /// The person's word in the data map, such as `account`
    pub person: String,
    /// The key of the candidate's person row
    pub key: Key,
    /// Whether the candidate is the person
    pub accepted: bool,
}

/// The closed set that an identity resolves to: never row keys other than those of person rows.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct IdentitySet {
    /// Keys of person rows, by the person's word in the data map
    pub persons: BTreeMap<String, BTreeSet<Key>>,
    /// Values of the person
    pub values: BTreeSet<KnownValue>,
    /// Roles found, such as `holder`, `sender`, `recipient`
    pub roles: BTreeSet<String>,
    /// What the officer decided where it was ambiguous
    pub picks: BTreeSet<Pick>,
    /// Where rows may have come back: when the person's were removed. Of that day nobody knows whose a row is that bears
    /// a value of theirs and says the day alone. Never sealed
    pub removed: Option<Timestamp>,
}

impl IdentitySet {
    /// Whether nobody was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.persons.values().all(BTreeSet::is_empty) && self.values.is_empty()
    }

    /// Takes in what was captured of the same person at another time.
    pub fn extend(&mut self, other: &Self) {
        for (person, keys) in &other.persons {
            self.persons.entry(person.clone()).or_default().extend(keys.iter().cloned());
        }
        self.values.extend(other.values.iter().cloned());
        self.roles.extend(other.roles.iter().cloned());
        self.picks.extend(other.picks.iter().cloned());
    }

    /// Whether both were found in the same person rows, of every kind of person that they have in common.
    #[must_use]
    pub fn shares_a_row(&self, other: &Self) -> bool {
        let mut shared =
            self.persons.iter().filter_map(|(person, keys)| Some((keys, other.persons.get(person)?))).peekable();
        shared.peek().is_some() && shared.all(|(one, other)| !one.is_disjoint(other))
    }

    /// Digest by which two sets are compared (`identity_changed`). It can be tried out against guessed identifiers, so
    /// it must never leave memory or an encrypted body.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut bytes = b"droit.identity-set/1".to_vec();
        for (person, keys) in &self.persons {
            text(&mut bytes, b'p', person);
            for key in keys {
                key.encode(&mut bytes);
            }
        }
        for known in &self.values {
            text(&mut bytes, b'v', &known.kind);
            text(&mut bytes, if known.proven { b'+' } else { b'?' }, known.value.reveal());
            instant(&mut bytes, known.since);
            instant(&mut bytes, known.until);
        }
        for role in &self.roles {
            text(&mut bytes, b'r', role);
        }
        for pick in &self.picks {
            text(&mut bytes, if pick.accepted { b'y' } else { b'n' }, &pick.person);
            pick.key.encode(&mut bytes);
        }
        let digest = Sha256::digest(&bytes).into();
        bytes.zeroize();
        digest
    }
}

fn text(bytes: &mut Vec<u8>, tag: u8, text: &str) {
    bytes.push(tag);
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn instant(bytes: &mut Vec<u8>, at: Option<Timestamp>) {
    bytes.push(u8::from(at.is_some()));
    bytes.extend_from_slice(&at.map_or(0, Timestamp::as_nanosecond).to_be_bytes());
}

impl fmt::Debug for IdentitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentitySet")
            .field("persons", &self.persons.values().map(BTreeSet::len).sum::<usize>())
            .field("values", &self.values.len())
            .field("roles", &self.roles)
            .field("picks", &self.picks.len())
            .field("removed", &self.removed)
            .finish()
    }
}

impl Drop for IdentitySet {
    fn drop(&mut self) {
        mem::take(&mut self.persons).into_values().flatten().for_each(wipe);
        for pick in mem::take(&mut self.picks) {
            wipe(pick.key);
        }
    }
}

fn wipe(key: Key) {
    for value in key.0 {
        match value {
            Value::Text(mut text) => text.zeroize(),
            Value::Blob(mut bytes) | Value::Malformed(mut bytes) => bytes.zeroize(),
            Value::Null | Value::Integer(_) | Value::Real(_) => {}
        }
    }
}

/// The set as it stands in an encrypted body; cells carry their type, because the text `5` is not the number 5.
#[derive(Serialize, Deserialize)]
struct Stored {
    persons: BTreeMap<String, Vec<Vec<Cell>>>,
    values: BTreeSet<KnownValue>,
    roles: BTreeSet<String>,
    picks: Vec<(String, Vec<Cell>, bool)>,
}

#[derive(Serialize, Deserialize)]
enum Cell {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "i")]
    Integer(i64),
    /// By its bits: JSON has no NaN and no exact reals
    #[serde(rename = "r")]
    Real(u64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "b")]
    Blob(Vec<u8>),
    #[serde(rename = "m")]
    Malformed(Vec<u8>),
}

fn cells(key: &Key) -> Vec<Cell> {
    let cell = |value: &Value| match value {
        Value::Null => Cell::Null,
        Value::Integer(number) => Cell::Integer(*number),
        Value::Real(number) => Cell::Real(number.to_bits()),
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Blob(bytes) => Cell::Blob(bytes.clone()),
        Value::Malformed(bytes) => Cell::Malformed(bytes.clone()),
    };
    key.0.iter().map(cell).collect()
}

fn key(cells: Vec<Cell>) -> Key {
    let value = |cell| match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(number),
        Cell::Real(bits) => Value::Real(f64::from_bits(bits)),
        Cell::Text(text) => Value::Text(text),
        Cell::Blob(bytes) => Value::Blob(bytes),
        Cell::Malformed(bytes) => Value::Malformed(bytes),
    };
    Key(cells.into_iter().map(value).collect())
}

impl From<IdentitySet> for Stored {
    fn from(mut set: IdentitySet) -> Self {
        let persons = set.persons.iter().map(|(person, keys)| (person.clone(), keys.iter().map(cells).collect()));
        Self {
            persons: persons.collect(),
            picks: set.picks.iter().map(|pick| (pick.person.clone(), cells(&pick.key), pick.accepted)).collect(),
            values: mem::take(&mut set.values),
            roles: mem::take(&mut set.roles),
        }
    }
}

impl From<Stored> for IdentitySet {
    fn from(stored: Stored) -> Self {
        let persons = stored.persons.into_iter().map(|(person, keys)| (person, keys.into_iter().map(key).collect()));
        let picks =
            stored.picks.into_iter().map(|(person, cells, accepted)| Pick { person, key: key(cells), accepted });
        let (persons, picks) = (persons.collect(), picks.collect());
        Self { persons, values: stored.values, roles: stored.roles, picks, removed: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> IdentitySet {
        let known = KnownValue {
            kind: "phone".to_owned(),
            value: "13800138000".into(),
            since: Some("2024-03-01T00:00:00Z".parse().unwrap()),
            until: None,
            proven: true,
        };
        let key = |value: Value| Key(vec![value]);
        IdentitySet {
            persons: BTreeMap::from([(
                "account".to_owned(),
                BTreeSet::from([key(Value::Integer(7)), key("7".into())]),
            )]),
            values: BTreeSet::from([known]),
            roles: BTreeSet::from(["holder".to_owned()]),
            picks: BTreeSet::from([Pick { person: "account".to_owned(), key: key(8.into()), accepted: false }]),
            removed: None,
        }
    }

    #[test]
    fn debug_shows_counts_alone() {
        let shown = format!("{:?} {:?}", set(), Identity::of([("phone", "13800138000")]));
        assert!(!shown.contains("138"), "{shown}");
        assert!(shown.contains("persons: 2"), "{shown}");
    }

    #[test]
    fn a_set_survives_its_body() {
        let json = serde_json::to_string(&set()).unwrap();
        let again: IdentitySet = serde_json::from_str(&json).unwrap();
        assert!(again == set());
        assert_eq!(again.digest(), set().digest());
    }

    #[test]
    fn every_part_tells_in_the_digest() {
        let changes: [fn(&mut IdentitySet); 6] = [
            |s| s.persons.clear(),
            |s| s.values.clear(),
            |s| s.roles.clear(),
            |s| s.picks.clear(),
            |s| s.values = s.values.iter().cloned().map(|v| KnownValue { proven: false, ..v }).collect(),
            |s| s.values = s.values.iter().cloned().map(|v| KnownValue { since: None, ..v }).collect(),
        ];
        for (at, change) in changes.iter().enumerate() {
            let mut other = set();
            change(&mut other);
            assert_ne!(other.digest(), set().digest(), "change {at}");
        }
    }

    #[test]
    fn an_integer_key_is_not_a_text_key() {
        let with = |value: Value| {
            let mut set = IdentitySet::default();
            set.persons.entry("account".to_owned()).or_default().insert(Key(vec![value]));
            set
        };
        assert_ne!(with(5.into()).digest(), with("5".into()).digest());
    }
}
