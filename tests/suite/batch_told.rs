//! Of several people in one plan each is told what was done to their own rows: on screen, on record and by letter.

use serde_json::Value as Json;

use crate::{
    office::{Office, Outcome},
    ties::table,
};

fn number(n: u32) -> String {
    format!("DSR-20261123-{n:04}")
}

/// Users 1, 2, …, each of whom asks for a deletion in the case of their number.
fn office(people: u32, rows: &str) -> Office {
    office_with(people, rows, "")
}

/// The same with more tables.
fn office_with(people: u32, rows: &str, more: &str) -> Office {
    let users = (1..=people).map(|id| format!("INSERT INTO users VALUES ({id}, 'Name{id}', '1380013800{id}');"));
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, uid INTEGER, body TEXT);
        CREATE TABLE invoices (id INTEGER PRIMARY KEY, uid INTEGER, payer TEXT, paid_at TEXT);
        CREATE TABLE waybills (id INTEGER PRIMARY KEY, sender_id INTEGER, sender_name TEXT,
            recipient_id INTEGER, recipient_name TEXT, recipient_phone TEXT, done_at TEXT);
        CREATE TABLE claims (id INTEGER PRIMARY KEY, sender_id INTEGER, sender_name TEXT,
            recipient_id INTEGER, recipient_name TEXT, done_at TEXT);"
        .to_owned()
        + &users.collect::<String>()
        + rows;
    let keep = |columns: &str| {
        format!(
            "keep = {{ for = \"10 years\", after = \"COLUMN\", law = \"L\", because = \"b\", columns = [{columns}] }}\n"
        )
    };
    let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
               [rules]\n\"*.id\" = \"key\"\n\"*.uid\" = \"of users.id\"\n\"*.*_at\" = \"time\"\n\
               \"*.sender_id\" = \"sender of users.id\"\n\"*.sender_name\" = \"sender.name, provided\"\n\
               \"*.recipient_id\" = \"recipient of users.id\"\n\"*.recipient_name\" = \"recipient.name, provided\"\n"
        .to_owned()
        + &table("users")
        + "[tables.users.columns]\nname = \"name, provided\"\nphone = \"phone, proves, provided\"\n"
        + &table("tickets")
        + "[tables.tickets.columns]\nbody = \"free_text, provided\"\n"
        + &table("invoices")
        + &keep("\"payer\", \"paid_at\"").replace("COLUMN", "paid_at")
        + "[tables.invoices.columns]\npayer = \"name, provided\"\n"
        + &table("waybills")
        + "[tables.waybills.columns]\nrecipient_phone = \"recipient.phone, recipient of ~, provided\"\n"
        + &table("claims")
        + &keep("\"sender_name\", \"done_at\"").replace("COLUMN", "done_at")
        + more;
    let mut office = Office::empty().with_shop(&sql, &map);
    for id in 1..=people {
        office.file("who.txt", &format!("account={id}\n"));
        office.run("case open delete --id-file who.txt --quiet").done();
        office.run(&format!("case identify {} --level L3 --by papers --age adult --quiet", number(id))).done();
    }
    office.file("cases.txt", &(1..=people).map(|id| number(id) + "\n").collect::<Vec<_>>().concat());
    office
}

fn batch(office: &mut Office, how: &str) -> Outcome {
    office.run(&format!("erase --cases cases.txt --json {how}"))
}

/// What the case says of a table: deleted, overwritten, and kept.
fn told(office: &mut Office, case: u32, table: &str) -> Vec<(String, u64)> {
    let shown = office.run(&format!("case show {} --json", number(case))).done().json();
    let rows = |list: &Json, word: &str| -> Vec<(String, u64)> {
        let list = list.as_array().cloned().unwrap_or_default();
        let here = list.iter().filter(|one| one["table"] == table);
        here.map(|one| (one.get(word).and_then(Json::as_str).unwrap_or(word).to_owned(), one["rows"].as_u64().unwrap()))
            .collect()
    };
    let mut all = rows(&shown["data"]["actions"], "what");
    all.sort();
    all
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(what, rows)| ((*what).to_owned(), *rows)).collect()
}

