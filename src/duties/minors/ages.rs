//! Whether whoever a plan is about is grown up, as far as the map can tell: of a minor nothing is kept that could be put
//! back.

use super::{Minors, Signs};
use crate::{
    case::{
        age::{Band, band_on},
        identity::IdentitySet,
    },
    database::Database,
    error::Error,
    value::Key,
};

/// What birth dates and papers say of some people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ages {
    /// All of them are adults
    Adults,
    /// One of them may be a minor
    Minor,
    /// Of one of them nobody knows, or there is nobody whose birth date could be asked for
    Unknown,
}

impl Minors<'_> {
    /// Looks at the birth dates of the people in `sets`.
    pub fn ages(&self, sets: &[IdentitySet], database: &mut dyn Database) -> Result<Ages, Error> {
        let (mut asked, mut unknown) = (false, false);
        for (name, keys) in sets.iter().flat_map(|set| &set.persons) {
            let Some(person) = self.map.persons.iter().find(|person| person.name == *name) else {
                return Ok(Ages::Unknown);
            };
            let keys: Vec<Key> = keys.iter().cloned().collect();
            let people = self.these(person, &keys, database)?;
            for key in &keys {
                asked = true;
                match people.signs.get(key).map(|signs| self.band(signs)) {
                    Some(Band::Adult) => {}
                    Some(Band::Child | Band::Youth) => return Ok(Ages::Minor),
                    Some(Band::Unknown) | None => unknown = true,
                }
            }
        }
        Ok(if asked && !unknown { Ages::Adults } else { Ages::Unknown })
    }

    /// The younger of what somebody declared and what their papers say.
    fn band(&self, signs: &Signs) -> Band {
        let of = |born| band_on(born, self.day, self.thresholds).0;
        let papers = signs.papers.map(|born| of(Ok(born))).filter(|band| *band != Band::Unknown);
        let declared = of(signs.declared);
        match papers {
            Some(papers) if declared == Band::Unknown => papers,
            Some(papers) => declared.min(papers),
            None => declared,
        }
    }
}
