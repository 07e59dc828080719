//! The clocks there are, and how far each runs (LAW D8).

use std::{fmt, str::FromStr};

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use super::Extension;
use crate::case::request::UnknownWord;

/// A clock of LAW D8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClockRule {
    /// The policy's thirty days from receipt
    K30,
    /// GB/T 35273 8.7: thirty days from verification; the only Chinese clock that can be extended (D10)
    #[serde(rename = "KGB")]
    Kgb,
    /// Fifteen working days from receipt, until the stored data is really changed
    #[serde(rename = "K15W")]
    K15w,
    /// MIIT Order 24 art. 12: complaints, fifteen days
    #[serde(rename = "K15D")]
    K15d,
    /// EXP 28: complaints about the carriage, seven days
    K7,
    /// EMM 27(3): the sender of a parcel, seven days as EXP 28
    #[serde(rename = "K7S")]
    K7s,
    /// Seventy-two hours from the discovery that a minor's data is held without consent
    #[serde(rename = "KM72")]
    Km72,
    /// The day of receipt, for what must simply stop
    K0,
    /// GDPR 12(3): one month, three when extended
    #[serde(rename = "KG")]
    Kg,
    /// CCPA regulations 7021: acknowledgement within ten business days
    #[serde(rename = "KC_ACK")]
    KcAck,
    /// CCPA regulations 7021: answer within 45 days, 90 when extended; no weekend is waited for (D16)
    #[serde(rename = "KC_ANSWER")]
    KcAnswer,
    /// CCPA regulations: an opt-out takes effect within fifteen business days
    #[serde(rename = "KC_OPT_OUT")]
    KcOptOut,
}

/// How far a clock runs from its start.
#[derive(Clone, Copy)]
pub(super) enum Length {
    Days(i32),
    WorkingDays(u16),
    Months(i32),
    Hours(i64),
}

impl ClockRule {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::K30,
        Self::Kgb,
        Self::K15w,
        Self::K15d,
        Self::K7,
        Self::K7s,
        Self::Km72,
        Self::K0,
        Self::Kg,
        Self::KcAck,
        Self::KcAnswer,
        Self::KcOptOut,
    ];

    /// The word in files and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::K30 => "K30",
            Self::Kgb => "KGB",
            Self::K15w => "K15W",
            Self::K15d => "K15D",
            Self::K7 => "K7",
            Self::K7s => "K7S",
            Self::Km72 => "KM72",
            Self::K0 => "K0",
            Self::Kg => "KG",
            Self::KcAck => "KC_ACK",
            Self::KcAnswer => "KC_ANSWER",
            Self::KcOptOut => "KC_OPT_OUT",
        }
    }

    pub(super) fn length(self) -> Length {
        match self {
            Self::K30 | Self::Kgb => Length::Days(30),
            Self::K15w | Self::KcOptOut => Length::WorkingDays(15),
            Self::K15d => Length::Days(15),
            Self::K7 | Self::K7s => Length::Days(7),
            Self::Km72 => Length::Hours(72),
            Self::K0 => Length::Days(0),
            Self::Kg => Length::Months(1),
            Self::KcAck => Length::WorkingDays(10),
            Self::KcAnswer => Length::Days(45),
        }
    }

    /// Whether a last day that is no working day moves to the next one (D6, D15, D16). Working days never need to, and
    /// what is due at once or in hours does not wait for a holiday to pass.
    pub(super) fn rolls(self) -> bool {
        matches!(self, Self::K30 | Self::Kgb | Self::K15d | Self::K7 | Self::K7s | Self::Kg)
    }

    /// The latest date an extension can give (D10), if this clock can be extended at all.
    pub(super) fn extended(self, start: Date, due: Date, extension: &Extension) -> Option<Date> {
        match self {
            Self::Kgb if extension.days <= Extension::MOST_DAYS => {
                Some(due.saturating_add(Span::new().days(extension.days)))
            }
            Self::Kg => Some(start.saturating_add(Span::new().months(3))),
            Self::KcAnswer => Some(start.saturating_add(Span::new().days(90))),
            _ => None,
        }
    }
}

impl fmt::Display for ClockRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for ClockRule {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|rule| rule.word() == text);
        found.ok_or(UnknownWord {
            what: "clock",
            known: "K30, KGB, K15W, K15D, K7, K7S, KM72, K0, KG, KC_ACK, KC_ANSWER, KC_OPT_OUT",
        })
    }
}
