//! The data map against tiny schemas: map in, findings or classified map out.

use std::{collections::BTreeMap, fs, path::Path};

use proptest::prelude::{any, proptest};

use droit::{
    data_map::{
        DataMap, DataMapError, Verdict, Wording,
        classified::{self, Case, Cases, Classified, Meaning, Mentions, Sense, Source, Standing, Table, Target, Tie},
        classify, drift, explain,
        fate::{After, Erase},
        finding::{Finding, Level},
        lock::Lock,
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
                folds: true,
            });
        }
        let generated = match marks {
            m if m.contains('=') => Generated::Virtual,
            m if m.contains('-') => Generated::Hidden,
            _ => Generated::No,
        };
        let not_null = marks.contains(['*', '!']);
        list.push(Column {
            name: name.to_owned(),
            declared: "TEXT".into(),
            not_null,
            unique: false,
            collation: None,
            generated,
        });
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
    read(&format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n{rules}\n{USERS}\n{rest}"))
}

fn read(text: &str) -> DataMap {
    text.parse().unwrap_or_else(|error: DataMapError| panic!("{}", error.render("datamap.toml")))
}

fn classified(map: &DataMap, schema: &Schema) -> Classified {
    classify(map, schema).unwrap_or_else(|findings| panic!("{}", list(&findings)))
}

fn list(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(|f| format!("{f} [{:?}] ({:?})", f.line, f.hint)).collect();
    lines.join("\n")
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
    let found = map.tables.iter().find(|table| table.name.to_string() == name);
    found.unwrap_or_else(|| panic!("no table {name}"))
}

fn column<'a>(map: &'a Classified, place: &str) -> &'a classified::Column {
    let (name, column) = place.rsplit_once('.').unwrap_or_default();
    table(map, name).column(column).unwrap_or_else(|| panic!("no column {place}"))
}

fn meaning<'a>(map: &'a Classified, place: &str) -> &'a Meaning {
    &column(map, place).meaning
}

fn id(map: &Classified, name: &str) -> usize {
    map.table_id(&TableName::local(name)).unwrap_or_else(|| panic!("no table {name}"))
}

/// The ties of a table as `columns sense role → target`.
fn ties(map: &Classified, name: &str) -> Vec<String> {
    let target = |target: &Target| match target {
        Target::Rows { table, columns, role } => {
            let role = role.as_ref().map_or(String::new(), |role| format!(" as {role}"));
            format!("{}({}){role}", map.tables[*table].name, columns.join(" "))
        }
        Target::Value(kind) => format!("~{}", kind.word()),
        Target::Itself => "itself".to_owned(),
        Target::Anyone => "anyone".to_owned(),
    };
    let one = |tie: &Tie| {
        let role = tie.role.as_ref().map_or(String::new(), |role| format!("{role} "));
        let sense = if tie.sense == Sense::Of { "of" } else { "by" };
        format!("({}) {role}{sense} {}", tie.columns.join(" "), target(&tie.target))
    };
    table(map, name).ties.iter().map(one).collect()
}

fn kind(map: &Classified, place: &str) -> &'static str {
    meaning(map, place).kind.word()
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

/// The first example of the reference.
fn reference_map() -> DataMap {
    let text = include_str!("../../docs/reference/data-map.md");
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    read(example)
}

fn courier() -> Schema {
    let mut users = t("users", "id* birth_date status created_at phone phone_bound_at nickname password_hash");
    users.triggers = vec![Trigger { name: "users_audit_au".into(), ddl: "CREATE TRIGGER …".into() }];
    db(vec![
        users,
        t("staff", "id* name"),
        t("guardian_consents", "id* minor_id^ guardian_id^ status evidence_sha256 scope consented_at revoked_at"),
        t("disclosures", "id* user_id^ recipient_name fields disclosed_at basis_code"),
        t("consents", "id* user_id^ scope status given_at withdrawn_at"),
        t("subscriptions", "id* user_id^ channel topic subscribed_at unsubscribed_at"),
        t("orders", "id* user_id^ operator_id^ order_no amount_cents status completed_at cancelled_at"),
        t("order_items", "id* order_id^ title"),
        t(
            "waybills",
            "id* sender_user_id^ sender_name sender_phone recipient_name recipient_phone^ waybill_no signed_at",
        ),
        t("questions", "id* code"),
        t("answers", "id* user_id^ question_id answer"),
        t("districts", "id* name"),
        t("carriers", "id* phone"),
        t("price_2026", "id* cents"),
    ])
}

#[test]
fn the_example_of_the_reference_classifies_the_schema_it_speaks_of() {
    let (map, schema) = (reference_map(), courier());
    let read = classified(&map, &schema);
    assert_eq!(
        ties(&read, "waybills"),
        ["(sender_user_id) sender of users(id)", "(recipient_phone) recipient of ~phone"]
    );
    assert_eq!(table(&read, "waybills").roles, ["sender", "recipient"]);
    assert_eq!(ties(&read, "orders"), ["(user_id) of users(id)", "(operator_id) by staff(id)"]);
    let order: Vec<String> = read.order.iter().map(|id| read.tables[*id].name.to_string()).collect();
    let at = |name: &str| order.iter().position(|n| n == name).unwrap();
    assert!(at("users") < at("orders") && at("orders") < at("order_items"), "{order:?}");
    assert_eq!(table(&read, "order_items").purpose, Some(Wording::new("履行订单", "order fulfilment")));
    assert_eq!(table(&read, "districts").standing, Standing::NoPersonalData("reference data".into()));
    let minors = read.minors.as_ref().unwrap();
    assert_eq!((minors.consent, minors.minor.as_str()), (id(&read, "guardian_consents"), "minor"));
    let given = &read.consents[0];
    assert_eq!((given.table, given.names_of("camera").len()), (id(&read, "consents"), 2));
    assert_eq!((given.names_of("geo"), given.stop.at.as_deref()), (vec!["geo".to_owned()], Some("withdrawn_at")));
    assert_eq!(read.subscriptions[0].topic, Some(Source::Column("topic".into())));
    assert_eq!(read.consent_scopes().into_iter().collect::<Vec<_>>(), ["camera", "marketing"]);
    let orders = &table(&read, "orders").fates;
    assert_eq!(orders.keep[0].after, After::Dates(vec!["completed_at".into(), "cancelled_at".into()]));
    assert_eq!(orders.keep[0].columns.as_ref().unwrap().len(), 3);
    assert_eq!(orders.erase, Erase::Anonymize);
    assert_eq!(orders.wait.as_ref().unwrap().columns(), ["status"]);
    let answers = table(&read, "answers");
    let expected = Case::Path {
        column: "question_id".into(),
        table: id(&read, "questions"),
        key: "id".into(),
        wanted: "code".into(),
    };
    assert_eq!(answers.case, Some(expected));
    let answer = column(&read, "answers.answer");
    let by_case: Vec<_> = answer.by_case.iter().map(|(value, m)| (value.as_str(), m.kind.word())).collect();
    assert_eq!(by_case, [("CONSENT", "fact"), ("DOB", "birth_date")]);
    assert_eq!((answer.covers_rest, answer.meaning.kind.word()), (true, "free_text"));
    let proves = meaning(&read, "users.phone").proves.clone().unwrap();
    assert_eq!(proves.since.as_deref(), Some("phone_bound_at"));
}

#[test]
fn classifying_twice_gives_the_same() {
    let (map, schema) = (reference_map(), courier());
    assert_eq!(survey(&map, &schema).findings, survey(&map, &schema).findings);
    assert_eq!(classify(&map, &schema), classify(&map, &schema));
}

// ---- ties ----

fn tied(columns: &str, words: &str) -> (DataMap, Schema) {
    let schema = db(vec![t("users", "id* tenant_id"), t("notes", columns)]);
    let map = map(
        "\"*.tenant_id\" = \"fact\"\n\"*.body\" = \"free_text\"",
        &format!(
            "immutable = [\"tenant_id\"]\n[tables.notes]\npurpose = \"n\"\nclause = \"c\"\nbasis = \"legal_duty\"\n[tables.notes.columns]\n{words}"
        ),
    );
    (map, schema)
}

#[test]
fn composite_keys_are_tied_within() {
    let (map, schema) = tied("id* tenant_id user_no^ body", "user_no = \"of users.id within tenant_id\"");
    let read = classified(&map, &schema);
    assert_eq!(ties(&read, "notes"), ["(user_no tenant_id) of users(id tenant_id)"]);
    assert_eq!(kind(&read, "notes.user_no"), "key");
    let (map, schema) = tied("id* t user_no^ body", "user_no = \"of users.id within t = tenant_id\"\nt = \"fact\"");
    assert_eq!(ties(&classified(&map, &schema), "notes"), ["(user_no t) of users(id tenant_id)"]);
    let (map, schema) = tied("id* tenant_id user_no^ body", "user_no = \"of users.id within tenant\"");
    assert_eq!(refused(&map, &schema), ["missing_place notes", "untied notes"]);
}

#[test]
fn value_ties_reverse_ties_itself_and_anyone() {
    let (map, schema) = tied("id* phone^ body", "phone = \"phone, of ~\"");
    assert_eq!(ties(&classified(&map, &schema), "notes"), ["(phone) of ~phone"]);
    let (map, schema) = tied("id* contact^ body", "contact = \"of ~ email\"");
    let read = classified(&map, &schema);
    assert_eq!((ties(&read, "notes"), kind(&read, "notes.contact")), (vec!["(contact) of ~email".into()], "email"));
    let (map, schema) = tied("id* body", "id = \"key, of users.tenant_id\"");
    assert_eq!(ties(&classified(&map, &schema), "notes"), ["(id) of users(tenant_id)"]);
    let (map, schema) = tied("id* body", "id = \"of itself\"");
    assert_eq!(ties(&classified(&map, &schema), "notes"), ["(id) of itself"]);
    let (map, schema) = tied("id* body", "body = \"opaque, of anyone\"");
    let read = classified(&map, &schema);
    assert_eq!((ties(&read, "notes"), kind(&read, "notes.body")), (vec!["(body) of anyone".into()], "opaque"));
}

