//! Everything that leaves droit on its streams: results on standard output, all else on standard error.

use std::{
    fs,
    io::{self, Seek, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Value, json};

use crate::{case::NextStep, export::quiet_json, progress::Progress};

use super::{
    advice, bar,
    failure::{Failure, Trouble},
    grid::Grid,
    language::Language,
    page::Page,
    stream::{Listed, Writing},
    text::{Text, trouble},
    workspace::{BESIDE, cannot_write, require_no_link},
    world::Terminal,
};

/// The form of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One document
    Json,
    /// One record per line
    Jsonl,
    /// For spreadsheets; results that are lists only
    Csv,
    /// A workbook; `droit log` only
    Xlsx,
    /// A page; `droit log` only
    Html,
}

/// A result: what machines read by [`Serialize`], and what people read.
pub(crate) trait Render: Serialize {
    /// Name and version of the document, such as `droit.case.list/1`.
    const SCHEMA: &'static str;

    /// Writes it for a person.
    fn render(&self, page: &mut Page);

    /// The same as a table, when it is a list.
    fn grid(&self) -> Option<Grid> {
        None
    }
}

/// How to write.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Form of results
    pub(crate) format: Format,
    /// Nothing but results and trouble
    pub(crate) quiet: bool,
    /// Whether words may be coloured on standard error
    pub(crate) color: bool,
    /// Language of the person
    pub(crate) language: Language,
    /// Results go here instead of standard output
    pub(crate) output: Option<PathBuf>,
}

/// The two streams.
pub(crate) struct Out<'w> {
    stdout: &'w mut dyn Write,
    stderr: &'w mut dyn Write,
    terminal: Terminal,
    manner: Manner,
    warnings: Vec<(&'static str, String)>,
    progress_shown: bool,
}

impl<'w> Out<'w> {
    pub(super) fn new(
        stdout: &'w mut dyn Write,
        stderr: &'w mut dyn Write,
        terminal: Terminal,
        manner: Manner,
    ) -> Self {
        Self { stdout, stderr, terminal, manner, warnings: Vec::new(), progress_shown: false }
    }

    /// The language of the person.
    pub(crate) fn language(&self) -> Language {
        self.manner.language
    }

    pub(super) fn set_language(&mut self, language: Language) {
        self.manner.language = language;
    }

    /// The form of results.
    pub(crate) fn format(&self) -> Format {
        self.manner.format
    }

    /// Whether results go to a screen.
    pub(crate) fn is_screen(&self) -> bool {
        self.terminal.stdout && self.manner.output.is_none()
    }

    /// Whether a machine reads the results.
    pub(crate) fn is_for_machines(&self) -> bool {
        self.manner.format != Format::Table
    }

    /// Writes what was asked for.
    pub(crate) fn result<R: Render>(&mut self, result: &R) -> anyhow::Result<()> {
        let bytes = match self.manner.format {
            Format::Table => self.page(result).into_bytes(),
            Format::Json => self.document(result)?,
            Format::Jsonl => lines(&serde_json::to_value(result)?)?,
            Format::Csv => result.grid().ok_or_else(|| trouble::NOT_A_LIST.plain())?.csv()?,
            Format::Xlsx => return Err(trouble::NO_SUCH_FORM.with(&[("form", "xlsx")]).into()),
            Format::Html => return Err(trouble::NO_SUCH_FORM.with(&[("form", "html")]).into()),
        };
        self.deliver(&bytes)
    }

    /// Writes a list that may be longer than memory.
    pub(crate) fn list<L: Listed>(&mut self, list: &mut L) -> anyhow::Result<()> {
        self.end_progress();
        let warnings = self.warnings.drain(..).map(|(code, message)| json!({"code": code, "message": message}));
        let writing = Writing {
            format: self.manner.format,
            language: self.manner.language,
            width: self.terminal.width.filter(|_| self.terminal.stdout && self.manner.output.is_none()),
            warnings: warnings.collect(),
        };
        match &self.manner.output {
            Some(file) => private_file(file, |opened| writing.write(list, opened)),
            None => writing.write(list, self.stdout),
        }
    }

    /// Writes what a change came to; under `--quiet` a person is spared it.
    pub(crate) fn report<R: Render>(&mut self, report: &R) -> anyhow::Result<()> {
        if self.manner.quiet && self.manner.format == Format::Table {
            return Ok(());
        }
        self.result(report)
    }

    /// Writes what was looked at; under `--quiet` a person is spared it unless something is wrong.
    pub(crate) fn look<R: Render>(&mut self, seen: &R, wrong: bool) -> anyhow::Result<()> {
        if wrong { self.result(seen) } else { self.report(seen) }
    }

