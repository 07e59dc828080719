//! A row on its way out: what is shown, what is masked, what is withheld and why.

use std::{fmt, rc::Rc};

use jiff::civil::Date;
use serde::Serialize;

use super::{head::Term, streamed::Pieces};
use crate::value::Value;

/// One cell of a row.
#[derive(Clone, Debug)]
pub enum Cell {
    /// As it is held
    Shown(Value),
    /// As it is held, and too long to be held in memory: it comes in pieces
    Streamed(Rc<dyn Pieces>),
    /// As it is held, with what it means to a person: an instant for an epoch, an amount for minor units
    Read(Value, Reading),
    /// Another person's value, masked (LAW §5.1, profile `waybill`)
    Masked(Mask),
    /// A file that was attached
    File(Attachment),
    /// Held, and not given
    Withheld(Withheld),
}

/// What a stored value means; personal, so `Debug` tells its length alone.
#[derive(Clone)]
pub struct Reading(pub String);

/// What a mask leaves; `Debug` tells its length alone.
#[derive(Clone)]
pub struct Mask(pub String);

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reading({} bytes)", self.0.len())
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} bytes)", self.0.len())
    }
}

/// A file of the package, under its neutral name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub(super) path: String,
    pub(super) size: u64,
}

impl Attachment {
    /// Path inside the package, such as `files/000001.png`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Why something is held and not given.
///
/// Secrecy and criminal investigation (PIPL 18(1), E03) have no code here: they leave no trace in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Withheld {
    /// Proves who somebody is, or opens something
    Credential,
    /// About another person
    ThirdParty,
    /// The data map says so, and why
    ExportNo,
    /// Not certain whether it is about this person
    Undecided,
    /// Bytes, or the name of a file, that cannot be read: what is in them cannot be given or looked through
    Unreadable,
    /// The file that is named is not there
    FileMissing,
    /// A legal ground of LAW §4.3
    Ground(Ground),
}

/// The grounds of LAW §4.3 that a package may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the codes of LAW §4.3; the page says them in plain words")]
pub enum Ground {
    Ret,
    Live,
    Hold,
    Nat,
    Pub,
    Idf,
    Nsb,
    Tpr,
    Abu,
    Trd,
    Prt,
    Dec,
    For,
    Fee,
}

impl Withheld {
    /// The machine word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::ThirdParty => "third_party",
            Self::ExportNo => "export_no",
            Self::Undecided => "undecided",
            Self::Unreadable => "unreadable",
            Self::FileMissing => "file_missing",
            Self::Ground(ground) => ground.code(),
        }
    }
}

impl Ground {
    /// The code of LAW §4.3.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ret => "RET",
            Self::Live => "LIVE",
            Self::Hold => "HOLD",
            Self::Nat => "NAT",
            Self::Pub => "PUB",
            Self::Idf => "IDF",
            Self::Nsb => "NSB",
            Self::Tpr => "TPR",
            Self::Abu => "ABU",
            Self::Trd => "TRD",
            Self::Prt => "PRT",
            Self::Dec => "DEC",
            Self::For => "FOR",
            Self::Fee => "FEE",
        }
    }
}

/// How a row stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RowState {
    /// In ordinary use
    Held,
    /// The law wants it kept
    Kept {
        /// Which law
        law: String,
        /// Until when; `None`: cannot be said yet
        until: Option<Date>,
    },
    /// Stored and secured, used for nothing else
    Restricted {
        /// Why
        reason: String,
    },
}

/// One row, borrowed from whoever reads it.
#[derive(Clone, Copy, Debug)]
pub struct RowOut<'a> {
    /// Canonical text of the row's key
    pub key: &'a str,
    /// As whom the person stands in it
    pub role: &'a Term,
    /// How it stands
    pub state: &'a RowState,
    /// One for each column of the table's head
    pub cells: &'a [Cell],
}
