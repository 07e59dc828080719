//! Several cases in one file, and those of them that a batch sets aside.

use std::{collections::BTreeSet, fs, path::Path};

use serde::Serialize;

use crate::case::CaseNumber;

use super::{
    page::Page,
    session::Session,
    text::{Text, trouble},
    workspace::cannot_read,
};

/// The case numbers that a file lists, one a line, each once; `#` begins a line that is none.
pub(crate) fn read(file: Option<&Path>, session: &Session<'_>) -> anyhow::Result<Vec<CaseNumber>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let path = session.path(file);
    let text = fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut seen = BTreeSet::new();
    let mut numbers = Vec::new();
    for line in lines {
        let number = line.parse().map_err(|_| trouble::NOT_A_CASE_NUMBER.plain())?;
        if seen.insert(number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// A case that a batch leaves out, and why.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SetAside {
    pub(crate) case: CaseNumber,
    pub(crate) code: &'static str,
}

/// Names them.
pub(crate) fn say(set_aside: &[SetAside], page: &mut Page) {
    for aside in set_aside {
        page.say(
            Text { en: "{case} set aside: {code}", zh: "{case} 已搁置：{code}" },
            &[("case", &aside.case.to_string()), ("code", aside.code)],
        );
    }
}
