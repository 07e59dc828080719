//! The codes under which a request, or a part of it, is refused (LAW §4.3). Technical difficulty is none of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a right is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RefusalCode {
    /// A statute says that it must be kept
    Ret,
    /// A contract in performance needs it
    Live,
    /// A legal hold
    Hold,
    /// Secrecy by law (PIPL 18(1)); leaves no trace in anything the person sees
    Sec,
    /// National security or defence
    Nat,
    /// Public safety, public health or a major public interest
    Pub,
    /// A criminal investigation, prosecution, trial or sentence
    Crim,
    /// The identity could not be verified
    Idf,
    /// Not the subject and nobody who may act for them
    Nsb,
    /// Rights of others
    Tpr,
    /// Malicious or abusive, with evidence
    Abu,
    /// A trade secret
    Trd,
    /// A condition of transfer is not met (NDR 25)
    Prt,
    /// The deceased arranged otherwise (PIPL 49)
    Dec,
    /// A foreign authority (PIPL 41)
    For,
    /// The cost of excessive repetition was not paid
    Fee,
}

/// A text that is no refusal code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a refusal code; the codes are RET LIVE HOLD SEC NAT PUB CRIM IDF NSB TPR ABU TRD PRT DEC FOR FEE")]
pub struct NotARefusalCode;

impl RefusalCode {
    /// All codes, in the order of the law's table.
    pub const ALL: [Self; 16] = [
        Self::Ret,
        Self::Live,
        Self::Hold,
        Self::Sec,
        Self::Nat,
        Self::Pub,
        Self::Crim,
        Self::Idf,
        Self::Nsb,
        Self::Tpr,
        Self::Abu,
        Self::Trd,
        Self::Prt,
        Self::Dec,
        Self::For,
        Self::Fee,
    ];

    /// The word that stands in logs and letters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ret => "RET",
            Self::Live => "LIVE",
            Self::Hold => "HOLD",
            Self::Sec => "SEC",
            Self::Nat => "NAT",
            Self::Pub => "PUB",
            Self::Crim => "CRIM",
            Self::Idf => "IDF",
            Self::Nsb => "NSB",
            Self::Tpr => "TPR",
            Self::Abu => "ABU",
            Self::Trd => "TRD",
            Self::Prt => "PRT",
            Self::Dec => "DEC",
            Self::For => "FOR",
            Self::Fee => "FEE",
        }
    }

    /// The reason in a few words, for Chinese readers.
    #[must_use]
    pub fn title_zh(self) -> &'static str {
        match self {
            Self::Ret => "法定保存期限未届满",
            Self::Live => "合同尚在履行，或者尚有事项未了结",
            Self::Hold => "法律保全",
            Self::Sec => "法律要求保密",
            Self::Nat => "国家安全、国防安全",
            Self::Pub => "公共安全、公共卫生、重大公共利益",
            Self::Crim => "刑事侦查、起诉、审判和判决执行",
            Self::Idf => "身份未能核验",
            Self::Nsb => "非本人且无权代理",
            Self::Tpr => "涉及他人权益",
            Self::Abu => "有证据的恶意或滥用",
            Self::Trd => "商业秘密",
            Self::Prt => "不符合转移条件",
            Self::Dec => "死者生前另有安排",
            Self::For => "境外机关",
            Self::Fee => "过度重复请求且未付费用",
        }
    }

    /// The reason in a few words, as it stands in the log.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ret => "a statute demands that it is kept",
            Self::Live => "a contract is in performance, or something is not decided yet",
            Self::Hold => "a legal hold",
            Self::Sec => "secrecy by law",
            Self::Nat => "national security or defence",
            Self::Pub => "public safety, public health or a major public interest",
            Self::Crim => "a criminal investigation, prosecution, trial or sentence",
            Self::Idf => "the identity could not be verified",
            Self::Nsb => "not the subject and nobody who may act for them",
            Self::Tpr => "rights of others",
            Self::Abu => "malicious or abusive, with evidence",
            Self::Trd => "a trade secret",
            Self::Prt => "a condition of transfer is not met",
            Self::Dec => "the deceased arranged otherwise",
            Self::For => "a foreign authority",
            Self::Fee => "the cost of excessive repetition was not paid",
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for RefusalCode {
    type Err = NotARefusalCode;

    fn from_str(text: &str) -> Result<Self, NotARefusalCode> {
        Self::ALL.into_iter().find(|code| code.word().eq_ignore_ascii_case(text)).ok_or(NotARefusalCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_law() {
        let law = "RET LIVE HOLD SEC NAT PUB CRIM IDF NSB TPR ABU TRD PRT DEC FOR FEE";
        assert_eq!(RefusalCode::ALL.map(RefusalCode::word).join(" "), law);
        for word in law.split(' ') {
            assert_eq!(word.parse::<RefusalCode>().unwrap().to_string(), word);
            assert_eq!(serde_json::from_str::<RefusalCode>(&format!("\"{word}\"")).unwrap().word(), word);
        }
    }

    #[test]
    fn technically_hard_is_no_refusal() {
        assert_eq!("TEC".parse::<RefusalCode>(), Err(NotARefusalCode));
    }
}
