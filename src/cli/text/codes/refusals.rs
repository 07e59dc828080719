//! Refusals: nothing was changed, and why.

use super::{Code, Sort, code};

pub(super) const REFUSALS: &[Code] = &[
    code(
        "stale_plan",
        Sort::Refusal,
        ["the plan is stale", "计划已过期"],
        [
            "Something that the plan rests on has changed since: rows, the data map, the schema, or the day. Nothing was written. Plan again, read the new plan, apply it.",
            "计划所依据的内容已变化：数据行、数据地图、表结构或日期。未写入任何内容。请重新生成计划、审阅后再执行。",
        ],
    ),
    code(
        "not_verified",
        Sort::Refusal,
        ["the identity is not verified", "身份尚未核验"],
        [
            "Nothing is exported or changed before the person's identity is verified at the level that the request needs: droit case identify CASE.",
            "在按请求所需级别核验身份之前，不导出也不更改任何内容：droit case identify 编号。",
        ],
    ),
    code(
        "status_move",
        Sort::Refusal,
        ["the case cannot go there", "案件状态不允许"],
        [
            "The case's state does not allow this step. `droit case next CASE` names the one that is due.",
            "案件当前状态不允许此步骤。`droit case next 编号` 会给出下一步。",
        ],
    ),
    code(
        "unplanned_change",
        Sort::Refusal,
        ["a change that was not planned", "出现计划外的更改"],
        [
            "A trigger, a cascade or a REPLACE would have changed a row that the plan does not name. The transaction was rolled back.",
            "触发器、级联或 REPLACE 会更改计划外的行。事务已回滚。",
        ],
    ),
    code(
        "clock_jump",
        Sort::Refusal,
        ["the clock cannot be right", "系统时间异常"],
        [
            "The clock stands before the last event on record, or long after it in an unattended run. Deadlines and periods would be wrong.",
            "系统时间早于最后一条记录，或在无人值守时远晚于它。期限计算会出错。",
        ],
    ),
    code(
        "mark_missing",
        Sort::Refusal,
        ["the mark table is missing", "缺少标记表"],
        [
            "droit may not create its one table in the user database. Let an administrator run what `droit doctor --mark-sql` prints, or set mark = false in droit.toml.",
            "droit 无法在用户数据库中创建标记表。请由管理员执行 `droit doctor --mark-sql` 输出的语句，或在 droit.toml 中设置 mark = false。",
        ],
    ),
    code(
        "hot_journal",
        Sort::Refusal,
        ["the database was left in the middle of a change", "数据库处于未完成的更改中"],
        [
            "A hot journal stands beside the database. Only `droit recover` lets SQLite roll it back, and only when an open intent of this workspace names this database.",
            "数据库旁有未回滚的日志。只有 `droit recover` 会让 SQLite 回滚，且仅当本工作区有指向此数据库的未结意图。",
        ],
    ),
    code(
        "casebook_behind",
        Sort::Refusal,
        ["the casebook is older than the database", "案卷库早于数据库"],
        [
            "The database carries a mark that the casebook does not know: the casebook was restored from an older copy.",
            "数据库中的标记案卷库并不知道：案卷库可能由旧副本恢复。",
        ],
    ),
    code(
        "database_behind",
        Sort::Refusal,
        ["the database is older than the casebook", "数据库早于案卷库"],
        [
            "The casebook knows of changes that the database does not have: the database was restored. Erasures have to be repeated.",
            "案卷库记录的更改在数据库中不存在：数据库可能被恢复过。删除须重新执行。",
        ],
    ),
    code(
        "casebook_forked",
        Sort::Refusal,
        ["there are two casebooks", "案卷库出现分叉"],
        ["Two copies of the casebook have gone different ways.", "案卷库的两个副本已各自变化。"],
    ),
    code(
        "foreign_workspace",
        Sort::Refusal,
        ["another workspace's plan or database", "属于其他工作区"],
        ["The plan or the mark was made by another workspace.", "该计划或标记由其他工作区生成。"],
    ),
    code(
        "open_intent",
        Sort::Refusal,
        ["a change is still open", "有未完成的更改"],
        [
            "An earlier change was interrupted. `droit recover` finishes or abandons it; nothing else is changed before.",
            "之前的更改被中断。请先用 `droit recover` 完成或放弃。",
        ],
    ),
    code(
        "remedies_missing",
        Sort::Refusal,
        ["a refusal must say what can be done against it", "拒绝答复须告知救济途径"],
        [
            "PIPL 50 and GB/T 35273 8.7: whoever is refused is told why and where to complain. Pass --remedies and --law.",
            "个保法第五十条、GB/T 35273 8.7：拒绝须说明理由并告知救济途径。请给出 --remedies 和 --law。",
        ],
    ),
    code(
        "not_extendable",
        Sort::Refusal,
        ["no more time can be taken", "不能延期"],
        [
            "The policy's thirty days, the fifteen working days and the complaint clocks are never extended; the others once, with notice before they run out.",
            "政策三十日、十五个工作日和投诉时限均不延期；其他时限仅可延期一次，且须在到期前通知。",
        ],
    ),
    code(
        "hold_added",
        Sort::Refusal,
        ["a legal hold was added", "新增了法律保全"],
        ["A hold was added since the plan was made. Plan again.", "制定计划后新增了保全。请重新生成计划。"],
    ),
    code(
        "intent_open",
        Sort::Refusal,
        ["a change is still open", "有未完成的更改"],
        [
            "An earlier change of this database is neither done nor given up: droit recover.",
            "此数据库的上一次更改既未完成也未放弃：droit recover。",
        ],
    ),
    code(
        "casebook_head_unknown",
        Sort::Refusal,
        ["the end of the casebook is not known", "不知道案卷库的末端"],
        [
            "The key folder does not know where this casebook ends: it is new here, or the known end was removed. `droit audit verify` checks it; `droit audit adopt` accepts it.",
            "密钥文件夹不知道此案卷库的末端：可能是首次在此使用，或末端记录被删除。`droit audit verify` 检查，`droit audit adopt` 接受。",
        ],
    ),
    code(
        "casebook_unsafe",
        Sort::Refusal,
        ["the casebook cannot be kept safely here", "此处无法安全保存案卷库"],
        ["A setting that durability rests on is not in force on this system.", "保证持久性的设置在本系统上未生效。"],
    ),
    code(
        "network_file_system",
        Sort::Refusal,
        ["the casebook lies on a network file system", "案卷库位于网络文件系统"],
        [
            "Locks and durability mean nothing there; move the workspace to a local disk.",
            "那里的锁与持久性不可靠；请把工作区移到本地磁盘。",
        ],
    ),
    code(
        "keys_exposed",
        Sort::Refusal,
        ["others can read the keys", "他人可读取密钥"],
        ["chmod 700 for the key folder, 600 for its files.", "密钥文件夹应为 700，密钥文件应为 600。"],
    ),
];
