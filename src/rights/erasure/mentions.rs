//! A person's identifiers in other people's free text: that row stays, the value goes (DESIGN §2, free text).
//!
//! A table says how it is searched: by a scan, once for all people of a plan, or through a full-text index; the index
//! only proposes rows, their text decides.

use std::collections::HashSet;

use super::Erasure;
use crate::{
    case::{IdentitySet, KnownValue},
    data_map::classified::{Classified, Mentions, Standing, Table, TableId},
    database::{Database, Flow, Select, Term},
    error::Error,
    kind::{Found, Kind, strike_out},
    plan::{Act, Decision, Step},
    refusal::Refusal,
    schema::TableName,
    value::{Key, Row, Value},
};

/// What is looked for in free text: the people's proven identifiers.
pub(super) struct Mentioned<'a> {
    values: HashSet<(Kind, &'a str)>,
}

impl<'a> Mentioned<'a> {
    pub(super) fn of(subjects: &'a [IdentitySet]) -> Self {
        let known = subjects.iter().flat_map(|set| &set.values).filter(|known| known.proven);
        let value = |known: &'a KnownValue| {
            let kind: Kind = known.kind.parse().ok()?;
            (kind.identifies() && !kind.is_weak()).then(|| (kind, known.value.reveal()))
        };
        Self { values: known.filter_map(value).collect() }
    }

    fn is_one(&self, found: &Found) -> bool {
        self.values.contains(&(found.kind, found.canonical.as_str()))
    }

    /// The text without these people's identifiers.
    pub(super) fn strike(&self, text: &str) -> String {
        strike_out(text, &|found| !self.is_one(found))
    }

    fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.names(text),
            Value::Malformed(bytes) => self.names(&String::from_utf8_lossy(bytes)),
            _ => false,
        }
    }

    fn names(&self, text: &str) -> bool {
        crate::kind::detect(text).iter().any(|found| self.is_one(found))
    }

    /// Every way in which an index may hold them. An index of `parts` finds a longer spelling by a shorter one in it.
    fn phrases(&self, parts: bool) -> Vec<String> {
        let mut phrases: Vec<String> = Vec::new();
        for (kind, canonical) in &self.values {
            let spelled: Vec<String> = kind.spellings(canonical).iter().map(Value::to_canonical_text).collect();
            let found_by = |long: &str, short: &String| {
                short.len() < long.len() && short.chars().count() >= TRIGRAM && long.contains(short.as_str())
            };
            let needed = |one: &&String| !(parts && spelled.iter().any(|other| found_by(one, other)));
            phrases.extend(spelled.iter().filter(needed).cloned());
        }
        phrases.sort();
        phrases.dedup();
        phrases
    }
}

/// The shortest part of a text that an index of parts knows.
const TRIGRAM: usize = 3;

/// Phrases of one question to an index, so that its memory stays flat.
const WINDOW: usize = 64;

/// Phrases for which an index is asked at all: each costs a share of the table, so that for more of them one scan is
/// cheaper, however large the table is (measured on trigrams: a scan costs as much as three hundred).
const ASKED: usize = 256;

impl Erasure<'_> {
    /// Whether other people's free text of the table is searched for these people: where the map says how, or where
    /// this request asks for it; never for a part of the data, nor under a hold.
    pub(super) fn searches(&self, table: TableId) -> bool {
        let held = &self.map.tables[table];
        let asked = held.mentions != Mentions::NotSearched || (self.scope.mentions && has_free_text(self.map, table));
        asked && self.scope.is_whole() && self.holds.on(table).is_none()
    }

    /// The tables whose free text may name these people and is not searched for them.
    #[must_use]
    pub fn not_searched(&self) -> Vec<TableId> {
        (0..self.map.tables.len()).filter(|&table| has_free_text(self.map, table) && !self.searches(table)).collect()
    }

    /// The steps for other people's rows of `table`; `own` are the keys of the rows that were located.
    pub(super) fn strike_mentions(
        &self,
        table: TableId,
        own: &HashSet<Key>,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let found = search(self.map, self.subjects, table, own, database)?;
        found.into_iter().try_for_each(|(key, columns)| each(&mention(table, key, columns)))
    }
}

