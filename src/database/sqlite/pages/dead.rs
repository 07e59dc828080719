//! The bytes of a page that belong to nothing.

use std::ops::Range;

/// Areas of one page outside of everything that is alive, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dead(Vec<Range<usize>>);

impl Dead {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn only(area: Range<usize>) -> Self {
        let mut dead = Self::default();
        dead.push(area);
        dead
    }

    pub(super) fn push(&mut self, area: Range<usize>) {
        if !area.is_empty() {
            self.0.push(area);
        }
    }

    /// The areas.
    #[must_use]
    pub fn areas(&self) -> &[Range<usize>] {
        &self.0
    }

    /// How many bytes they are.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).sum()
    }

    /// How many of them are not zero.
    #[must_use]
    pub fn dirt(&self, page: &[u8]) -> usize {
        let dirty = |area: &Range<usize>| page.get(area.clone()).is_some_and(|bytes| bytes.iter().any(|b| *b != 0));
        let count = |area: &Range<usize>| page[area.clone()].iter().filter(|b| **b != 0).count();
        self.0.iter().filter(|area| dirty(area)).map(count).sum()
    }

    /// Zeroes them.
    pub fn clean(&self, page: &mut [u8]) {
        for area in &self.0 {
            if let Some(bytes) = page.get_mut(area.clone()) {
                bytes.fill(0);
            }
        }
    }

    /// Whether any of them has a byte in common with `range`.
    #[must_use]
    pub fn touches(&self, range: &Range<usize>) -> bool {
        self.0.iter().any(|area| area.start < range.end && range.start < area.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dead_bytes_are_counted_and_zeroed() {
        let mut dead = Dead::only(2..4);
        dead.push(4..4);
        dead.push(6..7);
        let mut page = [1, 1, 1, 0, 1, 1, 1, 1];
        assert_eq!((dead.bytes(), dead.dirt(&page)), (3, 2));
        dead.clean(&mut page);
        assert_eq!(page, [1, 1, 0, 0, 1, 1, 0, 1]);
        assert_eq!(dead.dirt(&page), 0);
        assert!(dead.touches(&(0..3)) && dead.touches(&(3..6)) && !dead.touches(&(4..6)) && !dead.touches(&(7..9)));
    }
}
