//! What an undo comes to, for people and for machines.

use serde::Serialize;

use crate::{
    case::{CaseNumber, TableCount},
    data_map::classified::Classified,
    plan::{Claim, Totals},
};

use crate::cli::{
    grid::{Column, Grid},
    out::Render,
    page::Page,
    text::Text,
};

/// What an undo comes to.
#[derive(Serialize)]
pub(super) struct Undone {
    case: CaseNumber,
    /// `planned` or `undone`
    state: &'static str,
    /// The change that is undone
    undoes: i64,
    plan: String,
    /// Rows that come back
    put_back: u64,
    /// Rows that were changed and are as before again
    changed: u64,
    /// Rows that somebody had put back already
    left: u64,
    files: u64,
    tables: Vec<TableCount>,
}

impl Undone {
    pub(super) fn of(
        case: CaseNumber,
        state: &'static str,
        undoes: i64,
        claim: &Claim,
        totals: &Totals,
        map: &Classified,
    ) -> Self {
        let all = totals.all();
        let count =
            |table: &str, what: &str, rows: u64| TableCount { table: table.to_owned(), what: what.to_owned(), rows };
        let counts = totals.named(map).flat_map(|(table, sums)| {
            [count(&table, "put_back", sums.put_back), count(&table, "changed", sums.changed)]
        });
        let tables = counts.filter(|count| count.rows > 0).collect();
        let (put_back, changed, left) = (all.put_back, all.changed, all.left);
        Self { case, state, undoes, plan: claim.digest.clone(), put_back, changed, left, files: 0, tables }
    }

    pub(super) fn with(self, files: u64) -> Self {
        Self { files, ..self }
    }

    pub(super) fn counts(&self) -> Vec<TableCount> {
        self.tables.clone()
    }
}

impl Render for Undone {
    const SCHEMA: &'static str = "droit.undo/1";

    fn render(&self, page: &mut Page) {
        let said = if self.state == "planned" {
            Text {
                en: "{case}: change {undoes} to be undone: {back} rows come back, {changed} are changed back",
                zh: "{case}：将撤销更改 {undoes}：恢复 {back} 行，改回 {changed} 行",
            }
        } else {
            Text {
                en: "{case}: change {undoes} is undone: {back} rows came back, {changed} were changed back; {files} files came back",
                zh: "{case}：更改 {undoes} 已撤销：恢复 {back} 行，改回 {changed} 行；恢复文件 {files} 个",
            }
        };
        let numbers = [self.put_back, self.changed, self.files].map(|number| number.to_string());
        let [back, changed, files] = &numbers;
        let (case, undoes) = (self.case.to_string(), self.undoes.to_string());
        let values = [("case", &*case), ("undoes", &*undoes), ("back", back), ("changed", changed), ("files", files)];
        page.say(said, &values);
        if let Some(grid) = self.grid().filter(|grid| !grid.is_empty()) {
            page.blank();
            page.grid(&grid);
        }
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("what", "what", "处理"),
            Column::whole("rows", "rows", "行数"),
        ]);
        for count in &self.tables {
            grid.push([count.table.clone(), count.what.clone(), count.rows.to_string()]);
        }
        Some(grid)
    }
}

/// What ends when the officer does not want to be able to undo any more.
#[derive(Serialize)]
pub(super) struct Ended {
    pub(super) case: CaseNumber,
    /// `ended`
    pub(super) state: &'static str,
    /// How many changes could have been undone
    pub(super) changes: usize,
}

impl Render for Ended {
    const SCHEMA: &'static str = "droit.undo_ended/1";

    fn render(&self, page: &mut Page) {
        let said = Text {
            en: "{case}: nothing of {changes} changes can be undone any more; what was kept is destroyed",
            zh: "{case}：{changes} 项更改均不可再撤销；留存的内容已销毁",
        };
        page.say(said, &[("case", &self.case.to_string()), ("changes", &self.changes.to_string())]);
    }
}
