//! Visits every page of a file by what leads to it, and knows what each byte is.
//!
//! Nothing that the file says is believed: a page that is used twice, by nothing, or otherwise than the pointer map says
//! is damage, and so the walk ends whatever the bytes are.

use super::{
    Damage, Layout, PageSource, Visitor,
    bitmap::Bitmap,
    list_page::{Overflow, Owner, Trunk, dead_of_map},
    objects::{Object, Reading},
    tree_page::{Cell, Kind, TreePage},
    visit::{Page, Payload, Role},
};
use crate::database::DatabaseError;

/// No b-tree of SQLite is deeper.
const DEEPEST: usize = 20;

/// So many pages of pointer maps are remembered.
const MAPS: usize = 32;

/// What a walk went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// The header
    pub layout: Layout,
    /// What has pages: the schema first, then tables and indexes in the order of the schema
    pub objects: Vec<Object>,
    /// Pages of b-trees
    pub tree_pages: u64,
    /// Overflow pages
    pub overflow_pages: u64,
    /// Pages of the free list
    pub free_pages: u64,
    /// Pointer-map pages
    pub map_pages: u64,
    /// Cells
    pub cells: u64,
}

/// Walks the whole file.
pub fn walk(source: &mut dyn PageSource, visitor: &mut dyn Visitor) -> Result<Walked, DatabaseError> {
    let mut first = vec![0; 512];
    source.read_head(&mut first)?;
    let layout = Layout::read(&first)?;
    let mut walk = Walk {
        seen: Bitmap::new(layout.pages),
        page: vec![0; layout.page_size],
        chained: vec![0; layout.page_size],
        maps: Vec::new(),
        parsed: TreePage::default(),
        walked: Walked {
            layout,
            objects: vec![Object::schema()],
            tree_pages: 0,
            overflow_pages: 0,
            free_pages: 0,
            map_pages: 0,
            cells: 0,
        },
        layout,
        source,
        visitor,
    };
    walk.maps()?;
    let mut reading = Reading::new(layout.encoding);
    walk.tree(1, 0, Some(&mut reading))?;
    walk.walked.objects.extend(reading.objects()?);
    for object in 1..walk.walked.objects.len() {
        walk.tree(walk.walked.objects[object].root, object, None)?;
    }
    walk.free_list()?;
    walk.rest()?;
    Ok(walk.walked)
}

struct Walk<'a> {
    source: &'a mut dyn PageSource,
    visitor: &'a mut dyn Visitor,
    layout: Layout,
    seen: Bitmap,
    page: Vec<u8>,
    chained: Vec<u8>,
    maps: Vec<(u32, Vec<u8>)>,
    parsed: TreePage,
    walked: Walked,
}

/// An interior page whose children are still to be visited, the next one last.
struct Above {
    children: Vec<u32>,
}

