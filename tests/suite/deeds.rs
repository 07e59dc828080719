//! What a case comes to is what was asked for: never something else, for somebody else, or for whom nothing may be done.

use crate::{last_of_all::erasable, office::Office, ties::table};

const CASE: &str = "DSR-20261123-0001";
const DONE: &str = "case answer DSR-20261123-0001 --decision FULFILLED --reply letter.txt --quiet";

/// Two accounts that can be restricted and corrected, with consents and letters.
pub(crate) fn club() -> Office {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, status TEXT, news INTEGER);
        CREATE INDEX users_phone ON users (phone);
        CREATE TABLE consents (id INTEGER PRIMARY KEY, user_id INTEGER, scope TEXT, given TEXT, ended TEXT);
        CREATE INDEX consents_user ON consents (user_id);
        INSERT INTO users VALUES (1, 'Ann', '13800138001', 'active', 1), (2, 'Bo', '13800138002', 'active', 1);
        INSERT INTO consents VALUES (1, 1, 'ads', '2020-01-01 00:00:00', NULL), (2, 1, 'geo', '2020-01-01 00:00:00', NULL);";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         restricted = { column = \"users.status\", set = \"frozen\", clear = \"active\" }\n\
         [consents.given]\nis = \"consents\"\nscope = \"scope\"\nnames = { ads = \"ads\", geo = \"geo\" }\n\
         given = \"given\"\nwithdrawn = \"ended\"\n\
         [subscriptions.mail]\nis = \"users\"\nchannel = \"'mail'\"\ntopic = \"'news'\"\nset = { news = \"0\" }\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided, correct\"\nphone = \"phone, proves, provided\"\n\
         status = \"fact\"\nnews = \"fact\"\n",
        &table("consents"),
        "[tables.consents.columns]\nuser_id = \"of users.id\"\nscope = \"fact\"\ngiven = \"time\"\nended = \"time\"\n",
    ];
    let office = Office::empty().with_shop(sql, &map.concat());
    office.file("letter.txt", "done");
    office.file("values.txt", "users.name=Anna\n");
    office.file("who.txt", "account=1\n");
    office
}

pub(crate) fn asks(office: &mut Office, request: &str) {
    office.run(&format!("case open {request} --id-file who.txt --quiet")).done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --age adult --quiet")).done();
}

const EXPORT: &str = "export CASE --no-zip";
const PORTABLE: &str = "export CASE --portable --no-zip";
const RESTRICT: &str = "restrict CASE --confirm CASE";
const CORRECT: &str = "correct CASE --values values.txt --evidence id_document --confirm CASE";
const REVOKE: &str = "revoke CASE --scope ads --confirm CASE";
const REVOKE_OTHER: &str = "revoke CASE --scope geo --confirm CASE";
const UNSUBSCRIBE: &str = "unsubscribe CASE --confirm CASE";

#[test]
fn done_is_said_of_what_was_asked_for_and_of_nothing_else() {
    for (request, others, own) in [
        ("restrict", &[EXPORT][..], RESTRICT),
        ("correct", &[EXPORT, RESTRICT], CORRECT),
        ("withdraw_consent --scope ads", &[EXPORT, RESTRICT, UNSUBSCRIBE, REVOKE_OTHER], REVOKE),
        ("opt_out", &[EXPORT, RESTRICT], UNSUBSCRIBE),
        ("access", &[PORTABLE], EXPORT),
        ("transfer", &[], PORTABLE),
    ] {
        let mut office = club();
        asks(&mut office, request);
        let stopped = |office: &mut Office, stopped: bool| {
            let shown = office.run(&format!("case show {CASE} --json")).done().json();
            let clocks = shown["data"]["clocks"].as_array().unwrap();
            let late = ["K15W", "K0"].map(|rule| clocks.iter().find(|clock| clock["rule"] == rule).cloned());
            late.into_iter().flatten().all(|clock| clock["state"].as_str().unwrap().starts_with("stopped") == stopped)
        };
        for other in others {
            office.run(&format!("{} --quiet", other.replace("CASE", CASE))).carried_out();
            office.run(DONE).refused("nothing_done");
            assert!(stopped(&mut office, false), "{request}: {other}");
        }
        drop(std::fs::remove_dir_all(office.path("packages"))); // moved away, or the next of the name is refused
        office.run(&format!("{} --quiet", own.replace("CASE", CASE))).carried_out();
        assert!(stopped(&mut office, true), "{request}");
        office.run(DONE).done();
        office.run("audit verify --quiet").done();
    }
}

