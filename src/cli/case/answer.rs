//! `droit case answer`: what was told to the person, when, over which channel, and the digest of the letter.

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::case::{
    Body, Case, CaseNumber, Decision, Event, Fingerprint, IllegalMove, Proof, RequestType, letter::Letter,
    request::Channel,
};

use super::{
    letter::{LetterArgs, Sent, Wanted, events, tell, write},
    nothing_held, step, told,
};
use crate::cli::{
    Exit, letter,
    out::{Out, Render},
    page::Page,
    ready, restrict,
    session::Session,
    text::Text,
    text::trouble,
    undo::undoable_of,
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
    args.require_whole(decision, &case)?;
    args.require_after_what_was_done(decision, &case, &zone, session)?;
    if !args.by_hand {
        case.require_true(decision)?;
    }
    args.require_nothing_held(decision, &case, session)?;
    args.require_no_backup(decision, &case, session)?;
    args.require_restricted(decision, &case, session)?;
    args.require_nothing_kept(decision, &case, session)?;
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
    }
    if let (Some(decision), false, false) = (decision, letter == Letter::Interim, args.by_hand) {
        case.require_true(decision)?;
        args.require_whole(decision, &case)?;
        args.require_nothing_held(decision, &case, session)?;
        args.require_no_backup(decision, &case, session)?;
        args.require_restricted(decision, &case, session)?;
        args.require_nothing_kept(decision, &case, session)?;
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

    /// Whoever asked for everything is not told that it was done when a part was.
    fn require_whole(&self, decision: Decision, case: &Case) -> anyhow::Result<()> {
        if decision != Decision::Fulfilled || self.by_hand || self.part || !case.is_done_in_part() {
            return Ok(());
        }
        Err(trouble::ONLY_A_PART.with(&[("case", &case.number.to_string())]).into())
    }

    /// Whoever is told that nothing is held is looked for, whatever was found before.
    fn require_nothing_held(&self, decision: Decision, case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
        let tells = decision == Decision::NoData && !self.by_hand;
        if tells { nothing_held::require(case, session) } else { Ok(()) }
    }

    /// Nobody is told that their data is restricted whom another case let go since, nor that it is not whom another one
    /// restricts.
    fn require_restricted(&self, decision: Decision, case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
        let says = decision == Decision::Fulfilled || decision == Decision::Partial && case.restricts();
        if !says || self.by_hand || case.request.action() != Some(RequestType::Restrict) {
            return Ok(());
        }
        let restrictions = restrict::restrictions(case, session)?;
        let by = restrictions.by();
        let is_so = if case.has_lifted() { by.is_empty() } else { by.contains(&case.number) };
        if is_so { Ok(()) } else { Err(IllegalMove::NothingDone.into()) }
    }

    /// Nobody is told that their rows were changed or are gone while a restored backup holds what they were before. Where
    /// the database cannot be looked at, the record alone tells.
    fn require_no_backup(&self, decision: Decision, case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
        let tells = matches!(decision, Decision::Fulfilled | Decision::Partial) && !self.by_hand;
        if !tells || !case.changed_something() {
            return Ok(());
        }
        session.trusted().map_or(Ok(()), |mut trusted| ready::require_no_backup(&mut trusted, session))
    }

    /// Nobody is told that something is gone which another case of theirs keeps, so that it may come back.
    fn require_nothing_kept(&self, decision: Decision, case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
        let tells = matches!(decision, Decision::Fulfilled | Decision::Partial) && !self.by_hand;
        if tells && (case.proof != Proof::NotNeeded || !case.stopped.is_empty()) {
            for other in undoable_of(case, session)? {
                session.case(other)?.require_final()?;
            }
        }
        Ok(())
    }

    /// What is handed over or told as done was there when the answer was sent: the identity verified, the package made,
    /// the rows removed. A time to the minute, or a day alone, counts as its end.
    fn require_after_what_was_done(
        &self,
        decision: Decision,
        case: &Case,
        zone: &TimeZone,
        session: &mut Session<'_>,
    ) -> anyhow::Result<()> {
        let tells = matches!(decision, Decision::Fulfilled | Decision::Partial) && !self.by_hand;
        let Some(sent) = self.sent.as_deref().filter(|_| tells) else { return Ok(()) };
        let end = when::end(sent, zone)?;
        let mut done = case.verified_at;
        session.reading()?.events_about(case.number, |recorded| {
            let does = matches!(
                recorded.event,
                Event::Exported { .. }
                    | Event::Removed { .. }
                    | Event::RemovedTogether { .. }
                    | Event::StopAsked { .. }
                    | Event::RestrictionAsked { .. }
            );
            done = done.max(does.then_some(recorded.at));
            Ok(())
        })?;
        match done.filter(|done| *done > end) {
            Some(done) => Err(IllegalMove::SentBeforeDone(done).into()),
            None => Ok(()),
        }
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
