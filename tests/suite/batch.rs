//! Several cases in one plan: the good ones go together, the others are set aside by name, and whoever dies in the
//! middle finds all of them done or none.

use std::{cell::RefCell, io::Cursor, os::unix::process::ExitStatusExt, path::Path, rc::Rc, sync::Arc};

use droit::cli::{Interrupt, Randomness, Terminal, World, run};
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    desk::{dump, process, seeded, told},
    interrupted::Deadly,
    office::Office,
    ties::table,
};

fn open_case(office: &mut Office, number: u16, request: &str, given: &str) -> String {
    let case = format!("DSR-20261123-{number:04}");
    office.file("id.txt", given);
    office.run(&format!("case open {request} --channel app --id-file id.txt --quiet")).done();
    case
}

fn verified(office: &mut Office, number: u16, request: &str, given: &str) -> String {
    let case = open_case(office, number, request, given);
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
    case
}

fn codes(result: &Value) -> Vec<(String, String)> {
    let one = |aside: &Value| (aside["case"].as_str().unwrap().into(), aside["code"].as_str().unwrap().into());
    result["data"]["set_aside"].as_array().unwrap().iter().map(one).collect()
}

/// Every row, of every table that says whose it is, of anybody but these three.
fn of_others(path: &Path) -> Vec<String> {
    let database = Connection::open(path).unwrap();
    let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.name = 'user_id' OR m.name = 'users' AND c.name = 'id' ORDER BY 1";
    let tables: Vec<(String, String)> = database
        .prepare(sql)
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(tables.len() > 20);
    let mut rows = Vec::new();
    for (table, column) in tables {
        let mut statement =
            database.prepare(&format!("SELECT * FROM {table} WHERE {column} NOT IN (100, 101, 102)")).unwrap();
        let width = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<String> =
                (0..width).map(|at| format!("{:?}", row.get::<_, rusqlite::types::Value>(at).unwrap())).collect();
            rows.push(format!("{table}: {}", cells.join("|")));
        }
    }
    rows.sort();
    rows
}

/// Three that can go, and one of everything that cannot.
fn office() -> (Office, [String; 3], Vec<(String, String)>) {
    let mut office = Office::courier();
    let good = [(1, 100), (2, 101), (3, 102)]
        .map(|(number, account)| verified(&mut office, number, "delete", &format!("account={account}\n")));
    let held = verified(&mut office, 4, "delete", "account=103\n");
    office.file("order.txt", "order of a court");
    office.run(&format!("hold add --case {held} --order order.txt --quiet")).done();
    let in_transit = verified(&mut office, 5, "delete", "account=9\n");
    let unverified = open_case(&mut office, 6, "delete", "account=104\n");
    let removed = verified(&mut office, 7, "cancel_account", "account=105\n");
    office.run(&format!("erase {removed} --confirm {removed} --quiet")).done();
    let copy = verified(&mut office, 8, "copy", "account=106\n");
    let database = Connection::open(office.path("zkjia.db")).unwrap();
    let phone: String = database.query_row("SELECT phone FROM users WHERE id = 107", [], |row| row.get(0)).unwrap();
    let ambiguous = verified(&mut office, 9, "delete", &format!("phone={phone}\n"));
    let shared = "UPDATE users SET phone = ?1, phone_bound_at = (SELECT phone_bound_at FROM users WHERE id = 107) WHERE id = 108";
    database.execute(shared, [&phone]).unwrap();
    let nobody = "DSR-20261123-0099".to_owned();
    let aside = [
        (held, "HOLD"),
        (in_transit, "LIVE"),
        (unverified, "not_verified"),
        (removed, "already_removed"),
        (copy, "not_an_erasure"),
        (ambiguous, "ambiguous_identity"),
        (nobody, "no_such_case"),
    ];
    let aside: Vec<(String, String)> = aside.map(|(case, code)| (case, code.to_owned())).into();
    let listed: Vec<&str> = aside.iter().map(|(case, _)| &**case).chain(good.iter().map(|case| &**case)).collect();
    office.file("cases.txt", &format!("# Monday\n{}\n{}\n", listed.join("\n"), good[0]));
    (office, good, aside)
}

