//! The map as read against a live schema: every column of every table with its meaning and the line that decided it.
//!
//! This is what `locate` and the planners work on, and what `datamap.lock` writes down. It exists only when nothing is
//! unclassified, ambiguous or missing (W4).

use std::collections::{BTreeMap, BTreeSet};

use super::{Wording, fate::Fates, predicate::Predicate, risk::Risk};
use crate::{
    kind::Kind,
    refusal::Refusal,
    schema::{ForeignKey, Generated, RowKey, TableName},
    value::Value,
};

/// Index of a table in [`Classified::tables`].
pub type TableId = usize;

/// The whole map, classified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// Who answers for the data
    pub controller: Wording,
    /// The zone in which dates without one are read
    pub time_zone: String,
    /// Whom the database knows, one entry per `[person.*]`
    pub persons: Vec<Person>,
    /// Every table of the schema, in the canonical order of names
    pub tables: Vec<Table>,
    /// Tables that can hold a person's rows, each after every table that it is tied *of*
    pub order: Vec<TableId>,
    /// Where guardian consent is found (LAW §7.3)
    pub minors: Option<Minors>,
    /// Where it is recorded who received what (LAW §1.9)
    pub disclosures: Option<Disclosures>,
    /// Where it stands what people agreed to, by name
    pub consents: Vec<Consents>,
    /// Where it stands which messages people want, by name
    pub subscriptions: Vec<Subscriptions>,
    /// Lower-case hexadecimal SHA-256 of the parsed map, comments excluded
    pub map_fingerprint: String,
    /// Lower-case hexadecimal SHA-256 of the live schema
    pub schema_fingerprint: String,
    /// Of every table and view, indexes left out: what tells which of them drifted
    pub parts: BTreeMap<String, String>,
}

/// A table whose rows are people, one each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The word after `person.`
    pub name: String,
    /// The table
    pub table: TableId,
    /// The column that other rows' ties name
    pub column: String,
    /// The birth date's column, in this table or one that is tied *of* it
    pub born: Option<ColumnRef>,
    /// The flag that `restrict` sets
    pub restricted: Option<Restricted>,
}

/// A column somewhere in the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRef {
    /// Its table
    pub table: TableId,
    /// Its name
    pub column: String,
}

/// The flag of a person row that says its data must not be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricted {
    /// Where it stands
    pub place: ColumnRef,
    /// What restricting writes
    pub set: String,
    /// What lifting writes when no earlier value is known
    pub clear: String,
}

/// `[minors]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minors {
    /// Table of consents
    pub consent: TableId,
    /// When a consent counts; undecided is invalid
    pub valid: Predicate,
    /// The role of the minor in those rows
    pub minor: String,
    /// Column of the scope
    pub scope: Option<String>,
    /// Column of the date given
    pub given: Option<String>,
    /// Column of the date revoked
    pub revoked: Option<String>,
    /// When the data was first collected
    pub collected: Option<ColumnRef>,
}

/// `[disclosures]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosures {
    /// Table of the ledger
    pub table: TableId,
    /// The role in its rows of those whom they are about; `None`: whose the rows are as a whole
    pub role: Option<String>,
    /// Column of the recipient's name
    pub recipient: String,
    /// Column of what was given
    pub fields: Option<String>,
    /// Column of the time
    pub at: Option<String>,
    /// Column of the basis code
    pub basis: Option<String>,
}

/// `[consents.NAME]`: a row says that a person agreed to a scope
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consents {
    /// The word after `consents.`
    pub name: String,
    /// Its table
    pub table: TableId,
    /// The role in its rows of those whom they are about; `None`: whose the rows are as a whole
    pub role: Option<String>,
    /// The scope: a column of the row, or a text for all rows
    pub scope: Source,
    /// What a scope of the map is called in the rows; one that is not here has its own name there
    pub names: BTreeMap<String, Vec<String>>,
    /// The column of the date on which it was given
    pub given: Option<String>,
    /// How it is written that the consent was withdrawn
    pub stop: Stop,
}

/// `[subscriptions.NAME]`: a row says that a person gets messages
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriptions {
    /// The word after `subscriptions.`
    pub name: String,
    /// Its table
    pub table: TableId,
    /// The role in its rows of those whom they are about; `None`: whose the rows are as a whole
    pub role: Option<String>,
    /// By which channel; `None`: nobody says
    pub channel: Option<Source>,
    /// About what; `None`: nobody says
    pub topic: Option<Source>,
    /// The column of the date on which they began
    pub since: Option<String>,
    /// How it is written that they have ended
    pub stop: Stop,
}

