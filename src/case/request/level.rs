//! How surely a requester is known.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::UnknownWord;

/// How far a requester must prove to be the subject, or to act for them (LAW §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// A logged-in session, or a mailbox or phone already bound
    #[serde(rename = "L1")]
    L1,
    /// L1, a one-time password to the bound phone and one thing only the subject knows
    #[serde(rename = "L2")]
    L2,
    /// L2 and a match of the real name, or notarised papers; approved by a human
    #[serde(rename = "L3")]
    L3,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word().eq_ignore_ascii_case(text));
        found.ok_or(UnknownWord { what: "level of identification", known: "L1, L2, L3" })
    }
}
