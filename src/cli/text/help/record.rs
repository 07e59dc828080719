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
        "他人持有的链尾（印在信件和日志上）或写在工作区之外的锚点，可发现这是否为较旧的副本、分叉，或末端被截断。有文件说明谁可以签名时，一并核对批准、证明书和锚点上的签名。\n\n示例：\n  droit audit verify\n  droit audit verify --against /mnt/auditor/droit.anchors\n  droit audit verify --file record.jsonl",
    ),
    (
        "audit export",
        "把记录写入文件，任何人可用 `droit audit verify --file` 核对",
        "示例：\n  droit audit export record.jsonl",
    ),
    (
        "audit anchor",
        "把记录的链尾写入工作区之外的文件",
        "只追加一行，从不改动。此后 `droit audit verify --against 文件` 可发现较旧的副本、分叉和被截断的末端。请把文件放在此处工作的人无法写入的地方：另一台机器、只可追加的存储。不完整或与该文件相矛盾的记录不予锚定。使用 --key 时对该行签名。\n\n示例：\n  droit audit anchor --to /mnt/auditor/droit.anchors\n  droit audit anchor --to /mnt/auditor/droit.anchors --key li.key",
    ),
    (
        "tidy",
        "销毁到期的密钥，移除已过期的副本、计划和残留文件",
        "不加 --confirm 不销毁任何东西。密钥销毁后，其密封的内容任何人、在任何案卷库副本中都无法再读。先清理案卷库，并在其文件、密钥文件夹和整个工作区中搜索密钥字节，最后才移除密钥；在别处找到的密钥保留并报告。保存多久：droit.toml 中的 `backups` 和 `[keep]`。\n\n加 --rotate 时，还为每把在用的密钥换上新密钥（密钥文件夹泄露之后使用）：已密封的内容用新密钥再密封一次，身份标签重新计算，旧密钥与到期密钥一样销毁。之后请备份案卷库和密钥文件夹：新密钥无法读取案卷库的旧副本。可撤销更改的密钥保留到撤销期满。\n\n示例：\n  droit tidy\n  droit tidy --confirm --quiet\n  droit tidy --rotate --confirm",
    ),
    (
        "audit adopt",
        "以较旧或另一份案卷库继续",
        "用于恢复备份或更换机器。较新副本中的记录不在其中：数据库已作而记录中不复存在的更改，按其最后编号告知，保持原样。须输入 adopt，或用 --confirm 给出。\n\n示例：\n  droit audit adopt --confirm adopt",
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
    ("audit verify", "against", "写在工作区之外的锚点文件"),
    ("audit verify", "signers", "谁可以签名，代替工作区所指定的（ssh-keygen(1)，ALLOWED SIGNERS）"),
    ("", "key", "用此 OpenSSH 密钥签名：私钥，或由代理或安全密钥保管的密钥的公钥"),
    ("audit anchor", "to", "锚点文件；没有则新建"),
    ("audit verify", "file", "核对导出的记录，而不是案卷库"),
    ("audit export", "file", "要写的文件"),
    ("tidy", "confirm", "执行"),
    ("tidy", "rotate", "更换所有在用的密钥，例如在泄露之后"),
    ("audit adopt", "confirm", "没有终端时给出单词 adopt"),
];
