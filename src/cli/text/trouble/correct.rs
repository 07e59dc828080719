//! What is wrong with the values of a correction.

use super::{Exit, Text, Trouble};

pub(crate) const NO_FIELDS: Trouble = Trouble {
    code: "no_fields",
    exit: Exit::Usage,
    says: Text { en: "no field and no new value was given", zh: "没有给出要更正的字段和新值" },
    hint: Some(Text {
        en: "use --values FILE, or --values - to read them from standard input; --list shows the fields",
        zh: "请用 --values 文件，或用 --values - 从标准输入读取；--list 列出可更正的字段",
    }),
};

pub(crate) const NOT_A_FIELD: Trouble = Trouble {
    code: "not_a_field",
    exit: Exit::Usage,
    says: Text {
        en: "entry {entry} of the values is not of the form TABLE.COLUMN=VALUE",
        zh: "第 {entry} 个值不是“表.列=值”的形式",
    },
    hint: Some(Text {
        en: "write one per line, such as users.nickname=…; of several rows one is named by its key: orders[7].remark=…",
        zh: "每行一个，例如 users.nickname=…；有多行时用主键指明：orders[7].remark=…",
    }),
};

pub(crate) const FIELD_TWICE: Trouble = Trouble {
    code: "field_twice",
    exit: Exit::Usage,
    says: Text { en: "two new values are given for {field}", zh: "{field} 给出了两个新值" },
    hint: None,
};

pub(crate) const VALUES_GONE: Trouble = Trouble {
    code: "values_gone",
    exit: Exit::Refused,
    says: Text {
        en: "the key of the new values was destroyed: they cannot be read any more",
        zh: "新值的密钥已销毁，无法再读取",
    },
    hint: Some(Text { en: "correct again: droit correct", zh: "请重新更正：droit correct" }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[&NO_FIELDS, &NOT_A_FIELD, &FIELD_TWICE, &VALUES_GONE];
