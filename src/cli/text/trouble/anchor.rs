//! Anchors: heads that are kept outside of the workspace.

use super::{Exit, Text, Trouble};

pub(crate) const ANCHORS_DAMAGED: Trouble = Trouble {
    code: "anchors_damaged",
    exit: Exit::Refused,
    says: Text {
        en: "line {line} of {file} is not an anchor as droit wrote it: {why}",
        zh: "{file} 第 {line} 行不是 droit 写下的锚点",
    },
    hint: Some(Text {
        en: "somebody changed the file, or it is another one: take the copy that nobody here can write; only an unfinished last line may be removed, after a power cut",
        zh: "文件已被改动，或指定了其他文件：请使用本机无人可写的副本；仅在断电后可删去未写完的末行",
    }),
};

pub(crate) const FOREIGN_ANCHOR: Trouble = Trouble {
    code: "foreign_anchor",
    exit: Exit::Refused,
    says: Text { en: "the anchors in {file} are of another workspace", zh: "{file} 中的锚点属于另一工作区" },
    hint: Some(Text {
        en: "each workspace has a file of anchors of its own", zh: "每个工作区各有自己的锚点文件"
    }),
};

pub(crate) const ANCHOR_INSIDE: Trouble = Trouble {
    code: "anchor_inside",
    exit: Exit::Refused,
    says: Text {
        en: "{file} stands beside the record: whoever restores or forges one changes the other, too",
        zh: "{file} 与记录放在一起：恢复或伪造记录的人可一并改动锚点",
    },
    hint: Some(Text {
        en: "name a file outside of the workspace and its key folder, best on another machine's disk",
        zh: "请指定工作区及密钥文件夹以外的文件，最好位于另一台机器的磁盘",
    }),
};

pub(crate) const ANCHOR_CONTRADICTED: Trouble = Trouble {
    code: "anchor_contradicted",
    exit: Exit::Refused,
    says: Text {
        en: "the anchors in {file} contradict this record ({standing}); nothing was added",
        zh: "{file} 中的锚点与本记录相矛盾（{standing}），未写入新锚点",
    },
    hint: Some(Text {
        en: "droit audit verify --against FILE says where; after `audit adopt` begin a new file and keep this one",
        zh: "droit audit verify --against 文件 可指出位置；执行 `audit adopt` 之后请另起新文件并保留此文件",
    }),
};

/// All of these.
pub(super) const ALL: &[&Trouble] = &[&ANCHORS_DAMAGED, &FOREIGN_ANCHOR, &ANCHOR_INSIDE, &ANCHOR_CONTRADICTED];
