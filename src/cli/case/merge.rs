//! `droit case merge`: the same person asked the same twice; it is answered once, by the earlier receipt (LAW D13).

use crate::case::{Body, Case, CaseNumber, Event};

use super::step;
use crate::cli::{Exit, out::Out, session::Session, text::Text, text::trouble};

/// Answer a case in another one
///
/// Both must be the same person's and ask the same under the same law; the case that arrived later goes
/// into the earlier one, so that the earlier clock counts.
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
    let asks_the_same = ends.number != goes_on.number
        && ends.request == goes_on.request
        && ends.regime == goes_on.regime
        && is_covered(&ends.scope, &goes_on.scope);
    if !asks_the_same || !goes_on.status.is_open() {
        return Err(trouble::NOT_THE_SAME.plain().into());
    }
    if !is_same_person(&ends, &goes_on) {
        let (case, into) = (args.case.to_string(), args.into.to_string());
        return Err(trouble::NOT_THE_SAME_PERSON.with(&[("case", &case), ("into", &into)]).into());
    }
    if ends.received_at < goes_on.received_at {
        let (earlier, later) = (args.case.to_string(), args.into.to_string());
        return Err(trouble::MERGE_BACKWARDS.with(&[("earlier", &earlier), ("later", &later)]).into());
    }
    step(args.case, Event::Merged { into: args.into }, &Body::default(), MERGED, session, out)
}

/// Whether a request that is limited like this is answered with one that is limited like that; no limit is everything.
fn is_covered(scope: &[String], by: &[String]) -> bool {
    by.is_empty() || !scope.is_empty() && scope.iter().all(|one| by.contains(one))
}

/// Whoever was found for both decides; before that, whether the casebook knows both as one.
fn is_same_person(one: &Case, other: &Case) -> bool {
    let found = |case: &Case| case.personal.set.clone().filter(|set| set.persons.values().any(|keys| !keys.is_empty()));
    match found(one).zip(found(other)) {
        Some((one, other)) => one.shares_a_row(&other),
        None => one.subject == other.subject,
    }
}
