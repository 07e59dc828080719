//! What may be asked, by whom, over which channel and under which law (LAW §2.4).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A word of a request that is not one of ours. The word itself is not repeated: it may be somebody's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}; known are: {known}")]
pub struct UnknownWord {
    /// What was looked for, such as "request type"
    pub what: &'static str,
    /// All words that would have been understood
    pub known: &'static str,
}

/// Why a request cannot be what was said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Only guardians and relatives ask for somebody else
    #[error("a request of type {0} is not made for somebody else, so it has no inner action")]
    NotOnBehalf(RequestType),
    /// The law gives this requester no such right
    #[error("a request of type {outer} cannot ask for {inner}")]
    NotTheirs {
        /// The request
        outer: RequestType,
        /// What it asks for on behalf of the subject
        inner: RequestType,
    },
    /// Only complaints are about something
    #[error("a request of type {0} is not a complaint")]
    NotAComplaint(RequestType),
    /// Only accounts are cancelled without anybody's hand
    #[error("only the cancellation of an account can be automatic, not {0}")]
    NotAutomatic(RequestType),
}

/// The right that a request invokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestType {
    /// 查阅: to see what is held
    Access,
    /// 复制: to get a copy of what is held
    Copy,
    /// 转移: to get, or have sent on, what the person provided
    Transfer,
    /// 更正补充: to have it put right or completed
    Correct,
    /// 删除: to have it removed
    Delete,
    /// 注销: to have the account closed
    CancelAccount,
    /// 限制处理: to have it kept but not used
    Restrict,
    /// 撤回同意: to take consent back
    WithdrawConsent,
    /// 退订: to refuse marketing or personalisation
    OptOut,
    /// 解释说明: to be told the rules and the decisions
    Explain,
    /// 死者近亲属: a close relative asks about a deceased person
    Deceased,
    /// 监护人: a guardian asks about a minor
    Guardian,
    /// 来源不明快件: the recipient of a parcel asks who sent it
    SenderDisclosure,
    /// 投诉: a complaint
    Complaint,
}

/// What has to be done by when: the class of clock a right sets going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duty {
    /// To answer
    Answer,
    /// To change what is stored, and to answer
    Change,
    /// To take effect on the day of receipt
    AtOnce,
    /// To name the sender of a parcel
    NameSender,
    /// To settle a complaint
    Settle,
}

/// One line of the matrix of LAW §2.4.
struct Line {
    right: RequestType,
    word: &'static str,
    zh: &'static str,
    en: &'static str,
    basis: &'static str,
    level: Level,
    /// `None`: made on behalf of somebody, so it is the inner action's
    duty: Option<Duty>,
}

