//! `droit erase`: plans the erasure a case asks for; applies it after confirmation, or writes the plan for `droit apply`.

use std::path::PathBuf;

use crate::{
    apply::Planned,
    case::{Body, CaseNumber, Event},
    database::Database,
    rights::erasure::Scope,
};

use super::{
    Exit, apply, confirm,
    database::Trusted,
    out::Out,
    plan_file,
    planning::{Planning, Sums},
    session::Session,
    text::{Text, trouble},
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
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct EraseArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Only this category of data; may be repeated
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,

    /// Only this column, as TABLE.COLUMN; may be repeated
    #[arg(long, value_name = "TABLE.COLUMN")]
    column: Vec<String>,

    /// Only what is held on the person in this role; may be repeated
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &EraseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    session.lock()?;
    let scope = Scope {
        categories: args.category.iter().cloned().collect(),
        columns: args.column.iter().cloned().collect(),
        roles: args.role.iter().cloned().collect(),
    };
    let planning = Planning::of(args.case, scope, session.now(), &mut trusted, session)?;
    let (planned, sums) = plan(args, &planning, &mut trusted, session)?;
    let event = Event::Planned {
        plan: planned.claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?,
        tables: sums.counts(),
    };
    // what part was asked for: what is kept of it is decided again when its time comes
    let mut body = Body::default();
    if planning.scope() != &Scope::default() {
        body.facts.insert("scope".to_owned(), serde_json::to_string(planning.scope())?.as_str().into());
    }
    session.record(args.case, event, &body)?;
    if let Some(file) = &args.plan {
        out.result(&sums)?;
        let file = file.display().to_string();
        out.hint(
            Text {
                en: "review {file}, then: droit apply {file}", zh: "请审阅 {file}，然后：droit apply {file}"
            },
            &[("file", &file)],
        );
        return Ok(Exit::Done);
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&sums)?;
    }
    confirm::by_typing(&args.case.to_string(), args.confirm.as_deref(), session, out)?;
    apply::erase(args.case, &planning, &planned, &mut trusted, session, out)
}

/// Derives the plan, to the file that was asked for or to nowhere.
fn plan(
    args: &EraseArgs,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, Sums)> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let header = planning.header(map, database.identity()?, session)?;
    let erasure = planning.erasure(map, session)?;
    let (planned, totals) = plan_file::write(&erasure, header, database, args.plan.as_deref(), session)?;
    let sums = Sums::of(args.case, "planned", &planned.claim.digest, &totals, map);
    Ok((planned, sums))
}
