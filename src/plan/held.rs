//! What the record knows of people, as it bears on plans: legal holds, and who was erased. Nobody names the other people in
//! a row, nor those of a purge, so they are compared by their tags.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use super::Hold;
use crate::{
    case::{IdentitySet, IdentityTag, SubjectRef},
    data_map::classified::TableId,
    kind::Kind,
    value::{Key, Value},
};

/// Computes the keyed tag of a value, by the word of its kind or person.
pub type Tagging = Box<dyn Fn(&str, &str) -> IdentityTag>;

/// Whether everything that could go is gone of whom a tag belongs to, by the word of the map's people.
pub type Erased = Rc<dyn Fn(&str, &IdentityTag) -> bool>;

/// What is held, who was erased, and how a tag is computed. Where an open hold and a secret one meet, the open one is told.
pub struct Held {
    /// Tables of which nothing may go
    pub tables: BTreeMap<TableId, Hold>,
    /// Tags of the people of whom nothing may go
    pub people: HashMap<IdentityTag, Hold>,
    /// The references of these people
    pub subjects: HashMap<SubjectRef, Hold>,
    /// Whether it is a tag of somebody of whom everything that could go is gone
    pub erased: Erased,
    /// The keyed tag of a value, by the word of its kind or person
    pub tag: Tagging,
}

impl Default for Held {
    /// Nothing is held.
    fn default() -> Self {
        let tag = Box::new(|_: &str, _: &str| IdentityTag::new([0; 32]));
        let (tables, people, subjects) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        Self { tables, people, subjects, erased: Rc::new(|_, _| false), tag }
    }
}

impl Held {
    /// The hold on whom a value belongs to.
    #[must_use]
    pub fn on_value(&self, word: &str, canonical: &str) -> Option<Hold> {
        if self.people.is_empty() {
            return None;
        }
        self.people.get(&(self.tag)(word, canonical)).copied()
    }

    /// The hold on the person whose row of `person` has this key.
    #[must_use]
    pub fn on_key(&self, person: &str, key: &Key) -> Option<Hold> {
        if self.people.is_empty() {
            return None;
        }
        self.on_value(person, &text_of(key))
    }

    /// Whether everything of the person whose row of `person` has this key is gone that could go.
    #[must_use]
    pub fn is_erased(&self, person: &str, key: &Key) -> bool {
        (self.erased)(person, &(self.tag)(person, &text_of(key)))
    }

    /// The hold on a person, by any of their keys or values. Names hold nobody: namesakes are others.
    #[must_use]
    pub fn on(&self, set: &IdentitySet) -> Option<Hold> {
        if self.people.is_empty() {
            return None;
        }
        let strong = |kind: &str| kind.parse::<Kind>().is_ok_and(|kind| !kind.is_weak());
        let keys = set.persons.iter().flat_map(|(person, keys)| keys.iter().map(move |key| self.on_key(person, key)));
        let values = set.values.iter().filter(|known| strong(&known.kind));
        keys.chain(values.map(|known| self.on_value(&known.kind, known.value.reveal()))).flatten().min()
    }
}

/// The key of a person's row as tags are made of it.
#[must_use]
pub fn text_of(key: &Key) -> String {
    key.0.iter().map(Value::to_canonical_text).collect::<Vec<_>>().join(" ")
}

/// The holds that bear on one plan.
#[derive(Clone, Default)]
pub struct Holds {
    /// One of the people whose data it is about is under hold; under an open one where there are both sorts
    pub person: Option<Hold>,
    /// All that is held: tables, and the others in their rows
    pub held: Rc<Held>,
}

impl Holds {
    /// The hold that covers all rows of `table`.
    #[must_use]
    pub fn on(&self, table: TableId) -> Option<Hold> {
        [self.person, self.held.tables.get(&table).copied()].into_iter().flatten().min()
    }

    /// Whether rows have to be looked at for who else is in them.
    #[must_use]
    pub fn on_others(&self) -> bool {
        !self.held.people.is_empty()
    }
}
