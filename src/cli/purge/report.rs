//! What a purge came to, for people and for scripts.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    case::{RuleRun, RunNumber},
    data_map::classified::Classified,
    duties::breaker::Tripped,
    kind::Language,
    plan::Totals,
};

use crate::cli::{
    Exit,
    grid::{Column, Grid},
    out::Render,
    page::Page,
    sums::{Kept, TableSums},
    text::Text,
};

/// A purge, planned or carried out.
#[derive(Serialize)]
pub(crate) struct Purged {
    /// None for a dry run
    pub(crate) run: Option<RunNumber>,
    pub(crate) duty: &'static str,
    /// `planned`, `removed` or `nothing_due`
    pub(crate) state: &'static str,
    pub(crate) as_of: Date,
    /// The digest of the plan as a whole
    pub(crate) plan: String,
    /// Steps that changed something
    pub(crate) steps: u64,
    pub(crate) deleted: u64,
    pub(crate) anonymized: u64,
    pub(crate) kept: u64,
    pub(crate) unlinked: u64,
    pub(crate) struck_out: u64,
    pub(crate) files: u64,
    /// People or rows that a person has to look at
    pub(crate) looks: u64,
    pub(crate) skipped: Vec<Skipped>,
    /// Tables at which the breaker would stop it
    pub(crate) breaker: Vec<Tripped>,
    pub(crate) rules: Vec<RuleRun>,
    pub(crate) tables: Vec<TableSums>,
    pub(crate) reasons: Vec<Kept>,
}

/// What was left out because something stood in the way.
#[derive(Serialize)]
pub(crate) struct Skipped {
    pub(crate) code: &'static str,
    /// How many people or rows
    pub(crate) count: u64,
}

impl Purged {
    /// Whether somebody should look.
    pub(crate) fn exit(&self) -> Exit {
        let look = self.looks > 0 || !self.skipped.is_empty() || !self.breaker.is_empty();
        if look { Exit::Look } else { Exit::Done }
    }

    /// Fills in the sums of `totals`.
    pub(crate) fn with(mut self, totals: &Totals, map: &Classified) -> Self {
        let all = totals.all();
        (self.deleted, self.anonymized, self.kept) = (all.deleted, all.overwritten, all.left);
        (self.unlinked, self.struck_out) = (all.unlinked, all.struck_out);
        (self.tables, self.reasons) = (TableSums::all(totals, map), Kept::all(totals, map));
        self
    }

    /// What was found and what happened, by rule and table, and what stood in the way.
    pub(crate) fn say_details(&self, page: &mut Page) {
        for grid in [self.found(page.language().into()), self.listed()] {
            if !grid.is_empty() {
                page.blank();
                page.grid(&grid);
            }
        }
        if self.looks > 0 {
            let looks = Text { en: "to be looked at by a person: {looks}", zh: "须由人工处理：{looks}" };
            page.say(looks, &[("looks", &self.looks.to_string())]);
        }
        for skipped in &self.skipped {
            let said = Text { en: "skipped, because of {code}: {count}", zh: "因 {code} 跳过：{count}" };
            page.say(said, &[("code", skipped.code), ("count", &skipped.count.to_string())]);
        }
        for Tripped { table, rows, of } in &self.breaker {
            let said = Text {
                en: "the breaker would stop it at {table}: {rows} rows of {of}",
                zh: "熔断会在 {table} 停下：{rows} 行，共 {of} 行",
            };
            page.say(said, &[("table", table), ("rows", &rows.to_string()), ("of", &of.to_string())]);
        }
    }

    fn listed(&self) -> Grid {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("deleted", "deleted", "删除"),
            Column::whole("anonymized", "anonymized", "匿名化"),
            Column::whole("kept", "kept", "保留"),
        ]);
        let some = self.tables.iter().filter(|line| line.deleted + line.anonymized + line.kept > 0);
        for line in some {
            let numbers = [line.deleted, line.anonymized, line.kept].map(|number| number.to_string());
            grid.push(std::iter::once(line.table.clone()).chain(numbers));
        }
        grid
    }

    fn found(&self, language: Language) -> Grid {
        let mut grid = Grid::new(&[
            Column::whole("rule", "rule", "规则"),
            Column::whole("table", "table", "数据表"),
            Column::whole("matched", "found", "命中"),
            Column::text("because", "because", "依据"),
        ]);
        for rule in &self.rules {
            let table = rule.table.clone().unwrap_or_default();
            grid.push([rule.rule.clone(), table, rule.matched.to_string(), rule.because.of(language).to_owned()]);
        }
        grid
    }
}

const PLANNED: Text = Text {
    en: "purge {duty} as of {day}: would delete {deleted} rows and anonymize {anonymized}; {kept} kept; nothing was changed",
    zh: "清理 {duty}（截至 {day}）：将删除 {deleted} 行，匿名化 {anonymized} 行，保留 {kept} 行；未作任何更改",
};
const REMOVED: Text = Text {
    en: "{run}: purge {duty} as of {day}: {deleted} rows deleted, {anonymized} anonymized, {kept} kept, in {steps} steps; {files} files removed; removed, not yet proven",
    zh: "{run}：清理 {duty}（截至 {day}）：删除 {deleted} 行，匿名化 {anonymized} 行，保留 {kept} 行，共 {steps} 步；移除文件 {files} 个；已移除，尚未证明",
};
const NOTHING: Text = Text {
    en: "purge {duty} as of {day}: nothing is due",
    zh: "清理 {duty}（截至 {day}）：没有到期的数据",
};

impl Render for Purged {
    const SCHEMA: &'static str = "droit.purge/1";

    fn render(&self, page: &mut Page) {
        let said = match self.state {
            "planned" => PLANNED,
            "removed" => REMOVED,
            _ => NOTHING,
        };
        page.say(
            said,
            &[
                ("run", &self.run.map(|run| run.to_string()).unwrap_or_default()),
                ("duty", self.duty),
                ("day", &self.as_of.to_string()),
                ("deleted", &self.deleted.to_string()),
                ("anonymized", &self.anonymized.to_string()),
                ("kept", &self.kept.to_string()),
                ("steps", &self.steps.to_string()),
                ("files", &self.files.to_string()),
            ],
        );
        self.say_details(page);
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed())
    }
}
