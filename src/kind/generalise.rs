//! Takes detail out of quasi-identifiers (LAW §5.2), in the encoding that the value has.

use std::{fmt::Write as _, ops::Range};

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use crate::value::Value;

use super::{
    Generalisation,
    address::generalised,
    dated::{Dated, Encoding, read},
    geo::degree,
    money::{band, normalise},
    width::fold,
};

impl Generalisation {
    /// The value with less detail, in the form and of the type it had; NULL if it cannot be read. An instant is placed in
    /// its month in `zone`.
    ///
    /// Applying it twice changes nothing more.
    #[must_use]
    pub fn apply(self, value: &Value, zone: &TimeZone) -> Value {
        match self {
            Self::District => value.as_text().and_then(generalised).map_or(Value::Null, Value::Text),
            Self::FiveYears => settled(value, |value| {
                let five = |day: Date| Date::new(day.year() - day.year().rem_euclid(5), 1, 1).ok();
                earlier(value, zone, &|day, counted| five(day).filter(|_| !counted || BIRTHS.contains(&day.year())))
            }),
            Self::Month => settled(value, |value| earlier(value, zone, &|day, _| Some(day.first_of_month()))),
            Self::AmountBand => amount_band(value),
            Self::TenthOfDegree => tenth(value),
        }
    }
}

/// Years in which people were born whose birth date is a count since 1970. Read in another unit than was meant, a count
/// would keep the day in what is left of it: such years are far away.
const BIRTHS: Range<i16> = 1_880..2_050;

/// What `less` makes of the value, if it stays as it is when that is done again; else NULL.
fn settled(value: &Value, less: impl Fn(&Value) -> Option<Value>) -> Value {
    less(value).filter(|once| less(once).as_ref() == Some(once)).unwrap_or(Value::Null)
}

/// The value moved to the day that `to` gives (it is told whether the day was counted since 1970), at midnight.
fn earlier(value: &Value, zone: &TimeZone, to: &dyn Fn(Date, bool) -> Option<Date>) -> Option<Value> {
    let (dated, encoding) = read(value);
    let day = match dated {
        Dated::Partial { year, month } => Date::new(year, month.unwrap_or(1), 1).ok(),
        _ => dated.day(zone),
    };
    let day = to(day?, matches!(encoding, Encoding::Epoch(_)))?;
    match (value, encoding) {
        (Value::Text(text), Encoding::Text(_) | Encoding::TextTime(_)) => in_place(&fold(text), day, None),
        (Value::Text(text), Encoding::TextMoment) => in_place(&fold(text), day, Some(zone)),
        (Value::Real(_), _) => match write(day, encoding, false, zone)? {
            #[expect(clippy::cast_precision_loss, reason = "it was a number of this size before")]
            Value::Integer(number) => Some(Value::Real(number as f64)),
            other => Some(other),
        },
        _ => write(day, encoding, matches!(value, Value::Text(_)), zone),
    }
}

/// The text with `day`, at midnight, where another date stood: separators and precision stay, and parts that were zero
/// (`1990-00-00`). Where it tells an instant, midnight is that of the zone, told in the zone's own offset or in UTC as before:
/// the offset that stood there says where somebody was.
fn in_place(text: &str, day: Date, zone: Option<&TimeZone>) -> Option<Value> {
    if text.chars().any(|c| c.is_alphabetic() && !"TtZz年月日".contains(c)) {
        return None;
    }
    let midnight = day.to_datetime(Time::midnight());
    let Some(zone) = zone else { return Some(Value::Text(refilled(text, midnight))) };
    let moment = zone.to_timestamp(midnight).ok()?;
    if text.ends_with(['Z', 'z']) {
        return Some(Value::Text(refilled(text, TimeZone::UTC.to_datetime(moment))));
    }
    let (local, offset) = text.split_at(text.rfind(['+', '-'])?);
    Some(Value::Text(refilled(local, zone.to_datetime(moment)) + &offset_like(offset, zone.to_offset(moment))?))
}

