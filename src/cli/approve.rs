//! `droit approve`: agrees to a plan with one's own key, as who made it or as the second person.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use serde::Serialize;

use crate::{
    apply::Agreed,
    case::{About, Agreement, Body, CaseNumber, Event, Fingerprint, Part, TableCount, Terms},
    plan::{Claim, read_claim},
    refusal::Refusal,
    signature::{Person, Purpose, Signers},
    value::hex,
};

use super::{
    Exit, confirm,
    out::{Out, Render},
    page::Page,
    planning::cases_of,
    session::Session,
    signing::KeyArgs,
    text::{Text, trouble},
    workspace::{cannot_read, create_private_file},
};

/// Agree to a plan with one's own key
///
/// Where droit.toml says `approval = "second_officer"`, a plan is applied only if who made it signed it and a second
/// person, with another key, agreed to it. Both do so with this command, who made it first. The agreement is for this
/// plan alone, and ends with it. Who may sign stands in the file of allowed signers.
///
/// With a key on another machine, write a statement, have it signed there, and bring the signature back.
///
/// Examples:
///   droit approve plan.jsonl --key li.key
///   droit approve plan.jsonl --name wang@zkjia.com --statement wang.txt
///   ssh-keygen -Y sign -n approval@droit -f wang.key wang.txt
///   droit approve plan.jsonl --statement wang.txt --signature wang.txt.sig
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ApproveArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    #[command(flatten)]
    key: KeyArgs,

    /// Who signs the statement, as the file of allowed signers calls them
    #[arg(long, value_name = "NAME", requires = "statement", conflicts_with_all = ["key", "signature"])]
    name: Option<String>,

    /// The statement: written with --name, read with --signature
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    statement: Option<PathBuf>,

    /// The signature over the statement
    #[arg(long, value_name = "FILE", requires = "statement")]
    signature: Option<PathBuf>,

    /// The case number again, where there is no terminal; for a plan of several cases the run's number
    #[arg(long, value_name = "CASE")]
    confirm: Option<String>,
}

/// A plan that is looked at, and what is on record about it.
struct Looked {
    claim: Claim,
    about: About,
    plan: Fingerprint,
    workspace: String,
    signers: Signers,
    agreed: Agreed,
    tables: Vec<TableCount>,
}

/// What somebody signed.
struct Signed {
    person: Person,
    name: String,
    part: Part,
    nonce: String,
    signature: String,
}

pub(crate) fn run(args: &ApproveArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    session.lock()?;
    let looked = Looked::at(&session.path(&args.plan), session)?;
    match (&args.statement, &args.signature, &args.name) {
        (Some(file), None, Some(name)) => looked.write_statement(name, &session.path(file), session, out),
        (Some(statement), Some(signature), None) => {
            let (statement, signature) = (session.path(statement), session.path(signature));
            let read = |path: &Path| fs::read_to_string(path).map_err(|error| cannot_read(path, &error));
            let (text, signature) = (read(&statement)?, read(&signature)?);
            let person = looked.signers.check(Purpose::Approval, text.as_bytes(), &signature, session.now())?;
            let (name, nonce) = looked.require_statement(&text, &person, &statement)?;
            let part = looked.require_open(&person)?;
            looked.require_confirmed(args, session, out)?;
            looked.record(Signed { person, name, part, nonce, signature }, session, out)
        }
        (None, None, None) => {
            let key = args.key.open(session, out)?.ok_or_else(|| trouble::NO_SIGNING_KEY.plain())?;
            let person = looked.signers.who(&key, Purpose::Approval, session.now())?;
            let name = looked.name_of(&person);
            let part = looked.require_open(&person)?;
            looked.require_confirmed(args, session, out)?;
            let nonce = drawn(session);
            let statement = looked.terms(part, &name, &nonce).statement();
            let signature = key.sign(Purpose::Approval, statement.as_bytes())?;
            looked.record(Signed { person, name, part, nonce, signature }, session, out)
        }
        _ => Err(trouble::NO_SIGNING_KEY.plain().into()),
    }
}

