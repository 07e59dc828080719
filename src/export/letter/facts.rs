//! What a letter can say: the fields of its templates.

use std::fmt;

use serde::Serialize;

use crate::{case::Decision, export::visible::Plain};

/// The fields. Every one is always there, so that a template that names another one is found out; what is not known is
/// empty. Personal, so `Debug` shows nothing.
#[derive(Clone, Default, Serialize)]
pub struct LetterFacts {
    /// Who answers
    pub controller: String,
    /// How to reach them
    pub contact: String,
    /// Who asked, if they said
    pub name: String,
    /// Where the letter goes, if that is known
    pub reply_to: String,
    /// The day of the letter
    pub date: String,
    /// Case number
    pub case: String,
    /// What was asked
    pub right: String,
    /// The day of receipt
    pub received: String,
    /// The last day for the answer
    pub due: String,
    /// How to show who one is
    pub identification: String,
    /// What was decided, in words
    pub decision: String,
    /// The day until which more time was taken
    pub until: String,
    /// Why, in the officer's words: of an extension or a refusal
    pub reason: String,
    /// Code of the refusal
    pub code: String,
    /// What the code means
    pub code_title: String,
    /// The law that is cited
    pub law: String,
    /// Whether what was removed is a part of what is held, and the rest stays
    pub part: bool,
    /// What was given
    pub given: Vec<Done>,
    /// What was stopped: consents that were withdrawn, messages that were refused, in words
    pub stopped: Vec<String>,
    /// Whether a consent was withdrawn: what is held on another basis is not affected
    pub withdrawn: bool,
    /// What was corrected
    pub corrected: Vec<Done>,
    /// What was removed
    pub removed: Vec<Done>,
    /// What lost everything personal, and stays
    pub anonymized: Vec<Done>,
    /// What went from records that stay and still name the person
    pub cleared: Vec<Done>,
    /// What no longer names the person and still hangs together
    pub de_identified: Vec<Done>,
    /// What stays, and why
    pub kept: Vec<Stays>,
    /// SHA-256 of the package, if there is one
    pub package: String,
    /// `proven`, `pending`, `not_provable` or `not_needed`
    pub proof: &'static str,
    /// What the person can do against it, paragraph by paragraph
    pub remedies: Vec<String>,
    /// The head of the record
    pub head: String,
}

/// Records of one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// What they are
    pub what: String,
    /// How many
    pub rows: u64,
}

/// Records that stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stays {
    /// What they are
    pub what: String,
    /// How many
    pub rows: u64,
    /// Why, in words
    pub why: String,
    /// The law
    pub law: String,
    /// The last day; empty when it depends on something that has not happened
    pub until: String,
}

impl fmt::Debug for LetterFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LetterFacts").field("case", &self.case).finish_non_exhaustive()
    }
}

impl LetterFacts {
    /// Makes every text harmless: nothing acts, and only the reasons have line breaks.
    pub(super) fn harmless(mut self) -> Self {
        let line =
            |text: &mut String| *text = Plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string();
        for text in [
            &mut self.controller,
            &mut self.contact,
            &mut self.name,
            &mut self.reply_to,
            &mut self.right,
            &mut self.law,
        ] {
            line(text);
        }
        self.reason = Plain(self.reason.trim()).to_string();
        for paragraph in &mut self.remedies {
            *paragraph = Plain(paragraph.trim()).to_string();
        }
        let lists = [
            &mut self.given,
            &mut self.corrected,
            &mut self.removed,
            &mut self.anonymized,
            &mut self.cleared,
            &mut self.de_identified,
        ];
        lists.into_iter().flatten().for_each(|done| line(&mut done.what));
        self.stopped.iter_mut().for_each(line);
        for stays in &mut self.kept {
            line(&mut stays.what);
            line(&mut stays.law);
        }
        self
    }

    /// What a letter must say whatever its template looks like: each field with the texts that must be found.
    pub(super) fn required(
        &self,
        letter: crate::case::letter::Letter,
        decision: Option<Decision>,
    ) -> Vec<(&'static str, &str)> {
        use crate::case::letter::Letter;
        let mut required = vec![("case", &*self.case), ("controller", &*self.controller)];
        if letter == Letter::Extension {
            required.extend([("until", &*self.until), ("reason", &*self.reason)]);
        }
        if letter == Letter::Refusal {
            required.extend([("code_title", &*self.code_title), ("law", &*self.law), ("reason", &*self.reason)]);
        }
        if letter == Letter::Refusal || decision.is_some_and(Decision::requires_remedies) {
            required.extend(self.remedies.iter().map(|paragraph| ("remedies", &**paragraph)));
        }
        if letter == Letter::Answer {
            required.extend(self.stopped.iter().map(|stopped| ("stopped", &**stopped)));
            required.extend(
                self.kept.iter().flat_map(|kept| [("kept", &*kept.what), ("kept", &*kept.law), ("kept", &*kept.until)]),
            );
        }
        required
    }
}
