//! `droit doctor`: whether the workspace is in order.

use serde::Serialize;

use crate::{
    apply::require_agreement,
    case::About,
    data_map::{
        drift,
        waiver::{self, Waived},
    },
    progress::Progress,
    refusal::Refusal,
};

use super::{
    Exit,
    bar::Watch,
    language::Language,
    out::{Out, Render},
    page::Page,
    session::Session,
    settings::Approval,
    text::{Text, codes},
    trace,
    waivers::Waiver,
    when, workspace,
};

/// Check the workspace: permissions, keys, casebook, database, map, drift; exit 4 if something is wrong
///
/// Examples:
///   droit doctor
///   droit doctor --mark-sql
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DoctorArgs {
    /// Print the statement that makes `droit_mark`, for an administrator to run
    #[arg(long)]
    mark_sql: bool,
}

pub(crate) fn run(args: &DoctorArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.mark_sql {
        out.raw(format!("{};\n", crate::database::sqlite::MARK_SQL).as_bytes())?;
        return Ok(Exit::Done);
    }
    let mut watch = Watch::begin(session);
    let language = out.language();
    let checks = Checks(vec![
        permissions(session)?,
        keys(session)?,
        check("casebook", language, || casebook(session, &mut |progress| watch.tell(progress, out))),
        check("database", language, || database(session)),
        check("map", language, || session.trusted().map(|_| String::new())),
        check("drift", language, || drifted(session)),
        waivers(session)?,
        approval(language, session)?,
    ]);
    let ill = checks.0.iter().any(|check| !check.ok);
    out.look(&checks, ill || checks.0.iter().any(|check| check.warning))?;
    watch.end("doctor", session, out);
    Ok(if ill { Exit::Look } else { Exit::Done })
}

/// Runs one check; a failure is what it found.
fn check(name: &'static str, language: Language, run: impl FnOnce() -> anyhow::Result<String>) -> Check {
    match run() {
        Ok(detail) => Check { name, ok: true, warning: false, detail },
        Err(error) => {
            let failure = trace::failure(&error);
            Check {
                name,
                ok: false,
                warning: false,
                detail: format!("{}: {}", failure.code(), failure.in_one_line(language)),
            }
        }
    }
}

fn permissions(session: &mut Session<'_>) -> anyhow::Result<Check> {
    let workspace = session.workspace()?.clone();
    let files = [workspace.path(workspace::SETTINGS), workspace.map(), workspace.map_lock(), workspace.casebook()];
    let open: Vec<String> = std::iter::once(workspace.folder.clone())
        .chain(files)
        .filter(|path| workspace::is_open_to_others(path))
        .map(|path| path.display().to_string())
        .collect();
    let detail = if open.is_empty() { String::new() } else { format!("open_to_others: {}", open.join(", ")) };
    Ok(Check { name: "permissions", ok: open.is_empty(), warning: false, detail })
}

fn keys(session: &mut Session<'_>) -> anyhow::Result<Check> {
    let folder = session.key_folder()?;
    let inside = folder.starts_with(&session.workspace()?.folder);
    let open = workspace::is_open_to_others(&folder);
    let missing = !folder.is_dir();
    let detail = match (missing, open, inside) {
        (true, ..) => format!("key_folder_missing: {}", folder.display()),
        (_, true, _) => format!("open_to_others: {}", folder.display()),
        (_, _, true) => format!("keys_inside: {}", folder.display()),
        _ => String::new(),
    };
    Ok(Check { name: "keys", ok: !missing && !open, warning: inside, detail })
}

fn casebook(session: &mut Session<'_>, progress: &mut dyn FnMut(Progress)) -> anyhow::Result<String> {
    let mut found = 0_u64;
    let mut book = session.auditing()?;
    let verified = book.verify_watched(session.now(), None, &mut |_| found += 1, &mut |_| (), progress)?;
    drop(book);
    session.reading()?;
    if found == 0 {
        return Ok(verified.head.to_string());
    }
    Err(super::text::trouble::NOT_WHOLE.with(&[("count", &found.to_string())]).into())
}

/// It opens, and is neither older nor younger than the record of what was done to it.
fn database(session: &mut Session<'_>) -> anyhow::Result<String> {
    let mut database = session.database()?;
    database.identity()?;
    let mark = session.workspace()?.settings.mark;
    if let Ok(book) = session.reading() {
        require_agreement(&mut *database, book, About::Workspace, mark)?;
    }
    Ok(String::new())
}

fn drifted(session: &mut Session<'_>) -> anyhow::Result<String> {
    let map = session.data_map()?;
    let lock = session.map_lock()?.ok_or_else(|| super::text::trouble::MAP_UNTRUSTED.plain())?;
    let schema = session.database()?.schema()?;
    let waived: Vec<Waived> = session.waivers()?.into_iter().map(|waiver| waiver.waived).collect();
    let mut found = drift(&lock, map.fingerprint(), &schema);
    found.retain(|finding| waiver::covered(finding, &waived, &schema).is_none());
    if found.is_empty() {
        return Ok(String::new());
    }
    let places: Vec<String> = found.into_iter().map(|finding| finding.place).collect();
    Err(super::text::trouble::DRIFT.with(&[("tables", &places.join(", "))]).into())
}

/// Exceptions in force: each is a warning.
fn waivers(session: &mut Session<'_>) -> anyhow::Result<Check> {
    let zone = session.zone()?;
    let one = |waiver: Waiver| format!("waived: {} until {}", waiver.waived.place, when::show(waiver.until, &zone));
    // Without a casebook there are none, and the check above says so.
    let listed: Vec<String> = session.waivers().unwrap_or_default().into_iter().map(one).collect();
    Ok(Check { name: "waivers", ok: true, warning: !listed.is_empty(), detail: listed.join("; ") })
}

fn approval(language: Language, session: &mut Session<'_>) -> anyhow::Result<Check> {
    if session.workspace()?.settings.approval != Approval::None {
        return Ok(check("approval", language, || {
            let (signers, officer) = (session.protected_signers()?, session.officer()?);
            if signers.know(&officer) { Ok(String::new()) } else { Err(Refusal::PlanNotSigned(officer).into()) }
        }));
    }
    let detail = format!("approval_none: {}", codes::title("approval_none").map_or("", |title| title.of(language)));
    Ok(Check { name: "approval", ok: true, warning: true, detail })
}

#[derive(Serialize)]
struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    ok: bool,
    warning: bool,
    detail: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Checks(Vec<Check>);

impl Render for Checks {
    const SCHEMA: &'static str = "droit.doctor/1";

    fn render(&self, page: &mut Page) {
        for check in &self.0 {
            let state = match (check.ok, check.warning) {
                (false, _) => Text { en: "WRONG", zh: "有问题" },
                (true, true) => Text { en: "warning", zh: "注意" },
                (true, false) => Text { en: "ok", zh: "正常" },
            };
            page.line(format!("{:12} {}  {}", check.name, state.of(page.language()), check.detail).trim_end());
        }
    }
}
