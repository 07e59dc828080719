//! Cases, holds and plans.

use super::{Exit, Text, Trouble};

pub(crate) const LAW_AND_REMEDIES: Trouble = Trouble {
    code: "remedies_missing",
    exit: Exit::Refused,
    says: Text {
        en: "whoever does not get everything is told on which law that rests and what they can do against it",
        zh: "拒绝或部分答复须说明法律依据并告知救济途径",
    },
    hint: Some(Text {
        en: "case refuse takes --law LAW and --remedies FILE, case answer --law LAW and --remedies when the reply tells them (PIPL 50: the complaint to the authority, the action in court)",
        zh: "case refuse 须有 --law 法律 和 --remedies 文件；case answer 须有 --law 法律，答复写明救济途径时加 --remedies（个保法第五十条：向主管部门投诉、向法院起诉）",
    }),
};

pub(crate) const NO_MAP_FOR_LETTERS: Trouble = Trouble {
    code: "no_controller",
    exit: Exit::Usage,
    says: Text {
        en: "there is no data map to read that says who answers", zh: "没有可读的数据地图说明由谁答复"
    },
    hint: Some(Text { en: "set controller in datamap.toml", zh: "请在 datamap.toml 中设置 controller" }),
};

pub(crate) const LETTER_OF_NOW: Trouble = Trouble {
    code: "letter_of_now",
    exit: Exit::Usage,
    says: Text {
        en: "a letter that is written now was not sent before", zh: "现在写成的信件不可能在此前已发送"
    },
    hint: Some(Text {
        en: "leave out --sent; what was sent by hand is recorded with --reply FILE --sent TIME",
        zh: "请去掉 --sent；已手工发送的请用 --reply FILE --sent TIME 记录",
    }),
};

pub(crate) const NO_SUCH_LETTER: Trouble = Trouble {
    code: "no_such_letter",
    exit: Exit::Usage,
    says: Text { en: "{file} is no letter's template", zh: "{file} 不是任何信件的模板" },
    hint: Some(Text {
        en: "templates are called as `droit letters export` calls them; move it out of letters/",
        zh: "模板名称以 `droit letters export` 为准；请将其移出 letters/",
    }),
};

pub(crate) const NOTHING_EXTENDED: Trouble = Trouble {
    code: "nothing_extended",
    exit: Exit::Refused,
    says: Text { en: "no clock of this case becomes later by that", zh: "此案没有可因此延后的期限" },
    hint: None,
};

pub(crate) const TOO_MANY_CASES: Trouble = Trouble {
    code: "too_many_cases",
    exit: Exit::Refused,
    says: Text {
        en: "{listed} cases are listed, and {most} are erased or anonymized together at most",
        zh: "清单含 {listed} 案，合并删除或匿名化每次最多 {most} 案",
    },
    hint: Some(Text {
        en: "a batch is one change, during which the application waits: divide the list, and carry one part out before the next is planned",
        zh: "合并办理是一次变更，其间应用程序须等待：请拆分清单，办完一份再计划下一份",
    }),
};

pub(crate) const NOT_AN_ERASURE: Trouble = Trouble {
    code: "not_an_erasure",
    exit: Exit::Refused,
    says: Text { en: "{case} asks for something else than an erasure", zh: "{case} 请求的不是删除" },
    hint: Some(Text {
        en: "a batch erases only what deletions and cancelled accounts ask for; take this case out of the list",
        zh: "批量删除只办理删除和注销账号的请求；请将此案移出清单",
    }),
};

pub(crate) const ASKS_FOR_SOMETHING_ELSE: Trouble = Trouble {
    code: "not_asked_for",
    exit: Exit::Refused,
    says: Text {
        en: "{case} asks for something else: nothing is changed for it",
        zh: "{case} 请求的是其他权利：不会据此作任何更改",
    },
    hint: Some(Text {
        en: "check the number with droit case show {case}; what the person asks besides is opened as a case of its own: droit case open",
        zh: "请用 droit case show {case} 核对编号；此人另外提出的请求须单独登记：droit case open",
    }),
};

