//! What full-text indexes were asked, and what that says of each person.

use std::collections::BTreeSet;

use super::hunt::{Hunt, Person};
use crate::{
    database::sqlite::scrub::{Answers, Scrubber},
    error::Error,
    schema::Repeated,
};

/// What the indexes answered.
#[derive(Default)]
pub(super) struct Asked(Vec<Index>);

struct Index {
    table: String,
    differs: bool,
    /// Values that it finds in rows which do not have them
    wrongly: BTreeSet<u32>,
    /// Values that it finds, and nobody can tell in which rows
    somewhere: BTreeSet<u32>,
}

impl Asked {
    /// Asks for the values of everybody who is looked for, in the snapshot that `scrubber` holds.
    pub(super) fn of(scrubber: &Scrubber, hunt: &Hunt, repeated: &[Repeated]) -> Result<Self, Error> {
        let (texts, values): (Vec<&str>, Vec<&[u32]>) = hunt.texts().unzip();
        let of = |places: &BTreeSet<usize>| places.iter().flat_map(|at| values[*at]).copied().collect();
        let index = |Answers { table, differs, wrongly, somewhere }| Index {
            table,
            differs,
            wrongly: of(&wrongly),
            somewhere: of(&somewhere),
        };
        Ok(Self(scrubber.ask(&texts, repeated)?.into_iter().map(index).collect()))
    }

    /// Indexes that list rows which are gone, or could not be asked.
    pub(super) fn differing(&self) -> Vec<String> {
        self.0.iter().filter(|index| index.differs).map(|index| index.table.clone()).collect()
    }

    /// The person's values that are left in indexes, and those indexes. What an index without rows finds is left where no
    /// row has it; short values, which nobody looks for inside of texts, say nothing there.
    pub(super) fn left(&self, person: &Person, in_rows: &BTreeSet<u32>) -> (BTreeSet<u32>, BTreeSet<&str>) {
        let (mut left, mut objects) = (BTreeSet::new(), BTreeSet::new());
        for index in &self.0 {
            let wrongly = index.wrongly.iter().filter(|value| person.has(**value));
            let nowhere = index.somewhere.iter().filter(|value| person.has_raw(**value) && !in_rows.contains(value));
            let of_index: BTreeSet<u32> = wrongly.chain(nowhere).copied().collect();
            if !of_index.is_empty() {
                objects.insert(&*index.table);
            }
            left.extend(of_index);
        }
        (left, objects)
    }
}
