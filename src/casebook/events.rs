//! Appending an event, and reading events back.

use jiff::{SignedDuration, Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use zeroize::Zeroizing;

use super::{
    Casebook, again,
    chain::{self, Head},
    error::CasebookError,
    header::Header,
    keys::KeyFolder,
    projection,
    seal::{NONCE, SecretKey},
    tagging::Wrapping,
};
use crate::case::{
    About, Body, CaseNumber, Event, Fingerprint, HoldNumber, KeyId, KeyPurpose, NumberError, Recorded, RunNumber,
    typed::looks_personal,
};

/// An event row as it is stored.
pub(super) struct Stored {
    pub(super) number: i64,
    pub(super) about: String,
    pub(super) header: Vec<u8>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) body_sha256: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl Stored {
    pub(super) const COLUMNS: &str = "number, about, header, body, body_sha256, hash";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            about: row.get(1)?,
            header: row.get(2)?,
            body: row.get(3)?,
            body_sha256: row.get(4)?,
            hash: row.get(5)?,
        })
    }

    fn write(&self, connection: &Connection) -> Result<(), CasebookError> {
        connection
            .prepare_cached(
                "INSERT INTO events (number, about, header, body, body_sha256, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![self.number, self.about, self.header, self.body, self.body_sha256, self.hash])?;
        Ok(())
    }
}

/// What happens, as it is about to be recorded.
pub(super) struct Happening<'a> {
    pub(super) now: Timestamp,
    pub(super) actor: &'a str,
    pub(super) about: About,
    pub(super) event: Event,
    pub(super) body: Option<&'a Body>,
}

impl Casebook {
    /// Records an event, durably, with all that follows from it; or nothing of it.
    pub fn append(
        &mut self,
        now: Timestamp,
        actor: &str,
        about: impl Into<About>,
        event: Event,
        body: Option<&Body>,
    ) -> Result<Recorded, CasebookError> {
        let about = about.into();
        self.record(now, |_| Ok(()), |_, ()| Ok(Happening { now, actor, about, event, body }))
    }

    /// Records several events about one thing, all of them or none.
    pub fn append_all(
        &mut self,
        now: Timestamp,
        actor: &str,
        about: About,
        events: Vec<Event>,
    ) -> Result<(), CasebookError> {
        self.append_each(now, actor, about, events, |_, _| Ok(()))
    }

    /// The same, with what `beside` changes in the same transaction after each of them.
    pub(super) fn append_each(
        &mut self,
        now: Timestamp,
        actor: &str,
        about: About,
        events: Vec<Event>,
        mut beside: impl FnMut(&Connection, &Recorded) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        self.with_lock(now, |book| {
            let transaction = book.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut before = head(&transaction)?;
            book.keys.require_not_ahead(&book.workspace, &before)?;
            let mut last = None;
            for event in events {
                let happening = Happening { now, actor, about, event, body: None };
                let recorded = write(
                    &transaction,
                    &book.workspace,
                    &book.keys,
                    &mut *book.random,
                    (&before, book.lock.patience()),
                    happening,
                )?;
                beside(&transaction, &recorded)?;
                before = Head { number: recorded.number, hash: recorded.hash };
                last = Some(recorded);
            }
            last.map_or(Ok(()), |last| commit(transaction, &book.keys, &book.workspace, &last))
        })
    }

    /// Opens a case under the next number of the local day `day`. The event is `opened`.
    pub fn open_case(
        &mut self,
        now: Timestamp,
        actor: &str,
        day: Date,
        event: Event,
        body: Option<&Body>,
    ) -> Result<(CaseNumber, Recorded), CasebookError> {
        let next = |c: &Connection| {
            CaseNumber::new(day, next_serial(c, "cases", CaseNumber::PREFIX, day)?).map_err(Into::into)
        };
        let recorded =
            self.record(now, next, |_, number| Ok(Happening { now, actor, about: About::Case(number), event, body }))?;
        Ok((recorded.about.case().ok_or(CasebookError::NoSuchCase)?, recorded))
    }

