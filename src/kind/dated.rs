//! Reads dates and times in every encoding that databases use, without guessing.

use std::ops::Range;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::temporal::DateTimeParser,
    tz::TimeZone,
};

use crate::value::Value;

use super::width::{digits_only, fold};

/// What a cell says about a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// NULL or blank
    Empty,
    /// A placeholder: `0000-00-00`, `0001-01-01`, 0
    Zero,
    /// A day
    Day(Date),
    /// A wall-clock time; the map's time zone makes it an instant
    Local(DateTime),
    /// An instant
    Moment(Timestamp),
    /// A year, or a year and a month, without the rest
    Partial {
        /// The year
        year: i16,
        /// The month, if it is known
        month: Option<i8>,
    },
    /// Written like a date, but no day of the calendar
    Impossible,
    /// It can be read in more than one way (03/04/2012, counts that need not be since 1970)
    Ambiguous,
    /// Not a date
    Unreadable,
}

/// How a date is written, so that what replaces it is written alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// `2012-03-15` and its like, with the separator
    Text(char),
    /// `2012-03-15 10:00:00`, with what stands before the time
    TextTime(char),
    /// `2012-03-15T10:00:00Z`
    TextMoment,
    /// `20120315`
    Compact,
    /// `20120315100000`
    CompactTime,
    /// `2012`
    Year,
    /// A count since 1970 of this many parts of a second
    Epoch(i64),
}

impl Dated {
    /// Reads a cell. A count is an instant where it can hardly be anything but one since 1970; those since 2001 (Core
    /// Data), 1601 (FILETIME) or the year 1 (.NET) would be read decades too early, and a limit would run out at once.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        match read(value) {
            (Self::Moment(moment), Encoding::Epoch(_)) if !SINCE_1970.contains(&moment.as_second()) => Self::Ambiguous,
            (dated, _) => dated,
        }
    }

    /// The day in `zone`, if the cell tells one.
    #[must_use]
    pub fn day(self, zone: &TimeZone) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Local(time) => Some(time.date()),
            Self::Moment(moment) => Some(zone.to_datetime(moment).date()),
            _ => None,
        }
    }

    /// The instant, if the cell tells one; a day is its first instant in `zone`.
    #[must_use]
    pub fn moment(self, zone: &TimeZone) -> Option<Timestamp> {
        let local = match self {
            Self::Moment(moment) => return Some(moment),
            Self::Day(day) => day.to_datetime(jiff::civil::Time::midnight()),
            Self::Local(time) => time,
            _ => return None,
        };
        zone.to_timestamp(local).ok()
    }
}

/// Seconds since 1970 that a count may come to, from September 2001 to January 2065: whatever of these times is counted in
/// another unit, or from another day that is in use, lies outside.
const SINCE_1970: Range<i64> = 1_000_000_000..3_000_000_000;

/// Reads a cell and how it is written, any count as one since 1970: whether it is, [`Dated::read`] asks.
pub(super) fn read(value: &Value) -> (Dated, Encoding) {
    match value {
        Value::Null => (Dated::Empty, Encoding::Text('-')),
        Value::Integer(number) => read_number(*number),
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked; parts of a unit are let go")]
        Value::Real(number) if number.abs() < 9e18 => read_number(number.trunc() as i64),
        Value::Text(text) => read_text(&fold(text)),
        Value::Real(_) | Value::Blob(_) | Value::Malformed(_) => (Dated::Unreadable, Encoding::Text('-')),
    }
}

/// Four digits are a year, eight a compact day, fourteen a compact time, all within 1800–2199; larger counts are seconds,
/// milliseconds, microseconds or nanoseconds since 1970 by their size. What is too small to tell stays ambiguous.
fn read_number(number: i64) -> (Dated, Encoding) {
    let digits = number.to_string();
    if number == 0 {
        return (Dated::Zero, Encoding::Epoch(1));
    }
    if (1_800..2_200).contains(&number) {
        return (parts_to_day(&digits, "0", "0"), Encoding::Year);
    }
    if (18_000_000..22_000_000).contains(&number) {
        return (compact_day(&digits), Encoding::Compact);
    }
    if (18_000_000_000_000..22_000_000_000_000).contains(&number) {
        return (compact_time(&digits), Encoding::CompactTime);
    }
    let parts: i64 = match number.unsigned_abs() {
        0..100_000_000 => return (Dated::Ambiguous, Encoding::Epoch(1)),
        100_000_000..100_000_000_000 => 1,
        100_000_000_000..100_000_000_000_000 => 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000_000,
        _ => 1_000_000_000,
    };
    let nanoseconds = i128::from(number) * i128::from(1_000_000_000 / parts);
    let moment = Timestamp::from_nanosecond(nanoseconds).map_or(Dated::Impossible, Dated::Moment);
    (moment, Encoding::Epoch(parts))
}