#[test]
fn more_than_a_thousand_cases_are_no_batch() {
    let mut office = Office::courier();
    let list = |cases: u32| (1..=cases).map(|case| format!("DSR-20261123-{case:04}")).collect::<Vec<_>>().join("\n");
    office.file("cases.txt", &list(1001));
    for command in ["erase", "anonymize"] {
        let refused = office.run(&format!("{command} --cases cases.txt --plan plan.jsonl"));
        refused.refused("too_many_cases");
    }
    office.file("cases.txt", &list(1000));
    let nobody = office.run("erase --cases cases.txt --plan plan.jsonl --json").looks().json();
    assert_eq!(nobody["data"]["set_aside"].as_array().unwrap().len(), 1000);
}

#[test]
fn the_good_cases_go_together_and_the_others_are_named() {
    let (mut office, good, aside) = office();
    let before = of_others(&office.path("zkjia.db"));
    let status = |office: &mut Office, case: &str| {
        office.run(&format!("case show {case} --json")).done().json()["data"]["status"].as_str().unwrap().to_owned()
    };
    let statuses: Vec<String> = aside[..6].iter().map(|(case, _)| status(&mut office, case)).collect();

    let planned = office.run("erase --cases cases.txt --plan plan.jsonl --json").looks().json();
    assert_eq!(planned["schema"], "droit.erase.batch/1");
    assert_eq!(
        (planned["data"]["case"].as_str(), planned["data"]["people"].as_u64()),
        (Some("RUN-20261123-0001"), Some(3))
    );
    let mut expected = aside.clone();
    expected.sort();
    assert_eq!(codes(&planned), expected);
    let shares = planned["data"]["cases"].as_array().unwrap();
    for word in ["located", "deleted", "anonymized", "kept"] {
        let sum: u64 = shares.iter().map(|share| share[word].as_u64().unwrap()).sum();
        assert_eq!(sum, planned["data"][word].as_u64().unwrap(), "nobody shares a row here: {word}");
    }
    for case in &good {
        assert_eq!(status(&mut office, case), "assessed");
    }
    assert_eq!(of_others(&office.path("zkjia.db")), before);

    office.run("apply plan.jsonl").refused("needs_confirmation");
    office.run("apply plan.jsonl --confirm 10").refused("confirms_another");
    office.run(&format!("apply plan.jsonl --confirm {}", good[0])).refused("confirms_another");
    let applied = office.run("apply plan.jsonl --confirm 3").done();
    assert!(applied.stdout().contains("RUN-20261123-0001: removed, not yet proven"), "{applied}");
    office.run("apply plan.jsonl --confirm 3").refused("applied_twice");

    let database = Connection::open(office.path("zkjia.db")).unwrap();
    let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(
        one("SELECT count(*) FROM users WHERE id IN (100, 101, 102) AND (phone IS NOT NULL OR email IS NOT NULL)"),
        0
    );
    for table in ["addresses", "browsing_events", "devices", "user_profiles", "push_log"] {
        assert_eq!(one(&format!("SELECT count(*) FROM {table} WHERE user_id IN (100, 101, 102)")), 0, "{table}");
    }
    assert_eq!(of_others(&office.path("zkjia.db")), before, "nobody else's row is another");
    for (case, share) in good.iter().zip(shares) {
        let shown = office.run(&format!("case show {case} --json")).done().json();
        assert_eq!(
            (shown["data"]["status"].as_str(), shown["data"]["proof"].as_str()),
            (Some("postcheck"), Some("pending"))
        );
        let actions = shown["data"]["actions"].as_array().unwrap();
        let rows = |what: &str| {
            actions
                .iter()
                .filter(|action| action["what"] == what)
                .map(|action| action["rows"].as_u64().unwrap())
                .sum::<u64>()
        };
        for what in ["deleted", "kept"] {
            assert_eq!(rows(what), share[what].as_u64().unwrap(), "{case} {what}");
        }
        // on record what the law keeps in part is not called anonymized
        let written_over = rows("anonymized") + rows("kept_in_part");
        assert_eq!((rows("anonymized"), written_over), (1, share["anonymized"].as_u64().unwrap()), "{case}");
        // a picture of a parcel shows the other person as well
        let told = |kept: &Value| kept["code"] == "RET" || kept["table"] == "waybill_images" && kept["code"] == "stay";
        assert!(shown["data"]["retained"].as_array().unwrap().iter().all(told), "{case}");
    }
    let after: Vec<String> = aside[..6].iter().map(|(case, _)| status(&mut office, case)).collect();
    assert_eq!(after, statuses, "what was set aside is where it was");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole: "));
    let proved = office.run(&format!("prove {} --json", good[1])).done().json();
    assert_eq!(proved["data"]["proofs"][0]["state"], "proven", "{proved}");
    assert_eq!(status(&mut office, &good[1]), "postcheck");
}

