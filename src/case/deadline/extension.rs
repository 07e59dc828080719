//! Taking more time (LAW D10).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{ClockRule, Facts, deadlines};
use crate::case::calendar::Calendars;

/// That more time was taken (D10), at most once per case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// When the requester was told, with the reason
    pub notice_at: Timestamp,
    /// Days taken on the Chinese clock KGB; GDPR and CCPA know only their own fixed extensions
    pub days: u16,
}

impl Extension {
    /// The most days KGB can be extended by.
    pub const MOST_DAYS: u16 = 30;
}

/// What an extension did to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extended {
    /// None was taken, or this clock knows none
    No,
    /// The notice came after the clock had run out
    TooLate,
    /// The notice came after the nominal date but before the rolled one
    RolledOnly,
    /// Both dates are later
    Yes,
}

/// Why no more time can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionRefused {
    /// Once is all there is
    #[error("the case was extended before, and there is no second extension")]
    Twice,
    /// K30, K15W, K7 and their like are never extended, nor is a clock that has stopped
    #[error("no running clock of this case can be extended")]
    NoSuchClock,
    /// More than KGB allows
    #[error("a clock under GB/T 35273 is extended by 1 to {} days", Extension::MOST_DAYS)]
    Days,
    /// Notice must reach the requester while the clock runs
    #[error("the notice comes after {0}, the last day for it")]
    TooLate(Date),
}

/// Checks whether `extension` may be taken now (D10): once, on a clock that knows one, with notice before it runs out.
pub fn check_extension(facts: &Facts, extension: Extension, calendars: &Calendars) -> Result<(), ExtensionRefused> {
    if facts.extension.is_some() {
        return Err(ExtensionRefused::Twice);
    }
    let extendable = |rule| matches!(rule, ClockRule::Kgb | ClockRule::Kg | ClockRule::KcAnswer);
    let running = deadlines(facts, calendars);
    let clock = running
        .iter()
        .find(|clock| extendable(clock.rule) && clock.stopped.is_none())
        .ok_or(ExtensionRefused::NoSuchClock)?;
    if clock.rule == ClockRule::Kgb && !(1..=Extension::MOST_DAYS).contains(&extension.days) {
        return Err(ExtensionRefused::Days);
    }
    if extension.notice_at >= clock.due_rolled_at {
        return Err(ExtensionRefused::TooLate(clock.due_rolled));
    }
    Ok(())
}