#[test]
fn several_ties_of_which_any_holds() {
    let (map, schema) = tied("id* a^ b^ body", "a = \"of users.id\"\nb = \"of users.id\"");
    assert_eq!(ties(&classified(&map, &schema), "notes"), ["(a) of users(id)", "(b) of users(id)"]);
}

#[test]
fn weak_and_unknown_value_ties_are_refused() {
    let (map, schema) = tied("id* name^ body", "name = \"name, of ~\"");
    assert_eq!(refused(&map, &schema), ["weak_tie notes.name"]);
    let (map, schema) = tied("id* x^ body", "x = \"of ~\"");
    assert!(refused(&map, &schema).contains(&"no_kind notes.x".to_owned()));
}

#[test]
fn a_name_proves_nothing() {
    let schema = db(vec![t("users", "id* nick")]);
    assert_eq!(refused(&map("\"*.nick\" = \"nickname, proves\"", ""), &schema), ["weak_tie users.nick"]);
}

/// Two ties without a role make a row two people's; with a role, or in cases that exclude each other, they do not.
#[test]
fn rows_of_several_people_without_roles_are_noticed() {
    let found = |lines: &str| {
        let (map, schema) = tied("id* a^ b^ body", lines);
        noticed(&map, &schema)
    };
    assert_eq!(found("a = \"of users.id\"\nb = \"of users.id\""), ["several_by_ties notes.b"]);
    assert_eq!(found("a = \"of users.id\"\nb = \"by users.id\""), [""; 0]);
    assert_eq!(found("a = \"writer of users.id\"\nb = \"of users.id\""), [""; 0]);
}

#[test]
fn rows_tied_by_value_should_have_a_date() {
    let (map, schema) = tied("id* phone^ body", "phone = \"phone, of ~\"");
    assert_eq!(noticed(&map, &schema), ["value_tie_undated notes.phone"]);
    let (map, schema) = tied("id* phone^ body", "phone = \"phone, by ~\"\nid = \"of users.id\"");
    assert_eq!(noticed(&map, &schema), [""; 0]);
}

#[test]
fn ties_to_missing_places_name_what_was_meant() {
    let (map, schema) = tied("id* u^ body", "u = \"of user.id\"");
    let findings = survey(&map, &schema).findings;
    let missing = findings.iter().find(|f| f.code.word() == "missing_place").unwrap();
    assert_eq!(missing.to_string(), "missing_place notes.u: there is no table `user`");
    assert_eq!(missing.hint.as_deref(), Some("did you mean `users`?"));
    assert!(missing.line.is_some());
    let (map, schema) = tied("id* u^ body", "u = \"of users.tenant\"");
    let findings = survey(&map, &schema).findings;
    assert!(list(&findings).contains("there is no column `tenant` in `users`"), "{}", list(&findings));
    assert!(list(&findings).contains("did you mean `tenant_id`?"));
}

#[test]
fn cycles_of_ownership_are_named_and_pointers_may_go_round() {
    let (a, b) = (t("a", "id* b_id^ user_id^"), t("b", "id* a_id^"));
    let section = "[tables.a]\npurpose=\"p\"\nclause=\"c\"\nbasis=\"b\"\n";
    let schema = db(vec![t("users", "id*"), a, b]);
    let circle = map("\"*.user_id\" = \"of users.id\"\n\"*.a_id\" = \"of a.id\"\n\"*.b_id\" = \"of b.id\"", section);
    assert_eq!(refused(&circle, &schema)[0], "tie_cycle a");
    let findings = survey(&circle, &schema).findings;
    assert!(list(&findings).contains("a → b → a"), "{}", list(&findings));
    let points = map("\"*.user_id\" = \"of users.id\"\n\"*.a_id\" = \"of a.id\"\n\"*.b_id\" = \"by b.id\"", section);
    let read = classified(&points, &schema);
    assert!(read.order.contains(&id(&read, "b")));
}

#[test]
fn a_table_cannot_own_itself_and_may_point_at_itself() {
    let schema = db(vec![t("users", "id* boss^")]);
    assert_eq!(refused(&map("\"*.boss\" = \"of users.id\"", ""), &schema), ["tie_cycle users"]);
    classified(&map("\"*.boss\" = \"by users.id\"", ""), &schema);
}

#[test]
fn several_hops_and_text_keys_reach_the_person() {
    let schema =
        db(vec![t("users", "id*"), t("a", "code* user_id^"), t("b", "code* a_code^"), t("c", "code* b_code^ body")]);
    let rules = "\"*.user_id\" = \"of users.id\"\n\"*.a_code\" = \"of a.code\"\n\"*.b_code\" = \"of b.code\"\n\"*.code\" = \"key\"\n\"*.body\" = \"free_text\"";
    let read = classified(&map(rules, ""), &schema);
    assert_eq!(table(&read, "c").purpose, Some("account".into()));
    assert_eq!(read.order.len(), 4);
}

#[test]
fn a_tie_into_a_row_of_several_people_says_to_whom() {
    let waybills = t("waybills", "id* sender_id^ recipient_phone^");
    let schema = db(vec![t("users", "id*"), waybills, t("traces", "id* waybill_id^ body")]);
    let section = "[tables.waybills.columns]\nsender_id = \"sender of users.id\"\nrecipient_phone = \"recipient.phone, recipient of ~\"\n[tables.traces.columns]\nbody = \"fact\"\n";
    let with = |words: &str| map("", &format!("{section}waybill_id = \"{words}\""));
    assert_eq!(refused(&with("of waybills.id"), &schema), ["role_not_named traces.waybill_id"]);
    assert_eq!(refused(&with("of waybills.id as payer"), &schema), ["missing_place traces.waybill_id"]);
    let read = classified(&with("of waybills.id as sender, of waybills.id as recipient"), &schema);
    assert_eq!(
        ties(&read, "traces"),
        ["(waybill_id) of waybills(id) as sender", "(waybill_id) of waybills(id) as recipient"]
    );
}

#[test]
fn a_role_that_no_tie_fills_is_noticed() {
    let (map, schema) = tied("id* u^ payee body", "u = \"of users.id\"\npayee = \"payee.name\"");
    assert!(noticed(&map, &schema).contains(&"role_untied notes.payee".to_owned()));
}

#[test]
fn a_tie_without_an_index_is_noticed() {
    let (map, schema) = tied("id* u body", "u = \"of users.id\"");
    assert_eq!(noticed(&map, &schema), ["tie_without_index notes.u"]);
    let (map, schema) = tied("id* u^ body", "u = \"of users.id\"");
    assert_eq!(noticed(&map, &schema), [""; 0]);
}

#[test]
fn a_column_of_file_names_without_an_index_is_noticed() {
    let (map, schema) = tied("id* u^ body path", "u = \"of users.id\"\n\"file:{path}\" = \"image, observed\"");
    assert_eq!(noticed(&map, &schema), ["file_without_index notes.path"]);
    let (map, schema) = tied("id* u^ body path^", "u = \"of users.id\"\n\"file:{path}\" = \"image, observed\"");
    assert_eq!(noticed(&map, &schema), [""; 0]);
}

#[test]
fn personal_data_that_nobody_finds_is_untied() {
    let (map, schema) = tied("id* u body", "u = \"by users.id\"");
    assert_eq!(refused(&map, &schema), ["untied notes"]);
}

#[test]
fn foreign_keys_must_be_explained() {
    let schema = db(vec![t("users", "id*"), with_key(t("notes", "id* phone"), "phone", "users")]);
    let words = |words: &str| {
        map(
            "",
            &format!(
                "[tables.notes]\npurpose=\"p\"\nclause=\"c\"\nbasis=\"b\"\n[tables.notes.columns]\nphone = \"{words}\""
            ),
        )
    };
    assert!(refused(&words("phone, of users.id"), &schema).is_empty());
    assert_eq!(refused(&words("phone, of ~"), &schema), ["foreign_key_contradicted notes.phone"], "nobody proves `id`");
    let loose = map(
        "",
        "[tables.notes]\npurpose=\"p\"\nclause=\"c\"\nbasis=\"b\"\n[tables.notes.columns]\nphone = \"phone\"\nid = \"of itself\"",
    );
    assert_eq!(refused(&loose, &schema), ["foreign_key_unexplained notes.phone"]);
    assert!(refused(&words("key"), &schema).is_empty());
}

#[test]
fn foreign_keys_to_reference_data_need_no_tie() {
    let schema = db(vec![
        t("users", "id*"),
        t("districts", "id*"),
        with_key(t("notes", "id* u^ region"), "region", "districts"),
    ]);
    let map = map("\"*.u\" = \"of users.id\"\n\"*.region\" = \"region\"", "[none]\n\"reference data\" = \"districts\"");
    assert_eq!(refused(&map, &schema), [""; 0]);
}

#[test]
fn what_stays_by_its_own_line_and_cannot_be_found_need_not_be_tied() {
    let with = |words: &str| tied("id* hmac body", &format!("hmac = \"{words}\"\nbody = \"fact\""));
    let stay = |map: &str| {
        read(
            &map.replace("[tables.notes.columns]", "erase = \"stay: a refusal is remembered\"\n[tables.notes.columns]"),
        )
    };
    let (_, schema) = with("opaque");
    let text = |words: &str| {
        format!(
            "{HEAD}\n[rules]\n\"*.id\" = \"key\"\n\"*.tenant_id\" = \"fact\"\n{USERS}[tables.notes]\npurpose = \"n\"\nclause = \"c\"\nbasis = \"legal duty\"\n[tables.notes.columns]\nhmac = \"{words}\"\nbody = \"fact\""
        )
    };
    assert_eq!(refused(&stay(&text("opaque")), &schema), [""; 0]);
    assert_eq!(refused(&stay(&text("phone")), &schema), ["untied notes"], "a phone could tie it");
    assert_eq!(refused(&read(&text("opaque")), &schema), ["untied notes"]);
}

// ---- cases ----