/// How a row says that something has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The column of the date; while it is empty nothing has ended
    pub at: Option<String>,
    /// Columns and what then stands in them
    pub set: Vec<(String, String)>,
}

/// Why a table holds nothing that is handled row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may hold people's rows
    Personal,
    /// `[none]`: no personal data, and why
    NoPersonalData(String),
    /// `copy = "T"`: a full-text or history table of T
    CopyOf(TableId),
    /// A declared side effect of a virtual table
    Shadow(TableId),
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name
    pub name: TableName,
    /// What names a row
    pub key: RowKey,
    /// Whether its rows can be people's
    pub standing: Standing,
    /// Its columns, in the schema's order
    pub columns: Vec<Column>,
    /// How its rows belong to or point at people, in the columns' order
    pub ties: Vec<Tie>,
    /// The foreign keys that the schema declares
    pub foreign_keys: Vec<ForeignKey>,
    /// Columns in which no two rows have the same values, as unique indexes and the key have them
    pub unique: Vec<Vec<String>>,
    /// The roles that its ties and columns name, in the columns' order; empty when there are none. A row with roles is
    /// several people's
    pub roles: Vec<String>,
    /// The *of* tie (index into `ties`) from which unsaid attributes are inherited; its target is a table
    pub inherits: Option<usize>,
    /// Purpose, resolved
    pub purpose: Option<Wording>,
    /// Clause of the policy, resolved
    pub clause: Option<Wording>,
    /// Legal basis, resolved
    pub basis: Option<String>,
    /// Consent scopes under any of which it is held, resolved: see [`Table::scopes`]
    pub scope: Option<String>,
    /// Provenance, resolved: text, or the name of this table's column in which it stands
    pub source: Option<Source<Wording>>,
    /// The fates stated here
    pub fates: Fates,
    /// Which table's fates hold for these rows
    pub bound_by: BoundBy,
    /// The row's own date, compared with the window (since, until) of a value tie
    pub dated: Option<String>,
    /// The role that typed what stands in the row, and so knows the names in it
    pub typed_by: Option<String>,
    /// How other people's free text in here is searched
    pub mentions: Mentions,
    /// Columns that identify a row for good
    pub immutable: Vec<String>,
    /// The column, or the path to it, on whose value the meaning of other columns depends
    pub case: Option<Case>,
    /// How its risk is measured
    pub risk: Option<Risk>,
}

/// Whose fates hold for a table's rows: its own, those of an ancestor that the `inherits` ties lead to, or nobody's.
/// `keep = []` states that nothing is kept, whatever an ancestor says. A keep's `columns` count only for the table that
/// states them: under an ancestor's keep a row keeps facts, keys, amounts and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoundBy {
    /// The table in whose `fates` the keeps stand
    pub keep: Option<TableId>,
    /// The table in whose `fates` the limit stands
    pub limit: Option<TableId>,
    /// The table in whose `fates` the wait stands
    pub wait: Option<TableId>,
}

/// Where it stands what the map says of a row: where it came from (LAW P20–P22), what it was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<T = String> {
    /// The same for all rows
    Text(T),
    /// As this column says
    Column(String),
}

/// Whether other people's free text is searched for a person's identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mentions {
    /// It is not; the certificate says so
    #[default]
    NotSearched,
    /// By a scan of the table, once per batch
    Scan,
    /// Through the full-text index of this name, which finds every part of a text
    Index(String),
}

/// What the meaning of a column depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// The value of this column of the same row
    Column(String),
    /// The value of `wanted` in the row of `table` whose `key` equals this row's `column`
    Path {
        /// Column of this row
        column: String,
        /// The other table
        table: TableId,
        /// Its column that is compared
        key: String,
        /// Its column whose value decides
        wanted: String,
    },
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of a column")]
pub struct Column {
    /// Name
    pub name: String,
    /// Declared type, in the engine's words
    pub declared: String,
    /// NULL is refused
    pub not_null: bool,
    /// Unique by itself
    pub unique: bool,
    /// A unique index reads it in whatever way: with other columns, in an expression, for some rows only
    pub distinct: bool,
    /// Whether the engine computes it
    pub generated: Generated,
    /// What it means when no case value says otherwise
    pub meaning: Meaning,
    /// What it means under a case value; a value with no line and no `"*"` refuses
    pub by_case: Vec<(String, Meaning)>,
    /// Whether `"*"` (or an unconditional line) covers the remaining case values with `meaning`
    pub covers_rest: bool,
    /// What decided: `users.phone` for a line of the table's section, the glob for a rule, with its line number
    pub decided_by: Decider,
}

