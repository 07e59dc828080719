//! How a new value is written: the way the value is that it replaces, so that the application reads it and an index
//! finds it.

use jiff::{Timestamp, tz::TimeZone};

use crate::value::Value;

use super::{
    Kind,
    dated::{Dated, Encoding, read},
    generalise::{epoch, write},
};

/// Kinds of which a database keeps one spelling throughout: `+86 138…`, `M`, `20120315`.
const UNIFORM: [Kind; 17] = [
    Kind::Sex,
    Kind::Phone,
    Kind::Landline,
    Kind::Postcode,
    Kind::ResidentId,
    Kind::ResidencePermit,
    Kind::Passport,
    Kind::TravelPermit,
    Kind::NationalId,
    Kind::BankCard,
    Kind::BankAccount,
    Kind::Plate,
    Kind::Imei,
    Kind::Mac,
    Kind::Uscc,
    Kind::OrgCode,
    Kind::TaxNo,
];

impl Kind {
    /// What stands for `given` where `like` stood: in its spelling where a kind has a finite set of them, else as it was
    /// given where an index finds that, else canonical. `None` when `given` is none of this kind.
    #[must_use]
    pub fn respelled(self, given: &str, like: &Value) -> Option<Value> {
        let given = given.trim();
        let canonical = self.normalise(given).filter(|_| self.recognises(given))?;
        if self == Self::BirthDate {
            return Some(redated(given, like));
        }
        let spellings = self.spellings(&canonical);
        if UNIFORM.contains(&self)
            && let Some(old) = self.normalise_value(like)
            && let Some(at) = self.spellings(&old).iter().position(|form| form == like)
            && let Some(form) = spellings.get(at)
        {
            return Some(form.clone());
        }
        let as_given = Value::from(given);
        let found_by_value = self.identifies() && !self.is_weak();
        Some(if found_by_value && !spellings.contains(&as_given) { Value::Text(canonical) } else { as_given })
    }
}

/// A birth date in the encoding of another one.
fn redated(given: &str, like: &Value) -> Value {
    let as_given = Value::from(given);
    let ((day, ours), (before, theirs)) = (read(&as_given), read(like));
    let known = matches!(before, Dated::Day(_) | Dated::Local(_));
    if !known || (ours == theirs && matches!(like, Value::Text(_))) {
        return as_given;
    }
    let day = day.day(&TimeZone::UTC);
    day.and_then(|day| write(day, theirs, matches!(like, Value::Text(_)), &TimeZone::UTC)).unwrap_or(as_given)
}

/// An instant in the encoding of another one; `None` when that cannot be read.
#[must_use]
pub fn written_like(moment: Timestamp, like: &Value, zone: &TimeZone) -> Option<Value> {
    let (Dated::Day(_) | Dated::Local(_) | Dated::Moment(_)) = Dated::read(like) else { return None };
    let (_, encoding) = read(like);
    let local = zone.to_datetime(moment).with().subsec_nanosecond(0).build().ok()?;
    let (day, time) = (local.date(), local.time());
    let digits = |date: jiff::civil::Date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let number = match encoding {
        Encoding::TextTime(between) => return Some(Value::Text(format!("{day}{between}{time}"))),
        Encoding::TextMoment => {
            let whole = Timestamp::from_second(moment.as_second()).ok()?;
            return Some(Value::Text(whole.to_string()));
        }
        Encoding::Text(_) | Encoding::Compact | Encoding::Year => {
            return write(day, encoding, matches!(like, Value::Text(_)), zone);
        }
        Encoding::CompactTime => {
            format!("{}{:02}{:02}{:02}", digits(day), time.hour(), time.minute(), time.second())
        }
        Encoding::Epoch(parts) => epoch(moment, parts)?.to_string(),
    };
    match like {
        Value::Text(_) => Some(Value::Text(number)),
        _ => number.parse().ok().map(Value::Integer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(given: &str, like: impl Into<Value>) -> Value {
        Kind::Phone.respelled(given, &like.into()).unwrap()
    }

    #[test]
    fn a_number_is_written_as_the_one_before_it() {
        assert_eq!(phone("139 0013 9000", "13800138000"), Value::from("13900139000"));
        assert_eq!(phone("13900139000", "+86 13800138000"), Value::from("+86 13900139000"));
        assert_eq!(phone("+86 139-0013-9000", 13_800_138_000_i64), Value::from(13_900_139_000_i64));
        assert_eq!(phone("１３９００１３９０００", Value::Null), Value::from("１３９００１３９０００"));
        assert_eq!(phone("(139) 0013 9000", Value::Null), Value::from("13900139000"));
    }

    #[test]
    fn putting_the_old_value_back_gives_the_old_form() {
        let old = Value::from("+86 138 0013 8000");
        let changed = Kind::Phone.respelled("13900139000", &old).unwrap();
        assert_eq!(Kind::Phone.respelled("+86 138 0013 8000", &changed), Some(old));
    }

    #[test]
    fn codes_of_a_database_stay_its_codes() {
        assert_eq!(Kind::Sex.respelled("female", &Value::from("男")), Some(Value::from("女")));
        assert_eq!(Kind::Sex.respelled("女", &Value::from("m")), Some(Value::from("f")));
        assert_eq!(Kind::Sex.respelled("banana", &Value::from("m")), None);
    }

    #[test]
    fn dates_keep_their_encoding() {
        let birth = |given, like: Value| Kind::BirthDate.respelled(given, &like).unwrap();
        assert_eq!(birth("2012-03-15", Value::from("1999/01/02")), Value::from("2012/03/15"));
        assert_eq!(birth("2012/3/15", Value::from(19_990_102)), Value::from(20_120_315));
        assert_eq!(birth("2012年3月15日", Value::from("")), Value::from("2012年3月15日"));
        assert_eq!(birth("1999/1/2", Value::from("2012/03/15")), Value::from("1999/1/2"));
    }

    #[test]
    fn text_stays_as_it_was_typed() {
        let bio = "你好，（世界）";
        assert_eq!(Kind::FreeText.respelled(bio, &Value::Null), Some(Value::from(bio)));
        assert_eq!(Kind::Email.respelled("aNa@Example.com", &Value::Null), Some(Value::from("ana@example.com")));
    }

    #[test]
    fn an_instant_is_written_as_its_neighbour() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let moment = "2026-11-23T02:00:00.5Z".parse().unwrap();
        let like = |value: Value| written_like(moment, &value, &zone);
        assert_eq!(like("2020-01-01 00:00:00".into()), Some("2026-11-23 10:00:00".into()));
        assert_eq!(like("2020-01-01T00:00:00Z".into()), Some("2026-11-23T02:00:00Z".into()));
        assert_eq!(like(1_600_000_000.into()), Some(1_795_399_200.into()));
        assert_eq!(like(1_600_000_000_000_i64.into()), Some(1_795_399_200_000_i64.into()));
        assert_eq!(like("20200101000000".into()), Some("20261123100000".into()));
        assert_eq!(like(20_200_101.into()), Some(20_261_123.into()));
        assert_eq!(like(Value::Null), None);
        assert_eq!(like(736_149_600.into()), None, "perhaps since 2001");
    }
}
