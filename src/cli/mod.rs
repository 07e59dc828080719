//! The door: parses what is typed, opens what is needed, calls one use-case, prints what came of it.
//!
//! Nothing is decided in here, and nothing but [`run`] is needed from outside. It can be called any number of times in
//! one process, and by tests: all it sees of the machine comes in a [`World`].

mod advice;
mod announced;
mod anonymize;
mod anonymize_cases;
mod apply;
mod approve;
mod arguments;
mod audit;
mod bar;
mod board;
mod case;
mod case_list;
mod certificates;
mod clocks;
mod completions;
mod confirm;
mod copies;
mod correct;
mod database;
mod demo;
mod doctor;
mod due;
mod duration;
mod erase;
mod erase_cases;
mod exit;
mod explain;
mod export;
mod failure;
mod find;
mod grid;
mod headcount;
mod held;
mod help;
mod hidden;
mod hold;
mod identifiers;
mod init;
mod language;
mod leap;
mod letter;
mod letters;
mod lock;
mod log;
mod man;
mod map;
mod misuse;
mod out;
mod page;
mod part;
mod plan_file;
mod planning;
mod prove;
mod purge;
mod ready;
mod recapture;
mod record;
mod recover;
mod reference;
mod removals;
mod replay;
mod restrict;
mod returned;
mod revoke;
mod risk;
mod session;
mod settings;
mod signing;
mod stream;
mod subject;
mod successor;
mod sums;
mod text;
mod tidy;
mod trace;
mod undo;
mod unsubscribe;
mod visible;
mod waivers;
mod when;
mod workspace;
mod world;

use std::ffi::OsString;

use clap::FromArgMatches;

use self::{
    arguments::{Arguments, Command, Globals},
    out::{Format, Manner, Out},
    session::{Choices, Session},
    text::trouble,
};
pub use self::{
    exit::Exit,
    reference::reference,
    world::{Interrupt, Randomness, Terminal, World},
};

/// Carries out one command line and returns the exit code. `args` begins with the program's name.
pub fn run(args: impl IntoIterator<Item = impl Into<OsString>>, world: &mut World<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let language = language::before_parsing(&args, &world.environment);
    let parsed = help::fitting(language, world.terminal.width)
        .try_get_matches_from(&args)
        .and_then(|mut matches| Arguments::from_arg_matches_mut(&mut matches));
    let exit = match parsed {
        Ok(arguments) => carry_out(arguments, world),
        Err(error) => not_understood(&error, &args, language, world),
    };
    exit.code()
}

/// Help and version are results; everything else that clap stops at is a usage error.
fn not_understood(error: &clap::Error, args: &[OsString], language: language::Language, world: &mut World<'_>) -> Exit {
    let colored = world.terminal.stdout && world.environment.get("NO_COLOR").is_none_or(String::is_empty);
    if !error.use_stderr() {
        let text = error.render();
        let text = if colored { text.ansi().to_string() } else { text.to_string() };
        return match world.stdout.write_all(text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(_) => Exit::Failed,
        };
    }
    let json = args.iter().any(|arg| arg == "--json" || arg == "--format=json" || arg == "--format=jsonl");
    let format = if json { Format::Json } else { Format::Table };
    let manner = Manner { format, quiet: false, color: false, language, output: None };
    let failure = trouble::USAGE.with(&[("message", &misuse::said(error, language))]);
    Out::new(world.stdout, world.stderr, world.terminal, manner).failure(&failure);
    Exit::Usage
}

fn carry_out(arguments: Arguments, world: &mut World<'_>) -> Exit {
    let Arguments { globals, command } = arguments;
    let manner = manner(&globals, world);
    let mut out = Out::new(world.stdout, world.stderr, world.terminal, manner);
    let mut session = Session {
        clock: world.clock,
        stdin: world.stdin,
        terminal: world.terminal,
        environment: world.environment.clone(),
        current_dir: world.current_dir.clone(),
        state_dir: world.state_dir.clone(),
        user: world.user,
        randomness: Randomness::clone(&world.randomness),
        interrupt: std::sync::Arc::clone(&world.interrupt),
        choices: choices(&globals, command.as_ref()),
        workspace: None,
        lock: None,
        book: record::Book::default(),
        erased: None,
        waived: Vec::new(),
        keeps: undo::Keeps::default(),
    };
    speak_as_the_workspace_does(&globals, &mut session, &mut out);
    match arguments::dispatch(command, &mut session, &mut out) {
        Ok(exit) => exit,
        Err(error) if is_broken_pipe(&error) => Exit::Failed,
        Err(error) => {
            let failure = trace::failure(&error);
            out.failure(&failure);
            failure.exit()
        }
    }
}

fn manner(globals: &Globals, world: &World<'_>) -> Manner {
    Manner {
        format: if globals.json { Format::Json } else { globals.format },
        quiet: globals.quiet,
        color: globals.color.decides(world),
        language: language::choose(globals.lang, &world.environment, None),
        output: globals.output.as_ref().map(|file| world.current_dir.join(file)),
    }
}

fn choices(globals: &Globals, command: Option<&Command>) -> Choices {
    Choices {
        workspace: globals.workspace.clone(),
        no_input: globals.no_input,
        lock_wait: globals.lock_wait,
        command: command.map_or("droit", Command::word).to_owned(),
    }
}

/// The settings' language counts where neither flag nor `DROIT_LANG` chose. A workspace that cannot be read is not this
/// function's business: whoever needs it will say so.
fn speak_as_the_workspace_does(globals: &Globals, session: &mut Session<'_>, out: &mut Out<'_>) {
    let settings = session.workspace().ok().and_then(|workspace| workspace.settings.language);
    out.set_language(language::choose(globals.lang, &session.environment, settings));
}

/// Whoever read standard output has gone: there is nobody to complain to.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
