//! A B, B A, …: the runs of one operation and their medians.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    Job, Operation, Report, Side,
    bystander::Bystander,
    company::{self, Ready},
    program,
};

/// What came out of one operation.
pub(crate) struct Line {
    operation: Operation,
    what: &'static str,
    droit: f64,
    hand: f64,
    ratio: f64,
    lowest: f64,
    highest: f64,
    droit_kib: u64,
    hand_kib: u64,
}

/// One run as its parent sees it.
struct Run {
    /// Microseconds from start to end of the process
    wall: u64,
    report: Report,
}

pub(crate) fn run(operation: Operation, company: &Ready, pairs: usize) -> Result<Vec<Line>> {
    let scratch = Scratch::new(&company.folder)?;
    let mut runs: [Vec<Run>; 4] = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for pair in 0..=pairs {
        let mut order = if operation.is_command() { vec![Side::Hand] } else { vec![Side::Droit, Side::Hand] };
        if program::does(operation) {
            order.insert(0, Side::Binary);
        }
        if operation.is_purge() {
            order.push(Side::Whole);
        }
        if pair % 2 == 1 {
            order.reverse();
        }
        for side in order {
            let one = once(operation, side, company, &scratch, pair)?;
            runs[side as usize].push(one);
        }
        note(operation, pair, &runs);
    }
    let [droit, hand, binary, whole] = &runs;
    compare_rows(operation, if droit.is_empty() { binary } else { droit }, hand);
    let line = |what, droit: &[Run], time: &dyn Fn(&Run) -> u64| {
        let ratios = droit.iter().zip(hand).skip(1).map(|(d, h)| float(time(d)) / float(time(h).max(1)));
        let ratios = sorted(ratios.collect());
        Line {
            operation,
            what,
            droit: median(&sorted(droit.iter().skip(1).map(|run| float(time(run))).collect())),
            hand: median(&sorted(hand.iter().skip(1).map(|run| float(time(run))).collect())),
            ratio: median(&ratios),
            lowest: ratios.first().copied().unwrap_or(0.0),
            highest: ratios.last().copied().unwrap_or(0.0),
            droit_kib: droit[0].report.anonymous_kib,
            hand_kib: hand[0].report.anonymous_kib,
        }
    };
    let mut lines = Vec::new();
    if !droit.is_empty() {
        lines.push(line("library, inside", droit, &|run| run.report.inside));
    }
    if !operation.is_destructive() {
        // a run that changes the database sets up a casebook first, which is no part of the work
        lines.push(line("library, process", droit, &|run| run.wall));
    }
    if !binary.is_empty() {
        lines.push(line("program, process", binary, &|run| run.wall));
    }
    if !whole.is_empty() {
        lines.push(line("by hand without windows", whole, &|run| run.wall));
        for (side, runs) in [("droit", binary), ("by hand", hand), ("by hand without windows", whole)] {
            let Report { waited, wal_kib, .. } = runs[0].report;
            let (waited, wal) = (float(waited) / 1e3, float(wal_kib) / 1024.0);
            println!(
                "    {} {side}: another writer waited {waited:.0} ms at most, write-ahead log {wal:.1} MiB",
                operation.name()
            );
        }
    }
    print_parts(operation, droit);
    Ok(lines)
}

fn once(operation: Operation, side: Side, company: &Ready, scratch: &Scratch, pair: usize) -> Result<Run> {
    let out = scratch.fresh(&format!("{pair}-{side:?}"))?;
    let (mut database, mut files) = (company.database.clone(), company.files.clone());
    if operation.is_destructive() {
        (database, files) = company::copy(company, &out)?;
    }
    let many = operation.people();
    let first = if many == 1 { pair % company.people.len() } else { 0 };
    let people = company.people.iter().skip(first).take(many).cloned().collect();
    let job = Job { operation, side, database, files, out: out.clone(), people, watch: pair == 0 };
    let bystander = (job.watch && operation.is_purge()).then(|| Bystander::stand_by(&job.database));
    let mut run = if side == Side::Binary {
        let (wall, report) = program::run(&job)?;
        Run { wall, report }
    } else {
        spawn(&job)?
    };
    if let Some(bystander) = bystander {
        let seen = bystander.leave()?;
        (run.report.waited, run.report.wal_kib) = (seen.waited, seen.wal);
    }
    if operation.is_command() {
        run.report.rows = if job.watch { company::census(&job.database)? } else { BTreeMap::new() };
    }
    if operation.is_destructive() {
        fs::remove_file(&job.database)?;
    }
    Ok(run)
}

