//! The work list of a change: records of the caller's making, sealed in windows of bounded size, so that writing and
//! reading take the same memory whatever the change's size.
//!
//! A window is bound to workspace, intent and position; the digest over all of them stands in the event
//! `intent_opened`, so that none can be changed, dropped or swapped.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{
    Casebook, CasebookError, Head,
    again::Inner,
    events,
    events::Happening,
    registers::Intent,
    seal::{NONCE, SecretKey},
};
use crate::case::{About, Event, FailurePoint, Fingerprint, KeyId, Recorded};

/// A window is sealed when it has grown to this many bytes.
const WINDOW: usize = 64 * 1024;

/// The largest record: a row image with a long text in it.
const LARGEST: usize = 1 << 30;

/// Which change a work list is for.
#[derive(Debug, Clone)]
pub struct Change {
    /// The case or purge
    pub about: About,
    /// The identity of the database
    pub database: String,
    /// The plan's digest
    pub plan: Fingerprint,
    /// What is on record with the intent, before it, or not at all
    pub foretold: Option<Event>,
}

/// Takes the records of a work list, one after the other.
pub struct WorkWriter<'a> {
    connection: &'a Connection,
    random: &'a mut dyn FnMut(&mut [u8]),
    key: &'a SecretKey,
    workspace: &'a str,
    intent: i64,
    position: i64,
    window: Zeroizing<Vec<u8>>,
    digest: Sha256,
}

impl WorkWriter<'_> {
    /// The intent's number, which the mark in the user database will carry.
    #[must_use]
    pub fn intent(&self) -> i64 {
        self.intent
    }

    /// Adds a record.
    pub fn push(&mut self, record: &[u8]) -> Result<(), CasebookError> {
        if record.len() > LARGEST {
            return Err(CasebookError::RecordTooLarge(LARGEST));
        }
        let length = u32::try_from(record.len()).map_err(|_| CasebookError::TooLarge)?;
        self.window.extend_from_slice(&length.to_be_bytes());
        self.window.extend_from_slice(record);
        if self.window.len() >= WINDOW { self.seal() } else { Ok(()) }
    }

    fn seal(&mut self) -> Result<(), CasebookError> {
        let mut nonce = [0; NONCE];
        (self.random)(&mut nonce);
        self.position += 1;
        let context = context(self.workspace, self.intent, self.position);
        let sealed = self.key.seal(&nonce, &context, &self.window).ok_or(CasebookError::TooLarge)?;
        cover(&mut self.digest, &nonce, &sealed);
        self.connection
            .prepare_cached("INSERT INTO intent_windows (intent, position, nonce, sealed) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.intent, self.position, nonce, sealed])?;
        self.window.zeroize();
        Ok(())
    }
}

fn context(workspace: &str, intent: i64, position: i64) -> Vec<u8> {
    let mut context = b"droit.work/1".to_vec();
    context.extend_from_slice(&(workspace.len() as u64).to_be_bytes());
    context.extend_from_slice(workspace.as_bytes());
    context.extend_from_slice(&intent.to_be_bytes());
    context.extend_from_slice(&position.to_be_bytes());
    context
}

fn cover(digest: &mut Sha256, nonce: &[u8], sealed: &[u8]) {
    digest.update(nonce);
    digest.update((sealed.len() as u64).to_be_bytes());
    digest.update(sealed);
}

/// The digest over the sealed windows of an intent, and how many there are; needs no key.
pub(super) fn digest(connection: &Connection, intent: i64) -> Result<(i64, Fingerprint), CasebookError> {
    let sql = "SELECT nonce, sealed FROM intent_windows WHERE intent = ?1 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([intent])?;
    let (mut digest, mut windows) = (Sha256::new(), 0);
    while let Some(row) = rows.next()? {
        cover(
            &mut digest,
            row.get_ref(0)?.as_blob().unwrap_or_default(),
            row.get_ref(1)?.as_blob().unwrap_or_default(),
        );
        windows += 1;
    }
    Ok((windows, Fingerprint::new(digest.finalize().into())))
}

