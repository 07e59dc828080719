//! `droit restrict`: marks a person's accounts so that their data is kept and not used, or lifts that again.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use crate::{
    apply::Planned,
    case::{Body, Case, CaseNumber, Event, Request, Restricting, Secret, TableCount, restriction::Restrictions},
    data_map::classified::{Classified, TableId},
    database::Database,
    plan::{Act, Totals},
    planner::Planner as _,
    refusal::Refusal,
    rights::{
        correction::Wish,
        erasure::Scope,
        restriction::{Before, Change, Restriction},
    },
};

use super::{
    Exit, apply, confirm,
    correct::sealed,
    database::Trusted,
    erase::hint_at_review,
    failure::Failure,
    out::{Out, Render},
    page::Page,
    plan_file,
    planning::{Planning, digest_of, require_asked},
    ready,
    session::Session,
    text::{Text, trouble},
    undo,
};

/// Restrict the processing of a person's data, by plan and apply; or lift it
///
/// The flag that the data map names is set on every account of the person; what stood there is kept sealed, and --lift
/// puts it back. Rows that no flag governs are listed as not enforceable, and the command ends with 4.
///
/// Examples:
///   droit restrict DSR-20261123-0001 --confirm DSR-20261123-0001
///   droit restrict DSR-20261123-0001 --lift --plan plan.jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RestrictArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Put back what stood in the flag before it was set
    #[arg(long)]
    lift: bool,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &RestrictArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted_alone()?;
    session.require_plan_file(args.plan.is_some())?;
    let case = session.case(args.case)?;
    require_asked(&case, Request::may_restrict)?;
    ready::require(&mut trusted, session)?;
    let restrictions = restrictions(&case, session)?;
    if args.lift && restrictions.are_left_by(args.case) {
        return let_go(args, &restrictions, &mut trusted, session, out);
    }
    let planning = whose(args, &case, &mut trusted, session)?;
    let change = change(args.case, args.lift, &trusted.map, session)?;
    let stands = if args.lift { restrictions.by().is_empty() } else { is_restricted_by(&case, &restrictions) };
    let (made, stood, outcome) = plan(args, (&change, &restrictions, stands), &planning, &mut trusted, session)?;
    if outcome.accounts == 0 && (stands || args.plan.is_none()) {
        return as_it_stands(&case, &restrictions, outcome, session, out);
    }
    let event = Event::Planned { plan: digest_of(&made)?, tables: outcome.counts(), part: false };
    session.record(args.case, event, &Body { facts: stood, ..Body::default() })?;
    if let Some(file) = &args.plan {
        out.result(&outcome)?;
        hint_at_review(file, out);
        return Ok(outcome.exit());
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&outcome)?;
    }
    undo::decide(args.case, planning.subjects(), &mut trusted, session)?;
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(args.case, &planning, change, &made, &mut trusted, session, out)
}

/// The person; when it is lifted, whoever was captured where none of their flags is there any more: they were erased
/// meanwhile, and nothing is put back for anybody.
fn whose(
    args: &RestrictArgs,
    case: &Case,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Planning> {
    let planning = Planning::of(args.case, Scope::default(), session.now(), trusted, session);
    let Some(captured) = case.personal.set.clone().filter(|_| args.lift && planning.is_err()) else { return planning };
    let gone = Planning::of_set(case, captured, Scope::default(), session.now(), trusted, session)?;
    let mut flags = 0;
    restriction(&gone, Change::Restrict, &trusted.map, session)?.derive(&mut *trusted.database, &mut |_| {
        flags += 1;
        Ok(())
    })?;
    if flags == 0 { Ok(gone) } else { planning }
}

/// Puts on record what is so without a change: the flags are set already, whoever set them, or taken back; or there is
/// none.
fn as_it_stands(
    case: &Case,
    restrictions: &Restrictions,
    outcome: Restricted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let (change, state) = match (outcome.lift, outcome.flagged > 0) {
        (true, _) if !restrictions.by().is_empty() => (Some(Restricting::Lift), "nothing_to_do"),
        // another case has let them go
        (true, _) => (case.restricts().then_some(Restricting::LetGo), "nothing_to_do"),
        (false, true) if is_restricted_by(case, restrictions) => (None, "nothing_to_do"),
        (false, true) => (Some(Restricting::Restrict), "restricted"),
        (false, false) => (Some(Restricting::ByHand), "nothing_to_do"),
    };
    if let Some(change) = change {
        let event = Event::RestrictionAsked { change, plan: None, tables: outcome.not_enforceable.clone() };
        session.record(case.number, event, &Body::default())?;
    }
    let outcome = Restricted { state, ..outcome };
    out.report(&outcome)?;
    out.next(session.case(case.number)?.next_step());
    Ok(if state == "restricted" { outcome.exit() } else { Exit::Look })
}

/// Whether the case restricts its person by now.
fn is_restricted_by(case: &Case, restrictions: &Restrictions) -> bool {
    restrictions.by().contains(&case.number) && case.restricts()
}

/// Ends the restriction of this case alone: others restrict the same person, and the flags stay as they are.
fn let_go(
    args: &RestrictArgs,
    restrictions: &Restrictions,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let others = restrictions.others(args.case);
    if args.plan.is_some() {
        return Err(still_restricted(args.case, &others).into());
    }
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), trusted, session, out)?;
    if restrictions.by().contains(&args.case) || session.case(args.case)?.restricts() {
        let event = Event::RestrictionAsked { change: Restricting::LetGo, plan: None, tables: Vec::new() };
        session.record(args.case, event, &Body::default())?;
    }
    let outcome = Restricted::let_go(args.case, others);
    out.report(&outcome)?;
    out.next(session.case(args.case)?.next_step());
    Ok(Exit::Look)
}

