//! How many rows of a table say the same: one statement, grouped by the engine.

use super::sql::{Statement, column_name, print_predicate, qualified};
use crate::{data_map::predicate::Predicate, schema::TableName, value::Value};

/// The classes of a table's rows that are equal in some columns.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// The table
    pub table: TableName,
    /// The columns in which the rows of a class are equal, byte for byte; NULL equals NULL
    pub by: Vec<String>,
    /// Columns of which it is counted how many different values a class has; NULL is one
    pub distinct: Vec<String>,
    /// Only rows of which this is true
    pub filter: Option<Predicate>,
}

impl Grouping {
    /// Prints for SQLite. Column order of the answer: the class's values, its rows, its different values…; in the order
    /// of the class's values.
    pub(super) fn print(&self) -> Statement {
        let mut bound: Vec<Value> = Vec::new();
        let by: Vec<String> = self.by.iter().map(|column| column_name("t", column)).collect();
        let exact: Vec<String> = by.iter().map(|name| format!("{name} COLLATE BINARY")).collect();
        let mut terms = by.clone();
        terms.push("count(*)".to_owned());
        terms.extend(self.distinct.iter().map(|column| {
            let name = column_name("t", column);
            format!("count(DISTINCT {name} COLLATE BINARY) + max({name} IS NULL)")
        }));
        let filter = self.filter.as_ref().map(|filter| print_predicate(filter, "t", &mut bound));
        let filter = filter.map(|condition| format!(" WHERE ({condition})")).unwrap_or_default();
        let exact = exact.join(", ");
        let terms = terms.join(", ");
        let sql = format!("SELECT {terms} FROM {} t{filter} GROUP BY {exact} ORDER BY {exact}", qualified(&self.table));
        Statement { sql, bound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_values_bound() {
        let grouping = Grouping {
            table: TableName::local("records"),
            by: vec!["city".into(), "birth\"year".into()],
            distinct: vec!["spent".into()],
            filter: Some(Predicate::In { column: "dataset".into(), literals: vec![1.into()], negated: false }),
        };
        let printed = grouping.print();
        assert_eq!(
            printed.sql,
            "SELECT t.\"city\", t.\"birth\"\"year\", count(*), count(DISTINCT t.\"spent\" COLLATE BINARY) + max(t.\"spent\" IS \
             NULL) FROM \"records\" t WHERE (t.\"dataset\" IN (?1)) GROUP BY t.\"city\" COLLATE BINARY, t.\"birth\"\"year\" COLLATE \
             BINARY ORDER BY t.\"city\" COLLATE BINARY, t.\"birth\"\"year\" COLLATE BINARY"
        );
        assert_eq!(printed.bound, [Value::from(1)]);
    }
}
