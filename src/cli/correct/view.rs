//! How a correction is shown: values masked, and why a field cannot be corrected.

use serde::Serialize;

use crate::{
    case::CaseNumber,
    data_map::classified::Classified,
    kind::{Doubt, Language as KindLanguage},
    plan::{Claim, Totals, Unfit},
    rights::correction::{Asked, Listed, Ready},
};

use crate::cli::{
    grid::{Column, Grid},
    language::Language,
    out::Render,
    page::Page,
    text::{Text, codes},
};

/// One field.
#[derive(Serialize)]
pub(super) struct FieldView {
    field: String,
    kind: Option<&'static str>,
    state: &'static str,
    old: Option<String>,
    new: Option<String>,
    code: Option<&'static str>,
    because: Option<String>,
    #[serde(skip)]
    doubt: Option<Doubt>,
    doubtful: bool,
}

impl FieldView {
    pub(super) fn of(asked: &Asked, ready: &Ready) -> Self {
        Self {
            field: super::values::name_of(asked),
            kind: Some(ready.kind.word()),
            state: "correct",
            old: Some(ready.old.clone()),
            new: Some(ready.new.clone()),
            code: None,
            because: ready.doubt.map(|doubt| doubt.title(KindLanguage::En).to_owned()),
            doubt: ready.doubt,
            doubtful: ready.doubt.is_some(),
        }
    }

    pub(super) fn without_value(asked: &Asked, state: &'static str, because: Unfit) -> Self {
        Self {
            field: super::values::name_of(asked),
            kind: None,
            state,
            old: None,
            new: None,
            code: Some(because.code()),
            because: Some(because.to_string()),
            doubt: None,
            doubtful: false,
        }
    }

    pub(super) fn listed(listed: Listed) -> Self {
        Self {
            field: listed.field,
            kind: Some(listed.kind.word()),
            state: if listed.because.is_none() { "may_be_corrected" } else { "may_not_be_corrected" },
            old: Some(listed.value),
            new: None,
            code: listed.because.map(Unfit::code),
            because: listed.because.map(|because| because.to_string()),
            doubt: None,
            doubtful: false,
        }
    }

    /// The reason in the reader's language.
    fn said(&self, language: Language) -> String {
        if let Some(doubt) = self.doubt {
            return doubt.title(language.into()).to_owned();
        }
        match (language, self.code.and_then(codes::title)) {
            (Language::Chinese, Some(title)) => title.zh.to_owned(),
            _ => self.because.clone().unwrap_or_default(),
        }
    }

    fn row(&self, language: Language) -> [String; 5] {
        [
            self.field.clone(),
            self.old.clone().unwrap_or_default(),
            self.new.clone().unwrap_or_default(),
            self.code.unwrap_or(self.state).to_owned(),
            self.said(language),
        ]
    }
}

fn fields_grid(fields: &[FieldView], language: Language) -> Grid {
    let mut grid = Grid::new(&[
        Column::whole("field", "field", "字段"),
        Column::text("old", "now", "现值"),
        Column::text("new", "new", "新值"),
        Column::whole("state", "state", "状态"),
        Column::text("because", "because", "理由"),
    ]);
    for field in fields {
        grid.push(field.row(language));
    }
    grid
}

/// What a correction comes to.
#[derive(Serialize)]
pub(super) struct Corrected {
    case: CaseNumber,
    /// `refused`, `annotated`, `planned` or `corrected`
    state: &'static str,
    plan: Option<String>,
    rows: u64,
    fields: Vec<FieldView>,
    tables: Vec<TableRows>,
}

#[derive(Serialize)]
struct TableRows {
    table: String,
    rows: u64,
}

impl Corrected {
    pub(super) fn of(case: CaseNumber, state: &'static str, fields: Vec<FieldView>) -> Self {
        Self { case, state, plan: None, rows: 0, fields, tables: Vec::new() }
    }

    /// By which plan.
    pub(super) fn by(self, claim: &Claim) -> Self {
        Self { plan: Some(claim.digest.clone()), rows: claim.rows, ..self }
    }

    /// In which tables.
    pub(super) fn with(self, totals: &Totals, map: &Classified) -> Self {
        let tables = totals.named(map).filter(|(_, sums)| sums.changed > 0);
        let tables = tables.map(|(table, sums)| TableRows { table, rows: sums.changed }).collect();
        Self { rows: totals.changes(), tables, ..self }
    }
}

impl Render for Corrected {
    const SCHEMA: &'static str = "droit.correct/1";

    fn render(&self, page: &mut Page) {
        let said = match self.state {
            "planned" => Text { en: "{case}: {rows} rows are to be corrected", zh: "{case}：将更正 {rows} 行" },
            "corrected" => Text { en: "{case}: corrected, {rows} rows", zh: "{case}：已更正 {rows} 行" },
            "annotated" => Text {
                en: "{case}: nothing was changed; annotated instead",
                zh: "{case}：未作更改，已添加补充说明",
            },
            _ => Text { en: "{case}: nothing was changed", zh: "{case}：未作任何更改" },
        };
        page.say(said, &[("case", &self.case.to_string()), ("rows", &self.rows.to_string())]);
        if !self.fields.is_empty() {
            page.blank();
            page.grid(&fields_grid(&self.fields, page.language()));
        }
        for table in &self.tables {
            let said = Text { en: "  {table}: {rows}", zh: "  {table}：{rows}" };
            page.say(said, &[("table", &table.table), ("rows", &table.rows.to_string())]);
        }
    }
}

/// The fields that the map lets be corrected.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Fields(pub(super) Vec<FieldView>);

impl Render for Fields {
    const SCHEMA: &'static str = "droit.correct.list/1";

    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.say(Text { en: "no field of this person may be corrected", zh: "此人没有可更正的字段" }, &[]);
            return;
        }
        page.grid(&fields_grid(&self.0, page.language()));
    }

    fn grid(&self) -> Option<Grid> {
        Some(fields_grid(&self.0, Language::English))
    }
}
