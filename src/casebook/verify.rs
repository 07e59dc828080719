//! Whether the record is whole: the chain, the seals, and every table that follows from the events.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Rows, types::Value};
use zeroize::Zeroizing;

use super::{
    Casebook, CasebookError, Head,
    again::{self, Cover, Inner},
    chain, connection,
    events::{self, Stored},
    header::Header,
    projection,
    seal::{NONCE, SecretKey},
    tagging::{self, Wrapping},
    work_list,
};
use crate::{
    case::{Body, Event, Fingerprint, KeyId, Recorded},
    progress::{Doing, Progress},
};

/// Events between two reports of progress.
const STEP: u64 = 1000;

/// Something that is not as it must be. It never says what an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word
    pub code: &'static str,
    /// The event it was found at
    pub event: Option<i64>,
    /// The table it was found in
    pub table: Option<&'static str>,
    /// The row: a number of ours
    pub row: Option<String>,
}

impl Finding {
    /// Something that was found at an event.
    #[must_use]
    pub fn event(code: &'static str, event: i64) -> Self {
        Self { code, event: Some(event), table: None, row: None }
    }

    fn table(code: &'static str, table: &'static str, row: Option<String>) -> Self {
        Self { code, event: None, table: Some(table), row }
    }
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the chain ends
    pub head: Head,
    /// How many events there are
    pub events: u64,
    /// How many bodies were opened
    pub bodies: u64,
    /// How many bodies cannot be read any more, because their keys were destroyed
    pub destroyed: u64,
    /// How many findings there were
    pub findings: u64,
    /// Heads that somebody holds and that the chain does not pass through
    pub missed: Vec<Head>,
    /// The workspace's random name
    pub workspace: String,
}

/// Walks the chain of a casebook or of an export of it: numbers, links and the heads that others hold.
pub(super) struct Walk<'a> {
    pub(super) head: Head,
    pub(super) events: u64,
    pub(super) findings: u64,
    known: BTreeMap<i64, Vec<Fingerprint>>,
    pub(super) missed: Vec<Head>,
    each: &'a mut dyn FnMut(Finding),
}

impl<'a> Walk<'a> {
    pub(super) fn new(heads: impl IntoIterator<Item = Head>, each: &'a mut dyn FnMut(Finding)) -> Self {
        let mut known: BTreeMap<i64, Vec<Fingerprint>> = BTreeMap::new();
        for head in heads {
            known.entry(head.number).or_default().push(head.hash);
        }
        Self { head: Head::genesis(), events: 0, findings: 0, known, missed: Vec::new(), each }
    }

    pub(super) fn find(&mut self, finding: Finding) {
        self.findings += 1;
        (self.each)(finding);
    }

    /// Takes the next event's link. After a wrong one it goes on from what is stored, so that one edit is one finding.
    pub(super) fn step(&mut self, number: i64, header: &[u8], body_sha256: &[u8], hash: &[u8]) {
        let expected = self.head.number + 1;
        if number != expected {
            self.find(Finding::event("gap", expected));
        }
        let linked = match <&[u8; 32]>::try_from(body_sha256) {
            Ok(digest) => chain::link(self.head.hash.bytes(), header, digest) == hash,
            Err(_) => false,
        };
        if !linked {
            self.find(Finding::event("hash_wrong", number));
        }
        let hash = Fingerprint::new(hash.try_into().unwrap_or(chain::GENESIS));
        self.head = Head { number, hash };
        self.events += 1;
        let others = self.known.remove(&number).into_iter().flatten().filter(|known| *known != hash);
        let missed = self.missed.len();
        self.missed.extend(others.map(|hash| Head { number, hash }));
        if self.missed.len() > missed {
            self.find(Finding::event("head_differs", number));
        }
    }

    pub(super) fn end(&mut self) {
        let last = self.head.number;
        let unmet = std::mem::take(&mut self.known).into_iter().filter(|(number, _)| *number > 0);
        for (number, hashes) in unmet {
            self.missed.extend(hashes.into_iter().map(|hash| Head { number, hash }));
        }
        // one that is missing in between is a gap
        if let Some(beyond) = self.missed.last().map(|head| head.number).filter(|number| *number > last) {
            self.find(Finding::event("truncated", beyond));
        }
    }
}

impl Casebook {
    /// Checks everything that can be checked, against the end remembered in the key folder and against `known`, heads
    /// that somebody else holds. Each finding goes to `each`.
    pub fn verify(
        &mut self,
        now: Timestamp,
        known: impl IntoIterator<Item = Head>,
        each: &mut dyn FnMut(Finding),
    ) -> Result<Verified, CasebookError> {
        self.verify_watched(now, known, each, &mut |_| {}, &mut |_| {})
    }

