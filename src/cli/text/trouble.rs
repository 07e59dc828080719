//! Every way in which the door itself says no. Codes are stable; `droit explain CODE` prints them.

use super::Text;
use crate::cli::{exit::Exit, failure::Trouble};

/// The command line was not understood; clap's own words follow.
pub(crate) const USAGE: Trouble = Trouble {
    code: "usage",
    exit: Exit::Usage,
    says: Text { en: "{message}", zh: "{message}" },
    hint: Some(Text {
        en: "`droit help` lists the commands, `droit COMMAND --help` explains one",
        zh: "`droit help` 列出命令，`droit 命令 --help` 说明用法",
    }),
};

pub(crate) const NO_WORKSPACE: Trouble = Trouble {
    code: "no_workspace",
    exit: Exit::Usage,
    says: Text {
        en: "no droit.toml here or in a folder above", zh: "当前目录及其上级目录中没有 droit.toml"
    },
    hint: Some(Text {
        en: "go to a workspace, name one with --workspace DIR, or make one: droit init DATABASE",
        zh: "请进入工作区，或用 --workspace 目录 指定，或新建：droit init 数据库文件",
    }),
};

pub(crate) const WORKSPACE_EXISTS: Trouble = Trouble {
    code: "workspace_exists",
    exit: Exit::Refused,
    says: Text {
        en: "{file} is already here; nothing was overwritten", zh: "{file} 已存在，未覆盖任何文件"
    },
    hint: Some(Text { en: "`droit doctor` checks the workspace", zh: "用 `droit doctor` 检查工作区" }),
};

pub(crate) const FILE_EXISTS: Trouble = Trouble {
    code: "file_exists",
    exit: Exit::Refused,
    says: Text { en: "{file} exists already and is left as it is", zh: "{file} 已存在，未作改动" },
    hint: Some(Text { en: "name another file", zh: "请指定其他文件名" }),
};

pub(crate) const SETTINGS: Trouble = Trouble {
    code: "settings",
    exit: Exit::Usage,
    says: Text {
        en: "droit.toml cannot be read as settings:\n{why}", zh: "无法读取 droit.toml 中的设置：\n{why}"
    },
    hint: Some(Text { en: "docs/reference/cli.md lists the settings", zh: "可用的设置见 docs/reference/cli.md" }),
};

pub(crate) const NO_DATABASE_NAMED: Trouble = Trouble {
    code: "no_database_named",
    exit: Exit::Usage,
    says: Text { en: "droit.toml names no database", zh: "droit.toml 没有指定数据库" },
    hint: Some(Text { en: "add the line: database = \"FILE\"", zh: "请加一行：database = \"文件\"" }),
};

pub(crate) const NOT_A_PATH: Trouble = Trouble {
    code: "not_a_path",
    exit: Exit::Usage,
    says: Text {
        en: "a database is named by the path of its file; droit sets every flag itself",
        zh: "数据库以文件路径指定；所有选项由 droit 自行设置",
    },
    hint: None,
};

pub(crate) const CANNOT_READ: Trouble = Trouble {
    code: "cannot_read",
    exit: Exit::Failed,
    says: Text { en: "cannot read {file}: {why}", zh: "无法读取 {file}：{why}" },
    hint: None,
};

pub(crate) const CANNOT_WRITE: Trouble = Trouble {
    code: "cannot_write",
    exit: Exit::Failed,
    says: Text { en: "cannot write {file}: {why}", zh: "无法写入 {file}：{why}" },
    hint: None,
};

pub(crate) const SYMLINK: Trouble = Trouble {
    code: "symlink",
    exit: Exit::Refused,
    says: Text { en: "{file} is a symbolic link; nothing was written", zh: "{file} 是符号链接，未写入" },
    hint: Some(Text { en: "name the file itself", zh: "请直接指定文件本身" }),
};

