//! Why a file of requests is not taken in. Nothing of it is registered then.

use super::{Code, Sort, code};

pub(super) const INTAKE: &[Code] = &[
    code(
        "intake_encoding",
        Sort::Refusal,
        ["it cannot be shown how the file is encoded", "无法证明文件的编码"],
        [
            "Look at it, then name the encoding: --encoding utf-8 or --encoding gb18030 (also for GBK).",
            "请查看文件后指明编码：--encoding utf-8 或 --encoding gb18030（含 GBK）。",
        ],
    ),
    code(
        "intake_no_receipt",
        Sort::Refusal,
        ["when the mail arrived is not known", "不知道邮件何时到达"],
        [
            "Name our mail servers in droit.toml (mail_servers), or say when it arrived: --received TIME. The mail's own date is the sender's word.",
            "请在 droit.toml 的 mail_servers 中列出本单位邮件服务器，或以 --received 指明到达时间。邮件自身的日期只是发件人的说法。",
        ],
    ),
    code(
        "intake_unclear",
        Sort::Refusal,
        ["what the mail asks has to be read by a person", "邮件请求的内容须由人阅读确定"],
        ["Read it, then say what it asks: --right RIGHT.", "请阅读后指明：--right 权利。"],
    ),
    code(
        "intake_several",
        Sort::Refusal,
        ["the mail may ask for several things", "邮件可能包含多项请求"],
        [
            "Read it, then name each right: --right copy --right delete opens a case for each, with one receipt.",
            "请阅读后逐一指明：--right copy --right delete 各立一案，受理时间相同。",
        ],
    ),
    code(
        "intake_signed",
        Sort::Refusal,
        ["the request is still signed and encoded", "请求仍处于签名编码状态"],
        [
            "Let the endpoint verify the agent's signature and give droit the JSON beneath.",
            "请由接收端验证代理机构的签名，再将其中的 JSON 交给 droit。",
        ],
    ),
    code(
        "intake_not_text",
        Sort::Trouble,
        ["the file cannot be read as text", "文件无法作为文本读取"],
        ["Save it as CSV in UTF-8 or GB18030.", "请另存为 UTF-8 或 GB18030 编码的 CSV。"],
    ),
    code(
        "intake_empty",
        Sort::Trouble,
        ["there is no request in the file", "文件中没有请求"],
        ["A spreadsheet has a header and at least one line.", "表格须有表头和至少一行。"],
    ),
    code(
        "intake_line",
        Sort::Trouble,
        ["a line cannot be taken in, so none is", "有一行无法登记，因此全部未登记"],
        ["The message names the line. Correct it and import the file again.", "消息中指出行号。更正后请重新导入。"],
    ),
    code(
        "intake_columns",
        Sort::Trouble,
        ["header and column mapping do not fit", "表头与列映射不符"],
        [
            "Every column is mapped or named in `ignore`; every mapped column stands in the header once.",
            "每一列都须映射或列入 ignore；映射的每一列在表头中恰好出现一次。",
        ],
    ),
    code(
        "intake_mapping",
        Sort::Trouble,
        ["the column mapping cannot be used", "列映射无法使用"],
        ["docs/guides/intake.md says what stands in it.", "其内容见 docs/guides/intake.md。"],
    ),
    code(
        "intake_json",
        Sort::Trouble,
        ["not one JSON document", "不是一份 JSON 文档"],
        ["It may also hold a key twice, which could mean two things.", "也可能有重复的键，会产生两种含义。"],
    ),
    code(
        "intake_field",
        Sort::Trouble,
        ["a field is missing or wrong", "字段缺失或有误"],
        ["The message names its JSON path.", "消息中指出其 JSON 路径。"],
    ),
    code(
        "intake_mail",
        Sort::Trouble,
        ["the mail is not one person's request", "邮件不是一个人的请求"],
        [
            "Read it; if it is one, register it by hand: droit case open.",
            "请阅读；如确为请求，请手工登记：droit case open。",
        ],
    ),
    code(
        "intake_future",
        Sort::Trouble,
        ["an arrival that has not come yet", "到达时间尚未到来"],
        ["A clock is wrong: the machine's or the mail server's.", "本机或邮件服务器的时钟有误。"],
    ),
];
