//! What a use-case can end in besides success: the house said no, or an adapter failed.

use crate::{
    casebook::CasebookError,
    database::DatabaseError,
    export::{ExportError, letter::LetterError},
    plan::FormatError,
    refusal::Refusal,
};

/// Refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Law or policy says no; nothing was changed
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The user database failed
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The casebook failed
    #[error(transparent)]
    Casebook(#[from] CasebookError),
    /// A plan file cannot be read or written
    #[error(transparent)]
    Plan(#[from] FormatError),
    /// A package cannot be written
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A letter cannot be written
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// Something outside the databases cannot be read or written
    #[error("{what}: {source}")]
    Io {
        /// What was tried
        what: &'static str,
        /// What the system says
        source: std::io::Error,
    },
}

impl Error {
    /// The stable code of a refusal; what failed has a code as well.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Database(error) => error.code(),
            Self::Casebook(error) => error.code(),
            Self::Plan(error) => error.code(),
            Self::Export(_) => "export_failed",
            Self::Letter(error) => error.code(),
            Self::Io { .. } => "io_failed",
        }
    }
}
