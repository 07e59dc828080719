//! What the documentation says is true: its commands run in this process and print what the page shows, the tests it
//! names exist, and every code has its heading.
//!
//! In a page, a block of `console` is carried out line by line; `...` stands for any number of lines that the page
//! leaves out, `…` for text that it leaves out or that differs from machine to machine. A block whose fence names a file is laid into the folder first (`toml datamap.toml`), and one of
//! `sql FILE` is run on that database. Pages begin in an empty folder, or after `<!-- sample company -->` in the
//! workspace that `droit demo` makes.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use droit::{
    case::clock::{Clock, FixedClock},
    cli::{Interrupt, Randomness, Terminal, World, run},
};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// Somebody who follows a page at the keyboard, on 23 November 2026.
struct Follower {
    home: tempfile::TempDir,
    here: PathBuf,
    clock: FixedClock,
    randomness: Randomness,
    last: u8,
}

impl Follower {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut draws = 0_u64;
        let fill = move |bytes: &mut [u8]| {
            for chunk in bytes.chunks_mut(32) {
                draws += 1;
                chunk.copy_from_slice(&Sha256::digest(draws.to_be_bytes())[..chunk.len()]);
            }
        };
        Self {
            here: home.path().to_owned(),
            home,
            clock: FixedClock::new("2026-11-23T02:00:00Z".parse().unwrap()),
            randomness: Rc::new(RefCell::new(fill)),
            last: 0,
        }
    }

    /// Types `line` and returns what stands on the screen then.
    fn type_in(&mut self, line: &str) -> String {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["droit", ..] => self.droit(&words),
            ["cargo", "run", "--release", "--", rest @ ..] => self.droit(&[&["droit"], rest].concat()),
            ["cd", folder] => {
                self.here = self.here.join(folder);
                assert!(self.here.is_dir(), "there is no folder {folder}");
                String::new()
            }
            ["cat", file] => fs::read_to_string(self.here.join(file)).unwrap(),
            ["echo", "$?"] => format!("{}\n", self.last),
            _ => panic!("a page asks for a command that cannot be followed: {line}"),
        }
    }

    fn droit(&mut self, words: &[&str]) -> String {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let environment = [("USER", "wang"), ("HOME", "/nonexistent")];
        self.last = run(
            words,
            &mut World {
                clock: &self.clock,
                stdin: &mut Cursor::new(""),
                stdout: &mut stdout,
                stderr: &mut stderr,
                terminal: Terminal { stdin: false, stdout: false, stderr: false, width: None },
                environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
                current_dir: self.here.clone(),
                state_dir: Some(self.home.path().join(".local/state")),
                user: None,
                randomness: Randomness::clone(&self.randomness),
                interrupt: Arc::new(Interrupt::default()),
            },
        );
        self.clock.set(self.clock.now() + SignedDuration::from_mins(1));
        let screen = [stdout, stderr].concat();
        String::from_utf8(screen).unwrap().replace(&self.home.path().display().to_string(), "/home/wang")
    }

    fn sample_company(&mut self) {
        self.droit(&["droit", "demo", "droit-demo", "--users", "150", "--no-tour", "--quiet"]);
        assert_eq!(self.last, 0, "the sample company could not be made");
        self.here = self.here.join("droit-demo");
        self.clock.set("2026-11-23T03:00:00Z".parse().unwrap());
    }

    /// Does what a block asks for; returns the block as it should read.
    fn follow(&mut self, fence: &str, body: &str) -> Option<String> {
        let info: Vec<&str> = fence.split_whitespace().collect();
        match info.as_slice() {
            ["console"] => Some(self.console(body)),
            ["sql", database] => {
                let database = rusqlite::Connection::open(self.here.join(database)).unwrap();
                database.execute_batch(body).unwrap();
                None
            }
            [_, file] => {
                fs::write(self.here.join(file), body).unwrap();
                None
            }
            _ => None,
        }
    }

    fn console(&mut self, body: &str) -> String {
        let mut read = String::new();
        for part in body.split_inclusive('\n').collect::<Vec<_>>().chunk_by(|_, next| !next.starts_with("$ ")) {
            let (command, shown) = part.split_first().unwrap();
            let line = command.strip_prefix("$ ").unwrap_or_else(|| panic!("no command in: {command}"));
            let shown = shown.concat();
            let printed = self.type_in(line.trim_end());
            read.push_str(command);
            let kept = if agrees(&shown, &printed) { Some(shown) } else { renewed(&shown, &printed) };
            read.push_str(kept.as_deref().unwrap_or(&printed));
        }
        read
    }
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Whether what a page shows is what was printed; `...` alone on a line skips lines, `…` the rest of a word or line.
fn agrees(shown: &str, printed: &str) -> bool {
    fn line(shown: &str, printed: &str) -> bool {
        let Some((before, after)) = shown.split_once('…') else { return shown == printed };
        let Some(rest) = printed.strip_prefix(before) else { return false };
        (0..=rest.len()).filter(|&at| rest.is_char_boundary(at)).any(|at| line(after, &rest[at..]))
    }
    fn lines(shown: &[&str], printed: &[&str]) -> bool {
        match (shown, printed) {
            ([], []) => true,
            (["...", rest @ ..], _) => (0..=printed.len()).any(|skip| lines(rest, &printed[skip..])),
            ([one, rest @ ..], [other, others @ ..]) => line(one, other) && lines(rest, others),
            _ => false,
        }
    }
    let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    lines(&shown, &printed)
}

