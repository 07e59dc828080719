//! `droit case identify`: how the requester proved who they are, and whom the identifiers lead to.

use crate::case::{Body, CaseNumber, DueDate, Event, Request, age::Band, request::Level};

use super::step;
use crate::cli::{
    Exit,
    identifiers::IdentifierArgs,
    out::Out,
    planning::require_asked,
    session::Session,
    text::{Text, trouble},
    undo::end_of_a_minor,
    when,
};

/// Record that the requester's identity was verified, asked for, or not proven
///
/// Levels: L1 a logged-in session or a bound mailbox or phone; L2 = L1, a one-time password and something only the
/// person knows; L3 = L2 and a match of the real name or notarised papers. A phone alone never proves a history.
///
/// Examples:
///   droit case identify DSR-20261123-0001 --level L2 --by otp+waybill
///   droit case identify DSR-20261123-0001 --level L2 --by papers --age child --without-consent
///   droit case identify DSR-20261123-0001 --asked --level L2
///   droit case identify DSR-20261123-0001 --failed --level L2 --by otp
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct IdentifyArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Level that was reached or is asked for
    #[arg(long, value_name = "LEVEL")]
    level: Level,

    /// How it was verified, in a few words such as otp+waybill; no documents, no numbers
    #[arg(long, value_name = "METHOD", required_unless_present = "asked")]
    by: Option<String>,

    /// How old the person is in the law's eyes: `child`, `youth`, `adult` or `unknown`
    #[arg(long, value_name = "AGE", value_parser = age)]
    age: Option<Band>,

    /// A child's data is held without a guardian's consent: the 72 hours in which it has to go begin (KM72)
    #[arg(long, requires = "age", conflicts_with_all = ["asked", "failed"])]
    without_consent: bool,

    /// The requester was asked to prove who they are
    #[arg(long, conflicts_with_all = ["failed", "by", "age"])]
    asked: bool,

    /// There was reasonable doubt about who asks; without it no GDPR clock pauses
    #[arg(long, requires = "asked")]
    doubt: bool,

    /// The proof failed
    #[arg(long)]
    failed: bool,

    /// When the requester was asked; without it, now
    #[arg(long, value_name = "TIME", requires = "asked")]
    sent: Option<String>,

    #[command(flatten)]
    identifiers: IdentifierArgs,
}

const IDENTIFIED: Text =
    Text { en: "{case}: identity verified, due {due}", zh: "{case}：身份已核验，期限 {due}" };
const ASKED: Text = Text { en: "{case}: identity asked for", zh: "{case}：已请求身份核验" };
const FAILED: Text = Text { en: "{case}: identity not verified", zh: "{case}：身份核验未通过" };

fn age(text: &str) -> Result<Band, String> {
    let found = Band::ALL.into_iter().find(|band| band.word() == text);
    found.ok_or_else(|| "write child, youth, adult or unknown".to_owned())
}

pub(crate) fn run(args: &IdentifyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.asked {
        let (zone, now) = (session.zone()?, session.now());
        let sent_at = args.sent.as_deref().map_or(Ok(now), |text| when::read_past(text, &zone, now))?;
        let event = Event::IdRequested { sent_at, level: args.level, doubt: args.doubt };
        return step(args.case, event, &Body::default(), ASKED, session, out);
    }
    let method = args.by.clone().unwrap_or_default();
    if args.failed {
        let event = Event::IdentityFailed { level: args.level, method };
        return step(args.case, event, &Body::default(), FAILED, session, out);
    }
    let identity = args.identifiers.read(session, out)?;
    let body = session.identity_body(args.case, identity, out)?;
    let identified = |due| Event::Identified { level: args.level, method: method.clone(), age: args.age, due };
    session.case(args.case)?.require_legal(&identified(Vec::new()))?;
    if args.without_consent {
        minor_found(args, session)?;
    }
    let event = identified(due_from_now_on(args.case, session)?);
    let done = step(args.case, event, &body, IDENTIFIED, session, out)?;
    if matches!(args.age, Some(Band::Child | Band::Youth)) {
        end_of_a_minor(args.case, session)?;
    }
    Ok(done)
}

/// A clock of its own, of a case that asks for the data to go (LAW D8). It began when it was found first.
fn minor_found(args: &IdentifyArgs, session: &mut Session<'_>) -> anyhow::Result<()> {
    if !matches!(args.age, Some(Band::Child | Band::Youth)) {
        return Err(trouble::NO_MINOR.plain().into());
    }
    let (case, now) = (session.case(args.case)?, session.now());
    require_asked(&case, Request::asks_for_erasure)?;
    if case.minor_found_at.is_none() {
        session.record(args.case, Event::MinorFound { found_at: now }, &Body::default())?;
    }
    Ok(())
}

/// The clocks as they are once the identity is verified now.
fn due_from_now_on(number: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<Vec<DueDate>> {
    let (case, place) = (session.case(number)?, session.place()?);
    let mut facts = place.facts(&case);
    facts.verified_at = facts.verified_at.or(Some(session.now()));
    Ok(place.due(&facts))
}
