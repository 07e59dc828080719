//! Rows that people have in common: somebody else's row leads to them as well (`houses.id = "key, of users.house"`), or
//! to a row that they hang on. They go with the last of these people.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::{Identity, IdentitySet},
    data_map::classified::{Classified, Column, Sense, TableId, Target, Tie},
    database::{
        Arm, Database, Flow, Seed, Select, Term,
        locate::{
            self, Ambiguity, Beside, Level, Other, Walk, case_term, is_led_back_to, points_at_nothing, role_number,
            role_number_in,
        },
    },
    error::Error,
    kind::Kind,
    value::{Key, Value},
};

/// Whose rows they are, and when.
pub(super) struct Among<'a> {
    pub(super) map: &'a Classified,
    /// These people
    pub(super) subjects: &'a [IdentitySet],
    pub(super) zone: &'a TimeZone,
    pub(super) as_of: Timestamp,
    /// Whether everything of somebody else that could go is gone
    pub(super) erased: &'a dyn Fn(&str, &Key) -> bool,
}

/// By table and row: the roles in which somebody else has the same part.
#[derive(Debug, Default)]
pub(super) struct Common {
    rows: HashMap<TableId, HashMap<Key, BTreeSet<usize>>>,
    /// By the columns that ties name: what such rows hold in them, and in which role
    handed: HashMap<TableId, Handed>,
}

/// By the columns: the roles and the values.
type Handed = HashMap<Vec<String>, Vec<(usize, Vec<Value>)>>;

/// The tables that may hold such rows.
pub(super) fn tables(map: &Classified) -> BTreeSet<TableId> {
    let mut common = BTreeSet::new();
    for &table in &map.order {
        let back = |tie: &Tie| is_led_back_to(map, table, role_number(map, table, tie.role.as_deref()));
        let through = |tie: &Tie| back(tie) || tie.parent().is_some_and(|of| common.contains(&of));
        if map.tables[table].ties.iter().any(|tie| tie.sense == Sense::Of && through(tie)) {
            common.insert(table);
        }
    }
    common
}

/// Where rows of others lead to those of `table` in the role: the columns by whose values they are somebody's, too.
fn numbers(map: &Classified, table: TableId, role: usize) -> Vec<&Column> {
    if !is_led_back_to(map, table, role) {
        return Vec::new();
    }
    let held = &map.tables[table];
    let by_value = |tie: &&Tie| tie.sense == Sense::Of && matches!(tie.target, Target::Value(_));
    let ties = held.ties.iter().filter(by_value).filter(|tie| role_number_in(held, tie.role.as_deref()) == role);
    ties.flat_map(|tie| &tie.columns).filter_map(|name| held.column(name)).collect()
}

/// The keys in a row that say whose it is in a role.
struct Keys<'m> {
    ties: Vec<(&'m Tie, Vec<usize>)>,
    case: Option<usize>,
}

impl<'m> Keys<'m> {
    fn ask(map: &'m Classified, table: TableId, role: usize, select: &mut Select) -> Self {
        let held = &map.tables[table];
        let keys = held.ties.iter().filter(|tie| match &tie.target {
            Target::Rows { table: parent, columns, .. } => {
                let of_role = role_number_in(held, tie.role.as_deref()) == role;
                tie.sense == Sense::Of && of_role && map.is_unique(*parent, columns)
            }
            _ => false,
        });
        let mut place = |column: &String| select.term(Term::Column { via: 0, column: column.clone() });
        let ties: Vec<(&Tie, Vec<usize>)> =
            keys.map(|tie| (tie, tie.columns.iter().map(&mut place).collect())).collect();
        let case = held.case.as_ref().filter(|_| ties.iter().any(|(tie, _)| tie.cases.is_some()));
        Self { ties, case: case.map(|case| case_term(map, case, select)) }
    }

    /// Whether one of them may name somebody.
    fn name_somebody(&self, terms: &[Value]) -> bool {
        self.ties.iter().any(|(tie, places)| {
            let case = self.case.zip(tie.cases.as_ref());
            let holds = case.is_none_or(|(at, cases)| {
                cases.are_unclear_in(&terms[at]) || cases.hold(&terms[at].to_canonical_text())
            });
            holds && !points_at_nothing(places.iter().map(|at| &terms[*at]))
        })
    }
}

