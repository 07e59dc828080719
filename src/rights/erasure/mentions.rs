//! A person's identifiers in other people's free text: that row stays, the value goes (DESIGN §2, free text).
//!
//! A table says how it is searched: by a scan, once for all people of a plan, or through a full-text index; the index
//! only proposes rows, their text decides.

use std::{
    borrow::Cow,
    cell::Cell,
    collections::{HashMap, HashSet},
    io::Read as _,
    rc::Rc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Erasure, company::is_common, question, row::is_named};
use crate::{
    case::{IdentitySet, KnownValue},
    data_map::classified::{Classified, Mentions, Sense, Standing, Table, TableId},
    database::{self, Arm, Database, DatabaseError, Flow, LongCell, Phrases, Seed, Select, Term, locate::case_term},
    error::Error,
    kind::{Dated, Found, Kind, Striking, holds, strike_out_known},
    plan::{Act, Decision, Reason, Step},
    refusal::Refusal,
    schema::TableName,
    value::{Key, Value},
};

/// What is looked for in free text: the people's proven identifiers, each with the times in which it was theirs.
pub(super) struct Mentioned<'a> {
    values: Rc<HashMap<(Kind, &'a str), Vec<&'a KnownValue>>>,
    /// When the text was written that is looked at, as far as that matters
    at: Option<(Option<Timestamp>, When<'a>)>,
    /// Whether it depends on its date what a text names
    dated: bool,
}

/// When a text was written, and when the people were erased, if that was before.
#[derive(Clone, Copy)]
pub(in crate::rights) struct When<'a> {
    pub(in crate::rights) zone: &'a TimeZone,
    pub(in crate::rights) removed: Option<Date>,
}

impl When<'_> {
    /// Whether the value was the person's in a text of this time. What was theirs until some day may be somebody else's in
    /// a text without a date; what we ended ourselves by erasing them was theirs as long as they were there, and what is
    /// theirs today is meant. What was written before the day on which it became theirs is its former holder's.
    fn is_theirs(&self, known: &KnownValue, written: Option<Timestamp>) -> bool {
        let day = |at: Timestamp| self.zone.to_datetime(at).date();
        match (written, known.until) {
            (Some(at), until) => {
                until.is_none_or(|until| at < until) && known.since.is_none_or(|since| day(since) <= day(at))
            }
            (None, Some(until)) => self.removed == Some(day(until)),
            (None, None) => true,
        }
    }
}

impl<'a> Mentioned<'a> {
    pub(super) fn of(subjects: &'a [IdentitySet]) -> Self {
        let known = subjects.iter().flat_map(|set| &set.values).filter(|known| known.proven);
        let mut values: HashMap<(Kind, &str), Vec<&KnownValue>> = HashMap::new();
        for known in known {
            if let Some(kind) = known.kind.parse().ok().filter(|kind: &Kind| kind.identifies() && !kind.is_weak()) {
                values.entry((kind, known.value.reveal())).or_default().push(known);
            }
        }
        let dated = values.values().flatten().any(|known| known.since.or(known.until).is_some());
        Self { values: Rc::new(values), at: None, dated }
    }

    /// The same for texts of one time.
    fn at(&self, written: Option<Timestamp>, when: &When<'a>) -> Self {
        Self { values: Rc::clone(&self.values), at: Some((written, *when)), dated: false }
    }

    fn is_one(&self, found: &Found) -> bool {
        let Some(known) = self.values.get(&(found.kind, found.canonical.as_str())) else { return false };
        self.at.is_none_or(|(written, when)| known.iter().any(|known| when.is_theirs(known, written)))
    }

    /// The text without these people's identifiers.
    pub(super) fn strike(&self, text: &str) -> String {
        strike_out_known(text, &|found| self.is_one(found))
    }

    fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.names(text),
            Value::Malformed(bytes) => self.names(&String::from_utf8_lossy(bytes)),
            _ => false,
        }
    }

    /// Whether a text that is too long to be held names one of the people, and whether it is malformed.
    fn is_in_long(&self, cell: &dyn LongCell) -> Result<(bool, bool), DatabaseError> {
        if !cell.is_text() {
            return Ok((false, false));
        }
        let named = Cell::new(false);
        let look = |found: &Found| {
            let one = self.is_one(found);
            named.set(named.get() || one);
            one
        };
        let mut striking = Striking::known(&look);
        let broken = pieces(cell, &mut |piece| drop(striking.push(piece)))?;
        drop(striking.finish());
        Ok((named.get(), broken))
    }

    fn names(&self, text: &str) -> bool {
        holds(text, &|found| self.is_one(found))
    }

    /// What an index is asked for.
    fn questions(&self) -> Vec<Phrases> {
        let mut asked: Vec<Phrases> = Vec::new();
        for (kind, canonical) in self.values.keys() {
            let spelled: Vec<String> = kind.spellings(canonical).iter().map(Value::to_canonical_text).collect();
            asked.extend(question::of(&spelled));
        }
        asked.sort();
        asked.dedup();
        asked
    }
}

