//! `index.html`: one page that opens offline, prints well, needs no script and loads nothing.
//!
//! The tables are written as they come into a part of their own; the front of the page needs their counts, so it is
//! written at the end and the part is copied behind it.

mod closing;
mod front;
mod table;
pub(super) mod words;

use std::io::{self, Write};

pub(super) use closing::{begin_list, consent_row, disclosure_row, end_list, write_back};
pub(super) use front::{Front, write_front};
pub(super) use table::{RowPlace, begin_table, end_table, write_about, write_label, write_row};

use super::visible::Html;

/// Rows of one table that the page shows; all are in the CSV.
pub(super) const ROWS_SHOWN: u64 = 200;

/// Characters of one cell that the page shows.
const TEXT_SHOWN: usize = 2000;

/// A number with a comma between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One line of a list of facts; an empty value says so.
fn fact(out: &mut dyn Write, name: &str, value: &str, unsaid: &str) -> io::Result<()> {
    if value.trim().is_empty() {
        return writeln!(out, "<div><dt>{}</dt><dd class=\"none\">{}</dd></div>", Html(name), Html(unsaid));
    }
    writeln!(out, "<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>", Html(name), Html(value))
}

#[cfg(test)]
mod tests {
    /// Else the texts of its neighbours press it together until a letter stands on each line.
    #[test]
    fn a_short_column_keeps_a_width_beside_long_texts() {
        assert!(crate::export::frame::STYLE.contains("\n.rows thead th:not(.n) { min-width: "));
    }

    #[test]
    fn groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(number), text);
        }
    }
}
