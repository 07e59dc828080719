//! What a validator says about a value, without the value.

use super::Language;

/// A value that may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validity {
    /// Nothing speaks against it
    Sound,
    /// It may be right; somebody should look
    Doubtful(Doubt),
}

/// Why somebody should look at a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// The check digit does not fit, and this register is known to have issued such numbers
    CheckDigit,
    /// No carrier that is known here numbers like this
    Carrier,
    /// Not a Chinese number, so that nothing about it can be checked
    Foreign,
    /// No longer valid as evidence (15-digit resident identity numbers, since 2013)
    Obsolete,
    /// Not the usual form of its issuer
    Unusual,
}

impl Doubt {
    /// The reason in words.
    #[must_use]
    pub fn title(self, lang: Language) -> &'static str {
        match self {
            Self::CheckDigit => lang.pick("校验码不符", "the check digit does not fit"),
            Self::Carrier => lang.pick("不符合已知快递公司的编号规则", "no known carrier numbers like this"),
            Self::Foreign => lang.pick("境外格式，无法校验", "foreign, cannot be checked"),
            Self::Obsolete => lang.pick("该形式已停止使用", "this form is no longer in use"),
            Self::Unusual => lang.pick("格式不常见", "an unusual form"),
        }
    }
}

/// Why a value may not be written. It never carries the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// There is nothing in it
    #[error("the value is empty")]
    Empty,
    /// It is not written the way this kind is
    #[error("the value is not written the way this kind is")]
    Shape,
    /// It is too short or too long
    #[error("the value is too short or too long")]
    Length,
    /// It has characters that this kind cannot have
    #[error("the value has characters that this kind cannot have")]
    Characters,
    /// It has characters that act instead of being read
    #[error("the value has characters that act instead of being read: control characters, text direction, zero width")]
    Acting,
    /// A date in it is no day of the calendar
    #[error("the value has a date that is no day of the calendar")]
    NoSuchDay,
    /// A date in it is still to come
    #[error("the value has a date that is still to come")]
    Future,
    /// A birth date in it is so long ago that nobody lives who has it
    #[error("the value has a birth date that nobody alive has")]
    TooLongAgo,
    /// A date in it can be read in more than one way
    #[error("the value has a date that can be read in more than one way")]
    Ambiguous,
    /// The check digit does not fit
    #[error("the check digit does not fit")]
    CheckDigit,
    /// A virtual number that a platform lends for one delivery: nobody's identifier
    #[error("the value is a lent privacy number, nobody's identifier")]
    PrivacyNumber,
}

impl Invalid {
    /// The reason in words.
    #[must_use]
    pub fn title(self, lang: Language) -> &'static str {
        match self {
            Self::Empty => lang.pick("内容为空", "the value is empty"),
            Self::Shape => lang.pick("格式不符", "not written the way this kind is"),
            Self::Length => lang.pick("长度不符", "too short or too long"),
            Self::Characters => lang.pick("含有不允许的字符", "characters that this kind cannot have"),
            Self::Acting => {
                lang.pick("含有控制、文字方向或零宽字符", "control characters, text direction or zero width in it")
            }
            Self::NoSuchDay => lang.pick("日期不存在", "a date that is no day of the calendar"),
            Self::Future => lang.pick("日期尚未到来", "a date that is still to come"),
            Self::TooLongAgo => lang.pick("出生日期过于久远", "a birth date that nobody alive has"),
            Self::Ambiguous => lang.pick("日期有歧义", "a date that can be read in more than one way"),
            Self::CheckDigit => lang.pick("校验码错误", "the check digit does not fit"),
            Self::PrivacyNumber => {
                lang.pick("隐私号码，不能作为身份标识", "a lent privacy number, nobody's identifier")
            }
        }
    }
}
