//! Reads sections of the map with their places, so that every complaint can name its line.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    error::{DataMapError, Misread},
    nearest::did_you_mean,
};

/// The map's text, and where its lines begin: nearly every entry asks for its line.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    breaks: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { text, breaks }
    }

    /// The line, from 1, on which byte `at` stands.
    fn line_of(&self, at: usize) -> usize {
        self.breaks.partition_point(|line_break| *line_break < at) + 1
    }
}

/// A TOML table of the map. Entries come in written order.
#[derive(Clone, Debug)]
pub(super) struct Section<'a> {
    source: &'a Lines<'a>,
    name: String,
    span: Range<usize>,
    entries: Vec<Entry<'a>>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Text<'a>,
    pub(super) value: Node<'a>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    source: &'a Lines<'a>,
    name: String,
    value: &'a DeValue<'a>,
    span: Range<usize>,
}

/// A text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    source: &'a Lines<'a>,
    pub(super) value: &'a str,
    span: Range<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn document(source: &'a Lines<'a>, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self::new(source, "the map".to_owned(), 0..0, document.get_ref())
    }

    fn new(source: &'a Lines<'a>, name: String, span: Range<usize>, table: &'a DeTable<'a>) -> Self {
        let mut entries: Vec<Entry<'a>> = table
            .iter()
            .map(|(key, value)| {
                let key = Text { source, value: key.get_ref(), span: key.span() };
                let name = format!("`{}`", key.value);
                Entry { key, value: Node { source, name, value: value.get_ref(), span: value.span() } }
            })
            .collect();
        entries.sort_by_key(|entry| entry.key.span.start);
        Self { source, name, span, entries }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter()
    }

    /// Refuses keys that are none of `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), DataMapError> {
        match self.entries.iter().find(|entry| !known.contains(&entry.key.value)) {
            None => Ok(()),
            Some(Entry { key, .. }) => {
                let hint = did_you_mean(key.value, known.iter().copied())
                    .unwrap_or_else(|| format!("it has: {}", known.join(", ")));
                Err(key.wrong(format!("unknown key `{}` in {}", key.value, self.name), Some(hint)))
            }
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries.iter().find(|entry| entry.key.value == key).map(|entry| &entry.value)
    }

    pub(super) fn require(&self, key: &str) -> Result<&Node<'a>, DataMapError> {
        self.get(key).ok_or_else(|| self.wrong(format!("{} does not say `{key}`", self.name), None))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<Text<'a>>, DataMapError> {
        self.get(key).map(Node::text).transpose()
    }

    /// The text of `key`, as an owned string.
    pub(super) fn string(&self, key: &str) -> Result<Option<String>, DataMapError> {
        Ok(self.text(key)?.map(|text| text.value.to_owned()))
    }

    pub(super) fn require_string(&self, key: &str) -> Result<String, DataMapError> {
        Ok(self.require(key)?.text()?.value.to_owned())
    }

    /// The text of `key`, read by its grammar.
    pub(super) fn read<T: std::str::FromStr<Err = Misread>>(&self, key: &str) -> Result<Option<T>, DataMapError> {
        self.text(key)?.map(|text| text.read()).transpose()
    }

    pub(super) fn wrong(&self, message: impl Into<String>, hint: Option<String>) -> DataMapError {
        DataMapError::at(self.source.text, self.span.clone(), message, hint)
    }

    /// The section under the name by which messages call it.
    pub(super) fn called(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    pub(super) fn line(&self) -> usize {
        self.source.line_of(self.span.start)
    }
}

impl<'a> Node<'a> {
    pub(super) fn text(&self) -> Result<Text<'a>, DataMapError> {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => Err(self.wrong(format!("{} is empty", self.name), None)),
            DeValue::String(text) => Ok(Text { source: self.source, value: text, span: self.span.clone() }),
            _ => Err(self.wrong(format!("{} must be a text", self.name), None)),
        }
    }

    /// One text, or an array of texts.
    pub(super) fn texts(&self) -> Result<Vec<Text<'a>>, DataMapError> {
        if !self.is_array() {
            return Ok(vec![self.text()?]);
        }
        let texts = self.elements().iter().map(Node::text).collect::<Result<Vec<_>, _>>()?;
        if texts.is_empty() { Err(self.wrong(format!("{} is empty", self.name), None)) } else { Ok(texts) }
    }

    pub(super) fn strings(&self) -> Result<Vec<String>, DataMapError> {
        Ok(self.texts()?.into_iter().map(|text| text.value.to_owned()).collect())
    }

    pub(super) fn is_array(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    pub(super) fn is_section(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    /// The elements of an array; the value itself when it is none.
    pub(super) fn elements(&self) -> Vec<Self> {
        let DeValue::Array(array) = self.value else { return vec![self.clone()] };
        let one = |element: &'a Spanned<DeValue<'a>>| Node {
            source: self.source,
            name: self.name.clone(),
            value: element.get_ref(),
            span: element.span(),
        };
        array.iter().map(one).collect()
    }

    pub(super) fn section(&self) -> Result<Section<'a>, DataMapError> {
        match self.value {
            DeValue::Table(table) => Ok(Section::new(self.source, self.name.clone(), self.span.clone(), table)),
            _ => Err(self.wrong(format!("{} must be a table of keys", self.name), None)),
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        }
    }

    pub(super) fn wrong(&self, message: impl Into<String>, hint: Option<String>) -> DataMapError {
        DataMapError::at(self.source.text, self.span.clone(), message, hint)
    }
}

impl Text<'_> {
    /// Reads the text by its grammar.
    pub(super) fn read<T: std::str::FromStr<Err = Misread>>(&self) -> Result<T, DataMapError> {
        self.value.parse().map_err(|error| self.misread(error))
    }

    pub(super) fn wrong(&self, message: impl Into<String>, hint: Option<String>) -> DataMapError {
        DataMapError::at(self.source.text, self.span.clone(), message, hint)
    }

    /// The complaint at its place within the text; at the text's begin where escapes make the place unknown.
    pub(super) fn misread(&self, error: Misread) -> DataMapError {
        let raw = self.source.text.get(self.span.clone()).unwrap_or_default();
        let span = match raw.find(self.value) {
            Some(offset) if raw.len() <= self.value.len() + 6 => {
                let start = self.span.start + offset;
                let at = (start + error.at).min(start + self.value.len());
                at..(start + self.value.len())
            }
            _ => self.span.clone(),
        };
        DataMapError::at(self.source.text, span, error.message, error.hint)
    }

    pub(super) fn line(&self) -> usize {
        self.source.line_of(self.span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_belongs_to_the_line_that_it_ends() {
        let lines = Lines::of("a\n\n名\n");
        let found: Vec<usize> = (0..=7).map(|at| lines.line_of(at)).collect();
        assert_eq!(found, [1, 1, 2, 3, 3, 3, 3, 4]);
        assert_eq!(Lines::of("").line_of(5), 1);
    }
}
