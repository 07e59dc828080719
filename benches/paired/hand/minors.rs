//! Children without a valid consent, as of 2026-11-23: who they are by one statement, then the erasure by hand.

use anyhow::Result;

use super::erase;
use crate::{Job, Report, job::Subject};

/// Under fourteen by the account and the papers, and nobody consented in time.
const CHILDREN: &str = "
    SELECT u.id, coalesce(u.phone, '') FROM users u
    WHERE u.birth_date = date(u.birth_date) AND u.birth_date <= '2026-11-23'
      AND date(u.birth_date, '+14 years') >= '2026-11-23'
      AND NOT EXISTS (SELECT 1 FROM guardian_consents c WHERE c.minor_user_id = u.id AND c.status = 'granted'
          AND c.form = 'written' AND c.evidence_sha256 IS NOT NULL AND date(c.consented_at) <= '2026-11-23'
          AND (c.revoked_at IS NULL OR date(c.revoked_at) > '2026-11-23'))
    ORDER BY u.id";

/// Children of one transaction.
const WINDOW: usize = 500;

/// As it is done beside an application that writes.
pub(super) fn in_windows(job: &Job, report: &mut Report) -> Result<()> {
    run(job, WINDOW, report)
}

/// All in one transaction.
pub(super) fn as_a_whole(job: &Job, report: &mut Report) -> Result<()> {
    run(job, usize::MAX, report)
}

fn run(job: &Job, window: usize, report: &mut Report) -> Result<()> {
    let connection = erase::open(&job.database)?;
    let children: Vec<Subject> = connection
        .prepare(CHILDREN)?
        .query_map([], |row| Ok(Subject { account: row.get(0)?, phone: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    report.rows.insert("children".to_owned(), children.len() as u64);
    for some in children.chunks(window.min(children.len().max(1))) {
        erase::batch(&connection, some, &job.files, &mut report.rows)?;
    }
    Ok(())
}
