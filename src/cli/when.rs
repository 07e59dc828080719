//! Instants as typed and as shown: local to the controller, with the offset in sight.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::{failure::Failure, text::trouble};

/// Reads an instant with its offset, a local date and time, or a local date (its first instant, the earliest bound).
pub(crate) fn read(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let wrong = || trouble::NOT_A_TIME.plain();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from)).map_err(|_| wrong())?;
    zone.to_timestamp(local).map_err(|_| wrong())
}

/// Reads an instant that cannot lie ahead of `now`.
pub(crate) fn read_past(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, Failure> {
    let at = read(text, zone)?;
    if at > now { Err(trouble::IN_THE_FUTURE.plain()) } else { Ok(at) }
}

/// The last instant that `text` may mean: a local date is its whole day, a time to the minute that minute.
pub(crate) fn end(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let at = read(text, zone)?;
    let span = match text.parse::<Date>() {
        Ok(_) if text.len() == "2026-11-23".len() => jiff::SignedDuration::from_secs(24 * 3600 - 1),
        _ => jiff::SignedDuration::from_secs(59),
    };
    at.checked_add(span).map_err(|_| trouble::NOT_A_TIME.plain())
}

/// `2026-11-23 10:00 +08:00`.
pub(crate) fn show(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    #[test]
    fn a_date_begins_at_local_midnight() {
        let zone = shanghai();
        let first: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
        for text in
            ["2026-11-23", "2026-11-23T00:00", "2026-11-23 00:00:00", "2026-11-22T16:00:00Z", "2026-11-23T00:00+08:00"]
        {
            assert_eq!(read(text, &zone).unwrap(), first, "{text}");
        }
        assert_eq!(show(first, &zone), "2026-11-23 00:00 +08:00");
    }

    #[test]
    fn what_is_no_time_or_not_yet_is_refused() {
        let zone = shanghai();
        for text in ["", "yesterday", "2026-02-30", "23.11.2026", "2026-11-23T25:00"] {
            assert!(read(text, &zone).is_err(), "{text}");
        }
        let now = "2026-11-23T02:00:00Z".parse().unwrap();
        assert!(read_past("2026-11-23T10:00:01+08:00", &zone, now).is_err());
        assert!(read_past("2026-11-23T10:00:00+08:00", &zone, now).is_ok());
    }
}
