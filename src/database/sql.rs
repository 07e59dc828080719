//! Statements as data, and the only place (with `grouping`, which asks for sums) that prints SQL for user databases.
//!
//! Names come from the classified map and are quoted; values are always bound. Keys travel as one bound set (a JSON
//! array), so one statement serves one person and a thousand, and read-only sessions serve as well.

use std::{cell::OnceCell, fmt::Write as _, rc::Rc};

use serde_json::Value as Json;

use super::within::Within;
use crate::{
    data_map::predicate::{Comparison, Predicate},
    plan::{DRAWN_BELOW, TOKEN_PREFIX},
    schema::TableName,
    value::{Key, Value},
};

/// Rows of one table that a bound set of seeds reaches.
#[derive(Clone, Debug)]
pub struct Select {
    pub(super) table: TableName,
    pub(super) key: Vec<String>,
    pub(super) arms: Vec<Arm>,
    pub(super) matching: Option<Matching>,
    /// Whether every row is meant
    pub(super) whole: bool,
    pub(super) joins: Vec<Join>,
    pub(super) terms: Vec<Term>,
    /// Bytes of a cell that come with its row; `None`: however many there are
    pub(super) bears: Option<usize>,
    /// Whether whoever reads does not mind a row that comes twice
    pub(super) repeats: bool,
    pub(super) page: Option<Page>,
}

/// A part of a scan: rows by the order of their keys.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) after: Option<Key>,
    /// All without one
    pub(super) rows: Option<u32>,
    pub(super) filter: Option<Predicate>,
}

/// A way into the table through a full-text index over it.
#[derive(Clone, Debug)]
pub(super) struct Matching {
    pub(super) index: TableName,
    pub(super) phrases: Vec<Phrases>,
}

/// Phrases that a text has to hold all of.
pub type Phrases = Vec<String>;

/// One way into the table: rows whose `columns` equal a seed.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Columns of the table
    pub columns: Vec<String>,
    /// What they are compared with; the same set serves several arms
    pub seeds: Seeds,
    /// Whether upper and lower case are the same, whatever the column says
    pub folds: bool,
}

/// A set of bound keys that several arms and statements share; its text is made once.
#[derive(Clone, Debug)]
pub struct Seeds(Rc<SeedSet>);

#[derive(Debug)]
struct SeedSet {
    list: Vec<Seed>,
    /// Whose they all are, when they are one subject's
    subject: Option<u32>,
    keyed: OnceCell<Option<String>>,
}

impl Seeds {
    /// The keys, in their order.
    #[must_use]
    pub fn list(&self) -> &[Seed] {
        &self.0.list
    }

    fn is_empty(&self) -> bool {
        self.0.list.is_empty()
    }

    /// The text that is bound; `None` when a value cannot be carried.
    fn text(&self, keyed: bool) -> Option<String> {
        if keyed {
            self.0.keyed.get_or_init(|| seeds_as_json(&self.0.list, true)).clone()
        } else {
            seeds_as_json(&self.0.list, false)
        }
    }
}

impl Default for Seeds {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl From<Vec<Seed>> for Seeds {
    fn from(list: Vec<Seed>) -> Self {
        let first = list.first().map(|seed| seed.subject);
        let subject = first.filter(|first| list.iter().all(|seed| seed.subject == *first));
        Self(Rc::new(SeedSet { list, subject, keyed: OnceCell::new() }))
    }
}

impl FromIterator<Seed> for Seeds {
    fn from_iter<T: IntoIterator<Item = Seed>>(seeds: T) -> Self {
        seeds.into_iter().collect::<Vec<_>>().into()
    }
}

/// One bound key: whose it is, a tag that comes back with the row, the values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    /// Number of the subject
    pub subject: u32,
    /// Returned as [`super::Found::tag`]
    pub tag: u32,
    /// As many values as the arm has columns
    pub values: Vec<Value>,
}

/// A row of another table that this row belongs to, joined so that its dates and states can be read; missing is NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// 0 for the table itself, n for the n-th join
    pub from: usize,
    /// Columns there
    pub columns: Vec<String>,
    /// The other table
    pub table: TableName,
    /// Its columns
    pub target: Vec<String>,
    /// In which rows; `None`: in all
    pub within: Option<Within>,
}

/// What is read of each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A column of the table (`via` 0) or of the n-th join
    Column {
        /// Which
        via: usize,
        /// Its name
        column: String,
    },
    /// 1 when the predicate is true, 0 when false, NULL when neither
    Truth {
        /// Whose columns
        via: usize,
        /// The condition
        predicate: Predicate,
    },
}

impl Select {
    /// Rows of `table`, named by `key`, that any of `arms` reaches.
    #[must_use]
    pub fn new(table: TableName, key: Vec<String>, arms: Vec<Arm>) -> Self {
        let (matching, bears, page) = (None, None, None);
        let (whole, repeats, joins, terms) = (false, false, Vec::new(), Vec::new());
        Self { table, key, arms, matching, whole, joins, terms, bears, repeats, page }
    }

