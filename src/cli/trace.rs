//! From the errors of all floors to what a person or a script is told: a code, an exit code, a way on.

use crate::{
    case::{
        IllegalMove, Status, StatusMove,
        calendar::CalendarError,
        deadline::ExtensionRefused,
        request::{RequestError, UnknownWord},
    },
    casebook::{AnchorError, CasebookError},
    database::DatabaseError,
    error::Error,
    export::{ExportError, letter::LetterError},
    intake::IntakeError,
    plan::FormatError,
    refusal::Refusal,
    signature::SignatureError,
};

use super::{
    exit::Exit,
    failure::Failure,
    language::Language,
    text::{codes, trouble, words},
    workspace::{cannot_read, cannot_write},
};

/// Finds the first cause that is known by a code; what is not known has failed.
pub(super) fn failure(error: &anyhow::Error) -> Failure {
    for cause in error.chain() {
        if let Some(failure) = known(cause) {
            return failure;
        }
    }
    Failure::of("failed", Exit::Failed, None, None, format!("{error:#}"))
}

fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Failure> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some(failure.clone());
    }
    if let Some(error) = cause.downcast_ref::<CasebookError>() {
        return Some(casebook(error));
    }
    if let Some(error) = cause.downcast_ref::<SignatureError>() {
        return Some(signature(error));
    }
    if let Some(error) = cause.downcast_ref::<AnchorError>() {
        return Some(anchors(error));
    }
    if let Some(error) = cause.downcast_ref::<IllegalMove>() {
        return Some(illegal(error));
    }
    if let Some(error) = cause.downcast_ref::<Error>() {
        return Some(use_case(error));
    }
    if let Some(error) = cause.downcast_ref::<DatabaseError>() {
        return Some(database(error));
    }
    if let Some(error) = cause.downcast_ref::<FormatError>() {
        return Some(plan(error));
    }
    if let Some(error) = cause.downcast_ref::<Refusal>() {
        return Some(theirs(error.code(), Exit::Refused, error));
    }
    if let Some(error) = cause.downcast_ref::<ExportError>() {
        return Some(package(error));
    }
    if let Some(error) = cause.downcast_ref::<LetterError>() {
        return Some(letter(error));
    }
    if let Some(error) = cause.downcast_ref::<IntakeError>() {
        return Some(intake(error));
    }
    if cause.is::<ExtensionRefused>() {
        return Some(theirs("not_extendable", Exit::Refused, cause));
    }
    if cause.is::<RequestError>() || cause.is::<UnknownWord>() {
        return Some(theirs("request", Exit::Usage, cause));
    }
    if cause.is::<CalendarError>() {
        return Some(theirs("calendar", Exit::Usage, cause));
    }
    None
}

/// A failure of a lower floor, in its own words, with the explanation's title and text for the reader's language.
fn theirs(code: &'static str, exit: Exit, error: &(dyn std::error::Error + 'static)) -> Failure {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        if !message.ends_with(&inner.to_string()) {
            message = format!("{message}: {inner}");
        }
        source = inner.source();
    }
    let code = codes::find(code).map_or(code, |known| known.word);
    Failure::of(code, exit, codes::title(code), codes::way_on(code), message)
}

fn casebook(error: &CasebookError) -> Failure {
    match error {
        CasebookError::IllegalMove(inner) => illegal(inner),
        CasebookError::Interrupted(_) => trouble::INTERRUPTED.plain(),
        CasebookError::Busy(holder) => trouble::BUSY.with(&[("holder", &holder.to_string())]),
        _ => {
            let exit = match error.code() {
                "casebook_behind"
                | "casebook_forked"
                | "casebook_head_unknown"
                | "casebook_hot_journal"
                | "intent_open"
                | "keys_exposed"
                | "network_file_system"
                | "casebook_unsafe"
                | "personal_in_clear"
                | "clock_jump"
                | "illegal_move" => Exit::Refused,
                _ => Exit::Failed,
            };
            theirs(error.code(), exit, error)
        }
    }
}

fn anchors(error: &AnchorError) -> Failure {
    let named = |path: &std::path::Path| path.display().to_string();
    match error {
        AnchorError::Link(path) => trouble::SYMLINK.with(&[("file", &named(path))]),
        AnchorError::Damaged { path, line, why } => {
            trouble::ANCHORS_DAMAGED.with(&[("file", &named(path)), ("line", &line.to_string()), ("why", why)])
        }
        AnchorError::Foreign(path) => trouble::FOREIGN_ANCHOR.with(&[("file", &named(path))]),
        AnchorError::Busy(path) => trouble::BUSY.with(&[("holder", &named(path))]),
        AnchorError::File { what: "written", path, source } => cannot_write(path, source),
        AnchorError::File { path, source, .. } => cannot_read(path, source),
    }
}

