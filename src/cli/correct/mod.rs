//! `droit correct`: puts a person's data right, by plan and apply; what must not change is refused with the reason, or
//! annotated.

mod former;
pub(super) mod sealed;
mod values;
mod view;

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    apply::Planned,
    case::{Body, CaseNumber, Event, Evidence, Request, Secret, TableCount},
    data_map::classified::Classified,
    database::Database,
    error::Error,
    plan::{Totals, Unfit},
    planner::Planner as _,
    refusal::Refusal,
    rights::{
        correction::{Asked, Correction, Ready, Resolving, Wish},
        erasure::Scope,
    },
};

use super::{
    Exit, apply, confirm,
    database::Trusted,
    letter,
    out::Out,
    plan_file,
    planning::{Planning, remember, require_asked},
    ready, recapture,
    session::Session,
    text::{Text, trouble},
    undo,
};

pub(super) use sealed::{wished, wishes_of};
use values::ValueArgs;
use view::{Corrected, FieldView, Fields};

/// Correct fields of the person a case is about, by plan and apply
///
/// Each new value is checked: of its kind, unique, within the database's constraints. Copies follow or stay as the data
/// map says. A mobile number, a real name or an identity number needs identity level L3; a number also does with
/// one-time passwords to both. What must not change is refused with the reason, or annotated with --annotate.
///
/// Examples:
///   droit correct DSR-20261123-0001 --list
///   droit correct DSR-20261123-0001 --values new.txt --evidence document
///   droit correct DSR-20261123-0001 --values - --evidence records --plan plan.jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CorrectArgs {
    /// The case
    #[arg(value_name = "CASE")]
    case: CaseNumber,

    /// List the fields that may be corrected, masked, with the keys of their rows
    #[arg(long, conflicts_with_all = ["values", "set", "evidence", "annotate", "plan", "confirm"])]
    list: bool,

    #[command(flatten)]
    given: ValueArgs,

    /// What was shown that the new values are right: `id_document`, `official_document`, `otp_both`, `otp_new`,
    /// `document`, `records` or `statement`
    #[arg(long, value_name = "EVIDENCE", required_unless_present = "list")]
    evidence: Option<Evidence>,

    /// Annotate what must not be changed instead of refusing; FILE holds the words
    #[arg(long, value_name = "FILE")]
    annotate: Option<PathBuf>,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// The case number again, where there is no terminal
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &CorrectArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let Some(evidence) = args.evidence else { return list(args.case, session, out) };
    session.lock()?;
    require_asked(&session.case(args.case)?, Request::asks_for_correction)?;
    let asked = args.given.require(session, out)?;
    let words = letter::secret(args.annotate.as_deref(), session)?;
    let mut trusted = session.trusted()?;
    ready::require(&mut trusted, session)?;
    if args.annotate.is_some() && words.is_none() {
        return Err(trouble::NO_REASON.plain().into());
    }
    let planning = Planning::of(args.case, Scope::default(), session.now(), &mut trusted, session)?;
    let resolved = resolve(args.case, evidence, &asked, words.is_some(), &planning, &mut trusted, session)?;
    if let Some(first) = resolved.refused.first().cloned() {
        out.result(&Corrected::of(args.case, "refused", resolved.fields))?;
        return Err(first.into());
    }
    if !resolved.wishes.is_empty() {
        session.require_plan_file(args.plan.is_some())?;
    }
    if let Some(words) = words.filter(|_| !resolved.annotated.is_empty()) {
        annotate(args.case, evidence, &resolved.annotated, words, session)?;
    }
    if resolved.wishes.is_empty() {
        out.report(&Corrected::of(args.case, "annotated", resolved.fields))?;
        return Ok(Exit::Done);
    }
    let planned = plan(args, evidence, &resolved, &planning, &mut trusted, session)?;
    if let Some(file) = &args.plan {
        out.result(&Corrected::of(args.case, "planned", resolved.fields).by(&planned.claim))?;
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
        out.report(&Corrected::of(args.case, "planned", resolved.fields).by(&planned.claim))?;
    }
    undo::decide(args.case, planning.subjects(), &mut trusted, session)?;
    confirm::of_change(&args.case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(args.case, &planning, &resolved.wishes, &planned, &mut trusted, session, out)
}

/// What became of the fields that were asked for.
struct Resolved {
    wishes: Vec<Wish>,
    fields: Vec<FieldView>,
    /// Old and new value of each, masked
    changes: BTreeMap<String, Secret>,
    /// What is annotated instead, and the value that was asked for
    annotated: BTreeMap<String, Secret>,
    refused: Vec<Refusal>,
}