    /// Rows of `table` that its full-text index proposes for any of `phrases`, each row once.
    #[must_use]
    pub fn matching(table: TableName, key: Vec<String>, index: TableName, phrases: Vec<Phrases>) -> Self {
        Self { matching: Some(Matching { index, phrases }), ..Self::new(table, key, Vec::new()) }
    }

    /// Every row of `table`, unordered. A row may be found twice where [`Select::bear`] is asked for.
    #[must_use]
    pub fn whole(table: TableName, key: Vec<String>) -> Self {
        Self { whole: true, ..Self::new(table, key, Vec::new()) }
    }

    /// For a scan: at most `rows` rows of `table`, in the order of their keys, from behind `after`, of which `filter` is
    /// true. The last row's key is where the next page begins, so that a table of any size is read without holding up
    /// anybody who writes to it.
    #[must_use]
    pub fn page(table: TableName, key: Vec<String>, after: Option<Key>, rows: u32, filter: Option<Predicate>) -> Self {
        Self { page: Some(Page { after, rows: Some(rows), filter }), ..Self::new(table, key, Vec::new()) }
    }

    /// All rows of which `filter` is true, unordered: an index that holds all terms may serve.
    #[must_use]
    pub fn only(table: TableName, key: Vec<String>, filter: Predicate) -> Self {
        let page = Page { after: None, rows: None, filter: Some(filter) };
        Self { page: Some(page), ..Self::new(table, key, Vec::new()) }
    }

    /// Whether nothing can be found.
    pub(super) fn is_idle(&self) -> bool {
        let phrases = self.matching.as_ref().is_some_and(|matching| !matching.phrases.is_empty());
        !phrases && !self.whole && self.arms.iter().all(|arm| arm.seeds.is_empty())
    }

    /// Whether rows may be handed over once more, when one of them turns out to be longer than the select bears.
    pub(super) fn may_repeat(&self) -> bool {
        self.whole || self.matching.is_some() || self.repeats
    }

    /// Adds a join and returns its number, an equal one only once.
    pub fn join(&mut self, join: Join) -> usize {
        if let Some(at) = self.joins.iter().position(|known| *known == join) {
            return at + 1;
        }
        self.joins.push(join);
        self.joins.len()
    }

    /// Adds a term and returns its place behind the key, an equal one only once.
    pub fn term(&mut self, term: Term) -> usize {
        if let Some(at) = self.terms.iter().position(|known| *known == term) {
            return at;
        }
        self.terms.push(term);
        self.terms.len() - 1
    }

    /// Announces cells of more than `bytes` bytes in [`super::Found::long`] instead of reading them, where the engine
    /// can read them in pieces.
    pub fn bear(&mut self, bytes: usize) {
        self.bears = Some(bytes);
    }

    /// The same for whoever does not mind a row that comes twice, which may happen where one of them is longer.
    pub fn bear_twice(&mut self, bytes: usize) {
        (self.bears, self.repeats) = (Some(bytes), true);
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &TableName {
        &self.table
    }

    /// The number of values that name a row, the first ones of every row found.
    #[must_use]
    pub fn key_len(&self) -> usize {
        self.key.len()
    }
}

/// One window of changes to one table.
#[derive(Clone, Debug)]
pub struct Change {
    /// The table
    pub table: TableName,
    /// The columns that name a row
    pub key: Vec<String>,
    /// What happens to the rows
    pub action: Action,
    /// The rows, each with the values of its [`WriteTo::PerRow`] columns
    pub rows: Vec<(Key, Vec<Value>)>,
}

/// What happens to the rows of a [`Change`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// They go
    Delete,
    /// Some of their columns are overwritten
    Overwrite(Vec<Write>),
    /// They come, with the values of these columns; what names a row and is none of them comes with its key
    Insert(Vec<String>),
}

/// One overwritten column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Its name
    pub column: String,
    /// What is written
    pub to: WriteTo,
}

/// What an overwritten column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteTo {
    /// The same for all rows
    Constant(Value),
    /// The row's own value with this index
    PerRow(usize),
}

/// Places for bound values that one statement has: less than SQLite's limit, so that compiled statements stay small.
const PLACES: usize = 4_000;

/// A column's name, or the rowid under one of its aliases.
fn bare(column: &str) -> String {
    match column {
        "rowid" | "_rowid_" | "oid" => column.to_owned(),
        _ => quoted(column),
    }
}

/// Prints the statement that counts the rows of `table`.
pub(super) fn print_count(table: &TableName) -> Statement {
    Statement { sql: format!("SELECT count(*) FROM {}", qualified(table)), bound: Vec::new() }
}

/// A statement and what is bound to it.
#[derive(Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) bound: Vec<Value>,
}

/// Quotes a name for SQLite.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn qualified(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    }
}

