//! A calendar as RFC 5545 wants it: one event per day that something is due, with alarms.

use std::fmt::Write;

use jiff::{Timestamp, ToSpan, civil::Date};

/// A day on which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDay {
    /// Names the event for good: the same event of a later file replaces this one
    pub uid: String,
    /// Grows when the event changes
    pub sequence: u32,
    /// The day
    pub day: Date,
    /// What is due
    pub summary: String,
    /// When to remind of it
    pub alarms: Vec<Timestamp>,
}

/// Bytes of a line, its end excluded (RFC 5545, 3.1).
const LINE: usize = 75;

/// Prints a calendar called `name` as of `stamp`.
#[must_use]
pub fn calendar(name: &str, stamp: Timestamp, days: &[DueDay]) -> String {
    let mut out = String::new();
    let stamp = instant(stamp);
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//droit//due//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        fold(line, &mut out);
    }
    fold(&format!("X-WR-CALNAME:{}", escaped(name)), &mut out);
    for day in days {
        let summary = escaped(&day.summary);
        let next = day.day.saturating_add(1.day());
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&day.uid)),
            format!("DTSTAMP:{stamp}"),
            format!("SEQUENCE:{}", day.sequence),
            format!("DTSTART;VALUE=DATE:{}", day.day.strftime("%Y%m%d")),
            format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")),
            format!("SUMMARY:{summary}"),
            "TRANSP:TRANSPARENT".to_owned(),
        ];
        for line in &lines {
            fold(line, &mut out);
        }
        for alarm in &day.alarms {
            let trigger = format!("TRIGGER;VALUE=DATE-TIME:{}", instant(*alarm));
            let description = format!("DESCRIPTION:{summary}");
            for line in ["BEGIN:VALARM", "ACTION:DISPLAY", &trigger, &description, "END:VALARM"] {
                fold(line, &mut out);
            }
        }
        fold("END:VEVENT", &mut out);
    }
    fold("END:VCALENDAR", &mut out);
    out
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                let _ = write!(out, "\\{c}");
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Ends a line, and folds it where it is longer than a line may be, never within a character.
fn fold(line: &str, out: &mut String) {
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_calendar_is_read_as_it_is_written() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = DueDay {
            uid: "DSR-20261123-0001-K15W@0011".into(),
            sequence: 3,
            day: date(2026, 12, 31),
            summary: "a; b, c\\d".into(),
            alarms: vec![at("2026-12-28T16:00:00Z")],
        };
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//droit//due//EN\r\nCALSCALE:GREGORIAN\r\n\
                        METHOD:PUBLISH\r\nX-WR-CALNAME:droit\r\nBEGIN:VEVENT\r\nUID:DSR-20261123-0001-K15W@0011\r\n\
                        DTSTAMP:20261123T020000Z\r\nSEQUENCE:3\r\nDTSTART;VALUE=DATE:20261231\r\n\
                        DTEND;VALUE=DATE:20270101\r\nSUMMARY:a\\; b\\, c\\\\d\r\nTRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\n\
                        ACTION:DISPLAY\r\nTRIGGER;VALUE=DATE-TIME:20261228T160000Z\r\nDESCRIPTION:a\\; b\\, c\\\\d\r\n\
                        END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(calendar("droit", at("2026-11-23T02:00:00Z"), &[day]), expected);
    }

    #[test]
    fn no_line_is_longer_than_75_bytes_and_no_character_is_cut() {
        let text = format!("SUMMARY:{}{}", "a".repeat(66), "删除请求😀".repeat(30));
        let mut out = String::new();
        fold(&text, &mut out);
        assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
        assert_eq!(out.replace("\r\n ", ""), format!("{text}\r\n"));
        let mut exact = String::new();
        fold(&"x".repeat(75), &mut exact);
        assert_eq!(exact, format!("{}\r\n", "x".repeat(75)));
    }

    #[test]
    fn a_line_break_in_a_text_begins_no_property() {
        assert_eq!(escaped("a\r\nATTACH:x"), "a\\nATTACH:x");
    }
}
