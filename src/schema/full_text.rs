//! How a full-text table was made: what stands between the brackets of its statement.

/// The options of FTS5 in the order in which it looks for them: whoever writes but the beginning of one means the first
/// that begins so. FTS4 knows no beginnings; of its options those that are asked for are among these.
const OPTIONS: [&str; 11] = [
    "prefix",
    "tokenize",
    "content",
    "contentless_delete",
    "contentless_unindexed",
    "content_rowid",
    "columnsize",
    "locale",
    "detail",
    "tokendata",
    "matchinfo",
];

/// A full-text table, as its statement makes it.
#[derive(Clone, Debug)]
pub struct FullText {
    arguments: Vec<String>,
}

/// Where a full-text table has the texts that it indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// In a table of its own
    Own,
    /// In the table or view of that name, of which it learns what it is told
    Of(String),
    /// Nowhere: it knows the words alone
    Nowhere,
}

impl FullText {
    /// Reads the statement.
    #[must_use]
    pub fn of(ddl: &str) -> Self {
        Self { arguments: arguments(ddl) }
    }

    /// Where it has its texts.
    #[must_use]
    pub fn content(&self) -> Content {
        match self.option("content").map(unquoted) {
            None => Content::Own,
            Some(name) if name.is_empty() => Content::Nowhere,
            Some(name) => Content::Of(name),
        }
    }

    /// What an option is set to, as it is written, quotes and all.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        let meant = |said: &str| {
            let said = said.trim().to_ascii_lowercase();
            OPTIONS.iter().find(|option| !said.is_empty() && option.starts_with(&said)).copied()
        };
        let options = self.arguments.iter().filter_map(|argument| argument.split_once('='));
        options.filter(|(said, _)| meant(said) == Some(name)).map(|(_, value)| value.trim()).next_back()
    }

    /// Whether an option is a number other than zero.
    #[must_use]
    pub fn is_on(&self, option: &str) -> bool {
        self.option(option).map(unquoted).is_some_and(|value| value.trim().parse::<i64>().is_ok_and(|on| on != 0))
    }

    /// The words that an option is set to, without quotes and in lower case.
    #[must_use]
    pub fn words(&self, option: &str) -> Vec<String> {
        self.option(option).map(words).unwrap_or_default()
    }

    /// The words of each column: its name, and what else is said of it.
    pub fn columns(&self) -> impl Iterator<Item = Vec<String>> {
        self.arguments.iter().filter(|argument| !argument.contains('=')).map(|argument| words(argument))
    }
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

/// A name or text without the quotes around it.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let close = match value.chars().next() {
        Some(quote @ ('\'' | '"' | '`')) => quote,
        Some('[') => ']',
        _ => return value.to_owned(),
    };
    let inner = value[1..].strip_suffix(close).unwrap_or(&value[1..]);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_texts_are_is_read_from_the_statement() {
        let content =
            |arguments: &str| FullText::of(&format!("CREATE VIRTUAL TABLE f USING fts5({arguments})")).content();
        let of = |name: &str| Content::Of(name.to_owned());
        assert_eq!(content("a, content='notes', content_rowid='id'"), of("notes"));
        assert_eq!(content("a, content = \"my \"\"notes\"\"\""), of("my \"notes\""));
        assert_eq!(content("a, content_rowid=id, content=[my, notes]"), of("my, notes"));
        assert_eq!(content("a, CONTENT=''"), Content::Nowhere);
        assert_eq!(content("a, content='', contentless_delete=1"), Content::Nowhere);
        assert_eq!(content("content, a"), Content::Own);
        assert_eq!(content("a, content_rowid=id, tokenize='content'"), Content::Own);
        assert_eq!(content("a, cont=notes"), of("notes"), "FTS5 takes the beginning of an option for it");
    }

    #[test]
    fn options_are_read_as_they_are_written() {
        let made =
            FullText::of("CREATE VIRTUAL TABLE f USING fts5(a, tok='porter ascii', detail = none, contentless_d='1')");
        assert_eq!((made.option("tokenize"), made.option("detail")), (Some("'porter ascii'"), Some("none")));
        assert!(made.is_on("contentless_delete"));
        assert_eq!((made.option("content"), made.is_on("columnsize")), (None, false));
        assert_eq!(made.columns().collect::<Vec<_>>(), [["a"]]);
    }
}