/// Something about somebody is told to whoever is known; a rule is explained to anybody.
#[test]
fn nobody_is_told_about_somebody_whose_identity_was_not_proven() {
    for (request, told) in [("sender_disclosure", false), ("explain", true)] {
        let mut office = club();
        office.run(&format!("case open {request} --id-file who.txt --quiet")).done();
        office.run(&format!("case identify {CASE} --failed --level L2 --by otp --quiet")).done();
        let answer = office.run(DONE);
        let answer = if told { answer.done() } else { answer.refused("nothing_done") };
        assert!(!answer.to_string().contains("13800138001"));
    }
}

/// PIPL 41.
#[test]
fn for_a_foreign_authority_nothing_is_done() {
    let mut office = club();
    office.run("case open delete --requester foreign_authority --id-file who.txt --quiet").done();
    let next = |office: &mut Office| office.run(&format!("case next {CASE}")).done().stdout().to_owned();
    assert!(next(&mut office).contains("case refuse --code FOR"), "{}", next(&mut office));
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --age adult --quiet")).done();
    assert!(next(&mut office).contains("case refuse --code FOR"), "{}", next(&mut office));
    let case = format!("{CASE} --confirm {CASE}");
    for line in ["erase CASE", "anonymize CASE", "restrict CASE"].map(|line| line.replace("CASE", &case)) {
        office.run(&format!("{line} --quiet")).refused("foreign_authority");
    }
    office.run(&format!("export {CASE} --no-zip --quiet")).refused("foreign_authority");
    for decision in ["FULFILLED", "PARTIAL --remedies", "NO_DATA"] {
        office
            .run(&format!("case answer {CASE} --decision {decision} --reply letter.txt --quiet"))
            .refused("foreign_authority");
    }
    office.run(&format!("case refuse {CASE} --code FOR --law PIPL41 --remedies letter.txt --quiet")).done();
    office.run(&format!("case answer {CASE} --remedies --reply letter.txt --quiet")).done();
    office.run("audit verify --quiet").done();
}

/// A level is proven for one person, and a reference is one person's.
#[test]
fn a_case_does_not_go_over_to_somebody_else() {
    let mut office = club();
    asks(&mut office, "access");
    office.file("other.txt", "account=2\n");
    office
        .run(&format!("case identify {CASE} --level L1 --by session --id-file other.txt --quiet"))
        .refused("another_person");
    office.file("both.txt", "account=1\nphone=13800138001\n");
    office.run(&format!("case identify {CASE} --level L1 --by session --id-file both.txt --quiet")).done();
    let shown = office.run(&format!("case show {CASE}")).done();
    assert!(shown.stdout().contains("L3, otp+waybill"), "what was proven best is told: {shown}");
    office.run("case open access --id-file other.txt --quiet").done();
    let subject = |office: &mut Office, case: &str| {
        office.run(&format!("case show {case} --json")).done().json()["data"]["subject"].as_str().unwrap().to_owned()
    };
    assert_ne!(subject(&mut office, CASE), subject(&mut office, "DSR-20261123-0002"));
}

/// Somebody who was removed and not proven gone, and the case.
fn removed() -> (Office, &'static str) {
    let mut office = erasable();
    office.file("letter.txt", "done");
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    (office, case)
}

/// Told to everybody who looks: cron, the board, the list. An answer ends no clock that runs until it is really done.
#[test]
fn whatever_was_answered_before_it_was_proven_is_told_until_it_is() {
    let (mut office, case) = removed();
    let answered = office.run(DONE.trim_end_matches(" --quiet")).done();
    assert!(answered.stderr().contains(&format!("next: droit prove {case}")), "{answered}");
    office.run(&format!("case close {case} --yes --quiet")).done();
    office.wait_days(22);
    let due = office.run("due --json").looks().json();
    assert_eq!((&due["data"][0]["case"], &due["data"][0]["clock"]), (&case.into(), &"K15W".into()), "{due}");
    assert!(office.run("case list").done().stdout().contains(case));
    assert!(office.run("").carried_out().stdout().contains(case));
    office.run(&format!("prove {case} --quiet")).done();
    office.run("due").done();
    assert!(!office.run("case list").done().stdout().contains(case));
    office.run("audit verify --quiet").done();
}

