//! One table on the page: what law wants told about it, then its rows – as a table when they are narrow, as cards else.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    ROWS_SHOWN, TEXT_SHOWN, fact, grouped,
    words::{Words, origin, withheld},
};
use crate::{
    export::{
        cell::{Attachment, Cell, RowOut, RowState},
        head::{ColumnHead, Language, TableHead},
        prepared::PreparedTable,
        tally::TableTally,
        visible::Html,
    },
    value::Value,
};

/// Bytes of one cell that the page shows.
const BYTES_SHOWN: usize = 32;

/// A table with more columns is shown as cards.
const COLUMNS_ABREAST: usize = 6;

/// Begins the section of table number `number`; [`write_about`] comes next.
pub(in crate::export) fn begin_table(out: &mut dyn Write, number: usize) -> io::Result<()> {
    write!(out, "<section class=\"table\" id=\"t{number}\">\n<h2><span class=\"no\">{number}</span>")
}

/// Writes what is told about a table, behind its number, up to its rows.
pub(in crate::export) fn write_about(out: &mut dyn Write, head: &TableHead, language: Language) -> io::Result<()> {
    let words = Words::of(language);
    writeln!(out, "{} <code>{}</code></h2>\n<dl class=\"facts\">", Html(&head.title), Html(&head.name))?;
    fact(out, words.purpose, &head.purpose, words.unsaid)?;
    fact(out, words.basis, &head.basis.title, words.unsaid)?;
    fact(out, words.clause, &head.clause, words.unsaid)?;
    fact(out, words.source, &head.source, words.unsaid)?;
    fact(out, words.recipients, &head.recipients.join(words.comma), words.unsaid)?;
    fact(out, words.retention, &head.retention, words.unsaid)?;
    fact(out, words.then, &head.then, words.unsaid)?;
    out.write_all(b"</dl>\n")?;
    write_fields(out, head, words, language)
}

/// Writes what stands in front of a cell on a card.
pub(in crate::export) fn write_label(out: &mut dyn Write, column: &ColumnHead) -> io::Result<()> {
    out.write_all(b"<div><dt>")?;
    Html(&column.kind.title).write(out)?;
    out.write_all(b" <code>")?;
    Html(&column.name).write(out)?;
    out.write_all(b"</code></dt>")
}

/// The columns, gathered by category and by where their values came from.
fn write_fields(out: &mut dyn Write, head: &TableHead, words: &Words, language: Language) -> io::Result<()> {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<String>> = BTreeMap::new();
    for column in &head.columns {
        let sensitivity = column.sensitivity.as_ref().map_or("", |s| &s.title);
        let field = format!("{} <code>{}</code>", Html(&column.kind.title), Html(&column.name));
        groups.entry((&column.category.title, sensitivity, origin(column.origin, language))).or_default().push(field);
    }
    writeln!(
        out,
        "<table class=\"fields\">\n<thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>\n<tbody>",
        words.category, words.origin, words.fields
    )?;
    for ((category, sensitivity, origin), fields) in groups {
        let mark = if sensitivity.is_empty() {
            String::new()
        } else {
            format!(" <span class=\"mark\">{}</span>", Html(sensitivity))
        };
        writeln!(
            out,
            "<tr><th scope=\"row\">{}{mark}</th><td>{origin}</td><td>{}</td></tr>",
            Html(category),
            fields.join(words.comma)
        )?;
    }
    out.write_all(b"</tbody>\n</table>\n")
}

/// Where a row stands in its table.
#[derive(Clone, Copy)]
pub(in crate::export) struct RowPlace<'a> {
    /// From 1
    pub(in crate::export) number: u64,
    /// Whether the person stands in it otherwise than in the row before
    pub(in crate::export) new_role: bool,
    /// Path of the table's CSV
    pub(in crate::export) csv: &'a str,
}

/// Writes a row if the page still shows rows.
pub(in crate::export) fn write_row(
    out: &mut dyn Write,
    table: &PreparedTable,
    row: &RowOut<'_>,
    place: RowPlace<'_>,
) -> io::Result<()> {
    if place.number > ROWS_SHOWN {
        return Ok(());
    }
    let head = &table.head;
    let view = RowView { table, head, row, place, words: Words::of(table.language), language: table.language };
    if head.columns.len() > COLUMNS_ABREAST {
        return view.write_card(out);
    }
    if place.number == 1 {
        write_labels(out, head)?;
    }
    view.write_line(out)
}

fn write_labels(out: &mut dyn Write, head: &TableHead) -> io::Result<()> {
    out.write_all(b"<table class=\"rows\">\n<thead><tr><th class=\"n\">#</th>")?;
    for column in &head.columns {
        write!(out, "<th>{}<br><code>{}</code></th>", Html(&column.kind.title), Html(&column.name))?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")
}

struct RowView<'a> {
    table: &'a PreparedTable,
    head: &'a TableHead,
    row: &'a RowOut<'a>,
    place: RowPlace<'a>,
    words: &'static Words,
    language: Language,
}