pub(crate) const COPY_FIRST: Trouble = Trouble {
    code: "copy_first",
    exit: Exit::Refused,
    says: Text {
        en: "the same person asks for a copy in {copy}, and {case} would take away what is to be in it",
        zh: "同一人在 {copy} 中请求副本，{case} 会先删除副本应含的内容",
    },
    hint: Some(Text {
        en: "deliver the copy first (droit export {copy}, then droit case answer {copy}), or decline it (droit case refuse {copy}); the clocks of both run on",
        zh: "请先提供副本（droit export {copy}，然后 droit case answer {copy}）或予以拒绝（droit case refuse {copy}）；两者期限继续计算",
    }),
};

pub(crate) const NO_MINOR: Trouble = Trouble {
    code: "no_minor",
    exit: Exit::Usage,
    says: Text {
        en: "--without-consent is said of a child or a youth", zh: "--without-consent 仅用于儿童或青少年"
    },
    hint: Some(Text { en: "--age child, or --age youth", zh: "--age child 或 --age youth" }),
};

pub(crate) const RESTRICTS: Trouble = Trouble {
    code: "restricts",
    exit: Exit::Refused,
    says: Text {
        en: "{case} restricts its person: a request that is taken back restricts nobody",
        zh: "{case} 正限制处理此人的数据：撤回的请求不得再限制",
    },
    hint: Some(Text { en: "droit restrict {case} --lift", zh: "droit restrict {case} --lift" }),
};

pub(crate) const STILL_RESTRICTED: Trouble = Trouble {
    code: "still_restricted",
    exit: Exit::Refused,
    says: Text {
        en: "{others} restricts the same person: the flags stay as they are",
        zh: "{others} 也限制处理同一人的数据：标记保持不变",
    },
    hint: Some(Text {
        en: "`droit restrict {case} --lift` ends the restriction of this case alone, on record; the flags come back with the last one",
        zh: "`droit restrict {case} --lift` 仅结束本案的限制并予记录；最后一项限制解除时标记才恢复",
    }),
};

pub(crate) const STANDS_AGAIN: Trouble = Trouble {
    code: "stands_again",
    exit: Exit::Refused,
    says: Text {
        en: "the database does not say what {case} is to be answered with: rows that went are there again, a consent that was withdrawn stands, a message is sent, or the flag is not set",
        zh: "数据库的内容与对 {case} 的答复不符：已移除的数据再次出现，已撤回的同意仍有效，仍在发送消息，或者限制标记未设置",
    },
    hint: Some(Text {
        en: "carry it out again: droit erase {case}, droit revoke {case}, droit unsubscribe {case} or droit restrict {case}",
        zh: "请重新办理：droit erase {case}、droit revoke {case}、droit unsubscribe {case} 或 droit restrict {case}",
    }),
};

pub(crate) const ROWS_STAY: Trouble = Trouble {
    code: "rows_stay",
    exit: Exit::Refused,
    says: Text {
        en: "not all that {case} asks for is gone: rows stay in {tables}",
        zh: "{case} 请求删除的内容未全部移除：{tables} 仍有数据保留",
    },
    hint: Some(Text {
        en: "decide PARTIAL: the letter tells what stays, by which law and until when, and the remedies (a reply of your own with --remedies)",
        zh: "请以 PARTIAL 答复：信中会告知保留的内容、法律依据、期限和救济途径（自拟答复请加 --remedies）",
    }),
};

pub(crate) const HOLD_ENDED: Trouble = Trouble {
    code: "hold_ended",
    exit: Exit::Usage,
    says: Text {
        en: "{until}, on which the hold would be looked at again, is over", zh: "复核日期 {until} 已过"
    },
    hint: Some(Text { en: "give a day from today on", zh: "请填写今日或以后的日期" }),
};

pub(crate) const STAYS_UNTOLD: Trouble = Trouble {
    code: "stays_untold",
    exit: Exit::Refused,
    says: Text {
        en: "what stays of {case} is on no record, so that no answer tells it: rows in {tables}",
        zh: "{case} 中保留了哪些数据尚无记录，答复无从说明：{tables}",
    },
    hint: Some(Text {
        en: "put on record what stays, and why: droit erase {case}",
        zh: "请先将保留的内容及理由记录在案：droit erase {case}",
    }),
};

