//! What all steps of classifying share: names that resolve, and the findings so far.

use super::super::{
    classified::{ColumnRef, TableId},
    finding::{Code, Finding},
    name::Dotted,
    nearest::did_you_mean,
    predicate::Predicate,
    written::DataMap,
};
use crate::{
    kind::Kind,
    schema::{Schema, Storage, Table, TableName},
};

/// The map, the schema's tables by id, the findings.
pub(super) struct Context<'a> {
    pub(super) map: &'a DataMap,
    pub(super) schema: &'a Schema,
    pub(super) tables: Vec<&'a Table>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Context<'a> {
    pub(super) fn new(map: &'a DataMap, schema: &'a Schema) -> Self {
        Self { map, schema, tables: schema.tables.values().collect(), findings: Vec::new() }
    }

    pub(super) fn find(
        &mut self,
        code: Code,
        place: impl Into<String>,
        line: impl Into<Option<usize>>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.findings.push(Finding { code, place: place.into(), line: line.into(), message: message.into(), hint });
    }

    /// The table's name, for people.
    pub(super) fn name(&self, id: TableId) -> String {
        self.tables[id].name.to_string()
    }

    /// The place of a column, for people.
    pub(super) fn place(&self, id: TableId, column: &str) -> String {
        format!("{}.{column}", self.tables[id].name)
    }

    /// The table of that name; ASCII case matters only where two names differ by it alone.
    pub(super) fn table(&self, name: &TableName) -> Option<TableId> {
        let folds = |other: &TableName| {
            let schema = |name: &TableName| name.schema.as_deref().map(str::to_ascii_lowercase);
            other.name.eq_ignore_ascii_case(&name.name) && schema(other) == schema(name)
        };
        self.tables.iter().position(|table| table.name == *name).or_else(|| {
            let mut found = (0..self.tables.len()).filter(|id| folds(&self.tables[*id].name));
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// The table of that name, or a finding.
    pub(super) fn require_table(&mut self, name: &TableName, place: &str, line: usize) -> Option<TableId> {
        let found = self.table(name);
        if found.is_none() {
            let hint = self.suggest_table(name);
            self.find(Code::MissingPlace, place, line, format!("there is no table `{name}`"), hint);
        }
        found
    }

    pub(super) fn suggest_table(&self, name: &TableName) -> Option<String> {
        let names: Vec<String> = self.tables.iter().map(|table| table.name.to_string()).collect();
        did_you_mean(&name.to_string(), names.iter().map(String::as_str))
    }

    pub(super) fn suggest_column(&self, id: TableId, column: &str) -> Option<String> {
        did_you_mean(column, self.tables[id].columns.iter().map(|column| column.name.as_str()))
    }

    /// The column's name as the schema spells it, or a finding.
    pub(super) fn require_column(&mut self, id: TableId, column: &str, line: usize) -> Option<String> {
        if let Some(found) = self.tables[id].column(column) {
            return Some(found.name.clone());
        }
        let hint = self.suggest_column(id, column);
        let place = self.name(id);
        self.find(Code::MissingPlace, place, line, format!("there is no column `{column}` in this table"), hint);
        None
    }

    /// Requires every column that the predicate reads.
    pub(super) fn require_columns(&mut self, id: TableId, predicate: &Predicate, line: usize) {
        for column in predicate.columns() {
            self.require_column(id, column, line);
        }
    }

    /// The column that `dotted` names, or a finding about `place`.
    pub(super) fn require_place(&mut self, dotted: &Dotted, place: &str, line: usize) -> Option<ColumnRef> {
        let table = self.require_table(&dotted.table, place, line)?;
        if let Some(found) = self.tables[table].column(&dotted.column) {
            return Some(ColumnRef { table, column: found.name.clone() });
        }
        let hint = self.suggest_column(table, &dotted.column);
        let message = format!("there is no column `{}` in `{}`", dotted.column, dotted.table);
        self.find(Code::MissingPlace, place, line, message, hint);
        None
    }

    pub(super) fn is_virtual(&self, id: TableId) -> bool {
        matches!(self.tables[id].storage, Storage::Virtual(_))
    }

    pub(super) fn is_full_text(&self, id: TableId) -> bool {
        matches!(&self.tables[id].storage, Storage::Virtual(module) if module.starts_with("fts"))
    }
}

/// Whether values of the kind say something about a person by themselves.
pub(super) fn is_personal(kind: Kind) -> bool {
    !matches!(kind.word(), "key" | "fact" | "time" | "amount")
}

/// Kinds whose values many people share.
pub(super) fn is_weak(kind: Kind) -> bool {
    const WEAK: &[&str] = &[
        "name",
        "nickname",
        "sex",
        "birth_date",
        "region",
        "postcode",
        "address",
        "free_text",
        "user_agent",
        "geo",
        "software",
        "tag",
        "voice",
        "image",
        "file",
        "opaque",
        "credential",
    ];
    !is_personal(kind) || WEAK.contains(&kind.word())
}
