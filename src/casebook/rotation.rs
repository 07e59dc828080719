//! Every key gets a successor, all of them in one transaction: after a crash either nothing happened, or it is on record
//! and the files of the keys that were replaced are what is left to be destroyed.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior, params};

use super::{
    Casebook, CasebookError, Head, KeyRow,
    again::{Cover, Inner, open_body, successor},
    events::{Happening, Stored, commit, head, write},
    header::Header,
    keys::KeyFolder,
    seal::{NONCE, SecretKey},
    tagging::{self, Wrapping},
    work_list,
};
use crate::case::{About, Body, Event, Fingerprint, KeyId, KeyPurpose, Recorded};

/// What replacing keys came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Bodies, and windows of work lists, that are sealed once more
    pub bodies: u64,
    /// Tags that were computed anew
    pub tags: u64,
    /// Tags that could not be, because the key of their body is lost
    pub dropped: u64,
}

impl KeyRow {
    /// Whether it is in use.
    #[must_use]
    pub fn is_living(&self) -> bool {
        self.destroyed.is_none() && self.replaced.is_none()
    }

    /// Whether it can be replaced. What an undo key seals lies in files of its own, and not for long.
    #[must_use]
    pub fn is_replaceable(&self) -> bool {
        self.is_living() && self.purpose != KeyPurpose::Undo.word()
    }

    fn computes_tags(&self) -> bool {
        self.purpose == KeyPurpose::Tags.word()
    }
}

impl Casebook {
    /// Gives a successor to those of these keys that can be replaced. Their files go with [`Casebook::remove_keys`].
    pub fn replace_keys(&mut self, now: Timestamp, actor: &str, keys: &[KeyId]) -> Result<Replaced, CasebookError> {
        self.with_lock(now, |book| {
            let mut rows = book.key_rows()?;
            rows.retain(|row| keys.contains(&row.id) && row.is_replaceable());
            // the first tag key is sealed under the workspace's new key
            rows.sort_by_key(|row| (row.computes_tags(), row.purpose != KeyPurpose::Workspace.word()));
            let transaction = book.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let last = head(&transaction)?;
            book.keys.require_not_ahead(&book.workspace, &last)?;
            let mut rotation = Rotation {
                connection: &transaction,
                workspace: &book.workspace,
                keys: &book.keys,
                random: &mut *book.random,
                now,
                actor,
                last,
                patience: book.lock.patience(),
                recorded: None,
                made: Vec::new(),
                replaced: Replaced::default(),
            };
            let done = rows.iter().try_for_each(|row| rotation.replace(row));
            let Rotation { recorded, made, replaced, .. } = rotation;
            if let Err(error) = done {
                drop(transaction);
                for key in made {
                    book.keys.destroy(key)?; // nothing takes place, so nothing is sealed under them
                }
                return Err(error);
            }
            if let Some(recorded) = recorded {
                commit(transaction, &book.keys, &book.workspace, &recorded)?;
            }
            Ok(replaced)
        })
    }
}

/// How far it has come.
struct Rotation<'a> {
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
    /// Keys that were made
    made: Vec<KeyId>,
    replaced: Replaced,
}