/// The line of the map that gave a column its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The glob or the place, as written
    pub text: String,
    /// Line in `datamap.toml`, from 1
    pub line: usize,
    /// Whether it is a rule that speaks for everything (`*.*`)
    pub catch_all: bool,
    /// What sort of line it is
    pub from: DeciderSort,
}

/// What sort of line decided a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeciderSort {
    /// A line of the table's section
    Line,
    /// The first rule that matches
    Rule,
    /// The table holds no personal data
    None,
    /// The original's column of the same name
    Copy,
    /// It belongs to a virtual table, or is a hidden column of one
    Shadow,
}

impl DeciderSort {
    /// The machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Rule => "rule",
            Self::None => "none",
            Self::Copy => "copy",
            Self::Shadow => "shadow",
        }
    }
}

/// What a value in a column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What it is
    pub kind: Kind,
    /// The role it belongs to; `None` belongs to the row
    pub role: Option<String>,
    /// Where the value came from, for portability
    pub origin: Option<Origin>,
    /// A verified identifier: widens the search within the window
    pub proves: Option<Proves>,
    /// Whether `correct` may change it, and when
    pub correct: Option<Correct>,
    /// What anonymize writes instead of the kind's default
    pub anonymize_to: Option<AnonymizeTo>,
    /// Why it is not exported
    pub export_no: Option<Wording>,
    /// It repeats another place
    pub copy: Option<Copy>,
    /// The files folder's template when the column names a file
    pub file: Option<String>,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the person
    Provided,
    /// Seen while the person used the service
    Observed,
    /// Computed about the person
    Derived,
}

/// Since and until when the value is the person's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proves {
    /// Column of the same row: from then on
    pub since: Option<String>,
    /// Column of the same row: until then
    pub until: Option<String>,
    /// Only when this holds
    pub when: Option<Predicate>,
}

/// When `correct` may change the column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correct {
    /// Only when this holds
    pub when: Option<Predicate>,
}

/// What takes the place of a value where its row stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnonymizeTo {
    /// A random token, nothing remembered
    Token,
    /// NULL
    Null,
    /// The same for everybody, which says nothing about anybody
    Constant(Value),
}

/// How a copy relates to its original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The original
    pub of: ColumnRef,
    /// Whether a correction of the original is carried over (`follows`) or this is history that stays
    pub follows: bool,
}

/// How a row belongs to a person or points at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Columns of this row; several for a composite key
    pub columns: Vec<String>,
    /// *of*: the row (or the role in it) is theirs. *by*: it only points
    pub sense: Sense,
    /// The role in this row that the tie fills
    pub role: Option<String>,
    /// Whom or what it names
    pub target: Target,
    /// The case values under which the tie holds; `None`: always
    pub cases: Option<Cases>,
}

/// The values of the table's case under which something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cases {
    /// These
    Only(Vec<String>),
    /// All but these; never empty
    Except(Vec<String>),
}

/// *of* or *by*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// The row is the person's
    Of,
    /// The row points at the person
    By,
}

/// What a tie names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The rows of `table` that hold the same values in `columns`, and the people in `role` there
    Rows {
        /// The other table
        table: TableId,
        /// Its columns, as many as the tie has
        columns: Vec<String>,
        /// The role there; `None` is its unnamed person
        role: Option<String>,
    },
    /// Whoever has this value, compared as the kind
    Value(Kind),
    /// The row is its own person
    Itself,
    /// Nobody in particular: the row simply goes with its table's fate
    Anyone,
}

impl Classified {
    /// The table of that name.
    #[must_use]
    pub fn table_id(&self, name: &TableName) -> Option<TableId> {
        self.tables.binary_search_by(|table| table.name.cmp(name)).ok()
    }

    /// Whether the table holds nothing but what its engine derives from others: a full-text index, which has shadow tables.
    #[must_use]
    pub fn is_full_text(&self, table: TableId) -> bool {
        is_full_text(&self.tables, table)
    }

    /// Whether the pointer of a tie stands in the rows it names (`id = "key, of customer.address_id"`): they may be
    /// several, and go before this one.
    #[must_use]
    pub fn is_reverse(&self, table: TableId, tie: &Tie) -> bool {
        let Target::Rows { table: target, columns, .. } = &tie.target else { return false };
        !self.is_unique(*target, columns) && self.is_unique(table, &tie.columns)
    }

