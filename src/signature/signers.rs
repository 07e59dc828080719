//! The file of allowed signers, as ssh-keygen(1) defines it under ALLOWED SIGNERS: who may sign, with which key, for
//! what, from when until when.
//!
//! What this reader does not understand it refuses with the line's number: a certificate authority, a pattern instead
//! of a name (whose signature would it be?), an unknown option.

use std::{collections::BTreeSet, fs, path::Path};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};
use ssh_key::{PublicKey, public::KeyData};

use super::{Purpose, SignatureError, SigningKey, can_be_checked, key_of, parsed, print_of};
use crate::case::{Agreement, Fingerprint};

/// Whoever may sign.
#[derive(Debug)]
pub struct Signers {
    allowed: Vec<Allowed>,
    digest: Fingerprint,
}

#[derive(Debug)]
struct Allowed {
    names: Vec<String>,
    key: KeyData,
    /// Patterns; none is every purpose
    namespaces: Option<Vec<String>>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

/// Who signed: all names under which the key is allowed, and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The names, in the order of the file
    pub names: Vec<String>,
    /// `SHA256:…`
    pub key: String,
}

impl Person {
    /// The name that goes on record.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Whether both may be one person: a key or a name in common.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        self.key == other.key || self.names.iter().any(|name| other.is_called(name))
    }

    /// Whether this is one of the names; case does not tell people apart.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.to_lowercase() == name.to_lowercase())
    }
}

impl Signers {
    /// Reads the file. Times without a `Z` are of `zone`, the controller's.
    pub fn read(path: &Path, zone: &TimeZone) -> Result<Self, SignatureError> {
        let text =
            fs::read_to_string(path).map_err(|source| SignatureError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text, zone).map_err(|(line, why)| SignatureError::Signers { path: path.to_owned(), line, why })
    }

    pub(super) fn parse(text: &str, zone: &TimeZone) -> Result<Self, (usize, &'static str)> {
        let mut allowed = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                allowed.push(one(line, zone).map_err(|why| (number, why))?);
            }
        }
        Ok(Self { allowed, digest: Fingerprint::new(Sha256::digest(text).into()) })
    }

    /// SHA-256 of the file: which list counted, when something was signed.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.digest
    }

    /// Whether anybody of that name may sign anything.
    #[must_use]
    pub fn know(&self, name: &str) -> bool {
        self.allowed.iter().flat_map(|one| &one.names).any(|known| known.to_lowercase() == name.to_lowercase())
    }

    /// Who signed `message` for `purpose`, if the key is allowed for that at `at`.
    pub fn check(
        &self,
        purpose: Purpose,
        message: &[u8],
        signature: &str,
        at: Timestamp,
    ) -> Result<Person, SignatureError> {
        let key = key_of(purpose, message, &parsed(signature)?)?;
        self.person(key.key_data(), purpose, at)
    }

    /// Who agreed to `statement`, if the signature counts at `at` and is of whom the record says.
    pub fn agreed(&self, statement: &str, by: &Agreement, at: Timestamp) -> Result<Person, SignatureError> {
        let person = self.check(Purpose::Approval, statement.as_bytes(), &by.signature, at)?;
        if person.key == by.key && person.is_called(&by.name) {
            Ok(person)
        } else {
            Err(SignatureError::Wrong("it is of somebody else than the record says"))
        }
    }

    /// Whose key it is, if it is allowed for `purpose` at `at`.
    pub fn who(&self, key: &SigningKey, purpose: Purpose, at: Timestamp) -> Result<Person, SignatureError> {
        self.person(&key.public, purpose, at)
    }

    fn person(&self, key: &KeyData, purpose: Purpose, at: Timestamp) -> Result<Person, SignatureError> {
        let print = print_of(key);
        let known: Vec<&Allowed> = self.allowed.iter().filter(|one| one.key == *key).collect();
        if known.is_empty() {
            return Err(SignatureError::Unknown(print));
        }
        let mut seen = BTreeSet::new();
        let in_force = known.iter().filter(|one| one.is_in_force(purpose, at));
        let names = in_force.flat_map(|one| &one.names).filter(|name| seen.insert(name.to_lowercase()));
        let names: Vec<String> = names.cloned().collect();
        if names.is_empty() { Err(SignatureError::NotInForce(print)) } else { Ok(Person { names, key: print }) }
    }
}

