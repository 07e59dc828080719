//! The only code that changes rows of a user database.
//!
//! Whichever right or duty made the plan, it is carried out here (DESIGN §5): in one transaction, on the record, or not
//! at all. A plan file is a claim, never an instruction: the plan is derived again before anything is written, and once
//! more inside the transaction unless the engine says that nobody else has committed since; only what was derived both
//! times is carried out.

mod approved;
mod carry_out;
mod circles;
mod current;
mod keep;
mod kept_files;
mod planned;
mod recover;
mod remove_files;
mod together;
mod undo;
mod witness;

use std::time::Duration;

use cap_std::fs::Dir;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

pub use approved::Agreed;
pub use current::require_agreement;
pub use kept_files::require_room;
pub use planned::{Planned, write_plan};
pub use recover::{Recovered, recover, undone};
pub use remove_files::Removable;

use planned::Remembered;

use crate::{
    case::{
        About, Case, Event, FailurePoint, Fingerprint, IntentState,
        clock::Clock,
        event::{Kept as KeptRows, TableCount},
    },
    casebook::{Casebook, CasebookError, Change as Intended, Vault, WorkWriter},
    data_map::classified::Classified,
    database::{Database, DatabaseError, Transaction, Version, WritableDatabase},
    error::Error,
    plan::{Claim, Hold, Record, Step, Totals, Work, Writer},
    planner::Planner,
    refusal::Refusal,
    signature::Signers,
};

/// Who applies, where, for what.
pub struct Applying<'a> {
    /// The case or run
    pub about: About,
    /// Who does it
    pub actor: &'a str,
    /// The clock
    pub clock: &'a dyn Clock,
    /// The files folder, when the map names files
    pub files: Option<&'a Dir>,
    /// Whether the user database carries our mark
    pub mark: bool,
    /// Fills bytes with what nobody can predict
    pub random: &'a mut dyn FnMut(&mut [u8]),
    /// Who may sign, where a second person has to agree to what is applied
    pub two_persons: Option<&'a Signers>,
    /// For how long the change can be undone; none where nothing is kept
    pub undo: Option<SignedDuration>,
    /// What is put on record together with the intent
    pub foretold: Option<Event>,
}

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// The intent's number
    pub intent: i64,
    /// The plan's sums, and what triggers wrote meanwhile that is kept
    pub totals: Totals,
    /// Rows that triggers filled in while rows went, and that went as well
    pub refilled: u64,
    /// Files removed, or put back
    pub files: u64,
    /// For how long the transaction kept other writers out
    pub locked: Duration,
}

/// Carries out the plan that `made` claims, if deriving it again gives the same.
pub fn apply(
    planner: &dyn Planner,
    made: &Planned,
    reader: &mut dyn Database,
    writer: &mut dyn WritableDatabase,
    book: &mut Casebook,
    applying: &mut Applying<'_>,
) -> Result<Applied, Error> {
    let claim = &made.claim;
    current::require(claim, planner.map(), reader, writer, book, applying)?;
    if let Some(signers) = applying.two_persons {
        Agreed::on_record(claim, applying.about, book, signers, applying.clock.now())?.require_two()?;
    }
    let planned_after = book.head()?.number;
    // The writer does not count its own commits, such as the making of the mark's table.
    let version = writer.version()?;
    let remembered = made.still_good(reader)?;
    if applying.mark {
        reader.renew()?;
        writer.create_mark_table().map_err(|error| match error {
            DatabaseError::ReadOnly(_) => Refusal::MarkMissing.into(),
            other => Error::from(other),
        })?;
    }
    reader.renew()?;
    let listed = open_intent(planner, claim, remembered, reader, book, applying)?;
    reader.renew()?;
    let intent = listed.intent;
    let vault = match applying.undo.map(|_| book.make_vault(intent)).transpose() {
        Ok(vault) => vault,
        Err(error) => return Err(abandon(reader, book, applying, intent, error.into())),
    };
    let gate = Gate { listed, version, planned_after, vault: vault.as_ref() };
    let done = change(planner, claim, writer, book, applying, &gate);
    match done {
        Ok(Changed { totals, refilled, names_files, locked }) => {
            undo::give_up_unneeded(vault, book, applying.about)?;
            book.pass(FailurePoint::AfterCommitted)?;
            let plan = digest(&claim.digest)?;
            let files = finish(planner.map(), (intent, plan), (&totals, names_files), reader, book, applying)?;
            Ok(Applied { intent, totals, refilled, files, locked })
        }
        Err(error) => {
            let interrupted = matches!(error, Error::Casebook(CasebookError::Interrupted(_)));
            if !interrupted {
                undo::give_up_unneeded(vault, book, applying.about)?;
            }
            Err(abandon(reader, book, applying, intent, error))
        }
    }
}

