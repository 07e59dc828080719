//! Where a case stands, and where it may go from there (LAW §4.3).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The request arrived; its clocks run
    Received,
    /// The person was told that it arrived
    Acked,
    /// The person was asked to prove who they are
    NeedId,
    /// The identity is proven at some level and its set captured
    Verified,
    /// It is decided, row by row, what will happen: a plan exists
    Assessed,
    /// A second officer agreed to the plan
    Approved,
    /// An intent is open: a change is being carried out, or was interrupted
    Executing,
    /// Carried out; it is being checked, or waits for its reply
    Postcheck,
    /// The reply was sent
    Replied,
    /// Nothing more will happen
    Closed,
    /// The request was refused; the reasoned refusal still has to be sent
    Denied,
    /// The person took the request back
    Withdrawn,
    /// The request is answered in another case (D13)
    Merged,
    /// Everything asked for has to wait: holds, live contracts, statutory periods; processing is restricted meanwhile
    RestrictedWait,
    /// Taken up again under the same number
    Reopened,
}

/// A move that LAW §4.3 does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {from} cannot become {to}; it can become {}", list(legal))]
pub struct StatusMove {
    /// Where the case stands
    pub from: Status,
    /// Where it was asked to go
    pub to: Status,
    /// Where it may go
    pub legal: &'static [Status],
}

fn list(legal: &[Status]) -> String {
    if legal.is_empty() {
        return "nothing else".to_owned();
    }
    legal.iter().map(|status| status.word()).collect::<Vec<_>>().join(", ")
}

impl Status {
    /// All states, in the order of a case's life.
    pub const ALL: [Self; 15] = [
        Self::Received,
        Self::Acked,
        Self::NeedId,
        Self::Verified,
        Self::Assessed,
        Self::Approved,
        Self::Executing,
        Self::Postcheck,
        Self::Replied,
        Self::Closed,
        Self::Denied,
        Self::Withdrawn,
        Self::Merged,
        Self::RestrictedWait,
        Self::Reopened,
    ];

    /// The word that stands in the casebook and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acked => "acked",
            Self::NeedId => "need_id",
            Self::Verified => "verified",
            Self::Assessed => "assessed",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Postcheck => "postcheck",
            Self::Replied => "replied",
            Self::Closed => "closed",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Merged => "merged",
            Self::RestrictedWait => "restricted_wait",
            Self::Reopened => "reopened",
        }
    }

    /// The states that may follow. A state that names itself can be entered again (asked once more for an identity, a
    /// second plan, a second letter).
    ///
    /// Two steps of LAW §4.3 may be left out where nothing is to be done in them: acknowledging, because no law of ours
    /// asks for it apart; and carrying out, because an explanation or "we hold nothing" is only written.
    #[must_use]
    pub fn legal_moves(self) -> &'static [Self] {
        use Status::{
            Acked, Approved, Assessed, Closed, Denied, Executing, Merged, NeedId, Postcheck, Reopened, Replied,
            RestrictedWait, Verified, Withdrawn,
        };
        match self {
            Self::Received => &[Acked, NeedId, Verified, Denied, Withdrawn, Merged],
            Self::Acked | Self::Reopened => &[NeedId, Verified, Denied, Withdrawn, Merged],
            Self::NeedId => &[NeedId, Verified, Replied, Denied, Withdrawn, Merged],
            Self::Verified => {
                &[Verified, NeedId, Assessed, Executing, Postcheck, Replied, RestrictedWait, Denied, Withdrawn, Merged]
            }
            // a plan goes nowhere any more once it turns out that somebody else had asked
            Self::Assessed => &[
                Assessed,
                NeedId,
                Verified,
                Approved,
                Executing,
                Postcheck,
                Replied,
                RestrictedWait,
                Denied,
                Withdrawn,
            ],
            Self::Approved => &[Executing, NeedId, Assessed, RestrictedWait, Denied, Withdrawn],
            // what was carried out can be undone, and the case is where it was
            Self::Executing => &[Executing, Postcheck, Assessed, Verified, RestrictedWait],
            // a copy that was not handed over, or a restriction in the meantime, is no reason not to refuse
            Self::Postcheck => &[Postcheck, Assessed, Executing, RestrictedWait, Replied, Denied, Withdrawn],
            Self::Replied => &[Replied, Closed, Reopened],
            Self::Closed => &[Reopened],
            Self::Denied => &[Replied, Reopened],
            Self::Withdrawn => &[Closed, Reopened],
            Self::Merged => &[],
            Self::RestrictedWait => &[RestrictedWait, Assessed, Executing, Postcheck, Replied, Denied, Withdrawn],
        }
    }

    /// Checks that a case may go from here to `to`.
    pub fn require_move(self, to: Self) -> Result<(), StatusMove> {
        let legal = self.legal_moves();
        if legal.contains(&to) { Ok(()) } else { Err(StatusMove { from: self, to, legal }) }
    }

    /// Whether the case is still to be answered: its clocks may still run out.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Replied | Self::Closed | Self::Withdrawn | Self::Merged)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_path_of_the_law_is_legal() {
        use Status::{Acked, Approved, Assessed, Closed, Executing, NeedId, Postcheck, Received, Replied, Verified};
        let path = [Received, Acked, NeedId, Verified, NeedId, Verified, Assessed, Approved, Executing, Postcheck];
        for pair in path.windows(2).chain([[Postcheck, Replied], [Replied, Closed]].iter().map(|p| &p[..])) {
            pair[0].require_move(pair[1]).unwrap();
        }
    }

    #[test]
    fn an_illegal_move_names_the_legal_ones() {
        let error = Status::Replied.require_move(Status::Executing).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a case that is replied cannot become executing; it can become replied, closed, reopened"
        );
        let error = Status::Merged.require_move(Status::Closed).unwrap_err();
        assert_eq!(error.to_string(), "a case that is merged cannot become closed; it can become nothing else");
    }

    #[test]
    fn nothing_is_executed_before_the_identity_is_verified() {
        for status in [Status::Received, Status::Acked, Status::NeedId, Status::Reopened, Status::Denied] {
            for to in [Status::Assessed, Status::Executing, Status::Postcheck] {
                assert!(status.require_move(to).is_err(), "{status} to {to}");
            }
        }
    }

    #[test]
    fn every_state_but_the_first_can_be_reached() {
        for to in Status::ALL.into_iter().filter(|to| *to != Status::Received) {
            assert!(Status::ALL.into_iter().any(|from| from != to && from.require_move(to).is_ok()), "{to}");
        }
        assert!(Status::ALL.into_iter().all(|from| from.require_move(Status::Received).is_err()));
    }

    #[test]
    fn words_and_json_agree() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
        }
    }
}