/// What a page leaves out stays left out: each line that it shows is replaced by the next printed one that begins with
/// the same word. `None` when that does not tell what was printed.
fn renewed(shown: &str, printed: &str) -> Option<String> {
    let mut printed_lines = printed.lines();
    let mut read = String::new();
    for line in shown.lines() {
        let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
        let new = if line == "..." { line } else { printed_lines.find(|printed| first(printed) == first(line))? };
        read.push_str(new.trim_end());
        read.push('\n');
    }
    agrees(&read, printed).then_some(read)
}

/// Follows a page from its first to its last block and returns it as it should read.
fn followed(text: &str) -> String {
    let mut follower = Follower::new();
    let mut read = String::new();
    let mut block: Option<(String, String)> = None;
    for line in text.split_inclusive('\n') {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(fence)) => {
                read.push_str(line);
                block = Some((fence.trim().to_owned(), String::new()));
            }
            (Some((fence, body)), Some(_)) => {
                let shown = follower.follow(fence, body);
                read.push_str(&shown.unwrap_or_else(|| body.clone()));
                read.push_str(line);
                block = None;
            }
            (Some((_, body)), None) => body.push_str(line),
            (None, None) => {
                if line.trim() == "<!-- sample company -->" {
                    follower.sample_company();
                }
                read.push_str(line);
            }
        }
    }
    assert!(block.is_none(), "a block is not closed");
    read
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// With `DROIT_WRITE_DOCS=1` the page is written as it should read, for the author to look at.
#[track_caller]
fn holds(name: &str) {
    let text = page(name);
    let read = followed(&text);
    if std::env::var_os("DROIT_WRITE_DOCS").is_some() {
        fs::write(root().join(name), &read).unwrap();
        return;
    }
    let differs = text.lines().zip(read.lines()).find(|(shown, printed)| shown != printed);
    assert!(text == read, "{name} shows something else than is printed: {differs:?}");
}

#[test]
fn the_readme_holds() {
    holds("README.md");
}

#[test]
fn the_tutorial_holds() {
    holds("docs/tutorial.md");
}

#[test]
fn the_guides_hold() {
    let mut guides: Vec<PathBuf> =
        fs::read_dir(root().join("docs/guides")).unwrap().map(|entry| entry.unwrap().path()).collect();
    guides.sort();
    assert!(guides.len() >= 5);
    for guide in guides {
        holds(guide.strip_prefix(root()).unwrap().to_str().unwrap());
    }
}

#[test]
fn a_page_that_shows_something_else_is_noticed() {
    let shown = "```console\n$ droit explain RET\nnothing of the sort\n```\n";
    let read = followed(shown);
    assert!(read.contains("statutory retention"), "{read}");
    assert_eq!(followed(&read), read);
    assert!(agrees("a\n...\nd\n", "a\nb\nc\nd\n"));
    assert!(!agrees("a\n...\nd\n", "a\nb\nc\n"));
    assert!(agrees("a … d\n", "a b c d\n") && !agrees("a … d\n", "a b c\n"));
    assert!(!agrees("", "a\n"));
    assert_eq!(renewed("a 1\n...\nc 1\n", "a 2\nb 2\nc 2\n").as_deref(), Some("a 2\n...\nc 2\n"));
    assert_eq!(renewed("a 1\nc 1\n", "a 2\nb 2\nc 2\n"), None);
}

