//! Keys, signatures, and who may sign.

use super::{Exit, Text, Trouble};

pub(crate) const NOT_A_KEY: Trouble = Trouble {
    code: "not_a_key",
    exit: Exit::Usage,
    says: Text { en: "{file} is no OpenSSH key", zh: "{file} 不是 OpenSSH 密钥" },
    hint: Some(Text {
        en: "name a private key, or the public key of one that an agent or a security key holds; `ssh-keygen -p -f FILE` brings older formats up to date",
        zh: "请指定私钥，或由代理或安全密钥保管的密钥的公钥；`ssh-keygen -p -f 文件` 可转换旧格式",
    }),
};

pub(crate) const SIGNING_KEY_EXPOSED: Trouble = Trouble {
    code: "signing_key_exposed",
    exit: Exit::Refused,
    says: Text { en: "the private key {file} can be read by others", zh: "私钥 {file} 可被他人读取" },
    hint: Some(Text {
        en: "chmod 600 FILE; if others may have read it, make another key and end this one with valid-before",
        zh: "请执行 chmod 600 文件；若可能已被他人读取，请另制密钥并用 valid-before 终止此密钥",
    }),
};

pub(crate) const KEY_KIND: Trouble = Trouble {
    code: "key_kind",
    exit: Exit::Refused,
    says: Text { en: "keys of the kind {kind} are not supported", zh: "不支持 {kind} 类密钥" },
    hint: Some(Text {
        en: "use ed25519, ecdsa, or a security key (ed25519-sk, ecdsa-sk): ssh-keygen -t ed25519",
        zh: "请使用 ed25519、ecdsa 或安全密钥（ed25519-sk、ecdsa-sk）：ssh-keygen -t ed25519",
    }),
};

pub(crate) const WRONG_PASSPHRASE: Trouble = Trouble {
    code: "wrong_passphrase",
    exit: Exit::Refused,
    says: Text { en: "the passphrase does not open the key", zh: "口令无法打开密钥" },
    hint: Some(Text { en: "type it again; nothing was signed", zh: "请重新输入；未作任何签名" }),
};

pub(crate) const PASSPHRASE_NEEDS_TERMINAL: Trouble = Trouble {
    code: "passphrase_needs_terminal",
    exit: Exit::Refused,
    says: Text {
        en: "the key has a passphrase, which is asked for at a terminal only",
        zh: "密钥设有口令，只在终端询问",
    },
    hint: Some(Text {
        en: "unattended, let an agent hold the key (ssh-add) and name its public key: --key FILE.pub",
        zh: "无人值守时请由代理保管密钥（ssh-add），并指定其公钥：--key 文件.pub",
    }),
};

pub(crate) const NO_SSH_KEYGEN: Trouble = Trouble {
    code: "no_ssh_keygen",
    exit: Exit::Failed,
    says: Text { en: "ssh-keygen cannot be started: {why}", zh: "无法启动 ssh-keygen" },
    hint: Some(Text {
        en: "it comes with OpenSSH (openssh-client), and signs with every key but an Ed25519 key in a file",
        zh: "它随 OpenSSH（openssh-client）提供；除文件中的 Ed25519 密钥外，均由它签名",
    }),
};

pub(crate) const SSH_KEYGEN_FAILED: Trouble = Trouble {
    code: "ssh_keygen_failed",
    exit: Exit::Failed,
    says: Text { en: "ssh-keygen did not sign: {why}", zh: "ssh-keygen 未签名" },
    hint: Some(Text {
        en: "is the key in the agent (ssh-add -l), the token plugged in, the PIN right?",
        zh: "请确认密钥已在代理中（ssh-add -l）、令牌已插入、PIN 正确",
    }),
};

pub(crate) const SIGNERS_DAMAGED: Trouble = Trouble {
    code: "signers_damaged",
    exit: Exit::Usage,
    says: Text { en: "line {line} of {file} is not understood: {why}", zh: "无法理解 {file} 第 {line} 行" },
    hint: Some(Text {
        en: "each line: NAME[,NAME] [OPTIONS] KEY as ssh-keygen(1) has it under ALLOWED SIGNERS; patterns and certificate authorities are not taken",
        zh: "每行：名称[,名称] [选项] 公钥，格式见 ssh-keygen(1) 的 ALLOWED SIGNERS；不接受通配符和证书颁发者",
    }),
};

pub(crate) const NO_SIGNERS: Trouble = Trouble {
    code: "no_signers",
    exit: Exit::Refused,
    says: Text {
        en: "it is not known who may sign: there is no file of allowed signers",
        zh: "不知道谁可以签名：没有 allowed_signers 文件",
    },
    hint: Some(Text {
        en: "an administrator writes the file and droit.toml names it: allowed_signers = \"/etc/droit/allowed_signers\"",
        zh: "由管理员编写该文件，并在 droit.toml 中指定：allowed_signers = \"/etc/droit/allowed_signers\"",
    }),
};

pub(crate) const NOT_A_SIGNATURE: Trouble = Trouble {
    code: "not_a_signature",
    exit: Exit::Refused,
    says: Text { en: "this is no SSH signature", zh: "这不是 SSH 签名" },
    hint: Some(Text {
        en: "ssh-keygen -Y sign -n NAMESPACE -f KEY FILE makes one, FILE.sig",
        zh: "ssh-keygen -Y sign -n 命名空间 -f 密钥 文件 可生成签名 文件.sig",
    }),
};

pub(crate) const SIGNATURE_WRONG: Trouble = Trouble {
    code: "signature_wrong",
    exit: Exit::Refused,
    says: Text { en: "the signature is wrong: {why}", zh: "签名不正确" },
    hint: Some(Text {
        en: "somebody changed what was signed, or signed something else; nothing rests on it",
        zh: "所签内容已被改动，或签的是其他内容；该签名不起作用",
    }),
};

