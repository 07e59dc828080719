//! What a user database says it holds: tables, columns, keys, indexes, triggers, views.
//!
//! The adapters fill these types; the data map is read against them. Nothing in here comes from a row.

mod full_text;
mod repeated;
mod shadow;
mod statement;
mod trigger;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use full_text::{Content, FullText};
pub use repeated::Repeated;
pub use shadow::{VirtualTable, module};
pub use statement::{Token, tokens};
pub use trigger::{Change, Event, Parts, Runs};

/// A table's name. Without a schema it stands in the engine's default one (`main`, `public`, the connected database).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// Schema, when it is not the default one
    pub schema: Option<String>,
    /// Name as the engine reports it
    pub name: String,
}

impl TableName {
    /// A table of the default schema.
    #[must_use]
    pub fn local(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

/// The engine that speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.54 or later, embedded
    Sqlite,
}

/// Everything the database reports, in canonical order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Tables by name, shadow tables and virtual tables included, the engine's own (`sqlite_…`, `droit_mark`) left out
    pub tables: BTreeMap<TableName, Table>,
    /// Views by name
    pub views: BTreeMap<TableName, View>,
}

impl Schema {
    /// For every table the tables that its triggers write to, and so on from there; a full-text table stands for its
    /// shadow tables.
    #[must_use]
    pub fn side_effects(&self) -> BTreeMap<TableName, BTreeSet<TableName>> {
        let mut declared: BTreeMap<TableName, BTreeSet<TableName>> = BTreeMap::new();
        for table in self.tables.values() {
            let mut reached = BTreeSet::new();
            let mut next = vec![&table.name];
            while let Some(name) = next.pop() {
                let Some(table) = self.tables.get(name) else { continue };
                for target in table.triggers.iter().flat_map(|trigger| self.written_by(&trigger.ddl)) {
                    if reached.insert(target.clone()) {
                        next.push(target);
                    }
                }
            }
            let shadows: Vec<TableName> = self
                .tables
                .values()
                .filter(|t| matches!(&t.storage, Storage::Shadow(owner) if reached.iter().any(|r| r.name == *owner)))
                .map(|t| t.name.clone())
                .collect();
            reached.extend(shadows);
            declared.insert(table.name.clone(), reached);
        }
        declared
    }

    /// The tables named after INTO, UPDATE or FROM in a trigger.
    fn written_by(&self, ddl: &str) -> Vec<&TableName> {
        let words = tokens(ddl);
        let named = |token: &Token| self.tables.keys().find(|table| token.names(&table.name));
        let before = ["into", "update", "from", "ignore", "replace", "abort", "fail", "rollback"];
        let pairs = words.windows(2).filter(|pair| before.iter().any(|word| pair[0].is(word)));
        pairs.filter_map(|pair| named(&pair[1])).collect()
    }
}

/// How the engine stores a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// An ordinary table with rowids
    Rowid,
    /// Rows stand in their primary key
    WithoutRowid,
    /// A virtual table and its module, in lower case, such as `fts5`
    Virtual(String),
    /// A table that belongs to the named virtual table
    Shadow(String),
}

/// What names a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// The primary key's columns, none of which can be NULL
    Columns(Vec<String>),
    /// The rowid under the alias that no column hides
    Rowid(&'static str),
    /// Nothing does: such a table can be read but no row of it can be planned on
    None,
}

impl RowKey {
    /// The names by which a row is asked for.
    #[must_use]
    pub fn columns(&self) -> Option<Vec<String>> {
        match self {
            Self::Columns(columns) => Some(columns.clone()),
            Self::Rowid(alias) => Some(vec![(*alias).to_owned()]),
            Self::None => None,
        }
    }
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name
    pub name: TableName,
    /// How it is stored
    pub storage: Storage,
    /// Its columns in declared order
    pub columns: Vec<Column>,
    /// What names a row
    pub key: RowKey,
    /// Declared foreign keys, in declared order
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes, by name; the ones that keys and UNIQUE make for themselves too
    pub indexes: Vec<Index>,
    /// Triggers by name
    pub triggers: Vec<Trigger>,
    /// The statement that made it, as the engine keeps it
    pub ddl: String,
}

