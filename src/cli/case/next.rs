//! `droit case next`: the one step that is due.

use serde::Serialize;

use crate::case::{CaseNumber, NextStep, Status};

use crate::cli::{
    Exit, advice,
    out::{Out, Render},
    page::Page,
    session::Session,
};

/// Name the one legal next step of a case
///
/// Example:
///   droit case next DSR-20261123-0001
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct NextArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,
}

pub(crate) fn run(args: &NextArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let case = session.case(args.case)?;
    let legal = case.status.legal_moves().to_vec();
    out.result(&Due {
        case: case.number,
        status: case.status,
        next: case.next_step().to_string(),
        step: case.next_step(),
        legal,
    })?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Due {
    case: CaseNumber,
    status: Status,
    next: String,
    #[serde(skip)]
    step: NextStep,
    legal: Vec<Status>,
}

impl Render for Due {
    const SCHEMA: &'static str = "droit.case.next/1";

    fn render(&self, page: &mut Page) {
        page.line(&advice::said(self.step, page.language()));
    }
}
