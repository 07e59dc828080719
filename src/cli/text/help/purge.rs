//! `droit purge …`.

use super::{Arguments, Commands};

pub(super) const COMMANDS: Commands = &[
    (
        "purge",
        "主动清理：移除法律或数据地图规定到期的数据",
        "不加 --confirm 不作任何更改。适合 cron：安静、不会同时运行两次，中断后可继续。",
    ),
    (
        "purge minors",
        "移除没有监护人同意的儿童的数据",
        "年龄存疑、同意过晚、监护人仍可追认、现已成年的，只列出而不移除。\n\n示例：\n  droit purge minors\n  droit purge minors --look people.jsonl --plan plan.jsonl\n  droit purge minors --confirm --quiet",
    ),
    (
        "purge retention",
        "移除超出目的所需期限的数据",
        "数据地图中每一项已到期的上限（按其规定处理），以及没有上限、法定最短期限已满的数据。日期缺失或无法辨认的行保留并列出。\n\n示例：\n  droit purge retention\n  droit purge retention --as-of 2027-01-01 --plan plan.jsonl\n  droit purge retention --confirm --quiet",
    ),
    (
        "purge scheduled",
        "执行等待中的删除：最短期限已满、合同已履行或保全已解除",
        "对已删除者所保留的数据重新判定；仍须保留的继续保留。\n\n示例：\n  droit purge scheduled\n  droit purge scheduled --as-of 2030-01-01\n  droit purge scheduled --confirm --quiet",
    ),
    (
        "purge log",
        "列出已执行的清理（销毁清册）：何时、按何规则、移除了什么",
        "被中断的没有结束时间；下一次同类清理会继续或结束它。\n\n示例：\n  droit purge log\n  droit purge log RUN-20261123-0001 --json",
    ),
];

pub(super) const ARGUMENTS: Arguments = &[
    ("purge minors", "as_of", AS_OF),
    ("purge minors", "confirm", CONFIRM),
    ("purge minors", "plan", PLAN),
    ("purge minors", "look", LOOK),
    ("purge minors", "beyond_breaker", BEYOND),
    ("purge minors", "exclusive", EXCLUSIVE),
    ("purge minors", "bands", "按此法律的年龄，而不是工作区设定的"),
    ("purge minors", "country", "欧盟法下适用的国家（两个大写字母）；不给则为 16 岁"),
    ("purge retention", "as_of", AS_OF),
    ("purge retention", "confirm", CONFIRM),
    ("purge retention", "plan", PLAN),
    ("purge retention", "look", LOOK),
    ("purge retention", "beyond_breaker", BEYOND),
    ("purge retention", "exclusive", EXCLUSIVE),
    ("purge scheduled", "as_of", AS_OF),
    ("purge scheduled", "confirm", CONFIRM),
    ("purge scheduled", "plan", PLAN),
    ("purge scheduled", "look", LOOK),
    ("purge scheduled", "beyond_breaker", BEYOND),
    ("purge scheduled", "exclusive", EXCLUSIVE),
    ("purge retention", "table", "仅该表声明的规则；可重复"),
    ("purge log", "run", "只列出此编号"),
];

const AS_OF: &str = "以该日为准，而不是今天；将来的日期只显示届时到期的数据";
const CONFIRM: &str = "执行；不加则不作任何更改";
const PLAN: &str = "把每一行及其处理方式写入文件";
const LOOK: &str = "把须由人工处理的人或行写入文件，每行一个 JSON";
const BEYOND: &str = "尽管熔断会停下仍继续，并记录理由";
const EXCLUSIVE: &str = "步长不限：此刻没有别人写数据库";
