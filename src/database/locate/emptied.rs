//! People of whom an erasure has left nothing but a row that others point at. Such a row looks like that of somebody who
//! never said anything, so nobody counts as emptied of whom another row still says something.

use std::collections::{BTreeMap, BTreeSet};

use super::{Other, Seed, Select, Term, may_have_several, role_number_in};
use crate::{
    data_map::{
        classified::{Classified, Meaning, Sense, Table, TableId, Target, Tie},
        predicate::Predicate,
    },
    database::{Arm, Database, DatabaseError, Flow},
    plan::speaks,
    schema::Generated,
    value::{Key, Value},
};

/// Somebody: which of the map's people, and their key.
type Whom = (usize, Key);

/// People in whose rows nothing is said, and whether other rows say something of them.
#[derive(Debug, Default)]
pub struct Emptied {
    known: BTreeMap<Whom, bool>,
    asked: BTreeSet<Whom>,
}

/// True of the rows of which a column other than `except` says something personal: one of the role where one is given.
pub(super) fn speaking(held: &Table, role: Option<usize>, except: &[String]) -> Option<Predicate> {
    let counts = |meaning: &Meaning| role.is_none_or(|role| role_number_in(held, meaning.role.as_deref()) == role);
    // what the engine computes of nothing says nothing
    let written = held.columns.iter().filter(|column| column.generated == Generated::No);
    let columns = written.filter(|column| !except.contains(&column.name));
    let said: Vec<Predicate> = columns.filter_map(|column| speaks(column, &counts)).collect();
    (!said.is_empty()).then_some(Predicate::Or(said))
}

impl Emptied {
    /// Who somebody is in whose row nothing is said.
    pub(super) fn whom(&mut self, person: usize, key: &Key) -> Other {
        let whom = (person, key.clone());
        match self.known.get(&whom) {
            Some(true) => Other::Somebody,
            Some(false) => Other::Emptied,
            None => {
                self.asked.insert(whom);
                Other::Unknown
            }
        }
    }

    /// Looks whether a row that is tied to those who were asked for, and is theirs alone, says something of them.
    pub fn look(&mut self, map: &Classified, database: &mut dyn Database) -> Result<(), DatabaseError> {
        let asked: Vec<Whom> = std::mem::take(&mut self.asked).into_iter().collect();
        if asked.is_empty() {
            return Ok(());
        }
        for (table, held) in map.tables.iter().enumerate() {
            for tie in held.ties.iter().filter(|tie| tie.sense == Sense::Of) {
                for whom in speaks_of(map, table, tie, &asked, database)? {
                    self.known.insert(whom, true);
                }
            }
        }
        for whom in asked {
            self.known.entry(whom).or_insert(false);
        }
        Ok(())
    }
}

/// Those of whom rows of `table` say something that are tied to them directly.
fn speaks_of(
    map: &Classified,
    table: TableId,
    tie: &Tie,
    asked: &[Whom],
    database: &mut dyn Database,
) -> Result<BTreeSet<Whom>, DatabaseError> {
    let mut found = BTreeSet::new();
    let (held, Target::Rows { table: parent, columns, .. }) = (&map.tables[table], &tie.target) else {
        return Ok(found);
    };
    let role = role_number_in(held, tie.role.as_deref());
    let said = speaking(held, Some(role), &tie.columns).filter(|_| !may_have_several(map, table, role));
    let seed = |(tag, (person, key)): (u32, &Whom)| {
        let person = &map.persons[*person];
        let theirs = person.table == *parent && columns[..] == *std::slice::from_ref(&person.column);
        theirs.then(|| Seed { subject: 0, tag, values: key.0.clone() })
    };
    let seeds: Vec<Seed> = (0..).zip(asked).filter_map(seed).collect();
    let (Some(said), false, Some(key)) = (said, seeds.is_empty(), held.key.columns()) else { return Ok(found) };
    let arm = Arm { columns: tie.columns.clone(), seeds: seeds.into(), folds: false };
    let mut select = Select::new(held.name.clone(), key, vec![arm]);
    let says = select.key_len() + select.term(Term::Truth { via: 0, predicate: said });
    database.read(&select, &mut |row| {
        if row.row[says] == Value::Integer(1) {
            found.insert(asked[row.tag as usize].clone());
        }
        Flow::Continue
    })?;
    Ok(found)
}
