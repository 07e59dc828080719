//! `droit purge …`: what the controller owes unasked. A dry run unless it is confirmed.

pub(crate) mod driver;
mod log;
mod minors;
pub(crate) mod options;
pub(crate) mod report;
mod retention;
mod scheduled;
pub(crate) mod tally;

use super::{Exit, out::Out, session::Session};

/// Remove what the law or the data map says is due, unasked
///
/// Nothing is changed without --confirm. Made for cron: quiet, never twice at once, and it goes on where it was
/// interrupted.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct PurgeArgs {
    #[command(subcommand)]
    duty: DutyArgs,
}

#[derive(clap::Subcommand)]
enum DutyArgs {
    Minors(minors::MinorsArgs),
    Retention(retention::RetentionArgs),
    Scheduled(scheduled::ScheduledArgs),
    Log(log::LogArgs),
}

pub(crate) fn run(args: &PurgeArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match &args.duty {
        DutyArgs::Minors(args) => minors::run(args, session, out),
        DutyArgs::Retention(args) => retention::run(args, session, out),
        DutyArgs::Scheduled(args) => scheduled::run(args, session, out),
        DutyArgs::Log(args) => log::run(args, session, out),
    }
}
