//! Data Rights Protocol 1.0: what an authorised agent asks for a consumer (PEERS D5).
//!
//! The endpoint that takes it in holds the agents' keys and verifies signature, token and business; droit is given the
//! JSON beneath.

use std::collections::BTreeMap;

use super::{
    Entry, IntakeError, Terms,
    document::{Field, parse},
};
use crate::{
    case::{
        identity::Identity,
        request::{Channel, Regime, Request, RequestType, RequesterType},
        secret::Secret,
    },
    kind::Kind,
};

const FIELDS: [&str; 18] = [
    "agent-id",
    "business-id",
    "issued-at",
    "expires-at",
    "agent-request-id",
    "drp.version",
    "exercise",
    "regime",
    "relationships",
    "status_callback",
    "name",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    "address_verified",
    "power_of_attorney",
];

/// Fields that the officer reads, and nothing is decided by.
const TOLD: [&str; 5] = ["agent-id", "agent-request-id", "business-id", "status_callback", "power_of_attorney"];

/// Parts of an address (`OpenID` Connect Core 5.1.1), from the smallest.
const ADDRESS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// Reads a request. `business` is the identifier under which agents know the controller, where one is set.
pub fn read(bytes: &[u8], business: Option<&str>, terms: &Terms) -> Result<Entry, IntakeError> {
    if is_encoded(bytes) {
        return Err(IntakeError::Signed);
    }
    let value = parse(bytes)?;
    let root = Field::root(&value);
    root.only(&FIELDS)?;
    for name in ["agent-id", "agent-request-id"] {
        root.require(name)?.text()?;
    }
    let meant = root.require("business-id")?;
    if business.is_some_and(|business| meant.text() != Ok(business)) {
        return Err(meant.wrong("not for this business"));
    }
    let version = root.require("drp.version")?;
    if version.text()? != "1.0" {
        return Err(version.wrong("not 1.0"));
    }
    let received_at = arrival(&root, terms)?;
    let (right, scope) = exercise(&root.require("exercise")?)?;
    Ok(Entry {
        line: None,
        request: Request::new(right),
        regime: regime(&root, terms)?,
        channel: Channel::Web,
        requester: RequesterType::Agent,
        received_at,
        scope: scope.map(str::to_owned).into_iter().collect(),
        identity: claims(&root)?,
        name: text_of(&root, "name")?.map(Secret::from),
        text: None,
        reply_to: None,
        facts: facts(&root)?,
        content: Secret::from(root.json()),
    })
}

/// Base64 from end to end: signature and JSON, as they travel.
fn is_encoded(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii();
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte);
    text.len() >= 88 && text.iter().all(digit)
}

/// An agent's request arrives while it is valid; when exactly only the endpoint knows. Without its word the clocks run
/// from the issue, which is never later.
fn arrival(root: &Field<'_>, terms: &Terms) -> Result<jiff::Timestamp, IntakeError> {
    let (issue, expiry) = (root.require("issued-at")?, root.require("expires-at")?);
    let (issued, expires) = (issue.time()?, expiry.time()?);
    terms.require_timely(issued).map_err(|why| issue.wrong(why.words()))?;
    if expires <= issued {
        return Err(expiry.wrong("not after issued-at"));
    }
    match terms.received {
        Some(received) if received < issued => Err(issue.wrong("after the arrival that --received names")),
        Some(received) if received >= expires => Err(expiry.wrong("before the arrival that --received names")),
        Some(received) => Ok(received),
        None => Ok(issued),
    }
}

fn exercise(field: &Field<'_>) -> Result<(RequestType, Option<&'static str>), IntakeError> {
    match field.text()? {
        "deletion" => Ok((RequestType::Delete, None)),
        "access" => Ok((RequestType::Access, None)),
        "access:categories" => Ok((RequestType::Access, Some("categories"))),
        "access:specific" => Ok((RequestType::Access, Some("specific"))),
        "sale:opt-out" | "sale:opt_out" => Ok((RequestType::OptOut, Some("sale"))),
        "sale:opt-in" | "sale:opt_in" => Err(field.wrong("an opt-in is no request that droit registers")),
        _ => Err(field.wrong("not an exercise of the protocol")),
    }
}

