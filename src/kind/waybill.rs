//! Waybill numbers.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Validity,
    check_digit::weighted,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{compact, digits_only, fold, grouped},
};

pub(super) const WAYBILL_NO: Info = Info {
    kind: Kind::WaybillNo,
    word: "waybill_no",
    zh: "运单号",
    en: "waybill number",
    category: Category::Waybill,
    weak: true, // it names two people, and alone it is a secret that looks a parcel up
    normalise,
    validate,
    spellings,
    mask,
    ..Info::IDENTIFIER
};

fn normalise(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let shaped = (8..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    shaped.then_some(text)
}

fn validate(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise)?;
    if is_postal(&number) && !postal_checks(&number) {
        return Ok(Validity::Doubtful(Doubt::CheckDigit));
    }
    Ok(if is_known(&number) { Validity::Sound } else { Validity::Doubtful(Doubt::Carrier) })
}

/// SF, YT, JD, bare numbers of twelve to fifteen digits, and the post (LAW §5).
fn is_known(number: &str) -> bool {
    let after = |carrier: &str| number.strip_prefix(carrier);
    digits_only(number, 12..=15)
        || after("SF").is_some_and(|rest| digits_only(rest, 13..=13))
        || after("YT").is_some_and(|rest| digits_only(rest, 13..=13))
        || after("JD").is_some_and(|rest| (10..=18).contains(&rest.len()))
        || is_postal(number)
}

/// UPU S10: two letters, nine digits, two letters.
fn is_postal(number: &str) -> bool {
    let letters = |part: Option<&str>| part.is_some_and(|two| two.bytes().all(|b| b.is_ascii_uppercase()));
    number.len() == 13
        && letters(number.get(..2))
        && letters(number.get(11..))
        && number.get(2..11).is_some_and(|digits| digits_only(digits, 9..=9))
}

fn postal_checks(number: &str) -> bool {
    let check = match 11 - weighted(&number.as_bytes()[2..10], &[8, 6, 4, 2, 3, 5, 9, 7]) % 11 {
        10 => b'0',
        11 => b'5',
        digit => b"0123456789"[digit as usize],
    };
    number.as_bytes()[10] == check
}

fn spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise).cases(canonical).integer(canonical).wide();
    for separator in [" ", "-"] {
        forms = forms
            .text(grouped(canonical, &[4; 7], separator))
            .text(grouped(canonical, &[3; 9], separator))
            .text(grouped(canonical, &[2, 3, 3, 3], separator)); // the post
    }
    forms.list()
}

/// The first two and the last four on a screen, the whole on a parcel, the last four in a log.
fn mask(raw: &str, profile: Profile) -> String {
    let Some(number) = normalise(raw) else { return settled(&fold(raw), profile) };
    match profile {
        Profile::Waybill => number,
        Profile::Display => Window::new(2, number.len() - 6, 4).show(&number),
        Profile::Log => Window::new(0, 4, 4).show(&number),
    }
}

fn settled(text: &str, profile: Profile) -> String {
    match (profile, text.chars().count()) {
        (Profile::Display, length @ 8..=30) => Window::new(2, length - 6, 4).settle(text),
        (Profile::Log, _) => Window::new(0, 4, 4).settle(text),
        _ => HIDDEN.to_owned(),
    }
}
