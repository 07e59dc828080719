//! Finds many byte patterns in one pass.
//!
//! Of each pattern a window of its rarest bytes is cut into grams of eight (for short patterns four) bytes, and the text
//! is looked at only at every so many bytes as there are grams: whatever the alignment, one gram of an occurrence lies
//! where is looked. A bitmap answers almost every look; what passes is compared with the whole pattern.

use std::collections::HashMap;

use zeroize::Zeroizing;

/// The shortest pattern.
pub(super) const SHORTEST: usize = 5;

/// The farthest that the text is stepped through.
const STRIDE: usize = 11;

/// The bit that tells capital from small letters in ASCII, eight times.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// How far case is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Case {
    /// Not at all
    Exact,
    /// Of single bytes that are ASCII letters
    Bytes,
    /// Of pairs of bytes that are ASCII letters, low byte first
    Utf16Le,
    /// … high byte first
    Utf16Be,
}

/// Bytes to look for. They are somebody's, so they are wiped when dropped and never shown.
#[derive(Clone)]
pub(super) struct Pattern {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) case: Case,
}

impl Pattern {
    fn is(&self, text: &[u8]) -> bool {
        let pattern = &self.bytes;
        let same_units = |unit: fn([u8; 2]) -> u16| {
            let folded = |pair: &[u8; 2]| match unit(*pair) {
                letter @ 0x41..=0x5a => letter | 0x20,
                other => other,
            };
            pattern.as_chunks().0.iter().map(folded).eq(text.as_chunks().0.iter().map(folded))
        };
        match self.case {
            Case::Exact => ***pattern == *text,
            Case::Bytes => pattern.eq_ignore_ascii_case(text),
            Case::Utf16Le => same_units(u16::from_le_bytes),
            Case::Utf16Be => same_units(u16::from_be_bytes),
        }
    }
}

/// Patterns, prepared.
pub(super) struct Search {
    patterns: Vec<Pattern>,
    filters: Vec<Filter>,
    longest: usize,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({} patterns)", self.patterns.len())
    }
}

impl Search {
    /// Prepares `patterns`, none of which is shorter than [`SHORTEST`].
    pub(super) fn new(patterns: Vec<Pattern>) -> Self {
        let lengths = [(4, SHORTEST, 7), (8, 8, 10), (8, 11, 17), (8, 18, usize::MAX)];
        let filters = lengths.into_iter().filter_map(|(width, from, to)| {
            let in_class = |pattern: &(usize, &Pattern)| (from..=to).contains(&pattern.1.bytes.len());
            let class: Vec<(usize, &Pattern)> = patterns.iter().enumerate().filter(in_class).collect();
            Filter::new(width, &class)
        });
        let filters = filters.collect();
        let longest = patterns.iter().map(|pattern| pattern.bytes.len()).max().unwrap_or(0);
        Self { patterns, filters, longest }
    }

    /// Bytes in the longest pattern.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Hands every occurrence in `text` to `each`: where it begins and the pattern's number. In no particular order.
    pub(super) fn find(&self, text: &[u8], each: &mut dyn FnMut(usize, usize)) {
        for filter in &self.filters {
            filter.candidates(text, &mut |start, number| {
                let pattern = &self.patterns[number];
                if text.get(start..start + pattern.bytes.len()).is_some_and(|text| pattern.is(text)) {
                    each(start, number);
                }
            });
        }
    }

    /// Bytes that an occurrence of pattern `number` takes.
    pub(super) fn length(&self, number: usize) -> usize {
        self.patterns[number].bytes.len()
    }
}

/// Patterns of similar length.
struct Filter {
    width: usize,
    stride: usize,
    bitmap: Vec<u64>,
    shift: u32,
    heads: Vec<u32>,
    entries: Vec<Entry>,
}

struct Entry {
    gram: u64,
    pattern: u32,
    offset: u32,
    /// The next entry with the same head, counted from one
    next: u32,
}

