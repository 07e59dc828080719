//! The header bytes of an event: nine fields, each a length of four bytes (big-endian) and that many bytes.
//! `docs/reference/casebook-format.md` is the specification.

use jiff::Timestamp;

use super::{error::CasebookError, seal::NONCE};
use crate::case::{About, Event, KeyId};

/// The first field of every header.
pub(super) const FORMAT: &str = "droit.event/1";

/// What is chained of an event, and what its sealed body is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) workspace: String,
    pub(super) number: i64,
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) about: About,
    pub(super) event: Event,
    pub(super) seal: Option<(KeyId, [u8; NONCE])>,
}

impl Header {
    pub(super) fn encode(&self) -> Result<Vec<u8>, CasebookError> {
        let details = serde_json::to_vec(&self.event).map_err(|_| CasebookError::TooLarge)?;
        let (key, nonce): (&[u8], &[u8]) = match &self.seal {
            Some((key, nonce)) => (key.bytes(), nonce),
            None => (&[], &[]),
        };
        let mut out = Vec::with_capacity(details.len() + 160);
        for field in [
            FORMAT.as_bytes(),
            self.workspace.as_bytes(),
            &self.number.to_be_bytes(),
            self.at.to_string().as_bytes(),
            self.actor.as_bytes(),
            self.about.to_string().as_bytes(),
            &details,
            key,
            nonce,
        ] {
            let length = u32::try_from(field.len()).map_err(|_| CasebookError::TooLarge)?;
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(field);
        }
        Ok(out)
    }

    /// Reads header bytes; `None` if they are not exactly what [`Header::encode`] writes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut field = || {
            let (length, tail) = rest.split_first_chunk::<4>()?;
            let (field, tail) = tail.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
            rest = tail;
            Some(field)
        };
        let text = |field: &[u8]| String::from_utf8(field.to_vec()).ok();
        (field()? == FORMAT.as_bytes()).then_some(())?;
        let workspace = text(field()?)?;
        let number = i64::from_be_bytes(field()?.try_into().ok()?);
        let at = text(field()?)?.parse().ok()?;
        let actor = text(field()?)?;
        let about = text(field()?)?.parse().ok()?;
        let event = serde_json::from_slice(field()?).ok()?;
        let (key, nonce) = (field()?, field()?);
        let seal = if key.is_empty() && nonce.is_empty() {
            None
        } else {
            Some((KeyId::new(key.try_into().ok()?), nonce.try_into().ok()?))
        };
        let header = Self { workspace, number, at, actor, about, event, seal };
        (rest.is_empty() && header.encode().is_ok_and(|again| again == bytes)).then_some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            workspace: "00ff".to_owned(),
            number: 3,
            at: "2026-11-23T01:02:03Z".parse().unwrap(),
            actor: "li".to_owned(),
            about: "DSR-20261123-0001".parse().unwrap(),
            event: Event::Closed {},
            seal: Some((KeyId::new([1; 16]), [2; NONCE])),
        }
    }

    #[test]
    fn bytes_are_those_of_the_specification() {
        let mut expected = Vec::new();
        for field in [
            &b"droit.event/1"[..],
            b"00ff",
            &[0, 0, 0, 0, 0, 0, 0, 3],
            b"2026-11-23T01:02:03Z",
            b"li",
            b"DSR-20261123-0001",
            br#"{"event":"closed"}"#,
            &[1; 16],
            &[2; 24],
        ] {
            expected.extend_from_slice(&[0, 0, 0, u8::try_from(field.len()).unwrap()]);
            expected.extend_from_slice(field);
        }
        assert_eq!(header().encode().unwrap(), expected);
        assert_eq!(Header::decode(&expected), Some(header()));
    }

    #[test]
    fn other_spellings_of_the_same_are_refused() {
        let bytes = header().encode().unwrap();
        assert_eq!(Header::decode(&[bytes.as_slice(), &[0]].concat()), None);
        assert_eq!(Header::decode(&bytes[..bytes.len() - 1]), None);
        let spaced = Header { event: Event::Closed {}, ..header() }.encode().unwrap();
        let spaced = String::from_utf8_lossy(&spaced).replace(r#"{"event":"closed"}"#, r#"{"event": "closed"}"#);
        assert_eq!(Header::decode(spaced.replace("\u{12}{", "\u{13}{").as_bytes()), None);
    }
}