pub(super) fn signature(error: &SignatureError) -> Failure {
    let named = |path: &std::path::Path| path.display().to_string();
    match error {
        SignatureError::Unreadable { path, source } => cannot_read(path, source),
        SignatureError::NotAKey(path) => trouble::NOT_A_KEY.with(&[("file", &named(path))]),
        SignatureError::KeyExposed(path) => trouble::SIGNING_KEY_EXPOSED.with(&[("file", &named(path))]),
        SignatureError::Algorithm(kind) => trouble::KEY_KIND.with(&[("kind", kind)]),
        SignatureError::WrongPassphrase => trouble::WRONG_PASSPHRASE.plain(),
        SignatureError::NoProgram(why) => trouble::NO_SSH_KEYGEN.with(&[("why", &why.to_string())]),
        SignatureError::ProgramFailed(why) => trouble::SSH_KEYGEN_FAILED.with(&[("why", why)]),
        SignatureError::Signers { path, line, why } => {
            trouble::SIGNERS_DAMAGED.with(&[("file", &named(path)), ("line", &line.to_string()), ("why", why)])
        }
        SignatureError::NotASignature => trouble::NOT_A_SIGNATURE.plain(),
        SignatureError::Wrong(why) => trouble::SIGNATURE_WRONG.with(&[("why", why)]),
        SignatureError::Unknown(key) => trouble::SIGNER_UNKNOWN.with(&[("key", key)]),
        SignatureError::NotInForce(key) => trouble::SIGNER_NOT_IN_FORCE.with(&[("key", key)]),
    }
}

fn use_case(error: &Error) -> Failure {
    match error {
        Error::Refused(refusal) => theirs(refusal.code(), Exit::Refused, refusal),
        Error::Database(error) => database(error),
        Error::Casebook(error) => casebook(error),
        Error::Plan(error) => plan(error),
        Error::Export(error) => package(error),
        Error::Letter(error) => letter(error),
        Error::Io { .. } => theirs("io_failed", Exit::Failed, error),
    }
}

fn database(error: &DatabaseError) -> Failure {
    match error {
        DatabaseError::Interrupted => trouble::INTERRUPTED.plain(),
        DatabaseError::Busy => theirs(error.code(), Exit::Busy, error),
        DatabaseError::HotJournal(_)
        | DatabaseError::ForeignKey
        | DatabaseError::PointedAt(_)
        | DatabaseError::Unsupported(_)
        | DatabaseError::Damaged(_)
        | DatabaseError::ReservedBytes(_) => theirs(error.code(), Exit::Refused, error),
        _ => theirs(error.code(), Exit::Failed, error),
    }
}

fn plan(error: &FormatError) -> Failure {
    let exit = match error {
        FormatError::Io(_) => Exit::Failed,
        FormatError::NotAPlan { .. } | FormatError::UnknownSchema(_) => Exit::Usage,
        FormatError::Edited => Exit::Refused,
    };
    theirs(error.code(), exit, error)
}

fn package(error: &ExportError) -> Failure {
    match error {
        ExportError::Exists(_) => theirs("package_exists", Exit::Refused, error),
        ExportError::Busy(_) => theirs("package_busy", Exit::Busy, error),
        ExportError::DiskFull(_) => theirs("disk_full", Exit::Failed, error),
        _ => theirs("export_failed", Exit::Failed, error),
    }
}

fn letter(error: &LetterError) -> Failure {
    let exit = match error {
        LetterError::Template { .. } => Exit::Usage,
        LetterError::LeftOut { .. } | LetterError::NothingToTell { .. } | LetterError::Secret => Exit::Refused,
    };
    theirs(error.code(), exit, error)
}

fn intake(error: &IntakeError) -> Failure {
    let exit = if error.needs_a_person() { Exit::Refused } else { Exit::Usage };
    theirs(error.code(), exit, error)
}

fn illegal(error: &IllegalMove) -> Failure {
    let code = match error {
        IllegalMove::Level { .. } => "not_verified",
        IllegalMove::RemediesMissing => "remedies_missing",
        IllegalMove::NothingDone => "nothing_done",
        IllegalMove::NotRefused => "not_refused",
        IllegalMove::LeftToPerson => "left_to_person",
        IllegalMove::DataWasFound => "data_was_found",
        IllegalMove::CopyIncomplete => "copy_incomplete",
        IllegalMove::SomethingDone => "something_done",
        IllegalMove::Verified => "is_verified",
        IllegalMove::ForeignAuthority => "foreign_authority",
        IllegalMove::UndoPending(_) => "undo_pending",
        IllegalMove::NothingToUndo => "undo_none",
        _ => "illegal_move",
    };
    let failure = theirs(code, Exit::Refused, error);
    match error {
        IllegalMove::Status(moved) => failure.in_chinese(cannot_become(moved)),
        _ => failure,
    }
}

