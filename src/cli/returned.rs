//! `droit prove --returned`: erased people of whom rows are found again, because a backup was restored or another system
//! brought them back. It only reads.

use std::rc::Rc;

use serde::Serialize;

use crate::{
    case::{About, CaseNumber},
    database::Database,
    duties::replay::{Tagging, Telling},
    error::Error,
};

use super::{
    Exit,
    grid::{Column, Grid},
    held::held,
    out::{Out, Render},
    page::Page,
    replay::{
        back::Looking,
        lost::{AllLost, Lost, What},
    },
    session::Session,
    text::Text,
};
use crate::progress::{Doing, Progress};

pub(super) fn run(session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    let (zone, now) = (session.zone()?, session.now());
    let book = session.reading()?;
    let all = AllLost::after(0, book)?;
    let tagging: Rc<Tagging> = Rc::new(book.tagging()?);
    let mut report = Returned { looked: 0, forgotten: all.forgotten.len(), anew: 0, back: Vec::new() };
    let held = held(&trusted.map, session)?;
    let erased: Vec<Lost> = all.lost.into_iter().filter(|lost| matches!(lost.what, What::Erased { .. })).collect();
    let count = erased.len() as u64;
    for lost in erased {
        session.go_on()?;
        out.progress(Progress::part(Doing::Cases, report.looked, count));
        let About::Case(case) = lost.about else { continue };
        let (map, held) = (&trusted.map, &held);
        let looking = One { looking: Looking { map, zone: &zone, held, now }, tagging: &tagging };
        looking.look(case, &lost, &mut *trusted.database, &mut report)?;
    }
    for (case, left) in session.reading()?.left_to_person()? {
        // of others it is told by what is found
        if report.back.iter().all(|back| back.case != case) {
            report.back.extend(left.why.into_iter().map(|why| Back {
                case,
                state: "left_to_person",
                why,
                tables: vec![TableRows { table: String::new(), rows: 0 }],
                next: format!("droit case note {case} --decided"),
            }));
        }
    }
    if report.back.is_empty() {
        out.report(&report)?;
        return Ok(Exit::Done);
    }
    out.result(&report)?;
    Ok(Exit::Look)
}

/// What one person is looked for with.
struct One<'a> {
    looking: Looking<'a>,
    tagging: &'a Rc<Tagging>,
}

impl One<'_> {
    fn look(
        &self,
        case: CaseNumber,
        lost: &Lost,
        database: &mut dyn Database,
        report: &mut Returned,
    ) -> Result<(), Error> {
        let What::Erased { scope, removed } = &lost.what else { return Ok(()) };
        report.looked += 1;
        let Looking { map, zone, .. } = self.looking;
        let telling = Telling { map, zone, tagging: &**self.tagging };
        let mut whose = telling.whose(lost.known(Some(*removed)), database)?;
        if !whose.is_nobody_sure() {
            telling.doubtful(lost.known(Some(*removed)), &mut whose, database)?;
        }
        report.anew += usize::from(whose.others > 0);
        let since = zone.to_datetime(*removed).strftime("%Y-%m-%d %H:%M");
        // an account that stayed is theirs, and so is what is there beside it
        let mut set = whose.set.clone();
        for (person, keys) in &whose.left.persons {
            set.persons.entry(person.clone()).or_default().extend(keys.iter().cloned());
        }
        let back = self.looking.came_back(lost, &set, scope, *removed, database)?;
        if !back.is_empty() {
            let tables =
                back.into_iter().map(|(table, rows)| TableRows { table: map.tables[table].name.to_string(), rows });
            report.back.push(Back {
                case,
                state: "returned",
                why: "rows_found".to_owned(),
                tables: tables.collect(),
                next: format!("droit replay --since '{since}'"),
            });
        }
        for (why, rows) in whose.unsure {
            report.back.push(Back {
                case,
                state: "undecidable",
                why: why.word().to_owned(),
                tables: vec![TableRows { table: String::new(), rows }],
                next: format!("droit case show {case}"),
            });
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct TableRows {
    table: String,
    rows: u64,
}

/// Somebody who is back, or may be.
#[derive(Serialize)]
struct Back {
    case: CaseNumber,
    /// `returned`, `undecidable`, or `left_to_person` of what a replay could not tell and nobody has decided
    state: &'static str,
    why: String,
    tables: Vec<TableRows>,
    next: String,
}

#[derive(Serialize)]
struct Returned {
    /// Erased people who were looked for
    looked: u64,
    /// Of whom nobody knows any more who they are
    forgotten: usize,
    /// Erased people whose key or number somebody else has by now
    anew: usize,
    #[serde(rename = "returned")]
    back: Vec<Back>,
}

impl Render for Returned {
    const SCHEMA: &'static str = "droit.prove.returned/1";

    fn render(&self, page: &mut Page) {
        let numbers = [self.looked, self.anew as u64, self.forgotten as u64].map(|number| number.to_string());
        let [looked, anew, forgotten] = &numbers;
        let values: [(&str, &str); 3] = [("looked", looked), ("anew", anew), ("forgotten", forgotten)];
        if self.back.is_empty() {
            let said = Text {
                en: "nobody who was erased came back ({looked} looked for; of {anew} somebody else has the key or a number by now; {forgotten} not known any more)",
                zh: "已删除的人均未恢复（查找 {looked} 人；其中 {anew} 人的键或号码现由他人使用；{forgotten} 人已无从得知）",
            };
            page.say(said, &values);
            return;
        }
        let said = Text {
            en: "erased, and found again ({looked} looked for; of {anew} somebody else has the key or a number by now; {forgotten} not known any more):",
            zh: "已删除却又出现（查找 {looked} 人；其中 {anew} 人的键或号码现由他人使用；{forgotten} 人已无从得知）：",
        };
        page.say(said, &values);
        if let Some(grid) = self.grid() {
            page.grid(&grid);
        }
    }

    fn grid(&self) -> Option<Grid> {
        let columns = &[
            Column::whole("case", "case", "案件"),
            Column::whole("state", "state", "状态"),
            Column::whole("why", "why", "原因"),
            Column::text("table", "table", "数据表"),
            Column::whole("rows", "rows", "行数"),
            Column::text("next", "next", "下一步"),
        ];
        let rows = self.back.iter().flat_map(|one| {
            one.tables.iter().map(|table| {
                [
                    one.case.to_string(),
                    one.state.to_owned(),
                    one.why.clone(),
                    table.table.clone(),
                    table.rows.to_string(),
                    one.next.clone(),
                ]
            })
        });
        Some(Grid::of(columns, rows))
    }
}
