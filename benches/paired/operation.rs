//! What is measured.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operation {
    /// Open, introspect, and (droit) read and classify the map
    Start,
    /// Find one person by telephone number and count what is held
    LocateOne,
    /// One person's package
    ExportOne,
    /// A thousand packages, flushed in batches
    ExportThousand,
    /// Erase one person: plan, intent, transaction, record, files
    EraseOne,
    /// Erase a thousand people, a transaction each
    EraseThousandSingly,
    /// Erase a thousand people by one plan
    EraseThousandAtOnce,
    /// Put one person's nickname right
    CorrectOne,
    /// Children without consent
    PurgeMinors,
    /// What has outlived its purpose
    PurgeRetention,
}

pub(crate) const ALL: [Operation; 10] = [
    Operation::Start,
    Operation::LocateOne,
    Operation::ExportOne,
    Operation::ExportThousand,
    Operation::EraseOne,
    Operation::EraseThousandSingly,
    Operation::EraseThousandAtOnce,
    Operation::CorrectOne,
    Operation::PurgeMinors,
    Operation::PurgeRetention,
];

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::LocateOne => "locate-one",
            Self::ExportOne => "export-one",
            Self::ExportThousand => "export-1000",
            Self::EraseOne => "erase-one",
            Self::EraseThousandSingly => "erase-1000-singly",
            Self::EraseThousandAtOnce => "erase-1000-at-once",
            Self::CorrectOne => "correct-one",
            Self::PurgeMinors => "purge-minors",
            Self::PurgeRetention => "purge-retention",
        }
    }

    /// The ratio to reach, where one was set.
    pub(crate) fn goal(self) -> Option<f64> {
        match self {
            Self::Start | Self::ExportThousand => Some(1.5),
            Self::ExportOne | Self::PurgeMinors | Self::PurgeRetention => Some(1.3),
            Self::EraseThousandAtOnce => Some(1.8),
            Self::LocateOne | Self::EraseOne | Self::EraseThousandSingly | Self::CorrectOne => None,
        }
    }

    pub(crate) fn people(self) -> usize {
        match self {
            Self::Start | Self::PurgeMinors | Self::PurgeRetention => 0,
            Self::LocateOne | Self::ExportOne | Self::EraseOne | Self::CorrectOne => 1,
            Self::ExportThousand | Self::EraseThousandSingly | Self::EraseThousandAtOnce => 1000,
        }
    }

    /// Whether the database is changed, so that each run gets its own.
    pub(crate) fn is_destructive(self) -> bool {
        !matches!(self, Self::Start | Self::LocateOne | Self::ExportOne | Self::ExportThousand)
    }

    /// Whether nothing but the program does it: the library's part alone would leave out what takes its time.
    pub(crate) fn is_command(self) -> bool {
        matches!(self, Self::CorrectOne | Self::PurgeMinors | Self::PurgeRetention)
    }

    /// Whether it goes in windows, beside an application that writes meanwhile.
    pub(crate) fn is_purge(self) -> bool {
        matches!(self, Self::PurgeMinors | Self::PurgeRetention)
    }
}

/// The operations whose names begin with one of `names`, or all.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Operation>> {
    if let Some(unknown) = names.iter().find(|name| !ALL.iter().any(|one| one.name().starts_with(name.as_str()))) {
        bail!("there is no operation {unknown}; there are {}", ALL.map(Operation::name).join(", "));
    }
    let wanted = |one: &Operation| names.is_empty() || names.iter().any(|name| one.name().starts_with(name.as_str()));
    Ok(ALL.into_iter().filter(wanted).collect())
}
