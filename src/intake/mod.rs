//! Requests that arrive in files: spreadsheets, mails, OpenDSR 2.0, Data Rights Protocol (DESIGN §7).
//!
//! Bytes go in, [`Entry`]s come out, or one [`IntakeError`] that names the place and never a value. Nothing is guessed:
//! what is unknown, missing or said twice is an error. Whether an entry is new, the same again or a duplicate is decided
//! in [`duplicates`].

mod asked;
mod cells;
mod columns;
mod document;
mod drp;
pub mod duplicates;
mod encoding;
mod error;
mod mail;
mod opendsr;

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, tz::TimeZone};

pub use self::{
    columns::Mapping,
    drp::read as read_drp,
    encoding::Encoding,
    error::IntakeError,
    mail::{Rules as MailRules, read as read_mail},
    opendsr::read as read_opendsr,
};

use crate::case::{
    identity::Identity,
    request::{Channel, Regime, Request, RequesterType},
    secret::Secret,
};

/// Bytes of a file that is read; more are not a file of requests.
pub const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// One request as a file has it. What is personal in it is in [`Secret`]s.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line it begins on, in files of many
    pub line: Option<usize>,
    /// What is asked
    pub request: Request,
    /// Under which law
    pub regime: Regime,
    /// How it came
    pub channel: Channel,
    /// Who asks
    pub requester: RequesterType,
    /// When it arrived
    pub received_at: Timestamp,
    /// What it is limited to, in words of the format
    pub scope: Vec<String>,
    /// What finds the person
    pub identity: Identity,
    /// Who asks, by name
    pub name: Option<Secret>,
    /// The words of the request
    pub text: Option<Secret>,
    /// Where the reply goes
    pub reply_to: Option<Secret>,
    /// Whatever else the format says, by its word
    pub facts: BTreeMap<String, Secret>,
    /// What makes it this entry and no other: the keyed digest is taken over it
    pub content: Secret,
}

/// What the files do not say.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The instant it is: nothing arrived later
    pub now: Timestamp,
    /// The controller's zone, for times without one
    pub zone: TimeZone,
    /// The law, where neither the file nor its format says another
    pub regime: Option<Regime>,
    /// When it arrived, as the officer says
    pub received: Option<Timestamp>,
}

/// Years for which a request is taken from a file: so long a claim lasts (CC 188) and its log is kept (LAW §4.1). An older
/// arrival is a mistyped year, and would make its request the earlier of two that ask the same.
const YEARS_BACK: i16 = 3;

impl Terms {
    /// Refuses an arrival at `at` that cannot be meant, in words that follow the name of it.
    fn require_timely(&self, at: Timestamp) -> Result<(), Untimely> {
        let local = |at| self.zone.to_datetime(at).date();
        let oldest = local(self.now).saturating_sub(YEARS_BACK.years());
        match at {
            at if at > self.now => Err(Untimely::Future),
            at if local(at) < oldest => Err(Untimely::Old),
            _ => Ok(()),
        }
    }

    /// The law of what says none itself.
    fn law(&self) -> Regime {
        self.regime.unwrap_or(Regime::Cn)
    }
}

/// Why nothing arrived at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Untimely {
    Future,
    Old,
}

impl Untimely {
    /// What is said of the arrival.
    fn words(self) -> &'static str {
        match self {
            Self::Future => "has not come yet",
            Self::Old => "lies more than three years back; register so old a request by hand",
        }
    }
}

#[cfg(test)]
mod tests;
