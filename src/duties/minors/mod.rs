//! Minors without a guardian's valid consent (LAW §7.3; PIPL 28, 31; GDPR 8): who is one, and what follows.
//!
//! Only one outcome removes anything: a child of whom no consent says anything. Whatever is doubtful – an age that nobody
//! knows, a consent that came late, signals that contradict each other, an adult whose data was collected when they were
//! a minor – goes to a person.

mod ages;
mod consent;
mod people;
mod planner;
mod scan;

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};

pub use ages::Ages;
pub use planner::Part;
pub use scan::Scan;

use crate::{
    case::age::{Band, NoAge, Thresholds, age_on, band_on},
    data_map::classified::{Classified, Minors as Section, Person, Standing, TableId},
    refusal::Refusal,
    value::Key,
};
use consent::Consent;

/// By which rules and as of which day minors are looked for.
#[derive(Clone, Debug)]
pub struct Minors<'a> {
    /// The map
    pub map: &'a Classified,
    /// The ages of the regime
    pub thresholds: Thresholds,
    /// The day on which people are as old as they are
    pub day: Date,
    /// The last day whose consents and revocations count. What is to be purged as of a day before `day` must be so by
    /// what both days know
    pub as_of: Date,
    /// The controller's zone
    pub zone: TimeZone,
}

/// What follows for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A child without consent: all goes but the statutory minimum
    Purge,
    /// A child with a consent that does not cover everything: the rows of these tables go
    PurgePart(BTreeSet<TableId>),
    /// A minor above the age of consent to processing whose guardian may still ratify (CC 145)
    MayRatify,
    /// An adult now whose data was collected from a minor: asked for a consent of their own
    AdultNow,
    /// A consent that was not given before the collection, or cannot be shown to have been
    LateConsent,
    /// Papers and declaration put the person into different bands
    SignalsDiffer,
    /// Nobody knows how old
    UnknownAge(NoAge),
    /// An adult, and when the account was made cannot be read
    UnknownCollection,
}

impl Outcome {
    /// The machine word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Purge => "purge",
            Self::PurgePart(_) => "purge_part",
            Self::MayRatify => "may_ratify",
            Self::AdultNow => "adult_now",
            Self::LateConsent => "late_consent",
            Self::SignalsDiffer => "signals_differ",
            Self::UnknownAge(_) => "unknown_age",
            Self::UnknownCollection => "unknown_collection",
        }
    }

    /// What follows where `now` follows by now: nothing goes that only one of them lets go.
    fn and_now(self, now: Option<Self>) -> Option<Self> {
        match (self, now) {
            (Self::PurgePart(then), Some(Self::PurgePart(now))) => {
                let both: BTreeSet<TableId> = then.intersection(&now).copied().collect();
                (!both.is_empty()).then_some(Self::PurgePart(both))
            }
            (then @ Self::PurgePart(_), Some(Self::Purge)) => Some(then),
            (Self::Purge | Self::PurgePart(_), now) => now,
            (then, _) => Some(then),
        }
    }

    /// Whether rows go because of it.
    #[must_use]
    pub fn is_purge(&self) -> bool {
        matches!(self, Self::Purge | Self::PurgePart(_))
    }
}

/// Somebody for whom something follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Their place among [`Classified::persons`]
    pub person: usize,
    /// The key that other rows name them by
    pub key: Key,
    /// What follows
    pub outcome: Outcome,
}

/// What is read of one person.
#[derive(Debug)]
struct Signs {
    declared: Result<Date, NoAge>,
    papers: Option<Date>,
    collected: Collected,
}

/// When somebody's data was first collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Collected {
    /// The map does not say where that stands
    NotMapped,
    /// It cannot be read
    Unreadable,
    On(Date),
}

