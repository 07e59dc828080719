//! `droit audit verify`: whether the record is whole.

use std::{
    fs::File,
    io::{BufReader, Seek},
    path::PathBuf,
};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    case::Recorded,
    casebook::{self, Anchors, Finding, Head, Standing, Verified},
    signature::Signers,
};

use super::attested::{Attested, Signatures};
use crate::cli::{
    Exit,
    bar::Watch,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, codes, trouble},
    workspace::cannot_read,
};

/// Check the record: the chain, the seals, every table that follows from the events; exit 4 if it is not whole
///
/// A head that somebody else holds (printed on letters and logs), or the anchors that were written outside of the
/// workspace, show whether this is an older copy, a fork, or one whose end was cut off. Signatures of approvals,
/// certificates and anchors are checked where a file says who may sign.
///
/// Examples:
///   droit audit verify
///   droit audit verify --against /mnt/auditor/droit.anchors
///   droit audit verify --head 42:9f86d0…
///   droit audit verify --file record.jsonl --head 42:9f86d0…
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct VerifyArgs {
    /// A head that somebody else holds
    #[arg(long, value_name = "HEAD")]
    head: Option<Head>,

    /// The anchors that were written outside of the workspace
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// Check an exported record instead of the casebook
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Who may sign, instead of whom the workspace names (ssh-keygen(1), ALLOWED SIGNERS)
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
}

pub(crate) fn run(args: &VerifyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let anchors = args.against.as_ref().map(|file| Anchors::read(&session.path(file))).transpose()?;
    let known: Vec<Head> = args.head.into_iter().chain(anchors.iter().flat_map(Anchors::heads)).collect();
    let mut attested = Attested::new(args.signers(session)?);
    let mut found = Vec::new();
    let mut each = |finding| found.push(finding);
    let mut watch = Watch::begin(session);
    let verified = if let Some(file) = &args.file {
        let path = session.path(file);
        let opened = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
        let mut reader = BufReader::new(opened);
        attested.of_workspace(&casebook::workspace_of_export(&mut reader)?);
        reader.rewind().map_err(|error| cannot_read(&path, &error))?;
        casebook::verify_export(&mut reader, known, &mut each, &mut |recorded| attested.see(recorded))?
    } else {
        let mut book = session.auditing()?;
        attested.of_workspace(book.workspace());
        let mut see = |recorded: &Recorded| attested.see(recorded);
        let mut tell = |progress| watch.tell(progress, out);
        let verified = book.verify_watched(session.now(), known, &mut each, &mut see, &mut tell)?;
        attested.certificates(&session.workspace()?.path("certificates"))?;
        verified
    };
    let mut against = None;
    if let Some(anchors) = &anchors {
        anchors.require_of(&verified.workspace)?;
        attested.anchors(anchors.list())?;
        against = Against::of(anchors, &verified, &found);
    }
    found.append(&mut attested.found);
    let result = Wholeness::of(&verified, &found, attested.counted(), against);
    out.look(&result, !result.whole)?;
    watch.end("audit verify", session, out);
    Ok(if result.whole { Exit::Done } else { Exit::Look })
}

impl VerifyArgs {
    /// Who may sign: as the flag says, else as the workspace does; an export can be checked outside of any.
    fn signers(&self, session: &mut Session<'_>) -> anyhow::Result<Option<Signers>> {
        if let Some(file) = &self.signers {
            let zone = session.zone().unwrap_or(TimeZone::UTC);
            return Ok(Some(Signers::read(&session.path(file), &zone)?));
        }
        let outside = session.workspace().is_err_and(|failure| failure.code() == trouble::NO_WORKSPACE.code);
        if self.file.is_some() && outside { Ok(None) } else { session.signers() }
    }
}

#[derive(Serialize)]
struct Wholeness {
    whole: bool,
    head: String,
    events: u64,
    bodies: u64,
    destroyed: u64,
    findings: Vec<Found>,
    /// What officers signed
    signatures: Signatures,
    /// How the record stands to the anchors
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
}

/// How the record stands to anchors that were written outside of the workspace.
#[derive(Serialize)]
struct Against {
    anchors: usize,
    first: Timestamp,
    last: Timestamp,
    /// The last event that is anchored
    anchored: i64,
    standing: &'static str,
    #[serde(skip)]
    numbers: [i64; 2],
}