impl Allowed {
    fn is_in_force(&self, purpose: Purpose, at: Timestamp) -> bool {
        let namespace = purpose.namespace();
        self.namespaces.as_ref().is_none_or(|patterns| in_list(patterns, namespace))
            && self.after.is_none_or(|after| at >= after)
            && self.before.is_none_or(|before| at <= before)
    }
}

/// `principals [options] keytype base64-key [comment]`
fn one(line: &str, zone: &TimeZone) -> Result<Allowed, &'static str> {
    let mut words = words(line)?.into_iter();
    let names = words.next().ok_or("there is no name")?;
    let names: Vec<String> = names.replace('"', "").split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("a name is empty");
    }
    if names.iter().any(|name| name.contains(['*', '?', '!']) || name.chars().any(char::is_control)) {
        return Err("a pattern names nobody: write names");
    }
    let rest: Vec<String> = words.collect();
    let key = |at: usize| -> Option<PublicKey> {
        let (kind, base64) = (rest.get(at)?, rest.get(at + 1)?);
        PublicKey::from_openssh(&format!("{kind} {base64}")).ok()
    };
    let (options, key) = match (key(0), key(1)) {
        (Some(key), _) => ("", key),
        (None, Some(key)) => (rest[0].as_str(), key),
        _ => return Err("there is no public key"),
    };
    if !can_be_checked(key.key_data()) {
        return Err("keys of this kind are not supported");
    }
    let mut allowed = Allowed { names, key: key.into(), namespaces: None, after: None, before: None };
    for option in split(options, ',') {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "namespaces" => allowed.namespaces = Some(value.split(',').map(|one| one.trim().to_owned()).collect()),
            "valid-after" => allowed.after = Some(time(value, zone).ok_or("valid-after is no time")?),
            "valid-before" => allowed.before = Some(time(value, zone).ok_or("valid-before is no time")?),
            "cert-authority" => return Err("certificates are not supported: write the keys themselves"),
            _ => return Err("the option is not known"),
        }
    }
    Ok(allowed)
}

/// Words between blanks; blanks in quotes do not separate.
fn words(line: &str) -> Result<Vec<String>, &'static str> {
    if line.matches('"').count() % 2 == 1 {
        return Err("a quotation mark has no other");
    }
    Ok(split(&line.replace('\t', " "), ' '))
}

/// The parts between `separator`, quoted ones ignored; empty parts are left out.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        quoted ^= c == '"';
        match parts.last_mut() {
            Some(part) if c != separator || quoted => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, in UTC with a `Z`.
fn time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let (digits, zone) = match text.strip_suffix('Z') {
        Some(digits) => (digits, &TimeZone::UTC),
        None => (text, zone),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || ![8, 12, 14].contains(&digits.len()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i8>().ok());
    let year = digits.get(..4)?.parse().ok()?;
    let time = DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?, 0).ok()?;
    Some(time.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

/// A pattern list as in `ssh_config(5)`: one that matches counts, unless one with `!` matches.
fn in_list(patterns: &[String], text: &str) -> bool {
    let negated = patterns.iter().filter_map(|pattern| pattern.strip_prefix('!'));
    if negated.into_iter().any(|pattern| matches(pattern, text)) {
        return false;
    }
    patterns.iter().any(|pattern| !pattern.starts_with('!') && matches(pattern, text))
}

/// `*` is any characters, `?` one.
fn matches(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    match first {
        '*' => text.char_indices().any(|(at, _)| matches(rest, &text[at..])) || matches(rest, ""),
        _ => text.chars().next().is_some_and(|c| (first == '?' || first == c) && matches(rest, &text[c.len_utf8()..])),
    }
}