pub(crate) const ROWS_STAND: Trouble = Trouble {
    code: "rows_stand",
    exit: Exit::Refused,
    says: Text {
        en: "what {case} asks for was not done by hand: rows that may go are there, in {tables}",
        zh: "{case} 请求删除的内容并未以其他方式移除：{tables} 中仍有可以移除的数据",
    },
    hint: Some(Text { en: "erase them: droit erase {case}", zh: "请先移除：droit erase {case}" }),
};

pub(crate) const NOT_ENFORCED: Trouble = Trouble {
    code: "not_enforced",
    exit: Exit::Refused,
    says: Text {
        en: "no flag governs the person's rows in {tables}: the database cannot show that {case} is carried out there",
        zh: "{tables} 中此人的数据没有限制标记：数据库无法表明 {case} 在该处已办理",
    },
    hint: Some(Text {
        en: "see to them, and say so on record: --by-hand; or decide PARTIAL",
        zh: "请人工处理后以 --by-hand 记录，或以 PARTIAL 答复",
    }),
};

pub(crate) const STILL_WITHDRAWN: Trouble = Trouble {
    code: "still_withdrawn",
    exit: Exit::Refused,
    says: Text {
        en: "{others} withdraws the same consent of the same person: it stays withdrawn",
        zh: "{others} 也撤回同一人的同一同意：不予恢复",
    },
    hint: Some(Text {
        en: "what was removed with it stays removed; take that request back first if the person wants it so: droit case withdraw {other}",
        zh: "随之移除的内容不予恢复；如此人要求恢复，请先登记其撤回请求：droit case withdraw {other}",
    }),
};

pub(crate) const ALREADY_REMOVED: Trouble = Trouble {
    code: "already_removed",
    exit: Exit::Refused,
    says: Text { en: "what {case} asks for was carried out before", zh: "{case} 的请求此前已执行" },
    hint: Some(Text { en: "droit case next {case}", zh: "droit case next {case}" }),
};

pub(crate) const NO_DECISION: Trouble = Trouble {
    code: "no_decision",
    exit: Exit::Usage,
    says: Text { en: "a reply says how the request was decided", zh: "答复须说明处理结果" },
    hint: Some(Text {
        en: "pass --decision FULFILLED, PARTIAL, DENIED, NO_DATA or UNVERIFIED",
        zh: "请给出 --decision FULFILLED、PARTIAL、DENIED、NO_DATA 或 UNVERIFIED",
    }),
};

pub(crate) const INTERIM_DECIDES: Trouble = Trouble {
    code: "interim_decides",
    exit: Exit::Usage,
    says: Text {
        en: "an interim reply bridges the time until the requester is identified, and decides nothing of {case}",
        zh: "中期答复仅用于等待核验身份期间，不能对 {case} 作出决定",
    },
    hint: Some(Text {
        en: "pass --decision UNVERIFIED with --interim, or leave out --interim",
        zh: "请将 --interim 与 --decision UNVERIFIED 一起给出，或去掉 --interim",
    }),
};

pub(crate) const ONLY_A_PART: Trouble = Trouble {
    code: "only_a_part",
    exit: Exit::Refused,
    says: Text { en: "only a part of what {case} may ask for was erased", zh: "{case} 只删除了一部分" },
    hint: Some(Text {
        en: "erase the rest (droit erase {case}), decide PARTIAL, or pass --part when that part is all that was asked for",
        zh: "请删除其余部分（droit erase {case}），或以 PARTIAL 答复；如本人只请求删除该部分，请给出 --part",
    }),
};

pub(crate) const ASKED_FOR_A_PART: Trouble = Trouble {
    code: "asked_for_a_part",
    exit: Exit::Refused,
    says: Text {
        en: "{case} was opened for a part only: {part}", zh: "{case} 受理时只请求其中一部分：{part}"
    },
    hint: Some(Text {
        en: "name that part with --category, --column or --role; --whole erases everything all the same",
        zh: "请用 --category、--column 或 --role 指明该部分；确要全部删除，请给出 --whole",
    }),
};

