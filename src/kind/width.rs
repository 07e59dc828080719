//! Full width and half width, separators and invisible signs: the ways one value is typed.

use std::iter;

use unicode_normalization::UnicodeNormalization;

/// The half-width form of a full-width letter, digit, sign or space.
pub(super) fn fold_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
        _ => c,
    }
}

/// Signs that nobody sees: pasted numbers often carry them.
pub(super) fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Whether this stands between the groups of a number. Takes a folded character.
pub(super) fn is_separator(c: char) -> bool {
    is_hyphen(c) || matches!(c, ' ' | '\t' | '.' | '(' | ')')
}

/// Whether this is a hyphen or one of the dashes typed for it.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}')
}

/// Half width, without invisible signs, trimmed, in NFC.
pub(super) fn fold(raw: &str) -> String {
    if raw.is_ascii() {
        return raw.trim().to_owned(); // as nearly all numbers are: nothing to fold, nothing to compose
    }
    let visible: String = raw.chars().filter(|&c| !is_invisible(c)).map(fold_char).collect();
    visible.trim().nfc().collect()
}

/// A word as it is compared where case and width say nothing: half width, trimmed, without invisible signs, in small letters.
#[must_use]
pub fn folded(word: &str) -> String {
    fold(word).to_lowercase()
}

/// [`fold`], without spaces and hyphens.
pub(super) fn compact(raw: &str) -> String {
    raw.chars().filter(|&c| !is_invisible(c)).map(fold_char).filter(|&c| !c.is_whitespace() && !is_hyphen(c)).collect()
}

/// The full-width form of half-width letters, digits and signs.
pub(super) fn widen(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
            ' ' => '\u{3000}',
            _ => c,
        })
        .collect()
}

/// `text` in groups of the given lengths, joined by `separator`; what is left over is one more group.
pub(super) fn grouped(text: &str, lengths: &[usize], separator: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut rest = letters.as_slice();
    let mut groups = Vec::new();
    for &length in lengths.iter().chain(iter::once(&usize::MAX)) {
        if rest.is_empty() {
            break;
        }
        let (group, after) = rest.split_at(length.min(rest.len()));
        groups.push(group.iter().collect::<String>());
        rest = after;
    }
    groups.join(separator)
}

/// Whether it is nothing but ASCII digits, of one of the lengths.
pub(super) fn digits_only(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_is_typed_into_what_is_meant() {
        assert_eq!(fold("　Ａｂ１＠ "), "Ab1@");
        assert_eq!(compact("\u{202d}138 0013—8000\u{202c}"), "13800138000");
        assert_eq!(widen("1A@"), "１Ａ＠");
        assert_eq!(grouped("13800138000", &[3, 4], " "), "138 0013 8000");
    }
}
