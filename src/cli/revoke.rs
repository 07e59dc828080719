//! `droit revoke`: ends a person's consent to scopes and removes what is held on it alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::Serialize;

use crate::{
    apply::Planned,
    case::{About, Body, Case, CaseNumber, Event, Request, Status, TableCount},
    data_map::classified::Classified,
    database::Database,
    plan::Totals,
    rights::{
        erasure::Scope,
        revocation::{Revocation, Unaffected},
    },
};

use super::{
    Exit, apply, confirm,
    database::Trusted,
    erase::hint_at_review,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    plan_file,
    planning::{Planning, digest_of, require_asked},
    ready,
    session::Session,
    sums::{Kept, Sums},
    text::{Text, trouble},
    undo,
};

/// Withdraw a person's consent, by plan and apply: stop, and remove what is held on it alone
///
/// The rows that the data map names as consents are ended as of the day on which the request arrived. What is held on
/// the withdrawn consent and on nothing else goes, as an erasure decides it; what is held on a contract, on a law or on
/// another consent that is still given stays, and is listed. Without --scope the scopes of the case itself are taken.
///
/// Examples:
///   droit revoke DSR-20261123-0001 --scope geo --plan plan.jsonl
///   droit revoke DSR-20261123-0001 --scope geo --scope contacts --confirm DSR-20261123-0001
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RevokeArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// The scope of the consent, as the data map calls it; may be repeated
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &RevokeArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted_alone()?;
    session.require_plan_file(args.plan.is_some())?;
    session.warn_of_waivers(out);
    let case = session.case(args.case)?;
    require_asked(&case, Request::withdraws_consent)?;
    ready::require(&mut trusted, session)?;
    let asked = if args.scope.is_empty() { &case.scope } else { &args.scope };
    let scope = require_scopes(asked.iter().cloned().collect(), &trusted.map)?;
    let planning = Planning::again(args.case, scope, session.now(), &mut trusted, session)?;
    let (made, totals, outcome) = plan(args, &planning, &mut trusted, session)?;
    let kept_before = totals.kept.is_empty() || !case.actions.is_empty();
    if totals.changes() == 0 && kept_before {
        session.record(args.case, stop_asked(&planning, None)?, &Body::default())?;
        out.report(&Revoked { state: "nothing_to_do", ..outcome })?;
        out.next(session.case(args.case)?.next_step());
        return Ok(Exit::Look);
    }
    let event = Event::Planned { plan: digest_of(&made)?, tables: outcome.tables.clone(), part: true };
    session.record(args.case, event, &planning.asked()?)?;
    if let Some(file) = &args.plan {
        out.result(&outcome)?;
        hint_at_review(file, out);
        return Ok(Exit::Done);
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&outcome)?;
    }
    undo::decide(args.case, planning.subjects(), &mut trusted, session)?;
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(args.case, &planning, &made, &mut trusted, session, out)
}

/// The scopes as a plan's header names them; a plan is a claim, so they are looked at again.
pub(super) fn require_scopes(consents: BTreeSet<String>, map: &Classified) -> anyhow::Result<Scope> {
    if map.consents.is_empty() {
        return Err(trouble::NO_CONSENTS.plain().into());
    }
    let known = map.consent_scopes();
    let list = known.iter().copied().collect::<Vec<_>>().join(", ");
    if consents.is_empty() {
        return Err(trouble::NO_SCOPE.with(&[("known", &list)]).into());
    }
    if consents.iter().any(|scope| !known.contains(scope.as_str())) {
        return Err(trouble::UNKNOWN_SCOPE.with(&[("known", &list)]).into());
    }
    Ok(Scope { consents, ..Scope::default() })
}

/// Derives the plan.
fn plan(
    args: &RevokeArgs,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, Totals, Revoked)> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let revocation = revocation(args.case, planning, map, session)?;
    let unaffected = revocation.unaffected(database)?;
    let scope = serde_json::to_value(planning.scope())?;
    let header = planning.header_of("revoke", scope, map, database.identity()?, session)?;
    let files = session.files()?;
    let (made, totals) =
        plan_file::write(&revocation, header, database, files.as_ref(), args.plan.as_deref(), session)?;
    let outcome = Revoked::of(args.case, "planned", planning.scope(), &made, &totals, &unaffected, map);
    Ok((made, totals, outcome))
}