pub(crate) const BUSY: Trouble = Trouble {
    code: "busy",
    exit: Exit::Busy,
    says: Text { en: "another droit is at work here: {holder}", zh: "另一个 droit 正在此处工作：{holder}" },
    hint: Some(Text {
        en: "try again, or wait longer: --lock-wait 5m", zh: "请稍后再试，或延长等待：--lock-wait 5m"
    }),
};

pub(crate) const NOT_A_LIST: Trouble = Trouble {
    code: "not_a_list",
    exit: Exit::Usage,
    says: Text {
        en: "this result is not a list, so it has no CSV form", zh: "此结果不是列表，没有 CSV 形式"
    },
    hint: Some(Text { en: "use --json", zh: "请用 --json" }),
};

pub(crate) const NOT_CONFIRMED: Trouble = Trouble {
    code: "not_confirmed",
    exit: Exit::Refused,
    says: Text { en: "not confirmed; nothing was changed", zh: "未确认，未作任何更改" },
    hint: None,
};

pub(crate) const NEEDS_CONFIRM: Trouble = Trouble {
    code: "needs_confirmation",
    exit: Exit::Refused,
    says: Text {
        en: "there is nobody to ask, and this cannot be taken back; nothing was changed",
        zh: "此操作不可撤回，又无人可询问；未作任何更改",
    },
    hint: Some(Text { en: "pass --confirm {case}", zh: "请加上 --confirm {case}" }),
};

pub(crate) const NEEDS_YES: Trouble = Trouble {
    code: "needs_yes",
    exit: Exit::Refused,
    says: Text { en: "there is nobody to ask; nothing was changed", zh: "无人可询问；未作任何更改" },
    hint: Some(Text { en: "pass --yes", zh: "请加上 --yes" }),
};

pub(crate) const NO_TERMINAL: Trouble = Trouble {
    code: "no_terminal",
    exit: Exit::Usage,
    says: Text { en: "there is no terminal to ask at", zh: "没有可供询问的终端" },
    hint: Some(Text { en: "pass {flag}", zh: "请加上 {flag}" }),
};

pub(crate) const NOT_AN_IDENTIFIER: Trouble = Trouble {
    code: "not_an_identifier",
    exit: Exit::Usage,
    says: Text {
        en: "entry {entry} of the identifiers is not of the form kind=value",
        zh: "第 {entry} 个标识不是“类别=值”的形式",
    },
    hint: Some(Text {
        en: "write one per line, such as phone=…, email=…, waybill_no=…",
        zh: "每行一个，例如 phone=…、email=…、waybill_no=…",
    }),
};

pub(crate) const UNKNOWN_KIND: Trouble = Trouble {
    code: "unknown_kind",
    exit: Exit::Usage,
    says: Text {
        en: "entry {entry} of the identifiers names a kind that droit does not know",
        zh: "第 {entry} 个标识的类别不存在",
    },
    hint: Some(Text { en: "known kinds: {known}", zh: "可用的类别：{known}" }),
};

pub(crate) const NO_IDENTIFIERS: Trouble = Trouble {
    code: "no_identifiers",
    exit: Exit::Usage,
    says: Text { en: "no identifier was given", zh: "没有给出任何标识" },
    hint: Some(Text {
        en: "use --id-file FILE, or --id-file - to read them from standard input",
        zh: "请用 --id-file 文件，或用 --id-file - 从标准输入读取",
    }),
};

pub(crate) const INTERRUPTED: Trouble = Trouble {
    code: "interrupted",
    exit: Exit::Interrupted,
    says: Text { en: "interrupted", zh: "已中断" },
    hint: Some(Text {
        en: "`droit recover` finishes or abandons what was under way",
        zh: "`droit recover` 会完成或放弃中断的操作",
    }),
};

pub(crate) const UNKNOWN_CODE: Trouble = Trouble {
    code: "unknown_code",
    exit: Exit::Usage,
    says: Text { en: "no code of that name: {code}", zh: "没有这个代码：{code}" },
    hint: Some(Text { en: "{suggestion}", zh: "{suggestion}" }),
};

