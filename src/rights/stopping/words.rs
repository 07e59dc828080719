//! The words by which rows say what somebody agreed to: scopes, channels, topics. One cell may hold several, and the
//! application may have written them otherwise than the map or the officer: `Mail`, `GEO `, full width. Such a word
//! counts as the one it resembles: else who takes something back would go on unheard.

use std::collections::BTreeSet;

use crate::kind::folded;

/// How much of a cell is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rights) enum Asked {
    /// Nothing
    Nothing,
    /// One word of several
    InPart,
    /// All of it
    Whole,
}

/// Words that are asked for.
pub(in crate::rights) struct Wanted<'w> {
    words: BTreeSet<&'w str>,
    alike: BTreeSet<String>,
    /// Words that mean something of their own, however they resemble others
    known: BTreeSet<&'w str>,
}

impl<'w> Wanted<'w> {
    /// These words, where `known` words are those that the map knows besides.
    pub(in crate::rights) fn new(
        words: impl IntoIterator<Item = &'w str>,
        known: impl IntoIterator<Item = &'w str>,
    ) -> Self {
        let words: BTreeSet<&str> = words.into_iter().collect();
        let alike = words.iter().map(|word| folded(word)).collect();
        Self { words, alike, known: known.into_iter().collect() }
    }

    /// How much of the cell is asked for.
    pub(in crate::rights) fn of(&self, cell: &str) -> Asked {
        if self.has(cell) {
            return Asked::Whole;
        }
        let words = words(cell);
        match words.iter().filter(|word| self.has(word)).count() {
            0 if words.iter().any(|word| self.may_cover(word)) => Asked::InPart,
            0 => Asked::Nothing,
            some if some < words.len() => Asked::InPart,
            _ => Asked::Whole,
        }
    }

    /// Whether a word that is none of the known ones may hold what is asked for among others: `geo mail`, `geo/mail`,
    /// `all`. Nobody can tell what becomes of the rest, so it is for a person.
    fn may_cover(&self, word: &str) -> bool {
        let parts = || word.split(|c: char| c.is_whitespace() || "/+&\\".contains(c)).filter(|part| !part.is_empty());
        let several = parts().count() > 1 && parts().any(|part| self.has(part));
        !self.known.contains(word) && (several || EVERYTHING.contains(&folded(word).as_str()))
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(word) || !self.known.contains(word) && self.alike.contains(&folded(word))
    }
}

/// Words by which applications say that everything is meant.
const EVERYTHING: [&str; 4] = ["*", "all", "全部", "所有"];

/// The words of a cell; a list may stand in brackets and quotes.
fn words(cell: &str) -> Vec<&str> {
    let around = |c: char| c.is_whitespace() || "[]{}()\"'".contains(c);
    let words = cell.split(|c: char| ",;|、，；｜\n".contains(c)).map(|word| word.trim_matches(around));
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cell_may_hold_several_words() {
        assert_eq!(words("geo"), ["geo"]);
        assert_eq!(words("geo, voice、camera;"), ["geo", "voice", "camera"]);
        assert_eq!(words("[\"mail\",\"sms\"]"), ["mail", "sms"]);
        assert!(words(" ").is_empty());
    }

    #[test]
    fn a_word_that_resembles_one_counts_as_it() {
        let wanted = Wanted::new(["mail"], []);
        for cell in ["mail", "Mail", "mail ", "\tMAIL", "ｍａｉｌ", "Ｍａｉｌ，", "mail\u{200b}", "{Mail}"] {
            assert_eq!(wanted.of(cell), Asked::Whole, "{cell:?}");
        }
        for cell in ["", "e-mail", "mails", "sms"] {
            assert_eq!(wanted.of(cell), Asked::Nothing, "{cell:?}");
        }
        for cell in ["mail,sms", "SMS；Mail", "[\"sms\",\"MAIL\"]"] {
            assert_eq!(wanted.of(cell), Asked::InPart, "{cell:?}");
        }
        for cell in ["sms mail", "Mail/SMS", "mail+sms", "sms & mail", "all", " ALL", "*", "全部", "sms,all"] {
            assert_eq!(wanted.of(cell), Asked::InPart, "{cell:?}");
        }
        let told_apart = Wanted::new(["mail"], ["mail", "all", "direct mail"]);
        assert_eq!((told_apart.of("all"), told_apart.of("direct mail")), (Asked::Nothing, Asked::Nothing));
        assert_eq!(wanted.of("mail,Mail"), Asked::Whole);
        assert_eq!(Wanted::new(["Food, Drink"], []).of("food, drink"), Asked::Whole, "a word may hold a comma");
    }

    #[test]
    fn what_the_map_tells_apart_stays_apart() {
        let wanted = Wanted::new(["geo"], ["geo", "GEO"]);
        assert_eq!(
            (wanted.of("GEO"), wanted.of("Geo"), wanted.of("geo")),
            (Asked::Nothing, Asked::Whole, Asked::Whole)
        );
    }
}