impl RowView<'_> {
    fn write_card(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<article class=\"card\">\n<h3><span class=\"no\">{}</span><bdi>{}</bdi></h3>",
            grouped(self.place.number),
            Html(&self.row.role.title)
        )?;
        if let Some(note) = self.note() {
            writeln!(out, "<p class=\"note\">{}</p>", Html(&note))?;
        }
        out.write_all(b"<dl class=\"cells\">\n")?;
        for (label, cell) in self.table.labels.iter().zip(self.row.cells) {
            out.write_all(label)?;
            self.write_cell(out, cell, "dd")?;
            out.write_all(b"</div>\n")?;
        }
        out.write_all(b"</dl>\n</article>\n")
    }

    fn write_line(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.head.columns.len();
        if self.place.new_role {
            let role = Html(&self.row.role.title);
            writeln!(out, "<tr class=\"role\"><th colspan=\"{}\"><bdi>{role}</bdi></th></tr>", columns + 1)?;
        }
        let noted = if *self.row.state == RowState::Held { "" } else { " class=\"noted\"" };
        write!(out, "<tr{noted}><td class=\"n\">{}</td>", grouped(self.place.number))?;
        for cell in self.row.cells {
            self.write_cell(out, cell, "td")?;
        }
        out.write_all(b"</tr>\n")?;
        if let Some(note) = self.note() {
            writeln!(out, "<tr class=\"note\"><td></td><td colspan=\"{columns}\">{}</td></tr>", Html(&note))?;
        }
        Ok(())
    }

    fn note(&self) -> Option<String> {
        match self.row.state {
            RowState::Held => None,
            RowState::Kept { law, until } => {
                let until = match until {
                    Some(date) => self.words.kept_until.replace("{date}", &date.to_string()),
                    None => self.words.kept_open.to_owned(),
                };
                Some(self.words.kept_row.replace("{law}", law) + &until)
            }
            RowState::Restricted { reason } => Some(self.words.restricted_row.replace("{reason}", reason)),
        }
    }

    fn write_cell(&self, out: &mut dyn Write, cell: &Cell, tag: &str) -> io::Result<()> {
        match cell {
            Cell::Shown(value) => self.write_value(out, value, tag),
            Cell::Streamed(_) => self.write_text(out, "", tag), // its begin comes in its place
            Cell::Read(value, reading) => {
                let stored = value.to_canonical_text();
                write!(out, "<{tag}><bdi>{}</bdi>", Html(&reading.0))?;
                if stored != reading.0 {
                    write!(out, " <small>{}{}{}</small>", self.words.stored_as, self.words.colon, Html(&stored))?;
                }
                write!(out, "</{tag}>")
            }
            Cell::Masked(mask) => {
                write!(out, "<{tag}><bdi>{}</bdi> <small>({})</small></{tag}>", Html(&mask.0), self.words.masked)
            }
            Cell::File(file) => self.write_file(out, file, tag),
            Cell::Withheld(code) => {
                let (short, _) = withheld(*code, self.language);
                write!(
                    out,
                    "<{tag} class=\"withheld\">{}{}{short}</{tag}>",
                    self.words.not_given_cell, self.words.colon
                )
            }
        }
    }

    fn write_value(&self, out: &mut dyn Write, value: &Value, tag: &str) -> io::Result<()> {
        match value {
            Value::Null => write!(out, "<{tag} class=\"none\">–</{tag}>"),
            Value::Integer(_) | Value::Real(_) => {
                write!(out, "<{tag} class=\"num\">{}</{tag}>", Html(&value.to_canonical_text()))
            }
            Value::Text(text) => self.write_text(out, text, tag),
            Value::Malformed(bytes) => self.write_text(out, &String::from_utf8_lossy(bytes), tag),
            Value::Blob(bytes) if bytes.len() > BYTES_SHOWN => {
                let size = self.words.bytes.replace("{n}", &grouped(bytes.len() as u64));
                let more = self.words.more_text.replace("{file}", self.place.csv);
                write!(out, "<{tag}>{size} <small>{more}</small></{tag}>")
            }
            Value::Blob(_) => self.write_text(out, &value.to_canonical_text(), tag),
        }
    }

    fn write_text(&self, out: &mut dyn Write, text: &str, tag: &str) -> io::Result<()> {
        if tag == "td" && is_short_word(text, self.head.columns.len()) {
            out.write_all(b"<td class=\"word\"><bdi>")?;
            Html(text).write(out)?;
            return out.write_all(b"</bdi></td>");
        }
        let cut = if text.len() > TEXT_SHOWN { text.char_indices().nth(TEXT_SHOWN) } else { None };
        let Some((cut, _)) = cut else {
            write!(out, "<{tag}><bdi>")?;
            Html(text).write(out)?;
            return write!(out, "</bdi></{tag}>");
        };
        let more = self.words.more_text.replace("{file}", self.place.csv);
        write!(out, "<{tag}><bdi>{}</bdi><small>{}</small></{tag}>", Html(&text[..cut]), Html(&more))
    }

    fn write_file(&self, out: &mut dyn Write, file: &Attachment, tag: &str) -> io::Result<()> {
        let size = self.words.bytes.replace("{n}", &grouped(file.size()));
        write!(out, "<{tag}><a href=\"{0}\">{0}</a> <small>{size}</small></{tag}>", file.path())
    }
}

/// Whether `text` is a number or a code that should not be broken, and that a table of so many columns has room for.
fn is_short_word(text: &str, columns: usize) -> bool {
    text.len() <= 96 / columns && text.bytes().all(|b| b.is_ascii_graphic())
}

pub(in crate::export) fn end_table(
    out: &mut dyn Write,
    head: &TableHead,
    tally: &TableTally,
    language: Language,
) -> io::Result<()> {
    let words = Words::of(language);
    if tally.rows == 0 {
        writeln!(out, "<p class=\"none\">{}</p>", words.no_records)?;
    } else if head.columns.len() <= COLUMNS_ABREAST {
        out.write_all(b"</tbody>\n</table>\n")?;
    }
    if tally.rows > ROWS_SHOWN {
        let more = words
            .more_rows
            .replace("{shown}", &grouped(ROWS_SHOWN))
            .replace("{rows}", &grouped(tally.rows))
            .replace("{file}", &format!("<a href=\"{0}\">{0}</a>", tally.csv));
        writeln!(out, "<p class=\"more\">{more}</p>")?;
    }
    out.write_all(b"</section>\n")
}
