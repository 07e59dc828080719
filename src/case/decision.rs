//! The closed lists of words that events use: how a request was decided, why a purge ran, what a key or tag is for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a request was decided (LAW §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// All of it was done
    Fulfilled,
    /// Some of it was done
    Partial,
    /// None of it was done
    Denied,
    /// Nothing is held on this person
    NoData,
    /// The identity was not verified; an interim reply, counted apart from substantive ones (D9)
    Unverified,
    /// Taken back
    Withdrawn,
    /// Answered in another case
    Merged,
}

impl Decision {
    /// The word that stands in the response log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fulfilled => "FULFILLED",
            Self::Partial => "PARTIAL",
            Self::Denied => "DENIED",
            Self::NoData => "NO_DATA",
            Self::Unverified => "UNVERIFIED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Merged => "MERGED",
        }
    }

    /// Whether the reply must tell the person how to object to it.
    #[must_use]
    pub fn requires_remedies(self) -> bool {
        !matches!(self, Self::Fulfilled | Self::NoData)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a purge runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurgeDuty {
    /// Minors without valid consent (LAW §7.3)
    Minors,
    /// Periods that have ended (LAW §7.4)
    Retention,
    /// Erasures whose time has come
    Scheduled,
    /// The erasures that several cases ask for, together
    Cases,
    /// Erasures repeated after a restored backup
    Replay,
}

impl PurgeDuty {
    /// The word that stands in the casebook.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minors => "minors",
            Self::Retention => "retention",
            Self::Scheduled => "scheduled",
            Self::Cases => "cases",
            Self::Replay => "replay",
        }
    }
}

/// What a key seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Bodies of a case's events
    Case,
    /// Bodies of a purge's events
    Run,
    /// Bodies of a hold's events
    Hold,
    /// Bodies of the workspace's own events
    Workspace,
    /// The work list of one change
    Intent,
    /// Identity tags
    Tags,
    /// New values of corrections, to be repeated on an older backup
    Corrected,
    /// What a change replaced and removed, for as long as it can be undone
    Undo,
}

impl KeyPurpose {
    /// The word that stands in the casebook.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Run => "run",
            Self::Hold => "hold",
            Self::Workspace => "workspace",
            Self::Intent => "intent",
            Self::Tags => "tags",
            Self::Corrected => "corrected",
            Self::Undo => "undo",
        }
    }
}

/// Why a person's tags are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagPurpose {
    /// To give the same person the same reference again
    Subject,
    /// To find what a hold protects
    Hold,
    /// To notice that an erased person came back, or is written to
    Suppression,
    /// To tell whoever was purged from whoever never said anything
    Removed,
}

impl TagPurpose {
    /// The word that stands in the casebook.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Hold => "hold",
            Self::Suppression => "suppression",
            Self::Removed => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_json_agree() {
        for decision in [Decision::Fulfilled, Decision::NoData, Decision::Unverified] {
            assert_eq!(serde_json::to_string(&decision).unwrap(), format!("\"{decision}\""));
        }
        for purpose in [TagPurpose::Subject, TagPurpose::Hold, TagPurpose::Suppression, TagPurpose::Removed] {
            assert_eq!(serde_json::to_string(&purpose).unwrap(), format!("\"{}\"", purpose.word()));
        }
    }

    #[test]
    fn a_full_yes_and_an_empty_house_need_no_remedies() {
        assert!(!Decision::Fulfilled.requires_remedies() && !Decision::NoData.requires_remedies());
        assert!(Decision::Partial.requires_remedies() && Decision::Unverified.requires_remedies());
    }
}
