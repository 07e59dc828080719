//! Hashes and other serial numbers in running text: some of their digits look like a telephone number.

use crate::kind::permit::{is_chinese_passport, is_travel_permit};

use super::cursor::{Before, forwards};

/// The most that is looked at behind a number: the digits of the longest hash in use.
const LONGEST: usize = 128;

/// In capitals only so long a token is a hash: `13900139000D302` is a number and a flat.
const LONG: usize = 16;

/// Letters and digits with nothing between.
#[derive(Clone, Copy, Default)]
pub(super) struct Token {
    length: usize,
    digits: bool,
    letters: Letters,
}

/// Which letters these are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Letters {
    #[default]
    None,
    /// Small hexadecimal digits
    Small,
    /// Capital ones
    Capital,
    /// Both, or others: no hash is written so
    Other,
}

impl Token {
    /// Takes the next character; what is neither letter nor digit is a border.
    pub(super) fn push(&mut self, c: char) {
        let letter = match c {
            '0'..='9' => Letters::None,
            'a'..='f' => Letters::Small,
            'A'..='F' => Letters::Capital,
            _ if c.is_ascii_alphabetic() => Letters::Other,
            _ => return *self = Self::default(),
        };
        self.digits |= letter == Letters::None;
        self.letters = match (self.letters, letter) {
            (letters, Letters::None) => letters,
            (Letters::None, letter) => letter,
            (letters, letter) if letters == letter => letter,
            _ => Letters::Other,
        };
        self.length = self.length.saturating_add(1);
    }

    /// Whether both sorts of hexadecimal digits are there, as in a hash of this length.
    fn is_mixed(self, length: usize) -> bool {
        let hexadecimal = match self.letters {
            Letters::Small => true,
            Letters::Capital => length >= LONG,
            Letters::None | Letters::Other => false,
        };
        hexadecimal && self.digits
    }
}

/// Whether the digits from somewhere to `end` stand within a hash, where `before` stands in front of them: hexadecimal
/// letters and more digits around them with nothing between. A word with another letter in it is a border, and so is the
/// number of a document.
pub(super) fn is_inside(text: &str, (at, end): (usize, usize), before: Before) -> bool {
    let behind: String =
        forwards(text, end).map(|(c, _)| c).take(LONGEST).take_while(char::is_ascii_alphanumeric).collect();
    if is_document(&behind.to_ascii_uppercase()) {
        return false;
    }
    let mut back = Token::default();
    behind.chars().for_each(|c| back.push(c));
    let length = before.token.length + (end - at) + back.length;
    back.is_mixed(length) || back.letters != Letters::Other && before.token.is_mixed(length)
}

fn is_document(token: &str) -> bool {
    is_chinese_passport(token) || is_travel_permit(token)
}

/// Where a UUID or a waybill number of United Parcel Service that begins at `at` ends.
pub(super) fn end(text: &str, at: usize) -> Option<usize> {
    uuid(text, at).or_else(|| parcel(text, at))
}

/// `8-4-4-4-12` hexadecimal digits.
fn uuid(text: &str, at: usize) -> Option<usize> {
    let mut signs = forwards(text, at);
    let mut end = at;
    for place in 0..36 {
        let (c, next) = signs.next()?;
        let fits = if matches!(place, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() };
        end = fits.then_some(next)?;
    }
    signs.next().is_none_or(|(c, _)| !c.is_ascii_alphanumeric()).then_some(end)
}

/// `1Z` and sixteen letters and digits.
fn parcel(text: &str, at: usize) -> Option<usize> {
    let mut signs = forwards(text, at);
    let mut end = at;
    for place in 0..18 {
        let (c, next) = signs.next()?;
        let fits = match place {
            0 => c == '1',
            1 => c == 'Z',
            _ => c.is_ascii_digit() || c.is_ascii_uppercase(),
        };
        end = fits.then_some(next)?;
    }
    signs.next().is_none_or(|(c, _)| !c.is_ascii_alphanumeric()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_serial_numbers_end_where_their_form_says() {
        for whole in ["6d92078a-8246-4ba4-ae5b-13800138000a", "1Z999AA13800138000"] {
            assert_eq!(end(whole, 0), Some(whole.len()));
            assert_eq!(end(&format!("{whole}，"), 0), Some(whole.len()));
            assert_eq!(end(&format!("{whole}1"), 0), None);
            assert_eq!(end(&whole[..whole.len() - 1], 0), None);
        }
    }
}
