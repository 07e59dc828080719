//! A value from a user database: what the engines hold, in one canonical form.
//!
//! Personal data lives in here, so `Debug` tells kind and length and never content.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

/// One cell. The same content gives the same value on every engine.
#[derive(Clone, Default)]
pub enum Value {
    /// SQL NULL
    #[default]
    Null,
    /// A whole number
    Integer(i64),
    /// A floating-point number; compared by its bits, so that NaN and -0.0 stay what they are
    Real(f64),
    /// Text that is valid UTF-8 (UTF-16 databases are read as UTF-8)
    Text(String),
    /// Bytes
    Blob(Vec<u8>),
    /// A cell that its engine calls text but whose bytes are not valid in the database's encoding, kept byte for byte
    Malformed(Vec<u8>),
}

impl Value {
    /// Whether this is SQL NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether there is nothing in it to know: NULL, or text of white space alone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Blob(bytes) | Self::Malformed(bytes) => bytes.is_empty(),
            Self::Integer(_) | Self::Real(_) => false,
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole number.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The canonical text, the same from every engine: decimal numbers, reals in the shortest form that reads back
    /// equal, `x'…'` for bytes. NULL is the empty text.
    #[must_use]
    pub fn to_canonical_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => canonical_real(*number),
            Self::Text(text) => text.clone(),
            Self::Blob(bytes) | Self::Malformed(bytes) => format!("x'{}'", hex(bytes)),
        }
    }

    /// Appends the canonical bytes: a tag, a length where one is needed, the content. Equal values give equal bytes and
    /// no value's bytes begin another's, so that digests over several values are unambiguous.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (tag, content): (u8, &[u8]) = match self {
            Self::Null => (b'n', &[]),
            Self::Integer(number) => {
                out.push(b'i');
                out.extend_from_slice(&number.to_be_bytes());
                return;
            }
            Self::Real(number) => {
                out.push(b'r');
                out.extend_from_slice(&number.to_bits().to_be_bytes());
                return;
            }
            Self::Text(text) => (b't', text.as_bytes()),
            Self::Blob(bytes) => (b'b', bytes),
            Self::Malformed(bytes) => (b'm', bytes),
        };
        out.push(tag);
        out.extend_from_slice(&(content.len() as u64).to_be_bytes());
        out.extend_from_slice(content);
    }

    /// Takes one value off the front of what [`Value::encode`] wrote; `None` when the bytes are not that.
    #[must_use]
    pub fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first()?;
        *bytes = rest;
        match tag {
            b'i' => return Some(Self::Integer(i64::from_be_bytes(take(bytes)?))),
            b'r' => return Some(Self::Real(f64::from_bits(u64::from_be_bytes(take(bytes)?)))),
            _ => {}
        }
        let length = usize::try_from(u64::from_be_bytes(take(bytes)?)).ok()?;
        let (content, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        match tag {
            b'n' if content.is_empty() => Some(Self::Null),
            b't' => String::from_utf8(content.to_owned()).ok().map(Self::Text),
            b'b' => Some(Self::Blob(content.to_owned())),
            b'm' => Some(Self::Malformed(content.to_owned())),
            _ => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Integer(_) => 1,
            Self::Real(_) => 2,
            Self::Text(_) => 3,
            Self::Malformed(_) => 4,
            Self::Blob(_) => 5,
        }
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

fn canonical_real(number: f64) -> String {
    if number.is_finite() && number.trunc().to_bits() == number.to_bits() && number.abs() < 1e15 {
        format!("{number:.1}")
    } else {
        format!("{number:?}")
    }
}

/// Lower-case hexadecimal digits of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble & 15)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(*byte));
    }
    text
}

/// The canonical order: NULL, whole numbers, reals, text by its bytes, malformed text, bytes. It is never the
/// database's collation, so every engine's packages and plans come in the same order.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Real(a), Self::Real(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Blob(a), Self::Blob(b)) | (Self::Malformed(a), Self::Malformed(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Integer(number) => number.hash(state),
            Self::Real(number) => number.to_bits().hash(state),
            Self::Text(text) => text.hash(state),
            Self::Blob(bytes) | Self::Malformed(bytes) => bytes.hash(state),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Integer(_) => f.write_str("Integer(…)"),
            Self::Real(_) => f.write_str("Real(…)"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
            Self::Malformed(bytes) => write!(f, "Malformed({} bytes)", bytes.len()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What identifies a row in its table: the primary key's values in order, or the rowid alone. A table that has neither
/// cannot be planned on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(pub Vec<Value>);

impl Key {
    /// Appends the canonical bytes of the key: the number of values, then each of them.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.0.len() as u64).to_be_bytes());
        for value in &self.0 {
            value.encode(out);
        }
    }
}

impl Key {
    /// Takes one key off the front of what [`Key::encode`] wrote.
    #[must_use]
    pub fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let count = u64::from_be_bytes(take(bytes)?);
        (0..count).map(|_| Value::decode(bytes)).collect::<Option<Vec<_>>>().map(Self)
    }
}

/// The cells of one row, in the order the statement asked for them.
pub type Row = Vec<Value>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_content() {
        let shown = format!("{:?}", [Value::from("13800138000"), Value::from(13_800_138_000), Value::Blob(vec![7])]);
        assert!(!shown.contains("138"), "{shown}");
        assert_eq!(shown, "[Text(11 bytes), Integer(…), Blob(1 bytes)]");
    }

    #[test]
    fn canonical_text_tells_reals_from_integers() {
        assert_eq!(Value::Real(1.0).to_canonical_text(), "1.0");
        assert_eq!(Value::Real(0.1).to_canonical_text(), "0.1");
        assert_eq!(Value::Integer(1).to_canonical_text(), "1");
        assert_eq!(Value::Blob(vec![0, 255]).to_canonical_text(), "x'00ff'");
    }

    #[test]
    fn order_is_by_bytes_not_by_collation() {
        let mut values = [Value::from("b"), Value::from("B"), Value::from("张"), Value::Null, Value::from(5)];
        values.sort();
        assert_eq!(values.map(|v| v.to_canonical_text()), ["", "5", "B", "b", "张"]);
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let values = [
            Value::Null,
            (-5).into(),
            Value::Real(f64::NAN),
            "张".into(),
            Value::Blob(vec![1]),
            Value::Malformed(vec![0xff]),
        ];
        let key = Key(values.to_vec());
        let mut bytes = Vec::new();
        key.encode(&mut bytes);
        let mut rest = bytes.as_slice();
        assert_eq!(Key::decode(&mut rest), Some(key));
        assert!(rest.is_empty());
        assert_eq!(Key::decode(&mut &bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn encodings_do_not_run_into_each_other() {
        let encode = |values: &[Value]| {
            let mut out = Vec::new();
            for value in values {
                value.encode(&mut out);
            }
            out
        };
        assert_ne!(encode(&["ab".into(), "c".into()]), encode(&["a".into(), "bc".into()]));
        assert_ne!(encode(&[Value::Null]), encode(&["".into()]));
    }
}
