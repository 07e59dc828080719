//! `droit anonymize`: plans that a person's rows stay and say nothing about them any more; applies it after confirmation,
//! or writes the plan for `droit apply`.

use std::path::PathBuf;

use serde::Serialize;

use crate::{
    apply::Planned,
    case::{About, CaseNumber, Event, Request},
    data_map::classified::{Classified, TableId},
    plan::Totals,
    rights::erasure::{Erasure, Scope},
};

use super::{
    Exit, apply,
    bar::Watch,
    case_list, confirm, copies,
    database::Trusted,
    erase::{self, hint_at_review},
    erase_cases::Batch,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    part::require_no_less,
    planning::{Planning, digest_of, require_asked},
    ready,
    removals::searching,
    session::Session,
    sums::{Kept, Sums},
    text::Text,
    undo,
};

/// Anonymize what a case asks to be removed, by plan and apply
///
/// Rows stay, and what identifies the person is written over: NULL, a constant, or a random token of which no mapping is
/// kept; addresses, birth dates, times and amounts lose detail; links are cut where they may be NULL. Rows that keep a
/// key which other rows share are only de-identified, which is still personal information: the command ends with 4.
/// Holds, contracts and what the law keeps come first, as for an erasure.
///
/// Examples:
///   droit anonymize DSR-20261123-0001 --plan plan.jsonl
///   droit anonymize DSR-20261123-0001 --confirm DSR-20261123-0001
///   droit anonymize --cases monday.txt --plan monday.jsonl
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AnonymizeArgs {
    /// The case
    #[arg(value_name = "CASE", required_unless_present = "cases")]
    case: Option<CaseNumber>,

    /// Anonymize what all cases ask for that FILE lists, one a line: one plan, one confirmation; what is refused is set
    /// aside
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    cases: Option<PathBuf>,

    /// Write the plan to FILE and change nothing
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Search other people's texts for the person in every table, also where the map does not say how or names an index;
    /// each such table is read as a whole
    #[arg(long)]
    mentions: bool,

    /// Anonymize everything although the request was limited to a part when it came
    #[arg(long, conflicts_with = "cases")]
    whole: bool,

    /// The case number again, where there is no terminal; with --cases the number of people in the plan
    #[arg(long, value_name = "CASE", conflicts_with = "plan")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &AnonymizeArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted_alone()?;
    session.require_plan_file(args.plan.is_some())?;
    session.warn_of_waivers(out);
    ready::require(&mut trusted, session)?;
    let mut watch = Watch::begin(session);
    let scope = Scope { mentions: args.mentions, anonymize: true, ..Scope::default() };
    let Some(case) = args.case else {
        let listed = case_list::read(args.cases.as_deref(), session)?;
        let (plan_file, confirm) = (args.plan.as_deref(), args.confirm.as_deref());
        let scope = searching(scope, &listed, session)?;
        return Batch { listed, scope, plan_file, confirm }.run(&mut trusted, &mut watch, session, out);
    };
    let found = session.case(case)?;
    require_asked(&found, Request::asks_for_erasure)?;
    require_no_less(&found, &scope, args.whole)?;
    let scope = searching(scope, &[case], session)?;
    if args.plan.is_none() {
        copies::require_delivered(case, session)?;
    }
    let planning = Planning::again(case, scope, session.now(), &mut trusted, session)?;
    if !found.actions.is_empty() {
        let (planned, totals) = erase::plan(None, &planning, &mut trusted, &mut watch, session, out)?;
        if totals.changes() == 0 {
            let left = Anonymized::of(case, "nothing_left", &planned, &totals, &trusted.map);
            let left = left.searching(&planning.erasure(&trusted.map, session)?);
            out.result(&left)?;
            watch.end(&case.to_string(), session, out);
            out.next(found.next_step());
            return Ok(left.exit());
        }
    }
    let (planned, totals) = erase::plan(args.plan.as_deref(), &planning, &mut trusted, &mut watch, session, out)?;
    let outcome = Anonymized::of(case, "planned", &planned, &totals, &trusted.map);
    let outcome = outcome.searching(&planning.erasure(&trusted.map, session)?);
    let event = Event::Planned { plan: digest_of(&planned)?, tables: outcome.sums.counts(), part: false };
    let asked = planning.asked_of_person(&mut trusted, session)?;
    session.record(case, event, &asked)?;
    if let Some(file) = &args.plan {
        out.result(&outcome)?;
        watch.end(&case.to_string(), session, out);
        hint_at_review(file, out);
        return Ok(outcome.exit());
    }
    if session.can_ask() && args.confirm.is_none() {
        out.report(&outcome)?;
    }
    undo::decide(case, planning.subjects(), &mut trusted, session)?;
    confirm::of_change(&case.to_string(), args.confirm.as_deref(), &mut trusted, session, out)?;
    carry_out(case, &planning, &planned, &mut trusted, session, out)
}

