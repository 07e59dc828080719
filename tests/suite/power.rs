//! The power goes out: everything that the real program does to its files is recorded at the system calls, and of what was
//! not flushed at one of these instants some is lost. Data goes by sectors, names go one by one and are sure only once
//! their folder was flushed, as the harshest file system may do it. Afterwards the same holds as after any other death.
//!
//! A few of all these instants always, others in every run; `DROIT_TEST_POWER=10000` tries so many.
#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    checked::seed,
    desk::told,
    faults::{Room, Story, Told, compiled, copy, each_story, require_finished, shim},
};

/// The least that a disk writes at once.
const SECTOR: usize = 512;

/// What was done to a file's bytes.
#[derive(Clone)]
enum Write {
    At(usize, Vec<u8>),
    Length(usize),
}

/// What a name leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

/// What was done to a name.
#[derive(Clone)]
enum Naming {
    Is(PathBuf, Node),
    Gone(PathBuf),
    Moved(PathBuf, PathBuf, Node),
}

/// One call that was recorded.
enum Call {
    Made(PathBuf),
    Written(PathBuf, Write),
    Flushed(PathBuf),
    AllFlushed,
    Moved(PathBuf, PathBuf),
    Linked(PathBuf, PathBuf),
    Gone(PathBuf),
    Folder(PathBuf),
}

#[derive(Clone, Default)]
struct File {
    /// What is there for sure
    flushed: Vec<u8>,
    mode: u32,
    pending: Vec<Write>,
}

impl File {
    fn flush(&mut self) {
        let Self { flushed, pending, .. } = self;
        pending.drain(..).for_each(|what| write(flushed, &what));
    }
}

/// What a file system holds, and what of it is sure.
#[derive(Clone, Default)]
struct Disk {
    files: Vec<File>,
    /// As everybody sees it
    now: BTreeMap<PathBuf, Node>,
    flushed: BTreeMap<PathBuf, Node>,
    pending: Vec<Naming>,
}

/// Random numbers below a bound.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

impl Naming {
    fn is_in(&self, folder: &Path) -> bool {
        match self {
            Self::Is(path, _) | Self::Gone(path) => path.parent() == Some(folder),
            Self::Moved(from, to, _) => [from, to].iter().any(|path| path.parent() == Some(folder)),
        }
    }

    fn happen(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Self::Is(path, node) => drop(names.insert(path.clone(), *node)),
            Self::Gone(path) => drop(names.remove(path)),
            Self::Moved(from, to, node) => {
                let below: Vec<PathBuf> = names.keys().filter(|path| path.starts_with(from)).cloned().collect();
                for path in below {
                    let node = names.remove(&path).unwrap();
                    let rest = path.strip_prefix(from).unwrap();
                    names.insert(if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) }, node);
                }
                names.insert(to.clone(), *node);
            }
        }
    }
}

fn write(bytes: &mut Vec<u8>, what: &Write) {
    match what {
        Write::Length(length) => bytes.resize(*length, 0),
        Write::At(at, new) => {
            bytes.resize(bytes.len().max(at + new.len()), 0);
            bytes[*at..at + new.len()].copy_from_slice(new);
        }
    }
}

/// Everything that is in a folder, and sure.
fn disk(root: &Path) -> Disk {
    let mut disk = Disk::default();
    let mut left = vec![root.to_owned()];
    while let Some(folder) = left.pop() {
        disk.now.insert(folder.clone(), Node::Folder);
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                left.push(entry.path());
                continue;
            }
            let mode = entry.metadata().unwrap().permissions().mode();
            disk.now.insert(entry.path(), Node::File(disk.files.len()));
            disk.files.push(File { flushed: fs::read(entry.path()).unwrap(), mode, pending: Vec::new() });
        }
    }
    disk.flushed.clone_from(&disk.now);
    disk
}

impl Disk {
    fn name(&mut self, naming: Naming) {
        naming.happen(&mut self.now);
        self.pending.push(naming);
    }

