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
        if ["restrict", "withdraw_consent"].contains(&request) {
            // what the database says is no work by hand
            office.run(&format!("{answer} --by-hand")).refused("stands_again");
        } else if done.is_empty() {
            office.run(&format!("{answer} --by-hand")).done();
            let shown = office.run(&format!("audit show {CASE}")).done();
            assert!(shown.stdout().contains("by_hand=true"), "{shown}");
        } else {
            office.run(&done.replace("CASE", CASE)).carried_out();
            if ["delete", "access"].contains(&request) {
                let nothing = format!("case answer {CASE} --decision NO_DATA --letter answer");
                office.run(&nothing).refused("data_was_found");
            }
            // of a deletion laws keep rows
            let decision = if request == "delete" { "PARTIAL --remedies" } else { "FULFILLED" };
            office.run(&answer.replace("FULFILLED", decision)).done();
        }
    }
}

/// Whatever a case came to, nobody is told of it that nothing is held, or that nothing was done.
#[test]
fn nobody_is_told_the_opposite_of_what_was_done() {
    let map = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
restricted = { column = "users.status", set = "frozen", clear = "active" }
[consents.given]
is = "consents"
scope = "scope"
names = { ads = "ads" }
given = "given"
withdrawn = "ended"
[subscriptions.mail]
is = "users"
channel = "'mail'"
topic = "'news'"
set = { news = "0" }
[rules]
"*.id" = "key"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
name = "name, provided, correct"
phone = "phone, proves, provided"
status = "fact"
news = "fact"
[tables.consents]
purpose = "p"
clause = "1"
basis = "legal_duty"
[tables.consents.columns]
user_id = "of users.id"
scope = "fact"
given = "time"
ended = "time"
"#;
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, status TEXT, news INTEGER);
        CREATE INDEX users_phone ON users (phone);
        CREATE TABLE consents (id INTEGER PRIMARY KEY, user_id INTEGER, scope TEXT, given TEXT, ended TEXT);
        CREATE INDEX consents_user ON consents (user_id);
        INSERT INTO users VALUES (1, 'A', '13800138000', 'active', 1);
        INSERT INTO consents VALUES (1, 1, 'ads', '2020-01-01 00:00:00', NULL);";
    let before = Office::empty().with_shop(sql, map);
    before.file("letter.txt", "done\n");
    before.file("values.txt", "users.name=B\n");
    before.file("order.txt", "court\n");
    let (all, correct) = ("hold add --table", "correct CASE --values values.txt --evidence id_document --confirm CASE");
    let done: [(&str, &[&str], bool); 6] = [
        ("restrict", &["restrict CASE --confirm CASE"], true),
        ("correct", &[correct], true),
        ("opt_out", &["unsubscribe CASE --confirm CASE"], true),
        ("withdraw_consent", &["revoke CASE --scope ads --confirm CASE"], true),
        ("delete", &["erase CASE --confirm CASE"], true),
        ("delete", &["users", "consents", "erase CASE --confirm CASE"], false),
    ];
    for (request, commands, carried_out) in done {
        let mut office = before.copied();
        office.verified(request, "account=1");
        office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --age adult --quiet")).done();
        let nothing = office.copied();
        for command in commands {
            let held = format!("{all} {command} --order order.txt --quiet");
            let command = if command.contains(' ') { command.replace("CASE", CASE) } else { held };
            office.run(&command).carried_out();
        }
        for how in ["--reply letter.txt", "--letter answer --law PIPL47"] {
            let answer = |decision: &str| format!("case answer {CASE} --decision {decision} --remedies {how} --quiet");
            office.run(&answer("NO_DATA")).refused("data_was_found");
            if carried_out {
                office.run(&answer("DENIED")).refused("something_done");
            }
            let mut told = office.copied();
            told.run(&answer("PARTIAL")).done();
            let mut denied = if carried_out { nothing.copied() } else { office.copied() };
            refused_first(&mut denied, &answer("DENIED"));
        }
        assert!(!office.path("answers").exists(), "no letter is left behind");
    }
}

