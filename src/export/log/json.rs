//! The log as JSON: one document, or one line per request.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::{Closing, LogHead, LogWriter, WRITING};
use crate::{
    case::log::Entry,
    export::{error::ExportError, json::write_document},
};

/// Name and version of the document.
const SCHEMA: &str = "droit.log/1";

pub(super) struct JsonLog<'w> {
    out: &'w mut dyn Write,
    began: bool,
}

impl<'w> JsonLog<'w> {
    pub(super) fn begin(head: &LogHead, out: &'w mut dyn Write) -> Result<Self, ExportError> {
        let mut log = Self { out, began: false };
        log.head(head).map_err(ExportError::of(WRITING))?;
        Ok(log)
    }

    fn head(&mut self, head: &LogHead) -> io::Result<()> {
        write!(self.out, "{{\"schema\":\"{SCHEMA}\",\"data\":{{\"controller\":")?;
        write_document(self.out, &head.controller)?;
        let (from, to, produced_at) = (json!(head.from), json!(head.to), json!(head.produced_at));
        write!(self.out, ",\"from\":{from},\"to\":{to},\"produced_at\":{produced_at},\"requests\":[")
    }

    fn end(&mut self, closing: &Closing<'_>) -> io::Result<()> {
        self.out.write_all(b"\n],\"summary\":")?;
        write_document(self.out, &closing.summary)?;
        let Closing { last, head, .. } = closing;
        writeln!(self.out, ",\"last_row_hash\":\"{last}\",\"head\":\"{head}\"}},\"warnings\":[]}}")?;
        self.out.flush()
    }
}

impl LogWriter for JsonLog<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        let comma: &[u8] = if std::mem::replace(&mut self.began, true) { b",\n" } else { b"\n" };
        self.out.write_all(comma).and_then(|()| write_document(self.out, entry)).map_err(ExportError::of(WRITING))
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        self.end(closing).map_err(ExportError::of(WRITING))
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
        write_document(self.out, value).and_then(|()| self.out.write_all(b"\n")).map_err(ExportError::of(WRITING))
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
