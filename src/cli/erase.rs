//! `droit erase`: plans the erasure a case asks for; applies it after confirmation, or writes the plan for `droit apply`.

use std::path::{Path, PathBuf};

use crate::{
    apply::Planned,
    case::{About, CaseNumber, Event, Request},
    database::Database,
    plan::Totals,
    rights::erasure::Scope,
};

use super::{
    Exit, apply,
    bar::Watch,
    case_list, confirm, copies,
    database::Trusted,
    erase_cases,
    out::Out,
    part::{Part, require_no_less},
    plan_file,
    planning::{Planning, require_asked},
    ready,
    removals::searching,
    session::Session,
    sums::Sums,
    text::{Text, trouble},
    undo,
};

/// Erase what a case asks for, by plan and apply
///
/// Every row is listed with what will happen to it and why. At a terminal the case number is typed to confirm; with
/// --plan the plan is written instead, for review and `droit apply`. What the law keeps is kept, and restricted.
///
/// Examples:
///   droit erase DSR-20261123-0001 --plan plan.jsonl
///   droit erase DSR-20261123-0001
///   droit erase DSR-20261123-0001 --category location --confirm DSR-20261123-0001
///   droit erase --cases monday.txt --plan monday.jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct EraseArgs {
    /// The case
    #[arg(value_name = "CASE", required_unless_present = "cases")]
    case: Option<CaseNumber>,

    /// Erase what all cases ask for that FILE lists, one a line: one plan, one confirmation; what is refused is set
    /// aside
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    cases: Option<PathBuf>,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Only this category of data; may be repeated
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,

    /// Only this column, as TABLE.COLUMN, and the columns that copy it, such as its history; may be repeated
    #[arg(long, value_name = "TABLE.COLUMN")]
    column: Vec<String>,

    /// Only what is held on the person in this role; may be repeated
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,

    /// Erase everything although the request was limited to a part when it came
    #[arg(long, conflicts_with_all = ["category", "column", "role", "cases"])]
    whole: bool,

    /// Search other people's texts for the person in every table, also where the map does not say how or names an index;
    /// each such table is read as a whole
    #[arg(long, conflicts_with_all = ["category", "column", "role"])]
    mentions: bool,

    /// The case number again, where there is no terminal; with --cases the number of people in the plan
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &EraseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted_alone()?;
    session.require_plan_file(args.plan.is_some())?;
    session.warn_of_waivers(out);
    let part = Part { categories: &args.category, columns: &args.column, roles: &args.role };
    let scope = Scope { mentions: args.mentions, ..part.within(&trusted.map)? };
    ready::require(&mut trusted, session)?;
    let mut watch = Watch::begin(session);
    let Some(case) = args.case else {
        let listed = case_list::read(args.cases.as_deref(), session)?;
        let plan_file = args.plan.as_deref();
        let scope = searching(scope, &listed, session)?;
        let batch = erase_cases::Batch { listed, scope, plan_file, confirm: args.confirm.as_deref() };
        return batch.run(&mut trusted, &mut watch, session, out);
    };
    let found = session.case(case)?;
    require_asked(&found, Request::asks_for_erasure)?;
    require_no_less(&found, &scope, args.whole)?;
    let scope = searching(scope, &[case], session)?;
    if args.plan.is_none() {
        copies::require_delivered(case, session)?;
    }
    let planning = Planning::again(case, scope, session.now(), &mut trusted, session)?;
    let (planned, totals) = plan(args.plan.as_deref(), &planning, &mut trusted, &mut watch, session, out)?;
    let sums = Sums::of(About::Case(case), "planned", &planned.claim.digest, &totals, &trusted.map);
    let sums = sums.searching(&planning.erasure(&trusted.map, session)?);
    let event = Event::Planned {
        plan: planned.claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?,
        tables: sums.counts(),
        part: !planning.scope().is_whole(),
    };
    let asked = planning.asked_of_person(&mut trusted, session)?;
    session.record(case, event, &asked)?;
    if let Some(file) = &args.plan {
        out.result(&sums)?;
        watch.end(&case.to_string(), session, out);
        hint_at_review(file, out);
        return Ok(Exit::Done);
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&sums)?;
    }
    undo::decide(case, planning.subjects(), &mut trusted, session)?;
    confirm::of_change(&case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    let apply = apply::CarryOut { about: About::Case(case), planned: &planned, changes: Some(sums.changes()) };
    let sums = apply.run(&planning, &mut trusted, &mut watch, session, out)?;
    out.report(&sums)?;
    watch.end(&case.to_string(), session, out);
    undo::tell(case, session, out)?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}

/// Names what comes after a plan was written.
pub(super) fn hint_at_review(file: &Path, out: &mut Out<'_>) {
    out.hint(
        Text { en: "review {file}, then: droit apply {file}", zh: "请审阅 {file}，然后：droit apply {file}" },
        &[("file", &file.display().to_string())],
    );
}

/// Derives the plan, to the file that was asked for or to nowhere.
pub(super) fn plan(
    file: Option<&Path>,
    planning: &Planning,
    trusted: &mut Trusted,
    watch: &mut Watch,
    session: &mut Session<'_>,
    screen: &mut Out<'_>,
) -> anyhow::Result<(Planned, Totals)> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let header = planning.header(map, database.identity()?, session)?;
    let erasure = planning.erasure(map, session)?;
    let files = session.files()?;
    watch.reading(database, screen, |database| {
        plan_file::write(&erasure, header, database, files.as_ref(), file, session)
    })
}