    fn take(&mut self, call: &Call) {
        match call {
            Call::Made(path) => {
                let node = Node::File(self.files.len());
                self.files.push(File { mode: 0o600, ..File::default() });
                self.name(Naming::Is(path.clone(), node));
            }
            Call::Folder(path) => self.name(Naming::Is(path.clone(), Node::Folder)),
            Call::Gone(path) => self.name(Naming::Gone(path.clone())),
            Call::Moved(from, to) => {
                let node = self.now[from];
                self.name(Naming::Moved(from.clone(), to.clone(), node));
            }
            Call::Linked(from, to) => {
                let node = self.now[from];
                self.name(Naming::Is(to.clone(), node));
            }
            Call::Written(path, what) => {
                let Node::File(at) = self.now[path] else { panic!("{} is a folder", path.display()) };
                self.files[at].pending.push(what.clone());
            }
            Call::AllFlushed => {
                self.files.iter_mut().for_each(File::flush);
                self.pending.clear();
                self.flushed.clone_from(&self.now);
            }
            Call::Flushed(path) => match self.now[path] {
                Node::File(at) => self.files[at].flush(),
                Node::Folder => {
                    let pending = std::mem::take(&mut self.pending);
                    for naming in pending {
                        if naming.is_in(path) { naming.happen(&mut self.flushed) } else { self.pending.push(naming) }
                    }
                }
            },
        }
    }

    /// What is left when the power goes out now.
    fn cut(mut self, dice: &mut Dice) -> Self {
        // of each folder's names the first few are written
        let folders: BTreeSet<PathBuf> = self.now.keys().filter_map(|path| Some(path.parent()?.to_owned())).collect();
        let mut lost: BTreeSet<usize> = BTreeSet::new();
        for folder in folders {
            let here: Vec<usize> = (0..self.pending.len()).filter(|at| self.pending[*at].is_in(&folder)).collect();
            let written = dice.below(here.len() + 1);
            lost.extend(&here[written..]);
        }
        for (at, naming) in self.pending.iter().enumerate() {
            if !lost.contains(&at) {
                naming.happen(&mut self.flushed);
            }
        }
        for file in &mut self.files {
            let (some, torn) = (dice.coin(), dice.coin());
            let all = dice.coin();
            for what in std::mem::take(&mut file.pending) {
                match what {
                    _ if !some => {}
                    Write::At(at, bytes) if torn => {
                        let ends = (at..at + bytes.len()).filter(|end| end % SECTOR == 0).chain([at + bytes.len()]);
                        let mut from = at;
                        for end in ends.collect::<Vec<_>>() {
                            if all || dice.coin() {
                                write(&mut file.flushed, &Write::At(from, bytes[from - at..end - at].to_vec()));
                            }
                            from = end;
                        }
                    }
                    what if all || dice.coin() => write(&mut file.flushed, &what),
                    _ => {}
                }
            }
        }
        self
    }

    /// Puts it where it was, into the same files as far as they are there: a workspace knows its database by them.
    fn lay(&self, root: &Path) {
        let there = disk(root).now;
        for path in
            there.keys().rev().filter(|path| self.flushed.get(*path).map(is_folder) != there.get(*path).map(is_folder))
        {
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { drop(fs::remove_file(path)) }
        }
        for (path, node) in &self.flushed {
            // a folder without a name takes what is in it along
            if *path != root && !path.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match node {
                Node::Folder if path.is_dir() => {}
                Node::Folder => {
                    fs::create_dir(path).unwrap();
                    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
                }
                Node::File(at) => {
                    let File { flushed, mode, .. } = &self.files[*at];
                    let mut open = fs::OpenOptions::new();
                    let mut file = open.write(true).create(true).truncate(true).mode(*mode).open(path).unwrap();
                    std::io::Write::write_all(&mut file, flushed).unwrap();
                }
            }
        }
    }
}

fn is_folder(node: &Node) -> bool {
    *node == Node::Folder
}