impl Looked {
    /// Reads the plan and refuses one that could not be applied anyway.
    fn at(path: &Path, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let opened = File::open(path).map_err(|error| cannot_read(path, &error))?;
        let claim = read_claim(BufReader::new(opened))?;
        let about: About = claim.header.case.parse().map_err(|_| trouble::NOT_FOR_A_CASE.plain())?;
        let plan: Fingerprint = claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
        let (now, workspace) = (session.now(), session.reading()?.workspace().to_owned());
        if claim.header.workspace != workspace {
            return Err(Refusal::ForeignPlan("workspace").into());
        }
        if session.reading()?.applied(plan)?.is_some() {
            return Err(Refusal::AppliedTwice.into());
        }
        if claim.header.as_of > now {
            return Err(Refusal::ClockJump.into());
        }
        if claim.header.expires.duration_since(claim.header.as_of) > SignedDuration::from_hours(24) {
            return Err(Refusal::EditedPlan.into());
        }
        if now >= claim.header.expires {
            return Err(Refusal::ExpiredPlan(claim.header.expires.to_string()).into());
        }
        let tables = on_record(&claim, about, plan, session)?;
        let signers = session.protected_signers()?;
        let agreed = Agreed::on_record(&claim, about, session.reading()?, &signers, now)?;
        Ok(Self { claim, about, plan, workspace, signers, agreed, tables })
    }

    /// As whom a person may still agree.
    fn require_open(&self, person: &Person) -> anyhow::Result<Part> {
        let already = || trouble::ALREADY_AGREED.with(&[("name", person.name())]);
        let made_it = self.agreed.planner.as_ref().is_some_and(|name| person.is_called(name));
        if made_it {
            return if self.agreed.signed.is_some() { Err(already().into()) } else { Ok(Part::Planner) };
        }
        let signed = self.agreed.require_signed()?;
        if person.may_be(signed) {
            return Err(Refusal::SamePerson.into());
        }
        if self.agreed.approved.iter().any(|one| one.may_be(person)) {
            Err(already().into())
        } else {
            Ok(Part::Approver)
        }
    }

    /// The name that goes on record: of who made the plan the one that it was made under.
    fn name_of(&self, person: &Person) -> String {
        let planner = self.agreed.planner.as_ref().filter(|name| person.is_called(name));
        planner.map_or(person.name(), String::as_str).to_owned()
    }

    fn terms<'a>(&'a self, part: Part, name: &'a str, nonce: &'a str) -> Terms<'a> {
        let Self { claim, about, plan, workspace, .. } = self;
        let (rows, expires) = (claim.rows, claim.header.expires);
        Terms { workspace, about: *about, plan: *plan, part, rows, expires, name, nonce }
    }

    /// Shows what is agreed to, and asks.
    fn require_confirmed(
        &self,
        args: &ApproveArgs,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<()> {
        let count = |count: &TableCount| format!("{} {} {}", count.table, count.what, count.rows);
        let tables: Vec<String> = self.tables.iter().map(count).collect();
        out.status(
            Text {
                en: "{about}: {command}, {rows} rows in the plan, until {expires}: {tables}",
                zh: "{about}：{command}，计划含 {rows} 行，有效至 {expires}：{tables}",
            },
            &[
                ("about", &self.about.to_string()),
                ("command", &self.claim.header.command),
                ("rows", &self.claim.rows.to_string()),
                ("expires", &self.claim.header.expires.to_string()),
                ("tables", &tables.join("; ")),
            ],
        );
        Ok(confirm::by_typing(&self.about.to_string(), args.confirm.as_deref(), session, out)?)
    }

    /// Writes what somebody else is to sign on another machine.
    fn write_statement(
        &self,
        name: &str,
        file: &Path,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Exit> {
        let planner = self.agreed.planner.as_deref().unwrap_or_default();
        let part = if name.to_lowercase() == planner.to_lowercase() { Part::Planner } else { Part::Approver };
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(trouble::STATEMENT_WRONG.with(&[("file", &file.display().to_string())]).into());
        }
        if part == Part::Approver {
            self.agreed.require_signed()?;
        }
        let nonce = drawn(session);
        create_private_file(file, &self.terms(part, name, &nonce).statement())?;
        out.hint(
            Text {
                en: "{name} reads {file} and signs it: ssh-keygen -Y sign -n approval@droit -f KEY {file}",
                zh: "由 {name} 审阅并签署 {file}：ssh-keygen -Y sign -n approval@droit -f 密钥 {file}",
            },
            &[("name", name), ("file", &file.display().to_string())],
        );
        Ok(Exit::Done)
    }

    /// Name and nonce of a statement that came back, which must be the one of this plan for this person.
    fn require_statement(&self, text: &str, person: &Person, file: &Path) -> anyhow::Result<(String, String)> {
        let wrong = || trouble::STATEMENT_WRONG.with(&[("file", &file.display().to_string())]);
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let (name, nonce) = (line("name").ok_or_else(wrong)?, line("nonce").ok_or_else(wrong)?);
        let drawn = nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit());
        let used = self.agreed.nonces.iter().any(|known| known == nonce);
        let part = self.require_open(person)?;
        let expected = self.terms(part, name, nonce).statement();
        if !drawn || used || !person.is_called(name) || expected != text {
            return Err(wrong().into());
        }
        Ok((name.to_owned(), nonce.to_owned()))
    }

    /// Records the agreement, if its signature counts.
    fn record(&self, signed: Signed, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
        let Signed { person, name, part, nonce, signature } = signed;
        let by = Box::new(Agreement {
            name: name.clone(),
            key: person.key.clone(),
            rows: self.claim.rows,
            expires: self.claim.header.expires,
            nonce,
            signers: self.signers.digest(),
            signature,
        });
        let statement = by.terms(&self.workspace, self.about, self.plan, part).statement();
        self.signers.agreed(&statement, &by, session.now())?;
        let event = match part {
            Part::Planner => Event::PlanSigned { plan: self.plan, by },
            Part::Approver => Event::Approved { plan: self.plan, by: Some(by) },
        };
        session.record(self.about, event, &Body::default())?;
        let (about, plan) = (self.about.to_string(), self.plan.to_string());
        out.report(&Recorded { about, plan, part: part.word(), name, key: person.key })?;
        let next = match part {
            Part::Planner => Text {
                en: "a second person reads the plan and agrees: droit approve PLAN --key KEY",
                zh: "由第二人审阅计划并同意：droit approve 计划 --key 密钥",
            },
            Part::Approver => Text { en: "droit apply PLAN", zh: "droit apply 计划" },
        };
        out.hint(next, &[]);
        Ok(Exit::Done)
    }
}

