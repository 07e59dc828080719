//! From removed to proven, at the desk: the command, its certificate, what stands in its way.

use std::{fs, thread, time::Duration};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::{office::Office, proof::withheld::Reader};

const PHONE: &str = "13800138000";

/// How often the person's number stands in the database file, by a search that knows nothing of its format.
fn seen(office: &Office) -> usize {
    let bytes = fs::read(office.path("zkjia.db")).unwrap();
    bytes.windows(PHONE.len()).filter(|window| *window == PHONE.as_bytes()).count()
}

/// The sample company with a verified request for erasure.
fn asked() -> Office {
    let mut office = Office::courier();
    office.file("who.txt", &format!("phone={PHONE}\n"));
    office.run("case open erase --id-file who.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    office
}

#[test]
fn a_person_who_was_erased_is_in_no_byte_of_the_file_and_the_record_says_so() {
    let mut office = asked();
    let removed = office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    assert!(removed.stderr().contains("next: droit prove DSR-20261123-0001"), "{removed}");
    assert!(seen(&office) > 0, "then there would be nothing to prove");

    let proven = office.run("prove DSR-20261123-0001").done();
    assert!(proven.stdout().starts_with("DSR-20261123-0001: erased and proven: "), "{proven}");
    assert!(proven.stdout().contains("(not signed)"), "{proven}");
    assert!(proven.stderr().contains("next: droit case answer DSR-20261123-0001"), "{proven}");
    assert_eq!(seen(&office), 0);
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    drop(db);

    let certificate = office.read("certificates/DSR-20261123-0001.json");
    let read: serde_json::Value = serde_json::from_str(&certificate).unwrap();
    assert_eq!((&read["verdict"], &read["signature"]), (&"proven".into(), &serde_json::Value::Null));
    let holds: Vec<&str> = read["claims"].as_array().unwrap().iter().map(|c| c["holds"].as_str().unwrap()).collect();
    assert_eq!(holds, ["yes", "yes", "yes"]);
    assert!(!certificate.contains(PHONE));
    let digest = droit::value::hex(&Sha256::digest(&certificate));
    let record = office.run("audit show DSR-20261123-0001").done();
    assert!(record.stdout().contains(&format!("certificate={digest}")), "{record}");
    let case = office.run("case show DSR-20261123-0001 --json").done().json();
    assert_eq!(case["data"]["proof"], "proven");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole: "));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = office.path("certificates/DSR-20261123-0001.json");
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // another proof has a certificate of its own, and nothing waits any more
    office.run("prove DSR-20261123-0001").done();
    assert_eq!(office.read("certificates/DSR-20261123-0001.json"), certificate);
    assert!(office.path("certificates/DSR-20261123-0001-2.json").exists());
    assert!(office.run("prove --pending").done().stdout().starts_with("nothing waits"));
}

#[test]
fn nothing_is_proven_where_nothing_was_removed() {
    let mut office = asked();
    office.run("prove DSR-20261123-0001").fails(3, "illegal_move");
    assert!(!office.path("certificates").exists());
}

/// The database file becomes another one with the same content.
fn replace(office: &Office, file: &str) {
    fs::copy(office.path(file), office.path("copy.db")).unwrap();
    fs::rename(office.path("copy.db"), office.path(file)).unwrap();
}

/// However an erasure was killed, what is found in a copy of the file says whether it took place.
#[test]
fn an_erasure_that_was_killed_is_settled_in_a_copy_of_the_file() {
    let mut made = crate::deeds::club();
    let file = made.shop().path().unwrap().rsplit('/').next().unwrap().to_owned();
    let first = made.verified("delete", "account=2");
    made.run(&format!("erase {first} --confirm {first} --quiet")).done();
    let (case, mut settled) = ("DSR-20261123-0002", Vec::new());
    made.file("who.txt", "account=1\n");
    made.run("case open delete --id-file who.txt --quiet").done();
    made.run("case open opt_out --id-file who.txt --quiet").done();
    for case in [case, "DSR-20261123-0003"] {
        made.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
    }
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at(&format!("erase {case} --confirm {case} --quiet"), n) {
            break;
        }
        replace(&office, &file);
        let open = office.run("--json").json()["data"]["open_intents"] != 0;
        if open {
            office.run("unsubscribe DSR-20261123-0003 --confirm DSR-20261123-0003").refused("intent_open");
        }
        let there = |office: &Office| -> u32 {
            office.shop().query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap()
        };
        let before = there(&office);
        let state = office.run("recover --json").done().json()["data"][0]["state"].as_str().map(str::to_owned);
        assert_eq!(there(&office), before, "nothing is changed by it");
        assert_eq!(state.is_some(), open);
        if let Some(state) = state {
            assert_eq!(state, if before == 0 { "finished" } else { "abandoned" }, "{n}");
            settled.push(state);
        }
        if before == 1 {
            office.run(&format!("erase {case} --confirm {case} --quiet")).done();
        }
        office.run(&format!("prove {case} --quiet")).done();
        office.run("audit verify --quiet").done();
    }
    settled.dedup();
    assert_eq!(settled, ["abandoned", "finished"]);
}

