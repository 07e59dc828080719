//! `droit purge retention`: what has outlived its purpose (LAW §7.4).

use std::{collections::VecDeque, rc::Rc};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    case::PurgeDuty,
    data_map::classified::Classified,
    duties::retention::{Finder, Retention, Rule, rules},
    error::Error,
    kind::Kind,
    plan::Held,
    planner::Planner,
    schema::RowKey,
    value::{Key, Value},
};

use super::{
    driver::{self, Duty, Pass},
    options::RunArgs,
};
use crate::cli::{Exit, out::Out, session::Session};

/// Remove what has outlived its purpose
///
/// Every limit of the data map that has run out, with what the map says happens then; and every statutory minimum that
/// has ended, where no limit is stated. Rows whose date is missing or cannot be read stay, and are listed.
///
/// Examples:
///   droit purge retention
///   droit purge retention --as-of 2027-01-01 --plan plan.jsonl
///   droit purge retention --confirm --quiet
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RetentionArgs {
    #[command(flatten)]
    run: RunArgs,

    /// Only the rules that this table states; may be repeated
    #[arg(long, value_name = "TABLE")]
    table: Vec<String>,
}

pub(super) fn run(args: &RetentionArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    let (as_of, _) = args.run.days(session)?;
    let map = Rc::new(trusted.map.clone());
    for table in &args.table {
        crate::cli::held::held_table(table, &map)?;
    }
    let mut rules = rules(&map);
    rules.retain(|rule| args.table.is_empty() || args.table.contains(&map.tables[rule.table].name.to_string()));
    let zone = session.zone()?;
    let mut duty = Outlived {
        map: &map,
        rules,
        left: VecDeque::new(),
        finder: None,
        found: VecDeque::new(),
        first: true,
        as_of,
        zone,
    };
    driver::run(&mut duty, &args.run, &mut trusted, session, out)
}

/// The duty.
struct Outlived<'m> {
    map: &'m Classified,
    rules: Vec<Rule<'m>>,
    left: VecDeque<Rule<'m>>,
    finder: Option<Finder<'m>>,
    /// Rows that are due by the finder's rule
    found: VecDeque<Key>,
    /// Whether none of them was handed out yet
    first: bool,
    as_of: Date,
    zone: TimeZone,
}

/// Some rows of one rule's table.
struct Bucket<'m> {
    rule: Rule<'m>,
    keys: Vec<Key>,
    /// As how many rows each counts
    each: usize,
    /// Whether none of this rule went before
    first: bool,
}

/// A row on which many others may hang counts as so many.
const FAMILY: usize = 16;

/// The first bucket of a rule is no larger: how long its rows take nobody knows yet.
const FIRST: usize = 2_048;

impl Outlived<'_> {
    /// Reads pages until rows are due; whether there are any.
    fn find(&mut self, pass: &mut Pass<'_>) -> Result<bool, Error> {
        while self.found.is_empty() {
            let Some(finder) = &mut self.finder else {
                let Some(rule) = self.left.pop_front() else { return Ok(false) };
                self.finder = Some(Finder::new(self.map, rule, self.as_of, self.zone.clone()));
                self.first = true;
                continue;
            };
            let Some(page) = finder.next(&mut *pass.trusted.database)? else {
                self.finder = None;
                continue;
            };
            let rule = finder.rule();
            let held = &self.map.tables[rule.table];
            let name = held.name.to_string();
            if let (Some(first), Some(last)) =
                (page.due.iter().map(|(_, day)| *day).min(), page.due.iter().map(|(_, day)| *day).max())
            {
                let rows = page.due.len() as u64;
                pass.tally.count(rule.word(), Some(&name), Some(&rule.because()), Some((first, last)), rows);
            }
            for (key, why) in page.undecidable {
                pass.tally.count(why.word(), Some(&name), Some(&rule.because()), None, 1);
                pass.tally.look(&name, &key, is_personal(self.map, rule), why.word(), None)?;
            }
            self.found.extend(page.due.into_iter().map(|(key, _)| key));
        }
        Ok(true)
    }
}

fn is_personal(map: &Classified, rule: Rule<'_>) -> bool {
    let held = &map.tables[rule.table];
    let RowKey::Columns(columns) = &held.key else { return false };
    columns.iter().any(|name| held.column(name).is_none_or(|column| column.meaning.kind != Kind::Key))
}

impl<'m> Duty for Outlived<'m> {
    type Bucket = Bucket<'m>;

    const DUTY: PurgeDuty = PurgeDuty::Retention;

    const SIZES: (usize, usize) = (512, 16_384);

    fn scope(&self) -> serde_json::Value {
        let tables: Vec<String> = self.rules.iter().map(|rule| self.map.tables[rule.table].name.to_string()).collect();
        serde_json::json!({ "as_of": self.as_of.to_string(), "tables": tables })
    }

    fn rewind(&mut self) -> Result<(), Error> {
        self.left = self.rules.iter().copied().collect();
        self.finder = None;
        self.found.clear();
        Ok(())
    }

    fn next(&mut self, size: usize, pass: &mut Pass<'_>) -> Result<Option<Bucket<'m>>, Error> {
        if !self.find(pass)? {
            return Ok(None);
        }
        let Some(finder) = &self.finder else { return Ok(None) };
        let each = if finder.has_family() { FAMILY } else { 1 };
        let first = std::mem::take(&mut self.first);
        let size = if first { size.min(FIRST) } else { size };
        let keys = self.found.drain(..(size / each).clamp(1, self.found.len())).collect();
        Ok(Some(Bucket { rule: finder.rule(), keys, each, first }))
    }

    fn len(bucket: &Bucket<'m>) -> u64 {
        bucket.keys.len() as u64
    }

    fn weight(bucket: &Bucket<'m>) -> usize {
        bucket.keys.len() * bucket.each
    }

    fn is_first(bucket: &Bucket<'m>) -> bool {
        bucket.first
    }

    fn split(mut bucket: Bucket<'m>) -> Result<[Bucket<'m>; 2], Bucket<'m>> {
        let half = bucket.keys.len() / 2;
        if half == 0 {
            return Err(bucket);
        }
        let keys = bucket.keys.split_off(half);
        Ok([Bucket { keys, ..bucket }, bucket])
    }

    fn planner<'a>(
        &'a self,
        bucket: &'a Bucket<'m>,
        _map: &'a Classified,
        held: &'a Rc<Held>,
        token: &Rc<dyn Fn(&Value) -> String>,
    ) -> Box<dyn Planner + 'a> {
        Box::new(Retention {
            map: self.map,
            rule: bucket.rule,
            keys: &bucket.keys,
            held,
            today: self.as_of,
            zone: self.zone.clone(),
            token: Rc::clone(token),
        })
    }
}