    /// Begins a purge under the next number of the local day `day`. The event is `run_started`.
    pub fn start_run(
        &mut self,
        now: Timestamp,
        actor: &str,
        day: Date,
        event: Event,
    ) -> Result<(RunNumber, Recorded), CasebookError> {
        let next =
            |c: &Connection| RunNumber::new(day, next_serial(c, "runs", RunNumber::PREFIX, day)?).map_err(Into::into);
        let recorded = self.record(now, next, |_, number| {
            Ok(Happening { now, actor, about: About::Run(number), event, body: None })
        })?;
        match recorded.about {
            About::Run(number) => Ok((number, recorded)),
            _ => Err(CasebookError::NoSuchRun),
        }
    }

    /// Adds a legal hold under the next number of the local day `day`. The event is `hold_added`. Whom or what a
    /// confidential one protects is sealed: headers are for others to read.
    pub fn add_hold(
        &mut self,
        now: Timestamp,
        actor: &str,
        day: Date,
        event: Event,
        body: Option<&Body>,
    ) -> Result<(HoldNumber, Recorded), CasebookError> {
        let next = |c: &Connection| {
            HoldNumber::new(day, next_serial(c, "holds", HoldNumber::PREFIX, day)?).map_err(Into::into)
        };
        let sealed;
        let (event, body) = match event {
            Event::HoldAdded { subject, table, confidential: true, until } => {
                sealed = body.cloned().unwrap_or_default().holding(subject, table.as_deref());
                (Event::HoldAdded { subject: None, table: None, confidential: true, until }, Some(&sealed))
            }
            open => (open, body),
        };
        let recorded =
            self.record(now, next, |_, number| Ok(Happening { now, actor, about: About::Hold(number), event, body }))?;
        match recorded.about {
            About::Hold(number) => Ok((number, recorded)),
            _ => Err(CasebookError::WrongSubject("a hold")),
        }
    }

    /// The one way into the casebook: lock, one transaction for whatever `prepare` does, the event that `happening`
    /// makes of it, and all projections; then the known head.
    pub(super) fn record<'a, T>(
        &mut self,
        now: Timestamp,
        prepare: impl FnOnce(&Connection) -> Result<T, CasebookError>,
        happening: impl FnOnce(&Connection, T) -> Result<Happening<'a>, CasebookError>,
    ) -> Result<Recorded, CasebookError> {
        self.with_lock(now, |book| {
            let transaction = book.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let before = head(&transaction)?;
            if !book.adopting {
                book.keys.require_not_ahead(&book.workspace, &before)?;
            }
            let prepared = prepare(&transaction)?;
            let happening = happening(&transaction, prepared)?;
            let recorded = write(
                &transaction,
                &book.workspace,
                &book.keys,
                &mut *book.random,
                (&before, book.lock.patience()),
                happening,
            )?;
            commit(transaction, &book.keys, &book.workspace, &recorded)?;
            Ok(recorded)
        })
    }

    /// Hands the events about one thing to `each`, in order. Bodies are opened where their keys exist.
    pub fn events_about(
        &self,
        about: impl Into<About>,
        each: impl FnMut(Recorded) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        let sql = format!("SELECT {} FROM events WHERE about = ?1 ORDER BY number", Stored::COLUMNS);
        self.each_event(&sql, [about.into().to_string()], each)
    }

    /// Hands the events that a query finds to `each`.
    pub(super) fn each_event(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        mut each: impl FnMut(Recorded) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            each(self.read(&Stored::read(row)?)?)?;
        }
        Ok(())
    }

    /// Hands all events after number `after` to `each`, in order. Bodies are opened where their keys exist.
    pub fn events_after(
        &self,
        after: i64,
        mut each: impl FnMut(Recorded) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        let sql = format!("SELECT {} FROM events WHERE number > ?1 ORDER BY number", Stored::COLUMNS);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([after])?;
        while let Some(row) = rows.next()? {
            each(self.read(&Stored::read(row)?)?)?;
        }
        Ok(())
    }

    /// At most `limit` events after number `after`, of one thing or of all, in order: a long record is read page by page.
    pub fn events_page(&self, about: Option<About>, after: i64, limit: u32) -> Result<Vec<Recorded>, CasebookError> {
        let of = if about.is_some() { "about = ?3" } else { "?3 IS NULL" };
        let columns = Stored::COLUMNS;
        let sql = format!("SELECT {columns} FROM events WHERE number > ?1 AND {of} ORDER BY number LIMIT ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query((after, limit, about.map(|about| about.to_string())))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(self.read(&Stored::read(row)?)?);
        }
        Ok(page)
    }

    /// Where the chain ends.
    pub fn head(&self) -> Result<Head, CasebookError> {
        head(&self.connection)
    }

    /// When the last event was recorded: the clock must not stand before it.
    pub fn last_event_at(&self) -> Result<Option<Timestamp>, CasebookError> {
        last_at(&self.connection)
    }

    /// The longest time without an event up to `now`, since the last one that assures the clock. A clock that leapt ahead
    /// shows in it also when something was recorded by it since.
    pub fn longest_pause(&self, now: Timestamp) -> Result<SignedDuration, CasebookError> {
        let mut statement = self.connection.prepare_cached("SELECT number, header FROM events ORDER BY number DESC")?;
        let mut rows = statement.query([])?;
        let (mut next, mut longest) = (now, SignedDuration::ZERO);
        while let Some(row) = rows.next()? {
            let (number, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let header = Header::decode(&bytes).ok_or(CasebookError::Event(number))?;
            longest = longest.max(next.duration_since(header.at));
            next = header.at;
            if header.event.assures_the_clock() {
                break;
            }
        }
        Ok(longest)
    }

    fn read(&self, stored: &Stored) -> Result<Recorded, CasebookError> {
        let damaged = || CasebookError::Event(stored.number);
        let header = Header::decode(&stored.header).ok_or_else(damaged)?;
        let (body, key) = again::open_body(&self.connection, &self.keys, &header, stored)?;
        let fingerprint =
            |bytes: &[u8]| bytes.try_into().map(Fingerprint::new).map_err(|_| CasebookError::Event(stored.number));
        let previous: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT hash FROM events WHERE number = ?1")?
            .query_row([stored.number - 1], |row| row.get(0))
            .optional()?;
        let previous = previous.map_or(Ok(Fingerprint::new(chain::GENESIS)), |hash| fingerprint(&hash))?;
        Ok(Recorded { key, ..recorded(header, body, previous, fingerprint(&stored.hash)?) })
    }
}

