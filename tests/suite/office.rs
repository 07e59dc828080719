//! The harness: an office with a workspace, a clock that stands still between commands, and a desk to read from.
//!
//! Everything runs in this process through `cli::run`, so a day in the office takes milliseconds and gives the same
//! bytes each time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt, fs,
    io::{self, BufRead, Cursor, Read},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use droit::{
    case::clock::{Clock, FixedClock},
    cli::{Interrupt, Randomness, Terminal, World, run},
    demo::company::Company,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// An office.
pub(crate) struct Office {
    folder: tempfile::TempDir,
    pub(crate) clock: FixedClock,
    randomness: Randomness,
    /// Where its random bytes begin
    draws: u64,
    environment: BTreeMap<String, String>,
    /// Whoever works here: nobody that owns a file of these tests
    pub(crate) user: Option<u32>,
    keyboard: Option<String>,
    piped: String,
    pub(crate) interrupt: Arc<Interrupt>,
}

impl Office {
    /// An office with an empty folder, Monday 23 November 2026, ten in the morning in Shanghai.
    pub(crate) fn empty() -> Self {
        Self::within(tempfile::tempdir().unwrap())
    }

    /// The same in memory where there is such a place, for whoever runs thousands of commands: each is flushed.
    pub(crate) fn in_memory() -> Self {
        Self::within(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    fn within(folder: tempfile::TempDir) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        }
        let environment = [("USER", "officer"), ("HOME", "/nonexistent")];
        Self {
            folder,
            clock: FixedClock::new("2026-11-23T02:00:00Z".parse().unwrap()),
            randomness: seeded(0),
            draws: 0,
            environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            user: Some(4242),
            keyboard: None,
            piped: String::new(),
            interrupt: Arc::default(),
        }
    }

    /// An office with a workspace in its folder.
    pub(crate) fn open() -> Self {
        Self::empty().opened()
    }

    /// The same today.
    pub(crate) fn opened(mut self) -> Self {
        self.run("init shop.sqlite --quiet").done();
        self
    }

    /// Moves in with the database `shop.db`, made by `sql`, and a map that is trusted.
    pub(crate) fn with_shop(self, sql: &str, map: &str) -> Self {
        let mut office = self;
        office.shop().execute_batch(sql).unwrap();
        office.run("init shop.db --quiet").done();
        office.file("datamap.toml", map);
        office.run("map trust --yes --quiet").done();
        office
    }

    /// The database of [`Office::with_shop`].
    pub(crate) fn shop(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("shop.db")).unwrap()
    }

    /// Opens the first case of the day, of whom an identifier leads to, and records that it is them.
    pub(crate) fn verified(&mut self, request: &str, identifier: &str) -> &'static str {
        self.file("who.txt", &format!("{identifier}\n"));
        self.run(&format!("case open {request} --id-file who.txt --quiet")).done();
        let case = "DSR-20261123-0001";
        self.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        case
    }

    /// The sample company's office, its map trusted.
    pub(crate) fn courier() -> Self {
        Self::courier_of(150)
    }

    /// The sample company's office with so many accounts.
    pub(crate) fn courier_of(users: u64) -> Self {
        Self::empty().with_courier_of(users)
    }

    /// Moves in with the sample company of 23 November 2026, whatever day it is.
    pub(crate) fn with_courier_of(self, users: u64) -> Self {
        let mut office = self;
        let company = Company { users, seed: 42, today: jiff::civil::date(2026, 11, 23) };
        company.build(&office.path("zkjia.db"), &office.path("files"), &mut |_| {}).unwrap();
        office.run("init zkjia.db --files files --quiet").done();
        let map = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml");
        office.file("datamap.toml", &fs::read_to_string(map).unwrap());
        office.run("map trust --yes --quiet").done();
        office
    }

    /// Another office with the same files, at the same instant; what it draws was not drawn before.
    pub(crate) fn copied(&self) -> Self {
        let mut copy = Self::empty();
        copy.draws = self.draws + 1_000_000;
        copy.randomness = seeded(copy.draws);
        copy.clock.set(self.now());
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    /// Goes to ten in the morning of `day` in Shanghai.
    pub(crate) fn on(self, day: &str) -> Self {
        self.clock.set(format!("{day}T10:00:00+08:00").parse().unwrap());
        self
    }

    /// Speaks `language` from now on.
    pub(crate) fn speaking(mut self, language: &str) -> Self {
        self.environment.insert("DROIT_LANG".into(), language.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Forgets an environment variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// The instant it is.
    pub(crate) fn now(&self) -> Timestamp {
        Clock::now(&self.clock)
    }

    /// Goes to `time` of `day` in Shanghai.
    pub(crate) fn at(&self, day: jiff::civil::Date, time: &str) {
        self.clock.set(format!("{day}T{time}:00+08:00").parse().unwrap());
    }

    /// Lets `days` pass.
    pub(crate) fn wait_days(&self, days: i64) {
        self.clock.set(self.now() + SignedDuration::from_hours(24 * days));
    }

    /// A path in the office.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Lays a file on the desk.
    pub(crate) fn file(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// What a file says.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The next command is typed at a terminal, and `answers` are typed when it asks.
    pub(crate) fn typing(&mut self, answers: &str) -> &mut Self {
        self.keyboard = Some(answers.to_owned());
        self
    }

    /// The next command reads `text` from standard input.
    pub(crate) fn piping(&mut self, text: &str) -> &mut Self {
        text.clone_into(&mut self.piped);
        self
    }

    /// Carries out a command line; words are split at blanks, 'quotes' keep them together. The clock advances by a
    /// minute afterwards.
    pub(crate) fn run(&mut self, line: &str) -> Outcome {
        let clock = self.clock.clone();
        self.run_by(line, &clock)
    }

    /// Carries out a command line and dies when it asks for the time for the `n`-th time; whether it died.
    pub(crate) fn dies_at(&mut self, line: &str, n: u32) -> bool {
        let clock = Dying { clock: self.clock.clone(), left: Cell::new(n) };
        let ran = std::panic::AssertUnwindSafe(|| self.run_by(line, &clock));
        std::panic::catch_unwind(ran).is_err_and(|died| died.is::<Died>())
    }

    /// Carries out a command line; when it asks for the time for the `n`-th time, `meddle` happens meanwhile.
    pub(crate) fn run_while(&mut self, line: &str, n: u32, meddle: &dyn Fn()) -> Outcome {
        let clock = Meddling { clock: self.clock.clone(), left: Cell::new(n), meddle };
        self.run_by(line, &clock)
    }

    /// Carries out a command line that is typed at a terminal; what it asks is answered with `answer` after `meanwhile`.
    pub(crate) fn asked_while(&mut self, line: &str, answer: &str, meanwhile: &dyn Fn()) -> Outcome {
        let clock = self.clock.clone();
        let mut stdin = Slow { typed: Cursor::new(answer.to_owned()), meanwhile };
        self.run_with(line, &clock, &mut stdin, true)
    }

    fn run_by(&mut self, line: &str, clock: &dyn Clock) -> Outcome {
        let terminal = self.keyboard.is_some();
        let typed = self.keyboard.take().unwrap_or_else(|| std::mem::take(&mut self.piped));
        self.run_with(line, clock, &mut Cursor::new(typed), terminal)
    }

    fn run_with(&mut self, line: &str, clock: &dyn Clock, stdin: &mut dyn BufRead, terminal: bool) -> Outcome {
        let args: Vec<String> = std::iter::once("droit".to_owned()).chain(words(line)).collect();
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let exit = run(
            args,
            &mut World {
                clock,
                stdin,
                stdout: &mut stdout,
                stderr: &mut stderr,
                terminal: Terminal { stdin: terminal, stdout: terminal, stderr: terminal, width: None },
                environment: self.environment.clone(),
                current_dir: self.folder.path().to_path_buf(),
                state_dir: Some(self.folder.path().join("state")),
                user: self.user,
                randomness: Randomness::clone(&self.randomness),
                interrupt: Arc::clone(&self.interrupt),
            },
        );
        self.clock.set(self.now() + SignedDuration::from_mins(1));
        let here = self.folder.path().display().to_string();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&here, "OFFICE");
        Outcome { line: line.to_owned(), stdout: text(stdout), stderr: text(stderr), exit }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A clock that ends everything when it is asked too often, as a power cut would.
struct Dying {
    pub(crate) clock: FixedClock,
    left: Cell<u32>,
}

struct Died;

/// A clock at which something happens when it has been asked so often.
struct Meddling<'a> {
    pub(crate) clock: FixedClock,
    left: Cell<u32>,
    meddle: &'a dyn Fn(),
}

/// Somebody who does something else before they type.
struct Slow<'a> {
    typed: Cursor<String>,
    meanwhile: &'a dyn Fn(),
}

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.typed.read(into)
    }
}

