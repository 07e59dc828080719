//! One look at every byte of a file: is it alive, is it zero if not, and is it somebody's?

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use zeroize::Zeroizing;

use super::hunt::{Hunt, Person};
use crate::database::{
    DatabaseError,
    sqlite::pages::{Encoding, Page, Payload, RecordReader, Role, Site, Visitor},
};

/// So many dirty places are remembered for one round of cleaning.
const SITES: usize = 1 << 17;

/// What was seen.
#[derive(Debug)]
pub(super) struct Look<'h> {
    hunt: &'h Hunt,
    encoding: Encoding,
    /// Whether values are looked for among dead bytes that are not zero: those that VACUUM wrote
    among_dirt: bool,
    /// Where dead bytes are not zero; not all of them when there are very many
    pub(super) sites: Vec<Site>,
    /// Pages with such bytes
    pub(super) dirty_pages: u64,
    /// Dead bytes, zero or not
    pub(super) dead: u64,
    /// Whether the page that is never used is not zero
    pub(super) lock_page: bool,
    /// Hits in live cells by table or index and value
    pub(super) live: BTreeMap<(usize, u32), u64>,
    /// Hits outside of live cells by value
    pub(super) elsewhere: BTreeMap<u32, u64>,
    /// Payloads that are no records
    pub(super) unread: u64,
    object: usize,
    record: RecordReader,
    /// The end of a payload so far, in which a value may begin
    carried: Zeroizing<Vec<u8>>,
}

impl<'h> Look<'h> {
    pub(super) fn new(hunt: &'h Hunt, encoding: Encoding, among_dirt: bool) -> Self {
        Self {
            hunt,
            encoding,
            among_dirt,
            sites: Vec::new(),
            dirty_pages: 0,
            dead: 0,
            lock_page: false,
            live: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            unread: 0,
            object: 0,
            record: RecordReader::default(),
            carried: Zeroizing::default(),
        }
    }

    /// There is another round when something is dirty, so values are not looked for any further in this one.
    fn searches(&self) -> bool {
        self.hunt.values() > 0 && (self.among_dirt || self.dirty_pages == 0)
    }

    fn search_page(&mut self, page: &Page<'_>) {
        let hunt = self.hunt;
        // the pointer to the next page is no part of what an overflow page holds
        let start = if matches!(page.role, Role::Overflow { .. }) { 4 } else { 0 };
        // where dead bytes are zero, what is found is alive: a form may begin or end with a zero beside it
        let clean = page.dead.dirt(page.bytes) == 0;
        let alive = |range: Range<usize>| page.object.filter(|_| clean || !page.dead.touches(&range));
        hunt.whole().find(&page.bytes[start..], &mut |at, pattern| {
            let at = start + at;
            let object = alive(at..at + hunt.whole().length(pattern));
            for value in hunt.values_of_whole(pattern) {
                match object {
                    Some(object) => *self.live.entry((object, value)).or_default() += 1,
                    None => *self.elsewhere.entry(value).or_default() += 1,
                }
            }
        });
    }

    /// Values that begin in one part of a payload and end in another.
    fn search_border(&mut self, piece: &[u8]) {
        let hunt = self.hunt;
        let reach = hunt.whole().longest().saturating_sub(1);
        let before = self.carried.len();
        self.carried.extend_from_slice(&piece[..piece.len().min(reach)]);
        hunt.whole().find(&self.carried, &mut |start, pattern| {
            if start < before && start + hunt.whole().length(pattern) > before {
                for value in hunt.values_of_whole(pattern) {
                    *self.live.entry((self.object, value)).or_default() += 1;
                }
            }
        });
        self.carried.truncate(before);
        self.carry(piece);
    }

    fn carry(&mut self, piece: &[u8]) {
        let reach = self.hunt.whole().longest().saturating_sub(1);
        self.carried.extend_from_slice(&piece[piece.len().saturating_sub(reach)..]);
        let cut = self.carried.len().saturating_sub(reach);
        self.carried.drain(..cut);
    }

    fn read_cells(&mut self, piece: &[u8]) {
        if !self.hunt.needs_cells() {
            return;
        }
        let (hunt, encoding, object, live) = (self.hunt, self.encoding, self.object, &mut self.live);
        self.record.feed(piece, &mut |_, column| {
            for value in hunt.cell(column, encoding) {
                *live.entry((object, *value)).or_default() += 1;
            }
        });
    }

    /// The person's values with a hit in `objects`.
    pub(super) fn values_in(&self, person: &Person, objects: impl Fn(usize) -> bool) -> BTreeSet<u32> {
        let hits = self.live.keys().filter(|(object, value)| person.has(*value) && objects(*object));
        hits.map(|(_, value)| *value).collect()
    }
}

impl Visitor for Look<'_> {
    fn page(&mut self, page: &Page<'_>) -> Result<(), DatabaseError> {
        self.dead += page.dead.bytes() as u64;
        if page.dead.dirt(page.bytes) > 0 {
            self.dirty_pages += 1;
            self.lock_page |= page.role == Role::LockPage;
            if self.sites.len() < SITES && page.role != Role::LockPage {
                self.sites.push(Site::of(page));
            }
        }
        if self.searches() {
            self.search_page(page);
        }
        Ok(())
    }

    fn payload(&mut self, payload: Payload<'_>) {
        if !self.searches() {
            return;
        }
        match payload {
            Payload::Begin { object, local, whole } => {
                self.object = object;
                self.record.begin();
                self.read_cells(local);
                self.carried.clear();
                if !whole {
                    self.carry(local);
                }
                self.unread += u64::from(whole && self.record.is_broken());
            }
            Payload::More(piece) => {
                self.read_cells(piece);
                self.search_border(piece);
            }
            Payload::End => self.unread += u64::from(self.record.is_broken()),
        }
    }
}
