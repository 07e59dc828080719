//! The real program under a disk that fails: a shim beneath it (`tests/faults/shim.c`) kills it at one of the calls by
//! which it writes, tears a write in two, or lets the disk be broken or full from there on. Afterwards the user database
//! is before or after, the record is whole, nothing is half written, and the same command finishes.
//!
//! A few of all these instants always, others in every run; `DROIT_TEST_FAULTS=10000` tries so many.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

use rusqlite::Connection;

use crate::{checked::seed, desk::told};

/// A command, what has to happen before it, and what makes it one to look at.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    before: &'static [&'static str],
    /// What happens in every copy of the workspace: it rests on the file that it was done to
    pub(crate) late: &'static [&'static str],
    pub(crate) command: &'static str,
    /// Whether the user database is written to by person, so that it may stand between before and after
    by_person: bool,
}

const OPENED: &str = "case open delete --id-file ids.txt --quiet";
const KNOWN: &str = "case identify CASE --level L3 --by otp+waybill --quiet";

const STORIES: &[Story] = &[
    Story { name: "open", before: &[], late: &[], command: OPENED, by_person: false },
    Story {
        name: "hold",
        before: &[],
        late: &[],
        command: "hold add --id-file ids.txt --order order.txt --quiet",
        by_person: false,
    },
    Story {
        name: "erase",
        before: &[OPENED, KNOWN],
        late: &[],
        command: "erase CASE --confirm CASE --quiet",
        by_person: false,
    },
    Story {
        name: "erase in WAL",
        before: &["WAL", OPENED, KNOWN],
        late: &[],
        command: "erase CASE --confirm CASE --quiet",
        by_person: false,
    },
    Story {
        name: "erase in another folder",
        before: &["APART", "map trust --yes --quiet", OPENED, KNOWN],
        late: &["map trust --yes --quiet"],
        command: "erase CASE --confirm CASE --quiet",
        by_person: false,
    },
    Story {
        name: "correct",
        before: &["case open correct --id-file ids.txt --quiet", KNOWN],
        late: &[],
        command: "correct CASE --values new.txt --evidence statement --confirm CASE --quiet",
        by_person: false,
    },
    Story {
        name: "export",
        before: &["case open copy --id-file ids.txt --quiet", KNOWN],
        late: &[],
        command: "export CASE --passphrase-file phrase.txt --quiet",
        by_person: false,
    },
    Story {
        name: "prove",
        before: &[OPENED, KNOWN],
        late: &["erase CASE --confirm CASE --quiet"],
        command: "prove CASE --quiet",
        by_person: false,
    },
    Story {
        name: "prove in another folder",
        before: &["APART", "map trust --yes --quiet", OPENED, KNOWN],
        late: &["map trust --yes --quiet", "erase CASE --confirm CASE --quiet"],
        command: "prove CASE --quiet",
        by_person: false,
    },
    Story {
        name: "prove in WAL",
        before: &["APART", "WAL", "map trust --yes --quiet", OPENED, KNOWN],
        late: &["map trust --yes --quiet", "erase CASE --confirm CASE --quiet"],
        command: "prove CASE --quiet",
        by_person: false,
    },
    Story {
        name: "letter",
        before: &[OPENED, KNOWN, "erase CASE --confirm CASE --quiet"],
        late: &[],
        command: "case answer CASE --letter answer --decision PARTIAL --quiet",
        by_person: false,
    },
    Story {
        name: "purge of children",
        before: &[],
        late: &[],
        command: "purge minors --confirm --beyond-breaker test --quiet",
        by_person: true,
    },
    Story {
        name: "rotate",
        before: &[OPENED, KNOWN, "erase CASE --confirm CASE --quiet"],
        late: &[],
        command: "tidy --rotate --confirm --quiet",
        by_person: false,
    },
];

/// What happens at the chosen call.
const FAULTS: [&str; 4] = ["kill", "torn", "eio", "enospc"];

/// A workspace on disk, and where the program keeps its keys.
pub(crate) struct Room {
    pub(crate) root: PathBuf,
    pub(crate) case: String,
}

/// The program under test: another build of it where one is named, for the long run.
fn program() -> PathBuf {
    told("PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_droit").into(), PathBuf::from)
}

