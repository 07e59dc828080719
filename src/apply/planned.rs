//! A plan as it was derived, and the work itself as long as it is small: while nobody else has committed to the
//! database since, deriving it again would give the same.

use crate::{
    database::{Database, Version},
    error::Error,
    plan::{Claim, Header, Record, Step, Totals, Work, Writer},
    planner::Planner,
};

/// Work is remembered up to so many bytes; a larger plan is derived again when it is applied.
const REMEMBERED: usize = 8 << 20;

/// A plan on its way from its making to its application.
#[derive(Debug)]
pub struct Planned {
    /// What it claims
    pub claim: Claim,
    pub(super) remembered: Option<Remembered>,
}

/// The work of a plan, as of one state of the database.
#[derive(Debug)]
pub(super) struct Remembered {
    version: Version,
    records: Vec<u8>,
    pub(super) totals: Totals,
}

/// A plan of which only the file is known: apply derives it.
impl From<Claim> for Planned {
    fn from(claim: Claim) -> Self {
        Self { claim, remembered: None }
    }
}

impl Planned {
    /// The work, if `reader` is the connection that planned and sees the database unchanged.
    pub(super) fn still_good(&self, reader: &mut dyn Database) -> Result<Option<&Remembered>, Error> {
        let Some(remembered) = &self.remembered else { return Ok(None) };
        reader.renew()?;
        let good = reader.version()? == Some(remembered.version);
        reader.renew()?;
        Ok(good.then_some(remembered))
    }
}

impl Remembered {
    /// The records of the work list, the sums last.
    pub(super) fn records(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.records.as_slice();
        std::iter::from_fn(move || {
            let (length, tail) = rest.split_first_chunk::<8>()?;
            let (record, tail) = tail.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
            rest = tail;
            Some(record)
        })
    }
}

/// Derives the plan once, writing it to `out`; then lets go of the snapshot, so that no writer is held up while somebody
/// reads the plan.
pub fn write_plan<W: std::io::Write>(
    planner: &dyn Planner,
    header: Header,
    database: &mut dyn Database,
    out: W,
) -> Result<(W, Planned, Totals), Error> {
    let io = |source| Error::Io { what: "the plan cannot be written", source };
    database.renew()?;
    let version = database.version()?;
    let mut writer = Writer::begin(out, &header, planner.token()).map_err(io)?;
    let mut records = Some(Vec::new());
    let totals = planner.derive(database, &mut |step| {
        remember(&mut records, step);
        writer.step(planner.map(), step).map_err(io)
    })?;
    let (out, claim) = writer.finish(header).map_err(io)?;
    database.renew()?;
    if let Some(records) = &mut records {
        push(records, &Record::Sums(totals.clone()).encode());
    }
    let remembered =
        version.zip(records).map(|(version, records)| Remembered { version, records, totals: totals.clone() });
    Ok((out, Planned { claim, remembered }, totals))
}

fn remember(records: &mut Option<Vec<u8>>, step: &Step) {
    if let (Some(list), Some(work)) = (&mut *records, Work::of(step)) {
        push(list, &Record::Row(work).encode());
        if list.len() > REMEMBERED {
            *records = None;
        }
    }
}

fn push(records: &mut Vec<u8>, record: &[u8]) {
    records.extend((record.len() as u64).to_be_bytes());
    records.extend(record);
}
