//! Days in the office: requests arrive, are identified, answered, refused, extended; clocks run; the record tells it.

use super::office::Office;

#[test]
fn a_request_from_its_arrival_to_its_end() {
    let mut office = Office::open();
    office.file("ana.json", r#"{"phone": "13800138000", "email": "ana@example.com"}"#);
    office.file("letter.html", "<p>Here is your copy.</p>");
    insta::assert_snapshot!(office.run("case open explain --channel app --id-file ana.json").done(), @"
    DSR-20261123-0001 opened: explanation, due 2026-12-23 (K30)
    [stderr]
    next: droit case identify --level L1 DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case identify DSR-20261123-0001 --level L1 --by session").done(), @"
    DSR-20261123-0001: identity verified, due 2026-12-23 (K30)
    [stderr]
    warning[not_captured]: whom the identifiers lead to could not be looked up (map_syntax); before an export or an erasure, identify again
    next: droit case answer DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case show DSR-20261123-0001").done(), @"
    DSR-20261123-0001
    state     identity verified
    request   explanation
    law       China (PIPL)
    from      the person
    by        app
    received  2026-11-23 10:01 +08:00
    subject   S-5dee4dd60ff8d0ba
    identity  L1, session
    verified  2026-11-23 10:02 +08:00

    clock  due         with holidays  state    rule
    K30*   2026-12-23  2026-12-23     running  policy: 30 days from receipt
    KGB    2026-12-23  2026-12-23     running  GB/T 35273: 30 days from verification

    next: droit case answer DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(
        office.run("case answer DSR-20261123-0001 --decision fulfilled --reply letter.html").done(), @"
    DSR-20261123-0001: answered
    [stderr]
    next: droit case close DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case close DSR-20261123-0001 --yes").done(), @"
    DSR-20261123-0001: closed
    [stderr]
    next: nothing
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("audit show DSR-20261123-0001").done(), @r#"
    no.  at                       by       about              event       particulars
    2    2026-11-23 10:01 +08:00  officer  DSR-20261123-0001  opened      subject=S-5dee4dd60ff8d0ba request={"type":"explain"} regime=CN channel=app requester=subject received_at=2026-11-23T02:01:00Z due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"}]
    3    2026-11-23 10:02 +08:00  officer  DSR-20261123-0001  identified  level=L1 method=session due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"},{"clock":"KGB","nominal":"2026-12-23","rolled":"2026-12-23"}]
    4    2026-11-23 10:04 +08:00  officer  DSR-20261123-0001  answered    decision=FULFILLED interim=false sent_at=2026-11-23T02:04:00Z channel=email reply=3213db59cf7bcd839a7f39363dcf579db44dceceb446a17eb213a4434ed43f6c remedies_given=false
    5    2026-11-23 10:05 +08:00  officer  DSR-20261123-0001  closed
    [exit 0]
    "#);
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole: "));
}

#[test]
fn the_same_day_in_chinese() {
    let mut office = Office::open().speaking("zh");
    office.file("ana.txt", "phone=13800138000\n");
    insta::assert_snapshot!(office.run("case open erase --received 2026-11-20 --id-file ana.txt").done(), @"
    DSR-20261123-0001 已受理：删除，期限 2026-12-11 (K15W)
    [stderr]
    下一步：droit case identify --level L2 DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case show DSR-20261123-0001").done(), @"
    DSR-20261123-0001
    状态      已受理
    权利类型  删除
    适用法    中国（个人信息保护法）
    申请人    本人
    渠道      邮件
    受理时间  2026-11-20 00:00 +08:00
    主体标识  S-5dee4dd60ff8d0ba

    时钟   到期        顺延后      状态    规则
    K30    2026-12-20  2026-12-21  进行中  政策：受理起三十日
    K15W*  2026-12-11  2026-12-11  进行中  十五个工作日内实际完成

    下一步：droit case identify --level L2 DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case list").done(), @"
    编号               权利类型  期限        时钟  时限状态  状态    下一步
    DSR-20261123-0001  删除      2026-12-11  K15W  进行中    已受理  droit case identify --level L2 DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("").done(), @"
    未结案件  1

    2026-12-11  DSR-20261123-0001  droit case identify --level L2 DSR-20261123-0001
    [exit 0]
    ");
    office.wait_days(30);
    insta::assert_snapshot!(office.run("due").looks(), @"
    编号               权利类型  时钟  期限        剩余天数  状态
    DSR-20261123-0001  删除      K15W  2026-12-11  -12       逾期
    DSR-20261123-0001  删除      K30   2026-12-20  -3        逾期
    [exit 4]
    ");
    insta::assert_snapshot!(office.run("").looks(), @"
    未结案件  1
    逾期      1 (DSR-20261123-0001)

    2026-12-11  DSR-20261123-0001  droit case identify --level L2 DSR-20261123-0001
    [exit 4]
    ");
}

#[test]
fn a_person_is_found_copied_and_erased() {
    let mut office = Office::courier();
    office.file("who.txt", "phone=13800138000\n");
    let found = office.run("find --id-file who.txt").done();
    assert!(found.stdout().starts_with("account=1\n"), "{found}");
    assert!(!found.stdout().contains("13800138000"), "a value is shown in full: {found}");
    office.run("case open copy --id-file who.txt").done();
    office.run("export DSR-20261123-0001").refused("not_verified");
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    let copy = office.run("export DSR-20261123-0001 --json").done().json();
    let cells = &copy["data"]["cells"];
    let withheld: u64 = cells["withheld"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(cells["located"].as_u64().unwrap(), cells["exported"].as_u64().unwrap() + withheld);
    assert!(office.read("packages/DSR-20261123-0001/index.html").contains("13800138000"));
    assert!(copy["data"]["passphrase"].as_str().unwrap().len() >= 20);
    assert!(office.path("packages/DSR-20261123-0001.zip").exists());

    office.run("case open erase --id-file who.txt").done();
    office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill").done();
    let plan = office.run("erase DSR-20261123-0002 --plan plan.jsonl --json").done().json();
    let of = |name: &str| plan["data"][name].as_u64().unwrap();
    assert_eq!(of("located"), of("deleted") + of("anonymized") + of("kept"));
    office.file("letter.txt", "here you are");
    office.run("case answer DSR-20261123-0001 --decision FULFILLED --reply letter.txt").done();
    office.run("apply plan.jsonl").refused("needs_confirmation");
    office.run("apply plan.jsonl --confirm DSR-20261123-0001").refused("confirms_another");
    office.run("apply plan.jsonl --confirm DSR-20261123-0002").done();
    office.run("find --id-file who.txt").fails(3, "unknown_person");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole: "));
}

#[test]
fn the_case_number_is_typed_before_anything_goes() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open erase --id-file who.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    office.typing("yes\n").run("erase DSR-20261123-0001").refused("not_confirmed");
    office.typing("").run("erase DSR-20261123-0001").refused("not_confirmed");
    let outcome = office.typing("DSR-20261123-0001\n").run("erase DSR-20261123-0001").done();
    assert!(outcome.stdout().contains("removed, not yet proven"), "{outcome}");
    assert!(!outcome.stdout().contains("erased"), "{outcome}");
}

#[test]
fn a_hold_stops_an_erasure() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.file("order.txt", "by order of the court");
    office.run("case open erase --id-file who.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    office.run("hold add --case DSR-20261123-0001 --order order.txt").done();
    let plan = office.run("erase DSR-20261123-0001 --plan held.jsonl --json").done().json();
    assert_eq!((plan["data"]["deleted"].as_u64(), plan["data"]["anonymized"].as_u64()), (Some(0), Some(0)));
    assert_eq!(plan["data"]["reasons"][0]["code"], "HOLD");
    office.run("hold release HOLD-20261123-0001 --yes").done();
    let plan = office.run("erase DSR-20261123-0001 --plan free.jsonl --json").done().json();
    assert!(plan["data"]["deleted"].as_u64().unwrap() > 0);
    office.run("apply held.jsonl --confirm DSR-20261123-0001").refused("stale_plan");
}

#[test]
fn the_map_must_be_trusted_and_the_schema_must_not_drift() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("map check").done();
    office.run("doctor").done();
    rusqlite::Connection::open(office.path("zkjia.db"))
        .unwrap()
        .execute_batch("ALTER TABLE users ADD COLUMN fax TEXT")
        .unwrap();
    office.run("find --id-file who.txt").refused("drift");
    assert!(office.run("map check").looks().stdout().contains("users.fax"));
    office.run("doctor").looks();
    office.run("map trust --yes").refused("map_incomplete");
    let map = office.read("datamap.toml");
    office.file("datamap.toml", &map.replace("ZKJIA", "zkjia"));
    office.run("find --id-file who.txt").refused("map_untrusted");
}

#[test]
fn a_refusal_needs_its_law_and_the_remedies() {
    let mut office = Office::open();
    office.file("remedies.txt", "向主管部门投诉，或向人民法院起诉。");
    office.file("reply.txt", "no");
    office.run("case open access --requester foreign_authority").done();
    office.run("case refuse DSR-20261123-0001 --code FOR").refused("remedies_missing");
    office.run("case refuse DSR-20261123-0001 --code FOR --law PIPL41").refused("remedies_missing");
    office.run("case refuse DSR-20261123-0001 --code FOR --law PIPL41 --remedies remedies.txt").done();
    office.run("case answer DSR-20261123-0001 --reply reply.txt").refused("remedies_missing");
    office.run("case answer DSR-20261123-0001 --reply reply.txt --remedies").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp --id phone=13800138000").refused("illegal_move");
}

#[test]
fn what_is_personal_stays_out_of_the_record() {
    let mut office = Office::open();
    office.file("ids.txt", "phone=13800138000\nname=陈明\n");
    office.file("words.txt", "Please delete everything about 陈明.");
    office.run("case open delete --id-file ids.txt --text-file words.txt").done();
    let warned = office.run("case open copy --id phone=13800138000").done();
    assert!(warned.stderr().contains("warning[identifier_in_history]"), "{warned}");
    let record = office.run("audit show --format jsonl").done();
    let book = std::fs::read(office.path("casebook.db")).unwrap();
    for secret in ["13800138000", "陈明"] {
        assert!(!record.stdout().contains(secret));
        assert!(!book.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn the_same_request_twice_is_noticed_and_merged_into_the_earlier() {
    let mut office = Office::open();
    office.file("ids.txt", "phone=13800138000\n");
    office.run("case open copy --id-file ids.txt").done();
    let twice = office.run("case open copy --id-file ids.txt").done();
    assert!(twice.stderr().contains("warning[duplicate_request]") && twice.stderr().contains("DSR-20261123-0001"));
    office.run("case merge DSR-20261123-0001 --into DSR-20261123-0002").refused("merge_backwards");
    office.run("case merge DSR-20261123-0002 --into DSR-20261123-0001").done();
    office.run("case open delete --id-file ids.txt").done();
    office.run("case merge DSR-20261123-0003 --into DSR-20261123-0001").refused("not_the_same_request");
}

#[test]
fn a_request_is_merged_into_no_other_law_and_into_no_smaller_request() {
    let mut office = Office::open();
    office.file("ids.txt", "phone=13800138000\n");
    let mut open = |more: &str| office.run(&format!("case open copy --id-file ids.txt {more}")).done();
    open("--regime EU");
    let chinese = open("--regime CN");
    assert!(!chinese.stderr().contains("duplicate_request"), "{chinese}");
    open("--regime CN --scope orders");
    open("--regime CN --scope orders --scope mail");
    open("--regime CN");
    let into = |case: u8, into: u8| format!("case merge DSR-20261123-000{case} --into DSR-20261123-000{into}");
    for (case, other) in [(2, 1), (5, 1), (5, 3), (4, 3)] {
        office.run(&into(case, other)).refused("not_the_same_request");
    }
    // what asks for less is answered with what asks for everything
    office.run(&into(3, 2)).done();
    office.run(&into(5, 2)).done();
    office.run(&into(4, 2)).done();
}

#[test]
fn only_cases_of_the_same_person_are_merged() {
    let mut office = Office::courier();
    for (name, ids) in [("100", "account=100"), ("101", "account=101"), ("nobody", "")] {
        office.file(&format!("{name}.txt"), &format!("{ids}\n"));
    }
    let phone: String = rusqlite::Connection::open(office.path("zkjia.db"))
        .unwrap()
        .query_row("SELECT phone FROM users WHERE id = 100", [], |row| row.get(0))
        .unwrap();
    office.file("phone.txt", &format!("phone={phone}\n"));
    for name in ["100", "101", "nobody", "phone", "100"] {
        office.run(&format!("case open delete --id-file {name}.txt --quiet")).done();
    }
    let case = |nth: u8| format!("DSR-20261123-000{nth}");
    let merge = |nth: u8| format!("case merge {} --into {}", case(nth), case(1));
    let identify =
        |nth: u8, more: &str| format!("case identify {} --level L2 --by otp+waybill {more} --quiet", case(nth));
    // nobody knows yet whom they are about, but that the last one came with the same account
    for nth in [2, 3, 4] {
        office.run(&merge(nth)).refused("not_the_same_person");
    }
    let mut unidentified = office.copied();
    unidentified.run(&merge(5)).done();
    office.run(&identify(1, "")).done();
    office.run(&identify(2, "")).done();
    office.run(&identify(3, "--id-file 101.txt")).done();
    office.run(&identify(4, "")).done();
    office.run(&merge(2)).refused("not_the_same_person");
    office.run(&merge(3)).refused("not_the_same_person");
    office.run(&merge(4)).done();
    // what it came with is the first one's, and somebody else was verified
    office.run(&identify(5, "--id-file 101.txt")).done();
    office.run(&merge(5)).refused("not_the_same_person");
    office.run("audit verify --quiet").done();
}

#[test]
fn two_people_of_one_name_are_two() {
    let mut office = Office::open();
    office.file("one.txt", "name=王伟\nphone=13800138000\n");
    office.file("other.txt", "name=王伟\nphone=13900139000\n");
    office.run("case open copy --id-file one.txt").done();
    let other = office.run("case open copy --id-file other.txt").done();
    assert!(!other.stderr().contains("duplicate_request"), "{other}");
    let mut subject =
        |number| office.run(&format!("case show {number} --json")).done().json()["data"]["subject"].clone();
    assert_ne!(subject("DSR-20261123-0001"), subject("DSR-20261123-0002"));
}

#[test]
fn time_cannot_be_taken_where_the_law_gives_none() {
    let mut office = Office::open();
    office.file("why.txt", "many requests");
    office.run("case open copy").done();
    office.run("case extend DSR-20261123-0001 --reason-file why.txt --yes").refused("not_extendable");
    office.run("case open copy --received 2026-11-24").misused("in_the_future");
    office.run("case open copy --received soon").misused("not_a_time");
    office.run("case open copy --regime EU").done();
    office.run("case extend DSR-20261123-0002 --reason-file why.txt").refused("needs_yes");
    let extended = office.run("case extend DSR-20261123-0002 --reason-file why.txt --yes --json").done().json();
    assert_eq!(extended["schema"], "droit.case/1");
    assert_eq!(extended["data"]["clocks"][0]["due_nominal"], "2027-02-23"); // GDPR 12(3): one month and two more
}

#[test]
fn the_tour_runs_through_without_a_terminal() {
    for language in ["en", "zh-CN"] {
        let mut office = Office::empty().speaking(language);
        let tour = office.run("demo --users 120").done();
        for step in [
            "correct DSR-20261123-0002 --values new.txt",
            "restrict DSR-20261123-0003 --lift",
            "apply plan.jsonl --confirm DSR-20261123-0004",
            "prove DSR-20261123-0004",
            "purge minors",
            "purge minors --confirm",
            "purge retention --confirm",
            "log --format html -o log.html",
        ] {
            assert!(tour.stdout().contains(&format!("$ droit {step}")), "{step}: {tour}");
        }
        assert!(tour.stdout().contains("packages/DSR-20261123-0001/index.html"), "{tour}");
        assert!(tour.stdout().contains("OFFICE/droit-demo/log.html"), "{tour}");
        assert!(office.read("droit-demo/log.html").contains("DSR-20261123-0004"));
        let certificate: serde_json::Value =
            serde_json::from_str(&office.read("droit-demo/certificates/DSR-20261123-0004.json")).unwrap();
        assert_eq!(certificate["verdict"], "proven");
        assert_eq!(std::fs::read_dir(office.path("droit-demo/answers")).unwrap().count(), 3);
        office.run("demo").refused("file_exists");
        let steps = office.run("demo other --users 120 --json").done().json();
        let steps = steps["data"]["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 2 + 27);
        // children of doubtful age, and rows that no flag governs, are for a person to look at
        let looked: Vec<&str> =
            steps.iter().filter(|step| step["exit"] == 4).map(|step| step["command"].as_str().unwrap()).collect();
        assert!(looked.contains(&"droit purge minors --confirm"), "{looked:?}");
        assert!(!looked.iter().any(|command| command.contains("prove") || command.contains("apply")), "{looked:?}");
    }
}

#[test]
fn a_reply_on_the_last_day_is_on_time_and_national_day_is_shown() {
    let mut office = Office::empty().on("2026-09-03").opened().with("DROIT_OFFICER", "wang");
    office.file("reply.txt", "here you are");
    office.piping("phone=13800138000\n").run("case open access --id-file -").done();
    let shown = office.run("case show DSR-20260903-0001 --json").done().json();
    let clock = &shown["data"]["clocks"][0]; // LAW §3.2, T2
    assert_eq!((clock["rule"].as_str(), clock["due_nominal"].as_str()), (Some("K30"), Some("2026-10-03")));
    assert_eq!(clock["due_rolled"], "2026-10-08");
    assert_eq!(shown["data"]["intake_operator"], "wang");
    office.run("case identify DSR-20260903-0001 --level L2 --by otp+waybill").done();
    office.wait_days(29);
    office.run("due").done();
    office.wait_days(3);
    office.run("due").looks();
    office
        .run("case answer DSR-20260903-0001 --decision NO_DATA --by-hand --reply reply.txt --sent 2026-10-03T23:59:59")
        .done();
    let shown = office.run("case show DSR-20260903-0001 --json").done().json();
    assert_eq!(shown["data"]["clocks"][0]["state"], "stopped_on_time"); // LAW D4: until midnight
    assert_eq!(office.run("due --json").done().json()["data"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_hold_protects_the_person_under_whatever_they_are_erased_by() {
    let mut office = Office::courier();
    office.file("order.txt", "court order 7");
    office.file("key.txt", "account=1");
    office.file("phone.txt", "phone=13800138000");
    office.run("hold add --id-file key.txt --order order.txt").done();
    office.run("hold add --table nowhere --order order.txt").misused("no_such_column");
    office.run("case open delete --channel app --id-file phone.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    let plan = office.run("erase DSR-20261123-0001 --plan plan.jsonl --json").done().json();
    let of = |name: &str| plan["data"][name].as_u64().unwrap();
    assert!(of("located") > 50);
    assert_eq!((of("deleted"), of("anonymized"), of("kept")), (0, 0, of("located")));
}

#[test]
fn a_hold_outlives_a_change_of_number() {
    let mut office = Office::courier();
    office.file("order.txt", "court order 7");
    office.file("old.txt", "phone=13800138000");
    office.run("hold add --id-file old.txt --order order.txt").done();
    let database = rusqlite::Connection::open(office.path("zkjia.db")).unwrap();
    database.execute("UPDATE users SET phone = '15400009999', email = NULL WHERE id = 1", []).unwrap();
    database.execute("DELETE FROM third_party_accounts WHERE user_id = 1", []).unwrap();
    drop(database);
    office.file("new.txt", "phone=15400009999");
    office.run("case open delete --channel app --id-file new.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    let plan = office.run("erase DSR-20261123-0001 --plan plan.jsonl --json").done().json();
    assert!(plan["data"]["located"].as_u64().unwrap() > 50);
    assert_eq!(plan["data"]["kept"], plan["data"]["located"]);
    assert_eq!(plan["data"]["deleted"].as_u64(), Some(0));
}

/// LAW D8, C4: a child's data that is held without consent goes within 72 hours of when that was found, however often it
/// is said, and the clock stops when it is gone, not with a letter.
#[test]
fn a_childs_data_without_consent_has_72_hours() {
    let mut office = crate::last_of_all::erasable();
    let case = office.verified("delete", "account=1");
    let identify = format!("case identify {case} --level L3 --by papers --quiet");
    office.run(&format!("{identify} --without-consent")).misused("usage");
    office.run(&format!("{identify} --age adult --without-consent")).misused("no_minor");
    office.run("case open copy --id-file who.txt --quiet").done();
    let other = "case identify DSR-20261123-0002 --level L3 --by papers --age child --without-consent --quiet";
    office.run(other).refused("not_asked_for");
    let clock = |office: &mut Office| {
        let shown = office.run(&format!("case show {case} --json")).done().json()["data"].clone();
        shown["clocks"].as_array().unwrap().iter().find(|clock| clock["rule"] == "KM72").cloned()
    };
    assert_eq!(clock(&mut office), None);
    office.run(&format!("{identify} --age child --without-consent")).done();
    let found = office.run(&format!("case show {case} --json")).done().json()["data"]["minor_found_at"].clone();
    let found: jiff::Timestamp = found.as_str().unwrap().parse().unwrap();
    let first = clock(&mut office).unwrap();
    let due: jiff::Timestamp = first["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(due.duration_since(found), jiff::SignedDuration::from_hours(72), "{first}");
    let page = office.run(&format!("case show {case} --lang en")).done();
    assert!(page.stdout().contains("a child") && page.stdout().contains("KM72"), "{page}");
    office.wait_days(1);
    office.run(&format!("{identify} --age child --without-consent")).done();
    assert_eq!(clock(&mut office).unwrap()["due_at"], first["due_at"]);
    office.run("case withdraw DSR-20261123-0002 --quiet").done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let stopped = |office: &mut Office| clock(office).unwrap()["state"].as_str().unwrap().starts_with("stopped");
    assert!(!stopped(&mut office));
    office.run(&format!("prove {case} --quiet")).done();
    assert!(stopped(&mut office));
}

/// An identification that is refused begins no clock.
#[test]
fn what_is_refused_begins_no_clock() {
    let mut office = crate::last_of_all::erasable();
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let line = format!("case identify {case} --level L3 --by papers --age child --without-consent --quiet");
    office.run(&line).refused("illegal_move");
    let shown = office.run(&format!("case show {case} --json")).done().json();
    assert!(shown["data"]["minor_found_at"].is_null(), "{shown}");
}
