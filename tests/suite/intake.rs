//! Requests that arrive in files: registered as a whole or not at all, once, and nothing of a person outside of bodies.

use serde_json::Value;

use super::office::{Office, Outcome};

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/intake/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// An office with all samples on the desk, the column mapping saved and its own mail server named.
fn office() -> Office {
    let office = Office::open();
    std::fs::write(office.path("webform.columns.toml"), sample("webform.toml")).unwrap();
    for name in [
        "requests.csv",
        "requests-gbk.csv",
        "delete.eml",
        "two-requests.eml",
        "html-only.eml",
        "opendsr.json",
        "drp.json",
    ] {
        std::fs::write(office.path(name), sample(name)).unwrap();
    }
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("{settings}mail_servers = [\"mx.zkjia.com\"]\n"));
    office
}

fn entries(outcome: &Outcome) -> Vec<Value> {
    outcome.json()["data"]["entries"].as_array().unwrap().clone()
}

fn cases(office: &mut Office) -> Vec<Value> {
    office.run("case list --all --json").done().json()["data"].as_array().unwrap().clone()
}

#[test]
fn a_spreadsheet_becomes_cases_by_one_confirmation() {
    let mut office = office();
    insta::assert_snapshot!(office.typing("3\n").run("case import csv requests.csv --mapping webform").done(), @"
    file          line  outcome  case  request   merged with  look
    requests.csv  2     opened         deletion
    requests.csv  4     opened         access
    requests.csv  5     opened         copy

    cases to open: 3, merged at once: 0; taken in before: 0; files set aside: 0
    file          line  outcome  case               request   merged with  look
    requests.csv  2     opened   DSR-20261123-0001  deletion
    requests.csv  4     opened   DSR-20261123-0002  access
    requests.csv  5     opened   DSR-20261123-0003  copy

    cases opened: 3, merged at once: 0; taken in before: 0; files set aside: 0
    [stderr]
    This cannot be taken back. Type 3 to go on: next: droit case list shows them
    [exit 0]
    ");
    let shown = office.run("case show DSR-20261123-0001 --json").done().json();
    assert_eq!(shown["data"]["received_at"], "2026-11-20T08:30:00Z"); // 16:30 in Shanghai, when it was typed in
    assert_eq!((&shown["data"]["channel"], &shown["data"]["request"]["type"]), (&"web".into(), &"delete".into()));
    assert_eq!(shown["data"]["clocks"][0]["due_nominal"], "2026-12-20");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole: "));
}

#[test]
fn the_number_of_cases_is_confirmed_or_nothing_happens() {
    let mut office = office();
    let import = "case import csv requests.csv --mapping webform";
    office.run(import).refused("needs_confirmation");
    office.run(&format!("{import} --confirm 2")).refused("confirms_another");
    office.typing("2\n").run(import).refused("not_confirmed");
    office.typing("").run(import).refused("not_confirmed");
    assert_eq!(cases(&mut office).len(), 0);
    office.run(&format!("{import} --confirm 3 --quiet")).done();
    assert_eq!(cases(&mut office).len(), 3);
}

#[test]
fn the_same_file_again_opens_nothing_and_a_longer_one_only_what_is_new() {
    let mut office = office();
    let import = "case import csv requests.csv --mapping webform --json";
    office.run(&format!("{import} --confirm 3")).done();
    let again = office.run(import).done();
    assert_eq!((&again.json()["data"]["opens"], &again.json()["data"]["before"]), (&0.into(), &3.into()));
    assert_eq!(entries(&again)[0]["case"], "DSR-20261123-0001");
    let gbk = office.run(&import.replace("requests", "requests-gbk")).done(); // the same requests, otherwise encoded
    assert_eq!(
        (&gbk.json()["data"]["files"][0]["encoding"], &gbk.json()["data"]["before"]),
        (&"gb18030".into(), &3.into())
    );
    let longer = [sample("requests.csv"), "4,2026-11-22,查阅,13700137000,,,\r\n".as_bytes().to_vec()].concat();
    std::fs::write(office.path("requests.csv"), longer).unwrap();
    office.run(&format!("{import} --confirm 1")).done();
    assert_eq!(cases(&mut office).len(), 4);
}

#[test]
fn a_broken_line_stops_the_whole_file() {
    let mut office = office();
    let text = String::from_utf8(sample("requests.csv")).unwrap();
    for (from, to, said) in [
        ("copy,13900139000,,,", "copy,13900139000,,", "line 5: 6 cells where the header has 7"),
        ("copy,", "keep,", "line 5: what is asked is neither a word of [rights] nor one of ours"),
        ("2026-11-22T09:00", "2027-11-22T09:00", "line 5: the arrival has not come yet"),
        ("谢谢\"", "谢谢", "line 4: text after a closing quotation mark"),
    ] {
        office.file("broken.csv", &text.replace(from, to));
        let outcome = office.run("case import csv broken.csv --mapping webform --confirm 3").misused("intake_line");
        assert!(outcome.stderr().contains(said), "{outcome}");
        assert!(!outcome.stderr().contains("13900139000"), "{outcome}");
    }
    assert_eq!(cases(&mut office).len(), 0);
}

#[test]
fn an_encoding_is_proven_or_named() {
    let mut office = office();
    office.file(
        "plain.columns.toml",
        "version = 1\nasks = \"access\"\nreceived = \"at\"\ntext = \"t\"\n[identifiers]\nphone = \"p\"\n",
    );
    office.file("plain.csv", "p,at,t\n13800138000,2026-11-20,中国\n");
    let import = "case import csv plain.csv --mapping plain --confirm 1";
    office.run(import).refused("intake_encoding");
    office.run(&format!("{import} --encoding klingon")).fails(2, "usage");
    office.run(&format!("{import} --encoding utf-8")).done();
    office.file("latin.csv", "");
    std::fs::write(office.path("latin.csv"), b"p,at,t\n1,2026-11-20,caf\xe9\n").unwrap();
    office.run("case import csv latin.csv --mapping plain --confirm 1").misused("intake_not_text");
}

#[test]
fn a_mail_counts_from_the_hour_of_our_own_server() {
    let mut office = office();
    office.run("case import eml delete.eml --confirm 1").done();
    let shown = office.run("case show DSR-20261123-0001 --json").done().json();
    assert_eq!(shown["data"]["received_at"], "2026-11-20T08:30:05Z");
    assert_eq!((&shown["data"]["channel"], &shown["data"]["request"]["type"]), (&"email".into(), &"delete".into()));
    let settings = office.read("droit.toml").replace("mx.zkjia.com", "mx2.zkjia.com");
    office.file("droit.toml", &settings);
    office.run("case import eml html-only.eml --confirm 1").refused("intake_no_receipt");
    office.run("case import eml html-only.eml --received 2026-11-21T09:00 --confirm 1").done();
    let shown = office.run("case show DSR-20261123-0002 --json").done().json();
    assert_eq!(shown["data"]["request"]["type"], "cancel_account");
}

#[test]
fn a_mail_with_two_requests_waits_for_a_person() {
    let mut office = office();
    let refused = office.run("case import eml two-requests.eml --confirm 1").refused("intake_several");
    assert!(refused.stderr().contains("copy, delete"), "{refused}");
    let both = office.run("case import eml two-requests.eml --right copy --right delete --confirm 2 --json").done();
    assert_eq!(entries(&both).len(), 2);
    let shown = office.run("case show DSR-20261123-0002 --json").done().json();
    assert_eq!(shown["data"]["linked"], serde_json::json!(["DSR-20261123-0001"])); // LAW D12: linked, one receipt
    assert_eq!(shown["data"]["received_at"], "2026-11-20T08:30:05Z");
    let again = office.run("case import eml two-requests.eml --right copy --json").done();
    assert_eq!(again.json()["data"]["opens"], 0);
}

#[test]
fn files_at_fault_are_set_aside_and_the_others_registered() {
    let mut office = office();
    let line = "case import eml delete.eml two-requests.eml html-only.eml nowhere.eml --confirm 2";
    insta::assert_snapshot!(office.run(line).looks(), @"
    file              line  outcome    case               request                      merged with  look
    delete.eml              opened     DSR-20261123-0001  deletion
    html-only.eml           opened     DSR-20261123-0002  cancellation of the account
    two-requests.eml        set aside                                                               intake_several
    nowhere.eml             set aside                                                               cannot_read
    two-requests.eml: the mail speaks of more than one right: copy, delete
    nowhere.eml: cannot read OFFICE/nowhere.eml: entity not found

    cases opened: 2, merged at once: 0; taken in before: 0; files set aside: 2
    [stderr]
    next: droit case list shows them
    [exit 4]
    ");
    assert_eq!(cases(&mut office).len(), 2);
}

#[test]
fn open_dsr_and_drp_requests_are_registered_under_their_law() {
    let mut office = office();
    office.run("case import opendsr opendsr.json --confirm 1").misused("intake_field"); // no map: whose number is 42?
    office.file("datamap.toml", "[person.account]\nis = \"users.id\"\n");
    office.run("case import opendsr opendsr.json --confirm 1").done();
    office.run("case import drp drp.json --business zkjia --confirm 1").done();
    let of = |number: &str, office: &mut Office| {
        office.run(&format!("case show {number} --json")).done().json()["data"].clone()
    };
    let (eu, ca) = (of("DSR-20261123-0001", &mut office), of("DSR-20261123-0002", &mut office));
    assert_eq!((&eu["regime"], &eu["received_at"]), (&"EU".into(), &"2026-11-20T15:00:00Z".into()));
    assert_eq!(eu["clocks"][0]["due_nominal"], "2026-12-20"); // GDPR 12(3): one month
    assert_eq!((&ca["regime"], &ca["requester"]), (&"CA".into(), &"agent".into()));
    let due = |rule: &str| {
        let clocks = ca["clocks"].as_array().unwrap();
        clocks.iter().find(|clock| clock["rule"] == rule).map(|clock| clock["due_nominal"].clone())
    };
    assert_eq!(due("KC_ANSWER"), Some("2027-01-05".into())); // 45 days from 21 November, two in the morning in Shanghai
    let wrong = String::from_utf8(sample("opendsr.json")).unwrap().replace("\"erasure\"", "\"oblivion\"");
    office.file("wrong.json", &wrong);
    let refused = office.run("case import opendsr wrong.json --confirm 1").misused("intake_field");
    assert!(refused.stderr().contains("$.subject_request_type: "), "{refused}");
    office.run("case import drp drp.json --business acme").misused("intake_field");
}

#[test]
fn the_same_request_of_the_same_person_is_merged_into_the_earlier() {
    let mut office = office();
    office.file("ids.txt", "phone=138 0013 8000\n");
    office.run("case open delete --received 2026-11-19 --id-file ids.txt").done();
    let imported = office.run("case import csv requests.csv --mapping webform --confirm 3 --json").done();
    let first = &entries(&imported)[0];
    assert_eq!((&first["outcome"], &first["into"]), (&"merged".into(), &"DSR-20261123-0001".into()));
    let shown = office.run("case show DSR-20261123-0002 --json").done().json();
    assert_eq!(
        (&shown["data"]["status"], &shown["data"]["merged_into"]),
        (&"merged".into(), &"DSR-20261123-0001".into())
    );
    let of = |number: &str, office: &mut Office| {
        office.run(&format!("case show {number} --json")).done().json()["data"]["subject"].clone()
    };
    assert_eq!(of("DSR-20261123-0001", &mut office), of("DSR-20261123-0002", &mut office));
}

#[test]
fn an_earlier_receipt_takes_over_what_nobody_has_worked_on() {
    for (worked_on, exit) in [(false, 0), (true, 4)] {
        let mut office = office();
        office.file("ids.txt", "phone=13800138000\n");
        office.run("case open delete --received 2026-11-22 --id-file ids.txt").done();
        if worked_on {
            office.run("case identify DSR-20261123-0001 --level L2 --asked").done();
        }
        let imported = office.run("case import csv requests.csv --mapping webform --confirm 3 --json");
        let imported = if exit == 4 { imported.looks() } else { imported.done() };
        let first = &entries(&imported)[0];
        assert_eq!(first["outcome"], "opened");
        let shown = office.run("case show DSR-20261123-0001 --json").done().json();
        if worked_on {
            assert_eq!((&first["look"], &shown["data"]["status"]), (&"merge_by_hand".into(), &"need_id".into()));
            assert_eq!(first["message"], "droit case merge DSR-20261123-0001 --into DSR-20261123-0002");
            office.run("case merge DSR-20261123-0001 --into DSR-20261123-0002").done();
        } else {
            assert_eq!((&first["takes"][0], &shown["data"]["status"]), (&"DSR-20261123-0001".into(), &"merged".into()));
        }
    }
}

#[test]
fn a_name_alone_makes_nobody_the_same() {
    let mut office = office();
    office.file("ids.txt", "name=陈明\n");
    office.run("case open delete --received 2026-11-19 --id-file ids.txt").done();
    let imported = office.run("case import csv requests.csv --mapping webform --confirm 3 --json").done();
    assert_eq!(imported.json()["data"]["merged"], 0);
}

#[test]
fn what_is_personal_is_in_sealed_bodies_only() {
    let mut office = office();
    office.file("datamap.toml", "[person.account]\nis = \"users.id\"\n");
    let lines = [
        "case import csv requests.csv --mapping webform --confirm 3",
        "case import eml html-only.eml --confirm 1",
        "case import opendsr opendsr.json --confirm 1",
        "case import drp drp.json --confirm 1",
    ];
    let told: String = lines.iter().map(|line| office.run(line).done().to_string()).collect();
    let record = office.run("audit show --format jsonl").done();
    let book = std::fs::read(office.path("casebook.db")).unwrap();
    for secret in [
        "13800138000",
        "陈明",
        "请删除",
        "linan@example.com",
        "Lin An",
        "johndoe",
        "Ana Lima",
        "evil.example",
        "Main Street",
    ] {
        assert!(!told.contains(secret) && !record.stdout().contains(secret), "{secret}");
        assert!(!book.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn a_mapping_is_named_found_and_fits() {
    let mut office = office();
    office.run("case import csv requests.csv --confirm 3").misused("no_mapping");
    office.run("case import csv requests.csv --mapping ../droit --confirm 3").misused("not_a_mapping_name");
    office.run("case import csv requests.csv --mapping nothing --confirm 3").fails(1, "cannot_read");
    office.run("case import eml delete.eml --mapping webform --confirm 1").misused("not_for_this_format");
    let mapping = office.read("webform.columns.toml");
    office.file("webform.columns.toml", &mapping.replace("ignore = [\"序号\"]\n", ""));
    let refused = office.run("case import csv requests.csv --mapping webform --confirm 3").misused("intake_columns");
    assert!(refused.stderr().contains("column 1 "), "{refused}");
    office.file("webform.columns.toml", &mapping.replace("phone", "shoe_size"));
    office.run("case import csv requests.csv --mapping webform --confirm 3").misused("intake_mapping");
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let mut office = office();
    let file = std::fs::File::create(office.path("huge.csv")).unwrap();
    file.set_len(17 * 1024 * 1024).unwrap();
    office.run("case import csv huge.csv --mapping webform --confirm 1").misused("import_too_large");
}

#[test]
fn it_speaks_chinese() {
    let mut office = office().speaking("zh");
    insta::assert_snapshot!(office.run("case import eml delete.eml two-requests.eml --confirm 1").looks(), @"
    文件              行  结果  编号               权利类型  合并  须查看
    delete.eml            立案  DSR-20261123-0001  删除
    two-requests.eml      搁置                                     intake_several
    two-requests.eml：邮件可能包含多项请求（the mail speaks of more than one right: copy, delete）

    已立案 1 件，其中 0 件随即合并；此前已登记 0 件，搁置文件 1 个
    [stderr]
    下一步：用 droit case list 查看
    [exit 4]
    ");
    insta::assert_snapshot!(office.run("case import opendsr opendsr.json --confirm 1").misused("intake_field"), @"
    [stderr]
    错误[intake_field]：字段缺失或有误（$.subject_identities[0].identity_type: the data map has no one table of people for it; name it with --person）
    提示：消息中指出其 JSON 路径。
    [exit 2]
    ");
}
