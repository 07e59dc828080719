//! Names that say nothing: of subjects, keys and identity tags. The first two are random; a tag is keyed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::value::hex;

/// A text that does not have the form of an opaque name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0} lower-case hexadecimal digits")]
pub struct NotOpaque(usize);

fn unhex<const N: usize>(text: &str) -> Result<[u8; N], NotOpaque> {
    let wrong = NotOpaque(2 * N);
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(wrong.clone()),
    };
    if text.len() != 2 * N {
        return Err(wrong);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(bytes)
}

/// The random reference under which a person stands in headers, logs and certificates. It is never derived from
/// anything about the person, so nothing about them can be tried out against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubjectRef([u8; 8]);

/// The random name of a key and of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 16]);

/// A SHA-256 of something that is not personal by itself: a package, a letter, a plan, an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

/// An HMAC of an identity value under the workspace's tag key. Whoever has that key can try out every phone number, so
/// tags stand only in encrypted bodies and in mutable tables, and `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityTag([u8; 32]);

impl fmt::Debug for IdentityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityTag(…)")
    }
}

impl SubjectRef {
    /// What a printed reference begins with.
    pub const PREFIX: &'static str = "S-";

    /// Takes eight random bytes for a reference.
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        Self(random)
    }
}

impl KeyId {
    /// Takes sixteen random bytes for a name.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// The bytes of the name (not of the key).
    #[must_use]
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Fingerprint {
    /// Takes a SHA-256.
    #[must_use]
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl IdentityTag {
    /// Takes a keyed digest.
    #[must_use]
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The keyed digest.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SubjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, hex(&self.0))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for SubjectRef {
    type Err = NotOpaque;

    fn from_str(text: &str) -> Result<Self, NotOpaque> {
        unhex(text.strip_prefix(Self::PREFIX).ok_or(NotOpaque(16))?).map(Self)
    }
}

impl FromStr for KeyId {
    type Err = NotOpaque;

    fn from_str(text: &str) -> Result<Self, NotOpaque> {
        unhex(text).map(Self)
    }
}

impl FromStr for Fingerprint {
    type Err = NotOpaque;

    fn from_str(text: &str) -> Result<Self, NotOpaque> {
        unhex(text).map(Self)
    }
}

impl TryFrom<String> for SubjectRef {
    type Error = NotOpaque;

    fn try_from(text: String) -> Result<Self, NotOpaque> {
        text.parse()
    }
}

impl TryFrom<String> for KeyId {
    type Error = NotOpaque;

    fn try_from(text: String) -> Result<Self, NotOpaque> {
        text.parse()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = NotOpaque;

    fn try_from(text: String) -> Result<Self, NotOpaque> {
        text.parse()
    }
}

impl TryFrom<String> for IdentityTag {
    type Error = NotOpaque;

    fn try_from(text: String) -> Result<Self, NotOpaque> {
        unhex(&text).map(Self)
    }
}

impl From<SubjectRef> for String {
    fn from(subject: SubjectRef) -> Self {
        subject.to_string()
    }
}

impl From<KeyId> for String {
    fn from(key: KeyId) -> Self {
        key.to_string()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl From<IdentityTag> for String {
    fn from(tag: IdentityTag) -> Self {
        hex(&tag.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_printed() {
        let subject = SubjectRef::new([0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff]);
        assert_eq!(subject.to_string(), "S-00010203fcfdfeff");
        assert_eq!("S-00010203fcfdfeff".parse(), Ok(subject));
        assert_eq!(format!("{}", KeyId::new([0xab; 16])).parse(), Ok(KeyId::new([0xab; 16])));
    }

    #[test]
    fn a_key_name_cannot_be_a_path() {
        for text in ["../../etc/passwd", "", "ABABABABABABABABABABABABABABABAB", "ab", "é".repeat(16).as_str()] {
            assert!(text.parse::<KeyId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_tag_is_not_shown() {
        assert_eq!(format!("{:?}", IdentityTag::new([7; 32])), "IdentityTag(…)");
    }
}
