//! Mail addresses in running text.

use crate::kind::{Kind, email::normalise};

use super::{
    Found,
    cursor::{between, fold_at, forwards},
};

/// The longest local part there is.
const LONGEST_FRONT: usize = 64;

/// The address whose front begins at `at`.
pub(super) fn at(text: &str, at: usize) -> Option<Found> {
    let mut start = None; // an address begins with a letter or a digit
    let mut position = at;
    let mut behind_sign = None;
    let mut before = None;
    for (c, next) in forwards(text, at).take(LONGEST_FRONT + 1) {
        match c {
            '@' => behind_sign = Some(next),
            '%' if let Some(length) = escaped_sign(&text[next..]) => behind_sign = Some(next + length),
            '\'' if before.is_some_and(char::is_alphanumeric) && is_word(text, next) => {} // o'a@
            _ if !is_local_char(c) && !is_letter_abroad(c) => return None,
            _ if c.is_alphanumeric() => start = start.or(Some(position)),
            _ => {}
        }
        if behind_sign.is_some() {
            break;
        }
        (position, before) = (next, Some(c));
    }
    let (start, next) = (start?, behind_sign?);
    let end = domain_end(text, next)?;
    let front = between(text, start, position);
    let canonical = normalise(&front.chain(['@']).chain(between(text, next, end)).collect::<String>())?;
    Some(Found { kind: Kind::Email, range: start..end, canonical })
}

fn is_word(text: &str, at: usize) -> bool {
    fold_at(text, at).is_some_and(|(c, _)| c.is_alphanumeric())
}

/// How long what follows a percent sign is, if the sign of an address is written so in that of a page, perhaps twice.
fn escaped_sign(text: &str) -> Option<usize> {
    ["40", "2540"].into_iter().find(|code| text.starts_with(code)).map(str::len)
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

/// A letter with an accent, or of another alphabet that is written with spaces: it belongs to the address that it stands
/// in, which is another one than what follows it.
fn is_letter_abroad(c: char) -> bool {
    !c.is_ascii() && c < '\u{2e80}' && c.is_alphabetic()
}

/// What stands in front of the sign in practice; quotes and brackets rather surround an address.
pub(super) fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._%+-".contains(c)
}
