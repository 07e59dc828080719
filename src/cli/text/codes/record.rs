//! What `audit verify` finds in the record.

use super::{Code, Sort, code};

pub(super) const RECORD: &[Code] = &[
    code(
        "gap",
        Sort::Finding,
        ["an event is missing, or its number comes twice", "缺少事件，或编号重复"],
        [
            "Numbers go up by one without gaps. Somebody dropped, swapped or renumbered events. Go on with a copy that is whole, and find out who could write the file.",
            "编号逐一递增，不得有缺。有人删除、调换或重编了事件。请改用完整的副本，并查明谁能写入该文件。",
        ],
    ),
    code(
        "hash_wrong",
        Sort::Finding,
        ["the hash does not follow from the event and the one before", "散列与事件及其前一事件不符"],
        [
            "The event, or the one before it, is not the one that was recorded.",
            "该事件或其前一事件已不是当时所记录的。",
        ],
    ),
    code(
        "head_differs",
        Sort::Finding,
        ["another event had this number when its head was given out", "当初交出链尾时，此编号是另一事件"],
        [
            "Somebody else holds another hash for this number: the record was made anew, or is a copy that went its own way. Go on with the copy whose heads others hold.",
            "他人持有的同一编号的散列不同：记录被重做，或这是另行续写的副本。请以他人持有其链尾的副本为准。",
        ],
    ),
    code(
        "truncated",
        Sort::Finding,
        ["an event that is known to exist is not there", "已知存在的事件不在其中"],
        [
            "The end was cut off, or this is an older copy. Bring the newer one back.",
            "末端被截去，或这是较旧的副本。请恢复较新的副本。",
        ],
    ),
    code(
        "head_unknown",
        Sort::Finding,
        ["nothing outside of the record says where it ends", "记录之外没有任何依据说明其末端"],
        [
            "The key folder does not know this record: it is new on this machine, or the note was removed. Check it against a head or anchors that somebody else holds, then `droit audit adopt`.",
            "密钥文件夹不认得本记录：刚移到本机，或该备注被删。请先对照他人持有的链尾或锚点，再执行 `droit audit adopt`。",
        ],
    ),
    code(
        "event_unreadable",
        Sort::Finding,
        ["the bytes are not those of an event", "该字节不是事件"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "event_renumbered",
        Sort::Finding,
        ["the event says another number than its row", "事件所载编号与所在行不符"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "event_foreign",
        Sort::Finding,
        ["the event is of another workspace", "事件属于另一工作区"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "about_changed",
        Sort::Finding,
        ["the event says another subject than its row", "事件所载对象与所在行不符"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "event_illegal",
        Sort::Finding,
        ["the event could not have been recorded after those before it", "在此前事件之后不可能记录该事件"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "clock_went_back",
        Sort::Finding,
        ["the event is dated before the one before it", "事件早于其前一事件"],
        [
            "The clock of the machine was set back, or somebody dated an event back. Only the record's order is sure.",
            "机器时钟被调回，或有人倒签事件。只有记录的先后次序可靠。",
        ],
    ),
    code(
        "body_changed",
        Sort::Finding,
        ["the sealed body is not the one that was recorded", "密封内容已不是当时所记录的"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "body_missing",
        Sort::Finding,
        ["the sealed body is gone although its key exists", "密钥仍在而密封内容已失"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "body_unexpected",
        Sort::Finding,
        ["there is a body where none was recorded", "未记录内容之处出现内容"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "body_unreadable",
        Sort::Finding,
        ["the opened body is not what an event's body is", "开启后的内容不成格式"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "seal_wrong",
        Sort::Finding,
        ["the key does not open the body", "密钥无法开启密封内容"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "key_not_destroyed",
        Sort::Finding,
        ["a key that was recorded as destroyed or replaced is still there", "已记录销毁或更换的密钥仍然存在"],
        [
            "Somebody put it back, or the process was killed between record and destruction: `droit tidy --confirm` destroys it.",
            "有人将其放回，或进程在记录与销毁之间被终止：`droit tidy --confirm` 会将其销毁。",
        ],
    ),
    code(
        "row_added",
        Sort::Finding,
        ["a row follows from no event", "该行不由任何事件推出"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "row_missing",
        Sort::Finding,
        ["a row that follows from the events is not there", "应由事件推出的行不在其中"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "row_changed",
        Sort::Finding,
        ["a row is not what follows from the events", "该行与事件推出的不符"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "work_list_changed",
        Sort::Finding,
        ["a work list is not what its intent says", "工作清单与其意图所载不符"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "work_list_unknown",
        Sort::Finding,
        ["a work list has no intent", "工作清单没有对应的意图"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "schema_changed",
        Sort::Finding,
        [
            "the file has other tables, indexes, views or triggers than it should",
            "文件中的表、索引、视图或触发器与应有的不同",
        ],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "file_damaged",
        Sort::Finding,
        ["SQLite's own check of the file fails", "SQLite 自身的检查未通过"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "line_changed",
        Sort::Finding,
        ["a line of an export does not say what its header says", "导出行的内容与其头部不符"],
        [
            "It was not written by droit like this. `droit audit verify --against` a file of anchors says whether the chain is the one that others know; go on with a copy that is whole.",
            "droit 不会这样写入。可用锚点文件执行 `droit audit verify --against` 判断链是否为他人所知；请改用完整的副本。",
        ],
    ),
    code(
        "older_copy",
        Sort::Finding,
        ["the record ends before an anchor", "记录止于锚点之前"],
        [
            "An older copy was put in place of the record, or its end was cut off without a trace. Bring the newer one back; if it is lost, `droit audit adopt`, begin a new file of anchors and keep the old one.",
            "记录被较旧的副本取代，或末端被不留痕迹地截去。请恢复较新的副本；若已丢失，执行 `droit audit adopt`，另起锚点文件并保留旧文件。",
        ],
    ),
    code(
        "cut_off",
        Sort::Finding,
        ["the end of the record was cut off", "记录的末端被截去"],
        [
            "Events that are anchored are gone, and rows that followed from them are still there. Somebody changed the file by hand.",
            "已锚定的事件不见了，而由其推出的行仍在。有人手工改动了文件。",
        ],
    ),
    code(
        "forked",
        Sort::Finding,
        ["the record went its own way from the anchored one", "记录与锚定的分道而行"],
        [
            "An anchored event is another one here: the record was made anew, or somebody went on with an older copy. Go on with the copy that agrees with the anchors.",
            "锚定的事件在此处不同：记录被重做，或有人以较旧的副本续写。请以与锚点一致的副本为准。",
        ],
    ),
    code(
        "approval_wrong",
        Sort::Finding,
        ["an approval that no allowed key signed", "批准未经允许的密钥签名"],
        [
            "The signature of an approval, or of a plan, does not fit the record, or its key was not allowed then. If a key was taken out of the file of allowed signers, put it back with valid-before: what it signed before stays good.",
            "批准或计划的签名与记录不符，或其密钥当时未获允许。若密钥已从 allowed_signers 文件中删除，请加回并写明 valid-before：此前所签仍然有效。",
        ],
    ),
    code(
        "certificate_unknown",
        Sort::Finding,
        ["a certificate that is not on record", "证明书不在记录中"],
        [
            "A file in certificates/ is none that `prove` issued here, or was changed since; or a page lies there without the certificate on record whose SHA-256 it names. Of a page nothing else is on record: what counts is the certificate.",
            "certificates/ 中的文件不是 `prove` 在此出具的，或其后已被改动；或者页面旁没有已记录且其 SHA-256 与页面所载一致的证明书。页面的其他内容不在记录中，以证明书为准。",
        ],
    ),
    code(
        "certificate_signature_wrong",
        Sort::Finding,
        ["the signature beside a certificate is wrong or gone", "证明书旁的签名无效或已失"],
        [
            "The certificate itself is as it was recorded; who vouches for it is not shown. `ssh-keygen -Y verify` says the same.",
            "证明书本身与记录一致，但无从证明由谁担保。`ssh-keygen -Y verify` 结果相同。",
        ],
    ),
    code(
        "anchor_unsigned",
        Sort::Finding,
        ["an anchor that nobody signed", "锚点未签名"],
        [
            "A file says who may sign, so an anchor without a signature is worth no more than the file that it stands in. Anchors from before belong into a file of their own.",
            "已有文件说明谁可以签名，未签名的锚点便只与其所在文件同样可信。此前的锚点请另置一个文件。",
        ],
    ),
    code(
        "anchor_signature_wrong",
        Sort::Finding,
        ["the signature of an anchor is wrong", "锚点的签名无效"],
        ["Somebody changed the anchor, or the key was not allowed then.", "锚点已被改动，或密钥当时未获允许。"],
    ),
];
