//! What droit says to people, in both languages. A text without its twin does not compile.

pub(crate) mod codes;
pub(crate) mod demo;
pub(crate) mod help;
pub(crate) mod misuse;
pub(crate) mod progress;
pub(crate) mod proof;
pub(crate) mod tidy;
pub(crate) mod trouble;
pub(crate) mod words;

use super::{language::Language, visible::visible};

/// A sentence in both languages. `{name}` marks a place that [`Text::with`] fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// English
    pub(crate) en: &'static str,
    /// 简体中文
    pub(crate) zh: &'static str,
}

impl Text {
    /// The sentence in `language`.
    pub(crate) const fn of(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }

    /// The sentence with its places filled; what is filled in is made harmless for a terminal.
    pub(crate) fn with(self, language: Language, values: &[(&str, &str)]) -> String {
        fill(self.of(language), values, |value| visible(value).into_owned())
    }

    /// The same, for values that are messages of several lines: each line is made harmless by itself.
    pub(crate) fn with_lines(self, language: Language, values: &[(&str, &str)]) -> String {
        fill(self.of(language), values, lines_visible)
    }
}

/// Makes each line harmless and leaves the line breaks.
pub(crate) fn lines_visible(message: &str) -> String {
    message.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// Fills the `{name}` places of `template` in one pass, so that a value that itself looks like a place stays a value.
fn fill(template: &str, values: &[(&str, &str)], harmless: fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let named = after.find('}').and_then(|close| {
            values.iter().find(|(name, _)| *name == &after[1..close]).map(|(_, value)| (close, *value))
        });
        if let Some((close, value)) = named {
            out.push_str(&harmless(value));
            rest = &after[close + 1..];
        } else {
            out.push('{');
            rest = &after[1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREETING: Text = Text { en: "case {case} of {day}", zh: "{day} 的案件 {case}" };

    #[test]
    fn places_are_filled_in_either_order() {
        let values = [("case", "DSR-1"), ("day", "Monday")];
        assert_eq!(GREETING.with(Language::English, &values), "case DSR-1 of Monday");
        assert_eq!(GREETING.with(Language::Chinese, &values), "Monday 的案件 DSR-1");
    }

    #[test]
    fn a_value_is_never_read_as_a_place_and_never_obeyed() {
        let values = [("case", "{day}\u{1b}[m"), ("day", "x")];
        assert_eq!(GREETING.with(Language::English, &values), "case {day}\\u{1b}[m of x");
    }
}
