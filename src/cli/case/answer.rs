//! `droit case answer`: what was told to the person, when, over which channel, and the digest of the letter.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use crate::case::{Body, Case, CaseNumber, Decision, Event, Fingerprint, letter::Letter, request::Channel};

use super::{
    claim::Claim,
    letter::{LetterArgs, Sent, Wanted, events, tell, write},
    step, told,
};
use crate::cli::{
    Exit, letter,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, trouble},
    when,
};

/// Record that the request was answered, or its receipt confirmed; write the letter
///
/// With --letter the letter is written to answers/ from a template (droit letters export) and recorded as sent. The
/// record keeps its SHA-256 alone.
///
/// Examples:
///   droit case answer DSR-20261123-0001 --decision FULFILLED --reply letter.html --channel email
///   droit case answer DSR-20261123-0001 --decision UNVERIFIED --interim --remedies --reply ask-again.txt
///   droit case answer DSR-20261123-0001 --acknowledge --channel app
///   droit case answer DSR-20261123-0001 --letter receipt
///   droit case answer DSR-20261123-0001 --letter answer --decision PARTIAL --draft
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct AnswerArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// FULFILLED, PARTIAL, DENIED, `NO_DATA` or UNVERIFIED; for a refused case, DENIED
    #[arg(long, value_name = "DECISION", value_parser = decision)]
    decision: Option<Decision>,

    /// File that was sent
    #[arg(long, value_name = "FILE", required_unless_present_any = ["acknowledge", "letter"])]
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

    /// What was asked was done by hand, beside droit, or looked for there; the record says so
    #[arg(long, conflicts_with = "acknowledge")]
    by_hand: bool,

    /// The part that was erased is all that was asked for; the record says so
    #[arg(long, conflicts_with = "acknowledge")]
    part: bool,

    #[command(flatten)]
    letter: LetterArgs,
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
    args.require_interim_undecided()?;
    session.end_undo_windows(out)?;
    let (zone, now) = (session.zone()?, session.now());
    let sent_at = args.sent.as_deref().map_or(Ok(now), |text| when::read_past(text, &zone, now))?;
    let channel = args.channel;
    if let Some(letter) = args.letter.letter {
        if args.sent.is_some() && !args.letter.draft {
            return Err(trouble::LETTER_OF_NOW.plain().into());
        }
        return by_letter(args, letter, sent_at, session, out);
    }
    let Some(reply) = &args.reply else {
        let event = Event::Acknowledged { sent_at, channel };
        return step(args.case, event, &Body::default(), ACKNOWLEDGED, session, out);
    };
    let case = session.case(args.case)?;
    let decision = args.decision.or(case.refused.as_ref().map(|_| Decision::Denied));
    let decision = decision.ok_or_else(|| trouble::NO_DECISION.plain())?;
    args.claim(decision, &case).require_so(session)?;
    let refused = case.refused;
    let event = Event::Answered {
        decision,
        interim: args.interim && decision == Decision::Unverified,
        sent_at,
        channel,
        reply: letter::digest(reply, session)?,
        remedies_given: args.remedies,
        law: args.law.clone().or(refused.map(|refused| refused.law)),
        by_hand: args.by_hand,
    };
    step(args.case, event, &args.body(), ANSWERED, session, out)
}

/// Writes the letter, and records what sending it means.
fn by_letter(
    args: &AnswerArgs,
    letter: Letter,
    sent_at: Timestamp,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    session.lock()?;
    let case = session.case(args.case)?;
    let decision = args.decides(letter, &case)?;
    let law = args.law.clone().or(case.told_refusal().map(|refused| refused.law.clone()));
    let wanted = Wanted { letter, language: args.letter.letter_lang, plain: args.letter.plain, decision, law };
    let channel = args.channel;
    if !args.letter.draft {
        let told = args.told(letter, decision, &case, sent_at, Fingerprint::new([0; 32]));
        case.require_all_legal(&events(letter, &case, &told))?;
    }
    if let Some(decision) = decision {
        case.require_told_finally(decision)?;
        args.claim(decision, &case).require_so(session)?;
    }
    let Sent { sha256, file } = write(&wanted, &case, session)?;
    if args.letter.draft {
        out.result(&Draft { case: args.case, letter, file, sha256 })?;
        return Ok(Exit::Done);
    }
    tell(&file, out);
    let told_event = match decision {
        Some(_) => args.told(letter, decision, &case, sent_at, sha256),
        None => Event::LetterSent { letter, sent_at, channel, sha256 },
    };
    for event in events(letter, &case, &told_event) {
        session.record(args.case, event, &args.body())?;
    }
    told(args.case, if decision.is_some() { ANSWERED } else { SENT }, session, out)
}

const SENT: Text =
    Text { en: "{case}: letter recorded as sent, due {due}", zh: "{case}：信件已记录为发送，期限 {due}" };

impl AnswerArgs {
    /// Until the requester is identified nothing is decided.
    fn require_interim_undecided(&self) -> anyhow::Result<()> {
        let decided = self.decision.is_some_and(|decision| decision != Decision::Unverified);
        if self.interim && decided {
            return Err(trouble::INTERIM_DECIDES.with(&[("case", &self.case.to_string())]).into());
        }
        Ok(())
    }

    /// What the answer says of the case.
    fn claim<'a>(&'a self, decision: Decision, case: &'a Case) -> Claim<'a> {
        let sent = self.sent.as_deref().filter(|_| self.letter.letter.is_none());
        Claim { case, decision, by_hand: self.by_hand, part: self.part, sent }
    }

    fn body(&self) -> Body {
        let mut body = Body::default();
        if self.part {
            body.facts.insert("asked_for".to_owned(), "part".into());
        }
        body
    }

    /// What the letter decides; letters on the way decide nothing.
    fn decides(&self, letter: Letter, case: &Case) -> anyhow::Result<Option<Decision>> {
        let decided = match letter {
            Letter::Receipt | Letter::Identity | Letter::Extension => return Ok(None),
            Letter::Interim => Decision::Unverified,
            Letter::Refusal => Decision::Denied,
            Letter::Answer => {
                let refused = case.refused.as_ref().map(|_| Decision::Denied);
                self.decision.or(refused).ok_or_else(|| trouble::NO_DECISION.plain())?
            }
        };
        Ok(Some(decided))
    }

    /// The event of the letter. A letter that was written tells the remedies wherever they are due.
    fn told(
        &self,
        letter: Letter,
        decision: Option<Decision>,
        case: &Case,
        sent_at: Timestamp,
        sha256: Fingerprint,
    ) -> Event {
        let channel = self.channel;
        let Some(decision) = decision else { return Event::LetterSent { letter, sent_at, channel, sha256 } };
        Event::Answered {
            decision,
            interim: letter == Letter::Interim,
            sent_at,
            channel,
            reply: sha256,
            remedies_given: decision.requires_remedies(),
            law: self.law.clone().or(case.refused.as_ref().map(|refused| refused.law.clone())),
            by_hand: self.by_hand,
        }
    }
}

/// A letter that was not sent yet.
#[derive(Serialize)]
struct Draft {
    case: CaseNumber,
    letter: Letter,
    file: PathBuf,
    sha256: Fingerprint,
}

impl Render for Draft {
    const SCHEMA: &'static str = "droit.case.draft/1";

    fn render(&self, page: &mut Page) {
        page.say(
            Text { en: "{case}: draft written to {file}", zh: "{case}：草稿已写入 {file}" },
            &[("case", &self.case.to_string()), ("file", &self.file.display().to_string())],
        );
    }
}
