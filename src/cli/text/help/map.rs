//! `droit map …` and `droit doctor`.

use super::{Arguments, Commands};

pub(super) const COMMANDS: Commands = &[
    (
        "doctor",
        "检查工作区：权限、密钥、案卷库、数据库、数据地图、结构漂移；有问题时退出码为 4",
        "示例：\n  droit doctor\n  droit doctor --mark-sql",
    ),
    ("map", "检查、查看和确认数据地图", ""),
    (
        "map check",
        "对照数据库检查数据地图：缺失、歧义、新增或变化；有阻止项时退出码为 4",
        "示例：\n  droit map check\n  droit map check --json | jq '.data[] | select(.refuses)'",
    ),
    ("map show", "显示每张表、每一列的含义", "示例：\n  droit map show\n  droit map show orders"),
    ("map explain", "说明某列为何如此处理：决定它的行，以及未采用的规则", "示例：\n  droit map explain users.phone"),
    ("map schema", "输出 datamap.toml 的 JSON Schema", "示例：\n  droit map schema > datamap.schema.json"),
    (
        "map trust",
        "按现状确认数据地图，适用于现状的数据库",
        "写出 datamap.lock（可像锁文件一样审阅差异），并把两个指纹记入案卷库。有阻止项的数据地图不能确认。地图只对 droit.toml 此刻指定的数据库和文件夹有效；二者之一更换后须重新确认。\n\n示例：\n  droit map trust\n  droit map trust --yes",
    ),
    (
        "map waive",
        "在限定日期内，让确认数据地图之后新增的表或列不阻止任何操作",
        "只有新增的可以豁免，最长三十日。其内容不予处理：既不导出也不删除，期间的每份计划和副本都会说明。\n请在到期前更新数据地图；到期后漂移再次阻止。\n\n示例：\n  droit map waive users.fax --until 2026-12-01 --because 'the map is under review' --by wang",
    ),
];

pub(super) const ARGUMENTS: Arguments = &[
    ("doctor", "mark_sql", "输出建立 droit_mark 表的语句，供管理员执行"),
    ("map check", "notices", "也列出不阻止任何操作的提示"),
    ("map show", "table", "只显示该表，逐列列出"),
    ("map waive", "place", "表，或 表.列，按 map check 的写法"),
    ("map waive", "until", "豁免的最后一日"),
    ("map waive", "because", "理由；不得含个人信息，会留在命令行历史中"),
    ("map waive", "by", "由谁负责；不给则为经办人"),
    ("map waive", "yes", "不询问"),
    ("map explain", "column", "列，写作 表.列"),
];