/// The sums of the plan as they are on record: it must be the last plan of its case, or of the cases of its run.
fn on_record(
    claim: &Claim,
    about: About,
    plan: Fingerprint,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<TableCount>> {
    let unknown = || trouble::PLAN_UNKNOWN.with(&[("case", &about.to_string())]);
    let cases: Vec<CaseNumber> = match about {
        About::Case(case) => vec![case],
        About::Run(_) => cases_of(&claim.header.scope)?,
        About::Workspace | About::Hold(_) => return Err(trouble::NOT_FOR_A_CASE.plain().into()),
    };
    if cases.is_empty() {
        return Err(unknown().into());
    }
    let mut tables = Vec::new();
    for case in cases {
        if session.case(case)?.plan != Some(plan) {
            return Err(unknown().into());
        }
        session.reading()?.events_about(case, |recorded| {
            match recorded.event {
                Event::Planned { plan: of, tables: counts, .. }
                | Event::PlannedTogether { plan: of, tables: counts, .. }
                | Event::UndoPlanned { plan: of, tables: counts, .. }
                    if of == plan =>
                {
                    tables.extend(counts);
                }
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(tables)
}

fn drawn(session: &Session<'_>) -> String {
    let mut bytes = [0; 16];
    session.random()(&mut bytes);
    hex(&bytes)
}

#[derive(Serialize)]
struct Recorded {
    about: String,
    plan: String,
    part: &'static str,
    name: String,
    key: String,
}

impl Render for Recorded {
    const SCHEMA: &'static str = "droit.approve/1";

    fn render(&self, page: &mut Page) {
        let said = if self.part == Part::Planner.word() {
            Text {
                en: "{about}: {name} signed the plan that they made", zh: "{about}：{name} 已签署其制定的计划"
            }
        } else {
            Text { en: "{about}: {name} agreed to the plan", zh: "{about}：{name} 已同意该计划" }
        };
        page.say(said, &[("about", &self.about), ("name", &self.name)]);
        page.fields(&[
            (Text { en: "plan", zh: "计划" }, self.plan.clone()),
            (Text { en: "key", zh: "密钥" }, self.key.clone()),
        ]);
    }
}
