//! `droit case reopen`: takes a case up again under the same number.

use std::path::PathBuf;

use crate::case::{Body, CaseNumber, Event};

use super::step;
use crate::cli::{Exit, letter, out::Out, session::Session, text::Text};

/// Take a case up again under the same number
///
/// Example:
///   droit case reopen DSR-20261123-0001 --reason-file id-arrived.txt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ReopenArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// File with the reason; it is stored encrypted
    #[arg(long, value_name = "FILE")]
    reason_file: Option<PathBuf>,
}

const REOPENED: Text = Text { en: "{case}: reopened, due {due}", zh: "{case}：已重开，期限 {due}" };

pub(crate) fn run(args: &ReopenArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (case, place) = (session.case(args.case)?, session.place()?);
    let due = place.due(&place.facts(&case));
    let body = Body { text: letter::secret(args.reason_file.as_deref(), session)?, ..Body::default() };
    step(args.case, Event::Reopened { due }, &body, REOPENED, session, out)
}
