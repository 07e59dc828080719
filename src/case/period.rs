//! Retention periods: until when a row is kept and from when it may go (LAW §3.3).

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Why a period cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not a number and a unit
    #[error("expected a period such as 3 years, 6 months, 90 days or 72 hours")]
    NotAPeriod,
    /// Longer than any law
    #[error("a period of more than {MOST_YEARS} years")]
    TooLong,
}

/// Years in the longest period that can be written.
const MOST_YEARS: u32 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Hours,
    Days,
    Months,
    Years,
}

/// Words of a unit (one, several) and how many fit into [`MOST_YEARS`].
const UNITS: [(Unit, &str, &str, u32); 4] = [
    (Unit::Hours, "hour", "hours", MOST_YEARS * 365 * 24),
    (Unit::Days, "day", "days", MOST_YEARS * 365),
    (Unit::Months, "month", "months", MOST_YEARS * 12),
    (Unit::Years, "year", "years", MOST_YEARS),
];

/// A length of time as laws state it: `3 years`, `6 months`, `90 days`, `72 hours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    count: u32,
    unit: Unit,
}

/// From when a period is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Counted {
    /// From the event that ends the purpose
    #[default]
    #[serde(rename = "event")]
    Event,
    /// From the end of the event's year, as accounting archives are
    #[serde(rename = "end of year")]
    EndOfYear,
}

impl Period {
    /// So many days.
    #[must_use]
    pub const fn of_days(count: u32) -> Self {
        Self { count, unit: Unit::Days }
    }

    /// So many years.
    #[must_use]
    pub const fn of_years(count: u32) -> Self {
        Self { count, unit: Unit::Years }
    }

    /// The same as hours, where it does not depend on a calendar.
    #[must_use]
    pub fn exactly(self) -> Option<SignedDuration> {
        match self.unit {
            Unit::Hours => Some(SignedDuration::from_hours(self.count.into())),
            Unit::Days => Some(SignedDuration::from_hours(i64::from(self.count) * 24)),
            Unit::Months | Unit::Years => None,
        }
    }

    /// Gives the last day on which what ended on `end` is kept. The day of the event is not counted, a month ends on the
    /// same day-number or on its last day (CC 201, 202). Hours are rounded up to days.
    #[must_use]
    pub fn keep_through(self, end: Date, counted: Counted) -> Date {
        let from = match counted {
            Counted::Event => end,
            Counted::EndOfYear => end.last_of_year(),
        };
        from.saturating_add(match self.unit {
            Unit::Hours => Span::new().days(self.count.div_ceil(24)),
            Unit::Days => Span::new().days(self.count),
            Unit::Months => Span::new().months(self.count),
            Unit::Years => Span::new().years(self.count),
        })
    }

    /// Gives the first day on which it may be purged, from 00:00 local time.
    #[must_use]
    pub fn purge_from(self, end: Date, counted: Counted) -> Date {
        day_after(self.keep_through(end, counted))
    }

