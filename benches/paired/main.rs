//! Pairs droit with hand-written code that does the same work: same rows, same files, same flushes, same pragmas, on the
//! same sample company, order alternated, each run in a process of its own.
//!
//! `cargo bench -- [NAMES] [--users N] [--pairs N]`; `docs/reference/speed.md` says how to read what it prints.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod bystander;
mod company;
mod droit_side;
mod hand;
mod job;
mod memory;
mod operation;
mod pairs;
mod program;

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result, bail};
use clap::Parser;

use job::{Job, Report, Side};
use operation::Operation;

/// Pair droit with hand-written code
#[derive(Parser)]
struct Arguments {
    /// Operations to run, by name or the beginning of it; all without one
    names: Vec<String>,
    /// Accounts of the sample company, made once and kept in target/bench-data
    #[arg(long, default_value_t = 100_000)]
    users: u64,
    /// Runs of each side whose times count; one more before them measures memory
    #[arg(long, default_value_t = 7)]
    pairs: usize,
    /// What `cargo bench` passes
    #[arg(long, hide = true)]
    bench: bool,
    /// One run of one side: a job on standard input, a report on standard output
    #[arg(long, hide = true)]
    child: bool,
}

/// What is put in the place of a nickname.
const NICKNAME: &str = "更正后的昵称";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.child { child() } else { parent(&arguments) }
}

fn parent(arguments: &Arguments) -> Result<()> {
    let chosen = operation::chosen(&arguments.names)?;
    let company = company::ready(arguments.users)?;
    let mut lines = Vec::new();
    for operation in chosen {
        lines.extend(pairs::run(operation, &company, arguments.pairs)?);
    }
    pairs::print(&company, &lines);
    Ok(())
}

fn child() -> Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let job: Job = serde_json::from_str(&text).context("a job is one JSON document")?;
    let watch = job.watch.then(memory::Watch::start);
    let mut report = match job.side {
        Side::Droit => droit_side::run(&job)?,
        Side::Hand | Side::Whole => hand::run(&job)?,
        Side::Binary => bail!("the binary runs by itself"),
    };
    report.anonymous_kib = watch.map_or(0, memory::Watch::peak);
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(())
}
