//! From an identity set to the rows that are the person's: along the ties of the map, parents before children.
//!
//! A [`Walk`] remembers only what children are tied to (the values of parents' referenced columns); rows themselves
//! stream. A row reached by key is the person's. A row reached by a value alone is theirs only inside the window in
//! which the value was, and under a name that is theirs; else it is *undecided*: counted, never exported, never erased.

mod beside;
mod borne;
mod closure;
mod count;
mod doubt;
mod inherited;
mod link;
mod linked;
mod many;
mod names;
mod owners;
mod pointing;
mod probe;
mod shared;
mod waits;

use std::{collections::BTreeMap, rc::Rc};

use jiff::tz::TimeZone;

pub use beside::{Beside, Erased, Level, Other, is_led_back_to, may_have_several};
pub use closure::{Ambiguity, Candidate, Closed, close, close_all};
pub use count::Held;
pub use doubt::Doubt;
pub use inherited::{Above, Binding, ask_dates, chain, join_own, people_above};
pub use many::{close_many, present};
pub use owners::Owners;
pub use pointing::{Pointing, pointing};
pub use waits::Waits;

use super::{Arm, Database, DatabaseError, Flow, Found, Join, LongCell, Seed, Seeds, Select, Term};
use crate::{
    case::{IdentitySet, KnownValue},
    data_map::classified::{Case, Cases, Classified, Sense, Table, TableId, Target, Tie},
    kind::Kind,
    value::{Key, Row, Value},
};

/// The role of a row as a whole; the others count from 1 in the order of [`crate::data_map::classified::Table::roles`].
pub const UNNAMED: usize = 0;

/// A row that the identity set reaches.
#[derive(Debug)]
pub struct Holding {
    /// Number of the subject
    pub subject: u32,
    /// What names it
    pub key: Key,
    /// The roles in which it is the person's, ascending; [`UNNAMED`] is the row as a whole
    pub roles: Vec<usize>,
    /// Those of them in which it bears a value of the person, whether or not a key ties it as well
    pub valued: Vec<usize>,
    /// Why it may not be theirs
    pub doubt: Option<Doubt>,
    /// Further roles in which it may be theirs, where it is so in others without doubt
    pub doubted: Vec<usize>,
    /// The terms that were asked for; several rows where a join found several parents
    pub terms: Vec<Row>,
    /// Of the first of them, by place: cells longer than the select bears
    pub long: Vec<(usize, Rc<dyn LongCell>)>,
}

impl Holding {
    /// Whether it may be the person's in one of the roles, and is not for certain.
    #[must_use]
    pub fn may_be_in(&self, roles: &[usize]) -> bool {
        let doubtful = if self.doubt.is_some() { &self.roles } else { &self.doubted };
        roles.iter().any(|role| doubtful.contains(role) || self.doubted.contains(role))
    }

    /// What of it is the person's in `role`, or may be; `None` where they are in the row in other roles alone.
    #[must_use]
    pub fn in_role(mut self, role: usize) -> Option<Self> {
        if !self.roles.contains(&role) {
            self.doubted.contains(&role).then_some(())?;
            (self.roles, self.doubt) = (vec![role], Some(Doubt::OtherPerson));
        }
        Some(self)
    }
}

/// The columns of children's ties that point into a table.
type Referenced = (TableId, Vec<String>);

/// What one row hands on to its children.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Handed {
    subject: u32,
    role: usize,
    values: Vec<Value>,
}

/// Where an arm of a table's statement starts from.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    columns: &'a [String],
    from: Source<'a>,
}

/// What the columns of an arm are compared with.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// What rows of a table hand on
    Rows { table: TableId, columns: &'a [String], role: usize },
    /// The known values of a kind
    Value(Kind),
}

/// How an arm of a table's statement makes a row the person's.
#[derive(Debug, Clone, Copy)]
struct Way<'a> {
    role: usize,
    by_value: bool,
    /// The case values under which it does
    cases: Option<&'a Cases>,
}

/// Whether the rows of several people are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// Every holding says whose it is; a row of two of them comes twice
    Each,
    /// All of them are one subject, number 0; a row of two of them comes once, in all their roles
    Together,
}

/// The search for the rows of a set of subjects.
#[derive(Debug)]
pub struct Walk<'a> {
    map: &'a Classified,
    subjects: &'a [IdentitySet],
    attribution: Attribution,
    /// Every known value with its subject; a seed's tag is its place here
    values: Vec<(u32, &'a KnownValue)>,
    /// By kind that ties by value: every spelling of every known value
    spelled: BTreeMap<Kind, Seeds>,
    zone: TimeZone,
    handed: BTreeMap<Referenced, Vec<Handed>>,
}