/// What is left to do of a change that is committed: files, where its work list may name any, and the record. Returns how
/// many files went, or came back.
fn finish(
    map: &Classified,
    (intent, plan): (i64, Fingerprint),
    (totals, names_files): (&Totals, bool),
    reader: &mut dyn Database,
    book: &mut Casebook,
    applying: &mut Applying<'_>,
) -> Result<u64, Error> {
    if let Some(of) = undo::undoes(book, applying.about, plan)? {
        return undo::finish(map, (intent, of), totals, book, applying);
    }
    let vault = undo::kept_of(intent, book, applying.about)?;
    let files = if names_files || vault.is_some() {
        remove_files::remove(map, reader, book, intent, vault.as_ref(), applying)?
    } else {
        0
    };
    let together = together::settle(book, intent, plan, applying)?;
    book.pass(FailurePoint::BeforeRemoved)?;
    let events = settled(map, applying.about, intent, totals, together, book)?;
    book.append_all(applying.clock.now(), applying.actor, applying.about, events)?;
    Ok(files)
}

/// An intent on its way.
struct Listed {
    intent: i64,
    /// Over the rows of its work list
    digest: [u8; 32],
    totals: Totals,
}

/// A change that is committed.
struct Changed {
    totals: Totals,
    /// Rows that triggers filled in and that went as well
    refilled: u64,
    /// Whether files go with any of its rows
    names_files: bool,
    locked: Duration,
}

/// What must not have happened meanwhile.
struct Gate<'v> {
    listed: Listed,
    /// Where what was there before is kept
    vault: Option<&'v Vault>,
    /// [`Database::version`] of the writer before the work was listed
    version: Option<Version>,
    /// The last event when deriving began: no hold may come after it
    planned_after: i64,
}

/// Lists the work: what is remembered of the plan as long as the database is as it was, else what is derived now, which
/// must be what is claimed.
fn open_intent(
    planner: &dyn Planner,
    claim: &Claim,
    remembered: Option<&Remembered>,
    reader: &mut dyn Database,
    book: &mut Casebook,
    applying: &Applying<'_>,
) -> Result<Listed, Error> {
    require_whose(planner, claim, reader)?;
    let plan = digest(&claim.digest)?;
    let mut rows = Sha256::new();
    let mut sums = Totals::default();
    let (about, database) = (applying.about, claim.header.database.clone());
    let change = Intended { about, database, plan, foretold: applying.foretold.clone() };
    let (intent, _) = book.open_intent::<Error>(applying.clock.now(), applying.actor, change, |list| {
        let mut row = |work: &Work, record: &[u8], list: &mut WorkWriter<'_>| -> Result<(), Error> {
            remove_files::require_removable(planner.map(), work.table, &work.files, applying.files)?;
            rows.update(record);
            Ok(list.push(record)?)
        };
        if let Some(remembered) = remembered {
            for record in remembered.records() {
                match Record::decode(record) {
                    Some(Record::Row(work)) => row(&work, record, list)?,
                    Some(Record::Sums(_)) => list.push(record)?,
                    None => return Err(CasebookError::WorkList(list.intent()).into()),
                }
            }
            sums = remembered.totals.clone();
            return Ok(());
        }
        let (derived, totals) = derive(planner, claim, reader, &mut |step| match Work::of(step) {
            Some(work) => row(&work, &Record::Row(work.clone()).encode(), list),
            None => Ok(()),
        })?;
        if derived != claim.steps {
            return Err(Refusal::StalePlan.into());
        }
        list.push(&Record::Sums(totals.clone()).encode())?;
        sums = totals;
        Ok(())
    })?;
    book.pass(FailurePoint::AfterIntent)?;
    Ok(Listed { intent, digest: rows.finalize().into(), totals: sums })
}