#[rustfmt::skip] // a table reads as a table
const MATRIX: [Line; 14] = {
    use Duty::{Answer, AtOnce, Change, NameSender, Settle};
    use Level::{L1, L2, L3};
    use RequestType as R;
    [
        Line { right: R::Access, word: "access", zh: "查阅", en: "access", basis: "PIPL 45, CC 1037", level: L2, duty: Some(Answer) },
        Line { right: R::Copy, word: "copy", zh: "复制", en: "copy", basis: "PIPL 45, CC 1037", level: L2, duty: Some(Answer) },
        Line { right: R::Transfer, word: "transfer", zh: "转移", en: "transfer", basis: "PIPL 45(3), NDR 25", level: L2, duty: Some(Answer) },
        Line { right: R::Correct, word: "correct", zh: "更正补充", en: "correction or completion", basis: "PIPL 46, ECL 24", level: L2, duty: Some(Change) },
        Line { right: R::Delete, word: "delete", zh: "删除", en: "deletion", basis: "PIPL 47, ECL 24", level: L2, duty: Some(Change) },
        Line { right: R::CancelAccount, word: "cancel_account", zh: "注销账号", en: "cancellation of the account", basis: "ECL 24, NDR 24", level: L2, duty: Some(Change) },
        Line { right: R::Restrict, word: "restrict", zh: "限制处理", en: "restriction of processing", basis: "PIPL 44, NDR 23", level: L2, duty: Some(Change) },
        Line { right: R::WithdrawConsent, word: "withdraw_consent", zh: "撤回同意", en: "withdrawal of consent", basis: "PIPL 15", level: L1, duty: Some(AtOnce) },
        Line { right: R::OptOut, word: "opt_out", zh: "退订或关闭个性化", en: "opt-out of marketing or personalisation", basis: "PIPL 24, CPL 29, NDR 42", level: L1, duty: Some(AtOnce) },
        Line { right: R::Explain, word: "explain", zh: "解释说明", en: "explanation", basis: "PIPL 48, 24", level: L1, duty: Some(Answer) },
        Line { right: R::Deceased, word: "deceased", zh: "死者近亲属请求", en: "request of a deceased person's close relative", basis: "PIPL 49", level: L3, duty: None },
        Line { right: R::Guardian, word: "guardian", zh: "监护人请求", en: "request of a minor's guardian", basis: "MNR 34, MPL 72", level: L2, duty: None },
        Line { right: R::SenderDisclosure, word: "sender_disclosure", zh: "来源不明快件寄件人信息", en: "sender of a parcel of unknown origin", basis: "EMM 27(3)", level: L2, duty: Some(NameSender) },
        Line { right: R::Complaint, word: "complaint", zh: "投诉", en: "complaint", basis: "CSL, MIIT Order 24, EXP 28", level: L1, duty: Some(Settle) },
    ]
};

impl RequestType {
    /// All of them, in the order of LAW §2.4.
    pub const ALL: [Self; MATRIX.len()] = {
        let mut all = [Self::Access; MATRIX.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = MATRIX[at].right;
            at += 1;
        }
        all
    };

    fn line(self) -> &'static Line {
        &MATRIX[self as usize]
    }

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.line().word
    }

    /// The title for Chinese readers.
    #[must_use]
    pub fn title_zh(self) -> &'static str {
        self.line().zh
    }

    /// The title for English readers.
    #[must_use]
    pub fn title_en(self) -> &'static str {
        self.line().en
    }

    /// The articles the right rests on in China, in the short names of LAW.
    #[must_use]
    pub fn basis(self) -> &'static str {
        self.line().basis
    }

    /// The level of identification the right needs at least.
    #[must_use]
    pub fn level(self) -> Level {
        self.line().level
    }

    /// What has to be done by when; `None` for a guardian's or relative's request, whose inner action decides.
    #[must_use]
    pub fn duty(self) -> Option<Duty> {
        self.line().duty
    }

    /// Whether it is made for somebody else, and so has an inner action.
    #[must_use]
    pub fn is_on_behalf(self) -> bool {
        self.line().duty.is_none()
    }

    /// Whether this requester may ask for `inner` on behalf of the subject. PIPL 49 gives relatives four rights; a
    /// guardian has all of the minor's.
    fn allows(self, inner: Self) -> bool {
        match self {
            Self::Deceased => matches!(inner, Self::Access | Self::Copy | Self::Correct | Self::Delete),
            _ => !inner.is_on_behalf(),
        }
    }
}

impl fmt::Display for RequestType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for RequestType {
    type Err = UnknownWord;

    /// Reads a word; hyphens are as good as underscores.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let word = text.replace('-', "_");
        MATRIX.iter().find(|line| line.word == word).map(|line| line.right).ok_or(UnknownWord {
            what: "request type",
            known: "access, copy, transfer, correct, delete, cancel_account, restrict, withdraw_consent, opt_out, \
                    explain, deceased, guardian, sender_disclosure, complaint",
        })
    }
}

/// A request as far as clocks and levels of identification depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Spoken", into = "Spoken")]
pub struct Request {
    right: RequestType,
    inner: Option<RequestType>,
    about: Option<ComplaintAbout>,
    automatic: bool,
}

impl Request {
    /// Makes a request of which only the type is known. What is not known yet never makes a clock later.
    #[must_use]
    pub fn new(request_type: RequestType) -> Self {
        Self { right: request_type, inner: None, about: None, automatic: false }
    }

