//! What happened to a request, as far as its clocks depend on it.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

use super::Extension;
use crate::case::{
    calendar::{self, Calendars},
    request::{Regime, Request},
};

/// China's zone for clocks: UTC+08:00 without daylight saving time (D1).
pub(super) const CHINA: Offset = Offset::constant(8);
/// Working days within which a controller asks for identification (D9).
const PROMPT: u16 = 3;

/// That identification was asked for (D9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdRequest {
    /// When it was asked for
    pub at: Timestamp,
    /// Whether there was reasonable doubt about who asks (GDPR 12(6)); without it no GDPR clock pauses
    pub doubt: bool,
}

/// What the clocks of one request depend on. A mail that asks for two things is two requests with one receipt, each
/// with clocks of its own (D12).
#[derive(Clone, Debug)]
pub struct Facts {
    /// What is asked
    pub request: Request,
    /// Under which law
    pub regime: Regime,
    /// Arrival at any published channel, or at a wrong desk: intake never resets it, at any hour (D2, D14)
    pub received_at: Timestamp,
    /// The controller's zone; Chinese clocks run in UTC+08:00 whatever it is (D1)
    pub zone: TimeZone,
    /// The calendar of the controller's public holidays under EU or UK law; China and California have their own
    pub region: Option<String>,
    /// When receipt was confirmed
    pub acknowledged_at: Option<Timestamp>,
    /// When identification was asked for
    pub id_request: Option<IdRequest>,
    /// When the requester was identified
    pub verified_at: Option<Timestamp>,
    /// More time taken
    pub extension: Option<Extension>,
    /// When the requester was told that the answer waits for identification
    pub interim_reply_at: Option<Timestamp>,
    /// When the answer, or the refusal with its reasons, was sent
    pub replied_at: Option<Timestamp>,
    /// Whether the reply was all there is to do: it was refused, nothing was held, or nothing that was removed waited for its
    /// proof
    pub nothing_to_carry_out: bool,
    /// When it was checked that the stored data is really changed
    pub postcheck_at: Option<Timestamp>,
    /// When it was found that a minor's data is held without consent
    pub minor_found_at: Option<Timestamp>,
    /// When the request was withdrawn or merged into another
    pub ended_at: Option<Timestamp>,
}

impl Facts {
    /// States that a request was received, and nothing else yet.
    #[must_use]
    pub fn new(request: Request, regime: Regime, received_at: Timestamp, zone: TimeZone) -> Self {
        Self {
            request,
            regime,
            received_at,
            zone,
            region: None,
            acknowledged_at: None,
            id_request: None,
            verified_at: None,
            extension: None,
            interim_reply_at: None,
            replied_at: None,
            nothing_to_carry_out: false,
            postcheck_at: None,
            minor_found_at: None,
            ended_at: None,
        }
    }

    /// Takes in a duplicate of the request: the earlier receipt counts (D13).
    pub fn merge_receipt(&mut self, received_at: Timestamp) {
        self.received_at = self.received_at.min(received_at);
    }

    /// The zone whose dates count (D1).
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        match self.regime {
            Regime::Cn => TimeZone::fixed(CHINA),
            _ => self.zone.clone(),
        }
    }

    /// The calendar whose days count.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self.regime {
            Regime::Cn => Some(calendar::CN),
            Regime::UsCa => Some(self.region.as_deref().unwrap_or(calendar::US)),
            Regime::Eu | Regime::Uk => self.region.as_deref(),
        }
    }

    pub(super) fn local_date(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    /// Calendar days from receipt to `to`, by local date; the day of receipt is day 0.
    #[must_use]
    pub fn days_used(&self, to: Timestamp) -> i64 {
        let days = self.local_date(to).duration_since(self.local_date(self.received_at)).as_hours();
        days / 24
    }

    /// Whether identification was asked for later than three working days after receipt: the controller's own delay
    /// (D9).
    #[must_use]
    pub fn asked_for_id_late(&self, calendars: &Calendars) -> bool {
        let last = calendars.working_days_after(self.region(), self.local_date(self.received_at), PROMPT);
        self.id_request.is_some_and(|asked| self.local_date(asked.at) > last.date)
    }
}