impl Room {
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(program());
        self.settle(&mut command, line);
        command
    }

    /// The same beneath another program, to which `words` are told first.
    pub(crate) fn beneath(&self, other: &Path, words: &[&Path], line: &str) -> Command {
        let mut command = Command::new(other);
        command.args(words).arg(program());
        self.settle(&mut command, line);
        command
    }

    fn settle(&self, command: &mut Command, line: &str) {
        command.args(line.replace("CASE", &self.case).split(' ')).current_dir(self.root.join("office"));
        command.env_clear().envs([("DROIT_OFFICER", "officer"), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")]);
        command.env("HOME", &self.root).env("XDG_STATE_HOME", self.root.join("state"));
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn done(&self, line: &str) {
        let output = self.run(line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!([Some(0), Some(4)].contains(&output.status.code()), "droit {line}: {said}");
    }

    pub(crate) fn database(&self) -> PathBuf {
        let apart = self.root.join("data/zkjia.db");
        if apart.exists() { apart } else { self.root.join("office/zkjia.db") }
    }

    /// Moves the database into a folder of its own.
    fn move_database(&self) {
        fs::create_dir(self.root.join("data")).unwrap();
        fs::rename(self.root.join("office/zkjia.db"), self.root.join("data/zkjia.db")).unwrap();
        let settings = self.root.join("office/droit.toml");
        let said = fs::read_to_string(&settings).unwrap();
        assert!(said.contains("database = \"zkjia.db\""), "{said}");
        fs::write(&settings, said.replace("\"zkjia.db\"", "\"../data/zkjia.db\"")).unwrap();
    }

    /// Every cell of the user database, as whoever opens it next will see it; drawn texts and the mark left out.
    fn cells(&self) -> BTreeMap<String, Vec<String>> {
        let aside = tempfile::tempdir_in(&self.root).unwrap();
        for end in ["", "-journal", "-wal"] {
            let from = PathBuf::from(format!("{}{end}", self.database().display()));
            if from.exists() {
                fs::copy(&from, aside.path().join(format!("zkjia.db{end}"))).unwrap();
            }
        }
        let db = Connection::open(aside.path().join("zkjia.db")).unwrap();
        let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        let tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
            AND name NOT LIKE 'sqlite%' AND name <> 'droit_mark'";
        let mut statement = db.prepare(tables).unwrap();
        let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut cells = BTreeMap::new();
        for table in tables {
            let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2")).unwrap();
            // when a trigger wrote a row down is the clock's
            let columns: Vec<usize> = (0..statement.column_count())
                .filter(|at| statement.column_name(*at).is_ok_and(|name| name != "changed_at"))
                .collect();
            let row = |row: &rusqlite::Row<'_>| {
                let cell = |at| match row.get_ref_unwrap(at) {
                    rusqlite::types::ValueRef::Text(text) if text.starts_with(b"anon-") => "anon".to_owned(),
                    value => format!("{value:?}"),
                };
                Ok(columns.iter().map(|at| cell(*at)).collect::<Vec<_>>().join("|"))
            };
            let rows = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
            cells.insert(table, rows);
        }
        cells
    }

    /// The names of all files but those of the user database, without the numbers of what was written twice.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut left = vec![self.root.join("office")];
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    left.push(entry.path());
                } else {
                    names.push(entry.path().strip_prefix(&self.root).unwrap().display().to_string());
                }
            }
        }
        names.retain(|name| !name.starts_with("office/zkjia.db"));
        names.sort();
        names
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// A program of `tests/faults`, compiled for the caller alone, who removes it: tests run side by side.
pub(crate) fn compiled(name: &str, with: &[&str]) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let made = format!("{name}-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(made);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/faults/{name}.c"));
    let built = Command::new("cc").arg(source).args(with).args(["-O1", "-o"]).arg(&to).status();
    assert!(built.unwrap().success(), "the C compiler that builds SQLite builds {name}");
    to
}

pub(crate) fn shim() -> PathBuf {
    compiled("shim", &["-shared", "-fPIC", "-ldl"])
}

/// A story told up to its command, and how the command ends when nothing goes wrong.
pub(crate) struct Told {
    pub(crate) room: Room,
    calls: u64,
    before: BTreeMap<String, Vec<String>>,
    after: BTreeMap<String, Vec<String>>,
    names: Vec<String>,
}

