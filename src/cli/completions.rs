//! `droit completions`: what a shell needs to complete commands and flags.

use super::{Exit, help, language::Language, out::Out};

/// Print completions for a shell
///
/// Examples:
///   droit completions bash > ~/.local/share/bash-completion/completions/droit
///   droit completions zsh > ~/.zfunc/_droit
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &CompletionsArgs, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut help::command(Language::English), "droit", &mut text);
    out.raw(&text)?;
    Ok(Exit::Done)
}