fn compact_day(digits: &str) -> Dated {
    match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
        (Some(year), Some(month), Some(day)) => parts_to_day(year, month, day),
        _ => Dated::Unreadable,
    }
}

fn compact_time(digits: &str) -> Dated {
    let Some((day, time)) = digits.split_at_checked(8) else { return Dated::Unreadable };
    let Dated::Day(date) = compact_day(day) else { return compact_day(day) };
    let number = |range| time.get(range).and_then(|two: &str| two.parse::<i8>().ok()).unwrap_or(-1);
    match jiff::civil::Time::new(number(0..2), number(2..4), number(4..6), 0) {
        Ok(time) => Dated::Local(date.to_datetime(time)),
        Err(_) => Dated::Impossible,
    }
}

/// A day from year, month and day as written; zeros make it partial or a placeholder.
fn parts_to_day(year: &str, month: &str, day: &str) -> Dated {
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>()) else {
        return Dated::Unreadable;
    };
    match (year, month, day) {
        (0 | 1, 0 | 1, 0 | 1) => Dated::Zero,
        (1.., 0, 0) => Dated::Partial { year, month: None },
        (1.., 1..=12, 0) => Dated::Partial { year, month: Some(month) },
        _ => Date::new(year, month, day).map_or(Dated::Impossible, Dated::Day),
    }
}

fn read_text(text: &str) -> (Dated, Encoding) {
    let unread = (Dated::Unreadable, Encoding::Text('-'));
    if text.is_empty() {
        return (Dated::Empty, Encoding::Text('-'));
    }
    if digits_only(text.trim_start_matches('-'), 1..=19) {
        return read_digits(text);
    }
    if let Some(year) = text.strip_suffix('年').filter(|year| year.len() == 4 && digits_only(year, 4..=4)) {
        return (parts_to_day(year, "0", "0"), Encoding::Text('年'));
    }
    let Some((head, separator, tail)) = split_day(text) else { return unread };
    let day = match head[..] {
        [year, month, day] if year.len() == 4 => parts_to_day(year, month, day),
        [_, _, year] if year.len() == 4 => Dated::Ambiguous, // day or month first: nobody says
        [year, month] if year.len() == 4 => match parts_to_day(year, month, "0") {
            Dated::Zero => Dated::Impossible,
            day => day,
        },
        _ => Dated::Unreadable,
    };
    if tail.is_empty() {
        return (day, Encoding::Text(separator));
    }
    match (day, head[..].len()) {
        (Dated::Day(_), 3) => read_time(text, &head, tail, day),
        (other, _) => (other, Encoding::TextTime(' ')),
    }
}

/// Digits as text: `0000`, a year, a compact day, a compact time, or a count.
fn read_digits(text: &str) -> (Dated, Encoding) {
    if text.bytes().all(|b| b == b'0') {
        return (Dated::Zero, Encoding::Compact);
    }
    match (text.len(), text.parse::<i64>()) {
        (5.., Ok(1_800..2_200)) => (Dated::Ambiguous, Encoding::Epoch(1)),
        (_, Ok(number)) => read_number(number),
        (_, Err(_)) => (Dated::Unreadable, Encoding::Epoch(1)),
    }
}

/// The numbers of the day in front, their separator and what follows.
fn split_day(text: &str) -> Option<(Vec<&str>, char, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "-/.年月日".contains(c))).unwrap_or(text.len());
    let (day, tail) = text.split_at(end);
    let separator = day.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = day.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let numbers = (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.len() <= 4);
    numbers.then_some((parts, separator, tail))
}

/// The time behind a day that exists.
fn read_time(text: &str, head: &[&str], tail: &str, day: Dated) -> (Dated, Encoding) {
    let Dated::Day(date) = day else { return (day, Encoding::TextTime(' ')) };
    let between = if tail.starts_with(['T', 't']) { 'T' } else { ' ' };
    let time = tail.trim_start_matches(['T', 't', ' ']).replace(' ', "");
    if !time.starts_with(|c: char| c.is_ascii_digit()) || head.is_empty() || text.len() > 64 {
        return (Dated::Unreadable, Encoding::TextTime(between));
    }
    let zoned = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    let iso = format!("{date}T{time}");
    let parser = DateTimeParser::new();
    if zoned {
        let moment = parser.parse_timestamp(&iso).map_or(Dated::Impossible, Dated::Moment);
        return (moment, Encoding::TextMoment);
    }
    let local = parser.parse_datetime(&iso).map_or(Dated::Impossible, Dated::Local);
    (local, Encoding::TextTime(between))
}
