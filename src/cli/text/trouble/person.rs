//! Who is meant.

use super::{Exit, Text, Trouble};

pub(crate) const NOT_AN_IDENTIFIER: Trouble = Trouble {
    code: "not_an_identifier",
    exit: Exit::Usage,
    says: Text {
        en: "entry {entry} of the identifiers is not of the form kind=value",
        zh: "第 {entry} 个标识不是“类别=值”的形式",
    },
    hint: Some(Text {
        en: "write one per line, such as phone=…, email=…, waybill_no=…",
        zh: "每行一个，例如 phone=…、email=…、waybill_no=…",
    }),
};

pub(crate) const UNKNOWN_KIND: Trouble = Trouble {
    code: "unknown_kind",
    exit: Exit::Usage,
    says: Text {
        en: "entry {entry} of the identifiers names a kind that droit does not know",
        zh: "第 {entry} 个标识的类别不存在",
    },
    hint: Some(Text { en: "known kinds: {known}", zh: "可用的类别：{known}" }),
};

pub(crate) const NO_IDENTIFIERS: Trouble = Trouble {
    code: "no_identifiers",
    exit: Exit::Usage,
    says: Text { en: "no identifier was given", zh: "没有给出任何标识" },
    hint: Some(Text {
        en: "use --id-file FILE, or --id-file - to read them from standard input",
        zh: "请用 --id-file 文件，或用 --id-file - 从标准输入读取",
    }),
};

pub(crate) const NOT_CAPTURED: Trouble = Trouble {
    code: "not_captured",
    exit: Exit::Refused,
    says: Text {
        en: "it is not on record whom in the database {case} is about",
        zh: "尚未记录 {case} 对应数据库中的哪个人",
    },
    hint: Some(Text {
        en: "droit case identify {case} --level … --by … --id-file FILE; if that finds nobody, nothing is held: droit case answer {case} --letter answer --decision NO_DATA",
        zh: "droit case identify {case} --level … --by … --id-file 文件；如查无此人，即未持有其数据：droit case answer {case} --letter answer --decision NO_DATA",
    }),
};

pub(crate) const AMBIGUOUS: Trouble = Trouble {
    code: "ambiguous_identity",
    exit: Exit::Refused,
    says: Text {
        en: "it is not clear who is meant: {count} points to decide",
        zh: "不能确定是哪个人：有 {count} 处需要决定",
    },
    hint: Some(Text {
        en: "look at the candidates (droit find) and add what decides: the account as account=KEY, or name=…",
        zh: "请查看候选（droit find），并补充能够确定的标识：账号 account=键值，或 name=…",
    }),
};

pub(crate) const UNKNOWN_PERSON: Trouble = Trouble {
    code: "unknown_person",
    exit: Exit::Refused,
    says: Text { en: "nobody is found under what was given", zh: "按所给标识未找到任何人" },
    hint: None,
};

pub(crate) const BAD_IDENTIFIERS: Trouble = Trouble {
    code: "bad_identifiers",
    exit: Exit::Usage,
    says: Text {
        en: "entries {entries} of the identifiers are not of their kind, or of no kind that finds a person",
        zh: "第 {entries} 个标识与其类别不符，或其类别不能用于查找个人",
    },
    hint: Some(Text {
        en: "correct the file, one KIND=VALUE a line (phone=13800138000): `droit find --id-file FILE` tells what is read of it",
        zh: "请更正文件，每行一个“类别=值”（phone=13800138000）；可用 `droit find --id-file 文件` 查看",
    }),
};

pub(crate) const IDENTITY_CHANGED: Trouble = Trouble {
    code: "identity_changed",
    exit: Exit::Refused,
    says: Text {
        en: "the identity of {case} leads to somebody else than when it was verified, or to nobody",
        zh: "{case} 的身份现在对应的人与核验时不同，或已无此人",
    },
    hint: Some(Text {
        en: "identify again: droit case identify {case}; whoever was erased for another case is answered with NO_DATA",
        zh: "请重新核验：droit case identify {case}；如已为另一案件移除，请以 NO_DATA 答复",
    }),
};

pub(crate) const SOMEBODY_ELSE: Trouble = Trouble {
    code: "somebody_else",
    exit: Exit::Refused,
    says: Text {
        en: "the identifiers that {case} came with lead to somebody else by now",
        zh: "{case} 受理时的标识现在对应另一个人",
    },
    hint: Some(Text {
        en: "verify the person again by identifiers that are theirs now (droit case identify {case} --id-file FILE), \
             or open a new case",
        zh: "请按其现在的标识重新核验（droit case identify {case} --id-file FILE），或另立新案",
    }),
};

pub(crate) const ANOTHER_PERSON: Trouble = Trouble {
    code: "another_person",
    exit: Exit::Refused,
    says: Text {
        en: "{case} is about somebody else: these identifiers lead to another person",
        zh: "{case} 涉及的是另一个人：这些标识对应其他人",
    },
    hint: Some(Text {
        en: "check the file; whoever is meant gets a case of their own (droit case open, with the day on which the request \
             arrived), and this one ends by droit case withdraw or droit case refuse",
        zh: "请核对文件；所指之人须另立案件（droit case open，并注明请求到达日期），本案用 droit case withdraw 或 droit case refuse 了结",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[
    &NOT_AN_IDENTIFIER,
    &UNKNOWN_KIND,
    &NO_IDENTIFIERS,
    &NOT_CAPTURED,
    &AMBIGUOUS,
    &UNKNOWN_PERSON,
    &BAD_IDENTIFIERS,
    &IDENTITY_CHANGED,
    &SOMEBODY_ELSE,
    &ANOTHER_PERSON,
];
