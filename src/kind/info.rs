//! The record that each family fills in for each of its kinds.

use crate::value::Value;

use super::{
    Category, Invalid, Kind, Profile, Replacement, Sensitivity, Validity,
    mask::hide,
    spelling::Spellings,
    width::{fold, widen},
};

/// Everything the house knows about a kind.
pub(super) struct Info {
    pub(super) kind: Kind,
    /// The machine word
    pub(super) word: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) category: Category,
    pub(super) sensitivity: Sensitivity,
    pub(super) personal: bool,
    pub(super) identifies: bool,
    pub(super) weak: bool,
    pub(super) normalise: fn(&str) -> Option<String>,
    /// Takes what is written, not its canonical form
    pub(super) validate: fn(&str) -> Result<Validity, Invalid>,
    pub(super) spellings: fn(&str) -> Vec<Value>,
    /// Takes text that is not blank
    pub(super) mask: fn(&str, Profile) -> String,
    pub(super) replacement: Replacement,
}

impl Info {
    /// Personal text of which nothing is known: hidden, replaced by NULL, never an identity.
    pub(super) const UNKNOWN: Self = Self {
        kind: Kind::Opaque,
        word: "opaque",
        zh: "未解读的个人信息",
        en: "unread personal data",
        category: Category::Other,
        sensitivity: Sensitivity::General,
        personal: true,
        identifies: false,
        weak: false,
        normalise: some_text,
        validate: any_text,
        spellings: width_forms,
        mask: hide,
        replacement: Replacement::Null,
    };

    /// Personal text that finds a person.
    pub(super) const IDENTIFIER: Self =
        Self { identifies: true, replacement: Replacement::Token, validate: any_text, ..Self::UNKNOWN };
}

/// The text in NFC, half width and trimmed, if anything is left.
pub(super) fn some_text(raw: &str) -> Option<String> {
    Some(fold(raw)).filter(|text| !text.is_empty())
}

/// Any text that is not blank is valid.
pub(super) fn any_text(raw: &str) -> Result<Validity, Invalid> {
    some_text(raw).map(|_| Validity::Sound).ok_or(Invalid::Empty)
}

/// The forms of a text of which there is no finite set of spellings: NFC and width.
pub(super) fn width_forms(canonical: &str) -> Vec<Value> {
    use unicode_normalization::UnicodeNormalization;
    Spellings::of(canonical, some_text).text(canonical.nfd().collect::<String>()).text(widen(canonical)).list()
}

/// The reason why a value that does not normalise is none of its kind.
pub(super) fn require(raw: &str, normalise: fn(&str) -> Option<String>) -> Result<String, Invalid> {
    some_text(raw).ok_or(Invalid::Empty)?;
    normalise(raw).ok_or(Invalid::Shape)
}
