//! What the map says to people stands in their language on every page and in every letter, and in both in every record.
//! What it says is read from the map's file here, not by the program.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use toml::{Table, Value};

use super::office::Office;

const CASE: &str = "DSR-20261123-0001";

/// What the sample company's map says, in Chinese and in English.
type Said = (String, String);

fn sample() -> Table {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/courier/datamap.toml");
    std::fs::read_to_string(file).unwrap().parse().unwrap()
}

/// The two texts of a table by language; also of one that stands inside a text.
fn said(value: &Value) -> Option<Said> {
    match value {
        Value::Table(table) if table.len() == 2 => {
            let text = |language: &str| table.get(language)?.as_str().map(str::to_owned);
            Some((text("zh")?, text("en")?))
        }
        Value::String(text) => {
            let inside = text.split_once("export no:").or(text.split_once("stay:"))?.1.trim();
            let table: Table = format!("inside = {inside}").parse().ok()?;
            said(&table["inside"])
        }
        _ => None,
    }
}

fn collect(value: &Value, all: &mut BTreeSet<Said>) {
    all.extend(said(value));
    match value {
        Value::Table(table) => table.values().for_each(|value| collect(value, all)),
        Value::Array(array) => array.iter().for_each(|value| collect(value, all)),
        _ => {}
    }
}

