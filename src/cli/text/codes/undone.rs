//! Why something is not undone, and what is not done while it still can be.

use super::{Code, Sort, code};

pub(super) const UNDONE: &[Code] = &[
    code(
        "undo_pending",
        Sort::Refusal,
        ["what was changed can still be undone", "所作更改尚可撤销"],
        [
            "Until the time that is named what was there before is kept, sealed, so nothing is proven gone, nobody is told that it is done, and the request is not taken back. Wait for that time: `droit prove` and `droit tidy` then destroy what was kept, unless a hold on the person or the table stands: it is kept until that is released. Or take the change back: droit undo CASE. Or end that time now: droit undo CASE --end.",
            "在所示时间之前，原有内容仍密封留存，故不予证明，不告知已办结，也不登记撤回请求。请等到该时间：届时 `droit prove` 和 `droit tidy` 会销毁留存的内容，除非对此人或该表的保全仍然有效（留存至其解除）；或撤销更改：droit undo 编号；或立即结束期限：droit undo 编号 --end。",
        ],
    ),
    code(
        "undo_none",
        Sort::Refusal,
        ["nothing is kept that could be put back", "没有可恢复的内容"],
        [
            "The case changed nothing, its last change was undone already, or nothing was kept of it: `undo` in droit.toml was not set, the person is or may be a minor, a purge or a plan for several cases changed it since, or it stops messages.",
            "该案件未作更改，最后的更改已撤销，或未曾留存：droit.toml 未设 `undo`，此人是或可能是未成年人，其后有清理或多案件计划作了更改，或为退订。",
        ],
    ),
    code(
        "undo_over",
        Sort::Refusal,
        ["the change can be undone no longer", "撤销期限已过"],
        [
            "What was kept of it is destroyed, with its key. What the person wants to have again they have to give anew.",
            "留存的内容及其密钥已销毁。此人想恢复的内容须由其重新提供。",
        ],
    ),
    code(
        "undo_cannot_be_kept",
        Sort::Refusal,
        ["rows cannot be kept so that they could be put back", "数据行无法留存以供恢复"],
        [
            "A cell is longer than eight mebibytes, a key becomes another one as it is stored, or an index holds no text of its own. Nothing was changed. Take `undo` out of droit.toml for this plan: what it removes is then gone at once.",
            "某单元格超过 8 MiB，主键存入后变成别的值，或索引自身不存文本。未作任何更改。可为此计划去掉 droit.toml 中的 `undo`：其移除的内容随即消失。",
        ],
    ),
    code(
        "undo_changed_since",
        Sort::Refusal,
        ["rows have changed since", "数据行此后又有变化"],
        [
            "Rows that the change left are not as it left them, so whoever changed them would lose that. Nothing was undone. See to these rows by hand, or correct what is wrong: droit correct CASE.",
            "更改所留的行已非当时的样子，撤销会丢失他人的改动。未撤销任何内容。请人工处理这些行，或更正有误之处：droit correct 编号。",
        ],
    ),
    code(
        "undo_key_taken",
        Sort::Refusal,
        ["other rows have the keys by now", "主键已被其他行使用"],
        [
            "The application has given the keys of rows that went to new ones, which may be somebody else's. Nothing was undone.",
            "应用程序已把被移除行的主键用于新行，可能属于他人。未撤销任何内容。",
        ],
    ),
    code(
        "undo_value_taken",
        Sort::Refusal,
        ["other rows have the values by now", "取值已被其他行使用"],
        [
            "A value that may stand in one row only, or says who somebody is, such as a number, stands in another row by now. Nothing was undone. Ask whose it is.",
            "只能出现在一行的取值，或表明身份的取值（如号码），现在另一行中。未撤销任何内容。请查明归谁。",
        ],
    ),
    code(
        "undo_parent_gone",
        Sort::Refusal,
        ["what the rows belong to is gone", "数据行所属的行已不存在"],
        [
            "A row would come back without the one that it belongs to, so that nobody would find it again. Nothing was undone.",
            "数据行恢复后将没有其所属的行，从此无法再找到。未撤销任何内容。",
        ],
    ),
    code(
        "undo_parent_changed",
        Sort::Refusal,
        ["what the rows belong to is another's by now", "数据行所属的行已属他人"],
        [
            "A row that the change left alone, to which rows would come back, is another than it was, or says by now that it is somebody else's: the application gives keys again. Nothing was undone. Where it is still theirs, and only a number or name in it changed, see to the rows by hand.",
            "更改未动、而恢复的数据行所属的那一行已非原来的行，或现在表明属于他人：应用程序会再次使用主键。未撤销任何内容。若该行仍属此人，只是其中的号码或姓名有变，请人工处理。",
        ],
    ),
    code(
        "undo_file_taken",
        Sort::Refusal,
        ["other files have the names by now", "文件名已被其他文件使用"],
        [
            "Something stands where a file would come back, or the way to it leads elsewhere. Move it away; where the change is committed already, `droit recover` goes on then.",
            "文件将恢复之处已有他物，或其路径指向别处。请将其移开；若更改已提交，再运行 `droit recover`。",
        ],
    ),
    code(
        "undo_map_changed",
        Sort::Refusal,
        ["the tables are not the ones that were changed", "数据表已非当时更改的表"],
        [
            "A table that rows would come back to is gone, or has other columns. Nothing was undone.",
            "数据行要恢复到的表已不存在，或列已不同。未撤销任何内容。",
        ],
    ),
    code(
        "undo_damaged",
        Sort::Trouble,
        ["what was kept cannot be read", "留存的内容无法读取"],
        [
            "A file under undo/ of the workspace is missing or was altered. Nothing is undone from it.",
            "工作区 undo/ 下的文件缺失或被改动。不据此撤销。",
        ],
    ),
];
