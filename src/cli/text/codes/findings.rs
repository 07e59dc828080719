//! Findings of `map check` and `doctor`.

use super::{Code, Sort, code};

pub(super) const FINDINGS: &[Code] = &[
    code(
        "approval_none",
        Sort::Finding,
        ["nobody else agrees to plans", "计划无需他人批准"],
        [
            "approval = \"none\": the officer who plans an erasure also applies it.",
            "approval = \"none\"：制定删除计划的人也可自行执行。",
        ],
    ),
    code(
        "open_to_others",
        Sort::Finding,
        ["others can read it", "他人可读取"],
        [
            "A file or folder of the workspace can be read by others: chmod 600 files, 700 folders.",
            "工作区的文件或文件夹可被他人读取：文件请设 600，文件夹请设 700。",
        ],
    ),
    code(
        "keys_inside",
        Sort::Finding,
        ["keys beside what they seal", "密钥与密文放在一起"],
        [
            "The key folder stands inside the workspace: whoever copies one copies both.",
            "密钥文件夹位于工作区内：复制工作区即同时得到密钥。",
        ],
    ),
];