#[test]
fn whoever_is_in_another_role_is_not_told_that_theirs_went() {
    let rows = "INSERT INTO waybills VALUES (1, 1, 'Sn1', 2, 'Rn1', NULL, '2020-01-01');";
    let mut office = office(2, rows);
    let planned = batch(&mut office, "--role sender --confirm 2").carried_out().json();
    let located: Vec<u64> =
        planned["data"]["cases"].as_array().unwrap().iter().map(|one| one["located"].as_u64().unwrap()).collect();
    assert_eq!(located, [1, 0]);
    assert_eq!(told(&mut office, 2, "waybills"), []);
    let row: (Option<String>, Option<String>) = office
        .shop()
        .query_row("SELECT sender_name, recipient_name FROM waybills", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(row, (None, Some("Rn1".to_owned())));
    let answer = format!("case answer {} --letter answer --decision FULFILLED --part", number(2));
    office.run(&answer).refused("nothing_done");
}

#[test]
fn of_a_row_of_two_each_is_told_of_their_own_columns() {
    // a law keeps the sender's name in a claim, and nothing of the recipient's
    let rows = "INSERT INTO claims VALUES (1, 1, 'Sn1', 2, 'Rn1', '2025-01-01');";
    let mut office = office(2, rows);
    batch(&mut office, "--confirm 2").carried_out();
    assert_eq!(told(&mut office, 1, "claims"), pairs(&[("kept", 1)]));
    assert_eq!(told(&mut office, 2, "claims"), pairs(&[("kept_in_part", 1)]));
    let name: String = office.shop().query_row("SELECT sender_name FROM claims", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "Sn1");
}

#[test]
fn a_column_of_somebody_else_is_not_told_as_cleared() {
    let rows = "INSERT INTO waybills VALUES (1, 1, 'Sn1', 2, 'Rn1', '13800138002', '2020-01-01');";
    let mut office = office(2, rows);
    batch(&mut office, "--column waybills.recipient_phone --confirm 2").carried_out();
    assert!(!told(&mut office, 1, "waybills").iter().any(|(what, _)| what == "cleared"));
    assert_eq!(told(&mut office, 2, "waybills"), pairs(&[("cleared", 1)]));
}

/// A row that may be somebody's stays for them, and they are told, although the rest of it was another's of the plan.
#[test]
fn what_may_be_theirs_is_told_in_a_batch_as_by_itself() {
    let rows = "INSERT INTO waybills VALUES (1, 2, 'Sn1', 3, 'Rn1', '13800138001', '2012-02-02');";
    let alone = |office: &mut Office| {
        let case = number(1);
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        let shown = office.run(&format!("case show {case} --json")).done().json();
        (shown["data"]["retained"].clone(), told(office, 1, "waybills"))
    };
    let mut single = office(2, rows);
    let by_itself = alone(&mut single);
    assert_eq!(by_itself.0.as_array().unwrap().len(), 1, "{by_itself:?}");
    assert_eq!(by_itself.1, pairs(&[("kept", 1)]));
    let mut together = office(2, rows);
    batch(&mut together, "--confirm 2").carried_out();
    let shown = together.run(&format!("case show {} --json", number(1))).done().json();
    assert_eq!((shown["data"]["retained"].clone(), told(&mut together, 1, "waybills")), by_itself);
    let phone: String =
        together.shop().query_row("SELECT recipient_phone FROM waybills", [], |row| row.get(0)).unwrap();
    assert_eq!(phone, "13800138001");
}

/// A row of two owners and a recipient, of whom one owner and the recipient ask: what the owners have in common stays for
/// the other, and whoever asked is told so, in a batch as by themselves, and so that it can be proven.
#[test]
fn what_is_held_in_common_is_told_as_staying() {
    let rows = "CREATE TABLE books (id INTEGER PRIMARY KEY, owner INTEGER, other INTEGER, recipient_id INTEGER,
                    recipient_name TEXT, body TEXT);
                INSERT INTO users VALUES (4, 'Name4', '13800138004');
                INSERT INTO books VALUES (1, 1, 4, 2, 'Rita', 'medicine'), (2, 3, 4, 3, 'Cy', 'shoes');";
    let map = table("books")
        + "[tables.books.columns]\nowner = \"of users.id\"\nother = \"of users.id\"\nbody = \"free_text, provided\"\n";
    let mut office = office_with(3, rows, &map);
    batch(&mut office, "--confirm 3").carried_out();
    assert_eq!(told(&mut office, 1, "books"), pairs(&[("kept", 1)]));
    assert_eq!(told(&mut office, 2, "books"), pairs(&[("anonymized", 1)]));
    // who is the recipient as well lost that part
    assert_eq!(told(&mut office, 3, "books"), pairs(&[("kept_in_part", 1)]));
    let proofs = office.run("prove --pending --json").done().json();
    let proofs = proofs["data"]["proofs"].as_array().unwrap();
    assert!(proofs.len() == 3 && proofs.iter().all(|proof| proof["state"] == "proven"), "{proofs:?}");
    let mut alone = office_with(3, rows, &map);
    for case in [1, 3, 2] {
        let number = number(case);
        alone.run(&format!("erase {number} --confirm {number} --quiet")).carried_out();
        assert_eq!(told(&mut alone, case, "books"), told(&mut office, case, "books"), "{case}");
    }
}

