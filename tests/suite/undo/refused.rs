//! Whatever stands in the way of one row refuses the whole: nothing is changed, nothing is destroyed, and the refusal says
//! which table, and names nobody.

use std::fs;

use super::club::Club;

/// Erases Zhang, lets `meanwhile` happen, and tries the undo.
#[track_caller]
fn require_refused(meanwhile: &str, code: &str, table: &str) -> Club {
    let mut club = Club::open();
    let case = club.erase(1);
    club.sql(meanwhile);
    let (rows, files, kept) = (club.rows(), club.files(), club.kept());
    let refused = club.undo(&case).refused(code);
    let told = refused.stderr();
    assert!(told.contains(&format!("{table} ")), "{refused}");
    for secret in ["secret", "138000", "zhang"] {
        assert!(!told.contains(secret), "{refused}");
    }
    assert_eq!((club.rows(), club.files(), club.kept()), (rows, files, kept), "nothing was changed");
    // what stands in the way is named, not shown: a key is a token
    assert!(told.contains('('), "{refused}");
    assert!(club.office.read("droit.toml").contains("72 hours"));
    club.require_whole();
    club
}

#[test]
fn a_key_that_was_given_to_somebody_else_stays_theirs() {
    let insert = "INSERT INTO members (id, handle, name) VALUES (1, 'new', 'New')";
    let mut club = require_refused(insert, "undo_key_taken", "members");
    // when it is free again, everything comes back
    club.sql("DELETE FROM members WHERE id = 1; DELETE FROM members_audit WHERE old_name = 'New'");
    club.undo("DSR-20261123-0001").done();
    assert_eq!(club.one::<String>("SELECT name FROM members WHERE id = 1"), "Zhang-secret");
}

#[test]
fn a_value_that_may_stand_in_one_row_only_stays_where_it_is() {
    let insert = "INSERT INTO members (id, handle, name) VALUES (77, 'zhang', 'Other')";
    require_refused(insert, "undo_value_taken", "members");
}

#[test]
fn a_row_does_not_come_back_without_what_it_belongs_to() {
    require_refused("DELETE FROM clubs WHERE id = 2", "undo_parent_gone", "seats");
}

#[test]
fn a_row_that_changed_since_is_not_written_over() {
    // the link of Li to Zhang was cut; somebody has made another one since
    require_refused("UPDATE members SET friend_id = 4 WHERE id = 2", "undo_changed_since", "members");
    require_refused("UPDATE visits SET place = 'garden' WHERE id = 1", "undo_changed_since", "visits");
    require_refused("DELETE FROM visits WHERE id = 1", "undo_changed_since", "visits");
}

#[test]
fn all_that_is_in_the_way_is_told_at_once_and_by_no_name() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.sql("UPDATE visits SET place = 'garden' WHERE id IN (1, 3); UPDATE members SET friend_id = 4 WHERE id = 2");
    let refused = club.office.run(&format!("undo {case} --confirm {case} --lang en")).refused("undo_changed_since");
    assert!(refused.stderr().contains("visits 2 (") && refused.stderr().contains("members 1 ("), "{refused}");
    let chinese = club.office.run(&format!("undo {case} --confirm {case} --lang zh")).refused("undo_changed_since");
    assert!(chinese.stderr().contains("数据行此后又有变化"), "{chinese}");
}

#[test]
fn what_somebody_put_back_by_hand_exactly_as_it_was_is_left() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.erase(1);
    club.sql("UPDATE visits SET host_id = NULL WHERE id = 2; UPDATE visits SET host_id = 2 WHERE id = 2");
    let database = rusqlite::Connection::open(club.path()).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF; UPDATE visits SET host_id = 1 WHERE id = 1").unwrap();
    drop(database);
    let undone = club.undo(&case).done().json();
    assert_eq!(undone["data"]["left"], 1, "{undone}");
    assert_eq!(club.rows(), before);
}

