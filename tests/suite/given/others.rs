//! What is somebody else's, or a credential, in whatever place of the package it might slip out.

use serde_json::{Value, json};

use super::{Given, asks, asks_as, copy, house, house_of, table};

const OTHER: &str = "13900139000";

#[track_caller]
fn bears_nothing_of(given: &Given, secrets: &[&str]) {
    for secret in secrets {
        assert_eq!(given.bearing(secret), [""; 0], "{secret}");
    }
}

#[test]
fn what_names_a_row_hides_what_its_cells_hide() {
    let sql = "
        CREATE TABLE sessions (token TEXT PRIMARY KEY, member_id INTEGER) WITHOUT ROWID;
        INSERT INTO sessions VALUES ('SECRETTOKEN', 1), ('ZTOKEN', 1);
        CREATE TABLE blocks (member_id INTEGER, mail TEXT, PRIMARY KEY (member_id, mail)) WITHOUT ROWID;
        INSERT INTO blocks VALUES (1, 'li@example.com');
        CREATE TABLE friends (member_id INTEGER, friend_id INTEGER, since TEXT, PRIMARY KEY (member_id, friend_id)) WITHOUT ROWID;
        INSERT INTO friends VALUES (1, 2, '2020');
        CREATE TABLE logins (member_id INTEGER, sort TEXT, value TEXT, PRIMARY KEY (member_id, sort, value)) WITHOUT ROWID;
        INSERT INTO logins VALUES (1, 'MAIL', 'wang@example.com'), (1, 'NO', 'HIDDEN'), (1, 'PW', 'SECRETWORD');
        CREATE TABLE said (member_id INTEGER, text TEXT, PRIMARY KEY (member_id, text)) WITHOUT ROWID;
        INSERT INTO said VALUES (1, 'call 13900139000'), (1, 'hello');";
    let map = [
        table("sessions", "", "token = \"credential\""),
        table("blocks", "", "mail = \"other.email\""),
        table("friends", "", "friend_id = \"by members.id\"\nsince = \"fact\""),
        table(
            "logins",
            "case = \"sort\"",
            "sort = \"fact\"\nvalue = { PW = \"credential\", NO = \"fact, export no: ours\", \"*\" = \"email\" }",
        ),
        table("said", "", "text = \"free_text\""),
    ];
    let given = copy(sql, &map.concat());
    bears_nothing_of(&given, &["SECRETTOKEN", "ZTOKEN", "li@example.com", "HIDDEN", "SECRETWORD", OTHER]);
    let keys = |table: &str| -> Vec<String> {
        given.rows(table).iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("sessions"), ["#1", "#2"]);
    assert_eq!(keys("friends"), ["1 #1"]);
    assert_eq!(keys("logins"), ["1 MAIL wang@example.com", "1 NO #2", "1 PW #3"]);
    assert_eq!(keys("said"), ["1 #1", "1 hello"]);
    assert_eq!(keys("members"), ["1"]);
}

#[test]
fn a_portable_copy_names_no_row_by_what_is_not_in_it() {
    let sql = "
        CREATE TABLE mails (member_id INTEGER, mail TEXT, topic TEXT, PRIMARY KEY (member_id, mail)) WITHOUT ROWID;
        INSERT INTO mails VALUES (1, 'seen@example.com', 'news');";
    let map = table("mails", "", "mail = \"email, observed\"\ntopic = \"fact, provided\"");
    let mut office = house(sql, &map);
    asks(&mut office, "transfer");
    let given = Given::by(&mut office, "--portable");
    assert_eq!(given.rows("mails")[0]["key"], "1 #1");
    bears_nothing_of(&given, &["seen@example.com"]);
}

