//! Who asks, and which way the request came.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::UnknownWord;

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
