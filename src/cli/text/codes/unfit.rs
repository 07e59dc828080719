//! Why a field cannot be corrected (LAW §7.6).

use super::{Code, Sort, code};

pub(super) const UNFIT: &[Code] = &[
    code(
        "unknown_field",
        Sort::Refusal,
        ["no such field", "没有此字段"],
        [
            "The data map has no such table or column. `droit correct CASE --list` shows the fields that may be corrected.",
            "数据地图中没有此表或列。`droit correct 编号 --list` 列出可更正的字段。",
        ],
    ),
    code(
        "not_correctable",
        Sort::Refusal,
        ["not to be corrected", "不可更正"],
        [
            "The data map does not say `correct` for this column: it is observed, computed or a credential, or nobody has decided yet. Change the map if it should be possible, or annotate it with --annotate.",
            "数据地图未将此列标为 `correct`：它是观察所得、推算所得或凭证，或尚无人决定。如应允许，请修改数据地图，或用 --annotate 添加补充说明。",
        ],
    ),
    code(
        "immutable",
        Sort::Refusal,
        ["identifies the row for good", "行的固定标识"],
        [
            "A key or an immutable column (a waybill number, an order number) is a fact of record. Annotate it instead: --annotate FILE.",
            "主键或固定列（运单号、订单号）属于记录事实。请改为补充说明：--annotate 文件。",
        ],
    ),
    code(
        "settled",
        Sort::Refusal,
        ["may not be changed in this row", "本行中暂不可更改"],
        [
            "It has become a fact of record (the condition of the data map for correcting it does not hold any more: the invoice is issued, the order is done), or something about the row is not decided yet. Issue a document anew where the law says so, or annotate it: --annotate FILE.",
            "已成记录事实（数据地图规定的更正条件已不成立：发票已开具，订单已完成），或者该行尚有事项未了结。依法应重开的请重开，或添加补充说明：--annotate 文件。",
        ],
    ),
    code(
        "a_copy",
        Sort::Refusal,
        ["repeats another column", "另一列的副本"],
        [
            "The column follows another one or is computed. Correct the original; copies follow as the data map says.",
            "此列随另一列而变，或由计算得出。请更正原列；副本按数据地图随之更正。",
        ],
    ),
    code(
        "no_such_row",
        Sort::Refusal,
        ["the person has no such row", "此人没有此行"],
        [
            "No row of this person has this key or this field. `droit correct CASE --list` shows the rows.",
            "此人没有该主键或该字段的行。`droit correct 编号 --list` 列出各行。",
        ],
    ),
    code(
        "which_row",
        Sort::Refusal,
        ["several rows may be meant", "有多行可能被指"],
        [
            "The person has several such rows: name one by its key, as TABLE[KEY].COLUMN.",
            "此人有多个这样的行：请用主键指明，写作 表[主键].列。",
        ],
    ),
    code(
        "undecided_row",
        Sort::Refusal,
        ["the row may be somebody else's", "该行可能属于他人"],
        [
            "The row bears a value of the person from a time or under a name that may be another person's. Nothing in it is changed.",
            "该行中的值可能属于另一时间或另一姓名的他人，不予更改。",
        ],
    ),
    code(
        "held",
        Sort::Refusal,
        ["under a legal hold", "受法律保全"],
        [
            "What stands under a legal hold is evidence and stays as it is. Annotate it instead: --annotate FILE.",
            "受保全的内容是证据，保持原样。请改为补充说明：--annotate 文件。",
        ],
    ),
    code(
        "invalid_value",
        Sort::Refusal,
        ["not a value of its kind", "值与类别不符"],
        [
            "The new value fails the check of its kind: form, length, date or check digit (LAW §5), or has characters that are not for reading (terminal escapes, text direction, zero width), as pasted text may. Ask the person again, or type it.",
            "新值未通过其类别的校验（格式、长度、日期或校验码），或含有不供阅读的字符（终端转义、文字方向、零宽字符，常见于粘贴的文本）。请再次向本人确认，或手工输入。",
        ],
    ),
    code(
        "wrong_type",
        Sort::Refusal,
        ["the column cannot hold it", "列无法存放"],
        [
            "The column's type would change the value: text in a column of numbers, or leading zeros in one.",
            "列的类型会改变此值：在数字列中存放文本，或丢失前导零。",
        ],
    ),
    code(
        "value_taken",
        Sort::Refusal,
        ["somebody else has this value", "该值已被使用"],
        [
            "The value must stand in one row only, or it proves who somebody is and another person has it proven. If a number was issued again, settle whose it is first.",
            "该值只能出现在一行，或它用于证明身份而他人已持有。号码如被重新发放，请先查明归属。",
        ],
    ),
    code(
        "check_refuses",
        Sort::Refusal,
        ["a check of the table refuses it", "表的检查约束拒绝"],
        [
            "A CHECK constraint of the table is false for the row with the new value.",
            "含新值的行不满足表的 CHECK 约束。",
        ],
    ),
    code(
        "value_needed",
        Sort::Refusal,
        ["the column needs a value", "该列不能为空"],
        [
            "The column may not be NULL: give another value, or erase the row.",
            "该列不能为 NULL：请给出其他值，或删除该行。",
        ],
    ),
    code(
        "no_parent",
        Sort::Refusal,
        ["it names nothing", "所指的行不存在"],
        ["A foreign key needs a row of another table that is not there.", "外键所指的另一表的行不存在。"],
    ),
    code(
        "still_referenced",
        Sort::Refusal,
        ["others name the row by it", "其他行以此值引用"],
        [
            "Other rows name this one by the value that stands there; correcting it would cut them off. Annotate it instead, or change both by the application.",
            "其他行以现值引用此行；更正会使其断开。请改为补充说明，或由应用一并更改。",
        ],
    ),
    code(
        "copy_out_of_reach",
        Sort::Refusal,
        ["a copy cannot follow", "副本无法随之更正"],
        [
            "The data map says that a copy follows, but no tie leads from the copy to this row. Say `copy history`, or tie the copy.",
            "数据地图规定副本随之更正，但没有关联从副本指向此行。请改为 `copy history`，或补充关联。",
        ],
    ),
    code(
        "stronger_identity",
        Sort::Refusal,
        ["a stronger proof of identity is needed", "需要更高级别的身份核验"],
        [
            "A mobile number, a real name and an identity number are corrected at identity level L3 only; a mobile number also with one-time passwords to the old and the new one (--evidence otp_both). droit case identify CASE --level L3.",
            "手机号、真实姓名和证件号码仅在 L3 级核验后更正；手机号也可凭对新旧号码的动态口令（--evidence otp_both）。droit case identify 编号 --level L3。",
        ],
    ),
    code(
        "same_value",
        Sort::Refusal,
        ["it stands there already", "现值相同"],
        ["The new value is what stands there: nothing has to be corrected.", "新值与现值相同，无须更正。"],
    ),
];