#[test]
fn another_file_under_the_name_stays() {
    let mut club = Club::open();
    let case = club.erase(1);
    fs::create_dir_all(club.office.path("files/a")).unwrap();
    fs::write(club.office.path("files/a/zhang.jpg"), "somebody else's").unwrap();
    let (rows, files) = (club.rows(), club.files());
    club.undo(&case).refused("undo_file_taken");
    assert_eq!((club.rows(), club.files()), (rows, files));
    fs::remove_file(club.office.path("files/a/zhang.jpg")).unwrap();
    // nor does a link lead out of the folder
    fs::remove_dir(club.office.path("files/a")).unwrap();
    std::os::unix::fs::symlink(club.office.path("state"), club.office.path("files/a")).unwrap();
    club.undo(&case).refused("undo_file_taken");
    fs::remove_file(club.office.path("files/a")).unwrap();
    club.undo(&case).done();
    assert_eq!(club.files()["a/zhang.jpg"], super::PHOTO);
}

#[test]
fn a_plan_for_an_undo_is_a_claim_about_this_change_alone() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.office.run(&format!("undo {case} --plan one.jsonl --quiet")).done();
    let text = club.office.read("one.jsonl");
    club.office.file("edited.jsonl", &text.replacen("put_back", "delete", 1));
    club.office.run(&format!("apply edited.jsonl --confirm {case}")).refused("edited_plan");
    // a plan that was made anew takes its place
    club.office.run(&format!("undo {case} --plan two.jsonl --quiet")).done();
    let rows = club.rows();
    club.office.run(&format!("apply one.jsonl --confirm {case}")).refused("stale_plan");
    assert_eq!(club.rows(), rows);
    club.office.run(&format!("apply two.jsonl --confirm {case} --quiet")).done();
    club.office.run(&format!("apply two.jsonl --confirm {case}")).refused("applied_twice");
}

#[test]
fn of_a_table_with_other_columns_nothing_comes_back() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.sql("ALTER TABLE orders ADD COLUMN more TEXT");
    club.undo(&case).refused("drift");
    let map =
        super::club::MAP.replace("state = \"fact, observed\"", "state = \"fact, observed\"\nmore = \"fact, observed\"");
    club.office.file("datamap.toml", &map);
    club.office.run("map trust --yes --quiet").done();
    club.undo(&case).refused("undo_map_changed");
}

#[test]
fn what_was_kept_and_then_altered_is_not_put_back() {
    let mut club = Club::open();
    let case = club.erase(1);
    let rows = club.rows();
    let file = club.kept().into_iter().find(|name| name.ends_with("rows")).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    club.undo(&case).fails(1, "undo_damaged");
    assert_eq!(club.rows(), rows);
}

#[test]
fn a_kept_file_that_is_missing_does_not_count_as_come_back() {
    let mut club = Club::open();
    let case = club.erase(1);
    let rows = club.rows();
    let file = club.kept().into_iter().find(|name| name.contains("file-")).unwrap();
    fs::remove_file(&file).unwrap();
    club.undo(&case).fails(1, "undo_damaged");
    assert_eq!(club.rows(), rows);
}

/// A key that is compared without regard to case, and a row that writes it otherwise: both come back.
#[test]
fn a_key_that_is_written_otherwise_is_the_same_key() {
    let mut club = Club::open();
    club.sql(
        "CREATE TABLE codes (code TEXT PRIMARY KEY COLLATE NOCASE, member_id INTEGER REFERENCES members(id));
         CREATE TABLE uses (id INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE REFERENCES codes(code));
         CREATE INDEX codes_member ON codes (member_id); CREATE INDEX uses_code ON uses (code);
         INSERT INTO codes VALUES ('Abc', 1); INSERT INTO uses VALUES (1, 'aBC')",
    );
    let tables = "[tables.codes]\npurpose = \"codes\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.codes.columns]\ncode = \"key\"\nmember_id = \"of members.id\"\n[tables.uses]\npurpose = \"uses\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.uses.columns]\nid = \"key\"\ncode = \"of codes.code\"\n";
    club.office.file("datamap.toml", &format!("{}{tables}", super::club::MAP));
    club.office.run("map trust --yes --quiet").done();
    let case = club.erase(1);
    assert_eq!(club.one::<i64>("SELECT count(*) FROM uses"), 0);
    club.undo(&case).done();
    assert_eq!(club.one::<String>("SELECT uses.code || codes.code FROM uses JOIN codes USING (code)"), "aBCAbc");
}
