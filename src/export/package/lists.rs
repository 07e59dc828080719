//! What follows the tables: consents, disclosures, what is held back – in this order.

use super::{Package, Phase, written};
use crate::export::{
    closing::{Consent, Disclosure, HeldBack},
    error::ExportError,
    json,
    page::{self, words::Words},
};
use std::io::Write;

impl Package {
    /// Writes one consent. All tables came before.
    pub fn consent(&mut self, consent: &Consent) -> Result<(), ExportError> {
        self.advance(Phase::Consents, "a consent")?;
        self.whole_or_broken(|package| {
            package.next_entry(consent)?;
            if package.entries > page::ROWS_SHOWN {
                return Ok(());
            }
            written(page::consent_row(&mut package.page, consent, Words::of(package.head.language)))
        })
    }

    /// Writes one disclosure. All consents came before.
    pub fn disclosure(&mut self, disclosure: &Disclosure) -> Result<(), ExportError> {
        self.advance(Phase::Disclosures, "a disclosure")?;
        self.whole_or_broken(|package| {
            package.next_entry(disclosure)?;
            if package.entries > page::ROWS_SHOWN {
                return Ok(());
            }
            written(page::disclosure_row(&mut package.page, disclosure))
        })
    }

    /// Counts cells that are held and withheld without their rows being here. All disclosures came before.
    pub fn held_back(&mut self, held: &HeldBack) -> Result<(), ExportError> {
        self.advance(Phase::HeldBack, "what is held back")?;
        self.held_back.withhold(held.code, held.cells);
        self.categories.hold_back(&held.category, held.code, held.cells);
        Ok(())
    }

    fn next_entry(&mut self, entry: &impl serde::Serialize) -> Result<(), ExportError> {
        if self.entries == 0 {
            self.open_list(true)?;
        }
        written(self.data.write_all(if self.entries == 0 { b"\n" } else { b",\n" }))?;
        written(json::write_document(&mut self.data, entry))?;
        self.entries += 1;
        Ok(())
    }

    fn open_list(&mut self, rows: bool) -> Result<(), ExportError> {
        let words = Words::of(self.head.language);
        let (title, columns, none) = match self.phase {
            Phase::Consents => (words.consents, words.consent_columns, words.no_consents),
            _ => (words.disclosures, words.disclosure_columns, words.no_disclosures),
        };
        let none = if self.head.portable { words.not_portable } else { none };
        written(page::begin_list(&mut self.page, title, columns, rows, none))
    }

    /// Goes on to `phase`, closing what lies before it.
    pub(super) fn advance(&mut self, phase: Phase, what: &'static str) -> Result<(), ExportError> {
        if self.table.is_some() || self.phase > phase {
            return Err(ExportError::OutOfOrder(what));
        }
        self.whole_or_broken(|package| {
            while package.phase < phase {
                package.close_phase()?;
            }
            Ok(())
        })
    }

    fn close_phase(&mut self) -> Result<(), ExportError> {
        let (next, between): (_, &[u8]) = match self.phase {
            Phase::Tables => (Phase::Consents, b"\n],\n\"consents\":["),
            Phase::Consents => (Phase::Disclosures, b"\n],\n\"disclosures\":["),
            Phase::Disclosures | Phase::HeldBack | Phase::Broken => (Phase::HeldBack, b"\n],\n\"withheld\":["),
        };
        if self.phase != Phase::Tables {
            match self.entries {
                0 => self.open_list(false)?,
                rows => written(page::end_list(&mut self.page, rows, Words::of(self.head.language)))?,
            }
        }
        self.entries = 0;
        self.phase = next;
        written(self.data.write_all(between))
    }
}
