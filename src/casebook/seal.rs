//! Keys in memory, and what they do: seal, open, and tag.

use std::fmt;

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::case::IdentityTag;

/// Bytes of a nonce; random ones of this length do not repeat.
pub(super) const NONCE: usize = 24;

/// A key in memory: wiped when dropped, never shown.
pub(super) struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plain`, bound to `context`. `None` if it is too large for the cipher.
    pub(super) fn seal(&self, nonce: &[u8; NONCE], context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        self.cipher().encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad: context }).ok()
    }

    /// Opens what was sealed under this key and context. `None` if it was not, or was altered.
    pub(super) fn open(&self, nonce: &[u8; NONCE], context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context }).ok().map(Zeroizing::new)
    }

    /// The keyed tag of an identity value of some kind, both length-prefixed.
    pub(super) fn tag(&self, kind: &str, value: &str) -> IdentityTag {
        let mut block = Zeroizing::new([0; 64]); // HMAC pads shorter keys with zeros itself; so there is no length to be wrong
        block[..32].copy_from_slice(self.bytes());
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        mac.update(b"droit.tag/1");
        for part in [kind, value] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        IdentityTag::new(mac.finalize().into_bytes().into())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}
