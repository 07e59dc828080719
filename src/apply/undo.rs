//! The record of what can be undone, and the end of an undo: files come back, the record says so, and what was kept is
//! destroyed.

use jiff::SignedDuration;

use super::{Applying, counts, kept_files};
use crate::{
    case::{About, Event, FailurePoint, Fingerprint, clock::Clock},
    casebook::{Casebook, CasebookError, Vault},
    data_map::classified::Classified,
    error::Error,
    plan::Totals,
};

/// What goes on record before the change is committed.
pub(super) fn kept(vault: &Vault, rows: u64, window: SignedDuration, clock: &dyn Clock) -> Result<Event, Error> {
    let until = clock.now().checked_add(window).map_err(|_| CasebookError::TooLarge)?;
    Ok(Event::UndoKept { intent: vault.intent(), key: vault.key(), until, rows })
}

/// The change that the plan undoes, if that is what it is for.
pub(super) fn undoes(book: &Casebook, about: About, plan: Fingerprint) -> Result<Option<i64>, Error> {
    let About::Case(case) = about else { return Ok(None) };
    Ok(book.listed_case(case)?.and_then(|case| case.undoes(plan)))
}

/// What is kept of change `intent`, as far as it is on record and its key is there.
pub(super) fn kept_of(intent: i64, book: &mut Casebook, about: About) -> Result<Option<Vault>, Error> {
    let About::Case(case) = about else { return Ok(None) };
    let undoable = book.listed_case(case)?.map(|case| case.undoable).unwrap_or_default();
    let Some(kept) = undoable.into_iter().find(|undoable| undoable.intent == intent) else { return Ok(None) };
    match book.open_vault(intent, kept.key) {
        Err(CasebookError::KeyMissing(_)) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

/// Gives up a vault of which no event tells: the change never took place, or changed nothing.
pub(super) fn give_up_unneeded(vault: Option<Vault>, book: &mut Casebook, about: About) -> Result<(), Error> {
    let Some(vault) = vault else { return Ok(()) };
    let About::Case(case) = about else { return Ok(book.give_up_vault(&vault)?) };
    let on_record =
        book.listed_case(case)?.is_some_and(|case| case.undoable.iter().any(|kept| kept.key == vault.key()));
    if on_record { Ok(()) } else { Ok(book.give_up_vault(&vault)?) }
}

/// Destroys the undo keys of which no case says any more that its change can be undone, and all that was kept under them.
pub(super) fn end_unneeded(book: &mut Casebook, applying: &Applying<'_>) -> Result<(), CasebookError> {
    book.end_vaults(applying.clock.now(), applying.actor)
}

/// What is left to do of an undo that is committed. Returns how many files came back.
pub(super) fn finish(
    map: &Classified,
    (intent, of): (i64, i64),
    totals: &Totals,
    book: &mut Casebook,
    applying: &Applying<'_>,
) -> Result<u64, Error> {
    let vault = kept_of(of, book, applying.about)?.ok_or(CasebookError::Vault(of))?;
    let files = kept_files::put_back(&vault, applying.files, book)?;
    book.pass(FailurePoint::BeforeRemoved)?;
    record(map, (intent, of), totals, book, applying)?;
    Ok(files)
}

/// Puts it on record that the change was undone, with what waits again as it waited before; then what was kept goes.
pub(super) fn record(
    map: &Classified,
    (intent, of): (i64, i64),
    totals: &Totals,
    book: &mut Casebook,
    applying: &Applying<'_>,
) -> Result<(), Error> {
    let mut events = vec![Event::Undone { intent, of, tables: counts(map, totals) }];
    if let About::Case(case) = applying.about {
        let case = book.require_case(case)?;
        let before = case.waited_before(of);
        match (before.is_empty(), case.waiting.is_empty()) {
            (false, _) => events.push(Event::Scheduled { everything: false, items: before.to_vec() }),
            (true, false) => events.push(Event::ScheduleEnded {}),
            (true, true) => {}
        }
    }
    book.append_all(applying.clock.now(), applying.actor, applying.about, events)?;
    Ok(end_unneeded(book, applying)?)
}
