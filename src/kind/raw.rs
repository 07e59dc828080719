//! What is no value of its kind is compared as it is written (LAW §5), where it can hardly be two people's.

use std::collections::BTreeSet;

use crate::value::Value;

use super::{
    Kind, phone,
    width::{fold, widen},
};

/// So many different letters and digits tell people apart: less is a placeholder (`0000000000`, `555-555-5555`).
const DIFFERENT: usize = 5;

/// The longest text that stands for an identifier; a longer one is a remark.
const LONGEST: usize = 64;

/// What stands in front of the sign where somebody has no mail address.
const NOBODYS: [&str; 12] = [
    "anonymous",
    "email",
    "guest",
    "nobody",
    "noemail",
    "noemailaddress",
    "none",
    "noreply",
    "notprovided",
    "null",
    "test",
    "unknown",
];

/// The text by which people are told apart although it is no value of `kind`: half width, trimmed, in small letters where
/// case says nothing. A household's and an office's number, a number that a platform lent, a mask, a random token and what
/// stands where nothing is known are nobody's.
pub(super) fn form(kind: Kind, raw: &str) -> Option<String> {
    if !kind.identifies() || kind.is_weak() {
        return None;
    }
    let mut text = fold(raw);
    if kind.folds_case() {
        text = text.to_lowercase();
    }
    let signs: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let written = text.len() <= LONGEST
        && !text.starts_with(['-', '@'])
        && !text.to_lowercase().starts_with("anon")
        && !text.contains(['*', '•', '●', '…'])
        && !is_a_run(&digits);
    let enough = match kind {
        Kind::Phone => {
            (10..=15).contains(&digits.len()) && phone::normalise_landline(&text).is_none() && !phone::is_lent(&text)
        }
        Kind::Email => signs.len() >= 8 && is_somebodys(&text),
        _ => signs.len() >= 8 && digits.len() >= 6,
    };
    let counted = if kind == Kind::Phone { digits.iter().map(|b| char::from(*b)).collect() } else { signs };
    let different = counted.into_iter().collect::<BTreeSet<char>>().len() >= DIFFERENT;
    (written && enough && different).then_some(text)
}

/// In which forms such a text is stored: as text in either width, and as a number.
pub(super) fn spellings(text: &str) -> Vec<Value> {
    let mut forms = vec![Value::from(text)];
    let wide = widen(text);
    if fold(&wide) == text && wide != text {
        forms.push(Value::Text(wide));
    }
    if let Ok(number) = text.parse::<i64>()
        && number.to_string() == text
    {
        forms.push(Value::Integer(number));
    }
    forms
}

/// Whether nothing but zeros is said: `0000`, an advertising number that a telephone does not give.
pub(super) fn is_zeros(text: &str) -> bool {
    text.chars().all(|c| c == '0' || !c.is_alphanumeric())
}

/// Whether each digit is one more, or one less, than the one in front of it: `1234567890`.
fn is_a_run(digits: &[u8]) -> bool {
    let steps = |by: u8| digits.windows(2).all(|two| (two[0] - b'0' + by) % 10 == two[1] - b'0');
    digits.len() > 2 && (steps(1) || steps(9))
}

/// One sign, with something on either side that does not say that there is no address.
fn is_somebodys(text: &str) -> bool {
    let Some((front, domain)) = text.split_once('@') else { return false };
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (front, domain) = (letters(front), letters(domain));
    !text.ends_with('@')
        && front.len() >= 2
        && domain.len() >= 2
        && front != domain
        && !NOBODYS.contains(&front.as_str())
}
