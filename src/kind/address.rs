//! Postal addresses, regions and postcodes.

use super::{
    Category, Doubt, Generalisation, Invalid, Kind, Profile, Replacement, Validity,
    division::Divisions,
    info::{Info, require, some_text},
    mask::HIDDEN,
    width::{digits_only, fold},
};

pub(super) const ADDRESS: Info = Info {
    kind: Kind::Address,
    word: "address",
    zh: "地址",
    en: "address",
    category: Category::Contact,
    identifies: true,
    weak: true,
    validate: validate_address,
    mask: mask_address,
    replacement: Replacement::Generalise(Generalisation::District),
    ..Info::UNKNOWN
};

pub(super) const REGION: Info = Info {
    kind: Kind::Region,
    word: "region",
    zh: "地区",
    en: "region",
    category: Category::OptionalProfile,
    weak: true,
    mask: mask_region,
    replacement: Replacement::Generalise(Generalisation::District),
    ..Info::UNKNOWN
};

pub(super) const POSTCODE: Info = Info {
    kind: Kind::Postcode,
    word: "postcode",
    zh: "邮政编码",
    en: "postcode",
    category: Category::Contact,
    weak: true,
    normalise: normalise_postcode,
    validate: validate_postcode,
    spellings: postcode_spellings,
    mask: mask_postcode,
    ..Info::UNKNOWN
};

fn validate_address(raw: &str) -> Result<Validity, Invalid> {
    let text = some_text(raw).ok_or(Invalid::Empty)?;
    match text.chars().count() {
        4..=500 => Ok(Validity::Sound),
        _ => Err(Invalid::Length),
    }
}

/// District on a screen, street on a parcel, the district's own name in a log; an address that cannot be divided is
/// hidden altogether.
fn mask_address(raw: &str, profile: Profile) -> String {
    let text = plain(raw);
    let shown = Divisions::of(&text).and_then(|divisions| match profile {
        Profile::Display => Some(format!("{}{HIDDEN}", divisions.region())),
        Profile::Waybill => Some(format!("{}{}{HIDDEN}", divisions.region(), divisions.street())),
        Profile::Log => divisions.district().map(str::to_owned),
    });
    match shown {
        Some(shown) => shown,
        None if profile == Profile::Log && Divisions::is_bare_district(&text) => text,
        None => HIDDEN.to_owned(),
    }
}

/// The address without the signs that stand between its parts, and without the country.
fn plain(raw: &str) -> String {
    let text: String = fold(raw).chars().filter(|c| !c.is_whitespace() && !",-/|_、".contains(*c)).collect();
    let home = ["中华人民共和国", "中国"].into_iter().find_map(|country| text.strip_prefix(country));
    home.map_or(text.clone(), str::to_owned)
}

/// Province, city and district of an address that can be divided; a city alone is one already.
pub(super) fn generalised(raw: &str) -> Option<String> {
    let text = plain(raw);
    let text = text.strip_suffix(HIDDEN).unwrap_or(&text);
    let divided = Divisions::of(text).map(|divisions| divisions.region().to_owned());
    divided.or_else(|| Divisions::is_bare_city(text).then(|| text.to_owned()))
}

/// A region is already what an address is masked to; anything finer is cut off.
fn mask_region(raw: &str, profile: Profile) -> String {
    let text = plain(raw);
    match (profile, Divisions::of(&text)) {
        (Profile::Display, Some(divisions)) if divisions.region() == text => text,
        _ => mask_address(&text, profile),
    }
}

/// Six digits in China; three to ten letters, digits, spaces and hyphens elsewhere.
fn normalise_postcode(raw: &str) -> Option<String> {
    let text = fold(raw).to_ascii_uppercase();
    let shaped = (3..=10).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-')
        && text.bytes().any(|b| b.is_ascii_digit());
    shaped.then_some(text)
}

fn validate_postcode(raw: &str) -> Result<Validity, Invalid> {
    let code = require(raw, normalise_postcode)?;
    if !digits_only(&code, 6..=6) {
        return Ok(Validity::Doubtful(Doubt::Foreign));
    }
    let chinese = !code.starts_with('9') || matches!(code.as_str(), "999077" | "999078");
    if chinese { Ok(Validity::Sound) } else { Err(Invalid::Shape) }
}

fn postcode_spellings(canonical: &str) -> Vec<crate::value::Value> {
    super::spelling::Spellings::of(canonical, normalise_postcode).cases(canonical).integer(canonical).wide().list()
}

/// The first three on a screen.
fn mask_postcode(raw: &str, profile: Profile) -> String {
    if profile != Profile::Display {
        return HIDDEN.to_owned();
    }
    let text = fold(raw);
    let head = match text.strip_suffix(HIDDEN) {
        Some(head) => Some(head),
        None if normalise_postcode(&text).is_some_and(|code| code.len() > 3) => text.get(..3),
        None => None,
    };
    match head {
        Some(head) if head.len() == 3 && head.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-') => {
            format!("{head}{HIDDEN}")
        }
        _ => HIDDEN.to_owned(),
    }
}
