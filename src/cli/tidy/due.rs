//! What is due, and what of it is stuck.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use serde::Serialize;

use crate::{
    case::{CaseNumber, KeyId, KeyPurpose},
    casebook::{CasebookError, KeyRow, KeySearch, Replaced, Searched, Strays},
    duties::tidy::{Due, due_keys},
};

use super::files::{self, Packages};
use crate::cli::session::Session;

/// How old what a killed process left must be: a running one may still be writing it.
const SAFE_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Everything that is due.
pub(super) struct Found {
    pub(super) keys: Vec<Due>,
    /// Keys that are recorded as destroyed or replaced and still there
    pub(super) half: Vec<KeyId>,
    /// What replacing keys comes to, where that is asked for
    pub(super) rotation: Option<Rotation>,
    pub(super) strays: Strays,
    pub(super) packages: Packages,
    /// Letters of cases whose keys go or have gone
    pub(super) letters: Vec<PathBuf>,
    pub(super) plans: Vec<PathBuf>,
    /// Files that never got their name
    pub(super) partial: Vec<PathBuf>,
    pub(super) stuck: Vec<Stuck>,
    /// Bytes that were searched
    pub(super) searched: u64,
}

/// Keys that get a successor.
#[derive(Default)]
pub(super) struct Rotation {
    /// The keys, each with its purpose
    pub(super) keys: BTreeMap<KeyId, String>,
    /// Keys of what can be undone, which stay as they are
    pub(super) left: u64,
    /// What it came to
    pub(super) done: Replaced,
}

impl Rotation {
    /// Of all keys that are in use, but for those that go anyway.
    fn of(rows: Vec<KeyRow>, due: &[Due]) -> Self {
        let mut rotation = Self::default();
        for row in rows {
            let goes = due.iter().any(|due| due.key == row.id);
            if row.is_replaceable() && !goes {
                rotation.keys.insert(row.id, row.purpose);
            } else if row.is_living() && !goes {
                rotation.left += 1;
            }
        }
        rotation
    }

    /// Leaves a key as it is. The tag key's own successor is of no use while the workspace's key stays: what computes tags in
    /// bodies is sealed under that.
    fn leave(&mut self, key: KeyId) {
        let purpose = self.keys.remove(&key);
        if purpose.is_some_and(|purpose| purpose == KeyPurpose::Workspace.word()) {
            self.keys.retain(|_, purpose| purpose != KeyPurpose::Tags.word());
        }
    }
}

/// Something that is due and cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Stuck {
    /// The key; none where it is about several
    pub(super) key: Option<KeyId>,
    pub(super) code: &'static str,
    /// The file that stands in the way
    pub(super) file: Option<PathBuf>,
}

impl Stuck {
    /// The bytes of a key stand in another file than its own.
    pub(super) fn found(key: KeyId, file: PathBuf) -> Self {
        Self { key: Some(key), code: "key_found", file: Some(file) }
    }
}

impl Found {
    /// Looks for all of it; changes nothing.
    pub(super) fn look(rotate: bool, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let (now, zone) = (session.now(), session.zone()?);
        let settings = &session.workspace()?.settings;
        let (keep, backups) = (settings.keep, settings.backups);
        let before = now.saturating_sub(SAFE_AGE)?;
        let packages = files::packages(&keep, &zone, session)?;
        let (plans, partial) = (files::plans(session)?, files::partial(before, session)?);
        let book = session.reading()?;
        let keys = due_keys(book, &keep, backups, now, &zone)?;
        let rotation = if rotate { Some(Rotation::of(book.key_rows()?, &keys)) } else { None };
        let mut found = Self {
            keys,
            half: book.half_destroyed()?,
            rotation,
            strays: book.strays(before)?,
            packages,
            letters: Vec::new(),
            plans,
            partial,
            stuck: Vec::new(),
            searched: 0,
        };
        if found.strays.foreign > 0 {
            let folder = book.keys().path().to_owned();
            found.stuck.push(Stuck { key: None, code: "key_folder_shared", file: Some(folder) });
        }
        found.search(session)?;
        found.letters = files::letters(&found.forgotten(session)?, session)?;
        Ok(found)
    }

    /// The cases of which nobody can read any more who asked, once it is done.
    fn forgotten(&self, session: &mut Session<'_>) -> anyhow::Result<BTreeSet<CaseNumber>> {
        let due = self.keys.iter().filter(|due| due.purpose == KeyPurpose::Case.word());
        let mut cases = session.reading()?.forgotten_cases()?;
        cases.extend(due.filter_map(|due| due.about.case()));
        Ok(cases)
    }

    /// Sets aside what cannot go: keys whose files are not as they should be, and keys that are found elsewhere.
    fn search(&mut self, session: &mut Session<'_>) -> anyhow::Result<()> {
        let book = session.reading()?;
        let mut search = KeySearch::default();
        let (due, recorded) = (self.keys.iter().map(|due| due.key), self.half.iter().chain(&self.strays.keys));
        let replaced = self.rotation.iter().flat_map(|rotation| rotation.keys.keys().copied());
        let living = due.chain(replaced).map(|key| (key, true));
        let keys: Vec<(KeyId, bool)> = living.chain(recorded.map(|key| (*key, false))).collect();
        for (key, living) in keys {
            match book.look_for(key, &mut search) {
                Ok(()) => {}
                // what was being overwritten is no key any more
                Err(CasebookError::KeyDamaged(_)) if !living => {}
                Err(
                    error @ (CasebookError::KeyMissing(_)
                    | CasebookError::KeyDamaged(_)
                    | CasebookError::KeysExposed(..)),
                ) => {
                    self.set_aside(Stuck { key: Some(key), code: error.code(), file: None });
                }
                Err(error) => return Err(error.into()),
            }
        }
        let folder = session.workspace()?.folder.clone();
        let keys = session.key_folder()?;
        let mut searched = Searched::default();
        search.search(&folder, &mut searched)?;
        if !is_within(&keys, &folder) {
            search.search(&keys, &mut searched)?;
        }
        self.searched = searched.bytes;
        for (key, file) in searched.found {
            if self.strays.files.iter().any(|stray| is_same(stray, &file)) {
                continue; // the half of a key's file that was never named; it goes first
            }
            self.set_aside(Stuck::found(key, file));
        }
        Ok(())
    }

    /// Takes a key out of what goes.
    pub(super) fn set_aside(&mut self, stuck: Stuck) {
        if let Some(key) = stuck.key {
            self.keys.retain(|due| due.key != key);
            self.half.retain(|half| *half != key);
            self.strays.keys.retain(|stray| *stray != key);
            if let Some(rotation) = &mut self.rotation {
                rotation.leave(key);
            }
        }
        self.stuck.push(stuck);
    }

    /// How many keys and files a killed process left.
    pub(super) fn remains(&self) -> u64 {
        (self.strays.keys.len() + self.strays.files.len() + self.partial.len() + self.packages.partial) as u64
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        let keys = self.keys.is_empty() && self.half.is_empty();
        let files = self.packages.names.is_empty() && self.letters.is_empty() && self.plans.is_empty();
        let rotates = self.rotation.as_ref().is_some_and(|rotation| !rotation.keys.is_empty());
        keys && files && self.remains() == 0 && !rotates
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.file_name() == other.file_name() && is_within(one, other)
}

fn is_within(inner: &Path, outer: &Path) -> bool {
    match (inner.canonicalize(), outer.canonicalize()) {
        (Ok(inner), Ok(outer)) => inner.starts_with(outer),
        _ => false,
    }
}