pub(crate) const NO_STATE_FOLDER: Trouble = Trouble {
    code: "no_state_folder",
    exit: Exit::Failed,
    says: Text {
        en: "the user has no state folder for the keys", zh: "当前用户没有可存放密钥的状态目录"
    },
    hint: Some(Text {
        en: "name one in droit.toml: keys = \"DIR\"", zh: "请在 droit.toml 中指定：keys = \"目录\""
    }),
};

pub(crate) const NO_OFFICER: Trouble = Trouble {
    code: "no_officer",
    exit: Exit::Usage,
    says: Text { en: "it is not known who is acting", zh: "不知道是谁在操作" },
    hint: Some(Text {
        en: "set officer = \"NAME\" in droit.toml, or DROIT_OFFICER",
        zh: "请在 droit.toml 中设置 officer = \"姓名\"，或设置 DROIT_OFFICER",
    }),
};

pub(crate) const CONFIRMS_ANOTHER: Trouble = Trouble {
    code: "confirms_another",
    exit: Exit::Refused,
    says: Text {
        en: "--confirm names something else than {case}; nothing was changed",
        zh: "--confirm 与 {case} 不符；未作任何更改",
    },
    hint: None,
};

pub(crate) const NOT_A_TIME: Trouble = Trouble {
    code: "not_a_time",
    exit: Exit::Usage,
    says: Text { en: "that is not a date or a time", zh: "不是有效的日期或时间" },
    hint: Some(Text {
        en: "write 2026-11-23, 2026-11-23T10:00 or 2026-11-23T10:00+08:00",
        zh: "请写成 2026-11-23、2026-11-23T10:00 或 2026-11-23T10:00+08:00",
    }),
};

pub(crate) const IN_THE_FUTURE: Trouble = Trouble {
    code: "in_the_future",
    exit: Exit::Usage,
    says: Text { en: "that time has not come yet", zh: "该时间尚未到来" },
    hint: None,
};

pub(crate) const NO_SUCH_ZONE: Trouble = Trouble {
    code: "no_such_zone",
    exit: Exit::Usage,
    says: Text { en: "droit.toml names a time zone that does not exist", zh: "droit.toml 中的时区不存在" },
    hint: Some(Text { en: "for example time_zone = \"Asia/Shanghai\"", zh: "例如 time_zone = \"Asia/Shanghai\"" }),
};

pub(crate) const CALENDAR: Trouble = Trouble {
    code: "calendar",
    exit: Exit::Usage,
    says: Text { en: "{file} is not a calendar: {why}", zh: "{file} 不是日历文件：{why}" },
    hint: None,
};

pub(crate) const LAW_AND_REMEDIES: Trouble = Trouble {
    code: "remedies_missing",
    exit: Exit::Refused,
    says: Text {
        en: "a refusal says on which law it rests and what the person can do against it",
        zh: "拒绝须说明法律依据并告知救济途径",
    },
    hint: Some(Text {
        en: "pass --law and --remedies FILE (PIPL 50: the complaint to the authority, the action in court)",
        zh: "请给出 --law 和 --remedies 文件（个保法第五十条：向主管部门投诉、向法院起诉）",
    }),
};

pub(crate) const NOTHING_EXTENDED: Trouble = Trouble {
    code: "nothing_extended",
    exit: Exit::Refused,
    says: Text { en: "no clock of this case becomes later by that", zh: "此案没有可因此延后的期限" },
    hint: None,
};

pub(crate) const NO_DECISION: Trouble = Trouble {
    code: "no_decision",
    exit: Exit::Usage,
    says: Text { en: "a reply says how the request was decided", zh: "答复须说明处理结果" },
    hint: Some(Text {
        en: "pass --decision FULFILLED, PARTIAL, DENIED, NO_DATA or UNVERIFIED",
        zh: "请给出 --decision FULFILLED、PARTIAL、DENIED、NO_DATA 或 UNVERIFIED",
    }),
};

