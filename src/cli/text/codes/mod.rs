//! What each code means, in both languages, offline: the text behind `droit explain`.

mod exits;
mod failures;
mod findings;
mod intake;
mod reasons;
mod record;
mod refusals;
mod replayed;
mod schemas;
mod tidied;
mod undone;
mod unfit;

use super::{Text, trouble};
use crate::{cli::exit::Exit, data_map::finding::Code as Finding};

/// What a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// An exit code
    Exit,
    /// law, policy or safety says no
    Refusal,
    /// The reason of a refusal that a person receives (LAW §4.3), or of cells that stay
    Reason,
    /// The door did not understand, or the machine failed
    Trouble,
    /// What `map check`, `doctor` and `tidy` report
    Finding,
    /// A JSON document
    Schema,
}

impl Sort {
    /// The machine's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Refusal => "refusal",
            Self::Reason => "reason",
            Self::Trouble => "trouble",
            Self::Finding => "finding",
            Self::Schema => "schema",
        }
    }

    /// The person's word.
    pub(crate) fn title(self) -> Text {
        match self {
            Self::Exit => Text { en: "exit code", zh: "退出码" },
            Self::Refusal => Text { en: "refusal", zh: "拒绝" },
            Self::Reason => Text { en: "reason", zh: "理由" },
            Self::Trouble => Text { en: "trouble", zh: "故障" },
            Self::Finding => Text { en: "finding", zh: "发现" },
            Self::Schema => Text { en: "document", zh: "文档格式" },
        }
    }
}

/// A code and its explanation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    /// What is looked up
    pub(crate) word: &'static str,
    /// What it is
    pub(crate) sort: Sort,
    /// In a few words
    pub(crate) title: Text,
    /// What it means and what to do
    pub(crate) text: Text,
}

const fn code(word: &'static str, sort: Sort, title: [&'static str; 2], text: [&'static str; 2]) -> Code {
    Code { word, sort, title: Text { en: title[0], zh: title[1] }, text: Text { en: text[0], zh: text[1] } }
}

/// All codes, in the order of their sorts.
pub(crate) fn all() -> Vec<Code> {
    let tables = [
        exits::EXITS,
        refusals::REFUSALS,
        undone::UNDONE,
        unfit::UNFIT,
        intake::INTAKE,
        reasons::REASONS,
        failures::FAILURES,
        findings::FINDINGS,
        record::RECORD,
        tidied::TIDIED,
        replayed::REPLAYED,
        schemas::SCHEMAS,
    ];
    let mut all: Vec<Code> = tables.into_iter().flatten().copied().collect();
    all.extend(trouble::all().map(|trouble| Code {
        word: trouble.code,
        sort: if trouble.exit == Exit::Refused { Sort::Refusal } else { Sort::Trouble },
        title: trouble.says,
        text: trouble.hint.unwrap_or(Text { en: "", zh: "" }),
    }));
    all.extend(Finding::ALL.iter().map(|finding| Code {
        word: finding.word(),
        sort: Sort::Finding,
        title: Text { en: finding.description(), zh: finding.description_zh() },
        text: Text { en: "", zh: "" },
    }));
    all.sort_by_key(|code| code.sort);
    all
}

/// The code of that name; case does not matter, except that `droit explain 3` is the exit code.
pub(crate) fn find(word: &str) -> Option<Code> {
    all().into_iter().find(|code| code.word.eq_ignore_ascii_case(word))
}

/// The title of a code, for a language in which the message itself does not exist.
pub(crate) fn title(word: &str) -> Option<Text> {
    find(word).map(|code| code.title)
}

/// What to do about a refusal or a failure, as far as its explanation says.
pub(crate) fn way_on(word: &str) -> Option<Text> {
    find(word).map(|code| code.text).filter(|text| !text.en.is_empty())
}

/// The known code that is most like `word`.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    all()
        .into_iter()
        .map(|code| (distance(&word, &code.word.to_ascii_lowercase()), code.word))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min()
        .map(|(_, known)| known)
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_explained_once_and_in_both_languages() {
        let mut seen = BTreeSet::new();
        for code in all() {
            assert!(seen.insert(code.word.to_ascii_lowercase()), "{} is explained twice", code.word);
            assert!(!code.title.en.is_empty() && !code.title.zh.is_empty(), "{}", code.word);
            assert_eq!(code.text.en.is_empty(), code.text.zh.is_empty(), "{}", code.word);
        }
    }

    #[test]
    fn every_exit_code_is_explained_by_number() {
        for exit in Exit::ALL {
            assert_eq!(find(&exit.code().to_string()).map(|code| code.sort), Some(Sort::Exit), "{exit:?}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        assert_eq!(nearest("stale_pln"), Some("stale_plan"));
        assert_eq!(nearest("xyzzyxyzzy"), None);
        assert_eq!((distance("kitten", "sitting"), distance("", "abc"), distance("abc", "abc")), (3, 3, 0));
    }
}
