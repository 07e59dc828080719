//! The data map against tiny schemas: map in, findings or classified map out.

use std::collections::BTreeMap;

use droit::{
    data_map::{
        DataMap,
        classified::{Case, Cases, Classified, Mentions, Sense, Source, Standing, Table, Target, Tie},
        classify,
        fate::{After, Erase},
        finding::{Finding, Level},
        survey,
    },
    schema::{
        self, Column, ForeignKey, Generated, Index, ReferentialAction, RowKey, Schema, Storage, TableName, Trigger,
        View,
    },
};

/// A table of the test's schema: `t("users", "id* phone name!")`. `*` is the primary key, `!` refuses NULL, `^` has an
/// index, `=` is generated, `-` is hidden.
pub(crate) fn t(name: &str, columns: &str) -> schema::Table {
    let mut key = Vec::new();
    let mut indexes = Vec::new();
    let mut list = Vec::new();
    for written in columns.split_whitespace() {
        let name = written.trim_end_matches(['*', '!', '^', '=', '-']);
        let marks = &written[name.len()..];
        if marks.contains('*') {
            key.push(name.to_owned());
        }
        if marks.contains('^') {
            indexes.push(Index {
                name: format!("by_{name}"),
                columns: vec![Some(name.to_owned())],
                unique: false,
                partial: false,
            });
        }
        let generated = match marks {
            m if m.contains('=') => Generated::Virtual,
            m if m.contains('-') => Generated::Hidden,
            _ => Generated::No,
        };
        let not_null = marks.contains(['*', '!']);
        list.push(Column { name: name.to_owned(), declared: "TEXT".into(), not_null, unique: false, generated });
    }
    let name = match name.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.into()), name: name.into() },
        None => TableName::local(name),
    };
    schema::Table {
        ddl: format!("CREATE TABLE {name} ({columns})"),
        name,
        storage: Storage::Rowid,
        columns: list,
        key: if key.is_empty() { RowKey::Rowid("rowid") } else { RowKey::Columns(key) },
        foreign_keys: Vec::new(),
        indexes,
        triggers: Vec::new(),
    }
}

fn with_key(table: schema::Table, column: &str, parent: &str) -> schema::Table {
    let key = ForeignKey {
        columns: vec![column.into()],
        parent: TableName::local(parent),
        parent_columns: vec!["id".into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
    };
    schema::Table { foreign_keys: vec![key], ..table }
}

fn stored(table: schema::Table, storage: Storage) -> schema::Table {
    schema::Table { storage, ..table }
}

fn db(tables: Vec<schema::Table>) -> Schema {
    let tables: BTreeMap<_, _> = tables.into_iter().map(|table| (table.name.clone(), table)).collect();
    Schema { tables, views: BTreeMap::new() }
}

const HEAD: &str = r#"
version = 1
controller = "ZKJIA.COM"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
"#;

const USERS: &str = r#"
[tables.users]
purpose = "account"
clause = "一(一)1"
basis = "contract"
"#;

/// A map: the head, `rules`, the section of users, what else.
fn map(rules: &str, rest: &str) -> DataMap {
    format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n{rules}\n{USERS}\n{rest}").parse().unwrap()
}

fn classified(map: &DataMap, schema: &Schema) -> Classified {
    classify(map, schema).unwrap_or_else(|findings| panic!("{}", list(&findings)))
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(|f| format!("{f} [{:?}] ({:?})\n", f.line, f.hint)).collect()
}

/// The refusing codes and their places.
fn refused(map: &DataMap, schema: &Schema) -> Vec<String> {
    let findings = survey(map, schema).findings;
    findings.iter().filter(|f| f.refuses()).map(|f| format!("{} {}", f.code.word(), f.place)).collect()
}

fn noticed(map: &DataMap, schema: &Schema) -> Vec<String> {
    let findings = survey(map, schema).findings;
    findings.iter().filter(|f| f.level() == Level::Notice).map(|f| format!("{} {}", f.code.word(), f.place)).collect()
}

fn table<'a>(map: &'a Classified, name: &str) -> &'a Table {
    &map.tables[map.table_id(&TableName::local(name)).unwrap()]
}

fn kind(map: &Classified, place: &str) -> &'static str {
    let (name, column) = place.split_once('.').unwrap();
    table(map, name).column(column).unwrap().meaning.kind.word()
}

#[test]
fn a_line_wins_over_rules_and_the_first_rule_wins() {
    let schema = db(vec![t("users", "id* phone phone2 note")]);
    let map = map("\"*.phone\" = \"phone\"\n\"*.phone*\" = \"fact\"", "[tables.users.columns]\nnote = \"free_text\"");
    let read = classified(&map, &schema);
    assert_eq!(
        ["users.id", "users.phone", "users.phone2", "users.note"].map(|p| kind(&read, p)),
        ["key", "phone", "fact", "free_text"]
    );
    let decided = |column: &str| table(&read, "users").column(column).unwrap().decided_by.clone();
    assert_eq!(decided("phone").text, "*.phone");
    assert_eq!(decided("note").text, "users.note");
    assert_eq!(decided("phone").line, 10);
}

#[test]
fn a_line_replaces_all_words_of_the_rule() {
    let schema = db(vec![t("users", "id* phone")]);
    let map = map("\"*.phone\" = \"phone, provided, correct\"", "[tables.users.columns]\nphone = \"phone\"");
    let read = classified(&map, &schema);
    let meaning = &table(&read, "users").column("phone").unwrap().meaning;
    assert_eq!((&meaning.origin, &meaning.correct), (&None, &None));
}

#[test]
fn a_column_that_nobody_decides_is_a_finding() {
    let schema = db(vec![t("users", "id* shoe_size")]);
    assert_eq!(refused(&map("", ""), &schema), ["unclassified users.shoe_size"]);
}

/// The map that DESIGN and the reference show.
fn designs_map() -> DataMap {
    let text = include_str!("../../docs/reference/data-map.md");
    let start = text.find("```toml\n").unwrap_or_default() + "```toml\n".len();
    let end = start + text[start..].find("```").unwrap_or_default();
    text[start..end].parse().unwrap_or_else(|error| panic!("{error}"))
}