/// Every `file.rs::test` of a page; each is a test of that file.
fn tests_named(page_name: &str) -> BTreeSet<String> {
    let text = page(page_name);
    let mut named = BTreeSet::new();
    for (file, test) in text.split('`').filter_map(|quoted| quoted.split_once(".rs::")) {
        let path = format!("{file}.rs");
        let source = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let at = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("there is no {test} in {path}"));
        let before: Vec<&str> = source[..at].trim_end().lines().rev().take(3).map(str::trim).collect();
        assert!(before.contains(&"#[test]"), "{test} in {path} is no test");
        named.insert(test.to_owned());
    }
    named
}

#[test]
fn the_promises_name_tests_that_exist() {
    let named = tests_named("docs/promises.md");
    assert!(named.len() > 50, "only {} tests are named", named.len());
    let text = page("docs/promises.md");
    for promise in 1..=12 {
        assert!(text.contains(&format!("\n## W{promise}. ")), "W{promise} is missing");
    }
}

#[test]
fn every_clause_of_the_policy_is_accounted_for_by_tests_that_exist() {
    let named = tests_named("docs/reference/policy-coverage.md");
    assert!(named.len() > 25, "only {} tests are named", named.len());
    let text = page("docs/reference/policy-coverage.md");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("| P")).collect();
    let numbers: Vec<String> = lines.iter().map(|line| line[2..5].to_owned()).collect();
    assert_eq!(numbers, (1..=50).map(|number| format!("P{number:02}")).collect::<Vec<_>>());
    for line in lines {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 7, "five columns: {line}");
        // whatever is said to be done is shown, or it is said what is missing
        assert!(!cells[4].is_empty() || !cells[5].is_empty() || ["P14", "P41"].contains(&cells[1]), "{line}");
    }
}

/// The codes after `=>` in the `code` functions of the error types, and those of the door.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in [
        "src/refusal.rs",
        "src/database/mod.rs",
        "src/plan/format.rs",
        "src/plan/hindrance.rs",
        "src/plan/unfit.rs",
        "src/casebook/error.rs",
        "src/error.rs",
        "src/export/letter/error.rs",
        "src/intake/error.rs",
    ] {
        let source = page(file);
        let from = source.find("pub fn code(").unwrap();
        let body = &source[from..from + source[from..].find("\n    }\n").unwrap()];
        let before = codes.len();
        codes.extend(body.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        assert!(codes.len() > before, "no code is read from {file}");
    }
    let folder = root().join("src/cli/text/trouble");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let door: String = files.collect();
    codes.extend(door.split("code: \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    let trace = page("src/cli/trace.rs");
    let trace = trace.split("#[cfg(test)]").next().unwrap();
    for before in ["theirs(\"", "=> \"", "Failure::of(\""] {
        codes.extend(trace.split(before).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    codes
}

#[test]
fn every_code_has_its_heading_and_every_heading_is_a_code() {
    let text = page("docs/reference/refusals.md");
    let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let known: BTreeSet<&str> = headings.iter().copied().collect();
    assert_eq!(known.len(), headings.len(), "a code has two headings");
    let codes = codes();
    assert!(codes.len() > 100, "only {} codes are read", codes.len());
    let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    let missing: Vec<_> = codes.difference(&known).collect();
    let unknown: Vec<_> = known.difference(&codes).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}; unknown: {unknown:?}");
}

/// Links between pages lead somewhere.
#[test]
fn links_lead_somewhere() {
    let mut pages = vec![PathBuf::from("README.md")];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            match path.extension() {
                Some(end) if end == "md" => pages.push(path),
                None => folders.push(path),
                Some(_) => {}
            }
        }
    }
    let mut followed = 0;
    for page in pages {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || target.contains("://") {
                continue;
            }
            let path = root().join(page.parent().unwrap()).join(file);
            assert!(path.exists(), "{} links to {target}, which is not there", page.display());
            followed += 1;
        }
    }
    assert!(followed > 20);
}
