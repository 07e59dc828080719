//! Columns that find a person or prove a value of theirs, and what is read of the rows in which they do: whose row it is,
//! and when the value was theirs.

use jiff::{Timestamp, tz::TimeZone};

use super::{case_term, link::Link, points_at_nothing};
use crate::{
    data_map::{
        classified::{Cases, Classified, Column, Person, Proves, TableId},
        lead::leads,
    },
    database::{Arm, Database, DatabaseError, Seeds, Select, Term},
    kind::{Dated, Kind},
    value::{Key, Value},
};

/// A column that can find or prove, and one way from its rows to a person.
pub(super) struct Probe<'a> {
    pub(super) person: &'a Person,
    pub(super) table: TableId,
    pub(super) column: &'a Column,
    /// What it is, in the rows where it is that
    pub(super) kind: Kind,
    /// How it proves; `None` when it only finds
    pub(super) proof: Option<&'a Proves>,
    /// In which cases it is of the kind; both it and the way must hold
    cases: Option<Cases>,
    link: Link<'a>,
}

/// Where an identifier can find a person: identifying columns of person rows, and columns that prove in rows that are the
/// person's by keys.
pub(super) fn probes(map: &Classified) -> Vec<Probe<'_>> {
    let mut probes = Vec::new();
    for (table, held) in map.tables.iter().enumerate() {
        for column in &held.columns {
            for (cases, meaning) in column.meanings_by_case() {
                let (kind, proof) = (meaning.kind, meaning.proves.as_ref());
                if !kind.identifies() || kind.is_weak() {
                    continue;
                }
                for lead in leads(&map.tables, &map.persons, table, meaning.role.as_deref()).clear {
                    if proof.is_some() || lead.steps.is_empty() {
                        let (person, cases) = (lead.person, cases.clone());
                        let link = Link { table, lead };
                        probes.push(Probe { person, table, column, kind, proof, cases, link });
                    }
                }
            }
        }
    }
    probes
}

impl Probe<'_> {
    /// The statement that finds rows by a spelling of a value.
    pub(super) fn by_value(&self, map: &Classified, seeds: Seeds) -> (Select, Reading) {
        self.ask(map, Arm { columns: vec![self.column.name.clone()], seeds, folds: self.kind.folds_case() })
    }

    /// The statement that finds the rows of people by their keys.
    pub(super) fn by_key(
        &self,
        map: &Classified,
        keys: Seeds,
        database: &mut dyn Database,
    ) -> Result<(Select, Reading), DatabaseError> {
        let (columns, seeds) = self.link.down(map, keys, database)?;
        Ok(self.ask(map, Arm { columns, seeds, folds: false }))
    }

    fn ask(&self, map: &Classified, arm: Arm) -> (Select, Reading) {
        let held = &map.tables[self.table];
        let mut select = Select::new(held.name.clone(), vec![self.column.name.clone()], vec![arm]);
        let behind = select.key_len();
        let persons = self.link.ask(map, &mut select);
        let cases: Vec<Cases> = self.cases.iter().chain(self.link.cases()).cloned().collect();
        let case = held.case.as_ref().filter(|_| !cases.is_empty());
        let case = case.map(|case| behind + case_term(map, case, &mut select));
        let mut column = |name: Option<&String>| {
            name.map(|name| behind + select.term(Term::Column { via: 0, column: name.clone() }))
        };
        let of = |which: fn(&Proves) -> &Option<String>| self.proof.and_then(|proof| which(proof).as_ref());
        let (since, until) = (column(of(|proof| &proof.since)), column(of(|proof| &proof.until)));
        let when = self.proof.and_then(|proof| proof.when.clone());
        let when = when.map(|predicate| behind + select.term(Term::Truth { via: 0, predicate }));
        let (kind, proves) = (self.kind, self.proof.is_some());
        (select, Reading { kind, persons, behind, case, cases, proves, since, until, when })
    }
}

