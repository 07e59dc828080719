//! `droit due`: cron's look at the clocks.

use jiff::civil::Date;
use serde::Serialize;

use crate::case::{CaseNumber, reminder::State};

use super::{
    Exit, clocks,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, words},
};

/// List the clocks that are overdue or due soon; exit 4 when one is overdue
///
/// With --quiet nothing is printed unless a clock is overdue, so that cron mails only then.
///
/// Examples:
///   droit due
///   droit due --all --json
///   15 8 * * *  droit due --quiet --workspace /srv/privacy
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DueArgs {
    /// Every running clock
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &DueArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut clocks = running(session)?;
    clocks.retain(|clock| args.all || matches!(clock.state, State::Overdue | State::DueSoon));
    clocks.sort_by_key(|clock| (clock.due, clock.case));
    let overdue = clocks.iter().any(|clock| clock.state.is_overdue());
    let due = Due(clocks);
    if overdue {
        out.result(&due)?;
        return Ok(Exit::Look);
    }
    out.report(&due)?;
    Ok(Exit::Done)
}

/// Every running clock of every open case.
pub(super) fn running(session: &mut Session<'_>) -> anyhow::Result<Vec<DueClock>> {
    let (place, now) = (session.place()?, session.now());
    let today = now.to_zoned_datetime(place.zone.clone()).date();
    let mut clocks = Vec::new();
    for case in session.cases(true)? {
        for view in clocks::of(&case, &place, now) {
            if view.clock.stopped.is_none() {
                clocks.push(DueClock {
                    case: case.number,
                    request: case.request.request_type().word(),
                    clock: view.clock.rule.word(),
                    binding: view.binding,
                    due: view.clock.due_nominal,
                    due_rolled: view.clock.due_rolled,
                    state: view.state,
                    days_left: today.duration_until(view.clock.due_nominal).as_hours() / 24,
                });
            }
        }
    }
    Ok(clocks)
}

/// A running clock.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DueClock {
    pub(super) case: CaseNumber,
    request: &'static str,
    clock: &'static str,
    pub(super) binding: bool,
    due: Date,
    due_rolled: Date,
    pub(super) state: State,
    /// Calendar days; negative when the day has passed
    days_left: i64,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Due(Vec<DueClock>);

const COLUMNS: [Column; 6] = [
    Column::whole("case", "case", "编号"),
    Column::whole("request", "request", "权利类型"),
    Column::whole("clock", "clock", "时钟"),
    Column::whole("due", "due", "期限"),
    Column::whole("days_left", "days left", "剩余天数"),
    Column::whole("state", "state", "状态"),
];

impl Due {
    fn fill(&self, show: impl Fn(&DueClock) -> (String, String)) -> Grid {
        let mut grid = Grid::new(&COLUMNS);
        for clock in &self.0 {
            let (request, state) = show(clock);
            let (case, due) = (clock.case.to_string(), clock.due.to_string());
            grid.push([case, request, clock.clock.to_owned(), due, clock.days_left.to_string(), state]);
        }
        grid
    }
}

impl Render for Due {
    const SCHEMA: &'static str = "droit.due/1";

    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.say(Text { en: "nothing is due soon", zh: "没有即将到期的时限" }, &[]);
            return;
        }
        let language = page.language();
        let grid = self.fill(|clock| {
            let request = clock.request.parse().map_or(clock.request, |right| words::request(right).of(language));
            (request.to_owned(), words::clock_state(clock.state).of(language).to_owned())
        });
        page.grid(&grid);
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.fill(|clock| {
            let state = serde_json::to_value(clock.state).ok();
            let state = state.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
            (clock.request.to_owned(), state.to_owned())
        }))
    }
}
