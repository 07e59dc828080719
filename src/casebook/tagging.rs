//! Identity tags. Those in sealed bodies are all computed under the workspace's first tag key, so that they can be
//! compared for good. The table of tags, which is not sealed, holds the same tags once more under the tag key of today,
//! as soon as there was more than one; the first key then stands sealed in the record and nowhere else.

use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use super::{Casebook, CasebookError, keys::KeyFolder, seal::SecretKey};
use crate::{
    case::{Body, IdentityTag, KeyId, Secret},
    value::hex,
};

/// Where the first tag key stands in the body of the event that replaced it.
const FIRST: &str = "tag_key";

/// What makes the table's tags of those in bodies.
pub(super) struct Wrapping(Option<SecretKey>);

/// Computes identity tags without reading the key each time.
pub struct Tagger(SecretKey);

impl Tagger {
    /// The keyed tag of an identity value in its canonical spelling.
    #[must_use]
    pub fn tag(&self, kind: &str, canonical: &str) -> IdentityTag {
        self.0.tag(kind, canonical)
    }
}

impl Wrapping {
    /// Nothing: both are the same.
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn under(key: SecretKey) -> Self {
        Self(Some(key))
    }

    /// As it is now.
    pub(super) fn of(connection: &Connection, keys: &KeyFolder) -> Result<Self, CasebookError> {
        current(connection)?.map(|id| keys.load(id)).transpose().map(Self)
    }

    /// The same where `body` has tags at all.
    pub(super) fn for_body(
        body: Option<&Body>,
        connection: &Connection,
        keys: &KeyFolder,
    ) -> Result<Self, CasebookError> {
        if body.is_some_and(|body| !body.tags.is_empty()) { Self::of(connection, keys) } else { Ok(Self::none()) }
    }

    pub(super) fn wrap(&self, tag: &IdentityTag) -> IdentityTag {
        self.0.as_ref().map_or(*tag, |key| key.tag("tag", &hex(tag.bytes())))
    }
}

/// The tag key of today, if it is not the first.
pub(super) fn current(connection: &Connection) -> Result<Option<KeyId>, CasebookError> {
    let sql = "SELECT id FROM keys WHERE purpose = 'tags' AND replaced IS NULL AND first > 1";
    let id: Option<String> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    id.map(|id| id.parse().map_err(|_| CasebookError::Row("keys"))).transpose()
}

/// Remembers the first tag key in a body.
pub(super) fn remember(first: &SecretKey) -> Body {
    Body { facts: [(FIRST.to_owned(), Secret::from(hex(first.bytes())))].into(), ..Body::default() }
}

fn remembered(body: &Body) -> Option<SecretKey> {
    let text = body.facts.get(FIRST)?.reveal();
    let mut bytes = Zeroizing::new([0; 32]);
    if text.len() != 2 * bytes.len() || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(SecretKey::new(bytes))
}

impl Casebook {
    /// The keyed tag of an identity value, in its canonical spelling, as it stands in bodies. It must not leave them.
    pub fn tag(&self, kind: &str, canonical: &str) -> Result<IdentityTag, CasebookError> {
        Ok(self.first_tag_key()?.tag(kind, canonical))
    }

    /// Makes tags as [`Casebook::tag`] does, for many values: the key is read once.
    pub fn tagging(&self) -> Result<impl Fn(&str, &str) -> IdentityTag + use<>, CasebookError> {
        let key = self.first_tag_key()?;
        Ok(move |kind: &str, canonical: &str| key.tag(kind, canonical))
    }

    /// What computes tags of many people.
    pub fn tagger(&self) -> Result<Tagger, CasebookError> {
        self.first_tag_key().map(Tagger)
    }

    /// What stands in plans in the place of keys that are personal is computed with this. Nobody computes it with a tag key
    /// that was replaced.
    pub fn plan_secret(&self, about: &str) -> Result<[u8; 32], CasebookError> {
        let key = match current(&self.connection)? {
            Some(id) => self.keys.load(id)?,
            None => self.first_tag_key()?,
        };
        Ok(*key.tag("plan", about).bytes())
    }

    pub(super) fn wrapping(&self) -> Result<Wrapping, CasebookError> {
        Wrapping::of(&self.connection, &self.keys)
    }

    fn first_tag_key(&self) -> Result<SecretKey, CasebookError> {
        let sql = "SELECT min(first) FROM keys WHERE purpose = 'tags' AND first > 1";
        let replaced: Option<i64> = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let Some(event) = replaced else { return self.keys.load(self.tag_key) };
        let page = self.events_page(None, event - 1, 1)?;
        let recorded = page.into_iter().next().ok_or(CasebookError::Event(event))?;
        match (&recorded.body, recorded.key) {
            (Some(body), _) => remembered(body).ok_or(CasebookError::Event(event)),
            (None, Some(key)) => Err(CasebookError::KeyMissing(key)),
            (None, None) => Err(CasebookError::Event(event)),
        }
    }
}
