//! `droit apply`: carries out a plan that was written before, if deriving it again gives the same.

use std::{fs::File, io::BufReader, path::PathBuf};

use crate::{
    apply::{Agreed, Applied, Applying, Planned, apply},
    case::{About, CaseNumber, Event, Request},
    casebook::Casebook,
    database::{Database, WritableDatabase},
    error::Error,
    plan::{Claim, read_claim},
    planner::Planner,
    refusal::Refusal,
};

use super::{
    Exit, anonymize,
    bar::Watch,
    confirm, copies, correct,
    database::Trusted,
    erase_cases,
    out::Out,
    planning::{Planning, require_asked, scope_of},
    ready, restrict, revoke,
    session::Session,
    sums::Sums,
    text::{Text, trouble},
    undo, unsubscribe,
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

    /// The case number, where there is no terminal; for a plan of several cases the number of people in it
    #[arg(long, value_name = "CASE")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &ApplyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let path = session.path(&args.plan);
    let opened = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
    let claim = read_claim(BufReader::new(opened))?;
    let about: About = claim.header.case.parse().map_err(|_| trouble::NOT_FOR_A_CASE.plain())?;
    let mut trusted = session.trusted_alone()?;
    require_unapplied(&claim, session)?;
    require_agreed(&claim, about, session)?;
    session.require_same_waivers(&claim.header.scope)?;
    session.warn_of_waivers(out);
    if let ("undo", About::Case(case)) = (claim.header.command.as_str(), about) {
        return undo::apply(case, args.confirm.as_deref(), claim, &mut trusted, session, out);
    }
    if matches!(about, About::Case(_)) {
        ready::require(&mut trusted, session)?;
    }
    let (planning, word) = planned_for(about, &claim, &mut trusted, session)?;
    out.status(
        Text { en: "{case}: {rows} rows in the plan", zh: "{case}：计划含 {rows} 行" },
        &[("case", &about.to_string()), ("rows", &claim.rows.to_string())],
    );
    let (confirmed, command) = (args.confirm.as_deref(), claim.header.command.clone());
    if planning.anonymizes() != (command == "anonymize") {
        return Err(Refusal::EditedPlan.into());
    }
    if let (true, About::Case(case)) = (command != "unsubscribe", about) {
        undo::decide(case, planning.subjects(), &mut trusted, session)?;
    }
    match (command.as_str(), about) {
        ("erase" | "anonymize", About::Run(_)) => {
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            let people = word.parse().unwrap_or_default();
            together(about, people, &claim.into(), &planning, &mut trusted, session, out)
        }
        ("erase", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::asks_for_erasure)?;
            copies::require_delivered(case, session)?;
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            let mut watch = Watch::begin(session);
            let carry_out = CarryOut { about, planned: &claim.into(), changes: None };
            let sums = carry_out.run(&planning, &mut trusted, &mut watch, session, out)?;
            out.report(&sums)?;
            watch.end(&about.to_string(), session, out);
            undo::tell(case, session, out)?;
            out.next(session.case(case)?.next_step());
            Ok(Exit::Done)
        }
        ("anonymize", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::asks_for_erasure)?;
            copies::require_delivered(case, session)?;
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            anonymize::carry_out(case, &planning, &claim.into(), &mut trusted, session, out)
        }
        ("correct", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::asks_for_correction)?;
            let wishes = correct::wished(case, &claim, session)?;
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            correct::carry_out(case, &planning, &wishes, &claim.into(), &mut trusted, session, out)
        }
        ("restrict", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::may_restrict)?;
            let lift = claim.header.scope.get("lift").and_then(serde_json::Value::as_bool).unwrap_or(false);
            let change = restrict::change(case, lift, &trusted.map, session)?;
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            restrict::carry_out(case, &planning, change, &claim.into(), &mut trusted, session, out)
        }
        ("revoke", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::withdraws_consent)?;
            revoke::require_scopes(planning.scope().consents.clone(), &trusted.map)?;
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            revoke::carry_out(case, &planning, &claim.into(), &mut trusted, session, out)
        }
        ("unsubscribe", About::Case(case)) => {
            require_asked(&session.case(case)?, Request::refuses_messages)?;
            let messages = unsubscribe::messages_of(&claim.header.scope);
            confirm::of_change(&word, confirmed, &mut trusted, session, out)?;
            unsubscribe::carry_out(case, &messages, &planning, &claim.into(), &mut trusted, session, out)
        }
        _ => Err(trouble::NOT_FOR_A_CASE.plain().into()),
    }
}

/// What the plan rests on now, and the word by which it is confirmed.
fn planned_for(
    about: About,
    claim: &Claim,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planning, String)> {
    let (scope, as_of) = (scope_of(&claim.header.scope), claim.header.as_of);
    match about {
        About::Case(case) => {
            let again = ["erase", "anonymize", "revoke", "unsubscribe"].contains(&claim.header.command.as_str());
            let plan = if again { Planning::again } else { Planning::of };
            Ok((plan(case, scope, as_of, trusted, session)?, case.to_string()))
        }
        About::Run(run) => {
            let members = erase_cases::members_of(claim, run, trusted, session)?;
            let planning = Planning::together(about, members, scope, as_of, trusted, session)?;
            let people = planning.people().to_string();
            Ok((planning, people))
        }
        About::Workspace | About::Hold(_) => Err(trouble::NOT_FOR_A_CASE.plain().into()),
    }
}

