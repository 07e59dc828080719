//! `droit explain`: what a code means, offline, in both languages.

use serde::Serialize;

use super::{
    Exit,
    grid::{Column, Grid},
    language::Language,
    out::{Out, Render},
    page::Page,
    text::{
        codes::{self, Code},
        trouble,
    },
};

/// Explain a code: a refusal, a finding, an exit code, a JSON document
///
/// Examples:
///   droit explain drift
///   droit explain 4
///   droit explain            (lists all)
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExplainArgs {
    /// The code; without one all are listed
    code: Option<String>,
}

pub(crate) fn run(args: &ExplainArgs, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let Some(word) = &args.code else {
        let language = out.language();
        out.result(&Explanations(codes::all().into_iter().map(|code| Explanation::of(code, language)).collect()))?;
        return Ok(Exit::Done);
    };
    let code = codes::find(word).ok_or_else(|| {
        let suggestion =
            codes::nearest(word).map_or("droit explain".to_owned(), |near| format!("droit explain {near}"));
        trouble::UNKNOWN_CODE.with(&[("suggestion", &suggestion)])
    })?;
    out.result(&Explanation::of(code, out.language()))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Explanation {
    code: &'static str,
    sort: &'static str,
    title: String,
    text: String,
    #[serde(skip)]
    of: Code,
}

#[derive(Serialize)]
struct Explanations(Vec<Explanation>);

impl Explanation {
    fn of(code: Code, language: Language) -> Self {
        let (title, text) = (plain(code.title.of(language)), plain(code.text.of(language)));
        Self { code: code.word, sort: code.sort.word(), title, text, of: code }
    }
}

/// A sentence whose places are not filled: they are shown as gaps.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('{').enumerate() {
        match part.split_once('}') {
            Some((_, rest)) if at > 0 => {
                out.push('…');
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out.replace('\n', " ")
}

impl Render for Explanation {
    const SCHEMA: &'static str = "droit.explain/1";

    fn render(&self, page: &mut Page) {
        let sort = self.of.sort.title().of(page.language());
        page.line(&format!("{} ({sort})", self.code));
        page.line(&self.title);
        if !self.text.is_empty() {
            page.blank();
            page.line(&self.text);
        }
    }
}

impl Render for Explanations {
    const SCHEMA: &'static str = "droit.explain/1";

    fn render(&self, page: &mut Page) {
        if let Some(grid) = self.grid() {
            page.grid(&grid);
        }
    }

    fn grid(&self) -> Option<Grid> {
        let columns = &[
            Column::whole("code", "code", "代码"),
            Column::whole("sort", "sort", "类别"),
            Column::text("title", "meaning", "含义"),
        ];
        let rows = self.0.iter().map(|one| [one.code.to_owned(), one.sort.to_owned(), one.title.clone()]);
        Some(Grid::of(columns, rows))
    }
}
