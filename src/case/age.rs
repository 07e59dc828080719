//! How old somebody is in the eyes of the law (LAW §3.3, §7.3, C3).

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::request::{Regime, UnknownWord};

/// Years after which nobody is thought to be alive, so that a birth date is a mistake.
const LONGEST_LIFE: i16 = 130;

/// Why nothing is known about somebody's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAge {
    /// Nothing is written
    #[error("no birth date")]
    Missing,
    /// A year, month or day is zero: somebody's way to write nothing
    #[error("a birth date with a zero in it")]
    Zero,
    /// No such day, or not a date at all
    #[error("a birth date that is not a date")]
    Impossible,
    /// Not yet born
    #[error("a birth date in the future")]
    Future,
    /// Older than anybody
    #[error("a birth date more than {LONGEST_LIFE} years ago")]
    TooLongAgo,
}

/// Which rules protect somebody by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below the age of consent to processing; in China under 14
    Child,
    /// A minor above that age; in China 14 to 17
    Youth,
    /// An adult under these rules
    Adult,
    /// Nobody knows: never treated as an adult without a look, never purged as a minor
    Unknown,
}

impl Band {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Child, Self::Youth, Self::Adult, Self::Unknown];

    /// The word in files and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Youth => "youth",
            Self::Adult => "adult",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Band {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|band| band.word() == text);
        found.ok_or(UnknownWord { what: "age band", known: "child, youth, adult, unknown" })
    }
}

/// The ages at which bands begin, in completed years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Whoever is younger is a child
    pub child_below: u8,
    /// Whoever is not a child and younger is a youth; equal to `child_below` where no such band exists
    pub adult_from: u8,
}

/// The age of consent of GDPR 8 by country, as its states have set it; 16 where they have not.
const GDPR_CONSENT: [(&str, u8); 27] = [
    ("AT", 14),
    ("BE", 13),
    ("BG", 14),
    ("CY", 14),
    ("CZ", 15),
    ("DE", 16),
    ("DK", 15),
    ("EE", 13),
    ("ES", 14),
    ("FI", 13),
    ("FR", 15),
    ("GR", 15),
    ("HR", 16),
    ("HU", 16),
    ("IE", 16),
    ("IT", 14),
    ("LT", 14),
    ("LU", 16),
    ("LV", 13),
    ("MT", 13),
    ("NL", 16),
    ("PL", 16),
    ("PT", 13),
    ("RO", 16),
    ("SE", 13),
    ("SI", 15),
    ("SK", 16),
];

impl Thresholds {
    /// China: PIPL 28 and 31 protect under 14, the law on minors and our policy under 18 (C3).
    pub const CHINA: Self = Self { child_below: 14, adult_from: 18 };
    /// COPPA: under 13.
    pub const COPPA: Self = Self { child_below: 13, adult_from: 13 };
    /// CCPA: a parent opts in under 13, the minor under 16.
    pub const CCPA: Self = Self { child_below: 13, adult_from: 16 };
    /// UK GDPR: under 13.
    pub const UK: Self = Self { child_below: 13, adult_from: 13 };

    /// GDPR 8 in `country` (two capital letters); the strictest age, 16, when the country is not known.
    #[must_use]
    pub fn gdpr(country: Option<&str>) -> Self {
        let known = GDPR_CONSENT.iter().find(|(code, _)| Some(*code) == country);
        let age = known.map_or(16, |(_, age)| *age);
        Self { child_below: age, adult_from: age }
    }

    /// The thresholds of a regime, in the EU those of `country`.
    #[must_use]
    pub fn of(regime: Regime, country: Option<&str>) -> Self {
        match regime {
            Regime::Cn => Self::CHINA,
            Regime::Eu => Self::gdpr(country),
            Regime::Uk => Self::UK,
            Regime::UsCa => Self::CCPA,
        }
    }

    /// The band of somebody who is `age` completed years old.
    #[must_use]
    pub fn band(self, age: u8) -> Band {
        match age {
            age if age < self.child_below => Band::Child,
            age if age < self.adult_from => Band::Youth,
            _ => Band::Adult,
        }
    }

