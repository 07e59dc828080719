//! When a value alone ties a row: was the value the person's at that time, and does the row bear their name?

use jiff::tz::TimeZone;

use super::{Select, Term, role_number};
use crate::{
    case::identity::{IdentitySet, KnownValue},
    data_map::classified::{Classified, TableId},
    kind::{Dated, Kind},
    value::Value,
};

/// Why a row that bears the person's value may not be theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The row is older or younger than the window in which the value was theirs (numbers are issued again)
    OutsideWindow,
    /// The value has a window and the row has no date that can be read
    NoDate,
    /// It bears a name that is not known to be theirs
    OtherName,
}

/// What of a row is looked at.
pub(super) struct Judge {
    dated: Option<usize>,
    /// Place and role of each name
    names: Vec<(usize, usize)>,
}

impl Judge {
    /// Adds to `select` what has to be read.
    pub(super) fn new(map: &Classified, table: TableId, select: &mut Select) -> Self {
        let held = &map.tables[table];
        let dated = held.dated.as_ref().map(|column| select.term(Term::Column { via: 0, column: column.clone() }));
        let names = held.columns.iter().filter(|column| column.meaning.kind == Kind::Name);
        let names = names.map(|column| {
            let at = select.term(Term::Column { via: 0, column: column.name.clone() });
            (at, role_number(map, table, column.meaning.role.as_deref()))
        });
        Self { dated, names: names.collect() }
    }

    pub(super) fn doubt(
        &self,
        set: &IdentitySet,
        known: &KnownValue,
        role: usize,
        terms: &[Value],
        zone: &TimeZone,
    ) -> Option<Doubt> {
        self.outside(known, terms, zone).or_else(|| self.other_name(set, role, terms))
    }

    fn outside(&self, known: &KnownValue, terms: &[Value], zone: &TimeZone) -> Option<Doubt> {
        if known.since.is_none() && known.until.is_none() {
            return None;
        }
        let Some(at) = self.dated.and_then(|at| Dated::read(&terms[at]).moment(zone)) else {
            return Some(Doubt::NoDate);
        };
        let inside = known.since.is_none_or(|since| since <= at) && known.until.is_none_or(|until| at < until);
        if inside { None } else { Some(Doubt::OutsideWindow) }
    }

    /// Names never tie; but once the person's names are known, another name under the same value is another person.
    fn other_name(&self, set: &IdentitySet, role: usize, terms: &[Value]) -> Option<Doubt> {
        let mut names = set.values.iter().filter(|known| known.kind == Kind::Name.word()).peekable();
        names.peek()?;
        let known: Vec<String> = names.filter_map(|known| Kind::Name.normalise(known.value.reveal())).collect();
        let differs = |value: &Value| {
            !value.is_empty()
                && Kind::Name.normalise(&value.to_canonical_text()).is_none_or(|name| !known.contains(&name))
        };
        let borne = self.names.iter().filter(|(_, whose)| *whose == role);
        if borne.into_iter().any(|(at, _)| differs(&terms[*at])) { Some(Doubt::OtherName) } else { None }
    }
}
