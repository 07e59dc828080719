//! Text from a database made harmless: it cannot become HTML, a formula, a terminal escape, a path, or reorder a line.

use std::{
    fmt,
    io::{self, Write},
    ops::ControlFlow,
};

/// What stands for a character that acts instead of being read: a picture for a control character, U+FFFD for what has
/// no picture (C1, bidirectional overrides and marks, line separators, byte order mark). `None`: the character is read.
fn picture(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => None,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// Whether no character of `text` acts and none is in `escaped` (ASCII). Those that act are control characters or begin
/// with one of four bytes. Nearly every value passes, and is written as it is.
fn is_quiet(text: &str, escaped: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let acts = |at: usize| match (bytes.get(at + 1), bytes.get(at + 2)) {
        (Some(second), _) if bytes[at] == 0xc2 => *second < 0xa0,
        (Some(second), _) if bytes[at] == 0xd8 => *second == 0x9c,
        (Some(0x80), Some(third)) if bytes[at] == 0xe2 => matches!(third, 0x8e | 0x8f | 0xa8..=0xae),
        (Some(0x81), Some(third)) if bytes[at] == 0xe2 => matches!(third, 0xa6..=0xa9),
        (Some(0xbb), Some(third)) if bytes[at] == 0xef => *third == 0xbf,
        (Some(0xbf), Some(third)) if bytes[at] == 0xef => *third >= 0xb9,
        _ => false,
    };
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        0x20..=0x7e => !escaped.contains(byte),
        0xc2 | 0xd8 | 0xe2 | 0xef => !acts(at),
        byte => *byte >= 0x80,
    })
}

/// Writes `text` with a visible stand-in for every character that acts, and with what `escape` has for others. Line
/// breaks (a CRLF is one) and tabs stay.
fn write_visible(f: &mut fmt::Formatter<'_>, text: &str, escape: fn(char) -> Option<&'static str>) -> fmt::Result {
    use fmt::Write;
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let (shown, escaped) = (picture(c), escape(c));
        if shown.is_none() && escaped.is_none() {
            continue;
        }
        f.write_str(&text[plain..at])?;
        plain = at + c.len_utf8();
        match (shown, escaped) {
            (Some(_), _) if c == '\r' && text[plain..].starts_with('\n') => {}
            (Some(picture), _) => f.write_char(picture)?,
            (None, escaped) => f.write_str(escaped.unwrap_or_default())?,
        }
    }
    f.write_str(&text[plain..])
}

/// Prints text as HTML that says the text: for content and for quoted attributes.
pub(crate) struct Html<'a>(pub(crate) &'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visible(f, self.0, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '"' => Some("&quot;"),
            '\'' => Some("&#39;"),
            _ => None,
        })
    }
}

impl Html<'_> {
    /// Writes it, the plain text without a detour.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if is_quiet(self.0, b"&<>\"'") { out.write_all(self.0.as_bytes()) } else { write!(out, "{self}") }
    }
}

/// Prints text in which nothing acts, without any escaping.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visible(f, self.0, |_| None)
    }
}

/// Prints text as a JSON string, quotes included. Lossless; whatever acts is escaped, so that reading the file in a
/// terminal is harmless too.
pub(super) struct Json<'a>(pub(super) &'a str);

/// [`Json`] without its quotes.
struct Inside<'a>(&'a str);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", Inside(self.0))
    }
}

impl fmt::Display for Inside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain = 0;
        for (at, c) in self.0.char_indices() {
            let acts = matches!(c, '"' | '\\' | '\t' | '\n') || picture(c).is_some();
            if !acts {
                continue;
            }
            f.write_str(&self.0[plain..at])?;
            plain = at + c.len_utf8();
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                c => write!(f, "\\u{:04x}", u32::from(c))?, // all of them are below U+10000
            }
        }
        f.write_str(&self.0[plain..])
    }
}