impl Against {
    fn of(anchors: &Anchors, verified: &Verified, found: &[Finding]) -> Option<Self> {
        let (first, last) = (anchors.list().first()?, anchors.list().last()?);
        let standing = anchors.standing(verified, found);
        let numbers = match standing {
            Standing::Agrees => [0, 0],
            Standing::OlderCopy { ends, anchored } | Standing::CutOff { ends, anchored } => [ends, anchored],
            Standing::Forked { agreed, anchored } => [agreed, anchored],
        };
        Some(Self {
            anchors: anchors.list().len(),
            first: first.at,
            last: last.at,
            anchored: anchors.heads().map(|head| head.number).max()?,
            standing: standing.word(),
            numbers,
        })
    }

    fn render(&self, page: &mut Page) {
        let (anchors, last) = (self.anchors.to_string(), self.last.to_string());
        page.say(
            Text {
                en: "checked against {anchors} anchors, the last of {last} at event {event}",
                zh: "已对照 {anchors} 个锚点，最后一个写于 {last}，至事件 {event}",
            },
            &[("anchors", &anchors), ("last", &last), ("event", &self.anchored.to_string())],
        );
        let said = match self.standing {
            "older_copy" => Text {
                en: "[older_copy] this record ends at event {here}, but event {anchored} is anchored: it is an older copy, or its end was cut off without a trace",
                zh: "[older_copy] 本记录止于事件 {here}，但事件 {anchored} 已锚定：这是较旧的副本，或末端已被不留痕迹地截去",
            },
            "cut_off" => Text {
                en: "[cut_off] this record ends at event {here}, but event {anchored} is anchored, and what is left beside the events shows that there was more: its end was cut off",
                zh: "[cut_off] 本记录止于事件 {here}，但事件 {anchored} 已锚定，且事件之外的内容表明原本更多：末端已被截去",
            },
            "forked" => Text {
                en: "[forked] event {anchored} is another one than was anchored: this record went its own way after event {here}",
                zh: "[forked] 事件 {anchored} 与锚定的不同：本记录自事件 {here} 之后另行续写",
            },
            _ => return,
        };
        page.say(said, &[("here", &self.numbers[0].to_string()), ("anchored", &self.numbers[1].to_string())]);
    }
}

#[derive(Serialize)]
struct Found {
    code: &'static str,
    event: Option<i64>,
    table: Option<&'static str>,
    row: Option<String>,
}

impl Wholeness {
    fn of(verified: &Verified, found: &[Finding], signatures: Signatures, against: Option<Against>) -> Self {
        let Verified { head, events, bodies, destroyed, .. } = verified;
        let one = |finding: &Finding| {
            let Finding { code, event, table, row } = finding.clone();
            Found { code, event, table, row }
        };
        Self {
            whole: found.is_empty(),
            head: head.to_string(),
            events: *events,
            bodies: *bodies,
            destroyed: *destroyed,
            findings: found.iter().map(one).collect(),
            signatures,
            against,
        }
    }
}

impl Render for Wholeness {
    const SCHEMA: &'static str = "droit.audit.verify/1";

    fn render(&self, page: &mut Page) {
        let said = if self.whole {
            Text { en: "the record is whole: {events} events", zh: "记录完整：{events} 条事件" }
        } else {
            Text { en: "THE RECORD IS NOT WHOLE: {found} findings", zh: "记录不完整：{found} 项发现" }
        };
        page.say(said, &[("events", &self.events.to_string()), ("found", &self.findings.len().to_string())]);
        page.fields(&[(Text { en: "head", zh: "链尾" }, self.head.clone())]);
        for found in &self.findings {
            let event = found.event.map(|event| format!(" event {event}")).unwrap_or_default();
            let table = found.table.map(|table| format!(" table {table}")).unwrap_or_default();
            let row = found.row.as_deref().map(|row| format!(" {row}")).unwrap_or_default();
            let said = codes::title(found.code).map_or("", |title| title.of(page.language()));
            page.line(&format!("{}{event}{table}{row}: {said}", found.code));
        }
        self.signatures.render(page);
        if let Some(against) = &self.against {
            against.render(page);
        }
    }
}
