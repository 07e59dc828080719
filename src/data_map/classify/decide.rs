//! What decides each column: the table's line, else the first rule that matches.

use super::{
    super::{
        classified::{ColumnRef, Decider, DeciderSort, Standing, TableId},
        finding::Code,
        place::{Place, Places},
        word::{Word, Words},
        written::{ColumnLine, Says, TableSection},
    },
    context::Context,
    standing::Standings,
};
use crate::{
    kind::Kind,
    schema::{Generated, TableName},
};

/// What decided a column.
#[derive(Clone, Debug)]
pub(super) struct Decision<'a> {
    pub(super) by: Decider,
    pub(super) what: What<'a>,
    /// The files folder's template, when the line is about a file
    pub(super) file: Option<String>,
}

/// What was decided.
#[derive(Clone, Debug)]
pub(super) enum What<'a> {
    Always(&'a Words),
    ByCase(&'a [(String, Words)], Option<&'a Words>),
    /// As this column of the table that this one is a copy of
    Original(ColumnRef),
    /// It holds nothing about anybody by itself: tables without personal data, shadow tables, hidden columns
    Nothing,
    /// Nobody decided: there is a finding
    Undecided,
}

impl<'a> What<'a> {
    /// The lists of words, each with the case value it stands for (`None`: the rest, or all).
    pub(super) fn lists(&self) -> Vec<(Option<&'a str>, &'a Words)> {
        match self {
            Self::Always(words) => vec![(None, words)],
            Self::ByCase(values, rest) => {
                let values: &'a [(String, Words)] = values;
                let values = values.iter().map(|(value, words)| (Some(value.as_str()), words));
                values.chain(rest.map(|words| (None, words))).collect()
            }
            Self::Original(_) | Self::Nothing | Self::Undecided => Vec::new(),
        }
    }
}

/// Decides every column of every table.
pub(super) fn decide<'a>(context: &mut Context<'a>, standings: &Standings<'a>) -> Vec<Vec<Decision<'a>>> {
    let lines: Vec<_> = (0..context.tables.len()).map(|id| lines(context, id, standings.sections[id])).collect();
    (0..context.tables.len())
        .map(|id| {
            let columns = 0..context.tables[id].columns.len();
            columns.map(|column| decision(context, id, column, standings, &lines)).collect()
        })
        .collect()
}

/// The lines of a table's section with the index of the column that each decides.
type Lines<'a> = Vec<(usize, &'a ColumnLine)>;

fn lines<'a>(context: &mut Context<'a>, id: TableId, section: Option<&'a TableSection>) -> Lines<'a> {
    let mut lines: Lines<'a> = Vec::new();
    for line in section.map(|section| section.columns.as_slice()).unwrap_or_default() {
        let Some(name) = column_of(context, id, line) else { continue };
        let live = context.tables[id];
        let Some(index) = live.columns.iter().position(|column| column.name.eq_ignore_ascii_case(&name)) else {
            let hint = context.suggest_column(id, &name);
            let place = context.place(id, &name);
            context.find(Code::MissingColumn, place, line.line, "the table does not have this column", hint);
            continue;
        };
        if lines.iter().any(|(other, _)| *other == index) {
            let place = context.place(id, &name);
            context.find(Code::DecidedTwice, place, line.line, "two lines decide this column", None);
            continue;
        }
        lines.push((index, line));
    }
    lines
}

/// The column that a line decides; structures inside values are not read yet.
fn column_of(context: &mut Context<'_>, id: TableId, line: &ColumnLine) -> Option<String> {
    match &line.place {
        Places::One(Place { column, decoder: None, .. }) => return Some(column.clone()),
        Places::File(template) => {
            let columns: Vec<&str> = template.columns().collect();
            for column in &columns {
                context.require_column(id, column, line.line);
            }
            return columns
                .last()
                .filter(|last| context.tables[id].column(last).is_some())
                .map(|last| (*last).to_owned());
        }
        Places::One(_) | Places::Template(_) | Places::All(_) => {}
    }
    let place = context.place(id, &line.written);
    let message = "structures inside values are read from the map and not carried out yet";
    context.find(Code::NotSupportedYet, place, line.line, message, Some("give the whole column its words".to_owned()));
    None
}

