//! What an import comes to, entry by entry.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    case::CaseNumber,
    cli::{
        grid::{Column, Grid},
        language::Language,
        out::Render,
        page::Page,
        text::{Text, words},
    },
    intake::duplicates::{Into, Outcome, Whose},
};

use super::{booking::Booking, reading::Taken};

/// The sums, and every entry.
#[derive(Serialize)]
pub(super) struct Report {
    /// `planned` or `opened`
    state: &'static str,
    files: Vec<Source>,
    /// How many cases are opened, those that are merged at once among them
    opens: usize,
    merged: usize,
    /// How many were taken in before, or stand twice
    before: usize,
    set_aside: usize,
    entries: Vec<Row>,
}

#[derive(Serialize)]
struct Source {
    file: String,
    encoding: Option<&'static str>,
    entries: usize,
}

#[derive(Serialize)]
struct Row {
    file: String,
    line: Option<usize>,
    outcome: &'static str,
    request: Option<&'static str>,
    received_at: Option<Timestamp>,
    case: Option<CaseNumber>,
    into: Option<CaseNumber>,
    takes: Vec<CaseNumber>,
    /// Why a person should look: a code
    look: Option<&'static str>,
    message: Option<String>,
}

impl Report {
    /// `numbers` are those of the cases that were opened; before that there are none.
    pub(super) fn of(taken: &Taken, booking: &Booking, numbers: &[CaseNumber], language: Language) -> Self {
        let number = |at: usize| booking.arrival(at).and_then(|at| numbers.get(at)).copied();
        let mut entries: Vec<Row> = Vec::new();
        for (at, (file, entry)) in taken.entries.iter().enumerate() {
            let mut row = Row {
                line: entry.line,
                request: Some(entry.request.request_type().word()),
                received_at: Some(entry.received_at),
                case: number(at),
                ..Row::new(taken.files[*file].name.clone(), "opened")
            };
            row.fill(&booking.outcomes[at], &number);
            entries.push(row);
        }
        for file in &taken.files {
            if let Some(fault) = &file.fault {
                let (look, message) = (Some(fault.code()), Some(fault.message(language)));
                entries.push(Row { look, message, ..Row::new(file.name.clone(), "set_aside") });
            }
        }
        let count = |word: &str| entries.iter().filter(|row| row.outcome == word).count();
        let (opens, merged, before) = (booking.opens(), count("merged"), count("before") + count("same"));
        let state = if numbers.len() == opens { "opened" } else { "planned" };
        let of_file = |at: usize| taken.entries.iter().filter(|(file, _)| *file == at).count();
        let files = taken.files.iter().enumerate().map(|(at, file)| Source {
            file: file.name.clone(),
            encoding: file.encoding.map(crate::intake::Encoding::word),
            entries: of_file(at),
        });
        Self { state, files: files.collect(), opens, merged, before, set_aside: count("set_aside"), entries }
    }

    /// Whether a person has something to do that the program does not decide.
    pub(super) fn needs_a_look(&self) -> bool {
        self.entries.iter().any(|row| row.look.is_some())
    }

    fn listed(&self, said: impl Fn(&Row) -> (String, String)) -> Grid {
        let rows = self.entries.iter().map(|row| {
            let (request, outcome) = said(row);
            let into = row.into.into_iter().chain(row.takes.iter().copied());
            [
                row.file.clone(),
                row.line.map(|line| line.to_string()).unwrap_or_default(),
                outcome,
                row.case.map(|case| case.to_string()).unwrap_or_default(),
                request,
                into.map(|case| case.to_string()).collect::<Vec<_>>().join(" "),
                row.look.unwrap_or_default().to_owned(),
            ]
        });
        Grid::of(&COLUMNS, rows)
    }
}

impl Row {
    fn new(file: String, outcome: &'static str) -> Self {
        Self {
            file,
            line: None,
            outcome,
            request: None,
            received_at: None,
            case: None,
            into: None,
            takes: Vec::new(),
            look: None,
            message: None,
        }
    }

    fn fill(&mut self, outcome: &Outcome, number: &impl Fn(usize) -> Option<CaseNumber>) {
        match outcome {
            Outcome::Before(case) => (self.outcome, self.case) = ("before", Some(*case)),
            Outcome::Same(at) => (self.outcome, self.case) = ("same", number(*at)),
            Outcome::Opens { whose, into, takes, by_hand } => {
                if let Some(into) = into {
                    self.outcome = "merged";
                    self.into = match into {
                        Into::Case(case) => Some(*case),
                        Into::Entry(at) => number(*at),
                    };
                }
                self.takes.clone_from(takes);
                if *whose == Whose::Ambiguous {
                    self.look = Some("ambiguous_subject");
                } else if !by_hand.is_empty() {
                    self.look = Some("merge_by_hand");
                    let merge = |(case, into)| format!("droit case merge {case} --into {into}");
                    self.message = by_hand.first().zip(self.case).map(merge);
                }
            }
        }
    }
}

const COLUMNS: [Column; 7] = [
    Column::text("file", "file", "文件"),
    Column::whole("line", "line", "行"),
    Column::whole("outcome", "outcome", "结果"),
    Column::whole("case", "case", "编号"),
    Column::whole("request", "request", "权利类型"),
    Column::whole("merged", "merged with", "合并"),
    Column::whole("look", "look", "须查看"),
];

const PLANNED: Text = Text {
    en: "cases to open: {opens}, merged at once: {merged}; taken in before: {before}; files set aside: {aside}",
    zh: "将立案 {opens} 件，其中 {merged} 件随即合并；此前已登记 {before} 件，搁置文件 {aside} 个",
};
const OPENED: Text = Text {
    en: "cases opened: {opens}, merged at once: {merged}; taken in before: {before}; files set aside: {aside}",
    zh: "已立案 {opens} 件，其中 {merged} 件随即合并；此前已登记 {before} 件，搁置文件 {aside} 个",
};
const ASIDE: Text = Text { en: "{file}: {message}", zh: "{file}：{message}" };

fn outcome(word: &str) -> Text {
    match word {
        "opened" => Text { en: "opened", zh: "立案" },
        "merged" => Text { en: "merged", zh: "合并" },
        "before" => Text { en: "taken in before", zh: "此前已登记" },
        "same" => Text { en: "stands twice", zh: "重复" },
        _ => Text { en: "set aside", zh: "搁置" },
    }
}

impl Render for Report {
    const SCHEMA: &'static str = "droit.case.import/1";

    fn render(&self, page: &mut Page) {
        let language = page.language();
        let grid = self.listed(|row| {
            let request = row.request.map(|word| words::asked(word, language)).unwrap_or_default();
            (request.to_owned(), outcome(row.outcome).of(language).to_owned())
        });
        page.grid(&grid);
        for row in self.entries.iter().filter(|row| row.message.is_some()) {
            page.say(ASIDE, &[("file", &row.file), ("message", row.message.as_deref().unwrap_or_default())]);
        }
        page.blank();
        let sums = [self.opens, self.merged, self.before, self.set_aside].map(|sum| sum.to_string());
        let [opens, merged, before, aside] = &sums;
        let values = [("opens", opens.as_str()), ("merged", merged), ("before", before), ("aside", aside)];
        page.say(if self.state == "opened" { OPENED } else { PLANNED }, &values);
    }

    fn grid(&self) -> Option<Grid> {
        Some(self.listed(|row| (row.request.unwrap_or_default().to_owned(), row.outcome.to_owned())))
    }
}