    /// Whether at most one row of `table` has the same values in `columns`.
    #[must_use]
    pub fn is_unique(&self, table: TableId, columns: &[String]) -> bool {
        self.tables[table].unique.iter().any(|unique| unique.iter().all(|name| columns.contains(name)))
    }

    /// Column lists of `table` that ties of any sense name.
    #[must_use]
    pub fn lists_named(&self, table: TableId) -> Vec<Vec<String>> {
        let mut lists: Vec<Vec<String>> = Vec::new();
        for tie in self.tables.iter().flat_map(|other| &other.ties) {
            if let Target::Rows { table: target, columns, .. } = &tie.target
                && *target == table
                && !lists.contains(columns)
            {
                lists.push(columns.clone());
            }
        }
        lists
    }
}

/// As [`Classified::is_full_text`], of tables that are still being classified.
pub(super) fn is_full_text(tables: &[Table], table: TableId) -> bool {
    tables.iter().any(|other| other.standing == Standing::Shadow(table))
}

impl Consents {
    /// What `scope` is called in the rows.
    #[must_use]
    pub fn names_of(&self, scope: &str) -> Vec<String> {
        self.names.get(scope).cloned().unwrap_or_else(|| vec![scope.to_owned()])
    }
}

impl Classified {
    /// Every consent scope that the map knows: those under which something is held, and those that consents are called
    /// by.
    #[must_use]
    pub fn consent_scopes(&self) -> BTreeSet<&str> {
        let held = self.tables.iter().filter(|table| table.is_held_on_consent()).flat_map(Table::scopes);
        let said = self.consents.iter().flat_map(|consents| consents.names.keys()).map(String::as_str);
        let constant = self.consents.iter().filter_map(|consents| match &consents.scope {
            Source::Text(scope) => Some(scope.as_str()),
            Source::Column(_) => None,
        });
        held.chain(said).chain(constant).collect()
    }
}