impl Json<'_> {
    /// Writes it without the quotes.
    pub(super) fn write_inside<W: Write>(&self, out: &mut W) -> io::Result<()> {
        if is_quiet(self.0, b"\"\\") { out.write_all(self.0.as_bytes()) } else { write!(out, "{}", Inside(self.0)) }
    }

    /// Writes it, the plain text without a detour.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if !is_quiet(self.0, b"\"\\") {
            return write!(out, "{self}");
        }
        write_quoted(out, self.0)
    }
}

fn write_quoted(out: &mut dyn Write, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    out.write_all(text.as_bytes())?;
    out.write_all(b"\"")
}

/// Prints text as a quoted CSV field that a spreadsheet takes for text: `'` goes before what would be run as a formula,
/// and before digits that it would shorten or round.
pub(super) struct Csv<'a>(pub(super) &'a str);

impl fmt::Display for Csv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        if starts_formula(self.0) || digits_suffer(self.0) {
            f.write_str("'")?;
        }
        write!(f, "{}\"", Field(self.0))
    }
}

/// [`Csv`] without its quotes and mark.
struct Field<'a>(&'a str);

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visible(f, self.0, |c| (c == '"').then_some("\"\""))
    }
}

/// Looks at a text that comes in pieces, to tell whether [`Csv`] would put its mark in front of it.
#[derive(Default)]
pub(super) struct CsvMark {
    /// The text so far, as long as it can still be one long number
    digits: Option<String>,
    begun: bool,
    /// Whether it starts a formula, once that is known
    formula: Option<bool>,
}

impl CsvMark {
    /// Takes the next piece; breaks when it is known.
    pub(super) fn look(&mut self, piece: &str) -> ControlFlow<()> {
        let Some(first) = piece.chars().next() else { return ControlFlow::Continue(()) };
        let mut body = piece;
        if !self.begun {
            self.begun = true;
            self.digits = Some(String::new());
            self.formula = matches!(first, '\t' | '\r' | '\n').then_some(true);
            body = piece.strip_prefix('-').unwrap_or(piece);
        }
        if self.formula.is_none() && piece.chars().any(|c| !c.is_whitespace() && picture(c).is_none()) {
            self.formula = Some(starts_formula(piece.trim_start()));
        }
        if !body.bytes().all(|byte| byte.is_ascii_digit()) {
            self.digits = None;
        }
        if let Some(digits) = &mut self.digits {
            // seventeen characters tell as much as more
            digits.extend(piece.chars().take(17_usize.saturating_sub(digits.len())));
        }
        let known = self.formula == Some(true) || (self.formula.is_some() && self.digits.is_none());
        if known { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What is known at the end.
    pub(super) fn is_wanted(&self) -> bool {
        self.formula == Some(true) || self.digits.as_deref().is_some_and(digits_suffer)
    }
}

impl Csv<'_> {
    /// Writes what stands between the quotes, without a mark.
    pub(super) fn write_inside(&self, out: &mut dyn Write) -> io::Result<()> {
        if is_quiet(self.0, b"\"") { out.write_all(self.0.as_bytes()) } else { write!(out, "{}", Field(self.0)) }
    }

    /// Writes it, the plain text without a detour.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let text = self.0;
        if is_quiet(text, b"\"") && !starts_formula(text) && !digits_suffer(text) {
            return write_quoted(out, text);
        }
        write!(out, "{self}")
    }
}

/// What stands in a cell of a list for a spreadsheet, before it is quoted: a visible stand-in for every character that acts,
/// and `'` before what would be run as a formula. Numbers stay numbers.
#[must_use]
pub fn in_a_sheet(text: &str) -> String {
    let mark = if starts_formula(text) && text.parse::<f64>().is_err() { "'" } else { "" };
    format!("{mark}{}", Plain(text))
}

fn starts_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let first = text.chars().find(|c| !c.is_whitespace() && picture(*c).is_none());
    matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '−' | '﹢' | '﹣' | '﹦' | '﹫'))
}

