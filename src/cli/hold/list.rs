//! `droit hold list`: the holds in force.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    case::{HoldNumber, SubjectRef},
    casebook::Hold,
};

use crate::cli::{
    Exit,
    grid::{Column, Grid},
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
};

/// List the legal holds in force
///
/// Confidential ones are listed only with --confidential.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ListArgs {
    /// Also confidential ones
    #[arg(long)]
    confidential: bool,
}

pub(crate) fn run(args: &ListArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut holds = session.holds()?;
    holds.retain(|hold| args.confidential || !hold.confidential);
    out.result(&Rows(holds.iter().map(Row::of).collect()))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Row {
    hold: HoldNumber,
    subject: Option<SubjectRef>,
    table: Option<String>,
    until: Option<Date>,
    confidential: bool,
}

impl Row {
    fn of(hold: &Hold) -> Self {
        let Hold { number, subject, table, confidential, until, .. } = hold;
        Self { hold: *number, subject: *subject, table: table.clone(), until: *until, confidential: *confidential }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows(Vec<Row>);

impl Render for Rows {
    const SCHEMA: &'static str = "droit.hold.list/1";

    fn render(&self, page: &mut Page) {
        let confidential = Text { en: "yes", zh: "是" }.of(page.language());
        match self.listed(confidential, "") {
            grid if !grid.is_empty() => page.grid(&grid),
            _ => page.say(Text { en: "no hold is in force", zh: "没有有效的保全" }, &[]),
        }
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed("true", "false"))
    }
}

impl Rows {
    fn listed(&self, yes: &str, no: &str) -> Grid {
        let columns = &[
            Column::whole("hold", "hold", "编号"),
            Column::whole("subject", "subject", "主体标识"),
            Column::text("table", "table", "数据表"),
            Column::whole("until", "looked at again", "复查日"),
            Column::whole("confidential", "confidential", "保密"),
        ];
        let rows = self.0.iter().map(|row| {
            [
                row.hold.to_string(),
                row.subject.map(|subject| subject.to_string()).unwrap_or_default(),
                row.table.clone().unwrap_or_default(),
                row.until.map(|until| until.to_string()).unwrap_or_default(),
                if row.confidential { yes } else { no }.to_owned(),
            ]
        });
        Grid::of(columns, rows)
    }
}