/// Derives the plan and its digest, without writing it anywhere.
fn derive(
    planner: &dyn Planner,
    claim: &Claim,
    database: &mut dyn Database,
    each: &mut dyn FnMut(&Step) -> Result<(), Error>,
) -> Result<(String, Totals), Error> {
    let io = |source| Error::Io { what: "the plan cannot be derived", source };
    let mut writer = Writer::begin(std::io::sink(), &claim.header, planner.token()).map_err(io)?;
    let totals = planner.derive(database, &mut |step| {
        writer.step(planner.map(), step).map_err(io)?;
        each(step)
    })?;
    let (_, derived) = writer.finish(claim.header.clone()).map_err(io)?;
    Ok((derived.steps, totals))
}

/// The transaction: compare, change, look again, mark, gate, commit.
fn change(
    planner: &dyn Planner,
    claim: &Claim,
    writer: &mut dyn WritableDatabase,
    book: &mut Casebook,
    applying: &mut Applying<'_>,
    gate: &Gate<'_>,
) -> Result<Changed, Error> {
    let intent = gate.listed.intent;
    let mut transaction = writer.begin()?;
    let began = applying.clock.now();
    let schema = transaction.schema()?;
    current::require_schema(planner.map(), &schema)?;
    if gate.version.is_none() || transaction.version()? != gate.version {
        require_same(planner, claim, &gate.listed, &mut *transaction)?;
    }
    planner.require_grounds(&mut *transaction)?;
    let circles = circles::Circles::of(planner.map(), &schema, &gate.listed.totals);
    // rows that point at each other go, or come back, in any order
    if circles.is_some() || undo::undoes(book, applying.about, digest(&claim.digest)?)?.is_some() {
        transaction.defer_foreign_keys()?;
    }
    let keeper = gate.vault.map(keep::Keeper::new).transpose()?;
    let mut carrying = carry_out::CarryingOut::new(planner, &schema, keeper, applying.random);
    let listed = book.intent(intent)?.ok_or(CasebookError::WorkList(intent))?;
    let mut names_files = false;
    book.read_work::<Error>(&listed, |record| match Record::decode(record) {
        Some(Record::Row(work)) => {
            names_files |= !work.files.is_empty();
            carrying.push(work, &mut *transaction)
        }
        Some(Record::Sums(_)) => Ok(()),
        None => Err(CasebookError::WorkList(intent).into()),
    })?;
    carrying.flush(&mut *transaction)?;
    let keeper = carrying.take_keeper();
    book.pass(FailurePoint::AfterStatements)?;
    let mut totals = gate.listed.totals.clone();
    let (refilled, found) = nothing_left(planner, &mut carrying, &mut *transaction, &totals)?;
    // history that triggers wrote meanwhile, and that a law keeps as it keeps what it is of, is told with what is kept
    totals.keep_besides(&carrying.refilled(), &found);
    if let Some(circles) = circles {
        circles.require_whole(book, &listed, &mut *transaction)?;
    }
    let kept = match keeper {
        Some(keeper) => Some(keeper.finish(planner.map(), &mut *transaction)?).filter(|rows| *rows > 0),
        None => None,
    };
    let kept = gate.vault.zip(kept).zip(applying.undo);
    let kept = kept.map(|((vault, rows), window)| undo::kept(vault, rows, window, applying.clock)).transpose()?;
    let locked = commit((transaction, began), book, applying, kept, intent, gate.planned_after)?;
    Ok(Changed { totals, refilled, names_files, locked })
}

/// Somebody else has committed since the work was listed: what is derived now must be the same.
fn require_same(
    planner: &dyn Planner,
    claim: &Claim,
    listed: &Listed,
    transaction: &mut dyn Transaction,
) -> Result<(), Error> {
    let mut rows = Sha256::new();
    let (derived, _) = derive(planner, claim, transaction, &mut |step| {
        if let Some(work) = Work::of(step) {
            rows.update(Record::Row(work).encode());
        }
        Ok(())
    })?;
    // The plan does not show everything that the work list holds, such as the names of files.
    let same = derived == claim.steps && <[u8; 32]>::from(rows.finalize()) == listed.digest;
    if same { require_whose(planner, claim, transaction) } else { Err(Refusal::StalePlan.into()) }
}

