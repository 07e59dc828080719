//! Vehicle plates.

use crate::value::Value;

use super::{
    Category, Kind, Profile, Validity,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{compact, digits_only, fold, grouped},
};

pub(super) const PLATE: Info = Info {
    kind: Kind::Plate,
    word: "plate",
    zh: "车牌号",
    en: "vehicle plate",
    category: Category::OptionalProfile,
    normalise,
    validate: |raw| require(raw, normalise).map(|_| Validity::Sound),
    spellings,
    mask,
    ..Info::IDENTIFIER
};

/// Whether it is the one-character name of a province.
pub(super) fn is_province(c: char) -> bool {
    matches!(
        c,
        '京' | '津'
            | '沪'
            | '渝'
            | '冀'
            | '豫'
            | '云'
            | '辽'
            | '黑'
            | '湘'
            | '皖'
            | '鲁'
            | '新'
            | '苏'
            | '浙'
            | '赣'
            | '鄂'
            | '桂'
            | '甘'
            | '晋'
            | '蒙'
            | '陕'
            | '吉'
            | '闽'
            | '贵'
            | '粤'
            | '青'
            | '藏'
            | '川'
            | '宁'
            | '琼'
    )
}

/// Signs that stand between the two parts.
pub(super) fn is_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '.' | '‧')
}

/// Seven characters, or eight of a new-energy vehicle, in upper case without a sign between.
pub(super) fn normalise(raw: &str) -> Option<String> {
    let text: String = compact(raw).chars().filter(|&c| !is_dot(c)).collect::<String>().to_uppercase();
    let mut letters = text.chars();
    let province = letters.next().is_some_and(is_province);
    let city = letters.next().is_some_and(is_plate_letter);
    let rest = letters.as_str();
    (province && city && (is_ordinary(rest) || is_new_energy(rest))).then_some(text)
}

/// No I and no O.
fn is_plate_letter(c: char) -> bool {
    c.is_ascii_uppercase() && !matches!(c, 'I' | 'O')
}

fn is_plate_char(c: char) -> bool {
    c.is_ascii_digit() || is_plate_letter(c)
}

fn is_ordinary(rest: &str) -> bool {
    let letters: Vec<char> = rest.chars().collect();
    matches!(letters[..], [ref front @ .., last] if front.len() == 4
        && front.iter().all(|&c| is_plate_char(c))
        && (is_plate_char(last) || "挂学警港澳使领".contains(last)))
}

fn is_new_energy(rest: &str) -> bool {
    if rest.len() != 6 || !rest.is_ascii() {
        return false;
    }
    let small = rest.starts_with(|c| "DABCEFGHJK".contains(c))
        && rest[1..].starts_with(is_plate_char)
        && digits_only(&rest[2..], 4..=4);
    small || digits_only(&rest[..5], 5..=5) && rest.ends_with(['D', 'F'])
}

fn spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise).cases(canonical).wide();
    for dot in ["·", "•", "-", " ", "."] {
        forms = forms.cases(&grouped(canonical, &[2], dot));
    }
    forms.list()
}

/// Place and last two on a screen; the last four in a log.
fn mask(raw: &str, profile: Profile) -> String {
    let window = match profile {
        Profile::Display => Window::new(2, 3, 2),
        Profile::Log => Window::new(0, 4, 4),
        Profile::Waybill => return HIDDEN.to_owned(),
    };
    match normalise(raw) {
        Some(plate) => window.show(&plate),
        None => window.settle(&fold(raw)),
    }
}
