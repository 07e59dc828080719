//! What guardians said: valid is what is written, provable, not revoked and older than the collection (LAW §7.3).

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::Minors;
use crate::{
    data_map::classified::{Minors as Section, Person, Tie},
    database::{Arm, Database, Flow, Join, Seed, Select, Term, locate::case_term},
    error::Error,
    kind::Dated,
    value::{Key, Value},
};

/// What is known of the consent for one minor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Consent {
    /// Valid for these scopes, in lower case
    Valid(BTreeSet<String>),
    /// Given, but not shown to be older than the collection
    Late,
    /// Nothing that counts
    #[default]
    None,
}

impl Consent {
    /// The most favourable of two; what two valid ones cover is covered.
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Valid(mut one), Self::Valid(two)) => {
                one.extend(two);
                Self::Valid(one)
            }
            (Self::Valid(scopes), _) | (_, Self::Valid(scopes)) => Self::Valid(scopes),
            (Self::Late, _) | (_, Self::Late) => Self::Late,
            (Self::None, Self::None) => Self::None,
        }
    }
}

/// Places of a consent's cells.
struct Places {
    valid: usize,
    scope: Option<usize>,
    given: Option<usize>,
    revoked: Option<usize>,
    collected: Option<usize>,
}

impl Minors<'_> {
    /// The consents for the people of these keys; who is missing has none.
    pub(super) fn consents(
        &self,
        person: &Person,
        keys: &[Key],
        database: &mut dyn Database,
    ) -> Result<HashMap<Key, Consent>, Error> {
        let section = self.section()?;
        let mut consents = HashMap::new();
        for tie in self.minor_ties(section, person) {
            self.consents_by(tie, section, person, keys, database, &mut consents)?;
        }
        Ok(consents)
    }

    fn consents_by(
        &self,
        tie: &Tie,
        section: &Section,
        person: &Person,
        keys: &[Key],
        database: &mut dyn Database,
        consents: &mut HashMap<Key, Consent>,
    ) -> Result<(), Error> {
        let held = &self.map.tables[section.consent];
        let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let arm = Arm { columns: tie.columns.clone(), seeds, folds: false };
        let mut select = Select::new(held.name.clone(), tie.columns.clone(), vec![arm]);
        let names = select.key_len();
        let valid = select.term(Term::Truth { via: 0, predicate: section.valid.clone() }) + names;
        let mut column = |name: &Option<String>| {
            name.as_ref().map(|name| select.term(Term::Column { via: 0, column: name.clone() }) + names)
        };
        let (scope, given, revoked) = (column(&section.scope), column(&section.given), column(&section.revoked));
        let collected = section.collected.as_ref().filter(|place| place.table == person.table).map(|place| {
            let target = vec![person.column.clone()];
            let table = self.map.tables[person.table].name.clone();
            let via = select.join(Join { from: 0, columns: tie.columns.clone(), table, target, within: None });
            select.term(Term::Column { via, column: place.column.clone() }) + names
        });
        let places = Places { valid, scope, given, revoked, collected };
        let case = held.case.as_ref().map(|case| case_term(self.map, case, &mut select) + names);
        database.read(&select, &mut |found| {
            let case = case.map_or(&Value::Null, |at| &found.row[at]);
            let unclear = tie.cases.as_ref().is_some_and(|cases| cases.are_unclear_in(case));
            let said = match self.consent(&places, &found.row) {
                // one that may be for them is looked at
                Consent::Valid(_) if unclear => Consent::Late,
                said => said,
            };
            if unclear || tie.holds_in(Some(&case.to_canonical_text())) {
                let entry = consents.entry(Key(found.row[..names].to_vec())).or_default();
                *entry = std::mem::take(entry).join(said);
            }
            Flow::Continue
        })?;
        Ok(())
    }

    fn consent(&self, places: &Places, row: &[Value]) -> Consent {
        let cell = |at: Option<usize>| at.map(|at| &row[at]);
        if row[places.valid] != Value::Integer(1) || self.is_revoked(cell(places.revoked)) {
            return Consent::None;
        }
        let moment = |at: Option<usize>| cell(at).and_then(|cell| Dated::read(cell).moment(&self.zone));
        let given: Option<Timestamp> = moment(places.given);
        if given.is_some_and(|given| self.zone.to_datetime(given).date() > self.as_of) {
            return Consent::None; // not yet given
        }
        match (given, moment(places.collected)) {
            (Some(given), Some(collected)) if given < collected => Consent::Valid(scopes(cell(places.scope))),
            _ => Consent::Late,
        }
    }

    /// A revocation counts from its day on; one without a readable date counts at once.
    fn is_revoked(&self, cell: Option<&Value>) -> bool {
        let Some(cell) = cell.filter(|cell| !cell.is_empty()) else { return false };
        match Dated::read(cell) {
            Dated::Zero => false,
            dated => dated.day(&self.zone).is_none_or(|day| day <= self.as_of),
        }
    }
}

/// A list of words; a consent without one is for everything.
fn scopes(cell: Option<&Value>) -> BTreeSet<String> {
    let Some(cell) = cell else { return BTreeSet::from(["all".to_owned()]) };
    let text = cell.to_canonical_text().to_lowercase();
    let words = text.split(|c: char| c.is_whitespace() || ",;|、，；".contains(c)).map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
