//! What stands between the groups of a number.

use crate::kind::width::is_hyphen;

use super::cursor::{fold_at, forwards};

/// What stands between two groups of digits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a ground of its own against some kinds of number")]
pub(super) struct Front {
    /// A dot, as in a decimal number or a date
    pub(super) dotted: bool,
    /// What no number is written with by rule: a line's end, a stroke, several signs
    pub(super) loose: bool,
    /// A bracket that opens, perhaps behind a space
    pub(super) opened: bool,
    /// What stands between several numbers rather than within one: a comma, a cell's border, many spaces
    pub(super) listed: bool,
}

/// The most signs between two groups of one number.
const BETWEEN: usize = 8;

/// More signs stand between several numbers, as a rule.
const USUAL: usize = 3;

/// The longest element of a page that is read.
const LONGEST_TAG: usize = 64;

/// Elements that only say how a word looks.
const INLINE: [&str; 15] =
    ["a", "b", "code", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"];

/// One sign, or an element of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    One(char),
    Inline,
    Block,
}

/// The signs at `at` that may stand between two groups, and where they end.
pub(super) fn separators(text: &str, at: usize) -> Option<(Front, usize)> {
    let (mut last, mut end) = sign(text, at)?;
    let mut front = Front::default();
    front.take(last);
    front.loose = !matches!(last, Sign::One(c) if matches!(c, ' ' | '(' | ')' | '.') || is_hyphen(c));
    for count in 2..=BETWEEN {
        let Some((next, behind)) = sign(text, end) else { break };
        front.take(next);
        front.loose |= !is_usual(last, next);
        front.listed |= count > USUAL;
        (last, end) = (next, behind);
    }
    Some((front, end))
}

impl Front {
    fn take(&mut self, sign: Sign) {
        self.dotted |= sign == Sign::One('.');
        self.opened |= sign == Sign::One('(');
        self.listed |= sign == Sign::Block || matches!(sign, Sign::One(c) if is_listing(c));
    }
}

fn is_usual(first: Sign, second: Sign) -> bool {
    let (Sign::One(first), Sign::One(second)) = (first, second) else { return false };
    matches!((first, second), (')', ' ' | '(') | (' ', '(')) || first == ')' && is_hyphen(second)
}

/// The sign at `at` in half width, and where it ends.
fn sign(text: &str, at: usize) -> Option<(Sign, usize)> {
    let (c, next) = fold_at(text, at)?;
    let known = is_hyphen(c)
        || matches!(c, ' ' | '\t' | '\n' | '\r' | '(' | ')' | '.' | '_' | '/' | '·' | '•')
        || is_listing(c);
    if known { Some((Sign::One(c), next)) } else { element(text, c, next) }
}

/// Signs between several things, and those that look like a dash or a dot.
pub(super) fn is_listing(c: char) -> bool {
    matches!(
        c,
        ',' | ':'
            | ';'
            | '、'
            | '。'
            | '~'
            | '|'
            | '*'
            | '='
            | '‧'
            | '․'
            | '˗'
            | '⁃'
            | '﹘'
            | '─'
            | '⸺'
            | '⸻'
            | 'ー'
    )
}

/// `<b>`, `</span>`, `<br>`, behind the sign with which it begins.
fn element(text: &str, begins: char, at: usize) -> Option<(Sign, usize)> {
    if begins != '<' {
        return None;
    }
    let mut name = String::new();
    let mut named = false;
    for (c, next) in forwards(text, at).take(LONGEST_TAG) {
        match c {
            '>' if name.is_empty() => return None,
            '>' => return Some((if INLINE.contains(&name.as_str()) { Sign::Inline } else { Sign::Block }, next)),
            '/' if name.is_empty() => {}
            '<' => return None,
            _ if !named && c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.is_empty() => return None,
            _ => named = true,
        }
    }
    None
}