    /// Writes text that is a format of its own (completions, a schema, a plan) as it is.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.deliver(bytes)
    }

    /// Delivers what `write` writes, which may be larger than memory: whole, or nothing of it.
    pub(crate) fn stream(&mut self, write: impl FnOnce(&mut fs::File) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.end_progress();
        if let Some(file) = &self.manner.output {
            return private_file(file, write);
        }
        let mut held = tempfile::tempfile()?;
        write(&mut held)?;
        held.rewind()?;
        io::copy(&mut held, self.stdout)?;
        self.stdout.flush()?;
        Ok(())
    }

    /// The streams themselves, for commands that run within this one.
    pub(super) fn streams(&mut self) -> (&mut dyn Write, &mut dyn Write) {
        self.end_progress();
        (&mut *self.stdout, &mut *self.stderr)
    }

    fn page<R: Render>(&self, result: &R) -> String {
        let width = self.terminal.width.filter(|_| self.terminal.stdout && self.manner.output.is_none());
        let mut page = Page::new(self.manner.language, width);
        result.render(&mut page);
        page.into_text()
    }

    fn document<R: Render>(&mut self, result: &R) -> anyhow::Result<Vec<u8>> {
        let warnings: Vec<Value> =
            self.warnings.drain(..).map(|(code, message)| json!({"code": code, "message": message})).collect();
        let document = json!({"schema": R::SCHEMA, "data": result, "warnings": warnings});
        let mut bytes = Vec::new();
        quiet_json(&mut bytes, &document)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn deliver(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.end_progress();
        if let Some(file) = &self.manner.output {
            return write_private(file, bytes);
        }
        self.stdout.write_all(bytes)?;
        self.stdout.flush()?;
        Ok(())
    }

    fn speaks(&self) -> bool {
        !self.manner.quiet && !self.is_for_machines()
    }

    /// Says what is being done.
    pub(crate) fn status(&mut self, text: Text, values: &[(&str, &str)]) {
        if self.speaks() {
            let line = text.with(self.manner.language, values);
            self.note(&line);
        }
    }

    /// Names the next step.
    pub(crate) fn hint(&mut self, text: Text, values: &[(&str, &str)]) {
        if self.speaks() {
            let mark = if self.manner.language == Language::Chinese { "下一步：" } else { "next: " };
            let line = format!("{mark}{}", text.with(self.manner.language, values));
            self.note(&line);
        }
    }

    /// Names a case's next step.
    pub(crate) fn next(&mut self, step: NextStep) {
        let step = advice::said(step, self.manner.language);
        self.hint(Text { en: "{next}", zh: "{next}" }, &[("next", &step)]);
    }

    /// Tells of something that does not stop the work. A machine finds it in the document's `warnings`.
    pub(crate) fn warning(&mut self, code: &'static str, text: Text, values: &[(&str, &str)]) {
        let message = text.with(self.manner.language, values);
        if self.manner.format == Format::Json {
            self.warnings.push((code, message));
            return;
        }
        let line = match self.manner.language {
            Language::Chinese => format!("警告[{code}]：{message}"),
            Language::English => format!("warning[{code}]: {message}"),
        };
        self.note(&line);
    }

    /// Says in one line what came of long work, where no bar was seen.
    pub(crate) fn summary(&mut self, text: Text, values: &[(&str, &str)]) {
        if !self.terminal.stderr {
            self.status(text, values);
        }
    }

    /// Shows how far the work is, on a terminal only.
    pub(crate) fn progress(&mut self, progress: Progress) {
        if self.speaks() && self.terminal.stderr {
            let line = bar::line(progress, self.manner.language);
            let _ended = write!(self.stderr, "\r\x1b[K{line}").and_then(|()| self.stderr.flush());
            self.progress_shown = true;
        }
    }

    fn end_progress(&mut self) {
        if std::mem::take(&mut self.progress_shown) {
            let _ended = write!(self.stderr, "\r\x1b[K");
        }
    }

    /// A line on standard error. When even that cannot be written there is nobody to tell.
    fn note(&mut self, line: &str) {
        self.end_progress();
        let _ended = writeln!(self.stderr, "{line}");
    }

    /// A question, left open for the answer.
    pub(super) fn ask(&mut self, text: &str) {
        self.end_progress();
        let _ended = write!(self.stderr, "{text} ").and_then(|()| self.stderr.flush());
    }

    /// Ends the line of a question that was not answered.
    pub(super) fn end_line(&mut self) {
        let _ended = writeln!(self.stderr);
    }

    /// Tells how the run ended badly.
    pub(super) fn failure(&mut self, failure: &Failure) {
        if self.is_for_machines() {
            let line = failure.json(self.manner.language).to_string();
            self.note(&line);
            return;
        }
        let text = failure.human(self.manner.language);
        self.end_progress();
        let text = if self.manner.color { colored(&text) } else { text };
        let _ended = self.stderr.write_all(text.as_bytes());
    }
}

