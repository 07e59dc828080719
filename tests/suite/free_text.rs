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
