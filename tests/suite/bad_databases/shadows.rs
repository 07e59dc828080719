//! Tables that are called as a virtual table calls its own, and are the application's.

use crate::{mentions, office::Office};

/// Notes of people in a table that SQLite takes for the index's own, and an index of them.
const POSTS: &str = "
    CREATE VIRTUAL TABLE posts USING fts5 (body, content = 'posts_content', content_rowid = 'id', tokenize = 'trigram');
    INSERT INTO posts (posts) VALUES ('rebuild');";

/// Triggers that tell the index.
const TOLD: &str = "
    CREATE TRIGGER posts_ad AFTER DELETE ON posts_content BEGIN
        INSERT INTO posts (posts, rowid, body) VALUES ('delete', old.id, old.body);
    END;
    CREATE TRIGGER posts_au AFTER UPDATE ON posts_content BEGIN
        INSERT INTO posts (posts, rowid, body) VALUES ('delete', old.id, old.body);
        INSERT INTO posts (rowid, body) VALUES (new.id, new.body);
    END;";

const IS_COPY: &str =
    "[tables.posts]\ncopy = \"posts_content\"\n[acknowledged]\nposts_ad = \"index\"\nposts_au = \"index\"";

/// An office whose notes are called as an index calls its texts.
fn office(more: &str, copies: &str) -> Office {
    let named = |text: &str| text.replace("notes", "posts_content");
    let sql = format!("{}{more}", named(mentions::SCHEMA));
    Office::empty().with_shop(&sql, &named(&mentions::map("mentions = \"scan\"", copies)))
}

fn left(office: &Office) -> String {
    let sql = "SELECT group_concat(id || ' ' || coalesce(body, ''), '; ') FROM posts_content";
    office.shop().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn require_erased_and_proven(office: &mut Office) {
    let case = office.verified("erase", "account=1");
    let package = office.run(&format!("export {case} --no-zip --json"));
    assert!(package.done().stdout().contains("\"posts_content\""));
    office.run(&format!("erase {case} --confirm {case}")).carried_out();
    assert_eq!(left(office), "2 ring 138******00, not 13900139000; 3 order 138001380001 and 13900139000; 4 ");
    let proven = office.run(&format!("prove {case}")).done();
    assert!(proven.stdout().contains("erased and proven"), "{proven}");
}

#[test]
fn a_table_of_the_applications_that_is_called_like_an_indexs_texts_is_not_forgotten() {
    let mut office = office(&format!("{POSTS}{TOLD}"), IS_COPY);
    require_erased_and_proven(&mut office);
    let found = "SELECT count(*) FROM posts WHERE posts MATCH '\"13800138000\"'";
    let found: i64 = office.shop().query_row(found, [], |row| row.get(0)).unwrap();
    assert_eq!(found, 1, "the order's number");
    office.shop().execute_batch("INSERT INTO posts (posts) VALUES ('integrity-check')").unwrap();
}

#[test]
fn an_index_without_texts_or_sizes_keeps_no_table_for_them() {
    let bare = "CREATE VIRTUAL TABLE posts USING fts5 (body, content = '')";
    require_erased_and_proven(&mut office(bare, "[none]\n\"an index that nobody fills\" = \"posts\""));
    let sql = "CREATE TABLE notes_docsize (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);
        CREATE VIRTUAL TABLE notes USING fts5 (body, columnsize = 0);";
    let mut office = Office::empty();
    office.shop().execute_batch(sql).unwrap();
    office.run("init shop.db --quiet").done();
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[none]\n\"nothing\" = \"notes\"\n";
    office.file("datamap.toml", head);
    let told = office.run("map check");
    assert!(told.stdout().contains("notes_docsize.body"), "{told}");
}

/// What looks like an index's own, and is, stays with it.
#[test]
fn what_an_index_keeps_is_still_no_table_of_the_map() {
    let own = "CREATE VIRTUAL TABLE \"posts_content_c\" USING fts5 (body);
        CREATE VIRTUAL TABLE other USING fts4 (body); CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);";
    let mut office = office(own, "[none]\n\"nothing\" = [\"posts_content_c\", \"other\", \"boxes\"]");
    require_erased_and_proven(&mut office);
}
