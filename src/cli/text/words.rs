//! The closed lists of the law in a person's language. Files, arguments and JSON keep the machine's words.

use super::Text;
use crate::case::{
    Decision, Proof, Status,
    age::Band,
    deadline::ClockRule,
    reminder::State,
    request::{Channel, Regime, RequestType, RequesterType},
};
use crate::cli::language::Language;

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// Where a case stands.
pub(crate) fn status(status: Status) -> Text {
    match status {
        Status::Received => text("received", "已受理"),
        Status::Acked => text("acknowledged", "已确认"),
        Status::NeedId => text("identity asked for", "待核验"),
        Status::Verified => text("identity verified", "已核验"),
        Status::Assessed => text("planned", "已评估"),
        Status::Approved => text("approved", "已批准"),
        Status::Executing => text("being carried out", "执行中"),
        Status::Postcheck => text("carried out, to be answered", "待复核"),
        Status::Replied => text("answered", "已答复"),
        Status::Closed => text("closed", "已结案"),
        Status::Denied => text("refused, to be told", "已拒绝"),
        Status::Withdrawn => text("withdrawn", "已撤回"),
        Status::Merged => text("merged", "已合并"),
        Status::RestrictedWait => text("restricted, waiting", "限制处理并等待"),
        Status::Reopened => text("reopened", "已重开"),
    }
}

/// What is asked.
pub(crate) fn request(request: RequestType) -> Text {
    text(request.title_en(), request.title_zh())
}

/// What is asked, from the machine's word for it; a word that is not one stays as it is.
pub(crate) fn asked(word: &'static str, language: Language) -> &'static str {
    word.parse().map_or(word, |right| request(right).of(language))
}

/// Who asks.
pub(crate) fn requester(requester: RequesterType) -> Text {
    match requester {
        RequesterType::Subject => text("the person", "本人"),
        RequesterType::Guardian => text("guardian", "监护人"),
        RequesterType::Relative => text("close relative", "近亲属"),
        RequesterType::Agent => text("agent", "代理人"),
        RequesterType::Recipient => text("recipient without an account", "非注册收件人"),
        RequesterType::Authority => text("authority", "主管部门"),
        RequesterType::ForeignAuthority => text("foreign authority", "境外机关"),
    }
}

/// The way it came or went.
pub(crate) fn channel(channel: Channel) -> Text {
    match channel {
        Channel::Email => text("mail", "邮件"),
        Channel::App => text("app", "应用内"),
        Channel::OfficialAccount => text("official account", "公众号"),
        Channel::Web => text("web site", "网站"),
        Channel::Phone => text("telephone", "电话"),
        Channel::Letter => text("letter", "信函"),
        Channel::InPerson => text("in person", "当面"),
    }
}

/// The law it is answered under.
pub(crate) fn regime(regime: Regime) -> Text {
    match regime {
        Regime::Cn => text("China (PIPL)", "中国（个人信息保护法）"),
        Regime::Eu => text("European Union (GDPR)", "欧盟（GDPR）"),
        Regime::Uk => text("United Kingdom (UK GDPR)", "英国（UK GDPR）"),
        Regime::UsCa => text("California (CCPA)", "美国加州（CCPA）"),
    }
}

/// How old somebody is in the law's eyes.
pub(crate) fn age(age: Band) -> Text {
    match age {
        Band::Child => text("a child", "儿童"),
        Band::Youth => text("a youth", "青少年"),
        Band::Adult => text("grown up", "成年"),
        Band::Unknown => text("not known", "未知"),
    }
}

/// How it was decided.
pub(crate) fn decision(decision: Decision) -> Text {
    match decision {
        Decision::Fulfilled => text("fulfilled", "已满足"),
        Decision::Partial => text("partly fulfilled", "部分满足"),
        Decision::Denied => text("refused", "拒绝"),
        Decision::NoData => text("nothing held", "无数据"),
        Decision::Unverified => text("identity not verified", "身份未核验"),
        Decision::Withdrawn => text("withdrawn", "撤回"),
        Decision::Merged => text("merged", "合并"),
    }
}

/// What is known about the bytes.
pub(crate) fn proof(proof: Proof) -> Text {
    match proof {
        Proof::NotNeeded => text("", ""),
        Proof::Pending => text("removed, not yet proven", "已移除，尚未证明"),
        Proof::Proven => text("proven", "已证明"),
        Proof::NotProvable => text("not provable", "无法证明"),
    }
}

/// Where a clock comes from.
pub(crate) fn clock(rule: ClockRule) -> Text {
    match rule {
        ClockRule::K30 => text("policy: 30 days from receipt", "政策：受理起三十日"),
        ClockRule::Kgb => text("GB/T 35273: 30 days from verification", "GB/T 35273：核验起三十日"),
        ClockRule::K15w => text("15 working days, until really done", "十五个工作日内实际完成"),
        ClockRule::K15d => text("MIIT Order 24: complaint, 15 days", "工信部令24号：投诉十五日"),
        ClockRule::K7 => text("express service complaint, 7 days", "快递服务投诉七日"),
        ClockRule::K7s => text("sender of a parcel, 7 days", "来源不明快件七日"),
        ClockRule::Km72 => text("minor without consent, 72 hours", "未成年人无同意，七十二小时"),
        ClockRule::K0 => text("takes effect on the day of receipt", "受理当日生效"),
        ClockRule::Kg => text("GDPR: one month", "GDPR：一个月"),
        ClockRule::KcAck => text("CCPA: acknowledgement, 10 business days", "CCPA：十个工作日内确认"),
        ClockRule::KcAnswer => text("CCPA: answer, 45 days", "CCPA：四十五日内答复"),
        ClockRule::KcOptOut => text("CCPA: opt-out, 15 business days", "CCPA：十五个工作日内停止"),
    }
}

/// How a clock stands.
pub(crate) fn clock_state(state: State) -> Text {
    match state {
        State::Paused => text("paused", "暂停"),
        State::Running => text("running", "进行中"),
        State::DueSoon => text("due soon", "即将到期"),
        State::Overdue => text("OVERDUE", "逾期"),
        State::StoppedOnTime => text("met", "按期"),
        State::StoppedLate => text("missed", "已超期"),
        State::StoppedInterim => text("interim reply", "中期答复"),
    }
}
