//! `droit.plan/1`: the file that people review. JSON lines: a header, one line per row, a trailer with a digest over
//! everything before it. It is written and read as a stream, so a plan can be larger than memory.

use std::io::{self, BufRead, Write};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Act, Decision, Step, Written, decide::LOST};
use crate::{
    data_map::{Wording, classified::Classified},
    schema::{RowKey, TableName},
    value::{Value, hex},
};

/// The schema that a plan's header names.
pub const PLAN_SCHEMA: &str = "droit.plan/1";

/// What a plan is bound to: if any of it differs when the plan is applied, nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`PLAN_SCHEMA`]
    pub schema: String,
    /// The command that made it, such as `erase`
    pub command: String,
    /// The workspace
    pub workspace: String,
    /// Tells the user database from another
    pub database: String,
    /// The case or run
    pub case: String,
    /// Fingerprint of the data map
    pub map: String,
    /// Fingerprint of the database's schema
    pub schema_fingerprint: String,
    /// What part is asked for; `{}` is everything
    pub scope: Json,
    /// The instant the decisions were taken at
    pub as_of: Timestamp,
    /// From when on it is no longer applied (24 hours after it was made)
    pub expires: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Trailer {
    rows: u64,
    steps: String,
    digest: String,
}

/// What a plan file claims. It is never carried out: apply derives the plan again and compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is bound to
    pub header: Header,
    /// Number of rows it lists
    pub rows: u64,
    /// Digest of the steps, recomputed from the lines
    pub steps: String,
    /// Digest of the whole file, recomputed
    pub digest: String,
}

/// A file that is no plan, or no longer the plan that was written.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It cannot be read or written
    #[error("the plan cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// Something else, or a part of a plan
    #[error("line {line} is not a line of a plan: {why}")]
    NotAPlan {
        /// From 1
        line: u64,
        /// What is wrong
        why: String,
    },
    /// Lines were changed after it was written
    #[error("the plan was changed after it was written: its digest does not fit its lines")]
    Edited,
    /// Made by a later droit
    #[error("the plan is of the unknown format {0}")]
    UnknownSchema(String),
}

impl FormatError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "plan_io",
            Self::NotAPlan { .. } => "not_a_plan",
            Self::Edited => "edited_plan",
            Self::UnknownSchema(_) => "unknown_plan_format",
        }
    }
}

/// Writes a plan, line by line, and computes both digests on the way.
pub struct Writer<W> {
    out: W,
    whole: Sha256,
    steps: Sha256,
    rows: u64,
    token: Box<dyn Fn(&Value) -> String>,
    /// The last line, kept for its memory
    text: Vec<u8>,
}

/// A row's line.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(serialize_with = "as_text")]
    table: &'a TableName,
    key: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<&'a str>,
    decision: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    law: Option<&'a Wording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a Wording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Until>,
    #[serde(rename = "do")]
    act: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    written: Vec<&'a str>,
}

/// `null` for a keep whose end nobody knows.
#[derive(Serialize)]
#[serde(transparent)]
struct Until(Option<Date>);

fn as_text<S: Serializer>(name: &TableName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}

impl<W: Write> Writer<W> {
    /// Begins with the header; `token` stands in for keys that are personal themselves.
    pub fn begin(out: W, header: &Header, token: Box<dyn Fn(&Value) -> String>) -> io::Result<Self> {
        let mut writer = Self { out, whole: Sha256::new(), steps: Sha256::new(), rows: 0, token, text: Vec::new() };
        writer.line(&serde_json::to_vec(header)?, false)?;
        Ok(writer)
    }

    fn line(&mut self, text: &[u8], step: bool) -> io::Result<()> {
        for part in [text, b"\n"] {
            self.whole.update(part);
            if step {
                self.steps.update(part);
            }
            self.out.write_all(part)?;
        }
        Ok(())
    }