impl BufRead for Slow<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.typed.position() == 0 {
            (self.meanwhile)();
        }
        self.typed.fill_buf()
    }

    fn consume(&mut self, read: usize) {
        self.typed.consume(read);
    }
}

impl Clock for Meddling<'_> {
    fn now(&self) -> Timestamp {
        self.left.set(self.left.get().wrapping_sub(1));
        if self.left.get() == 0 {
            (self.meddle)();
        }
        self.clock.now()
    }
}

impl Clock for Dying {
    fn now(&self) -> Timestamp {
        let left = self.left.get() - 1;
        self.left.set(left);
        if left == 0 {
            std::panic::resume_unwind(Box::new(Died));
        }
        self.clock.now()
    }
}

/// Bytes that look random and are the same in every run.
fn seeded(mut draws: u64) -> Randomness {
    Rc::new(RefCell::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            draws += 1;
            chunk.copy_from_slice(&Sha256::digest(draws.to_be_bytes())[..chunk.len()]);
        }
    }))
}

fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

/// What a command came to.
pub(crate) struct Outcome {
    line: String,
    stdout: String,
    stderr: String,
    exit: u8,
}

impl Outcome {
    /// It was done (0).
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.exits(0)
    }

    /// It was done, but somebody should look (4).
    #[track_caller]
    pub(crate) fn looks(self) -> Self {
        self.exits(4)
    }

    /// It was refused (3), with this code.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Self {
        self.fails(3, code)
    }

    /// It was not understood (2), with this code.
    #[track_caller]
    pub(crate) fn misused(self, code: &str) -> Self {
        self.fails(2, code)
    }

    /// It ended with `exit` and `code`.
    #[track_caller]
    pub(crate) fn fails(self, exit: u8, code: &str) -> Self {
        let outcome = self.exits(exit);
        let named =
            outcome.stderr.contains(&format!("[{code}]")) || outcome.stderr.contains(&format!("\"code\":\"{code}\""));
        assert!(named, "not the code {code}:\n{outcome}");
        outcome
    }

    /// It was done (0), and perhaps somebody should look (4).
    #[track_caller]
    pub(crate) fn carried_out(self) -> Self {
        let exit = if self.exit == 4 { 4 } else { 0 };
        self.exits(exit)
    }

    #[track_caller]
    fn exits(self, exit: u8) -> Self {
        assert_eq!(self.exit, exit, "`droit {}` ended otherwise:\n{self}", self.line);
        self
    }

    pub(crate) fn stdout(&self) -> &str {
        &self.stdout
    }

    pub(crate) fn stderr(&self) -> &str {
        &self.stderr
    }

    /// The document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{self}"))
    }

    /// The error on standard error.
    #[track_caller]
    pub(crate) fn json_error(&self) -> serde_json::Value {
        assert_eq!(self.stderr.lines().count(), 1, "not one line:\n{self}");
        serde_json::from_str(&self.stderr).unwrap()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "[stderr]\n{}", self.stderr)?;
        }
        write!(f, "[exit {}]", self.exit)
    }
}

#[test]
fn a_line_is_split_as_a_shell_would() {
    assert_eq!(words("case note  --text 'two words' ''"), ["case", "note", "--text", "two words", ""]);
}
