//! Consents that are withdrawn, messages that are refused.

use super::{Exit, Text, Trouble};

pub(crate) const NO_CONSENTS: Trouble = Trouble {
    code: "no_consents",
    exit: Exit::Refused,
    says: Text {
        en: "the data map has no [consents]: a withdrawal could not be written anywhere",
        zh: "数据地图没有 [consents]：撤回无处写入",
    },
    hint: Some(Text {
        en: "say in datamap.toml where consents stand, then: droit map trust",
        zh: "请在 datamap.toml 中写明同意记录所在，然后：droit map trust",
    }),
};

pub(crate) const NO_SUBSCRIPTIONS: Trouble = Trouble {
    code: "no_subscriptions",
    exit: Exit::Refused,
    says: Text {
        en: "the data map has no [subscriptions]: nothing says who gets which messages",
        zh: "数据地图没有 [subscriptions]：未写明谁接收哪些消息",
    },
    hint: Some(Text {
        en: "say in datamap.toml where subscriptions stand, then: droit map trust",
        zh: "请在 datamap.toml 中写明订阅记录所在，然后：droit map trust",
    }),
};

pub(crate) const NO_SCOPE: Trouble = Trouble {
    code: "no_scope",
    exit: Exit::Usage,
    says: Text { en: "nothing says which consent is withdrawn", zh: "未说明撤回哪一项同意" },
    hint: Some(Text { en: "pass --scope, one of: {known}", zh: "请给出 --scope，可为：{known}" }),
};

pub(crate) const UNKNOWN_SCOPE: Trouble = Trouble {
    code: "unknown_scope",
    exit: Exit::Refused,
    says: Text {
        en: "the data map knows no such consent scope; it knows: {known}",
        zh: "数据地图没有这样的同意范围；已有：{known}",
    },
    hint: Some(Text {
        en: "name one of them, or give the scope its name in [consents]",
        zh: "请使用其中之一，或在 [consents] 中为该范围命名",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[&NO_CONSENTS, &NO_SUBSCRIPTIONS, &NO_SCOPE, &UNKNOWN_SCOPE];