/// Rows that change hands between two people of a plan before it is applied: nobody is told of another's rows.
#[test]
fn a_row_that_changed_hands_makes_the_plan_stale() {
    let rows = "INSERT INTO tickets VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');
                INSERT INTO invoices VALUES (1, 1, 'P1', '2025-01-01'), (2, 2, 'P2', '2025-01-01');";
    for change in [
        "UPDATE tickets SET uid = 2 WHERE id = 1",
        "UPDATE tickets SET uid = 3 - uid WHERE id IN (1, 3)",
        "UPDATE invoices SET uid = 2 WHERE id = 1",
    ] {
        let mut office = office(2, rows);
        batch(&mut office, "--plan plan.jsonl").done();
        office.shop().execute_batch(change).unwrap();
        let before: i64 = office.shop().query_row("SELECT count(*) FROM tickets", [], |row| row.get(0)).unwrap();
        office.run("apply plan.jsonl --confirm 2").refused("stale_plan");
        let after: i64 = office.shop().query_row("SELECT count(*) FROM tickets", [], |row| row.get(0)).unwrap();
        assert_eq!((before, after), (3, 3));
    }
    let mut office = office(2, rows);
    batch(&mut office, "--plan plan.jsonl").done();
    office.shop().execute_batch("UPDATE tickets SET body = 'z' WHERE id = 1").unwrap();
    office.run("apply plan.jsonl --confirm 2").carried_out();
    assert_eq!(told(&mut office, 1, "tickets"), pairs(&[("deleted", 2)]));
}

/// A remark that two share stays, also where the other is in no case of the batch: each is told as by themselves.
#[test]
fn what_is_the_rows_own_is_told_as_staying_in_a_batch_as_by_itself() {
    let more = table("notes")
        + "[tables.notes.columns]\nsender_id = \"sender of users.id\"\nremark = \"free_text, provided\"\n";
    let rows = "CREATE TABLE notes (id INTEGER PRIMARY KEY, sender_id INTEGER NOT NULL, sender_name TEXT,
            recipient_id INTEGER, recipient_name TEXT, remark TEXT);
        INSERT INTO notes VALUES (1, 1, 'Sn1', 4, 'Rn4', 'at the gate'), (2, 2, 'Sn2', 4, 'Rn4', 'at the door');
        INSERT INTO users VALUES (4, 'Name4', '13800138004');";
    let shown = |office: &mut Office| {
        let shown = office.run(&format!("case show {} --json", number(1))).done().json();
        (told(office, 1, "notes"), shown["data"]["retained"].clone())
    };
    let mut single = office_with(2, rows, &more);
    single.run(&format!("erase {0} --confirm {0} --quiet", number(1))).carried_out();
    let by_itself = shown(&mut single);
    assert_eq!(
        (&by_itself.0, &by_itself.1[0]["code"]),
        (&pairs(&[("kept_in_part", 1)]), &"stay".into()),
        "{by_itself:?}"
    );
    let mut together = office_with(2, rows, &more);
    batch(&mut together, "--confirm 2").carried_out();
    assert_eq!(shown(&mut together), by_itself);
    for case in [1, 2] {
        together.run(&format!("prove {} --quiet", number(case))).done();
    }
}

