//! The finite set of forms in which one value can be stored, so that an index still serves.

use std::collections::BTreeSet;

use crate::value::Value;

use super::width::widen;

/// Collects spellings: canonical first, no duplicates, and only forms that lead back to the canonical one.
pub(super) struct Spellings<'a> {
    canonical: &'a str,
    normalise: fn(&str) -> Option<String>,
    seen: BTreeSet<Value>,
    forms: Vec<Value>,
}

impl<'a> Spellings<'a> {
    pub(super) fn of(canonical: &'a str, normalise: fn(&str) -> Option<String>) -> Self {
        let first = Value::from(canonical);
        Self { canonical, normalise, seen: BTreeSet::from([first.clone()]), forms: vec![first] }
    }

    /// Adds a text form.
    pub(super) fn text(mut self, form: impl Into<String>) -> Self {
        let form = form.into();
        if (self.normalise)(&form).as_deref() == Some(self.canonical) {
            self.push(Value::Text(form));
        }
        self
    }

    /// Adds the form in upper case and in lower case.
    pub(super) fn cases(self, form: &str) -> Self {
        self.text(form.to_uppercase()).text(form.to_lowercase())
    }

    /// Adds the full-width form.
    pub(super) fn wide(self) -> Self {
        let form = widen(self.canonical);
        self.text(form)
    }

    /// Adds the whole number that `digits` are, if they are one and it loses nothing.
    pub(super) fn integer(mut self, digits: &str) -> Self {
        if let Ok(number) = digits.parse::<i64>()
            && (self.normalise)(&number.to_string()).as_deref() == Some(self.canonical)
        {
            self.push(Value::Integer(number));
        }
        self
    }

    /// The forms.
    pub(super) fn list(self) -> Vec<Value> {
        self.forms
    }

    fn push(&mut self, value: Value) {
        if self.seen.insert(value.clone()) {
            self.forms.push(value);
        }
    }
}
