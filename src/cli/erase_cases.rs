//! `droit erase --cases FILE` and `droit anonymize --cases FILE`: what several cases ask for, in one plan, one search, one change and one confirmation.
//! What cannot go like that is set aside by its number and code, and taken up by itself.

use std::path::Path;

use serde::Serialize;

use crate::{
    apply::WHOSE,
    case::{About, Body, Case, CaseNumber, Event, PurgeDuty, RequestType, RunNumber, Status},
    plan::{Claim, Decision, Hold, Totals},
    refusal::Refusal,
    rights::erasure::{Scope, Shares},
};

use super::{
    Exit,
    anonymize_cases::Together,
    apply,
    bar::Watch,
    case_list::{self, SetAside},
    confirm,
    copies::Copies,
    database::Trusted,
    erase,
    out::{Out, Render},
    page::Page,
    part::require_no_less,
    planning::{Member, Planning, remember},
    session::Session,
    sums::{Sums, WrittenOver},
    text::{Text, trouble},
    trace, undo,
};
use crate::progress::{Doing, Progress};

/// What was asked for.
pub(super) struct Batch<'a> {
    pub(super) listed: Vec<CaseNumber>,
    pub(super) scope: Scope,
    pub(super) plan_file: Option<&'a Path>,
    pub(super) confirm: Option<&'a str>,
}

/// Codes of rows that are held back for now: the whole case is set aside, so that somebody looks at it.
const HELD_BACK: [&str; 2] = ["HOLD", "LIVE"];

/// So many cases are one change at most: all that is known of their rows is in memory until each is decided, and the
/// application waits while they go.
const CHANGED_AT_ONCE: usize = 1000;

/// So many people are searched for by the same statements.
const SEARCHED_AT_ONCE: usize = 200;