#[test]
fn polymorphic_rows_are_tied_by_case() {
    let schema = db(vec![t("users", "id*"), t("shops", "id* owner_id^"), t("likes", "id* kind item^ body")]);
    let map = map(
        "\"*.owner_id\" = \"of users.id\"",
        "[tables.likes]\npurpose=\"p\"\nclause=\"c\"\nbasis=\"legal_duty\"\ncase = \"kind\"\n[tables.likes.columns]\nkind = \"fact\"\nbody = \"fact\"\nitem = { USER = \"of users.id\", SHOP = \"of shops.id\", MALL = \"of shops.id\", \"*\" = \"fact\" }",
    );
    let read = classified(&map, &schema);
    assert_eq!(table(&read, "likes").case, Some(Case::Column("kind".into())));
    let cases: Vec<_> = table(&read, "likes").ties.iter().map(|tie| tie.cases.clone().unwrap()).collect();
    assert_eq!(cases, [Cases::Only(vec!["MALL".into(), "SHOP".into()]), Cases::Only(vec!["USER".into()])]);
}

#[test]
fn the_rest_of_the_cases_can_be_tied_too() {
    let schema = db(vec![t("users", "id*"), t("likes", "id* kind item^")]);
    let map = map(
        "",
        "[tables.likes]\ncase = \"kind\"\n[tables.likes.columns]\nkind = \"fact\"\nitem = { SHOP = \"fact\", \"*\" = \"of users.id\" }",
    );
    let read = classified(&map, &schema);
    assert_eq!(table(&read, "likes").ties[0].cases, Some(Cases::Except(vec!["SHOP".into()])));
}

#[test]
fn cases_need_a_place_and_uncovered_ones_are_noticed() {
    let (map, schema) = tied("id* u^ body", "u = \"of users.id\"\nbody = { A = \"fact\" }");
    assert_eq!(refused(&map, &schema), ["case_without_place notes.body"]);
    assert!(noticed(&map, &schema).contains(&"case_not_covered notes.body".to_owned()));
}

// ---- inheritance ----

fn two_parents(child: &str) -> (DataMap, Schema) {
    let schema =
        db(vec![t("users", "id*"), t("orders", "id* user_id^ done_at"), t("payments", "id* user_id^ order_id^")]);
    let rules = "\"*.user_id\" = \"of users.id\"\n\"*.order_id\" = \"of orders.id\"\n\"*.*_at\" = \"time\"";
    let orders = "[tables.orders]\npurpose = \"orders\"\nkeep = { for = \"3 years\", after = \"done_at\", law = \"L\", because = \"b\" }\n";
    (map(rules, &format!("{orders}[tables.payments]\n{child}")), schema)
}

#[test]
fn two_sources_are_ambiguous_until_the_table_says_it() {
    let (map, schema) = two_parents("");
    assert_eq!(refused(&map, &schema), ["ambiguous_inheritance payments"]);
    let findings = survey(&map, &schema).findings;
    assert!(
        list(&findings).contains("its purpose could be that of `orders` or that of `users`"),
        "{}",
        list(&findings)
    );
    let (map, schema) = two_parents("purpose = \"pay\"");
    let read = classified(&map, &schema);
    let payments = table(&read, "payments");
    assert_eq!((payments.purpose.clone(), payments.basis.as_deref()), (Some("pay".into()), Some("contract")));
    let tie = &payments.ties[payments.inherits.unwrap()];
    assert_eq!(tie.columns, ["order_id"], "the tie from which the keep comes");
    assert!(payments.fates.keep.is_empty(), "fates are those stated here");
    assert_eq!((payments.bound_by.keep, payments.bound_by.limit), (Some(id(&read, "orders")), None));
    let (map, schema) = two_parents("purpose = \"pay\"\nkeep = []");
    assert_eq!(table(&classified(&map, &schema), "payments").bound_by.keep, None, "it says that nothing is kept");
}

#[test]
fn erase_is_not_inherited() {
    let schema = db(vec![t("users", "id*"), t("notes", "id* user_id^")]);
    let text =
        format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n\"*.user_id\" = \"of users.id\"\n{USERS}\nerase = \"anonymize\"");
    let read = classified(&read(&text), &schema);
    assert_eq!(
        (&table(&read, "users").fates.erase, &table(&read, "notes").fates.erase),
        (&Erase::Anonymize, &Erase::Delete)
    );
}

#[test]
fn personal_tables_say_why() {
    let schema = db(vec![t("users", "id* phone")]);
    let map = read(&format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n\"*.phone\" = \"phone\"\n"));
    assert_eq!(refused(&map, &schema), ["no_purpose users", "no_basis users", "no_clause users"]);
}

// ---- copies, files, engines ----

fn full_text(section: &str) -> (DataMap, Schema) {
    let ddl = "CREATE VIRTUAL TABLE notes_fts USING fts5 (body, content = 'notes', tokenize = 'trigram')";
    let fts = stored(t("notes_fts", "body notes_fts- rank-"), Storage::Virtual("fts5".into()));
    let fts = schema::Table { ddl: ddl.into(), ..fts };
    let shadow = stored(t("notes_fts_data", "id* block"), Storage::Shadow("notes_fts".into()));
    let takes_out = "INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body)";
    let triggers = ["AFTER DELETE", "AFTER UPDATE"].map(|when| trigger(when, takes_out)).into();
    let notes = schema::Table { triggers, ..t("notes", "id* user_id^ body") };
    let section =
        format!("{section}\n[acknowledged]\n\"notes AFTER DELETE\" = \"index\"\n\"notes AFTER UPDATE\" = \"index\"");
    let schema = db(vec![t("users", "id*"), notes, fts, shadow]);
    (map("\"*.user_id\" = \"of users.id\"\n\"notes.body\" = \"free_text, correct\"", &section), schema)
}

/// A trigger of `notes`.
fn trigger(when: &str, does: &str) -> Trigger {
    let name = format!("notes {}", when.replace('"', ""));
    Trigger { ddl: format!("CREATE TRIGGER \"{name}\" {when} ON notes BEGIN {does}; END"), name }
}

/// The findings of the index that `made` makes, beside `notes` with such triggers.
fn index_with(made: &str, triggers: &[(&str, &str)]) -> Vec<String> {
    let (map, mut schema) = full_text("[tables.notes_fts]\ncopy = \"notes\"");
    let fts = schema.tables.get_mut(&TableName::local("notes_fts".to_owned())).unwrap();
    fts.ddl = format!("CREATE VIRTUAL TABLE notes_fts USING {made}");
    fts.storage = Storage::Virtual(made.split('(').next().unwrap().to_owned());
    let notes = schema.tables.get_mut(&TableName::local("notes".to_owned())).unwrap();
    notes.triggers = triggers.iter().map(|(when, does)| trigger(when, does)).collect();
    refused(&map, &schema).into_iter().filter(|found| found.ends_with(" notes_fts")).collect()
}

/// Whether the index of `columns`, called `name`, is refused beside triggers that such statements make.
fn is_refused(name: &str, columns: &str, triggers: &[&str]) -> bool {
    let words = if columns.contains("words") { "words = \"free_text\"" } else { "" };
    let section = format!("[tables.\"{name}\"]\ncopy = \"notes\"\n[tables.\"{name}\".columns]\n{words}");
    let (map, mut schema) = full_text(&section);
    schema.tables.remove(&TableName::local("notes_fts_data".to_owned()));
    let made = schema.tables.remove(&TableName::local("notes_fts".to_owned())).unwrap();
    let named = TableName::local(name.to_owned());
    let index = schema::Table {
        columns: t("index", columns).columns,
        ddl: format!("CREATE VIRTUAL TABLE \"{name}\" USING fts5({})", columns.replace(' ', ", ")),
        name: named.clone(),
        ..made
    };
    schema.tables.insert(named, index);
    let notes = schema.tables.get_mut(&TableName::local("notes".to_owned())).unwrap();
    let trigger = |(at, ddl): (usize, &&str)| Trigger { name: format!("t{at}"), ddl: (*ddl).to_owned() };
    notes.triggers = triggers.iter().enumerate().map(trigger).collect();
    refused(&map, &schema).contains(&format!("untied {name}"))
}

#[test]
fn full_text_indexes_are_copies_and_shadow_tables_follow_them() {
    let (map, schema) = full_text("[tables.notes]\nmentions = \"notes_fts\"\n[tables.notes_fts]\ncopy = \"notes\"");
    let read = classified(&map, &schema);
    assert_eq!(table(&read, "notes_fts").standing, Standing::CopyOf(id(&read, "notes")));
    assert_eq!(table(&read, "notes_fts_data").standing, Standing::Shadow(id(&read, "notes_fts")));
    assert_eq!(table(&read, "notes").mentions, Mentions::Index("notes_fts".into()));
    let copied = meaning(&read, "notes_fts.body");
    assert_eq!((copied.kind.word(), &copied.correct), ("free_text", &None));
    assert!(copied.copy.as_ref().unwrap().follows);
    assert_eq!(kind(&read, "notes_fts.rank"), "fact");
    assert!(!read.order.contains(&id(&read, "notes_fts")));
}

/// An index of words knows `电话13800138000打我` as one word, so that it would be asked for the number in vain.
#[test]
fn an_index_that_would_miss_a_person_is_refused() {
    let (map, mut schema) = full_text("[tables.notes]\nmentions = \"notes_fts\"\n[tables.notes_fts]\ncopy = \"notes\"");
    for wrong in ["body", "body, tokenize = 'porter'", "body UNINDEXED, user_id, tokenize = 'trigram'"]
        .map(|words| format!("{words}, content = 'notes'"))
    {
        let index = schema.tables.get_mut(&TableName::local("notes_fts".to_owned())).unwrap();
        index.ddl = format!("CREATE VIRTUAL TABLE notes_fts USING fts5 ({wrong})");
        assert_eq!(refused(&map, &schema), ["index_misses_texts notes"], "{wrong}");
    }
    let (map, _) = full_text("[tables.notes]\nmentions = \"scan\"\n[tables.notes_fts]\ncopy = \"notes\"");
    assert_eq!(
        table(&classified(&map, &schema), "notes").mentions,
        Mentions::Scan,
        "which index there is does not matter"
    );
}

