//! What a plan or a change of rows comes to: by table, by reason, on screen, in JSON and on record.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    case::{About, Kept as KeptRows, TableCount},
    data_map::{
        Wording,
        classified::{Classified, TableId},
    },
    kind,
    plan::{self, TableTotals, Totals},
    rights::erasure::Erasure,
};

use super::{
    grid::{Column, Grid},
    language::Language,
    out::Render,
    page::Page,
    text::Text,
};

/// A plan's or a change's sums.
#[derive(Serialize)]
pub(crate) struct Sums {
    /// The case, or the run of several
    pub(crate) case: About,
    /// `planned`, `removed` or `nothing_removed`
    pub(crate) state: &'static str,
    pub(crate) plan: String,
    pub(crate) located: u64,
    pub(crate) deleted: u64,
    pub(crate) anonymized: u64,
    /// … of which so many keep all but some columns, which alone were asked for
    #[serde(skip_serializing_if = "plan::is_none")]
    pub(crate) cleared: u64,
    pub(crate) kept: u64,
    pub(crate) unlinked: u64,
    /// Rows of others in whose free text the person's identifiers are struck out
    pub(crate) struck_out: u64,
    pub(crate) files: Option<u64>,
    pub(crate) tables: Vec<TableSums>,
    pub(crate) reasons: Vec<Kept>,
    /// Tables with free text of others that was not searched for the person
    pub(crate) not_searched: Vec<String>,
    /// Tables with free text of others that was searched through an index alone
    pub(crate) by_index: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct TableSums {
    pub(crate) table: String,
    located: u64,
    pub(crate) deleted: u64,
    pub(crate) anonymized: u64,
    /// … of which so many keep a key that other rows share
    #[serde(skip)]
    de_identified: u64,
    /// … so many are kept in part
    #[serde(skip)]
    in_part: u64,
    /// … and so many keep all but some columns, which alone were asked for
    #[serde(skip_serializing_if = "plan::is_none")]
    cleared: u64,
    pub(crate) kept: u64,
    /// … of which so many for no reason but that nothing except keys is the person's in them
    #[serde(skip_serializing_if = "plan::is_none")]
    bare: u64,
    unlinked: u64,
    struck_out: u64,
}

impl TableSums {
    /// By table, in the order of their names.
    pub(crate) fn all(totals: &Totals, map: &Classified) -> Vec<Self> {
        let of = |(table, sums): (String, &TableTotals)| Self {
            table,
            located: sums.located,
            deleted: sums.deleted,
            anonymized: sums.overwritten,
            de_identified: sums.de_identified,
            in_part: sums.in_part,
            cleared: sums.cleared,
            kept: sums.left,
            bare: sums.bare,
            unlinked: sums.unlinked,
            struck_out: sums.struck_out,
        };
        totals.named(map).map(of).collect()
    }
}

/// What an anonymization comes to, in rows.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct WrittenOver {
    /// They say nothing about anybody any more
    pub(crate) anonymized: u64,
    /// They keep a key which other rows share
    pub(crate) de_identified: u64,
    pub(crate) kept: u64,
    /// … of which so many without what no law needs
    pub(crate) kept_in_part: u64,
}

#[derive(Serialize)]
pub(crate) struct Kept {
    table: String,
    rows: u64,
    code: &'static str,
    law: Wording,
    until: Option<Date>,
}

impl Kept {
    /// What stays, by table, code, law and end.
    pub(crate) fn all(totals: &Totals, map: &Classified) -> Vec<Self> {
        let of = |(kept, rows): (&plan::Kept, &u64)| Self {
            table: map.tables[kept.table].name.to_string(),
            rows: *rows,
            code: kept.code,
            law: kept.law.clone(),
            until: kept.until,
        };
        totals.kept.iter().map(of).collect()
    }
}

impl Sums {
    /// The sums of `totals`, with tables by name.
    pub(crate) fn of(case: About, state: &'static str, plan: &str, totals: &Totals, map: &Classified) -> Self {
        let all = totals.all();
        Self {
            case,
            state,
            plan: plan.to_owned(),
            located: all.located,
            deleted: all.deleted,
            anonymized: all.overwritten,
            cleared: all.cleared,
            kept: all.left,
            unlinked: all.unlinked,
            struck_out: all.struck_out,
            files: None,
            tables: TableSums::all(totals, map),
            reasons: Kept::all(totals, map),
            not_searched: Vec::new(),
            by_index: Vec::new(),
        }
    }

