//! Looks for the bytes of keys in files: as they are, in hexadecimal and in Base64.

use std::{
    collections::HashMap,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{CasebookError, keys::no_follow};
use crate::{case::KeyId, value::hex};

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// Bytes by which a pattern is recognised before it is compared.
const GRAM: usize = 8;

/// Bits of the first look.
const BITS: u32 = 18;

/// A search for keys.
pub struct KeySearch {
    patterns: Vec<Pattern>,
    /// Patterns by their first bytes
    grams: HashMap<u64, Vec<usize>>,
    bitmap: Vec<u64>,
    longest: usize,
}

/// What a search came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Bytes that were looked at
    pub bytes: u64,
    /// Keys and the files in which they were found, besides their own
    pub found: Vec<(KeyId, PathBuf)>,
}

struct Pattern {
    key: KeyId,
    own: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for KeySearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySearch({} patterns)", self.patterns.len())
    }
}

impl Default for KeySearch {
    fn default() -> Self {
        let bitmap = vec![0; 1 << (BITS - 6)];
        Self { patterns: Vec::new(), grams: HashMap::new(), bitmap, longest: 0 }
    }
}

impl KeySearch {
    /// Adds a key, whose own file is `own`. One that is overwritten with zeros is nothing to look for.
    pub(super) fn add(&mut self, key: KeyId, own: PathBuf, bytes: &[u8; 32]) {
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let own = own.canonicalize().unwrap_or(own);
        let text = Zeroizing::new(hex(bytes));
        let mut forms = vec![bytes.to_vec(), text.as_bytes().to_vec(), text.to_uppercase().into_bytes()];
        forms.extend((0..3).map(|lead| base64_within(bytes, lead)));
        for form in forms {
            let bytes = Zeroizing::new(form);
            let Some(gram) = bytes.first_chunk().map(|gram: &[u8; GRAM]| u64::from_le_bytes(*gram)) else { continue };
            self.longest = self.longest.max(bytes.len());
            let (word, bit) = place(gram);
            self.bitmap[word] |= bit;
            self.grams.entry(gram).or_default().push(self.patterns.len());
            self.patterns.push(Pattern { key, own: own.clone(), bytes });
        }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Looks through a file, or through every file beneath a folder. Links are not followed.
    pub fn search(&self, path: &Path, searched: &mut Searched) -> Result<(), CasebookError> {
        if self.is_empty() {
            return Ok(());
        }
        let failed = || CasebookError::file("searched", path);
        let found = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()), // it went meanwhile
            found => found.map_err(failed())?,
        };
        if found.is_dir() {
            for entry in fs::read_dir(path).map_err(failed())? {
                self.search(&entry.map_err(failed())?.path(), searched)?;
            }
        } else if found.is_file() {
            let opened = OpenOptions::new().read(true).custom_flags(no_follow()).open(path);
            match opened {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                opened => self.look(opened.map_err(failed())?, path, searched).map_err(failed())?,
            }
        }
        Ok(())
    }

    fn look(&self, mut file: File, path: &Path, searched: &mut Searched) -> io::Result<()> {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut buffer = Zeroizing::new(vec![0; CHUNK + self.longest]);
        let (mut kept, mut hits) = (0, Vec::new());
        loop {
            let count = match file.read(&mut buffer[kept..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                counted => counted?,
            };
            if count == 0 {
                break;
            }
            searched.bytes += count as u64;
            let filled = kept + count;
            self.scan(&buffer[..filled], &real, &mut hits);
            // what may be the beginning of a pattern is looked at again with what follows
            kept = filled.min(self.longest - 1);
            buffer.copy_within(filled - kept..filled, 0);
        }
        hits.sort_unstable();
        hits.dedup();
        searched.found.extend(hits.into_iter().map(|key| (key, path.to_owned())));
        Ok(())
    }

    fn scan(&self, text: &[u8], file: &Path, hits: &mut Vec<KeyId>) {
        for (at, gram) in text.windows(GRAM).enumerate() {
            let Ok(gram) = <[u8; GRAM]>::try_from(gram).map(u64::from_le_bytes) else { continue };
            let (word, bit) = place(gram);
            if self.bitmap[word] & bit == 0 {
                continue;
            }
            for pattern in self.grams.get(&gram).into_iter().flatten().map(|number| &self.patterns[*number]) {
                if text[at..].starts_with(&pattern.bytes) && pattern.own != file {
                    hits.push(pattern.key);
                }
            }
        }
    }
}

