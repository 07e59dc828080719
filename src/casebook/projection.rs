//! The tables beside the events: each row follows from the events alone, and is computed here and nowhere else, both
//! when an event is appended and when `audit verify` computes it again.

use rusqlite::{Connection, OptionalExtension, params};

use super::{error::CasebookError, tagging::Wrapping};
use crate::case::{
    About, Case, CaseNumber, Event, HoldNumber, IntentState, Kept, KeyId, KeyPurpose, Recorded, RunNumber, SubjectRef,
    TagPurpose,
};

/// All projections with the columns that order their rows.
pub(super) const TABLES: [(&str, &str); 8] = [
    ("cases", "number"),
    ("runs", "number"),
    ("intents", "number"),
    ("holds", "number"),
    ("scheduled", "about, position"),
    ("keys", "id"),
    ("tags", "purpose, tag, event"),
    ("adopted", "event"),
];

/// Takes an event into all projections, or refuses it. `wrapping` makes the table's tags of those in bodies.
pub(super) fn apply(connection: &Connection, recorded: &Recorded, wrapping: &Wrapping) -> Result<(), CasebookError> {
    match recorded.about {
        About::Case(number) => take_case(connection, number, recorded)?,
        About::Run(number) => take_run(connection, number, recorded)?,
        About::Hold(number) => take_hold(connection, number, recorded)?,
        About::Workspace => take_workspace(connection, recorded)?,
    }
    take_keys(connection, recorded)?;
    take_intent(connection, recorded)?;
    take_schedule(connection, recorded)?;
    take_tags(connection, recorded, wrapping)
}

/// The case as its projection has it: what is personal is not in it.
pub(super) fn case(connection: &Connection, number: CaseNumber) -> Result<Option<Case>, CasebookError> {
    let record: Option<String> = connection
        .prepare_cached("SELECT record FROM cases WHERE number = ?1")?
        .query_row([number.to_string()], |row| row.get(0))
        .optional()?;
    record.map(|record| serde_json::from_str(&record).map_err(|_| CasebookError::Row("cases"))).transpose()
}

fn take_case(connection: &Connection, number: CaseNumber, recorded: &Recorded) -> Result<(), CasebookError> {
    let case = match case(connection, number)? {
        Some(mut case) => {
            case.apply(recorded)?;
            case
        }
        None if matches!(recorded.event, Event::Opened { .. }) => Case::open(recorded)?,
        None => return Err(CasebookError::NoSuchCase),
    };
    let record = serde_json::to_string(&case).map_err(|_| CasebookError::Row("cases"))?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO cases (number, subject, status, is_open, record) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            number.to_string(),
            case.subject.to_string(),
            case.status.word(),
            case.is_unfinished(),
            record
        ])?;
    Ok(())
}

fn take_run(connection: &Connection, number: RunNumber, recorded: &Recorded) -> Result<(), CasebookError> {
    let changed = match &recorded.event {
        Event::RunStarted { duty, .. } => connection
            .prepare_cached("INSERT INTO runs (number, duty, started) VALUES (?1, ?2, ?3)")?
            .execute(params![number.to_string(), duty.word(), recorded.number])?,
        Event::RunEnded { .. } => connection
            .prepare_cached("UPDATE runs SET ended = ?2 WHERE number = ?1 AND ended IS NULL")?
            .execute(params![number.to_string(), recorded.number])?,
        // what a step left behind waits, whether the run is over or not
        Event::Scheduled { .. } | Event::ScheduleEnded {} | Event::TagsAdded { .. } => connection
            .prepare_cached("SELECT count(*) FROM runs WHERE number = ?1")?
            .query_row([number.to_string()], |row| row.get::<_, u32>(0))?
            as usize,
        event
            if event.intent().is_some()
                || matches!(event, Event::Noted {} | Event::Approved { .. } | Event::PlanSigned { .. }) =>
        {
            connection
                .prepare_cached("SELECT count(*) FROM runs WHERE number = ?1 AND ended IS NULL")?
                .query_row([number.to_string()], |row| row.get::<_, u32>(0))? as usize
        }
        _ => return Err(CasebookError::WrongSubject("a purge")),
    };
    if changed == 1 { Ok(()) } else { Err(CasebookError::NoSuchRun) }
}

fn take_hold(connection: &Connection, number: HoldNumber, recorded: &Recorded) -> Result<(), CasebookError> {
    let changed = match &recorded.event {
        Event::HoldAdded { confidential, until, .. } => {
            let (subject, table) = held(recorded)?;
            connection
                .prepare_cached(
                    "INSERT INTO holds (number, subject, held_table, confidential, until, added)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    number.to_string(),
                    subject.map(|subject| subject.to_string()),
                    table,
                    confidential,
                    until.map(|until| until.to_string()),
                    recorded.number
                ])?
        }
        Event::HoldReleased {} => connection
            .prepare_cached("UPDATE holds SET released = ?2 WHERE number = ?1 AND released IS NULL")?
            .execute(params![number.to_string(), recorded.number])?,
        _ => return Err(CasebookError::WrongSubject("a hold")),
    };
    if changed == 1 { Ok(()) } else { Err(CasebookError::NoSuchHold(number)) }
}

