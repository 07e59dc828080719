//! Why a replay, or the look for people who came back, leaves something to a person.

use super::{Code, Sort, code};

pub(super) const REPLAYED: &[Code] = &[
    code(
        "no_fingerprint",
        Sort::Finding,
        ["nothing says whether it is the same person", "无从判断是否同一人"],
        [
            "A row has the key of somebody who was erased, and no fingerprint of theirs was taken: the map calls no column of the table immutable, or did not when they were erased. Look at the row: if it is theirs, reopen the case, identify them and erase again. Then declare `immutable` in the map.",
            "该行使用已删除者的键，而删除时未留指纹：数据地图没有（或当时没有）为该表声明不变列。请核对该行；如确属本人，请重开案件、核验身份并再次删除，然后在数据地图中声明 immutable。",
        ],
    ),
    code(
        "fingerprint_unreadable",
        Sort::Finding,
        ["the columns of the fingerprint are gone", "指纹所依据的列已不存在"],
        [
            "A row has the key of somebody who was erased; the columns by which it would be known are not in the table any more. Look at the row; if it is theirs, reopen the case, identify them and erase again.",
            "该行使用已删除者的键，但用于辨认的列已不在表中。请核对该行；如确属本人，请重开案件、核验身份并再次删除。",
        ],
    ),
    code(
        "fingerprint_differs",
        Sort::Finding,
        ["two signs contradict each other", "两项迹象相互矛盾"],
        [
            "A row has a number or mailbox of somebody who was erased, among the columns that never change or proven since the very instant, and another column that never changes is not theirs: whatever brought it back may have changed that. Look at the row; if it is theirs, reopen the case, identify them and erase again.",
            "该行的号码或邮箱（属不变列，或绑定时刻完全一致）与已删除者相同，而另一不变列却不同：可能由带回数据者改动。请核对该行；如确属本人，请重开案件、核验身份并再次删除。",
        ],
    ),
    code(
        "another_form",
        Sort::Finding,
        ["columns that never change are written otherwise", "不变列的写法不同"],
        [
            "A row has the key of somebody who was erased. A column that the map calls immutable is empty, is written in a way that cannot be read, or differs in form alone (capitals, signs, a day without its time): nobody can tell whether the value is the same. Look at the row; if it is theirs, reopen the case, identify them and erase again.",
            "该行使用已删除者的键，而某一不变列为空、无法辨读，或仅写法不同（大小写、符号、只有日期而无时间），无从判断是否同一值。请核对该行；如确属本人，请重开案件、核验身份并再次删除。",
        ],
    ),
    code(
        "same_day",
        Sort::Finding,
        ["of the day of the erasure, without a time", "仅有删除当日的日期而无时间"],
        [
            "A row says no more than a day, and it is the day on which the person was erased: it may be of before, and theirs, or of after, and of whoever was given the key or the number. Look at the row; if it is theirs, reopen the case, identify them and erase again, or let the application remove it.",
            "该行只有日期，且恰为删除当日：可能早于删除而属于本人，也可能晚于删除而属于后来使用该键或号码的人。请核对该行；如确属本人，请重开案件、核验身份并再次删除，或由应用程序移除。",
        ],
    ),
    code(
        "no_person_row",
        Sort::Finding,
        ["rows without the person's own", "只有从属行而无本人行"],
        [
            "Rows belong to the key of somebody who was erased, and there is no row of that key itself, so that nothing says whose they are: one table was restored without the other, or the application removed the account since. Restore both tables, or remove the rows by the application.",
            "存在属于已删除者之键的行，而该键本身没有行，无从判断属于谁：可能只恢复了部分数据表，或应用程序此后移除了账号。请一并恢复两张表，或由应用程序移除这些行。",
        ],
    ),
    code(
        "another_row",
        Sort::Finding,
        ["another account with the same value", "另一账号使用同一号码"],
        [
            "A row of another key proves a number or mailbox of somebody who was erased, it may have done so before they were, and no fingerprint tells them apart. Rows that bear the value alone are left as well. Look at the account: if it is theirs, open a case for it.",
            "另一键的行绑定了已删除者的号码或邮箱，且可能早于删除之时，没有指纹可资辨认；仅凭该值关联的行一并保留。请核对该账号；如属本人，请为其立案。",
        ],
    ),
    code(
        "reissued_key",
        Sort::Finding,
        ["the key is somebody else's by now", "该键现属他人"],
        [
            "Something of an erased person waits, and under the key of their row stands somebody else: the row was removed and the database gave its key again, or the row proves a number that was not theirs, proves nothing any more, or has another value in a column that never changes. That row and all that hangs on it are left alone; what is theirs by value goes. If it is the same person after all, open a case for them. What waited is told at every run until somebody says that it is decided: droit case note CASE --decided.",
            "某已删除者尚有数据待处理，而其原有的键下现为他人：该行已被移除，数据库又分配了同一键，或该行绑定了并非其本人的号码、不再绑定任何号码，或其永不变化的列已有不同取值。该行及其从属行不作处理；按值归属其本人的数据照常处理。如确为同一人，请为其立案。在有人确认已作判断（droit case note 编号 --decided）之前，每次运行都会告知。",
        ],
    ),
    code(
        "by_value_only",
        Sort::Finding,
        ["rows that bear a value and nothing else", "仅凭号码关联的行"],
        [
            "Rows bear a number or mailbox of somebody who was erased, without a date that can be read or under another name: they may be the next holder's. An erasure leaves them, too.",
            "这些行含有已删除者的号码或邮箱，但没有可辨认的日期或姓名不同，可能属于该号码的下一位使用者。删除时同样保留。",
        ],
    ),
    code(
        "key_given_away",
        Sort::Finding,
        ["rows of before under a key that somebody else has", "他人现用之键下存有此前的行"],
        [
            "Somebody else was given the key of an erased person, and rows of before the erasure are tied to it: one table was put back without the other, or another system brought them. Nothing is removed, because rows of the new holder stand beside them. Look at the rows of that key, and let the application remove those that are not the new holder's.",
            "已删除者的键现由他人使用，而该键下存有早于删除的行：可能只恢复了一张表，或由其他系统带回。因新持有人的行也在其中，未作移除。请核对该键下的行，由应用程序移除不属于新持有人的行。",
        ],
    ),
    code(
        "beside_what_stayed",
        Sort::Finding,
        ["rows are there again beside what stayed", "保留的行之外又出现了行"],
        [
            "The account of an erased person stands as the erasure left it, and rows are tied to it that the erasure removed: one table was put back without the other, or another system brought them. Look at the rows; if they are theirs, reopen the case, identify them and erase again.",
            "已删除者的账号保持删除后的状态，而其下又出现了当时已移除的行：可能只恢复了一张表，或由其他系统带回。请核对这些行；如确属本人，请重开案件、核验身份并再次删除。",
        ],
    ),
    code(
        "changed_since",
        Sort::Finding,
        ["neither the old nor the corrected value", "既非旧值也非更正后的值"],
        [
            "The field holds something else than what was corrected: the backup is older than that value, or somebody changed it since. Ask the person, or look at the case, and correct again.",
            "该字段现有的值与更正前不同：备份更早，或此后有人改动。请询问本人或查看案件，然后再次更正。",
        ],
    ),
    code(
        "map_changed",
        Sort::Finding,
        ["the map has another word for it", "数据地图中已无此项"],
        [
            "A table or column that was corrected, or the sort of person (`[person.…]`) that somebody was, is not in the data map any more. Name it as before, or look at the case, and correct or erase where the data stands now.",
            "曾更正的表或列，或该人所属的人员类别（`[person.…]`），已不在数据地图中。请恢复原名称，或查看案件，并在数据现处的位置更正或删除。",
        ],
    ),
    code(
        "correction_undone",
        Sort::Finding,
        ["a correction does not stand any more", "更正已不再有效"],
        [
            "The field holds again what was corrected, and the mark says that the database was not restored: the person may have taken the correction back. Ask, and correct again where it was not so.",
            "该字段又为更正前的值，而标记表明数据库未经恢复：可能由本人改回。请询问，如非本人改回，请再次更正。",
        ],
    ),
    code(
        "part_undone",
        Sort::Finding,
        ["a part of an erasure was undone", "部分删除被撤销"],
        [
            "Of somebody who stays, a category, a column or a role was erased. What has come in since cannot be told from what came back, so it is not repeated by itself: erase that part again.",
            "仅删除了某类别、某列或某角色，本人仍在。此后新增的内容与恢复的内容无法区分，故不自动重复：请再次删除该部分。",
        ],
    ),
    code(
        "withdrawal_undone",
        Sort::Finding,
        ["a withdrawal of consent was undone", "撤回的同意被恢复"],
        ["The consent stands in the database again: revoke it again.", "数据库中该同意又有效：请再次撤回。"],
    ),
    code(
        "refusal_undone",
        Sort::Finding,
        ["a refusal of messages was undone", "退订被恢复"],
        [
            "Messages go out again: unsubscribe again. `droit unsubscribe --check` lists everybody.",
            "消息又会发送：请再次退订。`droit unsubscribe --check` 列出所有此类人员。",
        ],
    ),
    code(
        "restriction_undone",
        Sort::Finding,
        ["a restriction, or its end, was undone", "限制处理或其解除被撤销"],
        [
            "The flag is as it was before: restrict again, or lift again, whichever was last.",
            "标志恢复为此前状态：请再次限制或再次解除，以最后一次为准。",
        ],
    ),
    code(
        "put_back_lost",
        Sort::Finding,
        ["what was put back is missing again", "已恢复的内容又缺失"],
        [
            "The restored backup was taken after the change and before it was undone, so that what was put back is not in it, and nothing is kept any more to put it back from. A backup from before the change, or after the undo, has it.",
            "所恢复的备份取自更改之后、撤销之前，故其中没有已恢复的内容，且已无留存可据以恢复。更改之前或撤销之后的备份中有该内容。",
        ],
    ),
    code(
        "purge_undone",
        Sort::Finding,
        ["a purge of children was undone", "儿童数据清理被撤销"],
        [
            "Children whose data was removed are in the database again, and some may have come of age since: purge as of the day of that purge.",
            "已移除数据的儿童又在数据库中，其中有的此后可能已达年龄：请以当时的日期再次清理。",
        ],
    ),
    code(
        "key_destroyed",
        Sort::Finding,
        ["nobody knows any more whom it was about", "已无从得知涉及何人"],
        [
            "The key of the case, or of the corrected values, was destroyed on schedule. Of a backup older than `backups` allows nothing can be repeated: destroy that backup, or ask who is meant and open a new case.",
            "案件密钥或更正值的密钥已按期销毁。早于 backups 所设期限的备份无法重放：请销毁该备份，或查明所指何人并另行立案。",
        ],
    ),
    code(
        "rows_found",
        Sort::Finding,
        ["somebody who was erased is back", "已删除的人又出现"],
        [
            "Rows are theirs by fingerprint: a backup was restored, or another system brought them back. Stop what brought them, then erase again: droit replay --since the time that is named.",
            "指纹表明这些行属于本人：可能恢复了备份，或由其他系统带回。请先停止其来源，再按所示时间执行 droit replay --since。",
        ],
    ),
];
