//! Help in the reader's language. clap builds it from the doc comments, which are English; for Chinese each text is
//! replaced by its twin from [`text::help`](super::text::help).

use clap::{Arg, Command, CommandFactory};

use super::{
    arguments::Arguments,
    language::Language,
    text::{Text, help as words},
};

/// The whole command, ready to parse, with help in `language`.
pub(super) fn command(language: Language) -> Command {
    // the same lines wherever it is printed; a narrower terminal is told of by `fitting`
    let mut command = Arguments::command().term_width(WIDTH);
    if language == Language::English {
        return command;
    }
    command.build(); // makes the arguments that clap adds itself, so that they can be translated, too
    in_chinese(command, "")
}

/// Columns of help text.
const WIDTH: usize = 100;

/// The command for a terminal of `width` columns.
pub(super) fn fitting(language: Language, width: Option<usize>) -> Command {
    let command = command(language);
    match width.filter(|width| (20..WIDTH).contains(width)) {
        Some(width) => command.term_width(width),
        None => command,
    }
}

fn in_chinese(mut command: Command, path: &str) -> Command {
    if let Some((short, long)) = words::command(path) {
        command = command.about(short);
        command =
            if long.is_empty() { command.long_about(None) } else { command.long_about(format!("{short}\n\n{long}")) };
    }
    command
        .help_template(words::TEMPLATE)
        .subcommand_help_heading(words::COMMANDS.zh)
        .mut_args(|arg| argument_in_chinese(arg, path))
        .mut_subcommands(|sub| {
            let inner = if path.is_empty() { sub.get_name().to_owned() } else { format!("{path} {}", sub.get_name()) };
            in_chinese(sub, &inner)
        })
}

fn argument_in_chinese(arg: Arg, path: &str) -> Arg {
    let heading = match arg.get_help_heading() {
        Some("Global options") => words::GLOBAL_OPTIONS,
        _ if arg.is_positional() => words::ARGUMENTS,
        _ => words::OPTIONS,
    };
    let help = words::argument(path, arg.get_id().as_str());
    let arg = arg.help_heading(Text::of(heading, Language::Chinese));
    match help {
        Some(help) => {
            let help = format!("{help}{}", choices_in_chinese(&arg));
            arg.help(help).long_help(None).hide_possible_values(true).hide_default_value(true)
        }
        None => arg,
    }
}

/// Possible values and the default, which clap would announce in English.
fn choices_in_chinese(arg: &Arg) -> String {
    let mut out = String::new();
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        out.extend([" [可选：", &values.join("、"), "]"]);
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| arg.get_action().takes_values()) {
        out.extend([" [默认：", &default.to_string_lossy(), "]"]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound_in_both_languages() {
        command(Language::English).debug_assert();
        command(Language::Chinese).debug_assert();
    }

    /// Every command and every argument that English help explains, Chinese help explains too.
    #[test]
    fn nothing_is_left_untranslated() {
        let mut missing = Vec::new();
        walk(&command(Language::English), "", &mut missing);
        assert!(missing.is_empty(), "without a Chinese text in cli/text/help.rs:\n{}", missing.join("\n"));
    }

    fn walk(command: &Command, path: &str, missing: &mut Vec<String>) {
        if words::command(path).is_none() {
            missing.push(format!("command {path:?}"));
        }
        for arg in command.get_arguments().filter(|arg| words::argument(path, arg.get_id().as_str()).is_none()) {
            missing.push(format!("argument {path:?} {:?}", arg.get_id().as_str()));
        }
        for sub in command.get_subcommands() {
            let inner = format!("{path} {}", sub.get_name());
            walk(sub, inner.trim(), missing);
        }
    }
}
