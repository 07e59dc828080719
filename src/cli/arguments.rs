//! The command line's grammar: global flags, commands, and which file carries out which.

use std::{path::PathBuf, time::Duration};

use super::{
    Exit, World, anonymize, apply, approve, audit, board, case, completions, correct, demo, doctor, due, duration,
    erase, explain, export, find, help, hold, init, language::Language, letters, log, man, map, out::Format, out::Out,
    prove, purge, recover, replay, restrict, revoke, risk, session::Session, text::trouble, tidy, undo, unsubscribe,
};

/// Answer data subject rights requests on the company's own user database
///
/// Without a command, inside a workspace: today's board.
#[derive(clap::Parser)]
#[command(name = "droit", version, arg_required_else_help = false, disable_help_subcommand = false)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) globals: Globals,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Flags that every command understands
#[derive(clap::Args)]
pub(super) struct Globals {
    /// Work in the workspace DIR instead of the nearest one upwards
    #[arg(long, value_name = "DIR", global = true, help_heading = "Global options")]
    pub(super) workspace: Option<PathBuf>,

    /// Speak this language
    #[arg(long, value_enum, value_name = "LANG", global = true, help_heading = "Global options")]
    pub(super) lang: Option<Language>,

    /// Form of results
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true, help_heading = "Global options")]
    pub(super) format: Format,

    /// Print one JSON document, and errors as one JSON line
    #[arg(long, conflicts_with = "format", global = true, help_heading = "Global options")]
    pub(super) json: bool,

    /// Write the result to FILE, which only its owner can read
    #[arg(short, long, value_name = "FILE", global = true, help_heading = "Global options")]
    pub(super) output: Option<PathBuf>,

    /// Print nothing but results and trouble
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(super) quiet: bool,

    /// Never ask; fail and name the flag that answers
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) no_input: bool,

    /// Colour of messages
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true, help_heading = "Global options")]
    pub(super) color: ColorWhen,

    /// How long to wait for another droit, such as 0s, 10s or 5m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::parse, global = true,
          help_heading = "Global options")]
    pub(super) lock_wait: Duration,
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorWhen {
    pub(super) fn decides(self, world: &World<'_>) -> bool {
        let set = |name: &str| world.environment.get(name).is_some_and(|value| !value.is_empty());
        let dumb = world.environment.get("TERM").is_some_and(|term| term == "dumb");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => !set("NO_COLOR") && (set("CLICOLOR_FORCE") || (world.terminal.stderr && !dumb)),
        }
    }
}

#[derive(clap::Subcommand)]
pub(super) enum Command {
    Init(init::InitArgs),
    Doctor(doctor::DoctorArgs),
    Map(map::MapArgs),
    Find(find::FindArgs),
    Export(export::ExportArgs),
    Correct(correct::CorrectArgs),
    Erase(erase::EraseArgs),
    Anonymize(anonymize::AnonymizeArgs),
    Restrict(restrict::RestrictArgs),
    Revoke(revoke::RevokeArgs),
    Unsubscribe(unsubscribe::UnsubscribeArgs),
    Approve(approve::ApproveArgs),
    Apply(apply::ApplyArgs),
    Undo(undo::UndoArgs),
    Purge(purge::PurgeArgs),
    Replay(replay::ReplayArgs),
    Recover(recover::RecoverArgs),
    Prove(prove::ProveArgs),
    Risk(risk::RiskArgs),
    Demo(demo::DemoArgs),
    Case(case::CaseArgs),
    Hold(hold::HoldArgs),
    Letters(letters::LettersArgs),
    Due(due::DueArgs),
    Log(log::LogArgs),
    Audit(audit::AuditArgs),
    Tidy(tidy::TidyArgs),
    Explain(explain::ExplainArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Command {
    /// The word that was typed, for whoever waits for the lock.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Doctor(_) => "doctor",
            Self::Map(_) => "map",
            Self::Find(_) => "find",
            Self::Export(_) => "export",
            Self::Correct(_) => "correct",
            Self::Erase(_) => "erase",
            Self::Anonymize(_) => "anonymize",
            Self::Restrict(_) => "restrict",
            Self::Revoke(_) => "revoke",
            Self::Unsubscribe(_) => "unsubscribe",
            Self::Approve(_) => "approve",
            Self::Apply(_) => "apply",
            Self::Undo(_) => "undo",
            Self::Purge(_) => "purge",
            Self::Replay(_) => "replay",
            Self::Recover(_) => "recover",
            Self::Prove(_) => "prove",
            Self::Risk(_) => "risk",
            Self::Demo(_) => "demo",
            Self::Case(_) => "case",
            Self::Hold(_) => "hold",
            Self::Letters(_) => "letters",
            Self::Due(_) => "due",
            Self::Log(_) => "log",
            Self::Audit(_) => "audit",
            Self::Tidy(_) => "tidy",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

/// Whether a person stands outside of any workspace and named none: they are shown what there is.
fn is_outside(session: &mut Session<'_>, out: &Out<'_>) -> bool {
    let unnamed = session.choices.workspace.is_none() && !out.is_for_machines();
    unnamed && session.workspace().is_err_and(|failure| failure.code() == trouble::NO_WORKSPACE.code)
}

/// Hands the command to its file.
pub(super) fn dispatch(command: Option<Command>, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match command {
        None if is_outside(session, out) => {
            out.raw(help::fitting(out.language(), session.terminal.width).render_help().to_string().as_bytes())?;
            Ok(Exit::Done)
        }
        None => board::run(session, out),
        Some(Command::Init(args)) => init::run(&args, session, out),
        Some(Command::Doctor(args)) => doctor::run(&args, session, out),
        Some(Command::Map(args)) => map::run(&args, session, out),
        Some(Command::Find(args)) => find::run(&args, session, out),
        Some(Command::Export(args)) => export::run(&args, session, out),
        Some(Command::Correct(args)) => correct::run(&args, session, out),
        Some(Command::Erase(args)) => erase::run(&args, session, out),
        Some(Command::Anonymize(args)) => anonymize::run(&args, session, out),
        Some(Command::Restrict(args)) => restrict::run(&args, session, out),
        Some(Command::Revoke(args)) => revoke::run(&args, session, out),
        Some(Command::Unsubscribe(args)) => unsubscribe::run(&args, session, out),
        Some(Command::Approve(args)) => approve::run(&args, session, out),
        Some(Command::Apply(args)) => apply::run(&args, session, out),
        Some(Command::Undo(args)) => undo::run(&args, session, out),
        Some(Command::Purge(args)) => purge::run(&args, session, out),
        Some(Command::Replay(args)) => replay::run(&args, session, out),
        Some(Command::Recover(_)) => recover::run(session, out),
        Some(Command::Risk(args)) => risk::run(&args, session, out),
        Some(Command::Prove(args)) => prove::run(&args, session, out),
        Some(Command::Demo(args)) => demo::run(&args, session, out),
        Some(Command::Case(args)) => case::run(&args, session, out),
        Some(Command::Hold(args)) => hold::run(&args, session, out),
        Some(Command::Letters(args)) => letters::run(&args, session, out),
        Some(Command::Due(args)) => due::run(&args, session, out),
        Some(Command::Log(args)) => log::run(&args, session, out),
        Some(Command::Audit(args)) => audit::run(&args, session, out),
        Some(Command::Tidy(args)) => tidy::run(&args, session, out),
        Some(Command::Explain(args)) => explain::run(&args, out),
        Some(Command::Completions(args)) => completions::run(&args, out),
        Some(Command::Man(args)) => man::run(&args, out),
    }
}
