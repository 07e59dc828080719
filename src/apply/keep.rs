//! Keeps, where a change can be undone for a time, what it replaces and removes: every planned row as it was before and
//! as the change left it, read in the very transaction. What triggers filled in meanwhile is their own and not kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use crate::{
    casebook::{CasebookError, Vault, VaultWriter},
    data_map::classified::{Classified, Standing, Table, TableId},
    database::{Transaction, whole_rows},
    error::Error,
    kept,
    plan::{IMAGES, Image, ImageRecord},
    refusal::Refusal,
    value::{Key, Value},
};

/// The rows as they were, until it is known what became of them.
const FIRST: &str = "first";

/// Rows, and bytes of rows, that are looked at again at once.
const WINDOW: (usize, usize) = (512, 1 << 20);

/// Keeps rows while they are changed.
pub(super) struct Keeper<'v> {
    vault: &'v Vault,
    first: VaultWriter<'v>,
    /// Kept rows that stayed, by what named them before and what names them since
    seen: HashSet<[u8; 16]>,
    /// … and of those the ones that went later
    gone: HashSet<[u8; 16]>,
}

/// A row on its way into a change: what names it now, and what names it afterwards.
pub(super) struct Changing {
    pub(super) key: Key,
    pub(super) then: Key,
}

/// A row as it was.
struct Before {
    table: TableId,
    key: Key,
    then: Key,
    stays: bool,
    cells: Vec<Value>,
    wrote: Vec<usize>,
}

/// Reads the rows of `keys`, whole.
fn read(
    held: &Table,
    keys: impl Iterator<Item = Key>,
    transaction: &mut dyn Transaction,
    each: &mut dyn FnMut(Key, Vec<Value>) -> Result<(), Error>,
) -> Result<(), Error> {
    whole_rows(held, keys, transaction, &mut |key, cells| {
        each(key, cells.ok_or_else(|| Refusal::CannotKeep(held.name.to_string()))?)
    })
}

impl<'v> Keeper<'v> {
    pub(super) fn new(vault: &'v Vault) -> Result<Self, Error> {
        Ok(Self { vault, first: vault.write(FIRST)?, seen: HashSet::new(), gone: HashSet::new() })
    }

    /// Keeps rows as they are, before the first statement that changes them: it writes these cells, or takes the rows
    /// away. Only a row that stays can be changed again.
    pub(super) fn keep(
        &mut self,
        (table, held): (TableId, &Table),
        rows: Vec<Changing>,
        wrote: Option<&[usize]>,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Error> {
        let stays = wrote.is_some();
        let mut fresh: HashMap<Key, Key> = HashMap::with_capacity(rows.len());
        for Changing { key, then } in rows {
            let name = name_of(table, &key);
            if !self.seen.contains(&name) {
                fresh.insert(key, then);
            } else if !stays {
                self.gone.insert(name);
            }
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = fresh.keys().cloned().collect();
        read(held, keys.into_iter(), transaction, &mut |key, cells| {
            let Some(then) = fresh.remove(&key) else { return Ok(()) };
            if stays {
                self.seen.extend([name_of(table, &key), name_of(table, &then)]);
            }
            Ok(self
                .first
                .push(&Before { table, key, then, stays, cells, wrote: wrote.unwrap_or_default().to_vec() }.encode())?)
        })
    }

    /// Writes down what became of the rows, after all statements. Returns how many are kept.
    pub(super) fn finish(self, map: &Classified, transaction: &mut dyn Transaction) -> Result<u64, Error> {
        let Self { vault, first, gone, .. } = self;
        first.finish()?;
        let mut reader = vault.read(FIRST)?;
        let mut images = Images { map, gone, out: vault.write(IMAGES)?, tables: BTreeMap::new(), rows: 0 };
        let (mut window, mut bytes) = (Vec::<Before>::new(), 0);
        while let Some(record) = reader.read()? {
            let before = Before::decode(record).ok_or(CasebookError::Vault(vault.intent()))?;
            let another = window.first().is_some_and(|first| first.table != before.table);
            if another || window.len() >= WINDOW.0 || bytes >= WINDOW.1 {
                images.write(std::mem::take(&mut window), transaction)?;
                bytes = 0;
            }
            bytes += record.len();
            window.push(before);
        }
        images.write(window, transaction)?;
        let Images { out, rows, .. } = images;
        out.finish()?;
        drop(reader);
        vault.remove(FIRST)?;
        if rows > 0 {
            kept::write_down(vault, map, transaction)?;
        }
        Ok(rows)
    }
}

/// What is kept, on its way into the vault.
struct Images<'a> {
    map: &'a Classified,
    gone: HashSet<[u8; 16]>,
    out: VaultWriter<'a>,
    /// Their places among those named
    tables: BTreeMap<TableId, usize>,
    rows: u64,
}

impl Images<'_> {
    /// The place of a table among those named; it is named before its first row.
    fn place_of(&mut self, table: TableId, held: &Table) -> Result<usize, Error> {
        if let Some(known) = self.tables.get(&table) {
            return Ok(*known);
        }
        let columns = held.written_columns().into_iter().map(|at| held.columns[at].name.clone()).collect();
        self.out.push(&ImageRecord::Table { name: held.name.to_string(), columns }.encode())?;
        let place = self.tables.len();
        self.tables.insert(table, place);
        Ok(place)
    }