    /// The same, showing every event to `see` and telling how far it is.
    pub fn verify_watched(
        &mut self,
        now: Timestamp,
        known: impl IntoIterator<Item = Head>,
        each: &mut dyn FnMut(Finding),
        see: &mut dyn FnMut(&Recorded),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Verified, CasebookError> {
        self.quiet(now, |book| book.verify_quietly(known, each, see, progress))
    }

    fn verify_quietly(
        &self,
        known: impl IntoIterator<Item = Head>,
        each: &mut dyn FnMut(Finding),
        see: &mut dyn FnMut(&Recorded),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Verified, CasebookError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let remembered = self.keys.known_head(&self.workspace)?;
        let mut walk = Walk::new(known.into_iter().chain(remembered), each);
        if remembered.is_none() {
            walk.find(Finding { code: "head_unknown", event: None, table: None, row: None });
        }
        check_file(&snapshot, &mut walk)?;
        let mut scratch = connection::scratch()?;
        let rebuilt = scratch.transaction()?;
        let mut seals = Seals::default();
        let wrapping = self.wrapping_of_today(&mut walk)?;
        self.walk_events((&rebuilt, &wrapping), &mut walk, &mut seals, see, progress)?;
        seals.end(&mut walk);
        walk.end();
        check_work_lists(&snapshot, &rebuilt, &seals, &mut walk)?;
        for (table, key) in projection::TABLES {
            compare(&snapshot, &rebuilt, table, key, &mut walk)?;
        }
        let Walk { head, events, findings, missed, .. } = walk;
        let (bodies, destroyed, workspace) = (seals.opened, seals.destroyed, self.workspace.clone());
        Ok(Verified { head, events, bodies, destroyed, findings, missed, workspace })
    }

    fn walk_events(
        &self,
        (rebuilt, wrapping): (&Connection, &Wrapping),
        walk: &mut Walk<'_>,
        seals: &mut Seals,
        see: &mut dyn FnMut(&Recorded),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), CasebookError> {
        let all = u64::try_from(self.head()?.number).unwrap_or(0);
        let sql = format!("SELECT {} FROM events ORDER BY number", Stored::COLUMNS);
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut last_at = None;
        while let Some(row) = rows.next()? {
            let stored = Stored::read(row)?;
            if walk.events.is_multiple_of(STEP) {
                progress(Progress::part(Doing::Checking, walk.events, all));
            }
            let previous = walk.head.hash;
            walk.step(stored.number, &stored.header, &stored.body_sha256, &stored.hash);
            let Some(header) = Header::decode(&stored.header) else {
                walk.find(Finding::event("event_unreadable", stored.number));
                continue;
            };
            self.check_header(&header, &stored, walk);
            if last_at.is_some_and(|last| header.at < last) && !header.event.sets_the_clock() {
                walk.find(Finding::event("clock_went_back", stored.number));
            }
            last_at = Some(header.at);
            let body = self.check_body(&header, &stored, walk, seals)?;
            let recorded = events::recorded(header, body, previous, walk.head.hash);
            see(&recorded);
            if projection::apply(rebuilt, &recorded, wrapping).is_err() {
                walk.find(Finding::event("event_illegal", recorded.number));
            }
            if let Event::KeyReplaced { by, bodies, sealed, .. } = recorded.event {
                seals.recorded.insert(by, (recorded.number, bodies, sealed));
            }
            if let Event::KeyReplaced { key, .. } | Event::TagKeyReplaced { key, .. } = recorded.event
                && self.keys.is_there(key)
            {
                walk.find(Finding::event("key_not_destroyed", recorded.number));
            }
        }
        progress(Progress::part(Doing::Checking, walk.events, all.max(walk.events)));
        Ok(())
    }

    fn check_header(&self, header: &Header, stored: &Stored, walk: &mut Walk<'_>) {
        if header.number != stored.number {
            walk.find(Finding::event("event_renumbered", stored.number));
        }
        if header.workspace != self.workspace {
            walk.find(Finding::event("event_foreign", stored.number));
        }
        if header.about.to_string() != stored.about {
            walk.find(Finding::event("about_changed", stored.number));
        }
    }

    fn check_body(
        &self,
        header: &Header,
        stored: &Stored,
        walk: &mut Walk<'_>,
        seals: &mut Seals,
    ) -> Result<Option<Body>, CasebookError> {
        let number = stored.number;
        let Some((key, nonce)) = &header.seal else {
            if stored.body.is_some() || stored.body_sha256 != chain::body_digest(None) {
                walk.find(Finding::event("body_unexpected", number));
            }
            return Ok(None);
        };
        let by = match again::successor(&self.connection, *key) {
            Err(CasebookError::Row(_)) => None, // somebody wrote it there by hand, which the comparison tells
            found => found?,
        };
        match (&stored.body, by) {
            (Some(body), Some(by)) => seals.again.entry(by).or_default().add(number, body),
            (Some(body), None) if stored.body_sha256 != chain::body_digest(Some(body)) => {
                walk.find(Finding::event("body_changed", number));
                return Ok(None);
            }
            _ => {}
        }
        let destroyed = self.is_destroyed(*key)?;
        match (self.keys.load(by.unwrap_or(*key)), &stored.body) {
            (Ok(_), _) if destroyed => walk.find(Finding::event("key_not_destroyed", number)),
            (Ok(secret), Some(body)) => {
                let again = by.is_some();
                match open(&secret, again, nonce, stored, body).map(|plain| serde_json::from_slice(&plain)) {
                    Ok(Ok(body)) => {
                        seals.opened += 1;
                        return Ok(Some(body));
                    }
                    Ok(Err(_)) => walk.find(Finding::event("body_unreadable", number)),
                    Err(code) => walk.find(Finding::event(code, number)),
                }
            }
            (Ok(_), None) => walk.find(Finding::event("body_missing", number)),
            (Err(_), _) if destroyed => seals.destroyed += 1,
            (Err(CasebookError::KeyMissing(_)), _) => walk.find(Finding::event("key_missing", number)),
            (Err(_), _) => walk.find(Finding::event("key_damaged", number)),
        }
        Ok(None)
    }

    /// What makes the table's tags; without its key they are not those of the bodies.
    fn wrapping_of_today(&self, walk: &mut Walk<'_>) -> Result<Wrapping, CasebookError> {
        let missing = match self.wrapping() {
            Ok(wrapping) => return Ok(wrapping),
            Err(CasebookError::Row(_)) => return Ok(Wrapping::none()), // which the comparison tells
            Err(CasebookError::KeyMissing(_)) => "key_missing",
            Err(CasebookError::KeyDamaged(_) | CasebookError::KeysExposed(..)) => "key_damaged",
            Err(error) => return Err(error),
        };
        let key = tagging::current(&self.connection)?.map(|key| key.to_string());
        walk.find(Finding::table(missing, "keys", key));
        Ok(Wrapping::none())
    }

    fn is_destroyed(&self, key: KeyId) -> Result<bool, CasebookError> {
        let destroyed: Option<bool> = self
            .connection
            .prepare_cached("SELECT destroyed IS NOT NULL FROM keys WHERE id = ?1")?
            .query_row([key.to_string()], |row| row.get(0))
            .optional()?;
        Ok(destroyed.unwrap_or(false))
    }
}

#[derive(Default)]
struct Seals {
    opened: u64,
    destroyed: u64,
    /// What is sealed once more, by the key of today
    again: BTreeMap<KeyId, Cover>,
    /// What was recorded of that, each with the event
    recorded: BTreeMap<KeyId, (i64, u64, Fingerprint)>,
}

impl Seals {
    /// Compares what is sealed once more with what was recorded: that needs no key.
    fn end(&mut self, walk: &mut Walk<'_>) {
        for (by, cover) in std::mem::take(&mut self.again) {
            match self.recorded.get(&by) {
                Some((event, bodies, sealed)) if cover.end() != (*bodies, *sealed) => {
                    walk.find(Finding::event("body_changed", *event));
                }
                _ => {} // of a successor that no event tells of, the table of keys says so
            }
        }
    }
}

/// Opens a body; or what is wrong with it.
fn open(
    secret: &SecretKey,
    again: bool,
    nonce: &[u8; NONCE],
    stored: &Stored,
    body: &[u8],
) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    if !again {
        return secret.open(nonce, &stored.header, body).ok_or("seal_wrong");
    }
    let inner = Inner::open(secret, &stored.header, body).ok_or("seal_wrong")?;
    if stored.body_sha256 != chain::body_digest(Some(&inner.sealed)) {
        return Err("body_changed");
    }
    inner.key.open(nonce, &stored.header, &inner.sealed).ok_or("seal_wrong")
}

