//! The log's own words, in both languages.

use crate::{
    case::{Decision, request::RequestType},
    export::head::Language,
};

/// A phrase in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    /// English
    pub en: &'static str,
    /// 简体中文
    pub zh: &'static str,
}

impl Twin {
    pub(super) const fn new(en: &'static str, zh: &'static str) -> Self {
        Self { en, zh }
    }

    /// The phrase in `language`.
    #[must_use]
    pub const fn of(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }
}

/// What a person calls a decision; the empty word is an open request.
#[must_use]
pub fn decision_title(word: &str) -> Twin {
    let known = [
        (Decision::Fulfilled, Twin::new("fulfilled", "已满足")),
        (Decision::Partial, Twin::new("partly fulfilled", "部分满足")),
        (Decision::Denied, Twin::new("refused", "拒绝")),
        (Decision::NoData, Twin::new("nothing held", "无数据")),
        (Decision::Unverified, Twin::new("identity not verified", "身份未核验")),
        (Decision::Withdrawn, Twin::new("withdrawn", "已撤回")),
        (Decision::Merged, Twin::new("merged", "已合并")),
    ];
    let found = known.into_iter().find(|(decision, _)| decision.word() == word);
    found.map_or(Twin::new("open", "未结"), |(_, title)| title)
}

/// What a person calls a right.
pub(super) fn right_title(right: RequestType) -> Twin {
    Twin::new(right.title_en(), right.title_zh())
}

pub(super) const TITLE: Twin = Twin::new("Response log", "三十天响应日志");
pub(super) const PERIOD: Twin = Twin::new("Requests received", "受理期间");
pub(super) const UNTIL: Twin = Twin::new("until", "截至");
pub(super) const PRODUCED: Twin = Twin::new("Produced", "制作时间");
pub(super) const SUMMARY: Twin = Twin::new("Summary", "汇总");
pub(super) const BY_RIGHT: Twin = Twin::new("By right and decision", "按权利类型与结果");
pub(super) const RIGHT: Twin = Twin::new("Right", "权利类型");
pub(super) const ALL: Twin = Twin::new("All", "合计");
pub(super) const WEEKS: Twin = Twin::new("Requests per week", "每周受理数量");
pub(super) const DAYS: Twin = Twin::new("Days to an answer", "答复用时（日）");
pub(super) const SHARE: Twin = Twin::new("Answered on time, by month of receipt", "按受理月份的按期率");
pub(super) const LINE: Twin = Twin::new("30 days", "30日");
pub(super) const NOTHING: Twin = Twin::new("Nothing to show in this period.", "本期间没有可显示的数据。");
pub(super) const LINES: Twin = Twin::new("Requests", "逐案记录");
pub(super) const MORE: Twin = Twin::new(
    "{more} further requests are not shown here; the CSV, the workbook and the JSON hold all {all}.",
    "此处未显示其余 {more} 件；CSV、工作簿和 JSON 含全部 {all} 件。",
);
pub(super) const NOTE: Twin = Twin::new(
    "On time is judged by the unmoved last day of the binding clock; requests that only an interim reply stopped are counted apart. Subjects bear random references; the log holds no personal data of theirs.",
    "按期与否以适用时限未顺延的最后一日判断；仅以中期答复停止计时的请求单独统计。主体以随机标识表示，日志不含其个人信息。",
);
pub(super) const RECORD: Twin = Twin::new("Record", "记录");
pub(super) const HEAD: Twin = Twin::new("Head of the record", "链尾");
pub(super) const LAST: Twin = Twin::new("Hash of the last line", "末行摘要");
pub(super) const CHAIN: Twin = Twin::new(
    "Each line carries the SHA-256 of the line before and of itself; the first follows the head of the record, which `droit audit verify --head` checks.",
    "每行带有前一行及本行的 SHA-256；首行接记录的链尾，链尾可用 `droit audit verify --head` 核对。",
);
pub(super) const YES: Twin = Twin::new("yes", "是");
pub(super) const NO: Twin = Twin::new("no", "否");
