//! The passphrase of an archive: drawn so that it can be read aloud, or given.

use std::fmt;

use zeroize::Zeroizing;

use super::error::ExportError;

/// No two of them look alike, in print or by hand: no 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
const LETTERS: &[u8; 23] = b"ACDEFHJKMNPQRTVWXY34679";
const GROUPS: usize = 6;
const GROUP: usize = 4;
const SHORTEST: usize = 12;

/// What opens an archive. `Debug` shows nothing of it, and it is wiped when dropped.
pub struct Passphrase(Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// Draws six groups of four letters and digits: 108 bits.
    pub fn generate(random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for group in 0..GROUPS {
            if group > 0 {
                text.push('-');
            }
            for _ in 0..GROUP {
                text.push(draw(random));
            }
        }
        Self(text)
    }

    /// Takes one that was agreed on, of at least twelve characters.
    pub fn given(text: &str) -> Result<Self, ExportError> {
        if text.chars().count() < SHORTEST || text.chars().any(char::is_control) {
            return Err(ExportError::Passphrase(SHORTEST));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Each letter with the same chance: numbers beyond the last whole round are drawn again.
fn draw(random: &mut dyn FnMut(&mut [u8])) -> char {
    let rounds = u8::MAX / 23 * 23;
    loop {
        let mut byte = Zeroizing::new([0]);
        random(byte.as_mut_slice());
        if byte[0] < rounds {
            return char::from(LETTERS[usize::from(byte[0] % 23)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_groups_of_four_without_look_alikes() {
        let mut next = 0_u8;
        let drawn = Passphrase::generate(&mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        });
        assert_eq!(drawn.reveal(), "ACDE-FHJK-MNPQ-RTVW-XY34-679A");
        assert!(!LETTERS.iter().any(|c| b"0O1IL2Z5S8BUG".contains(c)));
        let bits = f64::from(u8::try_from(LETTERS.len()).unwrap()).log2() * 24.0;
        assert!(bits >= 100.0, "{bits}");
    }

    #[test]
    fn bytes_that_would_favour_some_letters_are_drawn_again() {
        let mut bytes = [255, 253, 0].into_iter().cycle();
        assert_eq!(draw(&mut |out| out[0] = bytes.next().unwrap()), 'A');
    }

    #[test]
    fn a_short_one_is_refused_and_none_is_shown() {
        assert!(matches!(Passphrase::given("elevenchars"), Err(ExportError::Passphrase(12))));
        assert!(matches!(Passphrase::given("with a\nline break"), Err(ExportError::Passphrase(12))));
        let given = Passphrase::given("正确的马电池订书钉一二三").unwrap();
        assert_eq!(format!("{given:?}"), "Passphrase(…)");
    }
}