fn gram(text: &[u8], at: usize, width: usize) -> Option<u64> {
    let folded = match width {
        8 => u64::from_le_bytes(*text.get(at..)?.first_chunk()?),
        _ => u64::from(u32::from_le_bytes(*text.get(at..)?.first_chunk()?)),
    };
    Some(folded | FOLD)
}

/// The upper half.
fn high(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

fn mix(gram: u64) -> u64 {
    gram.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Filter {
    fn new(width: usize, class: &[(usize, &Pattern)]) -> Option<Self> {
        let shortest = class.iter().map(|(_, pattern)| pattern.bytes.len()).min()?;
        let stride = (shortest - width + 1).min(STRIDE);
        let bits = (class.len() * stride * 32).next_power_of_two().clamp(1 << 10, 1 << 23);
        let heads = (class.len() * stride * 2).next_power_of_two().max(16);
        let shift = 32 - bits.trailing_zeros();
        let mut filter =
            Self { width, stride, bitmap: vec![0; bits / 64], shift, heads: vec![0; heads], entries: Vec::new() };
        let common = common(width, class);
        for (number, pattern) in class {
            let window = rarest(&pattern.bytes, width, stride, &common);
            for offset in window..window + stride {
                filter.add(*number, &pattern.bytes, offset);
            }
        }
        Some(filter)
    }

    fn add(&mut self, pattern: usize, bytes: &[u8], offset: usize) {
        let Some(gram) = gram(bytes, offset, self.width) else { return };
        let hash = mix(gram);
        let (word, bit) = self.bit(hash);
        self.bitmap[word] |= bit;
        let head = self.head(hash);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let entry = Entry { gram, pattern: number(pattern), offset: number(offset), next: self.heads[head] };
        self.entries.push(entry);
        self.heads[head] = number(self.entries.len());
    }

    /// Word and bit of the bitmap.
    fn bit(&self, hash: u64) -> (usize, u64) {
        let at = high(hash) as usize >> self.shift;
        (at / 64, 1 << (at % 64))
    }

    fn head(&self, hash: u64) -> usize {
        // only the upper bits of a product depend on all bytes of the gram
        high(hash) as usize >> (32 - self.heads.len().trailing_zeros())
    }

    fn candidates(&self, text: &[u8], each: &mut dyn FnMut(usize, usize)) {
        let Some(last) = text.len().checked_sub(self.width) else { return };
        for at in (0..=last).step_by(self.stride) {
            let Some(gram) = gram(text, at, self.width) else { return };
            let hash = mix(gram);
            let (word, bit) = self.bit(hash);
            if self.bitmap[word] & bit != 0 {
                self.follow(gram, hash, at, each);
            }
        }
    }

    #[cold]
    fn follow(&self, gram: u64, hash: u64, at: usize, each: &mut dyn FnMut(usize, usize)) {
        let mut next = self.heads[self.head(hash)];
        while let Some(entry) = (next as usize).checked_sub(1).map(|entry| &self.entries[entry]) {
            if entry.gram == gram
                && let Some(start) = at.checked_sub(entry.offset as usize)
            {
                each(start, entry.pattern as usize);
            }
            next = entry.next;
        }
    }
}

/// How often each gram occurs in the patterns: what many have in common (`@example.com`) would let too much pass.
fn common(width: usize, class: &[(usize, &Pattern)]) -> HashMap<u64, u32> {
    let mut common: HashMap<u64, u32> = HashMap::new();
    for (_, pattern) in class {
        for at in 0..=pattern.bytes.len() - width {
            if let Some(gram) = gram(&pattern.bytes, at, width) {
                *common.entry(gram).or_default() += 1;
            }
        }
    }
    common
}

/// Where in `bytes` the window of `stride` grams begins that has least in common with other patterns.
fn rarest(bytes: &[u8], width: usize, stride: usize, common: &HashMap<u64, u32>) -> usize {
    let windows = bytes.len() - width + 2 - stride;
    let cost = |window: &usize| -> u64 {
        let grams = (*window..window + stride).filter_map(|at| gram(bytes, at, width));
        grams.map(|gram| u64::from(common.get(&gram).copied().unwrap_or(0)) + commonplace(gram)).sum()
    };
    (0..windows).min_by_key(cost).unwrap_or(0)
}

/// Bytes that are everywhere in a file: zeros (as padding and in UTF-16), spaces.
fn commonplace(gram: u64) -> u64 {
    gram.to_le_bytes().map(|byte| u64::from(byte == 0x20)).iter().sum()
}

/// A text that comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Stream {
    window: Zeroizing<Vec<u8>>,
}

impl Stream {
    /// Takes the next piece; `each` gets the number of every pattern that ends in it.
    pub(super) fn feed(&mut self, search: &Search, piece: &[u8], each: &mut dyn FnMut(usize)) {
        let before = self.window.len();
        self.window.extend_from_slice(piece);
        search.find(&self.window, &mut |start, number| {
            if start + search.length(number) > before {
                each(number);
            }
        });
        let keep = search.longest.saturating_sub(1).min(self.window.len());
        let cut = self.window.len() - keep;
        self.window.drain(..cut);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(bytes: &[u8], case: Case) -> Pattern {
        Pattern { bytes: Zeroizing::new(bytes.to_vec()), case }
    }

    fn found(patterns: &[Pattern], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        Search::new(patterns.to_vec()).find(text, &mut |start, number| found.push((start, number)));
        found.sort_unstable();
        found
    }

    #[test]
    fn every_alignment_and_both_ends_are_seen() {
        for length in [5, 6, 7, 8, 9, 10, 11, 12, 17, 18, 19, 30, 100] {
            let needle: Vec<u8> = (0..length).map(|i| b'a' + u8::try_from(i % 26).unwrap()).collect();
            for before in 0..24 {
                let mut text = vec![0; before];
                text.extend(&needle);
                let patterns = [pattern(&needle, Case::Exact)];
                assert_eq!(found(&patterns, &text), [(before, 0)], "{length} after {before}");
                text.extend([0; 13]);
                assert_eq!(found(&patterns, &text), [(before, 0)]);
                assert!(found(&patterns, &text[..before + length - 1]).is_empty());
            }
        }
    }

    #[test]
    fn case_is_ignored_where_it_is_to_be() {
        let text = b"..Zhang.San@Example.COM..\xe5\x60";
        assert_eq!(found(&[pattern(b"zhang.san@example.com", Case::Bytes)], text).len(), 1);
        assert!(found(&[pattern(b"zhang.san@example.com", Case::Exact)], text).is_empty());
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        assert_eq!(found(&[pattern(&wide("zhang三"), Case::Utf16Be)], &wide("xZHang三")), [(2, 0)]);
        // U+4E41 and U+4E61 differ by the bit that tells ASCII case
        assert!(
            found(&[pattern(&wide("\u{4e41}\u{4e41}\u{4e41}"), Case::Utf16Be)], &wide("\u{4e61}\u{4e61}\u{4e61}"))
                .is_empty()
        );
    }

    proptest! {
        /// Against the plainest search there is.
        #[test]
        fn what_a_plain_search_finds_is_found(
            needles in prop::collection::vec("[ab@.]{5,24}", 1..40),
            text in "[ab@.]{0,600}",
            cuts in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let patterns: Vec<Pattern> = needles.iter().map(|n| pattern(n.as_bytes(), Case::Bytes)).collect();
            let text = text.as_bytes();
            let mut expected: Vec<(usize, usize)> = Vec::new();
            for (number, needle) in needles.iter().enumerate() {
                let at = text.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle.as_bytes());
                expected.extend(at.map(|(start, _)| (start, number)));
            }
            expected.sort_unstable();
            prop_assert_eq!(&found(&patterns, text), &expected);

            let search = Search::new(patterns);
            let (mut stream, mut rest, mut streamed) = (Stream::default(), text, vec![0; needles.len()]);
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at(rest.len().min(*cut));
                stream.feed(&search, piece, &mut |number| streamed[number] += 1);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            for (number, count) in streamed.iter().enumerate() {
                prop_assert_eq!(*count, expected.iter().filter(|(_, n)| *n == number).count());
            }
        }
    }
}
