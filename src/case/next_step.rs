//! The one legal next step of a case, in the words that are typed.

use std::fmt;

use super::{
    fold::{Case, Proof},
    number::CaseNumber,
    request::RequestType,
    status::Status,
};

/// What has to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// A command for this case
    Command(&'static str, CaseNumber),
    /// A command that is not about this case alone
    Other(&'static str),
    /// Nothing is to be done here any more; the case goes on under another number, if there is one
    Nothing(Option<CaseNumber>),
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(words, case) => write!(f, "droit {words} {case}"),
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
            Status::Received | Status::Acked | Status::NeedId | Status::Reopened => command("case identify"),
            Status::Verified if self.require_identified().is_err() => command("case identify"),
            Status::Verified => command(self.request.action().map_or("case answer", deed)),
            Status::Assessed | Status::Approved => NextStep::Other("apply PLAN"),
            Status::Executing => NextStep::Other("recover"),
            Status::Postcheck if self.proof == Proof::Pending => command("prove"),
            Status::Postcheck | Status::Denied => command("case answer"),
            Status::RestrictedWait if self.replies.is_empty() => command("case answer"),
            Status::RestrictedWait => NextStep::Other("purge scheduled"),
            Status::Replied | Status::Withdrawn => command("case close"),
            Status::Closed => NextStep::Nothing(None),
            Status::Merged => NextStep::Nothing(self.merged_into),
        }
    }
}

/// The command that carries a right out.
fn deed(action: RequestType) -> &'static str {
    match action {
        RequestType::Access | RequestType::Copy => "export",
        RequestType::Transfer => "export --portable",
        RequestType::Correct => "correct",
        RequestType::Delete | RequestType::CancelAccount => "erase",
        RequestType::Restrict => "restrict",
        RequestType::WithdrawConsent => "revoke",
        RequestType::OptOut => "unsubscribe",
        RequestType::Explain
        | RequestType::Deceased
        | RequestType::Guardian
        | RequestType::SenderDisclosure
        | RequestType::Complaint => "case answer",
    }
}