/// The intent whose work list is sealed under `key` today, and whether that came in the place of another.
pub(super) fn under(connection: &Connection, key: KeyId) -> Result<Option<(i64, bool)>, CasebookError> {
    let sql = "SELECT intents.number, keys.replaced IS NOT NULL FROM intents JOIN keys ON keys.id = intents.key
               WHERE coalesce(keys.replaced, keys.id) = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([key.to_string()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Seals the windows of an intent once more under `by`; until now they were under `old`. How many there are, and the
/// digest over them.
pub(super) fn seal_again(
    (connection, workspace): (&Connection, &str),
    (intent, again): (i64, bool),
    old: &SecretKey,
    by: &SecretKey,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<(i64, Fingerprint), CasebookError> {
    let damaged = || CasebookError::WorkList(intent);
    let (windows, _) = digest(connection, intent)?;
    for position in 1..=windows {
        let (_, sealed) = window(connection, intent, position)?;
        let context = context(workspace, intent, position);
        let inner =
            if again { Inner::open(old, &context, &sealed).ok_or_else(damaged)? } else { Inner::under(old, sealed) };
        let mut nonce = [0; NONCE];
        random(&mut nonce);
        let sealed = inner.seal(by, &nonce, &context).ok_or(CasebookError::TooLarge)?;
        connection
            .prepare_cached("UPDATE intent_windows SET sealed = ?3 WHERE intent = ?1 AND position = ?2")?
            .execute(params![intent, position, sealed])?;
    }
    digest(connection, intent)
}

fn window(connection: &Connection, intent: i64, position: i64) -> Result<([u8; NONCE], Vec<u8>), CasebookError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = connection
        .prepare_cached("SELECT nonce, sealed FROM intent_windows WHERE intent = ?1 AND position = ?2")
        .and_then(|mut s| s.query_row([intent, position], |row| Ok((row.get(0)?, row.get(1)?))).optional())?;
    let (nonce, sealed) = row.ok_or(CasebookError::WorkList(intent))?;
    Ok((nonce.try_into().map_err(|_| CasebookError::WorkList(intent))?, sealed))
}

/// A window as it was sealed first, with its key.
struct Window {
    nonce: [u8; NONCE],
    inner: Inner,
    context: Vec<u8>,
}

impl Casebook {
    /// Opens an intent: `list` writes the work list, and with it the event goes on record, all in one transaction. An
    /// error of `list` leaves nothing behind.
    pub fn open_intent<E: From<CasebookError>>(
        &mut self,
        now: Timestamp,
        actor: &str,
        change: Change,
        list: impl FnOnce(&mut WorkWriter<'_>) -> Result<(), E>,
    ) -> Result<(i64, Recorded), E> {
        self.with_lock(now, |book| {
            book.require_settled()?;
            let intent = book.last_intent()? + 1;
            let (key, secret) = book.keys.make(&mut *book.random)?;
            let opened = book.write_intent(now, actor, change, intent, (key, &secret), list);
            if opened.is_err() && book.intent(intent)?.is_none() {
                book.keys.destroy(key)?; // the intent is not on record, so nothing is sealed under it
            }
            opened.map(|recorded| (intent, recorded))
        })
    }

    fn write_intent<E: From<CasebookError>>(
        &mut self,
        now: Timestamp,
        actor: &str,
        change: Change,
        intent: i64,
        (key, secret): (KeyId, &SecretKey),
        list: impl FnOnce(&mut WorkWriter<'_>) -> Result<(), E>,
    ) -> Result<Recorded, E> {
        let patience = self.lock.patience();
        let fail_before = self.fail_at == Some(FailurePoint::BeforeIntent);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(CasebookError::from)?;
        let before = events::head(&transaction)?;
        self.keys.require_not_ahead(&self.workspace, &before)?;
        let mut writer = WorkWriter {
            connection: &transaction,
            random: &mut *self.random,
            key: secret,
            workspace: &self.workspace,
            intent,
            position: 0,
            window: Zeroizing::new(Vec::with_capacity(WINDOW)),
            digest: Sha256::new(),
        };
        list(&mut writer)?;
        if !writer.window.is_empty() {
            writer.seal()?;
        }
        let (windows, work) = (writer.position, Fingerprint::new(writer.digest.finalize().into()));
        if fail_before {
            return Err(CasebookError::Interrupted(FailurePoint::BeforeIntent).into());
        }
        let Change { about, database, plan, foretold } = change;
        let opened = Event::IntentOpened { intent, plan, database, key, windows, work };
        let mut write = |event: Event, before: &Head| {
            let happening = Happening { now, actor, about, event, body: None };
            let (workspace, keys) = (&self.workspace, &self.keys);
            events::write(&transaction, workspace, keys, &mut *self.random, (before, patience), happening)
        };
        let mut before = before;
        if let Some(event) = foretold {
            let recorded = write(event, &before)?;
            before = Head { number: recorded.number, hash: recorded.hash };
        }
        let recorded = write(opened, &before)?;
        events::commit(transaction, &self.keys, &self.workspace, &recorded)?;
        Ok(recorded)
    }

    /// Hands the records of an intent's work list to `each`, in order, window by window. The whole list is compared with
    /// what was recorded before the first record is handed out.
    pub fn read_work<E: From<CasebookError>>(
        &self,
        intent: &Intent,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = || CasebookError::WorkList(intent.number);
        let (windows, work) = digest(&self.connection, intent.number)?;
        if windows != intent.windows {
            return Err(damaged().into());
        }
        let again = self.is_sealed_again(intent)?;
        if !again && work != intent.work {
            return Err(damaged().into());
        }
        let key = self.keys.load(intent.key)?;
        if again && self.first_digest(intent, &key)? != intent.work {
            return Err(damaged().into());
        }
        for position in 1..=intent.windows {
            let Window { nonce, inner, context } = self.window(intent, &key, again, position)?;
            let window = inner.key.open(&nonce, &context, &inner.sealed).ok_or(CasebookError::Sealed(intent.key))?;
            let mut rest: &[u8] = &window;
            while !rest.is_empty() {
                let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
                let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
                let (record, tail) = tail.split_at_checked(length).ok_or_else(damaged)?;
                each(record)?;
                rest = tail;
            }
        }
        Ok(())
    }

    fn is_sealed_again(&self, intent: &Intent) -> Result<bool, CasebookError> {
        let sql = "SELECT keys.replaced IS NOT NULL FROM intents JOIN keys ON keys.id = intents.key
                   WHERE intents.number = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([intent.number], |row| row.get(0))?)
    }

    /// The digest over the windows as they were sealed first.
    fn first_digest(&self, intent: &Intent, key: &SecretKey) -> Result<Fingerprint, CasebookError> {
        let mut digest = Sha256::new();
        for position in 1..=intent.windows {
            let Window { nonce, inner, .. } = self.window(intent, key, true, position)?;
            cover(&mut digest, &nonce, &inner.sealed);
        }
        Ok(Fingerprint::new(digest.finalize().into()))
    }

    fn window(&self, intent: &Intent, key: &SecretKey, again: bool, position: i64) -> Result<Window, CasebookError> {
        let (nonce, sealed) = window(&self.connection, intent.number, position)?;
        let context = context(&self.workspace, intent.number, position);
        let inner = if again {
            Inner::open(key, &context, &sealed).ok_or(CasebookError::Sealed(intent.key))?
        } else {
            Inner::under(key, sealed)
        };
        Ok(Window { nonce, inner, context })
    }
}