/// A row that may be somebody's and stays for another of the batch is kept from both.
#[test]
fn what_may_be_theirs_is_told_where_it_stays_for_another_of_the_batch() {
    let more = table("ledger")
        + "erase = \"stay: a ledger\"\n[tables.ledger.columns]\nsender_id = \"sender of users.id\"\n\
           sender_phone = \"sender.phone, sender of ~, provided\"\n";
    let rows = "CREATE TABLE ledger (id INTEGER PRIMARY KEY, sender_id INTEGER, sender_phone TEXT,
            recipient_id INTEGER, recipient_name TEXT);
        INSERT INTO ledger VALUES (1, 3, '13800138001', 2, 'Rn2');
        INSERT INTO users VALUES (3, 'Name3', '13800138003');";
    let mut single = office_with(2, rows, &more);
    single.run(&format!("erase {0} --confirm {0} --quiet", number(1))).carried_out();
    let by_itself = told(&mut single, 1, "ledger");
    assert_eq!(by_itself, pairs(&[("kept", 1)]));
    let mut together = office_with(2, rows, &more);
    batch(&mut together, "--confirm 2").carried_out();
    assert_eq!(told(&mut together, 1, "ledger"), by_itself);
    assert_eq!(told(&mut together, 2, "ledger"), pairs(&[("kept", 1)]));
}

/// What is asked for and stays because it is somebody else's, too, is told of a part as of the whole.
#[test]
fn of_a_part_it_is_told_what_stays_for_somebody_else() {
    for link in ["NOT NULL", ""] {
        let more = table("notes")
            + "[tables.notes.columns]\nsender_id = \"sender of users.id\"\nremark = \"free_text, provided\"\n";
        let rows = format!(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, sender_id INTEGER {link}, sender_name TEXT,
                recipient_id INTEGER, recipient_name TEXT, remark TEXT);
            INSERT INTO notes VALUES (1, 1, 'Sn1', 4, 'Rn4', 'at the gate');
            INSERT INTO users VALUES (4, 'Name4', '13800138004');"
        );
        for columns in ["--column notes.remark", "--column notes.remark --column notes.sender_name"] {
            let mut office = office_with(1, &rows, &more);
            let case = number(1);
            let erased = office.run(&format!("erase {case} {columns} --confirm {case} --json")).carried_out().json();
            let reasons = &erased["data"]["reasons"];
            assert_eq!((&reasons[0]["table"], &reasons[0]["code"]), (&"notes".into(), &"stay".into()), "{erased}");
            let remark: String = office.shop().query_row("SELECT remark FROM notes", [], |row| row.get(0)).unwrap();
            assert_eq!(remark, "at the gate");
        }
    }
}

/// By a number in one role of a row a kept one is found: the number in the other role goes, for one as for both.
#[test]
fn a_number_that_nothing_is_found_by_goes_beside_one_that_is_needed() {
    let more = table("letters")
        + "[tables.letters.columns]\nsender_phone = \"sender.phone, sender of ~, provided\"\n\
           recipient_phone = \"recipient.phone, recipient of ~, provided\"\n"
        + &table("bills")
        + "keep = { for = \"10 years\", after = \"paid_at\", law = \"L\", because = \"b\", columns = [\"payer\", \"paid_at\"] }\n\
           [tables.bills.columns]\nletter = \"of letters.id as sender\"\npayer = \"name, provided\"\n";
    let rows =
        "CREATE TABLE letters (id INTEGER PRIMARY KEY, sender_phone TEXT, recipient_name TEXT, recipient_phone TEXT);
        CREATE TABLE bills (id INTEGER PRIMARY KEY, letter INTEGER, payer TEXT, paid_at TEXT);
        INSERT INTO letters VALUES (1, '13800138001', 'Rn2', '13800138002');
        INSERT INTO bills VALUES (1, 1, 'Name1', '2025-01-01');";
    let numbers = |office: &Office| -> (Option<String>, Option<String>) {
        let sql = "SELECT sender_phone, recipient_phone FROM letters";
        office.shop().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    for cases in [&[1][..], &[2], &[1, 2]] {
        let mut office = office_with(2, rows, &more);
        match cases {
            [case] => office.run(&format!("erase {0} --confirm {0} --quiet", number(*case))).carried_out(),
            _ => batch(&mut office, "--confirm 2").carried_out(),
        };
        let sender = Some("13800138001".to_owned());
        let recipient = (!cases.contains(&2)).then(|| "13800138002".to_owned());
        assert_eq!(numbers(&office), (sender, recipient), "{cases:?}");
        for case in cases {
            office.run(&format!("prove {} --quiet", number(*case))).done();
        }
    }
}
