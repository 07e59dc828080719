//! Signatures by themselves; `tests/suite/signatures.rs` holds them against OpenSSH.

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use ssh_key::{
    Algorithm, HashAlg, LineEnding, PrivateKey, Signature, SshSig,
    private::{Ed25519Keypair, KeypairData},
    public::SkEd25519,
};

use super::*;

fn pair(seed: u8) -> Ed25519Keypair {
    Ed25519Keypair::from_seed(&[seed; 32])
}

fn private(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::Ed25519(pair(seed)), "").unwrap()
}

fn public(seed: u8) -> String {
    private(seed).public_key().to_openssh().unwrap()
}

fn signed(seed: u8, purpose: Purpose, message: &[u8]) -> String {
    let signature = private(seed).sign(purpose.namespace(), HashAlg::Sha512, message).unwrap();
    signature.to_pem(LineEnding::LF).unwrap()
}

fn signers(text: &str) -> Signers {
    Signers::parse(text, &TimeZone::UTC).unwrap()
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

const NOON: &str = "2026-11-23T12:00:00Z";

#[test]
fn a_signature_counts_for_its_message_purpose_and_key_alone() {
    let list = signers(&format!("li@zkjia.com {}\n", public(1)));
    let text = signed(1, Purpose::Anchor, b"head");
    let person = list.check(Purpose::Anchor, b"head", &text, at(NOON)).unwrap();
    assert_eq!((person.name(), person.key.get(..7)), ("li@zkjia.com", Some("SHA256:")));
    let wrong = |purpose, message: &[u8], text: &str| list.check(purpose, message, text, at(NOON)).unwrap_err();
    assert!(matches!(wrong(Purpose::Anchor, b"tail", &text), SignatureError::Wrong(_)));
    assert!(matches!(wrong(Purpose::Approval, b"head", &text), SignatureError::Wrong(_)));
    assert!(matches!(wrong(Purpose::Anchor, b"head", "head"), SignatureError::NotASignature));
    let stranger = signed(2, Purpose::Anchor, b"head");
    assert!(matches!(wrong(Purpose::Anchor, b"head", &stranger), SignatureError::Unknown(_)));
}

/// Every byte of the signature itself: what the armor holds is changed bit by bit.
#[test]
fn no_changed_signature_counts() {
    let list = signers(&format!("li {}\n", public(1)));
    let text = signed(1, Purpose::Approval, b"plan");
    for at_byte in 0..text.len() {
        let mut edited = text.clone().into_bytes();
        edited[at_byte] ^= 1;
        let Ok(edited) = String::from_utf8(edited) else { continue };
        let same = SshSig::from_pem(&edited).is_ok_and(|read| read == SshSig::from_pem(&text).unwrap());
        let counted = list.check(Purpose::Approval, b"plan", &edited, at(NOON)).is_ok();
        assert!(!counted || same, "byte {at_byte}");
    }
}

#[test]
fn purposes_and_times_of_the_file_are_kept() {
    let key = public(1);
    let text = signed(1, Purpose::Approval, b"plan");
    let check = |options: &str, when: &str| {
        signers(&format!("li {options} {key} the comment\n")).check(Purpose::Approval, b"plan", &text, at(when)).is_ok()
    };
    assert!(check("", NOON));
    assert!(check("namespaces=\"approval@droit\"", NOON));
    assert!(check("namespaces=\"git,*@droit\"", NOON));
    assert!(!check("namespaces=\"anchor@droit,certificate@droit\"", NOON));
    assert!(!check("namespaces=\"*@droit,!approval@*\"", NOON));
    assert!(check("valid-after=\"20261123120000Z\",valid-before=\"20261123120000Z\"", NOON));
    assert!(!check("valid-after=\"20261123120001Z\"", NOON));
    assert!(!check("valid-before=\"202611231159Z\"", NOON));
    assert!(check("valid-before=\"20261124\",namespaces=\"approval@droit\"", NOON));
    assert!(!check("valid-before=\"20261123\"", NOON));
}

#[test]
fn times_without_a_z_are_the_controllers() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let line = format!("li valid-after=\"20261123\" {}", public(1));
    let list = Signers::parse(&line, &zone).unwrap();
    let text = signed(1, Purpose::Anchor, b"");
    assert!(list.check(Purpose::Anchor, b"", &text, at("2026-11-22T16:00:00Z")).is_ok());
    assert!(list.check(Purpose::Anchor, b"", &text, at("2026-11-22T15:59:59Z")).is_err());
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let key = public(1);
    for (line, why) in [
        (format!("* {key}"), "pattern"),
        (format!("*@zkjia.com {key}"), "pattern"),
        (format!("!li {key}"), "pattern"),
        (format!("li,,wang {key}"), "empty"),
        (format!("li cert-authority {key}"), "certificates"),
        (format!("li no-touch-required {key}"), "option"),
        (format!("li valid-after=\"tomorrow\" {key}"), "valid-after"),
        (format!("li valid-before=\"20261345\" {key}"), "valid-before"),
        (format!("li \"x {key}"), "quotation"),
        ("li".to_owned(), "public key"),
        ("li ssh-ed25519 AAAA".to_owned(), "public key"),
        (key.clone(), "public key"),
    ] {
        let text = format!("# signers\n\nwang {key}\n{line}\n");
        let (number, said) = Signers::parse(&text, &TimeZone::UTC).unwrap_err();
        assert!(number == 4 && said.contains(why), "{line}: {number}, {said}");
    }
}