pub(crate) const NOT_THE_SAME: Trouble = Trouble {
    code: "not_the_same_request",
    exit: Exit::Refused,
    says: Text {
        en: "only two open cases that ask the same can be merged", zh: "只有请求相同的两个未结案件才能合并"
    },
    hint: None,
};

pub(crate) const MERGE_BACKWARDS: Trouble = Trouble {
    code: "merge_backwards",
    exit: Exit::Refused,
    says: Text {
        en: "{earlier} arrived earlier, and its clock counts", zh: "{earlier} 受理在先，以其期限为准"
    },
    hint: Some(Text {
        en: "droit case merge {later} --into {earlier}",
        zh: "droit case merge {later} --into {earlier}",
    }),
};

pub(crate) const NO_SUCH_CASE: Trouble = Trouble {
    code: "no_such_case",
    exit: Exit::Failed,
    says: Text { en: "there is no case {case}", zh: "没有案件 {case}" },
    hint: Some(Text { en: "droit case list --all", zh: "droit case list --all" }),
};

pub(crate) const NO_ORDER: Trouble = Trouble {
    code: "no_order",
    exit: Exit::Usage,
    says: Text { en: "a hold says who ordered it and why", zh: "保全须说明由谁命令及理由" },
    hint: Some(Text { en: "pass --order FILE", zh: "请给出 --order 文件" }),
};

pub(crate) const NO_MAP: Trouble = Trouble {
    code: "no_map",
    exit: Exit::Usage,
    says: Text { en: "there is no datamap.toml in the workspace", zh: "工作区中没有 datamap.toml" },
    hint: Some(Text { en: "write one: docs/reference/data-map.md", zh: "请编写：docs/reference/data-map.md" }),
};