fn revocation<'a>(
    case: CaseNumber,
    planning: &'a Planning,
    map: &'a Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Revocation<'a>> {
    let instant = planning.instant(&session.case(case)?, session)?;
    Ok(Revocation { erasure: planning.erasure(map, session)?, instant })
}

/// What stops with this plan, or has stopped before.
fn stop_asked(planning: &Planning, made: Option<&Planned>) -> anyhow::Result<Event> {
    let consents = planning.scope().consents.iter().cloned().collect();
    Ok(Event::StopAsked { consents, messages: Vec::new(), plan: made.map(digest_of).transpose()? })
}

/// Refuses to undo a change that ended consents which other cases of the person found ended by it, and withdraw as well.
pub(super) fn require_undoable(case: &Case, intent: i64, session: &mut Session<'_>) -> anyhow::Result<()> {
    let book = session.reading()?;
    let (mut asked, mut by, mut done) = (BTreeMap::new(), None, i64::MAX);
    book.events_about(case.number, |recorded| {
        match recorded.event {
            Event::StopAsked { consents, plan: Some(plan), .. } => drop(asked.insert(plan, consents)),
            Event::IntentOpened { intent: opened, plan, .. } if opened == intent => by = Some(plan),
            Event::Removed { intent: removed, .. } if removed == intent => done = recorded.number,
            _ => {}
        }
        Ok(())
    })?;
    let ended = by.and_then(|plan| asked.remove(&plan)).unwrap_or_default();
    let mut others = Vec::new();
    for other in book.cases_of_person(case)? {
        let goes_on = !matches!(other.status, Status::Withdrawn | Status::Merged);
        let mut relies = false;
        book.events_about(other.number, |recorded| {
            if let Event::StopAsked { consents, plan: None, .. } = recorded.event {
                relies |= recorded.number > done && consents.iter().any(|scope| ended.contains(scope));
            }
            Ok(())
        })?;
        if relies && goes_on && other.number != case.number {
            others.push(other.number.to_string());
        }
    }
    let Some(other) = others.first() else { return Ok(()) };
    Err(trouble::STILL_WITHDRAWN.with(&[("others", &others.join(", ")), ("other", other)]).into())
}

/// Applies what `made` claims and tells what was done.
pub(super) fn carry_out(
    case: CaseNumber,
    planning: &Planning,
    made: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let asked = Some(stop_asked(planning, Some(made))?);
    let Trusted { map, database } = trusted;
    let revocation = revocation(case, planning, map, session)?;
    let unaffected = revocation.unaffected(&mut **database)?;
    let applied = apply::carry_out_foretold(case, asked, &revocation, made, &mut **database, session)?;
    database.renew()?;
    let outcome = Revoked::of(case, "withdrawn", planning.scope(), made, &applied.totals, &unaffected, map);
    out.report(&Revoked { files: applied.files, ..outcome })?;
    undo::tell(case, session, out)?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}

/// What a withdrawal comes to.
#[derive(Serialize)]
struct Revoked {
    case: CaseNumber,
    /// `planned`, `withdrawn` or `nothing_to_do`
    state: &'static str,
    plan: String,
    scopes: Vec<String>,
    /// Rows that say that the person agreed, and are ended
    ended: u64,
    deleted: u64,
    anonymized: u64,
    kept: u64,
    unlinked: u64,
    files: u64,
    tables: Vec<TableCount>,
    reasons: Vec<Kept>,
    unaffected: Vec<Other>,
    #[serde(skip)]
    sums: Sums,
}

/// What is held on another basis.
#[derive(Serialize)]
struct Other {
    table: String,
    basis: String,
    /// The consents, where that is the basis
    scope: Option<String>,
    rows: u64,
}

