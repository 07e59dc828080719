//! Finds the rows whose time has come: one walk through each table that states a rule, by pages in the order of its
//! keys. Rows whose first date is readable and too late are left out by the engine itself.

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::rule::{Bound, Due, Event, Rule};
use crate::{
    data_map::{
        classified::{Classified, Sense, TableId},
        fate::{After, Erase, Waiting},
        predicate::{Comparison, Predicate},
    },
    database::{
        Database, Flow, Select,
        locate::{Waits, ask_dates, chain},
    },
    error::Error,
    plan::{still_there, written},
    value::{Key, Row, Value},
};

/// Rows that are read at once.
const PAGE: u32 = 16_384;

/// The walk through one rule's table.
#[derive(Debug)]
pub struct Finder<'m> {
    map: &'m Classified,
    rule: Rule<'m>,
    today: Date,
    zone: TimeZone,
    after: Option<Key>,
    ended: bool,
}

/// A row that nobody but a person can decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecidable {
    /// The date is missing although nothing is under way
    NoDate,
    /// What is written is no date
    Unreadable,
    /// It is due, and points at a row that would say whether something is under way, and is not there
    Lost,
}

impl Undecidable {
    /// The machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoDate => "no_date",
            Self::Unreadable => "unreadable_date",
            Self::Lost => "lost_parent",
        }
    }
}

/// What one page told.
#[derive(Debug, Default)]
pub struct Page {
    /// Rows that are due, each with the day that its period counts from
    pub due: Vec<(Key, Date)>,
    /// Rows that a person has to look at
    pub undecidable: Vec<(Key, Undecidable)>,
}

impl<'m> Finder<'m> {
    /// Begins with the table's first row.
    #[must_use]
    pub fn new(map: &'m Classified, rule: Rule<'m>, today: Date, zone: TimeZone) -> Self {
        Self { map, rule, today, zone, after: None, ended: false }
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Rule<'m> {
        self.rule
    }

    /// The next page; `None` at the end.
    pub fn next(&mut self, database: &mut dyn Database) -> Result<Option<Page>, Error> {
        if self.ended {
            return Ok(None);
        }
        let held = &self.map.tables[self.rule.table];
        let key = held.key_columns()?;
        let names = key.len();
        let mut select = Select::page(held.name.clone(), key, self.after.take(), PAGE, self.filter());
        let above = chain(self.map, self.rule.table, &mut select);
        let mut dates = Vec::new();
        for after in self.rule.periods() {
            dates.push(ask_dates(self.map, after, &above, &mut select)?);
        }
        let waits = Waits::ask(self.map, &above, &mut select);
        let mut rows: Vec<Row> = Vec::new();
        database.scan(&select, &mut |row| {
            rows.push(row);
            Flow::Continue
        })?;
        self.ended = rows.len() < PAGE as usize;
        if !self.ended {
            whole_rows(&mut rows, names);
        }
        self.after = rows.last().map(|row| Key(row[..names].to_vec()));
        let mut page = Page::default();
        for row in rows {
            let terms = &row[names..];
            self.judge(&row[..names], terms, &dates, waits.of(terms), &mut page);
        }
        Ok(Some(page))
    }

    fn judge(&self, key: &[Value], terms: &[Value], dates: &[Vec<usize>], waits: Waiting, page: &mut Page) {
        let events: Vec<Event> =
            dates.iter().map(|at| Event::first(at.iter().map(|at| &terms[*at]), &self.zone)).collect();
        let key = Key(key.to_vec());
        match self.rule.due(&events, self.today) {
            Due::Since(_) if waits == Waiting::Lost => page.undecidable.push((key, Undecidable::Lost)),
            Due::Since(day) if page.due.last().is_none_or(|(last, _)| *last != key) => page.due.push((key, day)),
            Due::NoDate if waits == Waiting::No && !self.is_person() => {
                page.undecidable.push((key, Undecidable::NoDate));
            }
            Due::Unreadable if waits == Waiting::No => page.undecidable.push((key, Undecidable::Unreadable)),
            _ => {}
        }
    }

    /// A person row without the date of its end is somebody who is still there.
    fn is_person(&self) -> bool {
        self.map.persons.iter().any(|person| person.table == self.rule.table)
    }

