//! What is not about a person by itself, and what nobody reads.

use super::{Category, Kind, Replacement, Sensitivity, info::Info};

pub(super) const KEY: Info = Info { kind: Kind::Key, word: "key", zh: "键", en: "key", ..FACT };

pub(super) const FACT: Info = Info {
    kind: Kind::Fact,
    word: "fact",
    zh: "事实",
    en: "fact",
    category: Category::Impersonal,
    personal: false,
    replacement: Replacement::Keep,
    mask: |raw, _| raw.to_owned(),
    ..Info::UNKNOWN
};

pub(super) const SOFTWARE: Info = Info {
    kind: Kind::Software,
    word: "software",
    zh: "已安装软件",
    en: "installed software",
    category: Category::SoftwareList,
    ..Info::UNKNOWN
};

pub(super) const TAG: Info =
    Info {
        kind: Kind::Tag, word: "tag", zh: "标签", en: "tag or score", category: Category::Profile, ..Info::UNKNOWN
    };

pub(super) const HEALTH: Info = Info {
    kind: Kind::Health,
    word: "health",
    zh: "健康信息",
    en: "health data",
    category: Category::Health,
    sensitivity: Sensitivity::Sensitive,
    ..Info::UNKNOWN
};

pub(super) const OPAQUE: Info = Info::UNKNOWN;