/// Also when it was answered before the look that found them.
#[test]
fn rows_that_are_there_again_are_told_after_the_answer() {
    let (mut office, case) = removed();
    office.run(DONE).done();
    office.shop().execute("INSERT INTO users (id, name) VALUES (1, 'Ann')", []).unwrap();
    let said = office.run(&format!("prove {case}")).looks();
    assert!(said.stderr().contains(&format!("next: droit case reopen {case}")), "{said}");
    assert!(office.run("case list").done().stdout().contains(case), "it is not over");
}

/// Whoever is in the rows again is not erased: the clock runs, and nobody is told that it is done.
#[test]
fn rows_that_are_there_again_are_not_done() {
    let (mut office, case) = removed();
    office.shop().execute("INSERT INTO users (id, name) VALUES (1, 'Ann')", []).unwrap();
    office.shop().execute("INSERT INTO chats VALUES (9, 1, 1, 'again')", []).unwrap();
    let said = office.run(&format!("prove {case}")).looks();
    assert!(said.stdout().contains("[rows_found]"), "{said}");
    assert!(said.stderr().contains(&format!("next: droit erase {case}")), "{said}");
    let shown = office.run(&format!("case show {case} --json")).done().json();
    let clocks = shown["data"]["clocks"].as_array().unwrap();
    assert!(clocks.iter().any(|clock| clock["rule"] == "K15W" && clock["state"] == "running"), "{shown}");
    office.run(DONE).refused("nothing_done");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    office.run(&format!("prove {case} --quiet")).done();
    office.run(DONE).done();
}

/// Nor where more is asked for than was done.
#[test]
fn a_correction_that_was_planned_and_not_applied_is_not_done() {
    let mut office = club();
    asks(&mut office, "correct");
    office.run(&format!("{} --quiet", CORRECT.replace("CASE", CASE))).done();
    office.file("values.txt", "users.name=Annie\n");
    let plan = format!("correct {CASE} --values values.txt --evidence id_document --plan p.jsonl --quiet");
    office.run(&plan).done();
    office.run(DONE).refused("nothing_done");
    office.run(&format!("apply p.jsonl --confirm {CASE} --quiet")).done();
    office.run(DONE).done();
}

/// Who wants no messages at all is not told that it is done while some go on; nor who named a channel, of another one.
#[test]
fn an_opt_out_is_done_when_all_that_was_named_has_stopped() {
    for (request, part, rest) in [
        ("opt_out", "--channel mail", ""),
        ("opt_out --scope sms", "--channel mail", "--channel sms"),
        ("opt_out --scope mail", "--channel sms", "--topic news --channel mail"),
        ("opt_out --scope news", "--channel mail --topic news", "--topic news"),
    ] {
        let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE subs (id INTEGER PRIMARY KEY, user_id INTEGER, channel TEXT, topic TEXT, ended TEXT);
            CREATE INDEX subs_user ON subs (user_id);
            INSERT INTO users VALUES (1, 'Ann');
            INSERT INTO subs VALUES (1, 1, 'mail', 'news', NULL), (2, 1, 'sms', 'news', NULL), (3, 1, 'mail', 'ads', NULL);";
        let map = [
            "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
             [subscriptions.all]\nis = \"subs\"\nchannel = \"channel\"\ntopic = \"topic\"\nstopped = \"ended\"\n\
             [rules]\n\"*.id\" = \"key\"\n",
            &table("users"),
            "[tables.users.columns]\nname = \"name, provided\"\n",
            &table("subs"),
            "[tables.subs.columns]\nuser_id = \"of users.id\"\nchannel = \"fact\"\ntopic = \"fact\"\nended = \"time\"\n",
        ];
        let mut office = Office::empty().with_shop(sql, &map.concat());
        office.file("letter.txt", "done");
        office.file("who.txt", "account=1\n");
        asks(&mut office, request);
        office.run(&format!("unsubscribe {CASE} {part} --confirm {CASE} --quiet")).carried_out();
        office.run(DONE).refused("nothing_done");
        office.run(&format!("unsubscribe {CASE} {rest} --confirm {CASE} --quiet")).carried_out();
        if rest.contains("--topic news --channel mail") {
            office.run(DONE).refused("nothing_done");
            office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE} --quiet")).carried_out();
        }
        office.run(DONE).done();
    }
}
