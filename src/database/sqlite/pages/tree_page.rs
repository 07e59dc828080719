//! One page of a b-tree: its cells, and every byte of it that is in none.

use std::ops::Range;

use super::{
    Damage, Dead, Layout,
    layout::{EXPANSION, u16_at, u32_at},
    varint,
};

/// What a page of a b-tree is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Keys of an index, or rows without a rowid, with children between them
    IndexInterior,
    /// Rowids with children between them
    TableInterior,
    /// Keys of an index, or rows without a rowid
    #[default]
    IndexLeaf,
    /// Rows
    TableLeaf,
}

impl Kind {
    fn of(flag: u8) -> Option<Self> {
        Some(match flag {
            2 => Self::IndexInterior,
            5 => Self::TableInterior,
            10 => Self::IndexLeaf,
            13 => Self::TableLeaf,
            _ => return None,
        })
    }

    pub(super) fn is_leaf(self) -> bool {
        matches!(self, Self::IndexLeaf | Self::TableLeaf)
    }

    pub(super) fn is_table(self) -> bool {
        matches!(self, Self::TableInterior | Self::TableLeaf)
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The page to its left
    pub child: Option<u32>,
    /// The row's number, in a table
    pub rowid: Option<i64>,
    /// Bytes in the whole payload
    pub payload: u64,
    /// Where in the page the payload begins
    pub local: Range<usize>,
    /// Where it goes on
    pub overflow: Option<u32>,
    /// The cell's place in the page, padding included
    span: Range<usize>,
}

/// A parsed page; parsing another one into it spares the allocations.
#[derive(Debug, Default)]
pub struct TreePage {
    /// What it is
    pub kind: Kind,
    /// Its cells, in the order of their keys
    pub cells: Vec<Cell>,
    /// The page to the right of all cells
    pub right: Option<u32>,
    /// What is in no cell and no structure
    pub dead: Dead,
    spans: Vec<Range<usize>>,
    free: Vec<Range<usize>>,
}

impl TreePage {
    /// Parses page `number`. Every byte is in the header, the pointers, one cell, the head of one freeblock, or dead.
    pub fn parse(&mut self, layout: &Layout, number: u32, page: &[u8]) -> Result<(), Damage> {
        let wrong = |what| Damage::new(number, what);
        let page = page.get(..layout.usable).ok_or(wrong("it is shorter than a page"))?;
        let head = if number == 1 { 100 } else { 0 };
        self.kind = Kind::of(page[head]).ok_or(wrong("it is no page of a b-tree"))?;
        let pointers = head + if self.kind.is_leaf() { 8 } else { 12 };
        self.right = (!self.kind.is_leaf()).then(|| u32_at(page, head + 8));
        let cells = u16_at(page, head + 3);
        let content = match u16_at(page, head + 5) {
            0 => 65_536,
            start => start,
        };
        let pointers_end = pointers + 2 * cells;
        if pointers_end > content || content > layout.usable {
            return Err(wrong("its cells overlap its pointers"));
        }
        self.read_cells(layout, number, page, pointers..pointers_end, content)?;
        self.read_freeblocks(page, head, content).ok_or(wrong("its list of free blocks is broken"))?;
        self.dead.clear();
        if number == 1 {
            self.dead.push(EXPANSION);
        }
        self.dead.push(pointers_end..content);
        self.read_dead(content, layout.usable, usize::from(page[head + 7]))
            .ok_or(wrong("its cells and free blocks do not fill it"))
    }

    fn read_cells(
        &mut self,
        layout: &Layout,
        number: u32,
        page: &[u8],
        pointers: Range<usize>,
        content: usize,
    ) -> Result<(), Damage> {
        self.cells.clear();
        self.spans.clear();
        for pointer in pointers.step_by(2) {
            let cell = self
                .read_cell(layout, page, u16_at(page, pointer))
                .filter(|cell| cell.span.start >= content)
                .ok_or(Damage::new(number, "a cell does not fit into it"))?;
            self.spans.push(cell.span.clone());
            self.cells.push(cell);
        }
        Ok(())
    }

    fn read_cell(&self, layout: &Layout, page: &[u8], start: usize) -> Option<Cell> {
        let mut at = start;
        let number = |at: &mut usize| {
            let (number, length) = varint::read(page, *at)?;
            *at += length;
            Some(number)
        };
        let child = if self.kind.is_leaf() {
            None
        } else {
            at += 4;
            Some(u32_at(page, start))
        };
        let payload = if self.kind == Kind::TableInterior { 0 } else { number(&mut at)? };
        let rowid = if self.kind.is_table() { Some(number(&mut at)?.cast_signed()) } else { None };
        if payload > u64::from(u32::MAX) {
            return None;
        }
        let local = layout.local(payload, self.kind.is_table());
        let whole = local as u64 == payload;
        let end = at + local + if whole { 0 } else { 4 };
        let overflow = (!whole).then(|| u32_at(page, at + local));
        let span = start..end.max(start + 4);
        (span.end <= page.len()).then_some(Cell { child, rowid, payload, local: at..at + local, overflow, span })
    }