/// Rows of one table that the plan has decided about already.
#[derive(Debug, Default)]
pub(in crate::rights) struct Decided {
    /// Those that go, or in which nothing may be changed
    passed: HashSet<Key>,
    /// Those that stay without what stands in these columns, by place: somebody else's text may stand in the others
    written: HashMap<Key, Vec<usize>>,
}

impl Decided {
    /// Takes a row that is not looked at.
    pub(in crate::rights) fn pass(&mut self, key: Key) {
        self.passed.insert(key);
    }

    /// Takes a row of which a step has been derived.
    pub(super) fn note(&mut self, step: &Step) {
        let stays = matches!(step.decision, Decision::Anonymize(_) | Decision::Pointer | Decision::Keep { .. });
        if stays && step.act != Act::Delete || leaves_part(step) {
            self.leave(step);
        } else {
            self.passed.insert(step.key.clone());
        }
    }

    /// Takes a row that stays but for what a step writes over.
    pub(super) fn leave(&mut self, step: &Step) {
        self.written.entry(step.key.clone()).or_default().extend(step.act.columns());
    }

    /// Whether the row is one of which a step says itself what stays in it.
    fn is_told(&self, key: &Key) -> bool {
        self.written.contains_key(key)
    }

    /// Whether a text of the row may still name somebody afterwards.
    fn leaves(&self, key: &Key, column: usize) -> bool {
        self.written.get(key).is_none_or(|written| !written.contains(&column))
    }
}

/// Whether a row stays for others, without one's part or because nothing in it is one's alone: what is left of it may
/// still name them.
pub(super) fn leaves_part(step: &Step) -> bool {
    match step.decision {
        Decision::Anonymize(Reason::Shared) => step.act != Act::Delete,
        _ => is_common(&step.decision) || is_named(&step.decision),
    }
}

/// Whether a law keeps the row, and somebody else who may be in it as well may have written what stands in it: a text that
/// the law does not need may still name them.
pub(super) fn keeps_texts(map: &Classified, step: &Step) -> bool {
    let (held, written) = (&map.tables[step.table], step.act.columns());
    matches!(step.decision, Decision::Keep { .. })
        && is_of_several(held)
        && free_texts(held).iter().any(|text| !written.contains(text))
}

/// Whether a text may be struck out of a row that a law keeps: somebody else may be in it, and the law does not need all.
pub(super) fn may_be_struck(held: &Table, needed: &dyn Fn(&str) -> bool) -> bool {
    is_of_several(held) && free_texts(held).iter().any(|text| !needed(&held.columns[*text].name))
}

fn is_of_several(held: &Table) -> bool {
    held.ties.iter().filter(|tie| tie.sense == Sense::Of).count() > 1
}

/// Bytes of a text that are held with its row; the longest in which an identifier is struck out.
pub(crate) const HELD: usize = 1024 * 1024;

/// Hands a text over in pieces that end between characters, with U+FFFD for what is none, and tells whether there was
/// such.
fn pieces(cell: &dyn LongCell, take: &mut dyn FnMut(&str)) -> Result<bool, DatabaseError> {
    let failed = |_| DatabaseError::Engine("a long value cannot be read".to_owned());
    let mut from = cell.open()?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut kept, mut broken) = (0, false);
    loop {
        let read = from.read(&mut buffer[kept..]).map_err(failed)?;
        let held = kept + read;
        let whole = match std::str::from_utf8(&buffer[..held]) {
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(), // a character goes on
            _ => held,
        };
        let piece = String::from_utf8_lossy(&buffer[..whole]);
        broken |= matches!(piece, Cow::Owned(_));
        take(&piece);
        if read == 0 {
            return Ok(broken);
        }
        buffer.copy_within(whole..held, 0);
        kept = held - whole;
    }
}

/// Questions that an index is asked at once, so that its memory stays flat.
const WINDOW: usize = 64;

/// Questions that an index is asked at all: each costs a share of the table, so that for more of them one scan is
/// cheaper, however large the table is (measured on trigrams: a scan costs as much as three hundred).
const ASKED: usize = 256;

