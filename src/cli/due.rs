//! `droit due`: cron's look at the clocks.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::{
    case::{
        Case, CaseNumber,
        deadline::Lateness,
        reminder::{Point, Reminder, State, fallen_due, reminders},
    },
    export::ics::{DueDay, calendar},
};

use super::{
    Exit,
    clocks::{self, ClockView},
    duration,
    grid::{Column, Grid},
    out::{Out, Render, write_private},
    page::Page,
    session::Session,
    text::{Text, words},
    when,
};

/// List the clocks that are overdue or due soon; exit 4 when one is overdue
///
/// With --quiet nothing is printed unless a clock is overdue, so that cron mails only then. Reminders fall at a half and
/// at four fifths of the clock to watch, and three days and one day before its end; --reminders also lists the clocks
/// whose reminder fell since.
///
/// Examples:
///   droit due
///   droit due --all --json
///   droit due --ics due.ics
///   15 8 * * *  droit due --quiet --reminders 24h --workspace /srv/privacy
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DueArgs {
    /// Every running clock
    #[arg(long)]
    all: bool,

    /// Also clocks with a reminder that fell within TIME until now, such as 24h for a daily run
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    reminders: Option<Duration>,

    /// Write every running clock to FILE as a calendar (iCalendar), without personal data
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
}

pub(crate) fn run(args: &DueArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let since = since(args.reminders, session.now());
    let mut clocks = running_since(since, session)?;
    clocks.sort_by_key(|clock| (clock.due, clock.case, clock.clock));
    if let Some(file) = &args.ics {
        write_calendar(file, &clocks, session, out)?;
    }
    let reminded = |clock: &DueClock| args.reminders.is_some() && clock.reminder.is_some();
    clocks.retain(|clock| args.all || reminded(clock) || matches!(clock.state, State::Overdue | State::DueSoon));
    let overdue = clocks.iter().any(|clock| clock.state.is_overdue());
    let look = overdue || clocks.iter().any(reminded);
    let due = Due(clocks, session.zone()?);
    if look {
        out.result(&due)?;
        return Ok(if overdue { Exit::Look } else { Exit::Done });
    }
    out.report(&due)?;
    Ok(Exit::Done)
}

/// From when on a reminder is told.
fn since(reminders: Option<Duration>, now: Timestamp) -> Timestamp {
    let back = SignedDuration::try_from(reminders.unwrap_or_default()).unwrap_or(SignedDuration::MAX);
    now.saturating_sub(back).unwrap_or(Timestamp::MIN)
}

/// Every running clock of every open case.
pub(super) fn running(session: &mut Session<'_>) -> anyhow::Result<Vec<DueClock>> {
    running_since(session.now(), session)
}

fn running_since(since: Timestamp, session: &mut Session<'_>) -> anyhow::Result<Vec<DueClock>> {
    let (place, now) = (session.place()?, session.now());
    let today = now.to_zoned_datetime(place.zone.clone()).date();
    let mut clocks = Vec::new();
    session.reading()?.cases(true, |case| {
        let views = clocks::of(&case, &place, now);
        let watched = clocks::watched(&views).map(|view| view.clock.rule);
        for view in views.iter().filter(|view| view.clock.stopped.is_none()) {
            let mut clock = DueClock::of(&case, view, today);
            clock.alarms = reminders(&view.clock, Lateness::Strict);
            clock.next_reminder = clock.alarms.iter().map(|reminder| reminder.at).find(|at| *at > now);
            if watched == Some(view.clock.rule) && view.state != State::Paused {
                clock.reminder = fallen_due(&view.clock, Lateness::Strict, since, now).last().map(|last| last.point);
            }
            clocks.push(clock);
        }
        Ok(())
    })?;
    Ok(clocks)
}

/// Writes the calendar. Its events keep their names, so that importing it again changes them and adds none.
fn write_calendar(
    file: &std::path::Path,
    clocks: &[DueClock],
    session: &mut Session<'_>,
    out: &Out<'_>,
) -> anyhow::Result<()> {
    let (now, language) = (session.now(), out.language());
    let workspace = session.workspace()?.settings.workspace.as_str().to_owned();
    let day = |clock: &DueClock| {
        let request = clock.request.parse().map_or(clock.request, |right| words::request(right).of(language));
        let values = [("case", &*clock.case.to_string()), ("request", request), ("clock", clock.clock)];
        DueDay {
            uid: format!("{}-{}@{workspace}", clock.case, clock.clock),
            sequence: clock.events,
            day: clock.due,
            summary: IS_DUE.with(language, &values),
            alarms: clock.alarms.iter().map(|reminder| reminder.at).filter(|at| *at > now).collect(),
        }
    };
    let days: Vec<DueDay> = clocks.iter().map(day).collect();
    write_private(&session.path(file), calendar(CALENDAR.of(language), now, &days).as_bytes())
}

