//! The record for somebody else: headers and hashes as JSON lines, without any body; and the check of such a file, which
//! needs neither casebook nor keys.

use std::io::{BufRead, Read, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Casebook, CasebookError, Head,
    events::{self, Stored},
    header::Header,
    verify::{Finding, Verified, Walk},
};
use crate::{
    case::{Event, Fingerprint, Recorded},
    value::hex,
};

const SCHEMA: &str = "droit.casebook-export/1";

#[derive(Serialize)]
struct First<'a> {
    schema: &'a str,
    workspace: &'a str,
}

/// One event. What can be read here is a copy of what the header bytes say; the check compares both.
#[derive(Serialize)]
struct Line<'a> {
    number: i64,
    at: String,
    actor: &'a str,
    about: String,
    #[serde(flatten)]
    event: &'a Event,
    sealed: bool,
    header: String,
    body_sha256: String,
    hash: String,
}

fn line(header: &Header, bytes: &[u8], body_sha256: &[u8], hash: &[u8]) -> Option<String> {
    let line = Line {
        number: header.number,
        at: header.at.to_string(),
        actor: &header.actor,
        about: header.about.to_string(),
        event: &header.event,
        sealed: header.seal.is_some(),
        header: hex(bytes),
        body_sha256: hex(body_sha256),
        hash: hex(hash),
    };
    serde_json::to_string(&line).ok()
}

impl Casebook {
    /// Writes all headers and hashes to `out`, one event a line, after a first line that says what this is. Returns the
    /// head to hold against it.
    pub fn export(&mut self, now: Timestamp, out: &mut dyn Write) -> Result<Head, CasebookError> {
        self.quiet(now, |book| book.export_quietly(out))
    }

    fn export_quietly(&self, out: &mut dyn Write) -> Result<Head, CasebookError> {
        let written = CasebookError::file("exported", &self.path);
        let mut write = |text: String| writeln!(out, "{text}");
        let first = First { schema: SCHEMA, workspace: &self.workspace };
        let mut head = Head::genesis();
        let mut failure = None;
        let mut put = |text: Option<String>, number| match text.map(&mut write) {
            Some(Ok(())) => Ok(true),
            Some(Err(error)) => {
                failure = Some(error);
                Ok(false)
            }
            None => Err(CasebookError::Event(number)),
        };
        let mut going = put(serde_json::to_string(&first).ok(), 0)?;
        let sql = format!("SELECT {} FROM events ORDER BY number", Stored::COLUMNS);
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while going && let Some(row) = rows.next()? {
            let stored = Stored::read(row)?;
            let damaged = || CasebookError::Event(stored.number);
            let header = Header::decode(&stored.header).ok_or_else(damaged)?;
            going = put(line(&header, &stored.header, &stored.body_sha256, &stored.hash), stored.number)?;
            let hash = stored.hash.as_slice().try_into().map_err(|_| damaged())?;
            head = Head { number: stored.number, hash: Fingerprint::new(hash) };
        }
        failure.map_or(Ok(head), |error| Err(written(error)))
    }
}

/// Checks an export: that its lines are events, that they form a chain from the first, and that the chain passes through
/// `known`, the heads that somebody holds. Without one, an export that was cut off or made up as a whole is not noticed.
/// Every event is shown to `see`.
pub fn verify_export(
    reader: &mut dyn BufRead,
    known: impl IntoIterator<Item = Head>,
    each: &mut dyn FnMut(Finding),
    see: &mut dyn FnMut(&Recorded),
) -> Result<Verified, CasebookError> {
    let mut walk = Walk::new(known, each);
    let mut workspace = None;
    let mut text = String::new();
    for number in 1.. {
        text.clear();
        let read = reader.read_line(&mut text).map_err(|_| CasebookError::ExportLine(number))?;
        if read == 0 {
            break;
        }
        let text = text.strip_suffix('\n').ok_or(CasebookError::ExportLine(number))?;
        match &workspace {
            None => workspace = Some(first_line(text).ok_or(CasebookError::ExportLine(number))?),
            Some(workspace) => {
                event_line(text, workspace, &mut walk, see).ok_or(CasebookError::ExportLine(number))?;
            }
        }
    }
    let workspace = workspace.ok_or(CasebookError::ExportLine(1))?;
    walk.end();
    let Walk { head, events, findings, missed, .. } = walk;
    Ok(Verified { head, events, bodies: 0, destroyed: 0, findings, missed, workspace })
}

/// The workspace that an export says it is of.
pub fn workspace_of_export(reader: &mut dyn BufRead) -> Result<String, CasebookError> {
    let mut text = String::new();
    reader.take(4096).read_line(&mut text).map_err(|_| CasebookError::ExportLine(1))?;
    first_line(text.trim_end_matches('\n')).ok_or(CasebookError::ExportLine(1))
}

fn first_line(text: &str) -> Option<String> {
    let first: serde_json::Value = serde_json::from_str(text).ok()?;
    let workspace = first.get("workspace")?.as_str()?;
    let written = serde_json::to_string(&First { schema: SCHEMA, workspace }).ok()?;
    (written == text).then(|| workspace.to_owned())
}

fn event_line(text: &str, workspace: &str, walk: &mut Walk<'_>, see: &mut dyn FnMut(&Recorded)) -> Option<()> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let bytes = |name: &str| unhex(value.get(name)?.as_str()?);
    let (header, digest, hash) = (bytes("header")?, bytes("body_sha256")?, bytes("hash")?);
    let number = value.get("number")?.as_i64()?;
    let previous = walk.head.hash;
    walk.step(number, &header, &digest, &hash);
    let Some(decoded) = Header::decode(&header) else {
        walk.find(Finding::event("event_unreadable", number));
        return Some(());
    };
    if decoded.number != number {
        walk.find(Finding::event("event_renumbered", number));
    }
    if decoded.workspace != workspace {
        walk.find(Finding::event("event_foreign", number));
    }
    if line(&decoded, &header, &digest, &hash).is_none_or(|again| again != text) {
        walk.find(Finding::event("line_changed", number));
    }
    see(&events::recorded(decoded, None, previous, walk.head.hash));
    Some(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
    text.as_bytes().chunks(2).map(pair).collect()
}
