//! Every way in which the door itself says no. Codes are stable; `droit explain CODE` prints them.

mod anchor;
mod asking;
mod case;
mod correct;
mod intake;
mod map;
mod person;
mod signing;
mod stopping;
mod workspace;

pub(crate) use self::{
    anchor::{ANCHOR_CONTRADICTED, ANCHOR_INSIDE, ANCHORS_DAMAGED, FOREIGN_ANCHOR},
    asking::{
        BACKWARDS, BREAKER, CONFIRMS_ANOTHER, IN_THE_FUTURE, INTERRUPTED, NEEDS_CONFIRM, NEEDS_YES, NO_REASON,
        NO_SUCH_FORM, NO_TERMINAL, NOT_A_CASE_NUMBER, NOT_A_DIGEST, NOT_A_LIST, NOT_A_TIME, NOT_CONFIRMED,
        NOT_FOR_A_SCREEN, SINCE_WHEN, TOO_MUCH, UNKNOWN_CODE, USAGE,
    },
    case::{
        ALREADY_REMOVED, ASKED_FOR_A_PART, ASKS_FOR_SOMETHING_ELSE, COPY_FIRST, HOLD_ENDED, INTERIM_DECIDES,
        LAW_AND_REMEDIES, LETTER_OF_NOW, MERGE_BACKWARDS, NO_DECISION, NO_MAP_FOR_LETTERS, NO_MINOR, NO_ORDER,
        NO_SUCH_CASE, NO_SUCH_LETTER, NOT_AN_ERASURE, NOT_ENFORCED, NOT_FOR_A_CASE, NOT_THE_SAME, NOT_THE_SAME_PERSON,
        NOTHING_EXTENDED, ONLY_A_PART, PROTECTS_NOBODY, RESTRICTS, ROWS_STAND, ROWS_STAY, STANDS_AGAIN, STAYS_UNTOLD,
        STILL_RESTRICTED, STILL_WITHDRAWN, TOO_MANY_CASES,
    },
    correct::{FIELD_TWICE, NO_FIELDS, NOT_A_FIELD, VALUES_GONE},
    intake::{IMPORT_TOO_LARGE, NO_MAPPING, NOT_A_MAPPING_NAME, NOT_FOR_FORMAT},
    map::{
        DRIFT, MAP_INCOMPLETE, MAP_SYNTAX, MAP_UNTRUSTED, NO_MAP, NO_SUCH_COLUMN, NOT_WAIVABLE, UNKNOWN_PART,
        UNTRUSTED_DATABASE, UNTRUSTED_FILES, WAIVER_TOO_LONG, WAIVER_WITHOUT_REASON, WAIVERS_CHANGED,
    },
    person::{
        AMBIGUOUS, ANOTHER_PERSON, BAD_IDENTIFIERS, IDENTITY_CHANGED, NO_IDENTIFIERS, NOT_AN_IDENTIFIER, NOT_CAPTURED,
        SOMEBODY_ELSE, UNKNOWN_KIND, UNKNOWN_PERSON,
    },
    signing::{
        ALREADY_AGREED, KEY_KIND, NEEDS_PLAN, NO_SIGNERS, NO_SIGNING_KEY, NO_SSH_KEYGEN, NOT_A_KEY, NOT_A_SIGNATURE,
        PASSPHRASE_NEEDS_TERMINAL, PLAN_UNKNOWN, PURGE_NOT_APPROVABLE, SIGNATURE_WRONG, SIGNER_NOT_IN_FORCE,
        SIGNER_UNKNOWN, SIGNERS_DAMAGED, SIGNERS_WRITABLE, SIGNING_KEY_EXPOSED, SSH_KEYGEN_FAILED, STATEMENT_WRONG,
        WRONG_PASSPHRASE,
    },
    stopping::{NO_CONSENTS, NO_SCOPE, NO_SUBSCRIPTIONS, UNKNOWN_SCOPE},
    workspace::{
        BUSY, CALENDAR, CANNOT_READ, CANNOT_WRITE, FILE_EXISTS, NO_DATABASE_NAMED, NO_OFFICER, NO_STATE_FOLDER,
        NO_SUCH_ZONE, NO_WORKSPACE, NOT_A_PATH, NOT_UTF8, NOT_WHOLE, SETTINGS, SYMLINK, TOUR_STOPPED, TWO_ZONES,
        UNDO_KEPT, UNDO_WINDOW, WORKSPACE_EXISTS,
    },
};
use super::Text;
use crate::cli::{exit::Exit, failure::Trouble};

/// All of them, for `droit explain`.
pub(crate) fn all() -> impl Iterator<Item = &'static Trouble> {
    [
        anchor::ALL,
        asking::ALL,
        workspace::ALL,
        map::ALL,
        person::ALL,
        case::ALL,
        correct::ALL,
        stopping::ALL,
        signing::ALL,
        intake::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let codes: BTreeSet<&str> = all().map(|trouble| trouble.code).collect();
        assert_eq!(codes.len(), all().count());
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    #[test]
    fn no_trouble_says_that_all_is_well() {
        assert!(all().all(|trouble| !matches!(trouble.exit, Exit::Done | Exit::Look)));
    }
}
