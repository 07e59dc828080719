//! A JSON document read field by field, so that whatever is wrong is named by its JSON path.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::IntakeError;

/// A field and its path.
#[derive(Clone)]
pub(super) struct Field<'a> {
    path: String,
    value: &'a Value,
}

/// Reads one document. A key that stands twice in one object is refused: two readers could take two meanings.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, IntakeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(IntakeError::Empty);
    }
    let read: Result<Once, _> = serde_json::from_slice(bytes);
    read.map(|once| once.0).map_err(|error| IntakeError::NotJson { line: error.line(), column: error.column() })
}

impl<'a> Field<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { path: "$".to_owned(), value }
    }

    pub(super) fn wrong(&self, why: &'static str) -> IntakeError {
        IntakeError::Field { path: self.path.clone(), why }
    }

    fn object(&self) -> Result<&'a Map<String, Value>, IntakeError> {
        self.value.as_object().ok_or_else(|| self.wrong("not an object"))
    }

    /// Refuses an object with a field that the format does not have. Its name is not repeated: it may be anything.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), IntakeError> {
        let strange = self.object()?.keys().any(|name| !known.contains(&name.as_str()));
        if strange { Err(self.wrong("a field that the format does not have")) } else { Ok(()) }
    }

    /// The field of that name; `null` is as good as none.
    pub(super) fn get(&self, name: &str) -> Result<Option<Self>, IntakeError> {
        let value = self.object()?.get(name).filter(|value| !value.is_null());
        Ok(value.map(|value| Self { path: child(&self.path, name), value }))
    }

    pub(super) fn require(&self, name: &str) -> Result<Self, IntakeError> {
        let missing = || IntakeError::Field { path: child(&self.path, name), why: "missing" };
        self.get(name)?.ok_or_else(missing)
    }

    /// A text that says something.
    pub(super) fn text(&self) -> Result<&'a str, IntakeError> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("not a text"))?;
        if text.trim().is_empty() { Err(self.wrong("empty")) } else { Ok(text.trim()) }
    }

    pub(super) fn flag(&self) -> Result<bool, IntakeError> {
        self.value.as_bool().ok_or_else(|| self.wrong("not true or false"))
    }

    pub(super) fn list(&self) -> Result<Vec<Self>, IntakeError> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("not a list"))?;
        Ok(list.iter().enumerate().map(|(at, value)| Self { path: format!("{}[{at}]", self.path), value }).collect())
    }

    pub(super) fn is_object(&self) -> bool {
        self.value.is_object()
    }

    /// What the field says, as JSON.
    pub(super) fn json(&self) -> String {
        self.value.to_string()
    }

    /// An instant with its offset (RFC 3339).
    pub(super) fn time(&self) -> Result<jiff::Timestamp, IntakeError> {
        self.text()?.parse().map_err(|_| self.wrong("not a time of RFC 3339"))
    }
}

/// `$.name`, or `$['na-me']` where a dot would not do. Only names of the format come here.
fn child(path: &str, name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("{path}.{name}") } else { format!("{path}['{name}']") }
}

/// A value in which every key stands once.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Once, E> {
        Ok(Once(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Once, E> {
        Ok(Once(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Once, E> {
        Ok(Once(Value::String(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Once, A::Error> {
        let mut values = Vec::new();
        while let Some(Once(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Once(Value::Array(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Once, A::Error> {
        let mut map = Map::new();
        while let Some((name, Once(value))) = object.next_entry::<String, Once>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(Once(Value::Object(map)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_refused_at_any_depth() {
        assert_eq!(parse(br#"{"a": [{"b": 1, "c": null}], "d": -2.5}"#).unwrap()["a"][0]["b"], 1);
        for text in [r#"{"a": 1, "a": 1}"#, r#"[{"x": {"a": 1, "a": 2}}]"#, "{} {}", "{", "nul", "\u{0}"] {
            assert!(matches!(parse(text.as_bytes()), Err(IntakeError::NotJson { .. })), "{text}");
        }
        assert_eq!(parse(b" \n"), Err(IntakeError::Empty));
        let deep = "[".repeat(100_000);
        assert!(matches!(parse(deep.as_bytes()), Err(IntakeError::NotJson { .. })));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let value = serde_json::json!({"a": {"b-c": ["x", " "]}, "d": null});
        let root = Field::root(&value);
        let why = |error: IntakeError| error.to_string();
        let list = root.require("a").unwrap().require("b-c").unwrap();
        assert_eq!(why(list.list().unwrap()[1].text().unwrap_err()), "$.a['b-c'][1]: empty");
        assert_eq!(why(root.require("d").err().unwrap()), "$.d: missing");
        assert_eq!(why(list.text().unwrap_err()), "$.a['b-c']: not a text");
        assert_eq!(why(list.flag().unwrap_err()), "$.a['b-c']: not true or false");
        assert_eq!(why(root.only(&["a"]).unwrap_err()), "$: a field that the format does not have");
    }
}