pub(super) fn recorded(header: Header, body: Option<Body>, previous: Fingerprint, hash: Fingerprint) -> Recorded {
    let Header { number, at, actor, about, event, seal, .. } = header;
    Recorded { number, at, actor, about, event, key: seal.map(|(key, _)| key), body, previous, hash }
}

pub(super) fn head(connection: &Connection) -> Result<Head, CasebookError> {
    let last: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT number, hash FROM events ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((number, hash)) = last else { return Ok(Head::genesis()) };
    let hash = hash.try_into().map_err(|_| CasebookError::Event(number))?;
    Ok(Head { number, hash: Fingerprint::new(hash) })
}

/// Commits, then remembers the new end outside of the casebook. A crash between leaves the known end one event behind,
/// which is no contradiction.
pub(super) fn commit(
    transaction: Transaction<'_>,
    keys: &KeyFolder,
    workspace: &str,
    recorded: &Recorded,
) -> Result<(), CasebookError> {
    transaction.commit()?;
    keys.remember_head(workspace, &Head { number: recorded.number, hash: recorded.hash })
}

/// Seals, chains and stores one event and takes it into the projections.
pub(super) fn write(
    connection: &Connection,
    workspace: &str,
    keys: &KeyFolder,
    random: &mut dyn FnMut(&mut [u8]),
    (before, patience): (&Head, SignedDuration),
    happening: Happening<'_>,
) -> Result<Recorded, CasebookError> {
    let Happening { now, actor, about, event, body } = happening;
    if event.typed_words().into_iter().any(looks_personal) {
        return Err(CasebookError::PersonalInClear);
    }
    let body = body.filter(|body| !body.is_empty());
    let secret = body.map(|_| key_of(connection, keys, random, about, event.key_purpose(about))).transpose()?;
    let fresh = secret.as_ref().filter(|(_, _, fresh)| *fresh).map(|(id, ..)| *id);
    let secret = secret.map(|(id, secret, _)| (id, secret));
    let mut nonce = [0; NONCE];
    if secret.is_some() {
        random(&mut nonce);
    }
    let number = before.number + 1;
    let at = not_before_the_last(connection, now, patience, &event)?;
    let seal = secret.as_ref().map(|(id, _)| (*id, nonce));
    let header = Header { workspace: workspace.to_owned(), number, at, actor: actor.to_owned(), about, event, seal };
    let bytes = header.encode()?;
    let sealed = match (body, &secret) {
        (Some(body), Some((_, secret))) => {
            let plain = Zeroizing::new(serde_json::to_vec(body).map_err(|_| CasebookError::TooLarge)?);
            Some(secret.seal(&nonce, &bytes, &plain).ok_or(CasebookError::TooLarge)?)
        }
        _ => None,
    };
    let digest = chain::body_digest(sealed.as_deref());
    let hash = chain::link(before.hash.bytes(), &bytes, &digest);
    let stored = Stored {
        number,
        about: about.to_string(),
        header: bytes,
        body: sealed,
        body_sha256: digest.to_vec(),
        hash: hash.to_vec(),
    };
    let recorded = recorded(header, body.cloned(), before.hash, Fingerprint::new(hash));
    let project = || {
        stored.write(connection)?;
        let wrapping = Wrapping::for_body(recorded.body.as_ref(), connection, keys)?;
        projection::apply(connection, &recorded, &wrapping)
    };
    match project() {
        Ok(()) => Ok(recorded),
        Err(error) => {
            if let Some(id) = fresh {
                keys.destroy(id)?; // the event does not take place, so nothing was sealed under it
            }
            Err(error)
        }
    }
}