    /// The same, with what `erasure` does not search of other people's free text, and what it searches by an index.
    pub(crate) fn searching(self, erasure: &Erasure<'_>) -> Self {
        let named = |tables: Vec<TableId>| {
            tables.into_iter().map(|table| erasure.map.tables[table].name.to_string()).collect::<Vec<_>>()
        };
        let (not_searched, by_index) = (named(erasure.not_searched()), named(erasure.searched_by_index()));
        Self { not_searched, by_index, ..self }
    }

    /// Rows that change.
    pub(crate) fn changes(&self) -> u64 {
        self.deleted + self.anonymized + self.unlinked + self.struck_out
    }

    /// Whether rows are only de-identified.
    pub(crate) fn is_personal_still(&self) -> bool {
        self.written_over().de_identified > 0
    }

    /// Of an anonymization: rows that are anonymized, de-identified only, kept, and kept in part.
    pub(crate) fn written_over(&self) -> WrittenOver {
        let sum = |of: fn(&TableSums) -> u64| self.tables.iter().map(of).sum::<u64>();
        let (de_identified, kept_in_part) = (sum(|table| table.de_identified), sum(|table| table.in_part));
        WrittenOver {
            anonymized: self.anonymized - de_identified - kept_in_part,
            de_identified,
            kept: self.kept + kept_in_part,
            kept_in_part,
        }
    }

    /// The sums as they are put on record.
    pub(crate) fn counts(&self) -> Vec<TableCount> {
        let mut counts = Vec::new();
        for sums in &self.tables {
            let some = [
                ("deleted", sums.deleted),
                ("anonymized", sums.anonymized - sums.de_identified - sums.in_part - sums.cleared),
                ("de_identified", sums.de_identified),
                ("cleared", sums.cleared),
                ("kept_in_part", sums.in_part),
                ("kept", sums.kept),
                ("unlinked", sums.unlinked),
                ("struck_out", sums.struck_out),
            ];
            let some = some.into_iter().filter(|(_, rows)| *rows > 0);
            counts.extend(some.map(|(what, rows)| TableCount {
                table: sums.table.clone(),
                what: what.to_owned(),
                rows,
            }));
        }
        counts
    }

    /// What stays as it is put on record.
    pub(crate) fn kept_rows(&self) -> Vec<KeptRows> {
        let kept = |kept: &Kept| KeptRows {
            table: kept.table.clone(),
            rows: kept.rows,
            code: kept.code.to_owned(),
            law: kept.law.clone(),
            until: kept.until,
        };
        self.reasons.iter().map(kept).collect()
    }

    /// What happens to rows that are nobody's, or somebody else's; nothing where nothing does.
    pub(crate) fn others(&self, language: Language) -> String {
        let said = [
            (self.unlinked, Text { en: "; pointers cut in other rows: {rows}", zh: "；另断开其他行的关联：{rows} 行" }),
            (
                self.struck_out,
                Text {
                    en: "; identifiers struck out of other people's text: {rows}",
                    zh: "；另在他人文本中删去此人的标识：{rows} 行",
                },
            ),
        ];
        let some = said.into_iter().filter(|(rows, _)| *rows > 0);
        some.map(|(rows, text)| text.with(language, &[("rows", &rows.to_string())])).collect()
    }

    /// Why what stays does, and which texts of others were not searched, or not as a whole.
    pub(crate) fn say_reasons(&self, page: &mut Page) {
        let kept = self.kept_grid(page.language().into());
        if !kept.is_empty() {
            page.blank();
            page.grid(&kept);
        }
        let bare = self.tables.iter().filter(|sums| sums.bare > 0).map(|sums| format!("{} {}", sums.table, sums.bare));
        let bare: Vec<String> = bare.collect();
        if !bare.is_empty() {
            page.blank();
            page.say(
                Text {
                    en: "kept, with nothing but keys in them that is the person's: {tables}",
                    zh: "保留，其中除键值外没有此人的信息：{tables}",
                },
                &[("tables", &bare.join(", "))],
            );
        }
        say_not_searched(&self.not_searched, page);
        say_by_index(&self.by_index, page);
    }

