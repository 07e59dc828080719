//! `droit map …`: the data map, its fit to the database, and who trusts it.

mod check;
mod explain;
mod schema;
mod show;
mod trust;
mod waive;

use super::{Exit, out::Out, session::Session};

/// Check, read and trust the data map
#[derive(clap::Args)]
pub(crate) struct MapArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Check(check::CheckArgs),
    Show(show::ShowArgs),
    Explain(explain::ExplainArgs),
    Schema(schema::SchemaArgs),
    Trust(trust::TrustArgs),
    Waive(waive::WaiveArgs),
}

pub(crate) fn run(args: &MapArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Check(args) => check::run(args, session, out),
        Verb::Show(args) => show::run(args, session, out),
        Verb::Explain(args) => explain::run(args, session, out),
        Verb::Schema(_) => schema::run(out),
        Verb::Trust(args) => trust::run(args, session, out),
        Verb::Waive(args) => waive::run(args, session, out),
    }
}
