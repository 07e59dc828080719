//! `droit demo`: the sample company in a folder, and a walk through the whole job on it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    demo::company::Company,
    progress::{Doing, Progress},
};

use super::{
    Exit, World,
    failure::Failure,
    language::Language,
    out::{Out, Render},
    page::Page,
    run as run_line,
    session::Session,
    text::{Text, demo as words, trouble},
    workspace::{create_private_folder, new_private_file},
};

/// Make the sample company and walk through the whole job on it
///
/// Everything is invented. Each command is printed before it is run, and what came of it is told in plain words. The
/// folder stays, to go on by hand.
///
/// Examples:
///   droit demo
///   droit demo big --users 100000 --no-tour
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DemoArgs {
    /// The folder to make
    #[arg(value_name = "DIR", default_value = "droit-demo")]
    folder: PathBuf,

    /// How many accounts the company has
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u64).range(100..=30_000_000))]
    users: u64,

    /// Another seed, other people
    #[arg(long, value_name = "S", default_value_t = 42)]
    seed: u64,

    /// Make the company and its workspace, and stop there
    #[arg(long)]
    no_tour: bool,
}

/// The map of the sample company.
const MAP: &str = include_str!("../../fixtures/courier/datamap.toml");

pub(crate) fn run(args: &DemoArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let folder = session.path(&args.folder);
    if folder.symlink_metadata().is_ok() {
        return Err(trouble::FILE_EXISTS.with(&[("file", &folder.display().to_string())]).into());
    }
    create_private_folder(&folder)?;
    build(args, &folder, session, out)?;
    let keys = format!("../{}-keys", folder.file_name().unwrap_or_default().to_string_lossy());
    let mut tour = Tour { folder, keys, steps: Vec::new(), language: out.language() };
    let (text, line) = if has_state_folder(session) { words::SETTING_UP } else { words::SETTING_UP_WITH_KEYS };
    tour.step(text, line, session, out)?;
    name_the_officer(&tour.folder, session)?;
    std::fs::write(tour.folder.join("datamap.toml"), MAP)?;
    tour.step(words::TRUST.0, words::TRUST.1, session, out)?;
    if !args.no_tour {
        write_letters(&tour.folder)?;
        for (text, line) in words::THE_JOB {
            session.go_on().map_err(|_| stopped_at(line, Exit::Interrupted))?;
            tour.step(*text, line, session, out)?;
        }
    }
    let walked = Walked {
        page: (!args.no_tour).then(|| tour.folder.join("packages/DSR-today/index.html")),
        log: (!args.no_tour).then(|| tour.folder.join(words::LOG_FILE)),
        folder: tour.folder,
        steps: tour.steps,
    };
    out.result(&walked.settled())?;
    // what a step leaves to be looked at was told when it was taken
    Ok(Exit::Done)
}

/// Whether keys can be put where they belong. In a container the home folder may be read-only, or not there.
fn has_state_folder(session: &Session<'_>) -> bool {
    session.state_dir.as_ref().is_some_and(|state| create_private_folder(&state.join("droit")).is_ok())
}

/// Without a login name (in a container, say) nobody could go on by hand, so the settings name somebody.
fn name_the_officer(folder: &Path, session: &Session<'_>) -> anyhow::Result<()> {
    use std::io::Write;
    if session.login().is_err() {
        let mut settings = std::fs::OpenOptions::new().append(true).open(folder.join("droit.toml"))?;
        settings.write_all(b"officer = \"demo\"\n")?;
    }
    Ok(())
}

