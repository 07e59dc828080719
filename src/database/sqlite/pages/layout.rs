//! How a file is divided: the fields of its first hundred bytes and what follows from them.

use super::Damage;

/// The byte that SQLite locks; the page around it is never used.
const LOCK_BYTE: u32 = 0x4000_0000;

/// Text encoding of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8,
    /// UTF-16, low byte first
    Utf16Le,
    /// UTF-16, high byte first
    Utf16Be,
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes in a page, 512 to 65536
    pub page_size: usize,
    /// Bytes of a page that the format uses; the rest is reserved for extensions
    pub usable: usize,
    /// Pages in the file
    pub pages: u32,
    /// First page of the free list, 0 when there is none
    pub first_trunk: u32,
    /// Pages in the free list
    pub free_pages: u32,
    /// Whether every page has an entry in a pointer map
    pub auto_vacuum: bool,
    /// How texts are encoded
    pub encoding: Encoding,
    /// Counts changes of the schema
    pub schema_cookie: u32,
}

/// Where the first page says that nothing stands yet.
pub(super) const EXPANSION: std::ops::Range<usize> = 72..92;

impl Layout {
    /// Reads the header at the beginning of the first page. What SQLite before 3.7 wrote last does not tell
    /// its pages, which is damage here; any write by a current one repairs it.
    pub fn read(header: &[u8]) -> Result<Self, Damage> {
        let wrong = |what| Damage::new(1, what);
        let header: &[u8; 100] = header.first_chunk().ok_or(wrong("it is shorter than a header"))?;
        if !header.starts_with(b"SQLite format 3\0") {
            return Err(wrong("it does not begin as a database does"));
        }
        let page_size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return Err(wrong("its page size is none")),
        };
        let usable = page_size - usize::from(header[20]);
        if usable < 480 || header[21..24] != [64, 32, 32] {
            return Err(wrong("its payload fractions or reserved bytes cannot be"));
        }
        let encoding = match u32_at(header, 56) {
            0 | 1 => Encoding::Utf8,
            2 => Encoding::Utf16Le,
            3 => Encoding::Utf16Be,
            _ => return Err(wrong("its text encoding is none")),
        };
        let pages = u32_at(header, 28);
        if pages == 0 || header[24..28] != header[92..96] {
            return Err(wrong("an old SQLite wrote it last and did not say how many pages there are"));
        }
        Ok(Self {
            page_size,
            usable,
            pages,
            first_trunk: u32_at(header, 32),
            free_pages: u32_at(header, 36),
            auto_vacuum: u32_at(header, 52) != 0,
            encoding,
            schema_cookie: u32_at(header, 40),
        })
    }

    /// The page that is never used, whether or not the file reaches so far.
    #[must_use]
    pub fn lock_page(&self) -> u32 {
        LOCK_BYTE / u32::try_from(self.page_size).unwrap_or(u32::MAX) + 1
    }

    /// The pointer-map page with the entry of `page`, itself when it is one; 0 when there is none.
    #[must_use]
    pub fn map_page(&self, page: u32) -> u32 {
        if !self.auto_vacuum || page < 2 {
            return 0;
        }
        let span = u32::try_from(self.usable / 5).unwrap_or(u32::MAX) + 1;
        let first = (page - 2) / span * span + 2;
        if first == self.lock_page() { first + 1 } else { first }
    }

    /// Whether `page` is a pointer-map page.
    #[must_use]
    pub fn is_map(&self, page: u32) -> bool {
        page >= 2 && self.map_page(page) == page
    }

    /// All pointer-map pages of the file.
    pub(super) fn map_pages(&self) -> impl Iterator<Item = u32> + use<> {
        let pages = if self.auto_vacuum { self.pages } else { 0 };
        let lock = self.lock_page();
        let bases = (2..=pages).step_by(self.usable / 5 + 1);
        bases.map(move |base| if base == lock { base + 1 } else { base }).filter(move |map| *map <= pages)
    }

    /// How many bytes of a payload of `length` stand in the cell itself.
    pub(super) fn local(&self, length: u64, table: bool) -> usize {
        let most = if table { self.usable - 35 } else { (self.usable - 12) * 64 / 255 - 23 };
        let least = (self.usable - 12) * 32 / 255 - 23;
        match usize::try_from(length) {
            Ok(length) if length <= most => length,
            Ok(length) => {
                let surplus = least + (length - least) % (self.usable - 4);
                if surplus <= most { surplus } else { least }
            }
            Err(_) => least,
        }
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |b| usize::from(b[0]) << 8 | usize::from(b[1]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn layout(page_size: usize, reserved: usize) -> Layout {
        Layout {
            page_size,
            usable: page_size - reserved,
            pages: 1000,
            first_trunk: 0,
            free_pages: 0,
            auto_vacuum: false,
            encoding: Encoding::Utf8,
            schema_cookie: 1,
        }
    }

    #[test]
    fn the_lock_page_is_where_the_byte_is() {
        for (size, page) in [(512, 2_097_153), (1024, 1_048_577), (4096, 262_145), (65_536, 16_385)] {
            let layout = layout(size, 0);
            assert_eq!(layout.lock_page(), page);
            assert_eq!((u64::from(page) - 1) * size as u64, 1 << 30);
        }
    }

    #[test]
    fn a_pointer_map_gives_way_to_the_lock_page() {
        let mut layout = layout(1024, 0);
        layout.auto_vacuum = true;
        // 204 entries a page: maps at 2, 207, 412 …
        assert_eq!([2, 3, 206, 207, 208].map(|page| layout.map_page(page)), [2, 2, 2, 207, 207]);
        layout.pages = 1_049_000;
        let lock = layout.lock_page();
        assert_eq!((lock - 2) % 205, 0, "a map would stand on the page that is never used");
        assert!(!layout.is_map(lock) && layout.is_map(lock + 1));
        assert_eq!(
            [lock - 1, lock + 2, lock + 204, lock + 205].map(|page| layout.map_page(page)),
            [lock - 205, lock + 1, lock + 1, lock + 205]
        );
        let maps: Vec<u32> = (2..=layout.pages).filter(|page| layout.is_map(*page)).collect();
        assert_eq!(layout.map_pages().collect::<Vec<_>>(), maps);
        layout.pages = lock;
        assert_eq!(layout.map_pages().last(), Some(lock - 205));
    }

    #[test]
    fn local_payload_follows_the_format() {
        // the format's own example numbers for 4096 bytes: at most 4061 in a table leaf, 1002 in an index, at least 489
        let layout = layout(4096, 0);
        assert_eq!(layout.local(4061, true), 4061);
        assert_eq!(layout.local(1002, false), 1002);
        assert_eq!(layout.local(4062, true), 489);
        assert_eq!(layout.local(1003, false), 489, "489 + (1003 - 489) % 4092 would be 1003");
        assert_eq!(layout.local(489 + 4092, true), 489);
        assert_eq!(layout.local(489 + 4092 + 100, true), 589);
    }

    #[test]
    fn a_header_that_cannot_be_is_damage() {
        let mut good = [0; 100];
        good[..16].copy_from_slice(b"SQLite format 3\0");
        good[16..18].copy_from_slice(&[0x10, 0]);
        good[21..24].copy_from_slice(&[64, 32, 32]);
        good[31] = 2;
        good[59] = 1;
        assert_eq!(Layout::read(&good).unwrap().pages, 2);
        for (at, byte) in [(0, 0), (16, 3), (20, 255), (21, 63), (31, 0), (59, 4)] {
            let mut bad = good;
            bad[at] = byte;
            let wrong = Layout::read(&bad);
            assert!(wrong.is_err() || at == 20, "{at}: {wrong:?}");
        }
        assert!(Layout::read(&good[..99]).is_err());
        let mut small = good;
        small[16..18].copy_from_slice(&[2, 0]);
        small[20] = 33; // 479 usable bytes
        assert!(Layout::read(&small).is_err());
    }
}
