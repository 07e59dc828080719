//! What a command works with: the workspace it is in, and everything in there, opened when first asked for.

use std::{
    collections::BTreeMap,
    fs,
    io::BufRead,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};

use crate::{
    case::{
        calendar::{Calendar, Calendars},
        clock::Clock,
    },
    data_map::waiver::Waived,
};

use super::{
    clocks::Place,
    failure::Failure,
    lock::WorkspaceLock,
    record::{Book, ErasedIn},
    text::trouble,
    undo::Keeps,
    workspace::{Workspace, cannot_read},
    world::{Interrupt, Randomness, Terminal},
};

/// One run's view of workspace, clock and keyboard.
pub(crate) struct Session<'w> {
    pub(super) clock: &'w dyn Clock,
    pub(super) stdin: &'w mut dyn BufRead,
    pub(super) terminal: Terminal,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) current_dir: PathBuf,
    pub(super) state_dir: Option<PathBuf>,
    pub(super) user: Option<u32>,
    pub(super) randomness: Randomness,
    pub(super) interrupt: Arc<Interrupt>,
    pub(super) choices: Choices,
    pub(super) workspace: Option<Workspace>,
    pub(super) lock: Option<WorkspaceLock>,
    pub(super) book: Book,
    /// Who was erased, once that was asked for
    pub(super) erased: Option<Rc<ErasedIn>>,
    /// What the trusted map leaves out of account
    pub(super) waived: Vec<Waived>,
    /// Whether the change that is about to be applied can be undone
    pub(super) keeps: Keeps,
}

/// What the global flags chose about the session.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    /// `--workspace`
    pub(crate) workspace: Option<PathBuf>,
    /// `--no-input`
    pub(crate) no_input: bool,
    /// `--lock-wait`
    pub(crate) lock_wait: Duration,
    /// The command, as shown to whoever waits for the lock
    pub(crate) command: String,
}

impl Session<'_> {
    /// The workspace: `--workspace`, else `DROIT_WORKSPACE`, else the nearest folder upwards with a `droit.toml`.
    pub(crate) fn workspace(&mut self) -> Result<&Workspace, Failure> {
        if self.workspace.is_none() {
            self.workspace = Some(self.find_workspace()?);
        }
        self.workspace.as_ref().ok_or_else(|| trouble::NO_WORKSPACE.plain())
    }

    fn find_workspace(&self) -> Result<Workspace, Failure> {
        let named = self.choices.workspace.clone().or_else(|| self.variable("DROIT_WORKSPACE").map(PathBuf::from));
        match named {
            Some(folder) => Workspace::open(&self.path(folder)),
            None => Workspace::find(&self.current_dir),
        }
    }

    /// Where `init` makes a workspace: as `--workspace` says, else here.
    pub(super) fn new_workspace_folder(&self) -> PathBuf {
        self.choices.workspace.as_ref().map_or_else(|| self.current_dir.clone(), |folder| self.path(folder))
    }

    /// An environment variable that is set to something.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A path of the command line, which is meant from the current folder.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.current_dir.join(path)
    }

    /// The folder of the workspace's keys.
    pub(crate) fn key_folder(&mut self) -> Result<PathBuf, Failure> {
        let state = self.state_dir.clone();
        self.workspace()?.keys(state.as_deref())
    }

    /// Takes the workspace's writer lock until the end of the run. Commands that only read do without.
    pub(crate) fn lock(&mut self) -> Result<(), Failure> {
        if self.lock.is_none() {
            let holder =
                format!("process {}, {}, since {}", std::process::id(), self.choices.command, self.clock.now());
            let wait = self.choices.lock_wait;
            self.lock = Some(WorkspaceLock::take(self.workspace()?, wait, &holder)?);
        }
        Ok(())
    }

    /// Lets other writers in before the end of the run.
    pub(crate) fn unlock(&mut self) {
        self.lock = None;
    }

    /// The controller's zone.
    pub(crate) fn zone(&mut self) -> Result<TimeZone, Failure> {
        TimeZoneDatabase::bundled()
            .get(&self.workspace()?.settings.time_zone)
            .map_err(|_| trouble::NO_SUCH_ZONE.plain())
    }

    /// Where the clocks run.
    pub(crate) fn place(&mut self) -> anyhow::Result<Place> {
        let region = self.workspace()?.settings.region.clone();
        Ok(Place { zone: self.zone()?, region, calendars: self.calendars()? })
    }

    /// The calendars that come with droit, and those of the workspace's folder.
    fn calendars(&mut self) -> anyhow::Result<Calendars> {
        let mut calendars = Calendars::bundled()?;
        let workspace = self.workspace()?;
        let Some(folder) = workspace.settings.calendars.as_ref().map(|folder| workspace.path(folder)) else {
            return Ok(calendars);
        };
        let entries = fs::read_dir(&folder).map_err(|error| cannot_read(&folder, &error))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
            let name = file.display().to_string();
            let calendar = Calendar::parse(&text)
                .map_err(|error| trouble::CALENDAR.with(&[("file", &name), ("why", &error.to_string())]))?;
            calendars.add(calendar);
        }
        Ok(calendars)
    }

    /// Who is typing: the settings' officer, else the login name. It is recorded with every act.
    pub(crate) fn officer(&mut self) -> Result<String, Failure> {
        if let Some(officer) = self.workspace()?.settings.officer.clone() {
            return Ok(officer);
        }
        self.login()
    }

    /// The login name of whoever is typing.
    pub(crate) fn login(&self) -> Result<String, Failure> {
        let login = ["DROIT_OFFICER", "USER", "LOGNAME"].iter().find_map(|name| self.variable(name));
        login.map(str::to_owned).ok_or_else(|| trouble::NO_OFFICER.plain())
    }

    /// A source of random bytes that can be given away.
    pub(crate) fn random(&self) -> impl FnMut(&mut [u8]) + use<> {
        let shared = Randomness::clone(&self.randomness);
        move |bytes: &mut [u8]| (shared.borrow_mut())(bytes)
    }

    /// The instant it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.terminal.stdin && self.terminal.stderr && !self.choices.no_input
    }

    /// Stops here if Ctrl-C was pressed.
    pub(crate) fn go_on(&self) -> Result<(), Failure> {
        if self.interrupt.asked() { Err(trouble::INTERRUPTED.plain()) } else { Ok(()) }
    }
}
