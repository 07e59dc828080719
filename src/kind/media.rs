//! Recordings, images and files: never shown, removed as a whole.

use super::{Category, Kind, Sensitivity, info::Info};

pub(super) const VOICE: Info = Info {
    kind: Kind::Voice,
    word: "voice",
    zh: "语音",
    en: "voice recording",
    category: Category::Voice,
    sensitivity: Sensitivity::Sensitive,
    ..Info::UNKNOWN
};

pub(super) const IMAGE: Info = Info {
    kind: Kind::Image,
    word: "image",
    zh: "影像",
    en: "image",
    category: Category::Image,
    sensitivity: Sensitivity::Sensitive,
    ..Info::UNKNOWN
};

pub(super) const FILE: Info =
    Info { kind: Kind::File, word: "file", zh: "文件", en: "file", category: Category::Other, ..Info::UNKNOWN };

pub(super) const BIOMETRIC: Info = Info {
    kind: Kind::Biometric,
    word: "biometric",
    zh: "生物识别信息",
    en: "biometric template",
    category: Category::RealName,
    sensitivity: Sensitivity::Sensitive,
    ..Info::UNKNOWN
};
