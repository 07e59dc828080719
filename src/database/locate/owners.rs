//! Who is in a row, whoever it was found for: told by keys of people and by values, in the row and in those it hangs on.

use crate::{
    data_map::classified::{Classified, Sense, TableId, Target},
    database::{Join, Select, Term},
    kind::Kind,
    plan::{Held, Hold},
    value::{Key, Value},
};

/// How a value in a row tells whose it is.
#[derive(Debug)]
enum Owner {
    /// The key of a person of this word
    Person(String),
    /// A value of this kind
    Value(Kind),
}

/// The places among a row's terms that tell who is in it; nobody when nothing was asked for.
#[derive(Debug, Default)]
pub struct Owners(Vec<(Owner, usize)>);

impl Owners {
    /// Asks for whoever a row of `table`, or a row that it hangs on, names or bears a value of.
    #[must_use]
    pub fn ask(map: &Classified, table: TableId, select: &mut Select) -> Self {
        let mut owners = Self::default();
        owners.along(map, table, 0, select);
        owners
    }

    /// The hold on anybody in the row whose terms these are; an open one where there are both sorts.
    #[must_use]
    pub fn hold(&self, held: &Held, terms: &[Value]) -> Option<Hold> {
        let on = self.0.iter().filter_map(|(owner, at)| {
            let cell = &terms[*at];
            match owner {
                Owner::Person(_) if cell.is_null() => None,
                Owner::Person(person) => held.on_key(person, &Key(vec![cell.clone()])),
                Owner::Value(kind) => held.on_value(kind.word(), &kind.normalise_value(cell)?),
            }
        });
        on.min()
    }

    fn along(&mut self, map: &Classified, table: TableId, via: usize, select: &mut Select) {
        for person in map.persons.iter().filter(|person| person.table == table) {
            let at = select.term(Term::Column { via, column: person.column.clone() });
            self.0.push((Owner::Person(person.name.clone()), at));
        }
        for column in &map.tables[table].columns {
            let kind = column.meaning.kind;
            if kind.identifies() && !kind.is_weak() {
                let at = select.term(Term::Column { via, column: column.name.clone() });
                self.0.push((Owner::Value(kind), at));
            }
        }
        for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of) {
            let Target::Rows { table: parent, columns, .. } = &tie.target else { continue };
            if map.is_reverse(table, tie) {
                continue;
            }
            // the key tells whose it is even where the person's row is gone
            if let [column] = tie.columns.as_slice()
                && let Some(person) =
                    map.persons.iter().find(|p| p.table == *parent && columns[..] == [p.column.clone()])
            {
                let at = select.term(Term::Column { via, column: column.clone() });
                self.0.push((Owner::Person(person.name.clone()), at));
            }
            let name = map.tables[*parent].name.clone();
            let join = Join { from: via, columns: tie.columns.clone(), table: name, target: columns.clone() };
            let via = select.join(join);
            self.along(map, *parent, via, select);
        }
    }
}
