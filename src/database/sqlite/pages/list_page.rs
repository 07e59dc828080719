//! Pages outside of b-trees: overflow, free list, pointer map.

use super::{Damage, Dead, Layout, layout::u32_at};

/// One page of an overflow chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overflow {
    /// The next page, 0 at the end
    pub(super) next: u32,
    /// How many bytes of the payload stand here, from the fourth byte on
    pub(super) length: usize,
    /// The tail
    pub(super) dead: Dead,
}

impl Overflow {
    /// Reads page `number`, on which `rest` bytes of a payload are still to come.
    pub(super) fn read(layout: &Layout, number: u32, page: &[u8], rest: u64) -> Result<Self, Damage> {
        let room = layout.usable - 4;
        let length = usize::try_from(rest).unwrap_or(room).min(room);
        let next = u32_at(page, 0);
        if (next == 0) != (length as u64 == rest) {
            return Err(Damage::new(number, "its overflow chain is longer or shorter than the payload"));
        }
        Ok(Self { next, length, dead: Dead::only(4 + length..layout.usable) })
    }
}

/// One trunk page of the free list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trunk {
    /// The next trunk, 0 at the end
    pub(super) next: u32,
    /// Free pages that it lists
    pub(super) leaves: Vec<u32>,
    /// What is behind the list
    pub(super) dead: Dead,
}

impl Trunk {
    pub(super) fn read(layout: &Layout, number: u32, page: &[u8]) -> Result<Self, Damage> {
        let count = u32_at(page, 4) as usize;
        if count > layout.usable / 4 - 2 {
            return Err(Damage::new(number, "it lists more free pages than fit on it"));
        }
        let leaves = (0..count).map(|leaf| u32_at(page, 8 + 4 * leaf)).collect();
        Ok(Self { next: u32_at(page, 0), leaves, dead: Dead::only(8 + 4 * count..layout.usable) })
    }
}

/// What a pointer map says of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The root of a b-tree
    Root,
    /// In the free list
    Free,
    /// The first of an overflow chain, and the b-tree page with the cell
    FirstOverflow(u32),
    /// A further one, and the one before
    Overflow(u32),
    /// A page of a b-tree, and the one above
    Tree(u32),
}

impl Owner {
    fn bytes(self) -> [u8; 5] {
        let (kind, above) = match self {
            Self::Root => (1, 0),
            Self::Free => (2, 0),
            Self::FirstOverflow(above) => (3, above),
            Self::Overflow(above) => (4, above),
            Self::Tree(above) => (5, above),
        };
        let [a, b, c, d] = u32::to_be_bytes(above);
        [kind, a, b, c, d]
    }

    /// Whether the pointer map `map` on page `map_page` says this of page `number`.
    pub(super) fn stands_in(self, map_page: u32, map: &[u8], number: u32) -> bool {
        let at = number.checked_sub(map_page + 1).map_or(usize::MAX, |entry| entry as usize * 5);
        map.get(at..at.saturating_add(5)) == Some(&self.bytes())
    }
}

/// What is dead in the pointer map on page `number`: behind the entries of pages that exist.
pub(super) fn dead_of_map(layout: &Layout, number: u32) -> Dead {
    let entries = layout.pages.saturating_sub(number).min(u32::try_from(layout.usable / 5).unwrap_or(0));
    Dead::only(entries as usize * 5..layout.usable)
}

#[cfg(test)]
mod tests {
    use super::{super::layout::tests::layout, *};

    #[test]
    fn an_overflow_page_ends_with_its_payload() {
        let mut page = vec![7; 512];
        page[..4].copy_from_slice(&[0, 0, 0, 9]);
        let full = Overflow::read(&layout(512, 12), 3, &page, 497).unwrap();
        assert_eq!((full.next, full.length, full.dead.bytes()), (9, 496, 0));
        assert!(Overflow::read(&layout(512, 12), 3, &page, 496).is_err(), "the chain goes on, the payload does not");
        page[3] = 0;
        let last = Overflow::read(&layout(512, 12), 3, &page, 10).unwrap();
        assert_eq!((last.length, last.dead), (10, Dead::only(14..500)));
        assert!(Overflow::read(&layout(512, 12), 3, &page, 600).is_err(), "the payload goes on, the chain does not");
    }

    #[test]
    fn a_trunk_lists_what_it_counts() {
        let mut page = vec![7; 512];
        page[..16].copy_from_slice(&[0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 9]);
        let trunk = Trunk::read(&layout(512, 0), 3, &page).unwrap();
        assert_eq!((trunk.next, trunk.leaves, trunk.dead), (5, vec![8, 9], Dead::only(16..512)));
        page[7] = 127;
        assert!(Trunk::read(&layout(512, 0), 3, &page).is_err());
    }

    #[test]
    fn a_pointer_map_is_read_by_place() {
        let map = [5, 0, 0, 0, 9, 2, 0, 0, 0, 0];
        assert!(Owner::Tree(9).stands_in(2, &map, 3));
        assert!(!Owner::Tree(8).stands_in(2, &map, 3));
        assert!(Owner::Free.stands_in(2, &map, 4));
        assert!(!Owner::Free.stands_in(2, &map, 5));
        assert!(!Owner::Free.stands_in(2, &map, 2));
        let mut layout = layout(512, 0);
        layout.pages = 5;
        assert_eq!(dead_of_map(&layout, 2), Dead::only(15..512));
        layout.pages = 1000;
        assert_eq!(dead_of_map(&layout, 2), Dead::only(510..512));
    }
}