/// A server that was moved, a file that was copied to another disk: the mark in it says which changes it holds.
#[test]
fn a_copy_of_the_changed_file_is_proven_and_one_from_before_is_not() {
    let mut office = asked();
    let earlier = fs::read(office.path("zkjia.db")).unwrap();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    replace(&office, "zkjia.db");
    office.copied().run("prove DSR-20261123-0001").done();

    fs::write(office.path("copy.db"), earlier).unwrap();
    fs::rename(office.path("copy.db"), office.path("zkjia.db")).unwrap();
    let before = fs::read(office.path("zkjia.db")).unwrap();
    office.run("prove DSR-20261123-0001").refused("database_behind");
    assert!(fs::read(office.path("zkjia.db")).unwrap() == before);
}

#[test]
fn another_file_than_the_one_that_was_changed_proves_nothing_without_a_mark() {
    let mut office = asked();
    office.file("droit.toml", &office.read("droit.toml").replace("mark = true", "mark = false"));
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    replace(&office, "zkjia.db");
    let before = fs::read(office.path("zkjia.db")).unwrap();
    office.run("prove DSR-20261123-0001").refused("file_replaced");
    assert!(fs::read(office.path("zkjia.db")).unwrap() == before);
    // the way out: what went is looked for, and the file is marked
    office.file("droit.toml", &office.read("droit.toml").replace("mark = false", "mark = true"));
    office.run("replay --confirm --quiet").done();
    office.run("prove DSR-20261123-0001").done();
}

#[test]
fn a_reader_of_an_old_state_is_named_and_the_case_waits_for_the_next_try() {
    let mut office = asked();
    Connection::open(office.path("zkjia.db")).unwrap().execute_batch("PRAGMA journal_mode = WAL").unwrap();
    let reader = Reader::begin(&office.path("zkjia.db"));
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    let held = office.run("prove DSR-20261123-0001 --lock-wait 0s --json").looks().json();
    let attempt = &held["data"]["proofs"][0];
    assert_eq!((&attempt["state"], &attempt["reasons"][0]["reason"]), (&"held_up".into(), &"snapshot_held".into()));
    assert_eq!(office.run("case show DSR-20261123-0001 --json").done().json()["data"]["proof"], "pending");
    let held = office.run("prove --pending --lock-wait 0s").looks();
    assert!(held.stdout().contains("[snapshot_held] a process reads an old state"), "{held}");
    reader.end();
    let proven = office.run("prove --pending").done();
    assert!(proven.stdout().starts_with("DSR-20261123-0001: erased and proven: "), "{proven}");
    assert_eq!(seen(&office), 0);
}

/// All claims are about one instant: what the application writes before it, however late, is seen by the map as well.
#[test]
fn what_comes_back_before_the_file_is_looked_at_is_not_certified_away() {
    let mut office = asked();
    office.run("erase DSR-20261123-0001 --column users.nickname --confirm DSR-20261123-0001").done();
    let app = Connection::open(office.path("zkjia.db")).unwrap();
    app.busy_timeout(Duration::from_secs(20)).unwrap();
    app.execute_batch("BEGIN IMMEDIATE").unwrap();
    let back = "UPDATE users SET nickname = 'back again' WHERE phone = ?1";
    assert_eq!(app.execute(back, [PHONE]).unwrap(), 1);
    let began = office.now();
    // the rows can be read all the time; the file is looked at once this is committed
    let application = thread::spawn(move || {
        thread::sleep(Duration::from_millis(1500));
        app.execute_batch("COMMIT").unwrap();
    });
    let said = office.run("prove DSR-20261123-0001 --lock-wait 30s").looks();
    application.join().unwrap();
    assert!(said.stdout().contains("[rows_found]"), "{said}");
    let certificate = office.read("certificates/DSR-20261123-0001.json");
    let certificate: serde_json::Value = serde_json::from_str(&certificate).unwrap();
    assert_eq!((&certificate["verdict"], &certificate["claims"][0]["holds"]), (&"not_provable".into(), &"no".into()));
    assert_eq!(certificate["verified_at"], began.to_string());
}

