//! What decides each column, and what it means.

use super::{
    super::{
        classified::{
            Case, Column, ColumnRef, Copy, Correct, Decider, DeciderSort, Meaning, Proves, Standing, TableId,
        },
        finding::Code,
        place::{Place, Places},
        tie::TargetWords,
        word::{Word, Words},
        written::{CaseWords, ColumnLine, Says, TableSection},
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

/// The columns of a table with their meanings.
pub(super) fn columns(context: &mut Context<'_>, id: TableId, decisions: &[Vec<Decision<'_>>]) -> Vec<Column> {
    let live = context.tables[id];
    live.columns
        .iter()
        .zip(&decisions[id])
        .map(|(column, decision)| {
            let at = At { id, column: &column.name, line: decision.by.line };
            let (meaning, by_case, covers_rest) = meanings(context, &at, decision, decisions);
            Column {
                name: column.name.clone(),
                declared: column.declared.clone(),
                not_null: column.not_null,
                unique: column.unique,
                generated: column.generated,
                meaning,
                by_case,
                covers_rest,
                decided_by: decision.by.clone(),
            }
        })
        .collect()
}

/// The column whose words are read.
struct At<'a> {
    id: TableId,
    column: &'a str,
    line: usize,
}

fn meanings(
    context: &mut Context<'_>,
    at: &At<'_>,
    decision: &Decision<'_>,
    decisions: &[Vec<Decision<'_>>],
) -> (Meaning, Vec<(String, Meaning)>, bool) {
    let file = decision.file.clone();
    let mut read = |words: &Words| Meaning { file: file.clone(), ..meaning(context, at, words, decisions) };
    match &decision.what {
        What::Always(words) => (read(words), Vec::new(), true),
        What::ByCase(values, rest) => {
            let by_case = values.iter().map(|(value, words)| (value.clone(), read(words))).collect();
            let covers = rest.is_some();
            (rest.map_or_else(|| plain(Kind::Opaque), read), by_case, covers)
        }
        What::Original(original) => original_meanings(context, at, original, decisions),
        What::Nothing => (plain(Kind::Fact), Vec::new(), true),
        What::Undecided => (plain(Kind::Fact), Vec::new(), false),
    }
}

fn plain(kind: Kind) -> Meaning {
    Meaning {
        kind,
        role: None,
        origin: None,
        proves: None,
        correct: None,
        anonymize_to: None,
        export_no: None,
        copy: None,
        file: None,
    }
}

/// A copy means what its original means; it proves nothing and is corrected through the original. A full-text index
/// follows, any other copy is history.
fn original_meanings(
    context: &mut Context<'_>,
    at: &At<'_>,
    original: &ColumnRef,
    decisions: &[Vec<Decision<'_>>],
) -> (Meaning, Vec<(String, Meaning)>, bool) {
    let Some(decision) = decision_of(context, original, decisions).cloned() else {
        return (plain(Kind::Opaque), Vec::new(), false);
    };
    if matches!(decision.what, What::Original(_)) {
        let place = context.place(at.id, at.column);
        context.find(Code::NotSupportedYet, place, at.line, "a copy of a copy is not carried out yet", None);
        return (plain(Kind::Opaque), Vec::new(), false);
    }
    let silent = context.findings.len();
    let theirs = At { id: original.table, column: &original.column, line: decision.by.line };
    let (meaning, by_case, covers) = meanings(context, &theirs, &decision, decisions);
    context.findings.truncate(silent); // what is wrong with the original is said there
    let follows = context.is_virtual(at.id);
    let copied = |meaning: Meaning| Meaning {
        proves: None,
        correct: None,
        file: None,
        copy: Some(Copy { of: original.clone(), follows }),
        ..meaning
    };
    (copied(meaning), by_case.into_iter().map(|(value, meaning)| (value, copied(meaning))).collect(), covers)
}

fn decision_of<'d, 'a>(
    context: &Context<'_>,
    place: &ColumnRef,
    decisions: &'d [Vec<Decision<'a>>],
) -> Option<&'d Decision<'a>> {
    let index = context.tables[place.table].columns.iter().position(|column| column.name == place.column)?;
    decisions[place.table].get(index)
}

fn meaning(context: &mut Context<'_>, at: &At<'_>, words: &Words, decisions: &[Vec<Decision<'_>>]) -> Meaning {
    let mut meaning = plain(Kind::Opaque);
    let mut kind = None;
    for word in &words.0 {
        match word {
            Word::Kind { role, kind: said } => {
                kind = Some(*said);
                meaning.role.clone_from(role);
            }
            Word::Of { .. } | Word::By(_) => {}
            Word::Copy { place, follows } => {
                let name = context.place(at.id, at.column);
                let of = context.require_place(place, &name, at.line);
                meaning.copy = of.map(|of| Copy { of, follows: follows.unwrap_or(true) });
            }
            Word::Computed(_) => {
                let place = context.place(at.id, at.column);
                context.find(
                    Code::NotSupportedYet,
                    place,
                    at.line,
                    "computed copies are read from the map and not carried out yet",
                    None,
                );
                kind = kind.or(Some(Kind::Fact));
            }
            Word::Proves(proves) => meaning.proves = Some(checked_proves(context, at, proves)),
            Word::Correct(correct) => meaning.correct = Some(checked_correct(context, at, correct)),
            Word::Origin(origin) => meaning.origin = Some(*origin),
            Word::AnonymizeTo(to) => meaning.anonymize_to = Some(*to),
            Word::ExportNo(why) => meaning.export_no = Some(why.clone()),
        }
    }
    if kind.is_none() {
        meaning.role = tie_role(words);
    }
    let kind = kind.or_else(|| tie_kind(words)).or_else(|| {
        let original = &meaning.copy.as_ref()?.of;
        let words = decision_of(context, original, decisions)?.what.lists().into_iter().last()?.1;
        stated_kind(words).or_else(|| tie_kind(words))
    });
    if kind.is_none() {
        let place = context.place(at.id, at.column);
        let message = format!("`{words}` names no kind and no tie");
        context.find(Code::NoKind, place, at.line, message, Some("say what it is, such as `fact`".to_owned()));
    }
    Meaning { kind: kind.unwrap_or(Kind::Opaque), ..meaning }
}

pub(super) fn stated_kind(words: &Words) -> Option<Kind> {
    words.0.iter().find_map(|word| match word {
        Word::Kind { kind, .. } => Some(*kind),
        _ => None,
    })
}

/// What a column is of which only ties are said.
fn tie_kind(words: &Words) -> Option<Kind> {
    words.0.iter().find_map(|word| match word {
        Word::Of { target, .. } | Word::By(target) => match target {
            TargetWords::Rows { .. } | TargetWords::Itself => Some(Kind::Key),
            TargetWords::Value(kind) => *kind,
            TargetWords::Anyone => Some(Kind::Opaque),
        },
        _ => None,
    })
}

/// The role of a column of which only ties are said: that of its one tie with a role.
fn tie_role(words: &Words) -> Option<String> {
    let mut roles = words.0.iter().filter_map(|word| match word {
        Word::Of { role, .. } => Some(role.clone()),
        _ => None,
    });
    let first = roles.next()?;
    roles.all(|role| role == first).then_some(first)?
}

fn checked_proves(context: &mut Context<'_>, at: &At<'_>, proves: &Proves) -> Proves {
    let mut column = |name: &Option<String>| {
        let name = name.as_ref()?;
        context.require_column(at.id, name, at.line)
    };
    let (since, until) = (column(&proves.since), column(&proves.until));
    if let Some(when) = &proves.when {
        context.require_columns(at.id, when, at.line);
    }
    Proves { since, until, when: proves.when.clone() }
}

fn checked_correct(context: &mut Context<'_>, at: &At<'_>, correct: &Correct) -> Correct {
    if let Some(when) = &correct.when {
        context.require_columns(at.id, when, at.line);
    }
    correct.clone()
}

/// The table's case, resolved.
pub(super) fn case(context: &mut Context<'_>, id: TableId, section: &TableSection) -> Option<Case> {
    match section.case.as_ref()? {
        CaseWords::Own(Places::One(Place { column, decoder: None, .. })) => {
            context.require_column(id, column, section.line).map(Case::Column)
        }
        CaseWords::Own(_) => {
            let place = context.name(id);
            let message = "a case inside a value is read from the map and not carried out yet";
            context.find(Code::NotSupportedYet, place, section.line, message, None);
            None
        }
        CaseWords::Path { column, key, wanted } => {
            let column = context.require_column(id, column, section.line)?;
            let place = context.name(id);
            let key = context.require_place(key, &place, section.line)?;
            let wanted = context.require_column(key.table, wanted, section.line)?;
            Some(Case::Path { column, table: key.table, key: key.column, wanted })
        }
    }
}

/// What a rule would say of a column, whatever its table stands for.
pub(super) fn rule_for(context: &Context<'_>, table: &TableName, column: &str) -> Option<Kind> {
    let rule = context.map.rules.iter().find(|rule| rule.glob.matches(table, column) && !rule.glob.is_catch_all())?;
    stated_kind(&rule.words)
}