    /// How the log writes a band, such as `<14` or `14–17` (LAW §4.1).
    #[must_use]
    pub fn label(self, band: Band) -> String {
        match band {
            Band::Child => format!("<{}", self.child_below),
            Band::Youth if self.adult_from > self.child_below => {
                format!("{}–{}", self.child_below, self.adult_from - 1)
            }
            other => other.word().to_owned(),
        }
    }
}

/// Tells how many years somebody has completed on a day.
///
/// A year is completed on the day after the birthday (the reading of SPC06 art. 2, which protects a day longer); who was
/// born on 29 February has a birthday on 1 March in common years.
pub fn age_on(born: Date, day: Date) -> Result<u8, NoAge> {
    if born.year() <= 0 {
        return Err(NoAge::Zero);
    }
    if born > day {
        return Err(NoAge::Future);
    }
    let years = day.year() - born.year();
    let birthday = born.with().year(day.year()).build();
    let birthday = birthday.or_else(|_| Date::new(day.year(), 3, 1)).map_err(|_| NoAge::Impossible)?;
    let completed = if day > birthday { years } else { years - 1 };
    if completed >= LONGEST_LIFE {
        return Err(NoAge::TooLongAgo);
    }
    Ok(u8::try_from(completed).unwrap_or(0)) // -1 on the day of birth
}

/// Tells somebody's band on a day, and the reason when it is unknown.
#[must_use]
pub fn band_on(born: Result<Date, NoAge>, day: Date, thresholds: Thresholds) -> (Band, Option<NoAge>) {
    match born.and_then(|born| age_on(born, day)) {
        Ok(age) => (thresholds.band(age), None),
        Err(reason) => (Band::Unknown, Some(reason)),
    }
}

/// Reads a stored birth date: `2012-03-15`, `2012/3/15`, `2012.3.15` or `20120315`, with or without a time behind it.
pub fn read_birth_date(text: &str) -> Result<Date, NoAge> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NoAge::Missing);
    }
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = match day.split(['-', '/', '.']).collect::<Vec<_>>()[..] {
        [digits] if digits.len() == 8 && digits.is_ascii() => vec![&digits[..4], &digits[4..6], &digits[6..]],
        [year, month, day] if year.len() == 4 => vec![year, month, day],
        _ => return Err(NoAge::Impossible),
    };
    let numbers: Vec<i16> = parts.iter().map_while(|part| number(part)).collect();
    let [year, month, day] = numbers[..] else { return Err(NoAge::Impossible) };
    if year == 0 || month == 0 || day == 0 {
        return Err(NoAge::Zero);
    }
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(NoAge::Impossible) };
    Date::new(year, month, day).map_err(|_| NoAge::Impossible)
}

