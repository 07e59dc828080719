//! `droit hold …`: legal holds. While one is in force, nothing that it covers is removed.

mod add;
mod list;
mod release;

use super::{Exit, out::Out, session::Session};

/// Keep data from being removed while a court or an authority needs it
#[derive(clap::Args)]
pub(crate) struct HoldArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Add(add::AddArgs),
    Release(release::ReleaseArgs),
    List(list::ListArgs),
}

pub(crate) fn run(args: &HoldArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Add(args) => add::run(args, session, out),
        Verb::Release(args) => release::run(args, session, out),
        Verb::List(args) => list::run(args, session, out),
    }
}