/// When an event happens, to the second. The caller's clock was read before the lock was taken; whoever wrote meanwhile
/// was first. A clock that stands further back than anybody waits for the lock was set back, or was ahead before.
fn not_before_the_last(
    connection: &Connection,
    now: Timestamp,
    patience: SignedDuration,
    event: &Event,
) -> Result<Timestamp, CasebookError> {
    let now = Timestamp::from_second(now.as_second()).map_err(|_| CasebookError::TooLarge)?;
    match last_at(connection)?.filter(|last| *last > now) {
        Some(last) if last.duration_since(now) <= patience => Ok(last),
        Some(last) if !event.sets_the_clock() => Err(CasebookError::ClockBehind(last)),
        _ => Ok(now),
    }
}

fn last_at(connection: &Connection) -> Result<Option<Timestamp>, CasebookError> {
    let header: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT number, header FROM events ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let read = |(number, bytes): (i64, Vec<u8>)| match Header::decode(&bytes) {
        Some(header) => Ok(header.at),
        None => Err(CasebookError::Event(number)),
    };
    header.map(read).transpose()
}

/// The key that seals bodies about `about`, and whether it was made just now, at its first use. Its file is durable before the event is, so a crash
/// between leaves a key without events, which `tidy` finds.
fn key_of(
    connection: &Connection,
    keys: &KeyFolder,
    random: &mut dyn FnMut(&mut [u8]),
    about: About,
    purpose: KeyPurpose,
) -> Result<(KeyId, SecretKey, bool), CasebookError> {
    let known: Option<String> = connection
        .prepare_cached(
            "SELECT id FROM keys WHERE about = ?1 AND purpose = ?2 AND destroyed IS NULL AND replaced IS NULL
             ORDER BY first DESC",
        )?
        .query_row([about.to_string(), purpose.word().to_owned()], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => {
            let id = id.parse().map_err(|_| CasebookError::Row("keys"))?;
            Ok((id, keys.load(id)?, false))
        }
        None => keys.make(random).map(|(id, secret)| (id, secret, true)),
    }
}

/// The serial after the last one given on this day. Rows are never deleted, so no number comes twice.
pub(super) fn next_serial(
    connection: &Connection,
    table: &str,
    prefix: &'static str,
    day: Date,
) -> Result<u16, CasebookError> {
    let day = format!("{prefix}-{:04}{:02}{:02}-", day.year(), day.month(), day.day());
    let last: Option<String> = connection
        .prepare_cached(&format!("SELECT max(number) FROM {table} WHERE number > ?1 AND number < ?1 || ':'"))?
        .query_row([&day], |row| row.get(0))?; // ':' follows '9'
    let Some(last) = last else { return Ok(1) };
    let serial: u16 = last[day.len()..].parse().map_err(|_| CasebookError::Row("cases"))?;
    if serial < 9999 { Ok(serial + 1) } else { Err(NumberError::Exhausted(prefix).into()) }
}
