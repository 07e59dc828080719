//! Identifiers of a person, on their way in: from a file, standard input, a prompt, or (with a warning) an argument.
//! They end in encrypted bodies only; no message repeats one.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::{
    case::identity::{Identifier, Identity},
    case::secret::Secret,
    kind::Kind,
};

use super::{confirm, failure::Failure, letter, out::Out, session::Session, text::Text, text::trouble};

/// How identifiers are given
#[derive(clap::Args, Clone, Default)]
pub(crate) struct IdentifierArgs {
    /// Read identifiers from FILE, `-` for standard input: lines of kind=value, or JSON
    #[arg(long, value_name = "FILE")]
    id_file: Option<PathBuf>,

    /// Give an identifier as KIND=VALUE; the shell's history keeps it, so prefer --id-file
    #[arg(long = "id", value_name = "KIND=VALUE")]
    id: Vec<String>,
}

const IN_HISTORY: Text = Text {
    en: "an identifier was given as an argument: the shell's history and the process list keep it; use --id-file",
    zh: "标识以参数给出：会留在 shell 历史和进程列表中；请改用 --id-file",
};

const WHO: Text = Text {
    en: "Whom is it about? One identifier, such as phone=… or email=…:",
    zh: "关于哪个人？请输入一个标识，例如 phone=… 或 email=…：",
};

impl IdentifierArgs {
    /// Whether none was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.id_file.is_none() && self.id.is_empty()
    }

    /// Reads what was given; asks where nothing was.
    pub(crate) fn require(&self, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Identity> {
        let mut identity = self.read(session, out)?;
        if self.is_empty() && session.can_ask() {
            let answer = Zeroizing::new(confirm::ask(WHO, "--id-file FILE", session, out)?);
            identity = parse(&answer, &session.person_words())?;
        }
        if identity.is_empty() {
            return Err(trouble::NO_IDENTIFIERS.plain().into());
        }
        Ok(identity)
    }

    /// Reads what was given, which may be nothing.
    pub(crate) fn read(&self, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Identity> {
        let text = letter::private(self.id_file.as_deref(), session)?;
        let people = session.person_words();
        let mut identity = parse(&text, &people)?;
        if !self.id.is_empty() {
            out.warning("identifier_in_history", IN_HISTORY, &[]);
            for (entry, pair) in self.id.iter().enumerate() {
                identity.identifiers.push(pair_of(entry + 1, pair, &people)?);
            }
        }
        Ok(identity)
    }
}

/// Reads lines of `kind=value` (blank lines and `#` comments are skipped) or a JSON object `{"kind": "value" | [values]}`.
/// A word of `people` (`[person.*]` of the map) picks one of several by its key: `account=42`.
fn parse(text: &str, people: &[String]) -> Result<Identity, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return parse_json(text, people);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identifiers = lines.enumerate().map(|(at, line)| pair_of(at + 1, line, people)).collect::<Result<_, _>>()?;
    Ok(Identity { identifiers })
}

fn parse_json(text: &str, people: &[String]) -> Result<Identity, Failure> {
    let not = |entry: usize| trouble::NOT_AN_IDENTIFIER.with(&[("entry", &entry.to_string())]);
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).map_err(|_| not(1))?;
    let mut identifiers = Vec::new();
    for (at, (kind, value)) in object.into_iter().enumerate() {
        let values = match value {
            serde_json::Value::Array(values) => values,
            single => vec![single],
        };
        for value in values {
            let serde_json::Value::String(value) = value else { return Err(not(at + 1)) };
            identifiers.push(identifier(at + 1, &kind, value, people)?);
        }
    }
    Ok(Identity { identifiers })
}

fn pair_of(entry: usize, pair: &str, people: &[String]) -> Result<Identifier, Failure> {
    let (kind, value) =
        pair.split_once('=').ok_or_else(|| trouble::NOT_AN_IDENTIFIER.with(&[("entry", &entry.to_string())]))?;
    identifier(entry, kind.trim(), value.trim().to_owned(), people)
}

fn identifier(entry: usize, kind: &str, value: String, people: &[String]) -> Result<Identifier, Failure> {
    let entry = entry.to_string();
    if value.trim().is_empty() {
        return Err(trouble::NOT_AN_IDENTIFIER.with(&[("entry", &entry)]));
    }
    if !people.iter().any(|person| person == kind) {
        let unknown = |_| trouble::UNKNOWN_KIND.with(&[("entry", &entry), ("known", KNOWN)]);
        let _known: Kind = kind.parse().map_err(unknown)?;
    }
    Ok(Identifier { kind: kind.to_owned(), value: Secret::from(value), since: None, until: None })
}

/// The kinds by which people are usually found; the whole list is in the documentation.
const KNOWN: &str = "phone, landline, email, username, name, address, resident_id, passport, waybill_no, bank_card, \
                     open_id, device_id, imei, mac, ip …";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let identity = parse(text, &[]).unwrap();
        identity.identifiers.into_iter().map(|id| (id.kind, id.value.reveal().to_owned())).collect()
    }

    #[test]
    fn lines_and_json_say_the_same() {
        let wanted =
            [("phone", "13800138000"), ("email", "ana@example.com")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(read("# Ana\nphone = 13800138000\n\nemail=ana@example.com\n"), wanted);
        assert_eq!(read(r#"{"phone": ["13800138000"], "email": "ana@example.com"}"#), wanted);
        assert_eq!(read("\u{feff}phone=13800138000\r\nemail=ana@example.com\r\n"), wanted);
    }

    #[test]
    fn a_value_may_contain_an_equals_sign() {
        assert_eq!(read("open_id=a=b=="), [("open_id".to_owned(), "a=b==".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place_never_by_its_value() {
        for text in ["13800138000", "phone=", "phone=1\nfone=13800138000", r#"{"phone": 13800138000}"#, "{broken"] {
            let failure = parse(text, &[]).unwrap_err().to_string();
            assert!(!failure.contains("13800138000") && failure.contains("entry"), "{failure}");
        }
    }
}
