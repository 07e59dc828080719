//! Files go with the rows that name them, also where it depends on the row whether its text names a file.

use std::fs;

use crate::desk::Desk;

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE papers (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), sort TEXT NOT NULL,
        place TEXT);
    CREATE INDEX papers_person ON papers (person_id);
    CREATE INDEX papers_place ON papers (place);
    INSERT INTO people VALUES (1, 'Zhang-secret 1'), (2, 'Li');
    INSERT INTO papers VALUES (11, 1, 'photo', 'zhang.jpg'), (12, 1, 'shelf', 'hall.jpg'), (21, 2, 'photo', 'li.jpg');";

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
id = "key"
name = "name, provided"
[tables.papers]
case = "sort"
[tables.papers.columns]
id = "key"
person_id = "of people.id"
sort = "fact"
"file:{place}" = { photo = "image, provided", shelf = "fact" }
"#;

#[test]
fn the_case_of_a_row_says_whether_its_text_names_a_file() {
    // "shelf" shares the template of the line; its text is a place in a building
    let desk = Desk::new(SQL, MAP);
    for name in ["zhang.jpg", "li.jpg"] {
        fs::write(desk.dir.join("files").join(name), "picture").unwrap();
    }
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    let left: Vec<String> = fs::read_dir(desk.dir.join("files"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["li.jpg"], "the photograph goes although no other case has a line of its own");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM papers"), 1);
}
