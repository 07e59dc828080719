//! `droit audit anchor`: writes the head of the chain down where the workspace cannot reach it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    casebook::{Anchors, Standing},
    refusal::Refusal,
    signature::Purpose,
};

use crate::cli::{
    Exit,
    bar::Watch,
    out::{Out, Render},
    page::Page,
    session::Session,
    signing::{Hand, KeyArgs},
    text::{Text, trouble},
    workspace::cannot_write,
};

/// Write the head of the record to a file outside of the workspace
///
/// One line is added, nothing is ever changed. `droit audit verify --against FILE` then finds an older copy of the
/// record, a fork and a cut-off end. Keep the file where nobody who works here can write: on another machine, in
/// storage that only appends. A record that is not whole, or that contradicts the file, is not anchored. With --key the
/// line is signed.
///
/// Examples:
///   droit audit anchor --to /mnt/auditor/droit.anchors
///   droit audit anchor --to /mnt/auditor/droit.anchors --key li.key
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AnchorArgs {
    /// The file of anchors; made if it is not there
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    #[command(flatten)]
    key: KeyArgs,
}

pub(crate) fn run(args: &AnchorArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let path = session.path(&args.to);
    require_outside(&path, session)?;
    let (officer, now) = (session.officer()?, session.now());
    let hand = Hand::of(&args.key, Purpose::Anchor, session, out)?;
    let mut book = session.auditing()?;
    let anchors = Anchors::open_to_add(&path)?;
    anchors.require_of(book.workspace())?;
    // an unsigned line among signed ones is a finding ever after, and nothing is taken out of such a file
    if hand.is_none() && anchors.list().iter().any(|anchor| anchor.signature.is_some()) {
        return Err(trouble::NO_SIGNING_KEY.plain().into());
    }
    require_later(&anchors, book.last_event_at()?, now)?;
    let mut found = Vec::new();
    let mut watch = Watch::begin(session);
    let mut each = |finding| found.push(finding);
    let verified =
        book.verify_watched(now, anchors.heads(), &mut each, &mut |_| (), &mut |progress| watch.tell(progress, out))?;
    let standing = anchors.standing(&verified, &found);
    if standing != Standing::Agrees {
        let (file, word) = (path.display().to_string(), standing.word());
        return Err(trouble::ANCHOR_CONTRADICTED.with(&[("file", &file), ("standing", word)]).into());
    }
    if !found.is_empty() {
        return Err(trouble::NOT_WHOLE.with(&[("count", &found.len().to_string())]).into());
    }
    // whoever signs is named as the allowed signers call them
    let person = hand.as_ref().and_then(|hand| hand.person.as_ref());
    let officer = person.map_or(officer, |person| person.name().to_owned());
    let mut anchor = anchors.next(book.workspace(), verified.head, now, &officer);
    if let Some(hand) = &hand {
        anchor.signature = Some(hand.sign(Purpose::Anchor, anchor.statement()?.as_bytes(), now)?);
    }
    let count = anchors.list().len() + 1;
    anchors.append(&anchor)?;
    out.report(&Anchored {
        file: path,
        head: verified.head.to_string(),
        at: anchor.at,
        anchors: count,
        key: hand.as_ref().map(Hand::print),
    })?;
    watch.end("audit anchor", session, out);
    Ok(Exit::Done)
}

/// What stands beside the record is restored, copied and forged with it. Links on the way are followed before that is
/// judged.
fn require_outside(path: &Path, session: &mut Session<'_>) -> anyhow::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).map_err(|error| cannot_write(path, &error))?;
    for ours in [session.workspace()?.folder.clone(), session.key_folder()?] {
        if fs::canonicalize(&ours).is_ok_and(|ours| folder.starts_with(ours)) {
            return Err(trouble::ANCHOR_INSIDE.with(&[("file", &path.display().to_string())]).into());
        }
    }
    Ok(())
}

fn require_later(anchors: &Anchors, last_event: Option<Timestamp>, now: Timestamp) -> anyhow::Result<()> {
    let last = anchors.list().last().map(|anchor| anchor.at).max(last_event);
    if last.is_some_and(|last| last > now) { Err(Refusal::ClockJump.into()) } else { Ok(()) }
}

#[derive(Serialize)]
struct Anchored {
    file: PathBuf,
    head: String,
    at: Timestamp,
    /// How many there are in the file now
    anchors: usize,
    /// The key that signed it
    key: Option<String>,
}

impl Render for Anchored {
    const SCHEMA: &'static str = "droit.audit.anchor/1";

    fn render(&self, page: &mut Page) {
        page.fields(&[
            (Text { en: "anchored", zh: "锚定" }, self.head.clone()),
            (Text { en: "file", zh: "文件" }, self.file.display().to_string()),
            (Text { en: "anchors in it", zh: "锚点数" }, self.anchors.to_string()),
            (Text { en: "signed with", zh: "签名密钥" }, self.key.clone().unwrap_or_default()),
        ]);
    }
}