    /// States what a guardian or relative asks for on behalf of the subject.
    pub fn asking(self, inner: RequestType) -> Result<Self, RequestError> {
        let outer = self.right;
        if !outer.is_on_behalf() {
            return Err(RequestError::NotOnBehalf(outer));
        }
        if !outer.allows(inner) {
            return Err(RequestError::NotTheirs { outer, inner });
        }
        Ok(Self { inner: Some(inner), ..self })
    }

    /// States what a complaint is about.
    pub fn about(self, about: ComplaintAbout) -> Result<Self, RequestError> {
        if self.right != RequestType::Complaint && self.inner != Some(RequestType::Complaint) {
            return Err(RequestError::NotAComplaint(self.right));
        }
        Ok(Self { about: Some(about), ..self })
    }

    /// States that the account can be cancelled without anybody's hand, so that it is cancelled at once (ECL 24).
    pub fn automatic(self) -> Result<Self, RequestError> {
        if self.right != RequestType::CancelAccount && self.inner != Some(RequestType::CancelAccount) {
            return Err(RequestError::NotAutomatic(self.right));
        }
        Ok(Self { automatic: true, ..self })
    }

    /// The right invoked.
    #[must_use]
    pub fn request_type(self) -> RequestType {
        self.right
    }

    /// What is to be done in the end: the type, or what is asked on behalf of the subject. `None` while that is unknown.
    #[must_use]
    pub fn action(self) -> Option<RequestType> {
        if self.right.is_on_behalf() { self.inner } else { Some(self.right) }
    }

    /// What the complaint is about, if that is known.
    #[must_use]
    pub fn complaint_about(self) -> Option<ComplaintAbout> {
        self.about
    }

    /// The level of identification needed: the stricter of the type's and the inner action's.
    #[must_use]
    pub fn level(self) -> Level {
        self.inner.map_or(self.right.level(), |inner| inner.level().max(self.right.level()))
    }

    /// The duties it may carry: one, or all that could be meant while the action is unknown.
    #[must_use]
    pub fn duties(self) -> Vec<Duty> {
        match self.action().and_then(RequestType::duty) {
            Some(_) if self.automatic => vec![Duty::AtOnce],
            Some(duty) => vec![duty],
            None => vec![Duty::Answer, Duty::Change],
        }
    }
}

/// A request as files spell it, not yet checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken {
    #[serde(rename = "type")]
    right: RequestType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inner: Option<RequestType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<ComplaintAbout>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    automatic: bool,
}

impl From<Request> for Spoken {
    fn from(request: Request) -> Self {
        let Request { right, inner, about, automatic } = request;
        Self { right, inner, about, automatic }
    }
}

impl TryFrom<Spoken> for Request {
    type Error = RequestError;

    fn try_from(spoken: Spoken) -> Result<Self, RequestError> {
        let mut request = Self::new(spoken.right);
        if let Some(inner) = spoken.inner {
            request = request.asking(inner)?;
        }
        if let Some(about) = spoken.about {
            request = request.about(about)?;
        }
        if spoken.automatic { request.automatic() } else { Ok(request) }
    }
}

/// How far a requester must prove to be the subject, or to act for them (LAW §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// A logged-in session, or a mailbox or phone already bound
    #[serde(rename = "L1")]
    L1,
    /// L1, a one-time password to the bound phone and one thing only the subject knows
    #[serde(rename = "L2")]
    L2,
    /// L2 and a match of the real name, or notarised papers; approved by a human
    #[serde(rename = "L3")]
    L3,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word().eq_ignore_ascii_case(text));
        found.ok_or(UnknownWord { what: "level of identification", known: "L1, L2, L3" })
    }
}

/// The law a request is answered under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Regime {
    /// China: PIPL and what hangs on it
    #[serde(rename = "CN")]
    Cn,
    /// The European Union: GDPR
    #[serde(rename = "EU")]
    Eu,
    /// The United Kingdom: UK GDPR
    #[serde(rename = "UK")]
    Uk,
    /// California: CCPA as amended by the CPRA
    #[serde(rename = "CA")]
    UsCa,
}