/// The word before the colon in bold red; the word itself carries the meaning.
fn colored(text: &str) -> String {
    match text.find(']') {
        Some(end) => format!("\x1b[1;31m{}\x1b[0m{}", &text[..=end], &text[end + 1..]),
        None => text.to_owned(),
    }
}

/// A list's records one per line; anything else on one line.
fn lines(value: &Value) -> anyhow::Result<Vec<u8>> {
    let records: &[Value] = match value {
        Value::Array(records) => records,
        single => std::slice::from_ref(single),
    };
    let mut bytes = Vec::new();
    for record in records {
        quiet_json(&mut bytes, record)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Writes a result that only its owner reads, whole or not at all.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    private_file(file, |opened| {
        let failed = |error: io::Error| cannot_write(file, &error);
        Ok(opened.write_all(bytes).map_err(failed)?)
    })
}

/// Replaces a file of the workspace that droit itself keeps, whole or not at all.
pub(crate) fn replace_own(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    whole_file(file, require_no_link, |opened| {
        let failed = |error: io::Error| cannot_write(file, &error);
        Ok(opened.write_all(bytes).map_err(failed)?)
    })
}

/// Lets `write` fill a result that only its owner reads; it is there whole or not at all.
pub(crate) fn private_file(file: &Path, write: impl FnOnce(&mut fs::File) -> anyhow::Result<()>) -> anyhow::Result<()> {
    whole_file(file, require_replaceable, write)
}

/// Looks whether the file may be written before the work and once more before it takes its name.
fn whole_file(
    file: &Path,
    require: fn(&Path) -> Result<(), Failure>,
    write: impl FnOnce(&mut fs::File) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| cannot_write(file, &error);
    require(file)?;
    let mut temporary = tempfile::Builder::new().prefix(BESIDE).tempfile_in(folder).map_err(failed)?; // 0600 from the start
    write(temporary.as_file_mut()).map_err(|error| match error.downcast::<io::Error>() {
        Ok(error) => failed(error).into(),
        Err(other) => other,
    })?;
    temporary.as_file().sync_all().map_err(failed)?;
    require(file)?;
    temporary.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A result replaces the result of yesterday (cron), never a link, a pipe, a device, a database, or what belongs to a
/// workspace.
fn require_replaceable(file: &Path) -> Result<(), Failure> {
    let refused = |why: &'static Trouble| Err(why.with(&[("file", &file.display().to_string())]));
    let Ok(found) = fs::symlink_metadata(file) else { return Ok(()) };
    if found.is_symlink() {
        return refused(&trouble::SYMLINK);
    }
    if found.is_file() && !belongs_to_a_workspace(file) && !is_database(file) {
        Ok(())
    } else {
        refused(&trouble::FILE_EXISTS)
    }
}

fn is_database(file: &Path) -> bool {
    let mut magic = [0; 16];
    let read = fs::File::open(file).and_then(|mut opened| io::Read::read_exact(&mut opened, &mut magic));
    read.is_ok() && &magic == b"SQLite format 3\0"
}

fn belongs_to_a_workspace(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside_a_database =
        ["-wal", "-shm", "-journal", ".lock", ".toml", ".key"].iter().any(|end| name.ends_with(end));
    let full = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let ours = ["packages", "answers", "certificates", "letters", "plans", "keys"];
    let within = |folder: &Path| {
        folder.file_name().is_some_and(|name| ours.iter().any(|one| name == *one))
            && folder.parent().is_some_and(|above| above.join("droit.toml").exists())
    };
    beside_a_database || full.ancestors().skip(1).any(within)
}

#[cfg(test)]
mod replacing {
    use super::*;

    #[test]
    fn a_result_never_replaces_what_is_not_a_result() {
        let kept = tempfile::tempdir().unwrap();
        let at = |name: &str| kept.path().join(name);
        fs::create_dir(at("packages")).unwrap();
        for name in ["droit.toml", "datamap.lock", "users.db-wal", "packages/data.json"] {
            fs::write(at(name), "x").unwrap();
            assert!(require_replaceable(&at(name)).is_err(), "{name}");
        }
        fs::write(at("users"), b"SQLite format 3\0 and more").unwrap();
        std::os::unix::net::UnixListener::bind(at("socket")).map(drop).unwrap();
        for name in ["users", "socket", "packages"] {
            assert!(require_replaceable(&at(name)).is_err(), "{name}");
        }
        fs::write(at("log.csv"), "yesterday").unwrap();
        assert!(require_replaceable(&at("log.csv")).is_ok() && require_replaceable(&at("new.csv")).is_ok());
    }
}
