//! `droit case list`: the register of requests.

use serde::Serialize;

use crate::case::{Case, CaseNumber, NextStep, Status, SubjectRef, reminder::State, request::Regime};

use crate::cli::{
    Exit, advice, clocks,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, words},
};

/// List cases, the most urgent first
///
/// Examples:
///   droit case list
///   droit case list --all --format csv -o cases.csv
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ListArgs {
    /// Also those that are answered or closed
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &ListArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (place, now) = (session.place()?, session.now());
    let mut rows: Vec<CaseRow> =
        session.cases(!args.all)?.iter().map(|case| CaseRow::of(case, &clocks::of(case, &place, now))).collect();
    rows.sort_by(|a, b| (!a.open, &a.due, a.case).cmp(&(!b.open, &b.due, b.case)));
    out.result(&CaseRows(rows))?;
    Ok(Exit::Done)
}

/// One case in a list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CaseRow {
    pub(crate) case: CaseNumber,
    pub(crate) status: Status,
    pub(crate) open: bool,
    pub(crate) request: &'static str,
    pub(crate) regime: Regime,
    pub(crate) subject: SubjectRef,
    pub(crate) received_at: jiff::Timestamp,
    pub(crate) due: Option<jiff::civil::Date>,
    pub(crate) clock: Option<&'static str>,
    pub(crate) clock_state: Option<State>,
    pub(crate) assigned_to: Option<String>,
    pub(crate) next: String,
    #[serde(skip)]
    pub(crate) step: NextStep,
}

impl CaseRow {
    pub(crate) fn of(case: &Case, clocks: &[clocks::ClockView]) -> Self {
        let watched = clocks::watched(clocks);
        Self {
            case: case.number,
            status: case.status,
            open: case.status.is_open(),
            request: case.request.request_type().word(),
            regime: case.regime,
            subject: case.subject,
            received_at: case.received_at,
            due: watched.map(|view| view.clock.due_nominal),
            clock: watched.map(|view| view.clock.rule.word()),
            clock_state: watched.map(|view| view.state),
            assigned_to: case.assigned_to.clone(),
            next: case.next_step().to_string(),
            step: case.next_step(),
        }
    }
}

/// A list of cases.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct CaseRows(pub(crate) Vec<CaseRow>);

const COLUMNS: [Column; 7] = [
    Column::whole("case", "case", "编号"),
    Column::whole("request", "request", "权利类型"),
    Column::whole("due", "due", "期限"),
    Column::whole("clock", "clock", "时钟"),
    Column::whole("clock_state", "", "时限状态"),
    Column::whole("status", "state", "状态"),
    Column::text("next", "next", "下一步"),
];

impl Render for CaseRows {
    const SCHEMA: &'static str = "droit.case.list/1";

    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.say(Text { en: "no case is open", zh: "没有未结案件" }, &[]);
            return;
        }
        let language = page.language();
        page.grid(&self.listed(|row| Said {
            request: words::asked(row.request, language).to_owned(),
            clock_state: row.clock_state.map(|state| words::clock_state(state).of(language).to_owned()),
            status: words::status(row.status).of(language).to_owned(),
            next: advice::said(row.step, language),
        }));
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed(|row| {
            let state = row.clock_state.and_then(|state| serde_json::to_value(state).ok());
            Said {
                request: row.request.to_owned(),
                clock_state: state.and_then(|state| state.as_str().map(str::to_owned)),
                status: row.status.to_string(),
                next: row.next.clone(),
            }
        }))
    }
}

/// What a person and a machine call differently.
struct Said {
    request: String,
    clock_state: Option<String>,
    status: String,
    next: String,
}

impl CaseRows {
    fn listed(&self, said: impl Fn(&CaseRow) -> Said) -> Grid {
        let rows = self.0.iter().map(|row| {
            let Said { request, clock_state, status, next } = said(row);
            let due = row.due.map(|due| due.to_string()).unwrap_or_default();
            let clock = row.clock.unwrap_or_default().to_owned();
            [row.case.to_string(), request, due, clock, clock_state.unwrap_or_default(), status, next]
        });
        Grid::of(&COLUMNS, rows)
    }
}
