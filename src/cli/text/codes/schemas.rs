//! The JSON documents: name, version, and what stands in them.

use super::{Code, Sort, code};

pub(super) const SCHEMAS: &[Code] = &[
    code(
        "droit.error/1",
        Sort::Schema,
        ["an error", "错误"],
        [
            "One line on standard error: code, exit, message, hint, params.",
            "标准错误上的一行：code、exit、message、hint、params。",
        ],
    ),
    code(
        "droit.explain/1",
        Sort::Schema,
        ["explanations", "解释"],
        ["A list: code, sort, title, text.", "列表：code、sort、title、text。"],
    ),
];
