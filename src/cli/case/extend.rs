//! `droit case extend`: takes more time, once, where a law allows it (LAW D10).

use std::path::PathBuf;

use crate::case::{
    Body, CaseNumber, Event,
    deadline::{self, ClockRule, Deadline, Extended, Extension},
};

use super::step;
use crate::cli::{
    Exit, clocks, confirm, failure::Failure, letter, out::Out, session::Session, text::Text, text::trouble, when,
};

/// Take more time, with notice to the person
///
/// The policy's thirty days, the fifteen working days and the complaint clocks are never extended. GB/T 35273 allows up
/// to 30 days more, GDPR two months, CCPA 45 days; the notice must be sent before the clock runs out.
///
/// Example:
///   droit case extend DSR-20261123-0001 --days 15 --reason-file why.txt --yes
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExtendArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Days more, at most 30 (China; elsewhere the law fixes them)
    #[arg(long, value_name = "DAYS", default_value_t = Extension::MOST_DAYS)]
    days: u16,

    /// When the notice was sent; without it, now
    #[arg(long, value_name = "TIME")]
    notice: Option<String>,

    /// File with the reason that the person was told
    #[arg(long, value_name = "FILE")]
    reason_file: PathBuf,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

const SURE: Text = Text { en: "Extend {case} until {until}?", zh: "将 {case} 延期至 {until}？" };
const EXTENDED: Text = Text { en: "{case}: extended, due {due}", zh: "{case}：已延期，期限 {due}" };

pub(crate) fn run(args: &ExtendArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (place, now) = (session.place()?, session.now());
    let notice_at = args.notice.as_deref().map_or(Ok(now), |text| when::read_past(text, &place.zone, now))?;
    let mut facts = place.facts(&session.case(args.case)?);
    let extension = Extension { notice_at, days: args.days };
    deadline::check_extension(&facts, extension, &place.calendars)?;
    facts.extension = Some(extension);
    let clocks = deadline::deadlines(&facts, &place.calendars);
    let (clock, until) = extended(&clocks)?;

    let values = [("case", &*args.case.to_string()), ("until", &until.to_string())];
    confirm::by_yes(SURE, &values, args.yes, session, out)?;
    let body = Body { text: letter::secret(Some(&args.reason_file), session)?, ..Body::default() };
    let days = if clock == ClockRule::Kgb { args.days } else { 0 };
    let event = Event::Extended { clock, days, notice_at, due: clocks::due_dates(&clocks) };
    step(args.case, event, &body, EXTENDED, session, out)
}

fn extended(clocks: &[Deadline]) -> Result<(ClockRule, jiff::civil::Date), Failure> {
    let found = clocks.iter().find(|clock| matches!(clock.extended, Extended::Yes | Extended::RolledOnly));
    found.map(|clock| (clock.rule, clock.due_nominal)).ok_or_else(|| trouble::NOTHING_EXTENDED.plain())
}
