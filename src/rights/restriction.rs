//! The right to have it kept but not used (PIPL 44, NDR 23, GDPR 18): sets the flag that the map names on every person
//! row of the identity set, and puts back what stood there when the restriction is lifted.
//!
//! Whoever has no flag, and rows that no flagged account governs, cannot be restricted in the database: they are
//! counted, so that somebody sees to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::tz::TimeZone;

use crate::{
    case::identity::IdentitySet,
    data_map::classified::{Cases, Classified, Person, Restricted, TableId},
    database::{
        Arm, Database, Flow, Seed, Seeds, Select, Term,
        locate::{Attribution, Walk, case_term},
    },
    error::Error,
    plan::{Act, Decision, Step, Totals},
    planner::Planner,
    refusal::Refusal,
    rights::stored::stored,
    value::{Key, Value},
};

/// What stood in flags before they were set, by table and row.
pub type Before = BTreeMap<(TableId, Key), Value>;

/// Whether the flag is set or put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is set
    Restrict,
    /// What is remembered is put back, else the map's own clear value
    Lift(Before),
}

/// The restriction of the people in `subjects`, or its end.
pub struct Restriction<'a> {
    /// The map
    pub map: &'a Classified,
    /// Whose data
    pub subjects: &'a [IdentitySet],
    /// What happens
    pub change: Change,
    /// The controller's zone
    pub zone: TimeZone,
    /// What stands in plans for keys that are personal themselves
    pub token: Rc<dyn Fn(&Value) -> String>,
}

/// Columns that hold a person's key, and the cases in which they do.
struct Link<'a> {
    columns: Vec<String>,
    cases: Option<&'a Cases>,
}

/// Where a kind of person has its flag.
struct Flag<'a> {
    table: TableId,
    column: usize,
    /// What leads to the person: their own key, or ties of the flag's table
    links: Vec<Link<'a>>,
    restricted: &'a Restricted,
}

impl Planner for Restriction<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut seen = BTreeSet::new();
        for person in &self.map.persons {
            let Some(flag) = flag_of(self.map, person) else { continue };
            for (key, from) in self.flags(person, &flag, database)? {
                if seen.insert((flag.table, key.clone())) {
                    let step = self.step(&flag, key, from)?;
                    totals.add(&step);
                    each(&step)?;
                }
            }
        }
        Ok(totals)
    }

    /// A restriction strikes nothing out.
    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

/// Where the flag of this kind of person stands and how it is reached; `None` when there is none, or nothing leads from
/// it to the person.
fn flag_of<'a>(map: &'a Classified, person: &'a Person) -> Option<Flag<'a>> {
    let restricted = person.restricted.as_ref()?;
    let table = restricted.place.table;
    let held = &map.tables[table];
    let column = held.columns.iter().position(|column| column.name == restricted.place.column)?;
    let links: Vec<Link<'_>> = if table == person.table {
        vec![Link { columns: vec![person.column.clone()], cases: None }]
    } else {
        // the check of the map refuses two between which nobody could choose
        let ties = held.ties_of(held.columns[column].meaning.role.as_deref(), &|tie| tie.is_of(person));
        ties.into_iter().map(|tie| Link { columns: tie.columns.clone(), cases: tie.cases.as_ref() }).collect()
    };
    (!links.is_empty()).then_some(Flag { table, column, links, restricted })
}

impl Restriction<'_> {
    /// Every flag of the people of this kind, with what stands there.
    fn flags(&self, person: &Person, flag: &Flag<'_>, database: &mut dyn Database) -> Result<Vec<(Key, Value)>, Error> {
        let held = &self.map.tables[flag.table];
        let keys = self.subjects.iter().filter_map(|set| set.persons.get(&person.name)).flatten();
        let seeds: Vec<Seed> = keys.map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let seeds = Seeds::from(seeds);
        let arm = |link: &Link<'_>| Arm { columns: link.columns.clone(), seeds: seeds.clone(), folds: false };
        let arms = flag.links.iter().map(arm).collect();
        let mut select = Select::new(held.name.clone(), held.key_columns()?, arms);
        let column = held.columns[flag.column].name.clone();
        let names = select.key_len();
        let at = names + select.term(Term::Column { via: 0, column });
        let case = held.case.as_ref().map(|case| names + case_term(self.map, case, &mut select));
        let (mut flags, mut unclear) = (Vec::new(), false);
        database.read(&select, &mut |found| {
            let said = case.map(|at| &found.row[at]).zip(flag.links[found.arm].cases);
            unclear |= said.is_some_and(|(case, cases)| cases.are_unclear_in(case));
            if said.is_none_or(|(case, cases)| cases.hold(&case.to_canonical_text())) {
                flags.push((Key(found.row[..names].to_vec()), found.row[at].clone()));
            }
            Flow::Continue
        })?;
        if unclear { Err(Refusal::UnknownCase(held.name.to_string()).into()) } else { Ok(flags) }
    }

    fn step(&self, flag: &Flag<'_>, key: Key, from: Value) -> Result<Step, Error> {
        let held = &self.map.tables[flag.table];
        let column = &held.columns[flag.column];
        let word = |word: &str| {
            let unfit = || Refusal::CannotOverwrite(format!("{}.{}", held.name, column.name));
            stored(&Value::from(word), &column.declared).ok_or_else(unfit)
        };
        let set = word(&flag.restricted.set)?;
        let (decision, to) = match &self.change {
            Change::Restrict => (Decision::Restrict, set),
            // Somebody else may have taken the flag back since: that is not undone.
            Change::Lift(_) if from != set => (Decision::Lift, from.clone()),
            Change::Lift(before) => {
                let remembered = before.get(&(flag.table, key.clone())).cloned();
                (Decision::Lift, remembered.map_or_else(|| word(&flag.restricted.clear), Ok)?)
            }
        };
        let act = if from == to {
            Act::Leave
        } else {
            Act::Set { columns: vec![flag.column], from: vec![from], to: vec![to] }
        };
        let cells = held.columns.len() as u64;
        Ok(Step { table: flag.table, key, roles: Vec::new(), decision, act, cells, files: Vec::new() })
    }

    /// Rows of the people that no flag governs, by table: whoever is found by a value alone, and kinds of people without
    /// a flag.
    pub fn not_enforceable(&self, database: &mut dyn Database) -> Result<Vec<(TableId, u64)>, Error> {
        let flagged = |name: &str| self.map.persons.iter().any(|p| p.name == name && flag_of(self.map, p).is_some());
        let governed: Vec<IdentitySet> = self
            .subjects
            .iter()
            .map(|set| {
                let persons = set.persons.iter().filter(|(name, _)| flagged(name));
                let mut governed = IdentitySet::default();
                governed.persons = persons.map(|(name, keys)| (name.clone(), keys.clone())).collect();
                governed
            })
            .collect();
        let all = self.counted(self.subjects, database)?;
        let governed = self.counted(&governed, database)?;
        let left = |(table, rows): (TableId, u64)| {
            let left = rows.saturating_sub(governed.get(&table).copied().unwrap_or(0));
            (left > 0).then_some((table, left))
        };
        Ok(all.into_iter().filter_map(left).collect())
    }

    fn counted(&self, subjects: &[IdentitySet], database: &mut dyn Database) -> Result<BTreeMap<TableId, u64>, Error> {
        let walk = Walk::new(self.map, subjects, Attribution::Together, self.zone.clone(), database)?;
        Ok(walk.count(database)?.into_iter().map(|held| (held.table, held.rows)).collect())
    }
}
