//! Identifiers of digits in running text: mobile and landline numbers, identity numbers, cards, IMEI.

use std::ops::Range;

use crate::kind::{
    Kind,
    check_digit::luhn,
    permit::is_residence_number,
    phone, resident_id,
    width::{digits_only, is_hyphen},
};

use super::{
    Found, Sought,
    cursor::{Before, fold_at, forwards},
    digit::{self, Script},
    separators::{Front, is_listing, separators},
    serial,
};

/// The most digits that an identifier has, its country code included.
const MOST: usize = 21;

/// The fewest digits that one has.
const FEWEST: usize = 10;

/// How many Chinese numerals a group has at least.
pub(super) const LEAST_NUMERALS: usize = 3;

/// The most digits of a number that is written one by one: a mobile number with its country.
const MOST_ALONE: usize = 15;

/// The most bytes from the first digit to the last.
const LONGEST: usize = 4096;

/// The first groups of digits from somewhere on, with a few separators between.
#[derive(Default)]
struct Groups {
    script: Script,
    plus: bool,
    digits: String,
    list: Vec<Group>,
}

/// How many digits it has, what stands in front, where it ends in the text and, if an X stands behind it, where that
/// does.
struct Group {
    length: usize,
    front: Front,
    end: usize,
    x_end: Option<usize>,
}

/// A number read so far: the first groups, without country code.
struct Reading<'a> {
    digits: &'a str,
    lengths: Vec<usize>,
    /// Nothing that is dialled in front has been taken off
    whole: bool,
    front: Front,
    end: usize,
    x_end: Option<usize>,
}

/// The identifier that begins with the digit or plus at `at`, where `before` stands in front: the longest.
pub(super) fn at(text: &str, at: usize, before: Before, sought: Sought<'_>) -> Option<Found> {
    let groups = read(text, at);
    let mut found = (groups.fewest()..=groups.list.len()).rev().filter_map(|count| {
        let reading = groups.first(count).filter(|reading| groups.script.may_be_grouped(&reading.lengths))?;
        let (kind, canonical, end) = recognise(&reading, groups.plus, sought)?;
        Some((Found { kind, range: at..end, canonical }, reading.front.listed))
    });
    let found = found.find(|(found, listed)| match sought {
        Sought::Anybodys => stands_well(text, found, before) && !(*listed && is_among_others(text, found, before)),
        Sought::Known(is_known) => is_known(found),
    });
    found.map(|(found, _)| found)
}

/// Whether what looks like the groups of a number are amounts, of which more stand beside them or a currency or unit.
fn is_among_others(text: &str, found: &Found, before: Before) -> bool {
    let unit = |c: char| "元块塊圆圓万萬人个個件台米克%".contains(c);
    let mut ahead = forwards(text, found.range.end).map(|(c, _)| c).take(FEWEST).filter(|c| *c != ' ');
    let next = ahead.next();
    let another = || next.is_some_and(is_listing) && matches!(ahead.take_while(char::is_ascii_digit).count(), 1..=5);
    before.is(|c| matches!(c, '$' | '¥' | '￥' | '€' | '£')) || before.in_list || next.is_some_and(unit) || another()
}

/// Where the run of digits at `at` ends.
pub(super) fn end_of_group(text: &str, at: usize) -> usize {
    let script = script_at(text, at);
    forwards(text, at).take_while(|(c, _)| script.digit(*c).is_some()).last().map_or(at, |(_, end)| end)
}

fn script_at(text: &str, at: usize) -> Script {
    fold_at(text, at).and_then(|(c, _)| digit::of(c)).map_or(Script::Plain, |(script, _)| script)
}

/// Whether a number may stand here: not within a hash, and not as a number that a platform lends (11 digits, 转, 4).
fn stands_well(text: &str, found: &Found, before: Before) -> bool {
    let Range { start, end } = found.range;
    let mut ahead = forwards(text, end).map(|(c, _)| c).take(8).filter(|&c| c != ' ');
    let lent =
        found.kind == Kind::Phone && ahead.next() == Some('转') && ahead.next().is_some_and(|c| c.is_ascii_digit());
    !lent && !serial::is_inside(text, (start, end), before)
}

