//! Which cells of a frequency table are not shown, so that none below k can be computed from the rest.
//!
//! Hiding the small cells is not always enough: whoever knows the whole subtracts what is shown, a single hidden cell is
//! the difference, and as many hidden rows as cells are one each. Nor is it enough to hide the smallest large cell with
//! them: whoever knows this rule knows that every other hidden cell is smaller than what is shown.
//!
//! - Where the small cells are many and unlike enough, they alone are hidden: each can be anything from 1 to k - 1 for
//!   all that anybody can tell.
//! - Else what is hidden together is decided by place. Cells stand in the order of their values, two and two, four and
//!   four, and so on; a pair with a small cell is hidden whole, and where all cells of what is hidden together are within
//!   k rows of each other, the group twice as large is. Each cell of a group can then be the smallest or the largest of
//!   it, so that what it may be spans k rows at least.
//!
//! Both hold against somebody who knows the rule, how many cells and rows are hidden, and the figures of the table
//! ([`Figures`](super::Figures)). Memory is two bits for each cell.

/// The cells that are not shown.
#[derive(Debug)]
pub struct Withheld {
    k: u64,
    small: Bits,
    grouped: Bits,
    /// Groups that are not part of a larger one yet, the larger ones first
    groups: Vec<Group>,
    sums: Sums,
}

/// Cells side by side.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    cells: usize,
    smallest: u64,
    largest: u64,
    /// Whether a small cell in it needs a larger group
    open: bool,
}

/// What small cells come to.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Cells of one row
    unique: u64,
    /// Cells of more
    others: u64,
    /// What these have beyond two rows each
    beyond: u64,
}

impl Sums {
    fn add(&mut self, rows: u64) {
        self.unique += u64::from(rows == 1);
        self.others += u64::from(rows > 1);
        self.beyond += rows.saturating_sub(2);
    }

    /// Whether each of them can be anything from 1 to k - 1: one of the unique ones, or the one that has all that is
    /// beyond. They are k rows at least beyond one each, so that the sum does not tell either.
    fn hide_each_other(&self, k: u64) -> bool {
        k > 2 && self.unique > 0 && self.others > 0 && self.beyond + 3 >= k && self.others + self.beyond >= k
    }
}

impl Withheld {
    /// Of no cell yet; fewer rows than `k` are small.
    #[must_use]
    pub fn below(k: u64) -> Self {
        Self { k, small: Bits::default(), grouped: Bits::default(), groups: Vec::new(), sums: Sums::default() }
    }

    /// Takes the next cell, in the order of the cells' values.
    pub fn push(&mut self, rows: u64) {
        let (start, open) = (self.small.count, rows < self.k);
        if open {
            self.sums.add(rows);
        }
        self.small.push(open);
        self.grouped.push(open);
        self.groups.push(Group { start, cells: 1, smallest: rows, largest: rows, open });
        while let [.., before, last] = self.groups[..]
            && before.cells == last.cells
        {
            self.join();
        }
    }

    /// Decides, once there are no more cells.
    pub fn settle(&mut self) {
        while self.groups.len() > 1 {
            self.join();
        }
    }

    /// Whether the cell at this place is not shown.
    #[must_use]
    pub fn hides(&self, place: usize) -> bool {
        if self.sums.hide_each_other(self.k) { self.small.get(place) } else { self.grouped.get(place) }
    }

    /// Whether some cell is shown. Where none is, nothing can be told of the hidden ones either: neither how many they
    /// are nor how many rows.
    #[must_use]
    pub fn shows_any(&self) -> bool {
        (0..self.small.count).any(|place| !self.hides(place))
    }

    /// Puts the last two groups together.
    fn join(&mut self) {
        let (Some(last), Some(before)) = (self.groups.pop(), self.groups.pop()) else { return };
        let mut both = Group {
            start: before.start,
            cells: before.cells + last.cells,
            smallest: before.smallest.min(last.smallest),
            largest: before.largest.max(last.largest),
            open: before.open || last.open,
        };
        if both.open {
            for place in both.start..both.start + both.cells {
                self.grouped.set(place);
            }
            both.open = both.largest - both.smallest < self.k;
        }
        self.groups.push(both);
    }
}

/// A bit for each cell.
#[derive(Debug, Default)]
struct Bits {
    words: Vec<u64>,
    count: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        self.count += 1;
        self.words.resize(self.count.div_ceil(64), 0);
        if bit {
            self.set(self.count - 1);
        }
    }

    fn set(&mut self, place: usize) {
        self.words[place / 64] |= 1 << (place % 64);
    }

    /// What was never pushed is set.
    fn get(&self, place: usize) -> bool {
        place >= self.count || self.words[place / 64] >> (place % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sizes: &[u64]) -> Vec<u64> {
        let mut withheld = Withheld::below(5);
        for rows in sizes {
            withheld.push(*rows);
        }
        withheld.settle();
        (0..sizes.len()).filter(|place| !withheld.hides(*place)).map(|place| sizes[place]).collect()
    }

    #[test]
    fn what_is_hidden_together_is_told_by_place_alone() {
        assert_eq!(shown(&[5, 6, 7, 8, 9]), [5, 6, 7, 8, 9]);
        assert_eq!(shown(&[2, 7, 8, 9]), [8, 9], "the neighbour is hidden with it");
        assert_eq!(shown(&[7, 2, 8, 9]), [8, 9]);
        assert_eq!(shown(&[2, 5, 9, 9, 9, 9]), [9, 9], "2 and 5 would be too near");
        assert_eq!(shown(&[9, 9, 2]), [0; 0], "the last one has no neighbour");
        assert_eq!(shown(&[20, 20, 1, 1, 30, 30, 30, 30]), [30; 4]);
        assert_eq!(shown(&[3]), [0; 0]);
        assert_eq!(shown(&[1, 9, 4, 8, 3, 7, 4]), [9, 8, 7], "many unlike ones hide each other");
        assert_eq!(shown(&[1, 30, 1, 30, 1, 30, 1, 30, 9, 9]), [9, 9], "as many rows as cells would be one each");
        assert!(!Withheld::below(5).shows_any());
    }

    #[test]
    fn a_cell_that_was_not_announced_is_not_shown() {
        let mut withheld = Withheld::below(5);
        for _ in 0..63 {
            withheld.push(9);
        }
        assert!(!withheld.hides(62) && withheld.hides(63) && withheld.hides(64));
    }
}