#[test]
fn whoever_asked_for_everything_is_not_told_that_a_part_was_all() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "done\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --column users.nickname --confirm {CASE}")).carried_out();
    for how in ["--reply letter.txt", "--letter answer", "--letter answer --draft"] {
        office.run(&format!("case answer {CASE} --decision FULFILLED {how}")).refused("only_a_part");
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    let mut part_asked = office.copied();
    part_asked.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --part")).done();
    let mut partly = office.copied();
    partly.run(&format!("case answer {CASE} --decision PARTIAL --remedies --reply letter.txt")).done();
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt")).refused("rows_stay");
}

/// What is restricted while a request is examined is no part of what it asks for.
#[test]
fn a_restriction_in_the_meantime_is_no_part_of_a_deletion() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    for (number, right) in [(1, "delete"), (2, "withdraw_consent --scope geo")] {
        let case = format!("DSR-20261123-{number:04}");
        office.run(&format!("case open {right} --id-file ids.txt --quiet")).done();
        office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
        for lift in ["", "--lift"] {
            office.run(&format!("restrict {case} {lift} --confirm {case} --quiet")).carried_out();
            office.run(&format!("case answer {case} --letter answer --decision PARTIAL")).refused("nothing_done");
        }
    }
}

/// A refusal is told once it is on record.
fn refused_first(office: &mut Office, answer: &str) {
    office.run(answer).refused("not_refused");
    office.run(&format!("case refuse {CASE} --code ABU --law PIPL47 --remedies letter.txt --quiet")).done();
    office.run(answer).done();
}

/// Whoever got nothing is neither told that a part was done nor that they are refused for no reason; by letter either.
#[test]
fn nobody_is_told_of_a_part_or_of_a_refusal_that_is_not_on_record() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("letter.txt", "no\n");
    for (number, right) in
        [(1, "delete"), (2, "copy"), (3, "correct"), (4, "restrict"), (5, "withdraw_consent --scope geo")]
    {
        let case = format!("DSR-20261123-{number:04}");
        office.run(&format!("case open {right} --id-file ids.txt --quiet")).done();
        for identified in [false, true] {
            if identified {
                office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
            }
            for how in ["--reply letter.txt --law L --remedies", "--letter answer", "--letter answer --draft"] {
                for decision in ["PARTIAL", "DENIED"] {
                    let told = office.run(&format!("case answer {case} --decision {decision} {how}"));
                    let code = if decision == "PARTIAL" { "[nothing_done]" } else { "[not_refused]" };
                    let is_so = told.stderr().contains(code) || told.stderr().contains("[illegal_move]") && !identified;
                    assert!(is_so, "{case} {how}: {told}");
                }
            }
        }
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    office.run("export DSR-20261123-0002 --no-zip --quiet").carried_out();
    office.run("case answer DSR-20261123-0002 --decision PARTIAL --law L --remedies --reply letter.txt --quiet").done();
    let refuse = "case refuse DSR-20261123-0003 --code ABU --law L --remedies letter.txt --quiet";
    office.run(refuse).done();
    office.run("case answer DSR-20261123-0003 --letter refusal --quiet").done();
    let log = office.run("log --json").done().json();
    let decided = log["data"]["requests"].as_array().unwrap().iter().map(|row| row["decision"].as_str().unwrap_or("-"));
    assert_eq!(decided.collect::<Vec<_>>(), ["-", "PARTIAL", "DENIED", "-", "-"]);
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
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt")).refused("only_a_part");
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
    office.run(&format!("case identify {CASE} --level L1 --by session --quiet")).done();
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
    office.copied().run(&format!("case answer {CASE} --decision UNVERIFIED --interim --reply letter.txt")).done();
    office.run(&format!("case answer {CASE} --letter interim")).done();
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

#[test]
fn a_part_that_the_map_does_not_know_is_refused() {
    let mut office = verified("");
    for (part, known) in [
        ("--category browsng", "browsing"),
        ("--column user.nickname", "users"),
        ("--column users.nicknam", "users.nickname"),
        ("--role sendr", "sender"),
    ] {
        let said = office.run(&format!("erase {CASE} {part} --confirm {CASE}")).refused("unknown_part");
        assert!(said.stderr().contains(known), "{said}");
    }
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "verified", "{shown}");
    // databases do not tell upper from lower case
    office.run(&format!("erase {CASE} --column USERS.Nickname --confirm {CASE}")).carried_out();
    assert_eq!(cell(&office, "SELECT nickname FROM users WHERE id = 100"), None);
}