/// The text with the numbers of `time` in place of its own.
fn refilled(text: &str, time: DateTime) -> String {
    let date = [i32::from(time.year()), i32::from(time.month()), i32::from(time.day())];
    let numbers = date.into_iter().chain([time.hour(), time.minute(), time.second()].map(i32::from));
    let mut numbers = numbers.enumerate();
    let mut refilled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let (digits, after) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
        let zero = digits.bytes().all(|b| b == b'0');
        refilled.push_str(before);
        match numbers.next() {
            Some((0, year)) => _ = write!(refilled, "{year:04}"),
            Some((1 | 2, _)) if zero => refilled.push_str(digits),
            Some((_, number)) => _ = write!(refilled, "{number:02}"),
            None => refilled.push_str(&"0".repeat(digits.len())),
        }
        rest = after;
    }
    refilled.push_str(rest);
    refilled
}

/// The offset in the form of another one: `+08:00`, `+0800`, `+08`.
fn offset_like(like: &str, offset: Offset) -> Option<String> {
    let seconds = offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let (hours, minutes, exact) = (minutes / 60, minutes % 60, seconds % 60 == 0);
    match (like.len(), like.contains(':')) {
        (6, true) if exact => Some(format!("{sign}{hours:02}:{minutes:02}")),
        (5, false) if exact => Some(format!("{sign}{hours:02}{minutes:02}")),
        (3, false) if exact && minutes == 0 => Some(format!("{sign}{hours:02}")),
        _ => None,
    }
}

pub(super) fn write(day: Date, encoding: Encoding, as_text: bool, zone: &TimeZone) -> Option<Value> {
    let midnight = day.to_datetime(Time::midnight());
    let compact = format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
    let digits = match encoding {
        Encoding::Text('年') => {
            return Some(Value::Text(format!("{}年{:02}月{:02}日", day.year(), day.month(), day.day())));
        }
        Encoding::Text(separator) => return Some(Value::Text(day.to_string().replace('-', &separator.to_string()))),
        Encoding::TextTime(between) => return Some(Value::Text(format!("{day}{between}00:00:00"))),
        Encoding::TextMoment => return zone.to_timestamp(midnight).ok().map(|moment| Value::Text(moment.to_string())),
        Encoding::Compact => compact,
        Encoding::CompactTime => format!("{compact}000000"),
        Encoding::Year => format!("{:04}", day.year()),
        Encoding::Epoch(parts) => epoch(zone.to_timestamp(midnight).ok()?, parts)?.to_string(),
    };
    if as_text { Some(Value::Text(digits)) } else { digits.parse().ok().map(Value::Integer) }
}

/// The count since 1970 of parts of a second.
pub(super) fn epoch(moment: Timestamp, parts: i64) -> Option<i64> {
    moment.as_second().checked_mul(parts)
}

fn amount_band(value: &Value) -> Value {
    match value {
        Value::Integer(number) => {
            let bound = i64::try_from(band(number.unsigned_abs())).unwrap_or(0);
            Value::Integer(bound * number.signum())
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the range is checked, and a bound has few digits"
        )]
        Value::Real(number) if number.abs() < 1e15 => Value::Real((band(number.abs() as u64) as f64).copysign(*number)),
        Value::Text(text) => normalise(text).and_then(|plain| text_band(&plain)).map_or(Value::Null, Value::Text),
        _ => Value::Null,
    }
}

fn text_band(plain: &str) -> Option<String> {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let bound = band(rest.split('.').next()?.parse().ok()?);
    Some(if bound == 0 { "0".to_owned() } else { format!("{sign}{bound}") })
}

fn tenth(value: &Value) -> Value {
    let round = |degree: f64| (degree * 10.0).round() / 10.0;
    match value {
        Value::Real(number) if number.abs() <= 180.0 => Value::Real(round(*number)),
        Value::Integer(number) if number.abs() <= 180 => Value::Integer(*number),
        Value::Text(text) => {
            let folded = fold(text).replace('，', ",");
            let parts: Option<Vec<String>> =
                folded.split(',').map(|part| degree(part.trim()).map(|d| format!("{:.1}", round(d)))).collect();
            parts.filter(|parts| parts.len() <= 2).map_or(Value::Null, |parts| Value::Text(parts.join(",")))
        }
        _ => Value::Null,
    }
}