pub(crate) const PROTECTS_NOBODY: Trouble = Trouble {
    code: "protects_nobody",
    exit: Exit::Refused,
    says: Text {
        en: "the hold would protect nobody: a name, or what many people share, does not tell whose a row is",
        zh: "该保全不会保护任何人：姓名或多人共用的信息不足以确定数据属于谁",
    },
    hint: Some(Text {
        en: "give an account, a number, a mailbox or a document; nothing was recorded",
        zh: "请给出账号、号码、邮箱或证件；未作任何记录",
    }),
};

pub(crate) const NOT_THE_SAME: Trouble = Trouble {
    code: "not_the_same_request",
    exit: Exit::Refused,
    says: Text {
        en: "only open cases that ask for the same under the same law, and for no less, can be merged into one",
        zh: "只有请求相同、适用法律相同且范围不超出的未结案件才能合并",
    },
    hint: None,
};

pub(crate) const NOT_THE_SAME_PERSON: Trouble = Trouble {
    code: "not_the_same_person",
    exit: Exit::Refused,
    says: Text {
        en: "nothing says that {case} and {into} are about the same person",
        zh: "没有依据表明 {case} 与 {into} 为同一人",
    },
    hint: Some(Text {
        en: "identify both with identifiers that lead to the person's row, or answer each",
        zh: "请以能找到该人数据行的标识核验两案，或分别答复",
    }),
};

pub(crate) const MERGE_BACKWARDS: Trouble = Trouble {
    code: "merge_backwards",
    exit: Exit::Refused,
    says: Text {
        en: "{earlier} arrived earlier, and its clock counts", zh: "{earlier} 受理在先，以其期限为准"
    },
    hint: Some(Text {
        en: "droit case merge {later} --into {earlier}",
        zh: "droit case merge {later} --into {earlier}",
    }),
};

pub(crate) const NO_SUCH_CASE: Trouble = Trouble {
    code: "no_such_case",
    exit: Exit::Failed,
    says: Text { en: "there is no case {case}", zh: "没有案件 {case}" },
    hint: Some(Text { en: "droit case list --all", zh: "droit case list --all" }),
};

pub(crate) const NO_ORDER: Trouble = Trouble {
    code: "no_order",
    exit: Exit::Usage,
    says: Text { en: "a hold says who ordered it and why", zh: "保全须说明由谁命令及理由" },
    hint: Some(Text { en: "pass --order FILE", zh: "请给出 --order 文件" }),
};

pub(crate) const NOT_FOR_A_CASE: Trouble = Trouble {
    code: "not_a_case_plan",
    exit: Exit::Refused,
    says: Text { en: "the plan is not one of a case", zh: "该计划不是案件的计划" },
    hint: None,
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[
    &ASKS_FOR_SOMETHING_ELSE,
    &LAW_AND_REMEDIES,
    &LETTER_OF_NOW,
    &NO_MAP_FOR_LETTERS,
    &NO_SUCH_LETTER,
    &NOTHING_EXTENDED,
    &NOT_AN_ERASURE,
    &TOO_MANY_CASES,
    &ALREADY_REMOVED,
    &COPY_FIRST,
    &NO_MINOR,
    &RESTRICTS,
    &STILL_RESTRICTED,
    &STANDS_AGAIN,
    &ROWS_STAY,
    &HOLD_ENDED,
    &STAYS_UNTOLD,
    &ROWS_STAND,
    &NOT_ENFORCED,
    &STILL_WITHDRAWN,
    &NO_DECISION,
    &INTERIM_DECIDES,
    &ONLY_A_PART,
    &ASKED_FOR_A_PART,
    &PROTECTS_NOBODY,
    &NOT_THE_SAME,
    &NOT_THE_SAME_PERSON,
    &MERGE_BACKWARDS,
    &NO_SUCH_CASE,
    &NO_ORDER,
    &NOT_FOR_A_CASE,
];
