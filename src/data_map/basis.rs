//! Legal bases: the words that the map may say, and what people are told of them (PIPL 13, GDPR 6).

use crate::kind::Language;

/// Each known word, and what it is in Chinese. In English it is told as it is.
const BASES: [(&str, &str); 14] = [
    ("consent", "同意"),
    ("separate consent", "单独同意"),
    ("contract", "订立、履行合同所必需"),
    ("legal duty", "履行法定义务"),
    ("legal obligation", "履行法定义务"),
    ("security duty", "安全保障义务"),
    ("legitimate interest", "正当利益"),
    ("legitimate interests", "正当利益"),
    ("vital interest", "保护自然人的重大利益"),
    ("vital interests", "保护自然人的重大利益"),
    ("public task", "履行公共职责"),
    ("public interest", "公共利益"),
    ("emergency", "应对突发事件或者紧急情况"),
    ("employment", "实施人力资源管理所必需"),
];

/// The words that are known, as they are told in English.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    BASES.into_iter().map(|(word, _)| word)
}

/// What `basis` is called to people; a word that is not known is told as the map says it.
#[must_use]
pub fn basis_title(basis: &str, language: Language) -> &str {
    let known = BASES.into_iter().find(|(word, _)| *word == basis);
    known.map_or(basis, |(_, zh)| language.pick(zh, basis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_basis_is_told_in_the_language_of_its_reader_and_another_as_it_is() {
        for word in known() {
            assert!(basis_title(word, Language::Zh).chars().all(|c| c > '\u{2e7f}'), "{word}");
            assert_eq!(basis_title(word, Language::En), word);
        }
        assert_eq!(basis_title("legal duty", Language::Zh), "履行法定义务");
        assert_eq!(basis_title("custom", Language::Zh), "custom");
    }
}