fn build(args: &DemoArgs, folder: &Path, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<()> {
    let today = session.now().to_zoned_datetime(jiff::tz::TimeZoneDatabase::bundled().get("Asia/Shanghai")?).date();
    let company = Company { users: args.users, seed: args.seed, today };
    let made = company.build(&folder.join("zkjia.db"), &folder.join("files"), &mut |rows| {
        out.progress(Progress::counted(Doing::Making, rows));
    })?;
    let (rows, files) = (made.rows.to_string(), made.files.to_string());
    out.status(words::MADE, &[("users", &args.users.to_string()), ("rows", &rows), ("files", &files)]);
    Ok(())
}

/// What the person sends and gets in the tour.
fn write_letters(folder: &Path) -> anyhow::Result<()> {
    use std::io::Write;
    for (name, text) in words::LETTERS {
        new_private_file(&folder.join(name))?.write_all(text.as_bytes())?;
    }
    Ok(())
}

fn stopped_at(line: &str, exit: Exit) -> Failure {
    trouble::TOUR_STOPPED.with(&[("command", line)]).ending_with(exit)
}

struct Tour {
    folder: PathBuf,
    /// Where the keys go when the user has no folder for them
    keys: String,
    steps: Vec<Step>,
    language: Language,
}

impl Tour {
    /// Says what comes, prints the command, runs it. `TODAY` in it is the day, as case numbers have it.
    fn step(&mut self, text: Text, line: &str, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<()> {
        let today = session
            .now()
            .to_zoned_datetime(jiff::tz::TimeZoneDatabase::bundled().get("Asia/Shanghai")?)
            .strftime("%Y%m%d")
            .to_string();
        let line = line.replace("TODAY", &today);
        let machine = out.is_for_machines();
        if !machine {
            let line = line.replace("KEYS", &self.keys);
            out.raw(format!("\n— {}\n$ droit {line}\n", text.of(self.language)).as_bytes())?;
        }
        let mut args = vec!["droit".to_owned(), "--lang".to_owned(), self.language.tag().to_owned()];
        args.extend(line.split(' ').map(|word| word.replace("KEYS", &self.keys)));
        let line = line.replace("KEYS", &self.keys);
        let exit = self.run(&args, machine, session, out);
        self.steps.push(Step { command: format!("droit {line}"), exit });
        if exit == Exit::Done.code() || exit == Exit::Look.code() {
            return Ok(());
        }
        let stopped = Exit::ALL.into_iter().find(|known| known.code() == exit).unwrap_or(Exit::Failed);
        Err(stopped_at(&line, stopped).into())
    }

    fn run(&self, args: &[String], machine: bool, session: &mut Session<'_>, out: &mut Out<'_>) -> u8 {
        let (mut nowhere, mut nobody) = (std::io::sink(), std::io::sink());
        let mut environment = session.environment.clone();
        if session.login().is_err() {
            environment.insert("DROIT_OFFICER".to_owned(), "demo".to_owned());
        }
        let (stdout, stderr) = out.streams();
        let mut world = World {
            clock: session.clock,
            stdin: &mut *session.stdin,
            stdout: if machine { &mut nowhere } else { stdout },
            stderr: if machine { &mut nobody } else { stderr },
            terminal: session.terminal,
            environment,
            current_dir: self.folder.clone(),
            state_dir: session.state_dir.clone(),
            user: session.user,
            randomness: std::rc::Rc::clone(&session.randomness),
            interrupt: std::sync::Arc::clone(&session.interrupt),
        };
        run_line(args, &mut world)
    }
}

#[derive(Serialize)]
struct Step {
    command: String,
    exit: u8,
}

#[derive(Serialize)]
struct Walked {
    folder: PathBuf,
    page: Option<PathBuf>,
    log: Option<PathBuf>,
    steps: Vec<Step>,
}

impl Walked {
    /// The page's real name: the package is called after its case.
    fn settled(mut self) -> Self {
        let packages = std::fs::read_dir(self.folder.join("packages")).into_iter().flatten().flatten();
        let mut pages: Vec<PathBuf> =
            packages.map(|entry| entry.path().join("index.html")).filter(|page| page.is_file()).collect();
        pages.sort();
        self.page = self.page.and(pages.into_iter().next());
        self
    }
}

impl Render for Walked {
    const SCHEMA: &'static str = "droit.demo/1";

    fn render(&self, page: &mut Page) {
        page.blank();
        page.say(if self.page.is_some() { words::END } else { words::READY }, &[]);
        page.fields(&[
            (words::PAGE, self.page.as_ref().map(|page| page.display().to_string()).unwrap_or_default()),
            (words::LOG, self.log.as_ref().map(|log| log.display().to_string()).unwrap_or_default()),
            (words::FOLDER, self.folder.display().to_string()),
        ]);
    }
}
