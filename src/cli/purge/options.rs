//! What all purges are told: from when they look, whether they change anything, when they stop.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::cli::{failure::Failure, session::Session, text::trouble};

/// Flags of every purge
#[derive(clap::Args)]
pub(crate) struct RunArgs {
    /// Look as of this day instead of today; a day ahead only shows what will be due
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,

    /// Carry it out; without this nothing is changed
    #[arg(long, conflicts_with = "plan")]
    pub(crate) confirm: bool,

    /// Write every row with what will happen to it to FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,

    /// Write who or what has to be looked at by a person to FILE, one JSON line each
    #[arg(long, value_name = "FILE")]
    pub(crate) look: Option<PathBuf>,

    /// Go on although the breaker would stop it, and record why
    #[arg(long, value_name = "WHY", requires = "confirm")]
    pub(crate) beyond_breaker: Option<String>,

    /// Take steps of any length: nobody else writes to the database now
    #[arg(long, requires = "confirm")]
    pub(crate) exclusive: bool,
}

impl RunArgs {
    /// The day as of which it looks, and today.
    pub(crate) fn days(&self, session: &mut Session<'_>) -> Result<(Date, Date), Failure> {
        let today = session.now().to_zoned_datetime(session.zone()?).date();
        let as_of = self.as_of.unwrap_or(today);
        if self.confirm && as_of > today {
            return Err(trouble::IN_THE_FUTURE.plain());
        }
        Ok((as_of, today))
    }
}
