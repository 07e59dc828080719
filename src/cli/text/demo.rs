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
pub(crate) const LOG: Text = Text { en: "the response log, in a browser", zh: "用浏览器打开响应日志" };
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
    ("new.txt", "# what is to stand there / 更正后的内容\nusers.nickname = 陈小明\n"),
    ("order.txt", "示例法院协助执行通知 / order of a sample court\n"),
];

/// Where the response log goes.
pub(crate) const LOG_FILE: &str = "log.html";

/// From the request to the removal, and what cron does unasked.
pub(crate) const THE_JOB: &[(Text, &str)] = &[
    (
        Text {
            en: "A customer asks for a copy of their data. The clock runs from the arrival of the request.",
            zh: "一位客户请求复制其个人信息。时限从请求到达起算。",
        },
        "case open copy --channel app --id-file chen.txt",
    ),
    (
        Text { en: "The receipt of the request is confirmed by letter.", zh: "发信确认收到请求。" },
        "case answer DSR-TODAY-0001 --letter receipt --channel app",
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
            en: "The answer is written from a template and goes on record: when, how, and the digest of the letter.",
            zh: "由模板写成答复并入卷：时间、渠道和信件摘要。",
        },
        "case answer DSR-TODAY-0001 --letter answer --decision FULFILLED --channel app",
    ),
    (
        Text {
            en: "The customer's nickname is wrong. They ask for its correction.", zh: "客户的昵称有误，请求更正。"
        },
        "case open correct --channel app --id-file chen.txt",
    ),
    (Text { en: "Verified.", zh: "核验身份。" }, "case identify DSR-TODAY-0002 --level L2 --by otp+waybill"),
    (
        Text {
            en: "The field is put right, by plan and apply; screen and record show old and new masked.",
            zh: "通过计划与执行更正该字段；屏幕和记录中的新旧值均脱敏。",
        },
        "correct DSR-TODAY-0002 --values new.txt --evidence statement --confirm DSR-TODAY-0002",
    ),
    (
        Text {
            en: "While they quarrel about a bill, their data is not to be used.",
            zh: "账单有争议期间，客户请求限制处理。",
        },
        "case open restrict --channel app --id-file chen.txt",
    ),
    (Text { en: "Verified.", zh: "核验身份。" }, "case identify DSR-TODAY-0003 --level L2 --by otp+waybill"),
    (
        Text {
            en: "The flag that the application looks at is set. Where no flag governs a row (somebody else's address book), it is listed: somebody has to see to it.",
            zh: "设置应用程序所读取的限制标志。没有标志的数据行（例如他人的通讯录）会列出，需要人工处理。",
        },
        "restrict DSR-TODAY-0003 --confirm DSR-TODAY-0003",
    ),
    (
        Text {
            en: "The quarrel is over, and what stood there before comes back.", zh: "争议已结束，恢复原来的状态。"
        },
        "restrict DSR-TODAY-0003 --lift --confirm DSR-TODAY-0003",
    ),
    (
        Text { en: "Now the same person asks to be erased.", zh: "同一人又请求删除。" },
        "case open delete --channel app --id-file chen.txt",
    ),
    (Text { en: "Verified again.", zh: "再次核验身份。" }, "case identify DSR-TODAY-0004 --level L2 --by otp+waybill"),
    (
        Text {
            en: "The plan lists every row with what will happen to it and why. Nothing is changed yet.",
            zh: "计划逐行列出处理方式及理由。此时尚未作任何更改。",
        },
        "erase DSR-TODAY-0004 --plan plan.jsonl",
    ),
    (
        Text {
            en: "Apply derives the plan again and carries it out in one transaction, or not at all.",
            zh: "执行时重新推导计划，并在一个事务中完成，否则什么也不做。",
        },
        "apply plan.jsonl --confirm DSR-TODAY-0004",
    ),
    (
        Text {
            en: "Removed is not gone: the bytes are still in the file. They are zeroed, every byte is looked at, and a certificate says what was proven.",
            zh: "移除不等于消失：字节仍在文件中。现将其清零、逐字节核查，并出具证明。",
        },
        "prove DSR-TODAY-0004",
    ),
    (
        Text {
            en: "The letter tells what was removed, what the law keeps and until when, and where to complain.",
            zh: "信中写明移除了什么、依法保留什么及保留到何时、如何投诉。",
        },
        "case answer DSR-TODAY-0004 --letter answer --decision PARTIAL --channel app",
    ),
    (
        Text {
            en: "Unasked: children for whom no guardian consented. First only a look; whoever is doubtful is listed for a person.",
            zh: "无须请求：未取得监护人同意的儿童信息。先只查看；有疑问的列出，由人决定。",
        },
        "purge minors",
    ),
    (Text { en: "What was shown is done.", zh: "照所示执行。" }, "purge minors --confirm"),
    (
        Text {
            en: "What has outlived its purpose, by the periods of the data map: again a look first.",
            zh: "按数据地图的期限，已超过保存目的的信息：同样先查看。",
        },
        "purge retention",
    ),
    (
        Text {
            en: "The first purge of an old database is large. The breaker would stop it; going beyond it is put on record with the reason.",
            zh: "旧数据库的首次清理量很大，熔断会拦下；越过熔断的理由会入卷。",
        },
        "purge retention --confirm --beyond-breaker first-run",
    ),
    (Text { en: "The destruction log.", zh: "销毁清册。" }, "purge log"),
    (Text { en: "Today's board.", zh: "今日看板。" }, "case list --all"),
    (
        Text {
            en: "The response log, for whoever supervises: a page with every request, its clocks and its answer.",
            zh: "供监管查阅的响应日志：一页，含每件请求、时限与答复。",
        },
        "log --format html -o log.html",
    ),
    (
        Text {
            en: "The record can be checked by anybody: one edited byte breaks the chain.",
            zh: "任何人都可以核对记录：改动一个字节链就断。",
        },
        "audit verify",
    ),
];
