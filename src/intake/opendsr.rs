//! OpenDSR 2.0: what a controller sends to its processors (PEERS D4).

use std::collections::BTreeMap;

use super::{
    Entry, IntakeError, Terms,
    document::{Field, parse},
};
use crate::{
    case::{
        identity::Identifier,
        request::{Channel, Regime, Request, RequestType, RequesterType},
        secret::Secret,
    },
    kind::Kind,
};

const FIELDS: [&str; 8] = [
    "regulation",
    "subject_request_id",
    "subject_request_type",
    "subject_identities",
    "submitted_time",
    "api_version",
    "status_callback_urls",
    "extensions",
];

/// Types of identities that are numbers of devices or installations.
const DEVICES: [&str; 9] = [
    "android_advertising_id",
    "android_id",
    "fire_advertising_id",
    "ios_advertising_id",
    "ios_vendor_id",
    "microsoft_advertising_id",
    "microsoft_publisher_id",
    "roku_advertising_id",
    "roku_publisher_id",
];

/// Reads the body of `POST /requests`. `customer` is the map's word for the people whom `controller_customer_id` counts.
pub fn read(bytes: &[u8], customer: Option<&str>, terms: &Terms) -> Result<Entry, IntakeError> {
    let value = parse(bytes)?;
    let root = Field::root(&value);
    root.only(&FIELDS)?;
    let regime = regime(&root.require("regulation")?, terms)?;
    let id = root.require("subject_request_id")?;
    if !is_uuid4(id.text()?) {
        return Err(id.wrong("not a UUID of version 4 in lower case"));
    }
    let request = request(&root.require("subject_request_type")?)?;
    let submitted = root.require("submitted_time")?;
    let received_at = submitted.time()?;
    terms.require_timely(received_at).map_err(|why| submitted.wrong(why.words()))?;
    let (identifiers, mut facts) = identities(&root.require("subject_identities")?, customer)?;
    facts.insert("opendsr.subject_request_id".to_owned(), id.text()?.into());
    facts.extend(others(&root)?);
    Ok(Entry {
        line: None,
        request: Request::new(request),
        regime,
        channel: Channel::Web,
        requester: RequesterType::Subject,
        received_at: terms.received.map_or(received_at, |said| said.min(received_at)),
        scope: Vec::new(),
        identity: crate::case::identity::Identity { identifiers },
        name: None,
        text: None,
        reply_to: None,
        facts,
        content: Secret::from(root.json()),
    })
}

/// GDPR is that of the Union, or of the United Kingdom where the workspace answers under that.
fn regime(field: &Field<'_>, terms: &Terms) -> Result<Regime, IntakeError> {
    match field.text()? {
        "gdpr" if terms.regime == Some(Regime::Uk) => Ok(Regime::Uk),
        "gdpr" => Ok(Regime::Eu),
        "ccpa" => Ok(Regime::UsCa),
        _ => Err(field.wrong("not gdpr or ccpa")),
    }
}

fn request(field: &Field<'_>) -> Result<RequestType, IntakeError> {
    match field.text()? {
        "access" => Ok(RequestType::Access),
        "erasure" => Ok(RequestType::Delete),
        "portability" => Ok(RequestType::Transfer),
        _ => Err(field.wrong("not access, erasure or portability")),
    }
}

fn is_uuid4(text: &str) -> bool {
    let shape = |at: usize, c: char| match at {
        8 | 13 | 18 | 23 => c == '-',
        14 => c == '4',
        19 => matches!(c, '8' | '9' | 'a' | 'b'),
        _ => matches!(c, '0'..='9' | 'a'..='f'),
    };
    text.len() == 36 && text.chars().enumerate().all(|(at, c)| shape(at, c))
}

type Found = (Vec<Identifier>, BTreeMap<String, Secret>);

/// Values in the clear find the person; digests only tell the officer what to ask for.
fn identities(list: &Field<'_>, customer: Option<&str>) -> Result<Found, IntakeError> {
    let (mut found, mut facts) = (Vec::new(), BTreeMap::new());
    for (at, item) in list.list()?.iter().enumerate() {
        item.only(&["identity_type", "identity_value", "identity_format"])?;
        let (typed, value) = (item.require("identity_type")?, item.require("identity_value")?);
        let kind = kind(&typed, customer)?;
        match item.require("identity_format")? {
            format if format.text()? == "raw" => {
                let known = kind.parse::<Kind>().ok();
                if known.is_some_and(|kind| !kind.recognises(value.text().unwrap_or_default())) {
                    return Err(value.wrong("not written like its identity_type"));
                }
                found.push(Identifier { kind, value: value.text()?.into(), since: None, until: None });
            }
            format => {
                let digits = match format.text()? {
                    "sha1" => 40,
                    "md5" => 32,
                    "sha256" => 64,
                    _ => return Err(format.wrong("not raw, sha1, md5 or sha256")),
                };
                let text = value.text()?;
                if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(value.wrong("not a digest of its identity_format"));
                }
                let word = format!("opendsr.identity.{at}.{}.{}", typed.text()?, format.text()?);
                facts.insert(word, text.into());
            }
        }
    }
    if found.is_empty() && facts.is_empty() { Err(list.wrong("empty")) } else { Ok((found, facts)) }
}

fn kind(field: &Field<'_>, customer: Option<&str>) -> Result<String, IntakeError> {
    match field.text()? {
        "email" => Ok("email".to_owned()),
        "controller_customer_id" => customer
            .map(str::to_owned)
            .ok_or_else(|| field.wrong("the data map has no one table of people for it; name it with --person")),
        device if DEVICES.contains(&device) => Ok("device_id".to_owned()),
        _ => Err(field.wrong("not an identity type of OpenDSR 2.0")),
    }
}

