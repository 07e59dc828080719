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
];

const AS_OF: &str = "以该日为准，而不是今天；将来的日期只显示届时到期的数据";
const CONFIRM: &str = "执行；不加则不作任何更改";
const PLAN: &str = "把每一行及其处理方式写入文件";
const LOOK: &str = "把须由人工处理的人或行写入文件，每行一个 JSON";
const BEYOND: &str = "尽管熔断会停下仍继续，并记录理由";
const EXCLUSIVE: &str = "步长不限：此刻没有别人写数据库";