/// The rowid is an alias, not a column: quoted it would fall back to a string literal where no such column exists.
pub(super) fn column_name(alias: &str, column: &str) -> String {
    match column {
        "rowid" | "_rowid_" | "oid" => format!("{alias}.{column}"),
        _ => format!("{alias}.{}", quoted(column)),
    }
}

fn alias(via: usize) -> String {
    if via == 0 { "t".to_owned() } else { format!("j{via}") }
}

impl Select {
    /// Prints for SQLite. Column order of the answer: subject, arm, tag, key…, terms…; a *keyed* statement says in the
    /// place of the subject which seed of the arm it was.
    pub(super) fn print(&self) -> Option<Statement> {
        let mut bound = Vec::new();
        let terms = self.print_terms(&mut bound, None);
        self.print_with(&terms, bound)
    }

    /// The columns that would be compared with what cannot be bound, for whoever is told.
    pub(super) fn unbindable(&self) -> String {
        let carried = |seed: &Seed| seed.values.iter().all(|value| as_json(value).is_some());
        let arm = self.arms.iter().find(|arm| !arm.seeds.list().iter().all(carried));
        places(&self.table, arm.map_or(&self.key, |arm| &arm.columns))
    }

    /// Prints so that columns of the table that are longer than `bears` bytes come as NULL. Behind the terms come the
    /// lengths of those that may (NULL where they are short, negative for bytes), then the rowid. Also returns which
    /// terms may be cut, with their columns.
    pub(super) fn print_cut(&self, bears: usize, rowid: &str) -> Option<(Statement, Vec<(usize, String)>)> {
        let mut bound = Vec::new();
        let mut terms = self.print_terms(&mut bound, Some(bears));
        let mut cut = Vec::new();
        for (at, term) in self.terms.iter().enumerate() {
            let Term::Column { via: 0, column } = term else { continue };
            let name = column_name("t", column);
            let _ = write!(
                terms,
                ", CASE WHEN octet_length({name}) > {bears} THEN \
                 CASE typeof({name}) WHEN 'blob' THEN -octet_length({name}) ELSE octet_length({name}) END END"
            );
            cut.push((at, column.clone()));
        }
        let _ = write!(terms, ", {}", column_name("t", rowid));
        Some((self.print_with(&terms, bound)?, cut))
    }

    fn print_with(&self, terms: &str, mut bound: Vec<Value>) -> Option<Statement> {
        let keyed = self.is_keyed();
        let joins = self.print_joins(&mut bound);
        let mut sql = String::new();
        for (at, arm) in self.arms.iter().enumerate() {
            if at > 0 {
                sql.push_str(" UNION ALL ");
            }
            bound.push(Value::Text(arm.seeds.text(keyed)?));
            let seeds = if keyed {
                keyed_subquery(bound.len(), arm.columns.len())
            } else {
                seeds_subquery(bound.len(), arm.columns.len())
            };
            let (first, tag) = if keyed { ("seed", "0") } else { ("subject", "s.tag") };
            let values: Vec<String> = (0..arm.columns.len()).map(|n| format!("v{n}")).collect();
            let mut on = equal("t", &arm.columns, "s", &values);
            if arm.folds {
                on.push_str(" COLLATE NOCASE"); // of the one column that a value has
            }
            let _ = write!(
                sql,
                "SELECT s.{first}, {at}, {tag}{terms} FROM {seeds} s CROSS JOIN {} t ON {on}{joins}",
                qualified(&self.table)
            );
        }
        if let Some(Matching { index, phrases }) = &self.matching {
            bound.push(Value::Text(print_phrases(phrases)));
            let _ = write!(
                sql,
                "SELECT 0, 0, 0{terms} FROM (SELECT rowid AS v0 FROM {} WHERE {} MATCH ?{}) s CROSS JOIN {} t ON t.rowid = s.v0{joins}",
                qualified(index),
                quoted(&index.name),
                bound.len(),
                qualified(&self.table)
            );
        }
        if self.whole {
            let _ = write!(sql, "SELECT 0, 0, 0{terms} FROM {} t{joins}", qualified(&self.table));
        }
        if !self.arms.is_empty() || self.matching.is_some() {
            sql.push_str(if keyed { " ORDER BY " } else { " ORDER BY 1, " });
            for n in 0..self.key.len() {
                let _ = write!(sql, "{} COLLATE BINARY, ", n + 4);
            }
            sql.push('2');
        }
        Some(Statement { sql, bound })
    }

    /// Whether all seeds are of one subject: then the answer need not be ordered by subject, and the seed's place is
    /// enough to know it by, so that the engine reads each seed as it is.
    pub(super) fn is_keyed(&self) -> bool {
        let mut subjects = self.arms.iter().filter(|arm| !arm.seeds.is_empty()).map(|arm| arm.seeds.0.subject);
        let Some(Some(first)) = subjects.next() else { return false };
        self.matching.is_none() && subjects.all(|subject| subject == Some(first))
    }

