//! Residence permits, passports, travel permits and the identity numbers of other states.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Sensitivity, Validity,
    info::{Info, require},
    mask::{HIDDEN, Window},
    resident_id,
    spelling::Spellings,
    width::{compact, digits_only, grouped},
};

pub(super) const RESIDENCE_PERMIT: Info = Info {
    kind: Kind::ResidencePermit,
    word: "residence_permit",
    zh: "居住证号",
    en: "residence permit number",
    normalise: normalise_residence,
    validate: validate_residence,
    spellings: residence_spellings,
    mask: mask_residence,
    ..DOCUMENT
};

pub(super) const PASSPORT: Info = Info {
    kind: Kind::Passport,
    word: "passport",
    zh: "护照号",
    en: "passport number",
    normalise: normalise_passport,
    validate: validate_passport,
    spellings: passport_spellings,
    mask: mask_passport,
    ..DOCUMENT
};

pub(super) const TRAVEL_PERMIT: Info = Info {
    kind: Kind::TravelPermit,
    word: "travel_permit",
    zh: "通行证号",
    en: "travel permit number",
    normalise: normalise_travel,
    validate: |raw| require(raw, normalise_travel).map(|_| Validity::Sound),
    spellings: travel_spellings,
    mask: |raw, profile| mask_document(raw, profile, normalise_travel),
    ..DOCUMENT
};

pub(super) const NATIONAL_ID: Info = Info {
    kind: Kind::NationalId,
    word: "national_id",
    zh: "境外身份号码",
    en: "identity number of another state",
    normalise: normalise_national,
    validate: |raw| require(raw, normalise_national).map(|_| Validity::Doubtful(Doubt::Foreign)),
    spellings: national_spellings,
    mask: |raw, profile| mask_document(raw, profile, normalise_national),
    ..DOCUMENT
};

const DOCUMENT: Info = Info { category: Category::RealName, sensitivity: Sensitivity::Sensitive, ..Info::IDENTIFIER };

/// Whether a canonical eighteen-character number stands on a residence permit: Hong Kong, Macao, Taiwan or a
/// foreigner's.
pub(super) fn is_residence_number(canonical: &str) -> bool {
    ["810000", "820000", "830000", "9"].iter().any(|area| canonical.starts_with(area))
}

/// The old foreigner's permit: three letters and twelve digits.
fn is_old_foreigner(text: &str) -> bool {
    text.len() == 15
        && text.bytes().take(3).all(|b| b.is_ascii_uppercase())
        && text.bytes().skip(3).all(|b| b.is_ascii_digit())
}

fn normalise_residence(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    if is_old_foreigner(&text) {
        return Some(text);
    }
    let long = text.len() == 18;
    resident_id::normalise(&text).filter(|number| long && is_residence_number(number))
}

fn validate_residence(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_residence)?;
    if is_old_foreigner(&number) { Ok(Validity::Doubtful(Doubt::Obsolete)) } else { resident_id::validate(&number) }
}

fn residence_spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise_residence).cases(canonical).integer(canonical).wide();
    for separator in [" ", "-"] {
        forms = forms.text(grouped(canonical, &[6, 8], separator)).text(grouped(canonical, &[3], separator));
    }
    forms.list()
}

fn mask_residence(raw: &str, profile: Profile) -> String {
    match normalise_residence(raw) {
        Some(number) if is_old_foreigner(&number) => mask_document(&number, profile, normalise_residence),
        None if document_window(15).made(&compact(raw)) => mask_document(raw, profile, normalise_residence),
        _ => resident_id::mask(raw, profile),
    }
}

/// Five to fifteen letters and digits, at least one of them a digit.
fn normalise_passport(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let shaped = (5..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    (shaped && text.bytes().any(|b| b.is_ascii_digit())).then_some(text)
}

/// `E\d{8}`, `E[A-HJ-NP-Z]\d{7}`, `G\d{8}`, `[DSP]E?\d{7,8}` (LAW §5).
pub(super) fn is_chinese_passport(text: &str) -> bool {
    let Some(first) = text.bytes().next().filter(u8::is_ascii) else { return false };
    let rest = &text[1..];
    match first {
        b'E' => {
            digits_only(rest, 8..=8)
                || rest
                    .strip_prefix(|c: char| c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))
                    .is_some_and(|digits| digits_only(digits, 7..=7))
        }
        b'G' => digits_only(rest, 8..=8),
        b'D' | b'S' | b'P' => digits_only(rest.strip_prefix('E').unwrap_or(rest), 7..=8),
        _ => false,
    }
}

