//! The data map and its database.

use super::{Exit, Text, Trouble};

pub(crate) const NO_MAP: Trouble = Trouble {
    code: "no_map",
    exit: Exit::Usage,
    says: Text { en: "there is no datamap.toml in the workspace", zh: "工作区中没有 datamap.toml" },
    hint: Some(Text { en: "write one: docs/reference/data-map.md", zh: "请编写：docs/reference/data-map.md" }),
};

pub(crate) const MAP_SYNTAX: Trouble = Trouble {
    code: "map_syntax",
    exit: Exit::Usage,
    says: Text { en: "the data map cannot be read: {why}", zh: "无法读取数据地图" },
    hint: Some(Text { en: "docs/reference/data-map.md", zh: "docs/reference/data-map.md" }),
};

pub(crate) const MAP_UNTRUSTED: Trouble = Trouble {
    code: "map_untrusted",
    exit: Exit::Refused,
    says: Text {
        en: "the data map is not the one that was trusted, so nothing is read by it",
        zh: "数据地图尚未确认或已变化，因此不据此读取任何数据",
    },
    hint: Some(Text {
        en: "read it (droit map check), then: droit map trust",
        zh: "请先审阅（droit map check），再执行：droit map trust",
    }),
};

pub(crate) const MAP_INCOMPLETE: Trouble = Trouble {
    code: "map_incomplete",
    exit: Exit::Refused,
    says: Text {
        en: "the data map does not explain the whole database: {count} findings",
        zh: "数据地图没有说明整个数据库：{count} 项发现",
    },
    hint: Some(Text { en: "droit map check names them", zh: "droit map check 会逐一列出" }),
};

pub(crate) const UNTRUSTED_DATABASE: Trouble = Trouble {
    code: "untrusted_database",
    exit: Exit::Refused,
    says: Text {
        en: "droit.toml names another database than the map was trusted for",
        zh: "droit.toml 指定的数据库不是确认数据地图时的那一个",
    },
    hint: Some(Text {
        en: "put the old path back; or, if the change is meant: droit map check, then droit map trust",
        zh: "请恢复原路径；如确需更换：先 droit map check，再 droit map trust",
    }),
};

pub(crate) const UNTRUSTED_FILES: Trouble = Trouble {
    code: "untrusted_files",
    exit: Exit::Refused,
    says: Text {
        en: "droit.toml names another files folder than the map was trusted for",
        zh: "droit.toml 指定的文件夹不是确认数据地图时的那一个",
    },
    hint: Some(Text {
        en: "put the old folder back; or, if the change is meant: droit map trust",
        zh: "请恢复原文件夹；如确需更换：droit map trust",
    }),
};

pub(crate) const NOT_WAIVABLE: Trouble = Trouble {
    code: "not_waivable",
    exit: Exit::Refused,
    says: Text {
        en: "{place} is no table or column that was added since the map was trusted; only that can be waived",
        zh: "{place} 不是确认数据地图之后新增的表或列；只有新增的可以豁免",
    },
    hint: Some(Text { en: "droit map check names what has changed", zh: "droit map check 会列出变化" }),
};

pub(crate) const WAIVER_TOO_LONG: Trouble = Trouble {
    code: "waiver_too_long",
    exit: Exit::Refused,
    says: Text {
        en: "a waiver ends today at the earliest and in 30 days at the latest",
        zh: "豁免最早今日、最迟三十日内终止",
    },
    hint: Some(Text {
        en: "bring the map up to date in that time: droit map check, droit map trust",
        zh: "请在此期间更新数据地图：droit map check，droit map trust",
    }),
};

pub(crate) const WAIVER_WITHOUT_REASON: Trouble = Trouble {
    code: "waiver_without_reason",
    exit: Exit::Refused,
    says: Text { en: "a waiver needs a reason", zh: "豁免须有理由" },
    hint: Some(Text { en: "pass --because TEXT", zh: "请用 --because 给出理由" }),
};

pub(crate) const WAIVERS_CHANGED: Trouble = Trouble {
    code: "waivers_changed",
    exit: Exit::Refused,
    says: Text {
        en: "the plan was made under other waivers of drift than are in force now; nothing was written",
        zh: "制定计划时的漂移豁免与现在有效的不同，未写入",
    },
    hint: Some(Text {
        en: "look at droit map check, then plan again", zh: "请查看 droit map check，然后重新制定计划"
    }),
};

pub(crate) const DRIFT: Trouble = Trouble {
    code: "drift",
    exit: Exit::Refused,
    says: Text {
        en: "the schema of the database has changed since the map was trusted: {tables}",
        zh: "确认数据地图后，数据库结构已变化：{tables}",
    },
    hint: Some(Text {
        en: "say in the map what the new places are (droit map check), then: droit map trust",
        zh: "请在数据地图中说明新增位置（droit map check），再执行：droit map trust",
    }),
};

pub(crate) const NO_SUCH_COLUMN: Trouble = Trouble {
    code: "no_such_column",
    exit: Exit::Usage,
    says: Text { en: "the database has no such table or column", zh: "数据库中没有该表或列" },
    hint: Some(Text {
        en: "write TABLE.COLUMN, as droit map show has it", zh: "请写成 表.列，名称见 droit map show"
    }),
};

pub(crate) const UNKNOWN_PART: Trouble = Trouble {
    code: "unknown_part",
    exit: Exit::Refused,
    says: Text {
        en: "the data map has no such part; it has: {known}", zh: "数据地图中没有该部分；已有：{known}"
    },
    hint: Some(Text {
        en: "write it as droit map show has it; nothing was planned",
        zh: "名称见 droit map show；未制定任何计划",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[
    &NO_MAP,
    &MAP_SYNTAX,
    &MAP_UNTRUSTED,
    &MAP_INCOMPLETE,
    &NOT_WAIVABLE,
    &WAIVER_TOO_LONG,
    &WAIVER_WITHOUT_REASON,
    &WAIVERS_CHANGED,
    &UNTRUSTED_DATABASE,
    &UNTRUSTED_FILES,
    &DRIFT,
    &NO_SUCH_COLUMN,
    &UNKNOWN_PART,
];