/// An index hears of nothing by itself: what it stores, and the words of rows of another table, stay behind unless
/// triggers take them out whenever the original's row goes or changes.
#[test]
fn an_index_needs_triggers_that_take_words_out() {
    const DELETES: &str = "DELETE FROM notes_fts WHERE rowid = OLD.id";
    const TELLS: &str = "INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body)";
    const OWN: &str = "fts5(body, tokenize = 'trigram')";
    const EXTERNAL: &str = "fts5(body, content = 'notes', content_rowid = 'id')";
    const NONE: &str = "fts5(body, content = '')";
    let untied = |made: &str, triggers: &[(&str, &str)]| {
        let found = index_with(made, triggers);
        assert!(found.iter().all(|one| one == "untied notes_fts"), "{made}: {found:?}");
        !found.is_empty()
    };
    for made in [OWN, EXTERNAL, NONE, "fts4(body)", "fts4(body, content=\"notes\")", "fts5(body, content=notes_seen)"] {
        assert!(untied(made, &[]), "{made}: without a trigger");
        assert!(
            untied(made, &[("BEFORE DELETE", DELETES), ("AFTER UPDATE", "SELECT 1")]),
            "{made}: without one of UPDATE"
        );
        assert!(untied(made, &[("AFTER INSERT", TELLS), ("AFTER UPDATE", TELLS)]), "{made}: without one of DELETE");
    }
    let both = |when: &str, does: &'static str| [format!("{when} DELETE"), format!("{when} UPDATE")].map(|w| (w, does));
    let kept = |made: &str, when: &str, does: &'static str| {
        let triggers = both(when, does);
        !untied(made, &triggers.each_ref().map(|(when, does)| (when.as_str(), *does)))
    };
    for (made, by_telling, before, after) in [
        (OWN, false, true, true),
        ("fts4(body)", false, true, true),
        (EXTERNAL, true, true, false),
        ("fts5(body, content=notes_seen)", true, true, false),
        ("fts4(body, content=\"notes\")", false, true, false),
        (NONE, true, false, false),
        ("fts5(body, content='', contentless_delete=1)", true, true, true),
        ("fts4(body, content=\"\")", false, false, false),
        ("fts5(body, content='users')", false, false, false),
    ] {
        assert_eq!(kept(made, "AFTER", TELLS), by_telling, "{made}: told the old words");
        assert_eq!(kept(made, "BEFORE", DELETES), before, "{made}: reads the row before it goes");
        assert_eq!(kept(made, "", DELETES), before, "{made}: before, too");
        assert_eq!(kept(made, "AFTER", DELETES), after, "{made}: reads a row that is gone");
    }
    let of_columns =
        |columns: &str| untied(EXTERNAL, &[("AFTER DELETE", TELLS), (&format!("AFTER UPDATE OF {columns}"), TELLS)]);
    assert!(of_columns("user_id") && !of_columns("user_id, \"body\""), "every column of the index");
}

const TAKES: &str = "CREATE TRIGGER d AFTER DELETE ON notes BEGIN DELETE FROM ix WHERE rowid = old.id; END";

/// A trigger that runs for some rows only, or on some changes only, leaves the words of the others in the index.
#[test]
fn an_index_needs_triggers_that_are_certain_to_run() {
    let refused = |columns: &str, triggers: &[&str]| is_refused("ix", columns, triggers);
    let rewrites = |of: &str, when: &str| {
        let does = "UPDATE ix SET body = new.body WHERE rowid = new.id";
        format!("CREATE TRIGGER u AFTER UPDATE {of} ON notes {when} BEGIN {does}; END")
    };
    let takes_some = TAKES.replace("BEGIN", "WHEN old.user_id > 0 BEGIN");
    assert!(!refused("body", &[TAKES, &rewrites("", "")]) && !refused("body", &[TAKES, &rewrites("OF body", "")]));
    assert!(refused("body", &[&takes_some, &rewrites("", "")]), "a row that goes");
    assert!(refused("body", &[TAKES, &rewrites("OF body", "WHEN new.body IS NOT NULL")]), "a text that becomes NULL");
    assert!(refused("body", &[TAKES, &rewrites("OF body", "WHEN old.body <> new.body")]), "NULL is not unequal");
    assert!(!refused("body", &[TAKES, &rewrites("", "WHEN old.body IS NOT new.body")]), "whatever it becomes");
    // whatever the index calls it
    let adds =
        "CREATE TRIGGER i AFTER INSERT ON notes BEGIN INSERT INTO ix (rowid, words) VALUES (new.id, new.body); END";
    let forgets = |of: &str| TAKES.replace("d AFTER DELETE", &format!("u AFTER UPDATE {of}"));
    assert!(refused("words", &[adds, TAKES, &forgets("OF user_id")]));
    assert!(!refused("words", &[adds, TAKES, &forgets("OF body")]) && !refused("words", &[adds, TAKES, &forgets("")]));
    assert!(refused("words", &[TAKES, &forgets("OF body")]), "nobody says what it is made from");
    // what does not write to the index, and what only adds to it, takes nothing out
    for nothing in [
        "/* ix is swept nightly */ SELECT 1",
        "SELECT * FROM ix WHERE rowid = old.id",
        "INSERT INTO ix (rowid, body) VALUES (old.id, 'gone')",
    ] {
        let only = TAKES.replace("DELETE FROM ix WHERE rowid = old.id", nothing);
        assert!(refused("body", &[&only, &rewrites("", "")]), "{nothing}");
    }
}

/// SQL is read as the engine reads it, not word by word.
#[test]
fn triggers_are_read_whatever_they_are_called() {
    let updates = TAKES.replace("TRIGGER d AFTER DELETE", "TRIGGER u AFTER UPDATE");
    for delete in [
        TAKES.replace("TRIGGER d", "TRIGGER \"on delete\""),
        TAKES.replace("TRIGGER d", "TRIGGER d /* on delete */"),
        TAKES.replace("TRIGGER d", "TRIGGER d -- on every DELETE\n"),
        TAKES.replace("FROM ix", "FROM\n[ix]"),
    ] {
        assert!(!is_refused("ix", "body", &[&delete, &updates]), "{delete}");
    }
    let both = [TAKES, &updates].map(|ddl| ddl.replace("FROM ix", "FROM \"my ix\""));
    assert!(!is_refused("my ix", "body", &both.each_ref().map(String::as_str)));
    // two of which each hears of one column
    let of = |column: &str| {
        format!(
            "CREATE TRIGGER of_{column} AFTER UPDATE OF {column} ON notes BEGIN \
             UPDATE ix SET {column} = new.{column} WHERE rowid = old.id; END"
        )
    };
    assert!(!is_refused("ix", "body user_id", &[TAKES, &of("body"), &of("user_id")]));
    assert!(is_refused("ix", "body user_id", &[TAKES, &of("body")]));
}

/// A history table is whose its original is: by the columns that it has of it, else by the key.
#[test]
fn a_copy_is_tied_as_its_original_is() {
    let schema = db(vec![
        t("users", "id* phone"),
        t("users_history", "row* id phone"),
        t("notes", "id* user_id^ body"),
        t("notes_history", "row* id user_id body"),
    ]);
    let map = map(
        "\"*.user_id\" = \"of users.id\"\n\"*.phone\" = \"phone\"\n\"notes.body\" = \"free_text\"\n\"*.row\" = \"key\"",
        "[tables.users_history]\ncopy = \"users\"\n[tables.notes_history]\ncopy = \"notes\"",
    );
    let read = classified(&map, &schema);
    for (copy, column) in [("users_history", "id"), ("notes_history", "user_id")] {
        let [tie] = &table(&read, copy).ties[..] else { panic!("{copy}: {:?}", table(&read, copy).ties) };
        assert_eq!(tie.columns, [column.to_owned()]);
        let target = Target::Rows { table: id(&read, "users"), columns: vec!["id".into()], role: None };
        assert_eq!((&tie.target, tie.sense), (&target, Sense::Of), "{copy}");
        assert!(read.order.contains(&id(&read, copy)));
    }
}

#[test]
fn a_virtual_table_that_is_no_copy_is_refused() {
    let (map, schema) = full_text("[tables.notes]\nmentions = \"notes_fts\"");
    let refused = refused(&map, &schema);
    assert!(refused.contains(&"virtual_without_copy notes_fts".to_owned()), "{refused:?}");
    assert!(refused.contains(&"missing_place notes".to_owned()), "{refused:?}");
}

#[test]
fn history_tables_are_copies_that_stay() {
    let schema = db(vec![t("users", "id* phone"), t("users_history", "id* phone changed_at")]);
    let map = map(
        "\"*.*_at\" = \"time\"\n\"users.phone\" = \"phone, proves, correct\"",
        "[tables.users_history]\ncopy = \"users\"",
    );
    let read = classified(&map, &schema);
    let phone = meaning(&read, "users_history.phone");
    assert_eq!((phone.kind.word(), &phone.proves, &phone.correct), ("phone", &None, &None));
    assert!(!phone.copy.as_ref().unwrap().follows);
    assert_eq!(table(&read, "users_history").purpose, Some("account".into()));
}

#[test]
fn a_history_table_that_nothing_joins_is_untied() {
    let schema = db(vec![t("users", "id* phone"), t("log", "no* phone")]);
    let map = map("\"*.no\" = \"key\"\n\"*.phone\" = \"phone\"", "[tables.log]\ncopy = \"users\"");
    assert_eq!(refused(&map, &schema), ["untied log"]);
}

#[test]
fn copies_of_columns_follow_or_are_history() {
    let schema = db(vec![t("users", "id* nickname"), t("posts", "id* user_id^ author author_then")]);
    let map = map(
        "\"*.nickname\" = \"nickname\"\n\"*.user_id\" = \"of users.id\"",
        "[tables.posts.columns]\nauthor = \"copy follows users.nickname\"\nauthor_then = \"copy history users.nickname\"",
    );
    let read = classified(&map, &schema);
    assert_eq!((kind(&read, "posts.author"), kind(&read, "posts.author_then")), ("nickname", "nickname"));
    assert!(meaning(&read, "posts.author").copy.as_ref().unwrap().follows);
    assert!(!meaning(&read, "posts.author_then").copy.as_ref().unwrap().follows);
}

#[test]
fn a_file_column_keeps_its_template() {
    let (map, schema) = tied("id* u^ path body", "u = \"of users.id\"\n\"file:voice/{id}/{path}\" = \"voice\"");
    let read = classified(&map, &schema);
    let path = meaning(&read, "notes.path");
    assert_eq!((path.kind.word(), path.file.as_deref()), ("voice", Some("voice/{id}/{path}")));
    assert_eq!(meaning(&read, "notes.id").file, None);
    let (map, schema) =
        tied("id* u^ path body", "u = \"of users.id\"\npath = \"fact\"\n\"file:voice/{pth}\" = \"voice\"");
    assert_eq!(refused(&map, &schema), ["missing_place notes"]);
}

