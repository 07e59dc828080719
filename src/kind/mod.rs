//! What a value can be (placeholder until the family files land).
use std::str::FromStr;
/// A kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "placeholder")]
pub enum Kind {
    Key,
    Fact,
    Time,
    Amount,
    BirthDate,
    Sex,
    Name,
    Nickname,
    Username,
    Phone,
    Landline,
    Email,
    Address,
    Region,
    Postcode,
    ResidentId,
    ResidencePermit,
    Passport,
    TravelPermit,
    Uscc,
    OrgCode,
    TaxNo,
    BankCard,
    Plate,
    WechatId,
    OpenId,
    WaybillNo,
    Imei,
    DeviceId,
    Mac,
    Ip,
    Url,
    UserAgent,
    Geo,
    FreeText,
    Credential,
    Voice,
    Image,
    File,
    Software,
    Tag,
    Opaque,
}
/// Unknown.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind")]
pub struct UnknownKind {
    /// nearest
    pub suggestion: Option<&'static str>,
}
const WORDS: &[(Kind, &str)] = &[
    (Kind::Key, "key"),
    (Kind::Fact, "fact"),
    (Kind::Time, "time"),
    (Kind::Amount, "amount"),
    (Kind::BirthDate, "birth_date"),
    (Kind::Sex, "sex"),
    (Kind::Name, "name"),
    (Kind::Nickname, "nickname"),
    (Kind::Username, "username"),
    (Kind::Phone, "phone"),
    (Kind::Landline, "landline"),
    (Kind::Email, "email"),
    (Kind::Address, "address"),
    (Kind::Region, "region"),
    (Kind::Postcode, "postcode"),
    (Kind::ResidentId, "resident_id"),
    (Kind::Passport, "passport"),
    (Kind::Uscc, "uscc"),
    (Kind::TaxNo, "tax_no"),
    (Kind::BankCard, "bank_card"),
    (Kind::OpenId, "open_id"),
    (Kind::WaybillNo, "waybill_no"),
    (Kind::Imei, "imei"),
    (Kind::DeviceId, "device_id"),
    (Kind::Mac, "mac"),
    (Kind::Ip, "ip"),
    (Kind::Url, "url"),
    (Kind::UserAgent, "user_agent"),
    (Kind::Geo, "geo"),
    (Kind::FreeText, "free_text"),
    (Kind::Credential, "credential"),
    (Kind::Voice, "voice"),
    (Kind::Image, "image"),
    (Kind::File, "file"),
    (Kind::Software, "software"),
    (Kind::Tag, "tag"),
    (Kind::Opaque, "opaque"),
];
impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(s: &str) -> Result<Self, UnknownKind> {
        WORDS.iter().find(|w| w.1 == s).map(|w| w.0).ok_or(UnknownKind { suggestion: None })
    }
}
impl Kind {
    /// Machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|w| w.0 == self).map_or("opaque", |w| w.1)
    }
    /// Personal?
    #[must_use]
    pub fn is_personal(self) -> bool {
        !matches!(self, Self::Key | Self::Fact | Self::Time | Self::Amount)
    }
}