/// Carries out what is planned for so many people together.
fn together(
    about: About,
    people: usize,
    planned: &Planned,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let mut watch = Watch::begin(session);
    let sums = CarryOut { about, planned, changes: None }.run(planning, trusted, &mut watch, session, out)?;
    let exit = if planning.anonymizes() {
        let done = erase_cases::Planned::anonymized(sums, people);
        done.report(out)?;
        done.exit()
    } else {
        out.report(&sums)?;
        Exit::Done
    };
    watch.end(&about.to_string(), session, out);
    Ok(exit)
}

/// A plan of another workspace names cases of its own. A plan that was applied is refused as such: its person is found by less than before, which says nothing new.
fn require_unapplied(claim: &Claim, session: &mut Session<'_>) -> anyhow::Result<()> {
    if claim.header.workspace != session.reading()?.workspace() {
        return Err(Refusal::ForeignPlan("workspace").into());
    }
    let Ok(plan) = claim.digest.parse() else { return Ok(()) };
    if session.reading()?.applied(plan)?.is_some() { Err(Refusal::AppliedTwice.into()) } else { Ok(()) }
}

/// Where a second person has to agree, nobody is asked to confirm what nobody agreed to. Looked at again by what applies.
fn require_agreed(claim: &Claim, about: About, session: &mut Session<'_>) -> anyhow::Result<()> {
    let Some(signers) = session.two_persons()? else { return Ok(()) };
    let now = session.now();
    Ok(Agreed::on_record(claim, about, session.reading()?, &signers, now)?.require_two()?)
}

/// An erasure that is carried out.
pub(super) struct CarryOut<'c> {
    pub(super) about: About,
    pub(super) planned: &'c Planned,
    /// How many rows change, where that is known
    pub(super) changes: Option<u64>,
}

impl CarryOut<'_> {
    /// Applies what is claimed; returns the sums of what was done.
    pub(super) fn run(
        &self,
        planning: &Planning,
        trusted: &mut Trusted,
        watch: &mut Watch,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Sums> {
        let Trusted { map, database } = trusted;
        let erasure = planning.erasure(map, session)?;
        let applied = with_writer(self.about, &mut **database, session, |reader, writer, book, applying| {
            watch.changing((reader, writer), self.changes, out, |reader, writer| {
                apply(&erasure, self.planned, reader, writer, book, applying)
            })
        })?;
        let state = if applied.totals.changes() + applied.files == 0 { "nothing_removed" } else { "removed" };
        let mut sums = Sums::of(self.about, state, &self.planned.claim.digest, &applied.totals, map);
        sums.files = Some(applied.files);
        Ok(sums.searching(&erasure))
    }
}

/// Applies what `made` claims and `planner` derives.
pub(super) fn carry_out(
    case: CaseNumber,
    planner: &dyn Planner,
    made: &Planned,
    database: &mut dyn Database,
    session: &mut Session<'_>,
) -> anyhow::Result<Applied> {
    carry_out_foretold(case, None, planner, made, database, session)
}

/// The same, with what its intent is recorded together with.
pub(super) fn carry_out_foretold(
    case: CaseNumber,
    foretold: Option<Event>,
    planner: &dyn Planner,
    made: &Planned,
    database: &mut dyn Database,
    session: &mut Session<'_>,
) -> anyhow::Result<Applied> {
    with_writer(About::Case(case), database, session, |reader, writer, book, applying| {
        applying.foretold = foretold;
        apply(planner, made, reader, writer, book, applying)
    })
}

/// Opens what applying needs.
fn with_writer(
    about: About,
    reader: &mut dyn Database,
    session: &mut Session<'_>,
    work: impl FnOnce(
        &mut dyn Database,
        &mut dyn WritableDatabase,
        &mut Casebook,
        &mut Applying<'_>,
    ) -> Result<Applied, Error>,
) -> anyhow::Result<Applied> {
    let mut writer = session.database_for_writing()?;
    let (officer, files) = (session.officer()?, session.files()?);
    let mark = session.workspace()?.settings.mark;
    let _announced = session.announce_first_mark(&mut *writer)?;
    let signers = session.two_persons()?;
    let (clock, mut random) = (session.clock, session.random());
    let mut applying = Applying {
        about,
        actor: &officer,
        clock,
        files: files.as_ref(),
        mark,
        random: &mut random,
        two_persons: signers.as_ref(),
        undo: session.keeps.of(about),
        foretold: None,
    };
    let book = session.casebook()?;
    Ok(work(reader, &mut *writer, book, &mut applying)?)
}
