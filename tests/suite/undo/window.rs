//! While a change can be undone nothing of it is final; when that is over, nothing of it is left.

use super::club::{Club, MAP};

fn until_over(club: &Club) {
    club.office.wait_days(3);
}

#[test]
fn until_the_window_ends_nothing_is_proven_and_nobody_is_told() {
    let mut club = Club::open();
    let case = club.erase(1);
    let shown = club.shown(&case);
    assert_eq!(shown["proof"], "pending");
    let until: jiff::Timestamp = shown["undoable"][0]["until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(club.office.now());
    assert!(left > jiff::SignedDuration::from_mins(71 * 60) && left <= jiff::SignedDuration::from_hours(72), "{left}");
    let page = club.office.run(&format!("case show {case} --lang en")).done();
    assert!(page.stdout().contains("can be undone until"), "{page}");
    let refused = club.office.run(&format!("prove {case}")).refused("undo_pending");
    assert!(refused.stderr().contains("2026-11-2"), "it says until when: {refused}");
    let pending = club.office.run("prove --pending --json").done().json();
    assert_eq!(pending["data"]["undoable"], serde_json::json!([case]));
    assert_eq!(pending["data"]["proofs"], serde_json::json!([]));
    club.office.file("reply.txt", "dear customer");
    for more in ["", " --by-hand"] {
        let answer = format!("case answer {case} --decision FULFILLED --reply reply.txt{more}");
        club.office.run(&answer).refused("undo_pending");
    }
    club.office.run(&format!("case answer {case} --letter answer --decision PARTIAL --draft")).refused("undo_pending");
    let due = club.office.run("due --all --json").done().json();
    assert_eq!(due["data"][0]["undo_until"], shown["undoable"][0]["until"], "{due}");
    assert_eq!(club.shown(&case)["status"], "postcheck");

    until_over(&club);
    let proven = club.office.run(&format!("prove {case} --json")).done().json();
    assert_eq!(proven["data"]["proofs"][0]["state"], "proven", "{proven}");
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    assert_eq!(club.undo_keys(), [None], "its key is gone");
    assert_eq!(club.shown(&case)["undoable"], serde_json::Value::Null);
    club.office.run(&format!("case answer {case} --decision FULFILLED --reply reply.txt --quiet")).done();
    club.require_whole();
}

#[test]
fn when_the_window_is_over_nothing_comes_back_and_the_key_is_gone() {
    let mut club = Club::open();
    let case = club.erase(1);
    let key = club.undo_keys().remove(0).unwrap();
    assert_eq!(super::holding(&club.office.path(""), &key).len(), 1);
    club.office.run(&format!("undo {case} --plan plan.jsonl --quiet")).done();
    let rows = club.rows();
    until_over(&club);
    club.undo(&case).refused("undo_over");
    club.office.run(&format!("apply plan.jsonl --confirm {case}")).refused("undo_over");
    assert_eq!(club.rows(), rows);
    assert_eq!(super::holding(&club.office.path(""), &key), Vec::<String>::new());
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    club.require_whole();
}

#[test]
fn tidy_ends_it_too() {
    let mut club = Club::open();
    let case = club.erase(1);
    let key = club.undo_keys().remove(0).unwrap();
    let tidied = club.office.run("tidy --confirm --json").done().json();
    assert!(!tidied.to_string().contains("\"undo\""), "not before its time: {tidied}");
    assert_eq!(club.kept().len(), 4);
    until_over(&club);
    let due = club.office.run("tidy --json").done().json();
    let keys = due["data"]["keys"].as_array().unwrap();
    let of_undo = |key: &&serde_json::Value| key["purpose"] == "undo";
    assert_eq!(keys.iter().find(of_undo).unwrap()["because"], "undo_ended");
    assert_eq!(club.kept().len(), 4, "without --confirm nothing is destroyed");
    club.office.run("tidy --confirm --quiet").done();
    assert_eq!(super::holding(&club.office.path(""), &key), Vec::<String>::new());
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    assert_eq!(club.office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    club.undo(&case).refused("undo_over");
    club.office.run(&format!("prove {case} --quiet")).done();
    club.require_whole();
}

#[test]
fn of_a_minor_and_of_whom_nobody_knows_the_age_nothing_is_kept() {
    for (who, why) in [(3, "minor"), (4, "nobody knows")] {
        let mut club = Club::open();
        let case = club.verified(who, "delete");
        let erased = club.office.run(&format!("erase {case} --confirm {case} --lang en")).done();
        assert!(erased.stderr().contains(why), "{erased}");
        assert!(club.kept().is_empty() && club.undo_keys().is_empty());
        club.undo(&case).refused("undo_none");
        club.office.run(&format!("prove {case} --quiet")).done();
    }
    // an officer who has seen their papers may say so, but not that a child of the database is grown up
    let mut club = Club::open();
    let case = club.identified(4, "delete", "--age adult");
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    club.undo(&case).done();
    let child = club.identified(3, "delete", "--age adult");
    club.office.run(&format!("erase {child} --confirm {child} --quiet")).done();
    club.undo(&child).refused("undo_none");
    let told = club.identified(1, "delete", "--age youth");
    club.office.run(&format!("erase {told} --confirm {told} --quiet")).done();
    club.undo(&told).refused("undo_none");
}

#[test]
fn whoever_turns_eighteen_tomorrow_is_a_minor_today() {
    for (born, kept) in [("2008-11-23", false), ("2008-11-22", true)] {
        let mut club = Club::open();
        club.sql(&format!("UPDATE members SET born = '{born}' WHERE id = 1"));
        club.erase(1);
        assert_eq!(!club.kept().is_empty(), kept, "{born}");
    }
}

#[test]
fn a_replay_does_not_erase_again_whoever_was_undone() {
    let mut club = Club::open();
    let before = std::fs::read(club.path()).unwrap();
    let case = club.erase(1);
    let between = std::fs::read(club.path()).unwrap();
    club.undo(&case).done();
    let whole = club.rows();
    // a backup from before the change
    std::fs::write(club.path(), &before).unwrap();
    club.office.run("replay --confirm --quiet").carried_out();
    assert_eq!(club.rows(), whole, "nobody is erased again");
    club.office.run("prove --returned --quiet").done();
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    club.undo(&case).done();
    // and one from between: what was put back is not there, and cannot be
    std::fs::write(club.path(), &between).unwrap();
    let replayed = club.office.run("replay --confirm --json").looks().json();
    assert_eq!(replayed["data"]["left"][0]["why"], "put_back_lost", "{replayed}");
    club.require_whole();
}

/// Whoever takes the request back may want back what it took.
#[test]
fn a_request_is_not_withdrawn_while_its_change_can_be_undone() {
    for end in ["", " --end"] {
        let mut club = Club::open();
        let case = club.erase(1);
        club.office.run(&format!("case withdraw {case} --quiet")).refused("undo_pending");
        club.office.run(&format!("undo {case}{end} --confirm {case} --quiet")).done();
        club.office.run(&format!("case withdraw {case} --quiet")).done();
        assert_eq!(club.shown(&case)["status"], "withdrawn");
        club.office.run("audit verify --quiet").done();
    }
}

/// It is said what comes next: the plan while it may be applied, then what would have come without it.
#[test]
fn a_plan_to_undo_that_is_never_applied_holds_nothing_up() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.office.run(&format!("undo {case} --plan back.jsonl --quiet")).done();
    let next = |club: &mut Club| {
        let shown = club.office.run(&format!("case show {case}")).done();
        shown.stdout().lines().last().unwrap_or_default().to_owned()
    };
    assert!(next(&mut club).ends_with(&format!("droit undo {case}")), "{}", next(&mut club));
    club.office.wait_days(4);
    club.office.run(&format!("prove {case} --quiet")).done();
    assert_eq!(next(&mut club), format!("next: droit case answer {case}"));
    club.office.file("letter.txt", "done");
    club.office.run(&format!("case answer {case} --decision FULFILLED --reply letter.txt --quiet")).done();
}

#[test]
fn a_hold_neither_stops_an_undo_nor_is_weakened_by_it() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.erase(1);
    club.office.file("why.txt", "court order");
    club.office.run("hold add --table orders --order why.txt --quiet").done();
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    assert_eq!(club.one::<i64>("SELECT count(*) FROM orders WHERE member_id = 1"), 1, "what is held stays");
}

