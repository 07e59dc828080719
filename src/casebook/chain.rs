//! The chain: each event's hash covers the one before, so that no event can be changed, dropped or swapped unnoticed.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::case::Fingerprint;

/// What every hash of the chain begins with.
pub(super) const DOMAIN: &[u8; 14] = b"droit.chain/1\n";

/// The hash before event 1.
pub(super) const GENESIS: [u8; 32] = [0; 32];

/// Where a chain ends: what is printed on replies and kept by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last event's number; 0 for an empty chain
    pub number: i64,
    /// The last event's hash
    pub hash: Fingerprint,
}

impl Head {
    pub(super) fn genesis() -> Self {
        Self { number: 0, hash: Fingerprint::new(GENESIS) }
    }
}

/// A text that is not a head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a head: an event number, a colon and 64 hexadecimal digits")]
pub struct NotAHead;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (number, hash) = text.split_once(':').ok_or(NotAHead)?;
        let parsed = number.parse::<i64>().ok().filter(|n| *n >= 0 && n.to_string() == number).ok_or(NotAHead)?;
        Ok(Self { number: parsed, hash: hash.parse().map_err(|_| NotAHead)? })
    }
}

/// The SHA-256 of a sealed body; of nothing when there is none.
pub(super) fn body_digest(sealed: Option<&[u8]>) -> [u8; 32] {
    Sha256::digest(sealed.unwrap_or_default()).into()
}

/// The hash of an event: domain, hash before, length of the header (8 bytes, big-endian), header, digest of the sealed
/// body.
pub(super) fn link(previous: &[u8; 32], header: &[u8], body_digest: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(previous);
    hash.update((header.len() as u64).to_be_bytes());
    hash.update(header);
    hash.update(body_digest);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let head = Head { number: 12, hash: Fingerprint::new([0xab; 32]) };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in ["", "12", "12:ab", "-1:", "+1:", "012:", "x:"] {
            assert_eq!(format!("{text}{}", "ab".repeat(32)).parse::<Head>(), Err(NotAHead), "{text}");
        }
    }

    #[test]
    fn every_input_tells_in_the_hash() {
        let hash = link(&GENESIS, b"header", &body_digest(None));
        assert_ne!(hash, link(&[1; 32], b"header", &body_digest(None)));
        assert_ne!(hash, link(&GENESIS, b"headers", &body_digest(None)));
        assert_ne!(hash, link(&GENESIS, b"header", &body_digest(Some(b"x"))));
    }
}
