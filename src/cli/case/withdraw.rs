//! `droit case withdraw`: the person took the request back.

use crate::case::{Body, CaseNumber, Event};

use super::step;
use crate::cli::{
    Exit,
    out::Out,
    restrict,
    session::Session,
    text::{Text, trouble},
};

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
    session.end_undo_windows(out)?;
    let restrictions = restrict::restrictions(&session.case(args.case)?, session)?;
    if restrictions.by().contains(&args.case) {
        return Err(trouble::RESTRICTS.with(&[("case", &args.case.to_string())]).into());
    }
    step(args.case, Event::Withdrawn {}, &Body::default(), WITHDRAWN, session, out)
}
