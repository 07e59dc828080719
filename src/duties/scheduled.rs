//! Erasures that wait (LAW §7.2, §7.4; PIPL 47): a minimum has ended, a contract is performed, a hold was released. What
//! waits is on record; whether its time has come is decided by the rows, as an erasure decides them.

use jiff::{Timestamp, civil::Date};

use crate::{
    case::{About, IdentitySet},
    casebook::Waiting,
};

/// What may have come to its end by `as_of`, each once, in the order in which it waits: minimums whose last day is over
/// or unknown, and whatever waits for something that only the rows or the holds tell.
#[must_use]
pub fn due(waiting: &[Waiting], as_of: Date) -> Vec<(About, &str)> {
    let mut found: Vec<(About, &str)> = Vec::new();
    for item in waiting {
        let over = match item.code.as_str() {
            "RET" => item.until.is_none_or(|until| until < as_of),
            _ => true,
        };
        if over && found.iter().all(|(about, _)| *about != item.about) {
            found.push((item.about, item.code.as_str()));
        }
    }
    found
}

/// The person as they were when their data was removed: whoever has one of their values since is somebody else.
#[must_use]
pub fn as_removed(set: &IdentitySet, removed: Timestamp) -> IdentitySet {
    let mut then = set.clone();
    then.values = std::mem::take(&mut then.values)
        .into_iter()
        .map(|mut known| {
            known.until = Some(known.until.map_or(removed, |until| until.min(removed)));
            known
        })
        .collect();
    then
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        case::{CaseNumber, KnownValue},
        data_map::Wording,
    };

    fn waiting(serial: u16, code: &str, until: Option<Date>) -> Waiting {
        let about = About::Case(CaseNumber::new(date(2026, 11, 23), serial).unwrap());
        Waiting { about, table: "t".into(), rows: 1, code: code.into(), law: Wording::default(), until }
    }

    #[test]
    fn a_minimum_is_looked_at_on_the_day_after_its_last() {
        let one = [waiting(1, "RET", Some(date(2029, 3, 10)))];
        assert!(due(&one, date(2029, 3, 10)).is_empty());
        assert_eq!(due(&one, date(2029, 3, 11)).len(), 1);
    }

    #[test]
    fn contracts_and_holds_are_looked_at_every_time_and_each_case_once() {
        let several = [
            waiting(1, "LIVE", None),
            waiting(1, "HOLD", None),
            waiting(2, "RET", None),
            waiting(3, "RET", Some(date(2056, 12, 31))),
        ];
        assert_eq!(due(&several, date(2026, 11, 24)).len(), 2);
    }

    #[test]
    fn a_number_that_is_issued_again_is_somebody_elses() {
        let instant = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut set = IdentitySet::default();
        for (value, until) in [("13800138000", None), ("13900139000", Some(instant("2020-01-01T00:00:00Z")))] {
            let value = KnownValue { kind: "phone".into(), value: value.into(), since: None, until, proven: true };
            set.values.insert(value);
        }
        let removed = instant("2026-11-23T00:00:00Z");
        let then = as_removed(&set, removed);
        let until: Vec<_> = then.values.iter().map(|known| known.until).collect();
        assert_eq!(until, [Some(removed), Some(instant("2020-01-01T00:00:00Z"))]);
    }
}
