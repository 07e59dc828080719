//! Anchors: heads of the chain, kept in a file outside of the workspace, so that an older copy, a fork or a cut-off end
//! is found by whoever holds that file. `docs/reference/anchor-format.md` is the specification.
//!
//! One line an anchor, never changed afterwards; each names the digest of the line before.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Finding, Head, Verified, keys::no_follow};
use crate::case::Fingerprint;

/// The schema that every anchor names.
const SCHEMA: &str = "droit.anchor/1";

/// More than this is no file of anchors: a daily one of a hundred years is smaller.
const LARGEST: u64 = 64 << 20;

/// A head, by whom and when it was written down, and what stood before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    schema: String,
    /// The workspace's random name
    pub workspace: String,
    /// The last event's number
    pub number: i64,
    /// The last event's hash
    pub hash: Fingerprint,
    /// When it was written down
    pub at: Timestamp,
    /// Who wrote it down
    pub officer: String,
    /// SHA-256 of the line before; none in the first line
    pub previous: Option<Fingerprint>,
    /// The officer's signature (SSHSIG, armored) over [`Anchor::statement`]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

impl Anchor {
    /// The head.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }

    /// What is signed: the line without its signature, and its line feed.
    pub fn statement(&self) -> serde_json::Result<String> {
        Self { signature: None, ..self.clone() }.line()
    }

    fn line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// Why anchors cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// A symbolic link, which could lead anywhere
    #[error("{} is a symbolic link", .0.display())]
    Link(PathBuf),
    /// Something that is no file of anchors, or no longer the one that was written
    #[error("line {line} of {} is not as it was written: {why}", path.display())]
    Damaged {
        /// The file
        path: PathBuf,
        /// From 1
        line: usize,
        /// What is wrong
        why: &'static str,
    },
    /// Another workspace's
    #[error("the anchors in {} are of another workspace", .0.display())]
    Foreign(PathBuf),
    /// Somebody else is writing an anchor
    #[error("another process is writing an anchor to {}", .0.display())]
    Busy(PathBuf),
    /// The file system said no
    #[error("{} could not be {what}", path.display())]
    File {
        /// What was tried
        what: &'static str,
        /// With which file
        path: PathBuf,
        /// What the system said
        source: io::Error,
    },
}

/// A file of anchors as it was read.
#[derive(Debug)]
pub struct Anchors {
    path: PathBuf,
    file: File,
    list: Vec<Anchor>,
    last_line: Option<Fingerprint>,
    length: u64,
    /// Made just now, and nothing is in it yet
    unused: bool,
}

/// What a file of anchors is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Read,
    Add,
    Make,
}

impl Drop for Anchors {
    fn drop(&mut self) {
        if self.unused {
            // an empty file is no harm either
            let _removed = std::fs::remove_file(&self.path);
        }
        // closing alone would not do while a process that is just being started holds a copy of the handle
        let _unlocked = self.file.unlock();
    }
}

impl Anchors {
    /// Reads a file of anchors, each line of which must be as it was written, to check a record against it.
    pub fn read(path: &Path) -> Result<Self, AnchorError> {
        let anchors = Self::open(path, OpenOptions::new().read(true), Way::Read)?;
        if anchors.list.is_empty() {
            return Err(AnchorError::Damaged { path: path.to_owned(), line: 1, why: "there is no anchor in it" });
        }
        Ok(anchors)
    }

    /// Opens a file of anchors to add one, and makes it (0600) if it is not there. Nobody else adds one meanwhile.
    pub fn open_to_add(path: &Path) -> Result<Self, AnchorError> {
        let mut adding = OpenOptions::new();
        adding.read(true).append(true);
        match Self::open(path, adding.clone().create_new(true).mode(0o600), Way::Make) {
            Err(AnchorError::File { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {
                Self::open(path, &mut adding, Way::Add)
            }
            other => other,
        }
    }

    fn open(path: &Path, options: &mut OpenOptions, way: Way) -> Result<Self, AnchorError> {
        let failed = |what| move |source| AnchorError::File { what, path: path.to_owned(), source };
        let damaged = |line, why| AnchorError::Damaged { path: path.to_owned(), line, why };
        if path.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Err(AnchorError::Link(path.to_owned()));
        }
        // a pipe would be waited for; what is put in place of the file meanwhile is not followed
        let flags = no_follow() | i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
        let file = options.custom_flags(flags).open(path).map_err(failed("opened"))?;
        let found = file.metadata().map_err(failed("read"))?;
        if !found.is_file() || found.len() > LARGEST {
            return Err(damaged(1, "this is no file of anchors"));
        }
        let locked = if way == Way::Read { file.try_lock_shared() } else { file.try_lock() };
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(AnchorError::Busy(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed("locked")(error)),
        }
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes).map_err(failed("read"))?;
        let length = bytes.len() as u64;
        let text = String::from_utf8(bytes).map_err(|_| damaged(1, "this is no text"))?;
        let (list, last_line) = parse(&text).map_err(|(line, why)| damaged(line, why))?;
        Ok(Self { path: path.to_owned(), file, list, last_line, length, unused: way == Way::Make })
    }

