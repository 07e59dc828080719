//! Files in a package: nobody else's, and none left out in silence.

use std::{fs, os::unix::fs::symlink};

use serde_json::{Value, json};

use super::{CASE, Given, asks, house, table};

/// The package of the first member, whose rows name these files (SQL), and the second one's row these others.
fn given(own: &[&str], others: &[&str]) -> Given {
    let rows = own.iter().map(|name| (1, name)).chain(others.iter().map(|name| (2, name)));
    let insert = |(member, name)| format!("INSERT INTO pictures (member_id, p) VALUES ({member}, {name});");
    let rows = rows.map(insert).collect::<Vec<String>>().concat();
    let sql = format!("CREATE TABLE pictures (id INTEGER PRIMARY KEY, member_id INTEGER, p);{rows}");
    let mut office = house(&sql, &table("pictures", "", "\"file:{p}\" = \"image\""));
    let files = office.path("files");
    fs::create_dir(files.join("a")).unwrap();
    for name in ["1.png", "2.png", "3.png"] {
        fs::write(files.join("a").join(name), format!("picture {name}")).unwrap();
    }
    symlink("a/2.png", files.join("link")).unwrap();
    asks(&mut office, "copy");
    let said = office.run(&format!("export {CASE} --no-zip --letter-lang en"));
    Given::of(&office, said)
}

fn third_party() -> Value {
    json!({"withheld": "third_party"})
}

#[test]
fn a_file_that_somebody_elses_row_names_too_is_not_given() {
    for other in ["'a/1.png'", "'./a//1.png'", "'/srv/files/a/1.png'", "X'612f312e706e67'", "'a/1.png/'"] {
        let given = given(&["'a/1.png'", "'a/2.png'"], &[other]);
        assert_eq!(given.cells("pictures", "p"), [third_party(), json!({"file": "files/000001.bin"})], "{other}");
        assert_eq!(given.bearing("picture 1.png"), [""; 0]);
        assert!(given.page.contains("third_party"));
    }
}

#[test]
fn a_file_that_ones_own_rows_name_twice_is_given() {
    let given = given(&["'a/1.png'", "'./a/1.png'"], &["'a/2.png'"]);
    assert_eq!(given.files(), 2, "{}", given.said);
    given.said.done();
}

#[test]
fn files_that_are_missing_or_cannot_be_told_are_listed_and_refuse_nothing_else() {
    let long = format!("'a/{}'", "m".repeat(300));
    let cases = [
        ("'a/9.png'", "file_missing"),
        ("'/srv/files/a/1.png'", "unreadable"),
        ("'../files/a/1.png'", "unreadable"),
        ("'a/../../files/a/1.png'", "unreadable"),
        ("'../../etc/passwd'", "unreadable"),
        ("X'612f312e706e67'", "unreadable"),
        ("'a' || char(0) || 'b'", "unreadable"),
        (long.as_str(), "unreadable"),
        ("'a'", "unreadable"),
        ("'link'", "unreadable"),
    ];
    for (name, code) in cases {
        let given = given(&["'a/1.png'", name], &[]);
        let file = json!({"file": "files/000001.bin"});
        assert_eq!(given.cells("pictures", "p"), [file, json!({"withheld": code})], "{name}");
        assert!(given.data["withheld"].as_array().unwrap().iter().any(|line| line["code"] == code), "{name}");
        assert!(given.page.contains(&format!("<code>{code}</code>")), "{name}");
        assert!(given.said.stdout().contains(code) && given.said.stdout().contains("not complete"), "{}", given.said);
        given.said.looks();
    }
}

#[test]
fn a_file_that_may_have_another_name_by_a_link_is_not_given() {
    let sql = "CREATE TABLE pictures (id INTEGER PRIMARY KEY, member_id INTEGER, p);
        INSERT INTO pictures (member_id, p) VALUES (1, 'b/2.png'), (2, 'a/2.png');";
    let mut office = house(sql, &table("pictures", "", "\"file:{p}\" = \"image\""));
    fs::create_dir(office.path("files/a")).unwrap();
    fs::write(office.path("files/a/2.png"), "picture of the second").unwrap();
    symlink("a", office.path("files/b")).unwrap();
    asks(&mut office, "copy");
    let said = office.run(&format!("export {CASE} --no-zip")).looks();
    assert_eq!(Given::of(&office, said).bearing("picture of the second"), [""; 0]);
}
