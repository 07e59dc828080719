//! Why a letter cannot be written; nothing was written then.

use crate::case::letter::Letter;

/// Why a letter cannot be written. Messages name the template and its line, never what would have stood there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The template cannot be read, or names a field that there is not
    #[error("template {file}, line {line}: {what}: {text}")]
    Template {
        /// The template's file
        file: String,
        /// The line, from 1
        line: usize,
        /// What is wrong
        what: String,
        /// The line's text
        text: String,
    },
    /// The template leaves out what the letter must say
    #[error("template {file} leaves out {{{{ {field} }}}}, which this letter must say")]
    LeftOut {
        /// The template's file
        file: String,
        /// The field
        field: &'static str,
    },
    /// What the letter tells has not happened
    #[error("a letter of {letter} tells what has not happened: {missing}")]
    NothingToTell {
        /// The letter
        letter: Letter,
        /// What has not happened
        missing: &'static str,
    },
    /// Secrecy forbids to tell why
    #[error("the reason of this refusal may not be told, so no letter is written for it")]
    Secret,
}

impl LetterError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Template { .. } => "letter_template",
            Self::LeftOut { .. } => "letter_incomplete",
            Self::NothingToTell { .. } => "nothing_to_tell",
            Self::Secret => "must_stay_secret",
        }
    }
}
