//! Anchors: whatever copy somebody puts in place of the record, who holds the anchors finds it.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::PathBuf,
    process::Command,
};

use rusqlite::Connection;
use serde_json::Value;

use crate::office::{Office, Outcome};

/// An office with some events, and a folder outside of it where an auditor keeps the anchors.
struct Anchored {
    office: Office,
    outside: tempfile::TempDir,
    requests: u32,
}

impl Anchored {
    fn new() -> Self {
        Self::of(Office::open())
    }

    fn of(office: Office) -> Self {
        let mut anchored = Self { office, outside: tempfile::tempdir().unwrap(), requests: 0 };
        anchored.goes_on(2);
        anchored
    }

    fn file(&self) -> PathBuf {
        self.outside.path().join("droit.anchors")
    }

    /// So many more events.
    fn goes_on(&mut self, events: usize) {
        for _ in 0..events {
            self.requests += 1;
            self.office.file("who.txt", &format!("phone=1380013{:04}\n", self.requests));
            self.office.run("case open access --id-file who.txt").carried_out();
        }
    }

    fn anchors(&mut self) -> String {
        let line = format!("audit anchor --to {} --json", self.file().display());
        self.office.run(&line).done().json()["data"]["head"].as_str().unwrap().to_owned()
    }

    fn verify(&mut self, more: &str) -> Outcome {
        let line = format!("audit verify --against {} {more}", self.file().display());
        self.office.run(&line)
    }

    /// Everything that stands on the officer's machine, put away to be put back later.
    fn saved(&self) -> Saved {
        let keys = known_ends(&self.office);
        let book = fs::read(self.office.path("casebook.db")).unwrap();
        Saved { book, heads: keys.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect() }
    }

    fn restore(&self, saved: &Saved) {
        fs::write(self.office.path("casebook.db"), &saved.book).unwrap();
        for (path, bytes) in &saved.heads {
            fs::write(path, bytes).unwrap();
        }
    }
}

struct Saved {
    book: Vec<u8>,
    heads: Vec<(PathBuf, Vec<u8>)>,
}

/// The ends that the key folder remembers.
fn known_ends(office: &Office) -> Vec<PathBuf> {
    let workspace = fs::read_dir(office.path("state/droit")).unwrap().next().unwrap().unwrap().path();
    let entries = fs::read_dir(workspace.join("keys")).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "head")).collect()
}

fn standing(outcome: &Outcome) -> String {
    outcome.json()["data"]["against"]["standing"].as_str().unwrap().to_owned()
}

#[test]
fn a_record_that_only_went_on_agrees_and_nothing_that_was_written_changes() {
    let mut anchored = Anchored::new();
    let head = anchored.anchors();
    let first = fs::read(anchored.file()).unwrap();
    let inode = fs::metadata(anchored.file()).unwrap().ino();
    anchored.goes_on(1);
    anchored.anchors();
    let both = fs::read(anchored.file()).unwrap();
    assert!(both.starts_with(&first), "an anchor is added, nothing is written anew");
    let file = fs::metadata(anchored.file()).unwrap();
    assert_eq!((file.ino(), file.permissions().mode() & 0o777), (inode, 0o600));
    let line: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(format!("{}:{}", line["number"], line["hash"].as_str().unwrap()), head);
    assert_eq!(line["previous"], Value::Null);

    anchored.goes_on(1);
    let verified = anchored.verify("--json").done();
    assert_eq!(standing(&verified), "agrees");
    assert_eq!(verified.json()["data"]["against"]["anchors"], 2);
    anchored.office.run("audit export record.jsonl").done();
    assert_eq!(standing(&anchored.verify("--file record.jsonl --json").done()), "agrees");
}

/// Whoever restores a backup of everything on the machine, the remembered end included, leaves a record that is whole by
/// itself.
#[test]
fn an_older_copy_is_found_although_it_is_whole_by_itself() {
    let mut anchored = Anchored::new();
    let older = anchored.saved();
    anchored.anchors();
    anchored.goes_on(2);
    anchored.anchors();
    anchored.restore(&older);
    anchored.office.run("audit verify").done();
    let found = anchored.verify("--json").looks();
    assert_eq!(standing(&found), "older_copy");
    let said = anchored.verify("").looks();
    assert!(said.stdout().contains("[older_copy] this record ends at event 3, but event 5 is anchored"), "{said}");
    let said = anchored.verify("--lang zh-CN").looks();
    assert!(said.stdout().contains("[older_copy] 本记录止于事件 3"), "{said}");
    // it is not anchored either, so that nobody takes it for the right one
    let line = format!("audit anchor --to {}", anchored.file().display());
    anchored.office.run(&line).refused("anchor_contradicted");
}

