//! One bit a page: a terabyte of 4096-byte pages takes 32 MiB.

/// Pages that were seen.
#[derive(Debug)]
pub(super) struct Bitmap {
    words: Vec<u64>,
    pages: u32,
}

impl Bitmap {
    /// Of pages 1 to `pages`.
    pub(super) fn new(pages: u32) -> Self {
        Self { words: vec![0; pages as usize / 64 + 1], pages }
    }

    /// Adds `page`, which must be one; `false` when it was there.
    pub(super) fn insert(&mut self, page: u32) -> bool {
        let Some(word) = self.words.get_mut(page as usize / 64) else { return false };
        let bit = 1 << (page % 64);
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    /// Whether `page` was added.
    pub(super) fn contains(&self, page: u32) -> bool {
        self.words.get(page as usize / 64).is_some_and(|word| word & 1 << (page % 64) != 0)
    }

    /// The first page that was never added.
    pub(super) fn first_missing(&self) -> Option<u32> {
        let word = self.words.iter().enumerate().position(|(at, word)| {
            let expected = if at == 0 { !1 } else { u64::MAX };
            word & expected != expected
        })?;
        let missing = !(self.words[word] | u64::from(word == 0));
        let page = u32::try_from(word).ok()? * 64 + missing.trailing_zeros();
        (page <= self.pages).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_found() {
        for pages in [1, 63, 64, 65, 127, 128, 200] {
            let mut seen = Bitmap::new(pages);
            for page in 1..=pages {
                assert_eq!(seen.first_missing(), Some(page));
                assert!(seen.insert(page));
                assert!(seen.contains(page) && !seen.contains(page + 1));
                assert!(!seen.insert(page));
            }
            assert_eq!(seen.first_missing(), None, "{pages}");
        }
    }
}
