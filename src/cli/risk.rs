//! `droit risk`: how re-identifiable what is left is, and whether it may be released.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::{
    data_map::{
        classified::{Classified, TableId},
        risk::Risk,
    },
    database::{Database, Flow},
    duties::risk::{Cell, Figures, declared, measure, risk_of, statistics},
    refusal::Refusal,
    value::Value,
};

use super::{
    Exit,
    grid::{Column, Grid},
    held::held_table,
    language::Language,
    out::{Out, Render},
    page::Page,
    session::Session,
    stream::Listed,
    text::Text,
};

/// Measure how re-identifiable what is left is
///
/// Over the columns that the data map declares (`risk` in a table's section): how many rows are alike (k), how many
/// different sensitive values they have (l), how many rows are like no other. A table below what the map asks for ends
/// in 4; with --release it is refused and ends in 3.
///
/// Examples:
///   droit risk
///   droit risk orders --release
///   droit risk --statistics orders --format csv -o cells.csv
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RiskArgs {
    /// The tables; without one all whose risk the map declares
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,

    /// Refuse if what is measured may not be released
    #[arg(long)]
    release: bool,

    /// Count TABLE by what its people could be told apart by; small cells are not shown
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["tables", "release"])]
    statistics: Option<String>,
}

pub(crate) fn run(args: &RiskArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut trusted = session.trusted()?;
    session.warn_of_waivers(out);
    let (map, database) = (&trusted.map, &mut *trusted.database);
    if let Some(table) = &args.statistics {
        let table = held_table(table, map)?;
        risk_of(map, table)?;
        out.list(&mut Statistics { map, table, database })?;
        return Ok(Exit::Done);
    }
    let tables: Vec<TableId> = if args.tables.is_empty() {
        declared(map)
    } else {
        args.tables.iter().map(|table| held_table(table, map)).collect::<Result<_, _>>()?
    };
    if tables.is_empty() {
        return Err(Refusal::RiskUndeclared("any table".to_owned()).into());
    }
    let mut measured = Vec::new();
    let mut refusals = Vec::new();
    for table in tables {
        session.go_on()?;
        let (name, risk) = (map.tables[table].name.to_string(), risk_of(map, table)?);
        let figures = measure(map, table, database)?;
        let refusal = figures.require_releasable(&name, risk).err();
        measured.push(Measured::of(name, risk, figures, refusal.as_ref()));
        refusals.extend(refusal);
    }
    out.result(&Report(measured))?;
    match refusals.into_iter().next() {
        Some(refusal) if args.release => Err(refusal.into()),
        Some(_) => Ok(Exit::Look),
        None => Ok(Exit::Done),
    }
}

/// One table.
#[derive(Serialize)]
struct Measured {
    table: String,
    quasi: Vec<String>,
    /// So many rows must be alike
    k: u64,
    /// So many different sensitive values they must have
    l: u64,
    rows: u64,
    classes: u64,
    smallest: Option<u64>,
    unique: u64,
    rows_below_k: u64,
    diversity: Vec<Diversity>,
    /// Why it is not released; nothing where it may be
    refused: Option<&'static str>,
}

#[derive(Serialize)]
struct Diversity {
    column: String,
    fewest: u64,
}