#[test]
fn one_key_under_several_names_is_one_person() {
    let key = public(1);
    let list = signers(&format!("li,\"li na\" {key}\nLI.NA {key}\nLi {key}\nwang {}\n", public(2)));
    let who = |seed| list.check(Purpose::Anchor, b"x", &signed(seed, Purpose::Anchor, b"x"), at(NOON)).unwrap();
    let (li, wang) = (who(1), who(2));
    assert_eq!(li.names, ["li", "li na", "LI.NA"]);
    assert!(li.is_called("li.na") && !li.is_called("wang"));
    assert!(li.may_be(&li) && !li.may_be(&wang));
    let other_key_same_name = Person { names: vec!["Li".to_owned()], key: "SHA256:x".to_owned() };
    assert!(li.may_be(&other_key_same_name));
}

/// Over the data itself, without the frame of SSHSIG.
fn plain_signature<K: ssh_key::SigningKey>(key: &K, data: &[u8]) -> Signature {
    key.try_sign(data).unwrap()
}

/// A security key's signature, put together by hand as PROTOCOL.u2f has it.
fn touched(flags: u8) -> (String, String) {
    let pair = pair(7);
    let application = "ssh:";
    let key = KeyData::SkEd25519(SkEd25519::new(pair.public, application));
    let message = SshSig::signed_data(Purpose::Approval.namespace(), HashAlg::Sha512, b"plan").unwrap();
    let trailer = [flags, 0, 0, 0, 9];
    let mut data = Sha256::digest(application).to_vec();
    data.extend(trailer);
    data.extend(Sha256::digest(&message));
    let plain = PrivateKey::from(pair);
    let made = plain_signature(&plain, &data);
    let bytes = [made.as_bytes(), &trailer].concat();
    let made = Signature::new(Algorithm::SkEd25519, bytes).unwrap();
    let text = SshSig::new(key.clone(), Purpose::Approval.namespace(), HashAlg::Sha512, made).unwrap();
    (PublicKey::from(key).to_openssh().unwrap(), text.to_pem(LineEnding::LF).unwrap())
}

#[test]
fn a_security_key_counts_only_when_it_was_touched() {
    for (flags, counts) in [(1, true), (5, true), (0, false), (4, false)] {
        let (key, text) = touched(flags);
        let checked = signers(&format!("li {key}")).check(Purpose::Approval, b"plan", &text, at(NOON));
        assert_eq!(checked.is_ok(), counts, "{checked:?}");
    }
}

#[test]
fn a_key_never_shows_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("id");
    private(1).write_openssh_file(&path, LineEnding::LF).unwrap();
    let Opened::Ready(key) = SigningKey::open(&path, &std::collections::BTreeMap::new()).unwrap() else {
        panic!("it has no passphrase")
    };
    let shown = format!("{key:?}");
    assert!(shown.starts_with("SigningKey(SHA256:") && shown.len() < 70, "{shown}");
    let text = key.sign(Purpose::Anchor, b"x").unwrap();
    assert!(signers(&format!("li {}", public(1))).check(Purpose::Anchor, b"x", &text, at(NOON)).is_ok());
}