    fn print_terms(&self, bound: &mut Vec<Value>, bears: Option<usize>) -> String {
        let mut terms = String::new();
        for column in &self.key {
            let _ = write!(terms, ", {}", column_name("t", column));
        }
        for term in &self.terms {
            terms.push_str(", ");
            match term {
                Term::Column { via, column } => match (bears, column_name(&alias(*via), column)) {
                    (Some(bears), name) if *via == 0 => {
                        let _ = write!(terms, "CASE WHEN octet_length({name}) > {bears} THEN NULL ELSE {name} END");
                    }
                    (_, name) => terms.push_str(&name),
                },
                Term::Truth { via, predicate } => {
                    let condition = print_predicate(predicate, &alias(*via), bound);
                    let _ = write!(terms, "CASE WHEN ({condition}) THEN 1 WHEN NOT ({condition}) THEN 0 END");
                }
            }
        }
        terms
    }

    fn print_joins(&self, bound: &mut Vec<Value>) -> String {
        let mut joins = String::new();
        for (at, join) in self.joins.iter().enumerate() {
            let here = alias(at + 1);
            let mut on = equal(&here, &join.target, &alias(join.from), &join.columns);
            if let Some(within) = &join.within {
                let whose = if within.joined { here.clone() } else { alias(join.from) };
                let _ = write!(on, " AND {}", within.print(&whose, bound));
            }
            let _ = write!(joins, " LEFT JOIN {} {here} ON {on}", qualified(&join.table));
        }
        joins
    }

    /// Prints a scan of the whole table, or of a page of it.
    pub(super) fn print_scan(&self) -> Statement {
        let mut bound = Vec::new();
        let terms = self.print_terms(&mut bound, None);
        let terms = terms.trim_start_matches(", ");
        let joins = self.print_joins(&mut bound);
        let mut sql = format!("SELECT {terms} FROM {} t{joins}", qualified(&self.table));
        if let Some(page) = &self.page {
            self.print_page(page, &mut sql, &mut bound);
        }
        Statement { sql, bound }
    }

    fn print_page(&self, page: &Page, sql: &mut String, bound: &mut Vec<Value>) {
        let names: Vec<String> = self.key.iter().map(|column| column_name("t", column)).collect();
        let mut conditions = Vec::new();
        if let Some(after) = &page.after {
            let values = after.0.iter().map(|value| {
                bound.push(value.clone());
                format!("?{}", bound.len())
            });
            let values: Vec<String> = values.collect();
            conditions.push(format!("({}) > ({})", names.join(", "), values.join(", ")));
        }
        if let Some(filter) = &page.filter {
            conditions.push(format!("({})", print_predicate(filter, "t", bound)));
        }
        if !conditions.is_empty() {
            let _ = write!(sql, " WHERE {}", conditions.join(" AND "));
        }
        if let Some(rows) = page.rows {
            let _ = write!(sql, " ORDER BY {} LIMIT {rows}", names.join(", "));
        }
    }
}

/// `orders.user_id`; of several columns each.
fn places(table: &TableName, columns: &[String]) -> String {
    columns.iter().map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
}

/// In the words of a full-text index.
fn print_phrases(any: &[Phrases]) -> String {
    let all = |phrases: &Phrases| {
        let quoted: Vec<String> = phrases.iter().map(|phrase| quoted(phrase)).collect();
        if let [one] = quoted.as_slice() { one.clone() } else { format!("({})", quoted.join(" AND ")) }
    };
    any.iter().map(all).collect::<Vec<_>>().join(" OR ")
}

fn equal(left: &str, left_columns: &[String], right: &str, right_columns: &[String]) -> String {
    let pairs: Vec<String> = left_columns
        .iter()
        .zip(right_columns)
        .map(|(l, r)| format!("{} = {}", column_name(left, l), column_name(right, r)))
        .collect();
    pairs.join(" AND ")
}

fn seeds_subquery(parameter: usize, values: usize) -> String {
    let mut sql = "(SELECT json_extract(value, '$[0]') AS subject, json_extract(value, '$[1]') AS tag".to_owned();
    for n in 0..values {
        let _ = write!(sql, ", json_extract(value, '$[{}]') AS v{n}", n + 2);
    }
    let _ = write!(sql, " FROM json_each(?{parameter}))");
    sql
}

/// Seeds by their place; one value stands for itself, several in an array.
fn keyed_subquery(parameter: usize, values: usize) -> String {
    let mut sql = "(SELECT key AS seed".to_owned();
    for n in 0..values {
        let _ = match values {
            // an expression has no type of its own, so that the column decides how they are compared
            1 => write!(sql, ", +value AS v0"),
            _ => write!(sql, ", json_extract(value, '$[{n}]') AS v{n}"),
        };
    }
    let _ = write!(sql, " FROM json_each(?{parameter}))");
    sql
}

