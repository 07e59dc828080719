//! What `droit tidy` says.

use super::Text;
use crate::duties::tidy::Why;

pub(crate) const KEYS: Text =
    Text { en: "  keys of {purpose}: {n} ({because})", zh: "  {purpose}的密钥：{n}（{because}）" };
pub(crate) const TO_REPLACE: Text =
    Text { en: "  keys of {purpose} to be replaced: {n}", zh: "  待更换的{purpose}密钥：{n}" };
pub(crate) const REPLACED: Text =
    Text { en: "  keys of {purpose} replaced: {n}", zh: "  已更换的{purpose}密钥：{n}" };
pub(crate) const BODIES: Text =
    Text { en: "  entries of the record sealed once more: {n}", zh: "  重新加密的记录条目：{n}" };
pub(crate) const TAGS: Text =
    Text { en: "  identity tags computed anew: {n}", zh: "  重新计算的身份标签：{n}" };
pub(crate) const DROPPED: Text = Text {
    en: "  identity tags dropped, because the key of their entry is lost: {n}",
    zh: "  因所属条目的密钥丢失而删除的身份标签：{n}",
};
pub(crate) const LEFT: Text = Text {
    en: "  keys of changes that can be undone, which stay until they cannot: {n}",
    zh: "  可撤销更改的密钥，在撤销期满之前保留不换：{n}",
};
pub(crate) const DO: Text = Text { en: "to do it: droit tidy --confirm", zh: "执行：droit tidy --confirm" };
pub(crate) const DO_ROTATE: Text =
    Text { en: "to do it: droit tidy --rotate --confirm", zh: "执行：droit tidy --rotate --confirm" };
pub(crate) const BACK_UP: Text = Text {
    en: "back up the casebook and the key folder now, apart from each other; older backups of the casebook cannot be read with these keys",
    zh: "请立即分别备份案卷库和密钥文件夹；这些密钥无法读取案卷库的旧备份",
};
pub(crate) const UNFINISHED: Text =
    Text { en: "  keys whose destruction was interrupted: {n}", zh: "  销毁被中断的密钥：{n}" };
pub(crate) const STRAYS: Text = Text {
    en: "  keys and files that interrupted runs left: {n}",
    zh: "  被中断的运行留下的密钥和文件：{n}",
};
pub(crate) const LETTERS: Text =
    Text { en: "  letters of cases whose keys go: {n}", zh: "  密钥已销毁案件的信件：{n}" };
pub(crate) const PLANS: Text = Text { en: "  expired plans: {n}", zh: "  已过期的计划：{n}" };
pub(crate) const PACKAGE: Text = Text { en: "  package of {case}", zh: "  {case} 的副本" };
pub(crate) const SEARCHED: Text =
    Text { en: "  searched for the keys: {bytes} bytes", zh: "  已搜索密钥字节：{bytes} 字节" };
pub(crate) const STUCK: Text =
    Text { en: "  stuck [{code}]: {key} {file}", zh: "  无法处理 [{code}]：{key} {file}" };
pub(crate) const LOOK: Text = Text {
    en: "something that is due could not be done: `droit explain CODE`",
    zh: "有到期事项未能处理：`droit explain 代码`",
};

/// Where it stands.
pub(crate) fn state(word: &str) -> Text {
    match word {
        "due" => Text { en: "due:", zh: "到期：" },
        "tidied" => Text { en: "destroyed and removed:", zh: "已销毁和移除：" },
        "stuck" => Text { en: "due, and nothing of it could be done:", zh: "有到期事项，但均未能处理：" },
        _ => Text { en: "nothing is due", zh: "没有到期事项" },
    }
}

/// What a key seals.
pub(crate) fn purpose(word: &str) -> Text {
    match word {
        "case" => Text { en: "cases", zh: "案件" },
        "corrected" => Text { en: "corrected values", zh: "更正后的值" },
        "intent" => Text { en: "changes", zh: "更改" },
        "run" => Text { en: "purges", zh: "清理" },
        "undo" => Text { en: "changes that could be undone", zh: "可撤销的更改" },
        "hold" => Text { en: "legal holds", zh: "保全" },
        "tags" => Text { en: "identity tags", zh: "身份标签" },
        _ => Text { en: "the workspace", zh: "工作区" },
    }
}

/// Why a key is due.
pub(crate) fn because(why: Why) -> Text {
    match why {
        Why::Proven => Text { en: "proven gone", zh: "已证明清除" },
        Why::NotProvable => Text { en: "not provable for 30 days", zh: "30 天内未能证明" },
        Why::Abandoned => Text { en: "never carried out", zh: "未曾执行" },
        Why::NothingToProve => Text { en: "nothing to prove", zh: "无需证明" },
        Why::RunEnded => Text { en: "the purge has ended", zh: "清理已结束" },
        Why::CaseEnded => Text { en: "the case ended long enough ago", zh: "案件结束已满期限" },
        Why::BackupsExpired => Text { en: "no older backup is left", zh: "已无更早的备份" },
        Why::UndoEnded => Text { en: "can be undone no longer", zh: "撤销期限已满" },
        Why::RegisterEnded => Text { en: "kept as long as registers are", zh: "登记保存期已满" },
    }
}
