//! What a value can be: one kind per sort of identifier or fact, each with its mask, validator, spellings and default
//! fate on anonymization.
//!
//! A kind is one record in its family's file; `TABLE` joins them.

mod account;
mod acting;
mod address;
mod card;
mod category;
mod check_digit;
mod credential;
mod date;
mod dated;
mod detect;
mod device;
mod division;
mod email;
mod free_text;
mod generalise;
mod geo;
mod info;
mod language;
mod mask;
mod media;
mod money;
mod name;
mod network;
mod neutral;
mod organisation;
mod permit;
mod phone;
mod plate;
mod raw;
mod replacement;
pub mod resident_id;
mod respell;
mod sex;
mod spelling;
mod validity;
mod waybill;
mod width;
mod word;

use std::fmt;

use jiff::civil::Date;

use crate::{
    case::age::{NoAge, age_on},
    value::Value,
};

pub use self::{
    category::{Category, Sensitivity},
    dated::Dated,
    detect::{Found, Striking, detect, holds, strike_out, strike_out_known},
    language::Language,
    mask::Profile,
    replacement::{Generalisation, Replacement},
    respell::written_like,
    validity::{Doubt, Invalid, Validity},
    width::folded,
    word::UnknownKind,
};

use self::{info::Info, mask::HIDDEN};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "every kind's title says what it is")]
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
    NationalId,
    Uscc,
    OrgCode,
    TaxNo,
    BankCard,
    BankAccount,
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
    Biometric,
    Health,
    Software,
    Tag,
    Opaque,
}

/// One record per kind, in the order of the enum.
static TABLE: [Info; 46] = [
    neutral::KEY,
    neutral::FACT,
    date::TIME,
    money::AMOUNT,
    date::BIRTH_DATE,
    sex::SEX,
    name::NAME,
    name::NICKNAME,
    account::USERNAME,
    phone::PHONE,
    phone::LANDLINE,
    email::EMAIL,
    address::ADDRESS,
    address::REGION,
    address::POSTCODE,
    resident_id::RESIDENT_ID,
    permit::RESIDENCE_PERMIT,
    permit::PASSPORT,
    permit::TRAVEL_PERMIT,
    permit::NATIONAL_ID,
    organisation::USCC,
    organisation::ORG_CODE,
    organisation::TAX_NO,
    card::BANK_CARD,
    card::BANK_ACCOUNT,
    plate::PLATE,
    account::WECHAT_ID,
    account::OPEN_ID,
    waybill::WAYBILL_NO,
    device::IMEI,
    device::DEVICE_ID,
    device::MAC,
    network::IP,
    network::URL,
    network::USER_AGENT,
    geo::GEO,
    free_text::FREE_TEXT,
    credential::CREDENTIAL,
    media::VOICE,
    media::IMAGE,
    media::FILE,
    media::BIOMETRIC,
    neutral::HEALTH,
    neutral::SOFTWARE,
    neutral::TAG,
    neutral::OPAQUE,
];

/// The kinds in the order of the table; a table out of order does not compile.
static KINDS: [Kind; TABLE.len()] = {
    let mut kinds = [Kind::Key; TABLE.len()];
    let mut at = 0;
    while at < kinds.len() {
        assert!(TABLE[at].kind as usize == at, "the table is not in the order of the enum");
        kinds[at] = TABLE[at].kind;
        at += 1;
    }
    kinds
};