#[test]
fn a_copy_that_went_its_own_way_is_found_and_where_it_parted() {
    let mut anchored = Anchored::new();
    anchored.anchors();
    let older = anchored.saved();
    anchored.goes_on(1);
    anchored.anchors();
    anchored.restore(&older);
    anchored.office.wait_days(1);
    anchored.goes_on(3);
    anchored.office.run("audit verify").done();
    let said = anchored.verify("").looks();
    assert!(said.stdout().contains("[forked] event 4 is another one than was anchored"), "{said}");
    assert!(said.stdout().contains("went its own way after event 3"), "{said}");
    assert!(anchored.verify("--lang zh-CN").looks().stdout().contains("[forked] 事件 4"));
    let line = format!("audit anchor --to {}", anchored.file().display());
    anchored.office.run(&line).refused("anchor_contradicted");
    let outcome = anchored.office.run("explain forked --lang zh-CN").done();
    assert!(outcome.stdout().contains("锚定"), "{outcome}");
}

#[test]
fn a_tail_that_was_cut_off_by_hand_is_found() {
    let mut anchored = Anchored::new();
    anchored.goes_on(1);
    anchored.anchors();
    let book = Connection::open(anchored.office.path("casebook.db")).unwrap();
    book.execute("DELETE FROM events WHERE number = 4", ()).unwrap();
    drop(book);
    let said = anchored.verify("").looks();
    assert!(said.stdout().contains("[cut_off] this record ends at event 3"), "{said}");
    assert!(anchored.verify("--lang zh-CN").looks().stdout().contains("[cut_off]"));
    // an export whose end was cut off says nothing of what stood beside the events
    anchored.office.run("audit export record.jsonl").done();
    assert_eq!(standing(&anchored.verify("--file record.jsonl --json").looks()), "older_copy");
}

#[test]
fn another_workspaces_anchors_are_refused() {
    let mut anchored = Anchored::new();
    let mut other = Anchored::of(drawn_differently());
    other.anchors();
    fs::copy(other.file(), anchored.file()).unwrap();
    anchored.verify("").refused("foreign_anchor");
    let said = anchored.verify("--lang zh-CN").refused("foreign_anchor");
    assert!(said.stderr().contains("另一工作区"), "{said}");
    let line = format!("audit anchor --to {}", anchored.file().display());
    anchored.office.run(&line).refused("foreign_anchor");
}

/// An office whose workspace has another name than all others of these tests.
fn drawn_differently() -> Office {
    let first = Office::empty();
    let mut office = first.copied();
    office.run("init shop.sqlite --quiet").done();
    office
}

/// Every byte of a small file of anchors as another one: each is refused, or contradicts the record.
#[test]
fn every_changed_byte_of_the_anchors_is_found() {
    let mut anchored = Anchored::new();
    anchored.anchors();
    anchored.goes_on(1);
    anchored.anchors();
    let whole = fs::read(anchored.file()).unwrap();
    for at in 0..whole.len() {
        let mut edited = whole.clone();
        edited[at] ^= 1;
        fs::write(anchored.file(), &edited).unwrap();
        let outcome = anchored.verify("");
        let last = at >= whole.len() - whole.split(|byte| *byte == b'\n').rev().nth(1).unwrap().len() - 1;
        let seen = outcome.stderr().contains("[anchors_damaged]")
            || outcome.stderr().contains("[foreign_anchor]")
            || outcome.stdout().contains("[forked]")
            || outcome.stdout().contains("[older_copy]");
        // who and when of the last anchor nothing binds but a signature
        let unbound = last && unbound(&whole, at);
        assert!(seen || unbound, "byte {at}: {outcome}");
    }
    fs::write(anchored.file(), &whole).unwrap();
    anchored.verify("").done();
}

/// Whether the byte stands in the officer's name or the time of an anchor.
fn unbound(whole: &[u8], at: usize) -> bool {
    let text = std::str::from_utf8(whole).unwrap();
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    ["\"at\":\"", "\"officer\":\""].iter().any(|name| {
        let from = line + text[line..].find(name).unwrap() + name.len();
        let to = from + text[from..].find('"').unwrap();
        (from..to).contains(&at)
    })
}

