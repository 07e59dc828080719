//! Fingerprints: the digest of a parsed map, of a table as the database reports it, of a whole schema.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    schema::{Column, ForeignKey, Generated, Index, ReferentialAction, RowKey, Schema, Storage, Table, TableName},
    value::hex,
};

/// Digests a map: every key and value with its length. Order counts only where it has a meaning: in `[rules]`,
/// in `[none]` and in arrays.
pub(super) fn of_document(document: &Spanned<DeTable<'_>>) -> String {
    let mut digest = Digester::new("droit.map/1");
    digest.table(document.get_ref(), 0);
    digest.finish()
}

/// SHA-256 over parts, each with its length before it, so that no two lists of parts give the same bytes.
struct Digester(Sha256);

impl Digester {
    fn new(purpose: &str) -> Self {
        let mut digester = Self(Sha256::new());
        digester.part(purpose);
        digester
    }

    fn part(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.count(part.len());
        self.0.update(part);
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn finish(self) -> String {
        hex(&self.0.finalize())
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by(|a, b| a.0.get_ref().cmp(b.0.get_ref()));
        self.part("{");
        self.count(entries.len());
        for (key, value) in entries {
            self.part(key.get_ref().as_bytes());
            match value.get_ref() {
                DeValue::Table(ordered) if depth == 0 && ["rules", "none"].contains(&key.get_ref().as_ref()) => {
                    self.ordered(ordered);
                }
                value => self.value(value, depth + 1),
            }
        }
    }

    fn ordered(&mut self, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        self.part("<");
        self.count(entries.len());
        for (key, value) in entries {
            self.part(key.get_ref().as_bytes());
            self.value(value.get_ref(), 2);
        }
    }

    fn value(&mut self, value: &DeValue<'_>, depth: usize) {
        match value {
            DeValue::Table(table) => self.table(table, depth),
            DeValue::Array(array) => {
                self.part("[");
                self.count(array.len());
                array.iter().for_each(|element| self.value(element.get_ref(), depth + 1));
            }
            DeValue::String(text) => {
                self.part("s");
                self.part(text.as_bytes());
            }
            DeValue::Integer(number) => {
                self.part("i");
                self.part(number.to_string());
            }
            DeValue::Float(number) => {
                self.part("f");
                self.part(number.to_string());
            }
            DeValue::Boolean(truth) => self.part(if *truth { "true" } else { "false" }),
            DeValue::Datetime(date) => {
                self.part("d");
                self.part(date.to_string());
            }
        }
    }
}

/// The digests of all parts of a schema, made once for everything that compares them.
#[derive(Debug)]
pub struct SchemaDigests {
    pub(super) tables: BTreeMap<TableName, TableDigests>,
    /// Of the views' statements
    views: BTreeMap<TableName, (String, String)>,
}

/// The digests of one table.
#[derive(Debug)]
pub(super) struct TableDigests {
    columns: String,
    pub(super) keys: String,
    pub(super) triggers: String,
    pub(super) indexes: String,
    pub(super) definition: String,
}

impl SchemaDigests {
    /// Digests every part of `schema`.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        let tables = schema.tables.values().map(|table| {
            let digests = TableDigests {
                columns: columns_of(table),
                keys: keys_of(table),
                triggers: triggers_of(table),
                indexes: indexes_of(table),
                definition: definition_of(table),
            };
            (table.name.clone(), digests)
        });
        let views = schema.views.values().map(|view| (view.name.clone(), (view.ddl.clone(), of_text(&view.ddl))));
        Self { tables: tables.collect(), views: views.collect() }
    }

    /// Digests what the whole schema says.
    pub(super) fn whole(&self) -> String {
        let mut digest = Digester::new("droit.schema/1");
        for (name, table) in &self.tables {
            digest.part(name.to_string());
            for part in [&table.columns, &table.keys, &table.triggers, &table.indexes, &table.definition] {
                digest.part(part);
            }
        }
        digest.part("views");
        for (name, (ddl, _)) in &self.views {
            digest.part(name.to_string());
            digest.part(ddl);
        }
        digest.finish()
    }

    /// The digest of every table and view by itself, indexes left out.
    pub(super) fn parts(&self) -> BTreeMap<String, String> {
        let tables = self.tables.iter().map(|(name, table)| {
            let mut digest = Digester::new("part");
            for part in [&table.columns, &table.keys, &table.triggers, &table.definition] {
                digest.part(part);
            }
            (name.to_string(), digest.finish())
        });
        tables.chain(self.views.iter().map(|(name, (_, digest))| (name.to_string(), digest.clone()))).collect()
    }

    /// The digest of a view's statement.
    pub(super) fn view(&self, name: &TableName) -> Option<&str> {
        self.views.get(name).map(|(_, digest)| digest.as_str())
    }
}

