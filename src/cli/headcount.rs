//! How many people several cases are about: one person may have asked twice.

use std::collections::HashMap;

use crate::{
    case::{IdentitySet, SubjectRef},
    kind::Kind,
    value::Value,
};

/// Counts them. Cases are about the same person when they share a reference, an account, or a proven value that
/// identifies by itself.
pub(crate) fn of<'a>(people: impl Iterator<Item = (SubjectRef, &'a IdentitySet)>) -> usize {
    let mut groups = Groups::default();
    for (at, (subject, set)) in people.enumerate() {
        groups.above.push(at);
        for name in names(subject, set) {
            if let Some(other) = groups.known.insert(name, at) {
                groups.join(at, other);
            }
        }
    }
    groups.above.iter().enumerate().filter(|(at, above)| at == *above).count()
}

/// Everything by which the person of a case is known to be the same.
fn names(subject: SubjectRef, set: &IdentitySet) -> Vec<String> {
    let mut names = vec![subject.to_string()];
    for (person, keys) in &set.persons {
        for key in keys {
            let key: Vec<String> = key.0.iter().map(Value::to_canonical_text).collect();
            names.push(format!("{person} {}", key.join(" ")));
        }
    }
    let by_itself = |word: &str| word.parse::<Kind>().is_ok_and(|kind| kind.identifies() && !kind.is_weak());
    let values = set.values.iter().filter(|known| known.proven && by_itself(&known.kind));
    names.extend(values.map(|known| format!("{}: {}", known.kind, known.value.reveal())));
    names
}

#[derive(Default)]
struct Groups {
    known: HashMap<String, usize>,
    /// Of each case another one of the same person, or itself
    above: Vec<usize>,
}

impl Groups {
    fn top(&mut self, mut at: usize) -> usize {
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.top(one), self.top(other));
        self.above[one] = other;
    }
}