#[test]
fn dropped_swapped_and_unfinished_lines_are_refused() {
    let mut anchored = Anchored::new();
    for _ in 0..3 {
        anchored.anchors();
        anchored.goes_on(1);
    }
    let text = fs::read_to_string(anchored.file()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for edited in [
        [lines[1], lines[2]].concat(),
        [lines[0], lines[2]].concat(),
        [lines[1], lines[0], lines[2]].concat(),
        [lines[0], lines[0], lines[1], lines[2]].concat(),
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        String::new(),
    ] {
        fs::write(anchored.file(), &edited).unwrap();
        let said = anchored.verify("").refused("anchors_damaged");
        assert!(said.stderr().contains("line "), "{said}");
        let said = anchored.verify("--lang zh-CN").refused("anchors_damaged");
        assert!(said.stderr().contains("不是 droit 写下的锚点"), "{said}");
    }
}

#[test]
fn what_leads_elsewhere_is_never_written_through() {
    let mut anchored = Anchored::new();
    let precious = anchored.outside.path().join("precious");
    fs::write(&precious, "content").unwrap();
    let named = |path: &PathBuf| format!("audit anchor --to {}", path.display());

    let link = anchored.outside.path().join("link");
    symlink(&precious, &link).unwrap();
    anchored.office.run(&named(&link)).refused("symlink");
    let dangling = anchored.outside.path().join("dangling");
    symlink(anchored.outside.path().join("nothing"), &dangling).unwrap();
    anchored.office.run(&named(&dangling)).refused("symlink");
    assert!(!anchored.outside.path().join("nothing").exists());

    anchored.office.run(&named(&precious)).refused("anchors_damaged");
    anchored.office.run(&named(&anchored.outside.path().to_owned())).fails(1, "cannot_read");
    anchored.office.run("audit anchor --to anchors.jsonl").refused("anchor_inside");
    let into = anchored.outside.path().join("into");
    symlink(anchored.office.path("."), &into).unwrap();
    anchored.office.run(&named(&into.join("anchors.jsonl"))).refused("anchor_inside");
    let keys = known_ends(&anchored.office).remove(0);
    anchored.office.run(&named(&keys.with_file_name("anchors"))).refused("anchor_inside");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "content");
    anchored.office.run(&named(&anchored.outside.path().join("no/such"))).fails(1, "cannot_write");
}

#[test]
fn a_record_that_is_not_whole_is_not_anchored() {
    let mut anchored = Anchored::new();
    let book = Connection::open(anchored.office.path("casebook.db")).unwrap();
    book.execute("UPDATE cases SET status = 'closed'", ()).unwrap();
    let line = format!("audit anchor --to {}", anchored.file().display());
    anchored.office.run(&line).refused("record_not_whole");
    assert!(!anchored.file().exists(), "no empty file is left behind");
}

/// Runs the program where no file may grow beyond so many bytes, as on a disk that is nearly full.
const CRAMPED: &str = "
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
";

#[test]
fn of_an_anchor_that_a_full_disk_cuts_off_nothing_is_left() {
    let mut anchored = Anchored::new();
    anchored.anchors();
    let before = fs::read(anchored.file()).unwrap();
    anchored.office.file("cramped.py", CRAMPED);
    let run = |room: usize| {
        Command::new("python3")
            .arg(anchored.office.path("cramped.py"))
            .args([&room.to_string(), env!("CARGO_BIN_EXE_droit"), "audit", "anchor", "--lang", "en", "--to"])
            .arg(anchored.file())
            .current_dir(anchored.office.path(""))
            .env("XDG_STATE_HOME", anchored.office.path("state"))
            .env("USER", "officer")
            .output()
            .unwrap()
    };
    let full = run(before.len() + 100);
    let said = String::from_utf8(full.stderr).unwrap();
    assert!(full.status.code() == Some(1) && said.contains("error[cannot_write]"), "{said}");
    assert_eq!(fs::read(anchored.file()).unwrap(), before, "what was written of the line is taken back");
    assert!(run(before.len() + 10_000).status.success());
    assert!(fs::read(anchored.file()).unwrap().len() > before.len());
}

#[test]
fn a_clock_that_was_set_back_anchors_nothing() {
    let mut anchored = Anchored::new();
    anchored.office.wait_days(1);
    anchored.anchors();
    anchored.office.wait_days(-1);
    let line = format!("audit anchor --to {}", anchored.file().display());
    anchored.office.run(&line).refused("clock_jump");
}
