//! Several requests to restrict one person: each is on record as doing it, and the flag comes back with the last one.

use crate::{
    office::{Office, Outcome},
    ties::table,
};

const FIRST: &str = "DSR-20261123-0001";
const SECOND: &str = "DSR-20261123-0002";
const THIRD: &str = "DSR-20261123-0003";

fn club() -> Office {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, state TEXT);
        INSERT INTO users VALUES (1, 'Ann', '13800138001', 'dormant'), (2, 'Bo', '13800138002', 'on');";
    let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
               restricted = { column = \"users.state\", set = \"frozen\", clear = \"on\" }\n[rules]\n\"*.id\" = \"key\"\n"
        .to_owned()
        + &table("users")
        + "[tables.users.columns]\nname = \"name, provided, correct\"\nphone = \"phone, proves, provided\"\nstate = \"fact\"\n";
    let mut office = Office::empty().with_shop(sql, &map);
    office.file("letter.txt", "done");
    office.file("who.txt", "account=1\n");
    for case in [FIRST, SECOND, THIRD] {
        office.run("case open restrict --id-file who.txt --quiet").done();
        office.run(&format!("case identify {case} --level L3 --by papers --age adult --quiet")).done();
    }
    office
}

fn state(office: &Office) -> String {
    office.shop().query_row("SELECT state FROM users WHERE id = 1", [], |row| row.get(0)).unwrap()
}

fn restrict(office: &mut Office, case: &str) -> Outcome {
    office.run(&format!("restrict {case} --confirm {case} --json"))
}

fn lift(office: &mut Office, case: &str) -> Outcome {
    office.run(&format!("restrict {case} --lift --confirm {case} --json"))
}

fn answer(office: &mut Office, case: &str) -> Outcome {
    office.run(&format!("case answer {case} --decision FULFILLED --reply letter.txt --quiet"))
}

fn next(office: &mut Office, case: &str) -> String {
    office.run(&format!("case next {case} --quiet")).done().stdout().trim().to_owned()
}

#[test]
fn the_second_is_on_record_although_it_changes_nothing() {
    let mut office = club();
    answer(&mut office, SECOND).refused("nothing_done");
    restrict(&mut office, FIRST).done();
    let second = restrict(&mut office, SECOND).done().json();
    assert_eq!((&second["data"]["state"], &second["data"]["accounts"]), (&"restricted".into(), &0.into()));
    assert!(next(&mut office, SECOND).contains(&format!("case answer {SECOND}")));
    assert_eq!(restrict(&mut office, SECOND).looks().json()["data"]["state"], "nothing_to_do");
    let shown = office.run(&format!("case show {SECOND} --json")).done().json();
    let clocks = shown["data"]["clocks"].as_array().unwrap();
    assert!(
        clocks.iter().any(|c| c["rule"] == "K15W" && c["state"].as_str().unwrap().starts_with("stopped")),
        "{shown}"
    );
    answer(&mut office, SECOND).done();
    office.run("audit verify --quiet").done();
}

#[test]
fn the_flag_comes_back_with_the_last_one() {
    for order in [[FIRST, SECOND], [SECOND, FIRST]] {
        let mut office = club();
        restrict(&mut office, FIRST).done();
        restrict(&mut office, SECOND).done();
        let first = lift(&mut office, order[0]).looks().json();
        assert_eq!((&first["data"]["state"], &first["data"]["others"][0]), (&"let_go".into(), &order[1].into()));
        assert_eq!(state(&office), "frozen");
        answer(&mut office, order[0]).refused("nothing_done");
        assert_eq!(lift(&mut office, order[1]).done().json()["data"]["state"], "lifted");
        assert_eq!(state(&office), "dormant", "what stood there before the first");
        answer(&mut office, order[1]).refused("nothing_done");
        office.run("audit verify --quiet").done();
    }
}

