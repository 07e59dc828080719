//! `droit map check`: whether the map explains the whole database, and whether the database is still the one it was
//! trusted for.

use serde::Serialize;

use crate::data_map::{
    drift,
    finding::{Finding, Level},
    survey,
    waiver::{self, Waived},
};

use crate::cli::{
    Exit,
    grid::{Column, Grid},
    language::Language,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
    when,
};

/// Check the map against the database: what is missing, ambiguous, new or changed; exit 4 if anything refuses
///
/// Examples:
///   droit map check
///   droit map check --json | jq '.data[] | select(.refuses)'
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CheckArgs {
    /// Also notices, which stop nothing
    #[arg(long)]
    notices: bool,
}

pub(crate) fn run(args: &CheckArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let map = session.data_map()?;
    let mut schema = session.database()?.schema()?;
    let lock = session.map_lock()?;
    let mut found = lock.map(|lock| drift(&lock, map.fingerprint(), &schema)).unwrap_or_default();
    let waivers = session.waivers()?;
    let waived: Vec<Waived> = waivers.iter().map(|waiver| waiver.waived.clone()).collect();
    let (covered, mut found): (Vec<Finding>, Vec<Finding>) =
        found.drain(..).partition(|finding| waiver::covered(finding, &waived, &schema).is_some());
    let used =
        covered.iter().filter_map(|finding| waiver::covered(finding, &waived, &schema).cloned()).collect::<Vec<_>>();
    waiver::leave_out(&mut schema, &used);
    found.extend(survey(&map, &schema).findings);
    found.sort();
    found.dedup();
    let refuses = found.iter().any(Finding::refuses);
    let zone = session.zone()?;
    let listed = waivers.iter().map(|waiver| Excepted {
        place: waiver.waived.place.clone(),
        until: when::show(waiver.until, &zone),
        by: waiver.by.clone(),
        used: used.contains(&waiver.waived),
    });
    let waivers: Vec<Excepted> = listed.collect();
    let notices = found.len() - found.iter().filter(|finding| finding.refuses()).count();
    let language = out.language();
    let shown = found.iter().filter(|finding| finding.refuses() || args.notices || out.is_for_machines());
    let findings = Findings { rows: shown.map(|finding| Row::of(finding, language)).collect(), notices, waivers };
    out.look(&findings, refuses)?;
    Ok(if refuses { Exit::Look } else { Exit::Done })
}

#[derive(Serialize)]
struct Row {
    code: &'static str,
    refuses: bool,
    place: String,
    line: Option<usize>,
    message: String,
    hint: Option<String>,
    #[serde(skip)]
    meaning: &'static str,
}

impl Row {
    fn of(finding: &Finding, language: Language) -> Self {
        let code = finding.code;
        let meaning = if language == Language::Chinese { code.description_zh() } else { "" };
        Self {
            code: code.word(),
            refuses: code.level() == Level::Refuses,
            place: finding.place.clone(),
            line: finding.line,
            message: finding.message.clone(),
            hint: finding.hint.clone(),
            meaning,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Findings {
    rows: Vec<Row>,
    #[serde(skip)]
    notices: usize,
    #[serde(skip)]
    waivers: Vec<Excepted>,
}

/// An exception in force.
struct Excepted {
    place: String,
    until: String,
    by: String,
    /// Whether the database still has what it is for
    used: bool,
}

impl Render for Findings {
    const SCHEMA: &'static str = "droit.map.check/1";

    fn render(&self, page: &mut Page) {
        for row in &self.rows {
            let line = row.line.map(|line| format!(" (datamap.toml:{line})")).unwrap_or_default();
            let meaning = if row.meaning.is_empty() { String::new() } else { format!(" {}", row.meaning) };
            page.line(&format!("{} {}{line}:{meaning} {}", row.code, row.place, row.message));
            if let Some(hint) = &row.hint {
                page.line(&format!("    {hint}"));
            }
        }
        for waiver in &self.waivers {
            let said = if waiver.used {
                Text {
                    en: "waived {place} until {until}, by {by}", zh: "已豁免 {place}，至 {until}，负责人 {by}"
                }
            } else {
                Text {
                    en: "a waiver of {place} until {until}, by {by}, covers nothing as the database is",
                    zh: "对 {place} 的豁免（至 {until}，负责人 {by}）与数据库现状不符，不起作用",
                }
            };
            page.say(said, &[("place", &waiver.place), ("until", &waiver.until), ("by", &waiver.by)]);
        }
        let count = |refuses| self.rows.iter().filter(|row| row.refuses == refuses).count().to_string();
        page.say(
            Text {
                en: "{refusing} findings stop exports and erasures, {notices} notices",
                zh: "{refusing} 项发现会阻止导出和删除，{notices} 项提示",
            },
            &[("refusing", &count(true)), ("notices", &self.notices.to_string())],
        );
    }

    fn grid(&self) -> Option<Grid> {
        let columns = &[
            Column::whole("code", "code", "代码"),
            Column::whole("refuses", "refuses", "阻止"),
            Column::whole("place", "place", "位置"),
            Column::whole("line", "line", "行"),
            Column::text("message", "message", "说明"),
        ];
        let rows = self.rows.iter().map(|row| {
            let line = row.line.map(|line| line.to_string()).unwrap_or_default();
            let (code, refuses) = (row.code.to_owned(), row.refuses.to_string());
            [code, refuses, row.place.clone(), line, row.message.clone()]
        });
        Some(Grid::of(columns, rows))
    }
}
