//! Takes detail out of quasi-identifiers (LAW §5.2), in the encoding that the value has.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
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
    /// The value with less detail; NULL if it cannot be read. An instant is placed in its month in `zone`.
    ///
    /// Applying it twice changes nothing more.
    #[must_use]
    pub fn apply(self, value: &Value, zone: &TimeZone) -> Value {
        match self {
            Self::District => value.as_text().and_then(generalised).map_or(Value::Null, Value::Text),
            Self::FiveYears => earlier(value, zone, |day| Date::new(day.year() - day.year().rem_euclid(5), 1, 1).ok()),
            Self::Month => earlier(value, zone, |day| Some(day.first_of_month())),
            Self::AmountBand => amount_band(value),
            Self::TenthOfDegree => tenth(value),
        }
    }
}

/// The value moved to the day that `to` gives, at midnight.
fn earlier(value: &Value, zone: &TimeZone, to: fn(Date) -> Option<Date>) -> Value {
    let (dated, encoding) = read(value);
    let day = match dated {
        Dated::Partial { year, month } => Date::new(year, month.unwrap_or(1), 1).ok(),
        _ => dated.day(zone),
    };
    day.and_then(to).and_then(|day| write(day, encoding, matches!(value, Value::Text(_)), zone)).unwrap_or(Value::Null)
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
