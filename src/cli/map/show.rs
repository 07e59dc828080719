//! `droit map show`: what every table and column means, as the map decides it.

use serde::Serialize;

use crate::data_map::{
    Wording,
    classified::{Classified, Standing, Table, TableId},
    classify, words_of,
};

use crate::cli::{
    Exit, database,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
    text::trouble,
};

/// Show what every table and column means
///
/// Examples:
///   droit map show
///   droit map show orders
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ShowArgs {
    /// Only this table, column by column
    #[arg(value_name = "TABLE")]
    table: Option<String>,
}

pub(crate) fn run(args: &ShowArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let map = session.data_map()?;
    let schema = session.database()?.schema()?;
    let map = classify(&map, &schema).map_err(|findings| database::incomplete(&findings))?;
    let wanted = |table: &Table| args.table.as_ref().is_none_or(|name| table.name.to_string() == *name);
    let tables: Vec<Shown> = map
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| wanted(table))
        .map(|(id, table)| Shown::of(&map, id, table, args.table.is_some() || out.is_for_machines()))
        .collect();
    if tables.is_empty() && args.table.is_some() {
        return Err(trouble::NO_SUCH_COLUMN.plain().into());
    }
    out.result(&Tables(tables))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Shown {
    table: String,
    standing: String,
    purpose: Option<Wording>,
    clause: Option<Wording>,
    basis: Option<String>,
    /// Consents under any of which it is held
    scope: Option<String>,
    /// The sections by which its rows say what somebody agreed to, such as `consents.given`
    records: Vec<String>,
    columns: Vec<ShownColumn>,
}

#[derive(Serialize)]
struct ShownColumn {
    column: String,
    words: String,
    by: String,
    line: usize,
}

impl Shown {
    fn of(map: &Classified, id: TableId, table: &Table, columns: bool) -> Self {
        let standing = match &table.standing {
            Standing::Personal => "personal".to_owned(),
            Standing::NoPersonalData(why) => format!("none: {why}"),
            Standing::CopyOf(of) => format!("copy of {}", map.tables[*of].name),
            Standing::Shadow(of) => format!("shadow of {}", map.tables[*of].name),
        };
        let column = |column: &crate::data_map::classified::Column| ShownColumn {
            column: column.name.clone(),
            words: words_of(map, id, column),
            by: column.decided_by.text.clone(),
            line: column.decided_by.line,
        };
        Self {
            table: table.name.to_string(),
            standing,
            purpose: table.purpose.clone(),
            clause: table.clause.clone(),
            basis: table.basis.clone(),
            scope: table.scope.clone(),
            records: records(map, id),
            columns: table.columns.iter().filter(|_| columns).map(column).collect(),
        }
    }
}

/// Which sections of the map read consents or subscriptions from the table.
fn records(map: &Classified, table: TableId) -> Vec<String> {
    let consents = map.consents.iter().filter(|one| one.table == table).map(|one| format!("consents.{}", one.name));
    let subscriptions = map.subscriptions.iter().filter(|one| one.table == table);
    consents.chain(subscriptions.map(|one| format!("subscriptions.{}", one.name))).collect()
}

#[derive(Serialize)]
#[serde(transparent)]
struct Tables(Vec<Shown>);

impl Render for Tables {
    const SCHEMA: &'static str = "droit.map.show/1";

    fn render(&self, page: &mut Page) {
        let language = page.language().into();
        let [table] = self.0.as_slice() else {
            page.grid(&self.listed(|wording| wording.of(language).to_owned()));
            return;
        };
        let said =
            |wording: &Option<Wording>| wording.as_ref().map(|said| said.of(language).to_owned()).unwrap_or_default();
        page.line(&table.table);
        page.fields(&[
            (Text { en: "standing", zh: "性质" }, table.standing.clone()),
            (Text { en: "purpose", zh: "处理目的" }, said(&table.purpose)),
            (Text { en: "clause", zh: "政策条款" }, said(&table.clause)),
            (Text { en: "basis", zh: "合法性基础" }, table.basis.clone().unwrap_or_default()),
            (Text { en: "consent", zh: "同意范围" }, table.scope.clone().unwrap_or_default()),
            (Text { en: "records", zh: "记录" }, table.records.join(", ")),
        ]);
        let columns = &[
            Column::whole("column", "column", "列"),
            Column::text("words", "words", "含义"),
            Column::whole("by", "decided by", "依据"),
            Column::whole("line", "line", "行"),
        ];
        let rows = table.columns.iter().map(|column| {
            let (words, by) = (column.words.clone(), column.by.clone());
            [column.column.clone(), words, by, column.line.to_string()]
        });
        page.grid(&Grid::of(columns, rows));
    }

    /// A sheet has no language of its own, so it says what the map says in both.
    fn grid(&self) -> Option<Grid> {
        Some(self.listed(Wording::both))
    }
}

impl Tables {
    fn listed(&self, say: impl Fn(&Wording) -> String) -> Grid {
        let columns = &[
            Column::whole("table", "table", "数据表"),
            Column::text("standing", "standing", "性质"),
            Column::text("purpose", "purpose", "处理目的"),
            Column::text("basis", "basis", "合法性基础"),
            Column::text("clause", "clause", "政策条款"),
        ];
        let rows = self.0.iter().map(|table| {
            let said = |wording: &Option<Wording>| wording.as_ref().map(&say).unwrap_or_default();
            let (purpose, basis) = (said(&table.purpose), table.basis.clone().unwrap_or_default());
            [table.table.clone(), table.standing.clone(), purpose, basis, said(&table.clause)]
        });
        Grid::of(columns, rows)
    }
}