fn read(text: &str, at: usize) -> Groups {
    let mut out = Groups::default();
    let (begin, mut at) = (at, at);
    let mut front = Front::default();
    if let Some(('+', next)) = fold_at(text, at) {
        out.plus = true;
        at = next;
    }
    out.script = script_at(text, at);
    loop {
        let start = out.digits.len();
        let mut end = at;
        let digits = forwards(text, at).map_while(|(c, position)| Some((out.script.digit(c)?, position)));
        for (c, position) in digits {
            if out.digits.len() > MOST || position > begin + LONGEST {
                out.digits.truncate(start);
                return out; // longer than any identifier
            }
            out.digits.push(c);
            end = position;
        }
        if out.digits.len() == start {
            return out;
        }
        out.list.push(Group { length: out.digits.len() - start, front, end, x_end: x_end(text, end) });
        if out.digits.len() == out.list.len() && out.list.len() > MOST_ALONE {
            return out;
        }
        let Some((between, next)) = separators(text, end) else { return out };
        if out.is_trunk_zero(text, end) {
            out.digits.pop();
            out.list.pop();
        }
        (front, at) = (between, next);
    }
}

/// Where an X that stands for the check digit of an identity number ends, perhaps behind a space or hyphen, and perhaps
/// another sign that looks like it.
fn x_end(text: &str, end: usize) -> Option<usize> {
    let is_x = |c: char| matches!(c, 'x' | 'X' | 'х' | 'Х' | '×' | 'Χ' | 'χ');
    let (c, next) = fold_at(text, end)?;
    if is_x(c) {
        return Some(next);
    }
    let apart = fold_at(text, next).filter(|(x, _)| (c == ' ' || is_hyphen(c)) && is_x(*x))?.1;
    fold_at(text, apart).is_none_or(|(c, _)| !c.is_ascii_alphanumeric()).then_some(apart)
}

impl Script {
    /// Chinese numerals are written on; one by one, or by twos, they are words.
    fn may_be_grouped(self, lengths: &[usize]) -> bool {
        self != Self::Chinese || lengths.iter().all(|length| *length >= LEAST_NUMERALS)
    }
}

impl Groups {
    /// How many groups there are at least in a number.
    fn fewest(&self) -> usize {
        let mut digits = 0;
        self.list
            .iter()
            .take_while(|group| {
                digits += group.length;
                digits < FEWEST
            })
            .count()
            + 1
    }

    /// Whether the last group is the zero that is not dialled behind a country's code: `+44 (0)7700`.
    fn is_trunk_zero(&self, text: &str, end: usize) -> bool {
        let zero = self.list.last().is_some_and(|group| group.length == 1 && group.front.opened);
        self.plus && zero && self.digits.ends_with('0') && matches!(fold_at(text, end), Some((')', _)))
    }

    /// The number that the first `count` groups make, without 86 in front.
    fn first(&self, count: usize) -> Option<Reading<'_>> {
        let groups = &self.list[..count];
        let last = groups.last()?;
        let mut lengths: Vec<usize> = groups.iter().map(|group| group.length).collect();
        let mut digits = &self.digits[..lengths.iter().sum()];
        let mut whole = true;
        for code in FRONTS.into_iter().filter(|code| !self.plus || code.starts_with("86")) {
            if let Some(mobile) = digits.strip_prefix(code).filter(|rest| phone::is_mobile(rest))
                && let Some(rest) = behind(&lengths, code.len())
            {
                (digits, lengths, whole) = (mobile, rest, false);
                break;
            }
        }
        let front = groups.iter().fold(Front::default(), |all, group| Front {
            dotted: all.dotted || group.front.dotted,
            loose: all.loose || group.front.loose,
            opened: all.opened || group.front.opened,
            listed: all.listed || group.front.listed,
        });
        Some(Reading { digits, lengths, whole, front, end: last.end, x_end: last.x_end })
    }
}

