//! What `droit anonymize --cases FILE` tells: the batch is that of [`erase_cases`](super::erase_cases), and its rows stay.

use serde::Serialize;

use crate::case::{About, CaseNumber};

use super::{
    case_list::{self, SetAside},
    erase_cases::Planned,
    out::Render,
    page::Page,
    sums::{Kept, Sums, WrittenOver},
    text::Text,
};

/// A batch of anonymizations, planned or carried out.
#[derive(Serialize)]
pub(super) struct Together<'p> {
    case: Option<About>,
    /// `planned`, `anonymized`, `de_identified` (some rows only that), `nothing_to_do`; none where all are set aside
    state: Option<&'static str>,
    plan: Option<&'p str>,
    located: u64,
    #[serde(flatten)]
    rows: WrittenOver,
    struck_out: u64,
    files: Option<u64>,
    reasons: &'p [Kept],
    not_searched: &'p [String],
    by_index: &'p [String],
    people: usize,
    cases: Vec<Share>,
    set_aside: &'p [SetAside],
    #[serde(skip)]
    planned: &'p Planned,
}

/// What happens to one person of a plan.
#[derive(Serialize)]
struct Share {
    case: CaseNumber,
    located: u64,
    #[serde(flatten)]
    rows: WrittenOver,
}

impl<'p> Together<'p> {
    pub(super) fn of(planned: &'p Planned) -> Self {
        let sums = planned.sums.as_ref();
        let nothing = WrittenOver { anonymized: 0, de_identified: 0, kept: 0, kept_in_part: 0 };
        let rows = sums.map_or(nothing, Sums::written_over);
        let state = sums.map(|sums| match sums.state {
            "planned" => "planned",
            _ if sums.changes() + sums.files.unwrap_or_default() == 0 => "nothing_to_do",
            _ if rows.de_identified > 0 => "de_identified",
            _ => "anonymized",
        });
        let share = |share: &super::erase_cases::Share| Share {
            case: share.case,
            located: share.located,
            rows: share.written_over,
        };
        Self {
            case: sums.map(|sums| sums.case),
            state,
            plan: sums.map(|sums| sums.plan.as_str()),
            located: sums.map_or(0, |sums| sums.located),
            rows,
            struck_out: sums.map_or(0, |sums| sums.struck_out),
            files: sums.and_then(|sums| sums.files),
            reasons: sums.map_or(&[], |sums| &sums.reasons),
            not_searched: sums.map_or(&[], |sums| &sums.not_searched),
            by_index: sums.map_or(&[], |sums| &sums.by_index),
            people: planned.people,
            cases: planned.cases.iter().map(share).collect(),
            set_aside: &planned.set_aside,
            planned,
        }
    }
}

impl Render for Together<'_> {
    const SCHEMA: &'static str = "droit.anonymize.batch/1";

    fn render(&self, page: &mut Page) {
        let written = |page: &mut Page, about: &str, located: u64, rows: WrittenOver, others: &str| {
            let said = match self.state {
                Some("planned") => Text {
                    en: "{case}: {located} rows located: anonymize {anonymized}, de-identify {de_identified}, keep {kept}{others}",
                    zh: "{case}：找到 {located} 行：匿名化 {anonymized}，去标识化 {de_identified}，保留 {kept}{others}",
                },
                _ => Text {
                    en: "{case}: written over: {anonymized} rows anonymized, {de_identified} de-identified, {kept} kept{others}",
                    zh: "{case}：已改写：匿名化 {anonymized} 行，去标识化 {de_identified} 行，保留 {kept} 行{others}",
                },
            };
            let numbers = [located, rows.anonymized, rows.de_identified, rows.kept].map(|number| number.to_string());
            let [located, anonymized, de_identified, kept] = &numbers;
            let values = [
                ("case", about),
                ("located", located),
                ("anonymized", anonymized),
                ("de_identified", de_identified),
                ("kept", kept),
                ("others", others),
            ];
            page.say(said, &values);
        };
        if let Some(sums) = &self.planned.sums {
            let others = sums.others(page.language());
            written(page, &sums.case.to_string(), self.located, self.rows, &others);
            sums.say_reasons(page);
            page.blank();
        }
        for share in &self.cases {
            written(page, &share.case.to_string(), share.located, share.rows, "");
        }
        case_list::say(self.set_aside, page);
        page.say(
            Text {
                en: "{people} people in the plan, {aside} set aside", zh: "计划含 {people} 人，搁置 {aside} 人"
            },
            &[("people", &self.people.to_string()), ("aside", &self.set_aside.len().to_string())],
        );
    }
}