/// What goes into the sealed body as it is.
fn others(root: &Field<'_>) -> Result<BTreeMap<String, Secret>, IntakeError> {
    let mut facts = BTreeMap::new();
    if let Some(version) = root.get("api_version")?
        && version.text()? != "2"
        && !version.text()?.starts_with("2.")
    {
        return Err(version.wrong("not version 2"));
    }
    if let Some(urls) = root.get("status_callback_urls")? {
        let urls: Vec<&str> = urls.list()?.iter().map(Field::text).collect::<Result<_, _>>()?;
        facts.insert("opendsr.status_callback_urls".to_owned(), urls.join("\n").into());
    }
    if let Some(extensions) = root.get("extensions")? {
        if !extensions.is_object() {
            return Err(extensions.wrong("not an object"));
        }
        facts.insert("opendsr.extensions".to_owned(), extensions.json().into());
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::intake::tests::{pairs, said_of, terms};

    const SAMPLE: &str = include_str!("../../fixtures/intake/opendsr.json");

    fn sample() -> Value {
        serde_json::from_str(SAMPLE).unwrap()
    }

    fn taken(value: &Value) -> Result<Entry, IntakeError> {
        read(value.to_string().as_bytes(), Some("account"), &terms())
    }

    fn said(change: impl FnOnce(&mut Value)) -> String {
        said_of(SAMPLE, |bytes| read(bytes, Some("account"), &terms()), change)
    }

    #[test]
    fn a_whole_request_is_mapped_to_our_words() {
        let entry = taken(&sample()).unwrap();
        assert_eq!(entry.request.request_type(), RequestType::Delete);
        assert_eq!(entry.regime, Regime::Eu);
        assert_eq!(entry.received_at, "2026-11-20T15:00:00Z".parse().unwrap());
        assert_eq!(pairs(&entry), [("account", "42"), ("email", "johndoe@example.com")]);
        let names: Vec<&str> = entry.facts.keys().map(String::as_str).collect();
        let wanted = [
            "opendsr.extensions",
            "opendsr.identity.2.ios_advertising_id.sha256",
            "opendsr.status_callback_urls",
            "opendsr.subject_request_id",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn types_and_laws() {
        for (word, right) in
            [("access", RequestType::Access), ("portability", RequestType::Transfer), ("erasure", RequestType::Delete)]
        {
            let mut value = sample();
            value["subject_request_type"] = json!(word);
            assert_eq!(taken(&value).unwrap().request.request_type(), right);
        }
        let mut value = sample();
        value["regulation"] = json!("ccpa");
        assert_eq!(taken(&value).unwrap().regime, Regime::UsCa);
    }

    #[test]
    fn every_required_field_is_missed_by_its_path() {
        for name in ["regulation", "subject_request_id", "subject_request_type", "subject_identities", "submitted_time"]
        {
            let message = said(|value| drop(value.as_object_mut().unwrap().remove(name)));
            assert_eq!(message, format!("$.{name}: missing"));
            assert_eq!(said(|value| value[name] = json!(null)), format!("$.{name}: missing"));
            assert!(said(|value| value[name] = json!(7)).starts_with(&format!("$.{name}: not ")));
        }
        for name in ["identity_type", "identity_value", "identity_format"] {
            let message = said(|value| drop(value["subject_identities"][1].as_object_mut().unwrap().remove(name)));
            assert_eq!(message, format!("$.subject_identities[1].{name}: missing"));
        }
    }

    #[test]
    fn every_wrong_field_is_named_by_its_path_and_its_value_is_not_repeated() {
        let cases: [(&str, Value, &str); 12] = [
            ("/regulation", json!("pipl"), "$.regulation: not gdpr or ccpa"),
            (
                "/subject_request_id",
                json!("A7551968-D5D6-44B2-9831-815AC9017798"),
                "$.subject_request_id: not a UUID of version 4 in lower case",
            ),
            (
                "/subject_request_type",
                json!("rectification"),
                "$.subject_request_type: not access, erasure or portability",
            ),
            ("/submitted_time", json!("2026-11-20 15:00"), "$.submitted_time: not a time of RFC 3339"),
            ("/submitted_time", json!("2036-11-20T15:00:00Z"), "$.submitted_time: has not come yet"),
            ("/api_version", json!("1.0"), "$.api_version: not version 2"),
            ("/subject_identities", json!([]), "$.subject_identities: empty"),
            (
                "/subject_identities/0/identity_type",
                json!("phone_number"),
                "$.subject_identities[0].identity_type: not an identity type of OpenDSR 2.0",
            ),
            (
                "/subject_identities/1/identity_value",
                json!("secret-of-ana"),
                "$.subject_identities[1].identity_value: not written like its identity_type",
            ),
            (
                "/subject_identities/2/identity_format",
                json!("crc32"),
                "$.subject_identities[2].identity_format: not raw, sha1, md5 or sha256",
            ),
            (
                "/subject_identities/2/identity_value",
                json!("00ff"),
                "$.subject_identities[2].identity_value: not a digest of its identity_format",
            ),
            ("/status_callback_urls", json!("https://example.com"), "$.status_callback_urls: not a list"),
        ];
        for (pointer, wrong, wanted) in cases {
            assert_eq!(said(|value| *value.pointer_mut(pointer).unwrap() = wrong), wanted);
        }
        let message = said(|value| value["ana@example.com"] = json!(1));
        assert_eq!(message, "$: a field that the format does not have");
    }

    #[test]
    fn a_customer_number_needs_a_table_of_people() {
        let error = read(sample().to_string().as_bytes(), None, &terms()).unwrap_err();
        assert!(error.to_string().starts_with("$.subject_identities[0].identity_type: "), "{error}");
    }
}