    /// The anchors, oldest first.
    #[must_use]
    pub fn list(&self) -> &[Anchor] {
        &self.list
    }

    /// The anchors' heads.
    pub fn heads(&self) -> impl Iterator<Item = Head> {
        self.list.iter().map(Anchor::head)
    }

    /// Refuses anchors of another workspace.
    pub fn require_of(&self, workspace: &str) -> Result<(), AnchorError> {
        let foreign = self.list.iter().any(|anchor| anchor.workspace != workspace);
        if foreign { Err(AnchorError::Foreign(self.path.clone())) } else { Ok(()) }
    }

    /// The next anchor, not written yet.
    #[must_use]
    pub fn next(&self, workspace: &str, head: Head, at: Timestamp, officer: &str) -> Anchor {
        Anchor {
            schema: SCHEMA.to_owned(),
            workspace: workspace.to_owned(),
            number: head.number,
            hash: head.hash,
            at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            officer: officer.to_owned(),
            previous: self.last_line,
            signature: None,
        }
    }

    /// Adds the anchor as one line in one write, durable before this returns. What a full disk takes of it is taken back.
    pub fn append(mut self, anchor: &Anchor) -> Result<(), AnchorError> {
        let path = self.path.clone();
        let failed = |source| AnchorError::File { what: "written", path, source };
        let line = match anchor.line() {
            Ok(line) => line,
            Err(error) => return Err(failed(error.into())),
        };
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        if let Err(error) = written {
            // the error is what there is to tell; what is left of the line is found when the file is read
            let _taken_back = self.file.set_len(self.length);
            return Err(failed(error));
        }
        self.unused = false;
        let folder = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// How the record that was verified against these anchors stands to them.
    #[must_use]
    pub fn standing(&self, verified: &Verified, found: &[Finding]) -> Standing {
        let missed: BTreeSet<i64> = verified.missed.iter().map(|head| head.number).collect();
        let holds = |anchor: &&Anchor| !verified.missed.contains(&anchor.head());
        let agreed = self.list.iter().filter(holds).map(|anchor| anchor.number).max().unwrap_or(0);
        let ends = verified.head.number;
        let missing = self.list.iter().filter(|anchor| missed.contains(&anchor.number) && !holds(anchor));
        let Some(first) = missing.map(|anchor| anchor.number).min() else { return Standing::Agrees };
        if first <= ends {
            return Standing::Forked { agreed: agreed.min(first), anchored: first };
        }
        // what else is in an older copy fits its events; whoever cuts off events leaves what followed from them
        let whole = found.iter().all(|finding| ["truncated", "head_unknown"].contains(&finding.code));
        let anchored = self.list.iter().map(|anchor| anchor.number).max().unwrap_or(first);
        if whole { Standing::OlderCopy { ends, anchored } } else { Standing::CutOff { ends, anchored } }
    }
}

/// How a record stands to the anchors that somebody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its chain passes through every anchor
    Agrees,
    /// It ends before an anchor, and is whole up to there
    OlderCopy {
        /// Its last event
        ends: i64,
        /// The last event that is anchored
        anchored: i64,
    },
    /// It ends before an anchor, and something in it shows that there was more
    CutOff {
        /// Its last event
        ends: i64,
        /// The last event that is anchored
        anchored: i64,
    },
    /// An anchored event is another one here
    Forked {
        /// The last anchored event that is the same
        agreed: i64,
        /// The first anchored event that is not
        anchored: i64,
    },
}

impl Standing {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::OlderCopy { .. } => "older_copy",
            Self::CutOff { .. } => "cut_off",
            Self::Forked { .. } => "forked",
        }
    }
}

/// Anchors and the digest of the last line.
type Lines = (Vec<Anchor>, Option<Fingerprint>);

/// All lines; each must be what droit writes, byte by byte, and follow the one before.
fn parse(text: &str) -> Result<Lines, (usize, &'static str)> {
    let (mut list, mut previous): Lines = (Vec::new(), None);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let Some(bare) = line.strip_suffix('\n') else { return Err((number, "the line is cut off")) };
        let anchor: Anchor = serde_json::from_str(bare).map_err(|_| (number, "this is no anchor"))?;
        if anchor.schema != SCHEMA || anchor.line().ok().as_deref() != Some(line) {
            return Err((number, "this is not how an anchor is written"));
        }
        if anchor.previous != previous {
            return Err((number, "the line before it is another than when it was written"));
        }
        previous = Some(Fingerprint::new(Sha256::digest(bare).into()));
        list.push(anchor);
    }
    Ok((list, previous))
}