const IS_DUE: Text = Text { en: "{case}: {request} due ({clock})", zh: "{case}：{request}到期（{clock}）" };
const CALENDAR: Text = Text { en: "Requests due", zh: "请求期限" };

impl DueClock {
    fn of(case: &Case, view: &ClockView, today: Date) -> Self {
        Self {
            case: case.number,
            request: case.request.request_type().word(),
            clock: view.clock.rule.word(),
            binding: view.binding,
            due: view.clock.due_nominal,
            due_rolled: view.clock.due_rolled,
            state: view.state,
            days_left: today.duration_until(view.clock.due_nominal).as_hours() / 24,
            reminder: None,
            next_reminder: None,
            undo_until: case.undoable_until(),
            alarms: Vec::new(),
            events: case.events,
        }
    }
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
    /// The reminder that fell last in the time that was asked about
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder: Option<Point>,
    /// When the next one falls
    #[serde(skip_serializing_if = "Option::is_none")]
    next_reminder: Option<Timestamp>,
    /// Until when the case's last change can be undone: nothing of it is final before
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until: Option<Timestamp>,
    #[serde(skip)]
    alarms: Vec<Reminder>,
    #[serde(skip)]
    events: u32,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Due(Vec<DueClock>, #[serde(skip)] TimeZone);

const COLUMNS: [Column; 7] = [
    Column::whole("case", "case", "编号"),
    Column::whole("request", "request", "权利类型"),
    Column::whole("clock", "clock", "时钟"),
    Column::whole("due", "due", "期限"),
    Column::whole("days_left", "days left", "剩余天数"),
    Column::whole("state", "state", "状态"),
    Column::whole("reminder", "reminder", "提醒"),
];

/// What a person reads of a reminder.
fn reminded(point: Point) -> Text {
    match point {
        Point::Half => Text { en: "half of the time is gone", zh: "已过半" },
        Point::FourFifths => Text { en: "four fifths are gone", zh: "已过五分之四" },
        Point::ThreeDaysLeft => Text { en: "three days are left", zh: "还剩三日" },
        Point::OneDayLeft => Text { en: "one day is left", zh: "还剩一日" },
    }
}

/// A closed word of ours as machines read it.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

impl Due {
    /// A screen has the last column only when there is something in it.
    fn fill(&self, columns: &[Column], show: impl Fn(&DueClock) -> [String; 3]) -> Grid {
        let mut grid = Grid::new(columns);
        for clock in &self.0 {
            let [request, state, reminder] = show(clock);
            let (case, due) = (clock.case.to_string(), clock.due.to_string());
            grid.push([case, request, clock.clock.to_owned(), due, clock.days_left.to_string(), state, reminder]);
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
        let some = self.0.iter().any(|clock| clock.reminder.is_some());
        let columns = if some { &COLUMNS[..] } else { &COLUMNS[..COLUMNS.len() - 1] };
        let grid = self.fill(columns, |clock| {
            let request = clock.request.parse().map_or(clock.request, |right| words::request(right).of(language));
            let reminder = clock.reminder.map(|point| reminded(point).of(language).to_owned()).unwrap_or_default();
            [request.to_owned(), words::clock_state(clock.state).of(language).to_owned(), reminder]
        });
        page.grid(&grid);
        let pending: BTreeMap<CaseNumber, Timestamp> =
            self.0.iter().filter_map(|clock| Some((clock.case, clock.undo_until?))).collect();
        for (case, until) in pending {
            page.say(
                Text {
                    en: "{case}: can be undone until {until}; nothing of it is final before",
                    zh: "{case}：在 {until} 之前可以撤销，此前均非最终结果",
                },
                &[("case", &case.to_string()), ("until", &when::show(until, &self.1))],
            );
        }
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.fill(&COLUMNS, |clock| {
            [clock.request.to_owned(), word(clock.state), clock.reminder.map(word).unwrap_or_default()]
        }))
    }
}
