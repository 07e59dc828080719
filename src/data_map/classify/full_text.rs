//! Which texts a full-text index may pass over when it is asked for a part of them, and which it keeps for itself.

use crate::schema::Table;

/// Why the index that `ddl` makes may pass over a value in one of the columns `texts`; `None`: it finds every part of
/// each. Only an index of trigrams does, whatever the case of letters: one of words knows a number that is written next to
/// letters, or in Chinese, as one word together with what stands around it.
pub(super) fn passes_over(ddl: &str, texts: &[&str]) -> Option<String> {
    let arguments = arguments(ddl);
    let mut options = arguments.iter().filter_map(|argument| argument.split_once('='));
    let tokenize = options.rfind(|(name, _)| name.trim().eq_ignore_ascii_case("tokenize"));
    let words: Vec<String> = tokenize.map(|(_, value)| words(value)).unwrap_or_default();
    let is_sensitive = words.windows(2).any(|pair| pair[0] == "case_sensitive" && pair[1] != "0");
    if words.first().is_none_or(|word| word != "trigram") || is_sensitive {
        return Some("does not find every part of a text".to_owned());
    }
    let indexed = |text: &&&str| {
        arguments.iter().filter(|argument| !argument.contains('=')).map(|argument| self::words(argument)).any(|words| {
            words.first().is_some_and(|name| name.eq_ignore_ascii_case(text))
                && !words.contains(&"unindexed".to_owned())
        })
    };
    texts.iter().find(|text| !indexed(text)).map(|text| format!("does not know the texts in `{text}`"))
}

/// On which change of its original's rows an index that stores texts of its own keeps them; `None`: on none, because it
/// stores none, or triggers take them out.
pub(super) fn left_behind(index: &Table, original: &Table) -> Option<&'static str> {
    let options = arguments(&index.ddl);
    let elsewhere = options
        .iter()
        .filter_map(|argument| argument.split_once('='))
        .any(|(name, _)| name.trim().eq_ignore_ascii_case("content"));
    let follows = |event: &str| {
        original.triggers.iter().any(|trigger| {
            let words = trigger.ddl.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            let on = words.iter().position(|word| word.eq_ignore_ascii_case("on")).unwrap_or(words.len());
            let (front, body) = words.split_at(on);
            front.iter().any(|word| word.eq_ignore_ascii_case(event))
                && body.iter().any(|word| word.eq_ignore_ascii_case(&index.name.name))
        })
    };
    if elsewhere { None } else { ["DELETE", "UPDATE"].into_iter().find(|event| !follows(event)) }
}

/// What stands between the brackets, cut at commas outside of quotes.
fn arguments(ddl: &str) -> Vec<String> {
    let inner = ddl.find('(').zip(ddl.rfind(')')).filter(|(from, to)| from < to).map(|(from, to)| &ddl[from + 1..to]);
    let (mut arguments, mut closing) = (vec![String::new()], None);
    for c in inner.unwrap_or_default().chars() {
        if c == ',' && closing.is_none() {
            arguments.push(String::new());
            continue;
        }
        closing = match (closing, c) {
            (Some(close), _) => (c != close).then_some(close),
            (None, '\'' | '"' | '`') => Some(c),
            (None, '[') => Some(']'),
            (None, _) => None,
        };
        if let Some(argument) = arguments.last_mut() {
            argument.push(c);
        }
    }
    arguments
}

/// The words of a text without quotes, in lower case.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "'\"`[]".contains(c)).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &str) -> Option<String> {
        passes_over(&format!("CREATE VIRTUAL TABLE trigram USING fts5 ({arguments})"), &["body", "Title"])
    }

    #[test]
    fn an_index_of_trigrams_over_all_texts_passes_over_none() {
        for whole in [
            "body, title, tokenize = 'trigram'",
            "title, \"body\", content='notes', content_rowid = 'id', tokenize=\"trigram\"",
            "[Body], `title`, TOKENIZE = 'trigram remove_diacritics 1 case_sensitive 0'",
            "body, title, tokenize = trigram",
        ] {
            assert_eq!(of(whole), None, "{whole}");
        }
    }

    #[test]
    fn whatever_else_may_pass_over_a_text() {
        for words in [
            "body, title",
            "body, title, tokenize = 'unicode61'",
            "body, title, tokenize = 'porter trigram'",
            "body, title, tokenize = 'trigram case_sensitive 1'",
            "body, title, trigram",
            "body, title, tokenize = 'unicode61', content = 'trigram'",
        ] {
            assert_eq!(of(words).as_deref(), Some("does not find every part of a text"), "{words}");
        }
        let unknown = |name: &str| Some(format!("does not know the texts in `{name}`"));
        assert_eq!(of("body, tokenize = 'trigram'"), unknown("Title"));
        assert_eq!(of("body UNINDEXED, title, tokenize = 'trigram'"), unknown("body"));
        assert_eq!(passes_over("", &[]).as_deref(), Some("does not find every part of a text"));
    }
}
