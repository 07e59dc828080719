//! The rights that can be invoked: the matrix of LAW §2.4.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Level, UnknownWord};

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
    pub(super) fn allows(self, inner: Self) -> bool {
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
