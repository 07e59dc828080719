//! The names that stand in a row, each with the role that it belongs to, as far as the row's case makes it one.

use super::{case_term, role_number};
use crate::{
    data_map::classified::{Cases, Classified, TableId},
    database::{Select, Term},
    kind::Kind,
    value::Value,
};

/// Where names stand in the rows of a table.
pub(super) struct Bearing {
    case: Option<usize>,
    names: Vec<Place>,
}

struct Place {
    at: usize,
    role: usize,
    /// In which cases it is a name
    cases: Option<Cases>,
}

impl Bearing {
    /// Asks for the names of those roles that are `wanted`; `None` where there are none.
    pub(super) fn ask(
        map: &Classified,
        table: TableId,
        wanted: &dyn Fn(usize) -> bool,
        select: &mut Select,
    ) -> Option<Self> {
        let held = &map.tables[table];
        let mut names = Vec::new();
        for column in &held.columns {
            for (cases, meaning) in column.meanings_by_case() {
                let role = role_number(map, table, meaning.role.as_deref());
                if meaning.kind == Kind::Name && wanted(role) {
                    let at = select.term(Term::Column { via: 0, column: column.name.clone() });
                    names.push(Place { at, role, cases });
                }
            }
        }
        let by_case = names.iter().any(|name| name.cases.is_some());
        let case = held.case.as_ref().filter(|_| by_case).map(|case| case_term(map, case, select));
        (!names.is_empty()).then_some(Self { case, names })
    }

    /// The cells that are names in a row of these terms, each with its role.
    pub(super) fn names<'t>(&self, terms: &'t [Value]) -> impl Iterator<Item = (usize, &'t Value)> {
        self.names.iter().filter(|name| self.is_name(name, terms)).map(|name| (name.role, &terms[name.at]))
    }

    /// The same, and those of which the case does not tell whether they are names.
    pub(super) fn perhaps<'t>(&self, terms: &'t [Value]) -> impl Iterator<Item = (usize, &'t Value)> {
        let unclear = |name: &Place| {
            self.case.zip(name.cases.as_ref()).is_some_and(|(at, cases)| cases.are_unclear_in(&terms[at]))
        };
        let names = self.names.iter().filter(move |name| self.is_name(name, terms) || unclear(name));
        names.map(|name| (name.role, &terms[name.at]))
    }

    fn is_name(&self, name: &Place, terms: &[Value]) -> bool {
        let case = self.case.zip(name.cases.as_ref());
        case.is_none_or(|(at, cases)| !cases.are_unclear_in(&terms[at]) && cases.hold(&terms[at].to_canonical_text()))
    }
}
