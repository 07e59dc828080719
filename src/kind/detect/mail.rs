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
            ' ' if matches!(fold_at(text, next), Some(('@', _))) => continue,
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
    let next = fold_at(text, next).filter(|(c, _)| *c == ' ').map_or(next, |(_, behind)| behind);
    let end = domain_end(text, next)?;
    let front = between(text, start, position);
    let domain = between(text, next, end).map(|c| if is_full_stop(c) { '.' } else { c });
    let canonical = normalise(&front.chain(['@']).chain(domain).collect::<String>())?;
    Some(Found { kind: Kind::Email, range: start..end, canonical })
}

/// The full stop of Chinese, which a keyboard writes for a dot.
fn is_full_stop(c: char) -> bool {
    matches!(c, '。' | '\u{ff61}')
}

fn is_word(text: &str, at: usize) -> bool {
    fold_at(text, at).is_some_and(|(c, _)| c.is_alphanumeric())
}

/// How long what follows a percent sign is, if the sign of an address is written so in that of a page, perhaps twice.
fn escaped_sign(text: &str) -> Option<usize> {
    ["40", "2540"].into_iter().find(|code| text.starts_with(code)).map(str::len)
}

/// Where the domain from `at` on ends: behind the last label that can be a top-level one, two letters or more, for
/// numbers and dashes often follow at once. Labels in other letters come before that; in Chinese, what follows a top-level
/// one cannot be told from it, so that these are listed.
fn domain_end(text: &str, at: usize) -> Option<usize> {
    let mut end = None;
    let mut dotted = false; // a dot has been, and nothing but letters since
    let mut letters = 0;
    let (mut position, mut before) = (at, None);
    let mut ahead = forwards(text, at).take(253).peekable();
    while let Some((c, next)) = ahead.next() {
        let follows = ahead.peek().map(|(c, _)| *c);
        let is_dot = c == '.' || is_full_stop(c) && end.is_none() && joins(before, follows);
        match c {
            _ if is_dot => (dotted, letters) = (true, 0),
            _ if c.is_ascii_alphabetic() => letters += 1,
            '0'..='9' | '-' => dotted = false,
            _ if end.is_some() => break,
            _ if is_letter_abroad(c) => letters += 1,
            _ if !c.is_alphabetic() => break,
            _ if dotted
                && letters == 0
                && let Some(end) = chinese_top_level(text, position) =>
            {
                return Some(end);
            }
            _ => dotted = false,
        }
        let goes_on = |next: char| next.is_ascii_alphabetic() || !c.is_ascii() && is_letter_abroad(next);
        if dotted && letters >= 2 && !follows.is_some_and(goes_on) {
            end = Some(next);
        }
        (position, before) = (next, Some(c));
    }
    end
}

/// Whether a full stop stands within a domain: between letters or digits that are not Chinese.
fn joins(before: Option<char>, behind: Option<char>) -> bool {
    before.is_some_and(|c| c.is_ascii_alphanumeric()) && behind.is_some_and(|c| c.is_ascii_alphabetic())
}

/// Top-level domains in Chinese.
const CHINESE: [&str; 16] = [
    "中国",
    "中國",
    "中文网",
    "中信",
    "公司",
    "网络",
    "網絡",
    "网址",
    "网店",
    "在线",
    "商城",
    "集团",
    "香港",
    "台湾",
    "台灣",
    "我爱你",
];

fn chinese_top_level(text: &str, at: usize) -> Option<usize> {
    CHINESE.iter().find_map(|top| {
        let mut signs = forwards(text, at);
        top.chars().try_fold(at, |_, wanted| signs.next().filter(|(c, _)| *c == wanted).map(|(_, next)| next))
    })
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