/// The rows of `table`, but for `own`, whose free text names one of these people, each with the columns (by place) that
/// do, by key.
pub(in crate::rights) fn search(
    map: &Classified,
    subjects: &[IdentitySet],
    table: TableId,
    own: &HashSet<Key>,
    database: &mut dyn Database,
) -> Result<Vec<(Key, Vec<usize>)>, Error> {
    let held = &map.tables[table];
    let mentioned = Mentioned::of(subjects);
    let texts = free_texts(held);
    if mentioned.values.is_empty() || texts.is_empty() {
        return Ok(Vec::new());
    }
    let key = held.key_columns()?;
    let key_len = key.len();
    let mut found: Vec<(Key, Vec<usize>)> = Vec::new();
    let mut malformed = false;
    let mut look = |row: Row| {
        let key = Key(row[..key_len].to_vec());
        let broken = |cell: &Value| matches!(cell, Value::Malformed(_)) && mentioned.is_in(cell);
        malformed |= row[key_len..].iter().any(broken) && !own.contains(&key);
        let hit = (0..texts.len()).filter(|at| mentioned.is_in(&row[key_len + at])).map(|at| texts[at]);
        let columns: Vec<usize> = hit.collect();
        if !columns.is_empty() && !own.contains(&key) {
            found.push((key, columns));
        }
        Flow::Continue
    };
    let terms = |select: &mut Select| {
        for at in &texts {
            select.term(Term::Column { via: 0, column: held.columns[*at].name.clone() });
        }
    };
    let (index, phrases) = match &held.mentions {
        Mentions::NotSearched | Mentions::Scan => (None, Vec::new()),
        Mentions::Index { name, parts } => (Some(name), mentioned.phrases(*parts)),
    };
    match index {
        Some(name) if phrases.len() <= ASKED => {
            let index = TableName { schema: held.name.schema.clone(), name: name.clone() };
            for phrases in phrases.chunks(WINDOW) {
                let mut select = Select::matching(held.name.clone(), key.clone(), index.clone(), phrases.to_vec());
                terms(&mut select);
                database.read(&select, &mut |hit| look(hit.row))?;
            }
        }
        _ => {
            let mut select = Select::new(held.name.clone(), key, Vec::new());
            terms(&mut select);
            database.scan(&select, &mut look)?;
        }
    }
    if malformed {
        return Err(Refusal::MalformedText(held.name.to_string()).into());
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0); // a row may hold phrases of two windows
    Ok(found)
}

/// Whether other people's free text may stand in the table.
pub(in crate::rights) fn has_free_text(map: &Classified, table: TableId) -> bool {
    let held = &map.tables[table];
    held.standing == Standing::Personal && !free_texts(held).is_empty()
}

fn free_texts(held: &Table) -> Vec<usize> {
    (0..held.columns.len()).filter(|at| held.columns[*at].meaning.kind == Kind::FreeText).collect()
}

fn mention(table: TableId, key: Key, columns: Vec<usize>) -> Step {
    Step {
        table,
        key,
        roles: Vec::new(),
        decision: Decision::Mention,
        act: Act::StrikeOut(columns),
        cells: 0,
        files: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> IdentitySet {
        let mut set = IdentitySet::default();
        for (kind, value, proven) in [("phone", "13800138000", true), ("email", "a@example.com", false)] {
            let known = KnownValue { kind: kind.into(), value: value.into(), since: None, until: None, proven };
            set.values.insert(known);
        }
        set
    }

    #[test]
    fn only_these_peoples_proven_identifiers_are_struck_out() {
        let sets = [set()];
        let mentioned = Mentioned::of(&sets);
        let text = "call +86 138 0013 8000, not 13912345678 nor a@example.com";
        assert_eq!(mentioned.strike(text), "call 138******00, not 13912345678 nor a@example.com");
        assert!(mentioned.is_in(&text.into()));
        assert!(!mentioned.is_in(&mentioned.strike(text).into()), "what was struck out is not found again");
    }

    #[test]
    fn an_index_of_parts_is_asked_for_the_shortest_spellings() {
        let sets = [set()];
        let mentioned = Mentioned::of(&sets);
        let (all, short) = (mentioned.phrases(false), mentioned.phrases(true));
        for phrase in ["13800138000", "138 0013 8000", "138-0013-8000"] {
            assert!(short.contains(&phrase.to_owned()), "{phrase}");
        }
        assert!(!short.contains(&"+8613800138000".to_owned()) && all.contains(&"+8613800138000".to_owned()));
        assert!(all.iter().all(|long| short.iter().any(|part| long.contains(part.as_str()))), "none is lost");
    }
}
