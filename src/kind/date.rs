//! Birth dates and times.

use jiff::civil::Date;

use crate::value::Value;

use super::{
    Category, Generalisation, Invalid, Kind, Profile, Replacement, Validity,
    dated::{Dated, read},
    info::Info,
    mask::HIDDEN,
    spelling::Spellings,
    width::fold,
};

pub(super) const BIRTH_DATE: Info = Info {
    kind: Kind::BirthDate,
    word: "birth_date",
    zh: "出生日期",
    en: "birth date",
    category: Category::OptionalProfile,
    weak: true,
    normalise: normalise_birth,
    validate: validate_birth,
    spellings: birth_spellings,
    mask: mask_birth,
    replacement: Replacement::Generalise(Generalisation::FiveYears),
    ..Info::UNKNOWN
};

pub(super) const TIME: Info = Info {
    kind: Kind::Time,
    word: "time",
    zh: "时间",
    en: "time",
    category: Category::Impersonal,
    personal: false,
    normalise: normalise_time,
    validate: validate_time,
    mask: |raw, _| raw.to_owned(),
    replacement: Replacement::Generalise(Generalisation::Month),
    ..Info::UNKNOWN
};

fn dated(raw: &str) -> Dated {
    Dated::read(&Value::from(raw))
}

/// `2012-03-15`. An instant has no day without a time zone: read it with [`Dated`].
fn normalise_birth(raw: &str) -> Option<String> {
    match dated(raw) {
        Dated::Day(day) => Some(day.to_string()),
        Dated::Local(time) => Some(time.date().to_string()),
        _ => None,
    }
}

fn normalise_time(raw: &str) -> Option<String> {
    match dated(raw) {
        Dated::Day(day) => Some(day.to_string()),
        Dated::Local(time) => Some(time.to_string()),
        Dated::Moment(moment) => Some(moment.to_string()),
        _ => None,
    }
}

fn validate_time(raw: &str) -> Result<Validity, Invalid> {
    match dated(raw) {
        Dated::Day(_) | Dated::Local(_) | Dated::Moment(_) => Ok(Validity::Sound),
        Dated::Empty | Dated::Zero => Err(Invalid::Empty),
        Dated::Impossible => Err(Invalid::NoSuchDay),
        Dated::Ambiguous => Err(Invalid::Ambiguous),
        Dated::Partial { .. } | Dated::Unreadable => Err(Invalid::Shape),
    }
}

fn validate_birth(raw: &str) -> Result<Validity, Invalid> {
    validate_time(raw)
}

fn birth_spellings(canonical: &str) -> Vec<Value> {
    let forms = Spellings::of(canonical, normalise_birth);
    let Ok(day) = canonical.parse::<Date>() else { return forms.list() };
    let (year, month, date) = (day.year(), day.month(), day.day());
    let compact = format!("{year:04}{month:02}{date:02}");
    let mut forms = forms.text(&compact).integer(&compact);
    for separator in ["-", "/", "."] {
        forms = forms
            .text(format!("{year:04}{separator}{month:02}{separator}{date:02}"))
            .text(format!("{year:04}{separator}{month}{separator}{date}"));
    }
    forms
        .text(format!("{year:04}年{month}月{date}日"))
        .text(format!("{year:04}年{month:02}月{date:02}日"))
        .text(format!("{canonical} 00:00:00"))
        .text(format!("{canonical}T00:00:00"))
        .wide()
        .list()
}

/// The year on a screen.
fn mask_birth(raw: &str, profile: Profile) -> String {
    if profile != Profile::Display {
        return HIDDEN.to_owned();
    }
    let masked = "-**-**";
    let text = fold(raw);
    if let Some(year) = text.strip_suffix(masked)
        && year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit())
    {
        return text;
    }
    match read(&Value::from(raw)).0 {
        Dated::Day(day) if day.year() >= 0 => format!("{:04}{masked}", day.year()),
        Dated::Local(time) if time.year() >= 0 => format!("{:04}{masked}", time.year()),
        _ => HIDDEN.to_owned(),
    }
}
