//! `data.json`, written as the rows come: `droit.package/1`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

use super::{
    base64::Base64,
    cell::{Cell, RowOut, RowState},
    head::{Head, TableHead},
    visible::Json,
};
use crate::value::Value;

/// Whole numbers up to here are read exactly by every reader of JSON.
const EXACT: u64 = 1 << 53;

/// The schema that `data.json` names, shipped beside it.
pub(super) const SCHEMA: &str = include_str!("data.schema.json");

#[derive(Serialize)]
struct HeadDocument<'a> {
    case: &'a str,
    controller: &'a str,
    contact: &'a str,
    subject_ref: &'a str,
    language: super::head::Language,
    produced_at: &'a str,
    portable: bool,
    policy_versions: &'a [String],
    automated_decisions: Option<&'a str>,
    map: &'a str,
    schema: &'a str,
    remedies: &'a [String],
}

/// Writes `value` so that nothing in it acts when the file is read in a terminal.
pub(super) fn write_document(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Quiet))?;
    Ok(())
}

/// Strings as [`Json`] has them.
struct Quiet;

impl Formatter for Quiet {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        Json(fragment).write_inside(&mut &mut *out)
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote => out.write_all(b"\\\""),
            CharEscape::ReverseSolidus => out.write_all(b"\\\\"),
            CharEscape::Solidus => out.write_all(b"/"),
            CharEscape::LineFeed => out.write_all(b"\\n"),
            CharEscape::Tab => out.write_all(b"\\t"),
            CharEscape::Backspace => out.write_all(b"\\u0008"),
            CharEscape::FormFeed => out.write_all(b"\\u000c"),
            CharEscape::CarriageReturn => out.write_all(b"\\u000d"),
            CharEscape::AsciiControl(byte) => write!(out, "\\u{byte:04x}"),
        }
    }
}

pub(super) fn write_head(out: &mut dyn Write, head: &Head, remedies: &[String]) -> io::Result<()> {
    out.write_all(b"{\"schema\":\"droit.package/1\",\n\"head\":")?;
    write_document(
        out,
        &HeadDocument {
            case: &head.case,
            controller: &head.controller,
            contact: &head.contact,
            subject_ref: &head.subject_ref,
            language: head.language,
            produced_at: &head.produced_at,
            portable: head.portable,
            policy_versions: &head.policy_versions,
            automated_decisions: head.automated_decisions.as_deref(),
            map: &head.map,
            schema: &head.schema,
            remedies,
        },
    )?;
    out.write_all(b",\n\"tables\":[")
}

/// Writes what is said about a table and opens its rows.
pub(super) fn write_about(out: &mut dyn Write, head: &TableHead) -> io::Result<()> {
    out.write_all(b"{\"about\":")?;
    write_document(out, head)?;
    out.write_all(b",\n\"rows\":[")
}

/// Writes a cell's name and the colon behind it.
pub(super) fn write_name(out: &mut dyn Write, name: &str) -> io::Result<()> {
    Json(name).write(out)?;
    out.write_all(b":")
}

/// Writes a row up to its cells; [`end_row`] comes behind them.
pub(super) fn begin_row(out: &mut dyn Write, row: &RowOut<'_>, first: bool) -> io::Result<()> {
    out.write_all(if first { b"\n{\"key\":" } else { b",\n{\"key\":" })?;
    Json(row.key).write(out)?;
    out.write_all(b",\"role\":")?;
    Json(&row.role.code).write(out)?;
    out.write_all(b",\"state\":")?;
    write_state(out, row.state)?;
    out.write_all(b",\"cells\":{")
}

pub(super) fn end_row(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"}}")
}

fn write_state(out: &mut dyn Write, state: &RowState) -> io::Result<()> {
    match state {
        RowState::Held => out.write_all(b"{\"is\":\"held\"}"),
        RowState::Kept { law, until: Some(date) } => {
            write!(out, "{{\"is\":\"kept\",\"law\":{},\"until\":\"{date}\"}}", Json(law))
        }
        RowState::Kept { law, until: None } => write!(out, "{{\"is\":\"kept\",\"law\":{},\"until\":null}}", Json(law)),
        RowState::Restricted { reason } => write!(out, "{{\"is\":\"restricted\",\"reason\":{}}}", Json(reason)),
    }
}

/// Writes a cell that is held; what is streamed writes itself.
pub(super) fn write_cell(out: &mut dyn Write, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Shown(value) => write_value(out, value),
        Cell::Streamed(_) => Ok(()),
        Cell::Read(value, reading) => {
            out.write_all(b"{\"value\":")?;
            write_value(out, value)?;
            write!(out, ",\"reading\":{}}}", Json(&reading.0))
        }
        Cell::Masked(mask) => write!(out, "{{\"masked\":{}}}", Json(&mask.0)),
        Cell::File(file) => write!(out, "{{\"file\":{}}}", Json(file.path())),
        Cell::Withheld(code) => write!(out, "{{\"withheld\":\"{}\"}}", code.code()),
    }
}

fn write_value(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Integer(number) if number.unsigned_abs() <= EXACT => write!(out, "{number}"),
        Value::Integer(number) => write!(out, "{{\"integer\":\"{number}\"}}"),
        Value::Real(number) if number.is_finite() => out.write_all(value.to_canonical_text().as_bytes()),
        Value::Real(_) => write!(out, "{{\"real\":{}}}", Json(&value.to_canonical_text())),
        Value::Text(text) => Json(text).write(out),
        Value::Blob(bytes) => write!(out, "{{\"base64\":\"{}\"}}", Base64(bytes)),
        Value::Malformed(bytes) => write!(out, "{{\"malformed\":\"{}\"}}", Base64(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_as_quiet_as_a_cell() {
        let text = "q\"b\\n/\n\t\r\u{8}\u{c}\u{1b}\u{7f}\u{9b}\u{202e}\u{feff}\0张\u{1f600}";
        let mut out = Vec::new();
        write_document(&mut out, &serde_json::json!({"t": text, "n": [1, null, -2.5]})).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written, format!("{{\"t\":{},\"n\":[1,null,-2.5]}}", Json(text)));
    }
}
