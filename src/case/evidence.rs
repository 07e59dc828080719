//! What a correction rests on (LAW §7.6): a closed list of words, because no document is stored here.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::request::UnknownWord;

/// What was shown that the new value is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// An identity document was seen
    IdDocument,
    /// Another official document was seen: household register, notarised paper, judgment
    OfficialDocument,
    /// One-time passwords to the old and to the new number or mailbox
    OtpBoth,
    /// A one-time password to the new number or mailbox
    OtpNew,
    /// Another document was seen
    Document,
    /// Our own records show it
    Records,
    /// The person says so, which does where nothing else could know better
    Statement,
}

impl Evidence {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IdDocument,
        Self::OfficialDocument,
        Self::OtpBoth,
        Self::OtpNew,
        Self::Document,
        Self::Records,
        Self::Statement,
    ];

    /// The word in arguments and in the record.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::IdDocument => "id_document",
            Self::OfficialDocument => "official_document",
            Self::OtpBoth => "otp_both",
            Self::OtpNew => "otp_new",
            Self::Document => "document",
            Self::Records => "records",
            Self::Statement => "statement",
        }
    }

    /// Whether it shows that the person has the new number or mailbox.
    #[must_use]
    pub fn shows_possession(self) -> bool {
        matches!(self, Self::OtpBoth | Self::OtpNew)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Evidence {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let word = text.replace('-', "_");
        let found = Self::ALL.into_iter().find(|evidence| evidence.word() == word);
        found.ok_or(UnknownWord {
            what: "evidence",
            known: "id_document, official_document, otp_both, otp_new, document, records, statement",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_json_agree_and_are_read_back() {
        for evidence in Evidence::ALL {
            assert_eq!(serde_json::to_string(&evidence).unwrap(), format!("\"{evidence}\""));
            assert_eq!(evidence.word().parse(), Ok(evidence));
        }
        assert!("banana".parse::<Evidence>().unwrap_err().to_string().contains("otp_both"));
    }
}