fn validate_passport(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_passport)?;
    Ok(if is_chinese_passport(&number) { Validity::Sound } else { Validity::Doubtful(Doubt::Foreign) })
}

fn passport_spellings(canonical: &str) -> Vec<Value> {
    let letters = canonical.bytes().take_while(u8::is_ascii_alphabetic).count();
    Spellings::of(canonical, normalise_passport)
        .cases(canonical)
        .integer(canonical)
        .text(grouped(canonical, &[letters.max(1)], " "))
        .wide()
        .list()
}

fn mask_passport(raw: &str, profile: Profile) -> String {
    mask_document(raw, profile, normalise_passport)
}

/// Hong Kong, Macao and Taiwan permits, both directions (LAW §5).
fn normalise_travel(raw: &str) -> Option<String> {
    let text = compact(raw).replace(['(', ')'], "").to_ascii_uppercase();
    (is_travel_permit(&text) || digits_only(&text, 8..=8) || is_old_taiwan(&text)).then_some(text)
}

/// The travel permits that their letters tell.
pub(super) fn is_travel_permit(text: &str) -> bool {
    let Some(first) = text.bytes().next().filter(u8::is_ascii) else { return false };
    let rest = &text[1..];
    match first {
        b'H' | b'M' => digits_only(rest, 8..=8) || digits_only(rest, 10..=10),
        b'W' => digits_only(rest, 8..=8),
        b'C' => {
            digits_only(rest, 8..=8)
                || rest.strip_prefix(|c: char| c.is_ascii_uppercase()).is_some_and(|digits| digits_only(digits, 7..=7))
        }
        _ => false,
    }
}

/// Ten digits and a letter.
fn is_old_taiwan(text: &str) -> bool {
    text.len() == 11
        && text.ends_with(|c: char| c.is_ascii_uppercase())
        && text.get(..10).is_some_and(|d| digits_only(d, 10..=10))
}

fn travel_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_travel)
        .cases(canonical)
        .integer(canonical)
        .text(grouped(canonical, &[1], " "))
        .wide()
        .list()
}

/// Four to twenty letters and digits, at least one of them a digit; what stands between is left out.
fn normalise_national(raw: &str) -> Option<String> {
    let text = compact(raw).replace(['.', '/', '(', ')'], "").to_ascii_uppercase();
    let shaped = (4..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    (shaped && text.bytes().any(|b| b.is_ascii_digit())).then_some(text)
}

fn national_spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise_national).cases(canonical).integer(canonical).wide();
    for separator in ["-", " ", "."] {
        forms = forms
            .text(grouped(canonical, &[3, 2], separator)) // United States
            .text(grouped(canonical, &[3, 3], separator))
            .text(grouped(canonical, &[6], separator)); // Korea, the Nordic countries
    }
    forms.text(grouped(canonical, &[2, 2, 2, 2], " ")).list()
}

/// First and, of a long number, the last four; of eight characters the last two; nothing of shorter ones.
fn document_window(length: usize) -> Window {
    match length {
        9.. => Window::new(1, 4, 4),
        _ => Window::new(1, 4, 2),
    }
}

fn mask_document(raw: &str, profile: Profile, normalise: fn(&str) -> Option<String>) -> String {
    if profile != Profile::Display {
        return HIDDEN.to_owned();
    }
    match normalise(raw) {
        Some(number) if number.len() < 8 => HIDDEN.to_owned(),
        Some(number) => document_window(number.len()).show(&number),
        None => {
            let text = compact(raw);
            if document_window(8).made(&text) { text } else { document_window(9).settle(&text) }
        }
    }
}
