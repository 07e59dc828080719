//! Every way the house says no: a code, what is refused, why, and what to do next. A refusal is not a failure: nothing
//! was tried.

use crate::plan::{Hindrance, Unfit};

/// A refusal. Its message never holds a value of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody in the database fits the identity
    #[error("nobody is found under what was given")]
    UnknownPerson,
    /// Identifiers that no kind or person table of the map knows, or that are not of their kind
    #[error("identifiers {} cannot be used: their word is unknown or their value is not of its kind", list(places))]
    BadIdentifier {
        /// Their places in what was given, from 0
        places: Vec<usize>,
    },
    /// Several people may be meant
    #[error("it is not clear who is meant: {0} points to decide")]
    AmbiguousIdentity(usize),
    /// The identity set differs from the one that the officer identified
    #[error("the identity resolves to something else than when the case was identified")]
    IdentityChanged,
    /// The case's identity level is not reached
    #[error("identity level {wanted} is needed, {reached} is on record")]
    Unverified {
        /// Needed for this type of request
        wanted: String,
        /// On record, `none` when nothing is
        reached: String,
    },
    /// The case is in a state in which this cannot be done
    #[error("the case is {status}; {wanted} is not possible now")]
    WrongState {
        /// Its state
        status: String,
        /// What was asked
        wanted: String,
    },
    /// What the plan rests on has changed
    #[error("the plan is stale: deriving it again gives something else")]
    StalePlan,
    /// The plan is bound to something else than what is here
    #[error("the plan was made for another {0}")]
    ForeignPlan(&'static str),
    /// What was begun or removed stands in another file, and no mark says that this one is its copy
    #[error(
        "the database file is another one than the one that was changed, and no mark in it says that it is its copy"
    )]
    FileReplaced,
    /// More than 24 hours old
    #[error("the plan expired at {0}")]
    ExpiredPlan(String),
    /// Already applied
    #[error("the plan has been applied already")]
    AppliedTwice,
    /// Whoever made the plan has to sign it first
    #[error("whoever made the plan ({0}) has not signed it, or their key is not allowed any more")]
    PlanNotSigned(String),
    /// A second person has to agree
    #[error("no second person has agreed to this plan, or their key is not allowed any more")]
    NotApproved,
    /// The second person may be the first
    #[error("who agrees to a plan must be somebody else than who made it: the key or a name is the same")]
    SamePerson,
    /// The clock stands before the last event on record, or before the plan was made
    #[error("the clock stands before the last event on record, or before the plan was made")]
    ClockJump,
    /// More than a week passed between two events on record, or since the last one, and nobody has said that this is right
    #[error(
        "{0} days lie between two events on record, or after the last one, and nobody is there to say that the clock is right"
    )]
    ClockLeap(i64),
    /// One row agrees to several scopes, channels or topics, and only some of them are withdrawn or refused
    #[error(
        "a row of {0} agrees to several scopes, channels or topics at once: ending it for one would end the others"
    )]
    SeveralScopes(String),
    /// A channel or topic that nothing in the data or the map is called
    #[error("nobody gets messages by such a {0}: it stands neither in the data nor in the data map")]
    UnknownMessages(&'static str),
    /// A consent is on record that is younger than the request to withdraw it
    #[error("a row of {0} says that consent was given after the request to withdraw it arrived")]
    AgreedSince(String),
    /// The schema is not the one that the map was read against
    #[error("the schema has changed since the data map was read against it: {}", .0.join(", "))]
    Drift(Vec<String>),
    /// Without a mark the rows have to say whether a change took place, and they contradict each other
    #[error("intent {0} was interrupted, and the rows do not agree on whether it took place: look at them")]
    LookHere(i64),
    /// The file was changed
    #[error("the plan was changed after it was written")]
    EditedPlan,
    /// The engine did something that was neither planned nor declared
    #[error(
        "applying would change table {table} in {rows} rows that are neither planned nor declared as a side effect"
    )]
    UnplannedChange {
        /// The table
        table: String,
        /// How many rows
        rows: u64,
    },
    /// A statement changed another number of rows than planned
    #[error("table {table}: {planned} rows are planned, {changed} would change")]
    RowsChanged {
        /// The table
        table: String,
        /// Planned
        planned: u64,
        /// Would change
        changed: u64,
    },
    /// After the changes, the search finds what should be gone
    #[error("after the changes {rows} rows are still found in {table} that should be gone or overwritten")]
    StillFound {
        /// The table
        table: String,
        /// How many rows
        rows: u64,
    },
    /// A hold was added while the plan was being applied
    #[error("a legal hold was added since the plan was made")]
    HoldAdded,
    /// The one table of our own is not there
    #[error("the table droit_mark is missing and may not be made")]
    MarkMissing,
    /// The user database carries a later mark than the casebook knows: the casebook was restored from an older copy
    #[error("the database carries the mark of a change that the casebook does not know")]
    CasebookBehind,
    /// The casebook says that a change was committed, the user database does not carry its mark: it was restored
    #[error("the casebook records a change that the database does not carry the mark of")]
    DatabaseBehind,
    /// A row cannot be named
    #[error("table {0} has neither a key nor a rowid: its rows cannot be planned on")]
    NoKey(String),
    /// A case value that the map does not speak of
    #[error("table {0} holds a case value that the map does not speak of")]
    UnknownCase(String),
    /// A minimum counts from a date that is nowhere
    #[error("table {table} counts a period from {date}, which is no column of it or of a row it is tied to")]
    MissingDate {
        /// The table that states the period
        table: String,
        /// The date as the map writes it
        date: String,
    },
    /// The map does not say where births and consents are found
    #[error("the data map has no [minors], or no person with a `born` that its consents name: minors cannot be told")]
    NoMinors,
    /// A column names files, but no folder is set
    #[error("column {0} names files, but no files folder is set in droit.toml")]
    FilesFolder(String),
    /// A file column names something that is no regular file beneath the files folder
    #[error("a value of column {0} names something that is no regular file beneath the files folder")]
    FileNotBeneath(String),
    /// A text that is not valid UTF-8 names the person: striking that out would change its other bytes
    #[error("a text in table {0} names the person and is not valid UTF-8, so that nothing can be struck out of it")]
    MalformedText(String),
    /// A text of somebody else that names the person is too long to be held: `table.column`
    #[error("a text of somebody else that names the person is longer than a mebibyte: {0}")]
    LongMention(String),
    /// A value cannot take the place of another
    #[error("{place} cannot be corrected: {because}")]
    Unfit {
        /// The table and the column
        place: String,
        /// Why
        because: Unfit,
    },
    /// The map does not say how the risk of a table is measured
    #[error("the data map does not say how the risk of {0} is measured")]
    RiskUndeclared(String),
    /// Rows of a table are less alike than they must be to be released
    #[error("table {table} is not released: {rows} rows are alike with fewer than {wanted} rows, itself included")]
    BelowK {
        /// The table
        table: String,
        /// So many must be alike
        wanted: u64,
        /// How many rows are not
        rows: u64,
    },
    /// Rows that are alike say the same of their people
    #[error(
        "table {table} is not released: among rows that are alike {column} has {found} different values, fewer than {wanted}"
    )]
    BelowL {
        /// The table
        table: String,
        /// The sensitive column
        column: String,
        /// So many different values there must be
        wanted: u64,
        /// So few there are
        found: u64,
    },
    /// Rows of a table cannot be kept so that they could be put back
    #[error("rows of {0} cannot be kept so that they could be put back")]
    CannotKeep(String),
    /// What a change replaced and removed is kept no more
    #[error("what was changed could be undone until {0}")]
    UndoOver(String),
    /// Nothing is kept that could be put back
    #[error("of no change of this case is kept what was there before")]
    UndoNone,
    /// Something stands in the way of an undo
    #[error("nothing is undone: {because}: {places}")]
    CannotUndo {
        /// What
        because: Hindrance,
        /// The tables with their rows, by tokens
        places: String,
    },
    /// A column that must go cannot be overwritten
    #[error("column {0} must be overwritten, but nothing fits its type and constraints")]
    CannotOverwrite(String),
}