    /// Free blocks lie in order and never side by side.
    fn read_freeblocks(&mut self, page: &[u8], head: usize, content: usize) -> Option<()> {
        self.free.clear();
        let mut next = u16_at(page, head + 1);
        let mut after = content;
        while next != 0 {
            let end = next + u16_at(page, next + 2);
            if next < after || end < next + 4 || end > page.len() {
                return None;
            }
            self.free.push(next..end);
            self.spans.push(next..end);
            next = u16_at(page, next);
            after = end + 4;
        }
        Some(())
    }

    /// Between cells and free blocks there are fragments of one to three bytes each, as many bytes as the page says.
    fn read_dead(&mut self, content: usize, usable: usize, fragments: usize) -> Option<()> {
        self.spans.sort_unstable_by_key(|span| span.start);
        let (mut at, mut between) = (content, 0);
        let mut dead = std::mem::take(&mut self.dead);
        for span in self.spans.iter().chain([&(usable..usable)]) {
            if span.start < at {
                return None;
            }
            dead.push(at..span.start);
            between += span.start - at;
            at = span.end;
        }
        // what is left of a free block is all but the head that links it
        self.free.iter().for_each(|free| dead.push(free.start + 4..free.end));
        for cell in &self.cells {
            let end = cell.local.end + if cell.overflow.is_some() { 4 } else { 0 };
            dead.push(end..cell.span.end);
        }
        self.dead = dead;
        (between == fragments).then_some(())
    }

    /// The pages below, from left to right.
    pub fn children(&self) -> impl Iterator<Item = u32> {
        self.cells.iter().filter_map(|cell| cell.child).chain(self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::layout::tests::layout, *};

    /// A leaf of a table with one row, a fragment, a free block and a gap.
    fn leaf() -> Vec<u8> {
        let mut page = vec![0; 512];
        page[..8].copy_from_slice(&[13, 1, 0xf4, 0, 2, 1, 0xe0, 3]); // free at 500, 2 cells, content at 480, 3 fragments
        page[8..12].copy_from_slice(&[1, 0xe0, 1, 0xfb]); // cells at 480 and 507
        page[480..497].copy_from_slice(&[15, 7, 2, 39, b'h', b'e', b'l', b'l', b'o', 9, 9, 9, 9, 9, 9, 9, 9]);
        page[497..500].copy_from_slice(&[0xaa; 3]); // a fragment
        page[500..507].copy_from_slice(&[0, 0, 0, 7, 0xbb, 0xbb, 0xbb]); // a free block
        page[507..512].copy_from_slice(&[3, 8, 2, 1, 5]);
        page[100] = 0xcc;
        page
    }

    fn parse(page: &[u8]) -> Result<TreePage, Damage> {
        let mut parsed = TreePage::default();
        parsed.parse(&layout(512, 0), 2, page).map(|()| parsed)
    }

    #[test]
    fn every_byte_of_a_leaf_is_alive_or_dead() {
        let page = leaf();
        let parsed = parse(&page).unwrap();
        assert_eq!(parsed.kind, Kind::TableLeaf);
        assert_eq!(parsed.cells.iter().map(|c| c.rowid).collect::<Vec<_>>(), [Some(7), Some(8)]);
        assert_eq!(parsed.dead.areas(), [12..480, 497..500, 504..507]);
        assert_eq!(parsed.dead.dirt(&page), 1 + 3 + 3);
        let mut clean = page.clone();
        parsed.dead.clean(&mut clean);
        let again = parse(&clean).unwrap();
        assert_eq!((again.dead.dirt(&clean), &again.cells), (0, &parsed.cells));
    }

    #[test]
    fn the_padding_of_a_tiny_cell_is_dead() {
        let mut page = vec![0; 512];
        page[..8].copy_from_slice(&[10, 0, 0, 0, 1, 1, 0xfc, 0]);
        page[8..10].copy_from_slice(&[1, 0xfc]);
        page[508..].copy_from_slice(&[2, 2, 0, 0xdd]); // a payload of two bytes in a cell of four
        assert_eq!(parse(&page).unwrap().dead.areas(), [10..508, 511..512]);
    }

    #[test]
    fn what_contradicts_itself_is_damage() {
        for (at, byte) in [
            (0, 3),     // no kind
            (3, 1),     // 258 cells
            (5, 0),     // content before the pointers
            (6, 0xe1),  // a cell before the content
            (7, 2),     // fragments that are not there
            (8, 3),     // a cell outside
            (11, 0xfc), // a cell that ends outside
            (480, 16),  // a cell over a fragment
            (501, 2),   // a free block before the one before
            (503, 8),   // a free block over a cell
            (503, 3),   // a free block too small
        ] {
            let mut page = leaf();
            page[at] = byte;
            assert!(parse(&page).is_err(), "byte {at} = {byte}");
        }
        assert!(parse(&leaf()[..511]).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut seed = 7u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut parsed = TreePage::default();
        for round in 0..20_000 {
            let mut byte = || random().to_be_bytes()[3];
            let mut page = if round % 2 == 0 { leaf() } else { (0..512).map(|_| byte()).collect() };
            page[0] = [2, 5, 10, 13][usize::from(byte()) % 4];
            for _ in 0..byte() % 4 {
                let at = usize::from(byte()) + usize::from(byte());
                page[at] = byte();
            }
            for number in [1, 2] {
                if parsed.parse(&layout(512, 7), number, &page).is_ok() {
                    assert!(parsed.dead.areas().iter().all(|area| area.end <= 505));
                }
            }
        }
    }
}