#[test]
fn a_request_that_was_limited_is_not_erased_as_a_whole_by_itself() {
    let mut office = verified("--scope 浏览记录");
    let before = cell(&office, "SELECT phone FROM users WHERE id = 100");
    for how in ["erase", "anonymize"] {
        let said = office.run(&format!("{how} {CASE} --confirm {CASE}")).refused("asked_for_a_part");
        assert!(said.stderr().contains("浏览记录"), "{said}");
    }
    office.file("cases.txt", &format!("{CASE}\n"));
    let batch = office.run("erase --cases cases.txt --confirm 1 --json");
    assert!(batch.stdout().contains("asked_for_a_part"), "{batch}");
    assert_eq!(cell(&office, "SELECT phone FROM users WHERE id = 100"), before);

    let mut all = office.copied();
    all.run(&format!("erase {CASE} --whole --confirm {CASE}")).carried_out();
    assert_eq!(cell(&all, "SELECT phone FROM users WHERE id = 100"), None);

    office.run(&format!("erase {CASE} --category browsing --confirm {CASE}")).carried_out();
    assert_eq!(cell(&office, "SELECT phone FROM users WHERE id = 100"), before);
    office.run(&format!("case answer {CASE} --decision PARTIAL --letter answer --letter-lang en --plain")).done();
    let letter = office.read(&format!("answers/{CASE}-answer-1.txt"));
    assert!(letter.contains("That is a part of what we hold about you."), "{letter}");
}

/// A cleared column is no anonymization, and a record that was changed twice is not two records.
#[test]
fn a_letter_does_not_call_a_part_more_than_it_is() {
    let mut office = verified("");
    let letter = |office: &mut Office, decision: &str, serial: u32| {
        let answer =
            format!("case answer {CASE} --decision {decision} --letter answer --letter-lang en --plain --draft");
        office.run(&answer).done();
        office.read(&format!("answers/{CASE}-answer-{serial}.txt"))
    };
    for column in ["users.nickname", "users.phone"] {
        office.run(&format!("erase {CASE} --column {column} --confirm {CASE}")).carried_out();
    }
    let part = letter(&mut office, "PARTIAL", 1);
    assert!(!part.contains("no longer names you"), "{part}");
    let cleared = part.split("What we removed from records that stay").nth(1).unwrap();
    // the account twice, the history that the first change wrote twice, that of the second once
    assert!(cleared.contains(": 5 entries") && !cleared.split('#').next().unwrap().contains("records\n"), "{part}");
    assert!(part.contains("That is a part"), "{part}");

    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    let whole = letter(&mut office, "PARTIAL", 2);
    assert!(whole.contains("no longer names you") && !whole.contains("That is a part"), "{whole}");
}

/// What waited for a contract and has gone since is not told to be kept.
#[test]
fn a_letter_tells_what_is_kept_by_now() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=10\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    let kept = |office: &mut Office| {
        let shown = office.run(&format!("case show {CASE} --json")).done().json();
        let rows = shown["data"]["retained"].as_array().unwrap().clone();
        rows.iter().map(|kept| kept["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(kept(&mut office).contains(&"LIVE".to_owned()));
    crate::purge::open(&office)
        .execute_batch(
            "UPDATE orders SET status = 'cancelled', cancelled_at = '2026-11-23 12:00:00' WHERE user_id = 10",
        )
        .unwrap();
    office.run("purge scheduled --confirm --quiet").carried_out();
    let after = kept(&mut office);
    assert!(!after.contains(&"LIVE".to_owned()), "{after:?}");
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    let again = kept(&mut office);
    assert_eq!(again.len(), after.len(), "what stays is told once: {again:?}");
}

/// A deletion case of account 100, identified.
fn verified(opened: &str) -> Office {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run(&format!("case open delete --id-file ids.txt --quiet {opened}")).done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office
}

fn cell(office: &Office, sql: &str) -> Option<String> {
    crate::purge::open(office).query_row(sql, [], |row| row.get(0)).unwrap()
}