fn resolve(
    case: CaseNumber,
    evidence: Evidence,
    asked: &[Asked],
    annotating: bool,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Resolved> {
    let level = session.case(case)?.level;
    let Trusted { map, database } = trusted;
    let resolving = Resolving { basis: planning.basis(map, session)?, level, evidence };
    let mut resolved = Resolved {
        wishes: Vec::new(),
        fields: Vec::new(),
        changes: BTreeMap::new(),
        annotated: BTreeMap::new(),
        refused: Vec::new(),
    };
    for one in asked {
        match resolving.resolve(one, &mut **database) {
            Ok(ready) => resolved.take(one, ready)?,
            Err(Error::Refused(Refusal::Unfit { because, .. })) if annotating && because.may_be_annotated() => {
                resolved.annotate(one, because);
            }
            Err(Error::Refused(refusal @ Refusal::Unfit { because, .. })) => {
                resolved.fields.push(FieldView::without_value(one, "refused", because));
                resolved.refused.push(refusal);
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(resolved)
}

impl Resolved {
    fn take(&mut self, asked: &Asked, ready: Ready) -> anyhow::Result<()> {
        let same = |known: &Wish| {
            ready.wishes.iter().any(|w| (w.table, &w.key, w.column) == (known.table, &known.key, known.column))
        };
        if self.wishes.iter().any(same) {
            return Err(trouble::FIELD_TWICE.with(&[("field", &asked.place())]).into());
        }
        self.changes.insert(values::name_of(asked), Secret::from(format!("{} → {}", ready.old, ready.new)));
        self.fields.push(FieldView::of(asked, &ready));
        self.wishes.extend(ready.wishes);
        Ok(())
    }

    fn annotate(&mut self, asked: &Asked, because: Unfit) {
        let wanted = asked.to.clone().unwrap_or_else(|| Secret::from(""));
        self.annotated.insert(values::name_of(asked), wanted);
        self.fields.push(FieldView::without_value(asked, "annotated", because));
    }
}

fn annotate(
    case: CaseNumber,
    evidence: Evidence,
    annotated: &BTreeMap<String, Secret>,
    words: Secret,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let fields = annotated.keys().map(|name| values::without_row(name)).collect();
    let body = Body { text: Some(words), facts: annotated.clone(), ..Body::default() };
    session.record(case, Event::Annotated { fields, evidence }, &body)?;
    Ok(())
}

/// Tries the plan, seals the new values, writes the plan and puts it on record with the values masked.
fn plan(
    args: &CorrectArgs,
    evidence: Evidence,
    resolved: &Resolved,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Planned> {
    let Trusted { map, database } = trusted;
    let database: &mut dyn Database = &mut **database;
    let correction = correction(planning, &resolved.wishes, map, session)?;
    correction.derive(database, &mut |_| Ok(()))?;
    let fields: Vec<String> = resolved.changes.keys().map(|name| values::without_row(name)).collect();
    let mut body = Body { facts: sealed::seal(&resolved.wishes, map), ..Body::default() };
    sealed::seal_before(&resolved.wishes, map, database, &session.reading()?.tagging()?, &mut body)?;
    for set in planning.subjects() {
        remember(&mut body, set, map, database, session)?;
    }
    let asked = session.record(args.case, Event::CorrectionAsked { fields: fields.clone(), evidence }, &body)?;
    let scope = serde_json::json!({ "asked": asked.number, "fields": fields });
    let header = planning.header_of("correct", scope, map, database.identity()?, session)?;
    let (planned, totals) = plan_file::write(&correction, header, database, None, args.plan.as_deref(), session)?;
    let event = Event::Planned {
        plan: planned.claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?,
        tables: counts(&totals, map),
        part: false,
    };
    session.record(args.case, event, &Body { facts: resolved.changes.clone(), ..Body::default() })?;
    Ok(planned)
}

fn counts(totals: &Totals, map: &Classified) -> Vec<TableCount> {
    let count = |(table, sums): (String, &crate::plan::TableTotals)| TableCount {
        table,
        what: "changed".to_owned(),
        rows: sums.changed,
    };
    totals.named(map).map(count).filter(|count| count.rows > 0).collect()
}

fn correction<'a>(
    planning: &'a Planning,
    wishes: &'a [Wish],
    map: &'a Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Correction<'a>> {
    Ok(Correction { basis: planning.basis(map, session)?, wishes, token: planning.token() })
}

/// Applies the correction that `claim` claims and tells what was done.
pub(super) fn carry_out(
    case: CaseNumber,
    planning: &Planning,
    wishes: &[Wish],
    planned: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let Trusted { map, database } = trusted;
    let correction = correction(planning, wishes, map, session)?;
    let applied = apply::carry_out(case, &correction, planned, &mut **database, session)?;
    let corrected = Corrected::of(case, "corrected", Vec::new()).by(&planned.claim).with(&applied.totals, map);
    recapture::of_case(case, trusted, session)?;
    if let (Some(before), Some(after)) = (planning.subjects().first(), session.case(case)?.personal.set) {
        recapture::of_others(case, before, trusted, session)?;
        former::tell(before, &after, trusted, session, out)?;
    }
    out.report(&corrected)?;
    undo::tell(case, session, out)?;
    out.next(session.case(case)?.next_step());
    Ok(Exit::Done)
}

/// The fields of the person that may be corrected.
fn list(case: CaseNumber, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let trusted = &mut session.trusted()?;
    let planning = Planning::of(case, Scope::default(), session.now(), trusted, session)?;
    let level = session.case(case)?.level;
    let Trusted { map, database } = trusted;
    let resolving = Resolving { basis: planning.basis(map, session)?, level, evidence: Evidence::Statement };
    let mut fields = Vec::new();
    resolving.list(&mut **database, &mut |listed| fields.push(FieldView::listed(listed)))?;
    out.result(&Fields(fields))?;
    Ok(Exit::Done)
}
