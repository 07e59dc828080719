//! Steps through a text in half width.

use crate::kind::width::fold_char;

/// The character at a byte offset in half width, and where the next one stands.
pub(super) fn fold_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let c = rest.chars().next()?;
    Some((fold_char(c), at + c.len_utf8()))
}

/// The characters in front of a byte offset in half width, nearest first, each with where it stands.
pub(super) fn backwards(text: &str, at: usize) -> impl Iterator<Item = (usize, char)> {
    text[..at].char_indices().rev().map(|(start, c)| (start, fold_char(c)))
}

/// The characters from a byte offset on in half width, each with where it ends.
pub(super) fn forwards(text: &str, at: usize) -> impl Iterator<Item = (char, usize)> {
    text[at..].char_indices().map(move |(start, c)| (fold_char(c), at + start + c.len_utf8()))
}