#[test]
fn a_plan_to_lift_is_not_applied_over_a_restriction_that_came_since() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    office.run(&format!("restrict {FIRST} --lift --plan plan.jsonl --quiet")).done();
    restrict(&mut office, SECOND).done();
    office.run(&format!("apply plan.jsonl --confirm {FIRST} --quiet")).refused("still_restricted");
    office.run(&format!("restrict {FIRST} --lift --plan other.jsonl --quiet")).refused("still_restricted");
    assert_eq!(state(&office), "frozen");
}

#[test]
fn a_restriction_is_not_undone_while_another_stands() {
    let mut office = club();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    restrict(&mut office, FIRST).done();
    office.run(&format!("undo {FIRST} --plan plan.jsonl --quiet")).done();
    restrict(&mut office, SECOND).done();
    office.run(&format!("undo {FIRST} --confirm {FIRST} --quiet")).refused("still_restricted");
    office.run(&format!("apply plan.jsonl --confirm {FIRST} --quiet")).refused("still_restricted");
    assert_eq!(state(&office), "frozen");
    lift(&mut office, SECOND).looks();
    office.run(&format!("undo {FIRST} --confirm {FIRST} --quiet")).done();
    assert_eq!(state(&office), "dormant");
    answer(&mut office, FIRST).refused("nothing_done");
    office.run("audit verify --quiet").done();
}

/// Whoever asks anew to be let go is let go, whatever case restricted them, and told so. A case that restricted them and
/// does not any more did not do what it asked for.
#[test]
fn a_case_that_restricts_nobody_lifts_all() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    lift(&mut office, THIRD).done();
    assert_eq!(state(&office), "dormant");
    answer(&mut office, FIRST).refused("stands_again");
    answer(&mut office, THIRD).done();
    // and both may restrict again
    assert_eq!(restrict(&mut office, SECOND).done().json()["data"]["accounts"], 1);
    assert_eq!(state(&office), "frozen");
    assert_eq!(lift(&mut office, FIRST).looks().json()["data"]["others"][0], SECOND);
    assert_eq!(state(&office), "frozen");
    answer(&mut office, FIRST).refused("nothing_done");
    assert_eq!(lift(&mut office, SECOND).done().json()["data"]["state"], "lifted");
    assert_eq!(state(&office), "dormant");
}

/// A case that restricted and let go lifts nobody else's restriction when it is asked to again.
#[test]
fn a_case_that_let_go_lets_go_no_other() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    lift(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    answer(&mut office, SECOND).done();
    assert_eq!(lift(&mut office, FIRST).looks().json()["data"]["others"][0], SECOND);
    assert_eq!(state(&office), "frozen");
}

/// Whoever reviewed a plan to lift did not see who restricts since.
#[test]
fn a_plan_to_lift_is_stale_when_another_case_restricts() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    office.run(&format!("restrict {THIRD} --lift --plan plan.jsonl --quiet")).done();
    restrict(&mut office, SECOND).done();
    office.run(&format!("apply plan.jsonl --confirm {THIRD}")).refused("stale_plan");
    assert_eq!(state(&office), "frozen");
}

/// A case into which one was merged that restricted without a change takes the restriction up, and can be told so.
#[test]
fn a_merged_restriction_goes_on() {
    let mut office = club();
    restrict(&mut office, THIRD).done();
    restrict(&mut office, SECOND).done();
    office.run(&format!("case merge {SECOND} --into {FIRST} --quiet")).done();
    assert_eq!(lift(&mut office, THIRD).looks().json()["data"]["others"][0], FIRST);
    answer(&mut office, FIRST).refused("nothing_done");
    assert_eq!(restrict(&mut office, FIRST).done().json()["data"]["state"], "restricted");
    answer(&mut office, FIRST).done();
    assert_eq!(state(&office), "frozen");
}

/// Undoing what lifted for all brings back who restricted, and who had let go before.
#[test]
fn an_undone_lift_remembers_who_had_let_go() {
    let mut office = club();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    lift(&mut office, SECOND).looks();
    lift(&mut office, THIRD).done();
    office.run(&format!("undo {THIRD} --confirm {THIRD}")).carried_out();
    assert_eq!(state(&office), "frozen");
    assert_eq!(lift(&mut office, SECOND).looks().json()["data"]["others"][0], FIRST);
    assert_eq!(state(&office), "frozen");
}

