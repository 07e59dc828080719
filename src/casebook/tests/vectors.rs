//! The published test vectors: bytes that were computed by another implementation (`fixtures/casebook/chain_vectors.py`).

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::*;
use crate::casebook::{chain, events::Stored, header::Header, seal::SecretKey};

const VECTORS: &str = include_str!("../../../fixtures/casebook/chain-vectors.json");

fn vectors() -> serde_json::Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn text(value: &serde_json::Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn bytes(value: &serde_json::Value, name: &str) -> Vec<u8> {
    let text = text(value, name);
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The header's bytes, put together by hand.
fn by_hand(workspace: &str, event: &serde_json::Value) -> Vec<u8> {
    let number = event["number"].as_i64().unwrap().to_be_bytes();
    let (at, actor, about) = (text(event, "at"), text(event, "actor"), text(event, "about"));
    let (details, key, nonce) = (text(event, "details"), bytes(event, "key"), bytes(event, "nonce"));
    let mut out = Vec::new();
    for field in [
        b"droit.event/1".as_slice(),
        workspace.as_bytes(),
        &number,
        at.as_bytes(),
        actor.as_bytes(),
        about.as_bytes(),
        details.as_bytes(),
        &key,
        &nonce,
    ] {
        out.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        out.extend(field);
    }
    out
}

#[test]
fn vectors_agree_with_plain_sha256_over_bytes_put_together_by_hand() {
    let vectors = vectors();
    let mut previous = vec![0; 32];
    for event in vectors["events"].as_array().unwrap() {
        let header = by_hand(&text(&vectors, "workspace"), event);
        assert_eq!(header, bytes(event, "header"));
        assert_eq!(previous, bytes(event, "previous"));
        let mut hash = b"droit.chain/1\n".to_vec();
        hash.extend(&previous);
        hash.extend((header.len() as u64).to_be_bytes());
        hash.extend(&header);
        hash.extend(Sha256::digest(bytes(event, "sealed")));
        previous = Sha256::digest(&hash).to_vec();
        assert_eq!(previous, bytes(event, "hash"));
    }
}

#[test]
fn the_parts_agree_with_the_vectors() {
    let vectors = vectors();
    let secret: [u8; 32] = bytes(&vectors["keys"][1], "secret").try_into().unwrap();
    let secret = SecretKey::new(Zeroizing::new(secret));
    for event in vectors["events"].as_array().unwrap() {
        let expected = bytes(event, "header");
        let header = Header::decode(&expected).unwrap();
        assert_eq!(header.encode().unwrap(), expected);
        assert_eq!(serde_json::to_string(&header.event).unwrap(), text(event, "details"));
        let sealed = bytes(event, "sealed");
        if let Some((_, nonce)) = &header.seal {
            let body: Body = serde_json::from_str(&text(event, "body")).unwrap();
            let plain = serde_json::to_vec(&body).unwrap();
            assert_eq!(plain, text(event, "body").as_bytes());
            assert_eq!(secret.seal(nonce, &expected, &plain).unwrap(), sealed);
            assert_eq!(secret.open(nonce, &expected, &sealed).unwrap().as_slice(), plain);
        }
        let digest = chain::body_digest(event["body"].is_string().then_some(sealed.as_slice()));
        assert_eq!(digest.to_vec(), bytes(event, "body_sha256"));
        let previous: [u8; 32] = bytes(event, "previous").try_into().unwrap();
        assert_eq!(chain::link(&previous, &expected, &digest).to_vec(), bytes(event, "hash"));
    }
}

/// A casebook that draws the vectors' keys and nonces writes the vectors' rows.
#[test]
fn a_casebook_writes_the_vectors() {
    let vectors = vectors();
    let events = vectors["events"].as_array().unwrap();
    let mut draws = vec![(0..16).collect::<Vec<u8>>()];
    for key in vectors["keys"].as_array().unwrap() {
        draws.extend([bytes(key, "id"), bytes(key, "secret")]);
    }
    draws.extend([bytes(&events[1], "nonce"), bytes(&events[2], "nonce")]);
    draws.reverse();
    let desk = Desk { dir: tempfile::tempdir().unwrap() };
    KeyFolder::create(&desk.keys()).unwrap();
    let random: Randomness = Box::new(move |out| out.copy_from_slice(&draws.pop().unwrap()));
    let at = |event: &serde_json::Value| text(event, "at").parse().unwrap();
    let mut book = Casebook::create(Opening { random, ..desk.opening() }, at(&events[0]), "li").unwrap();
    for event in &events[1..] {
        let details: Event = serde_json::from_str(&text(event, "details")).unwrap();
        let body: Option<Body> = event["body"].as_str().map(|body| serde_json::from_str(body).unwrap());
        let about: About = text(event, "about").parse().unwrap();
        book.append(at(event), &text(event, "actor"), about, details, body.as_ref()).unwrap();
    }
    let sql = format!("SELECT {} FROM events ORDER BY number", Stored::COLUMNS);
    let mut statement = book.connection.prepare(&sql).unwrap();
    let rows: Vec<Stored> = statement.query_map([], Stored::read).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(events) {
        assert_eq!(row.header, bytes(event, "header"));
        assert_eq!(row.body.clone().unwrap_or_default(), bytes(event, "sealed"));
        assert_eq!(row.body_sha256, bytes(event, "body_sha256"));
        assert_eq!(row.hash, bytes(event, "hash"));
    }
    assert_eq!(book.head().unwrap().to_string(), text(&vectors, "head"));
}
