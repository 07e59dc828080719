//! `droit` without a command: today's board.

use serde::Serialize;

use crate::case::{CaseNumber, NextStep, Proof, RunNumber, Status, reminder::State};

use super::{
    Exit, advice, clocks, due,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
};

/// So many are shown.
const MOST_URGENT: usize = 5;

pub(crate) fn run(session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (place, now) = (session.place()?, session.now());
    let clocks = due::running(session)?;
    let with = |state: State| {
        let mut numbers: Vec<CaseNumber> = clocks.iter().filter(|c| c.state == state).map(|c| c.case).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let (mut open, mut waiting_for_proof, mut restricted_waiting) = (0, Vec::new(), Vec::new());
    let mut urgent: Vec<Urgent> = Vec::new();
    session.reading()?.cases(true, |case| {
        open += 1;
        if case.proof == Proof::Pending {
            waiting_for_proof.push(case.number);
        }
        if case.status == Status::RestrictedWait {
            restricted_waiting.push(case.number);
        }
        let views = clocks::of(&case, &place, now);
        let due = clocks::watched(&views).map(|view| view.clock.due_nominal);
        urgent.push(Urgent { case: case.number, due, next: case.next_step().to_string(), step: case.next_step() });
        urgent.sort_by_key(|one| (one.due.is_none(), one.due, one.case));
        urgent.truncate(MOST_URGENT);
        Ok(())
    })?;
    let board = Board {
        open,
        overdue: with(State::Overdue),
        due_soon: with(State::DueSoon),
        waiting_for_proof,
        restricted_waiting,
        open_intents: session.reading()?.unsettled_intents()?.len(),
        open_replay: session.reading()?.open_replay()?.map(|(run, _)| run),
        left_to_person: session.reading()?.left_to_person()?.into_iter().map(|(case, _)| case).collect(),
        holds: session.holds()?.iter().filter(|hold| !hold.confidential).count(),
        urgent,
    };
    out.result(&board)?;
    let look = !board.overdue.is_empty()
        || board.open_intents > 0
        || board.open_replay.is_some()
        || !board.left_to_person.is_empty();
    Ok(if look { Exit::Look } else { Exit::Done })
}

#[derive(Serialize)]
struct Board {
    open: usize,
    overdue: Vec<CaseNumber>,
    due_soon: Vec<CaseNumber>,
    waiting_for_proof: Vec<CaseNumber>,
    restricted_waiting: Vec<CaseNumber>,
    open_intents: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_replay: Option<RunNumber>,
    /// Of which a replay could not tell what came back
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_to_person: Vec<CaseNumber>,
    holds: usize,
    urgent: Vec<Urgent>,
}

#[derive(Serialize)]
struct Urgent {
    case: CaseNumber,
    due: Option<jiff::civil::Date>,
    next: String,
    #[serde(skip)]
    step: NextStep,
}

impl Render for Board {
    const SCHEMA: &'static str = "droit.board/1";

    fn render(&self, page: &mut Page) {
        let some = |cases: &Vec<CaseNumber>| {
            if cases.is_empty() {
                return String::new();
            }
            let names: Vec<String> = cases.iter().map(ToString::to_string).collect();
            format!("{} ({})", cases.len(), names.join(", "))
        };
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        page.fields(&[
            (Text { en: "open cases", zh: "未结案件" }, self.open.to_string()),
            (Text { en: "OVERDUE", zh: "逾期" }, some(&self.overdue)),
            (Text { en: "due soon", zh: "即将到期" }, some(&self.due_soon)),
            (Text { en: "waiting for proof", zh: "待证明" }, some(&self.waiting_for_proof)),
            (Text { en: "restricted, waiting", zh: "限制处理并等待" }, some(&self.restricted_waiting)),
            (Text { en: "open intents: droit recover", zh: "未结意图：droit recover" }, count(self.open_intents)),
            (
                Text { en: "replay not finished: droit replay", zh: "重放未完成：droit replay" },
                self.open_replay.map(|run| run.to_string()).unwrap_or_default(),
            ),
            (Text { en: "left to a person by a replay", zh: "重放后须由人工处理" }, some(&self.left_to_person)),
            (Text { en: "legal holds", zh: "法律保全" }, count(self.holds)),
        ]);
        if self.urgent.is_empty() {
            return;
        }
        page.blank();
        for one in &self.urgent {
            let due = one.due.map(|due| due.to_string()).unwrap_or_default();
            page.line(&format!("{due:10}  {}  {}", one.case, advice::said(one.step, page.language())));
        }
    }
}
