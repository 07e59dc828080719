//! The log as JSON: one document, or one line per request.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::{Closing, LogHead, LogWriter, WRITING};
use crate::{case::log::Entry, export::error::ExportError};

/// Name and version of the document.
const SCHEMA: &str = "droit.log/1";

fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}

pub(super) struct JsonLog<'w> {
    out: &'w mut dyn Write,
    began: bool,
}

impl<'w> JsonLog<'w> {
    pub(super) fn begin(head: &LogHead, out: &'w mut dyn Write) -> Result<Self, ExportError> {
        let text = format!(
            "{{\"schema\":\"{SCHEMA}\",\"data\":{{\"controller\":{},\"from\":{},\"to\":{},\"produced_at\":{},\"requests\":[",
            json!(head.controller),
            json!(head.from),
            json!(head.to),
            json!(head.produced_at)
        );
        out.write_all(text.as_bytes()).map_err(ExportError::of(WRITING))?;
        Ok(Self { out, began: false })
    }
}

impl LogWriter for JsonLog<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        let comma: &[u8] = if std::mem::replace(&mut self.began, true) { b",\n" } else { b"\n" };
        self.out.write_all(comma).and_then(|()| write(self.out, entry)).map_err(ExportError::of(WRITING))
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        let summary = json!(closing.summary);
        let end = format!(
            "\n],\"summary\":{summary},\"last_row_hash\":\"{}\",\"head\":\"{}\"}},\"warnings\":[]}}\n",
            closing.last, closing.head
        );
        self.out.write_all(end.as_bytes()).and_then(|()| self.out.flush()).map_err(ExportError::of(WRITING))
    }
}

pub(super) struct JsonLines<'w> {
    out: &'w mut dyn Write,
}

impl<'w> JsonLines<'w> {
    pub(super) fn begin(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), ExportError> {
        write(self.out, value).and_then(|()| self.out.write_all(b"\n")).map_err(ExportError::of(WRITING))
    }
}

impl LogWriter for JsonLines<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        self.line(entry)
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        let Closing { summary, head, last } = closing;
        self.line(&json!({"schema": SCHEMA, "summary": summary, "last_row_hash": last, "head": head}))?;
        self.out.flush().map_err(ExportError::of(WRITING))
    }
}
