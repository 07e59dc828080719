//! What a person's rows say of their age: the declared birth date, the birth date in their papers, and when their data
//! was first collected.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Collected, Minors, Signs};
use crate::{
    case::age::NoAge,
    data_map::{
        classified::{Classified, Column, ColumnRef, Meaning, Minors as Section, Person, Tie},
        predicate::Predicate,
    },
    database::{
        Arm, Database, DatabaseError, Flow, Seed, Select, Term,
        locate::{case_term, join_own},
    },
    error::Error,
    kind::{Dated, Kind, resident_id},
    plan::{still_there, written},
    value::{Key, Row, Value},
};

/// One page of a person table: the key of its last row, whether the table ends there, and who is in it.
pub(super) struct People {
    pub(super) last: Option<Key>,
    pub(super) ended: bool,
    /// Keys as other rows name them by, in the order of the table; rows that describe nobody any more are left out
    pub(super) keys: Vec<Key>,
    pub(super) signs: HashMap<Key, Signs>,
}

/// Places of what is read of a person row.
struct Asked {
    own: usize,
    born: Option<usize>,
    collected: Option<usize>,
    described: Option<usize>,
}

impl Minors<'_> {
    /// The ties by which a consent is for such a person: those of the minor's role, and only where no tie has that role,
    /// those of the row as a whole.
    pub(super) fn minor_ties<'m>(&'m self, section: &Section, person: &Person) -> Vec<&'m Tie> {
        let ties = &self.map.tables[section.consent].ties;
        let minor = Some(&section.minor).filter(|minor| ties.iter().any(|tie| tie.role.as_ref() == Some(*minor)));
        ties.iter().filter(|tie| tie.role.as_ref() == minor && tie.is_of(person)).collect()
    }

    /// Reads the next page of at most `rows` rows behind `after`.
    pub(super) fn people(
        &self,
        person: &Person,
        after: Option<Key>,
        rows: u32,
        database: &mut dyn Database,
    ) -> Result<People, Error> {
        let held = &self.map.tables[person.table];
        let key = held.key_columns()?;
        let names = key.len();
        let mut select = Select::page(held.name.clone(), key, after, rows, None);
        let asked = self.ask(person, &mut select, names);
        let mut read: Vec<Row> = Vec::new();
        database.scan(&select, &mut |row| {
            read.push(row);
            Flow::Continue
        })?;
        let ended = read.len() < rows as usize;
        if !ended {
            leave_last(&mut read, names);
        }
        let last = read.last().map(|row| Key(row[..names].to_vec()));
        let mut people = People { last, ended, keys: Vec::new(), signs: HashMap::new() };
        for row in &read {
            self.take(row, &asked, &mut people);
        }
        self.read_papers(person, &mut people, database)?;
        Ok(people)
    }

    /// The same of some people, by the keys that other rows name them by.
    pub(super) fn these(&self, person: &Person, keys: &[Key], database: &mut dyn Database) -> Result<People, Error> {
        let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let arm = Arm { columns: vec![person.column.clone()], seeds, folds: false };
        let name = self.map.tables[person.table].name.clone();
        let mut select = Select::new(name, vec![person.column.clone()], vec![arm]);
        let asked = self.ask(person, &mut select, 1);
        let mut people = People { last: None, ended: true, keys: Vec::new(), signs: HashMap::new() };
        database.read(&select, &mut |found| {
            self.take(&found.row, &asked, &mut people);
            Flow::Continue
        })?;
        self.read_papers(person, &mut people, database)?;
        Ok(people)
    }

    /// Asks for whom others name, for the birth date and for the date of collection.
    fn ask(&self, person: &Person, select: &mut Select, names: usize) -> Asked {
        let own = select.term(Term::Column { via: 0, column: person.column.clone() }) + names;
        let born = person.born.as_ref().and_then(|place| self.ask_column(person, place, select));
        let collected = self.map.minors.as_ref().and_then(|minors| minors.collected.as_ref());
        let collected = collected.and_then(|place| self.ask_column(person, place, select));
        let described = self.described(person).map(|predicate| select.term(Term::Truth { via: 0, predicate }) + names);
        Asked { own, born: born.map(|at| at + names), collected: collected.map(|at| at + names), described }
    }

    /// True of the person rows that say anything about anybody: not of what an erasure left.
    fn described(&self, person: &Person) -> Option<Predicate> {
        let personal = |column: &&Column| column.meaning.kind.is_personal() && column.name != person.column;
        let columns = self.map.tables[person.table].columns.iter().filter(personal);
        let there: Vec<Predicate> =
            columns.filter_map(|column| Some(still_there(column, &written(column, &column.meaning)?))).collect();
        (!there.is_empty()).then_some(Predicate::Or(there))
    }

    fn ask_column(&self, person: &Person, place: &ColumnRef, select: &mut Select) -> Option<usize> {
        let via = if place.table == person.table {
            0
        } else {
            let tie = own_tie(self.map, person, place)?;
            join_own(self.map, place.table, tie, &person.column, select)
        };
        Some(select.term(Term::Column { via, column: place.column.clone() }))
    }

    fn take(&self, row: &[Value], asked: &Asked, people: &mut People) {
        let Asked { own, born, collected, described } = *asked;
        if described.is_some_and(|at| row[at] == Value::Integer(0)) {
            return;
        }
        let key = Key(vec![row[own].clone()]);
        let declared = born.map_or(Err(NoAge::Missing), |at| self.birth(&row[at]));
        let collected = collected.map_or(Collected::NotMapped, |at| {
            Dated::read(&row[at]).day(&self.zone).map_or(Collected::Unreadable, Collected::On)
        });
        match people.signs.get_mut(&key) {
            // several rows: they have to agree
            Some(known) if known.declared != declared => known.declared = Err(NoAge::Impossible),
            Some(_) => {}
            None => {
                people.keys.push(key.clone());
                people.signs.insert(key, Signs { declared, papers: None, collected });
            }
        }
    }

    fn birth(&self, cell: &Value) -> Result<Date, NoAge> {
        match Dated::read(cell) {
            Dated::Empty => Err(NoAge::Missing),
            Dated::Zero | Dated::Partial { .. } => Err(NoAge::Zero),
            Dated::Impossible | Dated::Ambiguous | Dated::Unreadable => Err(NoAge::Impossible),
            dated => dated.day(&self.zone).ok_or(NoAge::Impossible),
        }
    }

    /// The strongest signal: the birth date within a resident identity number that is the person's own.
    fn read_papers(
        &self,
        person: &Person,
        people: &mut People,
        database: &mut dyn Database,
    ) -> Result<(), DatabaseError> {
        let is_own = |meaning: &Meaning| meaning.kind == Kind::ResidentId && meaning.role.is_none();
        for held in &self.map.tables {
            for tie in held.ties.iter().filter(|tie| tie.role.is_none() && tie.is_of(person)) {
                for column in held.columns.iter().filter(|column| column.meanings().any(is_own)) {
                    let seeds = people.keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() });
                    let arm = Arm { columns: tie.columns.clone(), seeds: seeds.collect(), folds: false };
                    let mut select = Select::new(held.name.clone(), tie.columns.clone(), vec![arm]);
                    let names = select.key_len();
                    let number = select.term(Term::Column { via: 0, column: column.name.clone() }) + names;
                    let case = held.case.as_ref().map(|case| case_term(self.map, case, &mut select) + names);
                    database.read(&select, &mut |found| {
                        let case = case.map(|at| found.row[at].to_canonical_text());
                        let holds =
                            tie.holds_in(case.as_deref()) && column.meaning_in(case.as_deref()).is_some_and(is_own);
                        let number = found.row[number].as_text().filter(|_| holds).and_then(resident_id::born);
                        let signs = people.signs.get_mut(&Key(found.row[..1].to_vec()));
                        if let (Some(signs), Some(born)) = (signs, number) {
                            signs.papers = signs.papers.max(Some(born));
                        }
                        Flow::Continue
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// A join may find several rows of one person, and a page may end between them: the last person waits for the next.
fn leave_last(read: &mut Vec<Row>, names: usize) {
    let Some(last) = read.last().map(|row| row[..names].to_vec()) else { return };
    let whole = read.iter().take_while(|row| row[..names] != last[..]).count();
    if whole > 0 {
        read.truncate(whole);
    }
}

/// The one tie by which the row of another table in which `place` stands is the person's; the check of the map refuses
/// several.
fn own_tie<'m>(map: &'m Classified, person: &Person, place: &ColumnRef) -> Option<&'m Tie> {
    let held = &map.tables[place.table];
    let role = held.column(&place.column)?.meaning.role.as_deref();
    let ties = held.ties_of(role, &|tie| tie.is_of(person));
    ties.first().copied().filter(|_| ties.len() == 1)
}
