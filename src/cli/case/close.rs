//! `droit case close`: nothing more will happen; the retention of the case itself begins.

use crate::case::{Body, CaseNumber, Event};

use super::step;
use crate::cli::{Exit, confirm, out::Out, session::Session, text::Text};

/// Close an answered case
///
/// Example:
///   droit case close DSR-20261123-0001 --yes
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CloseArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

const SURE: Text = Text { en: "Close {case}?", zh: "结案 {case}？" };
const CLOSED: Text = Text { en: "{case}: closed", zh: "{case}：已结案" };

pub(crate) fn run(args: &CloseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    session.case(args.case)?.require_legal(&Event::Closed {})?;
    confirm::by_yes(SURE, &[("case", &args.case.to_string())], args.yes, session, out)?;
    step(args.case, Event::Closed {}, &Body::default(), CLOSED, session, out)
}