impl Kind {
    /// Every kind, in a fixed order.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &KINDS
    }

    fn info(self) -> &'static Info {
        &TABLE[self as usize]
    }

    /// The machine word, as the data map writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.info().word
    }

    /// The name for people.
    #[must_use]
    pub fn title(self, lang: Language) -> &'static str {
        lang.pick(self.info().zh, self.info().en)
    }

    /// The category of data it belongs to where nothing else is said (LAW §6).
    #[must_use]
    pub fn category(self) -> Category {
        self.info().category
    }

    /// How sensitive it is in the hands of an adult (PIPL 28).
    #[must_use]
    pub fn sensitivity(self) -> Sensitivity {
        self.info().sensitivity
    }

    /// Whether it is personal data by itself. Keys, facts, times and amounts are not.
    #[must_use]
    pub fn is_personal(self) -> bool {
        self.info().personal
    }

    /// Whether it may stand in an identity and be searched by value.
    #[must_use]
    pub fn identifies(self) -> bool {
        self.info().identifies
    }

    /// Whether many people share one value, so that it never ties alone.
    #[must_use]
    pub fn is_weak(self) -> bool {
        self.info().weak
    }

    /// The form in which values are compared: the canonical one, and of what is not written like this kind the text itself,
    /// if it can tell people apart (LAW §5). Check digits are not looked at: a wrong number that is stored has to be found,
    /// too. Nothing but zeros is nobody's.
    #[must_use]
    pub fn normalise(self, text: &str) -> Option<String> {
        let form = (self.info().normalise)(text).or_else(|| raw::form(self, text))?;
        let nobodys = self.identifies() && !self.is_weak() && raw::is_zeros(&form);
        (!nobodys).then_some(form)
    }

    /// Whether `text` is written like this kind.
    #[must_use]
    pub fn recognises(self, text: &str) -> bool {
        (self.info().normalise)(text).is_some()
    }

    /// [`Kind::normalise`] of a cell, whatever the column's type.
    #[must_use]
    pub fn normalise_value(self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => self.normalise(text),
            Value::Integer(_) | Value::Real(_) => self.normalise(&plain_text(value)),
            Value::Null | Value::Blob(_) | Value::Malformed(_) => None,
        }
    }

    /// Checks a value that somebody wants to write (LAW §5). Dates to come are not known here: see
    /// [`Kind::validate_on`].
    pub fn validate(self, raw: &str) -> Result<Validity, Invalid> {
        (self.info().validate)(raw)
    }

    /// [`Kind::validate`], and birth dates must not be after `today`, nor so long ago that nobody lives who has them.
    pub fn validate_on(self, raw: &str, today: Date) -> Result<Validity, Invalid> {
        let validity = self.validate(raw)?;
        let born = match self {
            Self::BirthDate => self.normalise(raw).and_then(|day| day.parse().ok()),
            Self::ResidentId | Self::ResidencePermit => resident_id::born(raw),
            _ => None,
        };
        match born.map(|born: Date| age_on(born, today)) {
            None | Some(Ok(_)) => Ok(validity),
            Some(Err(NoAge::Future)) => Err(Invalid::Future),
            Some(Err(NoAge::TooLongAgo)) => Err(Invalid::TooLongAgo),
            Some(Err(_)) => Err(Invalid::NoSuchDay),
        }
    }

    /// The finite set of forms in which a stored value can stand for `canonical`: canonical first, no duplicates, whole
    /// numbers where digits fit. Kinds without a finite set (names, addresses) give their NFC and width forms.
    #[must_use]
    pub fn spellings(self, canonical: &str) -> Vec<Value> {
        if self.recognises(canonical) { (self.info().spellings)(canonical) } else { raw::spellings(canonical) }
    }

    /// Whether upper and lower case say nothing, so that a column is searched without regard to them.
    #[must_use]
    pub fn folds_case(self) -> bool {
        self == Self::Email
    }

    /// What a column is asked for to find `canonical`: its spellings, also with a space in front or behind or a line's end, and where case
    /// says nothing each in one case only.
    #[must_use]
    pub fn lookups(self, canonical: &str) -> Vec<Value> {
        let mut forms = self.spellings(canonical);
        forms.extend([" {}", "{} ", "{}\n", "{}\t"].map(|around| Value::Text(around.replace("{}", canonical))));
        if self.folds_case() {
            let mut seen = std::collections::BTreeSet::new();
            forms.retain(|form| seen.insert(form.to_canonical_text().to_ascii_lowercase()));
        }
        forms
    }

    /// Whether a stored cell is among the spellings of what it means, so that an index finds it.
    #[must_use]
    pub fn is_spelling(self, value: &Value) -> bool {
        self.normalise_value(value).is_some_and(|canonical| self.spellings(&canonical).contains(value))
    }

    /// What a reader sees (LAW §5.1). Masking twice changes nothing more; what is not recognised is hidden; NULL and
    /// blank text stay empty.
    #[must_use]
    pub fn mask(self, value: &Value, profile: Profile) -> String {
        if !self.is_personal() {
            return value.to_canonical_text();
        }
        match value {
            Value::Blob(_) | Value::Malformed(_) => HIDDEN.to_owned(),
            _ if value.is_empty() => String::new(),
            _ => (self.info().mask)(&plain_text(value), profile),
        }
    }

    /// What anonymizing writes unless the data map says otherwise (LAW §5.2).
    #[must_use]
    pub fn replacement(self) -> Replacement {
        self.info().replacement
    }
}

/// The word, so that a kind prints as the data map writes it.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The text of a cell; a number without a fraction has none, whatever its column's type made of it.
fn plain_text(value: &Value) -> String {
    let text = value.to_canonical_text();
    match value {
        Value::Real(_) => text.strip_suffix(".0").map_or(text.clone(), str::to_owned),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
