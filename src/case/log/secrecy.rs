//! What may be told of holds and refusals: secrecy leaves no trace in a letter or in a log that others see.

use std::collections::BTreeSet;

use crate::case::{Case, Kept, RefusalCode, Refused, SubjectRef};

/// Which holds there are or were, as far as it decides what may be told of rows that a hold keeps.
#[derive(Clone, Debug, Default)]
pub struct Secrecy {
    open: Covered,
    confidential: Covered,
}

#[derive(Clone, Debug, Default)]
struct Covered {
    subjects: BTreeSet<SubjectRef>,
    tables: BTreeSet<String>,
}

impl Covered {
    fn covers(&self, subjects: &[SubjectRef], table: &str) -> bool {
        let table = table.to_lowercase();
        let bare = table.rsplit('.').next().unwrap_or_default();
        self.tables.contains(&table)
            || self.tables.contains(bare)
            || subjects.iter().any(|subject| self.subjects.contains(subject))
    }
}

impl Secrecy {
    /// Takes a hold in, in force or released: that there was one stays secret.
    pub fn add(&mut self, subject: Option<SubjectRef>, table: Option<&str>, confidential: bool) {
        let covered = if confidential { &mut self.confidential } else { &mut self.open };
        covered.subjects.extend(subject);
        covered.tables.extend(table.map(str::to_lowercase));
    }

    /// What of `items` may be told to people who are known as `subjects`. A row under a hold is told only where an open
    /// hold explains it and no confidential one could. What a confidential hold keeps stands on record as not decidable
    /// yet: that is told only where no confidential hold could be the reason, for nobody is told what is not so.
    pub fn told<'k>(&self, subjects: &[SubjectRef], items: &'k [Kept]) -> impl Iterator<Item = &'k Kept> {
        items.iter().filter(move |item| {
            let secret = self.confidential.covers(subjects, &item.table);
            match item.code.parse() {
                Ok(RefusalCode::Hold) => self.open.covers(subjects, &item.table) && !secret,
                Ok(RefusalCode::Live) => !secret,
                _ => true,
            }
        })
    }
}

impl RefusalCode {
    /// Whether nobody outside may learn of it (PIPL 18(1), 35).
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Sec | Self::Crim)
    }
}

impl Case {
    /// The refusal, unless secrecy forbids to tell it.
    #[must_use]
    pub fn told_refusal(&self) -> Option<&Refused> {
        self.refused.as_ref().filter(|refused| !refused.code.is_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::RefusalCode;
    use crate::data_map::Wording;

    fn held(table: &str) -> Kept {
        Kept {
            table: table.into(),
            rows: 1,
            code: RefusalCode::Hold.word().into(),
            law: Wording::default(),
            until: None,
        }
    }

    #[test]
    fn what_a_confidential_hold_may_explain_is_not_told_although_an_open_one_explains_it_too() {
        let (one, other) = (SubjectRef::new([1; 8]), SubjectRef::new([2; 8]));
        let items = [held("orders")];
        let told = |secrecy: &Secrecy, subjects: &[SubjectRef]| secrecy.told(subjects, &items).count();
        let mut secrecy = Secrecy::default();
        assert_eq!(told(&secrecy, &[one]), 0, "nothing open explains it");
        secrecy.add(Some(one), None, false);
        assert_eq!((told(&secrecy, &[one]), told(&secrecy, &[other])), (1, 0));
        let mut by_person = secrecy.clone();
        by_person.add(Some(one), None, true);
        assert_eq!(told(&by_person, &[one]), 0);
        let mut by_another_reference = secrecy.clone();
        by_another_reference.add(Some(other), None, true);
        assert_eq!(told(&by_another_reference, &[one, other]), 0, "the same person under another reference");
        secrecy.add(None, Some("Orders"), true);
        assert_eq!(told(&secrecy, &[one]), 0);
    }
}
