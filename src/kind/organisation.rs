//! Numbers of organisations; a sole trader's is a person's.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Validity,
    check_digit::weighted,
    info::{Info, require},
    mask::{HIDDEN, Window},
    resident_id,
    spelling::Spellings,
    width::{compact, digits_only, grouped, widen},
};

pub(super) const USCC: Info = Info {
    kind: Kind::Uscc,
    word: "uscc",
    zh: "统一社会信用代码",
    en: "unified social credit code",
    category: Category::Invoice,
    normalise: normalise_uscc,
    validate: validate_uscc,
    spellings: |canonical| spellings(canonical, normalise_uscc),
    mask: |raw, profile| mask(raw, profile, normalise_uscc),
    ..Info::IDENTIFIER
};

pub(super) const ORG_CODE: Info = Info {
    kind: Kind::OrgCode,
    word: "org_code",
    zh: "组织机构代码",
    en: "organisation code",
    category: Category::Invoice,
    normalise: normalise_org_code,
    validate: validate_org_code,
    spellings: |canonical| spellings(canonical, normalise_org_code),
    mask: mask_org_code,
    ..Info::IDENTIFIER
};

pub(super) const TAX_NO: Info = Info {
    kind: Kind::TaxNo,
    word: "tax_no",
    zh: "纳税人识别号",
    en: "taxpayer number",
    category: Category::Invoice,
    normalise: normalise_tax_no,
    validate: validate_tax_no,
    spellings: |canonical| spellings(canonical, normalise_tax_no),
    mask: mask_tax_no,
    ..Info::IDENTIFIER
};

/// The characters of GB 32100 in the order of their values: no I, O, S, V, Z.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Eighteen characters of the alphabet, the third to eighth digits. The check character may be wrong.
pub(super) fn normalise_uscc(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let shaped = text.len() == 18
        && text.bytes().all(|b| ALPHABET.contains(&b))
        && text.get(2..8).is_some_and(|area| digits_only(area, 6..=6));
    shaped.then_some(text)
}

/// Whether the check character of a canonical code fits.
pub(super) fn uscc_checks(canonical: &str) -> bool {
    let value = |byte: u8| ALPHABET.iter().position(|&letter| letter == byte).unwrap_or(0);
    let mut weight = 1;
    let mut sum = 0;
    for byte in canonical.bytes().take(17) {
        sum += value(byte) * weight;
        weight = weight * 3 % 31;
    }
    // the outer remainder matters: without it a sum of 0 would ask for a thirty-second character
    canonical.as_bytes().get(17) == Some(&ALPHABET[(31 - sum % 31) % 31])
}

/// A wrong check character is a doubt: registers have issued codes that fail (LAW §5).
fn validate_uscc(raw: &str) -> Result<Validity, Invalid> {
    let code = require(raw, normalise_uscc)?;
    Ok(if uscc_checks(&code) { Validity::Sound } else { Validity::Doubtful(Doubt::CheckDigit) })
}

/// Eight letters or digits, a hyphen, the check character.
fn normalise_org_code(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let shaped = text.len() == 9
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && text.ends_with(|c: char| c.is_ascii_digit() || c == 'X');
    shaped.then(|| grouped(&text, &[8], "-"))
}

/// GB 11714: letters count from ten.
fn validate_org_code(raw: &str) -> Result<Validity, Invalid> {
    let code = require(raw, normalise_org_code)?;
    let values: Vec<u8> =
        code.bytes().take(8).map(|b| if b.is_ascii_digit() { b } else { b - b'A' + 10 + b'0' }).collect();
    let check = match 11 - weighted(&values, &[3, 7, 9, 10, 5, 8, 4, 2]) % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    if code.ends_with(check) { Ok(Validity::Sound) } else { Err(Invalid::CheckDigit) }
}

/// A credit code, fifteen (or twenty) letters and digits of older registers, or a personal identity number.
fn normalise_tax_no(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let old = matches!(text.len(), 15 | 20)
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && text.get(..6).is_some_and(|area| digits_only(area, 6..=6));
    if old {
        return Some(text);
    }
    normalise_uscc(&text).or_else(|| resident_id::normalise(&text))
}

fn validate_tax_no(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_tax_no)?;
    if number.len() != 18 {
        return Ok(Validity::Doubtful(Doubt::Obsolete));
    }
    let person = resident_id::validate(&number);
    if person.is_ok() { person } else { validate_uscc(&number) }
}

fn spellings(canonical: &str, normalise: fn(&str) -> Option<String>) -> Vec<Value> {
    let bare = canonical.replace('-', "");
    Spellings::of(canonical, normalise)
        .cases(canonical)
        .cases(&bare)
        .integer(&bare)
        .text(grouped(&bare, &[8, 8], "-"))
        .text(grouped(&bare, &[4, 4, 4, 4], " "))
        .text(grouped(&bare, &[2, 6, 9], " "))
        .wide()
        .text(widen(&bare))
        .list()
}

/// First and last four of a long code; the last four alone in a log.
fn mask(raw: &str, profile: Profile, normalise: fn(&str) -> Option<String>) -> String {
    let window = match profile {
        Profile::Display => Window::new(4, 10, 4),
        Profile::Log => Window::new(0, 4, 4),
        Profile::Waybill => return HIDDEN.to_owned(),
    };
    match normalise(raw) {
        Some(code) => window.show(&code),
        None => window.settle(&compact(raw)),
    }
}

/// Nine characters are too few to show eight.
fn mask_org_code(raw: &str, profile: Profile) -> String {
    let window = match profile {
        Profile::Display | Profile::Log => Window::new(0, 4, 4),
        Profile::Waybill => return HIDDEN.to_owned(),
    };
    match normalise_org_code(raw) {
        Some(code) => window.show(&code.replace('-', "")),
        None => window.settle(&compact(raw)),
    }
}

/// A person's number is masked as one, an organisation's as such.
fn mask_tax_no(raw: &str, profile: Profile) -> String {
    let person = resident_id::mask(raw, profile);
    if resident_id::normalise(raw).is_some() || person == compact(raw) {
        return person;
    }
    mask(raw, profile, normalise_tax_no)
}
