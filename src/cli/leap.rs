//! By a clock that cannot be right nothing is purged, and no time ends in which something could be undone.

use jiff::SignedDuration;

use crate::refusal::Refusal;

use super::session::Session;

/// Further ahead of the last event than this the clock may have jumped.
const LEAP_DAYS: i64 = 7;

/// A clock that stands before the last event is wrong; one that is more than a week ahead may be, where nobody is there to
/// say that it is right.
pub(crate) fn require_clock(session: &mut Session<'_>) -> anyhow::Result<()> {
    let Some(last) = session.reading()?.last_event_at()? else { return Ok(()) };
    let since = session.now().duration_since(last);
    if since < SignedDuration::ZERO {
        return Err(Refusal::ClockJump.into());
    }
    if since > SignedDuration::from_hours(24 * LEAP_DAYS) && !session.can_ask() {
        return Err(Refusal::ClockLeap(since.as_hours() / 24).into());
    }
    Ok(())
}
