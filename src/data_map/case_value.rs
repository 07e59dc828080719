//! Case values that read like one of the map's and are none: `' PW'`, `pw`, bytes, 7.0. Nobody says what they mean, and
//! the rest (`"*"`) may show what the line that was meant hides.

use super::classified::{Cases, Column};
use crate::{kind::folded, value::Value};

impl Column {
    /// Whether what the column means in a row of this case cannot be told: the case reads like another one.
    #[must_use]
    pub fn is_unclear_in(&self, case: &Value) -> bool {
        let named = self.by_case.iter().map(|(value, _)| value.as_str());
        is_none_and_reads_like(case, named)
            && self.by_case.iter().any(|(value, meaning)| reads_like(case, value) && *meaning != self.meaning)
    }
}

impl Cases {
    /// Whether it cannot be told if something that holds under these cases holds under this one.
    #[must_use]
    pub fn are_unclear_in(&self, case: &Value) -> bool {
        let (Self::Only(named) | Self::Except(named)) = self;
        is_none_and_reads_like(case, named.iter().map(String::as_str))
    }
}

fn is_none_and_reads_like<'a>(case: &Value, mut named: impl Iterator<Item = &'a str> + Clone) -> bool {
    if case.is_null() {
        return false;
    }
    let exact = case.to_canonical_text();
    !named.clone().any(|one| one == exact) && named.any(|one| reads_like(case, one))
}

fn reads_like(case: &Value, named: &str) -> bool {
    let read = match case {
        Value::Blob(bytes) | Value::Malformed(bytes) => plain(&String::from_utf8_lossy(bytes)),
        other => plain(&other.to_canonical_text()),
    };
    read == plain(named)
}

/// As a reader takes it: without blanks around, whatever its width and case; numbers by their value.
fn plain(text: &str) -> String {
    let folded = folded(text);
    match folded.parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_of_a_case_is_told_from_another_case() {
        let only = Cases::Only(vec!["PW".into(), "7".into()]);
        let odd = [
            Value::from(" PW"),
            Value::from("pw"),
            Value::from("ＰＷ"),
            Value::Blob(b"PW".to_vec()),
            Value::Real(7.0),
            Value::from("07"),
        ];
        for case in odd {
            assert!(only.are_unclear_in(&case), "{}", case.to_canonical_text());
            assert!(Cases::Except(vec!["PW".into(), "7".into()]).are_unclear_in(&case));
        }
        for case in [Value::from("PW"), Value::Integer(7), Value::from("7"), Value::from("PW2"), Value::Null, "".into()]
        {
            assert!(!only.are_unclear_in(&case), "{}", case.to_canonical_text());
        }
    }
}