#[test]
fn a_case_that_was_withdrawn_meanwhile_is_not_carried_out_with_the_others() {
    let (mut office, good, _) = office();
    let before = dump(&office.path("zkjia.db"));
    office.run("erase --cases cases.txt --plan plan.jsonl").looks();
    office.run(&format!("case withdraw {} --quiet", good[1])).done();
    office.run("apply plan.jsonl --confirm 3").refused("stale_plan");
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn two_cases_of_one_person_are_one_person() {
    let (mut office, _, _) = office();
    let twice = verified(&mut office, 10, "cancel_account", "account=101\n");
    let cases = office.read("cases.txt");
    office.file("cases.txt", &format!("{cases}{twice}\n"));
    let planned = office.run("erase --cases cases.txt --plan plan.jsonl --json").looks().json();
    assert_eq!(planned["data"]["cases"].as_array().unwrap().len(), 4);
    assert_eq!(planned["data"]["people"], 3, "{planned}");
    office.run("apply plan.jsonl --confirm 4").refused("confirms_another");
    office.run("apply plan.jsonl --confirm 3").done();
    for case in ["DSR-20261123-0002", &*twice] {
        let shown = office.run(&format!("case show {case} --json")).done().json();
        assert_eq!(shown["data"]["status"], "postcheck", "{case}");
    }
}

#[test]
fn the_number_of_people_is_typed() {
    let (mut office, _, _) = office();
    office.run("erase --cases cases.txt").refused("needs_confirmation");
    office.typing("DSR-20261123-0001\n").run("erase --cases cases.txt").refused("not_confirmed");
    let outcome = office.typing("3\n").run("erase --cases cases.txt").looks();
    assert!(outcome.stdout().contains("people in the plan: 3, set aside: 7"), "{outcome}");
    assert!(outcome.stdout().contains("RUN-20261123-0003: removed, not yet proven"), "{outcome}");
    let again = office.run("erase --cases cases.txt --confirm 3 --json").looks().json();
    assert_eq!(again["data"]["people"], 0, "nobody is left to erase");
    assert_eq!(codes(&again).iter().filter(|(_, code)| code == "already_removed").count(), 4);
    office.run("audit verify").done();
}

#[test]
fn a_plan_is_stale_when_any_of_its_cases_changed() {
    let (mut office, good, _) = office();
    office.run("erase --cases cases.txt --plan plan.jsonl").looks();
    office.run(&format!("hold add --case {} --order order.txt --quiet", good[2])).done();
    office.run("apply plan.jsonl --confirm 3").refused("hold_added");
    office.run("hold release HOLD-20261123-0002 --yes --quiet").done();
    office.run(&format!("erase {} --plan alone.jsonl --quiet", good[1])).done();
    office.run("apply plan.jsonl --confirm 3").refused("stale_plan");
    let text = office.read("plan.jsonl");
    office.file("fewer.jsonl", &text.replace(&format!(",\"{}\"", good[2]), ""));
    office.run("apply fewer.jsonl --confirm 2").refused("edited_plan");
    office.file("bad.txt", "case 7\n");
    office.run("erase --cases bad.txt").misused("not_a_case_number");
    office.run("erase --cases nowhere.txt").fails(1, "cannot_read");
    office.run(&format!("erase {} --cases cases.txt", good[0])).misused("usage");
}

#[test]
fn what_a_law_keeps_of_a_batch_goes_when_its_period_ends_and_a_purge_leaves_the_plan_alone() {
    let (mut office, good, _) = office();
    office.run("erase --cases cases.txt --plan plan.jsonl --quiet").looks();
    let purged = office.run("purge minors --confirm --json").json(); // a purge ends runs of purges that were left open
    assert_eq!(purged["data"]["state"], "removed", "{purged}");
    office.run("apply plan.jsonl --confirm 3").done();
    let consents = |office: &Office| -> i64 {
        let sql = "SELECT count(*) FROM consents WHERE user_id IN (100, 101, 102)";
        Connection::open(office.path("zkjia.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert!(consents(&office) > 0);
    let waiting = office.run(&format!("case show {} --json", good[0])).done().json();
    assert!(!waiting["data"]["waiting"].as_array().unwrap().is_empty());
    office.wait_days(3 * 366);
    office.typing("y\n").run("purge scheduled --confirm --quiet");
    assert_eq!(consents(&office), 0);
}

// --- dying in the middle ---------------------------------------------------------------------------------------------

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE calls (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), note TEXT);
    CREATE INDEX calls_person ON calls (person_id);
    INSERT INTO people VALUES (1, 'Zhang'), (2, 'Li'), (3, 'Wang'), (4, 'Zhao');
    INSERT INTO calls VALUES (11, 1, 'a'), (21, 2, 'b'), (22, 2, 'c'), (31, 3, 'd'), (41, 4, 'e');";

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "Asia/Shanghai"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
id = "key"
name = "name, provided"
[tables.calls.columns]
id = "key"
person_id = "of people.id"
note = "free_text, provided"
"#;

fn small() -> Office {
    let mut office = Office::empty();
    Connection::open(office.path("people.db")).unwrap().execute_batch(SQL).unwrap();
    office.run("init people.db --quiet").done();
    office.file("datamap.toml", MAP);
    office.run("map trust --yes --quiet").done();
    let cases: Vec<String> =
        (1..4).map(|number| verified(&mut office, number, "delete", &format!("account={number}\n"))).collect();
    office.file("cases.txt", &cases.join("\n"));
    office.run("erase --cases cases.txt --plan plan.jsonl --quiet").done();
    office
}

#[test]
#[ignore = "a child process of the test below"]
fn a_process_that_applies_a_batch_and_dies() {
    let Some(dir) = told("DIR") else { return };
    let now = told("NOW").unwrap().parse().unwrap();
    let clock = Deadly::at(now, told("DIE_AT").unwrap().parse().unwrap());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let randomness: Randomness = Rc::new(RefCell::new(seeded(5)));
    let exit = run(
        ["droit", "apply", "plan.jsonl", "--confirm", "3"],
        &mut World {
            clock: &clock,
            stdin: &mut Cursor::new(""),
            stdout: &mut stdout,
            stderr: &mut stderr,
            terminal: Terminal::default(),
            environment: [("USER".to_owned(), "officer".to_owned())].into(),
            current_dir: dir.clone().into(),
            state_dir: Some(Path::new(&dir).join("state")),
            user: None,
            randomness,
            interrupt: Arc::new(Interrupt::default()),
        },
    );
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
}

#[test]
fn a_batch_that_dies_anywhere_is_done_for_all_or_for_none() {
    let (mut killed, mut finished, mut halfway) = (0, 0, 0);
    for last in 3..60 {
        let mut office = small();
        let database = office.path("people.db");
        let before = dump(&database);
        let told = [
            ("DIR", office.path("").display().to_string()),
            ("NOW", office.now().to_string()),
            ("DIE_AT", last.to_string()),
        ];
        let status = process("batch::a_process_that_applies_a_batch_and_dies", &told).status().unwrap();
        if status.success() {
            assert!(killed > 8, "it asks for the time many times");
            break;
        }
        assert_eq!(status.signal(), Some(9), "{last}");
        killed += 1;
        let open = office.run("audit show --json").done().json();
        let events = |events: &Value, word: &str| {
            events["data"].as_array().unwrap().iter().filter(|event| event["event"] == word).count()
        };
        halfway += u32::from((1..3).contains(&events(&open, "removed_together")));
        let found = dump(&database);
        let committed = found != before;
        office.run("recover --quiet").done();
        assert_eq!(dump(&database), found, "recover changes no row");
        if committed {
            finished += 1;
        } else {
            office.run("erase --cases cases.txt --confirm 3 --quiet").done();
        }
        let left = Connection::open(&database).unwrap();
        let one = |sql: &str| left.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((one("SELECT count(*) FROM people"), one("SELECT min(id) FROM people")), (1, 4), "{last}");
        assert_eq!((one("SELECT count(*) FROM calls"), one("SELECT min(id) FROM calls")), (1, 41), "{last}");
        let told = office.run("audit show --json").done().json();
        assert_eq!((events(&told, "removed"), events(&told, "removed_together")), (1, 3), "{last}");
        for number in 1..4 {
            let shown = office.run(&format!("case show DSR-20261123-000{number} --json")).done().json();
            assert_eq!(shown["data"]["status"], "postcheck", "{last}");
            let rows: u64 =
                shown["data"]["actions"].as_array().unwrap().iter().map(|one| one["rows"].as_u64().unwrap()).sum();
            assert_eq!(rows, if number == 2 { 3 } else { 2 }, "{last}");
        }
        office.run("audit verify --quiet").done();
        office.run("recover").done();
    }
    assert!(finished >= 3 && finished < killed && halfway >= 2, "{killed} {finished} {halfway}");
}

#[test]
fn several_are_anonymized_together_as_each_would_be_alone() {
    let (mut alone, good, _) = office();
    let mut sums = [0_u64; 4];
    let words = ["located", "anonymized", "de_identified", "kept"];
    for case in &good {
        let done = alone.run(&format!("anonymize {case} --confirm {case} --json")).looks().json();
        for (sum, word) in sums.iter_mut().zip(words) {
            *sum += done["data"][word].as_u64().unwrap();
        }
    }
    for plan_first in [false, true] {
        let (mut office, good, aside) = office();
        let before = of_others(&office.path("zkjia.db"));
        let count = |office: &Office| -> i64 {
            let sql = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM devices)";
            Connection::open(office.path("zkjia.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
        };
        let rows = count(&office);
        let done = if plan_first {
            let planned = office.run("anonymize --cases cases.txt --plan plan.jsonl --json").looks().json();
            let mut expected = aside.clone();
            expected.sort();
            assert_eq!(codes(&planned), expected);
            let people: Vec<&str> =
                planned["data"]["cases"].as_array().unwrap().iter().map(|c| c["case"].as_str().unwrap()).collect();
            assert_eq!(people, good);
            let edited = office.read("plan.jsonl").replacen("\"command\":\"anonymize\"", "\"command\":\"erase\"", 1);
            office.file("other.jsonl", &edited);
            office.run("apply other.jsonl --confirm 3").refused("edited_plan");
            office.run("apply plan.jsonl --confirm 3 --json").looks().json()
        } else {
            office.run("anonymize --cases cases.txt --confirm 3 --json").looks().json()
        };
        assert_eq!(
            (&done["schema"], &done["data"]["state"]),
            (&"droit.anonymize.batch/1".into(), &"de_identified".into())
        );
        for (sum, word) in sums.iter().zip(words) {
            assert_eq!(done["data"][word].as_u64(), Some(*sum), "{word}");
        }
        let after = of_others(&office.path("zkjia.db"));
        let gone = before.iter().filter(|row| after.binary_search(row).is_err()).count();
        assert_eq!((gone, count(&office)), (0, rows), "a row of somebody else changed, or a row is gone");
        for case in &good {
            let shown = office.run(&format!("case show {case}")).done();
            assert!(shown.stdout().contains("users de_identified 1"), "{shown}");
            let proof = office.run(&format!("prove {case} --json")).done().json();
            assert!(proof["data"]["proofs"][0]["still_found"].as_u64() > Some(0), "{proof}");
        }
    }
}

/// What a law keeps of one of them names another: it is told to both, and the other's erasure is proven all the same.
#[test]
fn a_kept_text_of_one_that_names_another_waits_for_both() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE claims (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), note TEXT, done TEXT);
        INSERT INTO users VALUES (1, 'Ann', '13800138001'), (2, 'Bo', '13800138002'), (3, 'Cy', '13800138003');
        INSERT INTO claims VALUES (10, 1, 'Bo called from 13800138002', '2026-01-01'),
            (11, 1, 'nobody called', '2026-01-01'), (12, 2, 'I called from 13800138002', '2026-01-01');";
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                [rules]\n\"*.id\" = \"key\"\n";
    let map = [
        head,
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\nphone = \"phone, proves, provided\"\n",
        &table("claims"),
        "mentions = \"scan\"\nkeep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\", columns = [\"note\", \"done\"] }\n",
        "[tables.claims.columns]\nuser_id = \"of users.id\"\nnote = \"free_text, provided\"\ndone = \"time, observed\"\n",
    ];
    let mut office = Office::empty().with_shop(sql, &map.concat());
    let cases = [1, 2].map(|at| verified(&mut office, at, "delete", &format!("account={at}\n")));
    office.file("cases.txt", &cases.join("\n"));
    office.run("erase --cases cases.txt --confirm 2 --quiet").carried_out();
    let waits = cases.clone().map(|case| {
        let shown = office.run(&format!("case show {case} --json")).done().json();
        shown["data"]["waiting"].as_array().unwrap().iter().map(|item| item["rows"].as_u64().unwrap()).sum::<u64>()
    });
    assert_eq!(waits, [2, 2], "the claims of each, and the one that names the second");
    for case in &cases {
        office.run(&format!("prove {case} --quiet")).done();
    }
    let mut office = office.on("2029-06-01");
    open_case(&mut office, 1, "explain", "account=3\n");
    office.typing("y\n").run("purge scheduled --confirm --beyond-breaker test --quiet").done();
    let left: i64 = office.shop().query_row("SELECT count(*) FROM claims", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

/// What a law keeps of one of them needs a row of another: that one is told and looked at again, as it is when they are
/// erased one after the other.
#[test]
fn a_row_that_a_kept_one_of_another_needs_waits_with_it() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), line TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id),
            address_id INTEGER REFERENCES addresses (id), done TEXT);
        INSERT INTO users VALUES (1, 'Ann'), (2, 'Bo'), (3, 'Cy'), (4, 'Di');
        INSERT INTO addresses VALUES (1, 1, 'Street 1'), (2, 2, 'Street 2'), (3, 2, 'Street 3'), (4, 1, 'Street 4');
        INSERT INTO orders VALUES (10, 2, 1, '2026-01-01'), (11, 2, 2, '2026-01-01'), (12, 3, 3, '2026-01-01');";
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                [rules]\n\"*.id\" = \"key\"\n\"*.user_id\" = \"of users.id\"\n";
    let map = [
        head,
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\n",
        &table("addresses"),
        "[tables.addresses.columns]\nline = \"address, provided\"\n",
        &table("orders"),
        "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\", columns = [\"done\"] }\n",
        "[tables.orders.columns]\naddress_id = \"by addresses.id\"\ndone = \"time, observed\"\n",
    ];
    let mut told = Vec::new();
    for together in [false, true] {
        let mut office = Office::empty().with_shop(sql, &map.concat());
        let cases = [1, 2].map(|at| verified(&mut office, at, "delete", &format!("account={at}\n")));
        office.file("cases.txt", &cases.join("\n"));
        if together {
            office.run("erase --cases cases.txt --confirm 2 --quiet").carried_out();
        } else {
            for case in &cases {
                office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
            }
        }
        let one = |office: &Office, sql: &str| -> i64 { office.shop().query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(one(&office, "SELECT sum(id) FROM addresses"), 1 + 2 + 3, "those that orders need");
        told.push(cases.clone().map(|case| {
            let shown = office.run(&format!("case show {case} --json")).done().json();
            shown["data"]["waiting"].as_array().unwrap().iter().map(|item| item["rows"].as_u64().unwrap()).sum::<u64>()
        }));
        for case in &cases {
            office.run(&format!("prove {case} --quiet")).done();
        }
        let mut office = office.on("2029-06-01");
        open_case(&mut office, 1, "explain", "account=4\n");
        office.typing("y\n").run("purge scheduled --confirm --beyond-breaker test --quiet").carried_out();
        assert_eq!(one(&office, "SELECT count(*) FROM addresses WHERE user_id = 1"), 0, "{together}");
        assert_eq!(one(&office, "SELECT count(*) FROM orders WHERE user_id = 2"), 0, "{together}");
    }
    // the first: the address of the order; the second: its two orders, and the address of the third's
    assert_eq!(told, [[1, 3], [1, 3]], "one by one, and together");
}
