//! Free text: searched for identifiers of anybody, shown to nobody unasked.

use super::{Category, Kind, info::Info};

pub(super) const FREE_TEXT: Info = Info {
    kind: Kind::FreeText,
    word: "free_text",
    zh: "自由文本",
    en: "free text",
    category: Category::Service,
    ..Info::UNKNOWN
};
