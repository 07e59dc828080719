//! Letters to people, from templates that the company can edit (`letters/` in the workspace).
//!
//! A template is a plain text with fields; the page is made of the same text, so that both say the same and nothing in
//! a letter can become HTML. A template that names a field that there is not, or leaves out what the law wants said,
//! writes nothing.

mod error;
mod facts;
mod form;

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, value::Serde};

use super::head::Language;
use crate::case::{Decision, letter::Letter};

pub use error::LetterError;
pub use facts::{Done, LetterFacts, Stays};

/// Steps that a template may take; each stands for a value, a loop's turn, or 64 bytes that it makes. The longest letter
/// takes a hundredth of them, and all of them take a moment.
const STEPS: u64 = 1_000_000;

/// The page around a letter.
pub const FRAME: &str = "frame.html";

/// The templates that come with droit, by file name.
const BUILT_IN: [(&str, &str); 13] = [
    ("answer.en.txt", include_str!("templates/answer.en.txt")),
    ("answer.zh-CN.txt", include_str!("templates/answer.zh-CN.txt")),
    ("extension.en.txt", include_str!("templates/extension.en.txt")),
    ("extension.zh-CN.txt", include_str!("templates/extension.zh-CN.txt")),
    ("frame.html", include_str!("templates/frame.html")),
    ("identity.en.txt", include_str!("templates/identity.en.txt")),
    ("identity.zh-CN.txt", include_str!("templates/identity.zh-CN.txt")),
    ("interim.en.txt", include_str!("templates/interim.en.txt")),
    ("interim.zh-CN.txt", include_str!("templates/interim.zh-CN.txt")),
    ("receipt.en.txt", include_str!("templates/receipt.en.txt")),
    ("receipt.zh-CN.txt", include_str!("templates/receipt.zh-CN.txt")),
    ("refusal.en.txt", include_str!("templates/refusal.en.txt")),
    ("refusal.zh-CN.txt", include_str!("templates/refusal.zh-CN.txt")),
];

/// The templates in force: those of the company, and those that come with droit where it has none.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    own: BTreeMap<String, String>,
}

/// A letter as it goes out.
pub struct Written {
    /// As plain text
    pub text: String,
    /// As a page
    pub html: String,
}

impl Templates {
    /// The templates that come with droit: file name and text.
    pub fn built_in() -> impl Iterator<Item = (&'static str, &'static str)> {
        BUILT_IN.iter().copied()
    }

    /// Puts a template of the company in the place of the one that comes with droit. Whether there is a letter of that
    /// name is returned.
    pub fn replace(&mut self, name: &str, text: String) -> bool {
        let known = BUILT_IN.iter().any(|(known, _)| *known == name);
        if known {
            self.own.insert(name.to_owned(), text);
        }
        known
    }

    fn text(&self, name: &str) -> &str {
        let built_in = || BUILT_IN.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
        self.own.get(name).map_or_else(built_in, String::as_str)
    }

    /// Writes a letter. `decision` is what it tells, for letters that answer.
    pub fn write(
        &self,
        letter: Letter,
        language: Language,
        decision: Option<Decision>,
        facts: LetterFacts,
    ) -> Result<Written, LetterError> {
        let facts = facts.harmless();
        let lang = if language == Language::Zh { "zh-CN" } else { "en" };
        let file = format!("{letter}.{lang}.txt");
        let mut context: BTreeMap<String, Value> = BTreeMap::new();
        if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&facts) {
            context.extend(fields.into_iter().map(|(name, value)| (name, Value::from(Serde(value)))));
        }
        let text = tidy(&self.render(&file, &context)?);
        for (field, wanted) in facts.required(letter, decision) {
            if wanted.lines().any(|line| !text.contains(line.trim_end())) {
                return Err(LetterError::LeftOut { file, field });
            }
        }
        context.insert("lang".to_owned(), Value::from(lang));
        context.insert("letter".to_owned(), Value::from_safe_string(form::body(&text)));
        let html = self.render(FRAME, &context)?;
        if !html.contains(&form::body(&text)) {
            return Err(LetterError::LeftOut { file: FRAME.to_owned(), field: "letter" });
        }
        Ok(Written { text, html })
    }

    fn render(&self, file: &str, context: &BTreeMap<String, Value>) -> Result<String, LetterError> {
        let source = self.text(file);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(STEPS));
        environment.set_auto_escape_callback(|name| if name == FRAME { AutoEscape::Html } else { AutoEscape::None });
        let failed = |error: &minijinja::Error| broken(error, file, source);
        environment.add_template(file, source).map_err(|error| failed(&error))?;
        let template = environment.get_template(file).map_err(|error| failed(&error))?;
        template.render(Value::from(context.clone())).map_err(|error| failed(&error))
    }
}

/// Names file and line of what is wrong, and shows the template's own words, which are nobody's data.
fn broken(error: &minijinja::Error, file: &str, source: &str) -> LetterError {
    let line = error.line().unwrap_or(1);
    let what = match error.kind() {
        ErrorKind::UndefinedError => "there is no such field".to_owned(),
        ErrorKind::OutOfFuel => "it does not come to an end: it goes round too often, or writes too much".to_owned(),
        ErrorKind::SyntaxError => format!("it cannot be read: {}", error.detail().unwrap_or("syntax error")),
        kind => kind.to_string(),
    };
    let text = source.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned();
    LetterError::Template { file: file.to_owned(), line, what, text }
}

/// At most one empty line in a row, none at the beginning, and a line break at the end.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && empty) {
            tidied.push_str(line);
            tidied.push('\n');
        }
        empty = line.is_empty();
    }
    tidied.truncate(tidied.trim_end().len());
    tidied.push('\n');
    tidied
}

#[cfg(test)]
mod tests;