fn seeds_as_json(seeds: &[Seed], keyed: bool) -> Option<String> {
    let mut text = String::with_capacity(2 + seeds.len() * 24);
    text.push('[');
    for (at, seed) in seeds.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        if keyed && let [only] = seed.values.as_slice() {
            push_json(&mut text, only)?;
            continue;
        }
        text.push('[');
        if !keyed {
            let _ = write!(text, "{},{},", seed.subject, seed.tag);
        }
        for (n, value) in seed.values.iter().enumerate() {
            if n > 0 {
                text.push(',');
            }
            push_json(&mut text, value)?;
        }
        text.push(']');
    }
    text.push(']');
    Some(text)
}

/// Appends a value, without a detour for the plain ones.
fn push_json(text: &mut String, value: &Value) -> Option<()> {
    let plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    match value {
        Value::Text(content) if content.chars().all(plain) => {
            text.push('"');
            text.push_str(content);
            text.push('"');
        }
        other => {
            let _ = write!(text, "{}", as_json(other)?);
        }
    }
    Some(())
}

/// `None` for what JSON cannot carry into the engine unchanged.
fn as_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => serde_json::Number::from_f64(*number)?.into(),
        Value::Text(text) if !text.contains('\0') => text.as_str().into(),
        _ => return None,
    })
}

pub(super) fn print_predicate(predicate: &Predicate, alias: &str, bound: &mut Vec<Value>) -> String {
    let mut bind = |value: &Value| {
        bound.push(value.clone());
        format!("?{}", bound.len())
    };
    let not = |negated: bool| if negated { "NOT " } else { "" };
    match predicate {
        Predicate::Compare { column, op, literal } => {
            let op = match op {
                Comparison::Equal => "=",
                Comparison::NotEqual => "<>",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            format!("{} {op} {}", column_name(alias, column), bind(literal))
        }
        Predicate::In { column, literals, negated } => {
            let list: Vec<String> = literals.iter().map(bind).collect();
            format!("{} {}IN ({})", column_name(alias, column), not(*negated), list.join(", "))
        }
        Predicate::Like { column, pattern, negated } if holds_marks(pattern).is_some() => {
            let marks = holds_marks(pattern).unwrap_or_default();
            let found = if *negated { "=" } else { ">" };
            format!("instr({}, {}) {found} 0", column_name(alias, column), bind(&Value::from(marks)))
        }
        Predicate::Like { column, pattern, negated } => {
            format!("{} {}LIKE {}", column_name(alias, column), not(*negated), bind(&Value::Text(pattern.clone())))
        }
        Predicate::Between { column, low, high, negated } => {
            let (low, high) = (bind(low), bind(high));
            format!("{} {}BETWEEN {low} AND {high}", column_name(alias, column), not(*negated))
        }
        Predicate::IsNull { column, negated } => format!("{} IS {}NULL", column_name(alias, column), not(*negated)),
        Predicate::Drawn { column, digits: Some(digits) } => {
            let (name, begin) = (column_name(alias, column), TOKEN_PREFIX.len());
            format!(
                "typeof({name}) = 'text' AND length({name}) = {} AND {name} GLOB '{TOKEN_PREFIX}*' AND \
                 substr({name}, {}) NOT GLOB '*[^0-9a-f]*'",
                begin + digits,
                begin + 1
            )
        }
        Predicate::Drawn { column, digits: None } => {
            let name = column_name(alias, column);
            format!("typeof({name}) = 'integer' AND {name} < {DRAWN_BELOW}")
        }
        Predicate::And(parts) => print_parts(parts, " AND ", alias, bound),
        Predicate::Or(parts) => print_parts(parts, " OR ", alias, bound),
        Predicate::Not(part) => format!("NOT ({})", print_predicate(part, alias, bound)),
    }
}

/// What a pattern looks for anywhere, where it has neither letters, whose case LIKE does not heed, nor wildcards:
/// looking for it as it is takes a third less time.
fn holds_marks(pattern: &str) -> Option<&str> {
    let marks = pattern.strip_prefix('%')?.strip_suffix('%')?;
    let plain = |c: char| c.is_ascii_punctuation() && !matches!(c, '%' | '_' | '\\');
    (!marks.is_empty() && marks.chars().all(plain)).then_some(marks)
}

fn print_parts(parts: &[Predicate], between: &str, alias: &str, bound: &mut Vec<Value>) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({})", print_predicate(part, alias, bound))).collect();
    parts.join(between)
}

