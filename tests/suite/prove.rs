//! From removed to proven, at the desk: the command, its certificate, what stands in its way.

use std::fs;

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

#[test]
fn another_file_than_the_one_that_was_changed_proves_nothing() {
    let mut office = asked();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    fs::copy(office.path("zkjia.db"), office.path("copy.db")).unwrap();
    fs::rename(office.path("copy.db"), office.path("zkjia.db")).unwrap();
    let before = fs::read(office.path("zkjia.db")).unwrap();
    office.run("prove DSR-20261123-0001").refused("foreign_plan");
    assert!(fs::read(office.path("zkjia.db")).unwrap() == before);
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