/// How the rows of a probe's statement are read.
pub(super) struct Reading {
    kind: Kind,
    /// The people on the way, the last one of whom is the probe's
    persons: Vec<OnTheWay>,
    behind: usize,
    case: Option<usize>,
    cases: Vec<Cases>,
    proves: bool,
    since: Option<usize>,
    until: Option<usize>,
    when: Option<usize>,
}

/// Where the key of a person stands among the terms.
pub(super) struct OnTheWay {
    /// The word of `[person.*]`
    pub(super) person: String,
    /// In their own row
    pub(super) there: usize,
    /// In the row that points at it
    pub(super) here: Option<usize>,
}

impl OnTheWay {
    /// The key as it stands in the person's row, however the row that points there spells it; that one's where the
    /// person's row is gone. Nobody where it points at none.
    pub(super) fn key(&self, terms: &[Value]) -> Option<Key> {
        let here = || self.here.map(|at| &terms[at]).filter(|here| !points_at_nothing(std::iter::once(*here)));
        let value = Some(&terms[self.there]).filter(|there| !there.is_null()).or_else(here)?;
        Some(Key(vec![value.clone()]))
    }
}

/// Since when until when.
pub(super) type Period = (Option<Timestamp>, Option<Timestamp>);

impl Reading {
    /// Whose row it is.
    pub(super) fn key(&self, row: &[Value]) -> Option<Key> {
        self.persons.last().and_then(|last| last.key(&row[self.behind..]))
    }

    /// Whether the row, or one on the way to the person's, is that of one whom `is_own` knows.
    pub(super) fn is_of(&self, row: &[Value], is_own: &dyn Fn(&str, &Key) -> bool) -> bool {
        let keys = self.persons.iter().filter_map(|one| Some((&one.person, one.key(&row[self.behind..])?)));
        keys.into_iter().any(|(person, key)| is_own(person, &key))
    }

    /// The value; the engine may have compared it otherwise than its kind does.
    pub(super) fn value(&self, row: &[Value]) -> Option<String> {
        self.kind.normalise_value(&row[0])
    }

    /// Whether the column is of the probe's kind, and the row the person's.
    pub(super) fn applies(&self, row: &[Value]) -> bool {
        self.case.is_none_or(|at| {
            let case = row[at].to_canonical_text();
            !self.is_unclear(row) && self.cases.iter().all(|cases| cases.hold(&case))
        })
    }

    /// Whether that cannot be told, for the case reads like another one.
    pub(super) fn is_unclear(&self, row: &[Value]) -> bool {
        self.case.is_some_and(|at| self.cases.iter().any(|cases| cases.are_unclear_in(&row[at])))
    }

    /// Since when until when a row proves; `None` when it does not. A window that the map promises but the row does
    /// not state cannot be trusted to reach back.
    pub(super) fn read(&self, row: &[Value], zone: &TimeZone) -> Option<Period> {
        self.period(row, zone).filter(|_| self.applies(row))
    }

    /// The same, also where nobody can tell whether it is the person's: it may be.
    pub(super) fn may_prove(&self, row: &[Value], zone: &TimeZone) -> Option<Period> {
        self.period(row, zone).filter(|_| self.applies(row) || self.is_unclear(row))
    }

    fn period(&self, row: &[Value], zone: &TimeZone) -> Option<Period> {
        let proves = self.proves && self.when.is_none_or(|at| row[at] == Value::Integer(1));
        (proves && !self.is_undated(row, zone)).then(|| (self.since(row, zone), self.until(row, zone)))
    }

    /// Whether the map says that the row states since when, and it does not.
    pub(super) fn is_undated(&self, row: &[Value], zone: &TimeZone) -> bool {
        self.since.is_some() && self.since(row, zone).is_none()
    }

    pub(super) fn until(&self, row: &[Value], zone: &TimeZone) -> Option<Timestamp> {
        instant(self.until, row, zone)
    }

    pub(super) fn since(&self, row: &[Value], zone: &TimeZone) -> Option<Timestamp> {
        instant(self.since, row, zone)
    }
}

fn instant(at: Option<usize>, row: &[Value], zone: &TimeZone) -> Option<Timestamp> {
    at.and_then(|at| Dated::read(&row[at]).moment(zone))
}