/// What an erasure together with others removed may be kept for a change of another case of the same person.
#[test]
fn nobody_is_told_to_be_gone_whose_row_another_case_keeps() {
    let mut office = club();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    restrict(&mut office, FIRST).done();
    let gone = "DSR-20261123-0004";
    office.run("case open delete --id-file who.txt --quiet").done();
    office.run(&format!("case identify {gone} --level L3 --by papers --age adult --quiet")).done();
    office.file("cases.txt", gone);
    office.run("erase --cases cases.txt --confirm 1 --quiet").carried_out();
    for how in ["--reply letter.txt", "--letter answer"] {
        office.run(&format!("case answer {gone} --decision FULFILLED {how} --quiet")).refused("undo_pending");
    }
    office.run(&format!("undo {FIRST} --end --confirm {FIRST} --quiet")).done();
    answer(&mut office, gone).done();
}

/// The letter to whoever asked to be let go does not say that they are restricted.
#[test]
fn a_letter_says_that_the_restriction_ended() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    lift(&mut office, THIRD).done();
    let letter = format!("case answer {THIRD} --letter answer --decision FULFILLED --letter-lang en --plain --quiet");
    office.run(&letter).done();
    let folder = std::fs::read_dir(office.path("answers")).unwrap();
    let text: String = folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert!(text.contains("end of a restriction of processing"), "{text}");
}

/// What the application took back itself is left as it is, and restricts nobody any more.
#[test]
fn a_flag_that_was_taken_back_is_lifted_on_record() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    office.shop().execute("UPDATE users SET state = 'closed' WHERE id = 1", []).unwrap();
    assert_eq!(lift(&mut office, FIRST).looks().json()["data"]["state"], "nothing_to_do");
    answer(&mut office, FIRST).refused("nothing_done");
    assert_eq!(state(&office), "closed");
}

/// A plan of no change carries nothing out but what it says.
#[test]
fn a_plan_that_finds_the_flag_set_restricts_by_being_applied() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    office.run(&format!("restrict {SECOND} --plan plan.jsonl --quiet")).done();
    answer(&mut office, SECOND).refused("nothing_done");
    office.run(&format!("apply plan.jsonl --confirm {SECOND} --quiet")).done();
    let shown = office.run(&format!("case show {SECOND} --json")).done().json();
    assert_eq!(shown["data"]["proof"], "not_needed", "{shown}");
    answer(&mut office, SECOND).done();
    office.run("audit verify --quiet").done();
}

/// An undo puts flags back, also of a case that has let go meanwhile.
#[test]
fn a_change_of_a_case_that_let_go_is_not_undone_either() {
    let mut office = club();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    lift(&mut office, FIRST).looks();
    office.run(&format!("undo {FIRST} --confirm {FIRST} --quiet")).refused("still_restricted");
    assert_eq!(state(&office), "frozen");
    lift(&mut office, SECOND).done();
    assert_eq!(state(&office), "dormant");
    office.run("audit verify --quiet").done();
}

/// What stood in the flag is what stood there when it was set last, whatever the numbers of the cases.
#[test]
fn what_comes_back_is_what_stood_there_last() {
    let mut office = club();
    for (case, stood) in [(THIRD, "dormant"), (SECOND, "gold"), (FIRST, "silver"), (SECOND, "lead")] {
        office.shop().execute("UPDATE users SET state = ?1 WHERE id = 1", [stood]).unwrap();
        restrict(&mut office, case).done();
        assert_eq!(state(&office), "frozen");
        lift(&mut office, case).done();
        assert_eq!(state(&office), stood);
    }
}

/// Whom another case let go nobody is told to be restricted.
#[test]
fn who_was_let_go_by_another_case_is_not_told_to_be_restricted() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    lift(&mut office, THIRD).done();
    answer(&mut office, FIRST).refused("stands_again");
    for decision in ["FULFILLED", "PARTIAL"] {
        office
            .run(&format!("case answer {FIRST} --decision {decision} --letter answer --quiet"))
            .refused("stands_again");
    }
}