impl Table {
    /// The consent scopes under any of which its rows are held.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.iter().flat_map(|scopes| scopes.split(',')).filter(|scope| !scope.is_empty())
    }

    /// Whether its rows are people's, or copies of such, and are held on their consent, and on nothing else.
    #[must_use]
    pub fn is_held_on_consent(&self) -> bool {
        let basis = self.basis.as_ref().map(|basis| basis.replace('_', " "));
        let theirs = matches!(self.standing, Standing::Personal | Standing::CopyOf(_));
        theirs && matches!(basis.as_deref(), Some("consent" | "separate consent"))
    }

    /// The names by which a row is asked for.
    ///
    /// # Errors
    /// [`Refusal::NoKey`]: nothing names a row, so none can be planned on.
    pub fn key_columns(&self) -> Result<Vec<String>, Refusal> {
        self.key.columns().ok_or_else(|| Refusal::NoKey(self.name.to_string()))
    }

    /// The columns that hold what is written into them, by place: not those that the engine computes.
    #[must_use]
    pub fn written_columns(&self) -> Vec<usize> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(_, column)| column.generated == Generated::No).map(|(at, _)| at).collect()
    }

    /// Whether the column at this place names the row, alone or with others.
    #[must_use]
    pub fn is_key(&self, at: usize) -> bool {
        matches!(&self.key, RowKey::Columns(names) if names.contains(&self.columns[at].name))
    }

    /// The columns (by place) in which `tie` can be cut: those that may be NULL, name no row and belong to no other tie
    /// that a row may have beside it. One of them is enough.
    #[must_use]
    pub fn cuttable(&self, tie: &Tie) -> Vec<usize> {
        let beside: Vec<&Tie> = self.ties.iter().filter(|other| *other != tie && other.may_hold_with(tie)).collect();
        let needed = |name: &String| beside.iter().any(|other| other.columns.contains(name));
        let places = tie.columns.iter().filter(|name| !needed(name));
        let places = places.filter_map(|name| self.columns.iter().position(|column| column.name == *name));
        places.filter(|at| !self.columns[*at].not_null && !self.is_key(*at)).collect()
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

impl Column {
    /// How it names a file, in rows of whatever case.
    #[must_use]
    pub fn file_template(&self) -> Option<&str> {
        self.meanings().find_map(|meaning| meaning.file.as_deref())
    }

    /// Whether it holds free text, in rows of whatever case.
    #[must_use]
    pub fn is_free_text(&self) -> bool {
        self.meanings().any(|meaning| meaning.kind == Kind::FreeText)
    }

    /// What it means, in whatever case.
    pub fn meanings(&self) -> impl Iterator<Item = &Meaning> {
        self.by_case.iter().map(|(_, meaning)| meaning).chain([&self.meaning])
    }

    /// What it means, each with the cases in which it does; `None`: in all.
    #[must_use]
    pub fn meanings_by_case(&self) -> Vec<(Option<Cases>, &Meaning)> {
        if self.by_case.is_empty() {
            return vec![(None, &self.meaning)];
        }
        let named = self.by_case.iter().map(|(case, meaning)| (Some(Cases::Only(vec![case.clone()])), meaning));
        let listed = Cases::Except(self.by_case.iter().map(|(case, _)| case.clone()).collect());
        named.chain(self.covers_rest.then_some((Some(listed), &self.meaning))).collect()
    }

    /// The file that `value` names in a row of this case; see [`Meaning::file_named`].
    pub fn file_named(&self, case: Option<&str>, value: &Value) -> Result<Option<String>, Refusal> {
        self.meaning_in(case).map_or(Ok(None), |meaning| meaning.file_named(&self.name, value))
    }

    /// What it means in a row with this case value; `None` when the map does not say.
    #[must_use]
    pub fn meaning_in(&self, case: Option<&str>) -> Option<&Meaning> {
        if self.by_case.is_empty() {
            return Some(&self.meaning);
        }
        let line = case.and_then(|case| self.by_case.iter().find(|(value, _)| value == case));
        line.map(|(_, meaning)| meaning).or_else(|| self.covers_rest.then_some(&self.meaning))
    }
}

impl Meaning {
    /// The file that `value` in `column` names, by its shortest name beneath the folder that such names are looked up in;
    /// none where it is empty.
    ///
    /// # Errors
    /// [`Refusal::FileNotBeneath`]: it may be a file in there and cannot be told. An absolute path, and one that leads out
    /// of the folder, may lead back into it; bytes may be any name.
    pub fn file_named(&self, column: &str, value: &Value) -> Result<Option<String>, Refusal> {
        let Some(template) = self.file.as_ref().filter(|_| !value.is_empty()) else { return Ok(None) };
        let unclear = || Refusal::FileNotBeneath(column.to_owned());
        let name = match value {
            Value::Blob(_) | Value::Malformed(_) => return Err(unclear()),
            other => template.replace(&format!("{{{column}}}"), &other.to_canonical_text()),
        };
        let name = shortest_name(&name).filter(|_| !name.starts_with('/'));
        name.map(Some).ok_or_else(unclear)
    }
}

/// The name without detours; `None` for what leads out of the folder, or is the folder itself.
#[must_use]
pub fn shortest_name(name: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/').filter(|part| !["", "."].contains(part)) {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

impl Tie {
    /// The other table whose rows it names.
    #[must_use]
    pub fn parent(&self) -> Option<TableId> {
        match &self.target {
            Target::Rows { table, .. } => Some(*table),
            Target::Value(_) | Target::Itself | Target::Anyone => None,
        }
    }

    /// Whether it holds in a row of this case.
    #[must_use]
    pub fn holds_in(&self, case: Option<&str>) -> bool {
        self.cases.as_ref().is_none_or(|cases| case.is_some_and(|case| cases.hold(case)))
    }

    /// Whether a row may have both ties.
    #[must_use]
    pub fn may_hold_with(&self, other: &Self) -> bool {
        match (&self.cases, &other.cases) {
            (Some(Cases::Only(cases)), Some(others)) | (Some(others), Some(Cases::Only(cases))) => {
                cases.iter().any(|case| others.hold(case))
            }
            _ => true,
        }
    }
}

impl Cases {
    /// Whether something that holds under these cases holds under `case`.
    #[must_use]
    pub fn hold(&self, case: &str) -> bool {
        match self {
            Self::Only(values) => values.iter().any(|value| value == case),
            Self::Except(values) => values.iter().all(|value| value != case),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_and_what_leads_out_of_the_folder_names_none() {
        for name in ["voice/1.amr", "./voice/1.amr", "voice//1.amr", "voice/./1.amr", "voice/x/../1.amr"] {
            assert_eq!(shortest_name(name).as_deref(), Some("voice/1.amr"), "{name}");
        }
        for name in ["../../etc/passwd", "a/../../b", "..", ".", "", "a/.."] {
            assert_eq!(shortest_name(name), None, "{name}");
        }
    }
}
