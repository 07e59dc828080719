//! Derives a plan, to the file that was asked for or to nowhere.

use std::{
    fs::File,
    io::{BufWriter, Write, sink},
    path::Path,
};

use cap_std::fs::Dir;

use crate::{
    apply::{Planned, Removable, write_plan},
    case::{CaseNumber, Event, Fingerprint},
    database::Database,
    plan::{Header, Totals},
    planner::Planner,
};

use super::{
    session::Session,
    workspace::{cannot_write, new_private_file},
};

/// No plan is left in a file for a case in whose state nothing is planned.
fn require_plannable(header: &Header, session: &mut Session<'_>) -> anyhow::Result<()> {
    let Ok(number) = header.case.parse::<CaseNumber>() else { return Ok(()) };
    let planned = Event::Planned { plan: Fingerprint::new([0; 32]), tables: Vec::new(), part: false };
    Ok(session.case(number)?.require_legal(&planned)?)
}

/// Writes the plan of `planner`, which takes files from `files` alone, to `file`, which only its owner can read,
/// durably; half a plan is removed.
pub(crate) fn write(
    planner: &dyn Planner,
    header: Header,
    database: &mut dyn Database,
    files: Option<&Dir>,
    file: Option<&Path>,
    session: &mut Session<'_>,
) -> anyhow::Result<(Planned, Totals)> {
    require_plannable(&header, session)?;
    let out: Box<dyn Write> = match file {
        Some(file) => Box::new(BufWriter::new(new_private_file(&session.path(file))?)),
        None => Box::new(sink()),
    };
    let removable = Removable { planner, files };
    let (made, totals) = match (write_plan(&removable, header, database, out), file) {
        (Ok((mut out, made, totals)), _) => {
            out.flush()?;
            (made, totals)
        }
        (Err(error), Some(file)) => {
            // half a plan is no plan; the error is what there is to tell
            let _removed = std::fs::remove_file(session.path(file));
            return Err(error.into());
        }
        (Err(error), None) => return Err(error.into()),
    };
    if let Some(file) = file {
        let path = session.path(file);
        File::open(&path).and_then(|file| file.sync_all()).map_err(|error| cannot_write(&path, &error))?;
    }
    Ok((made, totals))
}