/// Where the plan says whose every row is, it is so still.
fn require_whose(planner: &dyn Planner, claim: &Claim, database: &mut dyn Database) -> Result<(), Error> {
    match claim.header.scope.get(WHOSE) {
        Some(said) if said.as_str() != Some(&planner.whose(database)?) => Err(Refusal::StalePlan.into()),
        _ => Ok(()),
    }
}

/// Where a plan for several people says whose every row is, in its scope.
pub const WHOSE: &str = "whose";

/// Looks again from the same identity set (DESIGN §5, 4): nothing may be left to do. What triggers filled in while
/// rows went (history tables) goes in a second round, after which those tables are looked at once more. Returns how much
/// that was, and what is found at last.
fn nothing_left(
    planner: &dyn Planner,
    carrying: &mut carry_out::CarryingOut<'_>,
    transaction: &mut dyn Transaction,
    expected: &Totals,
) -> Result<(u64, Totals), Error> {
    let mut more: Vec<Work> = Vec::new();
    let mut found = planner.derive(transaction, &mut |step| {
        more.extend(Work::of(step));
        Ok(())
    })?;
    let refilled = more.len() as u64;
    if let Some(work) = more.iter().find(|work| !carrying.was_refilled(work.table)) {
        let table = planner.map().tables[work.table].name.to_string();
        return Err(Refusal::StillFound { table, rows: refilled }.into());
    }
    if !more.is_empty() {
        for work in more {
            carrying.push(work, transaction)?;
        }
        carrying.flush(transaction)?;
        let tables = carrying.refilled();
        let mut left = 0;
        let again = planner.derive_tables(transaction, &tables, &mut |step| {
            left += u64::from(Work::of(step).is_some());
            Ok(())
        })?;
        if left > 0 {
            return Err(Refusal::StillFound { table: "a history table".to_owned(), rows: left }.into());
        }
        found.replace(&tables, &again);
    }
    carrying.require_kept(expected, &found)?;
    Ok((refilled, found))
}

