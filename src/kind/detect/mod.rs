//! Finds identifiers of anybody in free text.
//!
//! One pass, looking ahead a bounded distance, so that time is linear and striking out needs no memory beside the text.

mod cursor;
mod digit;
mod escape;
mod mail;
mod number;
mod separators;
mod serial;
mod stream;
mod token;

use std::{fmt, ops::Range};

use crate::value::Value;

pub use self::stream::Striking;
use self::{
    cursor::{Before, between, fold_at, is_unseen},
    digit::Script,
};

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
    scan(text, Sought::Anybodys, &mut |identifier| found.push(identifier));
    found
}

/// Whether one of those stands in `text` that `is_known` tells.
#[must_use]
pub fn holds(text: &str, is_known: &dyn Fn(&Found) -> bool) -> bool {
    let mut held = false;
    scan(text, Sought::Known(is_known), &mut |_| held = true);
    held
}

/// Replaces every identifier that `keep` refuses by its mask for other people's eyes.
#[must_use]
pub fn strike_out(text: &str, keep: &dyn Fn(&Found) -> bool) -> String {
    struck(text, Sought::Anybodys, keep)
}

/// Replaces every identifier that `is_known` tells by its mask, also where it is written to something else.
#[must_use]
pub fn strike_out_known(text: &str, is_known: &dyn Fn(&Found) -> bool) -> String {
    struck(text, Sought::Known(is_known), &|_| false)
}

fn struck(text: &str, sought: Sought<'_>, keep: &dyn Fn(&Found) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    scan(text, sought, &mut |found| {
        if !keep(&found) {
            out.push_str(&text[done..found.range.start]);
            out.push_str(&found.kind.mask(&Value::Text(found.canonical), Profile::Waybill));
            done = found.range.end;
        }
    });
    out.push_str(&text[done..]);
    out
}

/// Whose identifiers are looked for.
#[derive(Clone, Copy, Default)]
enum Sought<'k> {
    /// Nobody knows whose they are: what only looks like one is passed over
    #[default]
    Anybodys,
    /// Those that this tells: the value decides, so that nothing has to stand around it but no further digit
    Known(&'k dyn Fn(&Found) -> bool),
}

/// Whether an identifier can stand in `text` at all: each has a digit, the sign of an address or a province's name in it,
/// or an escape that stands for one. Most of what people write to each other has none. Of Chinese numerals there are many
/// in a row.
fn may_hold(text: &str) -> bool {
    let mut numerals = 0;
    text.chars().any(|c| match digit::of(fold_char(c)) {
        Some((Script::Chinese, _)) => {
            numerals += 1;
            numerals >= number::LEAST_NUMERALS
        }
        Some(_) => true,
        None => {
            numerals = if is_unseen(c) { numerals } else { 0 };
            matches!(fold_char(c), '@' | '\\' | '&') || plate::is_province(c)
        }
    })
}

/// Hands over every identifier, one behind the other.
fn scan(text: &str, sought: Sought<'_>, each: &mut dyn FnMut(Found)) {
    if may_hold(text) {
        step_through(text, sought, each);
    }
}

fn step_through(text: &str, sought: Sought<'_>, each: &mut dyn FnMut(Found)) {
    let mut scanner = Scanner { sought, ..Scanner::default() };
    while scanner.at < text.len() {
        if let Some(found) = scanner.step(text) {
            each(found);
        }
    }
}

/// Where a scan stands, and what it remembers.
#[derive(Default)]
struct Scanner<'k> {
    sought: Sought<'k>,
    at: usize,
    /// What stands in front, if it is not an identifier
    before: Before,
    /// Within what may be the front of a mail address, and is none
    in_word: bool,
}

impl Scanner<'_> {
    /// Goes over the identifier that begins here, if one does, or over a character or a run of digits. A mail address
    /// comes before what its front looks like.
    fn step(&mut self, text: &str) -> Option<Found> {
        let at = self.at;
        let Some((c, next)) = fold_at(text, at) else {
            self.at = text.len(); // nothing visible is left
            return None;
        };
        if begins_nothing(c) {
            self.before.push(c);
            (self.at, self.in_word) = (next, false);
            return None;
        }
        if c == '%' && is_escape(text, next) && number::at(text, next, Before::default(), self.sought).is_none() {
            (self.at, self.before, self.in_word) = (next + 2, Before::default(), false);
            return None;
        }
        let mail = if self.in_word { None } else { mail::at(text, at).filter(|found| self.seeks(found)) };
        if mail.is_none()
            && let Some(end) = self.serial(text, c)
        {
            self.pass(text, end);
            self.in_word = true;
            return None;
        }
        let found = mail.or_else(|| identifier(text, at, c, self.before, self.sought));
        if let Some(found) = found {
            (self.at, self.before, self.in_word) = (found.range.end, Before::default(), false);
            return Some(found);
        }
        self.pass(text, if digit::of(c).is_some() { number::end_of_group(text, at) } else { next });
        self.in_word = mail::is_local_char(c);
        None
    }

    fn seeks(&self, found: &Found) -> bool {
        match self.sought {
            Sought::Anybodys => true,
            Sought::Known(is_known) => is_known(found),
        }
    }

    /// Where a number that is nobody's ends, if one begins here with `c`. What is known is told by its value, wherever it
    /// stands.
    fn serial(&self, text: &str, c: char) -> Option<usize> {
        let begins = c.is_ascii_hexdigit() && !self.before.is(char::is_ascii_alphanumeric);
        let passed = begins && matches!(self.sought, Sought::Anybodys);
        passed.then(|| serial::end(text, self.at)).flatten()
    }

    fn pass(&mut self, text: &str, end: usize) {
        between(text, self.at, end).for_each(|c| self.before.push(c));
        self.at = end;
    }
}

/// Whether it is a character of Chinese with which no identifier begins, as nearly all are.
fn begins_nothing(c: char) -> bool {
    c >= '\u{2e80}' && digit::of(c).is_none() && !plate::is_province(c)
}

/// Whether two hexadecimal digits stand here, so that with a percent sign in front they are an escape of an address.
fn is_escape(text: &str, at: usize) -> bool {
    text.as_bytes().get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
}

/// The number, document, code or plate that begins at `at` with the half-width character `c`.
fn identifier(text: &str, at: usize, c: char, before: Before, sought: Sought<'_>) -> Option<Found> {
    let apart = !before.is(char::is_ascii_alphanumeric);
    let number = match digit::of(c) {
        Some((script, _)) if !before.is(|c| script.digit(*c).is_some()) => number::at(text, at, before, sought),
        None if c == '+' && apart => number::at(text, at, before, sought),
        _ => None,
    };
    number.or_else(|| token::at(text, at, c, before, sought))
}

#[cfg(test)]
mod tests;
