//! Words that somebody types and that stay readable in the record: whether one of them tells who somebody is.

use jiff::civil::Date;

use super::{event::Body, fold::Personal};
use crate::kind::detect;

/// So many digits in a row are a telephone number, a document or an account, whatever its check digit says.
const DIGITS: usize = 7;

/// Whether a word holds an identifier, or what may be one that was mistyped. A day written without strokes is none.
#[must_use]
pub fn looks_personal(word: &str) -> bool {
    let runs = word.split(|sign: char| !sign.is_numeric());
    let is_day = |run: &str| run.len() == 8 && Date::strptime("%Y%m%d", run).is_ok();
    let mut long = runs.filter(|run| run.chars().count() >= DIGITS);
    long.any(|run| !is_day(run)) || !detect(word).is_empty()
}

/// Whether a word holds what is known of the person of a case, or is said of them now.
#[must_use]
pub fn names_them(word: &str, personal: &Personal, body: &Body) -> bool {
    let word = word.to_lowercase();
    let identities = personal.identity.iter().chain(&body.identity).flat_map(|identity| &identity.identifiers);
    let sets = personal.set.iter().chain(&body.set).flat_map(|set| &set.values);
    let names = personal.name.iter().chain(&body.name);
    let known = identities.map(|one| &one.value).chain(sets.map(|one| &one.value)).chain(names);
    known.map(|value| value.reveal().to_lowercase()).any(|value| is_telling(&value) && word.contains(&value))
}

/// A key of few digits, or a word of few letters, stands in other words by chance.
fn is_telling(value: &str) -> bool {
    let signs = value.chars().count();
    if value.is_ascii() { signs >= 5 } else { signs >= 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Identity;

    #[test]
    fn mistyped_numbers_look_personal_and_laws_and_days_do_not() {
        for word in ["身份证11010119900307123X", "银行卡 6222021234567890123", "1380013800", "１３８００１３８０００"]
        {
            assert!(looks_personal(word), "{word}");
        }
        for word in
            ["otp+waybill", "GB/T 35273-2020 8.1", "DSR-20261123-0001", "2026-11-23", "v20261123", "柜台 123456"]
        {
            assert!(!looks_personal(word), "{word}");
        }
    }

    #[test]
    fn what_is_known_of_a_person_names_them() {
        let identity = Identity::of([("name", "白洁"), ("wechat", "Chenming_88"), ("account", "100")]);
        let personal = Personal { identity: Some(identity), ..Personal::default() };
        let names = |word| names_them(word, &personal, &Body::default());
        assert!(names("白洁 本人到场") && names("wx: chenming_88"));
        assert!(!names("papers 1001") && !names("柜台"));
    }
}
