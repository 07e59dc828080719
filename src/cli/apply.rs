//! `droit apply`: carries out a plan that was written before, if deriving it again gives the same.

use std::{fs::File, io::BufReader, path::PathBuf};

use crate::{
    apply::{Applying, Planned, apply},
    case::{About, CaseNumber},
    plan::{Claim, read_claim},
    refusal::Refusal,
};

use super::{
    Exit, confirm,
    database::Trusted,
    out::Out,
    planning::{Planning, Sums, scope_of},
    session::Session,
    text::{Text, trouble},
    workspace::cannot_read,
};

/// Carry out a plan
///
/// The file is a claim, never an instruction: the plan is derived again, and if anything it rests on has changed,
/// nothing is written.
///
/// Examples:
///   droit apply plan.jsonl
///   droit apply plan.jsonl --confirm DSR-20261123-0001
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ApplyArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// The case number, where there is no terminal
    #[arg(long, value_name = "CASE")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &ApplyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let path = session.path(&args.plan);
    let opened = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
    let claim = read_claim(BufReader::new(opened))?;
    let case: CaseNumber = match claim.header.command.as_str() {
        "erase" => claim.header.case.parse().map_err(|_| trouble::NOT_FOR_A_CASE.plain())?,
        _ => return Err(trouble::NOT_FOR_A_CASE.plain().into()),
    };
    let mut trusted = session.trusted()?;
    session.lock()?;
    require_unapplied(&claim, session)?;
    let scope = scope_of(&claim.header.scope);
    let planning = Planning::of(case, scope, claim.header.as_of, &mut trusted, session)?;
    out.status(
        Text { en: "{case}: {rows} rows in the plan", zh: "{case}：计划含 {rows} 行" },
        &[("case", &case.to_string()), ("rows", &claim.rows.to_string())],
    );
    confirm::by_typing(&case.to_string(), args.confirm.as_deref(), session, out)?;
    carry_out(case, &planning, &claim.into(), &mut trusted, session, out)
}

/// A plan of another workspace names cases of its own. A plan that was applied is refused as such: its person is found by less than before, which says nothing new.
fn require_unapplied(claim: &Claim, session: &mut Session<'_>) -> anyhow::Result<()> {
    if claim.header.workspace != session.reading()?.workspace() {
        return Err(Refusal::ForeignPlan("workspace").into());
    }
    let Ok(plan) = claim.digest.parse() else { return Ok(()) };
    if session.reading()?.applied(plan)?.is_some() { Err(Refusal::AppliedTwice.into()) } else { Ok(()) }
}

/// Applies what `planned` claims and tells what was done.
pub(super) fn carry_out(
    case: CaseNumber,
    planning: &Planning,
    planned: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let Trusted { map, database } = trusted;
    let erasure = planning.erasure(map, session)?;
    let mut writer = session.database_for_writing()?;
    let (officer, files) = (session.officer()?, session.files()?);
    let mark = session.workspace()?.settings.mark;
    let (clock, mut random) = (session.clock, session.random());
    let mut applying =
        Applying { about: About::Case(case), actor: &officer, clock, files: files.as_ref(), mark, random: &mut random };
    let book = session.casebook()?;
    let applied = apply(&erasure, planned, &mut **database, &mut *writer, book, &mut applying)?;
    let state = if applied.totals.changes() + applied.files == 0 { "nothing_removed" } else { "removed" };
    let mut sums = Sums::of(case, state, &planned.claim.digest, &applied.totals, map);
    sums.files = Some(applied.files);
    out.report(&sums)?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}
