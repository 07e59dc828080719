//! By a clock that cannot be right nothing is purged, no key is destroyed, and no time ends in which something could be
//! undone.

use jiff::SignedDuration;

use crate::{
    case::{About, Body, Event},
    refusal::Refusal,
};

use super::{confirm, out::Out, session::Session, text::Text, when};

/// After a longer time without an event the clock may have leapt.
const LEAP_DAYS: i64 = 7;

const IS_IT_RIGHT: Text = Text {
    en: "The clock says {now}; {days} days lie between two events, or after the last one. Is the clock right?",
    zh: "系统时间为 {now}；两条记录之间或最后一条记录之后相隔 {days} 天。系统时间是否正确？",
};

/// A clock that stands before the last event is wrong. One that went on for more than a week with nothing on record may
/// be, also where something was recorded by it since, until somebody says that it is right.
pub(crate) fn require_clock(session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<()> {
    let now = session.now();
    let Some(last) = session.reading()?.last_event_at()? else { return Ok(()) };
    if now < last {
        return Err(Refusal::ClockJump.into());
    }
    let pause = session.reading()?.longest_pause(now)?;
    if pause <= SignedDuration::from_hours(24 * LEAP_DAYS) {
        return Ok(());
    }
    let days = pause.as_hours() / 24;
    if !session.can_ask() {
        return Err(Refusal::ClockLeap(days).into());
    }
    let shown = when::show(now, &session.zone()?);
    confirm::by_yes(IS_IT_RIGHT, &[("now", &shown), ("days", &days.to_string())], false, session, out)?;
    session.record(About::Workspace, Event::ClockConfirmed {}, &Body::default())?;
    Ok(())
}
