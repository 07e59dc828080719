//! `droit case list`: the register of requests.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use crate::case::{Case, CaseNumber, NextStep, Status, SubjectRef, reminder::State, request::Regime};

use crate::cli::{
    Exit, advice, clocks,
    grid::Column,
    language::Language,
    out::Out,
    session::Session,
    stream::Listed,
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
    let mut order = Vec::new();
    session.reading()?.cases(!args.all, |case| {
        let clocks = clocks::of(&case, &place, now);
        let due = clocks::watched(&clocks).map(|view| view.clock.due_nominal);
        order.push((!case.is_unfinished(), due, case.number));
        Ok(())
    })?;
    order.sort_unstable();
    out.list(&mut Cases { order, place, now, session })?;
    Ok(Exit::Done)
}

/// The cases in the order of their urgency; each is read when it is its turn.
struct Cases<'s, 'w> {
    /// Whether it is over, when it is due, its number
    order: Vec<(bool, Option<Date>, CaseNumber)>,
    place: clocks::Place,
    now: Timestamp,
    session: &'s mut Session<'w>,
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
    pub(crate) received_at: Timestamp,
    pub(crate) due: Option<Date>,
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
            open: case.is_unfinished(),
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

const COLUMNS: [Column; 7] = [
    Column::whole("case", "case", "编号"),
    Column::whole("request", "request", "权利类型"),
    Column::whole("due", "due", "期限"),
    Column::whole("clock", "clock", "时钟"),
    Column::whole("clock_state", "", "时限状态"),
    Column::whole("status", "state", "状态"),
    Column::text("next", "next", "下一步"),
];

impl Listed for Cases<'_, '_> {
    type Record = CaseRow;

    const SCHEMA: &'static str = "droit.case.list/1";
    const COLUMNS: &'static [Column] = &COLUMNS;
    const NOTHING: Text = Text { en: "no case is open", zh: "没有未结案件" };

    fn cells(row: &CaseRow, reader: Option<Language>) -> Vec<String> {
        let due = row.due.map(|due| due.to_string()).unwrap_or_default();
        let clock = row.clock.unwrap_or_default().to_owned();
        let [request, clock_state, status, next] = match reader {
            Some(language) => [
                words::asked(row.request, language).to_owned(),
                row.clock_state.map(|state| words::clock_state(state).of(language).to_owned()).unwrap_or_default(),
                words::status(row.status).of(language).to_owned(),
                advice::said(row.step, language),
            ],
            None => [row.request.to_owned(), word(row.clock_state), row.status.to_string(), row.next.clone()],
        };
        vec![row.case.to_string(), request, due, clock, clock_state, status, next]
    }

    fn each(&mut self, take: &mut dyn FnMut(&CaseRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for (_, _, number) in &self.order {
            self.session.go_on()?;
            if let Some(case) = self.session.reading()?.listed_case(*number)? {
                take(&CaseRow::of(&case, &clocks::of(&case, &self.place, self.now)))?;
            }
        }
        Ok(())
    }
}

/// The machine's word of a clock's state.
fn word(state: Option<State>) -> String {
    let word = state.and_then(|state| serde_json::to_value(state).ok());
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
