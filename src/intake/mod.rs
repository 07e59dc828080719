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

use jiff::{Timestamp, tz::TimeZone};

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

impl Terms {
    /// The law of what says none itself.
    fn law(&self) -> Regime {
        self.regime.unwrap_or(Regime::Cn)
    }
}

#[cfg(test)]
mod tests;
