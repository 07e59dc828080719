//! The reference pages that follow from the code: commands, exit codes and codes, JSON documents. A test compares
//! them with `docs/reference/` and can write them again.

use std::fmt::Write;

use clap::Command;

use super::{
    exit::Exit,
    help,
    language::Language,
    text::codes::{self, Sort},
};

/// Every generated page: its file name in `docs/reference/` and its text.
#[must_use]
pub fn reference() -> Vec<(&'static str, String)> {
    vec![("cli.md", commands()), ("exit-codes.md", exit_codes()), ("json.md", documents())]
}

fn commands() -> String {
    let mut command = help::command(Language::English);
    command.build();
    let mut out = String::from(
        "# Commands\n\nWritten from the program's own help; `droit COMMAND --help --lang zh-CN` says the same in Chinese. \
         Flags of every command stand under `droit` alone.\n\n",
    );
    one(&command, "droit", &mut out);
    out
}

fn one(command: &Command, path: &str, out: &mut String) {
    let top = path == "droit";
    let mut shown = command.clone();
    if !top {
        shown = shown.mut_args(|arg| {
            let global = arg.get_help_heading() == Some("Global options");
            arg.hide(global)
        });
    }
    let text = shown.render_long_help().to_string();
    let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
    // writing into a String cannot fail
    let _ = write!(out, "## {path}\n\n```text\n{}\n```\n\n", trimmed.join("\n").trim_end());
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        one(sub, &format!("{path} {}", sub.get_name()), out);
    }
}

fn exit_codes() -> String {
    let mut out = String::from(
        "# Exit codes and codes\n\nBoth are stable. `droit explain CODE` prints the same, in English and in Chinese.\n\n",
    );
    out.push_str("| exit | word | means | 含义 |\n|---|---|---|---|\n");
    for exit in Exit::ALL {
        let number = exit.code().to_string();
        if let Some(code) = codes::find(&number) {
            let _ = writeln!(out, "| {number} | {} | {} | {} |", exit.word(), code.text.en, code.text.zh);
        }
    }
    let sorts = [
        (Sort::Refusal, "Refusals (exit 3): nothing was changed"),
        (Sort::Reason, "Reasons: in letters, logs, plans and packages"),
        (Sort::Trouble, "Not understood, or failed (exit 1, 2, 5, 130)"),
        (Sort::Finding, "Findings of `map check`, `doctor`, `audit verify` and `tidy` (exit 4)"),
    ];
    for (sort, title) in sorts {
        let _ = write!(out, "\n## {title}\n\n| code | means | 含义 |\n|---|---|---|\n");
        for code in codes::all().into_iter().filter(|code| code.sort == sort) {
            let _ = writeln!(out, "| `{}` | {} | {} |", code.word, cell(code.title.en), cell(code.title.zh));
        }
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn documents() -> String {
    let mut out = String::from(
        "# JSON documents\n\nWith `--json` every command prints one document on standard output:\n\n\
         ```json\n{\"schema\":\"droit.case.list/1\",\"data\":[],\"warnings\":[{\"code\":\"…\",\"message\":\"…\"}]}\n```\n\n\
         A fatal error is one line on standard error, with the schema `droit.error/1`. Within `/1` only additions are \
         made: readers ignore fields and words that they do not know. Times are RFC 3339, dates ISO 8601, identifiers \
         strings, counts whole numbers. What the data map says to people (purposes, clauses, laws, reasons) is a text, \
         or an object `{\"zh\": …, \"en\": …}` where the map says it in each language; a sheet says `zh / en`. \
         In every text, control characters and signs of text direction are written as `\\u…`, so that a document is \
         harmless on a terminal (but for `audit export`, whose [bytes](casebook-format.md#export) are those of the \
         record). `--format jsonl` prints the elements of a list one a line, `--format csv` a list with machine headers, safe against being read as formulas.\n\n| schema | is | data |\n|---|---|---|\n",
    );
    for code in codes::all().into_iter().filter(|code| code.sort == Sort::Schema) {
        let _ = writeln!(out, "| `{}` | {} | {} |", code.word, code.title.en, cell(code.text.en));
    }
    out
}
