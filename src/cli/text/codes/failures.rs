//! What the lower floors fail with: nothing is half done, and the record says how far it came.

use super::{Code, Sort, code};

const SAFE: [&str; 2] = ["Nothing was changed. The message names the file.", "未作任何更改。消息中指出文件。"];
const RESTORE: [&str; 2] = [
    "`droit audit verify` says what is damaged; go on with a copy that is whole.",
    "`droit audit verify` 指出损坏之处；请使用完整的副本继续。",
];

pub(super) const FAILURES: &[Code] = &[
    code("failed", Sort::Trouble, ["it could not be done", "未能完成"], ["The message says why.", "原因见消息。"]),
    code(
        "request",
        Sort::Trouble,
        ["not a request that can be registered", "无法登记的请求"],
        ["droit case open --help lists the words.", "可用的词见 droit case open --help。"],
    ),
    code(
        "letter_template",
        Sort::Trouble,
        ["a template of a letter is wrong", "信件模板有误"],
        [
            "The message names the file in letters/ and the line. The fields are listed in the guide on answering; `droit letters export` copies the built-in templates. Nothing was written.",
            "消息指出 letters/ 中的文件和行号。可用字段见答复指南；`droit letters export` 复制内置模板。未写入任何内容。",
        ],
    ),
    code(
        "io_failed",
        Sort::Trouble,
        ["a file could not be read or written", "文件无法读写"],
        ["If a change was under way: droit recover.", "如有更改正在进行：droit recover。"],
    ),
    code("file", Sort::Trouble, ["a file of the record could not be used", "记录文件无法使用"], SAFE),
    code(
        "disk_full",
        Sort::Trouble,
        ["the disk is full", "磁盘已满"],
        ["Make room and try again; nothing is half done.", "请腾出空间后重试；没有半途而废的更改。"],
    ),
    code(
        "database_missing",
        Sort::Trouble,
        ["there is no database", "没有数据库"],
        ["Correct the path, as it was typed or in droit.toml.", "请更正输入的路径或 droit.toml 中的路径。"],
    ),
    code(
        "not_a_database",
        Sort::Trouble,
        ["not a SQLite database", "不是 SQLite 数据库"],
        ["The file is something else, encrypted or damaged.", "文件是其他类型、已加密或已损坏。"],
    ),
    code(
        "database_read_only",
        Sort::Trouble,
        ["the database cannot be written", "数据库不可写"],
        ["apply needs to write the file and its folder.", "apply 需要写文件及其文件夹。"],
    ),
    code("cannot_open", Sort::Trouble, ["the database cannot be opened", "无法打开数据库"], SAFE),
    code(
        "database_busy",
        Sort::Trouble,
        ["another writer holds the database", "数据库正被他人写入"],
        ["Try again, or wait longer: --lock-wait 5m.", "请稍后再试，或延长等待：--lock-wait 5m。"],
    ),
    code(
        "database_failed",
        Sort::Trouble,
        ["the database failed", "数据库出错"],
        ["A transaction that was open is rolled back.", "未提交的事务已回滚。"],
    ),
    code(
        "constraint",
        Sort::Trouble,
        ["the database refused a change", "数据库拒绝了更改"],
        [
            "A constraint of the database stands against it; everything was rolled back. Look at the constraint that is named: where a value has to be unique, also one that is computed from others, let the map write `token`; where a CHECK wants a value of another form, a constant (`becomes '00000000000'`).",
            "违反数据库约束；已全部回滚。请查看所列约束：取值须唯一时（包括由其他列计算的值），请在数据地图中写 `token`；CHECK 要求其他形式的，写固定值（`becomes '00000000000'`）。",
        ],
    ),
    code("bad_identifier", Sort::Trouble, ["a name of the schema cannot be used", "结构中的名称无法使用"], SAFE),
    code(
        "unbindable_key",
        Sort::Trouble,
        ["a key cannot be searched for", "键值无法用于查找"],
        [
            "The column that is named would be compared with bytes, or with text that has a NUL: key and tie rows by numbers or by text.",
            "所列的列须与字节或含 NUL 的文本比较：请以数字或文本作为键和关联。",
        ],
    ),
    code(
        "not_a_plan",
        Sort::Trouble,
        ["not a plan", "不是计划文件"],
        ["The message names the line.", "消息中指出行号。"],
    ),
    code(
        "unknown_plan_format",
        Sort::Trouble,
        ["a plan of a later droit", "由更新版本的 droit 生成的计划"],
        ["Plan again with this one.", "请用本版本重新生成计划。"],
    ),
    code("plan_io", Sort::Trouble, ["the plan cannot be read or written", "计划无法读写"], SAFE),
    code(
        "export_failed",
        Sort::Trouble,
        ["the package could not be written", "副本无法写出"],
        ["What was begun is removed.", "已开始的内容已清除。"],
    ),
    code(
        "package_busy",
        Sort::Trouble,
        ["another droit is writing this package", "另一个 droit 正在写此副本"],
        ["Try again.", "请稍后再试。"],
    ),
    code(
        "casebook_missing",
        Sort::Trouble,
        ["there is no casebook", "没有案卷库"],
        ["droit init makes one; a lost one comes from a backup.", "droit init 会新建；丢失的请从备份恢复。"],
    ),
    code("casebook_exists", Sort::Trouble, ["there is a casebook already", "案卷库已存在"], SAFE),
    code(
        "casebook_unfinished",
        Sort::Trouble,
        ["the casebook was never finished", "案卷库未建成"],
        ["Remove it and run droit init again.", "请删除后重新执行 droit init。"],
    ),
    code("not_a_casebook", Sort::Trouble, ["not a casebook", "不是案卷库"], SAFE),
    code(
        "casebook_newer",
        Sort::Trouble,
        ["a casebook of a later droit", "由更新版本的 droit 建立的案卷库"],
        ["Use that version.", "请使用该版本。"],
    ),
    code("casebook_read_only", Sort::Trouble, ["the casebook cannot be written", "案卷库不可写"], SAFE),
    code(
        "casebook_hot_journal",
        Sort::Refusal,
        ["the casebook was interrupted while being written", "案卷库写入时被中断"],
        [
            "A process was killed while it wrote. Undoing that means writing the casebook, and this folder cannot be written: run droit recover, or audit verify, where it can.",
            "某进程在写入时被终止。撤销需要写入案卷库，而此文件夹不可写：请在可写之处执行 droit recover 或 audit verify。",
        ],
    ),
    code("casebook_damaged", Sort::Trouble, ["the casebook is damaged", "案卷库已损坏"], RESTORE),
    code("casebook_io", Sort::Trouble, ["the casebook could not be read or written", "案卷库无法读写"], RESTORE),
    code("sealed", Sort::Trouble, ["what is sealed cannot be opened", "密封内容无法打开"], RESTORE),
    code(
        "key_folder_missing",
        Sort::Trouble,
        ["there is no key folder", "没有密钥文件夹"],
        [
            "Without the keys nothing that is sealed can be read; restore the folder.",
            "没有密钥就无法读取密封内容；请恢复该文件夹。",
        ],
    ),
    code(
        "key_missing",
        Sort::Trouble,
        ["a key is missing", "缺少密钥"],
        ["It was destroyed on schedule, or lost.", "已按期销毁，或已丢失。"],
    ),
    code(
        "key_damaged",
        Sort::Trouble,
        ["a key is damaged", "密钥已损坏"],
        ["Restore the key folder.", "请恢复密钥文件夹。"],
    ),
    code(
        "no_such_hold",
        Sort::Trouble,
        ["there is no such hold", "没有这项保全"],
        ["droit hold list", "droit hold list"],
    ),
    code(
        "no_such_run",
        Sort::Trouble,
        ["there is no such run", "没有这次清理"],
        ["droit audit show", "droit audit show"],
    ),
    code(
        "no_such_intent",
        Sort::Trouble,
        ["there is no such intent", "没有这个意图"],
        ["droit audit show", "droit audit show"],
    ),
    code(
        "number",
        Sort::Trouble,
        ["no number is left for today", "当日编号已用尽"],
        ["There are 9999 a day.", "每日 9999 个。"],
    ),
    code(
        "export_line",
        Sort::Trouble,
        ["the exported record has a line that is no event", "导出的记录中有一行不是事件"],
        ["The message names the line.", "消息中指出行号。"],
    ),
    code("too_large", Sort::Trouble, ["too large to be recorded", "过大，无法记录"], SAFE),
];
