//! Steps through a text in half width, over signs that nobody sees, and an escape as what it stands for.

use std::iter;

use crate::kind::width::{fold_char, is_invisible};

use super::{digit, escape, separators::is_listing, serial::Token};

/// Invisible signs in a row that are passed over, so that what is looked ahead is bounded. More of them stand for
/// themselves.
const PASSED: u8 = 4;

/// Whether the next character is passed over.
#[derive(Default)]
struct Passing(u8);

impl Passing {
    fn passes(&mut self, c: char) -> bool {
        self.0 = if is_unseen(c) { self.0.saturating_add(1) } else { 0 };
        (1..=PASSED).contains(&self.0)
    }
}

/// Signs that nobody sees, with those that only say how the one in front looks, and letters that are empty.
pub(super) fn is_unseen(c: char) -> bool {
    is_invisible(c)
        || matches!(
            c,
            '\u{fe00}'..='\u{fe0f}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180e}'
                | '\u{3164}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Half width; spaces of every width are one, ends of lines and pages another, and so are the dots of Japanese.
fn fold(c: char) -> char {
    match c {
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' => ' ',
        '\0' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{30fb}' | '\u{ff65}' => '·',
        _ => fold_char(c),
    }
}

/// The first visible character from a byte offset on in half width, and where the next one stands.
pub(super) fn fold_at(text: &str, at: usize) -> Option<(char, usize)> {
    if let Some(c) = plain_at(text, at) {
        return Some((c, at + 1));
    }
    text.get(at..)?;
    forwards(text, at).next()
}

/// The half-width character that stands for nothing but itself, which nearly all are in numbers: what a digit looks like
/// is told by the sign behind it.
fn plain_at(text: &str, at: usize) -> Option<char> {
    let byte = text.as_bytes().get(at).filter(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))?;
    let alone = !matches!(byte, b'\\' | b'&' | b'%') && text.as_bytes().get(at + 1).is_none_or(u8::is_ascii);
    alone.then_some(char::from(*byte))
}

/// The characters from a byte offset on in half width, each with where it ends.
pub(super) fn forwards(text: &str, at: usize) -> impl Iterator<Item = (char, usize)> {
    let mut passing = Passing::default();
    let mut position = at;
    let mut encoded = false;
    let meant = iter::from_fn(move || {
        let (c, next) = meant(text, position, encoded)?;
        encoded = text.as_bytes()[position] == b'%' && c.is_ascii_digit();
        position = next;
        Some((c, next))
    });
    meant.filter(move |(c, _)| !passing.passes(*c)).map(|(c, end)| (fold(c), end))
}

/// The character that stands at `at`, behind an encoded digit or not, and where it ends.
fn meant(text: &str, at: usize, encoded: bool) -> Option<(char, usize)> {
    if let Some(c) = plain_at(text, at) {
        return Some((c, at + 1));
    }
    let rest = &text[at..];
    let c = rest.chars().next()?;
    let plain = (c, at + c.len_utf8());
    match c {
        '\\' | '&' => Some(escape::at(text, at).unwrap_or(plain)),
        '%' => Some(escape::of_address(text, at, encoded).unwrap_or(plain)),
        '0'..='9' => {
            let behind = rest[1..].strip_prefix('\u{fe0f}').unwrap_or(&rest[1..]);
            let on_key = behind.strip_prefix(digit::KEY).map(|behind| (digit::on_a_key(c), text.len() - behind.len()));
            Some(on_key.unwrap_or(plain))
        }
        _ => Some(plain),
    }
}

/// What [`forwards`] reads from one byte offset to another.
pub(super) fn between(text: &str, at: usize, end: usize) -> impl Iterator<Item = char> {
    forwards(text, at).take_while(move |(_, next)| *next <= end).map(|(c, _)| c)
}

/// What stands in front of a place.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// The character
    pub(super) c: Option<char>,
    /// The letters and digits up to there, with nothing between
    pub(super) token: Token,
    /// Whether a sign stands there between two of several numbers, with one of them in front
    pub(super) in_list: bool,
}

impl Before {
    pub(super) fn push(&mut self, c: char) {
        self.in_list = c == ' ' && self.in_list || is_listing(c) && self.is(char::is_ascii_digit);
        self.c = Some(c);
        self.token.push(c);
    }

    pub(super) fn is(self, which: impl Fn(&char) -> bool) -> bool {
        self.c.is_some_and(|c| which(&c))
    }
}