impl Walk<'_> {
    /// Takes `page` for what leads to it; nothing else may.
    fn claim(&mut self, page: u32, owner: Option<Owner>) -> Result<(), DatabaseError> {
        let wrong = |what| Err(Damage::new(page, what).into());
        if page == 0 || page > self.layout.pages {
            return wrong("something points at it, but the file does not reach so far");
        }
        if page == self.layout.lock_page() {
            return wrong("it must not be used");
        }
        if !self.seen.insert(page) {
            return wrong("it is used twice");
        }
        match owner {
            Some(owner) if self.layout.auto_vacuum && page > 1 => self.require_mapped(page, owner),
            _ => Ok(()),
        }
    }

    fn require_mapped(&mut self, page: u32, owner: Owner) -> Result<(), DatabaseError> {
        let map = self.layout.map_page(page);
        let known = self.maps.iter().position(|(number, _)| *number == map);
        let at = if let Some(at) = known { at } else { self.load_map(map)? };
        if owner.stands_in(map, &self.maps[at].1, page) {
            return Ok(());
        }
        Err(Damage::new(page, "the pointer map says otherwise of it").into())
    }

    fn load_map(&mut self, map: u32) -> Result<usize, DatabaseError> {
        let full = self.maps.len() >= MAPS;
        let mut bytes = if full { self.maps.remove(0).1 } else { vec![0; self.layout.page_size] };
        self.source.read(map, &mut bytes)?;
        self.maps.push((map, bytes));
        Ok(self.maps.len() - 1)
    }

    /// One b-tree, from left to right.
    fn tree(&mut self, root: u32, object: usize, mut reading: Option<&mut Reading>) -> Result<(), DatabaseError> {
        let mut path: Vec<u32> = Vec::new();
        let mut above: Vec<Above> = Vec::new();
        let mut depth = None;
        let mut next = Some((root, Owner::Root));
        let mut table = None;
        while let Some((page, owner)) = next {
            path.push(page);
            self.claim(page, Some(owner))?;
            let children = self.tree_page(page, object, &path, reading.as_deref_mut())?;
            let kind = self.parsed.kind;
            if *table.get_or_insert(kind.is_table()) != kind.is_table() {
                return Err(Damage::new(page, "it is of another kind than the root of its tree").into());
            }
            if kind.is_leaf() && *depth.get_or_insert(path.len()) != path.len() || path.len() > DEEPEST {
                return Err(Damage::new(page, "it is not as deep as the rest of its tree").into());
            }
            above.push(Above { children });
            next = loop {
                let Some(last) = above.last_mut() else { break None };
                if let Some(child) = last.children.pop() {
                    break path.last().map(|parent| (child, Owner::Tree(*parent)));
                }
                above.pop();
                path.pop();
            };
        }
        Ok(())
    }

    /// One page and the overflow of its cells; returns its children, the first one last.
    fn tree_page(
        &mut self,
        number: u32,
        object: usize,
        path: &[u32],
        mut reading: Option<&mut Reading>,
    ) -> Result<Vec<u32>, DatabaseError> {
        load(self.source, &self.layout, number, &mut self.page)?;
        let mut parsed = std::mem::take(&mut self.parsed);
        parsed.parse(&self.layout, number, &self.page)?;
        self.walked.tree_pages += 1;
        self.walked.cells += parsed.cells.len() as u64;
        let dead = &parsed.dead;
        self.visitor.page(&Page { number, role: Role::Tree, object: Some(object), path, bytes: &self.page, dead })?;
        if parsed.kind != Kind::TableInterior {
            for cell in &parsed.cells {
                if let Some(reading) = reading.as_deref_mut() {
                    reading.begin();
                }
                self.payload(number, object, path, cell, reading.as_deref_mut())?;
            }
        }
        let mut children: Vec<u32> = parsed.children().collect();
        children.reverse();
        self.parsed = parsed;
        Ok(children)
    }

    fn payload(
        &mut self,
        number: u32,
        object: usize,
        path: &[u32],
        cell: &Cell,
        mut reading: Option<&mut Reading>,
    ) -> Result<(), DatabaseError> {
        let local = &self.page[cell.local.clone()];
        self.visitor.payload(Payload::Begin { object, local, whole: cell.overflow.is_none() });
        if let Some(reading) = reading.as_deref_mut() {
            reading.feed(local);
        }
        let mut rest = cell.payload - local.len() as u64;
        let Some(first) = cell.overflow else { return Ok(()) };
        let (mut next, mut owner) = (first, Owner::FirstOverflow(number));
        while rest > 0 {
            let page = next;
            self.claim(page, Some(owner))?;
            load(self.source, &self.layout, page, &mut self.chained)?;
            let overflow = Overflow::read(&self.layout, page, &self.chained, rest)?;
            self.walked.overflow_pages += 1;
            let (role, dead) = (Role::Overflow { first }, &overflow.dead);
            let view = Page { number: page, role, object: Some(object), path, bytes: &self.chained, dead };
            self.visitor.page(&view)?;
            let more = &self.chained[4..4 + overflow.length];
            self.visitor.payload(Payload::More(more));
            if let Some(reading) = reading.as_deref_mut() {
                reading.feed(more);
            }
            rest -= overflow.length as u64;
            (next, owner) = (overflow.next, Owner::Overflow(page));
        }
        self.visitor.payload(Payload::End);
        Ok(())
    }

    fn free_list(&mut self) -> Result<(), DatabaseError> {
        let mut next = self.layout.first_trunk;
        while next != 0 {
            let trunk = next;
            self.claim(trunk, Some(Owner::Free))?;
            load(self.source, &self.layout, trunk, &mut self.page)?;
            let read = Trunk::read(&self.layout, trunk, &self.page)?;
            self.walked.free_pages += 1 + read.leaves.len() as u64;
            self.outside(trunk, Role::Trunk, &read.dead)?;
            let dead = super::Dead::only(0..self.layout.usable);
            for leaf in read.leaves {
                self.claim(leaf, Some(Owner::Free))?;
                load(self.source, &self.layout, leaf, &mut self.page)?;
                self.outside(leaf, Role::Free { trunk }, &dead)?;
            }
            next = read.next;
        }
        if self.walked.free_pages != u64::from(self.layout.free_pages) {
            return Err(Damage::new(1, "the free list is longer or shorter than it says").into());
        }
        Ok(())
    }

    /// Pointer maps are claimed first, so that nothing else can be one.
    fn maps(&mut self) -> Result<(), DatabaseError> {
        for map in self.layout.map_pages() {
            self.claim(map, None)?;
            load(self.source, &self.layout, map, &mut self.page)?;
            self.walked.map_pages += 1;
            self.outside(map, Role::PointerMap, &dead_of_map(&self.layout, map))?;
        }
        Ok(())
    }

    /// The page that is never used, and whether every page was seen.
    fn rest(&mut self) -> Result<(), DatabaseError> {
        let lock = self.layout.lock_page();
        if lock <= self.layout.pages {
            self.seen.insert(lock);
            load(self.source, &self.layout, lock, &mut self.page)?;
            let dead = super::Dead::only(0..self.layout.page_size);
            self.outside(lock, Role::LockPage, &dead)?;
        }
        match self.seen.first_missing() {
            Some(page) => Err(Damage::new(page, "nothing uses it and the free list does not have it").into()),
            None => Ok(()),
        }
    }

    fn outside(&mut self, number: u32, role: Role, dead: &super::Dead) -> Result<(), DatabaseError> {
        self.visitor.page(&Page { number, role, object: None, path: &[], bytes: &self.page, dead })
    }
}

/// Reads a page. Reserved bytes in use mean that something between SQLite and the file checks or encrypts the pages.
fn load(source: &mut dyn PageSource, layout: &Layout, number: u32, page: &mut [u8]) -> Result<(), DatabaseError> {
    source.read(number, page)?;
    let free = page.get(layout.usable..).is_none_or(|reserved| reserved.iter().all(|byte| *byte == 0));
    if free || number == layout.lock_page() { Ok(()) } else { Err(DatabaseError::ReservedBytes(number)) }
}
