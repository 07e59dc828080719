//! Mail addresses in running text.

use crate::kind::{Kind, email::normalise};

use super::{
    Found,
    cursor::{backwards, forwards},
};

/// The address around an at sign that stands from `at` to `next`.
pub(super) fn at_sign(text: &str, at: usize, next: usize) -> Option<Found> {
    let mut start = at;
    for (count, (position, c)) in backwards(text, at).take_while(|&(_, c)| is_local_char(c)).enumerate() {
        if count == 64 {
            return None;
        }
        if c.is_ascii_alphanumeric() {
            start = position; // an address begins with a letter or a digit
        }
    }
    let mut end = next;
    for (c, position) in
        forwards(text, next).take(253).take_while(|&(c, _)| c.is_ascii_alphanumeric() || "-.".contains(c))
    {
        if c.is_ascii_alphanumeric() {
            end = position;
        }
    }
    let canonical = normalise(&text[start..end])?;
    let top = canonical.rsplit('.').next()?;
    let real = start < at && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()) || top.starts_with("xn--");
    real.then_some(Found { kind: Kind::Email, range: start..end, canonical })
}

/// What stands in front of the sign in practice; quotes and brackets rather surround an address.
fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._%+-".contains(c)
}
