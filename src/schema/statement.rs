//! The words of a statement, as SQLite cuts it: a comment is none, and what stands in quotes is one.

/// A word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A keyword, a name without quotes, or a number
    Bare(String),
    /// A name in quotes, without them
    Quoted(String),
    /// What stands in single quotes, without them: a text, or a name where SQLite wants one
    Text(String),
    /// Any other sign
    Sign(char),
}

impl Token {
    /// Whether it is this keyword.
    #[must_use]
    pub fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Bare(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// What it says where a name is wanted.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Bare(name) | Self::Quoted(name) | Self::Text(name) => Some(name),
            Self::Sign(_) => None,
        }
    }

    /// Whether it is this name.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        self.name().is_some_and(|said| said.eq_ignore_ascii_case(name))
    }
}

/// Cuts a statement into its words.
#[must_use]
pub fn tokens(sql: &str) -> Vec<Token> {
    let mut rest = sql;
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '-' if rest.starts_with("--") => {
                rest = rest.split_once('\n').map_or("", |(_, after)| after);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
                continue;
            }
            '\'' => Token::Text(quoted(&mut rest, '\'')),
            '"' | '`' => Token::Quoted(quoted(&mut rest, first)),
            '[' => {
                let (name, after) = rest[1..].split_once(']').unwrap_or((&rest[1..], ""));
                rest = after;
                Token::Quoted(name.to_owned())
            }
            _ if belongs(first) => {
                let (word, after) = rest.split_at(rest.find(|c| !belongs(c)).unwrap_or(rest.len()));
                rest = after;
                Token::Bare(word.to_owned())
            }
            _ => {
                rest = &rest[first.len_utf8()..];
                if first.is_ascii_whitespace() {
                    continue;
                }
                Token::Sign(first)
            }
        };
        found.push(token);
    }
    found
}

/// Whether the sign is one of a word: to SQLite whatever is not ASCII is a letter.
fn belongs(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '$') || !sign.is_ascii()
}

/// Takes what stands between two quotes, in which the quote itself is doubled.
fn quoted(rest: &mut &str, quote: char) -> String {
    let mut said = String::new();
    *rest = &rest[1..];
    loop {
        let Some((before, after)) = rest.split_once(quote) else {
            said.push_str(rest);
            *rest = "";
            return said;
        };
        said.push_str(before);
        *rest = after;
        let Some(doubled) = after.strip_prefix(quote) else { return said };
        said.push(quote);
        *rest = doubled;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_are_no_words_and_what_is_quoted_is_one() {
        let bare = |word: &str| Token::Bare(word.into());
        let of = |name: &str| Token::Quoted(name.into());
        let said = "DELETE/* on ix */FROM \"my \"\"ix\" -- of ix\n WHERE[a b]= 'it''s' AND `c`=用户1;";
        let text = Token::Text("it's".into());
        let expected = [
            bare("DELETE"),
            bare("FROM"),
            of("my \"ix"),
            bare("WHERE"),
            of("a b"),
            Token::Sign('='),
            text,
            bare("AND"),
            of("c"),
            Token::Sign('='),
            bare("用户1"),
            Token::Sign(';'),
        ];
        assert_eq!(tokens(said), expected);
        assert_eq!(tokens("a -- b"), [bare("a")]);
        assert_eq!(tokens("a /* b"), [bare("a")]);
        assert_eq!(tokens("'a"), [Token::Text("a".into())]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert!(tokens(&text).len() <= text.len());
        }
    }
}
