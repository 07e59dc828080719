//! What is told to the person, and what has to be true by then.

use crate::office::Office;

const CASE: &str = "DSR-20261123-0001";

#[test]
fn a_full_yes_is_told_when_it_is_done() {
    let stop = "unsubscribe CASE --confirm CASE";
    let told = [
        ("delete", "erase CASE --confirm CASE"),
        ("access", "export CASE"),
        ("opt_out", stop),
        ("correct", ""),
        ("withdraw_consent", ""),
        ("restrict", ""),
    ];
    for (request, done) in told {
        let mut office = Office::courier();
        office.file("ids.txt", "account=100\n");
        office.file("letter.txt", "done\n");
        office.run(&format!("case open {request} --id-file ids.txt --quiet")).done();
        office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
        let answer = format!("case answer {CASE} --decision FULFILLED --reply letter.txt");
        office.run(&answer).refused("nothing_done");
        office.run(&format!("case answer {CASE} --decision FULFILLED --letter answer")).refused("nothing_done");
        office.run(&format!("case answer {CASE} --decision FULFILLED --letter answer --draft")).refused("nothing_done");
        assert!(!office.path("answers").exists(), "no letter is left behind");
        if done.is_empty() {
            office.run(&format!("{answer} --by-hand")).done();
            let shown = office.run(&format!("audit show {CASE}")).done();
            assert!(shown.stdout().contains("by_hand=true"), "{shown}");
        } else {
            office.run(&done.replace("CASE", CASE)).carried_out();
            if ["delete", "access"].contains(&request) {
                let nothing = format!("case answer {CASE} --decision NO_DATA --letter answer");
                office.run(&nothing).refused("data_was_found");
            }
            office.run(&answer).done();
        }
    }
}

#[test]
fn whoever_asked_for_everything_is_not_told_that_a_part_was_all() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --category browsing --confirm {CASE}")).carried_out();
    for how in ["--reply letter.txt", "--letter answer", "--letter answer --draft"] {
        office.run(&format!("case answer {CASE} --decision FULFILLED {how}")).refused("only_a_part");
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    let mut part_asked = office.copied();
    part_asked.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --part")).done();
    let mut partly = office.copied();
    partly.run(&format!("case answer {CASE} --decision PARTIAL --remedies --reply letter.txt")).done();
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt")).done();
}

/// A plan for everything under a hold leaves every row where it is: nothing more than the part is removed or proven.
#[test]
fn a_plan_that_left_every_row_where_it_is_makes_no_whole_of_a_part() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.file("order.txt", "court");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --column users.nickname --confirm {CASE}")).carried_out();
    office.run(&format!("hold add --case {CASE} --order order.txt --confidential --quiet")).done();
    let said = office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    assert!(said.stdout().contains("nothing was removed"), "{said}");
    for how in ["--reply letter.txt", "--letter answer"] {
        office.run(&format!("case answer {CASE} --decision FULFILLED {how}")).refused("only_a_part");
    }
    let said = office.run(&format!("prove {CASE}")).done();
    assert!(said.stdout().contains("the part that was asked for is erased and proven"), "{said}");
    let certificate: serde_json::Value =
        serde_json::from_str(&office.read(&format!("certificates/{CASE}.json"))).unwrap();
    assert_eq!(certificate["scope"]["columns"][0], "users.nickname");
}

/// The part that was asked for is sealed: without its key nobody says that it was the whole.
#[test]
fn without_the_cases_key_a_part_is_not_taken_for_the_whole() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    let before = keys(&office);
    assert!(!before.is_empty());
    office.run(&format!("erase {CASE} --category browsing --confirm {CASE}")).carried_out();
    for key in keys(&office) {
        std::fs::rename(&key, office.path("taken-away")).unwrap();
    }
    let answer = office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt"));
    assert!(answer.stderr().contains("[key_missing]"), "{answer}");
    let proof = office.run(&format!("prove {CASE}"));
    assert!(proof.stderr().contains("[key_missing]"), "{proof}");
    assert!(!office.path("certificates").exists());
}

/// The files of keys, wherever they are kept.
fn keys(office: &Office) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![office.path("state")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|end| end == "key") {
                found.push(entry);
            }
        }
    }
    found
}

#[test]
fn an_interim_reply_decides_nothing() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    for decision in ["FULFILLED", "PARTIAL", "DENIED", "NO_DATA"] {
        for how in ["--reply letter.txt", "--letter answer", "--letter answer --draft"] {
            office
                .run(&format!("case answer {CASE} --decision {decision} --interim --remedies {how}"))
                .misused("interim_decides");
        }
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "verified", "{shown}");
    office.run(&format!("case answer {CASE} --decision UNVERIFIED --interim --reply letter.txt")).done();
}

#[test]
fn what_belongs_to_a_letter_is_not_said_of_a_reply() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    for flag in ["--draft", "--plain", "--letter-lang en"] {
        for what in ["--decision NO_DATA --reply letter.txt", "--acknowledge"] {
            office.run(&format!("case answer {CASE} {what} {flag}")).misused("usage");
        }
    }
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "received", "{shown}");
}

#[test]
fn a_copy_that_goes_along_with_an_erasure_carries_nothing_out() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("export {CASE}")).done();
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "verified", "{shown}");
    assert!(shown["data"]["next"].to_string().contains("erase"), "{shown}");
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
}

#[test]
fn a_letter_that_may_not_be_sent_is_not_written() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    office.run(&format!("case answer {CASE} --letter identity")).refused("illegal_move");
    assert!(!office.path("answers").exists());
}

/// By the sample's map: addresses and profiles have the account's period and go by their own line; images are not
/// kept as their waybill is; of orders both periods are told, and their items go as they do.
#[test]
fn a_page_tells_how_long_rows_are_held_and_how_they_go() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open access --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("export {CASE} --no-zip --quiet")).done();
    let data = std::fs::read_to_string(office.path("packages").join(CASE).join("data.json")).unwrap();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    let about = |name: &str| {
        let table = data["tables"].as_array().unwrap().iter().find(|table| table["about"]["name"] == name);
        let about = &table.unwrap_or_else(|| panic!("there is no {name} in the package"))["about"];
        (about["retention"].as_str().unwrap().to_owned(), about["then"].as_str().unwrap().to_owned())
    };
    let cancelled = "自 cancelled_at 起至多保存 1 日：账户注销后立即删除（《电子商务法》第二十四条）";
    assert_eq!(about("users"), (cancelled.into(), "匿名化".into()));
    assert_eq!(about("addresses"), (cancelled.into(), "删除".into()));
    assert_eq!(about("user_profiles"), (cancelled.into(), "删除".into()));
    let ended = "自 completed_at / cancelled_at 起";
    let order = format!(
        "{ended}至少保存 3 年，依据《电子商务法》第三十一条；{ended}至多保存 3 年：诉讼时效期间（《民法典》第一百八十八条）"
    );
    assert_eq!(about("orders"), (order.clone(), "匿名化".into()));
    assert_eq!(about("order_items"), (order.clone(), "匿名化".into()));
    assert_eq!(about("order_contacts"), (order, "删除".into()));
    let images = "自 taken_at 起至多保存 1 年：对投递的投诉在一年内提出";
    assert_eq!(about("waybill_images"), (images.into(), "删除".into()));
}
