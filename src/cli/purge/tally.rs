//! What a purge found on its way: by rule for the destruction log, and one line for each person or row that somebody has
//! to look at.

use std::{collections::BTreeMap, io::Write};

use jiff::civil::Date;
use serde_json::json;

use crate::{
    case::RuleRun,
    data_map::Wording,
    error::Error,
    value::{Key, Value},
};

/// What stands for a key that is personal.
type Token = Box<dyn Fn(&Value) -> String>;

/// Sums, and where the lines go.
#[derive(Default)]
pub(crate) struct Tally {
    rules: BTreeMap<(String, Option<String>), RuleRun>,
    /// People or rows that are left to a person
    pub(crate) looks: u64,
    file: Option<Box<dyn Write>>,
    token: Option<Token>,
}

impl Tally {
    /// A tally that also writes lines; keys that are personal appear as tokens.
    pub(crate) fn writing(file: Option<Box<dyn Write>>, token: Token) -> Self {
        Self { file, token: Some(token), ..Self::default() }
    }

    /// Counts what a rule found.
    pub(crate) fn count(
        &mut self,
        rule: &str,
        table: Option<&str>,
        because: Option<&Wording>,
        dates: Option<(Date, Date)>,
        rows: u64,
    ) {
        let entry = self.rules.entry((rule.to_owned(), table.map(str::to_owned))).or_insert_with(|| RuleRun {
            rule: rule.to_owned(),
            table: table.map(str::to_owned),
            because: because.cloned().unwrap_or_default(),
            matched: 0,
            first: None,
            last: None,
        });
        entry.matched += rows;
        if let Some((first, last)) = dates {
            entry.first = Some(entry.first.map_or(first, |known| known.min(first)));
            entry.last = Some(entry.last.map_or(last, |known| known.max(last)));
        }
    }

    /// Leaves one person or row to a person.
    pub(crate) fn look(
        &mut self,
        of: &str,
        key: &Key,
        personal: bool,
        why: &str,
        detail: Option<&str>,
    ) -> Result<(), Error> {
        self.looks += 1;
        let Some(file) = &mut self.file else { return Ok(()) };
        let shown = |value: &Value| match (&self.token, value) {
            (Some(token), value) if personal => json!(token(value)),
            (_, Value::Integer(number)) => json!(number),
            (_, other) => json!(other.to_canonical_text()),
        };
        let key: Vec<serde_json::Value> = key.0.iter().map(shown).collect();
        let mut line = json!({ "of": of, "key": key, "why": why });
        if let Some(detail) = detail {
            line["detail"] = json!(detail);
        }
        writeln!(file, "{line}").map_err(|source| Error::Io { what: "the list cannot be written", source })
    }

    /// Writes the last line out.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.flush().map_err(|source| Error::Io { what: "the list cannot be written", source })
    }

    /// By rule.
    pub(crate) fn rules(&self) -> Vec<RuleRun> {
        self.rules.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_rule_remembers_how_many_and_from_when_to_when() {
        let mut tally = Tally::default();
        let (early, late) = (date(2020, 1, 1), date(2021, 1, 1));
        tally.count("limit", Some("visits"), Some(&"law".into()), Some((late, late)), 2);
        tally.count("limit", Some("visits"), Some(&"law".into()), Some((early, early)), 3);
        let [rule] = &tally.rules()[..] else { panic!() };
        assert_eq!((rule.matched, rule.first, rule.last), (5, Some(early), Some(late)));
    }
}
