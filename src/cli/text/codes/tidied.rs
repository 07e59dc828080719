//! What stands in the way of `tidy`.

use super::{Code, Sort, code};

pub(super) const TIDIED: &[Code] = &[
    code(
        "key_found",
        Sort::Finding,
        ["a key that is to go stands in another file, too", "待销毁的密钥还出现在其他文件中"],
        [
            "Destroying it here would leave that copy, so it is left. Remove the file that is named, then run `droit tidy --confirm` again, with `--rotate` where that was asked for.",
            "仅在此处销毁会留下那份副本，故予保留。请移除所指的文件，再运行 `droit tidy --confirm`（此前带有 `--rotate` 的，照样带上）。",
        ],
    ),
    code(
        "key_folder_shared",
        Sort::Finding,
        ["keys of nobody knows which workspace", "不知属于哪个工作区的密钥"],
        [
            "Several workspaces share the key folder, so keys that no event tells of may be another one's and stay. Give each workspace a folder of its own (`keys` in droit.toml).",
            "多个工作区共用密钥文件夹；没有事件提及的密钥可能属于其他工作区，故予保留。请为每个工作区设置各自的文件夹（droit.toml 中的 `keys`）。",
        ],
    ),
];
