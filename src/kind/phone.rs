//! Mobile and landline numbers.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Validity,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{digits_only, fold, fold_char, grouped, is_hyphen, is_separator},
};

pub(super) const PHONE: Info = Info {
    kind: Kind::Phone,
    word: "phone",
    zh: "手机号",
    en: "mobile number",
    category: Category::Contact,
    normalise,
    validate,
    spellings,
    mask,
    ..Info::IDENTIFIER
};

pub(super) const LANDLINE: Info = Info {
    kind: Kind::Landline,
    word: "landline",
    zh: "固定电话",
    en: "landline number",
    category: Category::Contact,
    weak: true, // a household's or an office's
    normalise: normalise_landline,
    validate: validate_landline,
    spellings: landline_spellings,
    mask,
    ..Info::IDENTIFIER
};

/// Whether eleven digits are a mainland mobile number; segments are not hard-coded (LAW §5).
pub(super) fn is_mobile(digits: &str) -> bool {
    digits_only(digits, 11..=11) && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

/// Digits (with a leading plus, if any) without separators; `None` if there is anything else.
fn bare(raw: &str) -> Option<String> {
    let mut out = String::new();
    for c in fold(raw).chars() {
        match c {
            '0'..='9' => out.push(c),
            '+' if out.is_empty() => out.push(c),
            _ if is_separator(c) => {}
            _ => return None,
        }
    }
    Some(out)
}

/// Mainland: eleven digits. Elsewhere: E.164 with its plus, if written with plus or 00. A zero in brackets behind the
/// country is for those who call from within it.
pub(super) fn normalise(raw: &str) -> Option<String> {
    let bare = match fold(raw).split_once("(0)") {
        Some((country, rest)) if country.starts_with(['+', '0']) => bare(&format!("{country}{rest}"))?,
        _ => bare(raw)?,
    };
    if is_american(raw) {
        return Some(format!("+{}", bare.trim_start_matches('+').trim_start_matches("00")));
    }
    for prefix in ["+86", "0086", "86", "+860", "00860", "0", ""] {
        if let Some(number) = bare.strip_prefix(prefix)
            && is_mobile(number)
        {
            return Some(number.to_owned());
        }
    }
    let abroad = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"))?;
    let known = digits_only(abroad, 8..=15) && !abroad.starts_with('0') && !abroad.starts_with("86");
    known.then(|| format!("+{abroad}"))
}

/// `1-403-262-3443`: by their groups these eleven digits are a country, an area and a local number, and no mobile number
/// of the mainland.
fn is_american(raw: &str) -> bool {
    let folded = fold(raw);
    let groups: Vec<&str> = folded.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    matches!(groups[..], ["1" | "001", area, exchange, line] if area.len() == 3 && exchange.len() == 3 && line.len() == 4)
}

fn validate(raw: &str) -> Result<Validity, Invalid> {
    if is_lent(raw) {
        return Err(Invalid::PrivacyNumber);
    }
    let canonical = require(raw, normalise)?;
    Ok(if canonical.starts_with('+') { Validity::Doubtful(Doubt::Foreign) } else { Validity::Sound })
}

/// Eleven digits, 转, four digits: lent by a platform for one delivery.
pub(super) fn is_lent(raw: &str) -> bool {
    fold(raw)
        .split_once('转')
        .is_some_and(|(number, extension)| normalise(number).is_some() && digits_only(extension.trim(), 3..=6))
}

fn spellings(canonical: &str) -> Vec<Value> {
    let forms = Spellings::of(canonical, normalise);
    if let Some(digits) = canonical.strip_prefix('+') {
        return abroad(forms.text(format!("00{digits}")), digits).wide().list();
    }
    let spaced = grouped(canonical, &[3, 4], " ");
    let hyphened = grouped(canonical, &[3, 4], "-");
    let mut forms = forms.integer(canonical).integer(&format!("86{canonical}")).text(&spaced).text(&hyphened);
    for prefix in ["+86", "86", "0086"] {
        forms = forms
            .text(format!("{prefix}{canonical}"))
            .text(format!("{prefix} {canonical}"))
            .text(format!("{prefix}-{canonical}"))
            .text(format!("{prefix} {spaced}"))
            .text(format!("{prefix}-{hyphened}"))
            .text(format!("{prefix} {hyphened}"));
    }
    let dotted = grouped(canonical, &[3, 4], ".");
    forms = forms.text(dotted).text(format!("0{canonical}"));
    forms.text(format!("(+86){canonical}")).text(format!("(86){canonical}")).wide().list()
}

/// The country's code apart, which has up to three digits; in America also the area.
fn abroad<'a>(forms: Spellings<'a>, digits: &str) -> Spellings<'a> {
    if digits.len() == 11 && digits.starts_with('1') {
        let (area, exchange, line) = (&digits[1..4], &digits[4..7], &digits[7..]);
        return forms
            .text(format!("+1 {area}{exchange}{line}"))
            .text(format!("+1 ({area}) {exchange}-{line}"))
            .text(format!("+1 ({area}){exchange}-{line}"))
            .text(format!("+1({area}){exchange}-{line}"))
            .text(format!("+1 {area} {exchange} {line}"))
            .text(format!("+1 {area}-{exchange}-{line}"))
            .text(format!("+1-{area}-{exchange}-{line}"))
            .text(format!("+1.{area}.{exchange}.{line}"))
            .text(format!("1-{area}-{exchange}-{line}"))
            .text(format!("1 ({area}) {exchange}-{line}"))
            .text(format!("001 {area} {exchange} {line}"));
    }
    (1..=3).fold(forms, |forms, length| {
        let (country, rest) = digits.split_at(length);
        forms.text(format!("+{country} {rest}")).text(format!("+{country}-{rest}"))
    })
}