/// What is dialled in front of a mobile number: the country, and the zero for a call to another city.
const FRONTS: [&str; 6] = ["86", "0086", "086", "0", "860", "00860"];

/// The lengths of what follows the first `front` digits: a code ends with its group, or within the first one.
fn behind(lengths: &[usize], front: usize) -> Option<Vec<usize>> {
    let (mut lengths, mut front) = (lengths.to_vec(), front);
    if let Some(first) = lengths.first_mut().filter(|first| **first > front) {
        *first -= front;
        return Some(lengths);
    }
    while front > 0 {
        front = front.checked_sub(*lengths.first()?)?;
        lengths.remove(0);
    }
    Some(lengths)
}

/// What the number is, its canonical form, and where it ends. The strongest ground comes first. A known mobile number is
/// told by its digits, however they are grouped.
fn recognise(reading: &Reading<'_>, plus: bool, sought: Sought<'_>) -> Option<(Kind, String, usize)> {
    let Reading { digits, lengths, front, end, x_end, .. } = reading;
    let known = matches!(sought, Sought::Known(_));
    if front.dotted && !plus && !known && lengths[..] != [3, 4, 4] {
        return None; // rather a decimal number or a date
    }
    if front.listed && !known && lengths[..] != [3, 4, 4] {
        return identity(digits, lengths, *end, *x_end, known); // rather several numbers
    }
    let abroad = plus && reading.whole; // with a plus, and not that of the mainland
    if !abroad && phone::is_mobile(digits) && (known || is_phone_grouping(lengths)) {
        return Some((Kind::Phone, (*digits).to_owned(), *end));
    }
    if plus && front.loose {
        return None; // where a foreign number ends nobody knows
    }
    if !front.loose
        && (plus || matches!(lengths[..], [2 | 4, 2..=4, ..]))
        && let Some(number) = landline_from_abroad(digits, lengths)
    {
        return Some((Kind::Landline, number, *end));
    }
    if plus {
        let canonical = phone::normalise(&format!("+{digits}")).filter(|_| is_long_abroad(digits))?;
        return Some((Kind::Phone, canonical, *end));
    }
    if !front.loose && matches!(lengths[..], [3..=5, _, ..]) && digits.starts_with("00") && is_long_abroad(&digits[2..])
    {
        return phone::normalise(digits).map(|canonical| (Kind::Phone, canonical, *end));
    }
    if let Some((kind, number, end)) = identity(digits, lengths, *end, *x_end, known) {
        return Some((kind, number, end));
    }
    if is_card(digits)
        && luhn(digits)
        && (known || matches!(lengths[..], [_] | [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 5] | [6, 13]))
    {
        return Some((Kind::BankCard, (*digits).to_owned(), *end));
    }
    if is_imei(digits)
        && luhn(digits)
        && (known || matches!(lengths[..], [15] | [2, 6, 6, 1] | [6, 2, 6, 1] | [8, 6, 1]))
    {
        return Some((Kind::Imei, (*digits).to_owned(), *end));
    }
    let landline = if front.loose || front.opened { None } else { landline(digits, lengths) };
    landline.map(|number| (Kind::Landline, number, *end))
}

/// Whether there are as many digits as a number abroad has with its country: eleven in America and in Russia.
fn is_long_abroad(digits: &str) -> bool {
    if digits.starts_with(['1', '7']) { digits.len() == 11 } else { (10..=15).contains(&digits.len()) }
}

/// Groups of three digits and more, by twos, or one by one; with others in between it is rather a date or an amount.
fn is_phone_grouping(lengths: &[usize]) -> bool {
    lengths.iter().all(|&length| length >= 3)
        || lengths.iter().all(|&length| length == 1)
        || matches!(lengths, [2, 2, 2, 2, 2, 1] | [1, 2, 2, 2, 2, 2])
}

