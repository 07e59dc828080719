//! After a crash: the mark in the user database says whether the transaction took place (DESIGN §5).

use super::{Applying, together, undo, witness};
use crate::{
    case::{Event, IntentState},
    casebook::{Casebook, CasebookError, Intent},
    data_map::classified::Classified,
    database::Database,
    error::Error,
    plan::{Record, Totals},
    refusal::Refusal,
};

/// What became of an open intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// The transaction never took place; the intent is given up and the database is as it was
    Abandoned,
    /// It took place; what was missing (record, files) is done now
    Finished,
}

/// Settles one open intent by looking at the mark.
pub fn recover(
    map: &Classified,
    intent: &Intent,
    reader: &mut dyn Database,
    book: &mut Casebook,
    applying: &mut Applying<'_>,
) -> Result<Recovered, Error> {
    reader.renew()?;
    let marked = reader.mark(book.workspace())?;
    // a file that was copied, restored or moved is told by its mark; before `committing` nothing took place in any
    let begun = intent.state != IntentState::Open;
    if begun && applying.mark && marked.is_none() && reader.identity()? != intent.database {
        return Err(Refusal::FileReplaced.into());
    }
    let mark = marked.and_then(|mark| i64::try_from(mark).ok()).unwrap_or(0);
    if mark > intent.number {
        return Err(Refusal::CasebookBehind.into());
    }
    let took_place = match intent.state {
        // `committing` is on record before anything is committed.
        IntentState::Committing | IntentState::Committed if !applying.mark && mark < intent.number => {
            witness::took_place(map, intent, reader, book)?.unwrap_or(intent.state == IntentState::Committed)
        }
        _ => mark == intent.number,
    };
    let now = applying.clock.now();
    match (intent.state, took_place) {
        (IntentState::Open | IntentState::Committing, false) => {
            let why = "interrupted".to_owned();
            book.append(now, applying.actor, intent.about, Event::Abandoned { intent: intent.number, why }, None)?;
            undo::end_unneeded(book, applying)?;
            return Ok(Recovered::Abandoned);
        }
        (IntentState::Open | IntentState::Committed, _) if !took_place => return Err(Refusal::DatabaseBehind.into()),
        (IntentState::Open, true) => return Err(Refusal::CasebookBehind.into()),
        (IntentState::Committing, true) => {
            book.append(now, applying.actor, intent.about, Event::Committed { intent: intent.number }, None)?;
        }
        _ => {}
    }
    let totals = listed_totals(book, intent)?;
    super::finish(map, (intent.number, intent.plan), (&totals, true), reader, book, applying)?;
    Ok(Recovered::Finished)
}

/// A change that took place, and was undone by a restored backup before its files were removed: what it was to be is on
/// record as done, and the files stay, because rows name them again. A change of a file that another one took the place of
/// is given up. Whatever else is open is left to [`recover`].
pub fn undone(
    map: &Classified,
    intent: &Intent,
    reader: &mut dyn Database,
    book: &mut Casebook,
    applying: &mut Applying<'_>,
) -> Result<(), Error> {
    reader.renew()?;
    let mark = reader.mark(book.workspace())?.and_then(|mark| i64::try_from(mark).ok()).unwrap_or(0);
    if mark >= intent.number {
        return Ok(());
    }
    if intent.state != IntentState::Committed {
        // of another file, in which it may have taken place, nothing is left
        if reader.identity()? != intent.database {
            let event = Event::Abandoned { intent: intent.number, why: "restored".to_owned() };
            book.append(applying.clock.now(), applying.actor, intent.about, event, None)?;
            undo::end_unneeded(book, applying)?;
        }
        return Ok(());
    }
    let totals = listed_totals(book, intent)?;
    if let Some(of) = undo::undoes(book, intent.about, intent.plan)? {
        // what was put back is gone again, and so is what it was put back from: the replay tells of it
        return undo::record(map, (intent.number, of), &totals, book, applying);
    }
    let together = together::settle(book, intent.number, intent.plan, applying)?;
    let events = super::settled(map, intent.about, intent.number, &totals, together, book)?;
    book.append_all(applying.clock.now(), applying.actor, intent.about, events)?;
    Ok(())
}

/// What the plan amounted to: it ends the work list, so that what is kept goes on record without deriving anything from
/// a database in which the rest is gone.
fn listed_totals(book: &Casebook, intent: &Intent) -> Result<Totals, Error> {
    let mut sums = None;
    book.read_work::<Error>(intent, |record| {
        match Record::decode(record) {
            Some(Record::Sums(totals)) => sums = Some(totals),
            Some(Record::Row(_)) => {}
            None => return Err(CasebookError::WorkList(intent.number).into()),
        }
        Ok(())
    })?;
    sums.ok_or(CasebookError::WorkList(intent.number).into())
}