#[test]
fn the_ledger_of_disclosures_goes_the_way_of_every_row() {
    let people = "
        CREATE TABLE members (id INTEGER PRIMARY KEY, phone TEXT, full_name TEXT, bound_at TEXT);
        INSERT INTO members VALUES (1, '13800138000', '王芳', '2026-01-01');
        CREATE TABLE ledger (id INTEGER PRIMARY KEY, phone TEXT, recipient TEXT, fields TEXT, at TEXT, basis TEXT, ref TEXT);
        INSERT INTO ledger VALUES (1, '13800138000', 'COURT OF THE OWNER BEFORE', 'record', '2021-05-05', 'law', 'r1'),
            (2, '13800138000', 'bank', 'phone; note for 13900139000', '2026-05-05', 'law', 'INTERNAL'),
            (3, '13800138000', 'UNDATED', 'address', NULL, 'law', 'r3');";
    let map = format!(
        "version = 1\ncontroller = \"Test\"\ntime_zone = \"UTC\"\n[person.member]\nis = \"members.id\"\n
         [disclosures]\nis = \"ledger\"\nrecipient = \"recipient\"\nfields = \"fields\"\nat = \"at\"\nbasis = \"ref\"\n{}{}",
        table(
            "members",
            "",
            "id = \"key\"\nphone = \"phone, proves since bound_at\"\nfull_name = \"name\"\nbound_at = \"time\""
        ),
        table(
            "ledger",
            "dated = \"at\"",
            "id = \"key\"\nphone = \"phone, of ~\"\nrecipient = \"fact\"\nfields = \"free_text\"\nat = \"time\"
             basis = \"fact\"\nref = \"fact, export no: ours\""
        )
    );
    let mut office = house_of(people, &map);
    asks(&mut office, "copy");
    let given = Given::by(&mut office, "");
    bears_nothing_of(&given, &["COURT OF THE OWNER BEFORE", "UNDATED", "INTERNAL", OTHER]);
    let told = given.data["disclosures"].as_array().unwrap();
    assert_eq!(told.len(), 1, "rows that may be another's are counted, not told: {told:?}");
    assert_eq!(told[0]["recipient"], "bank");
    assert_eq!(told[0]["basis"]["code"], "not given (export_no)");
    assert_eq!(given.data["counts"]["withheld"]["undecided"], 14, "two rows of seven columns");
}