impl Change {
    /// Prints for SQLite. `OR ABORT` keeps an `ON CONFLICT REPLACE` of the table from deleting somebody else's row.
    pub(super) fn print(&self) -> Option<Statement> {
        match &self.action {
            Action::Insert(columns) => return Some(self.print_insert(columns)),
            Action::Overwrite(writes) if self.needs_binding() => return Some(self.print_bound(writes)),
            _ => {}
        }
        let table = qualified(&self.table);
        let stand_ins = self.stand_ins();
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|(key, values)| {
                let values = values.iter().zip(&stand_ins).map(|(value, stand_in)| match (value, stand_in) {
                    (Value::Text(text), Some(sign)) => Some(text.replace('\0', &sign.to_string()).into()),
                    (other, _) => as_json(other),
                });
                key.0.iter().map(as_json).chain(values).collect::<Option<Vec<Json>>>().map(Json::Array)
            })
            .collect::<Option<_>>()?;
        let mut bound = vec![Value::Text(Json::Array(rows).to_string())];
        let keys = self.key.len();
        let set: Vec<String> = (0..keys).map(|n| format!("json_extract(value, '$[{n}]')")).collect();
        let names: Vec<String> = self.key.iter().map(|column| column_name("t", column)).collect();
        let sql = match &self.action {
            Action::Delete => format!(
                "DELETE FROM {table} AS t WHERE ({}) IN (SELECT {} FROM json_each(?1))",
                names.join(", "),
                set.join(", ")
            ),
            Action::Overwrite(writes) => {
                let mut source = String::new();
                for n in 0..keys {
                    let _ = write!(source, "{}json_extract(value, '$[{n}]') AS k{n}", if n > 0 { ", " } else { "" });
                }
                let mut sets = Vec::new();
                for write in writes {
                    let to = match &write.to {
                        WriteTo::Constant(value) => {
                            bound.push(value.clone());
                            format!("?{}", bound.len())
                        }
                        WriteTo::PerRow(at) => {
                            let place = format!("value, '$[{}]'", keys + at);
                            let _ = match stand_ins.get(*at).copied().flatten() {
                                Some(sign) => write!(
                                    source,
                                    ", CASE json_type({place}) WHEN 'text' \
                                     THEN replace(json_extract({place}), char({}), char(0)) \
                                     ELSE json_extract({place}) END AS w{at}",
                                    u32::from(sign)
                                ),
                                None => write!(source, ", json_extract({place}) AS w{at}"),
                            };
                            format!("s.w{at}")
                        }
                    };
                    sets.push(format!("{} = {to}", quoted(&write.column)));
                }
                let on: Vec<String> = names.iter().enumerate().map(|(n, name)| format!("{name} = s.k{n}")).collect();
                format!(
                    "UPDATE OR ABORT {table} AS t SET {} FROM (SELECT {source} FROM json_each(?1)) s WHERE {}",
                    sets.join(", "),
                    on.join(" AND ")
                )
            }
            Action::Insert(_) => return None,
        };
        Some(Statement { sql, bound })
    }

    /// The columns of the key, for whoever is told that one cannot be bound.
    pub(super) fn unbindable(&self) -> String {
        places(&self.table, &self.key)
    }

    /// So many rows fit into one statement whose values are bound one by one.
    #[must_use]
    pub fn rows_bound(values: usize) -> usize {
        (PLACES / values.max(1)).max(1)
    }

    /// Whether a value of the rows' own would not come through JSON as it is: bytes, and fractions, whose text another
    /// reader may round otherwise.
    fn needs_binding(&self) -> bool {
        let exact = |value: &Value| matches!(value, Value::Null | Value::Integer(_) | Value::Text(_));
        let places: usize = self.rows.iter().map(|(key, values)| key.0.len() + values.len()).sum();
        places <= PLACES && self.rows.iter().any(|(_, values)| !values.iter().all(exact))
    }

    /// The rows as a table of bound values.
    fn print_values(&self, bound: &mut Vec<Value>) -> String {
        let row = |(key, values): &(Key, Vec<Value>)| {
            let places = key.0.iter().chain(values).map(|value| {
                bound.push(value.clone());
                format!("?{}", bound.len())
            });
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        format!("VALUES {}", self.rows.iter().map(row).collect::<Vec<_>>().join(", "))
    }

    fn print_insert(&self, columns: &[String]) -> Statement {
        let hidden: Vec<usize> = (0..self.key.len()).filter(|at| !columns.contains(&self.key[*at])).collect();
        let names: Vec<String> = hidden.iter().map(|at| &self.key[*at]).chain(columns).map(|name| bare(name)).collect();
        let with = |(key, values): &(Key, Vec<Value>)| {
            (Key(hidden.iter().map(|at| key.0[*at].clone()).collect()), values.clone())
        };
        let rows = Self { rows: self.rows.iter().map(with).collect(), ..self.clone() };
        let mut bound = Vec::new();
        let values = rows.print_values(&mut bound);
        let sql = format!("INSERT OR ABORT INTO {} ({}) {values}", qualified(&self.table), names.join(", "));
        Statement { sql, bound }
    }

    fn print_bound(&self, writes: &[Write]) -> Statement {
        let mut bound = Vec::new();
        let keys = self.key.len();
        let sets: Vec<String> = writes
            .iter()
            .map(|write| match &write.to {
                WriteTo::Constant(value) => {
                    bound.push(value.clone());
                    format!("{} = ?{}", quoted(&write.column), bound.len())
                }
                WriteTo::PerRow(at) => format!("{} = s.column{}", quoted(&write.column), keys + at + 1),
            })
            .collect();
        let on = |(n, column): (usize, &String)| format!("{} = s.column{}", column_name("t", column), n + 1);
        let on: Vec<String> = self.key.iter().enumerate().map(on).collect();
        let values = self.print_values(&mut bound);
        let sql = format!(
            "UPDATE OR ABORT {} AS t SET {} FROM ({values}) s WHERE {}",
            qualified(&self.table),
            sets.join(", "),
            on.join(" AND ")
        );
        Statement { sql, bound }
    }

    /// What stands for a NUL, which JSON cannot carry, in the texts of each [`WriteTo::PerRow`]: a sign of the private use
    /// area that is in none of them; `None` where there is no NUL, or no such sign.
    fn stand_ins(&self) -> Vec<Option<char>> {
        let width = self.rows.first().map_or(0, |(_, values)| values.len());
        let texts = |at: usize| self.rows.iter().filter_map(move |(_, values)| values.get(at)?.as_text());
        let free = |at: usize| ('\u{e000}'..='\u{f8ff}').find(|sign| !texts(at).any(|text| text.contains(*sign)));
        (0..width).map(|at| if texts(at).any(|text| text.contains('\0')) { free(at) } else { None }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select() -> Select {
        let seeds = vec![Seed { subject: 0, tag: 7, values: vec![Value::from(12)] }];
        let arm = Arm { columns: vec!["user_id".into()], seeds: seeds.into(), folds: false };
        Select::new(TableName::local("orders"), vec!["id".into()], vec![arm])
    }

    fn of_two() -> Select {
        let seed = |subject, value: i64| Seed { subject, tag: 7, values: vec![Value::from(value)] };
        let arm = Arm { columns: vec!["user_id".into()], seeds: vec![seed(0, 12), seed(1, 13)].into(), folds: false };
        Select::new(TableName::local("orders"), vec!["id".into()], vec![arm])
    }

    #[test]
    fn a_select_binds_its_seeds_and_orders_by_subject_key_and_arm() {
        let printed = of_two().print().unwrap();
        assert_eq!(
            printed.sql,
            "SELECT s.subject, 0, s.tag, t.\"id\" FROM (SELECT json_extract(value, '$[0]') AS subject, \
             json_extract(value, '$[1]') AS tag, json_extract(value, '$[2]') AS v0 FROM json_each(?1)) s \
             CROSS JOIN \"orders\" t ON t.\"user_id\" = s.\"v0\" ORDER BY 1, 4 COLLATE BINARY, 2"
        );
        assert_eq!(printed.bound, [Value::from("[[0,7,12],[1,7,13]]")]);
    }

    #[test]
    fn seeds_of_one_subject_are_bound_as_they_are() {
        let printed = select().print().unwrap();
        assert_eq!(
            printed.sql,
            "SELECT s.seed, 0, 0, t.\"id\" FROM (SELECT key AS seed, +value AS v0 FROM json_each(?1)) s \
             CROSS JOIN \"orders\" t ON t.\"user_id\" = s.\"v0\" ORDER BY 4 COLLATE BINARY, 2"
        );
        assert_eq!(printed.bound, [Value::from("[12]")]);
    }

    #[test]
    fn composite_seeds_stay_together() {
        let seeds = vec![Seed { subject: 3, tag: 0, values: vec!["a\"b".into(), Value::Null] }];
        let arm = Arm { columns: vec!["x".into(), "y".into()], seeds: seeds.into(), folds: false };
        let printed = Select::new(TableName::local("t"), vec!["x".into()], vec![arm]).print().unwrap();
        assert!(printed.sql.contains("(SELECT key AS seed, json_extract(value, '$[0]') AS v0, json_extract(value"));
        assert_eq!(printed.bound, [Value::from(r#"[["a\"b",null]]"#)]);
    }

    #[test]
    fn a_page_goes_on_behind_a_key_and_binds_what_it_compares_with() {
        let filter = Predicate::IsNull { column: "gone_at".into(), negated: true };
        let after = Key(vec![Value::from(7), "x".into()]);
        let key = vec!["id".into(), "scope".into()];
        let mut page = Select::page(TableName::local("t"), key, Some(after), 50, Some(filter));
        let parent = Join {
            from: 0,
            columns: vec!["p".into()],
            table: TableName::local("p"),
            target: vec!["id".into()],
            within: None,
        };
        let via = page.join(parent);
        page.term(Term::Column { via, column: "at".into() });
        let printed = page.print_scan();
        assert_eq!(
            printed.sql,
            "SELECT t.\"id\", t.\"scope\", j1.\"at\" FROM \"t\" t LEFT JOIN \"p\" j1 ON j1.\"id\" = t.\"p\" \
             WHERE (t.\"id\", t.\"scope\") > (?1, ?2) AND (t.\"gone_at\" IS NOT NULL) \
             ORDER BY t.\"id\", t.\"scope\" LIMIT 50"
        );
        assert_eq!(printed.bound, [Value::from(7), "x".into()]);
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let mut select = select();
        select.term(Term::Column { via: 0, column: "a\"; DROP TABLE x --".into() });
        assert!(select.print().unwrap().sql.contains("t.\"a\"\"; DROP TABLE x --\""));
    }

    #[test]
    fn phrases_for_the_index_are_quoted_and_bound() {
        let phrases = vec![vec!["13800138000".to_owned()], vec!["a \" OR b".to_owned(), "c".to_owned()]];
        let index = TableName::local("notes_fts");
        let printed = Select::matching(TableName::local("notes"), vec!["id".into()], index, phrases).print().unwrap();
        assert!(printed.sql.contains("FROM \"notes_fts\" WHERE \"notes_fts\" MATCH ?1) s CROSS JOIN \"notes\" t"));
        assert_eq!(printed.bound, [Value::from("\"13800138000\" OR (\"a \"\" OR b\" AND \"c\")")]);
    }

    #[test]
    fn predicates_are_three_valued_and_bound() {
        let mut select = select();
        let predicate = Predicate::In { column: "status".into(), literals: vec!["done".into()], negated: true };
        select.term(Term::Truth { via: 0, predicate });
        let printed = select.print().unwrap();
        assert!(
            printed
                .sql
                .contains("CASE WHEN (t.\"status\" NOT IN (?1)) THEN 1 WHEN NOT (t.\"status\" NOT IN (?1)) THEN 0 END")
        );
        assert_eq!(printed.bound[0], Value::from("done"));
    }

    #[test]
    fn an_update_refuses_to_replace_others() {
        let change = Change {
            table: TableName::local("users"),
            key: vec!["id".into()],
            action: Action::Overwrite(vec![
                Write { column: "phone".into(), to: WriteTo::Constant(Value::Null) },
                Write { column: "name".into(), to: WriteTo::PerRow(0) },
            ]),
            rows: vec![(Key(vec![Value::from(1)]), vec!["x".into()])],
        };
        let printed = change.print().unwrap();
        assert_eq!(
            printed.sql,
            "UPDATE OR ABORT \"users\" AS t SET \"phone\" = ?2, \"name\" = s.w0 FROM (SELECT json_extract(value, \
             '$[0]') AS k0, json_extract(value, '$[1]') AS w0 FROM json_each(?1)) s WHERE t.\"id\" = s.k0"
        );
        assert_eq!(printed.bound, [Value::from("[[1,\"x\"]]"), Value::Null]);
    }

    #[test]
    fn what_json_cannot_carry_is_not_bound() {
        for keyed in [true, false] {
            let one = |value| [Seed { subject: 0, tag: 0, values: vec![value] }];
            assert!(seeds_as_json(&one(Value::Blob(vec![1])), keyed).is_none());
            assert!(seeds_as_json(&one("a\0b".into()), keyed).is_none());
        }
    }

    #[test]
    fn a_nul_in_a_text_that_is_written_travels_as_a_sign_that_stands_in_no_text() {
        let write = Write { column: "body".into(), to: WriteTo::PerRow(0) };
        let row = |id: i64, value: Value| (Key(vec![id.into()]), vec![value]);
        let change = Change {
            table: TableName::local("notes"),
            key: vec!["id".into()],
            action: Action::Overwrite(vec![write]),
            rows: vec![row(1, "a\0b".into()), row(2, "\u{e000}".into()), row(3, 7.into()), row(4, Value::Null)],
        };
        let statement = change.print().unwrap();
        let rows =
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, body); INSERT INTO notes (id) VALUES (1), (2), (3), (4);";
        for encoding in ["UTF-8", "UTF-16le"] {
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            connection.execute_batch(&format!("PRAGMA encoding = '{encoding}'; {rows}")).unwrap();
            let Value::Text(bound) = &statement.bound[0] else { panic!("{statement:?}") };
            assert_eq!(connection.execute(&statement.sql, [bound]).unwrap(), 4);
            let written = |id: i64| -> rusqlite::types::Value {
                connection.query_row("SELECT body FROM notes WHERE id = ?1", [id], |row| row.get(0)).unwrap()
            };
            assert_eq!(written(1), "a\0b".to_owned().into());
            assert_eq!(written(2), "\u{e000}".to_owned().into());
            assert_eq!((written(3), written(4)), (7.into(), rusqlite::types::Value::Null));
        }
        let no_key = Change { rows: vec![(Key(vec!["a\0b".into()]), vec!["x".into()])], ..change };
        assert!(no_key.print().is_none(), "a key is compared, not written");
    }
}