impl Regime {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cn, Self::Eu, Self::Uk, Self::UsCa];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cn => "CN",
            Self::Eu => "EU",
            Self::Uk => "UK",
            Self::UsCa => "CA",
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Regime {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word().eq_ignore_ascii_case(text));
        found.ok_or(UnknownWord { what: "regime", known: "CN, EU, UK, CA" })
    }
}

/// Who asks (LAW §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RequesterType {
    /// 本人: the subject
    #[serde(rename = "subject")]
    Subject,
    /// 监护人: the guardian of a minor or a ward
    #[serde(rename = "guardian")]
    Guardian,
    /// 近亲属: a close relative of a deceased subject
    #[serde(rename = "relative")]
    Relative,
    /// 代理人: somebody the subject empowered
    #[serde(rename = "agent")]
    Agent,
    /// 非注册收件人: a recipient without an account
    #[serde(rename = "recipient")]
    Recipient,
    /// 主管部门: a competent domestic authority
    #[serde(rename = "authority")]
    Authority,
    /// 外国司法或执法机构: always refused and escalated (PIPL 41)
    #[serde(rename = "foreign_authority")]
    ForeignAuthority,
}

impl RequesterType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Subject,
        Self::Guardian,
        Self::Relative,
        Self::Agent,
        Self::Recipient,
        Self::Authority,
        Self::ForeignAuthority,
    ];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Guardian => "guardian",
            Self::Relative => "relative",
            Self::Agent => "agent",
            Self::Recipient => "recipient",
            Self::Authority => "authority",
            Self::ForeignAuthority => "foreign_authority",
        }
    }
}

impl fmt::Display for RequesterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for RequesterType {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word() == text);
        found.ok_or(UnknownWord {
            what: "requester type",
            known: "subject, guardian, relative, agent, recipient, authority, foreign_authority",
        })
    }
}

/// How a request arrived: any published way counts as receipt (LAW P49, D2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// To the published mailbox
    #[serde(rename = "email")]
    Email,
    /// In the app
    #[serde(rename = "app")]
    App,
    /// 公众号: over the official account
    #[serde(rename = "official_account")]
    OfficialAccount,
    /// On the website
    #[serde(rename = "web")]
    Web,
    /// By telephone
    #[serde(rename = "phone")]
    Phone,
    /// By post
    #[serde(rename = "letter")]
    Letter,
    /// At a counter
    #[serde(rename = "in_person")]
    InPerson,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Email, Self::App, Self::OfficialAccount, Self::Web, Self::Phone, Self::Letter, Self::InPerson];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::App => "app",
            Self::OfficialAccount => "official_account",
            Self::Web => "web",
            Self::Phone => "phone",
            Self::Letter => "letter",
            Self::InPerson => "in_person",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Channel {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word() == text);
        found.ok_or(UnknownWord {
            what: "channel",
            known: "email, app, official_account, web, phone, letter, in_person",
        })
    }
}

/// What a complaint is about, where its clock depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ComplaintAbout {
    /// How personal information is handled: 15 days and 15 working days
    #[serde(rename = "personal_information")]
    PersonalInformation,
    /// The quality of the carriage: 7 days (EXP 28)
    #[serde(rename = "express_service")]
    ExpressService,
}

impl ComplaintAbout {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PersonalInformation, Self::ExpressService];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonalInformation => "personal_information",
            Self::ExpressService => "express_service",
        }
    }
}

