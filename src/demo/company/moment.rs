//! Local time as the company writes it.

use jiff::{ToSpan, civil::Date};
use rusqlite::{
    ToSql,
    types::{ToSqlOutput, Value},
};
use std::fmt;

/// Seconds since 1970-01-01 00:00:00 on the company's wall clock (China has no summer time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) i64);

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 86_400;

/// How far Asia/Shanghai is ahead of UTC.
const OFFSET: i64 = 8 * HOUR;

impl Moment {
    /// The beginning of `date`.
    pub(super) fn at(date: Date) -> Self {
        Self(days_from_civil(date) * DAY)
    }

    pub(super) fn plus(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    /// Unix time, in which the network log writes.
    pub(super) fn epoch_seconds(self) -> i64 {
        self.0 - OFFSET
    }

    /// Unix time in thousandths, in which the map writes.
    pub(super) fn epoch_millis(self) -> i64 {
        self.epoch_seconds() * 1_000
    }

    /// The day as `YYYYMMDD`.
    pub(super) fn compact_day(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        format!("{year:04}{month:02}{day:02}")
    }

    /// The day as `YYYY-MM-DD`.
    pub(super) fn day(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / HOUR, second / MINUTE % 60, second % MINUTE);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Text(self.to_string())))
    }
}

/// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`]: year, month, day.
pub(super) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A period of the data map.
#[derive(Clone, Copy, Debug)]
pub(super) enum Term {
    Days(i32),
    Months(i32),
    Years(i32),
}

impl Term {
    fn after(self, date: Date) -> Date {
        date.saturating_add(match self {
            Self::Days(days) => days.days(),
            Self::Months(months) => months.months(),
            Self::Years(years) => years.years(),
        })
    }

    /// The earliest event whose record is still kept on `today`: its term ends today. A record of the day before is
    /// past its term.
    pub(super) fn last_kept(self, today: Date) -> Date {
        let mut event = today.saturating_sub(match self {
            Self::Days(days) => days.days(),
            Self::Months(months) => months.months(),
            Self::Years(years) => years.years(),
        });
        while self.after(event) < today {
            event = event.saturating_add(1.day());
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn moments_print_as_calendars_say() {
        assert_eq!(Moment::at(date(1970, 1, 1)).0, 0);
        assert_eq!(Moment::at(date(2000, 2, 29)).plus(13 * HOUR + 61).to_string(), "2000-02-29 13:01:01");
        assert_eq!(Moment::at(date(1949, 12, 31)).day(), "1949-12-31");
        assert_eq!(Moment::at(date(2026, 11, 23)).compact_day(), "20261123");
        // 2026-11-23 00:00:00+08:00 is 2026-11-22T16:00:00Z
        assert_eq!(Moment::at(date(2026, 11, 23)).epoch_seconds(), 1_795_363_200);
    }

    #[test]
    fn terms_end_as_the_law_counts() {
        // 3 years from 2024-02-29 are kept through 2027-02-28, and so are those from 2024-02-28
        assert_eq!(Term::Years(3).last_kept(date(2027, 2, 28)), date(2024, 2, 28));
        assert_eq!(Term::Years(3).last_kept(date(2028, 2, 29)), date(2025, 3, 1));
        assert_eq!(Term::Months(6).last_kept(date(2027, 2, 28)), date(2026, 8, 28));
        assert_eq!(Term::Days(30).last_kept(date(2026, 11, 23)), date(2026, 10, 24));
    }
}
