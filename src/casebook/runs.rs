//! Purges as the casebook knows them: the destruction log (LAW §4.2), and the run that was interrupted.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Casebook, CasebookError};
use crate::case::{About, Event, Fingerprint, PurgeDuty, RuleRun, RunNumber, TableCount};

/// One purge, from its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number
    pub number: RunNumber,
    /// Why it ran
    pub duty: PurgeDuty,
    /// Who ran it
    pub actor: String,
    /// When it began
    pub started: Timestamp,
    /// As of when it looked
    pub as_of: Timestamp,
    /// The data map's fingerprint
    pub rules: Fingerprint,
    /// The digest of what it planned as a whole
    pub plan: Option<Fingerprint>,
    /// Of a replay: the last change that it does not repeat
    pub after: Option<i64>,
    /// Of a replay: the last change that the database carried by its mark when it began
    pub carried: Option<i64>,
    /// When it ended; none while it runs, or after an interruption
    pub ended: Option<Timestamp>,
    /// How many steps changed something
    pub steps: u64,
    /// What happened, by table
    pub tables: Vec<TableCount>,
    /// What happened, by rule
    pub by_rule: Vec<RuleRun>,
    /// People or rows that were left out because something stood in the way
    pub skipped: u64,
    /// People or rows that a person has to decide on
    pub undecidable: u64,
}

impl Casebook {
    /// The numbers of all purges, oldest first, and of those that did not end when `open_only`.
    pub fn run_numbers(&self, open_only: bool) -> Result<Vec<RunNumber>, CasebookError> {
        let sql = if open_only {
            "SELECT number FROM runs WHERE ended IS NULL ORDER BY started"
        } else {
            "SELECT number FROM runs ORDER BY started"
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut numbers = Vec::new();
        while let Some(row) = rows.next()? {
            numbers.push(row.get::<_, String>(0)?.parse().map_err(|_| CasebookError::Row("runs"))?);
        }
        Ok(numbers)
    }

    /// The replay that has not ended; without a change to begin after none. Of each purge only its first event is read:
    /// every step of one asks.
    pub fn open_replay(&self) -> Result<Option<(RunNumber, i64)>, CasebookError> {
        for number in self.run_numbers(true)? {
            let began = self.events_page(Some(About::Run(number)), 0, 1)?.pop().map(|first| first.event);
            match began {
                Some(Event::RunStarted { duty: PurgeDuty::Replay, after: Some(after), .. }) => {
                    return Ok(Some((number, after)));
                }
                Some(Event::RunStarted { .. }) => {}
                _ => return Err(CasebookError::NoSuchRun),
            }
        }
        Ok(None)
    }

    /// One purge, folded from its events; sums are those of its steps, so that they are true for an interrupted one, too.
    pub fn run(&self, number: RunNumber) -> Result<Run, CasebookError> {
        let mut run: Option<Run> = None;
        let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
        self.events_about(number, |recorded| {
            match (&mut run, &recorded.event) {
                (None, Event::RunStarted { duty, as_of, rules, plan, after, carried }) => {
                    run = Some(Run {
                        number,
                        duty: *duty,
                        actor: recorded.actor.clone(),
                        started: recorded.at,
                        as_of: *as_of,
                        rules: *rules,
                        plan: *plan,
                        after: *after,
                        carried: *carried,
                        ended: None,
                        steps: 0,
                        tables: Vec::new(),
                        by_rule: Vec::new(),
                        skipped: 0,
                        undecidable: 0,
                    });
                }
                (Some(run), Event::Removed { tables, .. }) => {
                    run.steps += 1;
                    for count in tables {
                        *sums.entry((count.table.clone(), count.what.clone())).or_default() += count.rows;
                    }
                }
                (Some(run), Event::RunEnded { skipped, undecidable, by_rule, .. }) => {
                    run.ended = Some(recorded.at);
                    (run.skipped, run.undecidable) = (*skipped, *undecidable);
                    run.by_rule.clone_from(by_rule);
                }
                _ => {}
            }
            Ok(())
        })?;
        let mut run = run.ok_or(CasebookError::NoSuchRun)?;
        run.tables = sums.into_iter().map(|((table, what), rows)| TableCount { table, what, rows }).collect();
        Ok(run)
    }
}