/// The file itself: pages, indexes, and a schema that is ours and nothing else.
fn check_file(main: &Connection, walk: &mut Walk<'_>) -> Result<(), CasebookError> {
    let sound: Result<String, _> = main.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    if !sound.is_ok_and(|answer| answer == "ok") {
        walk.find(Finding { code: "file_damaged", event: None, table: None, row: None });
    }
    let schema = |connection: &Connection| -> rusqlite::Result<Vec<(String, String, Option<String>)>> {
        let sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name";
        connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    };
    if schema(main)? != schema(&connection::scratch()?)? {
        walk.find(Finding { code: "schema_changed", event: None, table: None, row: None });
    }
    Ok(())
}

fn check_work_lists(
    main: &Connection,
    rebuilt: &Connection,
    seals: &Seals,
    walk: &mut Walk<'_>,
) -> Result<(), CasebookError> {
    let sql = "SELECT i.number, i.windows, i.work, k.destroyed IS NOT NULL, k.replaced FROM intents i
               JOIN keys k ON k.id = i.key ORDER BY i.number";
    let mut statement = rebuilt.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (intent, windows, work, destroyed): (i64, i64, String, bool) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let by: Option<String> = row.get(4)?;
        let again = by.and_then(|by| seals.recorded.get(&by.parse::<KeyId>().ok()?));
        let work = again.map_or(work, |(_, _, sealed)| sealed.to_string());
        let (found, digest) = work_list::digest(main, intent)?;
        let whole = found == windows && digest.to_string() == work;
        let tidied = destroyed && found == 0;
        if !whole && !tidied {
            walk.find(Finding::table("work_list_changed", "intent_windows", Some(intent.to_string())));
        }
    }
    let mut statement = main.prepare("SELECT DISTINCT intent FROM intent_windows ORDER BY intent")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let intent: i64 = row.get(0)?;
        let mut known = rebuilt.prepare_cached("SELECT 1 FROM intents WHERE number = ?1")?;
        if !known.exists([intent])? {
            walk.find(Finding::table("work_list_unknown", "intent_windows", Some(intent.to_string())));
        }
    }
    Ok(())
}

