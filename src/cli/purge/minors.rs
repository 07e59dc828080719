//! `droit purge minors`: children of whom no guardian's valid consent is on record (LAW §7.3).

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    case::{IdentitySet, PurgeDuty, age::Thresholds, request::Regime},
    data_map::classified::{Classified, TableId},
    database::locate::close_many,
    duties::minors::{Looked, Minors, Outcome, Part, Scan},
    error::Error,
    plan::{Held, Hold, Holds},
    planner::Planner,
    rights::erasure::{Erasure, Scope},
    value::{Key, Value},
};

use super::{
    driver::{self, Duty, Pass},
    options::RunArgs,
};
use crate::cli::{Exit, out::Out, session::Session};

/// Remove the data of children for whom no guardian consented
///
/// Everybody whose age is doubtful, whose consent came late, whose guardian may still agree, or who is an adult by now
/// is only listed.
///
/// Examples:
///   droit purge minors
///   droit purge minors --look people.jsonl --plan plan.jsonl
///   droit purge minors --confirm --quiet
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct MinorsArgs {
    #[command(flatten)]
    run: RunArgs,

    /// Ages of this law instead of the workspace's
    #[arg(long, value_enum, value_name = "LAW")]
    bands: Option<Bands>,

    /// Country whose age counts under EU law, as two capital letters; without it 16
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

/// Whose ages count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Bands {
    /// China: below 14, and 14 to 17
    Cn,
    /// EU: 13 to 16 by country
    Eu,
    /// United Kingdom: below 13
    Uk,
    /// California: below 13, and 13 to 15
    Ca,
    /// COPPA: below 13
    Coppa,
}

impl MinorsArgs {
    fn thresholds(&self, regime: Option<Regime>) -> Thresholds {
        let country = self.country.as_deref();
        match self.bands {
            Some(Bands::Coppa) => Thresholds::COPPA,
            Some(Bands::Cn) => Thresholds::CHINA,
            Some(Bands::Eu) => Thresholds::gdpr(country),
            Some(Bands::Uk) => Thresholds::UK,
            Some(Bands::Ca) => Thresholds::CCPA,
            None => Thresholds::of(regime.unwrap_or(Regime::Cn), country),
        }
    }
}

pub(super) fn run(args: &MinorsArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    let (as_of, today) = args.run.days(session)?;
    let thresholds = args.thresholds(session.workspace()?.settings.regime);
    // whoever is not a child any more today is not purged, as of whichever day one looks
    let day = if args.run.confirm { today } else { as_of };
    let map = Rc::new(trusted.map.clone());
    let zone = session.zone()?;
    let rules = Minors { map: &map, thresholds, day, as_of, zone: zone.clone() };
    let mut duty = Children { scan: Scan::new(rules.clone())?, rules, zone, day, waiting: BTreeMap::new() };
    driver::run(&mut duty, &args.run, &mut trusted, session, out)
}

/// Which people wait for their bucket: their person table, the tables that are meant when it is not all of them, and
/// the hold of which nobody may learn: what it stops is planned as what is not decidable yet.
type Sort = (usize, Option<BTreeSet<TableId>>, Option<Hold>);

/// The duty.
struct Children<'m> {
    rules: Minors<'m>,
    scan: Scan<'m>,
    zone: TimeZone,
    day: Date,
    waiting: BTreeMap<Sort, Vec<Key>>,
}

/// Some children, each with whose they are.
struct Bucket {
    person: usize,
    tables: Option<BTreeSet<TableId>>,
    secret: Option<Hold>,
    keys: Vec<Key>,
    subjects: Vec<IdentitySet>,
}