#[test]
fn what_waited_because_of_a_change_waits_no_more_when_it_is_undone() {
    let keep =
        "[tables.orders]\nkeep = [{ for = \"4 days\", after = \"removal\", law = \"CC 188\", because = \"claims\" }]\n";
    let mut club = Club::with(&MAP.replace("[tables.orders]\n", keep), "undo = \"72 hours\"\n");
    let before = club.rows();
    let case = club.erase(1);
    assert!(!club.shown(&case)["waiting"].as_array().unwrap().is_empty());
    // a second one finds nothing to do, and takes the way back from nobody
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
    assert_eq!(club.shown(&case)["waiting"], serde_json::json!([]));
    let book = rusqlite::Connection::open(club.office.path("casebook.db")).unwrap();
    assert_eq!(book.query_row("SELECT count(*) FROM scheduled", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    drop(book);
    club.office.wait_days(6);
    club.office.run("purge scheduled --confirm --quiet").carried_out();
    assert_eq!(club.rows(), before, "nobody is erased whose erasure was undone");
}

#[test]
fn a_link_in_the_place_of_what_is_kept_is_not_followed() {
    let mut club = Club::open();
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(elsewhere.path().join("7")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), club.office.path("undo")).unwrap();
    let before = club.rows();
    let case = club.verified(1, "delete");
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).fails(1, "file");
    assert_eq!(club.rows(), before);
    assert_eq!(club.shown(&case)["status"], "assessed", "nothing is left open");
    club.office.run("tidy --confirm --quiet").fails(1, "file");
    assert!(elsewhere.path().join("7").is_dir(), "nothing is removed elsewhere");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn an_officer_may_end_it_now() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.office.run(&format!("prove {case} --quiet")).refused("undo_pending");
    club.office.run(&format!("undo {case} --end")).refused("needs_confirmation");
    club.office.typing("no\n").run(&format!("undo {case} --end")).refused("not_confirmed");
    assert!(!club.kept().is_empty());
    let ended = club.office.run(&format!("undo {case} --end --confirm {case} --json")).done().json();
    assert_eq!((&ended["schema"], &ended["data"]["changes"]), (&"droit.undo_ended/1".into(), &1.into()));
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    assert_eq!(club.undo_keys(), [None], "its key is destroyed");
    club.undo(&case).refused("undo_none");
    club.office.run(&format!("undo {case} --end --confirm {case}")).refused("undo_none");
    club.office.run(&format!("prove {case} --quiet")).done();
    club.office.run("audit verify --quiet").done();
}

