//! Legal holds as a purge sees them: nobody names the people of a purge, so they are compared by their tags.

use std::collections::{BTreeSet, HashSet};

use crate::{
    case::{IdentitySet, IdentityTag, SubjectRef},
    data_map::classified::TableId,
    kind::Kind,
    value::{Key, Value},
};

/// Computes the keyed tag of a value, by the word of its kind or person.
pub type Tagging = Box<dyn Fn(&str, &str) -> IdentityTag>;

/// What is held, and how a tag is computed.
pub struct Held {
    /// Tables of which nothing may go
    pub tables: BTreeSet<TableId>,
    /// Tags of the people of whom nothing may go
    pub people: HashSet<IdentityTag>,
    /// The references of these people
    pub subjects: HashSet<SubjectRef>,
    /// The keyed tag of a value, by the word of its kind or person
    pub tag: Tagging,
}

impl Held {
    /// Whether a value is that of somebody under hold.
    #[must_use]
    pub fn is_held(&self, word: &str, canonical: &str) -> bool {
        !self.people.is_empty() && self.people.contains(&(self.tag)(word, canonical))
    }

    /// Whether the person whose row of `person` has this key is under hold.
    #[must_use]
    pub fn holds_key(&self, person: &str, key: &Key) -> bool {
        if self.people.is_empty() {
            return false;
        }
        let key: Vec<String> = key.0.iter().map(Value::to_canonical_text).collect();
        self.is_held(person, &key.join(" "))
    }

    /// Whether the person is under hold, by any of their keys or values. Names hold nobody: namesakes are others.
    #[must_use]
    pub fn holds(&self, set: &IdentitySet) -> bool {
        if self.people.is_empty() {
            return false;
        }
        let strong = |kind: &str| kind.parse::<Kind>().is_ok_and(|kind| !kind.is_weak());
        set.persons.iter().any(|(person, keys)| keys.iter().any(|key| self.holds_key(person, key)))
            || set
                .values
                .iter()
                .filter(|known| strong(&known.kind))
                .any(|known| self.is_held(&known.kind, known.value.reveal()))
    }
}
