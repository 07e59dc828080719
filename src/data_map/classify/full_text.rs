//! Which texts a full-text index may pass over when it is asked for a part of them, and which words stay in it when the
//! rows that they are of go.

use crate::schema::{Content, FullText, Generated, Schema, Storage, Table, TableName, Trigger};

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
    let indexed: Vec<&str> =
        index.columns.iter().filter(|c| c.generated != Generated::Hidden).map(|c| &*c.name).collect();
    let texts = original.columns.iter().filter(|own| indexed.iter().any(|name| own.name.eq_ignore_ascii_case(name)));
    let texts: Vec<&str> = texts.map(|column| &*column.name).collect();
    ["DELETE", "UPDATE"].into_iter().find_map(|event| {
        let hearing = |trigger: &&Trigger| hears(trigger, event) && names(trigger, &index.name.name);
        let hearing: Vec<&Trigger> = original.triggers.iter().filter(hearing).collect();
        let in_time: Vec<&Trigger> =
            hearing.iter().copied().filter(|one| takes_out(one, module, &made, &content)).collect();
        if cover(&in_time, &texts) {
            None
        } else if in_time.is_empty() && !hearing.is_empty() {
            Some(Stay::TooLate(event))
        } else {
            Some(Stay::Unheard(event))
        }
    })
}

/// Whether a trigger that names the index takes the words of a row out of it: FTS5 is told them by the command `'delete'`;
/// without that it reads the row, which must still be the old one.
fn takes_out(trigger: &Trigger, module: &str, made: &FullText, content: &Content) -> bool {
    let told = module == "fts5" && trigger.ddl.to_ascii_lowercase().contains("'delete'");
    match content {
        Content::Own => true,
        Content::Nowhere => told || made.is_on("contentless_delete"),
        Content::Of(_) => told || !has(&front(trigger), "after"),
    }
}

/// Whether a table (no view, which may be of the original's rows) is another one than `original`.
fn is_another(name: &str, original: &Table, schema: &Schema) -> bool {
    let is = |table: &TableName| table.name.eq_ignore_ascii_case(name);
    !is(&original.name) && schema.tables.keys().any(is)
}

/// The words of a statement: names and keywords, without quotes.
fn words(ddl: &str) -> Vec<&str> {
    let words = ddl.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    words.filter(|word| !word.is_empty()).collect()
}

/// What stands before the table: name, time, event and columns.
fn front(trigger: &Trigger) -> Vec<&str> {
    words(&trigger.ddl).into_iter().take_while(|word| !word.eq_ignore_ascii_case("on")).collect()
}

fn has(words: &[&str], word: &str) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether it is a trigger of this event: the word in front of the table, or of the columns.
fn hears(trigger: &Trigger, event: &str) -> bool {
    let front = front(trigger);
    let at = of_columns(&front).unwrap_or(front.len());
    front[..at].last().is_some_and(|word| word.eq_ignore_ascii_case(event))
}

/// Where `OF` stands, after which a trigger names columns.
fn of_columns(front: &[&str]) -> Option<usize> {
    front.iter().rposition(|word| word.eq_ignore_ascii_case("of"))
}

/// Whether the index of that name occurs in what a trigger does.
fn names(trigger: &Trigger, index: &str) -> bool {
    let words = words(&trigger.ddl);
    has(&words[front(trigger).len()..], index)
}

/// Whether there is a trigger for a change of any of these columns.
fn cover(triggers: &[&Trigger], texts: &[&str]) -> bool {
    let of_some = |trigger: &&Trigger| {
        let front = front(trigger);
        let of = of_columns(&front)?;
        Some(front[of + 1..].iter().map(|&column| column.to_owned()).collect::<Vec<String>>())
    };
    let columns: Vec<Option<Vec<String>>> = triggers.iter().map(of_some).collect();
    let heard = |text: &str| columns.iter().flatten().flatten().any(|column| column.eq_ignore_ascii_case(text));
    columns.contains(&None) || !columns.is_empty() && texts.iter().all(|text| heard(text))
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
