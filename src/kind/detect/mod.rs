//! Finds identifiers of anybody in free text.
//!
//! One pass, looking ahead a bounded distance, so that time is linear and striking out needs no memory beside the text.

mod cursor;
mod escape;
mod mail;
mod number;
mod stream;
mod token;

use std::{fmt, ops::Range};

use crate::value::Value;

use self::cursor::{Before, between, fold_at};
pub use self::stream::Striking;

use super::{Kind, Profile, plate, width::fold_char};

/// An identifier inside a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is
    pub kind: Kind,
    /// Where it stands, in bytes
    pub range: Range<usize>,
    /// Its canonical form
    pub canonical: String,
}

/// Kind and place: the value is somebody's.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("kind", &self.kind).field("range", &self.range).finish_non_exhaustive()
    }
}

/// Identifiers in `text`, in order, never overlapping; of those that begin at one place, the longest.
#[must_use]
pub fn detect(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    scan(text, &mut |identifier| found.push(identifier));
    found
}

/// Replaces every identifier that `keep` refuses by its mask for other people's eyes.
#[must_use]
pub fn strike_out(text: &str, keep: &dyn Fn(&Found) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    scan(text, &mut |found| {
        if !keep(&found) {
            out.push_str(&text[done..found.range.start]);
            out.push_str(&found.kind.mask(&Value::Text(found.canonical), Profile::Waybill));
            done = found.range.end;
        }
    });
    out.push_str(&text[done..]);
    out
}

/// Whether an identifier can stand in `text` at all: each has a digit, the sign of an address or a province's name in it,
/// or an escape that stands for one. Most of what people write to each other has none.
fn may_hold(text: &str) -> bool {
    text.chars().any(|c| matches!(fold_char(c), '0'..='9' | '@' | '\\' | '&') || plate::is_province(c))
}

/// Hands over every identifier, one behind the other.
fn scan(text: &str, each: &mut dyn FnMut(Found)) {
    if may_hold(text) {
        step_through(text, each);
    }
}

fn step_through(text: &str, each: &mut dyn FnMut(Found)) {
    let mut scanner = Scanner::default();
    while scanner.at < text.len() {
        if let Some(found) = scanner.step(text) {
            each(found);
        }
    }
}

/// Where a scan stands, and what it remembers.
#[derive(Default)]
struct Scanner {
    at: usize,
    before: Before,
    /// Within what may be the front of a mail address, and is none
    in_word: bool,
}

impl Scanner {
    /// Goes over the identifier that begins here, if one does, or over a character or a run of digits. A mail address
    /// comes before what its front looks like.
    fn step(&mut self, text: &str) -> Option<Found> {
        let at = self.at;
        let Some((c, next)) = fold_at(text, at) else {
            self.at = text.len(); // nothing visible is left
            return None;
        };
        if c == '%' && is_escape(text, next) && number::at(text, next, Before::default()).is_none() {
            (self.at, self.before, self.in_word) = (next + 2, Before::default(), false);
            return None;
        }
        let mail = if self.in_word { None } else { mail::at(text, at) };
        let found = mail.or_else(|| identifier(text, at, c, self.before));
        let goes_on = match &found {
            Some(found) => found.range.end,
            None if c.is_ascii_digit() => number::end_of_group(text, at),
            None => next,
        };
        self.in_word = found.is_none() && mail::is_local_char(c);
        between(text, at, goes_on).for_each(|c| self.before.push(c));
        self.at = goes_on;
        found
    }
}

/// Whether two hexadecimal digits stand here, so that with a percent sign in front they are an escape of an address.
fn is_escape(text: &str, at: usize) -> bool {
    text.as_bytes().get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
}

/// The number, document, code or plate that begins at `at` with the half-width character `c`.
fn identifier(text: &str, at: usize, c: char, before: Before) -> Option<Found> {
    let apart = !before.is(char::is_ascii_alphanumeric);
    let number = match c {
        '0'..='9' if !before.is(char::is_ascii_digit) => number::at(text, at, before),
        '+' if apart => number::at(text, at, before),
        _ => None,
    };
    number.or_else(|| token::at(text, at, c, before))
}

#[cfg(test)]
mod tests;
