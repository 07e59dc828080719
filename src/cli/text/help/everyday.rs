//! The daily path, the workspace, and what every command understands.

use super::{Arguments, Commands};

pub(super) const COMMANDS: Commands = &[
    ("", "在公司自有用户数据库上答复个人信息权利请求", "不带命令并在工作区内：显示今日看板。"),
    (
        "init",
        "建立工作区：设置、待填写的数据地图、案卷库",
        "不覆盖任何文件。除非指定 --no-mark，droit 之后可在数据库中建立唯一的 droit_mark 表，\n以便中断后能确知删除是否已发生。\n\n示例：\n  droit init ../shop.sqlite\n  droit init ../shop.sqlite --workspace office --no-mark",
    ),
    (
        "due",
        "列出逾期或即将到期的时限；有逾期时退出码为 4",
        "加 --quiet 时，仅在逾期时输出，便于 cron 只在有事时发信。应关注的时钟过半、过五分之四、\n还剩三日和一日时触发提醒；--reminders 另列出近来触发提醒的时钟。\n\n示例：\n  droit due\n  droit due --all --json\n  droit due --ics due.ics\n  15 8 * * *  droit due --quiet --reminders 24h --workspace /srv/privacy",
    ),
    (
        "log",
        "交付响应日志：每件请求一行、汇总及记录的链尾",
        "按本地受理日计入；未结请求按当前时间判断。日志以随机标识表示个人，不含依法应保密的内容。\n\n示例：\n  droit log --from 2026-01-01 --to 2026-12-31\n  droit log --from 2026-07-01 --format xlsx -o log.xlsx\n  droit log --format html --lang zh-CN -o log.html",
    ),
    (
        "explain",
        "解释一个代码：拒绝、发现、退出码、JSON 文档",
        "示例：\n  droit explain drift\n  droit explain 4\n  droit explain            （列出全部）",
    ),
    (
        "completions",
        "输出 shell 自动补全脚本",
        "示例：\n  droit completions bash > ~/.local/share/bash-completion/completions/droit",
    ),
    ("man", "输出手册页", "示例：\n  droit man | man -l -\n  droit man case open > droit-case-open.1"),
];

pub(super) const ARGUMENTS: Arguments = &[
    ("", "workspace", "在该工作区中工作，而不是向上最近的一个"),
    ("", "lang", "使用的语言"),
    ("", "format", "结果的形式"),
    ("", "json", "输出一个 JSON 文档；错误为一行 JSON"),
    ("", "output", "把结果写入仅所有者可读的文件"),
    ("", "quiet", "只输出结果和问题"),
    ("", "no_input", "从不询问；失败并指出应使用的选项"),
    ("", "color", "消息的颜色"),
    ("", "lock_wait", "等待另一个 droit 的时间，例如 0s、10s、5m"),
    ("", "help", "显示帮助"),
    ("", "version", "显示版本"),
    ("", "id_file", "从文件读取标识，`-` 为标准输入：每行“类别=值”，或 JSON"),
    ("", "id", "以“类别=值”给出标识；会留在 shell 历史中，建议用 --id-file"),
    ("", "case", "案件编号，例如 DSR-20261123-0001"),
    ("", "yes", "不询问"),
    ("init", "database", "用户数据库的路径"),
    ("init", "files", "列中所指文件所在的文件夹"),
    ("init", "time_zone", "控制者所在时区，期限按其日历计算"),
    ("init", "keys", "密钥文件夹，代替用户状态目录"),
    ("init", "no_mark", "从不在用户数据库中建表"),
    ("log", "from", "首个受理日；不给则从头"),
    ("log", "to", "最后受理日；不给则为今天"),
    ("due", "reminders", "另列出在此时间内触发提醒的时钟，例如每日运行用 24h"),
    ("due", "ics", "把全部进行中的时钟写成日历文件（iCalendar），不含个人信息"),
    ("due", "all", "列出全部进行中的时钟"),
    ("explain", "code", "代码，例如 stale_plan、4 或 droit.case.list/1；不给则列出全部"),
    ("completions", "shell", "shell 名称"),
    ("man", "command", "要看手册页的命令；不给则为 droit 本身"),
];
