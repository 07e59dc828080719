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

/// Whoever asks anew to be let go is let go, whatever case restricted them; that is no restriction.
#[test]
fn a_case_that_restricts_nobody_lifts_all() {
    let mut office = club();
    restrict(&mut office, FIRST).done();
    restrict(&mut office, SECOND).done();
    lift(&mut office, THIRD).done();
    assert_eq!(state(&office), "dormant");
    answer(&mut office, THIRD).refused("nothing_done");
    // and both may restrict again
    assert_eq!(restrict(&mut office, SECOND).done().json()["data"]["accounts"], 1);
    assert_eq!(state(&office), "frozen");
    assert_eq!(lift(&mut office, FIRST).done().json()["data"]["state"], "lifted");
    assert_eq!(state(&office), "dormant");
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
