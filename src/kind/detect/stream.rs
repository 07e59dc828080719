//! Striking out in a text that comes in pieces, with the outcome that the whole text would have.

use crate::{kind::Profile, value::Value};

use super::{Found, Scanner, Sought, number};

/// More bytes than any identifier is long, with all that is looked at behind it.
const AHEAD: usize = 24 * 1024;

/// Replaces identifiers by their masks in a text that comes in pieces. It holds a few thousand bytes and a piece.
pub struct Striking<'k> {
    keep: &'k dyn Fn(&Found) -> bool,
    scanner: Scanner<'k>,
    /// What is not written yet
    text: String,
    /// Up to where `text` is written
    written: usize,
    /// Within a run of digits that began in front of what is held
    in_digits: bool,
}

impl<'k> Striking<'k> {
    /// Strikes out what `keep` refuses.
    #[must_use]
    pub fn new(keep: &'k dyn Fn(&Found) -> bool) -> Self {
        Self::seeking(Sought::Anybodys, keep)
    }

    /// Strikes out what `is_known` tells, also where it is written to something else.
    #[must_use]
    pub fn known(is_known: &'k dyn Fn(&Found) -> bool) -> Self {
        Self::seeking(Sought::Known(is_known), &|_| false)
    }

    fn seeking(sought: Sought<'k>, keep: &'k dyn Fn(&Found) -> bool) -> Self {
        let scanner = Scanner { sought, ..Scanner::default() };
        Self { keep, scanner, text: String::new(), written: 0, in_digits: false }
    }

    /// Takes the next piece; returns what is certain by now.
    #[must_use]
    pub fn push(&mut self, piece: &str) -> String {
        self.text.push_str(piece);
        self.advance(false)
    }

    /// Takes the end.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.advance(true)
    }

    fn advance(&mut self, last: bool) -> String {
        let mut out = String::with_capacity(self.text.len());
        while self.scanner.at < self.text.len() && (last || self.scanner.at + AHEAD <= self.text.len()) {
            if self.in_digits {
                let end = number::end_of_group(&self.text, self.scanner.at);
                self.in_digits = end == self.text.len() && !last;
                self.scanner.skip_to(&self.text, end);
                continue;
            }
            let found = self.scanner.step(&self.text);
            self.in_digits = found.is_none() && self.scanner.at == self.text.len() && !last;
            if let Some(found) = found.filter(|found| !(self.keep)(found)) {
                out.push_str(&self.text[self.written..found.range.start]);
                out.push_str(&found.kind.mask(&Value::Text(found.canonical), Profile::Waybill));
                self.written = found.range.end;
            }
        }
        let certain = self.scanner.at.max(self.written);
        out.push_str(&self.text[self.written..certain]);
        self.written = certain;
        self.forget();
        out
    }

    /// Lets go of what is written: nothing is looked back at.
    fn forget(&mut self) {
        self.text.drain(..self.scanner.at);
        self.written -= self.scanner.at;
        self.scanner.at = 0;
    }
}

impl Scanner<'_> {
    /// Goes over digits that are too many to be anything.
    fn skip_to(&mut self, text: &str, end: usize) {
        self.pass(text, end);
        self.in_word = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::strike_out, *};

    fn in_pieces(text: &str, pieces: &[usize], keep: &dyn Fn(&Found) -> bool) -> String {
        let mut striking = Striking::new(keep);
        let (mut out, mut rest, mut at) = (String::new(), text, 0);
        while !rest.is_empty() {
            let mut end = pieces[at % pieces.len()].clamp(1, rest.len());
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            out.push_str(&striking.push(&rest[..end]));
            rest = &rest[end..];
            at += 1;
        }
        out.push_str(&striking.finish());
        out
    }

    const WORDS: &[&str] = &[
        "13800138000",
        "138 0013 8000",
        "+86-13912345678",
        "li.si@example.com",
        "11010519491231002X",
        "陕A12345",
        "E12345678",
        "４１３８００１３８０００",
        " ",
        "，",
        "a",
        "9",
        "转",
        "xx1",
        "wang",
        "@",
        ".",
        "６２２２",
        "号",
        "6222021234567890128",
        "91350100M000100Y43",
        "0086",
        "-",
        "地址：",
        "\n",
        "\u{200b}",
        "%40",
        "/",
        "(0)",
        "\\u003e",
        "\\u002b",
        "\\\\n",
        "\\",
        "&#43;",
        "&nbsp;",
        "&",
        ";",
        "u00",
        "QQ",
        "b2",
        "一三八零零一三八零零零",
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "3\u{fe0f}\u{20e3}",
        "<br>",
        "</b><b",
        "，0013，8000",
        "例子.cn",
        "。com",
        "%31%33%38",
        "%2",
        "A123456(7)",
    ];

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(
            words in prop::collection::vec(0..WORDS.len(), 600..4000),
            pieces in prop::collection::vec(1_usize..6000, 1..5),
        ) {
            let text: String = words.iter().map(|word| WORDS[*word]).collect();
            let keep = |found: &Found| found.canonical == "13800138000";
            prop_assert_eq!(in_pieces(&text, &pieces, &keep), strike_out(&text, &keep));
        }
    }

    #[test]
    fn an_identifier_across_two_pieces_is_found() {
        let nothing = |_: &Found| false;
        for at in 0..40 {
            let text = format!("{}电话13800138000，谢谢{}", "啊".repeat(3000), "吧".repeat(3000));
            let border = 9000 + at;
            let whole = strike_out(&text, &nothing);
            assert!(!whole.contains("13800138000"));
            assert_eq!(in_pieces(&text, &[border, 7000], &nothing), whole, "{at}");
        }
    }

    #[test]
    fn a_run_of_digits_longer_than_what_is_held_is_no_number_anywhere() {
        let text = format!("{}13800138000", "7".repeat(30_000));
        let nothing = |_: &Found| false;
        assert_eq!(in_pieces(&text, &[5000], &nothing), text);
        assert_eq!(strike_out(&text, &nothing), text);
    }
}
