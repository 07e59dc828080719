//! Why a file is not taken in.

/// Why a file is not taken in. It names lines, columns of the mapping, paths of the format: never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Both readings make sense, and nothing shows which is meant
    #[error("the file reads as UTF-8 and as GB18030, and nothing in it shows which it is")]
    Undecidable,
    /// No reading makes sense
    #[error("the file is not text in {0}")]
    NotText(&'static str),
    /// Nothing is in it
    #[error("the file holds no request")]
    Empty,
    /// A line of a spreadsheet cannot be taken apart or understood
    #[error("line {line}: {why}")]
    Line {
        /// Where it begins
        line: usize,
        /// What is wrong
        why: String,
    },
    /// The header and the mapping do not fit
    #[error("the header does not fit the mapping: {0}")]
    Columns(String),
    /// The mapping says something impossible
    #[error("the column mapping cannot be used: {0}")]
    Mapping(String),
    /// Not JSON, or a key twice in one object
    #[error("not one JSON document with every key once, at line {line}, column {column}")]
    NotJson {
        /// The line
        line: usize,
        /// The column
        column: usize,
    },
    /// A field of a JSON document is missing or wrong
    #[error("{path}: {why}")]
    Field {
        /// Its JSON path
        path: String,
        /// What is wrong
        why: &'static str,
    },
    /// The body is still signed; droit holds no agent's key
    #[error("the request is still signed and encoded, and droit holds no agent's key to check it with")]
    Signed,
    /// Not a mail from one person
    #[error("the mail cannot be taken in: {0}")]
    Mail(&'static str),
    /// No line of our own mail servers says when it arrived
    #[error("no `Received` line of our own mail servers says when the mail arrived")]
    NoReceipt,
    /// It is not clear what is asked
    #[error("the mail does not say in known words which one right is invoked")]
    UnclearRequest,
    /// More than one thing is asked
    #[error("the mail speaks of more than one right: {0}")]
    SeveralRequests(String),
    /// It came later than now
    #[error("{0} has not come yet")]
    Future(String),
}

impl IntakeError {
    /// Whether the file is understood, but somebody has to say what it means.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Self::Undecidable | Self::Signed | Self::NoReceipt | Self::UnclearRequest | Self::SeveralRequests(_)
        )
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Undecidable => "intake_encoding",
            Self::NotText(_) => "intake_not_text",
            Self::Empty => "intake_empty",
            Self::Line { .. } => "intake_line",
            Self::Columns(_) => "intake_columns",
            Self::Mapping(_) => "intake_mapping",
            Self::NotJson { .. } => "intake_json",
            Self::Field { .. } => "intake_field",
            Self::Signed => "intake_signed",
            Self::Mail(_) => "intake_mail",
            Self::NoReceipt => "intake_no_receipt",
            Self::UnclearRequest => "intake_unclear",
            Self::SeveralRequests(_) => "intake_several",
            Self::Future(_) => "intake_future",
        }
    }
}
