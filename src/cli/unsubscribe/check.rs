//! `droit unsubscribe --check`: who refused messages and gets them again, because somebody brought them back.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    case::{CaseNumber, SubjectRef, TagPurpose},
    rights::unsubscription::{Returning, Subscriber},
};

use crate::cli::{
    Exit,
    database::Trusted,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
};

pub(super) fn run(trusted: &mut Trusted, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let now = session.now();
    let zone = session.zone()?;
    let mut refused: BTreeMap<SubjectRef, Vec<(CaseNumber, Vec<String>)>> = BTreeMap::new();
    let book = session.reading()?;
    book.cases(false, |case| {
        let mut messages = case.stopped.messages.clone();
        messages.extend(case.stopping.into_iter().flat_map(|(_, stopping)| stopping.messages));
        if !messages.is_empty() {
            refused.entry(case.subject).or_default().push((case.number, messages));
        }
        Ok(())
    })?;
    let tagging = book.tagging()?;
    let mut found: BTreeMap<Row, u64> = BTreeMap::new();
    let mut looked = 0_u64;
    let returning = Returning { map: &trusted.map, as_of: now, zone };
    let mut each = |one: &Subscriber| -> Result<(), crate::error::Error> {
        looked += 1;
        let tags: Vec<_> = one.known_by.iter().map(|(kind, value)| tagging(kind, value)).collect();
        for subject in book.subjects(TagPurpose::Suppression, &tags)? {
            let cases = refused.get(&subject).into_iter().flatten().rev();
            let mut refusing = cases.filter(|(_, messages)| messages.iter().any(|message| one.is_one_of(message)));
            if let Some((case, _)) = refusing.next() {
                let table = trusted.map.tables[one.table].name.to_string();
                let messages = format!("{}/{}", plain(one.channel.as_deref()), plain(one.topic.as_deref()));
                *found.entry(Row { case: *case, subject: subject.to_string(), table, messages }).or_default() += 1;
            }
        }
        Ok(())
    };
    if !refused.is_empty() {
        returning.look(&mut *trusted.database, &mut each)?;
    }
    let rows = found.into_iter().map(|(row, rows)| Returned { row, rows }).collect();
    let report = Returns { looked, people: refused.len(), returned: rows };
    if report.returned.is_empty() {
        out.report(&report)?;
        return Ok(Exit::Done);
    }
    out.result(&report)?;
    Ok(Exit::Look)
}

/// Channels and topics are short words; whatever else stands there is not repeated.
fn plain(said: Option<&str>) -> &str {
    match said {
        None => "",
        Some(word) if word.chars().count() <= 40 && !word.chars().any(|c| c.is_control() || c.is_whitespace()) => word,
        Some(_) => "?",
    }
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    /// The last case in which these messages were refused
    case: CaseNumber,
    subject: String,
    table: String,
    messages: String,
}

#[derive(Serialize)]
struct Returned {
    #[serde(flatten)]
    row: Row,
    rows: u64,
}

#[derive(Serialize)]
struct Returns {
    /// Subscriptions that were looked at
    looked: u64,
    /// People who refused messages
    people: usize,
    returned: Vec<Returned>,
}

impl Render for Returns {
    const SCHEMA: &'static str = "droit.unsubscribe.check/1";

    fn render(&self, page: &mut Page) {
        let (people, looked) = (self.people.to_string(), self.looked.to_string());
        if self.returned.is_empty() {
            let said = Text {
                en: "nobody who refused messages gets them again ({people} people, {looked} subscriptions)",
                zh: "没有人在退订后又被订阅（{people} 人，{looked} 项订阅）",
            };
            page.say(said, &[("people", &people), ("looked", &looked)]);
            return;
        }
        page.say(
            Text {
                en: "refused, and subscribed again; stop them with droit unsubscribe CASE, and what brought them back:",
                zh: "已退订却又被订阅；请用 droit unsubscribe 案件编号 停止，并停止使其恢复的来源：",
            },
            &[],
        );
        if let Some(grid) = self.grid() {
            page.grid(&grid);
        }
    }

    fn grid(&self) -> Option<Grid> {
        let columns = &[
            Column::whole("case", "case", "案件"),
            Column::whole("table", "table", "数据表"),
            Column::text("messages", "messages", "消息"),
            Column::whole("rows", "rows", "行数"),
        ];
        let rows = self.returned.iter().map(|one| {
            let row = &one.row;
            [row.case.to_string(), row.table.clone(), row.messages.clone(), one.rows.to_string()]
        });
        Some(Grid::of(columns, rows))
    }
}
