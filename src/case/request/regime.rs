//! Under which law a request is answered.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::UnknownWord;

/// The law a request is answered under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Regime {
    /// China: PIPL and what hangs on it
    #[serde(rename = "CN")]
    Cn,
    /// The European Union: GDPR
    #[serde(rename = "EU")]
    Eu,
    /// The United Kingdom: UK GDPR
    #[serde(rename = "UK")]
    Uk,
    /// California: CCPA as amended by the CPRA
    #[serde(rename = "CA")]
    UsCa,
}

impl Regime {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cn, Self::Eu, Self::Uk, Self::UsCa];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cn => "CN",
            Self::Eu => "EU",
            Self::Uk => "UK",
            Self::UsCa => "CA",
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Regime {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word().eq_ignore_ascii_case(text));
        found.ok_or(UnknownWord { what: "regime", known: "CN, EU, UK, CA" })
    }
}
