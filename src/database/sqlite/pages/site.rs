//! Where a walk found dirt, and whether that place is still what it was.
//!
//! The application goes on between the walk and the cleaning, so nothing is zeroed on the walk's word: under the write
//! lock the way to the page is gone again, and a page that is something else by now is left for the next round.

use super::{
    Damage, Dead, Layout, PageSource, Role,
    bitmap::Bitmap,
    list_page::{Overflow, Trunk, dead_of_map},
    tree_page::TreePage,
    visit::Page,
};
use crate::database::DatabaseError;

/// A page with dead bytes that are not zero, and the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    page: u32,
    role: Role,
    path: Box<[u32]>,
}

impl Site {
    /// Remembers where `page` is.
    #[must_use]
    pub fn of(page: &Page<'_>) -> Self {
        Self { page: page.number, role: page.role, path: page.path.into() }
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> u32 {
        self.page
    }

    /// What it was used as.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }
}

/// Goes to sites under one lock.
pub struct Cleaning<'a> {
    source: &'a mut dyn PageSource,
    layout: Layout,
    same_schema: bool,
    buffer: Vec<u8>,
    parsed: TreePage,
    free: Option<(Bitmap, Bitmap)>,
}

impl<'a> Cleaning<'a> {
    /// Begins under a lock that lasts; `walked` is the layout that the sites were found in. `None` when nothing of it holds
    /// any more.
    pub fn begin(source: &'a mut dyn PageSource, walked: &Layout) -> Result<Option<Self>, DatabaseError> {
        let mut head = vec![0; 512];
        source.read_head(&mut head)?;
        let layout = Layout::read(&head)?;
        let same = (layout.page_size, layout.usable, layout.auto_vacuum)
            == (walked.page_size, walked.usable, walked.auto_vacuum);
        Ok(same.then(|| Self {
            source,
            layout,
            same_schema: layout.schema_cookie == walked.schema_cookie,
            buffer: vec![0; layout.page_size],
            parsed: TreePage::default(),
            free: None,
        }))
    }

    /// The page at `site` with its dead bytes zeroed and how many of them were not; `None` when there is nothing to do or
    /// the page is something else by now.
    pub fn cleaned(&mut self, site: &Site) -> Result<Option<(&[u8], usize)>, DatabaseError> {
        if site.page == 0 || site.page > self.layout.pages || site.page == self.layout.lock_page() {
            return Ok(None);
        }
        let dead = match self.dead(site) {
            // while the way is gone, what is no longer there may look like damage
            Err(DatabaseError::Damaged(_)) => None,
            other => other?,
        };
        let Some(dead) = dead else { return Ok(None) };
        let dirt = dead.dirt(&self.buffer);
        if dirt == 0 {
            return Ok(None);
        }
        dead.clean(&mut self.buffer);
        Ok(Some((&self.buffer, dirt)))
    }

    /// What is dead at `site`, with the page in the buffer.
    fn dead(&mut self, site: &Site) -> Result<Option<Dead>, DatabaseError> {
        match site.role {
            Role::Tree | Role::Overflow { .. } if !self.same_schema || !self.go(&site.path)? => Ok(None),
            Role::Tree => Ok((site.path.last() == Some(&site.page)).then(|| self.parsed.dead.clone())),
            Role::Overflow { first } => self.chain(first, site.page),
            Role::Trunk | Role::Free { .. } => self.free(site),
            Role::PointerMap => {
                let dead = self.layout.is_map(site.page).then(|| dead_of_map(&self.layout, site.page));
                self.source.read(site.page, &mut self.buffer)?;
                Ok(dead)
            }
            Role::LockPage => Ok(None),
        }
    }

    /// Goes down a tree. Its root is one still, because the schema is the same.
    fn go(&mut self, path: &[u32]) -> Result<bool, DatabaseError> {
        for (depth, page) in path.iter().enumerate() {
            if *page == 0
                || *page > self.layout.pages
                || depth > 0 && !self.parsed.children().any(|child| child == *page)
            {
                return Ok(false);
            }
            self.source.read(*page, &mut self.buffer)?;
            self.parsed.parse(&self.layout, *page, &self.buffer)?;
        }
        Ok(!path.is_empty())
    }

    /// Follows the overflow of the cell that goes on at `first`.
    fn chain(&mut self, first: u32, wanted: u32) -> Result<Option<Dead>, DatabaseError> {
        let Some(cell) = self.parsed.cells.iter().find(|cell| cell.overflow == Some(first)) else { return Ok(None) };
        let mut rest = cell.payload - cell.local.len() as u64;
        let mut page = first;
        while rest > 0 && page != 0 && page <= self.layout.pages {
            self.source.read(page, &mut self.buffer)?;
            let overflow = Overflow::read(&self.layout, page, &self.buffer, rest)?;
            if page == wanted {
                return Ok(Some(overflow.dead));
            }
            rest -= overflow.length as u64;
            page = overflow.next;
        }
        Ok(None)
    }

    fn free(&mut self, site: &Site) -> Result<Option<Dead>, DatabaseError> {
        if self.free.is_none() {
            self.free = Some(self.read_free_list()?);
        }
        let Some((trunks, leaves)) = &self.free else { return Ok(None) };
        let (is_trunk, is_leaf) = (trunks.contains(site.page), leaves.contains(site.page));
        self.source.read(site.page, &mut self.buffer)?;
        if is_leaf {
            return Ok(Some(Dead::only(0..self.layout.usable)));
        }
        Ok(if is_trunk { Some(Trunk::read(&self.layout, site.page, &self.buffer)?.dead) } else { None })
    }

    /// Trunks and leaves of the free list.
    fn read_free_list(&mut self) -> Result<(Bitmap, Bitmap), DatabaseError> {
        let (mut trunks, mut leaves) = (Bitmap::new(self.layout.pages), Bitmap::new(self.layout.pages));
        let mut next = self.layout.first_trunk;
        while next != 0 {
            if next > self.layout.pages || !trunks.insert(next) {
                return Err(Damage::new(next, "the free list does not end").into());
            }
            self.source.read(next, &mut self.buffer)?;
            let trunk = Trunk::read(&self.layout, next, &self.buffer)?;
            trunk.leaves.iter().filter(|leaf| **leaf <= self.layout.pages).for_each(|leaf| {
                leaves.insert(*leaf);
            });
            next = trunk.next;
        }
        Ok((trunks, leaves))
    }
}
