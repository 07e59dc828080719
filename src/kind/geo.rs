//! Coordinates.

use super::{
    Category, Generalisation, Kind, Replacement, Sensitivity, Validity,
    info::{Info, require},
    width::fold,
};

pub(super) const GEO: Info = Info {
    kind: Kind::Geo,
    word: "geo",
    zh: "地理位置",
    en: "location",
    category: Category::Location,
    sensitivity: Sensitivity::Sensitive,
    normalise,
    validate: |raw| require(raw, normalise).map(|_| Validity::Sound),
    replacement: Replacement::Generalise(Generalisation::TenthOfDegree),
    ..Info::UNKNOWN
};

/// One coordinate, or two with a comma, in plain decimal degrees.
fn normalise(raw: &str) -> Option<String> {
    let text = fold(raw).replace('，', ",");
    let parts: Option<Vec<String>> = text.split(',').map(|part| degree(part.trim()).map(|d| format!("{d}"))).collect();
    parts.filter(|parts| parts.len() <= 2).map(|parts| parts.join(","))
}

/// Degrees between -180 and 180, from plain decimal digits.
pub(super) fn degree(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b".-+".contains(&b));
    let degree: f64 = text.parse().ok().filter(|_| plain)?;
    (-180.0..=180.0).contains(&degree).then_some(degree)
}