impl fmt::Display for ComplaintAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for ComplaintAbout {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|word| word.word() == text);
        found.ok_or(UnknownWord { what: "subject of complaints", known: "personal_information, express_service" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_stands_in_the_order_of_the_types() {
        let offered = "".parse::<RequestType>().unwrap_err().known;
        for (at, request_type) in RequestType::ALL.into_iter().enumerate() {
            assert_eq!(request_type as usize, at);
            assert_eq!(request_type.word().parse(), Ok(request_type));
            assert_eq!(serde_json::to_value(request_type).unwrap(), request_type.word());
            assert!(offered.contains(request_type.word()), "{request_type} is not offered");
        }
    }

    #[test]
    fn every_word_reads_back_and_is_the_one_in_json() {
        fn check<T: FromStr + Serialize + Copy + PartialEq + fmt::Debug + fmt::Display>(all: &[T]) {
            for word in all {
                assert_eq!(word.to_string().parse().ok(), Some(*word));
                assert_eq!(serde_json::to_value(word).unwrap(), word.to_string());
            }
        }
        check(&Level::ALL);
        check(&Regime::ALL);
        check(&RequesterType::ALL);
        check(&Channel::ALL);
        check(&ComplaintAbout::ALL);
    }

    #[test]
    fn levels_are_those_of_the_law() {
        let levels: Vec<String> = RequestType::ALL.iter().map(|t| format!("{t} {}", t.level())).collect();
        assert_eq!(
            levels.join(", "),
            "access L2, copy L2, transfer L2, correct L2, delete L2, cancel_account L2, restrict L2, \
             withdraw_consent L1, opt_out L1, explain L1, deceased L3, guardian L2, sender_disclosure L2, complaint L1"
        );
        assert!(Level::L1 < Level::L2 && Level::L2 < Level::L3);
    }

    #[test]
    fn regimes_have_the_words_of_the_log() {
        assert_eq!(Regime::ALL.map(Regime::word), ["CN", "EU", "UK", "CA"]);
        assert_eq!("ca".parse(), Ok(Regime::UsCa));
        assert!("US".parse::<Regime>().is_err());
    }

    #[test]
    fn an_unknown_word_is_refused_and_not_repeated() {
        let error = "zhangsan@example.com".parse::<RequestType>().unwrap_err();
        assert!(!error.to_string().contains("zhangsan"), "{error}");
        assert!(error.to_string().contains("cancel_account"), "{error}");
        assert_eq!("sender-disclosure".parse(), Ok(RequestType::SenderDisclosure));
    }

    #[test]
    fn what_a_guardian_asks_decides_duty_and_level() {
        let guardian = Request::new(RequestType::Guardian);
        assert_eq!(guardian.duties(), [Duty::Answer, Duty::Change]);
        assert_eq!(guardian.asking(RequestType::Access).unwrap().duties(), [Duty::Answer]);
        assert_eq!(guardian.asking(RequestType::Delete).unwrap().duties(), [Duty::Change]);
        assert_eq!(guardian.asking(RequestType::OptOut).unwrap().level(), Level::L2);
        assert_eq!(Request::new(RequestType::Deceased).asking(RequestType::Delete).unwrap().level(), Level::L3);
    }

    #[test]
    fn only_what_the_law_gives_may_be_asked() {
        let asked = |outer, inner| Request::new(outer).asking(inner);
        assert!(asked(RequestType::Deceased, RequestType::Transfer).is_err());
        assert!(asked(RequestType::Access, RequestType::Delete).is_err());
        assert!(asked(RequestType::Guardian, RequestType::Deceased).is_err());
        assert!(Request::new(RequestType::Access).about(ComplaintAbout::ExpressService).is_err());
        assert!(Request::new(RequestType::Delete).automatic().is_err());
    }

    #[test]
    fn a_request_read_from_a_file_is_checked() {
        let read = |text: &str| serde_json::from_str::<Request>(text);
        let request = read(r#"{"type":"guardian","inner":"delete"}"#).unwrap();
        assert_eq!(request.action(), Some(RequestType::Delete));
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"type":"guardian","inner":"delete"}"#);
        assert!(read(r#"{"type":"access","inner":"delete"}"#).is_err());
        assert!(read(r#"{"type":"delete","automatic":true}"#).is_err());
        assert!(read(r#"{"type":"complaint","abuot":"express_service"}"#).is_err());
    }
}
