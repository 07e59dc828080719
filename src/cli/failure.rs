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
    /// The message of a lower floor, and the same in Chinese
    Translated { message: String, chinese: String },
}

impl Failure {
    /// A failure of a lower floor: its code, and its message in its own words.
    pub(crate) fn of(code: &'static str, exit: Exit, title: Option<Text>, hint: Option<Text>, message: String) -> Self {
        let says = Says::Theirs { title, message };
        Self(Box::new(Particulars { code, exit, says, hint, params: BTreeMap::new() }))
    }

    /// The same, said in Chinese as well.
    pub(crate) fn in_chinese(mut self, chinese: String) -> Self {
        let message = self.message(Language::English);
        self.0.says = Says::Translated { message, chinese };
        self
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

    /// What could not be done, in the reader's language.
    pub(crate) fn message(&self, language: Language) -> String {
        match &self.0.says {
            Says::Ours(text) => text.with_lines(language, &self.values()),
            Says::Theirs { title: Some(title), .. } if language == Language::Chinese => without_places(title.zh),
            Says::Translated { chinese, .. } if language == Language::Chinese => lines_visible(chinese),
            Says::Theirs { message, .. } | Says::Translated { message, .. } => lines_visible(message),
        }
    }

    /// The same with the words of a lower floor, where there is room for one line only.
    pub(crate) fn in_one_line(&self, language: Language) -> String {
        let message = self.message(language);
        self.detail(language).map_or(message.clone(), |detail| format!("{message}（{detail}）"))
    }

    /// What a lower floor or the system says about it, where the message is in a language that they do not speak.
    fn detail(&self, language: Language) -> Option<String> {
        if language == Language::English {
            return None;
        }
        match &self.0.says {
            Says::Ours(_) => self.0.params.get("why").map(|why| lines_visible(why)),
            Says::Theirs { title, message } => title.map(|_| lines_visible(message)),
            Says::Translated { .. } => None,
        }
    }

    fn hint(&self, language: Language) -> Option<String> {
        let hint = self.0.hint.map(|hint| hint.with(language, &self.values()));
        match self.0.says {
            Says::Ours(_) => hint,
            Says::Theirs { .. } | Says::Translated { .. } => hint.map(|hint| without_places(&hint)),
        }
    }

    /// Two lines for a person, and between them the words of a lower floor that speaks English only.
    pub(crate) fn human(&self, language: Language) -> String {
        let mut out = match language {
            Language::Chinese => format!("错误[{}]：{}\n", self.0.code, self.message(language)),
            Language::English => format!("error[{}]: {}\n", self.0.code, self.message(language)),
        };
        if let Some(detail) = self.detail(language) {
            out.push_str("详情：");
            out.push_str(&detail);
            out.push('\n');
        }
        if let Some(hint) = self.hint(language) {
            out.push_str(if language == Language::Chinese { "提示：" } else { "hint: " });
            out.push_str(&hint);
            out.push('\n');
        }
        out
    }

    /// One line for a machine.
    pub(crate) fn json(&self, language: Language) -> Value {
        let mut line = json!({
            "schema": "droit.error/1",
            "code": self.0.code,
            "exit": self.0.exit.code(),
            "message": self.message(language),
            "hint": self.hint(language),
            "params": self.0.params,
        });
        if let Some(detail) = self.detail(language) {
            line["detail"] = Value::String(detail);
        }
        line
    }
}

/// A sentence of the door's whose places a lower floor does not fill: without the clauses that have one, or, where
/// there is no other, without the places.
fn without_places(text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let whole: Vec<&str> = text.split(['：', '，', '；']).filter(|clause| !clause.contains('{')).collect();
    if !whole.is_empty() && text.contains(['：', '，', '；']) {
        return whole.join("，");
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before.trim_end());
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
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