/// Whom or what a hold protects: as the header says, or, of a confidential one, the body. Nobody knows it any more once
/// the body's key is destroyed.
pub(super) fn held(recorded: &Recorded) -> Result<(Option<SubjectRef>, Option<String>), CasebookError> {
    let Event::HoldAdded { subject, table, confidential, .. } = &recorded.event else { return Ok((None, None)) };
    if subject.is_some() || table.is_some() {
        return Ok((*subject, table.clone()));
    }
    match &recorded.body {
        None if *confidential && recorded.key.is_some() => Ok((None, None)),
        Some(body) if *confidential => match body.held() {
            (None, None) => Err(CasebookError::WrongSubject("nothing")),
            held => Ok(held),
        },
        _ => Err(CasebookError::WrongSubject("nothing")),
    }
}

fn take_workspace(connection: &Connection, recorded: &Recorded) -> Result<(), CasebookError> {
    if let Event::HeadAdopted { mark: Some(mark), .. } = &recorded.event {
        connection
            .prepare_cached("INSERT INTO adopted (event, mark) VALUES (?1, ?2)")?
            .execute(params![recorded.number, mark])?;
    }
    match &recorded.event {
        Event::WorkspaceCreated { .. }
        | Event::MapTrusted { .. }
        | Event::HeadAdopted { .. }
        | Event::ClockConfirmed {}
        | Event::KeyDestroyed { .. }
        | Event::KeyReplaced { .. }
        | Event::TagKeyReplaced { .. }
        | Event::Tidied { .. }
        | Event::Waiver { .. }
        | Event::Revealed { .. }
        | Event::TagsAdded { .. }
        | Event::TagsDropped { .. }
        | Event::Noted {} => Ok(()),
        _ => Err(CasebookError::WrongSubject("the workspace")),
    }
}

