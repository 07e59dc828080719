//! Steps through a text in half width, over signs that nobody sees.

use crate::kind::width::{fold_char, is_invisible};

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

/// The characters in front of a byte offset in half width, nearest first, each with where it stands.
pub(super) fn backwards(text: &str, at: usize) -> impl Iterator<Item = (usize, char)> {
    let mut passing = Passing::default();
    let seen = text[..at].char_indices().rev().filter(move |(_, c)| !passing.passes(*c));
    seen.map(|(start, c)| (start, fold_char(c)))
}

/// The characters from a byte offset on in half width, each with where it ends.
pub(super) fn forwards(text: &str, at: usize) -> impl Iterator<Item = (char, usize)> {
    let mut passing = Passing::default();
    let seen = text[at..].char_indices().filter(move |(_, c)| !passing.passes(*c));
    seen.map(move |(start, c)| (fold_char(c), at + start + c.len_utf8()))
}