    /// What the engine can leave out: rows whose first date is readable as it stands and too late, and rows in which an
    /// overwriting has nothing left to do.
    fn filter(&self) -> Option<Predicate> {
        let mut parts = Vec::new();
        parts.extend(self.not_too_late());
        parts.extend(self.something_left());
        match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Predicate::And(parts)),
        }
    }

    fn not_too_late(&self) -> Option<Predicate> {
        let Bound::Limit(limit) = self.rule.bound else { return None };
        let After::Dates(names) = &limit.after else { return None };
        let first = names.first()?;
        let column = self.map.tables[self.rule.table].column(first)?;
        // two days later: whatever zone a time is written in
        let from = self.rule.cutoff(self.today)?.checked_add(2.days()).ok()?;
        let far = self.today.checked_add(36_500.days()).ok()?;
        let compare = |op, literal: Value| Predicate::Compare { column: column.name.clone(), op, literal };
        let between = |from: Value, until: Value| {
            vec![compare(Comparison::GreaterOrEqual, from), compare(Comparison::Less, until)]
        };
        let mut text = between(Value::from(from.to_string().as_str()), Value::from(far.to_string().as_str()));
        let pattern = "____-__-__%".to_owned();
        text.push(Predicate::Like { column: column.name.clone(), pattern, negated: false });
        let mut late = vec![Predicate::And(text)];
        let declared = column.declared.to_ascii_uppercase();
        if ["INT", "REAL", "NUM", "DOUB", "FLOA", "DEC"].iter().any(|word| declared.contains(word)) {
            let seconds = from.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_second();
            for (parts, until) in [(1, 100_000_000_000_i64), (1_000, 100_000_000_000_000)] {
                let from = seconds.checked_mul(parts).filter(|from| *from > 100_000_000 * parts)?;
                late.push(Predicate::And(between(Value::Integer(from), Value::Integer(until))));
            }
        }
        let empty = Predicate::IsNull { column: column.name.clone(), negated: false };
        let early = Predicate::Not(Box::new(Predicate::Or(late)));
        if self.is_person() && names.len() == 1 {
            return Some(Predicate::And(vec![Predicate::IsNull { column: column.name.clone(), negated: true }, early]));
        }
        Some(Predicate::Or(vec![empty, early]))
    }

    /// Where rows are only overwritten, and nothing hangs on them by the same rule, those are done in which nothing is
    /// left of what could be.
    fn something_left(&self) -> Option<Predicate> {
        let held = &self.map.tables[self.rule.table];
        if *self.rule.then(self.map, self.rule.table) != Erase::Anonymize || self.has_family() {
            return None;
        }
        let left: Vec<Predicate> = held
            .columns
            .iter()
            .filter(|column| {
                let tied = held.ties.iter().any(|tie| tie.sense == Sense::Of && tie.columns.contains(&column.name));
                let mut meanings = column.by_case.iter().map(|(_, meaning)| meaning).chain([&column.meaning]);
                tied || meanings.any(|meaning| meaning.kind.is_personal())
            })
            .filter_map(|column| Some(still_there(column, &written(column, &column.meaning)?)))
            .collect();
        (!left.is_empty()).then_some(Predicate::Or(left))
    }

    /// Whether other tables' rows go by the same rule.
    #[must_use]
    pub fn has_family(&self) -> bool {
        let other = |table: TableId| table != self.rule.table && self.rule.binds(self.map, table);
        (0..self.map.tables.len()).any(other) || self.is_person() || self.has_children()
    }

    fn has_children(&self) -> bool {
        *self.rule.then(self.map, self.rule.table) == Erase::Delete
            && self.map.tables.iter().enumerate().any(|(table, held)| {
                held.ties.iter().any(|tie| {
                    tie.sense == Sense::Of
                        && !self.map.is_reverse(table, tie)
                        && matches!(&tie.target, crate::data_map::classified::Target::Rows { table, .. }
                            if *table == self.rule.table)
                })
            })
    }
}

/// A join may find several parents of a row, and a page may end between them: the last row waits for the next page.
fn whole_rows(rows: &mut Vec<Row>, names: usize) {
    let Some(last) = rows.last().map(|row| row[..names].to_vec()) else { return };
    let whole = rows.iter().take_while(|row| row[..names] != last[..]).count();
    if whole > 0 {
        rows.truncate(whole);
    }
}