impl Batch<'_> {
    pub(super) fn run(
        self,
        trusted: &mut Trusted,
        watch: &mut Watch,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Exit> {
        if self.listed.len() > CHANGED_AT_ONCE {
            let (listed, most) = (self.listed.len().to_string(), CHANGED_AT_ONCE.to_string());
            return Err(trouble::TOO_MANY_CASES.with(&[("listed", &listed), ("most", &most)]).into());
        }
        let as_of = session.now();
        let (members, mut set_aside) = self.gather(trusted, watch, session, out)?;
        let (members, shares) = self.without_held_back(members, &mut set_aside, trusted, watch, session, out)?;
        set_aside.sort_by_key(|aside| aside.case);
        let Some(shares) = shares else {
            let anonymizes = self.scope.anonymize;
            let nobody = Planned { sums: None, people: 0, cases: Vec::new(), set_aside, anonymizes };
            nobody.result(out)?;
            return Ok(nobody.exit());
        };
        let run = start(as_of, trusted, session)?;
        let about = About::Run(run);
        let planning = Planning::together(about, members, self.scope.clone(), as_of, trusted, session)?;
        let planning = planning.telling(&shares);
        let (made, totals) = match erase::plan(self.plan_file, &planning, trusted, watch, session, out) {
            Ok(planned) => planned,
            Err(error) => return Err(ended(run, session, error)),
        };
        let sums = Sums::of(about, "planned", &made.claim.digest, &totals, &trusted.map);
        let sums = sums.searching(&planning.erasure(&trusted.map, session)?);
        let changes = Some(sums.changes());
        let cases = record(run, &made.claim, &planning, &shares, trusted, session)?;
        let people = planning.people();
        let planned = Planned { sums: Some(sums), people, cases, set_aside, anonymizes: self.scope.anonymize };
        if let Some(file) = self.plan_file {
            planned.result(out)?;
            watch.end(&run.to_string(), session, out);
            erase::hint_at_review(file, out);
            return Ok(planned.exit());
        }
        if session.can_ask() && self.confirm.is_none() {
            planned.report(out)?;
        }
        if let Err(error) = confirm::of_change(&people.to_string(), self.confirm, trusted, session, out) {
            return Err(ended(run, session, error));
        }
        let carry_out = apply::CarryOut { about, planned: &made, changes };
        match carry_out.run(&planning, trusted, watch, session, out) {
            Ok(sums) => {
                let done = Planned { sums: Some(sums), ..planned };
                done.report(out)?;
                watch.end(&run.to_string(), session, out);
                Ok(done.exit())
            }
            Err(error) => Err(ended(run, session, error)),
        }
    }

    /// The people of all cases, but for those whose case says no.
    fn gather(
        &self,
        trusted: &mut Trusted,
        watch: &mut Watch,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<(Vec<Member>, Vec<SetAside>)> {
        let all = self.listed.len() as u64;
        let (mut members, mut set_aside) = (Vec::new(), Vec::new());
        let mut aside = |case: CaseNumber, error: anyhow::Error| {
            let code = trace::failure(&error).code();
            if code == trouble::INTERRUPTED.code {
                return Err(error);
            }
            set_aside.push(SetAside { case, code });
            Ok(())
        };
        let mut held = Vec::new();
        let copies = Copies::due(session)?;
        for (before, listed) in (0..).step_by(SEARCHED_AT_ONCE).zip(self.listed.chunks(SEARCHED_AT_ONCE)) {
            session.go_on()?;
            watch.tell(Progress::part(Doing::Cases, before, all), out);
            let mut cases = Vec::new();
            for &case in listed {
                match eligible(case, &self.scope, &copies, session) {
                    Ok(case) => cases.push(case),
                    Err(error) => aside(case, error)?,
                }
            }
            for (case, member) in Member::of_all(&cases, trusted, session)? {
                match member {
                    Ok(member) => match member.held.and_then(|hold| Decision::Hold(hold).code()) {
                        Some(code) => held.push(SetAside { case, code }),
                        None => members.push(member),
                    },
                    Err(error) => aside(case, error)?,
                }
            }
        }
        set_aside.extend(held);
        watch.tell(Progress::part(Doing::Cases, all, all), out);
        Ok((members, set_aside))
    }

    /// Sets aside whoever has rows that are held back, until nobody has; returns what happens to each of the others.
    fn without_held_back(
        &self,
        mut members: Vec<Member>,
        set_aside: &mut Vec<SetAside>,
        trusted: &mut Trusted,
        watch: &mut Watch,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<(Vec<Member>, Option<Shares>)> {
        loop {
            if members.is_empty() {
                return Ok((members, None));
            }
            let scope = self.scope.clone();
            let planning = Planning::together(About::Workspace, members, scope, session.now(), trusted, session)?;
            let Trusted { map, database } = &mut *trusted;
            let erasure = planning.erasure(map, session)?;
            let shares = watch.reading(&mut **database, out, |database| erasure.shares(database))?;
            let code = |totals: Totals| HELD_BACK.into_iter().find(|code| totals.kept_under(code) > 0);
            let codes: Vec<Option<&'static str>> = shares.iter().map(code).collect();
            members = planning.into_members();
            if codes.iter().all(Option::is_none) {
                return Ok((members, Some(shares)));
            }
            let mut codes = codes.into_iter();
            members.retain(|member| match codes.next().flatten() {
                Some(code) => {
                    set_aside.push(SetAside { case: member.case, code });
                    false
                }
                None => true,
            });
        }
    }
}

/// Begins the run.
fn start(as_of: jiff::Timestamp, trusted: &Trusted, session: &mut Session<'_>) -> anyhow::Result<RunNumber> {
    let day = as_of.to_zoned_datetime(session.zone()?).date();
    let rules = trusted.map.map_fingerprint.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
    let (officer, now) = (session.officer()?, session.now());
    let event = Event::RunStarted { duty: PurgeDuty::Cases, as_of, rules, plan: None, after: None, carried: None };
    Ok(session.casebook()?.start_run(now, &officer, day, event)?.0)
}

/// A case that can go with others: an erasure, verified, not done before.
fn eligible(case: CaseNumber, scope: &Scope, copies: &Copies, session: &mut Session<'_>) -> anyhow::Result<Case> {
    let found = session.case(case)?;
    let number = case.to_string();
    if !matches!(found.request.action(), Some(RequestType::Delete | RequestType::CancelAccount)) {
        return Err(trouble::NOT_AN_ERASURE.with(&[("case", &number)]).into());
    }
    let removed = matches!(found.status, Status::Postcheck | Status::Replied | Status::Closed);
    if removed && !found.actions.is_empty() {
        return Err(trouble::ALREADY_REMOVED.with(&[("case", &number)]).into());
    }
    require_no_less(&found, scope, false)?;
    copies.require_delivered(&found, session)?;
    undo::require_nothing_held(&found, session)?;
    found.require_identified()?;
    found.status.require_move(Status::Assessed).map_err(crate::case::IllegalMove::from)?;
    Ok(found)
}

/// The people of a plan's cases as they are now; refused when anything about any of them has changed.
pub(super) fn members_of(
    claim: &Claim,
    run: RunNumber,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<Member>> {
    // one from before plans for several said whose every row is
    if claim.header.scope.get(WHOSE).is_none() {
        return Err(Refusal::StalePlan.into());
    }
    let (mut members, copies) = (Vec::new(), Copies::due(session)?);
    for case in super::planning::cases_of(&claim.header.scope)? {
        let case = session.case(case)?;
        let member = Member::of(&case, trusted, session)?;
        let planned = case.plan.is_some_and(|plan| plan.to_string() == claim.digest)
            && case.together.as_ref().is_some_and(|together| together.run == run)
            && case.status == Status::Assessed;
        if !planned {
            return Err(Refusal::StalePlan.into());
        }
        match member.held {
            Some(Hold::Open) => return Err(Refusal::HoldAdded.into()),
            Some(Hold::Secret) => return Err(Refusal::StalePlan.into()),
            None => {}
        }
        copies.require_delivered(&case, session)?;
        undo::require_nothing_held(&case, session)?;
        members.push(member);
    }
    if members.is_empty() { Err(Refusal::EditedPlan.into()) } else { Ok(members) }
}

/// Puts on record, for each case, what the plan does to its person.
fn record(
    run: RunNumber,
    claim: &Claim,
    planning: &Planning,
    shares: &Shares,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<Share>> {
    let plan = claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
    let (asked, part) = (planning.asked()?, !planning.scope().is_whole());
    let mut cases = Vec::new();
    for ((case, set), totals) in planning.members().zip(shares.iter()) {
        let sums = Sums::of(About::Case(case), "planned", &claim.digest, &totals, &trusted.map);
        let event = Event::PlannedTogether { run, plan, tables: sums.counts(), kept: sums.kept_rows(), part };
        let mut body = asked.clone();
        remember(&mut body, set, &trusted.map, &mut *trusted.database, session)?;
        session.record(case, event, &body)?;
        let written_over = sums.written_over();
        let Sums { located, deleted, anonymized, kept, .. } = sums;
        cases.push(Share { case, located, deleted, anonymized, kept, written_over });
    }
    Ok(cases)
}

/// A run that came to nothing is over, unless something has to be recovered first.
fn ended(run: RunNumber, session: &mut Session<'_>, error: anyhow::Error) -> anyhow::Error {
    let over = (|| -> anyhow::Result<()> {
        let open = session.casebook()?.unsettled_intents()?;
        if open.iter().all(|intent| intent.about != About::Run(run)) {
            let event = Event::RunEnded { tables: Vec::new(), skipped: 0, undecidable: 0, by_rule: Vec::new() };
            session.record(About::Run(run), event, &Body::default())?;
        }
        Ok(())
    })();
    match over {
        Ok(()) => error,
        Err(also) => error.context(format!("{also:#}")),
    }
}

/// What happens to one person of a plan.
#[derive(Serialize)]
pub(super) struct Share {
    pub(super) case: CaseNumber,
    pub(super) located: u64,
    deleted: u64,
    anonymized: u64,
    kept: u64,
    /// The same of an anonymization
    #[serde(skip)]
    pub(super) written_over: WrittenOver,
}

/// A plan for several people.
#[derive(Serialize)]
pub(super) struct Planned {
    #[serde(flatten)]
    pub(super) sums: Option<Sums>,
    pub(super) people: usize,
    pub(super) cases: Vec<Share>,
    pub(super) set_aside: Vec<SetAside>,
    /// Whether rows stay and are written over
    #[serde(skip)]
    anonymizes: bool,
}

impl Planned {
    /// An anonymization of so many people, carried out by its plan.
    pub(super) fn anonymized(sums: Sums, people: usize) -> Self {
        Self { sums: Some(sums), people, cases: Vec::new(), set_aside: Vec::new(), anonymizes: true }
    }

    fn result(&self, out: &mut Out<'_>) -> anyhow::Result<()> {
        if self.anonymizes { out.result(&Together::of(self)) } else { out.result(self) }
    }

    pub(super) fn report(&self, out: &mut Out<'_>) -> anyhow::Result<()> {
        if self.anonymizes { out.report(&Together::of(self)) } else { out.report(self) }
    }

    /// Whoever is set aside has to be looked at, and so has what is only de-identified.
    pub(super) fn exit(&self) -> Exit {
        let still_personal = self.anonymizes && self.sums.as_ref().is_some_and(Sums::is_personal_still);
        if self.set_aside.is_empty() && !still_personal { Exit::Done } else { Exit::Look }
    }
}

impl Render for Planned {
    const SCHEMA: &'static str = "droit.erase.batch/1";

    fn render(&self, page: &mut Page) {
        if let Some(sums) = &self.sums {
            sums.render(page);
            page.blank();
        }
        for share in &self.cases {
            page.say(
                Text {
                    en: "{case}: {located} rows located: delete {deleted}, anonymize {anonymized}, keep {kept}",
                    zh: "{case}：找到 {located} 行：删除 {deleted}，匿名化 {anonymized}，保留 {kept}",
                },
                &[
                    ("case", &share.case.to_string()),
                    ("located", &share.located.to_string()),
                    ("deleted", &share.deleted.to_string()),
                    ("anonymized", &share.anonymized.to_string()),
                    ("kept", &share.kept.to_string()),
                ],
            );
        }
        case_list::say(&self.set_aside, page);
        page.say(
            Text {
                en: "people in the plan: {people}, set aside: {aside}", zh: "计划含 {people} 人，搁置 {aside} 人"
            },
            &[("people", &self.people.to_string()), ("aside", &self.set_aside.len().to_string())],
        );
    }
}
