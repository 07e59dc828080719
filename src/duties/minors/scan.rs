//! Streams a person table by the order of its keys, a page at a time, and tells for whom something follows.

use std::collections::HashMap;

use super::{Aged, Looked, Minors, Signs, consent::Consent};
use crate::{database::Database, error::Error, value::Key};

/// Rows of a person table that are read at once.
const PAGE: u32 = 2_048;

/// A walk through all the people whose birth dates the map knows of.
#[derive(Debug)]
pub struct Scan<'a> {
    rules: Minors<'a>,
    /// The person tables still to be read, the current one last
    left: Vec<usize>,
    after: Option<Key>,
}

impl<'a> Scan<'a> {
    /// Begins with the first person.
    pub fn new(rules: Minors<'a>) -> Result<Self, Error> {
        let mut left = rules.persons()?;
        left.reverse();
        Ok(Self { rules, left, after: None })
    }

    /// The rules it goes by.
    #[must_use]
    pub fn rules(&self) -> &Minors<'a> {
        &self.rules
    }

    /// Those of the next page for whom something follows; `None` at the end.
    pub fn next(&mut self, database: &mut dyn Database) -> Result<Option<Vec<Looked>>, Error> {
        let Some(&at) = self.left.last() else { return Ok(None) };
        let person = &self.rules.map.persons[at];
        let people = self.rules.people(person, self.after.take(), PAGE, database)?;
        if people.ended {
            self.left.pop();
        } else {
            self.after = people.last;
        }
        let aged = |key: &Key| people.signs.get(key).and_then(|signs: &Signs| self.rules.by_age(signs));
        let aged: Vec<(Key, Aged)> = people.keys.iter().filter_map(|key| Some((key.clone(), aged(key)?))).collect();
        Ok(Some(self.rules.with_consents(at, aged, database)?))
    }
}

impl Minors<'_> {
    /// Looks again at some people, by the keys that other rows name them by.
    pub(super) fn look(&self, at: usize, keys: &[Key], database: &mut dyn Database) -> Result<Vec<Looked>, Error> {
        let people = self.these(&self.map.persons[at], keys, database)?;
        let aged = people.keys.iter().filter_map(|key| Some((key.clone(), self.by_age(people.signs.get(key)?)?)));
        self.with_consents(at, aged.collect(), database)
    }

    fn with_consents(
        &self,
        at: usize,
        aged: Vec<(Key, Aged)>,
        database: &mut dyn Database,
    ) -> Result<Vec<Looked>, Error> {
        let asked = aged.iter().filter(|(_, aged)| !matches!(aged, Aged::Decided(_)));
        let asked: Vec<Key> = asked.map(|(key, _)| key.clone()).collect();
        let person = &self.map.persons[at];
        let consents = self.consents(person, &asked, database)?;
        let by_now = match self.by_now() {
            Some(rules) => Some(rules.consents(person, &asked, database)?),
            None => None,
        };
        let looked = aged.into_iter().filter_map(|(key, aged)| {
            let decide = |consents: &HashMap<Key, Consent>| {
                self.decide(aged.clone(), &consents.get(&key).cloned().unwrap_or_default())
            };
            let outcome = decide(&consents)?;
            let outcome = match &by_now {
                Some(now) => outcome.and_now(decide(now))?,
                None => outcome,
            };
            Some(Looked { person: at, key, outcome })
        });
        Ok(looked.collect())
    }
}
