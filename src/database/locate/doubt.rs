//! When a value alone ties a row: was the value the person's at that time, and does the row bear their name?

use jiff::tz::TimeZone;

use super::{
    Join, Referenced, Select, Term,
    beside::{Level, Other},
    borne::Bearing,
    case_term, points_at_nothing, role_number,
};
use crate::{
    case::identity::{IdentitySet, KnownValue},
    data_map::classified::{Cases, Classified, Sense, TableId, Target},
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
    names: Option<Bearing>,
    /// Keys that say whose a role (or the row as a whole) is
    keys: Vec<Keyed>,
    /// The row's case, where some of the keys are people's in some cases only
    case: Option<usize>,
}

/// A key tie of the table.
struct Keyed {
    role: usize,
    /// What it names, in the row itself; none where the pointer stands in the other row
    here: Vec<usize>,
    /// The same as the other row has it; NULL where there is none
    there: Vec<usize>,
    /// Where the pointer stands in the other row: who is in that one. Of nobody's it says nothing
    leads: Option<Level>,
    parent: Referenced,
    /// The role there
    wanted: usize,
    cases: Option<Cases>,
}

impl Keyed {
    /// What it names: as the other row spells it, else, for that row may be gone, as this one does.
    fn values(&self, terms: &[Value]) -> Option<Vec<Value>> {
        let stands = |places: &[usize]| {
            let values: Vec<Value> = places.iter().map(|&at| terms[at].clone()).collect();
            (!values.is_empty() && !values.iter().any(Value::is_null)).then_some(values)
        };
        stands(&self.there).or_else(|| stands(&self.here).filter(|values| !points_at_nothing(values.iter())))
    }
}

impl Judge {
    /// Adds to `select` what has to be read.
    pub(super) fn new(map: &Classified, table: TableId, select: &mut Select) -> Self {
        let held = &map.tables[table];
        let dated = held.dated.as_ref().map(|column| select.term(Term::Column { via: 0, column: column.clone() }));
        let names = Bearing::ask(map, table, &|_| true, select);
        let mut keys = Vec::new();
        for tie in held.ties.iter().filter(|tie| tie.sense == Sense::Of) {
            let Target::Rows { table: parent, columns, role } = &tie.target else { continue };
            let reverse = map.is_reverse(table, tie);
            let here = if reverse { Vec::new() } else { places(0, &tie.columns, select) };
            let other = map.tables[*parent].name.clone();
            let join =
                Join { from: 0, columns: tie.columns.clone(), table: other, target: columns.clone(), within: None };
            let via = select.join(join);
            let wanted = role_number(map, *parent, role.as_deref());
            let leads = reverse.then(|| Level::along(map, wanted, via, &mut vec![table, *parent], select));
            keys.push(Keyed {
                role: role_number(map, table, tie.role.as_deref()),
                here,
                there: places(via, columns, select),
                leads,
                parent: (*parent, columns.clone()),
                wanted,
                cases: tie.cases.clone(),
            });
        }
        let case = held.case.as_ref().filter(|_| keys.iter().any(|key| key.cases.is_some()));
        let case = case.map(|case| case_term(map, case, select));
        Self { dated, names, keys, case }
    }

    /// Whether a key of the row names somebody else in `role`; `is_theirs` knows the keys of the person. Where the case
    /// does not tell whether a key names anybody, it may.
    pub(super) fn names_another(
        &self,
        role: usize,
        terms: &[Value],
        is_theirs: &dyn Fn(&Referenced, usize, &[Value]) -> bool,
    ) -> bool {
        let (mut theirs, mut anothers) = (false, false);
        for key in self.keys.iter().filter(|key| key.role == role) {
            let Some(values) = key.values(terms) else { continue };
            let case = self.case.zip(key.cases.as_ref());
            let unclear = case.is_some_and(|(at, cases)| cases.are_unclear_in(&terms[at]));
            let holds = case.is_none_or(|(at, cases)| cases.hold(&terms[at].to_canonical_text()));
            if !unclear && !holds {
                continue;
            }
            let is_theirs = is_theirs(&key.parent, key.wanted, &values);
            let nobodys = |leads: &Level| leads.whom(terms, &|_, _| false) < Other::Unknown;
            if !is_theirs && key.leads.as_ref().is_some_and(nobodys) {
                continue;
            }
            theirs |= is_theirs && !unclear;
            anothers |= !is_theirs;
        }
        anothers && !theirs
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
        let mut borne = self.names.iter().flat_map(|names| names.perhaps(terms)).filter(|(whose, _)| *whose == role);
        if borne.any(|(_, name)| differs(name)) { Some(Doubt::OtherName) } else { None }
    }
}

fn places(via: usize, columns: &[String], select: &mut Select) -> Vec<usize> {
    columns.iter().map(|column| select.term(Term::Column { via, column: column.clone() })).collect()
}
