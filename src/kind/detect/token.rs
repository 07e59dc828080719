//! Identifiers with letters in running text: documents, credit codes, plates.

use crate::kind::{
    Kind,
    organisation::{normalise_uscc, uscc_checks},
    permit::{is_chinese_passport, is_travel_permit},
    plate,
    width::{digits_only, is_hyphen},
};

use super::{
    Found, Sought,
    cursor::{Before, forwards},
    number::is_province_code,
};

/// The identifier that begins at `at` with the half-width character `c`, where `before` stands in front.
pub(super) fn at(text: &str, at: usize, c: char, before: Before, sought: Sought<'_>) -> Option<Found> {
    let begins = c.is_ascii_alphanumeric() && !before.is(char::is_ascii_alphanumeric);
    let spaced = || if begins { in_two_parts(text, at) } else { None };
    let hong_kong = || if begins { hong_kong(text, at) } else { None };
    match sought {
        Sought::Anybodys => apart(text, at, c, begins)
            .or_else(hong_kong)
            .or_else(|| spaced().filter(|found| is_ordinary(found) && !text[found.range.clone()].contains(is_hyphen))),
        Sought::Known(is_known) => apart(text, at, c, begins)
            .into_iter()
            .chain(hong_kong())
            .chain(spaced())
            .chain(document(text, at, c))
            .chain(begins.then(|| of_any_state(text, at)).into_iter().flatten())
            .find(is_known),
    }
}

/// One that nothing else is written to.
fn apart(text: &str, at: usize, c: char, begins: bool) -> Option<Found> {
    if plate::is_province(c) {
        return plate_at(text, at);
    }
    if !begins {
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

/// A document's letters and digits with a space or a hyphen between: `E 12345678`.
fn in_two_parts(text: &str, at: usize) -> Option<Found> {
    let mut signs = forwards(text, at);
    let mut token: String = String::new();
    loop {
        match signs.next()?.0 {
            c if c.is_ascii_alphabetic() && token.len() < 2 => token.push(c.to_ascii_uppercase()),
            c if !token.is_empty() && (c == ' ' || is_hyphen(c)) => break,
            _ => return None,
        }
    }
    let mut end = at;
    for (c, next) in signs.take_while(|(c, _)| c.is_ascii_alphanumeric()) {
        if !c.is_ascii_digit() || token.len() == 11 {
            return None;
        }
        token.push(c);
        end = next;
    }
    document_kind(&token).map(|kind| Found { kind, range: at..end, canonical: token })
}

/// Whether it is a passport as nearly all are: other letters with a number behind them may be anything, and so may one
/// whose digits are a day.
fn is_ordinary(found: &Found) -> bool {
    let is_day = |digits: &str| {
        let part = |range| digits.get(range).and_then(|two: &str| two.parse::<u8>().ok());
        (digits.starts_with("19") || digits.starts_with("20"))
            && part(4..6).is_some_and(|month| (1..=12).contains(&month))
            && part(6..8).is_some_and(|day| (1..=31).contains(&day))
    };
    found.kind == Kind::Passport && found.canonical.starts_with(['E', 'G']) && !is_day(&found.canonical[1..])
}

/// The identity number of Hong Kong with its check digit in brackets: `A123456(7)`.
fn hong_kong(text: &str, at: usize) -> Option<Found> {
    let mut token = String::new();
    let mut end = at;
    for (c, next) in forwards(text, at).take(11) {
        token.push(c.to_ascii_uppercase());
        end = next;
        if c == ')' {
            break;
        }
    }
    let (letters, rest) = token.split_at(token.bytes().take_while(u8::is_ascii_uppercase).count());
    let (digits, check) = rest.strip_suffix(')')?.split_once('(')?;
    let shaped = matches!(letters.len(), 1 | 2)
        && digits_only(digits, 6..=6)
        && matches!(check.as_bytes(), [b'0'..=b'9' | b'A']);
    shaped.then(|| Found { kind: Kind::NationalId, range: at..end, canonical: format!("{letters}{digits}{check}") })
}

/// The letters and digits that begin at `at` as the number of any document: what is known decides which.
fn of_any_state(text: &str, at: usize) -> Vec<Found> {
    let mut token = String::new();
    let mut end = at;
    for (c, next) in forwards(text, at).take_while(|(c, _)| c.is_ascii_alphanumeric()) {
        if token.len() == 20 {
            return Vec::new();
        }
        token.push(c);
        end = next;
    }
    let kinds = [Kind::Passport, Kind::TravelPermit, Kind::ResidencePermit, Kind::NationalId];
    let found = kinds
        .into_iter()
        .filter(|kind| kind.recognises(&token))
        .filter_map(|kind| Some(Found { kind, range: at..end, canonical: kind.normalise(&token)? }));
    found.collect()
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