fn mask(raw: &str, profile: Profile) -> String {
    let mobile = match profile {
        Profile::Display => Window::new(3, 4, 4),
        Profile::Waybill => Window::new(3, 6, 2),
        Profile::Log => Window::new(1, 9, 1),
    };
    match normalise(raw) {
        Some(number) if number.starts_with('+') => foreign_window(profile).show(&number),
        Some(number) => mobile.show(&number),
        None => match normalise_landline(raw) {
            Some(number) => mask_landline(&number, profile),
            None => settled(&fold(raw), mobile, profile),
        },
    }
}

/// `text` if it is one of our own masks, else nothing of it.
fn settled(text: &str, mobile: Window, profile: Profile) -> String {
    let landline = text.split_once('-').is_some_and(|(area, local)| {
        let (stars, tails) = landline_shape(profile);
        profile != Profile::Log
            && digits_only(area, 3..=4)
            && tails.iter().any(|&tail| Window::new(0, stars, tail).made(local))
    });
    if landline || mobile.made(text) || foreign_window(profile).made(text) || hotline_window(profile).made(text) {
        text.to_owned()
    } else {
        HIDDEN.to_owned()
    }
}

/// Plus and two digits, stars, the end.
fn foreign_window(profile: Profile) -> Window {
    match profile {
        Profile::Display => Window::new(3, 4, 2),
        Profile::Waybill => Window::new(3, 6, 0), // of eight digits, the shortest, six are hidden
        Profile::Log => Window::new(1, 9, 1),
    }
}

fn hotline_window(profile: Profile) -> Window {
    match profile {
        Profile::Display => Window::new(3, 4, 3),
        Profile::Waybill => Window::new(3, 6, 1),
        Profile::Log => Window::new(1, 9, 1),
    }
}

/// Stars of the local number and how many of its digits may follow them.
fn landline_shape(profile: Profile) -> (usize, &'static [usize]) {
    match profile {
        Profile::Display => (4, &[3, 4]),
        Profile::Waybill | Profile::Log => (6, &[1, 2]),
    }
}

fn mask_landline(canonical: &str, profile: Profile) -> String {
    let mut parts = canonical.split('-');
    match (parts.next(), parts.next(), profile) {
        (Some(number), None, _) => hotline_window(profile).show(number),
        (Some(area), Some(local), Profile::Display | Profile::Waybill) => {
            let (stars, _) = landline_shape(profile);
            format!("{area}-{}", Window::new(0, stars, local.len() - stars).show(local))
        }
        (Some(area), Some(local), Profile::Log) => Window::new(1, 9, 1).show(&format!("{area}{local}")),
        (None, ..) => HIDDEN.to_owned(),
    }
}