impl<'a> Walk<'a> {
    /// Follows the ties of all tables that others are tied to.
    pub fn new(
        map: &'a Classified,
        subjects: &'a [IdentitySet],
        attribution: Attribution,
        zone: TimeZone,
        database: &mut dyn Database,
    ) -> Result<Self, DatabaseError> {
        let mut walk = Self::persons_only(map, subjects, attribution, zone);
        for &table in &map.order {
            walk.hand_on(table, database)?;
        }
        Ok(walk)
    }

    /// Knows the person rows and what is tied to them directly, nothing further.
    fn persons_only(
        map: &'a Classified,
        subjects: &'a [IdentitySet],
        attribution: Attribution,
        zone: TimeZone,
    ) -> Self {
        let known = (0..).zip(subjects).flat_map(|(subject, set)| set.values.iter().map(move |known| (subject, known)));
        let (values, spelled, handed) = (known.collect(), BTreeMap::new(), BTreeMap::new());
        let mut walk = Self { map, subjects, attribution, values, spelled, zone, handed };
        walk.spell();
        walk.hand_on_identities();
        walk
    }

    /// Spells the known values, once for all the columns that they are looked for in.
    fn spell(&mut self) {
        let ties = self.map.tables.iter().flat_map(|table| &table.ties).filter(|tie| tie.sense == Sense::Of);
        for tie in ties {
            if let Target::Value(kind) = tie.target
                && !self.spelled.contains_key(&kind)
            {
                self.spelled.insert(kind, self.value_seeds(kind));
            }
        }
    }

