//! Characters that act instead of being read: they move a cursor, recolour a screen, turn the direction of a line, or
//! are not there for anybody who looks.

use super::{Invalid, Kind};

impl Kind {
    /// Refuses to write a text with characters that act. Texts of several lines may have line breaks and tabs; the two
    /// joiners stand in names of some scripts and in pictures of people, and nowhere else.
    pub fn require_readable(self, text: &str) -> Result<(), Invalid> {
        let lines = matches!(self, Self::FreeText | Self::Address);
        let joins = lines || matches!(self, Self::Name | Self::Nickname);
        let acts = |c: char| match c {
            '\n' | '\r' | '\t' => !lines,
            '\u{200c}' | '\u{200d}' => !joins,
            c => c.is_control() || is_unseen(c),
        };
        if text.chars().any(acts) { Err(Invalid::Acting) } else { Ok(()) }
    }
}

/// Direction marks, embeddings, overrides and isolates, line and paragraph separators, and signs without width: what
/// Unicode lets be ignored, but for the two joiners and the selectors of variants, which stand in names and pictures.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_is_written_whatever_the_kind() {
        for sign in [
            '\0',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180b}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            for kind in [Kind::Name, Kind::Nickname, Kind::FreeText, Kind::Address, Kind::Email, Kind::Fact] {
                assert_eq!(kind.require_readable(&format!("a{sign}b")), Err(Invalid::Acting), "{kind:?} {sign:?}");
            }
        }
    }

    #[test]
    fn what_belongs_to_a_kind_is_written() {
        for (kind, text) in [
            (Kind::Name, "阿依古丽·买买提"),
            (Kind::Name, "نگار\u{200c}سا"),
            (Kind::Nickname, "👩\u{200d}🚀 Ana"),
            (Kind::FreeText, "one\r\n\ttwo"),
            (Kind::Address, "朝阳路 1 号\n2 单元"),
            (Kind::Email, "ana@example.org"),
        ] {
            assert_eq!(kind.require_readable(text), Ok(()), "{text}");
        }
        for (kind, text) in [(Kind::Name, "two\nlines"), (Kind::Email, "a\u{200d}na@example.org"), (Kind::Fact, "a\tb")]
        {
            assert_eq!(kind.require_readable(text), Err(Invalid::Acting), "{kind:?}");
        }
    }
}
