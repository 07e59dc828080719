//! Every sort of change: a part, a correction, an anonymization, a restriction, a withdrawal; and the changes of which
//! nothing is kept.

use super::club::{Club, MAP};
use crate::office::Office;

#[test]
fn a_corrected_value_goes_back_and_the_person_is_known_by_it_again() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.verified(1, "correct");
    club.office.file("values.txt", "members.phone=13900000009\norders[1].receiver=Wang\n");
    club.office.run(&format!("correct {case} --values values.txt --evidence otp_both --confirm {case} --quiet")).done();
    assert_eq!(club.one::<String>("SELECT phone FROM members WHERE id = 1"), "13900000009");
    let undone = club.undo(&case).done().json();
    assert_eq!((&undone["data"]["put_back"], &undone["data"]["changed"]), (&0.into(), &2.into()));
    assert_eq!(club.rows(), before);
    // known by the old number: the same case goes on
    club.office.run(&format!("correct {case} --values values.txt --evidence otp_both --confirm {case} --quiet")).done();
    assert_eq!(club.one::<String>("SELECT receiver FROM orders WHERE id = 1"), "Wang");
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
    club.require_whole();
}

#[test]
fn changes_are_undone_the_last_one_first() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.verified(1, "correct");
    let correct = |club: &mut Club, name: &str| {
        club.office.file("values.txt", &format!("members.name={name}\n"));
        club.office
            .run(&format!("correct {case} --values values.txt --evidence document --confirm {case} --quiet"))
            .done();
        club.rows()
    };
    let first = correct(&mut club, "Zhao");
    correct(&mut club, "Qian");
    club.undo(&case).done();
    assert_eq!(club.rows(), first);
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
    club.undo(&case).refused("undo_none");
}

#[test]
fn an_anonymized_row_gets_back_what_it_said_its_key_included() {
    let map = MAP
        .replace("handle = \"username, provided, correct\"", "handle = \"username, provided, correct, token\"")
        .replace("score = \"fact, observed\"", "score = \"amount, observed\"");
    let mut club = Club::with(&map, "undo = \"3 days\"\n");
    let (before, files) = (club.rows(), club.files());
    let case = club.verified(1, "delete");
    club.office.run(&format!("anonymize {case} --confirm {case} --quiet")).carried_out();
    assert_ne!(club.one::<String>("SELECT handle FROM members WHERE id = 1"), "zhang");
    assert_ne!(club.rows(), before);
    club.undo(&case).done();
    assert_eq!((club.rows(), club.files()), (before, files));
    club.require_whole();
}

#[test]
fn a_part_that_was_erased_comes_back() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.verified(1, "delete");
    club.office.run(&format!("erase {case} --column orders.receiver --confirm {case} --quiet")).done();
    assert_eq!(club.one::<Option<String>>("SELECT receiver FROM orders WHERE id = 1"), None);
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
}

/// The sample company: its maps, its triggers, its restrictions, an adult with everything.
#[test]
fn in_the_sample_company_everybody_comes_back() {
    let mut office = Office::courier_of(150);
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"24 hours\"\n{settings}"));
    let rows = |office: &Office| {
        let all = crate::desk::dump(&office.path("zkjia.db"));
        let own = |table: &&str| !table.starts_with("cs_messages_fts") && !table.starts_with("users_audit\n");
        let mut tables: Vec<String> = all.split("== ").filter(own).map(str::to_owned).collect();
        tables.sort();
        tables
    };
    let mut serial = 0;
    let mut verified = |office: &mut Office, right: &str, who: u32| {
        serial += 1;
        let case = format!("DSR-20261123-{serial:04}");
        office.piping(&format!("account={who}\n"));
        office.run(&format!("case open {right} --id-file - --quiet")).done();
        office.run(&format!("case identify {case} --level L3 --by otp+waybill --age adult --quiet")).done();
        case
    };
    let before = rows(&office);
    let mut changed = 0;
    for who in [100, 101, 102, 103] {
        for (right, command) in [
            ("delete", "erase CASE --confirm CASE --quiet"),
            ("delete", "anonymize CASE --confirm CASE --quiet"),
            ("restrict", "restrict CASE --confirm CASE --quiet"),
            ("withdraw_consent --scope geo", "revoke CASE --confirm CASE --quiet"),
        ] {
            let case = verified(&mut office, right, who);
            office.run(&command.replace("CASE", &case)).carried_out();
            let after = rows(&office);
            if after == before {
                continue;
            }
            changed += 1;
            office.run(&format!("undo {case} --confirm {case} --quiet")).done();
            let now = rows(&office);
            for (then, now) in before.iter().zip(&now) {
                assert_eq!(then, now, "{command} of {who}");
            }
            office.run("audit verify --quiet").done();
        }
    }
    assert!(changed >= 8, "only {changed}");
}

