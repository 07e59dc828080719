//! What has to be so before anything is written (DESIGN §5, 1): the claim is about this workspace, database, map and
//! schema, it is of today and was not applied before, and the database's mark and the casebook tell the same story.

use jiff::{SignedDuration, Timestamp};

use super::{Applying, digest};
use crate::{
    case::About,
    casebook::Casebook,
    data_map::{classified::Classified, drifted_parts},
    database::{Database, WritableDatabase},
    error::Error,
    plan::{Claim, Header},
    refusal::Refusal,
    schema::Schema,
};

/// A plan may be applied for so long after it was made.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Checks everything that can be checked before the plan is derived again.
pub(super) fn require(
    claim: &Claim,
    map: &Classified,
    reader: &mut dyn Database,
    writer: &mut dyn WritableDatabase,
    book: &Casebook,
    applying: &Applying<'_>,
) -> Result<(), Error> {
    let (header, now) = (&claim.header, applying.clock.now());
    let database = reader.identity()?;
    require_bound(header, &database, book, map, applying)?;
    if writer.identity()? != database {
        return Err(Refusal::ForeignPlan("database").into());
    }
    require_in_time(header, book, now)?;
    book.require_settled()?;
    if book.applied(digest(&claim.digest)?)?.is_some() {
        return Err(Refusal::AppliedTwice.into());
    }
    require_agreement(reader, book, applying.about, applying.mark)
}

fn require_bound(
    header: &Header,
    database: &str,
    book: &Casebook,
    map: &Classified,
    applying: &Applying<'_>,
) -> Result<(), Refusal> {
    let bound = [
        ("workspace", header.workspace == book.workspace()),
        ("database", header.database == database),
        ("data map", header.map == map.map_fingerprint),
        ("case", header.case == applying.about.to_string()),
    ];
    if let Some((what, _)) = bound.into_iter().find(|(_, same)| !same) {
        return Err(Refusal::ForeignPlan(what));
    }
    if header.schema_fingerprint == map.schema_fingerprint { Ok(()) } else { Err(Refusal::StalePlan) }
}

/// The header's times are claims, too: a plan cannot give itself a longer life.
fn require_in_time(header: &Header, book: &Casebook, now: Timestamp) -> Result<(), Error> {
    let last = book.last_event_at()?;
    if header.as_of > now || last.is_some_and(|last| last > now) {
        return Err(Refusal::ClockJump.into());
    }
    if header.expires.duration_since(header.as_of) > LIFE {
        return Err(Refusal::EditedPlan.into());
    }
    if now >= header.expires {
        return Err(Refusal::ExpiredPlan(header.expires.to_string()).into());
    }
    Ok(())
}

/// A later mark than the casebook knows: the casebook was restored, or is a copy of one that went on elsewhere. An
/// earlier one: the database was restored, and what was removed is in it again. Then only the replay may write, until it
/// has ended: its first step lifts the mark above everything that is still to be repeated.
pub fn require_agreement(reader: &mut dyn Database, book: &Casebook, about: About, mark: bool) -> Result<(), Error> {
    let replay = book.open_replay()?;
    if replay.is_some_and(|(run, _)| about != About::Run(run)) {
        return Err(Refusal::DatabaseBehind.into());
    }
    if !mark {
        return Ok(());
    }
    reader.renew()?;
    let mark = reader.mark(book.workspace())?.unwrap_or(0);
    let known = u64::try_from(book.last_committed()?).unwrap_or(0);
    let after = replay.and_then(|(_, after)| u64::try_from(after).ok());
    match mark.cmp(&known) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(Refusal::CasebookBehind.into()),
        std::cmp::Ordering::Less if after.is_some_and(|after| after <= mark) => Ok(()),
        std::cmp::Ordering::Less => Err(Refusal::DatabaseBehind.into()),
    }
}

/// The schema inside the transaction must be the one that the map was read against; indexes may differ.
pub(super) fn require_schema(map: &Classified, schema: &Schema) -> Result<(), Refusal> {
    let drifted = drifted_parts(map, schema);
    if drifted.is_empty() { Ok(()) } else { Err(Refusal::Drift(drifted)) }
}