pub(crate) const SIGNER_UNKNOWN: Trouble = Trouble {
    code: "signer_unknown",
    exit: Exit::Refused,
    says: Text { en: "the key {key} is not among the allowed signers", zh: "密钥 {key} 不在允许签名者之列" },
    hint: Some(Text {
        en: "an administrator adds NAME and public key to the file of allowed signers",
        zh: "由管理员把名称和公钥加入 allowed_signers 文件",
    }),
};

pub(crate) const SIGNER_NOT_IN_FORCE: Trouble = Trouble {
    code: "signer_not_in_force",
    exit: Exit::Refused,
    says: Text {
        en: "the key {key} is not allowed for this purpose at that time",
        zh: "密钥 {key} 在该时间不得用于此目的",
    },
    hint: Some(Text {
        en: "look at namespaces, valid-after and valid-before of its line in the file of allowed signers",
        zh: "请查看 allowed_signers 文件中该行的 namespaces、valid-after 和 valid-before",
    }),
};

pub(crate) const SIGNERS_WRITABLE: Trouble = Trouble {
    code: "signers_writable",
    exit: Exit::Refused,
    says: Text {
        en: "whoever works here can write {file}, or replace it: the second person would be whoever they like",
        zh: "在此操作的人可以写入或替换 {file}：第二人便可任意指定",
    },
    hint: Some(Text {
        en: "the file and the folders above it belong to an administrator (root) and nobody else can write there; work under an officer's own account, not as root",
        zh: "该文件及其上级目录应归管理员（root）所有且他人不可写；请以专员自己的账号操作，不要用 root",
    }),
};

pub(crate) const NEEDS_PLAN: Trouble = Trouble {
    code: "needs_plan",
    exit: Exit::Refused,
    says: Text {
        en: "here a second person has to agree before anything is changed",
        zh: "此处须由第二人同意后才能更改",
    },
    hint: Some(Text {
        en: "write the plan with --plan FILE; then droit approve FILE by both, and droit apply FILE",
        zh: "请用 --plan 文件 写出计划；两人分别执行 droit approve 文件，然后 droit apply 文件",
    }),
};

pub(crate) const PURGE_NOT_APPROVABLE: Trouble = Trouble {
    code: "purge_not_approvable",
    exit: Exit::Refused,
    says: Text {
        en: "a purge plans anew with every step, so nobody can agree to it beforehand; nothing was removed",
        zh: "清理逐步重新计划，无法事先逐一批准；未移除任何内容",
    },
    hint: Some(Text {
        en: "approval = \"second_officer_for_cases\" lets rules of the map run by themselves and asks a second person for every plan of a case",
        zh: "approval = \"second_officer_for_cases\" 让数据地图的规则自行运行，案件的每份计划仍须第二人同意",
    }),
};

pub(crate) const PLAN_UNKNOWN: Trouble = Trouble {
    code: "plan_unknown",
    exit: Exit::Refused,
    says: Text {
        en: "this plan is not the last one on record for {case}", zh: "该计划不是 {case} 记录在案的最后一份"
    },
    hint: Some(Text {
        en: "somebody planned again, or the file was made elsewhere: plan, sign and approve anew",
        zh: "已重新计划，或文件来自他处：请重新计划、签名和批准",
    }),
};

pub(crate) const ALREADY_AGREED: Trouble = Trouble {
    code: "already_agreed",
    exit: Exit::Refused,
    says: Text { en: "{name} has agreed to this plan already", zh: "{name} 已同意该计划" },
    hint: Some(Text {
        en: "droit apply FILE carries it out once both have agreed",
        zh: "两人均同意后，droit apply 文件 即可执行",
    }),
};

pub(crate) const STATEMENT_WRONG: Trouble = Trouble {
    code: "statement_wrong",
    exit: Exit::Refused,
    says: Text {
        en: "{file} is not the statement of this plan for anybody who may sign now",
        zh: "{file} 不是该计划当前可供签署的声明",
    },
    hint: Some(Text {
        en: "write it anew: droit approve PLAN --name NAME --statement FILE",
        zh: "请重新写出：droit approve 计划 --name 名称 --statement 文件",
    }),
};

pub(crate) const NO_SIGNING_KEY: Trouble = Trouble {
    code: "no_signing_key",
    exit: Exit::Usage,
    says: Text { en: "it is not said with which key", zh: "未说明使用哪个密钥" },
    hint: Some(Text {
        en: "--key FILE; or for a key on another machine --name NAME --statement FILE, and then --statement FILE --signature FILE.sig",
        zh: "--key 文件；密钥在另一台机器时用 --name 名称 --statement 文件，之后用 --statement 文件 --signature 文件.sig",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[
    &NO_SIGNERS,
    &SIGNERS_WRITABLE,
    &NEEDS_PLAN,
    &PURGE_NOT_APPROVABLE,
    &PLAN_UNKNOWN,
    &ALREADY_AGREED,
    &STATEMENT_WRONG,
    &NO_SIGNING_KEY,
    &PASSPHRASE_NEEDS_TERMINAL,
    &NOT_A_KEY,
    &SIGNING_KEY_EXPOSED,
    &KEY_KIND,
    &WRONG_PASSPHRASE,
    &NO_SSH_KEYGEN,
    &SSH_KEYGEN_FAILED,
    &SIGNERS_DAMAGED,
    &NOT_A_SIGNATURE,
    &SIGNATURE_WRONG,
    &SIGNER_UNKNOWN,
    &SIGNER_NOT_IN_FORCE,
];