/// Who restricts the person of `case` by now.
pub(super) fn restrictions(case: &Case, session: &mut Session<'_>) -> anyhow::Result<Restrictions> {
    let book = session.reading()?;
    Ok(book.restrictions_of(&book.cases_of_person(case)?)?)
}

/// Refuses to undo a change that set flags while another case restricts the same person.
pub(super) fn require_undoable(case: &Case, intent: i64, session: &mut Session<'_>) -> anyhow::Result<()> {
    let restrictions = restrictions(case, session)?;
    let others = restrictions.others(case.number);
    if restrictions.were_set_by(intent) && !others.is_empty() {
        return Err(still_restricted(case.number, &others).into());
    }
    Ok(())
}

pub(super) fn still_restricted(case: CaseNumber, others: &[CaseNumber]) -> Failure {
    let others: Vec<String> = others.iter().map(ToString::to_string).collect();
    trouble::STILL_RESTRICTED.with(&[("case", &case.to_string()), ("others", &others.join(", "))])
}

/// Derives the plan, and what stands in the flags, sealed. Where all `stands` as the record has it, a plan of no change is
/// none.
fn plan(
    args: &RestrictArgs,
    (change, restrictions, stands): (&Change, &Restrictions, bool),
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, BTreeMap<String, Secret>, Restricted)> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let restriction = restriction(planning, change.clone(), map, session)?;
    let ungoverned = restriction.not_enforceable(database)?;
    let (mut before, mut flagged) = (Vec::new(), 0);
    let derived = restriction.derive(database, &mut |step| {
        flagged += u64::from(step.act == Act::Leave);
        if let (Act::Set { columns, from, .. }, Change::Restrict) = (&step.act, change) {
            let (table, key) = (step.table, step.key.clone());
            before.push(Wish { table, key, column: columns[0], to: from[0].clone() });
        }
        Ok(())
    })?;
    let changes = derived.changes();
    let mut scope = serde_json::json!({ "lift": args.lift });
    if args.lift {
        scope[OF] = listed(restrictions);
    }
    let header = planning.header_of("restrict", scope, map, database.identity()?, session)?;
    let file = args.plan.as_deref().filter(|_| changes > 0 || !stands);
    let (made, totals) = plan_file::write(&restriction, header, database, None, file, session)?;
    let outcome = Restricted::of(args.case, "planned", args.lift, &totals, &ungoverned, map);
    let outcome = Restricted { flagged, ..outcome };
    Ok((made, sealed::seal(&before, map), outcome))
}

fn restriction<'a>(
    planning: &'a Planning,
    change: Change,
    map: &'a Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Restriction<'a>> {
    let basis = planning.basis(map, session)?;
    Ok(Restriction { map, subjects: basis.subjects, change, zone: basis.zone, token: planning.token() })
}

