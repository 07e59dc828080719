//! Amounts of money.

use super::{
    Category, Generalisation, Kind, Replacement, Validity,
    info::{Info, require},
    width::fold,
};

pub(super) const AMOUNT: Info = Info {
    kind: Kind::Amount,
    word: "amount",
    zh: "金额",
    en: "amount",
    category: Category::Impersonal,
    personal: false,
    normalise,
    validate: |raw| require(raw, normalise).map(|_| Validity::Sound),
    mask: |raw, _| raw.to_owned(),
    replacement: Replacement::Generalise(Generalisation::AmountBand),
    ..Info::UNKNOWN
};

/// A plain decimal number: no currency sign, no thousands separators, no needless zeros.
pub(super) fn normalise(raw: &str) -> Option<String> {
    let text = fold(raw);
    let bare = text.trim_matches(|c: char| "¥￥$€£元 ".contains(c));
    let (sign, bare) = bare.strip_prefix('-').map_or(("", bare), |rest| ("-", rest));
    let bare = bare.trim_matches(|c: char| "¥￥$€£ ".contains(c));
    let (whole, part) = bare.split_once('.').unwrap_or((bare, ""));
    let whole = thousands(whole)?;
    let digits =
        !whole.is_empty() && whole.len() + part.len() <= 38 && (whole + part).bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    let whole = thousands(bare.split('.').next()?)?;
    let whole = Some(whole.trim_start_matches('0')).filter(|digits| !digits.is_empty()).unwrap_or("0");
    let part = part.trim_end_matches('0');
    let sign = if whole == "0" && part.is_empty() { "" } else { sign };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// The digits of a whole number whose commas, if any, stand every three digits.
fn thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let fits = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    fits.then(|| format!("{first}{}", rest.concat()))
}

/// The largest of 1, 2, 5, 10, 20, 50 … that is not above `number`; 0 stays 0.
pub(super) fn band(number: u64) -> u64 {
    let Some(power) = number.checked_ilog10() else { return 0 };
    let unit = 10_u64.pow(power);
    [5, 2, 1].into_iter().map(|step| step * unit).find(|&bound| bound <= number).unwrap_or(0)
}