fn take_keys(connection: &Connection, recorded: &Recorded) -> Result<(), CasebookError> {
    let first_use = |id: KeyId, purpose: KeyPurpose| {
        connection
            .prepare_cached("INSERT OR IGNORE INTO keys (id, purpose, about, first) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id.to_string(), purpose.word(), recorded.about.to_string(), recorded.number])
    };
    if let Some(key) = recorded.key {
        first_use(key, recorded.event.key_purpose(recorded.about))?;
    }
    match &recorded.event {
        Event::WorkspaceCreated { tag_key } => first_use(*tag_key, KeyPurpose::Tags).map(drop)?,
        Event::IntentOpened { key, .. } => first_use(*key, KeyPurpose::Intent).map(drop)?,
        Event::UndoKept { key, .. } => first_use(*key, KeyPurpose::Undo).map(drop)?,
        Event::KeyDestroyed { key } => {
            let changed = connection
                .prepare_cached(
                    "UPDATE keys SET destroyed = ?2 WHERE id = ?1 AND destroyed IS NULL AND replaced IS NULL",
                )?
                .execute(params![key.to_string(), recorded.number])?;
            if changed != 1 {
                return Err(CasebookError::KeyMissing(*key));
            }
            // with it goes what was sealed under those in whose place it came
            connection
                .prepare_cached("UPDATE keys SET destroyed = ?2 WHERE replaced = ?1")?
                .execute(params![key.to_string(), recorded.number])?;
            connection
                .prepare_cached(
                    "UPDATE holds SET subject = NULL, held_table = NULL
                     WHERE confidential AND number = (SELECT about FROM keys WHERE id = ?1)",
                )?
                .execute([key.to_string()])?;
        }
        Event::KeyReplaced { key, by, .. } | Event::TagKeyReplaced { key, by, .. } => {
            take_replaced(connection, recorded, *key, *by)?;
        }
        _ => {}
    }
    Ok(())
}

/// `by` comes in the place of `key`, and of all in whose place that had come.
fn take_replaced(connection: &Connection, recorded: &Recorded, key: KeyId, by: KeyId) -> Result<(), CasebookError> {
    let computes_tags = matches!(recorded.event, Event::TagKeyReplaced { .. });
    let (key, by) = (key.to_string(), by.to_string());
    let changed = connection
        .prepare_cached(
            "INSERT INTO keys (id, purpose, about, first)
             SELECT ?2, purpose, about, ?3 FROM keys
             WHERE id = ?1 AND destroyed IS NULL AND replaced IS NULL AND (purpose = 'tags') = ?4
                 AND purpose <> 'undo'",
        )?
        .execute(params![key, by, recorded.number, computes_tags])?;
    if changed != 1 {
        return Err(CasebookError::Row("keys"));
    }
    for sql in
        ["UPDATE keys SET replaced = ?2 WHERE id = ?1 OR replaced = ?1", "UPDATE tags SET key = ?2 WHERE key = ?1"]
    {
        connection.prepare_cached(sql)?.execute([&key, &by])?;
    }
    Ok(())
}

fn take_intent(connection: &Connection, recorded: &Recorded) -> Result<(), CasebookError> {
    let (Some(intent), Some(state)) = (recorded.event.intent(), IntentState::after(&recorded.event)) else {
        return Ok(());
    };
    if let Event::IntentOpened { plan, database, key, windows, work, .. } = &recorded.event {
        if let Some(other) = unsettled_intent(connection, Some(database))? {
            return Err(CasebookError::IntentOpen(other));
        }
        connection
            .prepare_cached(
                "INSERT INTO intents (number, about, database, plan, state, key, windows, work, opened, last)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
            )?
            .execute(params![
                intent,
                recorded.about.to_string(),
                database,
                plan.to_string(),
                state.word(),
                key.to_string(),
                windows,
                work.to_string(),
                recorded.number
            ])?;
        return Ok(());
    }
    let from: Option<(String, String)> = connection
        .prepare_cached("SELECT state, about FROM intents WHERE number = ?1")?
        .query_row([intent], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (from, about) = from.ok_or(CasebookError::NoSuchIntent(intent))?;
    if about != recorded.about.to_string() {
        return Err(CasebookError::NoSuchIntent(intent));
    }
    IntentState::from_word(&from).ok_or(CasebookError::Row("intents"))?.require_move(intent, state)?;
    connection.prepare_cached("UPDATE intents SET state = ?2, last = ?3 WHERE number = ?1")?.execute(params![
        intent,
        state.word(),
        recorded.number
    ])?;
    Ok(())
}

/// The first intent that is neither done nor given up; on this database, if one is named.
pub(super) fn unsettled_intent(connection: &Connection, database: Option<&str>) -> Result<Option<i64>, CasebookError> {
    Ok(connection
        .prepare_cached(
            "SELECT min(number) FROM intents
             WHERE state IN ('open', 'committing', 'committed') AND (?1 IS NULL OR database = ?1)",
        )?
        .query_row([database], |row| row.get(0))?)
}

fn take_schedule(connection: &Connection, recorded: &Recorded) -> Result<(), CasebookError> {
    let items: &[Kept] = match &recorded.event {
        Event::Scheduled { items, .. } => items,
        Event::ScheduleEnded {} => &[],
        _ => return Ok(()),
    };
    let about = recorded.about.to_string();
    // A run leaves something behind at every step; a case is told anew as a whole.
    let adds = matches!((recorded.about, &recorded.event), (About::Run(_), Event::Scheduled { .. }));
    if !adds {
        connection.prepare_cached("DELETE FROM scheduled WHERE about = ?1")?.execute([&about])?;
    }
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(position), 0) FROM scheduled WHERE about = ?1")?
        .query_row([&about], |row| row.get(0))?;
    for (position, item) in (last + 1..).zip(items) {
        let rows = i64::try_from(item.rows).map_err(|_| CasebookError::TooLarge)?;
        let until = item.until.map(|until| until.to_string());
        connection
            .prepare_cached(
                "INSERT INTO scheduled (about, position, waiting_table, count, code, law, until, added)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                about,
                position,
                item.table,
                rows,
                item.code,
                item.law.to_string(),
                until,
                recorded.number
            ])?;
    }
    Ok(())
}

fn take_tags(connection: &Connection, recorded: &Recorded, wrapping: &Wrapping) -> Result<(), CasebookError> {
    match &recorded.event {
        Event::KeyDestroyed { key } => {
            connection.prepare_cached("DELETE FROM tags WHERE key = ?1")?.execute([key.to_string()])?;
        }
        Event::TagsDropped { purpose, subject } => {
            connection
                .prepare_cached("DELETE FROM tags WHERE purpose = ?1 AND subject = ?2")?
                .execute([purpose.word(), &subject.to_string()])?;
        }
        _ => {}
    }
    let (Some((purpose, subject)), Some(body), Some(key)) =
        (tagged(connection, recorded)?, &recorded.body, recorded.key)
    else {
        return Ok(());
    };
    for tag in &body.tags {
        let tag = wrapping.wrap(tag);
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO tags (purpose, tag, subject, event, key) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![purpose.word(), tag.bytes(), subject.to_string(), recorded.number, key.to_string()])?;
    }
    Ok(())
}

/// Whose tags an event's body holds, and what for.
fn tagged(connection: &Connection, recorded: &Recorded) -> Result<Option<(TagPurpose, SubjectRef)>, CasebookError> {
    Ok(match (&recorded.event, recorded.about) {
        (Event::Opened { subject, .. }, _) => Some((TagPurpose::Subject, *subject)),
        (Event::Identified { .. }, About::Case(number)) => {
            case(connection, number)?.map(|case| (TagPurpose::Subject, case.subject))
        }
        (Event::HoldAdded { .. }, _) => held(recorded)?.0.map(|subject| (TagPurpose::Hold, subject)),
        (Event::TagsAdded { purpose, subject, .. }, _) => Some((*purpose, *subject)),
        _ => None,
    })
}
