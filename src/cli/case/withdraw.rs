//! `droit case withdraw`: the person took the request back.

use crate::case::{Body, CaseNumber, Event};

use super::step;
use crate::cli::{Exit, out::Out, session::Session, text::Text};

/// Record that the person took the request back
///
/// Example:
///   droit case withdraw DSR-20261123-0001
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct WithdrawArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,
}

const WITHDRAWN: Text = Text { en: "{case}: withdrawn", zh: "{case}：已撤回" };

pub(crate) fn run(args: &WithdrawArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    session.end_undo_windows()?;
    step(args.case, Event::Withdrawn {}, &Body::default(), WITHDRAWN, session, out)
}