#[test]
fn free_text_is_looked_through_whatever_it_is_stored_as() {
    let sql = "
        CREATE TABLE notes (id INTEGER PRIMARY KEY, member_id INTEGER, body);
        INSERT INTO notes VALUES (1, 1, 13900139000), (2, 1, 13900139000.0), (3, 1, CAST('call 13900139000' AS BLOB)),
            (4, 1, CAST(x'ff3133393030313339303030' AS TEXT)), (5, 1, x'310033003900300030003100330039003000300030003000'),
            (6, 1, x'ff00fe'), (7, 1, 42), (8, 1, 13800138000), (9, 1, 1e-320), (10, 1, '文昌巷7号');";
    let mut office = house(sql, &table("notes", "", "body = \"free_text\""));
    asks(&mut office, "copy");
    let said = office.run(&format!("export {} --no-zip --letter-lang en", super::CASE)).looks();
    assert!(said.stdout().contains("not complete"), "{said}");
    let given = Given::of(&office, said);
    bears_nothing_of(&given, &[OTHER, "MTM5MDAxMzkwMDA", "133930303133"]);
    let masked = "139******00";
    let shown = given.cells("notes", "body");
    let unreadable = json!({"withheld": "unreadable"});
    let expected = [
        json!(masked),
        json!(masked),
        json!(format!("call {masked}")),
        json!(format!("\u{fffd}{masked}")),
        unreadable.clone(),
        unreadable,
        json!(42),
        json!(13_800_138_000_u64),
        serde_json::from_str("1e-320").unwrap(),
        json!("***"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(given.data["counts"]["withheld"]["unreadable"], 2);
}

#[test]
fn a_name_that_is_shown_is_looked_through_as_well() {
    let sql = "
        CREATE TABLE book (id INTEGER PRIMARY KEY, member_id INTEGER, name TEXT, phone TEXT, remark TEXT, at INTEGER);
        INSERT INTO book VALUES (1, 1, '妈妈13700137000', '13700137000', 'ask 13700137000', 1700000000);";
    let map = "name = \"contact.name\"\nphone = \"contact.phone, contact of ~\"\nremark = \"contact.fact\"\nat = \"contact.time\"";
    let given = copy(sql, &table("book", "", map));
    bears_nothing_of(&given, &["13700137000"]);
    assert_eq!(given.cells("book", "name"), ["妈妈137******00"]);
    assert_eq!(given.cells("book", "remark"), ["ask 137******00"]);
    assert_eq!(given.cells("book", "at"), [1_700_000_000]);
}

#[test]
fn a_case_in_another_spelling_shows_nothing_that_the_one_that_was_meant_hides() {
    let sql = "
        CREATE TABLE answers (id INTEGER PRIMARY KEY, member_id INTEGER, k, v INTEGER);
        INSERT INTO answers VALUES (1, 1, 'PW', 'SECRET1'), (2, 1, ' PW', 'SECRET2'), (3, 1, 'pw', 'SECRET3'),
            (4, 1, X'5057', 'SECRET4'), (5, 1, 7, 'SECRET5'), (6, 1, 7.0, 'SECRET6'), (7, 1, 'COLOUR', 'blue'),
            (8, 1, NULL, 'nothing'), (9, 1, ' note', 'also free'), (10, 1, 'REF', '2'), (11, 1, 'SELF', '1');
        CREATE TABLE things (id INTEGER PRIMARY KEY, kind TEXT, item INTEGER, text TEXT);
        INSERT INTO things VALUES (1, 'USER', 1, 'mine'), (2, 'SHOP', 1, 'SHOPTEXT'), (3, 'user', 1, 'UNCLEAR');";
    let answers = "k = \"fact\"\nv = { PW = \"credential\", 7 = \"credential\", note = \"free_text\", REF = \"by members.id\", SELF = \"of members.id\", \"*\" = \"free_text\" }";
    let things = "kind = \"fact\"\nitem = { USER = \"of members.id\", \"*\" = \"fact\" }\ntext = \"fact\"";
    let map = table("answers", "case = \"k\"", answers) + &table("things", "case = \"kind\"", things);
    let given = copy(sql, &map);
    bears_nothing_of(&given, &["SECRET", "SHOPTEXT", "UNCLEAR"]);
    let credential = json!({"withheld": "credential"});
    let unclear = json!({"withheld": "undecided"});
    let expected: Vec<Value> = vec![
        credential.clone(),
        unclear.clone(),
        unclear.clone(),
        unclear.clone(),
        credential,
        unclear,
        json!("blue"),
        json!("nothing"),
        json!("also free"),
        json!({"withheld": "third_party"}),
        json!(1),
    ];
    assert_eq!(given.cells("answers", "v"), expected);
    assert_eq!(given.rows("things").len(), 1);
    assert_eq!(
        given.data["counts"]["withheld"]["undecided"],
        4 + 4,
        "and the four cells of the row whose tie is unclear"
    );
}

#[test]
fn who_typed_the_names_in_a_row_is_not_whose_column_comes_first() {
    let sql = "
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, recipient_name TEXT, recipient_phone TEXT, sender_id INTEGER,
            sender_name TEXT, sender_phone TEXT);
        INSERT INTO parcels VALUES (1, '王芳', '13800138000', 2, '李四', '13900139000');";
    let map = table(
        "parcels",
        "",
        "recipient_name = \"recipient.name\"\nrecipient_phone = \"recipient.phone, recipient of ~\"
         sender_id = \"sender of members.id\"\nsender_name = \"sender.name\"\nsender_phone = \"sender.phone\"",
    );
    let given = copy(sql, &map);
    assert_eq!(given.cells("parcels", "sender_name"), [json!({"masked": "李*"})], "the recipient did not type it");
    let mut office = house(sql, &map);
    asks_as(&mut office, "copy", "member=2");
    let given = Given::by(&mut office, "");
    assert_eq!(given.cells("parcels", "recipient_name"), ["王芳"], "the sender typed it");
    assert_eq!(given.cells("parcels", "recipient_phone"), [json!({"masked": "138******00"})]);
    // both have accounts, and the recipient's key comes first: the map says who typed it
    let sql = sql
        .replace("recipient_name TEXT,", "recipient_id INTEGER, recipient_name TEXT,")
        .replace("(1, '王芳'", "(1, 1, '王芳'");
    let map = map.replace("recipient_name =", "recipient_id = \"recipient of members.id\"\nrecipient_name =");
    for (keys, sender) in [("", json!("李四")), ("typed_by = \"sender\"\n", json!({"masked": "李*"}))] {
        let map = map.replace("[tables.parcels.columns]", &format!("{keys}[tables.parcels.columns]"));
        assert_eq!(copy(&sql, &map).cells("parcels", "sender_name"), [sender], "{keys}");
    }
    let mut office = house("", "");
    office.file("datamap.toml", &office.read("datamap.toml").replace("basis =", "typed_by = \"sendr\"\nbasis ="));
    let checked = office.run("map check");
    assert!(checked.to_string().contains("have no role `sendr`"), "{checked}");
}

#[test]
fn a_name_of_a_table_cannot_turn_the_screen_around() {
    let odd = "no\u{202e}tes";
    let sql = format!(
        "CREATE TABLE \"{odd}\" (id INTEGER PRIMARY KEY, member_id INTEGER); INSERT INTO \"{odd}\" VALUES (1, 1);"
    );
    let mut office = house(&sql, &table(&format!("'\"{odd}\"'"), "", ""));
    asks(&mut office, "copy");
    let said = office.run(&format!("export {} --no-zip --json", super::CASE)).done();
    assert!(!said.stdout().contains('\u{202e}') && said.stdout().contains("\\u202e"), "{said}");
    assert_eq!(said.json()["data"]["tables"][odd], 1);
}