impl Revoked {
    fn of(
        case: CaseNumber,
        state: &'static str,
        scope: &Scope,
        made: &Planned,
        totals: &Totals,
        unaffected: &[Unaffected],
        map: &Classified,
    ) -> Self {
        let plan = made.claim.digest.clone();
        let all = totals.all();
        let other = |one: &Unaffected| Other {
            table: map.tables[one.table].name.to_string(),
            basis: map.tables[one.table].basis.clone().unwrap_or_default(),
            scope: map.tables[one.table].scope.clone(),
            rows: one.rows,
        };
        let sums = Sums::of(About::Case(case), state, &plan, totals, map);
        let changed = totals.named(map).filter(|(_, sums)| sums.changed > 0);
        let changed = changed.map(|(table, sums)| TableCount { table, what: "changed".to_owned(), rows: sums.changed });
        Self {
            case,
            state,
            scopes: scope.consents.iter().cloned().collect(),
            ended: all.changed,
            deleted: all.deleted,
            anonymized: all.overwritten,
            kept: totals.kept.values().sum(),
            unlinked: all.unlinked,
            files: 0,
            tables: changed.chain(sums.counts()).collect(),
            reasons: Kept::all(totals, map),
            unaffected: unaffected.iter().map(other).collect(),
            plan,
            sums,
        }
    }
}

impl Render for Revoked {
    const SCHEMA: &'static str = "droit.revoke/1";

    fn render(&self, page: &mut Page) {
        let said = match self.state {
            "planned" => Text {
                en: "{case}: withdraw {scopes}: end {ended} consents; delete {deleted} rows, anonymize {anonymized}, keep {kept}",
                zh: "{case}：撤回 {scopes}：终止同意 {ended} 项；删除 {deleted} 行，匿名化 {anonymized}，保留 {kept}",
            },
            "withdrawn" => Text {
                en: "{case}: withdrawn: {scopes}; {ended} consents ended, {deleted} rows deleted, {anonymized} anonymized, {kept} kept; {files} files removed",
                zh: "{case}：已撤回：{scopes}；终止同意 {ended} 项，删除 {deleted} 行，匿名化 {anonymized}，保留 {kept}；移除文件 {files} 个",
            },
            _ => Text {
                en: "{case}: nothing to do: {scopes} is withdrawn already and nothing is held on it alone",
                zh: "{case}：无须办理：{scopes} 已撤回，且没有仅据此持有的数据",
            },
        };
        page.say(
            said,
            &[
                ("case", &self.case.to_string()),
                ("scopes", &self.scopes.join(", ")),
                ("ended", &self.ended.to_string()),
                ("deleted", &self.deleted.to_string()),
                ("anonymized", &self.anonymized.to_string()),
                ("kept", &self.kept.to_string()),
                ("files", &self.files.to_string()),
            ],
        );
        if let Some(grid) = self.grid().filter(|grid| !grid.is_empty()) {
            page.blank();
            page.grid(&grid);
        }
        self.sums.say_reasons(page);
        if !self.unaffected.is_empty() {
            page.blank();
            page.say(
                Text {
                    en: "held on another basis, and not affected:", zh: "基于其他依据持有，不受影响："
                },
                &[],
            );
            let mut by_basis: BTreeMap<&str, (u64, Vec<&str>)> = BTreeMap::new();
            for other in &self.unaffected {
                let entry = by_basis.entry(&other.basis).or_default();
                entry.0 += other.rows;
                entry.1.push(&other.table);
            }
            for (basis, (rows, tables)) in by_basis {
                let said =
                    Text { en: "  {basis}: {rows} rows in {tables}", zh: "  {basis}：{rows} 行，见 {tables}" };
                page.say(said, &[("basis", basis), ("rows", &rows.to_string()), ("tables", &tables.join(", "))]);
            }
        }
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("what", "what", "处理"),
            Column::whole("rows", "rows", "行数"),
        ]);
        for count in self.tables.iter().filter(|count| count.what != "kept") {
            grid.push([count.table.clone(), count.what.clone(), count.rows.to_string()]);
        }
        Some(grid)
    }
}
