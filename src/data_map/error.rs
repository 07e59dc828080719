//! Why a map could not be read: where, which line, what to write instead.

use std::{fmt::Write as _, ops::Range};

/// A map that could not be read. It quotes one line of the map, never a value of the database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct DataMapError {
    /// Line, from 1
    pub line: usize,
    /// Column in characters, from 1
    pub column: usize,
    /// The map's own line
    pub excerpt: String,
    /// How many characters from `column` on are meant
    pub width: usize,
    /// What is wrong
    pub message: String,
    /// What to write instead
    pub hint: Option<String>,
}

impl DataMapError {
    /// Says what is wrong with the bytes `span` of `source`.
    pub(super) fn at(source: &str, span: Range<usize>, message: impl Into<String>, hint: Option<String>) -> Self {
        let start = floor_boundary(source, span.start);
        let before = source.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let excerpt = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let meant = source.get(start..floor_boundary(source, span.end.max(start))).unwrap_or_default();
        let left = (excerpt.chars().count() + 1).saturating_sub(column).max(1);
        let width = meant.lines().next().unwrap_or_default().chars().count().clamp(1, left);
        let line = before.matches('\n').count() + 1;
        Self { line, column, excerpt: excerpt.to_owned(), width, message: message.into(), hint }
    }

    /// The byte of `source`, the text that was read, at which it is wrong.
    pub(super) fn offset(&self, source: &str) -> usize {
        let before: usize = source.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        let line = source.get(before..).unwrap_or_default();
        before + line.char_indices().nth(self.column - 1).map_or(line.len(), |(at, _)| at)
    }

    /// The text for a person: the message, file and line, the map's line with the place marked, the hint.
    #[must_use]
    pub fn render(&self, file: &str) -> String {
        let Self { line, column, excerpt, message, .. } = self;
        let margin = " ".repeat(line.to_string().len());
        let lead: String = excerpt.chars().take(column - 1).map(blank).collect();
        let marks = "^".repeat(self.width);
        let mut text = format!(
            "{message}\n{margin}--> {file}:{line}:{column}\n{margin} |\n{line} | {excerpt}\n{margin} | {lead}{marks}\n"
        );
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "{margin} = hint: {hint}");
        }
        text
    }
}

/// White space as wide as `c` on a terminal.
fn blank(c: char) -> char {
    match c {
        '\t' => '\t',
        c if unicode_width::UnicodeWidthChar::width(c) == Some(2) => '\u{3000}',
        _ => ' ',
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A text of the map's small grammars (words, places, predicates) that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Misread {
    /// Byte of the text at which reading stopped
    pub at: usize,
    /// What is wrong
    pub message: String,
    /// What to write instead
    pub hint: Option<String>,
}

impl Misread {
    /// Says what is wrong at byte `at`.
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    /// Adds what to write instead.
    #[must_use]
    pub(super) fn hinted(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same within a text that begins `by` bytes earlier.
    #[must_use]
    pub(super) fn moved(self, by: usize) -> Self {
        Self { at: self.at + by, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_marks_the_place() {
        let source = "a = 1\n名 = \"x\"\n";
        let at = source.find("\"x\"").unwrap();
        let error = DataMapError::at(source, at..at + 3, "cannot read it", Some("write y".into()));
        assert_eq!((error.line, error.column, error.width), (2, 5, 3));
        assert_eq!(error.to_string(), "line 2, column 5: cannot read it");
        let expected =
            "cannot read it\n --> datamap.toml:2:5\n  |\n2 | 名 = \"x\"\n  | \u{3000}   ^^^\n  = hint: write y\n";
        assert_eq!(error.render("datamap.toml"), expected);
    }

    #[test]
    fn places_outside_the_text_do_not_panic() {
        let error = DataMapError::at("名", 1..99, "m", None);
        assert_eq!((error.line, error.column), (1, 1));
        assert_eq!(DataMapError::at("", 5..9, "m", None).excerpt, "");
    }
}