pub(crate) const MAP_SYNTAX: Trouble = Trouble {
    code: "map_syntax",
    exit: Exit::Usage,
    says: Text { en: "the data map cannot be read: {why}", zh: "无法读取数据地图：{why}" },
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

pub(crate) const NOT_CAPTURED: Trouble = Trouble {
    code: "not_captured",
    exit: Exit::Refused,
    says: Text {
        en: "it is not on record whom in the database {case} is about",
        zh: "尚未记录 {case} 对应数据库中的哪个人",
    },
    hint: Some(Text {
        en: "droit case identify {case} --level … --by … --id-file FILE",
        zh: "droit case identify {case} --level … --by … --id-file 文件",
    }),
};

pub(crate) const AMBIGUOUS: Trouble = Trouble {
    code: "ambiguous_identity",
    exit: Exit::Refused,
    says: Text {
        en: "it is not clear who is meant: {count} points to decide",
        zh: "不能确定是哪个人：有 {count} 处需要决定",
    },
    hint: Some(Text {
        en: "look at the candidates (droit find) and add what decides: the account as account=KEY, or name=…",
        zh: "请查看候选（droit find），并补充能够确定的标识：账号 account=键值，或 name=…",
    }),
};

pub(crate) const UNKNOWN_PERSON: Trouble = Trouble {
    code: "unknown_person",
    exit: Exit::Refused,
    says: Text { en: "nobody is found under what was given", zh: "按所给标识未找到任何人" },
    hint: None,
};

pub(crate) const BAD_IDENTIFIERS: Trouble = Trouble {
    code: "bad_identifiers",
    exit: Exit::Usage,
    says: Text {
        en: "entries {entries} of the identifiers are not of their kind, or of no kind that finds a person",
        zh: "第 {entries} 个标识与其类别不符，或其类别不能用于查找个人",
    },
    hint: None,
};

pub(crate) const IDENTITY_CHANGED: Trouble = Trouble {
    code: "identity_changed",
    exit: Exit::Refused,
    says: Text {
        en: "the identity of {case} leads to somebody else than when it was verified",
        zh: "{case} 的身份现在对应的人与核验时不同",
    },
    hint: Some(Text {
        en: "identify again: droit case identify {case}", zh: "请重新核验：droit case identify {case}"
    }),
};

pub(crate) const NOT_FOR_A_CASE: Trouble = Trouble {
    code: "not_a_case_plan",
    exit: Exit::Refused,
    says: Text { en: "the plan is not one of a case's erasure", zh: "该计划不是案件的删除计划" },
    hint: None,
};

pub(crate) const NOT_A_CASE_NUMBER: Trouble = Trouble {
    code: "not_a_case_number",
    exit: Exit::Usage,
    says: Text { en: "a line of the list is no case number", zh: "列表中有一行不是案件编号" },
    hint: Some(Text {
        en: "one number a line, such as DSR-20261123-0001", zh: "每行一个编号，例如 DSR-20261123-0001"
    }),
};

pub(crate) const NOT_A_DIGEST: Trouble = Trouble {
    code: "not_a_digest",
    exit: Exit::Failed,
    says: Text { en: "a digest is not of 64 hexadecimal digits", zh: "摘要不是 64 位十六进制数字" },
    hint: None,
};

pub(crate) const NOT_WHOLE: Trouble = Trouble {
    code: "record_not_whole",
    exit: Exit::Refused,
    says: Text { en: "the record is not whole: {count} findings", zh: "记录不完整：{count} 项发现" },
    hint: Some(Text { en: "droit audit verify", zh: "droit audit verify" }),
};

pub(crate) const TOUR_STOPPED: Trouble = Trouble {
    code: "tour_stopped",
    exit: Exit::Failed,
    says: Text { en: "the tour stopped at: droit {command}", zh: "导览在此停止：droit {command}" },
    hint: None,
};

/// All of them, for `droit explain`.
pub(crate) const ALL: &[&Trouble] = &[
    &USAGE,
    &NO_WORKSPACE,
    &WORKSPACE_EXISTS,
    &FILE_EXISTS,
    &SETTINGS,
    &NO_DATABASE_NAMED,
    &NOT_A_PATH,
    &CANNOT_READ,
    &CANNOT_WRITE,
    &SYMLINK,
    &BUSY,
    &NOT_A_LIST,
    &NOT_CONFIRMED,
    &NEEDS_CONFIRM,
    &NEEDS_YES,
    &NO_TERMINAL,
    &NOT_AN_IDENTIFIER,
    &UNKNOWN_KIND,
    &NO_IDENTIFIERS,
    &NO_STATE_FOLDER,
    &NO_OFFICER,
    &CONFIRMS_ANOTHER,
    &NOT_A_TIME,
    &IN_THE_FUTURE,
    &NO_SUCH_ZONE,
    &CALENDAR,
    &LAW_AND_REMEDIES,
    &NOTHING_EXTENDED,
    &NO_DECISION,
    &NOT_THE_SAME,
    &MERGE_BACKWARDS,
    &NO_SUCH_CASE,
    &NO_ORDER,
    &NO_MAP,
    &MAP_SYNTAX,
    &MAP_UNTRUSTED,
    &MAP_INCOMPLETE,
    &DRIFT,
    &NO_SUCH_COLUMN,
    &NOT_CAPTURED,
    &AMBIGUOUS,
    &UNKNOWN_PERSON,
    &BAD_IDENTIFIERS,
    &IDENTITY_CHANGED,
    &NOT_FOR_A_CASE,
    &NOT_A_CASE_NUMBER,
    &NOT_A_DIGEST,
    &NOT_WHOLE,
    &TOUR_STOPPED,
    &INTERRUPTED,
    &UNKNOWN_CODE,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let codes: BTreeSet<&str> = ALL.iter().map(|trouble| trouble.code).collect();
        assert_eq!(codes.len(), ALL.len());
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    #[test]
    fn no_trouble_says_that_all_is_well() {
        assert!(ALL.iter().all(|trouble| !matches!(trouble.exit, Exit::Done | Exit::Look)));
    }
}
