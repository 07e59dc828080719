//! Exit codes.

use super::{Code, Sort, code};

pub(super) const EXITS: &[Code] = &[
    code("0", Sort::Exit, ["done", "完成"], ["Done, and nothing needs a look.", "已完成，无需关注。"]),
    code(
        "1",
        Sort::Exit,
        ["failed", "失败"],
        [
            "It could not be done: a file, a database or the machine failed. What is on the record is true; see the message.",
            "未能完成：文件、数据库或系统出错。记录内容可信；详见消息。",
        ],
    ),
    code(
        "2",
        Sort::Exit,
        ["usage", "用法错误"],
        [
            "The command line, the settings or an input file were not understood. Nothing was done.",
            "命令行、设置或输入文件无法理解。未执行任何操作。",
        ],
    ),
    code(
        "3",
        Sort::Exit,
        ["refused", "拒绝"],
        [
            "Law, policy or safety says no: a refusal, a stale plan, a missing confirmation. Nothing was changed.",
            "法律、政策或安全要求不允许：拒绝、计划过期、未确认。未作任何更改。",
        ],
    ),
    code(
        "4",
        Sort::Exit,
        ["done, but look", "完成，但需关注"],
        [
            "Done, but look: overdue cases, drift, findings, skipped or undecidable rows, open intents, a broken chain.",
            "已完成，但需关注：逾期案件、结构漂移、发现、被跳过或无法判定的行、未结的操作意图、断链。",
        ],
    ),
    code(
        "5",
        Sort::Exit,
        ["busy", "忙"],
        [
            "Somebody else holds the lock. Try again, or wait longer with --lock-wait.",
            "锁被占用。请稍后再试，或用 --lock-wait 延长等待。",
        ],
    ),
    code(
        "130",
        Sort::Exit,
        ["interrupted", "中断"],
        [
            "Ctrl-C. An open transaction was rolled back; `droit recover` finishes or abandons what was under way.",
            "按下 Ctrl-C。未提交的事务已回滚；`droit recover` 会完成或放弃中断的操作。",
        ],
    ),
    code(
        "143",
        Sort::Exit,
        ["terminated", "终止"],
        [
            "SIGTERM. The process ended at once; the next run finds out what took place.",
            "收到 SIGTERM，进程立即结束；下次运行会查明实际结果。",
        ],
    ),
];
