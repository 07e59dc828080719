//! Categories of personal data and how sensitive they are (LAW §6).

use super::Language;

/// A category of data, as the record of processing and the answer to a request group it (LAW §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "every category's title says what it is")]
pub enum Category {
    Impersonal,
    Account,
    Credential,
    OptionalProfile,
    RealName,
    AddressBook,
    Transaction,
    Contact,
    Payment,
    Invoice,
    Waybill,
    Trace,
    Image,
    Financial,
    Dispute,
    Clearance,
    Device,
    SoftwareList,
    Browsing,
    NetworkLog,
    Risk,
    Location,
    Voice,
    Album,
    Consent,
    Linked,
    Indirect,
    Profile,
    Comms,
    OptOut,
    Cookie,
    Service,
    Diagnostics,
    Guardian,
    Ledger,
    Health,
    Other,
}

/// One row per category, in the order of the enum: machine word, Chinese, English.
const TABLE: [(Category, &str, &str, &str); 37] = [
    (Category::Impersonal, "impersonal", "非个人信息", "not personal"),
    (Category::Account, "account", "账户信息", "account"),
    (Category::Credential, "credential", "登录凭证", "credential"),
    (Category::OptionalProfile, "optional_profile", "自愿填写的资料", "optional profile"),
    (Category::RealName, "real_name", "实名信息", "real-name data"),
    (Category::AddressBook, "address_book", "通讯录", "address book"),
    (Category::Transaction, "transaction", "交易信息", "transaction"),
    (Category::Contact, "contact", "联系信息", "contact"),
    (Category::Payment, "payment", "支付信息", "payment"),
    (Category::Invoice, "invoice", "发票信息", "invoice"),
    (Category::Waybill, "waybill", "运单信息", "waybill"),
    (Category::Trace, "trace", "物流轨迹", "delivery trace"),
    (Category::Image, "image", "影像", "image"),
    (Category::Financial, "financial", "金融账户", "financial account"),
    (Category::Dispute, "dispute", "理赔与争议", "dispute"),
    (Category::Clearance, "clearance", "清关信息", "customs clearance"),
    (Category::Device, "device", "设备信息", "device"),
    (Category::SoftwareList, "software_list", "软件列表", "software list"),
    (Category::Browsing, "browsing", "浏览记录", "browsing"),
    (Category::NetworkLog, "network_log", "网络日志", "network log"),
    (Category::Risk, "risk", "风控信息", "risk control"),
    (Category::Location, "location", "位置信息", "location"),
    (Category::Voice, "voice", "语音", "voice"),
    (Category::Album, "album", "相机与相册", "camera and album"),
    (Category::Consent, "consent", "同意记录", "consent"),
    (Category::Linked, "linked", "第三方账户", "linked account"),
    (Category::Indirect, "indirect", "间接获取的信息", "obtained from others"),
    (Category::Profile, "profile", "用户画像", "profile"),
    (Category::Comms, "comms", "通知记录", "messages sent"),
    (Category::OptOut, "opt_out", "退订记录", "opt-out"),
    (Category::Cookie, "cookie", "Cookie", "cookie"),
    (Category::Service, "service", "客服记录", "customer service"),
    (Category::Diagnostics, "diagnostics", "诊断信息", "diagnostics"),
    (Category::Guardian, "guardian", "监护人信息", "guardian"),
    (Category::Ledger, "ledger", "披露台账", "disclosure ledger"),
    (Category::Health, "health", "健康信息", "health"),
    (Category::Other, "other", "其他个人信息", "other personal data"),
];

impl Category {
    /// Every category, in a fixed order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The name for people.
    #[must_use]
    pub fn title(self, lang: Language) -> &'static str {
        let (_, _, zh, en) = TABLE[self as usize];
        lang.pick(zh, en)
    }
}

/// How much harm it can do (PIPL 28; LAW P02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Personal, not sensitive
    General,
    /// Sensitive under PIPL 28
    Sensitive,
    /// Sensitive because the person is under 14: a property of the person, so no kind has it by itself
    Child,
}

impl Sensitivity {
    /// The machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Sensitive => "sensitive",
            Self::Child => "child",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self, lang: Language) -> &'static str {
        match self {
            Self::General => lang.pick("一般个人信息", "general"),
            Self::Sensitive => lang.pick("敏感个人信息", "sensitive"),
            Self::Child => lang.pick("儿童个人信息", "child"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn table_is_in_the_order_of_the_enum() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at, "{}", row.1);
        }
        assert_eq!(Category::Other as usize + 1, TABLE.len());
    }

    #[test]
    fn words_are_unique() {
        let words: BTreeSet<_> = Category::all().map(Category::word).collect();
        assert_eq!(words.len(), TABLE.len());
    }
}