fn spawn(job: &Job) -> Result<Run> {
    let text = serde_json::to_vec(job)?;
    let started = Instant::now();
    let mut child =
        Command::new(env::current_exe()?).arg("--child").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().context("the child reads its job")?.write_all(&text)?;
    let output = child.wait_with_output()?;
    let wall = u64::try_from(started.elapsed().as_micros())?;
    ensure!(output.status.success(), "{} failed on the side of {:?}", job.operation.name(), job.side);
    Ok(Run { wall, report: serde_json::from_slice(&output.stdout)? })
}

/// A folder of its own for each run. They are removed in the end: ext4 looks for a while whether an inode was freed just
/// before, which would slow down the next run that makes many files.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &Path) -> Result<Self> {
        let path = folder.join(format!("scratch-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn fresh(&self, run: &str) -> Result<PathBuf> {
        let path = self.0.join(run);
        fs::create_dir(&path)?;
        rustix::fs::syncfs(fs::File::open(&path)?)?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Both sides must have done the same work; where they differ, it is said.
fn compare_rows(operation: Operation, droit: &[Run], hand: &[Run]) {
    let (droit, hand) = (&droit[0].report, &hand[0].report);
    let sum = |report: &Report| report.rows.values().sum::<u64>();
    println!("  {}: rows {} and {}, bytes {} and {}", operation.name(), sum(droit), sum(hand), droit.bytes, hand.bytes);
    for table in droit.rows.keys().chain(hand.rows.keys().filter(|table| !droit.rows.contains_key(*table))) {
        let (one, other) = (droit.rows.get(table).copied().unwrap_or(0), hand.rows.get(table).copied().unwrap_or(0));
        if one != other {
            println!("    {table}: {one} and {other}");
        }
    }
}

fn note(operation: Operation, pair: usize, [droit, hand, binary, _]: &[Vec<Run>; 4]) {
    if let (Some(droit), Some(hand)) = (droit.last().or(binary.last()), hand.last()) {
        let (d, h) = (float(droit.report.inside) / 1e3, float(hand.report.inside) / 1e3);
        println!("  {} {pair}: {d:.2} ms and {h:.2} ms", operation.name());
    }
}

fn print_parts(operation: Operation, runs: &[Run]) {
    let Some(first) = runs.first() else { return };
    for part in first.report.parts.keys() {
        let times = runs.iter().skip(1).filter_map(|run| run.report.parts.get(part)).map(|time| float(*time));
        let median = median(&sorted(times.collect()));
        println!("    {} of which {part}: {:.2} ms", operation.name(), median / 1e3);
    }
}

pub(crate) fn print(company: &Ready, lines: &[Line]) {
    println!(
        "\n{} accounts; medians, ratio by pairs (lowest to highest); memory is RssAnon at its peak",
        company.users
    );
    println!("| operation | what | droit ms | by hand ms | ratio | goal | droit MiB | by hand MiB |");
    println!("|---|---|---|---|---|---|---|---|");
    for line in lines {
        let goal = line.operation.goal().map_or_else(|| "–".to_owned(), |goal| format!("≤ {goal}"));
        println!(
            "| {} | {} | {:.2} | {:.2} | {:.2} ({:.2}–{:.2}) | {goal} | {:.1} | {:.1} |",
            line.operation.name(),
            line.what,
            line.droit / 1e3,
            line.hand / 1e3,
            line.ratio,
            line.lowest,
            line.highest,
            float(line.droit_kib) / 1024.0,
            float(line.hand_kib) / 1024.0,
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "times and sizes are far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    match sorted {
        [] => 0.0,
        all if all.len() % 2 == 1 => all[all.len() / 2],
        all => f64::midpoint(all[all.len() / 2 - 1], all[all.len() / 2]),
    }
}