#[test]
fn nothing_of_a_person_is_proven_while_another_case_of_theirs_can_bring_it_back() {
    let mut club = Club::open();
    let first = club.verified(1, "delete");
    club.office.run(&format!("erase {first} --column orders.receiver --confirm {first} --quiet")).done();
    let settings = club.office.read("droit.toml").replace("undo = \"72 hours\"\n", "");
    club.office.file("droit.toml", &settings);
    let second = club.verified(1, "delete");
    club.office.run(&format!("erase {second} --confirm {second} --quiet")).carried_out();
    club.office.run(&format!("prove {second} --quiet")).refused("undo_pending");
    club.office.run(&format!("undo {first} --end --confirm {first} --quiet")).done();
    club.office.run(&format!("prove {second} --quiet")).done();
}

#[test]
fn of_whom_it_is_found_that_they_are_a_child_nothing_is_kept_any_longer() {
    let mut club = Club::open();
    club.sql("UPDATE members SET born = NULL WHERE id = 1");
    let first = club.identified(1, "delete", "--age adult");
    club.office.run(&format!("erase {first} --column orders.receiver --confirm {first} --quiet")).done();
    assert!(!club.kept().is_empty());
    club.identified(1, "copy", "--age child");
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    club.undo(&first).refused("undo_none");
    club.office.run("audit verify --quiet").done();
}

