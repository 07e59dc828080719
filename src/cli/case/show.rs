//! `droit case show`: one case, its clocks and what happened to it.

use crate::case::CaseNumber;

use super::view;
use crate::cli::{Exit, out::Out, session::Session};

/// Show a case: where it stands, every clock, the next step
///
/// Examples:
///   droit case show DSR-20261123-0001
///   droit case show DSR-20261123-0001 --json
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ShowArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,
}

pub(crate) fn run(args: &ShowArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let view = view(&session.case(args.case)?, session)?;
    view.warn(out);
    out.result(&view)?;
    Ok(Exit::Done)
}
