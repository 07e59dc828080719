//! What is typed and not understood is never repeated: a mistyped line may hold somebody's number or address.

use super::office::Office;

const PERSONAL: [&str; 5] = ["13800138000", "ana@example.com", "110101199003074514", "陈明", "zhangwei"];

#[test]
fn no_mistyped_line_repeats_what_may_be_personal() {
    let mut office = Office::open();
    for value in PERSONAL {
        for line in [
            value.to_owned(),
            format!("find {value}"),
            format!("find --phone {value}"),
            format!("find --phone={value}"),
            format!("find --{value}1"),
            format!("find --{value}"),
            format!("letters export --{value}"),
            format!("find -{value}"),
            format!("find --id-file a {value}"),
            format!("erase {value}"),
            format!("erase DSR-20261123-0001 {value}"),
            format!("case show {value}"),
            format!("case {value}"),
            format!("case open {value}"),
            format!("case open copy --regime {value}"),
            format!("case identify DSR-20261123-0001 --level {value} --by otp"),
            format!("hold release {value}"),
            format!("audit show {value}"),
            format!("demo --users {value}"),
            format!("--lock-wait {value} doctor"),
            format!("--lang {value} doctor"),
            format!("--json case show {value}"),
        ] {
            for language in ["en", "zh-CN"] {
                let outcome = office.run(&format!("{line} --lang {language}"));
                let text = format!("{}{}", outcome.stdout(), outcome.stderr());
                assert!(!text.contains(value), "`{line}` repeats it:\n{text}");
                office.run(&line).misused("usage");
            }
        }
        let unknown = office.run(&format!("explain {value}")).misused("unknown_code");
        assert!(!unknown.stderr().contains(value), "{unknown}");
    }
}

#[test]
fn the_option_and_what_it_takes_are_named() {
    let mut office = Office::open();
    let mut says = |line: &str| office.run(line).misused("usage").stderr().to_owned();
    assert!(says("expain stale_plan").starts_with("error[usage]: there is no such command\ndid you mean: explain\n"));
    assert!(says("erase DSR-20261123-0001 --plam x").contains("may be personal\ndid you mean: --plan\n"));
    assert!(
        says("case identify DSR-20261123-0001 --level L9 --by otp")
            .contains("for --level <LEVEL> is not understood: not a level of identification; known are: L1, L2, L3")
    );
    assert!(says("case open").contains("still needed: <RIGHT>"));
    assert!(says("find --id").contains("--id <KIND=VALUE> needs a value"));
    assert!(says("doctor --format xml").contains("--format <FORMAT> is not understood: table, json, jsonl, csv"));
    assert!(says("doctor --json --format csv").contains("cannot be used together with"));
    assert!(says("erase DSR-20261123-0001 --plam x --lang zh-CN").contains("因此不在此重复\n是否想输入：--plan\n"));
    assert!(says("erase DSR-20261123-0001 DSR-20261123-0002").contains("\nUsage: droit erase"));
}

#[test]
fn a_lower_floors_english_follows_the_chinese_sentence() {
    let mut office = Office::open().speaking("zh-CN");
    office.file("datamap.toml", "version = 1\ncontroler = \"C\"\n");
    let outcome = office.run("map check").misused("map_syntax");
    let lines: Vec<&str> = outcome.stderr().lines().collect();
    assert_eq!(lines[0], "错误[map_syntax]：无法读取数据地图");
    assert!(lines[1].starts_with("详情："), "{outcome}");
    office.file("shop.sqlite", "this is not a database, it only looks like one from far away, as files of text may do");
    let checks = office.run("doctor").looks();
    assert!(checks.stdout().contains("not_a_database: 不是 SQLite 数据库"), "{checks}");
    let error = office.run("map check --json").json_error();
    assert_eq!(error["message"], "无法读取数据地图");
    assert!(error["detail"].as_str().unwrap().contains("controler"), "{error}");
}

/// A hold that would be over before it begins, a case that is not there, a number in the place of a word.
#[test]
fn a_slip_of_the_pen_is_refused_before_anything_is_on_record() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.file("order.txt", "court");
    let head = |office: &mut Office| office.run("audit verify --json").done().json()["data"]["events"].clone();
    let before = head(&mut office);
    office.run("hold add --table payments --until 2026-11-22 --order order.txt").misused("hold_ended");
    office.run("case open delete --id-file ids.txt --link DSR-20261101-0007").fails(1, "no_such_case");
    assert_eq!(head(&mut office), before);
    office.run("hold add --table payments --until 2026-11-23 --order order.txt").done();
    let case = office.verified("delete", "account=100");
    for part in ["--category 13900139000", "--column users.zhangwei", "--role zhangwei"] {
        let said = office.run(&format!("erase {case} {part} --plan plan.jsonl")).refused("unknown_part");
        assert!(!said.stderr().contains("13900139000") && !said.stderr().contains("zhangwei"), "{said}");
    }
}
