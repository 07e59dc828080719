//! `droit unsubscribe`: no more messages for a person, by channel and topic; and a look at who came back.

mod check;
mod suppress;

use std::{collections::BTreeSet, path::PathBuf};

use serde::Serialize;

use crate::{
    apply::Planned,
    case::{Body, CaseNumber, Event, Request, TableCount},
    data_map::classified::Classified,
    database::Database,
    plan::Totals,
    rights::{
        erasure::Scope,
        stopping::Messages,
        unsubscription::{Unsubscription, require_known},
    },
};

use super::{
    Exit, apply, confirm,
    database::Trusted,
    erase::hint_at_review,
    out::{Out, Render},
    page::Page,
    plan_file,
    planning::{Planning, digest_of, require_asked},
    ready,
    session::Session,
    text::{Text, trouble},
    undo,
};

/// Stop messages to a person, by plan and apply; nothing is removed
///
/// The rows that the data map names as subscriptions are ended, and stay: a later import meets the refusal. Without
/// --channel and --topic all messages stop. The person is put on the record's own list of who must not be written to,
/// by keyed tags; --check lists whoever of them gets messages again, and ends with 4.
///
/// Examples:
///   droit unsubscribe DSR-20261123-0001 --confirm DSR-20261123-0001
///   droit unsubscribe DSR-20261123-0001 --channel mail --topic promotion --plan plan.jsonl
///   droit unsubscribe --check
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct UnsubscribeArgs {
    /// The case
    #[arg(value_name = "CASE", required_unless_present = "check")]
    case: Option<CaseNumber>,

    /// Only messages over this channel, as the data calls it; may be repeated
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,

    /// Only messages about this topic, as the data calls it; may be repeated
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,

    /// List who refused messages and gets them again; changes nothing
    #[arg(long, conflicts_with_all = ["case", "channel", "topic", "plan", "confirm"])]
    check: bool,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &UnsubscribeArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = if args.case.is_some() { session.trusted_alone()? } else { session.trusted()? };
    require_mapped(&trusted.map)?;
    let Some(number) = args.case else { return check::run(&mut trusted, session, out) };
    session.require_plan_file(args.plan.is_some())?;
    session.warn_of_waivers(out);
    let case = session.case(number)?;
    require_asked(&case, Request::refuses_messages)?;
    undo::require_nothing_held(&case, session)?;
    ready::require(&mut trusted, session)?;
    let words = |words: &[String]| -> BTreeSet<String> { words.iter().cloned().collect() };
    let messages = Messages { channels: words(&args.channel), topics: words(&args.topic) };
    let planning = Planning::again(number, Scope::default(), session.now(), &mut trusted, session)?;
    require_known(&trusted.map, &messages, &mut *trusted.database)?;
    let (made, totals) = plan(args, number, &messages, &planning, &mut trusted, session)?;
    let outcome = Unsubscribed::of(number, "planned", &messages, &made, &totals, &trusted.map);
    if let Some(file) = &args.plan {
        record_plan(number, &made, &outcome, session)?;
        out.result(&outcome)?;
        hint_at_review(file, out);
        return Ok(Exit::Done);
    }
    if totals.changes() == 0 {
        let stopped = suppress::suppress(number, &messages, &planning, None, session)?;
        session.record(number, stopped, &Body::default())?;
        out.report(&Unsubscribed { state: "nothing_to_do", ..outcome })?;
        out.next(session.case(number)?.next_step());
        return Ok(Exit::Look);
    }
    record_plan(number, &made, &outcome, session)?;
    if session.can_ask() && args.confirm.is_none() {
        out.report(&outcome)?;
    }
    confirm::of_change(&number.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(number, &messages, &planning, &made, &mut trusted, session, out)
}

/// Refuses a map that does not say where subscriptions are.
fn require_mapped(map: &Classified) -> anyhow::Result<()> {
    if map.subscriptions.is_empty() { Err(trouble::NO_SUBSCRIPTIONS.plain().into()) } else { Ok(()) }
}

/// The messages that a plan's header names.
pub(super) fn messages_of(json: &serde_json::Value) -> Messages {
    let words = |name: &str| -> BTreeSet<String> {
        let listed = json.get(name).and_then(serde_json::Value::as_array);
        listed.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    Messages { channels: words("channels"), topics: words("topics") }
}

/// Derives the plan.
fn plan(
    args: &UnsubscribeArgs,
    case: CaseNumber,
    messages: &Messages,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, Totals)> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let unsubscription = unsubscription(case, messages, planning, map, session)?;
    let scope = serde_json::to_value(messages)?;
    let header = planning.header_of("unsubscribe", scope, map, database.identity()?, session)?;
    plan_file::write(&unsubscription, header, database, None, args.plan.as_deref(), session)
}

fn record_plan(
    case: CaseNumber,
    made: &Planned,
    outcome: &Unsubscribed,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let plan = digest_of(made)?;
    let event = Event::Planned { plan, tables: outcome.tables.clone(), part: false };
    session.record(case, event, &Body::default())?;
    Ok(())
}

fn unsubscription<'a>(
    case: CaseNumber,
    messages: &'a Messages,
    planning: &'a Planning,
    map: &'a Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Unsubscription<'a>> {
    let instant = planning.instant(&session.case(case)?, session)?;
    Ok(Unsubscription { map, subjects: planning.subjects(), messages, instant, token: planning.token() })
}

/// Applies what `made` claims and tells what was done. The person is put on the list first: if anything comes between,
/// they are on it and get messages still, which `--check` tells.
pub(super) fn carry_out(
    case: CaseNumber,
    messages: &Messages,
    planning: &Planning,
    made: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    require_mapped(&trusted.map)?;
    let asked = suppress::suppress(case, messages, planning, Some(made), session)?;
    let Trusted { map, database } = trusted;
    let unsubscription = unsubscription(case, messages, planning, map, session)?;
    let applied = apply::carry_out_foretold(case, Some(asked), &unsubscription, made, &mut **database, session)?;
    out.report(&Unsubscribed::of(case, "unsubscribed", messages, made, &applied.totals, map))?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}

/// What a refusal of messages comes to.
#[derive(Serialize)]
struct Unsubscribed {
    case: CaseNumber,
    /// `planned`, `unsubscribed` or `nothing_to_do`
    state: &'static str,
    plan: String,
    /// As CHANNEL/TOPIC, * for all
    messages: Vec<String>,
    /// Subscriptions that are ended
    ended: u64,
    /// Subscriptions that may be somebody else's, and are left
    undecided: u64,
    tables: Vec<TableCount>,
}

/// As it stands on record and in letters.
fn said(messages: &Messages) -> Vec<String> {
    messages.pairs().into_iter().map(|(channel, topic)| format!("{channel}/{topic}")).collect()
}

impl Unsubscribed {
    fn of(
        case: CaseNumber,
        state: &'static str,
        messages: &Messages,
        made: &Planned,
        totals: &Totals,
        map: &Classified,
    ) -> Self {
        let changed = totals.named(map).filter(|(_, sums)| sums.changed > 0);
        let tables = changed.map(|(table, sums)| TableCount { table, what: "changed".to_owned(), rows: sums.changed });
        Self {
            case,
            state,
            plan: made.claim.digest.clone(),
            messages: said(messages),
            ended: totals.changes(),
            undecided: totals.kept_under("undecided"),
            tables: tables.collect(),
        }
    }
}

impl Render for Unsubscribed {
    const SCHEMA: &'static str = "droit.unsubscribe/1";

    fn render(&self, page: &mut Page) {
        let said = match self.state {
            "planned" => Text {
                en: "{case}: subscriptions to be ended: {ended} ({messages})",
                zh: "{case}：将退订 {ended} 项（{messages}）",
            },
            "unsubscribed" => Text {
                en: "{case}: unsubscribed, subscriptions ended: {ended} ({messages})",
                zh: "{case}：已退订 {ended} 项（{messages}）",
            },
            _ => Text {
                en: "{case}: nothing to do: no such messages go to this person ({messages})",
                zh: "{case}：无须办理：此人没有此类订阅（{messages}）",
            },
        };
        let (case, ended, messages) = (self.case.to_string(), self.ended.to_string(), self.messages.join(", "));
        page.say(said, &[("case", &case), ("ended", &ended), ("messages", &messages)]);
        if self.undecided > 0 {
            let said = Text {
                en: "left, because they may be somebody else's: {rows}",
                zh: "可能属于他人，未作更改：{rows}",
            };
            page.say(said, &[("rows", &self.undecided.to_string())]);
        }
        for count in &self.tables {
            let said = Text { en: "  {table}: {rows}", zh: "  {table}：{rows}" };
            page.say(said, &[("table", &count.table), ("rows", &count.rows.to_string())]);
        }
    }
}
