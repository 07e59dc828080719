//! Requests from files, before they are read.

use super::{Exit, Text, Trouble};

pub(crate) const NO_MAPPING: Trouble = Trouble {
    code: "no_mapping",
    exit: Exit::Usage,
    says: Text { en: "a spreadsheet is read by a saved column mapping", zh: "读取表格须有已保存的列映射" },
    hint: Some(Text {
        en: "write NAME.columns.toml in the workspace (docs/guides/intake.md), then pass --mapping NAME",
        zh: "请在工作区编写 NAME.columns.toml（docs/guides/intake.md），再给出 --mapping NAME",
    }),
};

pub(crate) const NOT_A_MAPPING_NAME: Trouble = Trouble {
    code: "not_a_mapping_name",
    exit: Exit::Usage,
    says: Text {
        en: "a mapping's name has letters, digits, hyphens and underscores only",
        zh: "列映射的名称只能含字母、数字、连字符和下划线",
    },
    hint: None,
};

pub(crate) const NOT_FOR_FORMAT: Trouble = Trouble {
    code: "not_for_this_format",
    exit: Exit::Usage,
    says: Text { en: "{flag} says nothing about a file of this format", zh: "{flag} 不适用于此格式的文件" },
    hint: None,
};

pub(crate) const IMPORT_TOO_LARGE: Trouble = Trouble {
    code: "import_too_large",
    exit: Exit::Usage,
    says: Text { en: "a file of requests has at most 16 MiB", zh: "请求文件最大为 16 MiB" },
    hint: Some(Text {
        en: "divide it; what was taken in before is not taken in again",
        zh: "请拆分文件；已登记的不会重复登记",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[&NO_MAPPING, &NOT_A_MAPPING_NAME, &NOT_FOR_FORMAT, &IMPORT_TOO_LARGE];