fn regime(root: &Field<'_>, terms: &Terms) -> Result<Regime, IntakeError> {
    match root.get("regime")? {
        None => Ok(terms.law()),
        Some(field) if field.text()? == "ccpa" => Ok(Regime::UsCa),
        Some(field) => Err(field.wrong("not ccpa")),
    }
}

fn text_of<'a>(root: &Field<'a>, name: &str) -> Result<Option<&'a str>, IntakeError> {
    root.get(name)?.map(|field| field.text()).transpose()
}

fn claims(root: &Field<'_>) -> Result<Identity, IntakeError> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for (name, kind) in [("email", Kind::Email), ("phone_number", Kind::Phone), ("name", Kind::Name)] {
        let Some(field) = root.get(name)? else { continue };
        let text = field.text()?;
        if !kind.recognises(text) || (kind == Kind::Phone && !text.starts_with('+')) {
            return Err(field.wrong("not written like this claim"));
        }
        found.push((kind.word(), text.to_owned()));
    }
    if let Some(address) = root.get("address")? {
        found.push((Kind::Address.word(), one_address(&address)?));
    }
    if found.is_empty() {
        return Err(root.wrong("no claim says whom the request is about"));
    }
    Ok(Identity::of(found.iter().map(|(kind, value)| (*kind, value.as_str()))))
}

fn one_address(field: &Field<'_>) -> Result<String, IntakeError> {
    field.only(&ADDRESS)?;
    if let Some(whole) = text_of(field, "formatted")? {
        return Ok(whole.to_owned());
    }
    let mut parts = Vec::new();
    for name in &ADDRESS[1..] {
        parts.extend(text_of(field, name)?);
    }
    if parts.is_empty() { Err(field.wrong("empty")) } else { Ok(parts.join(", ")) }
}