/// Eighteen characters with a day and a fitting check digit, or fifteen digits with a province and a day.
fn identity(
    digits: &str,
    lengths: &[usize],
    end: usize,
    x_end: Option<usize>,
    known: bool,
) -> Option<(Kind, String, usize)> {
    let (text, end) = match (digits.len(), x_end) {
        (17, Some(x_end)) => (format!("{digits}X"), x_end),
        (18 | 15, _) => (digits.to_owned(), end),
        _ => return None,
    };
    if !known && !matches!(lengths, [15 | 17 | 18] | [6, 8, 3 | 4] | [6, 4, 4, 3 | 4] | [6, 6, 3]) {
        return None;
    }
    let number = resident_id::normalise(&text)?;
    let residence = text.len() == 18 && is_residence_number(&number);
    let sound = resident_id::born(&number).is_some()
        && resident_id::checks(&number)
        && (residence || number.get(..2).is_some_and(is_province_code));
    let kind = if residence { Kind::ResidencePermit } else { Kind::ResidentId };
    sound.then_some((kind, number, end))
}

/// The first two digits of the codes of GB/T 2260.
pub(super) fn is_province_code(code: &str) -> bool {
    matches!(
        code,
        "11" | "12"
            | "13"
            | "14"
            | "15"
            | "21"
            | "22"
            | "23"
            | "31"
            | "32"
            | "33"
            | "34"
            | "35"
            | "36"
            | "37"
            | "41"
            | "42"
            | "43"
            | "44"
            | "45"
            | "46"
            | "50"
            | "51"
            | "52"
            | "53"
            | "54"
            | "61"
            | "62"
            | "63"
            | "64"
            | "65"
            | "71"
            | "81"
            | "82"
            | "83"
            | "10" // the State Administration for Market Regulation itself
    )
}

/// Thirteen to nineteen digits that begin like a card of a payment scheme.
fn is_card(digits: &str) -> bool {
    let begins = |fronts: &[&str]| fronts.iter().any(|front| digits.starts_with(front));
    match digits.len() {
        13 => begins(&["4"]),
        14 => begins(&["30", "36", "38", "39"]),
        15 => begins(&["34", "37"]),
        16..=19 => begins(&["22", "3", "4", "5", "6", "9558"]),
        _ => false,
    }
}

/// Fifteen digits that begin with a reporting body.
fn is_imei(digits: &str) -> bool {
    digits_only(digits, 15..=15)
        && ["01", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"]
            .iter()
            .any(|body| digits.starts_with(body))
}

/// An area code that stands apart, and a local number: conservative, for order numbers begin with zeros, too.
fn landline(digits: &str, lengths: &[usize]) -> Option<String> {
    let [area @ (3 | 4), ref local @ ..] = *lengths else { return None };
    let (front, tail) = match *local {
        [7 | 8] | [3 | 4, 4] | [4, 3] => (digits, ""),
        [length @ (7 | 8), 1..=6] => digits.split_at(area + length),
        _ => return None,
    };
    let (area, local) = front.split_at(area);
    let tail = if tail.is_empty() { String::new() } else { format!("-{tail}") };
    phone::normalise_landline(&format!("{area}-{local}{tail}"))
}

/// The area without its zero behind the country's code: `+86 10 6234 5678`, also with an extension behind.
fn landline_from_abroad(digits: &str, lengths: &[usize]) -> Option<String> {
    let home = digits.strip_prefix("86").or_else(|| digits.strip_prefix("0086"))?;
    let home = home.strip_prefix('0').unwrap_or(home);
    let extension = *lengths.last()?;
    let with_extension = || {
        let (number, extension) = home.split_at_checked(home.len().checked_sub(extension)?)?;
        phone::normalise_landline(&format!("0{number}-{extension}"))
    };
    phone::normalise_landline(&format!("0{home}")).or_else(with_extension)
}