/// Whether a spreadsheet would read `text` as a number and lose digits of it: leading zeros, more than 15 digits.
pub(super) fn digits_suffer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits.len() > 15 || (digits.len() > 1 && digits.starts_with('0')))
}

/// A part of a file name from a table's name: `[a-z0-9_]`, at most 40, never empty.
pub(super) fn file_stem(name: &str) -> String {
    let stem: String =
        name.chars().take(40).map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if stem.is_empty() { "table".to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        Html(text).to_string()
    }

    #[test]
    fn what_acts_is_shown_and_what_is_read_stays() {
        for (text, shown) in [
            ("a\u{1b}[31mb", "a␛[31mb"),
            ("nul\0nul", "nul␀nul"),
            ("del\u{7f}", "del␡"),
            ("csi\u{9b}31m", "csi\u{fffd}31m"),
            ("abc\u{202e}fdp.exe", "abc\u{fffd}fdp.exe"),
            ("\u{2066}x\u{2069}\u{200f}\u{200e}\u{61c}", "\u{fffd}x\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("one\r\ntwo\rthree", "one\ntwo␍three"),
            ("مرحبا עברית 张三 👩‍👩‍👧", "مرحبا עברית 张三 👩‍👩‍👧"),
        ] {
            assert_eq!(seen(text), shown, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_what_is_printed() {
        let every = (0..=0x1_f600).filter_map(char::from_u32);
        let texts = every.map(|c| c.to_string()).chain(["a,b".into(), "张三 =1".into(), "=1".into(), "007".into()]);
        for text in texts {
            let written = |write: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| {
                let mut out = Vec::new();
                write(&mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            assert_eq!(written(&|out| Html(&text).write(out)), Html(&text).to_string());
            assert_eq!(written(&|out| Json(&text).write(out)), Json(&text).to_string());
            assert_eq!(written(&|out| Csv(&text).write(out)), Csv(&text).to_string());
        }
    }

    #[test]
    fn text_never_becomes_html() {
        let hostile = "</style><script>alert(\"1\")</script><a href='x' onload=y>&amp;";
        assert_eq!(
            Html(hostile).to_string(),
            "&lt;/style&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;a href=&#39;x&#39; onload=y&gt;&amp;amp;"
        );
    }

    #[test]
    fn json_is_lossless_and_quiet() {
        let text = "q\"b\\n\n\t\u{1b}\u{9b}\u{202e}\0张\u{1f600}";
        let json = Json(text).to_string();
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(json, r#""q\"b\\n\n\t\u001b\u009b\u202e\u0000张😀""#);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", " =1", "\u{feff}=1", "\n=1"]
        {
            assert!(Csv(text).to_string().starts_with("\"'"), "{text:?}");
        }
        assert_eq!(Csv("a=1").to_string(), "\"a=1\"");
        assert_eq!(Csv("say \"hi\", twice").to_string(), "\"say \"\"hi\"\", twice\"");
    }

    #[test]
    fn digits_that_a_spreadsheet_would_lose_are_text() {
        assert_eq!(Csv("110105194912310021").to_string(), "\"'110105194912310021\"");
        assert_eq!(Csv("007").to_string(), "\"'007\"");
        assert_eq!(Csv("13812341234").to_string(), "\"13812341234\"");
        assert_eq!(Csv("0").to_string(), "\"0\"");
    }

    #[test]
    fn a_table_name_is_no_path() {
        for (name, stem) in [
            ("../../etc/passwd", "______etc_passwd"),
            ("CON", "con"),
            ("user\0s", "user_s"),
            ("订单", "__"),
            ("", "table"),
            ("C:\\x", "c__x"),
        ] {
            assert_eq!(file_stem(name), stem);
        }
        assert_eq!(file_stem(&"x".repeat(500)).len(), 40);
    }
}
