//! Whether a row waits: by its own table's word, and by those of the rows that it hangs on.

use crate::{
    data_map::{
        classified::{Classified, Target},
        fate::Waiting,
    },
    database::{Select, Term},
    value::Value,
};

use super::{Above, Binding, points_at_nothing};

/// What tells whether a row waits; every `usize` is a place among its terms.
#[derive(Debug, Default)]
pub struct Waits<'m>(Vec<Level<'m>>);

/// The row itself, or one that it hangs on.
#[derive(Debug, Default)]
struct Level<'m> {
    /// In which cases, of the row and of those between, it is hung on
    binding: Binding<'m>,
    /// How the row below leads to it
    link: Option<Link>,
    /// Whether the condition holds
    condition: Option<usize>,
}

#[derive(Debug)]
struct Link {
    pointer: Vec<usize>,
    target: usize,
    /// It is the row above that points, at this one
    reverse: bool,
}

impl<'m> Waits<'m> {
    /// Asks for what is needed along the chain that [`super::chain`] has found.
    pub fn ask(map: &Classified, chain: &[Above<'m>], select: &mut Select) -> Self {
        let waits = |above: &Above<'_>| map.tables[above.table].fates.wait.is_some();
        let levels = chain.iter().rposition(waits).map_or(0, |last| last + 1);
        let mut asked = Vec::with_capacity(levels);
        for (at, &Above { table, via, ref binding }) in chain[..levels].iter().enumerate() {
            let link = at.checked_sub(1).and_then(|below| Link::ask(map, &chain[below], via, select));
            let wait = map.tables[table].fates.wait.clone();
            let condition = wait.map(|predicate| select.term(Term::Truth { via, predicate }));
            asked.push(Level { binding: binding.clone(), link, condition });
        }
        Self(asked)
    }

    /// Whether nothing can wait.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row with these terms waits: what is neither true nor false is taken for true. One that points at
    /// nothing has nothing to wait for; of one whose pointer leads nowhere it cannot be told.
    #[must_use]
    pub fn of(&self, terms: &[Value]) -> Waiting {
        for level in &self.0 {
            if let Some(link) = &level.link {
                match level.binding.holds(terms) {
                    Some(true) => {}
                    Some(false) => return Waiting::No,
                    None => return Waiting::Yes,
                }
                if terms[link.target].is_null() {
                    return if link.points(terms) { Waiting::Lost } else { Waiting::No };
                }
            }
            if level.condition.is_some_and(|at| terms[at] != Value::Integer(0)) {
                return Waiting::Yes;
            }
        }
        Waiting::No
    }

    /// Whether the row waits, of which a join has found several parents: whatever any of them says holds it back.
    #[must_use]
    pub fn of_any<'t>(&self, terms: impl IntoIterator<Item = &'t Vec<Value>>) -> Waiting {
        terms.into_iter().map(|terms| self.of(terms)).max().unwrap_or_default()
    }
}

impl Link {
    fn ask(map: &Classified, below: &Above<'_>, via: usize, select: &mut Select) -> Option<Self> {
        let held = &map.tables[below.table];
        let tie = &held.ties[held.inherits?];
        let Target::Rows { columns, .. } = &tie.target else { return None };
        let pointer = tie
            .columns
            .iter()
            .map(|column| select.term(Term::Column { via: below.via, column: column.clone() }))
            .collect();
        let target = select.term(Term::Column { via, column: columns.first()?.clone() });
        Some(Self { pointer, target, reverse: map.is_reverse(below.table, tie) })
    }

    /// Whether it says that there is something.
    fn points(&self, terms: &[Value]) -> bool {
        !self.reverse && !points_at_nothing(self.pointer.iter().map(|at| &terms[*at]))
    }
}