fn tell(story: &Story, folder: &Path, shim: &Path) -> Told {
    let mut room = Room { root: folder.join("made"), case: String::new() };
    fs::create_dir_all(&room.root).unwrap();
    let made = room.command("demo office --users 100 --no-tour --quiet").current_dir(&room.root).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    for (file, text) in [
        ("ids.txt", "account=60\n"),
        ("order.txt", "court"),
        ("new.txt", "users.nickname=新名\n"),
        ("phrase.txt", "correct horse battery staple 123456\n"),
    ] {
        let file = room.root.join("office").join(file);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    for line in story.before {
        match *line {
            "WAL" => {
                Connection::open(room.database()).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
                continue;
            }
            "APART" => {
                room.move_database();
                continue;
            }
            _ => {}
        }
        room.done(line);
        if line.starts_with("case open") {
            let listed = room.run("case list --json");
            let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
            listed["data"][0]["case"].as_str().unwrap().clone_into(&mut room.case);
        }
    }
    let reference = Room { root: folder.join("reference"), case: room.case.clone() };
    copy(&room.root, &reference.root);
    story.late.iter().for_each(|line| reference.done(line));
    let before = reference.cells();
    let count = folder.join("count");
    let mut counting = reference.command(story.command);
    counting.env("LD_PRELOAD", shim).env("FAULT_DIR", &reference.root).env("FAULT_COUNT", &count);
    let counted = counting.output().unwrap();
    assert!(counted.status.code().is_some_and(|code| code == 0 || code == 4), "{}: {counted:?}", story.name);
    let calls: u64 = fs::read_to_string(count).unwrap().trim().parse().unwrap();
    assert!(calls > 10, "{}: the shim counts {calls} calls", story.name);
    Told { before, after: reference.cells(), names: reference.names(), calls, room }
}

/// One fault, and everything that must hold after it.
fn strike(story: &Story, told: &Told, folder: &Path, shim: &Path, at: u64, fault: &str) {
    let what = format!("{}: {fault} at {at} of {}", story.name, told.calls);
    let room = Room { root: folder.join("struck"), case: told.room.case.clone() };
    let _gone = fs::remove_dir_all(&room.root);
    copy(&told.room.root, &room.root);
    story.late.iter().for_each(|line| room.done(line));
    let mut struck = room.command(story.command);
    struck.env("LD_PRELOAD", shim).env("FAULT_DIR", &room.root);
    let struck = struck.env("FAULT_AT", at.to_string()).env("FAULT_DO", fault).output().unwrap();
    let said = String::from_utf8_lossy(&struck.stderr).into_owned();
    match (struck.status.signal(), struck.status.code()) {
        (Some(9), _) if fault == "kill" || fault == "torn" => {}
        (None, Some(code)) => {
            assert!(code <= 5 && !said.contains("panicked"), "{what}: {code} {said}");
            assert!(code == 0 || code == 4 || said.contains("error["), "{what}: no word of it: {said}");
        }
        other => panic!("{what}: {other:?} {said}"),
    }
    require_finished(story, told, &room, &what, &said);
}

/// Whatever happened in the room while the command said so: the database is before or after, and the command finishes.
pub(crate) fn require_finished(story: &Story, told: &Told, room: &Room, what: &str, said: &str) {
    let now = room.cells();
    assert!(story.by_person || now == told.before || now == told.after, "{what}: neither before nor after; {said}");
    let recovered = room.run("recover");
    assert!(
        [Some(0), Some(4)].contains(&recovered.status.code()),
        "{what}: recover: {}{said}",
        String::from_utf8_lossy(&recovered.stderr)
    );
    let now = room.cells();
    assert!(story.by_person || now == told.before || now == told.after, "{what}: recover leaves neither");
    let whole = room.run("audit verify --json");
    let found = String::from_utf8_lossy(&whole.stdout);
    let verified: serde_json::Value = serde_json::from_str(&found).unwrap();
    let findings = verified["data"]["findings"].as_array().unwrap();
    // the file of a key that was replaced goes last
    let goes = |finding: &serde_json::Value| finding["code"] == "key_not_destroyed";
    let going = story.name == "rotate" && whole.status.code() == Some(4) && findings.iter().all(goes);
    assert!(whole.status.code() == Some(0) || going, "{what}: {found}");
    // what was done is not done again; a copy that is there is never overwritten, so it is moved away as the hint says
    let mut again = room.run(story.command);
    let mut refused = String::from_utf8_lossy(&again.stderr).into_owned();
    if refused.contains("package_exists") {
        fs::remove_dir_all(room.root.join("office/packages")).unwrap();
        again = room.run(story.command);
        refused = String::from_utf8_lossy(&again.stderr).into_owned();
    }
    assert!(again.status.code().is_some_and(|code| code <= 4), "{what}: again: {refused}");
    assert_eq!(room.cells(), told.after, "{what}: a second run does not finish it: {refused}");
    assert_eq!(room.run("audit verify").status.code(), Some(0), "{what}");
    let names = room.names();
    let missing: Vec<&String> = told.names.iter().filter(|name| !names.contains(name)).collect();
    assert!(missing.is_empty(), "{what}: {missing:?} is missing; {refused}");
    let half: Vec<&String> =
        names.iter().filter(|name| [".tmp", "partial", "droit.writing"].iter().any(|end| name.contains(end))).collect();
    assert!(half.is_empty(), "{what}: {half:?} is left; {refused}");
}

/// Hands over every story, or the one that is asked for, told up to its command, with the folder that it may use and how
/// often it is its turn if `wanted` times are shared among all.
pub(crate) fn each_story(wanted: u64, shim: &Path, each: &mut dyn FnMut(&Story, &Told, &Path, u64)) {
    let only = told("STORY");
    let stories: Vec<&Story> =
        STORIES.iter().filter(|story| only.as_deref().is_none_or(|only| only == story.name)).collect();
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    for story in &stories {
        let place = folder.path().join(story.name.replace(' ', "_"));
        each(story, &tell(story, &place, shim), &place, wanted.div_ceil(stories.len() as u64));
        fs::remove_dir_all(&place).unwrap();
    }
}

#[test]
fn whatever_call_it_dies_or_fails_at_the_next_run_finishes() {
    let wanted: u64 = told("FAULTS").and_then(|text| text.parse().ok()).unwrap_or(45);
    let (mut state, shim) = (seed() | 1, shim());
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    each_story(wanted, &shim, &mut |story, told, place, times| {
        for n in 0..times {
            let at = 1 + draw(told.calls);
            strike(story, told, place, &shim, at, FAULTS[usize::try_from(n % 4).unwrap()]);
        }
    });
    fs::remove_file(shim).unwrap();
}
