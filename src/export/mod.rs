//! The copy that leaves the house: a folder with one page to read, the data for machines, the files, and a manifest;
//! then, if wanted, an encrypted archive of it.
//!
//! Whoever makes a copy decides what is shown, masked or withheld (`rights`); this module writes it down, once, flat in
//! memory, and so that nothing from the database can act.

mod archive;
mod base64;
mod cell;
mod closing;
mod csv;
mod error;
pub(crate) mod frame;
mod hashed;
mod head;
pub mod ics;
mod json;
pub mod letter;
pub mod log;
mod manifest;
mod outbox;
mod package;
mod page;
mod passphrase;
mod prepared;
mod sniff;
mod spill;
mod streamed;
mod tally;
mod visible;

/// Writes `value` as JSON in which nothing acts when it is read in a terminal: control characters and signs of text
/// direction are escaped.
pub fn quiet_json(out: &mut dyn std::io::Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    json::write_document(out, value)
}

/// What a person can do against an answer, paragraph by paragraph.
#[must_use]
pub fn remedies(remedies: &Remedies, language: Language) -> Vec<String> {
    page::words::remedies(remedies, language)
}

pub(crate) use self::visible::Html;
pub use self::{
    archive::{Archive, pack},
    cell::{Attachment, Cell, Ground, Mask, Reading, RowOut, RowState, Withheld},
    closing::{Consent, Disclosure, HeldBack},
    error::ExportError,
    hashed::FileDigest,
    head::{ColumnHead, Head, Language, Origin, Remedies, TableHead, Term},
    manifest::Manifest,
    outbox::Outbox,
    package::{Finished, Flushed, Package, Sealed},
    passphrase::Passphrase,
    prepared::PreparedTable,
    streamed::Pieces,
    tally::{TableTally, Tally},
    visible::in_a_sheet,
};
