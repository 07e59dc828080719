//! `droit case answer`: what was told to the person, when, over which channel, and the digest of the letter.

use std::path::PathBuf;

use crate::case::{Body, CaseNumber, Decision, Event, request::Channel};

use super::step;
use crate::cli::{Exit, letter, out::Out, session::Session, text::Text, text::trouble, when};

/// Record that the request was answered, or its receipt confirmed
///
/// The letter itself is not kept: its SHA-256 is.
///
/// Examples:
///   droit case answer DSR-20261123-0001 --decision FULFILLED --reply letter.html --channel email
///   droit case answer DSR-20261123-0001 --decision UNVERIFIED --interim --remedies --reply ask-again.txt
///   droit case answer DSR-20261123-0001 --acknowledge --channel app
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AnswerArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// FULFILLED, PARTIAL, DENIED, `NO_DATA` or UNVERIFIED; for a refused case, DENIED
    #[arg(long, value_name = "DECISION", value_parser = decision)]
    decision: Option<Decision>,

    /// File that was sent
    #[arg(long, value_name = "FILE", required_unless_present = "acknowledge")]
    reply: Option<PathBuf>,

    /// How it was sent
    #[arg(long, value_name = "CHANNEL", default_value = "email")]
    channel: Channel,

    /// When it was sent; without it, now
    #[arg(long, value_name = "TIME")]
    sent: Option<String>,

    /// The reply tells the person what they can do against it
    #[arg(long)]
    remedies: bool,

    /// Law that the reply cites
    #[arg(long, value_name = "LAW")]
    law: Option<String>,

    /// The reply only bridges the time until the requester is identified
    #[arg(long)]
    interim: bool,

    /// Only the receipt of the request was confirmed
    #[arg(long, conflicts_with_all = ["decision", "reply", "remedies", "law", "interim"])]
    acknowledge: bool,
}

const ANSWERED: Text = Text { en: "{case}: answered", zh: "{case}：已答复" };
const ACKNOWLEDGED: Text =
    Text { en: "{case}: receipt confirmed, due {due}", zh: "{case}：已确认收到，期限 {due}" };

fn decision(text: &str) -> Result<Decision, String> {
    let word = text.to_ascii_uppercase().replace('-', "_");
    match serde_json::from_value(word.into()) {
        Ok(decision) if !matches!(decision, Decision::Withdrawn | Decision::Merged) => Ok(decision),
        _ => Err("write FULFILLED, PARTIAL, DENIED, NO_DATA or UNVERIFIED".to_owned()),
    }
}

pub(crate) fn run(args: &AnswerArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (zone, now) = (session.zone()?, session.now());
    let sent_at = args.sent.as_deref().map_or(Ok(now), |text| when::read_past(text, &zone, now))?;
    let channel = args.channel;
    let Some(reply) = &args.reply else {
        let event = Event::Acknowledged { sent_at, channel };
        return step(args.case, event, &Body::default(), ACKNOWLEDGED, session, out);
    };
    let refused = session.case(args.case)?.refused;
    let decision = args.decision.or(refused.as_ref().map(|_| Decision::Denied));
    let event = Event::Answered {
        decision: decision.ok_or_else(|| trouble::NO_DECISION.plain())?,
        interim: args.interim,
        sent_at,
        channel,
        reply: letter::digest(reply, session)?,
        remedies_given: args.remedies,
        law: args.law.clone().or(refused.map(|refused| refused.law)),
    };
    step(args.case, event, &Body::default(), ANSWERED, session, out)
}
