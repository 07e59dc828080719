//! `droit man`: the manual pages.

use super::{Exit, failure::Failure, help, language::Language, out::Out, text::trouble};

/// Print a manual page
///
/// Examples:
///   droit man | man -l -
///   droit man case open > droit-case-open.1
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ManArgs {
    /// The command whose page is wanted; none is droit itself
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn run(args: &ManArgs, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut command = help::command(Language::English);
    command.build();
    let mut command = &command;
    for word in &args.command {
        command = command.find_subcommand(word).ok_or_else(|| unknown(word))?;
    }
    let name = command.get_bin_name().unwrap_or("droit").replace(' ', "-");
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(name)).render(&mut page)?;
    out.raw(&page)?;
    Ok(Exit::Done)
}

fn unknown(word: &str) -> Failure {
    trouble::USAGE.with(&[("message", &format!("there is no command {word}"))])
}
