//! What a case says to its clocks.

use jiff::tz::TimeZone;

use super::{
    deadline::{Extension, Facts, IdRequest},
    decision::Decision,
    extent::Extent,
    fold::Case,
};

impl Case {
    /// Whether everything was asked to be erased, and no more than parts of it were.
    #[must_use]
    pub fn is_done_in_part(&self) -> bool {
        self.request.asks_for_erasure() && self.scope.is_empty() && self.removed == Some(Extent::Part)
    }

    /// Gives what the case's clocks depend on, in the controller's zone and with its holiday calendar.
    #[must_use]
    pub fn facts(&self, zone: TimeZone, region: Option<String>) -> Facts {
        let interim = self.replies.iter().find(|reply| reply.interim);
        let reply = self.replies.iter().find(|reply| !reply.interim);
        let told = reply.is_some_and(|reply| matches!(reply.decision, Decision::Fulfilled | Decision::Partial));
        Facts {
            region,
            acknowledged_at: self.acknowledged_at,
            id_request: self.id_requested_at.map(|at| IdRequest { at, doubt: self.id_doubted }),
            verified_at: self.verified_at,
            extension: self.extension.map(|more| Extension { notice_at: more.notice_at, days: more.days }),
            interim_reply_at: interim.map(|reply| reply.sent_at),
            replied_at: reply.map(|reply| reply.sent_at),
            // what droit removed has to be proven gone; what nobody changes, or somebody did by hand, is told
            nothing_to_carry_out: reply.is_some_and(|reply| !reply.unproven),
            postcheck_at: self.completed_at.filter(|_| told || !self.is_done_in_part()),
            minor_found_at: self.minor_found_at,
            ended_at: self.ended_at,
            ..Facts::new(self.request, self.regime, self.received_at, zone)
        }
    }
}
