//! When a value alone ties a row: was the value the person's at that time, and does the row bear their name?

use jiff::tz::TimeZone;

use super::{Referenced, Select, Term, role_number};
use crate::{
    case::identity::{IdentitySet, KnownValue},
    data_map::classified::{Classified, Sense, TableId, Target, Tie},
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
    /// It says the day alone, and on that day their data was removed
    SameDay,
    /// It bears a name that is not known to be theirs
    OtherName,
    /// A key in it says that it is somebody else's
    OtherPerson,
    /// Its case reads like one of the map's and is none, so that it is not said whether the tie holds
    UnclearCase,
    /// Somebody else proves the same value, so that it does not say whose the row is
    SharedValue,
}

/// What of a row is looked at.
pub(super) struct Judge {
    dated: Option<usize>,
    /// Place and role of each name
    names: Vec<(usize, usize)>,
    /// Keys that say whose a role (or the row as a whole) is
    keys: Vec<Keyed>,
}

/// A key tie of the table.
struct Keyed {
    role: usize,
    places: Vec<usize>,
    parent: Referenced,
    /// The role there
    wanted: usize,
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
        let names = names.collect();
        let always = |tie: &&Tie| tie.sense == Sense::Of && tie.cases.is_none();
        let keys = held.ties.iter().filter(always).filter_map(|tie| {
            let Target::Rows { table: parent, columns, role } = &tie.target else { return None };
            let place = |column: &String| select.term(Term::Column { via: 0, column: column.clone() });
            Some(Keyed {
                role: role_number(map, table, tie.role.as_deref()),
                places: tie.columns.iter().map(place).collect(),
                parent: (*parent, columns.clone()),
                wanted: role_number(map, *parent, role.as_deref()),
            })
        });
        Self { dated, names, keys: keys.collect() }
    }

    /// Whether a key of the row names somebody else in `role`; `is_theirs` knows the keys of the person.
    pub(super) fn names_another(
        &self,
        role: usize,
        terms: &[Value],
        is_theirs: &dyn Fn(&Referenced, usize, &[Value]) -> bool,
    ) -> bool {
        let said = self.keys.iter().filter(|key| key.role == role).filter_map(|key| {
            let values: Vec<Value> = key.places.iter().map(|&at| terms[at].clone()).collect();
            let nobody = values.iter().any(Value::is_null);
            (!nobody).then(|| is_theirs(&key.parent, key.wanted, &values))
        });
        let said: Vec<bool> = said.collect();
        !said.is_empty() && !said.contains(&true)
    }

    pub(super) fn doubt(
        &self,
        set: &IdentitySet,
        known: &KnownValue,
        role: usize,
        terms: &[Value],
        zone: &TimeZone,
    ) -> Option<Doubt> {
        if !known.proven {
            return Some(Doubt::SharedValue);
        }
        self.outside(set, known, terms, zone).or_else(|| self.other_name(set, role, terms))
    }

    fn outside(&self, set: &IdentitySet, known: &KnownValue, terms: &[Value], zone: &TimeZone) -> Option<Doubt> {
        if known.since.is_none() && known.until.is_none() {
            return None;
        }
        let dated = self.dated.map_or(Dated::Empty, |at| Dated::read(&terms[at]));
        let Some(at) = dated.moment(zone) else { return Some(Doubt::NoDate) };
        if known.since.is_some_and(|since| at < since) || known.until.is_some_and(|until| until <= at) {
            return Some(Doubt::OutsideWindow);
        }
        let day = set.removed.map(|removed| zone.to_datetime(removed).date());
        day.is_some_and(|day| dated == Dated::Day(day)).then_some(Doubt::SameDay)
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
