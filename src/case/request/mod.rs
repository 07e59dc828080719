//! What may be asked, by whom, over which channel and under which law (LAW §2.4).

mod complaint;
mod level;
mod regime;
mod requester;
mod right;

use serde::{Deserialize, Serialize};

pub use self::{
    complaint::ComplaintAbout,
    level::Level,
    regime::Regime,
    requester::{Channel, RequesterType},
    right::{Duty, RequestType},
};

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

    /// Whether it asks for an erasure: of everything, or of the account (PIPL 47). Nothing is erased for a request that
    /// asks for something else; what was held on a withdrawn consent goes with the withdrawal.
    #[must_use]
    pub fn asks_for_erasure(self) -> bool {
        let erasing = [RequestType::Delete, RequestType::CancelAccount];
        self.action().is_some_and(|action| erasing.contains(&action))
    }

    /// Whether it withdraws a consent (PIPL 15).
    #[must_use]
    pub fn withdraws_consent(self) -> bool {
        self.action() == Some(RequestType::WithdrawConsent)
    }

    /// Whether messages are refused by it (PIPL 24, CPL 29): who takes back the consent to them refuses them as well.
    #[must_use]
    pub fn refuses_messages(self) -> bool {
        self.action().is_some_and(|action| [RequestType::OptOut, RequestType::WithdrawConsent].contains(&action))
    }

    /// Whether it asks for a correction (PIPL 46).
    #[must_use]
    pub fn asks_for_correction(self) -> bool {
        self.action() == Some(RequestType::Correct)
    }

    /// Whether it asks for a copy or for the data itself (PIPL 45).
    #[must_use]
    pub fn asks_for_copy(self) -> bool {
        let given = [RequestType::Access, RequestType::Copy, RequestType::Transfer];
        self.action().is_some_and(|action| given.contains(&action))
    }

    /// Whether it is carried out by changing what is stored, so that a copy that goes along carries nothing out.
    #[must_use]
    pub fn asks_for_change(self) -> bool {
        self.asks_for_erasure()
            || self.asks_for_correction()
            || self.asks_for_restriction()
            || self.withdraws_consent()
            || self.refuses_messages()
    }

    /// Whether it asks for processing to be restricted (GDPR 18).
    #[must_use]
    pub fn asks_for_restriction(self) -> bool {
        self.action() == Some(RequestType::Restrict)
    }

    /// Whether processing may be restricted for it: because that is asked, or until what is asked is decided (GDPR 18).
    #[must_use]
    pub fn may_restrict(self) -> bool {
        let told = [RequestType::Access, RequestType::Copy, RequestType::Transfer, RequestType::Explain];
        self.action().is_some_and(|action| !told.contains(&action))
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

#[cfg(test)]
mod tests {
    use std::{fmt, str::FromStr};

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