impl Rotation<'_> {
    fn replace(&mut self, row: &KeyRow) -> Result<(), CasebookError> {
        let old = self.keys.load(row.id)?;
        let (by, secret) = self.keys.make(self.random)?;
        self.made.push(by);
        if row.computes_tags() {
            return self.replace_tag_key(row.id, &old, by, secret);
        }
        let (bodies, sealed) = if row.purpose == KeyPurpose::Intent.word() {
            self.seal_work_again(row.id, &old, &secret)?
        } else {
            self.seal_again(row, &old, &secret)?.end()
        };
        self.replaced.bodies += bodies;
        self.record(Event::KeyReplaced { key: row.id, by, bodies, sealed }, None)
    }

    fn replace_tag_key(
        &mut self,
        key: KeyId,
        old: &SecretKey,
        by: KeyId,
        secret: SecretKey,
    ) -> Result<(), CasebookError> {
        let is_first = tagging::current(self.connection)?.is_none();
        self.compute_tags_anew(&Wrapping::under(secret))?;
        let Replaced { tags, dropped, .. } = self.replaced;
        let body = is_first.then(|| tagging::remember(old));
        self.record(Event::TagKeyReplaced { key, by, tags, dropped }, body.as_ref())
    }

    fn seal_work_again(
        &mut self,
        key: KeyId,
        old: &SecretKey,
        by: &SecretKey,
    ) -> Result<(u64, Fingerprint), CasebookError> {
        let intent = work_list::under(self.connection, key)?.ok_or(CasebookError::Row("keys"))?;
        let place = (self.connection, self.workspace);
        let (windows, sealed) = work_list::seal_again(place, intent, old, by, self.random)?;
        Ok((windows.unsigned_abs(), sealed))
    }

    /// Seals once more all that is sealed under `old`, or was under those in whose place it came.
    fn seal_again(&mut self, row: &KeyRow, old: &SecretKey, by: &SecretKey) -> Result<Cover, CasebookError> {
        let connection = self.connection;
        let mut cover = Cover::default();
        let sql = "SELECT number FROM events WHERE about = ?1 AND body IS NOT NULL ORDER BY number";
        let numbers: Vec<i64> = connection
            .prepare_cached(sql)?
            .query_map([row.about.to_string()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for number in numbers {
            let (stored, header) = self.event(number)?;
            let (Some((key, _)), Some(body)) = (header.seal, stored.body) else { continue };
            let inner = if key == row.id {
                Inner::under(old, body)
            } else if successor(connection, key)? == Some(row.id) {
                Inner::open(old, &stored.header, &body).ok_or(CasebookError::Sealed(row.id))?
            } else {
                continue;
            };
            let mut nonce = [0; NONCE];
            (self.random)(&mut nonce);
            let body = inner.seal(by, &nonce, &stored.header).ok_or(CasebookError::TooLarge)?;
            cover.add(number, &body);
            connection
                .prepare_cached("UPDATE events SET body = ?2 WHERE number = ?1")?
                .execute(params![number, body])?;
        }
        Ok(cover)
    }

    /// Puts in the place of every tag in the table the one under the new key, by what the bodies say.
    fn compute_tags_anew(&mut self, wrapping: &Wrapping) -> Result<(), CasebookError> {
        let connection = self.connection;
        let sql = "SELECT event, purpose, subject, key, count(*) FROM tags GROUP BY event, purpose, subject, key";
        let tagged: Vec<(i64, String, String, String, u32)> = connection
            .prepare_cached(sql)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
            .collect::<Result<_, _>>()?;
        connection.prepare_cached("DELETE FROM tags")?.execute([])?;
        for (event, purpose, subject, key, tags) in tagged {
            let (stored, header) = self.event(event)?;
            let Some(body) = open_body(connection, self.keys, &header, &stored)?.0 else {
                self.replaced.dropped += u64::from(tags);
                continue;
            };
            for tag in &body.tags {
                let tag = wrapping.wrap(tag);
                let sql = "INSERT OR IGNORE INTO tags (purpose, tag, subject, event, key) VALUES (?1, ?2, ?3, ?4, ?5)";
                let row = params![purpose, tag.bytes(), subject, event, key];
                self.replaced.tags += connection.prepare_cached(sql)?.execute(row)? as u64;
            }
        }
        Ok(())
    }

    fn event(&self, number: i64) -> Result<(Stored, Header), CasebookError> {
        let sql = format!("SELECT {} FROM events WHERE number = ?1", Stored::COLUMNS);
        let stored = self.connection.prepare_cached(&sql)?.query_row([number], Stored::read)?;
        let header = Header::decode(&stored.header).ok_or(CasebookError::Event(number))?;
        Ok((stored, header))
    }

    fn record(&mut self, event: Event, body: Option<&Body>) -> Result<(), CasebookError> {
        let happening = Happening { now: self.now, actor: self.actor, about: About::Workspace, event, body };
        let recorded =
            write(self.connection, self.workspace, self.keys, self.random, (&self.last, self.patience), happening)?;
        self.last = Head { number: recorded.number, hash: recorded.hash };
        self.recorded = Some(recorded);
        Ok(())
    }
}