impl Table {
    /// The column of that name; names fold as the engine folds them (ASCII case in SQLite).
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether a unique index reads the column, alone, with others, or in an expression that may read it.
    #[must_use]
    pub fn is_distinct(&self, column: &str) -> bool {
        let reads = |name: &Option<String>| name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(column));
        self.indexes.iter().any(|index| index.unique && index.columns.iter().any(reads))
    }

    /// Columns in which no two rows have the same values: of the key, of each unique index.
    #[must_use]
    pub fn unique(&self) -> Vec<Vec<String>> {
        let key = if let RowKey::Columns(key) = &self.key { Some(key.clone()) } else { None };
        let alone = self.columns.iter().filter(|column| column.unique).map(|column| vec![column.name.clone()]);
        let indexes = self.indexes.iter().filter(|index| index.unique && !index.partial);
        let together = indexes.filter_map(|index| index.columns.iter().cloned().collect());
        let mut unique: Vec<Vec<String>> = key.into_iter().chain(alone).chain(together).collect();
        unique.sort_unstable();
        unique.dedup();
        unique
    }

    /// Whether no two rows have the same values in `columns`.
    #[must_use]
    pub fn names_one_row(&self, columns: &[String]) -> bool {
        let has = |name: &String| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        self.unique().iter().any(|unique| unique.iter().all(has))
    }

    /// Whether an index, the key or the rowid finds rows by `column` without a scan.
    #[must_use]
    pub fn finds_by(&self, column: &str) -> bool {
        self.finds(column, false)
    }

    /// Whether an index finds rows by `column` without regard to upper and lower case.
    #[must_use]
    pub fn finds_folded(&self, column: &str) -> bool {
        self.finds(column, true)
    }

    fn finds(&self, column: &str, folded: bool) -> bool {
        let leads = |columns: &[String]| columns.first().is_some_and(|first| first.eq_ignore_ascii_case(column));
        !folded && matches!(&self.key, RowKey::Columns(columns) if leads(columns))
            || self.indexes.iter().any(|index| {
                !index.partial
                    && (index.folds || !folded)
                    && index.columns.first().is_some_and(|c| c.as_ref().is_some_and(|c| c.eq_ignore_ascii_case(column)))
            })
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name as declared
    pub name: String,
    /// Declared type, in the engine's words; empty when none
    pub declared: String,
    /// NULL is refused
    pub not_null: bool,
    /// Part of a unique key by itself
    pub unique: bool,
    /// How its texts are compared, where that is not byte by byte
    pub collation: Option<String>,
    /// Whether and how the engine computes it
    pub generated: Generated,
}

/// How values of a column are compared with those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compares {
    /// As numbers where they are such
    Numbers,
    /// As texts
    Texts,
    /// As what each happens to be
    Anything,
}

impl Column {
    /// How its values are compared: by the declared type, as SQLite derives its affinity.
    #[must_use]
    pub fn compares(&self) -> Compares {
        Compares::declared(&self.declared)
    }

    /// Whether it is declared to hold bytes.
    #[must_use]
    pub fn holds_bytes(&self) -> bool {
        let declared = self.declared.to_ascii_uppercase();
        ["BLOB", "BINARY", "BYTEA"].iter().any(|word| declared.contains(word))
    }
}

impl Compares {
    /// How values of a column that is declared like this are compared.
    #[must_use]
    pub fn declared(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        if has(&["INT"]) {
            Self::Numbers
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Texts
        } else if declared.trim().is_empty() || has(&["BLOB"]) {
            Self::Anything
        } else {
            Self::Numbers
        }
    }
}

/// Whether the engine computes a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// It holds what is written
    No,
    /// Computed when read
    Virtual,
    /// Computed when written
    Stored,
    /// A hidden column of a virtual table
    Hidden,
}

/// A declared foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Columns of this table
    pub columns: Vec<String>,
    /// The table it points at
    pub parent: TableName,
    /// The columns it points at, the parent's primary key where the declaration names none
    pub parent_columns: Vec<String>,
    /// What the engine does when the parent row goes
    pub on_delete: ReferentialAction,
    /// What the engine does when the parent key changes
    pub on_update: ReferentialAction,
}

/// A foreign key's action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferentialAction {
    /// Refused, at once or at commit
    NoAction,
    /// The child row goes, too
    Cascade,
    /// The child's columns become NULL
    SetNull,
    /// The child's columns take their default
    SetDefault,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Name
    pub name: String,
    /// Columns; `None` is an expression
    pub columns: Vec<Option<String>>,
    /// Refuses equal keys
    pub unique: bool,
    /// Covers only some rows
    pub partial: bool,
    /// Holds its first column without regard to upper and lower case
    pub folds: bool,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Name
    pub name: String,
    /// The statement that made it
    pub ddl: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Name
    pub name: TableName,
    /// The statement that made it
    pub ddl: String,
}
