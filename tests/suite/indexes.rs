//! Full-text indexes that keep texts of their own: what an erasure leaves in them is never called erased.

use crate::office::Office;

const PHONE: &str = "13800138000";

/// People's posts, which a law keeps for a time without their text, and an index with texts of its own.
fn office(index: &str, text: &str, triggers: &[&str]) -> Office {
    let made = |(at, trigger): (usize, &&str)| {
        let (when, does) = trigger.split_once(": ").unwrap();
        format!("CREATE TRIGGER t{at} AFTER {when} ON posts BEGIN {does}; END;\n")
    };
    let acknowledged: Vec<String> = (0..triggers.len()).map(|at| format!("t{at} = \"index\"\n")).collect();
    let acknowledged = acknowledged.concat();
    let triggers = triggers.iter().enumerate().map(made).collect::<Vec<_>>().concat();
    let sql = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE);
         INSERT INTO users VALUES (1, '{PHONE}'), (2, '13700137000');
         CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body {text}, hidden INTEGER, paid TEXT);
         CREATE INDEX by_user ON posts (user_id);
         CREATE VIRTUAL TABLE ix USING {index};
         {triggers}
         INSERT INTO posts VALUES (1, 1, 'the quick fox calls {PHONE}', 1, '2026-01-01'),
             (2, 1, 'a lazy dog', 1, '2001-01-01'), (3, 2, 'whoever knows {PHONE}', 0, '2026-01-01'), (4, 2, 'a lazy fox', 0, NULL);"
    );
    let words = if index.contains("words") { "[tables.ix.columns]\nwords = \"free_text\"\n" } else { "" };
    let becomes = if text.contains("NOT NULL") { ", becomes '(removed)'" } else { "" };
    let post = if index.contains("post") { "post = \"key\"\n" } else { "" };
    let map = format!(
        "version = 1\ncontroller = \"Shop\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n[acknowledged]\n\
         {acknowledged}[tables.users]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.users.columns]\n\
         id = \"key\"\nphone = \"phone, proves, provided\"\n[tables.posts]\npurpose = \"p\"\nclause = \"1\"\n\
         basis = \"contract\"\nkeep = {{ for = \"10 years\", after = \"paid\", law = \"L\", because = \"B\", columns = [\"paid\"] }}\n\
         [tables.posts.columns]\nid = \"key\"\nuser_id = \"of users.id\"\nbody = \"free_text, provided{becomes}\"\n\
         hidden = \"fact, observed\"\npaid = \"time, observed\"\n[tables.ix]\ncopy = \"posts\"\n{words}{post}"
    );
    Office::empty().with_shop(&sql, &map)
}

const ADDS: &str = "INSERT: INSERT INTO ix (rowid, body) VALUES (new.id, new.body)";
const DELETES: &str = "DELETE: DELETE FROM ix WHERE rowid = old.id";
const UPDATES: &str = "UPDATE: UPDATE ix SET body = new.body WHERE rowid = new.id";

/// Erases the first of them; what `prove` says afterwards.
fn proof(office: &mut Office) -> (String, String) {
    let case = office.verified("erase", &format!("phone={PHONE}"));
    office.run(&format!("erase {case} --confirm {case}")).done();
    let said = office.run(&format!("prove {case}")).stdout().to_owned();
    (case.to_owned(), said)
}

fn found(office: &Office, word: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM ix WHERE ix MATCH '{word}'");
    office.shop().query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// Whatever a trigger does, `map check` sees that it is there; whether it did something for these rows sees the proof.
#[test]
fn texts_that_triggers_left_in_an_index_withhold_the_proof() {
    let some = |does: &str, condition: &str| format!("{does} AND {condition}");
    for (index, text, triggers, mends) in [
        // a text that becomes NULL
        (
            "fts5(body)",
            "TEXT",
            vec![ADDS.to_owned(), DELETES.to_owned(), some(UPDATES, "new.body IS NOT NULL")],
            "UPDATE ix SET body = NULL WHERE rowid = 1",
        ),
        (
            "fts4(body)",
            "TEXT",
            vec![ADDS.to_owned(), DELETES.to_owned(), some(UPDATES, "new.body IS NOT NULL")],
            "UPDATE ix SET body = NULL WHERE rowid = 1",
        ),
        // a row that goes
        (
            "fts5(body)",
            "TEXT",
            vec![ADDS.to_owned(), some(DELETES, "old.hidden = 0"), UPDATES.to_owned()],
            "DELETE FROM ix WHERE rowid = 2",
        ),
        (
            "fts4(body)",
            "TEXT",
            vec![ADDS.to_owned(), some(DELETES, "old.hidden = 0"), UPDATES.to_owned()],
            "DELETE FROM ix WHERE rowid = 2",
        ),
        // a text that becomes another one, under whatever name
        (
            "fts5(words, post UNINDEXED)",
            "TEXT NOT NULL",
            vec![
                "INSERT: INSERT INTO ix (words, post) VALUES (new.body, new.id)".to_owned(),
                "DELETE: DELETE FROM ix WHERE post = old.id".to_owned(),
                "UPDATE OF body: UPDATE ix SET words = new.body WHERE post = new.id AND new.body LIKE '% %'".to_owned(),
            ],
            "UPDATE ix SET words = 'gone' WHERE post = 1",
        ),
    ] {
        let triggers: Vec<&str> = triggers.iter().map(String::as_str).collect();
        let mut office = office(index, text, &triggers);
        let (case, said) = proof(&mut office);
        let code = if index.contains("words") { "left_in_derived" } else { "index_differs" };
        assert!(said.contains(&format!("[{code}]")) && !said.contains("proven"), "{triggers:?}: {said}");
        office.shop().execute_batch(mends).unwrap();
        let proven = office.run(&format!("prove {case}")).done();
        assert!(proven.stdout().contains("erased and proven"), "{triggers:?}: {proven}");
        assert_eq!((found(&office, "quick"), found(&office, "fox")), (0, 1), "{triggers:?}");
    }
}

/// What others wrote stays in the index, also the person's number in it, and also what is made of several columns.
#[test]
fn an_index_that_was_told_of_everything_withholds_no_proof() {
    for (index, triggers) in [
        ("fts5(body)", [ADDS, DELETES, UPDATES].to_vec()),
        ("fts5(body, tokenize = 'trigram')", [ADDS, DELETES, UPDATES].to_vec()),
        ("fts4(body, tokenize=porter)", [ADDS, DELETES, UPDATES].to_vec()),
        ("fts5(body)", vec![ADDS, DELETES, "UPDATE: DELETE FROM ix WHERE rowid = old.id"]),
        (
            "fts5(words)",
            vec![
                "INSERT: INSERT INTO ix (rowid, words) VALUES (new.id, new.body || ' ' || coalesce(new.paid, 'never'))",
                DELETES,
                "UPDATE: UPDATE ix SET words = coalesce(new.body, '') || ' ' || new.paid WHERE rowid = new.id",
            ],
        ),
    ] {
        let mut office = office(index, "TEXT", &triggers);
        let (_, said) = proof(&mut office);
        assert!(said.contains("erased and proven"), "{index}: {triggers:?}: {said}");
        assert_eq!((found(&office, "quick"), found(&office, "\"13800138000\"")), (0, 1), "{index}: {triggers:?}");
    }
}
