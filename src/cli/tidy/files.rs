//! Files that droit itself made and that are over: packages of cases that were closed, plans that nobody can apply any
//! more, and what killed processes left.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use cap_std::{ambient_authority, fs::Dir};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::{CaseNumber, Status, period::Counted},
    duties::tidy::Keep,
    export::Outbox,
    plan::{Header, PLAN_SCHEMA},
};

use crate::cli::{
    export::sweep,
    failure::Failure,
    session::Session,
    workspace::{BESIDE, cannot_read, cannot_write, require_no_link},
};

/// The longest first line of a plan.
const HEADER: u64 = 1 << 20;

/// Folders of the workspace in which files get their name when they are whole.
const OURS: [&str; 5] = ["answers", "certificates", "letters", "packages", "plans"];

/// What is due in the folder of packages.
#[derive(Debug, Default)]
pub(super) struct Packages {
    folder: PathBuf,
    /// Folders and archives, each with its case
    pub(super) names: Vec<(CaseNumber, String)>,
    /// How many packages never got their name
    pub(super) partial: usize,
}

impl Packages {
    /// The cases whose packages go.
    pub(super) fn cases(&self) -> Vec<CaseNumber> {
        let cases: BTreeSet<CaseNumber> = self.names.iter().map(|(case, _)| *case).collect();
        cases.into_iter().collect()
    }
}

/// Names in a folder, in order; none where there is no such folder. A link in its place is refused.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    require_no_link(folder)?;
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| cannot_read(folder, &error))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| cannot_read(folder, &error))?.file_name();
        names.extend(name.into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// Packages of cases that were closed, withdrawn or merged so long ago as packages are kept.
pub(super) fn packages(keep: &Keep, zone: &TimeZone, session: &mut Session<'_>) -> anyhow::Result<Packages> {
    let folder = session.workspace()?.packages();
    let now = session.now();
    let mut packages = Packages { folder: folder.clone(), ..Packages::default() };
    for name in names(&folder)? {
        packages.partial += usize::from(name.starts_with('.') && name.ends_with(".partial"));
        let Ok(number) = name.strip_suffix(".zip").unwrap_or(&name).parse::<CaseNumber>() else { continue };
        let Some(case) = session.reading()?.listed_case(number)? else { continue };
        let over = matches!(case.status, Status::Closed | Status::Withdrawn | Status::Merged);
        let ended = case.closed_at.or(case.ended_at).filter(|_| over);
        if ended.is_some_and(|ended| keep.packages.purge_at(ended, Counted::Event, zone) <= now) {
            packages.names.push((number, name));
        }
    }
    Ok(packages)
}

/// The same where droit writes nothing by itself: a link, which somebody made on purpose, is not followed.
fn own_names(folder: &Path) -> Result<Vec<String>, Failure> {
    if folder.is_symlink() { Ok(Vec::new()) } else { names(folder) }
}

/// Plans of this workspace in `plans/` that are past their expiry.
pub(super) fn plans(session: &mut Session<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let folder = session.workspace()?.path("plans");
    let (now, workspace) = (session.now(), session.reading()?.workspace().to_owned());
    let files = own_names(&folder)?.into_iter().map(|name| folder.join(name));
    let over = |file: &PathBuf| {
        header_of(file)
            .is_some_and(|head| head.schema == PLAN_SCHEMA && head.workspace == workspace && head.expires < now)
    };
    Ok(files.filter(over).collect())
}

/// What a plan says of itself; none of anything else than a plan.
fn header_of(file: &Path) -> Option<Header> {
    let found = fs::symlink_metadata(file).ok()?;
    let mut line = Vec::new();
    if found.is_file() {
        BufReader::new(File::open(file).ok()?.take(HEADER)).read_until(b'\n', &mut line).ok()?;
    }
    serde_json::from_slice(&line).ok()
}

/// What killed processes left of files that they wrote in the workspace before `before`.
pub(super) fn partial(before: Timestamp, session: &mut Session<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let workspace = session.workspace()?.clone();
    let folders = OURS.iter().map(|name| workspace.path(name));
    let mut partial = Vec::new();
    for folder in std::iter::once(workspace.folder.clone()).chain(folders) {
        for name in own_names(&folder)?.into_iter().filter(|name| name.starts_with(BESIDE)) {
            let path = folder.join(name);
            let found = fs::symlink_metadata(&path).map_err(|error| cannot_read(&path, &error))?;
            let written = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
            if found.is_file() && written.is_some_and(|at| at < before) {
                partial.push(path);
            }
        }
    }
    Ok(partial)
}

/// Letters in `answers/` to the people of these cases.
pub(super) fn letters(cases: &BTreeSet<CaseNumber>, session: &mut Session<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let folder = session.workspace()?.path("answers");
    let of = |name: &String| {
        let number = name.match_indices('-').nth(2).and_then(|(end, _)| name[..end].parse::<CaseNumber>().ok());
        number.is_some_and(|number| cases.contains(&number))
    };
    Ok(names(&folder)?.into_iter().filter(of).map(|name| folder.join(name)).collect())
}

/// Removes files. What is gone already is no trouble: an interrupted run may have removed it.
pub(super) fn remove_all<'a>(files: impl Iterator<Item = &'a PathBuf>) -> anyhow::Result<()> {
    for file in files {
        gone(fs::remove_file(file)).map_err(|error| cannot_write(file, &error))?;
    }
    Ok(())
}

impl Packages {
    /// Removes the packages, and what killed exports left.
    pub(super) fn remove(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        let folder = &self.folder;
        if self.partial > 0 {
            sweep(&Outbox::open(folder)?, session)?;
        }
        if self.names.is_empty() {
            return Ok(());
        }
        let failed = |error: io::Error| cannot_write(folder, &error);
        require_no_link(folder)?;
        let dir = Dir::open_ambient_dir(folder, ambient_authority()).map_err(failed)?;
        for (_, name) in &self.names {
            let is_folder = match dir.symlink_metadata(name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                found => found.map_err(failed)?.is_dir(),
            };
            // a link is removed, not what it leads to
            gone(if is_folder { dir.remove_dir_all(name) } else { dir.remove_file(name) }).map_err(failed)?;
        }
        Ok(())
    }
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
