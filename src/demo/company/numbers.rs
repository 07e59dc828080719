//! Identifiers with right check digits, from ranges that belong to nobody where such ranges exist.

use super::random::Random;

/// Mobile segments that were assigned to no operator when this was written: accounts'.
const ACCOUNT_SEGMENTS: [&str; 4] = ["160", "161", "163", "164"];
/// The same, of people without an account.
const STRANGER_SEGMENTS: [&str; 2] = ["168", "169"];
/// The largest prime below 10⁸: multiplying by a constant permutes 1 … PRIME − 1.
const PRIME: i64 = 99_999_989;
const SCATTER: i64 = 7_654_321;

fn phone(segments: &[&str], number: i64) -> String {
    let number = number.rem_euclid(PRIME);
    let at = usize::try_from(number).unwrap_or_default() % segments.len();
    format!("{}{:08}", segments[at], number * SCATTER % PRIME)
}

/// The number of account `id`; different for all below 10⁸.
pub(super) fn account_phone(id: i64) -> String {
    phone(&ACCOUNT_SEGMENTS, id)
}

/// The number of somebody without an account; different for all below 10⁸ and from every account's.
pub(super) fn stranger_phone(number: i64) -> String {
    phone(&STRANGER_SEGMENTS, number)
}

/// The number of somebody with a story: 154 is the cast's alone.
pub(super) fn cast_phone(number: i64) -> String {
    format!("154{number:08}")
}

/// `phone` (eleven digits) as people and partners write it.
pub(super) fn spelled(phone: &str, style: i64) -> String {
    match style {
        1 => format!("+86{phone}"),
        2 => format!("{} {} {}", &phone[..3], &phone[3..7], &phone[7..]),
        3 => format!("{}-{}-{}", &phone[..3], &phone[3..7], &phone[7..]),
        4 => format!("86{phone}"),
        _ => phone.to_owned(),
    }
}

/// Which spelling a value has: nearly always the plain one.
pub(super) fn style(random: &mut Random) -> i64 {
    if random.chance(900) { 0 } else { random.between(1, 4) }
}

fn digit_value(digit: u8) -> u32 {
    u32::from(digit.wrapping_sub(b'0'))
}

/// The 18th character of a resident identity number (GB 11643).
pub(super) fn resident_check(first_seventeen: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first_seventeen.bytes().zip(WEIGHTS).map(|(digit, weight)| digit_value(digit) * weight).sum();
    char::from(b"10X98765432"[usize::try_from(sum % 11).unwrap_or_default()])
}

/// A number of the shape of a resident identity number; `born` is `YYYYMMDD`, an odd `serial` is a man's.
pub(super) fn resident_id(area: &str, born: &str, serial: i64) -> String {
    let first = format!("{area}{born}{serial:03}");
    let check = resident_check(&first);
    format!("{first}{check}")
}

/// `first` and the digit that makes it pass the Luhn test.
pub(super) fn with_luhn(first: &str) -> String {
    let sum: u32 = first
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit_value(digit)) {
            (0, value) if value > 4 => value * 2 - 9,
            (0, value) => value * 2,
            (_, value) => value,
        })
        .sum();
    format!("{first}{}", (10 - sum % 10) % 10)
}

/// A card number from the range that payment providers use for tests.
pub(super) fn bank_card(random: &mut Random) -> String {
    with_luhn(&format!("620000000000{}", random.digits(3)))
}

/// A device number whose first digits mark a test device.
pub(super) fn imei(random: &mut Random) -> String {
    with_luhn(&format!("001010{}", random.digits(8)))
}

const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn uscc_value(character: u8) -> u32 {
    let at = USCC_ALPHABET.iter().position(|other| *other == character).unwrap_or_default();
    u32::try_from(at).unwrap_or_default()
}

/// A unified social credit code (GB 32100) with the organisation's own check digit (GB 11714) inside.
pub(super) fn uscc(random: &mut Random, area: &str) -> String {
    let organisation = random.digits(8);
    let sum: u32 = organisation.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, weight)| digit_value(c) * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        value => char::from_digit(value, 10).unwrap_or('0'),
    };
    let first = format!("91{area}{organisation}{check}");
    let mut power = 1;
    let mut sum = 0;
    for character in first.bytes() {
        sum += uscc_value(character) * power;
        power = power * 3 % 31;
    }
    let check = char::from(USCC_ALPHABET[usize::try_from((31 - sum % 31) % 31).unwrap_or_default()]);
    format!("{first}{check}")
}

/// A waybill number of `carrier`, different for every `number`.
pub(super) fn waybill_no(carrier: &str, number: i64) -> String {
    match carrier {
        "EMS" => {
            let digits = format!("{:08}", number % 100_000_000);
            let sum: u32 =
                digits.bytes().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(digit, weight)| digit_value(digit) * weight).sum();
            let check = match 11 - sum % 11 {
                10 => 0,
                11 => 5,
                value => value,
            };
            format!(
                "E{}{digits}{check}CN",
                char::from(b'A' + u8::try_from(number / 100_000_000 % 26).unwrap_or_default())
            )
        }
        "JD" => format!("JDVA{number:011}"),
        "ZTO" => format!("78{number:012}"),
        "YT" => format!("YT{:013}", 9_000_000_000_000 + number),
        _ => format!("SF{:013}", 1_000_000_000_000 + number),
    }
}

/// An openid of `WeChat`: `o` and 27 characters.
pub(super) fn openid(random: &mut Random) -> String {
    format!("o{}", random.hex(27))
}

/// A MAC address that no manufacturer gives (locally administered).
pub(super) fn mac(random: &mut Random) -> String {
    let digits = random.hex(10);
    format!("02:{}:{}:{}:{}:{}", &digits[..2], &digits[2..4], &digits[4..6], &digits[6..8], &digits[8..])
}

/// An address from the ranges for documentation (RFC 5737, RFC 3849).
pub(super) fn ip(random: &mut Random) -> String {
    if random.chance(150) {
        return format!("2001:db8:{:x}::{:x}", random.below(65_536), random.between(1, 65_535));
    }
    format!("{}.{}", random.pick(&["192.0.2", "198.51.100", "203.0.113"]), random.between(1, 254))
}

/// An advertising identifier in the form of a UUID.
pub(super) fn oaid(random: &mut Random) -> String {
    let digits = random.hex(30);
    format!("{}-{}-4{}-a{}-{}", &digits[..8], &digits[8..12], &digits[12..15], &digits[15..18], &digits[18..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_agree_with_known_numbers() {
        assert_eq!(resident_id("110105", "19491231", 2), "11010519491231002X");
        assert_eq!(resident_id("110101", "20120315", 2), "110101201203150024");
        assert_eq!(with_luhn("411111111111111"), "4111111111111111");
        assert_eq!(waybill_no("EMS", 47_312_482), "EA473124829CN"); // the digits of RR473124829GB
    }

    #[test]
    fn phones_are_distinct_and_nobody_shares_one() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 1..20_000 {
            assert!(seen.insert(account_phone(number)));
            assert!(seen.insert(stranger_phone(number)));
        }
        assert!(seen.iter().all(|phone| phone.len() == 11));
    }

    #[test]
    fn spellings_keep_the_digits() {
        let spellings = (0..5).map(|style| spelled("13800138000", style)).collect::<Vec<_>>();
        assert_eq!(spellings, ["13800138000", "+8613800138000", "138 0013 8000", "138-0013-8000", "8613800138000"]);
    }
}
