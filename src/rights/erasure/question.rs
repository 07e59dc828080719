//! What a full-text index is asked for, so that it proposes every row that may hold a value in one of its spellings.

use crate::database::Phrases;

/// The shortest part of a text that an index of parts knows, in characters.
const PART: usize = 3;

/// Spellings that share so many parts are asked for together, by these alone: whatever stands between the groups of a
/// number is in none of them, so that signs between them that no spelling has are found as well.
const ENOUGH: usize = 2;

/// Parts of one question: each costs as many steps as there are rows that it occurs in.
const ASKED: usize = 4;

/// Some of the parts that several spellings have in common, so that there are few questions and
/// each is cheap. Whatever holds a spelling holds all parts of one of them.
pub(super) fn of(spelled: &[String]) -> Vec<Phrases> {
    let (mut shared, mut whole): (Vec<Phrases>, Vec<Phrases>) = (Vec::new(), Vec::new());
    for text in spelled.iter().filter(|text| !is_found_by_another(text, spelled)) {
        let parts = parts(text);
        let common = |known: &&mut Phrases| known.iter().filter(|part| parts.contains(part)).count() >= ENOUGH;
        if parts.len() < ENOUGH {
            whole.push(vec![text.clone()]);
        } else if let Some(known) = shared.iter_mut().find(common) {
            known.retain(|part| parts.contains(part));
        } else {
            shared.push(parts);
        }
    }
    whole.extend(shared.into_iter().map(some));
    whole
}

/// Whether a shorter spelling is a part of it.
fn is_found_by_another(text: &str, spelled: &[String]) -> bool {
    let shorter = |other: &&String| other.len() < text.len() && other.chars().count() >= PART;
    spelled.iter().filter(shorter).any(|other| text.contains(other.as_str()))
}

/// The parts of a text, each once.
fn parts(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts: Vec<String> = Vec::new();
    for part in characters.windows(PART).map(String::from_iter) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// Not more parts than are needed, from all over the text.
fn some(parts: Phrases) -> Phrases {
    if parts.len() <= ASKED {
        return parts;
    }
    (0..ASKED).map(|nth| parts[nth * (parts.len() - 1) / (ASKED - 1)].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kind::Kind, value::Value};

    fn spelled(kind: Kind, canonical: &str) -> Vec<String> {
        kind.spellings(canonical).iter().map(Value::to_canonical_text).collect()
    }

    #[test]
    fn no_spelling_is_lost_and_few_questions_are_left() {
        let values = [
            (Kind::Phone, "13800138000", 6),
            (Kind::Phone, "13333333333", 20),
            (Kind::Email, "wang.xiaoming@example.com", 6),
            (Kind::ResidentId, "11010119900307123X", 6),
        ];
        for (kind, canonical, most) in values {
            let all = spelled(kind, canonical);
            let asked = of(&all);
            assert!(asked.len() <= most, "{canonical}: {asked:?}");
            for text in &all {
                let text = format!("please call {text}, thanks");
                let proposed = asked.iter().any(|parts| parts.iter().all(|part| text.contains(part.as_str())));
                assert!(proposed, "{text}: {asked:?}");
            }
            assert!(asked.iter().all(|parts| parts.len() >= ENOUGH || parts.len() == 1), "{asked:?}");
        }
    }

    #[test]
    fn a_number_is_proposed_whatever_stands_between_its_groups() {
        for number in ["13800138000", "13812345678", "13333333333", "13911112222"] {
            let asked = of(&spelled(Kind::Phone, number));
            for between in ["", " ", "-", ".", "\u{a0}", "\u{3000}", "\u{2011}", "\u{2013}", "\u{2212}", "－", ")"] {
                let text = [&number[..3], &number[3..7], &number[7..]].join(between);
                let proposed = asked.iter().any(|parts| parts.iter().all(|part| text.contains(part.as_str())));
                assert!(proposed, "{text}: {asked:?}");
            }
        }
    }

    #[test]
    fn a_question_has_parts_from_all_over_the_text() {
        assert_eq!(of(&["abcdefghijkl".to_owned()]), [["abc", "def", "ghi", "jkl"]]);
        assert_eq!(of(&["abcd".to_owned(), "xabcd".to_owned()]), [["abc", "bcd"]]);
        assert_eq!(of(&["abc".to_owned(), "xabc".to_owned()]), [["abc"]]);
    }
}