    /// Adds one row.
    pub fn step(&mut self, map: &Classified, step: &Step) -> io::Result<()> {
        let table = &map.tables[step.table];
        let names: &[String] = match &table.key {
            RowKey::Columns(columns) => columns,
            _ => &[],
        };
        let hidden = |at: usize| {
            let column = names.get(at).and_then(|name| table.column(name));
            column.is_some_and(|column| column.meaning.kind.is_personal())
        };
        let key = |(at, value)| if hidden(at) { json!((self.token)(value)) } else { key_json(value) };
        let (law, because, until) = match &step.decision {
            Decision::Keep { law, because, until } => (Some(law), Some(because), Some(Until(*until))),
            Decision::Stay(why) => (None, Some(why), None),
            Decision::Lost => (None, Some(&*LOST), None),
            _ => (None, None, None),
        };
        let cell = |(at, value): (&usize, &Value)| {
            let hidden = table.columns[*at].meaning.kind.is_personal() && !value.is_null();
            if hidden { json!((self.token)(value)) } else { key_json(value) }
        };
        let (from, to) = match &step.act {
            Act::Set { columns, from, to } => {
                (columns.iter().zip(from).map(cell).collect(), columns.iter().zip(to).map(cell).collect())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let line = Line {
            table: &table.name,
            key: step.key.0.iter().enumerate().map(key).collect(),
            roles: step.roles.iter().filter(|role| **role > 0).map(|role| table.roles[role - 1].as_str()).collect(),
            decision: step.decision.word(),
            law,
            because,
            until,
            act: step.act.word(),
            columns: step.act.columns().iter().map(|at| table.columns[*at].name.as_str()).collect(),
            from,
            to,
            written: match &step.act {
                Act::Anonymize { to, .. } => to.iter().map(Written::word).collect(),
                _ => Vec::new(),
            },
        };
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        serde_json::to_writer(&mut text, &line)?;
        self.rows += 1;
        let written = self.line(&text, true);
        self.text = text;
        written
    }

    /// Ends with the trailer; returns what a reader of the file would claim.
    pub fn finish(mut self, header: Header) -> io::Result<(W, Claim)> {
        let steps = hex(&self.steps.clone().finalize());
        let digest = hex(&self.whole.clone().finalize());
        let trailer = Trailer { rows: self.rows, steps: steps.clone(), digest: digest.clone() };
        self.line(&serde_json::to_vec(&trailer)?, false)?;
        self.out.flush()?;
        Ok((self.out, Claim { header, rows: self.rows, steps, digest }))
    }
}

/// Whole numbers and texts as they are, everything else by its canonical text under its type.
fn key_json(value: &Value) -> Json {
    match value {
        Value::Integer(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Null => Json::Null,
        other => json!({ "value": other.to_canonical_text() }),
    }
}

/// Reads a plan file and recomputes its digests; an edited one is refused here, one with recomputed digests when apply
/// derives the plan again.
pub fn read_claim(input: impl BufRead) -> Result<Claim, FormatError> {
    let mut whole = Sha256::new();
    let mut steps = Sha256::new();
    let mut header: Option<Header> = None;
    let mut rows = 0;
    let mut previous: Option<String> = None;
    for (number, line) in (1..).zip(input.lines()) {
        let wrong = |why: &str| FormatError::NotAPlan { line: number, why: why.to_owned() };
        let line =
            line.map_err(|e| if e.kind() == io::ErrorKind::InvalidData { wrong("not text") } else { e.into() })?;
        if header.is_none() {
            header = Some(read_header(&line, number)?);
            whole.update(line.as_bytes());
            whole.update(b"\n");
            continue;
        }
        if let Some(step) = previous.replace(line) {
            for digest in [&mut whole, &mut steps] {
                digest.update(step.as_bytes());
                digest.update(b"\n");
            }
            rows += 1;
        }
    }
    let wrong = |why: &str| FormatError::NotAPlan { line: rows + 2, why: why.to_owned() };
    let header = header.ok_or_else(|| wrong("the file is empty"))?;
    let last = previous.ok_or_else(|| wrong("the trailer is missing"))?;
    let trailer: Trailer =
        serde_json::from_str(&last).map_err(|_| wrong("the trailer is missing: the file is cut off"))?;
    let claim = Claim { header, rows, steps: hex(&steps.finalize()), digest: hex(&whole.finalize()) };
    if trailer.digest != claim.digest || trailer.steps != claim.steps || trailer.rows != claim.rows {
        return Err(FormatError::Edited);
    }
    Ok(claim)
}

fn read_header(line: &str, number: u64) -> Result<Header, FormatError> {
    let wrong = |why: String| FormatError::NotAPlan { line: number, why };
    let json: Json = serde_json::from_str(line).map_err(|_| wrong("not JSON".to_owned()))?;
    match json.get("schema").and_then(Json::as_str) {
        Some(PLAN_SCHEMA) => {}
        Some(other) if other.starts_with("droit.plan/") => return Err(FormatError::UnknownSchema(other.to_owned())),
        _ => return Err(wrong("no header of a plan".to_owned())),
    }
    serde_json::from_value(json).map_err(|_| wrong("the header lacks something".to_owned()))
}
