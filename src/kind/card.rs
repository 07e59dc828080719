//! Bank cards and bank accounts.

use crate::value::Value;

use super::{
    Category, Doubt, Invalid, Kind, Profile, Sensitivity, Validity,
    check_digit::luhn,
    info::{Info, require},
    mask::{HIDDEN, Window},
    spelling::Spellings,
    width::{compact, digits_only, fold, grouped},
};

pub(super) const BANK_CARD: Info = Info {
    kind: Kind::BankCard,
    word: "bank_card",
    zh: "银行卡号",
    en: "bank card number",
    category: Category::Financial,
    sensitivity: Sensitivity::Sensitive,
    normalise: normalise_card,
    validate: validate_card,
    spellings: card_spellings,
    mask: |raw, profile| mask(raw, profile, normalise_card),
    ..Info::IDENTIFIER
};

pub(super) const BANK_ACCOUNT: Info = Info {
    kind: Kind::BankAccount,
    word: "bank_account",
    zh: "银行账号",
    en: "bank account number",
    category: Category::Financial,
    sensitivity: Sensitivity::Sensitive,
    normalise: normalise_account,
    validate: validate_account,
    spellings: account_spellings,
    mask: |raw, profile| mask(raw, profile, normalise_account),
    ..Info::IDENTIFIER
};

fn normalise_card(raw: &str) -> Option<String> {
    Some(compact(raw)).filter(|text| digits_only(text, 13..=19))
}

fn validate_card(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_card)?;
    if luhn(&number) { Ok(Validity::Sound) } else { Err(Invalid::CheckDigit) }
}

fn card_spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise_card).integer(canonical).wide();
    for separator in [" ", "-"] {
        forms = forms
            .text(grouped(canonical, &[4, 4, 4, 4], separator))
            .text(grouped(canonical, &[6], separator))
            .text(grouped(canonical, &[4, 6], separator));
    }
    forms.list()
}

/// Letters and digits, as many as an IBAN may have; company and foreign accounts have no common check.
fn normalise_account(raw: &str) -> Option<String> {
    let text = compact(raw).to_ascii_uppercase();
    let shaped = (6..=34).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    (shaped && text.bytes().any(|b| b.is_ascii_digit())).then_some(text)
}

fn validate_account(raw: &str) -> Result<Validity, Invalid> {
    let number = require(raw, normalise_account)?;
    match number.as_bytes() {
        [a, b, c, d, ..]
            if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit() =>
        {
            if iban_checks(&number) {
                Ok(Validity::Sound)
            } else {
                Err(Invalid::CheckDigit)
            }
        }
        _ if digits_only(&number, 13..=19) && luhn(&number) => Ok(Validity::Sound),
        _ => Ok(Validity::Doubtful(Doubt::Unusual)),
    }
}

/// ISO 13616: the first four characters moved to the end, letters counted from ten, remainder 1 by 97.
fn iban_checks(number: &str) -> bool {
    let (front, back) = number.split_at(4);
    let remainder = back.chars().chain(front.chars()).filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shifted = if value < 10 { rest * 10 } else { rest * 100 };
        (shifted + value) % 97
    });
    remainder == 1
}

fn account_spellings(canonical: &str) -> Vec<Value> {
    Spellings::of(canonical, normalise_account)
        .cases(canonical)
        .integer(canonical)
        .text(grouped(canonical, &[4; 8], " "))
        .text(grouped(canonical, &[4; 8], "-"))
        .wide()
        .list()
}

/// First and last four on a screen, in four groups whatever the length; the last four in a log.
fn mask(raw: &str, profile: Profile, normalise: fn(&str) -> Option<String>) -> String {
    let (window, lengths): (_, &[usize]) = match profile {
        Profile::Display => (Window::new(4, 8, 4), &[4, 4, 4]),
        Profile::Log => (Window::new(0, 4, 4), &[]),
        Profile::Waybill => return HIDDEN.to_owned(),
    };
    match normalise(raw) {
        Some(number) if number.len() < 11 => HIDDEN.to_owned(), // eight of ten would be seen
        Some(number) => grouped(&window.show(&number), lengths, " "),
        None if window.made(&compact(raw)) => fold(raw),
        None => HIDDEN.to_owned(),
    }
}