#[test]
fn structures_inside_values_are_read_and_not_yet_carried_out() {
    for line in
        ["\"body:json:$.phone\" = \"phone\"", "\"@{u}:host\" = \"of users.id\"", "\"(u, body)\" = \"of users.id\""]
    {
        let (map, schema) = tied("id* u^ body", &format!("u = \"of users.id\"\n{line}"));
        let refused = refused(&map, &schema);
        assert!(refused.len() == 1 && refused[0].starts_with("not_supported_yet notes."), "{refused:?}");
    }
    let (map, schema) = tied("id* u^ body", "u = \"of users.id\"\nbody = \"computed count(notes.id)\"");
    assert_eq!(refused(&map, &schema), ["not_supported_yet notes.body"]);
}

#[test]
fn odd_names_schemas_and_families_are_reached() {
    let schema = db(vec![
        t("users", "id*"),
        t("hr.people", "id* user_id^ name"),
        t("Order Details", "OrderID*"),
        t("log_1", "id* user_id^ name"),
        t("log_2", "id* user_id^ name"),
    ]);
    let map = map(
        "\"*.user_id\" = \"of Users.ID\"\n\"hr.people.name\" = \"name\"",
        "[none]\n\"goods\" = [\"Order Details\"]\n[tables.\"log_*\".columns]\nname = \"nickname\"\n[tables.log_2.columns]\nname = \"fact\"",
    );
    let read = classified(&map, &schema);
    assert_eq!(
        (kind(&read, "hr.people.name"), kind(&read, "log_1.name"), kind(&read, "log_2.name")),
        ("name", "nickname", "fact")
    );
    assert_eq!(ties(&read, "hr.people"), ["(user_id) of users(id)"]);
}

#[test]
fn generated_columns_are_not_corrected_and_null_needs_leave() {
    let schema = db(vec![t("users", "id* full= phone!")]);
    let map = map("\"*.full\" = \"name, correct\"\n\"*.phone\" = \"phone, null\"", "");
    assert_eq!(refused(&map, &schema), ["cannot_be_null users.phone", "cannot_be_corrected users.full"]);
}

/// What takes the place of everybody's values has to fit, and is nobody's.
#[test]
fn a_constant_stands_where_it_fits_and_names_nobody() {
    let schema = db(vec![t("users", "id* phone u^ n"), t("orders", "id* user_id tel")]);
    let of = |column: &str, words: &str, orders: &str| {
        let rules = "\"*.user_id\" = \"of users.id\"\n\"orders.*\" = \"fact\"\n\"users.*\" = \"fact\"";
        let orders = format!("[tables.orders]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"legal_duty\"\n{orders}");
        refused(&map(rules, &format!("[tables.users.columns]\n{column} = \"{words}\"\n{orders}")), &schema)
    };
    let good = ["'00000000000'", "'10000000000'", "'(deleted)'"];
    assert!(good.iter().all(|value| of("phone", &format!("phone, becomes {value}"), "").is_empty()));
    assert!(of("n", "name, becomes '(deleted)'", "").is_empty());
    let wrong = |column: &str| vec![format!("cannot_be_constant users.{column}")];
    assert_eq!(of("phone", "phone, becomes '13800138000'", ""), wrong("phone"), "it could be somebody's");
    assert_eq!(of("n", "name, becomes 'Deleted User'", ""), wrong("n"), "it reads like a name");
    for somebodys in [
        "landline, becomes '010-88889999'",
        "waybill_no, becomes 'SF9999999999'",
        "landline, of ~, becomes '010-88889999'",
        "waybill_no, of ~, becomes 'SF9999999999'",
        "opaque, of ~phone, becomes '13800138000'",
        "opaque, becomes 'call 13800138000'",
        "free_text, becomes 'was li@example.com'",
    ] {
        assert_eq!(of("n", somebodys, ""), wrong("n"), "{somebodys}");
    }
    for nobodys in ["landline, becomes '(none)'", "nickname, becomes '(deleted)'", "waybill_no, of ~, becomes '(gone)'"]
    {
        assert!(of("n", nobodys, "").is_empty(), "{nobodys}: {:?}", of("n", nobodys, ""));
    }
    assert_eq!(of("phone", "phone, becomes 0", ""), wrong("phone"), "a number in a column of texts");
    assert_eq!(of("id", "key, becomes 0", ""), wrong("id"), "it names rows");
    assert_eq!(of("u", "fact, becomes 'x'", ""), wrong("u"), "nothing is written over it");
    let tied = "[tables.orders.columns]\ntel = \"phone, of users.phone\"\n";
    assert_eq!(
        of("phone", "phone, becomes '00000000000'", tied),
        wrong("phone"),
        "all would be tied to the same orders"
    );
    let tied = "[tables.orders.columns]\ntel = \"phone, of users.phone, becomes '00000000000'\"\n";
    assert_eq!(of("phone", "phone", tied), ["cannot_be_constant orders.tel"]);
    let mut computed = schema.clone();
    let users = computed.tables.get_mut(&TableName::local("users".to_owned())).unwrap();
    users.columns.iter_mut().find(|column| column.name == "n").unwrap().generated = Generated::Stored;
    let words = "[tables.users.columns]\nn = \"opaque, becomes 'x'\"\n[tables.orders]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"legal_duty\"";
    let rules = "\"*.user_id\" = \"of users.id\"\n\"*.*\" = \"fact\"";
    assert!(
        refused(&map(rules, words), &computed).contains(&"cannot_be_constant users.n".to_owned()),
        "it is computed"
    );
}

/// Of whom nobody can ask by a value, no row is found by it.
#[test]
fn a_value_by_which_nobody_is_asked_for_ties_nothing() {
    for kind in ["ip", "url", "health", "biometric"] {
        let (map, schema) = tied("id* u^ body", &format!("u = \"of users.id\"\nbody = \"{kind}, of ~\""));
        assert_eq!(refused(&map, &schema), ["weak_tie notes.body"], "{kind}");
    }
}

/// Since when a new number is theirs is written with it: over nothing that has to stay as it is.
#[test]
fn a_correction_writes_over_no_date_that_something_rests_on() {
    let schema =
        db(vec![t("users", "id* phone made bound left"), t("guard", "id* kid state"), t("orders", "id* user_id")]);
    let of = |since: &str, users: &str, rest: &str| {
        let rules = "\"*.made\" = \"time\"\n\"*.bound\" = \"time\"\n\"*.left\" = \"time\"\n\"*.state\" = \"fact\"\n\
                     \"*.kid\" = \"minor of users.id\"\n\"*.user_id\" = \"of users.id\"";
        let tables = "[tables.guard]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"legal_duty\"\n\
                      [tables.orders]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n";
        let columns = format!("[tables.users.columns]\nphone = \"phone, proves since {since}\"");
        refused(&map(rules, &format!("{users}\n{columns}\n{tables}{rest}")), &schema)
    };
    let immutable = "immutable = [\"id\", \"MADE\"]";
    let collected =
        "[minors]\nconsent = \"guard\"\nvalid = \"state = 'ok'\"\nminor = \"minor\"\ncollected = \"users.made\"";
    let limit = "limit = { for = \"1 year\", after = [\"left\", \"made\"], then = \"delete\", because = \"p\" }";
    let keep = "keep = [{ for = \"1 year\", after = \"users.made\", law = \"l\", because = \"b\" }]";
    for (users, rest) in [(immutable, ""), ("", collected), (limit, ""), ("", keep)] {
        let wrong = ["cannot_be_corrected users.phone"];
        assert_eq!(of("made, correct", users, rest), wrong, "{users} {rest}");
        assert_eq!(of("Made, correct", users, rest), wrong, "{users} {rest}");
        assert!(of("made", users, rest).is_empty(), "nothing corrects it: {users} {rest}");
        assert!(of("bound, correct", users, rest).is_empty(), "a date of its own: {users} {rest}");
    }
    assert!(of("made, correct", "", "").is_empty());
}

#[test]
fn views_and_triggers_are_acknowledged_by_name() {
    let mut users = t("users", "id*");
    users.triggers = vec![Trigger { name: "tr".into(), ddl: String::new() }];
    let mut schema = db(vec![users]);
    let name = TableName::local("v");
    schema.views.insert(name.clone(), View { name, ddl: String::new() });
    assert_eq!(refused(&map("", ""), &schema), ["unacknowledged_view v", "unacknowledged_trigger users"]);
    classified(&map("", "[acknowledged]\nv = \"shows users\"\nTR = \"copies\""), &schema);
    let extra = map("", "[acknowledged]\nv = \"a\"\ntr = \"b\"\ntrr = \"c\"");
    assert_eq!(refused(&extra, &schema), ["missing_acknowledged [acknowledged]"]);
}

// ---- tables ----

#[test]
fn tables_and_columns_of_the_map_must_exist() {
    let schema = db(vec![t("users", "id*")]);
    let map = map(
        "",
        "[tables.orders]\npurpose = \"p\"\n[tables.users.columns]\nphone = \"phone\"\n[none]\n\"x\" = [\"goods\", \"price_*\"]",
    );
    assert_eq!(refused(&map, &schema), ["missing_table goods", "missing_table orders", "missing_column users.phone"]);
    assert_eq!(noticed(&map, &schema), ["idle_rule price_*"]);
}

#[test]
fn a_table_is_not_both_personal_and_free_of_personal_data() {
    let schema = db(vec![t("users", "id*"), t("goods", "id*")]);
    let map = map("", "[none]\n\"x\" = \"goods\"\n[tables.goods]\npurpose = \"p\"");
    assert_eq!(refused(&map, &schema), ["decided_twice goods"]);
}

#[test]
fn none_must_not_point_at_people_and_looks_are_noticed() {
    let schema = db(vec![t("users", "id*"), with_key(t("goods", "id* made_by phone"), "made_by", "users")]);
    let map = map("\"*.phone\" = \"phone\"", "[none]\n\"x\" = \"goods\"");
    assert_eq!(refused(&map, &schema), ["none_points_at_people goods.made_by"]);
    assert!(noticed(&map, &schema).contains(&"none_looks_personal goods".to_owned()));
}