#[test]
fn of_a_plan_for_several_nothing_is_kept_and_what_was_kept_before_goes() {
    let mut club = Club::open();
    let first = club.verified(2, "delete");
    club.office.run(&format!("erase {first} --column orders.receiver --confirm {first} --quiet")).done();
    assert_eq!(club.kept().len(), 3);
    let others: Vec<String> = vec![club.verified(1, "delete")];
    club.office.file("cases.txt", &others.join("\n"));
    club.office.run("erase --cases cases.txt --confirm 1 --quiet").done();
    club.undo(&others[0]).refused("undo_none");
    assert_eq!(club.kept().len(), 3, "the other case's");
    club.undo(&first).done();
}

#[test]
fn however_many_rows_there_are_all_of_them_come_back() {
    let mut club = Club::open();
    club.sql(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 9100)
         INSERT INTO notes (id, member_id, answers, body)
         SELECT i, 1, NULL, 'Zhang-secret ' || i || ' ' || hex(randomblob(40)) FROM n;
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
         INSERT INTO visits SELECT i, 1, 'place ' || i FROM n",
    );
    let before = club.rows();
    assert_eq!((before["notes"].len(), before["visits"].len()), (9004, 5004));
    let case = club.erase(1);
    assert_eq!(club.one::<i64>("SELECT count(*) FROM notes WHERE member_id = 1"), 0);
    let undone = club.undo(&case).done().json();
    assert_eq!(undone["data"]["changed"], 5004, "five thousand visits and Li's friend: {undone}");
    assert_eq!(club.rows(), before);
    club.require_whole();
}

#[test]
fn a_row_that_is_too_long_to_be_kept_refuses_the_change() {
    let mut club = Club::open();
    club.sql("UPDATE notes SET body = 'Zhang-secret' || hex(zeroblob(5000000)) WHERE id = 3");
    let before = club.rows();
    let case = club.verified(1, "delete");
    let refused = club.office.run(&format!("erase {case} --confirm {case}")).refused("undo_cannot_be_kept");
    assert!(refused.stderr().contains("notes") && !refused.stderr().contains("secret"), "{refused}");
    assert_eq!(club.rows(), before);
    assert!(club.kept().is_empty() && club.undo_keys().is_empty(), "{:?}", club.kept());
    let settings = club.office.read("droit.toml").replace("undo = \"72 hours\"\n", "");
    club.office.file("droit.toml", &settings);
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
}

#[test]
fn what_a_trigger_writes_into_the_same_row_is_its_own() {
    let mut club = Club::open();
    club.sql(
        "ALTER TABLE orders ADD COLUMN changed_at TEXT;
         CREATE TRIGGER orders_au AFTER UPDATE OF receiver ON orders BEGIN
             UPDATE orders SET changed_at = coalesce(changed_at, '') || 'x' WHERE id = new.id;
         END;",
    );
    let map = MAP
        .replace("state = \"fact, observed\"", "state = \"fact, observed\"\nchanged_at = \"fact, observed\"")
        .replace("[none]", "\"orders_au\" = \"says when\"\n[none]");
    club.office.file("datamap.toml", &map);
    club.office.run("map trust --yes --quiet").done();
    let case = club.verified(1, "correct");
    club.office.file("values.txt", "orders[1].receiver=Wang\n");
    club.office.run(&format!("correct {case} --values values.txt --evidence document --confirm {case} --quiet")).done();
    let row = "SELECT receiver || '/' || changed_at FROM orders WHERE id = 1";
    assert_eq!(club.one::<String>(row), "Wang/x");
    club.undo(&case).done();
    assert!(club.one::<String>(row).starts_with("Zhang-secret receiver/"));
}

#[test]
fn under_a_waiver_nothing_is_kept() {
    let mut club = Club::open();
    club.sql("ALTER TABLE visits ADD COLUMN more TEXT");
    let waive = "map waive visits.more --until 2026-11-30 --because 'under review' --by wang --yes --quiet";
    club.office.run(waive).done();
    let case = club.verified(1, "delete");
    let erased = club.office.run(&format!("erase {case} --confirm {case} --lang en")).done();
    assert!(erased.stderr().contains("a waiver leaves"), "{erased}");
    club.undo(&case).refused("undo_none");
}
