//! `droit purge log`: the destruction log (LAW §4.2), from the record.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    case::{PurgeDuty, RuleRun, RunNumber, TableCount},
    casebook::Run,
};

use crate::cli::{
    Exit,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
    when,
};

/// List the purges that were carried out: what went, by which rule, when
///
/// One that was interrupted has no end; the next purge of its kind takes it up again or closes it.
///
/// Examples:
///   droit purge log
///   droit purge log RUN-20261123-0001 --json
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct LogArgs {
    /// Only this one
    #[arg(value_name = "RUN")]
    run: Option<RunNumber>,
}

pub(super) fn run(args: &LogArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let zone = session.zone()?;
    let book = session.reading()?;
    let numbers = match args.run {
        Some(number) => vec![number],
        None => book.run_numbers(false)?,
    };
    let all = args.run.is_none();
    let runs = numbers.into_iter().map(|number| Ok(book.run(number)?));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?.into_iter();
    // erasures of several cases are no purges
    let runs = runs.filter(|run| !all || run.duty != PurgeDuty::Cases).map(Line::of).collect();
    out.result(&Lines { runs, zone })?;
    Ok(Exit::Done)
}

/// What a run calls anonymized: rows that stay and are written over, what a law keeps among them.
const WRITTEN_OVER: [&str; 4] = ["anonymized", "de_identified", "cleared", "kept_in_part"];

#[derive(Serialize)]
struct Line {
    run: RunNumber,
    duty: &'static str,
    officer: String,
    as_of: Timestamp,
    started: Timestamp,
    ended: Option<Timestamp>,
    map: String,
    plan: Option<String>,
    steps: u64,
    skipped: u64,
    undecidable: u64,
    tables: Vec<TableCount>,
    rules: Vec<RuleRun>,
}

impl Line {
    fn of(run: Run) -> Self {
        Self {
            run: run.number,
            duty: run.duty.word(),
            officer: run.actor,
            as_of: run.as_of,
            started: run.started,
            ended: run.ended,
            map: run.rules.to_string(),
            plan: run.plan.map(|plan| plan.to_string()),
            steps: run.steps,
            skipped: run.skipped,
            undecidable: run.undecidable,
            tables: run.tables,
            rules: run.by_rule,
        }
    }

    fn rows(&self, what: &[&str]) -> u64 {
        self.tables.iter().filter(|count| what.contains(&&*count.what)).map(|count| count.rows).sum()
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Lines {
    runs: Vec<Line>,
    #[serde(skip)]
    zone: TimeZone,
}

impl Render for Lines {
    const SCHEMA: &'static str = "droit.purge.log/1";

    fn render(&self, page: &mut Page) {
        match self.listed() {
            grid if !grid.is_empty() => page.grid(&grid),
            _ => page.say(Text { en: "nothing was purged yet", zh: "尚未执行过清理" }, &[]),
        }
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed())
    }
}

impl Lines {
    fn listed(&self) -> Grid {
        let mut grid = Grid::new(&[
            Column::whole("run", "run", "编号"),
            Column::whole("duty", "duty", "义务"),
            Column::whole("started", "started", "开始"),
            Column::whole("ended", "ended", "结束"),
            Column::whole("deleted", "deleted", "删除"),
            Column::whole("anonymized", "anonymized", "匿名化"),
            Column::whole("skipped", "skipped", "跳过"),
            Column::whole("undecidable", "to look at", "待处理"),
            Column::text("officer", "by", "操作人"),
        ]);
        for line in &self.runs {
            grid.push([
                line.run.to_string(),
                line.duty.to_owned(),
                when::show(line.started, &self.zone),
                line.ended.map(|ended| when::show(ended, &self.zone)).unwrap_or_default(),
                line.rows(&["deleted"]).to_string(),
                line.rows(&WRITTEN_OVER).to_string(),
                line.skipped.to_string(),
                line.undecidable.to_string(),
                line.officer.clone(),
            ]);
        }
        grid
    }
}
