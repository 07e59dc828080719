//! What a complaint is about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::UnknownWord;

/// What a complaint is about, where its clock depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ComplaintAbout {
    /// How personal information is handled: 15 days and 15 working days
    #[serde(rename = "personal_information")]
    PersonalInformation,
    /// The quality of the carriage: 7 days (EXP 28)
    #[serde(rename = "express_service")]
    ExpressService,
}

impl ComplaintAbout {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PersonalInformation, Self::ExpressService];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonalInformation => "personal_information",
            Self::ExpressService => "express_service",
        }
    }
}

impl fmt::Display for ComplaintAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for ComplaintAbout {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word() == text);
        found.ok_or(UnknownWord { what: "subject of complaints", known: "personal_information, express_service" })
    }
}
