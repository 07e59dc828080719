//! Identifiers with letters in running text: documents, credit codes, plates.

use crate::kind::{
    Kind,
    organisation::{normalise_uscc, uscc_checks},
    permit::{is_chinese_passport, is_travel_permit},
    plate,
};

use super::{
    Found, Sought,
    cursor::{Before, forwards},
    number::is_province_code,
};

/// The identifier that begins at `at` with the half-width character `c`, where `before` stands in front.
pub(super) fn at(text: &str, at: usize, c: char, before: Before, sought: Sought<'_>) -> Option<Found> {
    let Sought::Known(is_known) = sought else { return apart(text, at, c, before) };
    apart(text, at, c, before).filter(is_known).or_else(|| document(text, at, c).filter(is_known))
}

/// One that nothing else is written to.
fn apart(text: &str, at: usize, c: char, before: Before) -> Option<Found> {
    if plate::is_province(c) {
        return plate_at(text, at);
    }
    if !c.is_ascii_alphanumeric() || before.is(char::is_ascii_alphanumeric) {
        return None;
    }
    let mut token = String::new();
    let mut end = at;
    for (c, position) in forwards(text, at).take_while(|(c, _)| c.is_ascii_alphanumeric()) {
        if token.len() == 18 {
            return None; // longer than any of them
        }
        token.push(c.to_ascii_uppercase());
        end = position;
    }
    let kind = document_kind(&token).or_else(|| is_credit_code(&token).then_some(Kind::Uscc))?;
    Some(Found { kind, range: at..end, canonical: token })
}

fn document_kind(token: &str) -> Option<Kind> {
    if is_chinese_passport(token) {
        return Some(Kind::Passport);
    }
    is_travel_permit(token).then_some(Kind::TravelPermit)
}

/// Up to two letters and all digits behind them, whatever is written to them.
fn document(text: &str, at: usize, c: char) -> Option<Found> {
    if !c.is_ascii_alphabetic() {
        return None;
    }
    let mut token = String::new();
    let mut end = at;
    for (c, next) in forwards(text, at) {
        let letter = c.is_ascii_alphabetic() && token.len() < 2 && !token.ends_with(|c: char| c.is_ascii_digit());
        if !letter && !c.is_ascii_digit() {
            break;
        }
        if token.len() == 11 {
            return None; // longer than any of them
        }
        token.push(c.to_ascii_uppercase());
        end = next;
    }
    document_kind(&token).map(|kind| Found { kind, range: at..end, canonical: token })
}

/// A registering department, a province and the check character: three grounds, for one in thirty-one fits by chance.
fn is_credit_code(token: &str) -> bool {
    token.len() == 18
        && token.starts_with(['1', '5', '9', 'Y'])
        && normalise_uscc(token).is_some_and(|code| uscc_checks(&code))
        && token.get(2..4).is_some_and(is_province_code)
}

/// A plate of seven or eight characters, perhaps with a sign behind the second.
fn plate_at(text: &str, at: usize) -> Option<Found> {
    let mut best = None;
    let mut letters = String::new();
    let mut ahead = forwards(text, at).peekable();
    while let Some((c, end)) = ahead.next() {
        let count = letters.chars().count();
        if count == 2 && (plate::is_dot(c) || matches!(c, ' ' | '-')) {
            continue;
        }
        if count == 8 || !(c.is_alphanumeric()) {
            break;
        }
        letters.push(c);
        let ends = ahead.peek().is_none_or(|(next, _)| !next.is_ascii_alphanumeric());
        if count >= 6
            && ends
            && let Some(canonical) = plate::normalise(&letters)
        {
            best = Some(Found { kind: Kind::Plate, range: at..end, canonical });
        }
    }
    best
}
