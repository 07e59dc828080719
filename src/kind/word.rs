//! Kinds by their machine words.

use std::str::FromStr;

use super::Kind;

/// A word that is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no kind{}", .suggestion.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownKind {
    /// The word as it was written, at most forty characters of it
    pub word: String,
    /// The known word that is nearest, if any is near
    pub suggestion: Option<&'static str>,
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::all()
            .iter()
            .copied()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| UnknownKind { word: word.chars().take(40).collect(), suggestion: nearest(word) })
    }
}

/// The known word that takes the fewest changes, if it takes no more than a third of its letters.
fn nearest(word: &str) -> Option<&'static str> {
    let word: Vec<char> =
        word.chars().take(40).flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect();
    Kind::all()
        .iter()
        .map(|kind| (distance(&word, kind.word()), kind.word()))
        .min()
        .filter(|(changes, known)| changes * 3 <= known.len())
        .map(|(_, known)| known)
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(from: &[char], to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, &a) in from.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, &b) in to.iter().enumerate() {
            let changed = last[column] + usize::from(a != b);
            let mut fewest = changed.min(last[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && a == to[column - 1] && from[row - 1] == b {
                fewest = fewest.min(before[column - 1] + 1);
            }
            line.push(fewest);
        }
        before = std::mem::replace(&mut last, line);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(word: &str) -> Option<&'static str> {
        word.parse::<Kind>().unwrap_err().suggestion
    }

    #[test]
    fn every_word_is_read_back() {
        for &kind in Kind::all() {
            assert_eq!(kind.word().parse(), Ok(kind));
            assert!(kind.word().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", kind.word());
        }
    }

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(suggestion("phnoe"), Some("phone"));
        assert_eq!(suggestion("resident-id"), Some("resident_id"));
        assert_eq!(suggestion("Email"), Some("email"));
        assert_eq!(suggestion("quux"), None);
        assert_eq!("fone".parse::<Kind>().unwrap_err().to_string(), "`fone` is no kind");
        assert_eq!("emial".parse::<Kind>().unwrap_err().to_string(), "`emial` is no kind; did you mean `email`?");
    }
}