impl Erasure<'_> {
    /// Whether other people's free text of the table is searched for these people: where the map says how, or where
    /// this request asks for it; never for a part of the data.
    pub(super) fn searches(&self, table: TableId) -> bool {
        let held = &self.map.tables[table];
        let asked = held.mentions != Mentions::NotSearched || (self.scope.mentions && has_free_text(self.map, table));
        asked && self.scope.is_whole()
    }

    /// The tables whose free text may name these people and is not searched for them.
    #[must_use]
    pub fn not_searched(&self) -> Vec<TableId> {
        (0..self.map.tables.len()).filter(|&table| has_free_text(self.map, table) && !self.searches(table)).collect()
    }

    /// How the table is searched: other people's rows as well, or those alone that they share with these people, which
    /// are theirs, too.
    pub(super) fn way<'k>(&self, table: TableId, shared: &'k [Key]) -> Option<Way<'k>> {
        match self.searches(table) {
            true if self.scope.mentions => Some(Way::Scan),
            true => Some(Way::AsMapped),
            false => (!shared.is_empty()).then_some(Way::Rows(shared)),
        }
    }

    /// The steps for other people's text in `table`, also in rows that they share with these people.
    pub(super) fn strike_mentions(
        &self,
        (table, way): (TableId, Way<'_>),
        decided: &Decided,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let hits = search(self.map, self.subjects, table, way, decided, &self.when(), database)?;
        let mut staying = self.staying(table, hits.iter().map(|hit| &hit.key), database)?;
        for hit in hits {
            let mut columns = hit.columns;
            if let Some(stays) = staying.remove(&hit.key) {
                let found = columns.len();
                columns.retain(|column| !stays.keeps(*column));
                if columns.len() < found && !decided.is_told(&hit.key) {
                    each(&others_text(table, hit.key.clone(), stays.decision, Act::Leave))?;
                }
            }
            if columns.is_empty() {
                continue;
            }
            if let Some(column) = hit.long.into_iter().find(|column| columns.contains(column)) {
                let held = &self.map.tables[table];
                return Err(Refusal::LongMention(format!("{}.{}", held.name, held.columns[column].name)).into());
            }
            each(&others_text(table, hit.key, Decision::Mention, Act::StrikeOut(columns)))?;
        }
        Ok(())
    }

    /// Whose a value was when a text was written.
    pub(super) fn when(&self) -> When<'_> {
        When { zone: &self.zone, removed: self.removed }
    }

    /// The tables whose free text is searched through an index: what stands behind a NUL in a text may not be in it
    /// (FTS4 and older versions of SQLite end there).
    #[must_use]
    pub fn searched_by_index(&self) -> Vec<TableId> {
        let by_index = |table: &TableId| matches!(self.map.tables[*table].mentions, Mentions::Index(_));
        let all = (0..self.map.tables.len()).filter(|table| by_index(table) && self.searches(*table));
        all.filter(|_| !self.scope.mentions).collect()
    }
}

/// How a table is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rights) enum Way<'a> {
    /// As the map says, by an index where it names one
    AsMapped,
    /// As a whole, whatever the map says: a request asked for it
    Scan,
    /// In these rows alone
    Rows(&'a [Key]),
}

/// A row of somebody else whose free text names one of the people.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rights) struct Hit {
    pub(in crate::rights) key: Key,
    /// The columns that do, by place
    pub(in crate::rights) columns: Vec<usize>,
    /// Those of them that are too long to be held
    pub(in crate::rights) long: Vec<usize>,
}

