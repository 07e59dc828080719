//! Rows and columns: one description, printed as a table for people, CSV for spreadsheets, lines for scripts.

use unicode_width::UnicodeWidthStr;

use crate::export::in_a_sheet;

use super::{language::Language, text::Text, visible::visible};

/// A column: the machine's word and the person's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Header of the CSV
    pub(crate) key: &'static str,
    /// Header at the screen
    pub(crate) title: Text,
    /// Whether it may be cut when the screen is narrow. Numbers and names of cases never are
    pub(crate) may_be_cut: bool,
}

impl Column {
    /// A column that is always shown whole.
    pub(crate) const fn whole(key: &'static str, en: &'static str, zh: &'static str) -> Self {
        Self { key, title: Text { en, zh }, may_be_cut: false }
    }

    /// A column that gives way when the screen is narrow.
    pub(crate) const fn text(key: &'static str, en: &'static str, zh: &'static str) -> Self {
        Self { key, title: Text { en, zh }, may_be_cut: true }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table without rows.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// A table of these rows, each with a cell for every column.
    pub(crate) fn of<const N: usize>(columns: &[Column; N], rows: impl IntoIterator<Item = [String; N]>) -> Self {
        Self { columns: columns.to_vec(), rows: rows.into_iter().map(Vec::from).collect() }
    }

    /// Adds a row; a missing cell is empty.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }

    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines for a screen of `width` columns. Wide characters count double.
    pub(crate) fn lines(&self, language: Language, width: Option<usize>) -> Vec<String> {
        let head: Vec<String> = self.columns.iter().map(|column| column.title.of(language).to_owned()).collect();
        let body = self.rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect());
        let all: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|column| all.iter().map(|row| row[column].width()).max().unwrap_or(0))
            .collect();
        if let Some(width) = width {
            narrow(&self.columns, &mut widths, width);
        }
        all.iter().map(|row| line(row, &widths)).collect()
    }

    /// CSV with machine headers, safe against being read as formulas.
    pub(crate) fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| column.key))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| in_a_sheet(cell)))?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

/// Takes from the widest column that may be cut until the table fits or nothing more can be taken.
pub(super) fn narrow(columns: &[Column], widths: &mut [usize], width: usize) {
    const LEAST: usize = 8;
    let gaps = 2 * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        let widest = (0..widths.len())
            .filter(|column| columns[*column].may_be_cut && widths[*column] > LEAST)
            .max_by_key(|column| widths[*column]);
        let Some(widest) = widest else { break };
        widths[widest] -= 1;
    }
}

/// One line of a table.
pub(super) fn line(cells: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cut = cut(cell, *width);
        let pad = width.saturating_sub(cut.width());
        out.push_str(&cut);
        out.extend(std::iter::repeat_n(' ', pad + 2));
    }
    out.trim_end().to_owned()
}

/// The text, or its beginning and an ellipsis, in at most `width` columns.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        let longer = out.width() + c.to_string().width();
        if longer + 1 > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column::whole("case", "case", "编号"), Column::text("note", "note", "备注")];

    #[test]
    fn wide_characters_keep_the_columns_straight() {
        let mut grid = Grid::new(&COLUMNS);
        grid.push(["李四".to_owned(), "x".to_owned()]);
        grid.push(["ab".to_owned(), "y".to_owned()]);
        assert_eq!(grid.lines(Language::English, None), ["case  note", "李四  x", "ab    y"]);
    }

    #[test]
    fn a_narrow_screen_cuts_text_and_never_a_number() {
        let mut grid = Grid::new(&COLUMNS);
        grid.push(["DSR-20261123-0001".to_owned(), "a very long note about nothing".to_owned()]);
        assert_eq!(grid.lines(Language::English, Some(30))[1], "DSR-20261123-0001  a very lon…");
    }

    #[test]
    fn a_sheet_runs_no_formula_and_keeps_its_numbers() {
        let mut grid = Grid::new(&COLUMNS);
        grid.push(["=HYPERLINK(\"x\")".to_owned(), "-12".to_owned()]);
        let csv = String::from_utf8(grid.csv().unwrap()).unwrap();
        assert_eq!(csv, "case,note\r\n\"'=HYPERLINK(\"\"x\"\")\",-12\r\n");
    }

    #[test]
    fn a_sheet_holds_nothing_that_acts_on_who_prints_it() {
        let mut grid = Grid::new(&COLUMNS);
        grid.push(["a\u{1b}[2Jb".to_owned(), "\u{feff}=1+\u{202e}1".to_owned()]);
        assert_eq!(String::from_utf8(grid.csv().unwrap()).unwrap(), "case,note\r\na␛[2Jb,'\u{fffd}=1+\u{fffd}1\r\n");
    }

    #[test]
    fn hostile_text_stays_in_its_cell() {
        let mut grid = Grid::new(&COLUMNS);
        grid.push(["a".to_owned(), "b\u{1b}[31m\nc".to_owned()]);
        assert_eq!(grid.lines(Language::English, None)[1], "a     b\\u{1b}[31m\\nc");
    }
}
