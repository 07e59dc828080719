//! Digits of other scripts and in ornaments: ٣, ③, ³, 𝟑, 3️⃣, 三. A number is written in one script: behind ① one of its
//! own begins.

/// The one to which a digit belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Script {
    #[default]
    Plain,
    /// Numerals, of which there are many in every Chinese text
    Chinese,
    /// The one that begins so
    Other(u32),
}

/// What a digit with the sign of a key on it (`3️⃣`) is read as: one of those on the display of an old device.
const ON_A_KEY: u32 = 0x1_fbf0;

/// The combining sign of a key.
pub(super) const KEY: char = '\u{20e3}';

/// Zeros with the other nine digits behind them.
const ZEROS: [u32; 39] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0x2080, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x1e950, ON_A_KEY,
];

/// Ones with the other eight digits behind them.
const ONES: [u32; 5] = [0x2460, 0x2776, 0x2780, 0x278a, 0x24f5];

/// The script and the plain digit of a folded character.
pub(super) fn of(c: char) -> Option<(Script, char)> {
    match c {
        '0'..='9' => Some((Script::Plain, c)),
        '\0'..='\u{af}' | '\u{ba}'..='\u{65f}' | '\u{ac00}'..='\u{d7ff}' => None, // nearly all others
        '\u{2e80}'..='\u{9fff}' => chinese(c).map(|digit| (Script::Chinese, digit)),
        _ => ornament(u32::from(c)).map(|(script, digit)| (Script::Other(script), digit)),
    }
}

fn chinese(c: char) -> Option<char> {
    Some(match c {
        '〇' | '零' => '0',
        '一' | '幺' | '壹' => '1',
        '二' | '贰' | '貳' => '2',
        '三' | '叁' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

fn ornament(c: u32) -> Option<(u32, char)> {
    let behind = |first: u32, digits: u32| c.checked_sub(first).filter(|digit| *digit < digits);
    let (script, digit) = match c {
        0xb9 => (0x2070, 1), // superscripts
        0xb2 | 0xb3 => (0x2070, c - 0xb0),
        0x2070 | 0x2074..=0x2079 => (0x2070, c - 0x2070),
        0x24ea => (0x2460, 0), // circles
        0x24ff => (0x2776, 0),
        0x1_d7ce..=0x1_d7ff => (c - (c - 0x1_d7ce) % 10, (c - 0x1_d7ce) % 10), // mathematics
        _ => ZEROS
            .into_iter()
            .find_map(|zero| Some((zero, behind(zero, 10)?)))
            .or_else(|| ONES.into_iter().find_map(|one| Some((one, behind(one, 9)? + 1))))?,
    };
    Some((script, char::from_digit(digit, 10)?))
}

/// What stands for a plain digit with the sign of a key on it.
pub(super) fn on_a_key(digit: char) -> char {
    digit.to_digit(10).and_then(|digit| char::from_u32(ON_A_KEY + digit)).unwrap_or(digit)
}

impl Script {
    /// The plain digit, if it is one of this script.
    pub(super) fn digit(self, c: char) -> Option<char> {
        of(c).filter(|(script, _)| *script == self).map(|(_, digit)| digit)
    }
}

/// The ten digits in every script, but for the plain ones.
#[cfg(test)]
pub(super) const SCRIPTS: [&str; 13] = [
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "⓿❶❷❸❹❺❻❼❽❾",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "₀₁₂₃₄₅₆₇₈₉",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
    "〇一二三四五六七八九",
    "零一二三四五六七八九",
    "〇幺二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_is_read_in_its_script() {
        for digits in SCRIPTS.into_iter().chain(["0123456789"]) {
            let script = digits.chars().next().and_then(of).map(|(script, _)| script);
            let read: String = digits.chars().filter_map(|c| script?.digit(c)).collect();
            assert_eq!(read, "0123456789", "{digits}");
        }
        assert_ne!(of('𝟎'), of('𝟶'));
        for c in ['a', '十', '½', '⑩', '°', '号', '±', '。', '\u{1f600}'] {
            assert_eq!(of(c), None, "{c}");
        }
        assert_eq!(of(on_a_key('7')).map(|(_, digit)| digit), Some('7'));
    }
}