/// What came back is there whatever keeps it by now; what was written over before a hold came did not come back.
#[test]
fn rows_that_came_back_are_not_certified_away_by_a_hold_that_came_with_them() {
    for comes_back in [false, true] {
        let mut office = asked();
        office.file("order.txt", "court");
        fs::copy(office.path("zkjia.db"), office.path("before")).unwrap();
        office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
        if comes_back {
            let db = Connection::open(office.path("zkjia.db")).unwrap();
            db.execute("ATTACH ?1 AS before", [office.path("before").to_str().unwrap()]).unwrap();
            let back = "INSERT INTO addresses SELECT * FROM before.addresses
                        WHERE user_id = (SELECT id FROM before.users WHERE phone = ?1)";
            assert!(db.execute(back, [PHONE]).unwrap() > 0);
        }
        fs::remove_file(office.path("before")).unwrap();
        office.run("hold add --case DSR-20261123-0001 --order order.txt --quiet").done();
        let said = office.run("prove DSR-20261123-0001").carried_out();
        assert_eq!(said.stdout().contains("[rows_found]"), comes_back, "{said}");
        let proof = &office.run("case show DSR-20261123-0001 --json").done().json()["data"]["proof"];
        assert_eq!(proof, if comes_back { "not_provable" } else { "proven" });
    }
}

#[test]
fn all_who_wait_are_proven_by_one_look_at_the_file_and_each_has_a_certificate_of_its_own() {
    let mut office = asked();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let other: String =
        db.query_row("SELECT phone FROM users WHERE phone IS NOT NULL ORDER BY id DESC", [], |row| row.get(0)).unwrap();
    drop(db);
    office.file("other.txt", &format!("phone={other}\n"));
    office.run("case open erase --id-file other.txt").done();
    office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill").done();
    for case in ["DSR-20261123-0001", "DSR-20261123-0002"] {
        office.run(&format!("erase {case} --confirm {case}")).done();
    }
    let proven = office.run("prove --pending --json").done().json();
    let proofs = proven["data"]["proofs"].as_array().unwrap();
    assert_eq!(proofs.len(), 2, "{proven}");
    // a second look would have found nothing left to clean
    assert_eq!(proofs[0]["zeroed"], proofs[1]["zeroed"]);
    assert!(proofs[0]["zeroed"].as_u64().unwrap() > 0);
    let certificates = ["DSR-20261123-0001", "DSR-20261123-0002"].map(|case| {
        let text = office.read(&format!("certificates/{case}.json"));
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    });
    for (certificate, proof) in certificates.iter().zip(proofs) {
        assert_eq!(certificate["about"], proof["case"]);
        assert_eq!(proof["state"], "proven");
    }
    assert_ne!(certificates[0]["subject"], certificates[1]["subject"]);
    assert_eq!(seen(&office), 0);
    office.run("audit verify").done();
}

#[test]
fn a_copy_beside_the_database_is_not_provable_until_it_is_gone() {
    let mut office = asked();
    fs::copy(office.path("zkjia.db"), office.path("zkjia.db.bak")).unwrap();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    let said = office.run("prove DSR-20261123-0001").looks();
    assert!(said.stdout().contains("[beside] a file beside the database holds values (zkjia.db.bak)"), "{said}");
    assert_eq!(office.run("case show DSR-20261123-0001 --json").done().json()["data"]["proof"], "not_provable");
    fs::remove_file(office.path("zkjia.db.bak")).unwrap();
    office.run("prove --pending").done();
    assert_eq!(office.run("case show DSR-20261123-0001 --json").done().json()["data"]["proof"], "proven");
}