fn everything() -> BTreeSet<Said> {
    let mut all = BTreeSet::new();
    collect(&Value::Table(sample()), &mut all);
    assert!(all.len() > 100, "the sample says {} things", all.len());
    all
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn the_sample_says_in_both_languages_what_people_are_told() {
    let map = sample();
    let tables = map["tables"].as_table().unwrap();
    let mut purposes = 0;
    for (name, section) in tables {
        let both = |section: &Value, key: &str| {
            let Some(value) = section.get(key) else { return 0 };
            let (zh, en) = said(value).unwrap_or_else(|| panic!("{key} of {name} is said once"));
            assert!(is_chinese(&zh) && !is_chinese(&en), "{key} of {name}: {zh} / {en}");
            1
        };
        purposes += both(section, "purpose");
        both(section, "clause");
        let keeps = section.get("keep").and_then(Value::as_array).into_iter().flatten();
        for fate in keeps.chain(section.get("limit")) {
            both(fate, "law");
            assert_eq!(both(fate, "because"), 1, "{name}");
        }
    }
    assert!(purposes > 40, "{purposes}");
    for (zh, en) in everything() {
        assert!(is_chinese(&zh) && !is_chinese(&en), "{zh} / {en}");
    }
}

/// An office whose case about `account` is verified.
fn asked(right: &str, account: u32) -> Office {
    let mut office = Office::courier();
    office.file("ids.txt", &format!("account={account}\n"));
    office.run(&format!("case open {right} --id-file ids.txt --quiet")).done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office
}

/// What the page tells of the tables: its headings and lists of facts, without what the database says.
fn told(page: &str) -> Vec<String> {
    let mut told = Vec::new();
    let lists = page.split("<dl class=\"facts").skip(1).filter_map(|rest| rest.split("</dl>").next());
    let headings = page.split("<h2>").skip(1).filter_map(|rest| rest.split("</h2>").next());
    for part in lists.chain(headings) {
        let part: String =
            part.split("<code>").map(|piece| piece.split_once("</code>").map_or(piece, |(_, rest)| rest)).collect();
        let texts = part.split('<').filter_map(|piece| Some(piece.split_once('>')?.1.trim()));
        told.extend(texts.filter(|text| !text.is_empty()).map(|text| text.replace("&#39;", "'").replace("&amp;", "&")));
    }
    told
}

fn package(office: &Office, name: &str) -> String {
    let folder = office.path("packages").join(CASE);
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_page_says_what_the_map_says_in_the_language_of_its_reader_alone() {
    let (map, all) = (sample(), everything());
    for language in ["zh-CN", "en"] {
        let mut seen = BTreeSet::new();
        for account in [1, 3, 100] {
            let mut office = asked("access", account);
            office.run(&format!("export {CASE} --no-zip --letter-lang {language} --quiet")).done();
            let page = package(&office, "index.html");
            let told = told(&page);
            let (own, other): (Vec<&str>, Vec<&str>) =
                all.iter().map(|(zh, en)| if language == "en" { (&**en, &**zh) } else { (&**zh, &**en) }).unzip();
            for text in &told {
                assert!(!other.contains(&text.as_str()), "{text} on the page in {language}");
                let part = other.iter().find(|other| other.chars().count() > 10 && text.contains(**other));
                assert!(part.is_none(), "{part:?} in {text} on the page in {language}");
                seen.extend(own.iter().filter(|own| text.contains(**own)).map(|own| (*own).to_owned()));
            }
            let data: Json = serde_json::from_str(&package(&office, "data.json")).unwrap();
            for table in data["tables"].as_array().unwrap() {
                let about = &table["about"];
                let section = &map["tables"][about["name"].as_str().unwrap()];
                for key in ["purpose", "clause"] {
                    let Some((zh, en)) = section.get(key).and_then(said) else { continue };
                    let expected = if language == "en" { en } else { zh };
                    assert_eq!(about[key], expected.as_str(), "{}", about["name"]);
                    assert!(told.contains(&expected), "{expected} is not on the page");
                }
            }
        }
        assert!(seen.len() > 60, "only {} things were told in {language}", seen.len());
    }
}

#[test]
fn a_letter_says_what_the_map_says_in_the_language_of_its_reader_alone() {
    let all = everything();
    let mut office = asked("delete", 100);
    let removed = office.run(&format!("erase {CASE} --confirm {CASE} --json")).carried_out().json();
    for language in ["zh-CN", "en"] {
        office
            .run(&format!(
                "case answer {CASE} --letter answer --decision PARTIAL --letter-lang {language} --plain --draft --quiet"
            ))
            .done();
        let serial = if language == "en" { 2 } else { 1 };
        let text = std::fs::read_to_string(office.path("answers").join(format!("{CASE}-answer-{serial}.txt"))).unwrap();
        let mine = |said: &Said| if language == "en" { said.1.clone() } else { said.0.clone() };
        let theirs = |said: &Said| if language == "en" { said.0.clone() } else { said.1.clone() };
        for said in &all {
            assert!(!text.contains(&theirs(said)), "{} in a letter in {language}:\n{text}", theirs(said));
        }
        assert!(all.iter().filter(|said| text.contains(&mine(said))).count() > 8, "{language}:\n{text}");
        for kept in removed["data"]["reasons"].as_array().unwrap() {
            let law = &kept["law"][if language == "en" { "en" } else { "zh" }];
            assert!(kept["law"] == "" || text.contains(law.as_str().unwrap()), "{kept} in {language}:\n{text}");
        }
    }
}

#[test]
fn a_record_says_it_in_both_languages_and_is_compared_as_it_was_written() {
    let all = everything();
    let mut office = asked("delete", 100);
    office.run(&format!("erase {CASE} --plan plan.jsonl --quiet")).done();
    let plan = office.read("plan.jsonl");
    let lines = plan.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let kept: Vec<Json> = lines.filter(|line| line["decision"] == "keep").collect();
    assert!(!kept.is_empty());
    let is_said = |value: &Json| {
        let text = |language: &str| value[language].as_str().unwrap_or_default().to_owned();
        all.contains(&(text("zh"), text("en")))
    };
    for line in &kept {
        assert!(is_said(&line["law"]) && is_said(&line["because"]), "{line}");
    }
    office.run(&format!("apply plan.jsonl --confirm {CASE} --quiet")).carried_out();
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    let laws: Vec<&Json> = shown["data"]["retained"].as_array().unwrap().iter().map(|kept| &kept["law"]).collect();
    assert!(laws.iter().any(|law| is_said(law)) && laws.iter().all(|law| is_said(law) || *law == ""), "{laws:?}");
    office.run(&format!("case answer {CASE} --decision PARTIAL --letter answer --quiet")).carried_out();
    let log = office.run("log --from 2026-11-01 --to 2026-11-30 --format csv").carried_out();
    let (zh, en) = ("《电子商务法》第三十一条", "E-Commerce Law, Article 31");
    assert!(log.stdout().contains(&format!("{zh} / {en}")), "{log}");
    office.run("audit verify").done();
}

#[test]
fn a_purge_records_its_reason_in_both_languages_and_tells_it_in_one() {
    let mut office = Office::courier();
    let told = office.run("purge retention").carried_out();
    assert!(told.stdout().contains("limitation period (Civil Code") && !told.stdout().contains("诉讼时效"), "{told}");
    let mut office = office.speaking("zh-CN");
    let told = office.run("purge retention").carried_out();
    assert!(told.stdout().contains("诉讼时效") && !told.stdout().contains("limitation period"), "{told}");
    let rules = office.run("purge retention --json").carried_out().json();
    let all = everything();
    for rule in rules["data"]["rules"].as_array().unwrap() {
        let said = (&rule["because"]["zh"], &rule["because"]["en"]);
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        assert!(all.contains(&(text(said.0), text(said.1))), "{rule}");
    }
    office.run("purge retention --confirm --beyond-breaker 'first run' --quiet").carried_out();
    let runs = office.run("purge log --json").carried_out();
    assert!(runs.stdout().contains("limitation period (Civil Code") && runs.stdout().contains("诉讼时效"), "{runs}");
    office.run("audit verify").done();
}

#[test]
fn the_map_is_shown_in_the_officers_language_and_to_machines_in_both() {
    let (zh, en) = ("履行订单", "order fulfilment");
    let mut office = Office::courier();
    let told = office.run("map show orders").done();
    assert!(told.stdout().contains(en) && !told.stdout().contains(zh), "{told}");
    let told = office.run("map show").done();
    assert!(told.stdout().contains(en) && !told.stdout().contains(zh), "{told}");
    let all = office.run("map show orders --json").done().json();
    assert_eq!(all["data"][0]["purpose"], serde_json::json!({ "zh": zh, "en": en }));
    let sheet = office.run("map show --format csv").done();
    assert!(sheet.stdout().contains(&format!("{zh} / {en}")), "{sheet}");
    let told = office.run("map explain risk_scores.score").done();
    assert!(told.stdout().contains("export no: { zh = \"WITHHOLD-SECURITY：门槛"), "{told}");
    let mut office = office.speaking("zh-CN");
    let told = office.run("map show orders").done();
    assert!(told.stdout().contains(zh) && !told.stdout().contains(en), "{told}");
}

#[test]
fn a_language_that_is_missing_is_refused_with_its_line() {
    let mut office = Office::courier();
    let map = office.read("datamap.toml");
    let broken = map.replace("{ zh = \"履行订单\", en = \"order fulfilment\" }", "{ zh = \"履行订单\" }");
    let line = 1 + broken.lines().position(|line| line == "purpose = { zh = \"履行订单\" }").unwrap();
    office.file("datamap.toml", &broken);
    for command in ["map check", "map show", "map trust --yes"] {
        let told = office.run(command).misused("map_syntax");
        assert!(told.stderr().contains("`purpose` does not say `en`"), "{told}");
        assert!(told.stderr().contains(&format!("datamap.toml:{line}:11")), "{told}");
        assert!(told.stderr().contains("say it in zh and en, or write one text for every language"), "{told}");
    }
}

#[test]
fn another_wording_is_another_map() {
    let mut office = Office::courier();
    let map = office.read("datamap.toml");
    office.file("datamap.toml", &map.replace("en = \"order fulfilment\"", "en = \"fulfilment of orders\""));
    let told = office.run("map check").carried_out();
    assert!(told.stdout().contains("untrusted"), "{told}");
}

#[test]
fn the_controller_has_a_name_in_each_language() {
    let (zh, en) = ("杭州中快佳网络科技有限公司", "Hangzhou Zhongkuaijia Network Technology");
    let mut office = asked("access", 100);
    let map = office.read("datamap.toml");
    let both = format!("controller = {{ zh = \"{zh}\", en = \"{en}\" }}");
    office.file("datamap.toml", &map.replace("controller = \"ZKJIA.COM\"", &both));
    let trusted = office.run("map trust --yes").done();
    assert!(!trusted.stderr().contains(zh), "{trusted}");
    for (serial, (language, mine, other)) in [("zh-CN", zh, en), ("en", en, zh)].into_iter().enumerate() {
        let receipt = format!("case answer {CASE} --letter receipt --letter-lang {language} --plain --draft --quiet");
        office.run(&receipt).done();
        let name = format!("{CASE}-receipt-{}.txt", serial + 1);
        let text = std::fs::read_to_string(office.path("answers").join(name)).unwrap();
        assert!(text.contains(mine) && !text.contains(other), "{text}");
        office.run(&format!("log --format html --lang {language} --output log-{language}.html --quiet")).done();
        let page = office.read(&format!("log-{language}.html"));
        assert!(page.contains(mine) && !page.contains(other), "the log in {language}");
    }
    let log = office.run("log --json").done().json();
    assert_eq!(log["data"]["controller"], serde_json::json!({ "zh": zh, "en": en }));
    office.run(&format!("export {CASE} --no-zip --letter-lang en --quiet")).done();
    let page = package(&office, "index.html");
    assert!(page.contains(en) && !page.contains(zh));
}
