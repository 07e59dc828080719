//! Mail addresses.

use crate::value::Value;

use super::{
    Category, Kind, Profile, Validity,
    info::{Info, require},
    mask::HIDDEN,
    spelling::Spellings,
    width::fold,
};

pub(super) const EMAIL: Info = Info {
    kind: Kind::Email,
    word: "email",
    zh: "电子邮箱",
    en: "mail address",
    category: Category::Contact,
    normalise,
    validate: |raw| require(raw, normalise).map(|_| Validity::Sound),
    spellings,
    mask,
    ..Info::IDENTIFIER
};

/// Lower case throughout: the local part is the receiving host's affair, but no host in use tells cases apart.
pub(super) fn normalise(raw: &str) -> Option<String> {
    let text = fold(raw).to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    (is_local(local) && is_domain(domain)).then_some(text)
}

fn is_local(local: &str) -> bool {
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| is_local_char(c) || (!c.is_ascii() && c.is_alphanumeric()))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

/// The ASCII characters that a local part has without quotes.
pub(super) fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn is_domain(domain: &str) -> bool {
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && domain.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic))
}

/// The cases people write: there is no finite set of all of them.
fn spellings(canonical: &str) -> Vec<Value> {
    let Some((local, domain)) = canonical.rsplit_once('@') else { return vec![Value::from(canonical)] };
    let (big_local, big_domain) = (capitalised(local), capitalised(domain));
    Spellings::of(canonical, normalise)
        .text(canonical.to_uppercase())
        .text(format!("{big_local}@{domain}"))
        .text(format!("{big_local}@{big_domain}"))
        .text(format!("{local}@{big_domain}"))
        .text(format!("{local}@{}", domain.to_uppercase()))
        .text(format!("{}@{domain}", local.to_uppercase()))
        .text(format!("{}@{domain}", local.split('.').map(capitalised).collect::<Vec<_>>().join(".")))
        .text(format!("{local}＠{domain}"))
        .wide()
        .list()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The first letter and the domain; the domain alone in a log; of a one-letter address no letter.
fn mask(raw: &str, profile: Profile) -> String {
    let Some(address) = normalise(raw) else { return HIDDEN.to_owned() };
    let Some((local, domain)) = address.rsplit_once('@') else { return HIDDEN.to_owned() };
    match profile {
        Profile::Waybill => HIDDEN.to_owned(),
        Profile::Log => format!("{HIDDEN}@{domain}"),
        Profile::Display => match local.chars().next() {
            Some(first) if first.is_alphanumeric() && local.chars().nth(1).is_some() => {
                format!("{first}{HIDDEN}@{domain}")
            }
            _ => format!("{HIDDEN}@{domain}"),
        },
    }
}
