//! What follows the tables: consents, disclosures, and what is held but was never a row here.

use serde::Serialize;

use super::{cell::Withheld, head::Term};

/// One consent, given or withdrawn.
#[derive(Clone, Debug, Serialize)]
pub struct Consent {
    /// What for
    pub scope: String,
    /// Version of the policy that was shown
    pub policy_version: String,
    /// Given when
    pub given_at: String,
    /// Withdrawn when
    pub withdrawn_at: Option<String>,
    /// How it was given
    pub method: String,
    /// Whether asked apart from everything else (PIPL 23, 29)
    pub separate: bool,
}

/// One time that data was given to somebody else.
#[derive(Clone, Debug, Serialize)]
pub struct Disclosure {
    /// To whom
    pub recipient: String,
    /// Which data
    pub fields: String,
    /// When
    pub at: String,
    /// On which basis (LAW §1.9)
    pub basis: Term,
    /// What for
    pub purpose: String,
}

/// Cells that are held and withheld without their rows being in the package.
#[derive(Clone, Debug)]
pub struct HeldBack {
    /// Category of personal data
    pub category: Term,
    /// Why
    pub code: Withheld,
    /// How many cells
    pub cells: u64,
}
