//! What a person reads of a result: lines, fields and tables in their language, and nothing that commands a terminal.

use unicode_width::UnicodeWidthStr;

use super::{grid::Grid, language::Language, text::Text, visible::visible};

/// A page that is being written.
#[derive(Debug)]
pub(crate) struct Page {
    language: Language,
    width: Option<usize>,
    text: String,
}

impl Page {
    pub(super) fn new(language: Language, width: Option<usize>) -> Self {
        Self { language, width, text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The language to write in.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A line; control characters in it become visible.
    pub(crate) fn line(&mut self, text: &str) {
        self.text.push_str(&visible(text));
        self.text.push('\n');
    }

    /// A line of ours, its places filled.
    pub(crate) fn say(&mut self, text: Text, values: &[(&str, &str)]) {
        let text = text.with(self.language, values);
        self.text.push_str(&text);
        self.text.push('\n');
    }

    /// A blank line.
    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Labels and values, the values one under the other. An empty value drops its line.
    pub(crate) fn fields(&mut self, fields: &[(Text, String)]) {
        let kept = || fields.iter().filter(|(_, value)| !value.is_empty());
        let widest = kept().map(|(label, _)| label.of(self.language).width()).max().unwrap_or(0);
        for (label, value) in kept() {
            let label = label.of(self.language);
            let pad = " ".repeat(widest - label.width());
            self.text.extend([label, &pad, "  ", &visible(value), "\n"]);
        }
    }

    /// Names and values, one under the other.
    pub(crate) fn pairs(&mut self, pairs: &[(String, String)]) {
        let widest = pairs.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            let pad = " ".repeat(widest - name.width());
            self.text.extend([&*visible(name), &pad, "  ", &visible(value), "\n"]);
        }
    }

    /// A table.
    pub(crate) fn grid(&mut self, grid: &Grid) {
        for line in grid.lines(self.language, self.width) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_one_under_the_other_and_empty_ones_are_left_out() {
        let mut page = Page::new(Language::Chinese, None);
        let fields = [
            (Text { en: "case", zh: "编号" }, "DSR-1".to_owned()),
            (Text { en: "due", zh: "期限日" }, "2026-12-23".to_owned()),
            (Text { en: "note", zh: "备注" }, String::new()),
        ];
        page.fields(&fields);
        assert_eq!(page.into_text(), "编号    DSR-1\n期限日  2026-12-23\n");
    }

    #[test]
    fn a_line_cannot_command_the_terminal() {
        let mut page = Page::new(Language::English, None);
        page.line("a\u{1b}]0;owned\u{7}");
        assert_eq!(page.into_text(), "a\\u{1b}]0;owned\\u{7}\n");
    }
}