fn decision<'a>(
    context: &mut Context<'a>,
    id: TableId,
    column: usize,
    standings: &Standings<'a>,
    lines: &[Lines<'a>],
) -> Decision<'a> {
    let live = context.tables[id];
    let name = &live.columns[column].name;
    let nothing = |text: String, line: usize, from: DeciderSort| {
        let by = Decider { text, line, catch_all: false, from };
        Decision { by, what: What::Nothing, file: None }
    };
    if let Some((_, line)) = lines[id].iter().find(|(index, _)| *index == column) {
        return from_line(context, id, line, name);
    }
    match &standings.standing[id] {
        Standing::NoPersonalData(why) => {
            return nothing(format!("[none] {why}"), standings.lines[id], DeciderSort::None);
        }
        Standing::Shadow(of) => {
            return nothing(format!("shadow of {}", context.name(*of)), standings.lines[*of], DeciderSort::Shadow);
        }
        Standing::CopyOf(of) => {
            if let Some(original) = context.tables[*of].column(name) {
                let text = format!("copy of {}", context.place(*of, &original.name));
                let by = Decider { text, line: standings.lines[id], catch_all: false, from: DeciderSort::Copy };
                let original = ColumnRef { table: *of, column: original.name.clone() };
                return Decision { by, what: What::Original(original), file: None };
            }
            if live.columns[column].generated == Generated::Hidden {
                return nothing("hidden column".to_owned(), standings.lines[id], DeciderSort::Shadow);
            }
        }
        Standing::Personal => {}
    }
    from_rule(context, id, name)
}

fn from_line<'a>(context: &Context<'a>, id: TableId, line: &'a ColumnLine, name: &str) -> Decision<'a> {
    let by = Decider { text: context.place(id, name), line: line.line, catch_all: false, from: DeciderSort::Line };
    let file = match &line.place {
        Places::File(template) => Some(template.to_string()),
        _ => None,
    };
    let what = match &line.says {
        Says::Always(words) => What::Always(words),
        Says::ByCase { values, rest } => What::ByCase(values, rest.as_ref()),
    };
    Decision { by, what, file }
}

fn from_rule<'a>(context: &mut Context<'a>, id: TableId, name: &str) -> Decision<'a> {
    let table = &context.tables[id].name;
    if let Some(rule) = context.map.rules.iter().find(|rule| rule.glob.matches(table, name)) {
        let catch_all = rule.glob.is_catch_all();
        let by = Decider { text: rule.glob.to_string(), line: rule.line, catch_all, from: DeciderSort::Rule };
        return Decision { by, what: What::Always(&rule.words), file: None };
    }
    let place = context.place(id, name);
    let hint = format!("add `{name} = \"…\"` to [tables.{table}.columns], or a rule");
    context.find(Code::Unclassified, place, None, "no line and no rule says what it holds", Some(hint));
    let by = Decider { text: String::new(), line: 0, catch_all: false, from: DeciderSort::None };
    Decision { by, what: What::Undecided, file: None }
}

pub(super) fn decision_of<'d, 'a>(
    context: &Context<'_>,
    place: &ColumnRef,
    decisions: &'d [Vec<Decision<'a>>],
) -> Option<&'d Decision<'a>> {
    let index = context.tables[place.table].columns.iter().position(|column| column.name == place.column)?;
    decisions[place.table].get(index)
}

pub(super) fn stated_kind(words: &Words) -> Option<Kind> {
    words.0.iter().find_map(|word| match word {
        Word::Kind { kind, .. } => Some(*kind),
        _ => None,
    })
}

/// What a rule would say of a column, whatever its table stands for.
pub(super) fn rule_for(context: &Context<'_>, table: &TableName, column: &str) -> Option<Kind> {
    let rule = context.map.rules.iter().find(|rule| rule.glob.matches(table, column) && !rule.glob.is_catch_all())?;
    stated_kind(&rule.words)
}
