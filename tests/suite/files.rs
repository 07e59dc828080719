//! Files go with the rows that name them, also where it depends on the row whether its text names a file.

use std::fs;

use crate::{desk::Desk, office::Office};

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

/// Two people, whose one file is named as given, and the files that are left when the first is erased.
fn left(of_the_person: &str, of_the_other: &str) -> Result<Vec<String>, String> {
    let map = MAP
        .replace("{ photo = \"image, provided\", shelf = \"fact\" }", "\"image, provided\"")
        .replace("case = \"sort\"\n", "");
    let desk = Desk::new(SQL, &map);
    desk.sql(&format!(
        "DELETE FROM papers; INSERT INTO papers VALUES (11, 1, 'photo', {of_the_person}), (21, 2, 'photo', {of_the_other})"
    ));
    let folder = desk.dir.join("files");
    fs::create_dir(folder.join("up")).unwrap();
    for name in ["up/a.jpg", "li.jpg"] {
        fs::write(folder.join(name), "picture").unwrap();
    }
    let before = desk.dump();
    let job = desk.plan([("account", "1")]).map_err(|refused| refused.code().to_owned());
    let applied = job.and_then(|job| desk.apply(&job).map_err(|refused| refused.code().to_owned()));
    if let Err(code) = applied {
        assert_eq!(desk.dump(), before, "{code}: refused, and something was changed");
        return Err(code);
    }
    let there = ["up/a.jpg", "li.jpg"].into_iter().filter(|name| folder.join(name).exists());
    Ok(there.map(str::to_owned).collect())
}

#[test]
fn a_file_of_somebody_else_stays_however_their_row_names_it() {
    for other in [
        "up/a.jpg",
        "./up/a.jpg",
        "up//a.jpg",
        "up/./a.jpg",
        "up/../up/a.jpg",
        "li/../up/a.jpg",
        "/srv/files/up/a.jpg",
        "/srv/./files//up/../up/a.jpg",
        "../files/up/a.jpg",
        "x/../../files/up/a.jpg",
        "x/../../files//up/./a.jpg",
        "up/a.jpg/",
        "./up/a.jpg/",
    ] {
        let kept = left("'up/a.jpg'", &format!("'{other}'")).unwrap();
        assert_eq!(kept, ["up/a.jpg", "li.jpg"], "{other}");
    }
    assert_eq!(left("'up/a.jpg'", "CAST('up/a.jpg' AS BLOB)").unwrap(), ["up/a.jpg", "li.jpg"], "bytes");
    assert_eq!(left("'up/a.jpg'", "'up/b.jpg'").unwrap(), ["li.jpg"]);
}

#[test]
fn ones_own_file_goes_however_the_row_names_it_or_nothing_does() {
    for name in ["up/a.jpg", "./up/a.jpg", "up//a.jpg", "up/x/../a.jpg"] {
        assert_eq!(left(&format!("'{name}'"), "'li.jpg'").unwrap(), ["li.jpg"], "{name}");
    }
    for name in [
        "'/srv/files/up/a.jpg'",
        "X'75702f612e6a7067'",
        "CAST(X'75702fff' AS TEXT)",
        "'../files/up/a.jpg'",
        "'up/../../files/up/a.jpg'",
        "'../../etc/passwd'",
        "'up/..'",
        "'.'",
    ] {
        assert_eq!(left(name, "'li.jpg'"), Err("file_not_beneath".to_owned()), "{name}");
    }
    for nothing in ["NULL", "''"] {
        assert_eq!(left(nothing, "'li.jpg'").unwrap().len(), 2, "{nothing}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_symbolic_link_is_not_removed_by_one_of_its_names() {
    for (own, other) in [("by/a.jpg", "up/a.jpg"), ("up/a.jpg", "by/a.jpg")] {
        file_with_two_names(own, other);
    }
}

#[cfg(unix)]
fn file_with_two_names(own: &str, other: &str) {
    let desk = Desk::new(SQL, MAP);
    desk.sql(&format!(
        "DELETE FROM papers; INSERT INTO papers VALUES (11, 1, 'photo', '{own}'), (21, 2, 'photo', '{other}')"
    ));
    let folder = desk.dir.join("files");
    fs::create_dir(folder.join("up")).unwrap();
    fs::write(folder.join("up/a.jpg"), "picture").unwrap();
    std::os::unix::fs::symlink("up", folder.join("by")).unwrap();
    let before = desk.dump();
    let applied = desk.plan([("account", "1")]).and_then(|job| desk.apply(&job));
    assert_eq!(applied.map(drop).unwrap_err().code(), "file_not_beneath");
    assert_eq!(desk.dump(), before);
    assert!(folder.join("up/a.jpg").exists());
}

#[test]
fn what_could_not_be_removed_is_refused_before_anybody_reads_the_plan() {
    let mut office = Office::courier();
    let db = rusqlite::Connection::open(office.path("zkjia.db")).unwrap();
    fs::create_dir_all(office.path("files/voice/folder")).unwrap();
    let sql = "INSERT INTO voice_records (id, user_id, audio_file, created_at) VALUES (900001, 100, 'voice/folder', '2026-11-01 10:00:00')";
    db.execute(sql, []).unwrap();
    office.file("ids.txt", "account=100\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L3 --by otp+waybill --quiet").done();
    let refused = office.run("erase DSR-20261123-0001 --plan plan.jsonl").refused("file_not_beneath");
    assert!(refused.stderr().contains("voice_records"), "{refused}");
    assert!(!office.path("plan.jsonl").exists());
}
