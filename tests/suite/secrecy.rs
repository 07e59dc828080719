//! A confidential hold stops what any hold stops, and nobody learns of it who may not know (PIPL 18(1), LAW §7.5).

use crate::office::Office;

const CASE: &str = "DSR-20261123-0001";

/// Words that tell of a hold.
const WORDS: [&str; 7] = ["hold", "held", "HOLD", "保全", "confidential", "保密", "secre"];

/// The sample company's office with a request of person 100 under a hold.
fn held(what: &str) -> Office {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("order.txt", "court");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("hold add {what} --order order.txt --quiet")).done();
    office
}

/// What everybody in the office may see after the erasure, and what goes to an auditor; without the hold's own event.
fn seen(office: &mut Office) -> String {
    let mut said = String::new();
    let mut see = |office: &mut Office, line: &str| {
        let outcome = office.run(line);
        said += outcome.stdout();
        said += outcome.stderr();
    };
    see(office, &format!("erase {CASE} --plan plan.jsonl"));
    see(office, &format!("erase {CASE} --plan again.jsonl --json"));
    see(office, &format!("apply plan.jsonl --confirm {CASE}"));
    for line in ["case show CASE", "case show CASE --json", "audit show CASE", "audit show CASE --json", "log --json"] {
        see(office, &line.replace("CASE", CASE));
    }
    for line in ["", "hold list", "purge scheduled", "purge minors --look look.jsonl", "purge retention"] {
        see(office, line);
        see(office, &format!("{line} --json"));
    }
    see(office, "audit export record.jsonl --quiet");
    said += &["plan.jsonl", "look.jsonl"].map(|file| office.read(file)).concat();
    let record = office.read("record.jsonl");
    let about = |line: &&str| !line.contains("\"about\":\"HOLD-20261123-0001\"");
    said += &record.lines().filter(about).collect::<Vec<_>>().join("\n");
    // names of commands, columns and fields that are there whether anything is held or not
    let known = ["no hold is in force", "legal holds", "\"holds\":0", "thresholds", "droit.hold.list/1"];
    known.iter().fold(said, |said, known| said.replace(known, ""))
}

fn traces(said: &str) -> Vec<&str> {
    said.lines().filter(|line| WORDS.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn whoever_looks_at_a_case_learns_of_an_open_hold_and_not_of_a_confidential_one() {
    for what in [&*format!("--case {CASE}"), "--id-file ids.txt", "--table devices"] {
        let open = seen(&mut held(what));
        assert!(!traces(&open).is_empty(), "an open hold is told: {what}");
        let mut office = held(&format!("{what} --confidential"));
        let said = seen(&mut office);
        assert!(traces(&said).is_empty(), "{what}: {:#?}", traces(&said));
        // it stops as much
        let kept = |said: &str| said.lines().find(|line| line.contains("rows located")).map(str::to_owned);
        assert_eq!(kept(&said), kept(&open), "{what}");
    }
}

#[test]
fn what_a_confidential_hold_protects_is_sealed_and_found_again() {
    for what in ["--id-file ids.txt", "--table devices"] {
        let mut office = held(&format!("{what} --confidential"));
        let shown = office.run("audit show HOLD-20261123-0001 --json").done().json();
        let event = &shown["data"][0];
        assert_eq!((&event["event"], &event["confidential"]), (&"hold_added".into(), &true.into()));
        assert!(event.get("subject").is_none() && event.get("table").is_none(), "{event}");
        let listed = office.run("hold list --confidential --json").done().json();
        let (subject, table) = (&listed["data"][0]["subject"], &listed["data"][0]["table"]);
        assert!(subject.is_string() != table.is_string(), "{listed}");
        office.run("audit verify").done();
    }
}

#[test]
fn a_purge_of_children_stops_at_a_confidential_hold_without_a_word() {
    // account 42 is a child without consent
    let stopped = |confidential: &str| {
        let mut office = Office::courier();
        office.file("child.txt", "account=42\n");
        office.file("order.txt", "court");
        office.run(&format!("hold add --id-file child.txt --order order.txt {confidential} --quiet")).done();
        let phone = |office: &Office| -> Option<String> {
            let database = rusqlite::Connection::open(office.path("zkjia.db")).unwrap();
            database.query_row("SELECT phone FROM users WHERE id = 42", [], |row| row.get(0)).unwrap()
        };
        let before = phone(&office);
        let planned = office.run("purge minors --look look.jsonl --json").looks();
        let look = office.read("look.jsonl");
        let purged = office.run("purge minors --confirm").looks();
        assert_eq!(phone(&office), before, "it stops");
        let plain = office.run("purge minors --json");
        let scheduled = office.run("purge scheduled");
        [planned.stdout(), &look, purged.stdout(), plain.stdout(), scheduled.stdout()].concat()
    };
    let told = |said: &str| said.contains("held") || said.contains("HOLD");
    assert!(told(&stopped("")));
    let secret = stopped("--confidential");
    assert!(!told(&secret), "{secret}");
}

/// What a law keeps as it is is kept by that law under a confidential hold too: that everything of somebody's "is not
/// decided yet" would tell of it.
#[test]
fn what_stays_in_any_case_is_told_with_its_own_reason_under_a_confidential_hold() {
    let told = |what: &str| {
        let mut office = Office::courier();
        office.file("order.txt", "court");
        office.file("ids.txt", "account=100\n");
        let case = office.verified("delete", "account=100");
        if !what.is_empty() {
            office.run(&format!("hold add {what} --order order.txt --quiet")).done();
        }
        let plan = office.run(&format!("erase {case} --plan plan.jsonl --json")).done().json();
        let kept = plan["data"]["reasons"].as_array().unwrap().clone();
        let by_law = kept.into_iter().filter(|kept| kept["code"] == "RET");
        by_law.map(|kept| [&kept["table"], &kept["law"], &kept["until"]].map(ToString::to_string)).collect::<Vec<_>>()
    };
    let (free, open) = (told(""), told("--id-file ids.txt"));
    let of_consents = |kept: &[String; 3]| kept[0] == "\"consents\"";
    assert!(open.is_empty() && free.iter().any(of_consents), "{free:?} {open:?}");
    let secret = told("--id-file ids.txt --confidential");
    assert!(secret.iter().any(of_consents), "{secret:?}");
    let other: Vec<_> = secret.iter().filter(|kept| !free.contains(kept)).collect();
    assert!(other.is_empty(), "{other:?}");
}
