//! What a package says of itself, of its tables and of their columns.

use serde::Serialize;

/// The language of the page; machine words are never translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Language {
    /// Chinese, simplified
    #[serde(rename = "zh-CN")]
    Zh,
    /// English
    #[serde(rename = "en")]
    En,
}

impl From<Language> for crate::kind::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

impl From<crate::kind::Language> for Language {
    fn from(language: crate::kind::Language) -> Self {
        match language {
            crate::kind::Language::Zh => Self::Zh,
            crate::kind::Language::En => Self::En,
        }
    }
}

/// A machine word and what the page calls it, in the package's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The machine word
    pub code: String,
    /// For people
    pub title: String,
}

impl Term {
    /// A word with its title.
    pub fn new(code: impl Into<String>, title: impl Into<String>) -> Self {
        Self { code: code.into(), title: title.into() }
    }
}

/// Whom the person can turn to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedies {
    /// The authorities of China, and action in court (PIPL 50)
    China,
    /// A supervisory authority of the European Union, and the courts (GDPR 77, 79)
    Europe,
    /// The Information Commissioner, and the courts
    UnitedKingdom,
    /// The California Privacy Protection Agency and the Attorney General
    California,
    /// The controller's own paragraphs
    Own(Vec<String>),
}

/// The head of a package.
#[derive(Clone, Debug)]
pub struct Head {
    /// Case number
    pub case: String,
    /// Who is responsible for the data
    pub controller: String,
    /// How to reach the controller, one line; empty when unknown
    pub contact: String,
    /// Random reference of the person in the records (DESIGN §7)
    pub subject_ref: String,
    /// Language of the page
    pub language: Language,
    /// RFC 3339 with an offset
    pub produced_at: String,
    /// Fingerprint of the data map
    pub map: String,
    /// Fingerprint of the database's schema
    pub schema: String,
    /// The versions of the privacy policy that the person was told
    pub policy_versions: Vec<String>,
    /// Only what the person provided, to be transferred (NDR 25, GDPR 20)
    pub portable: bool,
    /// Whether decisions are made by machine alone and how (PIPL 24, GDPR 15(1)(h)); `None`: the map does not say
    pub automated_decisions: Option<String>,
    /// Whom to turn to
    pub remedies: Remedies,
}

/// The head of a table: what law wants told about the data in it (LAW §7.5).
#[derive(Clone, Debug, Serialize)]
pub struct TableHead {
    /// Name in the database
    pub name: String,
    /// For people
    pub title: String,
    /// Why the data is held
    pub purpose: String,
    /// Clause of the policy
    pub clause: String,
    /// Legal basis
    pub basis: Term,
    /// Where the data came from
    pub source: String,
    /// Who received it
    pub recipients: Vec<String>,
    /// How long it is held
    pub retention: String,
    /// What happens then
    pub then: String,
    /// Columns, in the order of every row's cells
    pub columns: Vec<ColumnHead>,
}

/// The head of a column.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnHead {
    /// Name in the database
    pub name: String,
    /// What the value is
    pub kind: Term,
    /// Category of personal data
    pub category: Term,
    /// `None`: not sensitive
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Term>,
    /// Where a value came from
    pub origin: Origin,
    /// Why the map's author does not export it, in his own words
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld_because: Option<String>,
}

/// Where a value came from: only what was provided is portable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By the person
    Provided,
    /// Recorded while the person used the service
    Observed,
    /// Computed by the controller
    Derived,
    /// The map does not say
    Unmarked,
}
