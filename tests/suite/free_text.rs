//! How numbers and addresses are written in free text, through the door: another's is in no copy, and the person's own in
//! nobody's text after an erasure.

use rusqlite::Connection;

use crate::{
    desk::Desk,
    mentions::{SCHEMA, map, office},
};

/// The texts of account 2 after account 1 is erased, whose number is 13800138000.
fn after_an_erasure(texts: &[String]) -> Vec<String> {
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    desk.sql("DELETE FROM notes WHERE user_id = 2");
    for (id, text) in (10..).zip(texts) {
        let text = text.replace('\0', "' || char(0) || '");
        desk.sql(&format!("INSERT INTO notes VALUES ({id}, 2, '{text}')"));
    }
    let job = desk.plan([("account", "1")]).unwrap();
    desk.apply(&job).unwrap();
    (10..).zip(texts).map(|(id, _)| desk.one(&format!("SELECT body FROM notes WHERE id = {id}"))).collect()
}

/// What account 1 is given of these texts of its own.
fn in_a_copy(texts: &[String]) -> Vec<String> {
    let mut office = office("copy");
    let database = Connection::open(office.path("notes.db")).unwrap();
    database.execute("DELETE FROM notes", ()).unwrap();
    for (id, text) in (10..).zip(texts) {
        database.execute("INSERT INTO notes VALUES (?1, 1, ?2)", (id, text)).unwrap();
    }
    office.run("export DSR-20261123-0001 --no-zip --quiet").done();
    let copy: serde_json::Value = serde_json::from_str(&office.read("packages/DSR-20261123-0001/data.json")).unwrap();
    let tables = copy["tables"].as_array().unwrap();
    let notes = tables.iter().find(|table| table["about"]["name"] == "notes").unwrap();
    let rows = notes["rows"].as_array().unwrap();
    rows.iter().map(|row| row["cells"]["body"].as_str().unwrap().to_owned()).collect()
}

fn written(forms: &[&str], number: &str) -> Vec<String> {
    forms.iter().map(|form| form.replace("{}", number)).collect()
}

/// As people type them in chats: nothing between a number and the word beside it.
const TO_A_WORD: [&str; 13] = [
    "{}QQ12345678",
    "{}wx1234",
    "{}or13600136000",
    "13600136000or{}",
    "tel{}tel2",
    "m1tel{}",
    "{}E12345678",
    "4G{}",
    "11010519491231002X{}",
    "{}x2",
    "3F{}",
    "{}D302",
    "QQ12345mobile{}mobile2",
];

#[test]
fn a_number_that_is_written_to_a_word_is_found() {
    for (text, left) in TO_A_WORD.iter().zip(after_an_erasure(&written(&TO_A_WORD, "13800138000"))) {
        assert_eq!(left, text.replace("{}", "138******00"));
    }
    let given = in_a_copy(&written(&TO_A_WORD, "13700137000"));
    for (text, given) in TO_A_WORD.iter().zip(given) {
        assert!(given.contains("137******00") && !given.contains("13700137000"), "{text}: {given}");
        assert!(!given.contains("13600136000") && !given.contains("E12345678"), "{text}: {given}");
    }
}

/// The value decides: only more digits make another number of it.
#[test]
fn the_persons_own_number_is_found_whatever_it_is_written_to() {
    let forms = ["9a{}b2", "a3f{}b2c4", "{}@139.com", "13 800 138 000", "1.380.013.8000", "9{}", "{}1"];
    let left = after_an_erasure(&written(&forms, "13800138000"));
    let gone = ["9a{}b2", "a3f{}b2c4", "{}@139.com", "{}", "{}"].map(|form| form.replace("{}", "138******00"));
    assert_eq!(left[..5], gone);
    assert_eq!(left[5..], ["913800138000", "138001380001"]);
}

/// As nobody should write them and somebody does.
fn spelled(number: &str) -> Vec<String> {
    let groups = [&number[..3], &number[3..7], &number[7..]];
    let in_digits = |digits: &str| {
        let digits: Vec<char> = digits.chars().collect();
        number.chars().filter_map(|c| digits.get(c.to_digit(10)? as usize)).collect::<String>()
    };
    let between =
        ["\u{2009}", "\u{fe0f}", "\0", "\u{b}", "，", "：", "、", "~", "・", "    ", "</b><b>", "<br>", "%20"];
    let scripts =
        ["٠١٢٣٤٥٦٧٨٩", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "零一二三四五六七八九", "〇一二三四五六七八九"];
    let mut all: Vec<String> = between.map(|between| groups.join(between)).into();
    all.extend(scripts.map(in_digits));
    all.push(number.chars().flat_map(|c| [c, '\u{fe0f}', '\u{20e3}']).collect());
    all.push(number.chars().flat_map(|digit| ['%', '3', digit]).collect());
    all.extend([format!("086{number}"), format!("①{number}"), format!("1️⃣{number}")]);
    all
}

#[test]
fn a_number_is_found_in_whatever_signs_it_is_written() {
    let own = spelled("13800138000");
    for (text, left) in own.iter().zip(after_an_erasure(&own)) {
        assert!(left.trim_start_matches(['①', '1', '\u{fe0f}', '\u{20e3}']).ends_with("38******00"), "{text}: {left}");
        assert!(!left.contains("13800138000") && !left.contains("0013"), "{text}: {left}");
    }
    let others = spelled("13700137000");
    for (text, given) in others.iter().zip(in_a_copy(&others)) {
        assert!(given.ends_with("137******00") && given.chars().count() < 15, "{text}: {given}");
    }
}

#[test]
fn other_identifiers_are_found_in_whatever_signs_they_are_written() {
    let texts = [
        "打+86 10 6234 5678",
        "打+86-10-62345678",
        "打+861062345678",
        "写123456@qq。com",
        "写123456 @qq.com",
        "写li@例子.cn",
        "写li@example%2Ecom",
        "照E 12345678",
        "照A123456(7)",
        "证110105\u{2009}19491231\u{2009}002X",
        "证11010519491231002х",
    ];
    for (text, given) in texts.iter().zip(in_a_copy(&texts.map(str::to_owned))) {
        assert!(given != *text && given.contains("***"), "{text}: {given}");
        assert!(!["5678\"", "qq", "li@", "12345", "002"].iter().any(|part| given.contains(part)), "{given}");
    }
}

#[test]
fn other_peoples_houses_are_found_in_whatever_way_they_are_numbered() {
    let houses = ["文昌巷7號", "市府路45號", "彌敦道100號", "文昌巷七号", "建国门外大街甲12号", "科技园1栋101室"];
    let given = in_a_copy(&houses.map(|house| format!("寄到碑林区{house}，谢谢")));
    assert!(given.iter().all(|given| given == "寄到碑林区***，谢谢"), "{given:?}");
}
