//! Bodies and work lists whose key was replaced. What the chain covers stays as it is: it is sealed once more, under the
//! key of today, together with the key that opens it. So the key that was replaced is nowhere in the clear, and opens
//! nothing by itself.

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{
    CasebookError,
    events::Stored,
    header::Header,
    keys::KeyFolder,
    seal::{NONCE, SecretKey},
};
use crate::case::{Body, Fingerprint, KeyId};

const DOMAIN: &[u8] = b"droit.again/1";

/// What is sealed as it was first, and the key that opens it.
pub(super) struct Inner {
    pub(super) key: SecretKey,
    pub(super) sealed: Vec<u8>,
}

impl Inner {
    pub(super) fn under(key: &SecretKey, sealed: Vec<u8>) -> Self {
        Self { key: SecretKey::new(Zeroizing::new(*key.bytes())), sealed }
    }

    /// Sealed once more under `key`, bound to what it was bound to first: the nonce and what is sealed.
    pub(super) fn seal(&self, key: &SecretKey, nonce: &[u8; NONCE], bound: &[u8]) -> Option<Vec<u8>> {
        let plain = Zeroizing::new([self.key.bytes().as_slice(), &self.sealed].concat());
        let sealed = key.seal(nonce, &context(bound), &plain)?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// What [`Inner::seal`] sealed; nothing of what is something else.
    pub(super) fn open(key: &SecretKey, bound: &[u8], body: &[u8]) -> Option<Self> {
        let (nonce, sealed) = body.split_first_chunk::<NONCE>()?;
        let plain = key.open(nonce, &context(bound), sealed)?;
        let (inner, sealed) = plain.split_first_chunk::<32>()?;
        Some(Self { key: SecretKey::new(Zeroizing::new(*inner)), sealed: sealed.to_vec() })
    }
}

fn context(bound: &[u8]) -> Vec<u8> {
    [DOMAIN, bound].concat()
}

/// The key that came in the place of this one.
pub(super) fn successor(connection: &Connection, key: KeyId) -> Result<Option<KeyId>, CasebookError> {
    let replaced: Option<Option<String>> = connection
        .prepare_cached("SELECT replaced FROM keys WHERE id = ?1")?
        .query_row([key.to_string()], |row| row.get(0))
        .optional()?;
    replaced.flatten().map(|by| by.parse().map_err(|_| CasebookError::Row("keys"))).transpose()
}

/// The body of an event, if it has one and its key is there, and the key that it takes to open it today.
pub(super) fn open_body(
    connection: &Connection,
    keys: &KeyFolder,
    header: &Header,
    stored: &Stored,
) -> Result<(Option<Body>, Option<KeyId>), CasebookError> {
    let Some((key, nonce)) = &header.seal else { return Ok((None, None)) };
    let by = successor(connection, *key)?;
    let today = by.unwrap_or(*key);
    let Some(sealed) = &stored.body else { return Ok((None, Some(today))) };
    let secret = match keys.load(today) {
        Ok(secret) => secret,
        Err(CasebookError::KeyMissing(_)) => return Ok((None, Some(today))),
        Err(error) => return Err(error),
    };
    let plain = match by {
        None => secret.open(nonce, &stored.header, sealed),
        Some(_) => Inner::open(&secret, &stored.header, sealed)
            .and_then(|inner| inner.key.open(nonce, &stored.header, &inner.sealed)),
    };
    let plain = plain.ok_or(CasebookError::Sealed(today))?;
    let body = serde_json::from_slice(&plain).map_err(|_| CasebookError::Event(stored.number))?;
    Ok((Some(body), Some(today)))
}

/// Covers bodies that were sealed once more, in the order of their events: needs no key.
#[derive(Default)]
pub(super) struct Cover {
    digest: Sha256,
    pub(super) bodies: u64,
}

impl Cover {
    pub(super) fn add(&mut self, event: i64, body: &[u8]) {
        self.digest.update(event.to_be_bytes());
        self.digest.update((body.len() as u64).to_be_bytes());
        self.digest.update(body);
        self.bodies += 1;
    }

    pub(super) fn end(self) -> (u64, Fingerprint) {
        (self.bodies, Fingerprint::new(self.digest.finalize().into()))
    }
}
