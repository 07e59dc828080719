//! `droit case refuse`: says no to the whole request, with law, reason and remedies (PIPL 50).

use std::{collections::BTreeMap, path::PathBuf};

use crate::case::{Body, CaseNumber, Event, RefusalCode};

use super::step;
use crate::cli::{Exit, letter, out::Out, session::Session, text::Text, text::trouble};

/// Refuse a request as a whole, with its law and the person's remedies
///
/// Codes: RET LIVE HOLD SEC NAT PUB CRIM IDF NSB TPR ABU TRD PRT DEC FOR FEE (droit explain RET). That something is
/// technically hard is no reason to refuse.
///
/// Example:
///   droit case refuse DSR-20261123-0001 --code FOR --law 'PIPL 41' --remedies remedies.txt --reason-file why.txt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RefuseArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Reason, as a code
    #[arg(long, value_name = "CODE")]
    code: RefusalCode,

    /// Law that it rests on
    #[arg(long, value_name = "LAW")]
    law: Option<String>,

    /// File with what the person can do against it; it is quoted in the reply
    #[arg(long, value_name = "FILE")]
    remedies: Option<PathBuf>,

    /// File with the reason in words
    #[arg(long, value_name = "FILE")]
    reason_file: Option<PathBuf>,
}

const REFUSED: Text = Text {
    en: "{case}: refused; the reasoned refusal still has to be sent",
    zh: "{case}：已拒绝；仍须发送附理由的答复",
};

pub(crate) fn run(args: &RefuseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let law = args.law.clone().filter(|law| !law.trim().is_empty());
    let remedies = letter::secret(args.remedies.as_deref(), session)?;
    let (Some(law), Some(remedies)) = (law, remedies) else {
        return Err(trouble::LAW_AND_REMEDIES.plain().into());
    };
    let body = Body {
        text: letter::secret(args.reason_file.as_deref(), session)?,
        facts: BTreeMap::from([("remedies".to_owned(), remedies)]),
        ..Body::default()
    };
    step(args.case, Event::Refused { code: args.code, law }, &body, REFUSED, session, out)
}