impl<'a> Minors<'a> {
    /// The map's `[minors]`; without it nobody can tell a consent.
    pub fn section(&self) -> Result<&'a Section, Refusal> {
        self.map.minors.as_ref().ok_or(Refusal::NoMinors)
    }

    /// The people whose birth date the map knows of, by their place in the map.
    pub fn persons(&self) -> Result<Vec<usize>, Refusal> {
        let section = self.section()?;
        let known =
            |person: &&(usize, &Person)| person.1.born.is_some() && !self.minor_ties(section, person.1).is_empty();
        let found: Vec<usize> = self.map.persons.iter().enumerate().filter(|p| known(&p)).map(|(at, _)| at).collect();
        if found.is_empty() { Err(Refusal::NoMinors) } else { Ok(found) }
    }

    /// Decides by age alone; `None` where nothing follows whatever a guardian says.
    fn by_age(&self, signs: &Signs) -> Option<Aged> {
        if matches!(signs.collected, Collected::On(day) if self.as_of < day && day <= self.day) {
            return None; // not there yet
        }
        let (mut band, mut unknown) = band_on(signs.declared, self.day, self.thresholds);
        let mut born = signs.declared.ok();
        if let Some(papers) = signs.papers {
            let (on_paper, _) = band_on(Ok(papers), self.day, self.thresholds);
            match (band, on_paper) {
                (_, Band::Unknown) => {}
                (Band::Unknown, known) => (band, unknown, born) = (known, None, Some(papers)),
                (declared, known) if declared != known => return Some(Aged::Decided(Outcome::SignalsDiffer)),
                _ => born = Some(papers),
            }
        }
        match band {
            Band::Unknown => Some(Aged::Decided(Outcome::UnknownAge(unknown.unwrap_or(NoAge::Missing)))),
            Band::Child => Some(Aged::Child),
            Band::Youth => Some(Aged::Youth),
            Band::Adult => self.was_minor(born?, signs.collected),
        }
    }

    fn was_minor(&self, born: Date, collected: Collected) -> Option<Aged> {
        let collected = match collected {
            Collected::NotMapped => return None,
            Collected::Unreadable => return Some(Aged::Decided(Outcome::UnknownCollection)),
            Collected::On(day) => day,
        };
        let age = age_on(born, collected).ok()?;
        (self.thresholds.band(age) != Band::Adult).then_some(Aged::AdultNow)
    }

    fn decide(&self, aged: Aged, consent: &Consent) -> Option<Outcome> {
        let uncovered = match consent {
            Consent::Valid(scopes) => self.uncovered(scopes),
            Consent::Late | Consent::None => BTreeSet::new(),
        };
        match (aged, consent) {
            (Aged::Decided(outcome), _) => Some(outcome),
            (Aged::AdultNow, Consent::Valid(_)) => None,
            (Aged::AdultNow, _) => Some(Outcome::AdultNow),
            (_, Consent::Late) => Some(Outcome::LateConsent),
            (_, Consent::Valid(_)) if uncovered.is_empty() => None,
            (Aged::Child, Consent::Valid(_)) => Some(Outcome::PurgePart(uncovered)),
            (Aged::Child, Consent::None) => Some(Outcome::Purge),
            (Aged::Youth, _) => Some(Outcome::MayRatify),
        }
    }

    /// The same rules by what is known by [`Self::day`]; `None` where that is what they go by.
    fn by_now(&self) -> Option<Self> {
        (self.as_of < self.day).then(|| Self { as_of: self.day, ..self.clone() })
    }

    /// The tables that are held on a consent alone (C9) whose scope is none of `scopes`; none when everything was
    /// agreed to.
    fn uncovered(&self, scopes: &BTreeSet<String>) -> BTreeSet<TableId> {
        if scopes.iter().any(|scope| scope == "all" || scope == "*") {
            return BTreeSet::new();
        }
        let on_consent = |basis: &str| basis == "consent" || basis == "separate_consent";
        let tables = self.map.tables.iter().enumerate().filter(|(_, table)| {
            table.standing == Standing::Personal
                && table.basis.as_deref().is_some_and(on_consent)
                && table.scope.is_some()
                && !table.scopes().any(|scope| scopes.contains(&scope.to_lowercase()))
        });
        tables.map(|(table, _)| table).collect()
    }
}

/// What age says, before consents are read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Aged {
    Child,
    Youth,
    AdultNow,
    Decided(Outcome),
}

#[cfg(test)]
mod tests;
