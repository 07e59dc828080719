//! How writing a package can fail; never with a personal value in the message.

use std::io;

/// A package that could not be written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something (a folder, a file, a link) has the package's name already
    #[error("package {0} exists already")]
    Exists(String),
    /// Another process is writing the package of this name
    #[error("package {0} is being written by another process")]
    Busy(String),
    /// The folder that packages leave from is not there or is not a folder
    #[error("the folder for packages is missing")]
    NoOutbox,
    /// Letters, digits, `-` and `_` make a name, nothing else
    #[error("a package is named with letters, digits, '-' and '_', at most {0} of them")]
    Name(usize),
    /// A field of the head or of a table's head that says nothing, or not what it should
    #[error("{0} of the package is missing or not well formed")]
    Head(&'static str),
    /// The disk, a quota or a limit on file size is used up
    #[error("no room to {0}")]
    DiskFull(&'static str),
    /// The file system does not let us
    #[error("no permission to {0}")]
    Permission(&'static str),
    /// Any other failure of the file system, by its kind alone: the operating system's text may name a file
    #[error("could not {what}: {kind}")]
    Io {
        /// What was being done
        what: &'static str,
        /// The kind of failure
        kind: io::ErrorKind,
    },
    /// A row does not fit its table
    #[error("table {table} has {columns} columns, but a row came with {cells} cells")]
    Shape {
        /// The table
        table: String,
        /// Columns of its head
        columns: usize,
        /// Cells that came
        cells: usize,
    },
    /// Only what the person provided can be transferred (NDR 25, GDPR 20)
    #[error("column {column} of table {table} was not provided by the person and is not portable")]
    NotPortable {
        /// The table
        table: String,
        /// The column
        column: String,
    },
    /// The parts of a package come in one order: tables, consents, disclosures, what is held back
    #[error("{0} came out of order")]
    OutOfOrder(&'static str),
    /// A passphrase that the person's data should not hang on
    #[error("a passphrase has at least {0} characters, none of them a control character")]
    Passphrase(usize),
    /// Not a package of ours: a link, a device, a name that is no text
    #[error("the package holds something that is neither a file nor a folder")]
    Foreign,
    /// The ZIP could not be made
    #[error("could not make the archive")]
    Archive,
    /// The workbook could not be made
    #[error("could not make the workbook")]
    Workbook,
}

impl ExportError {
    /// Names an operating system's failure by its kind.
    pub(super) fn of(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull(what)
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Permission(what),
            kind => Self::Io { what, kind },
        }
    }
}
