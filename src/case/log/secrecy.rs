//! What is told of refusals: secrecy leaves no trace in a letter or in a log that others see. What a confidential hold
//! keeps needs no care here: it stands on record as what is not decided yet.

use crate::case::{Case, RefusalCode, Refused};

impl RefusalCode {
    /// Whether nobody outside may learn of it (PIPL 18(1), 35).
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Sec | Self::Crim)
    }
}

impl Case {
    /// The refusal, unless secrecy forbids to tell it.
    #[must_use]
    pub fn told_refusal(&self) -> Option<&Refused> {
        self.refused.as_ref().filter(|refused| !refused.code.is_secret())
    }
}