#[test]
fn rows_need_a_name() {
    let mut notes = t("notes", "user_id^ body");
    notes.key = RowKey::None;
    let schema = db(vec![t("users", "id*"), notes]);
    let map = map("\"*.user_id\" = \"of users.id\"\n\"*.body\" = \"fact\"", "");
    assert_eq!(refused(&map, &schema), ["table_without_key notes"]);
}

#[test]
fn rowid_and_without_rowid_tables_classify() {
    let schema =
        db(vec![t("users", "id*"), t("notes", "user_id^"), stored(t("marks", "user_id* no*"), Storage::WithoutRowid)]);
    let read = classified(&map("\"*.user_id\" = \"of users.id\"\n\"*.no\" = \"fact\"", ""), &schema);
    assert_eq!(table(&read, "notes").key, RowKey::Rowid("rowid"));
    assert_eq!(table(&read, "marks").key, RowKey::Columns(vec!["user_id".into(), "no".into()]));
}

#[test]
fn fates_read_columns_that_exist() {
    let schema = db(vec![t("users", "id* done_at x"), t("notes", "id* user_id^")]);
    let rules = "\"*.*_at\" = \"time\"\n\"*.x\" = \"fact\"\n\"*.user_id\" = \"of users.id\"";
    let wrong = map(
        rules,
        "[tables.notes]\nwait = \"state = 1\"\ndated = \"when_at\"\nimmutable = [\"no\"]\nkeep = [{ for = \"3 years\", after = [\"done\", \"users.done_at\"], law = \"l\", because = \"b\", columns = [\"y\"] }]\nlimit = { for = \"1 years\", after = \"gone_at\", then = \"delete\", because = \"b\" }",
    );
    let findings = survey(&wrong, &schema).findings;
    let missing: Vec<&str> =
        findings.iter().filter(|f| f.code.word() == "missing_place").map(|f| f.message.as_str()).collect();
    let expected = ["done", "gone_at", "no", "state", "when_at", "y"];
    assert_eq!(missing, expected.map(|column| format!("there is no column `{column}` in this table")));
    let right = map(
        rules,
        "[tables.notes]\nkeep = { for = \"5 years\", after = \"removal\", counted = \"end of year\", law = \"l\", because = \"b\" }\nsource = \"partners\"",
    );
    let read = classified(&right, &schema);
    let notes = table(&read, "notes");
    assert_eq!((&notes.fates.keep[0].after, notes.fates.keep[0].end_of_year), (&After::Removal, true));
    assert_eq!(notes.source, Some(Source::Text("partners".into())));
}

#[test]
fn a_source_that_is_nearly_a_column_is_refused() {
    let schema = db(vec![t("users", "id* channel")]);
    let with = |source: &str| {
        read(&format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n\"*.channel\" = \"fact\"\n{USERS}\nsource = \"{source}\""))
    };
    assert_eq!(table(&classified(&with("channel"), &schema), "users").source, Some(Source::Column("channel".into())));
    assert_eq!(refused(&with("chanel"), &schema), ["missing_place users"]);
}

#[test]
fn origins_bases_and_rules_for_everything_are_noticed() {
    let schema = db(vec![t("users", "id* phone x")]);
    let all = map("\"*.phone\" = \"phone\"\n\"*.y\" = \"fact\"\n\"*.*\" = \"fact\"", "");
    let expected = ["origin_unmarked users", "nothing_immutable [person.account]", "catch_all *.*", "idle_rule *.y"];
    let found = noticed(&all, &schema);
    assert!(
        found.len() == expected.len() && expected.iter().all(|one| found.contains(&(*one).to_owned())),
        "{found:?}"
    );
    let findings = survey(&all, &schema).findings;
    assert!(list(&findings).contains("1 columns are decided by a rule for everything"), "{}", list(&findings));
    let text = format!("{HEAD}\n[rules]\n\"*.phone\" = \"phone\"\n\"*.*\" = \"fact\"\n{USERS}")
        .replace("\"contract\"", "\"contrat\"");
    assert!(noticed(&read(&text), &schema).contains(&"basis_misspelt users".to_owned()));
}

#[test]
fn whom_the_database_knows_must_be_said_and_unique() {
    let schema = db(vec![t("users", "id* phone")]);
    let text = format!(
        "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[rules]\n\"*.id\" = \"key\"\n\"*.phone\" = \"phone, of ~\"\n{USERS}"
    );
    assert_eq!(refused(&read(&text), &schema), ["no_person [person]"]);
    let text = format!("{text}\n[person.a]\nis = \"users.phone\"");
    assert_eq!(refused(&read(&text), &schema), ["person_not_unique [person.a]"]);
}

#[test]
fn minors_and_disclosures_name_places_that_exist() {
    let schema = db(vec![t("users", "id*"), t("consents", "id* minor_id^"), t("given", "id* user_id^")]);
    let map = map(
        "\"*.minor_id\" = \"minor of users.id\"\n\"*.user_id\" = \"of users.id\"",
        "[minors]\nconsent = \"consents\"\nvalid = \"ok = 1\"\nminor = \"child\"\n[disclosures]\nis = \"given\"\nrecipient = \"to_whom\"",
    );
    let found = refused(&map, &schema);
    assert_eq!(found, ["missing_place [minors]", "missing_place consents", "missing_place given"]);
}

/// Findings about consents and subscriptions written as `sections` say.
fn agreed(sections: &str) -> Vec<String> {
    let schema = db(vec![
        t("users", "id*"),
        t("yes", "id* user_id^ scope at made= begun by! state phone number"),
        t("mail", "id* user_id^ channel topic ended since"),
        t("loose", "id* scope at"),
        t("colours", "id* scope at"),
    ]);
    let rules = "\"*.user_id\" = \"of users.id\"\n\"*.phone\" = \"phone, provided\"\n\"*.number\" = \"phone, proves\"\n\
        \"yes.state\" = \"fact\"\n\"yes.scope\" = \"fact\"\n\"yes.begun\" = \"time\"\n\"*.by\" = \"time\"\n\"*.at\" = \"time\"\n\
        \"*.ended\" = \"time\"\n\"*.made\" = \"time\"\n\"*.since\" = \"time\"\n\"*.*\" = \"fact\"";
    refused(&map(rules, &format!("{sections}\n[none]\n\"no people\" = \"colours\"")), &schema)
}

#[test]
fn consents_and_subscriptions_name_places_that_exist_and_can_be_written() {
    let yes = |more: &str| agreed(&format!("[consents.a]\nis = \"yes\"\nscope = \"scope\"\n{more}"));
    assert_eq!(
        agreed("[consents.a]\nis = \"yess\"\nscope = \"scope\"\nwithdrawn = \"at\""),
        ["missing_place [consents.a]"]
    );
    assert_eq!(yes("withdrawn = \"att\""), ["missing_place yes"]);
    assert_eq!(yes("given = \"when\"\nwithdrawn = \"at\""), ["missing_place yes"]);
    assert_eq!(yes("set = { mood = \"no\" }"), ["missing_place yes"]);
    assert_eq!(yes("withdrawn = \"made\""), ["cannot_be_stopped yes.made"]);
    assert_eq!(yes("set = { id = \"7\" }"), ["cannot_be_stopped yes.id"]);
    assert_eq!(yes("set = { user_id = \"7\" }"), ["cannot_be_stopped yes.user_id"]);
    // what says what was agreed to, and since when, is not written over, nor is what is personal or proves
    let begun = |more: &str| yes(&format!("given = \"begun\"\n{more}"));
    assert_eq!(begun("withdrawn = \"at\"\nset = { state = \"no\" }"), Vec::<String>::new());
    for (wrong, column) in [
        ("withdrawn = \"begun\"", "begun"),
        ("withdrawn = \"BEGUN\"", "begun"),
        ("withdrawn = \"by\"", "by"),
        ("withdrawn = \"state\"", "state"),
        ("withdrawn = \"at\"\nset = { at = \"2026-01-01\" }", "at"),
        ("set = { state = \"no\", STATE = \"off\" }", "state"),
        ("set = { scope = \"none\" }", "scope"),
        ("set = { begun = \"-\" }", "begun"),
        ("set = { phone = \"0\" }", "phone"),
        ("set = { number = \"0\" }", "number"),
    ] {
        assert_eq!(begun(wrong), [format!("cannot_be_stopped yes.{column}")], "{wrong}");
    }
    assert_eq!(yes("given = \"state\"\nwithdrawn = \"at\""), ["cannot_be_stopped yes.state"]);
    let mail = |more: &str| {
        let head = "[subscriptions.a]\nis = \"mail\"\nchannel = \"channel\"\ntopic = \"topic\"\nsince = \"since\"";
        agreed(&format!("{head}\n{more}"))
    };
    assert_eq!(mail("stopped = \"ended\""), Vec::<String>::new());
    assert_eq!(mail("stopped = \"since\""), ["cannot_be_stopped mail.since"]);
    assert_eq!(mail("stopped = \"ended\"\nset = { topic = \"none\" }"), ["cannot_be_stopped mail.topic"]);
    assert_eq!(mail("stopped = \"channel\""), ["cannot_be_stopped mail.channel"; 2], "no date, and what it is about");
    // a misspelt column is not taken for a text
    let misspelt = "[subscriptions.a]\nis = \"mail\"\nchannel = \"chanel\"\nstopped = \"ended\"";
    assert_eq!(agreed(misspelt), ["missing_place mail"]);
    // what goes on record and into letters says nothing of a person
    let personal = "[subscriptions.a]\nis = \"mail\"\nchannel = \"channel\"\nstopped = \"ended\"\n[tables.mail.columns]\nchannel = \"phone\"";
    assert!(agreed(personal).contains(&"cannot_be_stopped mail.channel".to_owned()), "{:?}", agreed(personal));
    let untied = "[consents.a]\nis = \"loose\"\nscope = \"scope\"\nwithdrawn = \"at\"";
    assert_eq!(agreed(untied), ["untied [consents.a]"]);
    let nobodys = "[consents.a]\nis = \"colours\"\nscope = \"scope\"\nwithdrawn = \"at\"";
    assert_eq!(agreed(nobodys), ["decided_twice [consents.a]", "untied [consents.a]"]);
}