fn number(digits: &str) -> Option<i16> {
    let plain = matches!(digits.len(), 1 | 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn china(born: Date, day: Date) -> String {
        Thresholds::CHINA.label(band_on(Ok(born), day, Thresholds::CHINA).0)
    }

    #[test]
    fn a_year_is_completed_on_the_day_after_the_birthday() {
        let born = date(2012, 11, 23);
        assert_eq!(china(born, date(2026, 11, 22)), "<14");
        assert_eq!(china(born, date(2026, 11, 23)), "<14");
        assert_eq!(china(born, date(2026, 11, 24)), "14–17");
    }

    #[test]
    fn an_adult_is_one_from_the_day_after_the_eighteenth_birthday() {
        let born = date(2008, 11, 23);
        assert_eq!(china(born, date(2026, 11, 23)), "14–17");
        assert_eq!(china(born, date(2026, 11, 24)), "adult");
    }

    #[test]
    fn born_on_leap_day_the_birthday_is_the_first_of_march_in_common_years() {
        let born = date(2012, 2, 29);
        assert_eq!(china(born, date(2026, 2, 28)), "<14");
        assert_eq!(china(born, date(2026, 3, 1)), "<14");
        assert_eq!(china(born, date(2026, 3, 2)), "14–17");
        assert_eq!(age_on(born, date(2028, 2, 29)), Ok(15)); // a leap year has the day itself
        assert_eq!(age_on(born, date(2028, 3, 1)), Ok(16));
    }

    #[test]
    fn a_child_born_today_is_a_child() {
        assert_eq!(age_on(date(2026, 11, 23), date(2026, 11, 23)), Ok(0));
    }

    #[test]
    fn what_cannot_be_is_unknown_with_its_reason() {
        let today = date(2026, 11, 23);
        let band = |text: &str| band_on(read_birth_date(text), today, Thresholds::CHINA);
        assert_eq!(band(""), (Band::Unknown, Some(NoAge::Missing)));
        assert_eq!(band("0000-00-00"), (Band::Unknown, Some(NoAge::Zero)));
        assert_eq!(band("2012-00-00 00:00:00"), (Band::Unknown, Some(NoAge::Zero)));
        assert_eq!(band("2013-02-29"), (Band::Unknown, Some(NoAge::Impossible)));
        assert_eq!(band("20121301"), (Band::Unknown, Some(NoAge::Impossible)));
        assert_eq!(band("2026-11-24"), (Band::Unknown, Some(NoAge::Future)));
        assert_eq!(band("1890-01-01"), (Band::Unknown, Some(NoAge::TooLongAgo)));
        for text in ["张三", "12-03-15", "2012-03-15-01", "2012-003-15", "+2012-03-15", "1355616000", "2012٠٣"] {
            assert_eq!(band(text), (Band::Unknown, Some(NoAge::Impossible)), "{text}");
        }
    }

    #[test]
    fn birth_dates_are_read_in_their_usual_forms() {
        for text in ["2012-03-15", "2012/3/15", "2012.03.15", "20120315", "2012-03-15T08:00:00Z", " 2012-03-15 00:00 "]
        {
            assert_eq!(read_birth_date(text), Ok(date(2012, 3, 15)), "{text}");
        }
    }

    #[test]
    fn each_regime_has_its_own_ages() {
        let bands = |thresholds: Thresholds| [12, 13, 14, 15, 16, 17, 18].map(|age| thresholds.band(age).word());
        let [child, youth, adult] = ["child", "youth", "adult"];
        let of = |regime| Thresholds::of(regime, None);
        assert_eq!(bands(of(Regime::Cn)), [child, child, youth, youth, youth, youth, adult]);
        assert_eq!(bands(of(Regime::UsCa)), [child, youth, youth, youth, adult, adult, adult]);
        assert_eq!(bands(of(Regime::Uk)), [child, adult, adult, adult, adult, adult, adult]);
        assert_eq!(bands(of(Regime::Eu)), [child, child, child, child, adult, adult, adult]);
        assert_eq!(bands(Thresholds::COPPA), bands(of(Regime::Uk)));
        assert_eq!(Thresholds::gdpr(Some("FR")).child_below, 15);
        assert!(GDPR_CONSENT.iter().all(|(_, age)| (13..=16).contains(age)));
        assert_eq!(Thresholds::COPPA.label(Band::Youth), "youth");
    }

    #[test]
    fn band_words_read_back() {
        for band in Band::ALL {
            assert_eq!(band.word().parse(), Ok(band));
            assert_eq!(serde_json::to_value(band).unwrap(), band.word());
        }
    }

    proptest! {
        #[test]
        fn age_agrees_with_counting_birthdays(born in 0_i64..40_000, lived in 0_i64..30_000) {
            let born = date(1920, 1, 1).saturating_add(jiff::Span::new().days(born));
            let day = born.saturating_add(jiff::Span::new().days(lived));
            let mut passed = 0;
            for year in born.year() + 1..=day.year() {
                let leap_day = (born.month(), born.day()) == (2, 29) && Date::new(year, 2, 29).is_err();
                let birthday = if leap_day { date(year, 3, 1) } else { date(year, born.month(), born.day()) };
                passed += u8::from(birthday < day);
            }
            prop_assert_eq!(age_on(born, day), Ok(passed));
        }

        #[test]
        fn reading_a_birth_date_never_panics(text in "\\PC{0,20}") {
            let _ = read_birth_date(&text);
        }
    }
}