fn list(places: &[usize]) -> String {
    let numbers: Vec<String> = places.iter().map(|place| (place + 1).to_string()).collect();
    numbers.join(", ")
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown_person",
            Self::BadIdentifier { .. } => "bad_identifier",
            Self::AmbiguousIdentity(_) => "ambiguous_identity",
            Self::IdentityChanged => "identity_changed",
            Self::Unverified { .. } => "unverified",
            Self::WrongState { .. } => "wrong_state",
            Self::StalePlan => "stale_plan",
            Self::ForeignPlan(_) => "foreign_plan",
            Self::FileReplaced => "file_replaced",
            Self::ExpiredPlan(_) => "expired_plan",
            Self::AppliedTwice => "applied_twice",
            Self::PlanNotSigned(_) => "plan_not_signed",
            Self::NotApproved => "not_approved",
            Self::SamePerson => "same_person",
            Self::ClockJump | Self::ClockLeap(_) => "clock_jump",
            Self::Drift(_) => "drift",
            Self::LookHere(_) => "look_here",
            Self::EditedPlan => "edited_plan",
            Self::UnplannedChange { .. } | Self::RowsChanged { .. } => "unplanned_change",
            Self::StillFound { .. } => "still_found",
            Self::HoldAdded => "hold_added",
            Self::MarkMissing => "mark_missing",
            Self::CasebookBehind => "casebook_behind",
            Self::DatabaseBehind => "database_behind",
            Self::NoKey(_) => "no_key",
            Self::UnknownCase(_) => "unknown_case",
            Self::MissingDate { .. } => "missing_date",
            Self::SeveralScopes(_) => "several_scopes",
            Self::UnknownMessages(_) => "unknown_messages",
            Self::AgreedSince(_) => "agreed_since",
            Self::NoMinors => "no_minors",
            Self::FilesFolder(_) => "no_files_folder",
            Self::FileNotBeneath(_) => "file_not_beneath",
            Self::MalformedText(_) => "malformed_text",
            Self::LongMention(_) => "long_mention",
            Self::RiskUndeclared(_) => "risk_undeclared",
            Self::BelowK { .. } => "below_k",
            Self::BelowL { .. } => "below_l",
            Self::CannotKeep(_) => "undo_cannot_be_kept",
            Self::UndoOver(_) => "undo_over",
            Self::UndoNone => "undo_none",
            Self::CannotUndo { because, .. } => because.code(),
            Self::CannotOverwrite(_) => "cannot_overwrite",
            Self::Unfit { because, .. } => because.code(),
        }
    }
}