    /// Gives the first instant at which what ended at `end` may be purged: a day's beginning in `zone`, or the very hour
    /// when the period is in hours.
    #[must_use]
    pub fn purge_at(self, end: Timestamp, counted: Counted, zone: &TimeZone) -> Timestamp {
        if self.unit == Unit::Hours && counted == Counted::Event {
            let hours = SignedDuration::from_hours(i64::from(self.count));
            return end.saturating_add(hours).unwrap_or(Timestamp::MAX);
        }
        let day = self.purge_from(zone.to_datetime(end).date(), counted);
        day.to_zoned_datetime(zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }
}

fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

/// Combines the last kept days of several rules: the latest of the legal minimums; without any, the earliest of the
/// limits. A legal hold is above all of them.
#[must_use]
pub fn combine(minimums: &[Date], limits: &[Date]) -> Option<Date> {
    minimums.iter().max().or(limits.iter().min()).copied()
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, several] = match self.unit {
            Unit::Hours => ["hour", "hours"],
            Unit::Days => ["day", "days"],
            Unit::Months => ["month", "months"],
            Unit::Years => ["year", "years"],
        };
        write!(f, "{} {}", self.count, if self.count == 1 { one } else { several })
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (count, word) = text.trim().split_once(' ').ok_or(PeriodError::NotAPeriod)?;
        let word = word.trim();
        let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        let known = UNITS.iter().find(|(_, one, several, _)| word == *one || word == *several);
        let (unit, _, _, most) = known.filter(|_| digits).ok_or(PeriodError::NotAPeriod)?;
        match count.parse() {
            Ok(count) if count <= *most => Ok(Self { count, unit: *unit }),
            _ => Err(PeriodError::TooLong),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn check(text: &str, counted: Counted, end: Date, through: Date, purge: Date) {
        assert_eq!(period(text).keep_through(end, counted), through);
        assert_eq!(period(text).purge_from(end, counted), purge);
    }

    #[test]
    fn three_years_end_on_the_same_date() {
        check("3 years", Counted::Event, date(2026, 3, 10), date(2029, 3, 10), date(2029, 3, 11));
    }

    #[test]
    fn three_years_from_leap_day_end_in_february() {
        check("3 years", Counted::Event, date(2024, 2, 29), date(2027, 2, 28), date(2027, 3, 1));
    }

    #[test]
    fn six_months_from_the_end_of_august_end_in_february() {
        check("6 months", Counted::Event, date(2026, 8, 31), date(2027, 2, 28), date(2027, 3, 1));
    }

    #[test]
    fn accounting_vouchers_are_kept_thirty_years_from_the_end_of_the_year() {
        for day in [date(2026, 1, 1), date(2026, 3, 10), date(2026, 12, 31)] {
            check("30 years", Counted::EndOfYear, day, date(2056, 12, 31), date(2057, 1, 1));
        }
    }

    #[test]
    fn days_are_counted_from_the_day_after() {
        check("90 days", Counted::Event, date(2026, 11, 23), date(2027, 2, 21), date(2027, 2, 22));
        check("0 days", Counted::Event, date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 24));
    }

    #[test]
    fn a_purge_begins_at_local_midnight() {
        let china = TimeZone::get("Asia/Shanghai").unwrap();
        let end: Timestamp = "2026-03-09T16:00:00Z".parse().unwrap(); // 10 March 00:00 in China
        let purge = |text: &str| period(text).purge_at(end, Counted::Event, &china).to_string();
        assert_eq!(purge("3 years"), "2029-03-10T16:00:00Z");
        assert_eq!(purge("72 hours"), "2026-03-12T16:00:00Z");
    }

    #[test]
    fn the_latest_minimum_binds_and_without_one_the_earliest_limit() {
        let [early, late] = [date(2027, 1, 1), date(2036, 1, 1)];
        assert_eq!(combine(&[early, late], &[early]), Some(late));
        assert_eq!(combine(&[], &[late, early]), Some(early));
        assert_eq!(combine(&[], &[]), None);
    }

    #[test]
    fn only_numbers_with_a_unit_are_periods() {
        for text in ["", "3", "years", "3years", "-3 years", "+3 years", "3.5 years", "3 centuries", "三 年", "3 Years"]
        {
            assert_eq!(text.parse::<Period>(), Err(PeriodError::NotAPeriod), "{text:?}");
        }
        for text in ["1001 years", "12001 months", "99999999999999999999 days"] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError::TooLong), "{text:?}");
        }
        assert_eq!(period(" 1 year ").to_string(), "1 year");
        assert_eq!(period("1000 years").keep_through(Date::MAX, Counted::Event), Date::MAX);
    }

    #[test]
    fn a_period_in_a_file_is_checked() {
        assert_eq!(serde_json::from_str::<Period>("\"6 months\"").unwrap(), period("6 months"));
        assert!(serde_json::from_str::<Period>("\"soon\"").is_err());
        assert_eq!(serde_json::to_string(&Counted::EndOfYear).unwrap(), "\"end of year\"");
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(count in 0_u32..1000, unit in 0_usize..4) {
            let period = Period { count, unit: UNITS[unit].0 };
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn who_ends_later_is_kept_no_shorter(day in 0_i64..30_000, more in 0_i64..400, count in 0_u32..600, unit in 0_usize..4) {
            let period = Period { count, unit: UNITS[unit].0 };
            let end = date(1970, 1, 1).saturating_add(Span::new().days(day));
            let later = end.saturating_add(Span::new().days(more));
            for counted in [Counted::Event, Counted::EndOfYear] {
                prop_assert!(period.keep_through(end, counted) <= period.keep_through(later, counted));
                prop_assert!(period.keep_through(end, counted) >= end);
            }
        }
    }
}