impl Measured {
    fn of(table: String, risk: &Risk, figures: Figures, refusal: Option<&Refusal>) -> Self {
        let Figures { rows, classes, smallest, unique, small_rows, diversity, .. } = figures;
        let diverse = |(column, fewest)| Diversity { column, fewest };
        Self {
            table,
            quasi: risk.quasi.clone(),
            k: risk.k,
            l: risk.l,
            rows,
            classes,
            smallest,
            unique,
            rows_below_k: small_rows,
            diversity: diversity.into_iter().map(diverse).collect(),
            refused: refusal.map(Refusal::code),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Report(Vec<Measured>);

impl Render for Report {
    const SCHEMA: &'static str = "droit.risk/1";

    fn render(&self, page: &mut Page) {
        page.grid(&self.listed());
        for one in &self.0 {
            let said = match one.refused {
                _ if one.rows == 0 => {
                    Text { en: "{table}: no row to be measured", zh: "{table}：没有可测量的行" }
                }
                None => Text {
                    en: "{table}: at least {k} rows are alike in {quasi}",
                    zh: "{table}：{quasi} 相同的行至少有 {k} 行",
                },
                Some("below_k") => Text {
                    en: "{table}: {below} of {rows} rows are alike with fewer than {k} in {quasi}: not to be released",
                    zh: "{table}：{rows} 行中有 {below} 行，{quasi} 相同者不足 {k} 行：不得对外提供",
                },
                Some(_) => Text {
                    en: "{table}: rows that are alike in {quasi} have too few different sensitive values: not to be released",
                    zh: "{table}：{quasi} 相同的行，敏感值的种类太少：不得对外提供",
                },
            };
            let numbers = [one.k, one.rows, one.rows_below_k].map(|number| number.to_string());
            let [k, rows, below] = &numbers;
            let quasi = one.quasi.join(", ");
            page.say(said, &[("table", &one.table), ("k", k), ("rows", rows), ("below", below), ("quasi", &quasi)]);
        }
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed())
    }
}

impl Report {
    fn listed(&self) -> Grid {
        let columns = &[
            Column::whole("table", "table", "数据表"),
            Column::whole("rows", "rows", "行数"),
            Column::whole("classes", "classes", "等价类"),
            Column::whole("smallest", "smallest class (k)", "最小类（k）"),
            Column::whole("asked_k", "asked", "要求"),
            Column::whole("unique", "unique rows", "独有行"),
            Column::whole("rows_below_k", "rows below", "不足的行"),
            Column::text("diversity", "fewest sensitive values (l)", "敏感值最少种类（l）"),
        ];
        let rows = self.0.iter().map(|one| {
            let diverse = one.diversity.iter().map(|of| format!("{} {}", of.column, of.fewest));
            [
                one.table.clone(),
                one.rows.to_string(),
                one.classes.to_string(),
                one.smallest.map(|smallest| smallest.to_string()).unwrap_or_default(),
                one.k.to_string(),
                one.unique.to_string(),
                one.rows_below_k.to_string(),
                diverse.collect::<Vec<_>>().join(", "),
            ]
        });
        Grid::of(columns, rows)
    }
}

/// The cells of a table, one after the other.
struct Statistics<'a> {
    map: &'a Classified,
    table: TableId,
    database: &'a mut dyn Database,
}

/// A cell, or all that are not shown.
#[derive(Serialize)]
struct CellRow {
    /// `null`: cells that are not shown
    values: Option<BTreeMap<String, Json>>,
    /// `null`: no cell can be shown, and it would tell too much
    cells: Option<u64>,
    /// `null`: likewise
    rows: Option<u64>,
}

impl CellRow {
    fn of(cell: Cell, quasi: &[String]) -> Self {
        match cell {
            Cell::Shown(values, rows) => {
                let values = quasi.iter().cloned().zip(values.iter().map(as_json)).collect();
                Self { values: Some(values), cells: Some(1), rows: Some(rows) }
            }
            Cell::Suppressed { sum } => {
                Self { values: None, cells: sum.map(|(cells, _)| cells), rows: sum.map(|(_, rows)| rows) }
            }
        }
    }
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => json!(number),
        other => json!(other.to_canonical_text()),
    }
}

impl Listed for Statistics<'_> {
    type Record = CellRow;

    const SCHEMA: &'static str = "droit.risk.statistics/1";
    const COLUMNS: &'static [Column] = &[
        Column::text("values", "values", "取值"),
        Column::whole("cells", "cells", "单元格"),
        Column::whole("rows", "rows", "行数"),
    ];
    const NOTHING: Text = Text { en: "the table has no rows to count", zh: "该表没有可统计的行" };

    fn cells(row: &CellRow, reader: Option<Language>) -> Vec<String> {
        let said = |(name, value): (&String, &Json)| match value {
            Json::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        };
        let hidden = reader.map_or("suppressed", |language| Text { en: "not shown", zh: "不公布" }.of(language));
        let values = row.values.as_ref().map(|values| values.iter().map(said).collect::<Vec<_>>().join("; "));
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        vec![values.unwrap_or_else(|| hidden.to_owned()), number(row.cells), number(row.rows)]
    }

    fn each(&mut self, take: &mut dyn FnMut(&CellRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let quasi = &risk_of(self.map, self.table)?.quasi;
        let mut taken = Ok(());
        statistics(self.map, self.table, self.database, &mut |cell| {
            taken = take(&CellRow::of(cell, quasi));
            if taken.is_ok() { Flow::Continue } else { Flow::Stop }
        })?;
        taken
    }
}
