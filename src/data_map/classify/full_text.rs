//! Which texts a full-text index may pass over when it is asked for a part of them, and which words stay in it when the
//! rows that they are of go.

use std::collections::BTreeSet;

use crate::schema::{
    Change, Content, Event, FullText, Parts, Repeated, RowKey, Runs, Schema, Storage, Table, TableName, Trigger,
};

/// Why the index that `ddl` makes may pass over a value in one of the columns `texts`; `None`: it finds every part of
/// each. Only an index of trigrams does, whatever the case of letters: one of words knows a number that is written next to
/// letters, or in Chinese, as one word together with what stands around it.
pub(super) fn passes_over(ddl: &str, texts: &[&str]) -> Option<String> {
    let made = FullText::of(ddl);
    let words = made.words("tokenize");
    let is_sensitive = words.windows(2).any(|pair| pair[0] == "case_sensitive" && pair[1] != "0");
    if words.first().is_none_or(|word| word != "trigram") || is_sensitive {
        return Some("does not find every part of a text".to_owned());
    }
    let indexed = |text: &&&str| {
        made.columns().any(|words| {
            words.first().is_some_and(|name| name.eq_ignore_ascii_case(text))
                && !words.contains(&"unindexed".to_owned())
        })
    };
    texts.iter().find(|text| !indexed(text)).map(|text| format!("does not know the texts in `{text}`"))
}

/// Why words of rows that go or change stay in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    /// No trigger of the original takes them out on this event
    Unheard(&'static str),
    /// The trigger on this event runs for some rows only
    Sometimes(&'static str),
    /// The trigger on this event has the index read the row for its words, and the row is gone or another one by then
    TooLate(&'static str),
    /// Its rows are those of another table
    OfAnother(String),
    /// Nothing can be taken out of it
    ForEver,
}

/// Why the words of its original's rows stay in an index when those go or change; `None`: triggers take them out. An index
/// hears of nothing by itself, wherever its texts are.
pub(super) fn stay_behind(index: &Table, original: &Table, schema: &Schema) -> Option<Stay> {
    let Storage::Virtual(module) = &index.storage else { return None };
    let made = FullText::of(&index.ddl);
    let content = if module.starts_with("fts") { made.content() } else { Content::Own };
    match &content {
        Content::Of(of) if is_another(of, original, schema) => return Some(Stay::OfAnother(of.clone())),
        Content::Nowhere if module != "fts5" => return Some(Stay::ForEver),
        _ => {}
    }
    let texts = texts(&Repeated::of(index, original), &original.key);
    let telling: Vec<Parts> = original.triggers.iter().filter_map(Trigger::parts).collect();
    [Event::Delete, Event::Update].into_iter().find_map(|event| {
        let hears = |parts: &&Parts| parts.event == event && takes(parts, &index.name.name);
        let hearing: Vec<&Parts> = telling.iter().filter(hears).collect();
        let in_time = hearing.iter().filter(|parts| takes_out(parts, &index.name.name, module, &made, &content));
        let in_time: Vec<Runs> = in_time.map(|parts| parts.runs()).collect();
        if cover(&in_time, texts.as_ref()) {
            None
        } else if in_time.contains(&Runs::Sometimes) {
            Some(Stay::Sometimes(event.word()))
        } else if in_time.is_empty() && !hearing.is_empty() {
            Some(Stay::TooLate(event.word()))
        } else {
            Some(Stay::Unheard(event.word()))
        }
    })
}

/// The columns of the original that the index repeats, its key aside; `None` where they cannot be told.
fn texts(repeated: &Repeated, key: &RowKey) -> Option<BTreeSet<String>> {
    let is_key = |name: &String| matches!(key, RowKey::Columns(key) if key.contains(name));
    let all: Option<Vec<&BTreeSet<String>>> = repeated.made_of.values().map(Option::as_ref).collect();
    Some(all?.into_iter().flatten().filter(|name| !is_key(name)).cloned().collect())
}

/// Whether a trigger does more to the index than add to it.
fn takes(parts: &Parts, index: &str) -> bool {
    let mut writes = parts.writes(index).map(|(change, _)| change);
    writes.any(|change| change != Change::Adds || parts.says("delete"))
}

/// Whether a trigger takes the words of a row out of the index in time: FTS5 is told them by the command `'delete'`; without
/// that it reads the row, which must still be the old one.
fn takes_out(parts: &Parts, index: &str, module: &str, made: &FullText, content: &Content) -> bool {
    let told = module == "fts5" && parts.says("delete");
    let changes = parts.writes(index).any(|(change, _)| change != Change::Adds);
    match content {
        Content::Own => changes,
        Content::Nowhere => told || changes && made.is_on("contentless_delete"),
        Content::Of(_) => told || changes && !parts.after,
    }
}

/// Whether a table (no view, which may be of the original's rows) is another one than `original`.
fn is_another(name: &str, original: &Table, schema: &Schema) -> bool {
    let is = |table: &TableName| table.name.eq_ignore_ascii_case(name);
    !is(&original.name) && schema.tables.keys().any(is)
}

/// Whether one of the triggers runs on whatever change of any of these texts; without texts, on any change.
fn cover(triggers: &[Runs], texts: Option<&BTreeSet<String>>) -> bool {
    let heard = |text: &String| {
        let is = |column: &String| column.eq_ignore_ascii_case(text);
        triggers.iter().any(|runs| matches!(runs, Runs::On(columns) if columns.iter().any(is)))
    };
    triggers.contains(&Runs::Always) || texts.is_some_and(|texts| !texts.is_empty() && texts.iter().all(heard))
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
