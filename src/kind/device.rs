//! Numbers of devices: IMEI, advertising and installation identifiers, MAC addresses.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Validity,
    check_digit::luhn,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{compact, digits_only, fold, grouped},
};

pub(super) const IMEI: Info = Info {
    kind: Kind::Imei,
    word: "imei",
    zh: "IMEI",
    en: "IMEI",
    category: Category::Device,
    normalise: normalise_imei,
    validate: validate_imei,
    spellings: imei_spellings,
    mask: |raw, profile| mask(raw, profile, normalise_imei),
    ..Info::IDENTIFIER
};

pub(super) const DEVICE_ID: Info = Info {
    kind: Kind::DeviceId,
    word: "device_id",
    zh: "设备标识",
    en: "device identifier",
    category: Category::Device,
    normalise: normalise_device_id,
    validate: validate_device_id,
    spellings: device_id_spellings,
    mask: |raw, profile| mask(raw, profile, normalise_device_id),
    ..Info::IDENTIFIER
};

pub(super) const MAC: Info = Info {
    kind: Kind::Mac,
    word: "mac",
    zh: "MAC 地址",
    en: "MAC address",
    category: Category::Device,
    normalise: normalise_mac,
    validate: |raw| require(raw, normalise_mac).map(|_| Validity::Sound),
    spellings: mac_spellings,
    mask: mask_mac,
    ..Info::IDENTIFIER
};

fn normalise_imei(raw: &str) -> Option<String> {
    Some(compact(raw).replace('/', "")).filter(|text| digits_only(text, 15..=15))
}

fn validate_imei(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_imei)?;
    if luhn(&number) { Ok(Validity::Sound) } else { Err(Invalid::CheckDigit) }
}

fn imei_spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise_imei).integer(canonical).wide();
    for separator in ["-", " ", "/"] {
        forms = forms
            .text(grouped(canonical, &[2, 6, 6], separator))
            .text(grouped(canonical, &[6, 2, 6], separator))
            .text(grouped(canonical, &[8, 6], separator));
    }
    forms.list()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// UUIDs with hyphens and hexadecimal identifiers, both in lower case; other tokens as they are.
fn normalise_device_id(raw: &str) -> Option<String> {
    let text = fold(raw);
    let bare = text.trim_start_matches('{').trim_end_matches('}').replace('-', "");
    if is_hex(&bare) && bare.len() == 32 {
        return Some(grouped(&bare.to_ascii_lowercase(), &[8, 4, 4, 4], "-"));
    }
    if is_hex(&text) && matches!(text.len(), 16 | 40 | 64) {
        return Some(text.to_ascii_lowercase());
    }
    let token = (6..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains('*');
    token.then_some(text)
}

fn validate_device_id(raw: &str) -> Result<Validity, Invalid> {
    let id = require(raw, normalise_device_id)?;
    let bare = id.replace('-', "");
    if bare.bytes().all(|b| b == b'0') {
        return Err(Invalid::Shape); // what a phone answers when tracking is off
    }
    let usual = is_hex(&bare) && matches!(bare.len(), 16 | 32 | 40 | 64);
    Ok(if usual { Validity::Sound } else { Validity::Doubtful(Doubt::Unusual) })
}

fn device_id_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_device_id)
        .cases(canonical)
        .cases(&canonical.replace('-', ""))
        .text(format!("{{{canonical}}}"))
        .text(format!("{{{}}}", canonical.to_uppercase()))
        .integer(canonical)
        .list()
}

/// Six pairs in lower case with colons.
/// Not what a telephone says of itself when it says nothing, nor everybody's.
fn normalise_mac(raw: &str) -> Option<String> {
    let text = compact(raw).replace([':', '.'], "").to_ascii_lowercase();
    let nobodys = matches!(text.as_str(), "020000000000" | "ffffffffffff");
    (text.len() == 12 && is_hex(&text) && !nobodys).then(|| grouped(&text, &[2; 5], ":"))
}

fn mac_spellings(canonical: &str) -> Vec<Value> {
    let bare = canonical.replace(':', "");
    Spellings::of(canonical, normalise_mac)
        .cases(canonical)
        .cases(&grouped(&bare, &[2; 5], "-"))
        .cases(&bare)
        .cases(&grouped(&bare, &[4, 4], "."))
        .list()
}

/// Maker's half on a screen and in a log.
fn mask_mac(raw: &str, profile: Profile) -> String {
    let text = fold(raw).to_ascii_lowercase();
    let rest = ":**:**:**";
    let head = match (normalise_mac(raw), text.strip_suffix(rest)) {
        (Some(address), _) => address.get(..8).map(str::to_owned),
        (None, Some(head)) if head.len() == 8 && head.bytes().all(|b| b.is_ascii_hexdigit() || b == b':') => {
            Some(head.to_owned())
        }
        _ => None,
    };
    match head {
        Some(head) if profile != Profile::Waybill => format!("{head}{rest}"),
        _ => HIDDEN.to_owned(),
    }
}

/// The first four and, outside logs, the last two of a token of at least ten characters.
pub(super) fn mask(raw: &str, profile: Profile, normalise: fn(&str) -> Option<String>) -> String {
    let window = match profile {
        Profile::Display => Window::new(4, 3, 2),
        Profile::Log => Window::new(4, 3, 0),
        Profile::Waybill => return HIDDEN.to_owned(),
    };
    match normalise(raw) {
        Some(id) if id.len() >= 10 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b)) => {
            let shown = window.show(&id);
            if window.made(&shown) { shown } else { HIDDEN.to_owned() }
        }
        Some(_) => HIDDEN.to_owned(),
        None => window.settle(&fold(raw)),
    }
}
