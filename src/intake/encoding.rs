//! In which encoding a file is: by proof, never by likelihood.

use std::{fmt, str::FromStr};

use encoding_rs::{GB18030, UTF_8};
use zeroize::Zeroizing;

use super::IntakeError;

/// An encoding that is read. GB18030 holds all of GBK and GB 2312.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark
    Utf8,
    /// GB18030
    Gb18030,
}

impl Encoding {
    const ALL: [Self; 2] = [Self::Utf8, Self::Gb18030];

    /// The word in files, arguments and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
        }
    }

    /// What `bytes` say in this encoding, without a mark, or several that programs have put one before the other; `None`
    /// if they say nothing in it.
    fn read(self, bytes: &[u8]) -> Option<Zeroizing<String>> {
        let encoding = if self == Self::Utf8 { UTF_8 } else { GB18030 };
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        Some(Zeroizing::new(text.trim_start_matches('\u{feff}').to_owned()))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "gb18030" | "gbk" | "gb2312" => Ok(Self::Gb18030),
            _ => Err("known encodings are utf-8 and gb18030 (also for GBK and GB 2312)".to_owned()),
        }
    }
}

/// Reads `bytes` as what they are shown to be: named by somebody; marked; readable in one way only; or fitting
/// (`fits`) what is expected of them in one way only.
pub(super) fn read(
    bytes: &[u8],
    named: Option<Encoding>,
    fits: impl Fn(&str) -> bool,
) -> Result<(Encoding, Zeroizing<String>), IntakeError> {
    let marked = bytes.starts_with(b"\xef\xbb\xbf").then_some(Encoding::Utf8);
    if let Some(encoding) = named.or(marked) {
        let text = encoding.read(bytes).ok_or(IntakeError::NotText(encoding.word()))?;
        return Ok((encoding, text));
    }
    let mut readings: Vec<_> =
        Encoding::ALL.into_iter().filter_map(|encoding| Some((encoding, encoding.read(bytes)?))).collect();
    if let [(_, one), (_, other)] = readings.as_slice() {
        if one == other {
            readings.truncate(1);
        } else {
            readings.retain(|(_, text)| fits(text));
            return Some(readings)
                .filter(|left| left.len() == 1)
                .and_then(|mut left| left.pop())
                .ok_or(IntakeError::Undecidable);
        }
    }
    readings.pop().ok_or(IntakeError::NotText("UTF-8 or GB18030"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(bytes: &[u8]) -> Result<Encoding, IntakeError> {
        read(bytes, None, |_| false).map(|(encoding, _)| encoding)
    }

    #[test]
    fn what_can_be_read_in_one_way_only_is_proven() {
        assert_eq!(proven(b"plain"), Ok(Encoding::Utf8));
        assert_eq!(proven(b"\xef\xbb\xbf\xe4\xb8\xad\xe5\x9b\xbd"), Ok(Encoding::Utf8));
        assert_eq!(proven("删除我,".as_bytes()), Ok(Encoding::Utf8)); // nine bytes: the last leads into the comma
        assert_eq!(proven(b"\xc9\xbe\xb3\xfd"), Ok(Encoding::Gb18030)); // 删除
    }

    #[test]
    fn marks_at_the_begin_are_no_text_however_many() {
        for named in [None, Some(Encoding::Utf8)] {
            let (encoding, text) = read(b"\xef\xbb\xbf\xef\xbb\xbfno,phone", named, |_| false).unwrap();
            assert_eq!((encoding, text.as_str()), (Encoding::Utf8, "no,phone"));
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_left_to_somebody() {
        let bytes = "中国".as_bytes(); // six bytes, three characters of GBK
        assert_eq!(proven(bytes), Err(IntakeError::Undecidable));
        let (encoding, text) = read(bytes, None, |text| text.contains("中")).unwrap();
        assert_eq!((encoding, text.as_str()), (Encoding::Utf8, "中国"));
        assert_eq!(read(bytes, None, |_| true).unwrap_err(), IntakeError::Undecidable);
        assert_eq!(read(bytes, Some(Encoding::Utf8), |_| false).unwrap().1.as_str(), "中国");
    }

    #[test]
    fn what_cannot_be_read_is_refused_even_when_named() {
        assert_eq!(proven(b"\xff\xfe\x41\x00"), Err(IntakeError::NotText("UTF-8 or GB18030")));
        let named = read(b"\xb3\xfd", Some(Encoding::Utf8), |_| true).unwrap_err();
        assert_eq!(named, IntakeError::NotText("utf-8"));
    }
}