fn facts(root: &Field<'_>) -> Result<BTreeMap<String, Secret>, IntakeError> {
    let mut facts = BTreeMap::new();
    for name in TOLD {
        if let Some(text) = text_of(root, name)? {
            facts.insert(format!("drp.{name}"), Secret::from(text));
        }
    }
    for name in ["email_verified", "phone_number_verified", "address_verified"] {
        if let Some(flag) = root.get(name)? {
            facts.insert(format!("drp.{name}"), Secret::from(flag.flag()?.to_string()));
        }
    }
    if let Some(list) = root.get("relationships")? {
        let words: Vec<&str> = list.list()?.iter().map(Field::text).collect::<Result<_, _>>()?;
        facts.insert("drp.relationships".to_owned(), words.join("\n").into());
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::intake::tests::{pairs, said_of, terms};

    const SAMPLE: &str = include_str!("../../fixtures/intake/drp.json");

    fn sample() -> Value {
        serde_json::from_str(SAMPLE).unwrap()
    }

    fn taken(value: &Value) -> Result<Entry, IntakeError> {
        read(value.to_string().as_bytes(), Some("zkjia"), &terms())
    }

    fn said(change: impl FnOnce(&mut Value)) -> String {
        said_of(SAMPLE, |bytes| read(bytes, Some("zkjia"), &terms()), change)
    }

    #[test]
    fn a_whole_request_is_mapped_to_our_words() {
        let entry = taken(&sample()).unwrap();
        assert_eq!(entry.request.request_type(), RequestType::Delete);
        assert_eq!((entry.regime, entry.requester), (Regime::UsCa, RequesterType::Agent));
        assert_eq!(entry.received_at, "2026-11-20T18:00:00Z".parse().unwrap());
        let wanted = [
            ("email", "ana@example.com"),
            ("phone", "+14155550123"),
            ("name", "Ana Lima"),
            ("address", "1 Main Street, Springfield, CA, 94000, US"),
        ];
        assert_eq!(pairs(&entry), wanted);
        assert_eq!(entry.facts["drp.email_verified"].reveal(), "true");
    }

    #[test]
    fn exercises_and_laws() {
        let of = |word: &str| {
            let mut value = sample();
            value["exercise"] = json!(word);
            let entry = taken(&value).unwrap();
            (entry.request.request_type(), entry.scope.join(","))
        };
        assert_eq!(of("access"), (RequestType::Access, String::new()));
        assert_eq!(of("access:categories"), (RequestType::Access, "categories".to_owned()));
        assert_eq!(of("access:specific"), (RequestType::Access, "specific".to_owned()));
        assert_eq!(of("sale:opt-out"), (RequestType::OptOut, "sale".to_owned()));
        assert_eq!(of("sale:opt_out"), (RequestType::OptOut, "sale".to_owned()));
        let mut value = sample();
        value.as_object_mut().unwrap().remove("regime");
        assert_eq!(taken(&value).unwrap().regime, Regime::Cn);
    }

    #[test]
    fn every_required_field_is_missed_by_its_path() {
        for name in
            ["agent-id", "business-id", "issued-at", "expires-at", "agent-request-id", "drp.version", "exercise"]
        {
            let path = if name == "exercise" { "$.exercise".to_owned() } else { format!("$['{name}']") };
            let message = said(|value| drop(value.as_object_mut().unwrap().remove(name)));
            assert_eq!(message, format!("{path}: missing"));
            assert!(said(|value| value[name] = json!([])).starts_with(&format!("{path}: not ")), "{name}");
        }
    }

    #[test]
    fn every_wrong_field_is_named_by_its_path_and_its_value_is_not_repeated() {
        let cases: [(&str, Value, &str); 14] = [
            ("business-id", json!("acme"), "$['business-id']: not for this business"),
            ("drp.version", json!("0.5"), "$['drp.version']: not 1.0"),
            ("issued-at", json!("2036-01-01T00:00:00Z"), "$['issued-at']: has not come yet"),
            ("expires-at", json!("2026-11-20T18:00:00Z"), "$['expires-at']: not after issued-at"),
            ("exercise", json!("sale:opt-in"), "$.exercise: an opt-in is no request that droit registers"),
            ("exercise", json!("rectification"), "$.exercise: not an exercise of the protocol"),
            ("regime", json!("gdpr"), "$.regime: not ccpa"),
            ("email", json!("ana at example"), "$.email: not written like this claim"),
            ("phone_number", json!("415-555-0123"), "$.phone_number: not written like this claim"),
            ("email_verified", json!("yes"), "$.email_verified: not true or false"),
            ("address", json!("1 Main Street"), "$.address: not an object"),
            ("address", json!({"planet": "earth"}), "$.address: a field that the format does not have"),
            ("relationships", json!(["customer", 3]), "$.relationships[1]: not a text"),
            ("shoe_size", json!(43), "$: a field that the format does not have"),
        ];
        for (name, wrong, wanted) in cases {
            assert_eq!(said(|value| value[name] = wrong), wanted);
        }
        let nobody = said(|value| {
            for name in ["name", "email", "phone_number", "address"] {
                value.as_object_mut().unwrap().remove(name);
            }
        });
        assert_eq!(nobody, "$: no claim says whom the request is about");
    }

    #[test]
    fn the_endpoint_says_when_it_arrived() {
        let at = |text: &str| Terms { received: Some(text.parse().unwrap()), ..terms() };
        let read = |terms: &Terms| read(sample().to_string().as_bytes(), None, terms);
        assert_eq!(read(&at("2026-11-20T18:04:00Z")).unwrap().received_at, "2026-11-20T18:04:00Z".parse().unwrap());
        assert!(read(&at("2026-11-20T18:10:00Z")).unwrap_err().to_string().starts_with("$['expires-at']: "));
        assert!(read(&at("2026-11-20T17:59:59Z")).unwrap_err().to_string().starts_with("$['issued-at']: "));
    }

    #[test]
    fn what_is_still_signed_is_refused() {
        assert_eq!(read("QUJD".repeat(40).as_bytes(), None, &terms()).unwrap_err(), IntakeError::Signed);
    }
}
