//! What was typed, and what nobody could be asked.

use super::{Exit, Text, Trouble};

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

pub(crate) const NOT_A_LIST: Trouble = Trouble {
    code: "not_a_list",
    exit: Exit::Usage,
    says: Text {
        en: "this result is not a list, so it has no CSV form", zh: "此结果不是列表，没有 CSV 形式"
    },
    hint: Some(Text { en: "use --json", zh: "请用 --json" }),
};

pub(crate) const BREAKER: Trouble = Trouble {
    code: "breaker",
    exit: Exit::Refused,
    says: Text {
        en: "more would go than the breaker lets through: {tables}; nothing more was changed",
        zh: "将移除的数据超过熔断限额：{tables}；未再作更改",
    },
    hint: Some(Text {
        en: "look at it without --confirm; if it is right, run it with --beyond-breaker WHY, or set `breaker` in droit.toml",
        zh: "请先不加 --confirm 查看；确认无误后加 --beyond-breaker 理由 执行，或在 droit.toml 中设置 breaker",
    }),
};

pub(crate) const NO_SUCH_FORM: Trouble = Trouble {
    code: "no_such_form",
    exit: Exit::Usage,
    says: Text { en: "this result has no form {form}", zh: "此结果没有 {form} 形式" },
    hint: Some(Text {
        en: "xlsx and html are forms of `droit log`; xlsx needs a droit that was built with it",
        zh: "xlsx 和 html 是 `droit log` 的形式；xlsx 须构建时包含",
    }),
};

pub(crate) const NOT_FOR_A_SCREEN: Trouble = Trouble {
    code: "not_for_a_screen",
    exit: Exit::Usage,
    says: Text { en: "a workbook cannot be shown on a screen", zh: "工作簿不能显示在屏幕上" },
    hint: Some(Text { en: "pass -o FILE", zh: "请加上 -o 文件" }),
};

pub(crate) const BACKWARDS: Trouble = Trouble {
    code: "backwards",
    exit: Exit::Usage,
    says: Text { en: "the period ends before it begins", zh: "期间的终止日早于起始日" },
    hint: None,
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
        en: "there is nobody to ask, and this has to be confirmed; nothing was changed",
        zh: "此操作须经确认，又无人可询问；未作任何更改",
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

pub(crate) const CONFIRMS_ANOTHER: Trouble = Trouble {
    code: "confirms_another",
    exit: Exit::Refused,
    says: Text {
        en: "--confirm names something else than {case}; nothing was changed",
        zh: "--confirm 与 {case} 不符；未作任何更改",
    },
    hint: None,
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
    says: Text { en: "there is no code of that name", zh: "没有这个代码" },
    hint: Some(Text { en: "{suggestion}", zh: "{suggestion}" }),
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

pub(crate) const NOT_A_DIGEST: Trouble = Trouble {
    code: "not_a_digest",
    exit: Exit::Failed,
    says: Text { en: "a digest is not of 64 hexadecimal digits", zh: "摘要不是 64 位十六进制数字" },
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

pub(crate) const NO_REASON: Trouble = Trouble {
    code: "no_reason",
    exit: Exit::Refused,
    says: Text { en: "the file with the reason is empty", zh: "理由文件为空" },
    hint: Some(Text {
        en: "write into it why full values are needed; it goes on record, encrypted",
        zh: "请在其中写明为何需要查看完整内容；将加密入卷",
    }),
};

pub(crate) const TOO_MUCH: Trouble = Trouble {
    code: "too_much",
    exit: Exit::Usage,
    says: Text {
        en: "more than 1 MiB was given; identifiers of one person are a few lines",
        zh: "输入超过 1 MiB；一个人的标识只有几行",
    },
    hint: None,
};

/// All of these.
pub(crate) const SINCE_WHEN: Trouble = Trouble {
    code: "since_when",
    exit: Exit::Usage,
    says: Text {
        en: "the database carries no mark, so it does not say since when changes are missing",
        zh: "数据库中没有标记，无法得知自何时起的更改缺失",
    },
    hint: Some(Text {
        en: "name the instant at which the backup was taken, or one before it: --since TIME",
        zh: "请指明备份的时间或更早的时间：--since 时间",
    }),
};

pub(super) const ALL: &[&Trouble] = &[
    &USAGE,
    &NO_SUCH_FORM,
    &NOT_FOR_A_SCREEN,
    &BACKWARDS,
    &NOT_A_LIST,
    &NOT_CONFIRMED,
    &NEEDS_CONFIRM,
    &NEEDS_YES,
    &NO_TERMINAL,
    &CONFIRMS_ANOTHER,
    &INTERRUPTED,
    &UNKNOWN_CODE,
    &SINCE_WHEN,
    &NOT_A_TIME,
    &BREAKER,
    &IN_THE_FUTURE,
    &NOT_A_DIGEST,
    &NOT_A_CASE_NUMBER,
    &NO_REASON,
    &TOO_MUCH,
];