/// Reads a record of `tests/faults/recorder.c`.
fn read(record: &Path) -> Vec<Call> {
    let bytes = fs::read(record).unwrap();
    let mut rest = bytes.as_slice();
    let mut calls = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(&rest[..end]).unwrap();
        rest = &rest[end + 1..];
        let (what, said) = line.split_once(' ').unwrap();
        let two = || said.split_once('\t').map(|(from, to)| (PathBuf::from(from), PathBuf::from(to))).unwrap();
        // who still writes into a file whose name is gone leaves nothing
        if said.ends_with(" (deleted)") {
            assert_ne!(what, "W", "{line}");
            continue;
        }
        calls.push(match what {
            "C" => Call::Made(said.into()),
            "M" => Call::Folder(said.into()),
            "U" | "R" => Call::Gone(said.into()),
            "S" => Call::Flushed(said.into()),
            "A" => Call::AllFlushed,
            "N" => {
                let (from, to) = two();
                Call::Moved(from, to)
            }
            "L" => {
                let (from, to) = two();
                Call::Linked(from, to)
            }
            "T" => {
                let (length, path) = said.split_once(' ').unwrap();
                Call::Written(path.into(), Write::Length(length.parse().unwrap()))
            }
            "W" => {
                let mut parts = said.splitn(3, ' ');
                let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
                let (at, length) = (number(), number());
                let written = rest[..length].to_vec();
                rest = &rest[length + 1..];
                Call::Written(parts.next().unwrap().into(), Write::At(at, written))
            }
            _ => panic!("the recorder does not understand: {line}"),
        });
    }
    calls
}

/// The telephone number of whom the stories are about.
fn number_of_the_erased(room: &Room) -> String {
    let db = rusqlite::Connection::open(room.database()).unwrap();
    db.query_row("SELECT phone FROM users WHERE id = 60", [], |row| row.get(0)).unwrap()
}

/// A proof that is on record is true of what the disk holds.
fn require_gone_if_proven(room: &Room, erased: &str, what: &str) {
    let shown = room.run("case show CASE --json").stdout;
    let shown: serde_json::Value = serde_json::from_slice(&shown).unwrap_or_default();
    if shown["data"]["proof"] != "proven" {
        return;
    }
    for end in ["", "-journal", "-wal"] {
        let bytes = fs::read(format!("{}{end}", room.database().display())).unwrap_or_default();
        let there = bytes.windows(erased.len()).any(|window| window == erased.as_bytes());
        assert!(!there, "{what}: proven, and the number stands in the file{end}");
    }
}

/// The power goes out at some instants of a story.
fn story(story: &Story, told: &Told, folder: &Path, recorder: &Path, cuts: u64, dice: &mut Dice) {
    let room = Room { root: folder.join("struck"), case: told.room.case.clone() };
    copy(&told.room.root, &room.root);
    story.late.iter().for_each(|line| room.done(line));
    let erased = story.command.starts_with("prove").then(|| number_of_the_erased(&told.room));
    let (before, record) = (disk(&room.root), folder.join("record"));
    let ended = room.beneath(recorder, &[&room.root, &record], story.command).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code().is_some_and(|code| code == 0 || code == 4), "{}: {said}", story.name);
    let calls = read(&record);
    let whole = calls.iter().fold(before.clone(), |mut disk, call| {
        disk.take(call);
        disk
    });
    let names = |disk: &Disk| disk.now.iter().map(|(path, node)| (path.clone(), is_folder(node))).collect::<Vec<_>>();
    assert_eq!(names(&whole), names(&disk(&room.root)), "{}: all that happened was recorded", story.name);
    for _ in 0..cuts {
        let at = dice.below(calls.len() + 1);
        let mut disk = before.clone();
        calls[..at].iter().for_each(|call| disk.take(call));
        let state = dice.0;
        disk.cut(dice).lay(&room.root);
        let what = format!("{}: no power after {at} of {} calls ({state})", story.name, calls.len());
        if let Some(erased) = &erased {
            require_gone_if_proven(&room, erased, &what);
        }
        require_finished(story, told, &room, &what, "");
    }
}

#[test]
fn whenever_the_power_goes_out_the_next_run_finishes() {
    let wanted: u64 = told("POWER").and_then(|text| text.parse().ok()).unwrap_or(24);
    let mut dice = Dice(seed() | 1);
    let (recorder, shim) = (compiled("recorder", &[]), shim());
    each_story(wanted, &shim, &mut |one, told, place, cuts| story(one, told, place, &recorder, cuts, &mut dice));
    fs::remove_file(shim).unwrap();
    fs::remove_file(recorder).unwrap();
}
