//! Escapes of JSON, of HTML and of addresses in running text: `\u003e`, `\n`, `&#43;`, `&nbsp;`, `%2D` stand for one
//! character.

/// The most strokes in front of one escape: text within JSON within JSON has four.
const STROKES: usize = 4;

/// The longest name of a character of HTML that is looked for.
const LONGEST_NAME: usize = 8;

/// What an escape stands for that is no character, or none that is told apart here.
const SOME_SIGN: char = char::REPLACEMENT_CHARACTER;

/// What the escape that begins at `at` stands for, and where it ends.
pub(super) fn at(text: &str, at: usize) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    match bytes.get(at)? {
        b'\\' => of_json(bytes, at),
        b'&' => of_html(bytes, at + 1),
        _ => None,
    }
}

fn of_json(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let strokes = bytes[at..].iter().take(STROKES).take_while(|b| **b == b'\\').count();
    let sign = at + strokes;
    let code =
        |digits: usize| Some((character(number(bytes.get(sign + 1..sign + 1 + digits)?, 16)?), sign + 1 + digits));
    match bytes.get(sign)? {
        b'u' => code(4),
        b'x' => code(2),
        b'n' => Some(('\n', sign + 1)),
        b'r' => Some(('\r', sign + 1)),
        b't' => Some(('\t', sign + 1)),
        b'/' => Some(('/', sign + 1)),
        _ => None,
    }
}

fn of_html(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let length = bytes[at..].iter().take(LONGEST_NAME + 1).position(|b| *b == b';')?;
    let name = &bytes[at..at + length];
    let c = match name {
        [b'#', b'x' | b'X', digits @ ..] => character(number(digits, 16)?),
        [b'#', digits @ ..] => character(number(digits, 10)?),
        b"plus" => '+',
        b"commat" => '@',
        b"nbsp" | b"ensp" | b"emsp" | b"thinsp" => ' ',
        b"shy" | b"zwnj" | b"zwj" => '\u{ad}',
        b"middot" | b"bull" => '·',
        b"comma" => ',',
        b"colon" => ':',
        b"Tab" => '\t',
        b"NewLine" => '\n',
        b"hyphen" | b"dash" | b"ndash" | b"mdash" | b"minus" => '-',
        b"period" => '.',
        b"lowbar" => '_',
        b"lpar" => '(',
        b"rpar" => ')',
        b"sol" => '/',
        _ if length >= 2 && name.iter().all(u8::is_ascii_alphanumeric) => SOME_SIGN,
        _ => return None,
    };
    Some((c, at + length + 1))
}

/// What a percent sign and two hexadecimal digits at `at` stand for: the signs in numbers and addresses, and digits of
/// which several stand together, for `90%3800…` is another thing.
pub(super) fn of_address(text: &str, at: usize, behind_digit: bool) -> Option<(char, usize)> {
    let code = |at: usize| match text.as_bytes().get(at..at + 3)? {
        [b'%', two @ ..] => number(two, 16).map(character),
        _ => None,
    };
    let c = code(at)?;
    let among_digits = || behind_digit || code(at + 3).is_some_and(|c| c.is_ascii_digit());
    let read = matches!(c, ' ' | '+' | '-' | '.' | '_' | '(' | ')') || c.is_ascii_digit() && among_digits();
    read.then_some((c, at + 3))
}

/// Nothing but digits, and few of them.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let digits = str::from_utf8(digits).ok().filter(|text| text.chars().all(|c| c.is_digit(radix)))?;
    u32::from_str_radix(digits, radix).ok()
}

/// Half of a pair is no character.
fn character(code: u32) -> char {
    char::from_u32(code).unwrap_or(SOME_SIGN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_stands_for_one_character() {
        for (text, c) in [
            (r"\u003e", '>'),
            (r"\u003E", '>'),
            (r"\\u002b", '+'),
            (r"\\\\n", '\n'),
            (r"\x2B", '+'),
            (r"\/", '/'),
            (r"\u7535", '电'),
            (r"\ud83d", SOME_SIGN),
            ("&#43;", '+'),
            ("&#x2B;", '+'),
            ("&nbsp;", ' '),
            ("&shy;", '\u{ad}'),
            ("&middot;", '·'),
            ("&Tab;", '\t'),
            ("&copy;", SOME_SIGN),
        ] {
            assert_eq!(at(text, 0), Some((c, text.len())), "{text}");
        }
    }

    #[test]
    fn an_escape_of_an_address_is_a_sign_or_a_digit_among_others() {
        for (text, behind, c) in [("%2B", false, '+'), ("%2e", false, '.'), ("%31%33", false, '1'), ("%31", true, '1')]
        {
            assert_eq!(of_address(text, 0, behind), Some((c, 3)), "{text}");
        }
        for text in ["%31", "%3138", "%", "%2", "%+1", "%é", "%41"] {
            assert_eq!(of_address(text, 0, false), None, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            r"\u00",
            r"\u00g0",
            r"\u+123",
            r"\q",
            r"\",
            "&;",
            "&#;",
            "&#x;",
            "&a=1;",
            "&",
            "&#43",
            "n",
            "&longerthanany;",
        ] {
            assert_eq!(at(text, 0), None, "{text}");
        }
        assert_eq!(at("&#é;", 0), None);
    }
}