    /// What stays, by table and reason; of several ends the last.
    fn kept_grid(&self, language: kind::Language) -> Grid {
        let mut grid = Grid::new(&[
            Column::whole("table", "kept in", "保留于"),
            Column::whole("rows", "rows", "行数"),
            Column::whole("code", "reason", "理由"),
            Column::text("law", "law", "依据"),
            Column::whole("until", "until at the latest", "最迟至"),
        ]);
        let mut merged: BTreeMap<(&str, &str, &Wording), (u64, Option<Date>)> = BTreeMap::new();
        for kept in &self.reasons {
            let entry = merged.entry((&kept.table, kept.code, &kept.law)).or_default();
            *entry = (entry.0 + kept.rows, entry.1.max(kept.until));
        }
        for ((table, code, law), (rows, until)) in merged {
            let until = until.map(|until| until.to_string()).unwrap_or_default();
            grid.push([table.to_owned(), rows.to_string(), code.to_owned(), law.of(language).to_owned(), until]);
        }
        grid
    }
}

/// Names the tables whose free text was not searched for the person, so that nobody thinks it was.
pub(crate) fn say_not_searched(tables: &[String], page: &mut Page) {
    if !tables.is_empty() {
        page.blank();
        page.say(
            Text {
                en: "not searched for the person in other people's texts: {tables}",
                zh: "未在他人文本中查找此人的表：{tables}",
            },
            &[("tables", &tables.join(", "))],
        );
    }
}

/// Names the tables that were searched through an index alone.
fn say_by_index(tables: &[String], page: &mut Page) {
    if !tables.is_empty() {
        page.blank();
        page.say(
            Text {
                en: "searched by an index, which knows the usual spellings alone, and may not look behind a NUL: {tables}",
                zh: "通过索引查找的表（只能找到通常写法，且可能不含文本中 NUL 之后的内容）：{tables}",
            },
            &[("tables", &tables.join(", "))],
        );
    }
}

impl Render for Sums {
    const SCHEMA: &'static str = "droit.erase/1";

    fn render(&self, page: &mut Page) {
        let said = if self.cleared > 0 && self.state == "planned" {
            Text {
                en: "{case}: {located} rows located: clear what is asked for in {anonymized}, keep {kept}{others}",
                zh: "{case}：找到 {located} 行：清除 {anonymized} 行中所请求的部分，保留 {kept}{others}",
            }
        } else if self.cleared > 0 {
            Text {
                en: "{case}: removed, not yet proven: what was asked for cleared in {anonymized} rows, {kept} kept{others}; {files} files removed",
                zh: "{case}：已移除，尚未证明：清除 {anonymized} 行中所请求的部分，保留 {kept} 行{others}；移除文件 {files} 个",
            }
        } else if self.state == "planned" {
            Text {
                en: "{case}: {located} rows located: delete {deleted}, anonymize {anonymized}, keep {kept}{others}",
                zh: "{case}：找到 {located} 行：删除 {deleted}，匿名化 {anonymized}，保留 {kept}{others}",
            }
        } else if self.state == "nothing_removed" {
            Text {
                en: "{case}: nothing was removed: {kept} rows are kept, for the reasons below",
                zh: "{case}：未移除任何数据：保留 {kept} 行，理由如下",
            }
        } else {
            Text {
                en: "{case}: removed, not yet proven: {deleted} rows deleted, {anonymized} anonymized, {kept} kept{others}; {files} files removed",
                zh: "{case}：已移除，尚未证明：删除 {deleted} 行，匿名化 {anonymized} 行，保留 {kept} 行{others}；移除文件 {files} 个",
            }
        };
        let others = self.others(page.language());
        page.say(
            said,
            &[
                ("others", &others),
                ("case", &self.case.to_string()),
                ("located", &self.located.to_string()),
                ("deleted", &self.deleted.to_string()),
                ("anonymized", &self.anonymized.to_string()),
                ("kept", &self.kept.to_string()),
                ("files", &self.files.unwrap_or_default().to_string()),
            ],
        );
        if let Some(grid) = self.grid() {
            page.blank();
            page.grid(&grid);
        }
        self.say_reasons(page);
    }

    fn grid(&self) -> Option<Grid> {
        let written_over = match self.cleared {
            0 => Column::whole("anonymized", "anonymize", "匿名化"),
            _ => Column::whole("anonymized", "clear", "清除"),
        };
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("located", "located", "找到"),
            Column::whole("deleted", "delete", "删除"),
            written_over,
            Column::whole("kept", "keep", "保留"),
            Column::whole("unlinked", "unlink", "断开"),
        ]);
        for sums in &self.tables {
            let numbers = [sums.located, sums.deleted, sums.anonymized, sums.kept, sums.unlinked];
            grid.push(std::iter::once(sums.table.clone()).chain(numbers.map(|number| number.to_string())));
        }
        Some(grid)
    }
}