impl Common {
    /// Finds them, parents before what hangs on them.
    pub(super) fn of(among: &Among<'_>, walk: &Walk<'_>, database: &mut dyn Database) -> Result<Self, Error> {
        let mut common = Self::default();
        let map = among.map;
        let may = tables(map);
        for &table in map.order.iter().filter(|table| may.contains(table)) {
            for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of) {
                if map.is_reverse(table, tie) {
                    common.find_by_pointers(among, (table, tie), walk, database)?;
                } else {
                    common.find_below(map, table, tie, database)?;
                }
            }
            for role in 0..=map.tables[table].roles.len() {
                common.find_numbered(among, (table, role), walk, database)?;
            }
            common.hand_on(map, table, database)?;
        }
        Ok(common)
    }

    /// Rows to which rows of these people lead, and that bear a number of somebody else.
    fn find_numbered(
        &mut self,
        among: &Among<'_>,
        (table, role): (TableId, usize),
        walk: &Walk<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let columns = numbers(among.map, table, role);
        let Some(mut select) = walk.select(table).filter(|_| !columns.is_empty()) else { return Ok(()) };
        let term = |column: &Column| Term::Column { via: 0, column: column.name.clone() };
        let places: Vec<(Kind, usize)> =
            columns.iter().map(|column| (column.meaning.kind, select.term(term(column)))).collect();
        let keys = Keys::ask(among.map, table, role, &mut select);
        let mut borne: BTreeMap<(Kind, String), Vec<Key>> = BTreeMap::new();
        walk.holdings(table, select, database, &mut |holding| {
            let by_key_alone = holding.roles.contains(&role) && !holding.valued.contains(&role);
            // whom a key in the row names tells whose it is, and not a number
            if holding.doubt.is_none() && by_key_alone && !keys.name_somebody(&holding.terms[0]) {
                for (kind, at) in &places {
                    let value = holding.terms[0][*at].to_canonical_text();
                    borne.entry((*kind, value)).or_default().push(holding.key.clone());
                }
            }
            Flow::Continue
        })?;
        for ((kind, value), keys) in borne {
            if !value.is_empty() && among.is_somebody_elses(kind, &value, database)? {
                for key in keys {
                    self.note(table, key, role);
                }
            }
        }
        Ok(())
    }

    /// The roles of the row in which somebody else has the same part.
    pub(super) fn roles(&self, table: TableId, key: &Key) -> Option<&BTreeSet<usize>> {
        self.rows.get(&table)?.get(key)
    }

    fn note(&mut self, table: TableId, key: Key, role: usize) {
        self.rows.entry(table).or_default().entry(key).or_default().insert(role);
    }

    /// Rows at which rows point that are not these people's, but somebody's of whom more is left than the pointer.
    fn find_by_pointers(
        &mut self,
        among: &Among<'_>,
        (table, tie): (TableId, &Tie),
        walk: &Walk<'_>,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let Target::Rows { table: from, columns, role } = &tie.target else { return Ok(()) };
        let map = among.map;
        let wanted = role_number(map, *from, role.as_deref());
        let mut own: HashSet<Key> = HashSet::new();
        if let Some(mut select) = walk.select(*from) {
            let beside = Beside::ask(map, *from, false, &mut select);
            walk.holdings(*from, select, database, &mut |holding| {
                // what is somebody else's as well leads there for them, too
                let erased = |name: &str, key: &Key| (among.erased)(name, key);
                let whom = beside.whom(&holding.terms, holding.subject, walk, &erased);
                let with_others = beside.in_common(&whom, Other::Somebody).contains(&wanted)
                    || self.roles(*from, &holding.key).is_some_and(|roles| roles.contains(&wanted));
                // in another role of the row they are nothing that it leads to
                if holding.doubt.is_none() && !with_others && holding.roles.contains(&wanted) {
                    own.insert(holding.key);
                }
                Flow::Continue
            })?;
        }
        let mut rows: Vec<(Key, Vec<Value>)> = Vec::new();
        let Some(mut select) = walk.select(table) else { return Ok(()) };
        let places: Vec<usize> =
            tie.columns.iter().map(|c| select.term(Term::Column { via: 0, column: c.clone() })).collect();
        walk.holdings(table, select, database, &mut |holding| {
            let values: Vec<Value> = places.iter().map(|&at| holding.terms[0][at].clone()).collect();
            if holding.doubt.is_none() && !values.iter().any(Value::is_null) {
                rows.push((holding.key, values));
            }
            Flow::Continue
        })?;
        let seeds = rows.iter().zip(0..).map(|((_, values), tag)| Seed { subject: 0, tag, values: values.clone() });
        let arm = Arm { columns: columns.clone(), seeds: seeds.collect(), folds: false };
        let mut select = Select::new(map.tables[*from].name.clone(), map.tables[*from].key_columns()?, vec![arm]);
        let level = Level::ask(map, *from, wanted, &mut select);
        let names = select.key_len();
        let mut shared: HashSet<u32> = HashSet::new();
        database.read(&select, &mut |found| {
            let mut key = found.row;
            let terms = key.split_off(names);
            let lives = || level.whom(&terms, &|name, key| (among.erased)(name, key)) >= Other::Unknown;
            if !own.contains(&Key(key)) && lives() {
                shared.insert(found.tag);
            }
            Flow::Continue
        })?;
        let role = role_number(map, table, tie.role.as_deref());
        for ((key, _), _) in rows.into_iter().zip(0..).filter(|(_, tag)| shared.contains(tag)) {
            self.note(table, key, role);
        }
        Ok(())
    }

    /// Rows that hang on such a row, in the role that is common there.
    fn find_below(
        &mut self,
        map: &Classified,
        table: TableId,
        tie: &Tie,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        let Target::Rows { table: parent, columns, role } = &tie.target else { return Ok(()) };
        let wanted = role_number(map, *parent, role.as_deref());
        let handed = self.handed.get(parent).and_then(|lists| lists.get(columns)).into_iter().flatten();
        let values = handed.filter(|(role, _)| *role == wanted).map(|(_, values)| values.clone());
        let seeds = values.map(|values| Seed { subject: 0, tag: 0, values }).collect();
        let held = &map.tables[table];
        let arm = Arm { columns: tie.columns.clone(), seeds, folds: false };
        let select = Select::new(held.name.clone(), held.key_columns()?, vec![arm]);
        let role = role_number(map, table, tie.role.as_deref());
        database.read(&select, &mut |found| {
            self.note(table, Key(found.row), role);
            Flow::Continue
        })?;
        Ok(())
    }

    /// Remembers what is named of the rows of `table`.
    fn hand_on(&mut self, map: &Classified, table: TableId, database: &mut dyn Database) -> Result<(), Error> {
        let lists = map.lists_named(table);
        let Some(rows) = self.rows.get(&table).filter(|_| !lists.is_empty()) else { return Ok(()) };
        let held = &map.tables[table];
        let key = held.key_columns()?;
        let seeds = rows.keys().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let mut select = Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key, seeds, folds: false }]);
        let names = select.key_len();
        let mut place = |column: &String| names + select.term(Term::Column { via: 0, column: column.clone() });
        let places: Vec<Vec<usize>> = lists.iter().map(|list| list.iter().map(&mut place).collect()).collect();
        let mut handed = Handed::new();
        database.read(&select, &mut |found| {
            let roles = rows.get(&Key(found.row[..names].to_vec())).into_iter().flatten();
            for role in roles {
                for (list, places) in lists.iter().zip(&places) {
                    let values: Vec<Value> = places.iter().map(|&at| found.row[at].clone()).collect();
                    if !values.iter().any(Value::is_null) {
                        handed.entry(list.clone()).or_default().push((*role, values));
                    }
                }
            }
            Flow::Continue
        })?;
        self.handed.insert(table, handed);
        Ok(())
    }
}

impl Among<'_> {
    /// Whether a value leads to a person who is none of these, or may.
    fn is_somebody_elses(&self, kind: Kind, value: &str, database: &mut dyn Database) -> Result<bool, Error> {
        let identity = Identity::of([(kind.word(), value)]);
        let closed = locate::close(self.map, &identity, self.zone, self.as_of, database)?;
        let mut whom: Vec<(&String, &Key)> = Vec::new();
        for (person, keys) in &closed.set.persons {
            whom.extend(keys.iter().map(|key| (person, key)));
        }
        for ambiguity in &closed.ambiguities {
            if let Ambiguity::SeveralPersons(candidates) | Ambiguity::Unproven(candidates) = ambiguity {
                whom.extend(candidates.iter().map(|one| (&one.person, &one.key)));
            }
        }
        let is_theirs = |person: &String, key: &Key| {
            self.subjects.iter().any(|set| set.persons.get(person).is_some_and(|keys| keys.contains(key)))
        };
        Ok(whom.into_iter().any(|(person, key)| !is_theirs(person, key)))
    }
}