/// The rows of `table` whose free text, as far as it is not `decided` already, names one of these people, by key. Memory
/// does not depend on how long a text is, where the engine reads it in pieces.
pub(in crate::rights) fn search(
    map: &Classified,
    subjects: &[IdentitySet],
    table: TableId,
    way: Way<'_>,
    decided: &Decided,
    when: &When<'_>,
    database: &mut dyn Database,
) -> Result<Vec<Hit>, Error> {
    let held = &map.tables[table];
    let mentioned = Mentioned::of(subjects);
    let dated = held.dated.as_ref().filter(|_| mentioned.dated);
    let texts = free_texts(held);
    if mentioned.values.is_empty() || texts.is_empty() {
        return Ok(Vec::new());
    }
    let key = held.key_columns()?;
    let key_len = key.len();
    let mut hits: Vec<Hit> = Vec::new();
    let (mut malformed, mut unknown, mut failed) = (false, false, Ok(()));
    let terms = |select: &mut Select| {
        for at in &texts {
            select.term(Term::Column { via: 0, column: held.columns[*at].name.clone() });
        }
        select.bear(HELD);
        let dated = dated.map(|column| select.term(Term::Column { via: 0, column: column.clone() }));
        (held.case.as_ref().map(|case| case_term(map, case, select)), dated)
    };
    let (case_at, dated_at) = terms(&mut Select::whole(held.name.clone(), key.clone()));
    let mut look = |row: database::Found| {
        let key = Key(row.row[..key_len].to_vec());
        if decided.passed.contains(&key) {
            return Flow::Continue;
        }
        let case = case_at.map(|at| row.row[key_len + at].to_canonical_text());
        let written = dated_at.and_then(|at| Dated::read(&row.row[key_len + at]).moment(when.zone));
        let mut hit = Hit { key, columns: Vec::new(), long: Vec::new() };
        for (at, column) in texts.iter().enumerate() {
            let meaning = held.columns[*column].meaning_in(case.as_deref());
            if !decided.leaves(&hit.key, *column) || meaning.is_some_and(|meaning| meaning.kind != Kind::FreeText) {
                continue;
            }
            let cell = &row.row[key_len + at];
            let long = row.long.iter().find(|(term, _)| *term == at);
            let look_for = |mentioned: &Mentioned<'_>| match long {
                None => Ok((mentioned.is_in(cell), matches!(cell, Value::Malformed(_)))),
                Some((_, long)) => mentioned.is_in_long(&**long),
            };
            // few texts name anybody, so that the time of a text is looked at last
            let seen = match look_for(&mentioned) {
                Ok((true, _)) if mentioned.dated => look_for(&mentioned.at(written, when)),
                seen => seen,
            };
            let (named, broken) = match seen {
                Ok(seen) => seen,
                Err(error) => {
                    failed = Err(error);
                    return Flow::Stop;
                }
            };
            hit.long.extend((named && long.is_some()).then_some(*column));
            malformed |= named && broken;
            unknown |= named && meaning.is_none();
            if named {
                hit.columns.push(*column);
            }
        }
        if !hit.columns.is_empty() {
            hits.push(hit);
        }
        Flow::Continue
    };
    for mut select in selects(held, &key, &mentioned, way) {
        terms(&mut select);
        database.read(&select, &mut look)?;
    }
    failed?;
    if malformed {
        return Err(Refusal::MalformedText(held.name.to_string()).into());
    }
    if unknown {
        return Err(Refusal::UnknownCase(held.name.to_string()).into());
    }
    Ok(each_once(hits))
}

/// How the rows are asked for.
fn selects(held: &Table, key: &[String], mentioned: &Mentioned<'_>, way: Way<'_>) -> Vec<Select> {
    let (name, whole) = (held.name.clone(), || vec![Select::whole(held.name.clone(), key.to_vec())]);
    match (way, &held.mentions) {
        (Way::Rows(keys), _) => {
            let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
            vec![Select::new(name, key.to_vec(), vec![Arm { columns: key.to_vec(), seeds, folds: false }])]
        }
        (Way::AsMapped, Mentions::Index(index)) => {
            let (questions, index) =
                (mentioned.questions(), TableName { schema: name.schema.clone(), name: index.clone() });
            let matching =
                |asked: &[Phrases]| Select::matching(name.clone(), key.to_vec(), index.clone(), asked.to_vec());
            if questions.len() <= ASKED { questions.chunks(WINDOW).map(matching).collect() } else { whole() }
        }
        (Way::AsMapped | Way::Scan, _) => whole(),
    }
}

/// By key, each row once: it may hold phrases of two windows, or be found once more for its length or with another case.
fn each_once(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort();
    hits.dedup_by(|b, a| {
        let same = a.key == b.key;
        if same {
            a.columns.append(&mut b.columns);
            a.columns.sort_unstable();
            a.columns.dedup();
            a.long.append(&mut b.long);
        }
        same
    });
    hits
}

/// Whether other people's free text may stand in the table: in its own rows or in what it keeps of another's. An index
/// holds none besides the table that it is of.
pub(in crate::rights) fn has_free_text(map: &Classified, table: TableId) -> bool {
    let held = &map.tables[table];
    let may_hold = match held.standing {
        Standing::Personal => true,
        Standing::CopyOf(_) => !map.is_full_text(table),
        Standing::NoPersonalData(_) | Standing::Shadow(_) => false,
    };
    may_hold && !free_texts(held).is_empty()
}

/// The columns that hold free text, in rows of whatever case.
fn free_texts(held: &Table) -> Vec<usize> {
    (0..held.columns.len()).filter(|at| held.columns[*at].is_free_text()).collect()
}

/// A step for a row that is none of these people's.
/// What happens to a row of somebody else, or why nothing does.
pub(super) fn others_text(table: TableId, key: Key, decision: Decision, act: Act) -> Step {
    Step { table, key, roles: Vec::new(), decision, act, cells: 0, files: Vec::new() }
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
}
