//! Foreign keys: what the schema says of a column, and what the map ties it to.
//!
//! A tie is as its foreign key where it names the row that the key names, or one that this row leads on to by the same
//! values. One that leads elsewhere, or goes by a part of the key, hands rows to strangers.

use super::{
    super::{
        classified::{Column, Sense, Standing, Table, TableId, Target, Tie},
        finding::Code,
        name::Dotted,
        tie::TargetWords,
    },
    context::Context,
};
use crate::kind::Kind;

/// What a tie makes of a foreign key with which it shares a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// It names the row that the key names
    Whole,
    /// The columns that they share, to a row of its own
    Shared,
    /// It goes by a part of the key that many rows may have
    Part,
    /// It leads elsewhere
    Not,
}

/// Columns and where the same values stand.
struct Step {
    own: Vec<String>,
    table: TableId,
    theirs: Vec<String>,
}

/// Columns of a table.
type Place = (TableId, Vec<String>);

impl Step {
    /// Where the values of these columns stand, if it knows of all of them.
    fn carry(&self, columns: &[String]) -> Option<Place> {
        let at = |column: &String| self.own.iter().position(|own| own == column);
        let theirs: Option<Vec<String>> = columns.iter().map(|column| Some(self.theirs[at(column)?].clone())).collect();
        Some((self.table, theirs?))
    }

    fn has(&self, column: &String) -> bool {
        self.own.contains(column)
    }

    fn of_tie(tie: &Tie) -> Option<Self> {
        let Target::Rows { table, columns, .. } = &tie.target else { return None };
        Some(Self { own: tie.columns.clone(), table: *table, theirs: columns.clone() })
    }
}

/// Finds foreign keys that the words of their columns contradict, and those that they leave open.
pub(super) fn all(context: &mut Context<'_>, id: TableId, tables: &[Table]) {
    let keys = Keys { context, id, tables };
    let found: Vec<Found> = (0..context.tables[id].foreign_keys.len()).filter_map(|key| keys.look(key)).collect();
    for Found { code, column, message, hint } in found {
        let line = tables[id].column(&column).map(|column| column.decided_by.line);
        context.find(code, context.place(id, &column), line, message, Some(hint));
    }
}

struct Found {
    code: Code,
    column: String,
    message: String,
    hint: String,
}

/// The foreign keys of one table.
struct Keys<'a> {
    context: &'a Context<'a>,
    id: TableId,
    tables: &'a [Table],
}