/// A request that is over restricts nobody: it lets go first, goes on in another case, or is not refused.
#[test]
fn no_request_that_is_over_holds_the_flag() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    office.run(&format!("case withdraw {SECOND} --quiet")).refused("restricts");
    office.file("why.txt", "no");
    let denied = "--decision DENIED --reply letter.txt --remedies --law PIPL --quiet";
    office.run(&format!("case answer {SECOND} {denied}")).refused("something_done");
    lift(&mut office, SECOND).looks();
    office.run(&format!("case withdraw {SECOND} --quiet")).done();
    restrict(&mut office, THIRD).done();
    office.run(&format!("case merge {THIRD} --into {FIRST} --quiet")).done();
    assert_eq!(lift(&mut office, FIRST).done().json()["data"]["state"], "lifted");
    assert_eq!(state(&office), "dormant");
    office.run("audit verify --quiet").done();
}

/// Two requests that came before anybody was identified have two references; they are one person's all the same.
#[test]
fn requests_under_two_references_are_one_persons() {
    let mut office = club();
    office.file("phone.txt", "phone=13800138001\n");
    let cases = ["DSR-20261123-0004", "DSR-20261123-0005"];
    // the first three know the number by now
    office.shop().execute_batch("UPDATE users SET phone = '13900139009' WHERE id = 2").unwrap();
    office.file("other.txt", "account=2\n");
    office.file("other_phone.txt", "phone=13900139009\n");
    for file in ["other.txt", "other_phone.txt"] {
        office.run(&format!("case open restrict --id-file {file} --quiet")).done();
    }
    for case in cases {
        office.run(&format!("case identify {case} --level L3 --by papers --age adult --quiet")).done();
    }
    restrict(&mut office, cases[0]).done();
    restrict(&mut office, cases[1]).done();
    assert_eq!(lift(&mut office, cases[0]).looks().json()["data"]["others"][0], cases[1]);
    let other = |office: &Office| -> String {
        office.shop().query_row("SELECT state FROM users WHERE id = 2", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(other(&office), "frozen");
    // a copy that is asked for under another reference goes before the deletion, too
    office.run("case open copy --id-file other_phone.txt --quiet").done();
    office.run("case open delete --id-file other.txt --quiet").done();
    for case in ["DSR-20261123-0006", "DSR-20261123-0007"] {
        office.run(&format!("case identify {case} --level L3 --by papers --age adult --quiet")).done();
    }
    office.run("erase DSR-20261123-0007 --confirm DSR-20261123-0007 --quiet").refused("copy_first");
    // and none of this is about the other member
    restrict(&mut office, FIRST).done();
    assert_eq!(lift(&mut office, FIRST).done().json()["data"]["state"], "lifted");
}

/// A restored backup knows nothing of the flag: told for whoever restricts, whichever case set it.
#[test]
fn a_flag_that_a_backup_took_back_is_told_for_every_case_that_needs_it() {
    let mut office = club();
    office.run("erase DSR-20261123-0001 --plan none.jsonl --quiet").refused("not_asked_for");
    let backup = std::fs::read(office.path("shop.db")).unwrap();
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    restrict(&mut office, THIRD).done();
    lift(&mut office, FIRST).looks();
    std::fs::write(office.path("shop.db"), &backup).unwrap();
    answer(&mut office, SECOND).refused("database_behind");
    office.run("replay --confirm --quiet").carried_out();
    let left = |office: &mut Office, case: &str| {
        office.run(&format!("case show {case} --json")).done().json()["data"]["left_to_person"].is_object()
    };
    assert_eq!([FIRST, SECOND, THIRD].map(|case| left(&mut office, case)), [false, true, true]);
    answer(&mut office, SECOND).refused("left_to_person");
    restrict(&mut office, SECOND).done();
    assert_eq!(state(&office), "frozen");
    answer(&mut office, SECOND).done();
    office.run("audit verify --quiet").done();
}