impl Children<'_> {
    fn take(&mut self, looked: Looked, pass: &mut Pass<'_>) -> Result<(), Error> {
        let Looked { person, key, outcome } = looked;
        let named = &pass.trusted.map.persons[person];
        let under = pass.held.on_key(&named.name, &key);
        let held = under == Some(Hold::Open);
        let word = if held && outcome.is_purge() { "held" } else { outcome.word() };
        pass.tally.count(word, None, None, None, 1);
        let tables = match outcome {
            Outcome::Purge if !held => None,
            Outcome::PurgePart(tables) if !held => Some(tables),
            other => {
                let detail = match &other {
                    Outcome::UnknownAge(why) => Some(why.to_string()),
                    _ => None,
                };
                let personal = self.is_personal(person);
                return pass.tally.look(&named.name, &key, personal, word, detail.as_deref());
            }
        };
        self.waiting.entry((person, tables, under)).or_default().push(key);
        Ok(())
    }

    fn is_personal(&self, person: usize) -> bool {
        let person = &self.rules.map.persons[person];
        let column = self.rules.map.tables[person.table].column(&person.column);
        column.is_none_or(|column| column.meaning.kind.is_personal())
    }

    /// People who are held under one of their values go to a person as well.
    fn bucket(&mut self, sort: Sort, keys: Vec<Key>, pass: &mut Pass<'_>) -> Result<Bucket, Error> {
        let (person, tables, secret) = sort;
        let named = &pass.trusted.map.persons[person];
        let sets = close_many(&pass.trusted.map, named, &keys, &self.zone, &mut *pass.trusted.database)?;
        let mut bucket = Bucket { person, tables, secret, keys: Vec::new(), subjects: Vec::new() };
        for (key, set) in keys.into_iter().zip(sets) {
            match pass.held.on(&set) {
                Some(Hold::Open) => {
                    pass.tally.count("held", None, None, None, 1);
                    pass.tally.look(&named.name, &key, self.is_personal(person), "held", None)?;
                }
                Some(Hold::Secret) if secret.is_none() => {
                    self.waiting.entry((person, bucket.tables.clone(), Some(Hold::Secret))).or_default().push(key);
                }
                _ => {
                    bucket.keys.push(key);
                    bucket.subjects.push(set);
                }
            }
        }
        Ok(bucket)
    }
}

impl Duty for Children<'_> {
    type Bucket = Bucket;

    const DUTY: PurgeDuty = PurgeDuty::Minors;

    const SIZES: (usize, usize) = (32, 256);

    fn scope(&self) -> serde_json::Value {
        let Thresholds { child_below, adult_from } = self.rules.thresholds;
        serde_json::json!({
            "as_of": self.rules.as_of.to_string(), "child_below": child_below, "adult_from": adult_from,
        })
    }

    fn rewind(&mut self) -> Result<(), Error> {
        self.scan = Scan::new(self.rules.clone())?;
        self.waiting.clear();
        Ok(())
    }

    fn next(&mut self, size: usize, pass: &mut Pass<'_>) -> Result<Option<Bucket>, Error> {
        loop {
            let full = self.waiting.iter().find(|(_, keys)| keys.len() >= size).map(|(sort, _)| sort.clone());
            let sort = match full {
                Some(sort) => sort,
                None => match self.scan.next(&mut *pass.trusted.database)? {
                    Some(page) => {
                        for looked in page {
                            self.take(looked, pass)?;
                        }
                        continue;
                    }
                    None => match self.waiting.keys().next() {
                        Some(sort) => sort.clone(),
                        None => return Ok(None),
                    },
                },
            };
            let Some(mut keys) = self.waiting.remove(&sort) else { continue };
            if keys.len() > size {
                self.waiting.insert(sort.clone(), keys.split_off(size));
            }
            let bucket = self.bucket(sort, keys, pass)?;
            if !bucket.keys.is_empty() {
                return Ok(Some(bucket));
            }
        }
    }

    fn len(bucket: &Bucket) -> u64 {
        bucket.keys.len() as u64
    }

    fn split(mut bucket: Bucket) -> Result<[Bucket; 2], Bucket> {
        let half = bucket.keys.len() / 2;
        if half == 0 {
            return Err(bucket);
        }
        let (keys, subjects) = (bucket.keys.split_off(half), bucket.subjects.split_off(half));
        let (person, tables, secret) = (bucket.person, bucket.tables.clone(), bucket.secret);
        let other = Bucket { person, tables, secret, keys, subjects };
        Ok([other, bucket])
    }

    fn planner<'a>(
        &'a self,
        bucket: &'a Bucket,
        map: &'a Classified,
        held: &'a Rc<Held>,
        token: &Rc<dyn Fn(&Value) -> String>,
    ) -> Box<dyn Planner + 'a> {
        let erasure = Erasure {
            map,
            subjects: &bucket.subjects,
            holds: Holds { person: bucket.secret, held: Rc::clone(held) },
            scope: Scope::default(),
            today: self.day,
            removed: None,
            then: Vec::new(),
            zone: self.zone.clone(),
            token: Rc::clone(token),
        };
        Box::new(Part {
            erasure: Box::new(erasure),
            rules: &self.rules,
            person: bucket.person,
            keys: &bucket.keys,
            tables: bucket.tables.as_ref(),
        })
    }

    fn people(bucket: &Bucket) -> Option<IdentitySet> {
        let whole = bucket.tables.is_none();
        whole.then(|| {
            let mut all = IdentitySet::default();
            for set in &bucket.subjects {
                for (person, keys) in &set.persons {
                    all.persons.entry(person.clone()).or_default().extend(keys.iter().cloned());
                }
                all.values.extend(set.values.iter().cloned());
            }
            all
        })
    }
}
