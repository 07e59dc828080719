//! Who is in a row, whoever it was found for: told by keys of people and by values, in the row and in those it hangs on.

use std::collections::BTreeSet;

use super::Binding;
use crate::{
    data_map::classified::{Classified, Sense, TableId, Target, Tie},
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

/// The places among a row's terms that tell who is in it, and in which cases; nobody when nothing was asked for.
#[derive(Debug, Default)]
pub struct Owners<'m>(Vec<(Owner, usize, Binding<'m>)>);

impl<'m> Owners<'m> {
    /// Asks for whoever a row of `table`, or a row that it hangs on, names or bears a value of.
    #[must_use]
    pub fn ask(map: &'m Classified, table: TableId, select: &mut Select) -> Self {
        let mut owners = Self::default();
        owners.along(map, &mut vec![table], (0, &Binding::default()), select);
        owners
    }

    /// The hold on anybody in the row whose terms these are; an open one where there are both sorts. Where the case does
    /// not tell whether a pointer leads to anybody, it may.
    #[must_use]
    pub fn hold(&self, held: &Held, terms: &[Value]) -> Option<Hold> {
        let said = self.0.iter().filter(|(_, _, binding)| binding.holds(terms) != Some(false));
        let on = said.filter_map(|(owner, at, _)| {
            let cell = &terms[*at];
            match owner {
                Owner::Person(_) if cell.is_null() => None,
                Owner::Person(person) => held.on_key(person, &Key(vec![cell.clone()])),
                Owner::Value(kind) => held.on_value(kind.word(), &kind.normalise_value(cell)?),
            }
        });
        on.min()
    }

    fn along(
        &mut self,
        map: &'m Classified,
        path: &mut Vec<TableId>,
        (via, binding): (usize, &Binding<'m>),
        select: &mut Select,
    ) {
        let Some(&table) = path.last() else { return };
        for person in map.persons.iter().filter(|person| person.table == table) {
            let at = select.term(Term::Column { via, column: person.column.clone() });
            self.0.push((Owner::Person(person.name.clone()), at, binding.clone()));
        }
        let of: Vec<&'m Tie> = map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of).collect();
        for column in &map.tables[table].columns {
            // whatever the row's case is: what is no such value counts for nothing
            let tied = of.iter().filter_map(|tie| match (&tie.target, tie.columns.as_slice()) {
                (Target::Value(kind), [tied]) if *tied == column.name => Some(*kind),
                _ => None,
            });
            let kinds = column.meanings().map(|meaning| meaning.kind).chain(tied);
            let kinds: BTreeSet<Kind> = kinds.filter(|kind| kind.identifies() && !kind.is_weak()).collect();
            for kind in kinds {
                let at = select.term(Term::Column { via, column: column.name.clone() });
                self.0.push((Owner::Value(kind), at, binding.clone()));
            }
        }
        for tie in of {
            let Target::Rows { table: parent, columns, .. } = &tie.target else { continue };
            // a pointer that stands in the rows of whose it is may lead to several of them, and round in a circle
            if path.contains(parent) {
                continue;
            }
            let binding = binding.by(map, table, via, tie, select);
            // the key tells whose it is even where the person's row is gone
            if let [column] = tie.columns.as_slice()
                && let Some(person) =
                    map.persons.iter().find(|p| p.table == *parent && columns[..] == [p.column.clone()])
            {
                let at = select.term(Term::Column { via, column: column.clone() });
                self.0.push((Owner::Person(person.name.clone()), at, binding.clone()));
            }
            let name = map.tables[*parent].name.clone();
            let join =
                Join { from: via, columns: tie.columns.clone(), table: name, target: columns.clone(), within: None };
            let via = select.join(join);
            path.push(*parent);
            self.along(map, path, (via, &binding), select);
            path.pop();
        }
    }
}