/// `010-62345678`, `0755-26771234-123`, `4008001234`.
pub(super) fn normalise_landline(raw: &str) -> Option<String> {
    let folded = fold(raw);
    let number = ["+86", "0086"].iter().find_map(|prefix| folded.strip_prefix(prefix)).unwrap_or(&folded);
    let groups = number_groups(number)?;
    let (last, front) = groups.split_last()?;
    if front.len() >= 2 && (1..=6).contains(&last.len()) {
        let (area, local) = (front.concat(), last);
        if let Some(number) = area_and_local(&area) {
            return Some(format!("{number}-{local}"));
        }
    }
    let all = groups.concat();
    if digits_only(&all, 10..=10) && (all.starts_with("400") || all.starts_with("800")) {
        return Some(all);
    }
    if let Some(number) = area_and_local(&all) {
        return Some(number);
    }
    let number = area_and_local(&front.concat())?;
    (1..=6).contains(&last.len()).then(|| format!("{number}-{last}"))
}

/// Runs of digits; `None` if there is anything but digits and separators.
fn number_groups(text: &str) -> Option<Vec<String>> {
    let mut groups = vec![String::new()];
    for c in text.chars().map(fold_char) {
        match c {
            '0'..='9' => groups.last_mut()?.push(c),
            _ if is_separator(c) || is_hyphen(c) || c == '转' => groups.push(String::new()),
            _ => return None,
        }
    }
    groups.retain(|group| !group.is_empty());
    if let Some(first) = groups.first_mut()
        && matches!(first.as_str(), "10" | "20" | "21" | "22" | "23" | "24" | "25" | "27" | "28" | "29")
    {
        first.insert(0, '0'); // +86 10 …: the trunk zero is not dialled from abroad
    }
    Some(groups)
}

/// `0(10|2\d|[3-9]\d{2})` and `[2-9]\d{6,7}` (LAW §5), joined by a hyphen.
fn area_and_local(digits: &str) -> Option<String> {
    if !digits_only(digits, 10..=12) || !digits.starts_with('0') {
        return None;
    }
    let area = match &digits[1..3] {
        "10" => 3,
        two if two.starts_with('2') => 3,
        two if matches!(two.as_bytes()[0], b'3'..=b'9') => 4,
        _ => return None,
    };
    let (area, local) = digits.split_at(area);
    let fits = matches!(local.len(), 7 | 8) && matches!(local.as_bytes()[0], b'2'..=b'9');
    fits.then(|| format!("{area}-{local}"))
}

fn validate_landline(raw: &str) -> Result<Validity, Invalid> {
    require(raw, normalise_landline).map(|_| Validity::Sound)
}

fn landline_spellings(canonical: &str) -> Vec<Value> {
    let forms = Spellings::of(canonical, normalise_landline);
    let parts: Vec<&str> = canonical.split('-').collect();
    match parts[..] {
        [hotline] => forms
            .integer(hotline)
            .text(grouped(hotline, &[3, 3], "-"))
            .text(grouped(hotline, &[3, 4], "-"))
            .text(grouped(hotline, &[3, 3], " ")),
        [area, local, ref extension @ ..] => {
            let mut forms = forms;
            let tails = match extension {
                [digits] => vec![format!("-{digits}"), format!("转{digits}")],
                _ => vec![String::new()],
            };
            for tail in tails {
                let abroad = &area[1..];
                forms = forms
                    .text(format!("{area}{local}{tail}"))
                    .text(format!("{area}-{local}{tail}"))
                    .text(format!("{area} {local}{tail}"))
                    .text(format!("({area}){local}{tail}"))
                    .text(format!("({area}) {local}{tail}"))
                    .text(format!("+86 {area} {local}{tail}"))
                    .text(format!("+86-{area}-{local}{tail}"))
                    .text(format!("+86-{abroad}-{local}{tail}"))
                    .text(format!("+86 {abroad} {local}{tail}"))
                    .text(format!("{area}-{}{tail}", grouped(local, &[4], "-")))
                    .text(format!("{area}-{}{tail}", grouped(local, &[4], " ")));
            }
            forms
        }
        [] => forms,
    }
    .wide()
    .list()
}