/// Mark and gate (DESIGN §5, 5): under the lock of all writers of the casebook no hold can be added between the last
/// look and the commit. Returns for how long others were kept out.
fn commit(
    (mut transaction, began): (Box<dyn Transaction + '_>, Timestamp),
    book: &mut Casebook,
    applying: &Applying<'_>,
    kept: Option<Event>,
    intent: i64,
    planned_after: i64,
) -> Result<Duration, Error> {
    if applying.mark {
        let number = u64::try_from(intent).map_err(|_| CasebookError::WorkList(intent))?;
        transaction.set_mark(book.workspace(), number)?;
    }
    book.pass(FailurePoint::AfterMark)?;
    book.lock(applying.clock.now())?;
    let committed = (|| {
        match book.hold_since(planned_after)? {
            Some(Hold::Open) => return Err(Refusal::HoldAdded.into()),
            // deriving it again takes the hold into account, without a word of it
            Some(Hold::Secret) => return Err(Refusal::StalePlan.into()),
            None => {}
        }
        let at = |event| (applying.clock.now(), event);
        if let Some(kept) = kept {
            let (now, event) = at(kept);
            book.append(now, applying.actor, applying.about, event, None)?;
        }
        let (now, event) = at(Event::Committing { intent });
        book.append(now, applying.actor, applying.about, event, None)?;
        book.pass(FailurePoint::AfterCommitting)?;
        transaction.commit()?;
        let locked = applying.clock.now().duration_since(began).unsigned_abs();
        book.pass(FailurePoint::AfterUserCommit)?;
        let (now, event) = at(Event::Committed { intent });
        book.append(now, applying.actor, applying.about, event, None)?;
        Ok(locked)
    })();
    book.unlock();
    committed
}

/// An error before `committing` leaves the user database as it was, so the intent is given up. A commit that failed
/// (another connection reads, a foreign key is checked only then) was rolled back, which the mark confirms; without a
/// mark, or when it cannot be read, `recover` looks later.
fn abandon(
    reader: &mut dyn Database,
    book: &mut Casebook,
    applying: &Applying<'_>,
    intent: i64,
    error: Error,
) -> Error {
    if matches!(error, Error::Casebook(CasebookError::Interrupted(_))) {
        return error;
    }
    let untouched = match book.intent(intent).ok().flatten().map(|intent| intent.state) {
        Some(IntentState::Open) => true,
        Some(IntentState::Committing) if applying.mark => {
            let mark = reader.renew().and_then(|()| reader.mark(book.workspace()));
            mark.is_ok_and(|mark| mark.and_then(|mark| i64::try_from(mark).ok()).unwrap_or(0) < intent)
        }
        _ => false,
    };
    if untouched {
        let why = error.code().to_owned();
        let event = Event::Abandoned { intent, why };
        let abandoned = book.append(applying.clock.now(), applying.actor, applying.about, event, None);
        if let Err(also) = abandoned.and_then(|_| undo::end_unneeded(book, applying)) {
            return also.into();
        }
    }
    error
}

fn digest(hexadecimal: &str) -> Result<Fingerprint, Error> {
    hexadecimal.parse().map_err(|_| Refusal::EditedPlan.into())
}

/// What goes on record, together: counts per table and what stays by which law until when; then what of it is erased
/// later, or, for several cases that have their own records, that the run is over.
fn settled(
    map: &Classified,
    about: About,
    intent: i64,
    totals: &Totals,
    together: bool,
    book: &Casebook,
) -> Result<Vec<Event>, Error> {
    let tables = counts(map, totals);
    let mut events = vec![Event::Removed { intent, tables: tables.clone(), kept: kept_rows(map, totals).collect() }];
    if together {
        let undecidable = totals.kept_under("undecided");
        events.push(Event::RunEnded { tables, skipped: 0, undecidable, by_rule: Vec::new() });
    } else if let About::Case(case) = about {
        // of a run it is on record already, with whose it is
        let case = book.require_case(case)?;
        events.extend(scheduled(&waiting_rows(map, totals), totals.changes() == 0, &case, case.part_planned));
    }
    Ok(events)
}

fn counts(map: &Classified, totals: &Totals) -> Vec<TableCount> {
    let name = |table: usize| map.tables[table].name.to_string();
    let mut tables = Vec::new();
    for (table, sums) in &totals.tables {
        let counts = [
            ("deleted", sums.deleted),
            ("anonymized", sums.anonymized()),
            ("de_identified", sums.de_identified),
            ("cleared", sums.cleared),
            ("kept_in_part", sums.in_part),
            ("kept", sums.left),
            ("unlinked", sums.unlinked),
            ("struck_out", sums.struck_out),
            ("changed", sums.changed),
            ("put_back", sums.put_back),
        ];
        let some = counts.into_iter().filter(|(_, rows)| *rows > 0);
        tables.extend(some.map(|(what, rows)| TableCount { table: name(*table), what: what.to_owned(), rows }));
    }
    tables
}

fn kept_rows<'t>(map: &'t Classified, totals: &'t Totals) -> impl Iterator<Item = KeptRows> + 't {
    totals.kept.iter().map(|(kept, rows)| KeptRows {
        table: map.tables[kept.table].name.to_string(),
        rows: *rows,
        code: kept.code.to_owned(),
        law: kept.law.clone(),
        until: kept.until,
    })
}

/// Codes of what is kept for a time: erased later.
const LATER: [&str; 3] = ["RET", "LIVE", "HOLD"];

/// What of a plan's rows is erased later, by table and reason.
#[must_use]
pub fn waiting_rows(map: &Classified, totals: &Totals) -> Vec<KeptRows> {
    kept_rows(map, totals).filter(|kept| LATER.contains(&kept.code.as_str())).collect()
}

/// What the law, a contract or a hold keeps is erased later: `purge scheduled` looks at it when that ends. What is
/// undecided, or stays by the map's own word, does not wait for anything.
fn scheduled(items: &[KeptRows], everything: bool, case: &Case, part: bool) -> Option<Event> {
    if items.is_empty() {
        return None;
    }
    let items = case.waiting_with(items, part);
    (items != case.waiting).then_some(Event::Scheduled { everything, items })
}
