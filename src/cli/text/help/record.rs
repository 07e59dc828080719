//! `droit hold …`, `droit audit …` and `droit tidy`.

use super::{Arguments, Commands};

pub(super) const COMMANDS: Commands = &[
    ("hold", "法院或主管机关需要时，阻止数据被移除", ""),
    (
        "hold add",
        "对个人或数据表实施保全",
        "个人以案件或标识指定。保密的保全在副本、信件和共享日志中不留痕迹。\n\n示例：\n  droit hold add --case DSR-20261123-0001 --order court-order.txt\n  droit hold add --id-file suspect.txt --confidential --order letter.txt\n  droit hold add --table payments --until 2027-06-30 --order audit.txt",
    ),
    (
        "hold release",
        "解除保全",
        "因此停下的删除不会随之执行：请用 `droit erase` 重新计划。\n\n示例：\n  droit hold release HOLD-20261123-0001 --reason-file lifted.txt --yes",
    ),
    ("hold list", "列出有效的保全", "保密的仅在 --confidential 时列出。"),
    ("audit", "查看、核对和交付记录", ""),
    (
        "audit show",
        "显示全部事件，或某案件、清理、保全的事件",
        "示例：\n  droit audit show --last 20\n  droit audit show DSR-20261123-0001\n  droit audit show --format jsonl",
    ),
    (
        "audit verify",
        "核对记录：链、密封及由事件推出的各表；不完整时退出码为 4",
        "他人持有的链尾（印在每份答复、证明和日志上）可发现末端是否被截断。\n\n示例：\n  droit audit verify\n  droit audit verify --file record.jsonl",
    ),
    (
        "audit export",
        "把记录写入文件，任何人可用 `droit audit verify --file` 核对",
        "示例：\n  droit audit export record.jsonl",
    ),
    (
        "tidy",
        "销毁到期的密钥，移除已过期的副本、计划和残留文件",
        "不加 --confirm 不销毁任何东西。密钥销毁后，其密封的内容任何人、在任何案卷库副本中都无法再读。先清理案卷库，并在其文件、密钥文件夹和整个工作区中搜索密钥字节，最后才移除密钥；在别处找到的密钥保留并报告。保存多久：droit.toml 中的 `backups` 和 `[keep]`。\n\n示例：\n  droit tidy\n  droit tidy --confirm --quiet",
    ),
    (
        "audit adopt",
        "以较旧或另一份案卷库继续",
        "用于恢复备份或更换机器。较新副本中的记录不在其中；删除可能须重新执行。须输入 adopt，或用 --confirm 给出。\n\n示例：\n  droit audit adopt --confirm adopt",
    ),
];

pub(super) const ARGUMENTS: Arguments = &[
    ("hold add", "case", "保全该案件所涉个人的数据"),
    ("hold add", "table", "保全该数据表"),
    ("hold add", "until", "复查日"),
    ("hold add", "confidential", "不得让外部知晓"),
    ("hold add", "order", "说明由谁命令及理由的文件；加密保存"),
    ("hold release", "hold", "保全编号"),
    ("hold release", "reason_file", "含理由的文件；加密保存"),
    ("hold list", "confidential", "包括保密的"),
    ("audit show", "about", "案件、清理或保全的编号，或 `workspace`"),
    ("audit show", "last", "只显示最后 N 条"),
    ("audit verify", "head", "他人持有的链尾"),
    ("audit verify", "file", "核对导出的记录，而不是案卷库"),
    ("audit export", "file", "要写的文件"),
    ("tidy", "confirm", "执行"),
    ("audit adopt", "confirm", "没有终端时给出单词 adopt"),
];