/// Applies what `made` claims and tells what was done.
pub(super) fn carry_out(
    case: CaseNumber,
    planning: &Planning,
    made: &Planned,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let Trusted { map, database } = trusted;
    let erasure = planning.erasure(map, session)?;
    let applied = apply::carry_out(case, &erasure, made, &mut **database, session)?;
    let state = match applied.totals.all() {
        _ if applied.totals.changes() + applied.files == 0 => "nothing_to_do",
        all if all.de_identified > 0 => "de_identified",
        _ => "anonymized",
    };
    let mut outcome = Anonymized::of(case, state, made, &applied.totals, map);
    outcome.files = Some(applied.files);
    let outcome = outcome.searching(&erasure);
    out.report(&outcome)?;
    out.next(session.case(case)?.next_step());
    Ok(outcome.exit())
}

/// What an anonymization comes to.
#[derive(Serialize)]
struct Anonymized {
    case: CaseNumber,
    /// `planned`, `anonymized`, `de_identified` (some rows only that), `nothing_to_do` or, where it was done before,
    /// `nothing_left`
    state: &'static str,
    plan: String,
    located: u64,
    /// Rows that say nothing about anybody any more
    #[serde(rename = "anonymized")]
    rows: u64,
    /// Rows that keep a key which other rows share; where nothing is left to do, rows that are still found by the person's
    /// keys
    de_identified: u64,
    kept: u64,
    /// … of which so many without what no law needs
    kept_in_part: u64,
    struck_out: u64,
    files: Option<u64>,
    tables: Vec<TableSums>,
    reasons: Vec<Kept>,
    not_searched: Vec<String>,
    by_index: Vec<String>,
    #[serde(skip)]
    sums: Sums,
}

#[derive(Serialize)]
struct TableSums {
    table: String,
    located: u64,
    anonymized: u64,
    de_identified: u64,
    kept: u64,
    kept_in_part: u64,
    struck_out: u64,
}

impl Anonymized {
    fn of(case: CaseNumber, state: &'static str, made: &Planned, totals: &Totals, map: &Classified) -> Self {
        let sums = Sums::of(About::Case(case), state, &made.claim.digest, totals, map);
        let all = totals.all();
        let tables = totals.tables.iter().map(|(table, sums)| {
            let tied = if state == "nothing_left" { sums.left + sums.held_back - kept_of(totals, *table) } else { 0 };
            TableSums {
                table: map.tables[*table].name.to_string(),
                located: sums.located,
                anonymized: sums.overwritten - sums.de_identified - sums.in_part,
                de_identified: sums.de_identified + tied,
                kept: sums.left + sums.in_part - tied,
                kept_in_part: sums.in_part,
                struck_out: sums.struck_out,
            }
        });
        let tables: Vec<TableSums> = tables.collect();
        Self {
            case,
            state,
            plan: made.claim.digest.clone(),
            located: all.located,
            rows: all.overwritten - all.de_identified - all.in_part,
            de_identified: tables.iter().map(|sums| sums.de_identified).sum(),
            kept: tables.iter().map(|sums| sums.kept).sum(),
            kept_in_part: all.in_part,
            struck_out: all.struck_out,
            files: None,
            tables,
            reasons: Kept::all(totals, map),
            not_searched: Vec::new(),
            by_index: Vec::new(),
            sums,
        }
    }

