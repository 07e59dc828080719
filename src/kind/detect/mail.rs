//! Mail addresses in running text.

use crate::kind::{Kind, email::normalise};

use super::{Found, cursor::forwards};

/// The longest local part there is.
const LONGEST_FRONT: usize = 64;

/// The address whose front begins at `at`.
pub(super) fn at(text: &str, at: usize) -> Option<Found> {
    let mut start = None; // an address begins with a letter or a digit
    let mut position = at;
    let mut behind_sign = None;
    for (c, next) in forwards(text, at).take(LONGEST_FRONT + 1) {
        match c {
            '@' => behind_sign = Some(next),
            '%' if text[next..].starts_with("40") => behind_sign = Some(next + 2), // in the address of a page
            _ if !is_local_char(c) => return None,
            _ if c.is_ascii_alphanumeric() => start = start.or(Some(position)),
            _ => {}
        }
        if behind_sign.is_some() {
            break;
        }
        position = next;
    }
    let (start, next) = (start?, behind_sign?);
    let end = domain_end(text, next)?;
    let canonical = normalise(&format!("{}@{}", text.get(start..position)?, &text[next..end]))?;
    Some(Found { kind: Kind::Email, range: start..end, canonical })
}

/// Where the domain from `at` on ends: behind the last label that can be a top-level one, two letters or more, for
/// numbers and dashes often follow at once.
fn domain_end(text: &str, at: usize) -> Option<usize> {
    let mut end = None;
    let mut dotted = false; // a dot has been, and nothing but letters since
    let mut letters = 0;
    let mut ahead = forwards(text, at).take(253).peekable();
    while let Some((c, next)) = ahead.next() {
        match c {
            '.' => (dotted, letters) = (true, 0),
            _ if c.is_ascii_alphabetic() => letters += 1,
            '0'..='9' | '-' => dotted = false,
            _ => break,
        }
        if dotted && letters >= 2 && !ahead.peek().is_some_and(|(next, _)| next.is_ascii_alphabetic()) {
            end = Some(next);
        }
    }
    end
}

/// What stands in front of the sign in practice; quotes and brackets rather surround an address.
pub(super) fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._%+-".contains(c)
}
