//! The one legal next step of a case, in the words that are typed.

use std::fmt;

use super::{
    event::Restricting,
    fold::{Case, Proof},
    number::CaseNumber,
    request::{Level, RequestType, RequesterType},
    status::Status,
};

/// What has to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// A command for this case
    Command(&'static str, CaseNumber),
    /// A plan is on record: it is applied, or, when it was not written to a file, made again by this command
    Apply(&'static str, CaseNumber),
    /// A command that is not about this case alone
    Other(&'static str),
    /// A command for this case, once what holds everything back has ended
    Later(&'static str, CaseNumber),
    /// Nothing is to be done here any more; the case goes on under another number, if there is one
    Nothing(Option<CaseNumber>),
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(words, case) | Self::Later(words, case) => write!(f, "droit {words} {case}"),
            Self::Apply(..) => f.write_str("droit apply PLAN"),
            Self::Other(words) => write!(f, "droit {words}"),
            Self::Nothing(Some(case)) => write!(f, "nothing here; see {case}"),
            Self::Nothing(None) => f.write_str("nothing"),
        }
    }
}

impl Case {
    /// Names the one next step.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        let command = |words| NextStep::Command(words, self.number);
        match self.status {
            Status::Received
            | Status::Acked
            | Status::NeedId
            | Status::Verified
            | Status::Assessed
            | Status::Reopened
                if self.requester == RequesterType::ForeignAuthority =>
            {
                command("case refuse --code FOR")
            }
            Status::Postcheck | Status::RestrictedWait | Status::Replied | Status::Withdrawn | Status::Closed
                if self.left_to_person.is_some() =>
            {
                command("case note --decided")
            }
            Status::Received | Status::Acked | Status::NeedId | Status::Reopened => self.identify(),
            Status::Verified if self.require_identified().is_err() => self.identify(),
            Status::Verified if self.is_restricting() && self.deeds.restricting == Some(Restricting::ByHand) => {
                command("case answer --by-hand")
            }
            Status::Verified if !self.stopped.is_empty() || self.is_restricting() && self.deeds.restricts() => {
                command("case answer")
            }
            // identified anew since
            Status::Verified if self.proof == Proof::Pending && self.undoable.is_empty() => command("prove"),
            Status::Verified if self.is_done() => command("case answer"),
            Status::Verified => self.deed(),
            // the time in which a change could be undone may end before the plan to undo it is applied
            Status::Assessed | Status::Approved if self.plan.is_some_and(|plan| self.undoes(plan).is_some()) => {
                match self.undoable.is_empty() {
                    false => NextStep::Apply("undo", self.number),
                    true if self.proof == Proof::Pending => command("prove"),
                    true => command("case answer"),
                }
            }
            // a further plan of what is done already may have nothing in it
            Status::Assessed | Status::Approved if self.proof == Proof::NotNeeded && self.is_done() => {
                command("case answer")
            }
            Status::Assessed | Status::Approved => match self.deed() {
                NextStep::Command(words, case) => NextStep::Apply(words, case),
                _ => NextStep::Apply("erase", self.number),
            },
            Status::Executing => NextStep::Other("recover"),
            Status::Postcheck if self.only_restricts_meanwhile() => self.deed(),
            // until nothing can be undone any more
            Status::Postcheck | Status::RestrictedWait if !self.undoable.is_empty() => {
                let proves = self.proof == Proof::Pending;
                NextStep::Later(if proves { "prove" } else { "case answer" }, self.number)
            }
            Status::Postcheck | Status::RestrictedWait | Status::Replied | Status::Closed
                if self.proof == Proof::Pending =>
            {
                command("prove")
            }
            Status::Postcheck if self.has_rows_left() => self.deed(),
            Status::Replied | Status::Closed if self.has_rows_left() => command("case reopen"),
            Status::Postcheck | Status::Denied => command("case answer"),
            Status::RestrictedWait if self.replies.is_empty() => command("case answer"),
            Status::RestrictedWait => NextStep::Later("erase", self.number),
            Status::Replied | Status::Withdrawn => command("case close"),
            Status::Closed => NextStep::Nothing(None),
            Status::Merged => NextStep::Nothing(self.merged_into),
        }
    }

    /// At the level that the request needs.
    fn identify(&self) -> NextStep {
        let words = match self.request.level() {
            Level::L1 => "case identify --level L1",
            Level::L2 => "case identify --level L2",
            Level::L3 => "case identify --level L3",
        };
        NextStep::Command(words, self.number)
    }

    fn is_restricting(&self) -> bool {
        self.request.action() == Some(RequestType::Restrict)
    }

    /// Whether nothing was done but to restrict the person until what they ask for is decided, and maybe let them go.
    fn only_restricts_meanwhile(&self) -> bool {
        self.deeds.restricting.is_some() && !self.is_restricting() && !self.is_begun()
    }

    /// What carries the right out; the answer is all there is to do where the right is to be told something.
    fn deed(&self) -> NextStep {
        let command = |words| NextStep::Command(words, self.number);
        match self.request.action() {
            Some(RequestType::Access | RequestType::Copy) => command("export"),
            Some(RequestType::Transfer) => command("export --portable"),
            Some(RequestType::Delete | RequestType::CancelAccount) => command("erase"),
            Some(RequestType::Correct) => command("correct"),
            Some(RequestType::Restrict) => command("restrict"),
            Some(RequestType::WithdrawConsent) => command("revoke"),
            Some(RequestType::OptOut) => command("unsubscribe"),
            Some(
                RequestType::Explain
                | RequestType::Deceased
                | RequestType::Guardian
                | RequestType::SenderDisclosure
                | RequestType::Complaint,
            )
            | None => command("case answer"),
        }
    }
}