#[test]
fn how_it_is_written_that_something_ended_has_to_be_said() {
    let error = complaint_in("[consents.a]\nis = \"a\"\nscope = \"s\"");
    assert!(error.message.contains("does not say how it is written"), "{error}");
    assert!(error.hint.unwrap().contains("withdrawn"));
    let error = complaint_in("[subscriptions.a]\nis = \"a\"");
    assert!(error.hint.unwrap().contains("stopped"));
    assert!(complaint_in("[tables.a]\nscope = [\"a\", \"b,c\"]").message.contains("comma"));
}

/// Whoever is given the key of an erased person is told from them by what never changes in the row.
#[test]
fn a_person_table_in_which_nothing_never_changes_is_told() {
    let schema = db(vec![t("users", "id* made")]);
    let of = |words: &str| {
        let text = format!("{HEAD}\n[rules]\n\"*.id\" = \"key\"\n\"*.made\" = \"time\"\n{USERS}\n{words}");
        noticed(&read(&text), &schema).contains(&"nothing_immutable [person.account]".to_owned())
    };
    assert!(of(""));
    assert!(of("immutable = [\"ID\"]"), "the key itself is what is given again");
    assert!(!of("immutable = [\"made\"]"));
}

#[test]
fn what_is_held_on_a_consent_without_a_name_is_noticed() {
    let schema = db(vec![t("users", "id*"), t("yes", "id* user_id^ scope at"), t("notes", "id* user_id^ text")]);
    let rules = "\"*.user_id\" = \"of users.id\"\n\"*.text\" = \"free_text, provided\"";
    let notes = "[tables.notes]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"separate_consent\"\n";
    let consents = "[consents.a]\nis = \"yes\"\nscope = \"scope\"\nwithdrawn = \"at\"\n";
    let yes = "[tables.yes.columns]\nscope = \"fact\"\nat = \"time\"\n";
    let found = |map: &DataMap| {
        let findings = survey(map, &schema).findings;
        findings.into_iter().filter(|f| f.code.word() == "consent_without_scope").count()
    };
    assert_eq!(found(&map(rules, &format!("{consents}{notes}{yes}"))), 1);
    assert_eq!(found(&map(rules, &format!("{notes}{yes}"))), 0, "the map does not speak of consents at all");
    assert_eq!(found(&map(rules, &format!("{consents}{notes}scope = \"a\"\n{yes}"))), 0);
}

// ---- maps that cannot be read ----

fn complaint(text: &str) -> DataMapError {
    text.parse::<DataMap>().err().unwrap_or_else(|| panic!("it should not be readable:\n{text}"))
}

/// A complaint about a map whose rules or sections are `rest`.
fn complaint_in(rest: &str) -> DataMapError {
    complaint(&format!("version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n{rest}"))
}

#[test]
fn syntax_errors_name_line_and_column() {
    let error = complaint("version = 1\ncontroller = ZKJIA\n");
    assert_eq!((error.line, error.column, error.excerpt.as_str()), (2, 14, "controller = ZKJIA"));
    assert!(complaint("").message.contains("`version`"));
    assert_eq!(complaint("version = 1\nversion = 1").line, 2);
}

#[test]
fn another_version_names_the_supported_one() {
    let error = complaint("version = 2\nunheard_of = 1");
    assert_eq!(error.to_string(), "line 1, column 11: version 2 of the map's grammar is not supported");
    assert_eq!(error.hint.as_deref(), Some("this program reads version 1"));
    assert!(complaint("version = \"1\"").message.contains("number"));
}

#[test]
fn unknown_keys_are_refused_everywhere() {
    for (rest, key, hint) in [
        ("rulez = 1", "rulez", Some("rules")),
        ("[tables.a]\nporpose = \"x\"", "porpose", Some("purpose")),
        ("[tables.a]\nkeep = { fro = \"1 years\" }", "fro", Some("for")),
        ("[tables.a]\nlimit = { becuase = \"1 years\" }", "becuase", Some("because")),
        ("[person.a]\nis = \"a.b\"\nbron = \"a.c\"", "bron", Some("born")),
        ("[person.a]\nrestricted = { colum = \"a.b\" }", "colum", Some("column")),
        ("[minors]\nconsnet = \"a\"", "consnet", Some("consent")),
        ("[disclosures]\nrecipent = \"a\"", "recipent", Some("recipient")),
        ("[consents.a]\nwithdrawm = \"a\"", "withdrawm", Some("withdrawn")),
        ("[subscriptions.a]\ntopik = \"a\"", "topik", Some("topic")),
        ("[tables.a]\nretention = \"x\"", "retention", None),
    ] {
        let error = complaint_in(rest);
        assert!(error.message.contains(&format!("unknown key `{key}`")), "{error}");
        match hint {
            Some(near) => assert_eq!(error.hint, Some(format!("did you mean `{near}`?"))),
            None => assert!(error.hint.is_some_and(|hint| hint.starts_with("it has: purpose, clause"))),
        }
    }
}

#[test]
fn unknown_words_point_into_the_text() {
    let error = complaint_in("[rules]\n\"*.phone\" = \"phone, provded\"");
    assert_eq!((error.line, error.column), (5, 21));
    assert_eq!(error.hint.as_deref(), Some("did you mean `provided`?"));
    let shown = error.render("datamap.toml");
    assert!(shown.contains("5 | \"*.phone\" = \"phone, provded\""), "{shown}");
    let error = complaint_in("[rules]\n\"*.phone\" = \"qwertyuiop\"");
    assert!(error.message.contains("unknown word or kind `qwertyuiop`"));
    let error = complaint_in("[rules]\n\"*.phone\" = [\"fact\",\n  \"of id\"]");
    assert_eq!((error.line, error.column), (6, 7));
}

#[test]
fn predicates_that_are_none_point_at_their_place() {
    let error = complaint_in("[tables.a]\nwait = \"status == 1\"");
    assert_eq!((error.line, error.column), (5, 17));
    assert!(complaint_in("[tables.a]\nwait = \"SELECT 1\"").message.contains("expected a comparison"));
    assert!(complaint_in("[minors]\nconsent = \"a\"\nminor = \"m\"\nvalid = \"x\"").message.contains("comparison"));
    assert!(complaint_in("[tables.a.columns]\nx = \"correct when (a = 1\"").message.contains("`)`"));
}

#[test]
fn fates_say_their_reasons() {
    let keep = |inner: &str| complaint_in(&format!("[tables.a]\nkeep = {{ {inner} }}")).message;
    assert!(keep("for = \"3 years\", after = \"x\", because = \"b\"").contains("does not say `law`"));
    assert!(keep("for = \"3 years\", after = \"x\", law = \"l\"").contains("does not say `because`"));
    assert!(keep("for = \"3 years\", law = \"l\", because = \"b\"").contains("does not say `after`"));
    assert!(keep("for = \"soon\", after = \"x\", law = \"l\", because = \"b\"").contains("not a period"));
    assert!(keep("for = \"3 years\", after = [], law = \"l\", because = \"b\"").contains("empty"));
    assert!(
        keep("for = \"3 years\", after = \"x\", counted = \"weekly\", law = \"l\", because = \"b\"").contains("count")
    );
    assert!(keep("for = \"3 years\", after = \"x\", law = \"\", because = \"b\"").contains("`law` is empty"));
    let limit = |inner: &str| {
        complaint_in(&format!("[tables.a]\nlimit = {{ for = \"3 years\", after = \"x\", {inner} }}")).message
    };
    assert!(limit("then = \"delete\"").contains("does not say `because`"));
    assert!(limit("because = \"b\"").contains("does not say `then`"));
    assert!(limit("then = \"stay: x\", because = \"b\"").contains("ends in"));
    let erase = complaint_in("[tables.a]\nerase = \"anonymise\"");
    assert_eq!(erase.hint.as_deref(), Some("did you mean `anonymize`?"));
    assert!(complaint_in("[tables.a]\nerase = \"stay:\"").message.contains("reason"));
}

#[test]
fn what_people_read_is_said_once_for_all_or_in_every_language() {
    let both = "{ en = \"b\", zh = \"甲\" }";
    let period = "for = \"3 years\", after = \"x\"";
    let places = [
        ("purpose = ", ""),
        ("clause = ", ""),
        ("source = ", ""),
        (&*format!("keep = {{ {period}, because = \"b\", law = "), " }"),
        (&*format!("keep = [{{ {period}, law = \"b\", because = "), " }]"),
        (&*format!("limit = {{ {period}, then = \"delete\", because = "), " }"),
        ("erase = 'stay: ", "'"),
        ("columns.x = 'fact, export no: ", "'"),
        ("columns.x = { a = ['fact', 'export no:  ", "'] }"),
    ]
    .map(|(before, after)| (before.to_owned(), after.to_owned()));
    for (before, after) in places {
        let said = |said: &str| complaint_in(&format!("[tables.a]\n{before}{said}{after}"));
        let whole = format!("{HEAD}[tables.a]\n{before}{both}{after}");
        drop(read(&whole));
        let at = before.chars().count();
        let error = said("{ zh = \"甲\" }");
        assert!(error.message.contains("does not say `en`"), "{before}: {error}");
        assert_eq!((error.line, error.column), (5, at + 1), "{before}: {error}");
        assert_eq!(error.hint.as_deref(), Some("say it in zh and en, or write one text for every language"));
        let error = said("{ zh = \"甲\", en = \"b\", fr = \"c\" }");
        assert!(error.message.contains("unknown key `fr`"), "{before}: {error}");
        assert_eq!((error.line, error.column), (5, at + "{ zh = '甲', en = 'b', ".chars().count() + 1), "{before}");
        let error = said("{ zh = \" \", en = \"b\" }");
        assert!(error.message.contains("`zh` is empty"), "{before}: {error}");
        assert_eq!((error.line, error.column), (5, at + "{ zh = ".len() + 1), "{before}: {error}");
        assert!(said("{ zh = 5, en = \"b\" }").message.contains("must be a text"), "{before}");
    }
}

