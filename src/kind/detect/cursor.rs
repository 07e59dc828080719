//! Steps through a text in half width, over signs that nobody sees, and an escape as what it stands for.

use std::iter;

use crate::kind::width::{fold_char, is_invisible};

use super::{escape, serial::Token};

/// Invisible signs in a row that are passed over, so that what is looked ahead is bounded. More of them stand for
/// themselves.
const PASSED: u8 = 4;

/// Whether the next character is passed over.
#[derive(Default)]
struct Passing(u8);

impl Passing {
    fn passes(&mut self, c: char) -> bool {
        self.0 = if is_invisible(c) { self.0.saturating_add(1) } else { 0 };
        (1..=PASSED).contains(&self.0)
    }
}

/// The first visible character from a byte offset on in half width, and where the next one stands.
pub(super) fn fold_at(text: &str, at: usize) -> Option<(char, usize)> {
    text.get(at..)?;
    forwards(text, at).next()
}

/// The characters from a byte offset on in half width, each with where it ends.
pub(super) fn forwards(text: &str, at: usize) -> impl Iterator<Item = (char, usize)> {
    let mut passing = Passing::default();
    let mut position = at;
    let meant = iter::from_fn(move || {
        let c = text[position..].chars().next()?;
        let escaped = if matches!(c, '\\' | '&') { escape::at(text, position) } else { None };
        let (c, next) = escaped.unwrap_or((c, position + c.len_utf8()));
        position = next;
        Some((c, next))
    });
    meant.filter(move |(c, _)| !passing.passes(*c)).map(|(c, end)| (fold_char(c), end))
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
}

impl Before {
    pub(super) fn push(&mut self, c: char) {
        self.c = Some(c);
        self.token.push(c);
    }

    pub(super) fn is(self, which: impl Fn(&char) -> bool) -> bool {
        self.c.is_some_and(|c| which(&c))
    }
}
