//! Sex.

use crate::value::Value;

use super::{
    Category, Kind, Replacement, Validity,
    info::{Info, require},
    spelling::Spellings,
    width::fold,
};

pub(super) const SEX: Info = Info {
    kind: Kind::Sex,
    word: "sex",
    zh: "性别",
    en: "sex",
    category: Category::OptionalProfile,
    weak: true,
    normalise,
    validate: |raw| require(raw, normalise).map(|_| Validity::Sound),
    spellings,
    replacement: Replacement::Keep, // measured together with place, month and age (LAW §5.2)
    ..Info::UNKNOWN
};

const WORDS: [(&str, &[&str]); 4] = [
    ("male", &["男", "男性", "先生", "m", "man"]),
    ("female", &["女", "女性", "女士", "f", "woman"]),
    ("other", &["其他", "x", "diverse", "non-binary"]),
    ("unknown", &["未知", "未说明", "保密", "u", "unspecified", "secret"]),
];

/// Digits stay unread: codes differ between databases.
fn normalise(raw: &str) -> Option<String> {
    let text = fold(raw).to_lowercase();
    WORDS
        .iter()
        .find(|(word, forms)| *word == text || forms.contains(&text.as_str()))
        .map(|(word, _)| (*word).to_owned())
}

fn spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise).cases(canonical);
    for (_, others) in WORDS.iter().filter(|(word, _)| *word == canonical) {
        for other in *others {
            forms = forms.cases(other);
        }
    }
    forms.list()
}