#[test]
fn wording_is_inherited_as_a_whole_and_two_that_differ_in_one_language_are_ambiguous() {
    let schema = db(vec![t("users", "id*"), t("orders", "id* user_id^"), t("payments", "id* user_id^ order_id^")]);
    let map = |orders: &str| {
        let said =
            |zh: &str| format!("purpose = {{ zh = \"{zh}\", en = \"same\" }}\nclause = \"1\"\nbasis = \"contract\"");
        let rules = "\"*.id\" = \"key\"\n\"*.user_id\" = \"of users.id\"\n\"*.order_id\" = \"of orders.id\"";
        read(&format!("{HEAD}[rules]\n{rules}\n[tables.users]\n{}\n[tables.orders]\n{}\n", said("甲"), said(orders)))
    };
    assert_eq!(table(&classified(&map("甲"), &schema), "payments").purpose, Some(Wording::new("甲", "same")));
    assert_eq!(refused(&map("乙"), &schema), ["ambiguous_inheritance payments"]);
    assert_ne!(map("甲").fingerprint(), map("乙").fingerprint());
}

#[test]
fn values_of_the_wrong_sort_are_refused() {
    assert!(complaint("version = 1\ncontroller = 5").message.contains("`controller` must be a text"));
    assert!(complaint("version = 1\ncontroller = \" \"").message.contains("`controller` is empty"));
    assert!(complaint("version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Bejing\"").message.contains("time zone"));
    assert!(complaint_in("tables = 5").message.contains("table of keys"));
    assert!(complaint_in("[rules]\n\"phone\" = \"phone\"").message.contains("no pattern for columns"));
    assert!(complaint_in("[tables.a.columns]\nx = {}").message.contains("at least one case value"));
    assert!(complaint_in("[tables.a]\ncase = \"x = y\"").hint.is_some_and(|hint| hint.contains("table.key . wanted")));
    assert!(complaint_in("[person.a]\nis = \"users\"").message.contains("names no table"));
}

// ---- fingerprint, lock, drift ----

#[test]
fn the_fingerprint_ignores_comments_and_order_where_order_means_nothing() {
    let rules = "[rules]\n\"*.a\" = \"fact\"\n\"*.b\" = \"key\"\n";
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n";
    let base = read(&format!("{head}{rules}[tables.x]\npurpose = \"p\"\n[tables.y]\npurpose = \"q\"\n"));
    let same = read(&format!("# hello\n{head}[tables.y]\npurpose   = \"q\" # why\n[tables.x]\npurpose = 'p'\n{rules}"));
    assert_eq!(base.fingerprint(), same.fingerprint());
    assert_eq!(base.fingerprint().len(), 64);
    let swapped = "[rules]\n\"*.b\" = \"key\"\n\"*.a\" = \"fact\"\n";
    let other = read(&format!("{head}{swapped}[tables.x]\npurpose = \"p\"\n[tables.y]\npurpose = \"q\"\n"));
    assert_ne!(base.fingerprint(), other.fingerprint(), "the order of rules decides");
    let other = read(&format!("{head}{rules}[tables.x]\npurpose = \"P\"\n[tables.y]\npurpose = \"q\"\n"));
    assert_ne!(base.fingerprint(), other.fingerprint());
}

fn locked() -> (Lock, DataMap, Schema) {
    let (map, mut schema) = (reference_map(), courier());
    let name = TableName { schema: Some("x".into()), name: "odd \"view\"".into() };
    schema.views.insert(name.clone(), View { name, ddl: "CREATE VIEW".into() });
    let text = include_str!("../../docs/reference/data-map.md");
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let map_text = example.replace("[acknowledged]", "[acknowledged]\n'odd \"view\"' = \"shows\"");
    assert_ne!(map.fingerprint(), read(&map_text).fingerprint());
    let map = read(&map_text);
    (Lock::of(&classified(&map, &schema), &schema), map, schema)
}

#[test]
fn the_lock_is_read_back_as_it_was_written() {
    let (lock, ..) = locked();
    let text = lock.to_string();
    assert_eq!(text.parse::<Lock>().unwrap(), lock);
    assert!(text.contains("\"phone\" = { is = \"TEXT\", words = \"phone, proves since phone_bound_at, correct, provided\", by = \"users.phone\", from = \"line\" }"), "{text}");
    assert!(text.contains("words = \"CONSENT: fact; DOB: birth_date; *: free_text\""));
    assert!(text.contains("by = \"*.user_id\", from = \"rule\""));
}

#[test]
fn nothing_changed_is_no_drift() {
    let (lock, map, schema) = locked();
    assert_eq!(drift(&lock, map.fingerprint(), &schema), []);
}

fn drifted(change: impl FnOnce(&mut Schema)) -> Vec<String> {
    let (lock, map, mut schema) = locked();
    change(&mut schema);
    drift(&lock, map.fingerprint(), &schema).iter().map(|f| format!("{} {}", f.code.word(), f.place)).collect()
}

fn change(schema: &mut Schema, name: &str, change: impl FnOnce(&mut schema::Table)) {
    change(schema.tables.get_mut(&TableName::local(name)).unwrap_or_else(|| panic!("no table {name}")));
}

#[test]
fn every_change_of_the_schema_is_drift_at_its_table() {
    assert_eq!(
        drifted(|s| {
            s.tables.insert(TableName::local("new"), t("new", "id*"));
        }),
        ["new_table new"]
    );
    assert_eq!(
        drifted(|s| {
            s.tables.remove(&TableName::local("carriers"));
        }),
        ["removed_table carriers"]
    );
    assert_eq!(
        drifted(|s| change(s, "users", |t| {
            t.columns.push(Column { name: "wechat".into(), ..t.columns[0].clone() });
            t.ddl.push_str("wechat");
        })),
        ["new_column users.wechat"]
    );
    assert_eq!(drifted(|s| change(s, "users", |t| drop(t.columns.remove(1)))), ["removed_column users.birth_date"]);
    assert_eq!(
        drifted(|s| change(s, "users", |t| t.columns[1].declared = "BLOB".into())),
        ["changed_column users.birth_date"]
    );
    assert_eq!(drifted(|s| change(s, "users", |t| t.key = RowKey::Rowid("rowid"))), ["changed_key users"]);
    assert_eq!(
        drifted(|s| change(s, "users", |t| t.triggers[0].ddl = "CREATE TRIGGER evil".into())),
        ["changed_trigger users"]
    );
    assert_eq!(drifted(|s| change(s, "users", |t| t.ddl.push_str(" STRICT"))), ["changed_definition users"]);
    assert_eq!(drifted(|s| change(s, "users", |t| *t = with_key(t.clone(), "status", "staff"))), ["changed_key users"]);
    assert_eq!(drifted(|s| s.views.clear()), ["changed_view x.\"odd \"\"view\"\"\""]);
    assert_eq!(drifted(|s| change(s, "orders", |t| t.indexes.clear())), ["changed_index orders"]);
}

#[test]
fn an_index_is_only_a_notice() {
    let (lock, map, mut schema) = locked();
    change(&mut schema, "orders", |table| table.indexes.clear());
    assert!(drift(&lock, map.fingerprint(), &schema).iter().all(|finding| !finding.refuses()));
}

#[test]
fn a_map_that_was_not_trusted_is_refused() {
    let (lock, _, schema) = locked();
    let found = drift(&lock, reference_map().fingerprint(), &schema);
    assert_eq!(found.iter().map(|f| f.code.word()).collect::<Vec<_>>(), ["untrusted"]);
    let (lock, map, schema) = locked();
    let edited = Lock { schema: "0".repeat(64), ..lock };
    assert_eq!(drift(&edited, map.fingerprint(), &schema)[0].place, "datamap.lock");
}

#[test]
fn a_lock_that_is_none_is_refused() {
    let (lock, ..) = locked();
    let text = lock.to_string();
    for wrong in ["", "version = 1", &text.replace("version = 1", "version = 2"), &text.replace("standing", "standink")]
    {
        let error = wrong.parse::<Lock>().unwrap_err();
        assert!(error.hint.unwrap().contains("map trust"));
    }
}

// ---- explain ----

#[test]
fn an_explanation_tells_what_decided_and_what_did_not() {
    use Verdict::{CameTooLate, Decided, DidNotMatch};
    let schema = db(vec![t("users", "id* phone"), t("orders", "id* user_id^ phone")]);
    let map = map(
        "\"*.user_id\" = \"of users.id\"\n\"*.phone\" = \"phone\"\n\"orders.*\" = \"fact\"",
        "[tables.users.columns]\nphone = \"phone, correct\"",
    );
    let read = classified(&map, &schema);
    let verdicts = |table: &str| {
        let told = explain(&map, &read, &TableName::local(table), "phone").unwrap();
        (told.words, told.decided_by.text, told.tried.into_iter().map(|tried| tried.verdict).collect::<Vec<_>>())
    };
    let told = (
        "phone, correct".to_owned(),
        "users.phone".to_owned(),
        vec![DidNotMatch, DidNotMatch, CameTooLate, DidNotMatch],
    );
    assert_eq!(verdicts("users"), told);
    let told = ("phone".to_owned(), "*.phone".to_owned(), vec![DidNotMatch, DidNotMatch, Decided, CameTooLate]);
    assert_eq!(verdicts("orders"), told);
    assert_eq!(explain(&map, &read, &TableName::local("orders"), "fax"), None);
}

#[test]
fn every_map_of_the_fixtures_is_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = 0;
    for folder in fs::read_dir(&fixtures).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let is_map = folder.ends_with("maps") || file.ends_with("datamap.toml");
            if is_map && file.extension().is_some_and(|extension| extension == "toml") {
                let text = fs::read_to_string(&file).unwrap();
                let name = file.display().to_string();
                text.parse::<DataMap>().unwrap_or_else(|error| panic!("{}", error.render(&name)));
                found += 1;
            }
        }
    }
    assert!(found > 0);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        drop(text.parse::<DataMap>());
        drop(text.parse::<Lock>());
    }

    #[test]
    fn no_damage_to_a_map_makes_it_panic(at in 0_usize..4000, cut in 0_usize..40, put in "[\\PC\n\"'{}\\[\\]=.~]{0,6}") {
        let text = include_str!("../../docs/reference/data-map.md");
        let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        let chars: Vec<char> = example.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        let damaged: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        if let Ok(map) = damaged.parse::<DataMap>() {
            drop(survey(&map, &courier()));
        }
    }
}
