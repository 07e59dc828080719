//! `droit case note`: what the record should know besides the steps.

use std::path::PathBuf;

use crate::case::{Body, CaseNumber, Event, Secret};

use super::step;
use crate::cli::{Exit, confirm, letter, out::Out, session::Session, text::Text, when};

/// Add a note, say whose case it is, record a later complaint, or decide what a replay left to a person
///
/// The note is stored encrypted. Without --file it is asked for.
///
/// Examples:
///   droit case note DSR-20261123-0001 --file call.txt
///   droit case note DSR-20261123-0001 --assign wang
///   droit case note DSR-20261123-0001 --decided --file looked.txt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct NoteArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Read the note from FILE, `-` for standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// From now on it is this officer's case
    #[arg(long, value_name = "OFFICER", conflicts_with = "complaint")]
    assign: Option<String>,

    /// The person complained about the answer, at this time
    #[arg(long, value_name = "TIME")]
    complaint: Option<String>,

    /// What a replay left to a person was looked at and is decided; the note says what it was and what was done
    #[arg(long, conflicts_with_all = ["assign", "complaint"])]
    decided: bool,
}

const NOTED: Text = Text { en: "{case}: noted", zh: "{case}：已备注" };
const ASSIGNED: Text = Text { en: "{case}: assigned", zh: "{case}：已分派" };
const COMPLAINED: Text = Text { en: "{case}: complaint recorded", zh: "{case}：已记录投诉" };
const DECIDED: Text = Text { en: "{case}: decided", zh: "{case}：已作出判断" };
const WHAT: Text = Text { en: "Note:", zh: "备注：" };

pub(crate) fn run(args: &NoteArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if let Some(to) = &args.assign {
        return step(args.case, Event::Assigned { to: to.clone() }, &Body::default(), ASSIGNED, session, out);
    }
    if let Some(text) = &args.complaint {
        let at = when::read_past(text, &session.zone()?, session.now())?;
        return step(args.case, Event::Complained { at }, &Body::default(), COMPLAINED, session, out);
    }
    let text = match letter::secret(args.file.as_deref(), session)? {
        Some(text) => text,
        None => Secret::from(confirm::ask(WHAT, "--file FILE", session, out)?),
    };
    let body = Body { text: Some(text), ..Body::default() };
    if args.decided {
        return step(args.case, Event::Decided {}, &body, DECIDED, session, out);
    }
    step(args.case, Event::Noted {}, &body, NOTED, session, out)
}
