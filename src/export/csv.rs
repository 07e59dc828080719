//! One table as CSV: UTF-8 with a byte order mark, CRLF, safe to open in a spreadsheet.
//!
//! A cell that is not given is empty and named in the last column; `data.json` tells NULL from empty text.

use std::io::{self, Write};

use super::{
    cell::{Cell, RowOut, RowState},
    head::TableHead,
    visible::{Csv, digits_suffer},
};
use crate::value::Value;

pub(super) fn write_head(out: &mut dyn Write, head: &TableHead) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    for column in &head.columns {
        write!(out, "{},", Csv(&column.name))?;
    }
    out.write_all(b"\"droit:key\",\"droit:role\",\"droit:state\",\"droit:law\",\"droit:until\",\"droit:not_given\"\r\n")
}

/// Writes what stands behind a row's cells and their commas.
pub(super) fn end_row(out: &mut dyn Write, head: &TableHead, row: &RowOut<'_>) -> io::Result<()> {
    Csv(row.key).write(out)?;
    out.write_all(b",")?;
    Csv(&row.role.code).write(out)?;
    out.write_all(b",")?;
    match row.state {
        RowState::Held => out.write_all(b"\"held\",,")?,
        RowState::Kept { law, until } => {
            write!(out, "\"kept\",{},", Csv(law))?;
            if let Some(date) = until {
                write!(out, "{date}")?;
            }
        }
        RowState::Restricted { reason } => write!(out, "\"restricted\",{},", Csv(reason))?,
    }
    let mut not_given = String::new();
    for (column, cell) in head.columns.iter().zip(row.cells) {
        let code = match cell {
            Cell::Withheld(code) => code.code(),
            Cell::Masked(_) => "masked",
            _ => continue,
        };
        not_given.push_str(if not_given.is_empty() { "" } else { "; " });
        not_given.push_str(&column.name);
        not_given.push_str(": ");
        not_given.push_str(code);
    }
    if not_given.is_empty() {
        return out.write_all(b",\r\n");
    }
    write!(out, ",{}\r\n", Csv(&not_given))
}

/// Writes a cell that is held; what is streamed writes itself.
pub(super) fn write_cell(out: &mut dyn Write, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Shown(value) | Cell::Read(value, _) => write_value(out, value),
        Cell::Masked(mask) => write!(out, "{}", Csv(&mask.0)),
        Cell::File(file) => write!(out, "{}", Csv(file.path())),
        Cell::Withheld(_) | Cell::Streamed(_) => Ok(()),
    }
}

fn write_value(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => Ok(()),
        Value::Integer(number) => {
            let digits = number.to_string();
            if digits_suffer(&digits) { write!(out, "\"'{digits}\"") } else { out.write_all(digits.as_bytes()) }
        }
        Value::Real(number) if number.is_finite() => out.write_all(value.to_canonical_text().as_bytes()),
        Value::Text(text) => Csv(text).write(out),
        Value::Real(_) | Value::Blob(_) | Value::Malformed(_) => write!(out, "{}", Csv(&value.to_canonical_text())),
    }
}
