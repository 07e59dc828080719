//! The summary as a list of named figures, the same in every form of the log.

use super::words::{Twin, decision_title, right_title};
use crate::{
    case::{
        RefusalCode,
        log::{Field, Punctuality, Summary},
    },
    export::head::Language,
};

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The machine's name, such as `on_time.percent`
    pub key: String,
    /// English
    en: String,
    /// 简体中文
    zh: String,
    /// The value
    pub value: Field<'static>,
}

impl Figure {
    /// What a person calls it.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

fn figure(key: impl Into<String>, en: impl Into<String>, zh: impl Into<String>, value: Field<'static>) -> Figure {
    Figure { key: key.into(), en: en.into(), zh: zh.into(), value }
}

fn count(count: u64) -> Field<'static> {
    Field::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// One decimal, without going through floating point.
fn tenths(tenths: Option<i64>) -> Field<'static> {
    tenths.map_or(Field::Empty, Field::Decimal)
}

fn percent(punctuality: Punctuality) -> Field<'static> {
    tenths(punctuality.per_mille().and_then(|share| i64::try_from(share).ok()))
}

/// All figures, in the order in which they are read.
#[must_use]
pub fn figures(summary: &Summary) -> Vec<Figure> {
    let mut all = vec![
        figure("requests", "requests received", "受理请求", count(summary.requests)),
        figure("answered", "answered or refused with reasons", "已实质答复", count(summary.answered())),
        figure("open", "not answered yet", "未答复", count(summary.open)),
        figure("overdue", "running late", "逾期未完成", count(summary.overdue)),
        figure("days.median", "days to an answer: median", "答复用时中位数（日）", tenths(summary.median_tenths())),
        figure("days.mean", "days to an answer: mean", "答复用时平均值（日）", tenths(summary.mean_tenths())),
        figure(
            "days.max",
            "days to an answer: longest",
            "答复用时最大值（日）",
            summary.max_days().map_or(Field::Empty, Field::Count),
        ),
    ];
    all.extend(punctuality(summary));
    all.extend([
        figure("extended", "extended", "已延期", count(summary.extended)),
        figure(
            "verification_failures.requests",
            "requests with a failed verification",
            "核验未通过的请求",
            count(summary.failed_requests),
        ),
        figure(
            "verification_failures.attempts",
            "failed verifications",
            "核验未通过次数",
            count(summary.failed_verifications),
        ),
        figure("complaints", "complaints after the answer", "答复后投诉", count(summary.complaints)),
    ]);
    all.extend(counted(summary));
    all
}

/// Who was in time, each group by itself.
fn punctuality(summary: &Summary) -> Vec<Figure> {
    let mut all = Vec::new();
    let judged = [
        ("on_time", Twin::new("by the promised day", "按承诺日"), summary.punctuality),
        ("on_time_rolled", Twin::new("by the day after holidays", "按顺延日"), summary.punctuality_rolled),
        ("interim", Twin::new("interim replies only", "仅中期答复"), summary.interim),
    ];
    all.push(figure(
        "interim.requests",
        "stopped by an interim reply, counted apart",
        "仅以中期答复停止（单独统计）",
        count(summary.interim_requests),
    ));
    for (key, name, punctuality) in judged {
        let Twin { en, zh } = name;
        all.push(figure(
            format!("{key}.on_time"),
            format!("on time, {en}"),
            format!("按期（{zh}）"),
            count(punctuality.on_time),
        ));
        all.push(figure(
            format!("{key}.late"),
            format!("late, {en}"),
            format!("超期（{zh}）"),
            count(punctuality.late),
        ));
        all.push(figure(
            format!("{key}.percent"),
            format!("on time in %, {en}"),
            format!("按期率 %（{zh}）"),
            percent(punctuality),
        ));
    }
    all
}

/// What is counted by a word: ages, refusals, rights and decisions.
fn counted(summary: &Summary) -> Vec<Figure> {
    let mut all = Vec::new();
    all.extend(summary.ages.iter().map(|(age, requests)| {
        let title = age_title(age);
        figure(format!("ages.{age}"), format!("age: {}", title.en), format!("年龄：{}", title.zh), count(*requests))
    }));
    all.extend(summary.refusals.iter().map(|(code, requests)| {
        let en = code.parse::<RefusalCode>().map_or("", RefusalCode::title);
        let zh = code.parse::<RefusalCode>().map_or("", RefusalCode::title_zh);
        figure(
            format!("denial_reasons.{code}"),
            format!("refused: {code}, {en}"),
            format!("拒绝：{code}，{zh}"),
            count(*requests),
        )
    }));
    all.extend(summary.decided.iter().map(|((right, decision), requests)| {
        let (right_title, decided) = (right_title(*right), decision_title(decision));
        let word = if decision.is_empty() { "open" } else { decision };
        figure(
            format!("by_type.{right}.{word}"),
            format!("{}: {}", right_title.en, decided.en),
            format!("{}：{}", right_title.zh, decided.zh),
            count(*requests),
        )
    }));
    all
}

fn age_title(word: &str) -> Twin {
    match word {
        "child" => Twin::new("under 14", "不满十四周岁"),
        "youth" => Twin::new("14 to 17", "十四至十七周岁"),
        "adult" => Twin::new("adult", "成年"),
        _ => Twin::new("unknown", "不详"),
    }
}
