//! What the network sees: IP addresses, URLs, user agents.

use std::net::{IpAddr, Ipv4Addr};

use crate::value::Value;

use super::{
    Category, Kind, Profile, Validity,
    info::{Info, require},
    mask::HIDDEN,
    spelling::Spellings,
    width::{digits_only, fold},
};

pub(super) const IP: Info = Info {
    kind: Kind::Ip,
    word: "ip",
    zh: "IP 地址",
    en: "IP address",
    category: Category::NetworkLog,
    weak: true, // many people share one
    normalise: normalise_ip,
    validate: |raw| require(raw, normalise_ip).map(|_| Validity::Sound),
    spellings: ip_spellings,
    mask: mask_ip,
    ..Info::UNKNOWN
};

pub(super) const URL: Info = Info {
    kind: Kind::Url,
    word: "url",
    zh: "网址",
    en: "web address",
    category: Category::Browsing,
    normalise: normalise_url,
    validate: |raw| require(raw, normalise_url).map(|_| Validity::Sound),
    spellings: url_spellings,
    mask: mask_url,
    ..Info::UNKNOWN
};

pub(super) const USER_AGENT: Info = Info {
    kind: Kind::UserAgent,
    word: "user_agent",
    zh: "浏览器标识",
    en: "user agent",
    category: Category::Device,
    ..Info::UNKNOWN
};

/// Dotted or compressed form; IPv4 written as IPv6 or as one number is IPv4.
fn normalise_ip(raw: &str) -> Option<String> {
    let text = fold(raw);
    if digits_only(&text, 8..=10) {
        let number: u32 = text.parse().ok()?;
        return (number >= 1 << 24).then(|| Ipv4Addr::from(number).to_string());
    }
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&text);
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string())
}

fn ip_spellings(canonical: &str) -> Vec<Value> {
    let forms = Spellings::of(canonical, normalise_ip);
    match canonical.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => forms
            .integer(&u32::from(address).to_string())
            .text(format!("::ffff:{address}"))
            .text(format!("::FFFF:{address}")),
        Ok(IpAddr::V6(address)) => {
            let full: Vec<String> = address.segments().iter().map(|part| format!("{part:04x}")).collect();
            let short: Vec<String> = address.segments().iter().map(|part| format!("{part:x}")).collect();
            forms.cases(canonical).cases(&full.join(":")).cases(&short.join(":"))
        }
        Err(_) => forms,
    }
    .list()
}

/// IPv4 by its /24, IPv6 by its /48.
fn mask_ip(raw: &str, profile: Profile) -> String {
    if profile == Profile::Waybill {
        return HIDDEN.to_owned();
    }
    let folded = fold(raw);
    let text = folded.strip_suffix("/24").or_else(|| folded.strip_suffix("/48")).unwrap_or(&folded);
    match normalise_ip(text).and_then(|address| address.parse().ok()) {
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        None => HIDDEN.to_owned(),
    }
}

/// Scheme and host in lower case; nothing else is touched.
fn normalise_url(raw: &str) -> Option<String> {
    let text = fold(raw);
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let named = !scheme.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        && !authority.is_empty()
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let user = if user.is_empty() { String::new() } else { format!("{user}@") };
    named.then(|| format!("{}://{user}{}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
}

fn url_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_url).list()
}

/// Scheme and host: paths and queries name people. A host that is a number is hidden, too.
fn mask_url(raw: &str, profile: Profile) -> String {
    if profile == Profile::Waybill {
        return HIDDEN.to_owned();
    }
    let Some(url) = normalise_url(raw) else { return HIDDEN.to_owned() };
    let Some((scheme, rest)) = url.split_once("://") else { return HIDDEN.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
        && host.contains(|c: char| c.is_ascii_alphabetic())
        && !host.as_bytes().windows(5).any(|five| five.iter().all(u8::is_ascii_digit));
    if plain { format!("{scheme}://{host}/{HIDDEN}") } else { HIDDEN.to_owned() }
}
