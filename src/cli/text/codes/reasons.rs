//! Reasons for which a request is refused (LAW §4.3) or a cell withheld: they stand in letters, logs and packages.

use super::{Code, Sort, code};

pub(super) const REASONS: &[Code] = &[
    code(
        "RET",
        Sort::Reason,
        ["statutory retention", "法定保存期未届满"],
        [
            "A law asks for the data to be kept; it is restricted until that ends (PIPL 47).",
            "法律要求保存；在期满前仅存储（个保法第四十七条）。",
        ],
    ),
    code(
        "LIVE",
        Sort::Reason,
        ["not decidable yet", "尚不能决定"],
        [
            "An order, a parcel or a payment is under way, or something else is not decided yet; it is decided when that ends.",
            "订单、包裹或付款尚在进行，或者尚有其他事项未了结；结束后再决定。",
        ],
    ),
    code(
        "HOLD",
        Sort::Reason,
        ["legal hold", "法律保全"],
        ["An authority or a court asked for the data to be preserved.", "主管机关或法院要求保全。"],
    ),
    code(
        "SEC",
        Sort::Reason,
        ["secrecy", "保密"],
        ["A law demands secrecy (PIPL 18(1)).", "法律要求保密（个保法第十八条第一款）。"],
    ),
    code("NAT", Sort::Reason, ["national security", "国家安全"], ["Exception E01 of the policy.", "政策例外 E01。"]),
    code("PUB", Sort::Reason, ["public interest", "公共利益"], ["Exception E02 of the policy.", "政策例外 E02。"]),
    code(
        "CRIM",
        Sort::Reason,
        ["criminal investigation", "刑事侦查"],
        ["Exception E03 of the policy.", "政策例外 E03。"],
    ),
    code(
        "IDF",
        Sort::Reason,
        ["identity not verified", "身份核验未通过"],
        ["The requester did not prove to be the person.", "请求人未能证明是本人。"],
    ),
    code(
        "NSB",
        Sort::Reason,
        ["not the person nor an agent", "非本人或代理人"],
        ["The requester is neither the person nor entitled to act for them.", "请求人既非本人，也无权代理。"],
    ),
    code(
        "TPR",
        Sort::Reason,
        ["rights of others", "他人权益"],
        ["Fulfilling it would infringe the rights of other people.", "满足请求会损害他人权益。"],
    ),
    code("ABU", Sort::Reason, ["abusive", "滥用"], ["Malicious or abusive, with evidence.", "恶意或滥用，且有证据。"]),
    code(
        "TRD",
        Sort::Reason,
        ["trade secret", "商业秘密"],
        ["A trade secret stands against it, in part.", "部分内容涉及商业秘密。"],
    ),
    code(
        "PRT",
        Sort::Reason,
        ["transfer condition", "转移条件不满足"],
        ["A condition of NDR 25 is not met.", "不满足《网络数据安全管理条例》第二十五条的条件。"],
    ),
    code(
        "DEC",
        Sort::Reason,
        ["arrangement of the deceased", "死者生前安排"],
        ["The deceased arranged otherwise (PIPL 49).", "死者生前另有安排（个保法第四十九条）。"],
    ),
    code(
        "FOR",
        Sort::Reason,
        ["foreign authority", "境外机关"],
        [
            "No data goes to foreign judicial or enforcement bodies without approval (PIPL 41).",
            "未经批准不得向境外司法或执法机构提供（个保法第四十一条）。",
        ],
    ),
    code(
        "FEE",
        Sort::Reason,
        ["cost not paid", "未付成本费"],
        ["The cost of excessive repeats was not paid.", "未支付明显不合理重复请求的成本费用。"],
    ),
    code(
        "credential",
        Sort::Reason,
        ["credential", "凭证"],
        ["Passwords and the like are listed as held, never exported.", "口令等凭证仅列明持有，从不导出。"],
    ),
    code(
        "unreadable",
        Sort::Reason,
        ["it cannot be read", "无法读取"],
        [
            "Free text that is held as bytes that are no text cannot be looked through for what is about others, and a file whose name starts at the root, leads out of the folder, holds a NUL, is too long or leads over a symbolic link cannot be told. Neither is given: look at the row.",
            "以非文本字节存储的自由文本无法核对是否涉及他人；以根目录开头、通向文件夹之外、含有 NUL、过长或者经由符号链接的文件名无法确定所指文件。两者均不提供，请查看该行。",
        ],
    ),
    code(
        "file_missing",
        Sort::Reason,
        ["the file is not there", "文件缺失"],
        [
            "The row names a file that is not in the files folder. The copy is not complete: find the file, or tell the person that it is lost.",
            "该行写明的文件不在文件目录中。副本不完整：请找回文件，或者告知本人文件已丢失。",
        ],
    ),
    code(
        "third_party",
        Sort::Reason,
        ["somebody else's data", "他人信息"],
        ["The cell is another person's data.", "该单元格是他人的信息。"],
    ),
    code(
        "export_no",
        Sort::Reason,
        ["not exported by the map", "数据地图规定不导出"],
        ["The data map says why.", "原因见数据地图。"],
    ),
    code(
        "undecided",
        Sort::Reason,
        ["undecided", "未决"],
        [
            "It is not certain that the row is this person's; nothing is done with it.",
            "不能确定该行属于此人；不作处理。",
        ],
    ),
];