    /// The map it follows.
    #[must_use]
    pub fn map(&self) -> &'a Classified {
        self.map
    }

    /// Person keys are known from the identity set: their rows need not exist any more.
    fn hand_on_identities(&mut self) {
        for person in &self.map.persons {
            let values = self.handed.entry((person.table, vec![person.column.clone()])).or_default();
            for (subject, set) in (0..).zip(self.subjects) {
                let keys = set.persons.get(&person.name).into_iter().flatten();
                let subject = if self.attribution == Attribution::Each { subject } else { 0 };
                values.extend(keys.map(|key| Handed { subject, role: UNNAMED, values: key.0.clone() }));
            }
            values.sort();
        }
    }

    fn hand_on(&mut self, table: TableId, database: &mut dyn Database) -> Result<(), DatabaseError> {
        // people's rows that are somebody else's as well: a customer that is an account's
        let linked = self.map.tables[table]
            .ties
            .iter()
            .any(|tie| tie.sense == Sense::Of && matches!(tie.target, Target::Rows { .. } | Target::Value(_)));
        let wanted: Vec<Vec<String>> = referenced(self.map, table)
            .into_iter()
            .filter(|columns| linked || !self.handed.contains_key(&(table, columns.clone())))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let Some(mut select) = self.select(table) else { return Ok(()) };
        let places: Vec<Vec<usize>> = wanted
            .iter()
            .map(|columns| columns.iter().map(|c| select.term(Term::Column { via: 0, column: c.clone() })).collect())
            .collect();
        let mut handed: Vec<Vec<Handed>> = vec![Vec::new(); wanted.len()];
        self.holdings(table, select, database, &mut |holding| {
            if holding.doubt.is_none() {
                for (out, places) in handed.iter_mut().zip(&places) {
                    let values: Vec<Value> = places.iter().map(|&at| holding.terms[0][at].clone()).collect();
                    if !values.iter().any(Value::is_null) {
                        out.extend(holding.roles.iter().map(|&role| Handed {
                            subject: holding.subject,
                            role,
                            values: values.clone(),
                        }));
                    }
                }
            }
            Flow::Continue
        })?;
        for (columns, found) in wanted.into_iter().zip(handed) {
            let values = self.handed.entry((table, columns)).or_default(); // keys of people whose rows are gone stay
            values.extend(found);
            values.sort();
            values.dedup();
        }
        Ok(())
    }

    /// The statement that reaches the rows of `table`, without terms; `None` when nothing can reach them.
    #[must_use]
    pub fn select(&self, table: TableId) -> Option<Select> {
        let ways = self.ways(table);
        if ways.is_empty() {
            return None;
        }
        let held = &self.map.tables[table];
        let key = held.key.columns()?;
        let arm = |(entry, _): (Entry<'a>, _)| {
            let folds = matches!(entry.from, Source::Value(kind) if kind.folds_case());
            Arm { columns: entry.columns.to_vec(), seeds: self.seeds(&entry), folds }
        };
        Some(Select::new(held.name.clone(), key, ways.into_iter().map(arm).collect()))
    }

    /// Streams the rows of `table` that `select` (made by [`Walk::select`] for the same table, terms added) finds, each
    /// row of a subject once.
    pub fn holdings(
        &self,
        table: TableId,
        mut select: Select,
        database: &mut dyn Database,
        each: &mut dyn FnMut(Holding) -> Flow,
    ) -> Result<(), DatabaseError> {
        let (entries, ways): (Vec<Entry<'_>>, Vec<Way<'_>>) = self.ways(table).into_iter().unzip();
        let asked = select.terms.len();
        let by_value = ways.iter().any(|way| way.by_value);
        let judge = by_value.then(|| doubt::Judge::new(self.map, table, &mut select));
        let mut cell = |entry: &Entry<'_>| match entry.from {
            Source::Value(kind) => Some((kind, select.term(Term::Column { via: 0, column: entry.columns[0].clone() }))),
            Source::Rows { .. } => None,
        };
        let cells: Vec<Option<(Kind, usize)>> = entries.iter().map(&mut cell).collect();
        let case = self.map.tables[table].case.as_ref().filter(|_| ways.iter().any(|way| way.cases.is_some()));
        let case = case.map(|case| case_term(self.map, case, &mut select));
        let key_len = select.key_len();
        let mut open: Option<Holding> = None;
        let mut flow = Flow::Continue;
        database.read(&select, &mut |found| {
            let key = Key(found.row[..key_len].to_vec());
            let way = ways[found.arm];
            let said = case.map(|at| &found.row[key_len + at]).zip(way.cases);
            let unclear = said.is_some_and(|(case, cases)| cases.are_unclear_in(case));
            let holds = said.is_some_and(|(case, cases)| cases.hold(&case.to_canonical_text()));
            if way.cases.is_some() && !holds && !unclear {
                return Flow::Continue;
            }
            // the engine may take another value for the known one: its case, its blanks, a number's zeros
            if let Some((kind, at)) = cells[found.arm]
                && !self.is_known(kind, &found.row[key_len + at], found.tag)
            {
                return Flow::Continue;
            }
            let doubt = match &judge {
                _ if unclear => Some(Doubt::UnclearCase),
                Some(judge) if way.by_value => self.doubt(judge, &found, way, key_len),
                _ => None,
            };
            let mut terms = found.row;
            terms.drain(..key_len);
            terms.truncate(asked);
            match &mut open {
                Some(holding) if holding.subject == found.subject && holding.key == key => {
                    merge(holding, way, doubt, terms);
                }
                _ => {
                    let (roles, terms) = (vec![way.role], vec![terms]);
                    let valued = if way.by_value { roles.clone() } else { Vec::new() };
                    let (subject, doubted, long) = (found.subject, Vec::new(), found.long);
                    let next = Holding { subject, key, roles, valued, doubt, doubted, terms, long };
                    if let Some(done) = open.replace(next) {
                        flow = each(done);
                    }
                }
            }
            flow
        })?;
        if let (Some(done), Flow::Continue) = (open, flow) {
            each(done);
        }
        Ok(())
    }

    /// Whether a row of the parent with these values is the subject's in the role.
    fn leads_to(&self, parent: &Referenced, subject: u32, role: usize, values: &[Value]) -> bool {
        let theirs = Handed { subject, role, values: values.to_vec() };
        self.handed.get(parent).is_some_and(|handed| handed.binary_search(&theirs).is_ok())
    }

    /// Whether the cell is the known value of this tag.
    fn is_known(&self, kind: Kind, cell: &Value, tag: u32) -> bool {
        let known = self.values.get(tag as usize).map(|(_, known)| known.value.reveal());
        known.is_some() && kind.normalise_value(cell).as_deref() == known
    }

    fn doubt(&self, judge: &doubt::Judge, found: &Found, way: Way<'_>, key_len: usize) -> Option<Doubt> {
        let (subject, known) = self.values.get(found.tag as usize)?;
        let is_theirs =
            |parent: &Referenced, role: usize, values: &[Value]| self.leads_to(parent, found.subject, role, values);
        if judge.names_another(way.role, &found.row[key_len..], &is_theirs) {
            return Some(Doubt::OtherPerson);
        }
        judge.doubt(&self.subjects[*subject as usize], known, way.role, &found.row[key_len..], &self.zone)
    }

    /// The ways into `table` in the order of its ties, its person keys first.
    fn ways(&self, table: TableId) -> Vec<(Entry<'a>, Way<'a>)> {
        let map = self.map;
        let mut ways = Vec::new();
        for person in map.persons.iter().filter(|person| person.table == table) {
            let columns = std::slice::from_ref(&person.column);
            let entry = Entry { columns, from: Source::Rows { table, columns, role: UNNAMED } };
            ways.push((entry, Way { role: UNNAMED, by_value: false, cases: None }));
        }
        for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of) {
            let (from, by_value) = match &tie.target {
                Target::Rows { table: parent, columns, role } => {
                    let role = role_number(map, *parent, role.as_deref());
                    (Source::Rows { table: *parent, columns, role }, false)
                }
                Target::Value(kind) => (Source::Value(*kind), true),
                Target::Itself | Target::Anyone => continue,
            };
            let role = role_number(map, table, tie.role.as_deref());
            ways.push((Entry { columns: &tie.columns, from }, Way { role, by_value, cases: tie.cases.as_ref() }));
        }
        ways
    }

    fn seeds(&self, entry: &Entry<'_>) -> Seeds {
        match entry.from {
            Source::Rows { table, columns, role } => {
                let handed = self.handed.get(&(table, columns.to_vec())).into_iter().flatten();
                handed
                    .filter(|h| h.role == role)
                    .map(|h| Seed { subject: h.subject, tag: 0, values: h.values.clone() })
                    .collect()
            }
            Source::Value(kind) => self.spelled.get(&kind).cloned().unwrap_or_default(),
        }
    }

    /// Every spelling in which a stored value can be one of the subjects' known values of `kind`, in the order of an
    /// index: neighbours are on one page.
    fn value_seeds(&self, kind: Kind) -> Seeds {
        let mut seeds = Vec::new();
        for (tag, (subject, known)) in (0..).zip(&self.values) {
            if known.kind == kind.word() {
                let subject = if self.attribution == Attribution::Each { *subject } else { 0 };
                let spellings = kind.lookups(known.value.reveal());
                seeds.extend(spellings.into_iter().map(|value| Seed { subject, tag, values: vec![value] }));
            }
        }
        seeds.sort_by(|a, b| a.values.cmp(&b.values));
        seeds.into()
    }
}

