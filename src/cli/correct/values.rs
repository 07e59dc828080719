//! New values on their way in: from a file, standard input, a prompt, or (with a warning) an argument. No message
//! repeats one.

use std::{fmt, path::PathBuf};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use zeroize::Zeroizing;

use crate::{case::Secret, rights::correction::Asked};

use crate::cli::{
    confirm,
    failure::Failure,
    letter,
    out::Out,
    session::Session,
    text::{Text, trouble},
};

/// How new values are given
#[derive(clap::Args, Clone, Default)]
pub(super) struct ValueArgs {
    /// Read new values from FILE, `-` for standard input: lines of TABLE.COLUMN=VALUE, or JSON, in which null takes the
    /// old value out. Where there are several rows: TABLE[KEY].COLUMN
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,

    /// Give a new value as TABLE.COLUMN=VALUE; the shell's history keeps it, so prefer --values
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

const IN_HISTORY: Text = Text {
    en: "a value was given as an argument: the shell's history and the process list keep it; use --values",
    zh: "新值以参数给出：会留在 shell 历史和进程列表中；请改用 --values",
};

const WHAT: Text = Text {
    en: "What is to be corrected? One field, such as users.nickname=…:",
    zh: "需要更正什么？请输入一个字段，例如 users.nickname=…：",
};

impl ValueArgs {
    /// Reads what was given; asks where nothing was.
    pub(super) fn require(&self, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Vec<Asked>> {
        let mut asked = parse(&letter::private(self.values.as_deref(), session)?)?;
        if !self.set.is_empty() {
            out.warning("value_in_history", IN_HISTORY, &[]);
            for (at, pair) in self.set.iter().enumerate() {
                asked.push(pair_of(at + 1, pair)?);
            }
        }
        if self.values.is_none() && self.set.is_empty() && session.can_ask() {
            let answer = Zeroizing::new(confirm::ask(WHAT, "--values FILE", session, out)?);
            asked = parse(&answer)?;
        }
        if asked.is_empty() {
            return Err(trouble::NO_FIELDS.plain().into());
        }
        Ok(asked)
    }
}

/// How a field was named.
pub(super) fn name_of(asked: &Asked) -> String {
    match &asked.row {
        Some(row) => format!("{}[{row}].{}", asked.table, asked.column),
        None => asked.place(),
    }
}

/// A field's table and column: a row's key may be personal, and does not stand in headers.
pub(super) fn without_row(name: &str) -> String {
    Asked::read(name, None).map(|asked| asked.place()).unwrap_or_default()
}

/// Reads lines of `FIELD=VALUE` (blank lines and `#` comments are skipped) or a JSON object `{"FIELD": "value" | null}`.
fn parse(text: &str) -> Result<Vec<Asked>, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return parse_json(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.enumerate().map(|(at, line)| pair_of(at + 1, line)).collect()
}

fn parse_json(text: &str) -> Result<Vec<Asked>, Failure> {
    let Pairs(pairs) = serde_json::from_str(text).map_err(|_| not_a_field(1))?;
    let one = |(at, (field, value)): (usize, (String, serde_json::Value))| {
        let to = match value {
            serde_json::Value::String(text) => Some(Secret::from(text)),
            serde_json::Value::Number(number) => Some(Secret::from(number.to_string())),
            serde_json::Value::Null => None,
            _ => return Err(not_a_field(at + 1)),
        };
        Asked::read(&field, to).ok_or_else(|| not_a_field(at + 1))
    };
    pairs.into_iter().enumerate().map(one).collect()
}

/// The entries of a JSON object as they are written, also those whose name is there already.
struct Pairs(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Pairs;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = object.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

fn pair_of(entry: usize, pair: &str) -> Result<Asked, Failure> {
    // a key between brackets may hold an equals sign
    let from = pair.rfind("].").unwrap_or(0);
    let at = pair[from..].find('=').ok_or_else(|| not_a_field(entry))? + from;
    let (field, value) = (&pair[..at], pair[at + 1..].trim());
    Asked::read(field, Some(Secret::from(value))).ok_or_else(|| not_a_field(entry))
}

fn not_a_field(entry: usize) -> Failure {
    trouble::NOT_A_FIELD.with(&[("entry", &entry.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<String>)> {
        let asked = parse(text).unwrap();
        asked.iter().map(|one| (name_of(one), one.to.as_ref().map(|to| to.reveal().to_owned()))).collect()
    }

    fn of(field: &str, to: Option<&str>) -> (String, Option<String>) {
        (field.to_owned(), to.map(str::to_owned))
    }

    #[test]
    fn lines_and_json_say_the_same() {
        let wanted = [of("users.nickname", Some("Ana")), of("orders[7].remark", Some("ring = twice"))];
        assert_eq!(read("# new\nusers.nickname = Ana\n\norders[7].remark=ring = twice\n"), wanted);
        let mut json = read(r#"{"users.nickname": "Ana", "orders[7].remark": "ring = twice"}"#);
        json.sort_by(|a, b| b.cmp(a));
        assert_eq!(json, wanted);
    }

    #[test]
    fn null_takes_a_value_out() {
        let read = read(r#"{"users.email": null, "users.age": 7}"#);
        assert!(read.contains(&of("users.age", Some("7"))) && read.contains(&of("users.email", None)));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place_never_by_its_value() {
        for text in
            ["13800138000", "users.phone", "phone=13800138000", r#"{"users.phone": ["13800138000"]}"#, "{broken"]
        {
            let failure = parse(text).unwrap_err().to_string();
            assert!(!failure.contains("13800138000") && failure.contains("entry"), "{failure}");
        }
    }

    #[test]
    fn rows_stay_out_of_what_is_not_sealed() {
        assert_eq!(without_row("cookies[ana@example.com].dnt"), "cookies.dnt");
    }
}
