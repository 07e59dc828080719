//! `droit case merge`: the same person asked the same twice; it is answered once, by the earlier receipt (LAW D13).

use crate::case::{Body, CaseNumber, Event};

use super::step;
use crate::cli::{Exit, out::Out, session::Session, text::Text, text::trouble};

/// Answer a case in another one
///
/// Both must ask the same; the case that arrived later goes into the earlier one, so that the earlier clock counts.
///
/// Example:
///   droit case merge DSR-20261124-0003 --into DSR-20261123-0001
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct MergeArgs {
    /// The case that ends
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// The case that goes on
    #[arg(long, value_name = "CASE")]
    into: CaseNumber,
}

const MERGED: Text = Text { en: "{case}: merged", zh: "{case}：已合并" };

pub(crate) fn run(args: &MergeArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (ends, goes_on) = (session.case(args.case)?, session.case(args.into)?);
    let same = ends.number != goes_on.number && ends.request == goes_on.request && goes_on.status.is_open();
    if !same {
        return Err(trouble::NOT_THE_SAME.plain().into());
    }
    if ends.received_at < goes_on.received_at {
        let (earlier, later) = (args.case.to_string(), args.into.to_string());
        return Err(trouble::MERGE_BACKWARDS.with(&[("earlier", &earlier), ("later", &later)]).into());
    }
    step(args.case, Event::Merged { into: args.into }, &Body::default(), MERGED, session, out)
}
