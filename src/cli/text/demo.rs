//! The guided tour: what is said before each command, and the letters in it.

use super::Text;

pub(crate) const MADE: Text = Text {
    en: "the sample company is made: {users} accounts, {rows} rows, {files} files; nobody in it exists",
    zh: "已生成示例公司：{users} 个账号、{rows} 行、{files} 个文件；其中的人都是虚构的",
};
pub(crate) const END: Text = Text {
    en: "That was the whole job. To look at and to go on from:",
    zh: "以上是全部过程。可以查看并继续操作：",
};
pub(crate) const READY: Text =
    Text { en: "The company is there. To go on from:", zh: "公司已就绪。可以从这里继续：" };
pub(crate) const PAGE: Text = Text { en: "the copy, in a browser", zh: "用浏览器打开副本" };
pub(crate) const FOLDER: Text = Text { en: "the workspace", zh: "工作区" };

/// Before the map is there.
pub(crate) const SETTING_UP: (Text, &str) = (WORKSPACE, "init zkjia.db --files files");

/// The same, where the home folder cannot be written.
pub(crate) const SETTING_UP_WITH_KEYS: (Text, &str) = (WORKSPACE, "init zkjia.db --files files --keys KEYS");

const WORKSPACE: Text = Text {
    en: "A workspace: settings, an empty map, a casebook, keys kept apart from it.",
    zh: "建立工作区：设置、空的数据地图、案卷库，密钥另存一处。",
};

/// The map decides what is read and removed, so somebody has to accept it.
pub(crate) const TRUST: (Text, &str) = (
    Text {
        en: "The data map says where people's data is, why and how long. Nothing is read by it before an officer trusts it.",
        zh: "数据地图说明个人信息在哪里、为何保存、保存多久。经办人确认之前，不据此读取任何数据。",
    },
    "map trust --yes",
);

/// Files of the tour.
pub(crate) const LETTERS: &[(&str, &str)] = &[
    ("chen.txt", "# 陈明 / Chen Ming\nphone=13800138000\n"),
    ("letter.txt", "您好：随信附上您的个人信息副本。\nPlease find enclosed a copy of your data.\n"),
    ("order.txt", "示例法院协助执行通知 / order of a sample court\n"),
];

/// From the request to the removal.
pub(crate) const THE_JOB: &[(Text, &str)] = &[
    (
        Text {
            en: "A customer asks for a copy of their data. The clock runs from the arrival of the request.",
            zh: "一位客户请求复制其个人信息。时限从请求到达起算。",
        },
        "case open copy --channel app --id-file chen.txt",
    ),
    (
        Text {
            en: "Who is it? A telephone number leads to the account, its roles and its rows. Values are masked.",
            zh: "是谁？由手机号找到账号、角色和数据行。标识默认脱敏。",
        },
        "find --case DSR-TODAY-0001",
    ),
    (
        Text {
            en: "Nothing leaves the house before the identity is verified at the level that the law asks for.",
            zh: "按法律要求的级别核验身份之前，任何信息都不会离开公司。",
        },
        "case identify DSR-TODAY-0001 --level L2 --by otp+waybill",
    ),
    (
        Text {
            en: "The copy: a folder with one page to read, the data for machines, and an encrypted ZIP. What is about others is masked, passwords are listed and never given.",
            zh: "生成副本：一页可读文档、机器可读数据和加密 ZIP。他人信息脱敏，口令只列明、不提供。",
        },
        "export DSR-TODAY-0001",
    ),
    (
        Text {
            en: "The answer goes on record: when, how, and the digest of the letter.",
            zh: "答复入卷：时间、渠道和信件摘要。",
        },
        "case answer DSR-TODAY-0001 --decision FULFILLED --channel app --reply letter.txt",
    ),
    (
        Text { en: "Now the same person asks to be erased.", zh: "同一人又请求删除。" },
        "case open delete --channel app --id-file chen.txt",
    ),
    (Text { en: "Verified again.", zh: "再次核验身份。" }, "case identify DSR-TODAY-0002 --level L2 --by otp+waybill"),
    (
        Text {
            en: "The plan lists every row with what will happen to it and why. Nothing is changed yet.",
            zh: "计划逐行列出处理方式及理由。此时尚未作任何更改。",
        },
        "erase DSR-TODAY-0002 --plan plan.jsonl",
    ),
    (
        Text {
            en: "Apply derives the plan again and carries it out in one transaction, or not at all.",
            zh: "执行时重新推导计划，并在一个事务中完成，否则什么也不做。",
        },
        "apply plan.jsonl --confirm DSR-TODAY-0002",
    ),
    (Text { en: "Today's board.", zh: "今日看板。" }, "case list --all"),
    (
        Text {
            en: "The record can be checked by anybody: one edited byte breaks the chain.",
            zh: "任何人都可以核对记录：改动一个字节链就断。",
        },
        "audit verify",
    ),
];
