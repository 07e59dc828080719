//! `droit map explain`: why a column is treated as it is.

use serde::Serialize;

use crate::{
    data_map::{Explanation, Verdict, classify, explain},
    schema::TableName,
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

/// Explain why a column is treated as it is: the line that decided, and the rules that did not
///
/// Example:
///   droit map explain users.phone
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExplainArgs {
    /// The column, as TABLE.COLUMN
    #[arg(value_name = "TABLE.COLUMN")]
    column: String,
}

pub(crate) fn run(args: &ExplainArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let map = session.data_map()?;
    let schema = session.database()?.schema()?;
    let classified = classify(&map, &schema).map_err(|findings| database::incomplete(&findings))?;
    let (table, column) = args.column.rsplit_once('.').ok_or_else(|| trouble::NO_SUCH_COLUMN.plain())?;
    let table = match table.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => TableName::local(table),
    };
    let explained = explain(&map, &classified, &table, column).ok_or_else(|| trouble::NO_SUCH_COLUMN.plain())?;
    out.result(&Why::of(explained))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Why {
    table: String,
    column: String,
    words: String,
    by: String,
    line: usize,
    rules: Vec<Tried>,
}

#[derive(Serialize)]
struct Tried {
    rule: String,
    line: usize,
    words: String,
    verdict: &'static str,
}

impl Why {
    fn of(explained: Explanation) -> Self {
        let Explanation { table, column, words, decided_by, tried } = explained;
        let rules = tried.into_iter().map(|rule| Tried {
            rule: rule.glob,
            line: rule.line,
            words: rule.words,
            verdict: match rule.verdict {
                Verdict::Decided => "decided",
                Verdict::CameTooLate => "too_late",
                Verdict::DidNotMatch => "did_not_match",
            },
        });
        Self {
            table: table.to_string(),
            column,
            words,
            by: decided_by.text,
            line: decided_by.line,
            rules: rules.collect(),
        }
    }
}

impl Render for Why {
    const SCHEMA: &'static str = "droit.map.explain/1";

    fn render(&self, page: &mut Page) {
        page.line(&format!("{}.{}: {}", self.table, self.column, self.words));
        page.say(
            Text { en: "decided by {by}, datamap.toml:{line}", zh: "依据 {by}，datamap.toml:{line}" },
            &[("by", &self.by), ("line", &self.line.to_string())],
        );
        let mut grid = Grid::new(&[
            Column::whole("rule", "rule", "规则"),
            Column::whole("line", "line", "行"),
            Column::whole("verdict", "verdict", "结果"),
            Column::text("words", "words", "含义"),
        ]);
        for rule in self.rules.iter().filter(|rule| rule.verdict != "did_not_match") {
            grid.push([rule.rule.clone(), rule.line.to_string(), rule.verdict.to_owned(), rule.words.clone()]);
        }
        if !grid.is_empty() {
            page.blank();
            page.grid(&grid);
        }
    }
}
