//! Accounts: user names, `WeChat` ids and what other platforms call a user.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Validity, device,
    info::{Info, require, some_text},
    mask::{Window, first_letter},
    spelling::Spellings,
    width::fold,
};

pub(super) const USERNAME: Info = Info {
    kind: Kind::Username,
    word: "username",
    zh: "用户名",
    en: "user name",
    category: Category::Account,
    mask: |raw, _| first_letter(&fold(raw)),
    ..Info::IDENTIFIER
};

pub(super) const WECHAT_ID: Info = Info {
    kind: Kind::WechatId,
    word: "wechat_id",
    zh: "微信号",
    en: "WeChat id",
    category: Category::Linked,
    normalise: normalise_wechat,
    validate: |raw| require(raw, normalise_wechat).map(|_| Validity::Sound),
    spellings: wechat_spellings,
    mask: mask_wechat,
    ..Info::IDENTIFIER
};

pub(super) const OPEN_ID: Info = Info {
    kind: Kind::OpenId,
    word: "open_id",
    zh: "第三方账号标识",
    en: "linked account id",
    category: Category::Linked,
    normalise: normalise_open_id,
    validate: validate_open_id,
    spellings: open_id_spellings,
    mask: |raw, profile| device::mask(raw, profile, normalise_open_id),
    ..Info::IDENTIFIER
};

/// As it is written: upper and lower case are kept apart.
fn normalise_wechat(raw: &str) -> Option<String> {
    let text = some_text(raw)?;
    let shaped = (6..=20).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    shaped.then_some(text)
}

fn wechat_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_wechat).wide().list()
}

fn mask_wechat(raw: &str, _: Profile) -> String {
    match normalise_wechat(raw) {
        Some(id) => first_letter(&id),
        None => Window::new(1, 3, 0).settle(&fold(raw)),
    }
}

/// Any token; platforms differ.
fn normalise_open_id(raw: &str) -> Option<String> {
    let text = fold(raw);
    let token =
        (4..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:|".contains(&b));
    token.then_some(text)
}

/// Those of `WeChat` are `o` and 27 more; others cannot be checked.
fn validate_open_id(raw: &str) -> Result<Validity, Invalid> {
    let id = require(raw, normalise_open_id)?;
    let wechat = id.len() == 28 && id.starts_with('o') && !id.contains(['.', ':', '|']);
    Ok(if wechat { Validity::Sound } else { Validity::Doubtful(Doubt::Unusual) })
}

fn open_id_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_open_id).integer(canonical).wide().list()
}
