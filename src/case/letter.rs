//! The letters that a request can bring.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::request::UnknownWord;

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// The request arrived
    Receipt,
    /// Please show who you are
    Identity,
    /// No answer yet, because that is still missing (D9)
    Interim,
    /// The answer takes longer, and why (D10)
    Extension,
    /// What was given, corrected, removed and kept
    Answer,
    /// No, with law, reason and remedies (PIPL 50)
    Refusal,
}

impl Letter {
    /// All of them, in the order of a case's life.
    pub const ALL: [Self; 6] =
        [Self::Receipt, Self::Identity, Self::Interim, Self::Extension, Self::Answer, Self::Refusal];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Identity => "identity",
            Self::Interim => "interim",
            Self::Extension => "extension",
            Self::Answer => "answer",
            Self::Refusal => "refusal",
        }
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Letter {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|letter| letter.word() == text);
        found.ok_or(UnknownWord { what: "letter", known: "receipt, identity, interim, extension, answer, refusal" })
    }
}