/// A hold that comes while a change can be undone protects what is kept of it, as long as it stands.
#[test]
fn what_a_hold_protects_is_kept_until_it_is_released() {
    let holds =
        ["--case DSR-20261123-0001", "--id-file who.txt", "--table notes", "--confidential --case DSR-20261123-0001"];
    for (hold, released) in holds.into_iter().flat_map(|hold| [(hold, false), (hold, true)]) {
        let mut club = Club::open();
        let before = (club.rows(), club.files());
        let case = club.erase(1);
        club.office.file("who.txt", "account=1\n");
        club.office.file("order.txt", "court");
        club.office.run(&format!("hold add {hold} --order order.txt --quiet")).done();
        club.office.run(&format!("undo {case} --end --confirm {case}")).refused("undo_kept");
        until_over(&club);
        club.office.run(&format!("prove {case} --quiet")).refused("undo_pending");
        club.office.run("prove --pending --quiet").done();
        club.office.run("tidy --confirm --quiet").done();
        club.office.run("recover --quiet").done();
        assert!(club.undo_keys()[0].is_some() && !club.kept().is_empty(), "{hold}");
        if released {
            club.office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
            club.office.run(&format!("prove {case} --quiet")).done();
            assert_eq!((club.kept(), club.undo_keys()), (Vec::new(), vec![None]), "{hold}");
            club.undo(&case).refused("undo_over");
        } else {
            club.undo(&case).done();
            let back = club.rows();
            assert_eq!([&back["notes"], &back["members"]], [&before.0["notes"], &before.0["members"]], "{hold}");
            assert_eq!(club.files(), before.1, "{hold}");
        }
        club.require_whole();
    }
}

/// A hold on somebody else, or on a table that the change left alone, keeps nothing.
#[test]
fn a_hold_that_is_about_something_else_keeps_nothing() {
    for hold in ["--id-file who.txt", "--table clubs"] {
        let mut club = Club::open();
        let case = club.erase(1);
        club.office.file("who.txt", "account=2\n");
        club.office.file("order.txt", "court");
        club.office.run(&format!("hold add {hold} --order order.txt --quiet")).done();
        until_over(&club);
        club.office.run(&format!("prove {case} --quiet")).done();
        assert_eq!((club.kept(), club.undo_keys()), (Vec::new(), vec![None]), "{hold}");
    }
}

/// Before the rule that nothing is kept of a minor.
#[test]
fn what_a_hold_protects_is_kept_of_a_child_too() {
    for held in [true, false] {
        let mut club = Club::open();
        club.sql("UPDATE members SET born = NULL WHERE id = 1");
        let case = club.identified(1, "delete", "--age adult");
        club.office.run(&format!("erase {case} --column orders.receiver --confirm {case} --quiet")).done();
        club.office.file("order.txt", "court");
        if held {
            club.office.run(&format!("hold add --case {case} --order order.txt --quiet")).done();
        }
        club.identified(1, "copy", "--age child");
        assert_eq!(club.undo_keys()[0].is_some(), held);
    }
}

/// A change of which nothing is kept ends what was kept before it; so there is none while a hold needs that.
#[test]
fn what_a_hold_protects_is_not_ended_by_a_later_change() {
    let mut club = Club::open();
    let settings = club.office.read("droit.toml");
    let case = club.verified(1, "delete");
    club.office.run(&format!("erase {case} --column orders.receiver --confirm {case} --quiet")).done();
    club.office.file("order.txt", "court");
    club.office.run("hold add --table orders --order order.txt --quiet").done();
    let erase = format!("erase {case} --column members.shout --confirm {case} --quiet");
    club.office.file("droit.toml", &settings.replace("undo = \"72 hours\"\n", ""));
    club.office.run(&erase).refused("undo_kept");
    club.office.file("droit.toml", &settings);
    club.sql("UPDATE members SET born = '2020-01-01' WHERE id = 1");
    club.office.run(&erase).refused("undo_kept");
    assert!(club.undo_keys()[0].is_some());
    club.office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
    club.office.run(&erase).done();
    club.require_whole();
}