/// What the plan of that scope changes: lifting puts back what the person's own cases remember.
pub(super) fn change(
    case: CaseNumber,
    lift: bool,
    map: &Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Change> {
    if !lift {
        return Ok(Change::Restrict);
    }
    let case = session.case(case)?;
    let mut before = Before::new();
    for (case, plan) in restrictions(&case, session)?.sealed() {
        session.reading()?.events_about(*case, |recorded| {
            if matches!(recorded.event, Event::Planned { plan: made, .. } if made == *plan) {
                let facts = recorded.body.map(|body| body.facts).unwrap_or_default();
                let stood = facts.values().filter_map(|sealed| sealed::unseal(sealed.reveal(), map));
                before.extend(stood.map(|wish| ((wish.table, wish.key), wish.to)));
            }
            Ok(())
        })?;
    }
    Ok(Change::Lift(before))
}

/// Where a plan to lift says which cases restrict.
const OF: &str = "of";

fn listed(restrictions: &Restrictions) -> serde_json::Value {
    restrictions.by().iter().map(ToString::to_string).collect::<Vec<_>>().into()
}

/// Applies what `made` claims and tells what was done.
pub(super) fn carry_out(
    case: CaseNumber,
    planning: &Planning,
    change: Change,
    made: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let lift = matches!(change, Change::Lift(_));
    let restrictions = restrictions(&session.case(case)?, session)?;
    if lift && restrictions.are_left_by(case) {
        return Err(still_restricted(case, &restrictions.others(case)).into());
    }
    // nobody who looked at the plan saw whoever restricts them since
    if lift && made.claim.header.scope.get(OF) != Some(&listed(&restrictions)) {
        return Err(Refusal::StalePlan.into());
    }
    let change_asked = if lift { Restricting::Lift } else { Restricting::Restrict };
    let event = Event::RestrictionAsked { change: change_asked, plan: Some(digest_of(made)?), tables: Vec::new() };
    let Trusted { map, database } = trusted;
    let restriction = restriction(planning, change, map, session)?;
    let applied = apply::carry_out_foretold(case, Some(event), &restriction, made, &mut **database, session)?;
    database.renew()?;
    let ungoverned = restriction.not_enforceable(&mut **database)?;
    let state = if lift { "lifted" } else { "restricted" };
    let outcome = Restricted::of(case, state, lift, &applied.totals, &ungoverned, map);
    out.report(&outcome)?;
    undo::tell(case, session, out)?;
    out.next(session.case(case)?.next_step());
    Ok(outcome.exit())
}

/// What a restriction comes to.
#[derive(Serialize)]
struct Restricted {
    case: CaseNumber,
    /// `planned`, `restricted`, `lifted`, `let_go` or `nothing_to_do`
    state: &'static str,
    lift: bool,
    /// Accounts whose flag changes
    accounts: u64,
    /// Accounts whose flag stands as it is to be
    #[serde(skip)]
    flagged: u64,
    tables: Vec<TableCount>,
    not_enforceable: Vec<TableCount>,
    /// Cases that restrict the same person, where the flags stay for their sake
    others: Vec<CaseNumber>,
}

impl Restricted {
    fn of(
        case: CaseNumber,
        state: &'static str,
        lift: bool,
        totals: &Totals,
        ungoverned: &[(TableId, u64)],
        map: &Classified,
    ) -> Self {
        let count = |table: String, what: &str, rows: u64| TableCount { table, what: what.to_owned(), rows };
        let changed = totals.named(map).filter(|(_, sums)| sums.changed > 0);
        let name = |table: TableId| map.tables[table].name.to_string();
        Self {
            case,
            state,
            lift,
            accounts: totals.changes(),
            flagged: 0,
            others: Vec::new(),
            tables: changed.map(|(table, sums)| count(table, "changed", sums.changed)).collect(),
            not_enforceable: ungoverned
                .iter()
                .map(|(table, rows)| count(name(*table), "not_enforceable", *rows))
                .collect(),
        }
    }

    fn let_go(case: CaseNumber, others: Vec<CaseNumber>) -> Self {
        let (tables, not_enforceable) = (Vec::new(), Vec::new());
        Self { case, state: "let_go", lift: true, accounts: 0, flagged: 0, tables, not_enforceable, others }
    }

    fn counts(&self) -> Vec<TableCount> {
        self.tables.iter().chain(&self.not_enforceable).cloned().collect()
    }

    /// Lifting ends a restriction; what was never restricted needs no look then.
    fn exit(&self) -> Exit {
        if self.lift || self.not_enforceable.is_empty() { Exit::Done } else { Exit::Look }
    }
}

impl Render for Restricted {
    const SCHEMA: &'static str = "droit.restrict/1";

    fn render(&self, page: &mut Page) {
        let said = match (self.state, self.lift) {
            ("planned", false) => {
                Text { en: "{case}: accounts to be restricted: {n}", zh: "{case}：将限制处理的账号：{n}" }
            }
            ("planned", true) => {
                Text { en: "{case}: restrictions to be lifted: {n}", zh: "{case}：将解除限制的账号：{n}" }
            }
            ("restricted", _) => {
                Text { en: "{case}: restricted, accounts: {n}", zh: "{case}：已限制处理，账号 {n} 个" }
            }
            ("lifted", _) => {
                Text { en: "{case}: lifted, accounts: {n}", zh: "{case}：已解除限制，账号 {n} 个" }
            }
            ("let_go", _) => Text {
                en: "{case}: restricts no more; the accounts stay restricted by {others}",
                zh: "{case}：不再限制；账号仍因 {others} 处于限制状态",
            },
            _ => Text { en: "{case}: no flag is to be changed", zh: "{case}：没有需要更改的标记" },
        };
        let others: Vec<String> = self.others.iter().map(ToString::to_string).collect();
        let accounts = if self.state == "restricted" { self.accounts + self.flagged } else { self.accounts };
        let values =
            [("case", &*self.case.to_string()), ("n", &*accounts.to_string()), ("others", &*others.join(", "))];
        page.say(said, &values);
        if self.lift || self.not_enforceable.is_empty() {
            return;
        }
        page.say(
            Text {
                en: "not enforceable in the database, to be seen to by hand:",
                zh: "数据库中无法强制执行，须人工处理：",
            },
            &[],
        );
        for ungoverned in &self.not_enforceable {
            let said = Text { en: "  {table}: {rows}", zh: "  {table}：{rows}" };
            page.say(said, &[("table", &ungoverned.table), ("rows", &ungoverned.rows.to_string())]);
        }
    }
}
