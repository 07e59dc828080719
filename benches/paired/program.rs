//! The program as it is used: a workspace, a case, one command whose time counts.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::{Job, Operation, Report, memory};

const MAP: &str = include_str!("../../fixtures/courier/datamap.toml");

/// Whether there is a command for it that handles one person.
pub(crate) fn does(operation: Operation) -> bool {
    matches!(operation, Operation::Start | Operation::LocateOne | Operation::ExportOne | Operation::EraseOne)
        || operation.is_command()
}

/// Sets the workspace up, then runs the command; microseconds of it alone.
pub(crate) fn run(job: &Job) -> Result<(u64, Report)> {
    let office = &job.out;
    let (database, files) = (job.database.display().to_string(), job.files.display().to_string());
    done(office, &["init", &database, "--files", &files, "--quiet"])?;
    fs::write(office.join("datamap.toml"), MAP)?;
    done(office, &["map", "trust", "--yes", "--quiet"])?;
    if let Some(person) = job.people.first() {
        fs::write(office.join("who.txt"), format!("phone={}\n", person.phone))?;
    }
    let case = match job.operation {
        Operation::ExportOne => Some(open_case(office, "copy")?),
        Operation::EraseOne => Some(open_case(office, "erase")?),
        Operation::CorrectOne => Some(open_case(office, "correct")?),
        _ => None,
    };
    let case = case.as_deref().unwrap_or_default();
    match job.operation {
        Operation::LocateOne => timed(job, &["find", "--id-file", "who.txt"]),
        Operation::ExportOne => timed(job, &["export", case, "--no-zip"]),
        Operation::EraseOne => timed(job, &["erase", case, "--confirm", case]),
        Operation::CorrectOne => {
            fs::write(office.join("new.txt"), format!("users.nickname={}\n", crate::NICKNAME))?;
            timed(job, &["correct", case, "--values", "new.txt", "--evidence", "statement", "--confirm", case])
        }
        Operation::PurgeMinors => timed(job, &purge("minors")),
        Operation::PurgeRetention => timed(job, &purge("retention")),
        _ => timed(job, &["map", "explain", "users.phone"]),
    }
}

/// A purge as of the day for which the company was made; so much is due that the breaker would stop it.
fn purge(duty: &str) -> [&str; 7] {
    ["purge", duty, "--as-of", "2026-11-23", "--confirm", "--beyond-breaker", "a company that was never purged"]
}

/// Opens and identifies a case; its number.
fn open_case(office: &Path, request: &str) -> Result<String> {
    let opened = done(office, &["case", "open", request, "--id-file", "who.txt", "--json"])?;
    let text = String::from_utf8(opened)?;
    let at = text.find("DSR-").context("a case has a number")?;
    let number = text.get(at..at + 17).context("a number has 17 signs")?.to_owned();
    done(office, &["case", "identify", &number, "--level", "L2", "--by", "otp+waybill"])?;
    Ok(number)
}

fn command(office: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_droit"));
    command
        .args(arguments)
        .current_dir(office)
        .env("XDG_STATE_HOME", office.join("state"))
        .env("DROIT_OFFICER", "bench");
    command.stdin(Stdio::null());
    command
}

fn done(office: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = command(office, arguments).output()?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "droit {} failed: {error}", arguments.join(" "));
    Ok(output.stdout)
}

fn timed(job: &Job, arguments: &[&str]) -> Result<(u64, Report)> {
    let mut command = command(&job.out, arguments);
    let output = fs::File::create(job.out.join("out.txt"))?;
    let started = Instant::now();
    let mut child = command.stdout(output.try_clone()?).stderr(output).spawn()?;
    let mut report = Report::default();
    if job.watch {
        let status = format!("/proc/{}/status", child.id());
        while child.try_wait()?.is_none() {
            let now = fs::read_to_string(&status).ok().and_then(|text| memory::of(&text));
            report.anonymous_kib = report.anonymous_kib.max(now.unwrap_or(0));
            thread::sleep(Duration::from_millis(1));
        }
    }
    let ended = child.wait()?;
    report.inside = u64::try_from(started.elapsed().as_micros())?;
    let said = fs::read_to_string(job.out.join("out.txt"))?;
    ensure!(ended.success() || ended.code() == Some(4), "droit {} failed: {said}", arguments.join(" "));
    Ok((report.inside, report))
}