#[test]
fn a_part_that_was_erased_is_proven_for_that_part_alone() {
    for (part, scope) in [
        ("--category browsing", r#"{"categories":["browsing"]}"#),
        ("--column users.nickname", r#"{"columns":["users.nickname"]}"#),
        ("--role recipient", r#"{"roles":["recipient"]}"#),
    ] {
        let mut office = asked();
        office.run(&format!("erase DSR-20261123-0001 {part} --confirm DSR-20261123-0001")).done();
        let said = office.run("prove DSR-20261123-0001").done();
        let told = "DSR-20261123-0001: the part that was asked for is erased and proven: ";
        assert!(said.stdout().starts_with(told), "{part}: {said}");
        let certificate = office.read("certificates/DSR-20261123-0001.json");
        let certificate: serde_json::Value = serde_json::from_str(&certificate).unwrap();
        assert_eq!((&certificate["verdict"], certificate["scope"].to_string()), (&"proven".into(), scope.to_owned()));
        assert!(seen(&office) > 0, "{part}: the rest is still there");
    }
    // two parts, one after the other, are proven together, and each is found when it comes back
    for comes_back in [false, true] {
        let mut office = asked();
        office.run("erase DSR-20261123-0001 --column users.nickname --confirm DSR-20261123-0001").done();
        office.run("erase DSR-20261123-0001 --category browsing --confirm DSR-20261123-0001").done();
        if comes_back {
            let back = "UPDATE users SET nickname = 'back again' WHERE phone = ?1";
            Connection::open(office.path("zkjia.db")).unwrap().execute(back, [PHONE]).unwrap();
        }
        let said = office.run("prove DSR-20261123-0001");
        assert_eq!(said.stdout().contains("[rows_found]"), comes_back, "{said}");
        let certificate: serde_json::Value =
            serde_json::from_str(&office.read("certificates/DSR-20261123-0001.json")).unwrap();
        assert_eq!(certificate["scope"]["categories"][0], "browsing");
        assert_eq!(certificate["earlier"][0]["scope"]["columns"][0], "users.nickname");
    }
    // what comes back in that part is found
    let mut office = asked();
    office.run("erase DSR-20261123-0001 --column users.nickname --confirm DSR-20261123-0001").done();
    let back = "UPDATE users SET nickname = 'back again' WHERE phone = ?1";
    assert_eq!(Connection::open(office.path("zkjia.db")).unwrap().execute(back, [PHONE]).unwrap(), 1);
    let said = office.run("prove DSR-20261123-0001").looks();
    assert!(said.stdout().contains("[rows_found]"), "{said}");
    // the whole after the part is the whole
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    let said = office.run("prove DSR-20261123-0001").done();
    assert!(said.stdout().starts_with("DSR-20261123-0001: erased and proven: "), "{said}");
    let whole: serde_json::Value = serde_json::from_str(&office.read("certificates/DSR-20261123-0001-2.json")).unwrap();
    assert_eq!(whole["scope"], serde_json::Value::Null);
}

const CASE: &str = "DSR-20261123-0001";

/// What lies in the folder of certificates, in order.
fn folder(office: &Office) -> Vec<String> {
    let entries = fs::read_dir(office.path("certificates")).map(|all| all.map(|entry| entry.unwrap().file_name()));
    let mut names: Vec<String> = entries.into_iter().flatten().map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn sha(bytes: impl AsRef<[u8]>) -> String {
    droit::value::hex(&Sha256::digest(bytes))
}

/// Every certificate has its page, which names its digest; nothing waits for its name; the record is whole.
fn assert_settled(office: &mut Office, certificates: usize) {
    let names = folder(office);
    let of = |end: &str| names.iter().filter(|name| name.strip_suffix(end).is_some()).collect::<Vec<_>>();
    let (documents, pages) = (of(".json"), of(".html"));
    assert_eq!(
        (documents.len(), pages.len(), names.len()),
        (certificates, certificates, 2 * certificates),
        "{names:?}"
    );
    for document in documents {
        let digest = sha(office.read(&format!("certificates/{document}")));
        let page = office.read(&format!("certificates/{}", document.replace(".json", ".html")));
        assert_eq!(page.matches(&digest).count(), 4, "{document}: twice in each language");
    }
    office.run("audit verify").done();
}

#[test]
fn a_page_for_people_lies_beside_the_certificate_and_says_the_same_in_both_languages() {
    let mut office = asked();
    let hostile = "zkjia.db<img src=x onerror=alert(1)>";
    fs::copy(office.path("zkjia.db"), office.path(hostile)).unwrap();
    office.run(&format!("erase {CASE} --confirm {CASE}")).done();
    let said = office.run(&format!("prove {CASE} --json")).looks().json();
    assert!(said["data"]["proofs"][0]["page"].as_str().unwrap().ends_with("/certificates/DSR-20261123-0001.html"));
    let page = office.read(&format!("certificates/{CASE}.html"));
    crate::package::hostile::assert_tame(&page);
    assert!(page.contains("zkjia.db&lt;img src=x onerror=alert(1)&gt;"), "the file is named, and does nothing");
    assert!(!page.contains(PHONE));
    let [_, zh, en] = page.split("<article lang=").collect::<Vec<_>>().try_into().unwrap();
    assert!(zh.contains("<h1>移除证明书（未能证明已删除）</h1>") && zh.contains("数据库旁的文件含有所查找的值"));
    assert!(en.contains("<h1>Certificate of removal (not proven to be erased)</h1>"));
    assert!(en.contains("a file beside the database holds values") && !en.contains("Certificate of erasure"));
    let document: serde_json::Value = serde_json::from_str(&office.read(&format!("certificates/{CASE}.json"))).unwrap();
    for half in [zh, en] {
        for claim in document["claims"].as_array().unwrap() {
            let (code, holds) = (claim["claim"].as_str().unwrap(), claim["holds"].as_str().unwrap());
            let row = half.lines().find(|line| line.contains(&format!("<code>{code}</code>"))).unwrap();
            assert!(row.contains(&format!("<code>{holds}</code>")), "{row}");
        }
        for reason in document["because"].as_array().unwrap() {
            assert!(half.contains(&format!("<code>{}</code></li>", reason["reason"].as_str().unwrap())), "{reason}");
        }
        for kept in document["kept"].as_array().unwrap() {
            let law = &kept["law"][if half.starts_with("\"en") { "en" } else { "zh" }];
            assert!(half.contains(law.as_str().unwrap_or_default()), "{kept}");
        }
    }
    fs::remove_file(office.path(hostile)).unwrap();
    office.run(&format!("prove {CASE}")).done();
    let page = office.read(&format!("certificates/{CASE}-2.html"));
    assert!(page.contains("<h1>删除证明书</h1>") && page.contains("<h1>Certificate of erasure</h1>"));
    assert!(!page.contains("class=\"verdict not\"") && !page.contains("holds not"));
    assert_settled(&mut office, 2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(office.path(&format!("certificates/{CASE}.html"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn whoever_dies_while_proving_leaves_no_page_of_a_certificate_that_is_not_on_record() {
    let mut died = 0;
    for n in 1.. {
        let mut office = asked();
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
        let goes_on = office.dies_at(&format!("prove {CASE} --quiet"), n);
        let names = folder(&office);
        let shown = office.run(&format!("case show {CASE} --json")).done().json();
        let proven = shown["data"]["proof"] == "proven";
        let has_name = names.iter().any(|name| [".html", ".json"].iter().any(|end| name.strip_suffix(end).is_some()));
        assert!(proven || !has_name, "something has its name before it is on record: {names:?}");
        office.run("recover --quiet").done();
        assert_settled(&mut office, usize::from(proven));
        if !goes_on {
            break;
        }
        died += 1;
    }
    assert!(died > 3, "{died}");
}

/// Every state in which a killed `prove` can leave the folder, laid out by hand.
#[test]
fn the_next_run_finishes_what_is_on_record_and_takes_away_what_is_not() {
    let mut made = asked();
    made.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
    made.run(&format!("prove {CASE} --quiet")).done();
    let (json, html) =
        (made.read(&format!("certificates/{CASE}.json")), made.read(&format!("certificates/{CASE}.html")));
    let unknown = json.replace("proven", "PROVEN");
    for (files, left) in [
        // on record: page and certificate get their names, whichever of them has it already
        (vec![(".json.unrecorded", &json), (".html.unrecorded", &html)], vec![".html", ".json"]),
        (vec![(".json.unrecorded", &json), (".html", &html)], vec![".html", ".json"]),
        (vec![(".json", &json), (".html.unrecorded", &html)], vec![".html", ".json"]),
        // never on record: nothing stays, the signature neither
        (vec![(".html.unrecorded", &html)], vec![]),
        (vec![(".html.unrecorded", &html), (".json.sig", &html)], vec![]),
        (vec![(".html.unrecorded", &html), (".json.sig", &html), (".json.unrecorded", &unknown)], vec![]),
        (vec![(".json.unrecorded", &unknown)], vec![]),
    ] {
        let mut office = made.copied();
        fs::remove_file(office.path(&format!("certificates/{CASE}.json"))).unwrap();
        fs::remove_file(office.path(&format!("certificates/{CASE}.html"))).unwrap();
        for (end, text) in &files {
            office.file(&format!("certificates/{CASE}{end}"), text);
        }
        office.run("recover --quiet").done();
        let expected: Vec<String> = left.iter().map(|end| format!("{CASE}{end}")).collect();
        let laid: Vec<&str> = files.iter().map(|(end, _)| *end).collect();
        assert_eq!(folder(&office), expected, "after {laid:?}");
        if !left.is_empty() {
            assert_eq!(office.read(&format!("certificates/{CASE}.html")), html);
            assert_settled(&mut office, 1);
        }
    }
}

#[test]
fn a_page_without_its_certificate_is_found_by_an_audit() {
    let mut office = asked();
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
    office.run(&format!("prove {CASE} --quiet")).done();
    office.run("audit verify").done();
    let (json, html) =
        (office.read(&format!("certificates/{CASE}.json")), office.read(&format!("certificates/{CASE}.html")));
    let other = sha("another certificate");
    for (name, text) in [
        ("DSR-20261123-0009.html", html.clone()), // of a case of which nothing is proven
        ("DSR-20261123-0001.html", html.replace(&sha(&json), &other)),
        ("DSR-20261123-0001.html", String::new()),
    ] {
        let before =
            office.path("certificates").join(name).exists().then(|| office.read(&format!("certificates/{name}")));
        office.file(&format!("certificates/{name}"), &text);
        let told = office.run("audit verify").looks();
        assert!(told.stdout().contains(&format!("certificate_unknown {name}: ")), "{told}");
        match before {
            Some(before) => office.file(&format!("certificates/{name}"), &before),
            None => fs::remove_file(office.path(&format!("certificates/{name}"))).unwrap(),
        }
        office.run("audit verify").done();
    }
}

/// An index whose triggers are there, as the map wants them, and do nothing.
#[test]
fn an_index_that_was_not_told_withholds_the_proof_until_it_is_built_anew() {
    let tells = "INSERT INTO found (found, rowid, phone) VALUES ('delete', old.id, old.phone)";
    let tells_some = "INSERT INTO found (found, rowid, phone) SELECT 'delete', old.id, old.phone WHERE old.id < 0";
    let sql = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE);
         INSERT INTO users VALUES (1, '{PHONE}'), (2, '13700137000');
         CREATE VIRTUAL TABLE found USING fts5 (phone, content = 'users', content_rowid = 'id', tokenize = 'trigram');
         INSERT INTO found (found) VALUES ('rebuild');
         CREATE TRIGGER users_ad AFTER DELETE ON users BEGIN {tells_some}; END;
         CREATE TRIGGER users_au AFTER UPDATE ON users BEGIN {tells}; END;"
    );
    let map = "version = 1\ncontroller = \"Shop\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n\
        [tables.users]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.users.columns]\nid = \"key\"\n\
        phone = \"phone, proves, provided\"\n[tables.found]\ncopy = \"users\"\n[acknowledged]\nusers_ad = \"index\"\n\
        users_au = \"index\"\n";
    let mut office = Office::empty().with_shop(&sql, map);
    let case = office.verified("erase", &format!("phone={PHONE}"));
    office.run(&format!("erase {case} --confirm {case}")).done();
    let answers = "SELECT count(*) FROM found WHERE found MATCH '\"13800138000\"'";
    let answers = |office: &Office| office.shop().query_row(answers, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(answers(&office), 1, "then there would be nothing to tell");
    let withheld = office.run(&format!("prove {case}")).looks();
    assert!(withheld.stdout().contains("[index_differs]") && withheld.stdout().contains("(found)"), "{withheld}");
    office.shop().execute_batch("INSERT INTO found (found) VALUES ('rebuild')").unwrap();
    let proven = office.run(&format!("prove {case}")).done();
    assert!(proven.stdout().contains("erased and proven"), "{proven}");
    assert_eq!(answers(&office), 0);
}