/// Which states a case may not go between, for Chinese readers.
fn cannot_become(moved: &StatusMove) -> String {
    let said = |status: &Status| words::status(*status).of(Language::Chinese);
    let legal: Vec<&str> = moved.legal.iter().map(said).collect();
    let legal = if legal.is_empty() { "无".to_owned() } else { legal.join("、") };
    format!("案件状态为“{}”，不能变为“{}”；可变为：{legal}", said(&moved.from), said(&moved.to))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever reads Chinese is told in Chinese where the case stands and where it may go.
    #[test]
    fn a_move_that_is_not_legal_is_told_in_chinese() {
        let moved = Status::Replied.require_move(Status::Executing).unwrap_err();
        let told = illegal(&IllegalMove::Status(moved)).human(Language::Chinese);
        let first = told.lines().next().unwrap();
        assert_eq!(first, "错误[illegal_move]：案件状态为“已答复”，不能变为“执行中”；可变为：已答复、已结案、已重开");
        assert!(!told.contains("详情"), "{told}");
    }

    #[test]
    fn what_has_no_code_has_failed() {
        let failure = failure(&anyhow::anyhow!("the roof fell in"));
        assert_eq!(failure.exit(), Exit::Failed);
        assert_eq!(failure.human(Language::English), "error[failed]: the roof fell in\n");
    }

    #[test]
    fn a_cause_is_found_under_its_context() {
        let error = anyhow::Error::from(trouble::NO_WORKSPACE.plain()).context("opening");
        assert_eq!(failure(&error).exit(), Exit::Usage);
    }

    #[test]
    fn an_unverified_identity_is_a_refusal_with_its_own_code() {
        let error = IllegalMove::Level { needed: crate::case::request::Level::L2, verified: None };
        let failure = failure(&CasebookError::IllegalMove(error).into());
        assert_eq!(failure.exit(), Exit::Refused);
        assert!(failure.human(Language::Chinese).starts_with("错误[not_verified]："));
    }

    /// The codes that a lower floor gives its errors, read out of its sources.
    fn codes_of(source: &str) -> Vec<String> {
        let from = source.find("pub fn code(&self)").or_else(|| source.find("pub fn code(self)")).unwrap();
        let body = &source[from..from + source[from..].find("\n    }\n").unwrap()];
        let words = body.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        words.collect()
    }

    #[test]
    fn every_code_of_the_lower_floors_is_told_in_chinese_first() {
        let sources = [
            include_str!("../refusal.rs"),
            include_str!("../error.rs"),
            include_str!("../casebook/error.rs"),
            include_str!("../database/mod.rs"),
            include_str!("../plan/format.rs"),
            include_str!("../plan/hindrance.rs"),
        ];
        let mut words: Vec<String> = sources.iter().flat_map(|source| codes_of(source)).collect();
        words.extend(
            ["package_exists", "package_busy", "disk_full", "export_failed", "not_verified"].map(str::to_owned),
        );
        words.extend(
            [
                "remedies_missing",
                "nothing_done",
                "not_refused",
                "left_to_person",
                "data_was_found",
                "copy_incomplete",
                "something_done",
                "is_verified",
                "foreign_authority",
                "illegal_move",
                "not_extendable",
                "request",
                "calendar",
            ]
            .map(str::to_owned),
        );
        assert!(words.len() > 80, "{}", words.len());
        for word in words {
            let word: &'static str = word.leak();
            let told = theirs(word, Exit::Failed, &Refusal::StalePlan).human(Language::Chinese);
            let lines: Vec<&str> = told.lines().collect();
            let first = lines[0].strip_prefix(&format!("错误[{word}]：")).unwrap_or_else(|| panic!("{told}"));
            assert!(first.chars().any(|c| c > '\u{2fff}'), "{word} has no Chinese: {told}");
            assert!(!first.contains(['{', '}']), "{word} has an empty place: {told}");
            assert_eq!(lines[1], "详情：the plan is stale: deriving it again gives something else", "{word}");
        }
    }

    #[test]
    fn what_the_system_says_follows_the_chinese_sentence() {
        let failure = trouble::CANNOT_READ.with(&[("file", "a.txt"), ("why", "entity not found")]);
        assert!(
            failure.human(Language::Chinese).contains("a.txt\n详情：entity not found\n"),
            "{}",
            failure.human(Language::Chinese)
        );
        assert!(!failure.human(Language::English).contains("详情"));
    }
}
