//! Joins that are made in rows of some cases alone: a polymorphic pointer names a row of another table in each.

use super::sql::{column_name, qualified};
use crate::{
    data_map::classified::{Case, Cases, Classified},
    schema::TableName,
    value::Value,
};

/// In which rows a [`super::Join`] is made. A case that reads like one of the map's and is none is no case of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// Whether it is the case of the row that is joined, and not of the one that it is joined to
    pub joined: bool,
    at: At,
    cases: Cases,
}

/// Where the case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Own(String),
    Path { column: String, table: TableName, key: String, wanted: String },
}

impl Within {
    /// Rows whose `case` is one of `cases`.
    #[must_use]
    pub fn new(map: &Classified, case: &Case, cases: &Cases, joined: bool) -> Self {
        let at = match case {
            Case::Column(column) => At::Own(column.clone()),
            Case::Path { column, table, key, wanted } => At::Path {
                column: column.clone(),
                table: map.tables[*table].name.clone(),
                key: key.clone(),
                wanted: wanted.clone(),
            },
        };
        Self { joined, at, cases: cases.clone() }
    }

    /// The condition on the row of this alias.
    pub(super) fn print(&self, alias: &str, bound: &mut Vec<Value>) -> String {
        let said = match &self.at {
            At::Own(column) => column_name(alias, column),
            At::Path { column, table, key, wanted } => format!(
                "(SELECT {} FROM {} c WHERE {} = {})",
                column_name("c", wanted),
                qualified(table),
                column_name("c", key),
                column_name(alias, column)
            ),
        };
        // as the map compares it: by its text, and no bytes are a text
        let text = format!("CASE WHEN typeof({said}) <> 'blob' THEN ifnull(CAST({said} AS TEXT), '') END");
        let mut list = |values: &[String], fold: &dyn Fn(&String) -> String| {
            let places = values.iter().map(|value| {
                bound.push(Value::Text(fold(value)));
                format!("?{}", bound.len())
            });
            places.collect::<Vec<_>>().join(", ")
        };
        match &self.cases {
            Cases::Only(values) => format!("{text} COLLATE BINARY IN ({})", list(values, &String::clone)),
            Cases::Except(values) => {
                let plain = |value: &String| value.trim().to_ascii_lowercase();
                format!("lower(trim({text})) COLLATE BINARY NOT IN ({})", list(values, &plain))
            }
        }
    }
}
