//! The resident identity number (GB 11643) and what can be read from it.

use jiff::civil::Date;

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Sensitivity, Validity,
    check_digit::weighted,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{compact, digits_only, grouped},
};

pub(super) const RESIDENT_ID: Info = Info {
    kind: Kind::ResidentId,
    word: "resident_id",
    zh: "居民身份证号",
    en: "resident identity number",
    category: Category::RealName,
    sensitivity: Sensitivity::Sensitive,
    normalise,
    validate,
    spellings,
    mask,
    ..Info::IDENTIFIER
};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check digit that belongs to the first seventeen digits.
pub(super) fn check_digit(first: &str) -> char {
    char::from(b"10X98765432"[(weighted(first.as_bytes(), &WEIGHTS) % 11) as usize])
}

/// Eighteen characters, X in upper case; fifteen-digit numbers are lengthened. The check digit may be wrong: such
/// numbers are stored, too, and have to be found.
pub(super) fn normalise(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    match text.len() {
        18 => is_shaped(&text).then_some(text),
        15 if digits_only(&text, 15..=15) => {
            let first = format!("{}19{}", &text[..6], &text[6..]);
            let long = format!("{first}{}", check_digit(&first));
            is_shaped(&long).then_some(long)
        }
        _ => None,
    }
}

/// The regular expression of LAW §5, on ASCII upper case.
fn is_shaped(text: &str) -> bool {
    let (Some(first), Some(last)) = (text.get(..17), text.get(17..)) else { return false };
    digits_only(first, 17..=17)
        && (digits_only(last, 1..=1) || last == "X")
        && !first.starts_with('0')
        && matches!(&first[6..8], "18" | "19" | "20")
        && ("01"..="12").contains(&&first[10..12])
        && ("01"..="31").contains(&&first[12..14])
}

/// Whether the check digit of a canonical number fits.
pub(super) fn checks(canonical: &str) -> bool {
    canonical.get(..17).is_some_and(|first| canonical.ends_with(check_digit(first)))
}

/// Day of birth that a number tells, if it is one and that day exists. The check digit is not looked at.
#[must_use]
pub fn born(raw: &str) -> Option<Date> {
    let number = normalise(raw)?;
    Date::new(number[6..10].parse().ok()?, number[10..12].parse().ok()?, number[12..14].parse().ok()?).ok()
}

/// Whether a number says male (odd seventeenth digit), if it is one.
#[must_use]
pub fn is_male(raw: &str) -> Option<bool> {
    normalise(raw).map(|number| number.as_bytes()[16] % 2 == 1)
}

/// What is wrong with the number, whichever card it stands on.
pub(super) fn validate(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise)?;
    born(&number).ok_or(Invalid::NoSuchDay)?;
    if !checks(&number) {
        return Err(Invalid::CheckDigit);
    }
    let old = compact(raw).len() == 15;
    Ok(if old { Validity::Doubtful(Doubt::Obsolete) } else { Validity::Sound })
}

pub(super) fn spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise).cases(canonical).integer(canonical);
    if let Some(old) = short(canonical) {
        forms = forms.text(&old).integer(&old).text(super::width::widen(&old));
    }
    for separator in [" ", "-"] {
        for form in [canonical.to_owned(), canonical.to_lowercase()] {
            forms = forms.text(grouped(&form, &[6, 8], separator)).text(grouped(&form, &[6, 4, 4], separator));
        }
    }
    let small = super::width::widen(&canonical.to_lowercase());
    forms.wide().text(small).list()
}

/// The fifteen digits that the number had before 1999.
fn short(canonical: &str) -> Option<String> {
    let old = format!("{}{}", canonical.get(..6)?, canonical.get(8..17)?);
    (canonical.get(6..8)? == "19").then_some(old)
}

/// First and last character on a screen, nothing anywhere else (LAW §5.1, EXP 22).
pub(super) fn mask(raw: &str, profile: Profile) -> String {
    let window = Window::new(1, 16, 1);
    match (profile, normalise(raw)) {
        (Profile::Waybill | Profile::Log, _) => HIDDEN.to_owned(),
        (Profile::Display, Some(number)) => window.show(&number),
        (Profile::Display, None) => window.settle(&compact(raw)),
    }
}
