//! What has to be so before a change is planned, or told: no other one is under way, and the database is the one of which
//! the record tells.

use crate::{apply::require_agreement, case::About};

use super::{database::Trusted, session::Session};

/// Nothing is planned while a change of this database is neither done nor given up, nor over a restored backup: what it
/// brought back is for the replay first.
pub(super) fn require(trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    session.reading()?.require_settled()?;
    require_no_backup(trusted, session)
}

/// Refuses a database that stands behind the record, or ahead of it.
pub(super) fn require_no_backup(trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    let mark = session.workspace()?.settings.mark;
    Ok(require_agreement(&mut *trusted.database, session.reading()?, About::Workspace, mark)?)
}