    fn write(&mut self, window: Vec<Before>, transaction: &mut dyn Transaction) -> Result<(), Error> {
        let Some(table) = window.first().map(|first| first.table) else { return Ok(()) };
        let held = &self.map.tables[table];
        let place = self.place_of(table, held)?;
        let mut now: HashMap<Key, Vec<Value>> = HashMap::new();
        read(held, window.iter().map(|before| before.then.clone()), transaction, &mut |key, cells| {
            now.insert(key, cells);
            Ok(())
        })?;
        for Before { key, then, stays, cells: before, wrote, .. } in window {
            let after = now.remove(&then);
            let lost = || Refusal::CannotKeep(held.name.to_string());
            if after.is_none() && stays && !self.gone.contains(&name_of(table, &then)) {
                return Err(lost().into()); // the engine made another key of what was written
            }
            // of an index that holds no text of its own nothing comes back
            if matches!(held.standing, Standing::CopyOf(_)) && before.iter().all(Value::is_null) {
                return Err(lost().into());
            }
            if after.as_ref().is_some_and(|after| then == key && *after == before) {
                continue;
            }
            let after = after.map(|after| (then, after));
            self.out.push(&ImageRecord::Row(Image { table: place, key, before, after, wrote }).encode())?;
            self.rows += 1;
        }
        Ok(())
    }
}

impl Before {
    fn encode(&self) -> Vec<u8> {
        let mut out = (self.table as u64).to_be_bytes().to_vec();
        out.push(u8::from(self.stays));
        self.key.encode(&mut out);
        self.then.encode(&mut out);
        Key(self.cells.clone()).encode(&mut out);
        out.extend(self.wrote.iter().flat_map(|at| (*at as u64).to_be_bytes()));
        out
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let (table, rest) = bytes.split_first_chunk::<8>()?;
        let (stays, rest) = rest.split_first()?;
        bytes = rest;
        let decoded = Self {
            table: usize::try_from(u64::from_be_bytes(*table)).ok()?,
            stays: *stays == 1,
            key: Key::decode(&mut bytes)?,
            then: Key::decode(&mut bytes)?,
            cells: Key::decode(&mut bytes)?.0,
            wrote: Vec::new(),
        };
        let places = bytes.chunks(8).map(|at| usize::try_from(u64::from_be_bytes(at.try_into().ok()?)).ok());
        Some(Self { wrote: places.collect::<Option<_>>()?, ..decoded })
    }
}

/// Stands for a row in memory, in sixteen bytes whatever its key.
fn name_of(table: TableId, key: &Key) -> [u8; 16] {
    let mut bytes = (table as u64).to_be_bytes().to_vec();
    key.encode(&mut bytes);
    let mut name = [0; 16];
    name.copy_from_slice(&Sha256::digest(&bytes)[..16]);
    name
}