/// Digests what a whole schema says.
#[must_use]
pub fn of_schema(schema: &Schema) -> String {
    SchemaDigests::of(schema).whole()
}

/// Digests every table and view by itself, indexes left out.
pub(super) fn of_parts(schema: &Schema) -> BTreeMap<String, String> {
    SchemaDigests::of(schema).parts()
}

/// What the database declares of a column, in one line.
pub(super) fn declared(column: &Column) -> String {
    let mut text = column.declared.clone();
    let mut add = |word: &str| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    };
    if column.not_null {
        add("NOT NULL");
    }
    if column.unique {
        add("UNIQUE");
    }
    match column.generated {
        Generated::No => {}
        Generated::Virtual => add("(virtual)"),
        Generated::Stored => add("(stored)"),
        Generated::Hidden => add("(hidden)"),
    }
    text
}

fn columns_of(table: &Table) -> String {
    let mut digest = Digester::new("columns");
    for column in &table.columns {
        digest.part(&column.name);
        digest.part(declared(column));
    }
    digest.finish()
}

/// Digests what names a row, and the foreign keys.
pub(super) fn keys_of(table: &Table) -> String {
    let mut digest = Digester::new("keys");
    match &table.key {
        RowKey::Columns(columns) => columns.iter().for_each(|column| digest.part(column)),
        RowKey::Rowid(alias) => {
            digest.part("\0rowid");
            digest.part(alias);
        }
        RowKey::None => digest.part("\0none"),
    }
    table.foreign_keys.iter().for_each(|key| foreign_key(&mut digest, key));
    digest.finish()
}

fn foreign_key(digest: &mut Digester, key: &ForeignKey) {
    digest.part("\0foreign");
    digest.count(key.columns.len());
    key.columns.iter().chain(&key.parent_columns).for_each(|column| digest.part(column));
    digest.part(key.parent.to_string());
    digest.part(action(key.on_delete));
    digest.part(action(key.on_update));
}

/// Digests the triggers.
pub(super) fn triggers_of(table: &Table) -> String {
    let mut digest = Digester::new("triggers");
    for trigger in &table.triggers {
        digest.part(&trigger.name);
        digest.part(&trigger.ddl);
    }
    digest.finish()
}

/// Digests the indexes.
pub(super) fn indexes_of(table: &Table) -> String {
    let mut digest = Digester::new("indexes");
    for Index { name, columns, unique, partial, folds } in &table.indexes {
        digest.part(name);
        digest.count(columns.len());
        for column in columns {
            digest.part(column.as_deref().unwrap_or("\0expression"));
        }
        digest.part([u8::from(*unique), u8::from(*partial), u8::from(*folds)]);
    }
    digest.finish()
}

/// Digests how the table is stored and the statement that made it.
pub(super) fn definition_of(table: &Table) -> String {
    let mut digest = Digester::new("definition");
    match &table.storage {
        Storage::Rowid => digest.part("rowid"),
        Storage::WithoutRowid => digest.part("without rowid"),
        Storage::Virtual(module) => {
            digest.part("virtual");
            digest.part(module);
        }
        Storage::Shadow(of) => {
            digest.part("shadow");
            digest.part(of);
        }
    }
    digest.part(&table.ddl);
    digest.finish()
}

/// Digests a text, such as a view's statement.
pub(super) fn of_text(text: &str) -> String {
    let mut digest = Digester::new("text");
    digest.part(text);
    digest.finish()
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "no action",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
    }
}