/// Compares a projection with the one computed from the events, row by row.
fn compare(
    main: &Connection,
    rebuilt: &Connection,
    table: &'static str,
    key: &str,
    walk: &mut Walk<'_>,
) -> Result<(), CasebookError> {
    let keys = key.split(", ").count();
    let sql = format!("SELECT {key}, * FROM {table} ORDER BY {key}");
    let (mut main, mut rebuilt) = (main.prepare(&sql)?, rebuilt.prepare(&sql)?);
    let (mut main, mut rebuilt) = (main.query([])?, rebuilt.query([])?);
    let (mut have, mut want) = (next(&mut main)?, next(&mut rebuilt)?);
    loop {
        let order = match (&have, &want) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(have), Some(want)) => order(&have[..keys], &want[..keys]),
        };
        let (code, row) = match order {
            Ordering::Equal if have == want => (None, None),
            Ordering::Equal => (Some("row_changed"), label(table, want.as_deref())),
            Ordering::Less => (Some("row_added"), label(table, have.as_deref())),
            Ordering::Greater => (Some("row_missing"), label(table, want.as_deref())),
        };
        if let Some(code) = code {
            walk.find(Finding::table(code, table, row));
        }
        if order != Ordering::Greater {
            have = next(&mut main)?;
        }
        if order != Ordering::Less {
            want = next(&mut rebuilt)?;
        }
    }
}

fn next(rows: &mut Rows<'_>) -> Result<Option<Vec<Value>>, CasebookError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let columns = row.as_ref().column_count();
    Ok(Some((0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?))
}

/// The order SQLite sorts keys in: numbers, texts by their bytes, bytes.
fn order(left: &[Value], right: &[Value]) -> Ordering {
    fn one(left: &Value, right: &Value) -> Ordering {
        let rank = |value: &Value| match value {
            Value::Null => 0,
            Value::Integer(_) | Value::Real(_) => 1,
            Value::Text(_) => 2,
            Value::Blob(_) => 3,
        };
        match (left, right) {
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
            _ => rank(left).cmp(&rank(right)),
        }
    }
    left.iter().zip(right).map(|(left, right)| one(left, right)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// The row's number, where it is one of ours. Tags have none that may be shown.
fn label(table: &str, row: Option<&[Value]>) -> Option<String> {
    match row?.first()? {
        _ if table == "tags" => None,
        Value::Integer(number) => Some(number.to_string()),
        // a row that somebody made by hand can hold anything
        Value::Text(text) if text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            Some(text.clone())
        }
        _ => None,
    }
}
