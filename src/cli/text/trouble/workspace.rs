//! The workspace, its settings and its files.

use super::{Exit, Text, Trouble};

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
    hint: Some(Text { en: "name another one", zh: "请指定其他名称" }),
};

pub(crate) const SETTINGS: Trouble = Trouble {
    code: "settings",
    exit: Exit::Usage,
    says: Text { en: "droit.toml cannot be read as settings:\n{why}", zh: "无法读取 droit.toml 中的设置" },
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

/// Says nothing of a hold: it may be a confidential one.
pub(crate) const UNDO_KEPT: Trouble = Trouble {
    code: "undo_kept",
    exit: Exit::Refused,
    says: Text {
        en: "what can be undone of {case} is kept: it is undecided whether it may go",
        zh: "{case} 可撤销的内容继续留存：是否可以销毁尚未决定",
    },
    hint: Some(Text {
        en: "as long as that is so it can be put back: droit undo {case}; in force may be what `droit hold list` shows",
        zh: "在此期间可以恢复：droit undo {case}；可用 `droit hold list` 查看有效的保全",
    }),
};

pub(crate) const UNDO_WINDOW: Trouble = Trouble {
    code: "undo_window",
    exit: Exit::Usage,
    says: Text {
        en: "`undo` in droit.toml is no time in which a change can be undone",
        zh: "droit.toml 中的 `undo` 不是可用的撤销期限",
    },
    hint: Some(Text {
        en: "from \"1 hour\" to \"7 days\", such as: undo = \"72 hours\"; without the line nothing is kept",
        zh: "从 \"1 hour\" 到 \"7 days\"，例如：undo = \"72 hours\"；没有这一行则不留存任何内容",
    }),
};

pub(crate) const NOT_UTF8: Trouble = Trouble {
    code: "not_text",
    exit: Exit::Usage,
    says: Text { en: "{file} is no text in UTF-8", zh: "{file} 不是 UTF-8 文本" },
    hint: Some(Text {
        en: "save it again with the encoding UTF-8 (not GBK or \"Unicode\")",
        zh: "请以 UTF-8 编码另存（不要用 GBK、ANSI 或“Unicode”）",
    }),
};

pub(crate) const CANNOT_READ: Trouble = Trouble {
    code: "cannot_read",
    exit: Exit::Failed,
    says: Text { en: "cannot read {file}: {why}", zh: "无法读取 {file}" },
    hint: None,
};

pub(crate) const CANNOT_WRITE: Trouble = Trouble {
    code: "cannot_write",
    exit: Exit::Failed,
    says: Text { en: "cannot write {file}: {why}", zh: "无法写入 {file}" },
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

pub(crate) const TWO_ZONES: Trouble = Trouble {
    code: "two_zones",
    exit: Exit::Refused,
    says: Text {
        en: "days begin at different times: datamap.toml says {map}, droit.toml says {settings}",
        zh: "两处时区不一致：datamap.toml 为 {map}，droit.toml 为 {settings}",
    },
    hint: Some(Text {
        en: "write the same time_zone in both, then: droit map trust",
        zh: "请在两个文件中写明同一 time_zone，然后：droit map trust",
    }),
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
    says: Text { en: "{file} is not a calendar: {why}", zh: "{file} 不是日历文件" },
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

/// All of these.
pub(super) const ALL: &[&Trouble] = &[
    &NO_WORKSPACE,
    &WORKSPACE_EXISTS,
    &FILE_EXISTS,
    &SETTINGS,
    &NO_DATABASE_NAMED,
    &NOT_A_PATH,
    &UNDO_WINDOW,
    &UNDO_KEPT,
    &CANNOT_READ,
    &NOT_UTF8,
    &CANNOT_WRITE,
    &SYMLINK,
    &BUSY,
    &NO_STATE_FOLDER,
    &NO_OFFICER,
    &NO_SUCH_ZONE,
    &TWO_ZONES,
    &CALENDAR,
    &NOT_WHOLE,
    &TOUR_STOPPED,
];
