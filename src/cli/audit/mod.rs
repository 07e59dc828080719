//! `droit audit …`: the record, for whoever must be able to check it.

mod adopt;
mod anchor;
mod attested;
mod export;
mod show;
mod verify;

use super::{Exit, out::Out, session::Session};

/// Read, check and hand out the record
#[derive(clap::Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Show(show::ShowArgs),
    Verify(verify::VerifyArgs),
    Export(export::ExportArgs),
    Anchor(anchor::AnchorArgs),
    Adopt(adopt::AdoptArgs),
}

pub(crate) fn run(args: &AuditArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Show(args) => show::run(args, session, out),
        Verb::Verify(args) => verify::run(args, session, out),
        Verb::Export(args) => export::run(args, session, out),
        Verb::Anchor(args) => anchor::run(args, session, out),
        Verb::Adopt(args) => adopt::run(args, session, out),
    }
}
