//! How a run ends badly: a stable code, a sentence in two languages, a way on, and an exit code.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::{
    exit::Exit,
    language::Language,
    text::{Text, lines_visible},
};

/// One way of ending badly, as declared in [`text::trouble`](super::text::trouble).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trouble {
    /// The word that `droit explain` and `--json` know it by
    pub(crate) code: &'static str,
    /// What the process ends with
    pub(crate) exit: Exit,
    /// What could not be done
    pub(crate) says: Text,
    /// What to do next
    pub(crate) hint: Option<Text>,
}

impl Trouble {
    /// This trouble without particulars.
    pub(crate) fn plain(&'static self) -> Failure {
        self.with(&[])
    }

    /// This trouble with its places filled.
    pub(crate) fn with(&'static self, params: &[(&'static str, &str)]) -> Failure {
        Failure(Box::new(Particulars {
            code: self.code,
            exit: self.exit,
            says: Says::Ours(self.says),
            hint: self.hint,
            params: params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        }))
    }
}

/// A trouble that happened.
#[derive(Clone, Debug)]
pub(crate) struct Failure(Box<Particulars>);

#[derive(Clone, Debug)]
struct Particulars {
    code: &'static str,
    exit: Exit,
    says: Says,
    hint: Option<Text>,
    params: BTreeMap<&'static str, String>,
}

#[derive(Clone, Debug)]
enum Says {
    /// Our own sentence
    Ours(Text),
    /// The message of a lower floor, and its title in both languages where one is known
    Theirs { title: Option<Text>, message: String },
}

impl Failure {
    /// A failure of a lower floor: its code, and its message in its own words.
    pub(crate) fn of(code: &'static str, exit: Exit, title: Option<Text>, hint: Option<Text>, message: String) -> Self {
        let says = Says::Theirs { title, message };
        Self(Box::new(Particulars { code, exit, says, hint, params: BTreeMap::new() }))
    }

    /// The same, but ending as something within it did.
    pub(crate) fn ending_with(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    /// What the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    fn values(&self) -> Vec<(&str, &str)> {
        self.0.params.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// What could not be done.
    pub(crate) fn message(&self, language: Language) -> String {
        match &self.0.says {
            Says::Ours(text) => text.with_lines(language, &self.values()),
            Says::Theirs { title: Some(title), message } if language == Language::Chinese => {
                format!("{}（{}）", title.zh, lines_visible(message))
            }
            Says::Theirs { message, .. } => lines_visible(message),
        }
    }

    fn hint(&self, language: Language) -> Option<String> {
        self.0.hint.map(|hint| hint.with(language, &self.values()))
    }

    /// Two lines for a person.
    pub(crate) fn human(&self, language: Language) -> String {
        let mut out = match language {
            Language::Chinese => format!("错误[{}]：{}\n", self.0.code, self.message(language)),
            Language::English => format!("error[{}]: {}\n", self.0.code, self.message(language)),
        };
        if let Some(hint) = self.hint(language) {
            out.push_str(if language == Language::Chinese { "提示：" } else { "hint: " });
            out.push_str(&hint);
            out.push('\n');
        }
        out
    }

    /// One line for a machine.
    pub(crate) fn json(&self, language: Language) -> Value {
        json!({
            "schema": "droit.error/1",
            "code": self.0.code,
            "exit": self.0.exit.code(),
            "message": self.message(language),
            "hint": self.hint(language),
            "params": self.0.params,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::text::trouble;

    #[test]
    fn a_person_reads_code_sentence_and_way_on() {
        let failure = trouble::NO_WORKSPACE.plain();
        assert!(failure.human(Language::English).starts_with("error[no_workspace]: "));
        assert!(failure.human(Language::English).contains("\nhint: "));
        assert!(failure.human(Language::Chinese).starts_with("错误[no_workspace]："));
    }

    #[test]
    fn a_machine_reads_the_same_in_one_line() {
        let line = trouble::NO_WORKSPACE.plain().json(Language::English).to_string();
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((value["code"].as_str(), value["exit"].as_u64()), (Some("no_workspace"), Some(2)));
        assert!(!line.contains('\n'));
    }
}
