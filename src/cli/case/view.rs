//! How a case is shown.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    case::{Case, CaseNumber, Reply, TableCount},
    cli::{
        advice,
        clocks::{self, ClockView},
        grid::{Column, Grid},
        out::{Out, Render},
        page::Page,
        text::{Text, words},
        when,
    },
};

/// A case, its clocks, and what is to be done next.
#[derive(Serialize)]
pub(crate) struct CaseView {
    #[serde(flatten)]
    pub(crate) case: Case,
    pub(crate) clocks: Vec<ClockView>,
    pub(crate) next: String,
    /// Requests that came together with it
    #[serde(skip)]
    pub(crate) together: Vec<CaseNumber>,
    #[serde(skip)]
    pub(crate) zone: TimeZone,
}

/// What one step made of a case.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Step {
    #[serde(skip)]
    pub(crate) said: Text,
    pub(crate) view: CaseView,
}

const INCOMPLETE: Text = Text {
    en: "there is no calendar for a year that the clocks reach into; every day was counted, so the dates are the earliest possible ones",
    zh: "期限涉及的年份没有日历；已按每天计数，所示日期为最早可能的日期",
};

const fn label(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

fn list(cases: &[CaseNumber]) -> String {
    cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl CaseView {
    /// Warns where a calendar is missing (D7).
    pub(crate) fn warn(&self, out: &mut Out<'_>) {
        if self.clocks.iter().any(|view| view.clock.incomplete) {
            out.warning("calendar_incomplete", INCOMPLETE, &[]);
        }
    }

    /// The date to watch and its clock, such as `2026-12-14 (K15W)`.
    pub(crate) fn due(&self) -> String {
        clocks::watched(&self.clocks)
            .map(|view| format!("{} ({})", view.clock.due_nominal, view.clock.rule))
            .unwrap_or_default()
    }

    fn clocks_grid(&self, page: &Page) -> Grid {
        let columns = &[
            Column::whole("clock", "clock", "时钟"),
            Column::whole("due", "due", "到期"),
            Column::whole("rolled", "with holidays", "顺延后"),
            Column::whole("state", "state", "状态"),
            Column::text("rule", "rule", "规则"),
        ];
        let rows = self.clocks.iter().map(|view| {
            let mark = if view.binding { "*" } else { "" };
            [
                format!("{}{mark}", view.clock.rule),
                view.clock.due_nominal.to_string(),
                view.clock.due_rolled.to_string(),
                words::clock_state(view.state).of(page.language()).to_owned(),
                words::clock(view.clock.rule).of(page.language()).to_owned(),
            ]
        });
        Grid::of(columns, rows)
    }

    fn fields(&self, page: &Page) -> Vec<(Text, String)> {
        let language = page.language();
        let case = &self.case;
        let at = |at| when::show(at, &self.zone);
        vec![
            (label("state", "状态"), words::status(case.status).of(language).to_owned()),
            (label("request", "权利类型"), self.asked(page)),
            (label("law", "适用法"), words::regime(case.regime).of(language).to_owned()),
            (label("from", "申请人"), words::requester(case.requester).of(language).to_owned()),
            (label("by", "渠道"), words::channel(case.channel).of(language).to_owned()),
            (label("received", "受理时间"), at(case.received_at)),
            (label("came with", "同时提出"), list(&self.together)),
            (label("subject", "主体标识"), case.subject.to_string()),
            (label("identity", "身份核验"), self.identity()),
            (label("age", "年龄"), case.age.map(|age| words::age(age).of(language).to_owned()).unwrap_or_default()),
            (label("verified", "核验时间"), case.verified_at.map(at).unwrap_or_default()),
            (label("minor found", "发现未成年人"), case.minor_found_at.map(at).unwrap_or_default()),
            (label("assigned to", "处理人"), case.assigned_to.clone().unwrap_or_default()),
            (label("carried out", "处理情况"), self.actions()),
            (label("proof", "证明"), words::proof(case.proof).of(language).to_owned()),
            (label("left to a person", "须由人工处理"), self.left_to_person()),
            (label("can be undone until", "可撤销至"), case.undoable_until().map(at).unwrap_or_default()),
            (label("refused", "拒绝理由"), self.refusal()),
            (label("answered", "答复"), self.replies(page)),
            (label("closed", "结案时间"), case.closed_at.map(at).unwrap_or_default()),
        ]
    }

    /// What is asked, and on whose behalf.
    pub(crate) fn asked(&self, page: &Page) -> String {
        let language = page.language();
        let outer = self.case.request.request_type();
        let title = words::request(outer).of(language).to_owned();
        match self.case.request.action().filter(|inner| *inner != outer) {
            Some(inner) => format!("{title} ({})", words::request(inner).of(language)),
            None => title,
        }
    }

    fn identity(&self) -> String {
        let level = self.case.level.map(|level| level.to_string());
        [level, self.case.method.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn actions(&self) -> String {
        let one = |count: &TableCount| format!("{} {} {}", count.table, count.what, count.rows);
        self.case.actions.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// What a replay could not tell, and which.
    fn left_to_person(&self) -> String {
        let left = self.case.left_to_person.as_ref();
        left.map(|left| format!("{} ({})", left.why.join(", "), left.run)).unwrap_or_default()
    }

    fn refusal(&self) -> String {
        self.case.refused.as_ref().map(|refused| format!("{} ({})", refused.code, refused.law)).unwrap_or_default()
    }

    fn replies(&self, page: &Page) -> String {
        let one = |reply: &Reply| {
            let decision = words::decision(reply.decision).of(page.language());
            format!("{} {decision}", when::show(reply.sent_at, &self.zone))
        };
        self.case.replies.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

impl Render for CaseView {
    const SCHEMA: &'static str = "droit.case/1";

    fn render(&self, page: &mut Page) {
        page.line(&self.case.number.to_string());
        let fields = self.fields(page);
        page.fields(&fields);
        page.blank();
        let grid = self.clocks_grid(page);
        page.grid(&grid);
        page.blank();
        page.say(
            Text { en: "next: {next}", zh: "下一步：{next}" },
            &[("next", &advice::said(self.case.next_step(), page.language()))],
        );
    }
}

impl Render for Step {
    const SCHEMA: &'static str = CaseView::SCHEMA;

    fn render(&self, page: &mut Page) {
        let (number, asked, due) = (self.view.case.number.to_string(), self.view.asked(page), self.view.due());
        page.say(self.said, &[("case", &number), ("request", &asked), ("due", &due)]);
    }
}