fn merge(holding: &mut Holding, way: Way<'_>, doubt: Option<Doubt>, terms: Row) {
    let add = |roles: &mut Vec<usize>| {
        if let Err(at) = roles.binary_search(&way.role) {
            roles.insert(at, way.role);
        }
    };
    // A tie without doubt settles it: the row is theirs by that one.
    if doubt.is_none() && holding.doubt.is_some() {
        holding.doubt = None;
        holding.doubted = std::mem::take(&mut holding.roles);
        holding.valued.clear();
    } else if doubt.is_some() && holding.doubt.is_none() {
        if !holding.roles.contains(&way.role) {
            add(&mut holding.doubted);
        }
        return;
    }
    holding.doubted.retain(|role| *role != way.role);
    add(&mut holding.roles);
    if way.by_value {
        add(&mut holding.valued);
    }
    if !holding.terms.contains(&terms) {
        holding.terms.push(terms);
    }
}

/// Number of a role in a table.
pub(crate) fn role_number(map: &Classified, table: TableId, role: Option<&str>) -> usize {
    role_number_in(&map.tables[table], role)
}

/// Number of a role in a table.
pub(crate) fn role_number_in(held: &Table, role: Option<&str>) -> usize {
    role.and_then(|role| held.roles.iter().position(|known| known == role)).map_or(UNNAMED, |at| at + 1)
}

/// The column lists of `table` that ties of other tables (or its own *by* ties) name.
fn referenced(map: &Classified, table: TableId) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    let ties = map.tables.iter().flat_map(|other| &other.ties).filter(|tie: &&Tie| tie.sense == Sense::Of);
    for tie in ties {
        if let Target::Rows { table: parent, columns, .. } = &tie.target
            && *parent == table
            && !lists.contains(columns)
        {
            lists.push(columns.clone());
        }
    }
    lists
}

/// Reads the value on which the meaning of other columns depends; the term's place.
pub fn case_term(map: &Classified, case: &Case, select: &mut Select) -> usize {
    case_term_of(map, case, 0, select)
}

/// Whether a pointer that leads to no row was never meant to: NULL, or what stands for it where it may not be NULL.
#[must_use]
pub fn points_at_nothing<'v>(mut pointer: impl Iterator<Item = &'v Value> + Clone) -> bool {
    let blank = |value: &Value| match value {
        Value::Integer(number) => *number <= 0,
        Value::Text(text) => matches!(text.trim(), "" | "0" | "-1"),
        _ => false,
    };
    pointer.clone().any(Value::is_null) || pointer.all(blank)
}

/// The same of a row that is joined.
fn case_term_of(map: &Classified, case: &Case, via: usize, select: &mut Select) -> usize {
    match case {
        Case::Column(column) => select.term(Term::Column { via, column: column.clone() }),
        Case::Path { column, table, key, wanted } => {
            let table = map.tables[*table].name.clone();
            let (columns, target) = (vec![column.clone()], vec![key.clone()]);
            let via = select.join(Join { from: via, columns, table, target, within: None });
            select.term(Term::Column { via, column: wanted.clone() })
        }
    }
}