    /// The same with what `erasure` does not search of other people's texts, and what it searches by an index.
    fn searching(self, erasure: &Erasure<'_>) -> Self {
        let sums = self.sums.searching(erasure);
        let (not_searched, by_index) = (sums.not_searched.clone(), sums.by_index.clone());
        Self { not_searched, by_index, sums, ..self }
    }

    /// What is only de-identified has to be looked at: it is still personal information.
    fn exit(&self) -> Exit {
        if self.de_identified > 0 { Exit::Look } else { Exit::Done }
    }
}

/// Rows of a table that stay for a reason, those of others among them.
fn kept_of(totals: &Totals, table: TableId) -> u64 {
    totals.kept.iter().filter(|(kept, _)| kept.table == table).map(|(_, rows)| rows).sum()
}

impl Render for Anonymized {
    const SCHEMA: &'static str = "droit.anonymize/1";

    fn render(&self, page: &mut Page) {
        let said = match self.state {
            "planned" => Text {
                en: "{case}: {located} rows located: anonymize {anonymized}, de-identify {de_identified}, keep {kept}{others}",
                zh: "{case}：找到 {located} 行：匿名化 {anonymized}，去标识化 {de_identified}，保留 {kept}{others}",
            },
            "nothing_to_do" => Text {
                en: "{case}: nothing was changed: {kept} rows are kept",
                zh: "{case}：未作任何更改：保留 {kept} 行",
            },
            "nothing_left" => Text {
                en: "{case}: nothing is left to write over: {de_identified} rows stay under the person's keys, {kept} are kept",
                zh: "{case}：没有可再改写的内容：{de_identified} 行仍可由该人的键找到，保留 {kept} 行",
            },
            _ => Text {
                en: "{case}: written over: {anonymized} rows anonymized, {de_identified} de-identified, {kept} kept{others}; {files} files removed",
                zh: "{case}：已改写：匿名化 {anonymized} 行，去标识化 {de_identified} 行，保留 {kept} 行{others}；移除文件 {files} 个",
            },
        };
        let numbers = [self.located, self.rows, self.de_identified, self.kept, self.files.unwrap_or_default()];
        let [located, anonymized, de_identified, kept, files] = &numbers.map(|number| number.to_string());
        page.say(
            said,
            &[
                ("case", &self.case.to_string()),
                ("located", located),
                ("anonymized", anonymized),
                ("de_identified", de_identified),
                ("kept", kept),
                ("files", files),
                ("others", &self.sums.others(page.language())),
            ],
        );
        if self.de_identified > 0 {
            page.say(
                Text {
                    en: "de-identified rows share a key with others and can be put together again: still personal information (PIPL 4, 73)",
                    zh: "去标识化的行仍与其他行共用键，可以重新拼合，仍属个人信息（个人信息保护法4、73）",
                },
                &[],
            );
        }
        if let Some(grid) = self.grid() {
            page.blank();
            page.grid(&grid);
        }
        self.sums.say_reasons(page);
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("located", "located", "找到"),
            Column::whole("anonymized", "anonymize", "匿名化"),
            Column::whole("de_identified", "de-identify", "去标识化"),
            Column::whole("kept", "keep", "保留"),
        ]);
        for sums in &self.tables {
            let numbers = [sums.located, sums.anonymized, sums.de_identified, sums.kept];
            grid.push(std::iter::once(sums.table.clone()).chain(numbers.map(|number| number.to_string())));
        }
        Some(grid)
    }
}
