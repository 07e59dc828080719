//! `droit audit export`: all headers and hashes, for an auditor; no bodies, so nothing personal.

use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

use serde::Serialize;

use crate::cli::{
    Exit,
    out::{Out, Render, private_file},
    page::Page,
    session::Session,
    text::Text,
};

/// Write the record to a file that anybody can check with `droit audit verify --file`
///
/// Example:
///   droit audit export record.jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExportArgs {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn run(args: &ExportArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let path = session.path(&args.file);
    let mut book = session.auditing()?;
    let mut head = None;
    private_file(&path, |sink| {
        let mut sink = BufWriter::new(sink);
        head = Some(book.export(session.now(), &mut sink)?);
        Ok(sink.flush()?)
    })?;
    let head = head.map(|head| head.to_string()).unwrap_or_default();
    out.report(&Exported { file: path, head })?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Exported {
    file: PathBuf,
    head: String,
}

impl Render for Exported {
    const SCHEMA: &'static str = "droit.audit.export/1";

    fn render(&self, page: &mut Page) {
        page.fields(&[
            (Text { en: "record", zh: "记录" }, self.file.display().to_string()),
            (Text { en: "head", zh: "链尾" }, self.head.clone()),
        ]);
    }
}