fn place(gram: u64) -> (usize, u64) {
    let hash = gram.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS);
    (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
}

/// The Base64 digits that tell of `bytes` alone, when `lead` bytes of something else stand before them in their group.
fn base64_within(bytes: &[u8], lead: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| (bytes[at / 8] >> (7 - at % 8)) & 1;
    // digits begin every six bits from the group's first byte on
    let first = (6 - (lead * 8) % 6) % 6;
    let digits = (bytes.len() * 8 - first) / 6;
    let digit = |n: usize| (0..6).fold(0, |value, i| value << 1 | usize::from(bit(first + n * 6 + i)));
    (0..digits).map(|n| DIGITS[digit(n)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = *b"\x00\x91key\xff\xfe with bytes of all kind\x7f\x80";

    fn search(id: u8, own: &Path) -> KeySearch {
        let mut search = KeySearch::default();
        search.add(KeyId::new([id; 16]), own.to_owned(), &KEY);
        search
    }

    fn found(dir: &Path) -> Vec<String> {
        let mut searched = Searched::default();
        search(1, &dir.join("own.key")).search(dir, &mut searched).unwrap();
        let mut names: Vec<String> =
            searched.found.iter().map(|(_, path)| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_form_is_found_wherever_it_stands() {
        let dir = tempfile::tempdir().unwrap();
        // what another program prints of the key behind none, one and two bytes of x
        let encoded = [
            "AJFrZXn//iB3aXRoIGJ5dGVzIG9mIGFsbCBraW5kf4A=",
            "eACRa2V5//4gd2l0aCBieXRlcyBvZiBhbGwga2luZH+A",
            "eHgAkWtlef/+IHdpdGggYnl0ZXMgb2YgYWxsIGtpbmR/gA==",
        ];
        for (n, text) in encoded.iter().enumerate() {
            fs::write(dir.path().join(format!("base64-{n}")), format!("{{\"k\":\"{text}\"}}")).unwrap();
        }
        let lower = KEY.map(|byte| format!("{byte:02x}")).concat();
        fs::write(dir.path().join("lower"), format!("key={lower}\n")).unwrap();
        fs::write(dir.path().join("upper"), lower.to_uppercase()).unwrap();
        fs::create_dir(dir.path().join("deep")).unwrap();
        for (name, before) in [("deep/a", 0), ("deep/b", CHUNK - 5), ("deep/c", CHUNK + 60), ("deep/d", 3 * CHUNK)] {
            let text = [&vec![7; before][..], &KEY, &[7; 100]].concat();
            fs::write(dir.path().join(name), text).unwrap();
        }
        fs::write(dir.path().join("own.key"), KEY).unwrap();
        fs::write(dir.path().join("nearly"), &KEY[..31]).unwrap();
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("link")).unwrap();
        let names = found(dir.path());
        assert_eq!(names, ["a", "b", "base64-0", "base64-1", "base64-2", "c", "d", "lower", "upper"]);
    }

    #[test]
    fn a_key_that_is_overwritten_is_not_looked_for() {
        let mut search = KeySearch::default();
        search.add(KeyId::new([1; 16]), PathBuf::new(), &[0; 32]);
        assert!(search.is_empty());
    }

    #[test]
    fn a_search_shows_no_key() {
        assert_eq!(format!("{:?}", search(1, Path::new("x"))), "KeySearch(6 patterns)");
    }
}
