//! What a user database says it holds: tables, columns, keys, indexes, triggers, views.
//!
//! The adapters fill these types; the data map is read against them. Nothing in here comes from a row.

use std::{collections::BTreeMap, fmt};

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

    /// Whether an index, the key or the rowid finds rows by `column` without a scan.
    #[must_use]
    pub fn finds_by(&self, column: &str) -> bool {
        let leads = |columns: &[String]| columns.first().is_some_and(|first| first.eq_ignore_ascii_case(column));
        matches!(&self.key, RowKey::Columns(columns) if leads(columns))
            || self.indexes.iter().any(|index| {
                !index.partial
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
    /// Whether and how the engine computes it
    pub generated: Generated,
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