impl Keys<'_> {
    fn look(&self, at: usize) -> Option<Found> {
        let live = &self.context.tables[self.id].foreign_keys[at];
        let parent = self.context.table(&live.parent).map(|parent| &self.tables[parent].standing);
        let to_nobody = matches!(parent, Some(Standing::NoPersonalData(_)));
        let Some(key) = self.declared(self.id, at) else {
            // nobody knows what it names
            let open = live.columns.iter().find(|column| !self.is_said(column)).filter(|_| !to_nobody)?;
            return self.asks().then(|| unexplained(open, &live.parent.to_string()));
        };
        let ties: Vec<(&Tie, Follows)> =
            self.pointing(&key.own).filter_map(|tie| Some((tie, self.follows(tie, &key)?))).collect();
        if ties.iter().any(|(_, follows)| *follows == Follows::Whole) {
            return None;
        }
        let wrong = |(tie, follows): &&(&Tie, Follows)| {
            let wrong = if to_nobody { self.takes_away(tie, &key) } else { *follows != Follows::Shared };
            wrong && !self.is_declared(tie)
        };
        if let Some((tie, follows)) = ties.iter().find(wrong) {
            return Some(self.contradicted(tie, *follows, &key));
        }
        if to_nobody || !self.asks() {
            return None;
        }
        let open = self.open(&key, &ties)?;
        Some(unexplained(open, &self.written(&key, open).to_string()))
    }

    /// The column of a key that nothing explains. What other keys say of its columns does so only beside a word of its
    /// own.
    fn open<'k>(&self, key: &'k Step, ties: &[(&Tie, Follows)]) -> Option<&'k String> {
        let of = |tie: &Tie, column: &String| tie.columns.contains(column);
        let shared = |column: &String| ties.iter().any(|(tie, how)| *how == Follows::Shared && of(tie, column));
        let own_word = |column: &String| shared(column) || !ties.iter().any(|(tie, _)| of(tie, column));
        let silent = key.own.iter().find(|column| !self.is_said(column));
        silent.or_else(|| key.own.first().filter(|_| !key.own.iter().any(own_word)))
    }

    /// Whether its keys must be explained; a copy is its original's affair.
    fn asks(&self) -> bool {
        self.tables[self.id].standing == Standing::Personal
    }

    /// The ties to something else that go by one of these columns.
    fn pointing(&self, columns: &[String]) -> impl Iterator<Item = &Tie> {
        let ties = self.tables[self.id].ties.iter();
        ties.filter(|tie| {
            matches!(tie.target, Target::Rows { .. } | Target::Value(_))
                && tie.columns.iter().any(|column| columns.contains(column))
        })
    }

    /// Whether the map ties a column or says of it that it names nobody.
    fn is_said(&self, column: &String) -> bool {
        let table = &self.tables[self.id];
        let is_word = |column: &Column| matches!(column.meaning.kind.word(), "key" | "fact");
        table.ties.iter().any(|tie| tie.columns.contains(column)) || table.column(column).is_some_and(is_word)
    }

    /// What a tie makes of a key; `None`: nothing, it points at nothing else.
    fn follows(&self, tie: &Tie, key: &Step) -> Option<Follows> {
        if let Target::Value(kind) = tie.target {
            let proves = key.own.len() == 1 && self.onward(key.carry(&key.own)?).iter().any(|at| self.proves(at, kind));
            return Some(if proves { Follows::Whole } else { Follows::Not });
        }
        let names = Step::of_tie(tie)?;
        let shared: Vec<String> = tie.columns.iter().filter(|column| key.has(column)).cloned().collect();
        let (from, to) = (key.carry(&shared)?, names.carry(&shared)?);
        let declared = self.is_declared(tie);
        let not_null = |column: &String| self.tables[self.id].column(column).is_some_and(|column| column.not_null);
        // a row that the key names may be missed by more columns, unless another key holds them
        let misses = tie.columns.iter().any(|column| !(key.has(column) || declared && not_null(column)));
        let leads = self.onward(from.clone()).contains(&to) || declared && self.onward(to.clone()).contains(&from);
        Some(if misses || !leads {
            Follows::Not
        } else if shared.len() == key.own.len() {
            Follows::Whole
        } else if !self.context.tables[names.table].names_one_row(&names.theirs) {
            Follows::Part
        } else if from == to {
            Follows::Whole
        } else {
            Follows::Shared
        })
    }

    /// Whether a tie takes a key that leads to nobody for something else altogether.
    fn takes_away(&self, tie: &Tie, key: &Step) -> bool {
        let ends = Step::of_tie(tie).and_then(|names| Some((key.carry(&key.own)?, names.carry(&key.own)?)));
        let leads = |from: &Place, to: &Place| self.onward(from.clone()).contains(to);
        ends.is_some_and(|(from, to)| !leads(&from, &to) && !leads(&to, &from))
    }

    /// Whether a foreign key of the table says what the tie does.
    fn is_declared(&self, tie: &Tie) -> bool {
        let says = |key: Step| {
            let to = Step::of_tie(tie)?.carry(&tie.columns)?;
            Some(key.own.len() == tie.columns.len() && self.onward(key.carry(&tie.columns)?).contains(&to))
        };
        self.keys(self.id).any(|key| says(key).unwrap_or(false))
    }

    fn proves(&self, (table, columns): &Place, kind: Kind) -> bool {
        let column = columns.first().and_then(|column| self.tables[*table].column(column));
        column.is_some_and(|column| column.meanings().any(|said| said.kind == kind && said.proves.is_some()))
    }

    /// Where the same values stand, by foreign keys and by ties that hold in every case.
    fn onward(&self, from: Place) -> Vec<Place> {
        let (mut places, mut at) = (vec![from], 0);
        while let Some((table, columns)) = places.get(at).cloned() {
            at += 1;
            let ties = self.tables[table].ties.iter().filter(|tie| tie.cases.is_none()).filter_map(Step::of_tie);
            for place in self.keys(table).chain(ties).filter_map(|step| step.carry(&columns)) {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        places
    }

    /// The foreign keys of a table at tables that are there.
    fn keys(&self, table: TableId) -> impl Iterator<Item = Step> {
        (0..self.context.tables[table].foreign_keys.len()).filter_map(move |at| self.declared(table, at))
    }

    fn declared(&self, table: TableId, at: usize) -> Option<Step> {
        let key = &self.context.tables[table].foreign_keys[at];
        let parent = self.context.table(&key.parent)?;
        let names = |table: TableId, columns: &[String]| -> Option<Vec<String>> {
            columns.iter().map(|column| Some(self.context.tables[table].column(column)?.name.clone())).collect()
        };
        let (own, theirs) = (names(table, &key.columns)?, names(parent, &key.parent_columns)?);
        (own.len() == theirs.len()).then_some(Step { own, table: parent, theirs })
    }

    /// What a tie says, as one writes it; `lead` is the column in whose line it stands.
    fn written(&self, step: &Step, lead: &str) -> TargetWords {
        let lead = step.own.iter().position(|own| own == lead).unwrap_or(0);
        let others = step.own.iter().zip(&step.theirs).enumerate().filter(|(at, _)| *at != lead);
        let half = |own: &String, theirs: &String| (own.clone(), (own != theirs).then(|| theirs.clone()));
        let place = Dotted { table: self.context.tables[step.table].name.clone(), column: step.theirs[lead].clone() };
        TargetWords::Rows { place, within: others.map(|(_, (own, theirs))| half(own, theirs)).collect(), role: None }
    }

    fn contradicted(&self, tie: &Tie, follows: Follows, key: &Step) -> Found {
        let column = tie.columns[0].clone();
        let lead = tie.columns.iter().find(|column| key.has(column)).unwrap_or(&column);
        let target = self.written(key, lead);
        let said = match (&tie.target, Step::of_tie(tie)) {
            (_, Some(names)) => self.written(&names, &column),
            (Target::Value(kind), None) => TargetWords::Value(Some(*kind)),
            (_, None) => TargetWords::Anyone,
        };
        let message = if follows == Follows::Part {
            let without: Vec<String> =
                key.own.iter().filter(|own| !tie.columns.contains(own)).map(|c| format!("`{c}`")).collect();
            format!("it references `{target}`, and the map goes by `{said}` without {}", without.join(", "))
        } else {
            format!("it references `{target}`, and the map ties it to `{said}`")
        };
        let hint = if follows == Follows::Part {
            format!("write `{} {target}`", if tie.sense == Sense::Of { "of" } else { "by" })
        } else {
            format!("write `of {target}` or `by {target}`, also beside the other tie where both hold")
        };
        Found { code: Code::ForeignKeyContradicted, column, message, hint }
    }
}

fn unexplained(column: &str, target: &str) -> Found {
    let message = format!("it references `{target}`, and its words say neither tie to it nor key nor fact");
    let hint = format!("write `of {target}`, `by {target}` or `key`");
    Found { code: Code::ForeignKeyUnexplained, column: column.to_owned(), message, hint }
}
