//! Many requests at once: all of them are on record, or none is.

use jiff::{SignedDuration, Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{
    Casebook,
    chain::Head,
    error::CasebookError,
    events::{Happening, commit, head, next_serial, write},
    keys::KeyFolder,
};
use crate::case::{About, Body, CaseNumber, Event, IdentityTag, KeyId, Recorded, TagPurpose};

/// A request that is about to become a case.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The event `opened`
    pub event: Event,
    /// Its body
    pub body: Body,
    /// Arrivals before it that it came with, by position: they are added to its linked cases
    pub with: Vec<usize>,
    /// What it is merged into at once
    pub into: Option<Goal>,
    /// Open cases that are merged into it
    pub takes: Vec<CaseNumber>,
}

/// What a duplicate is merged into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A case that is there
    Case(CaseNumber),
    /// An arrival before it, by position
    Arrival(usize),
}

impl Casebook {
    /// Opens a case for every arrival under the next numbers of the local day `day`, and merges duplicates; all in one
    /// transaction. After a crash there are all of them or none.
    pub fn open_cases(
        &mut self,
        now: Timestamp,
        actor: &str,
        day: Date,
        arrivals: &[Arrival],
    ) -> Result<Vec<CaseNumber>, CasebookError> {
        self.with_lock(now, |book| {
            let transaction = book.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let last = head(&transaction)?;
            book.keys.require_not_ahead(&book.workspace, &last)?;
            let mut batch = Batch {
                connection: &transaction,
                workspace: &book.workspace,
                keys: &book.keys,
                random: &mut *book.random,
                now,
                actor,
                last,
                patience: book.lock.patience(),
                recorded: None,
                numbers: Vec::new(),
                made: Vec::new(),
            };
            let written = arrivals.iter().try_for_each(|arrival| batch.take(arrival, day));
            let Batch { recorded, numbers, made, .. } = batch;
            if let Err(error) = written {
                drop(transaction);
                for key in made {
                    book.keys.destroy(key)?; // nothing of the batch takes place, so nothing is sealed under them
                }
                return Err(error);
            }
            if let Some(recorded) = recorded {
                commit(transaction, &book.keys, &book.workspace, &recorded)?;
            }
            Ok(numbers)
        })
    }

    /// The case whose opening carries this tag in its body.
    pub fn case_opened_with(&self, tag: &IdentityTag) -> Result<Option<CaseNumber>, CasebookError> {
        let sql = "SELECT events.about FROM tags JOIN events ON events.number = tags.event
                   WHERE tags.purpose = ?1 AND tags.tag = ?2 ORDER BY events.number LIMIT 1";
        let about: Option<String> = self
            .connection
            .prepare_cached(sql)?
            .query_row((TagPurpose::Subject.word(), self.wrapping()?.wrap(tag).bytes()), |row| row.get(0))
            .optional()?;
        about.map(|about| about.parse().map_err(|_| CasebookError::Row("tags"))).transpose()
    }
}

/// How far a batch has come.
struct Batch<'a> {
    connection: &'a Connection,
    workspace: &'a str,
    keys: &'a KeyFolder,
    random: &'a mut dyn FnMut(&mut [u8]),
    now: Timestamp,
    actor: &'a str,
    /// Where the chain ends
    last: Head,
    patience: SignedDuration,
    recorded: Option<Recorded>,
    /// Cases that were opened
    numbers: Vec<CaseNumber>,
    /// Keys that were made for them
    made: Vec<KeyId>,
}

impl Batch<'_> {
    fn take(&mut self, arrival: &Arrival, day: Date) -> Result<(), CasebookError> {
        let number = CaseNumber::new(day, next_serial(self.connection, "cases", CaseNumber::PREFIX, day)?)?;
        let mut event = arrival.event.clone();
        if let Event::Opened { linked, .. } = &mut event {
            for at in &arrival.with {
                linked.push(self.earlier(*at)?);
            }
        }
        let into = match arrival.into {
            Some(Goal::Arrival(at)) => Some(self.earlier(at)?),
            Some(Goal::Case(case)) => Some(case),
            None => None,
        };
        let opened = self.record(number, event, Some(&arrival.body))?;
        self.made.extend(opened);
        let merges = arrival.takes.iter().map(|case| (*case, number)).chain(into.map(|into| (number, into)));
        for (ends, into) in merges {
            self.record(ends, Event::Merged { into }, None)?;
        }
        self.numbers.push(number);
        Ok(())
    }

    fn earlier(&self, at: usize) -> Result<CaseNumber, CasebookError> {
        self.numbers.get(at).copied().ok_or(CasebookError::NoSuchCase)
    }

    /// Records an event about a case and gives the key of its body.
    fn record(&mut self, case: CaseNumber, event: Event, body: Option<&Body>) -> Result<Option<KeyId>, CasebookError> {
        let happening = Happening { now: self.now, actor: self.actor, about: About::Case(case), event, body };
        let recorded =
            write(self.connection, self.workspace, self.keys, self.random, (&self.last, self.patience), happening)?;
        self.last = Head { number: recorded.number, hash: recorded.hash };
        let key = recorded.key;
        self.recorded = Some(recorded);
        Ok(key)
    }
}
