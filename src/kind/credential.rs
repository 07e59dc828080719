//! Credentials: held, never disclosed.

use super::{Category, Kind, Sensitivity, info::Info};

pub(super) const CREDENTIAL: Info = Info {
    kind: Kind::Credential,
    word: "credential",
    zh: "登录凭证",
    en: "credential",
    category: Category::Credential,
    sensitivity: Sensitivity::Sensitive,
    ..Info::UNKNOWN
};
