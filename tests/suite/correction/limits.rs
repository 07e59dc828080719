//! A small database with every sort of constraint, copies of every sort, and a person who moves about in it.

use droit::{
    case::{Evidence, FailurePoint, IdentityTag, Level},
    plan::{Held, Hold, Holds},
};

use super::bench::{Bench, open_case};
use crate::desk::dump;

const SQL: &str = "
    CREATE TABLE towns (code TEXT PRIMARY KEY NOT NULL, name TEXT);
    CREATE TABLE users (
        id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, phone INTEGER, phone_since INTEGER, nick TEXT COLLATE NOCASE,
        shown_nick TEXT, born TEXT, age INTEGER CHECK (age BETWEEN 14 AND 130), spouse_age INTEGER, town TEXT REFERENCES towns (code),
        member_no TEXT, size REAL, note TEXT NOT NULL DEFAULT '', loud TEXT GENERATED ALWAYS AS (upper(nick)) VIRTUAL,
        CHECK (spouse_age IS NULL OR spouse_age < age + 50));
    CREATE UNIQUE INDEX users_nick ON users (town, nick);
    CREATE UNIQUE INDEX users_active ON users (size) WHERE size > 100;
    CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), author TEXT, body TEXT, author_then TEXT);
    CREATE INDEX posts_user ON posts (user_id);
    CREATE TABLE cards (id INTEGER PRIMARY KEY, member_no TEXT REFERENCES users (member_no), user_id INTEGER);
    CREATE UNIQUE INDEX users_member ON users (member_no);
    CREATE TABLE stray (id INTEGER PRIMARY KEY, who TEXT, label TEXT);
    CREATE TABLE calls (id INTEGER PRIMARY KEY, number TEXT, of_age INTEGER, at TEXT);
    CREATE TABLE staff (id INTEGER PRIMARY KEY, phone TEXT UNIQUE);
    INSERT INTO staff VALUES (7, '13911112222');
    CREATE TABLE touched (n INTEGER PRIMARY KEY, times INTEGER);
    INSERT INTO touched VALUES (1, 0);
    CREATE TRIGGER count_users AFTER UPDATE ON users BEGIN UPDATE touched SET times = times + 1; END;
    INSERT INTO towns VALUES ('HZ', 'Hangzhou'), ('BJ', 'Beijing');
    INSERT INTO users (id, handle, phone, phone_since, nick, shown_nick, born, age, town, member_no, size, note) VALUES
        (1, 'ana', 13800138000, 1600000000, 'Ana', 'Ana', '1990/01/02', 36, 'HZ', 'M1', 1.5, 'n'),
        (2, 'bob', 13900139000, 1600000000, 'Bob', 'Bob', '1991/01/02', 35, 'HZ', 'M2', 150.0, 'n'),
        (3, 'eve', NULL, NULL, 'Eve', 'Eve', '', NULL, 'BJ', NULL, NULL, 'n');
    INSERT INTO posts VALUES (1, 1, 'Ana', 'hello', 'Ana'), (2, 1, 'ANNA', 'older', 'Anna'), (3, 2, 'Ana', 'not hers', 'Ana');
    INSERT INTO cards VALUES (1, 'M1', 1), (2, NULL, 1);
    INSERT INTO stray VALUES (1, 'x', 'y');
    INSERT INTO calls VALUES (1, '13800138000', 1, '2026-01-01');
    ALTER TABLE posts ADD COLUMN title TEXT;";

const MAP: &str = r#"
version = 1
controller = "C"
time_zone = "UTC"
[person.account]
is = "users.id"
[person.staff]
is = "staff.id"
[tables.staff]
purpose = "staff"
clause = "3"
basis = "contract"
[tables.staff.columns]
phone = "phone, proves, observed"
[acknowledged]
count_users = "counts changes"
[rules]
"*.id" = "key"
"*.user_id" = "of users.id"
[none]
"reference data" = ["towns", "touched", "stray"]
[tables.users]
purpose = "account"
clause = "1"
basis = "contract"
immutable = ["handle"]
[tables.users.columns]
handle = "username, provided"
phone = "phone, proves since phone_since, correct, provided"
phone_since = "time, observed"
nick = "nickname, correct, provided"
shown_nick = "nickname, copy follows users.nick, provided"
born = "birth_date, correct, provided"
age = "fact, correct, provided"
spouse_age = "fact, correct, provided"
town = "region, correct, provided"
member_no = "opaque, correct, provided"
size = "fact, correct, provided"
note = "free_text, correct when age < 100, provided"
loud = "nickname, derived"
[tables.posts.columns]
author = "nickname, copy follows users.nick, provided"
author_then = "nickname, copy history users.nick, provided"
body = "free_text, correct, provided"
title = "free_text, correct, provided"
[tables.cards.columns]
member_no = "by users.member_no"
[tables.calls]
dated = "at"
purpose = "service"
clause = "2"
basis = "contract"
[tables.calls.columns]
number = "phone, of ~, correct, provided"
of_age = "fact, provided"
at = "time, observed"
"#;

fn bench() -> Bench {
    Bench::of(SQL, MAP)
}

/// The code of the first refusal, of resolving or of planning.
#[track_caller]
fn refused(bench: &Bench, account: i64, field: &str, to: Option<&str>) -> &'static str {
    let before = dump(&bench.database());
    let code = bench.correct(account, &[(field, to)]).unwrap_err().code();
    assert_eq!(dump(&bench.database()), before, "{field}: something was changed");
    code
}

#[test]
fn constraints_refuse_before_anything_is_written() {
    let bench = bench();
    for (account, field, to, code) in [
        (1, "users.age", Some("13"), "check_refuses"),
        (1, "users.age", Some("abc"), "wrong_type"),
        (1, "users.spouse_age", Some("99"), "check_refuses"),
        (1, "users.nick", Some("bob"), "value_taken"),
        (1, "users.town", Some("XX"), "no_parent"),
        (1, "users.member_no", Some("M9"), "still_referenced"),
        (3, "users.member_no", Some("M2"), "value_taken"),
        (1, "users.phone", Some("+86 139-0013-9000"), "value_taken"),
        (1, "users.phone", Some("12345"), "invalid_value"),
        (1, "users.phone", Some("139 1111 2222"), "value_taken"),
        (1, "users.note", None, "value_needed"),
        (3, "users.note", Some("x"), "settled"),
        (1, "users.handle", Some("anna"), "immutable"),
        (1, "users.id", Some("9"), "immutable"),
        (1, "users.loud", Some("ANNA"), "a_copy"),
        (1, "users.shown_nick", Some("Anna"), "a_copy"),
        (1, "users.phone_since", Some("0"), "not_correctable"),
        (1, "towns.name", Some("x"), "not_correctable"),
        (1, "users.born", Some("1990-02-30"), "invalid_value"),
        (1, "users.born", Some("03/04/1990"), "invalid_value"),
        (1, "users.nick", Some("  "), "invalid_value"),
        (1, "users.nick", Some("Ana"), "same_value"),
        (1, "posts.body", Some("x"), "which_row"),
        (1, "posts[3].body", Some("x"), "no_such_row"),
        (1, "users[2].nick", Some("x"), "no_such_row"),
        (1, "nothing.here", Some("x"), "unknown_field"),
    ] {
        assert_eq!(refused(&bench, account, field, to), code, "{field} {to:?}");
    }
    // a partial index is the engine's to judge: within the transaction, and nothing is left of it
    assert_eq!(refused(&bench, 1, "users.size", Some("150")), "constraint");
    assert!(bench.book().unsettled_intents().unwrap().is_empty());
}

#[test]
fn copies_follow_and_history_stays() {
    let bench = bench();
    bench.correct(1, &[("users.nick", Some("Anna"))]).unwrap();
    let of = |sql: &str| bench.one::<String>(sql);
    assert_eq!(of("SELECT nick || shown_nick || loud FROM users WHERE id = 1"), "AnnaAnnaANNA");
    assert_eq!(of("SELECT group_concat(author) FROM posts"), "Anna,Anna,Ana");
    assert_eq!(of("SELECT group_concat(author_then) FROM posts"), "Ana,Anna,Ana");
    assert_eq!(bench.one::<i64>("SELECT times FROM touched"), 1, "the declared side effect");
}

#[test]
fn rows_of_one_table_are_corrected_each_in_its_own_columns() {
    let bench = bench();
    let values = [("posts[1].body", Some("neu")), ("posts[2].title", Some("Titel")), ("posts[2].body", Some("auch"))];
    bench.correct(1, &values).unwrap();
    let of = |column: &str| bench.one::<String>(&format!("SELECT group_concat(coalesce({column}, '-')) FROM posts"));
    assert_eq!((of("body").as_str(), of("title").as_str()), ("neu,auch,not hers", "-,Titel,-"));
}

#[test]
fn values_are_written_as_the_column_has_them() {
    let bench = bench();
    let values =
        [("users.phone", Some("+86 137 0013 7000")), ("users.born", Some("1992-3-4")), ("users.size", Some("2"))];
    bench.correct(1, &values).unwrap();
    assert_eq!(bench.one::<i64>("SELECT phone FROM users WHERE id = 1 AND typeof(phone) = 'integer'"), 13_700_137_000);
    assert_eq!(bench.one::<String>("SELECT born FROM users WHERE id = 1"), "1992/03/04");
    assert_eq!(bench.one::<String>("SELECT typeof(size) FROM users WHERE id = 1"), "real");
    // whoever had the number before is somebody else
    assert_eq!(bench.one::<i64>("SELECT phone_since FROM users WHERE id = 1"), 1_795_485_600);
    bench.correct(1, &[("users.phone", None)]).unwrap();
    assert_eq!(
        bench.one::<i64>("SELECT count(*) FROM users WHERE phone IS NULL AND phone_since IS NULL AND id = 1"),
        1
    );
}

#[test]
fn a_row_that_is_found_by_its_value_alone_is_corrected_and_then_found_no_more() {
    let bench = bench();
    bench.correct(1, &[("calls.number", Some("13800138009"))]).unwrap();
    assert_eq!(bench.one::<String>("SELECT number FROM calls"), "13800138009");
    assert_eq!(refused(&bench, 1, "calls.number", Some("13800138000")), "no_such_row");
}

#[test]
fn what_somebody_else_proves_is_taken_in_whichever_spelling_it_is_stored() {
    for stored in ["+8613911112222", "+86 139 1111 2222", "139-1111-2222", "１３９１１１１２２２２"] {
        let bench = bench();
        let database = rusqlite::Connection::open(bench.database()).unwrap();
        database.execute("UPDATE staff SET phone = ?1", [stored]).unwrap();
        drop(database);
        assert_eq!(refused(&bench, 1, "users.phone", Some("13911112222")), "value_taken", "{stored}");
    }
}

#[test]
fn what_acts_on_a_screen_is_never_written() {
    let bench = bench();
    for typed in ["An\u{1b}[2Jna", "An\u{202e}na", "An\u{200b}na", "An\0na", "\u{2066}Anna", "Anna\u{9b}31m"] {
        assert_eq!(refused(&bench, 1, "users.nick", Some(typed)), "invalid_value", "{typed:?}");
        assert_eq!(refused(&bench, 1, "users.note", Some(typed)), "invalid_value", "{typed:?}");
    }
    assert_eq!(refused(&bench, 1, "users.nick", Some("An\nna")), "invalid_value");
    bench.correct(1, &[("users.note", Some("two\nlines"))]).unwrap();
    assert_eq!(bench.one::<String>("SELECT note FROM users WHERE id = 1"), "two\nlines");
}

#[test]
fn what_stands_under_a_hold_stays() {
    let mut bench = bench();
    bench.holds = Holds { person: Some(Hold::Open), ..Holds::default() };
    assert_eq!(refused(&bench, 1, "users.nick", Some("Anna")), "held");
    bench.holds = Holds { person: Some(Hold::Secret), ..Holds::default() };
    assert_eq!(refused(&bench, 1, "users.nick", Some("Anna")), "settled", "without a word of the hold");
    let posts = bench.map.tables.iter().position(|table| table.name.name == "posts").unwrap();
    bench.holds = Holds { person: None, held: Held { tables: [(posts, Hold::Open)].into(), ..Held::default() }.into() };
    assert_eq!(refused(&bench, 1, "posts[1].body", Some("x")), "held");
    assert_eq!(refused(&bench, 1, "users.nick", Some("Anna")), "held", "its copy stands under the hold");
    bench.correct(1, &[("users.born", Some("1990-01-03"))]).unwrap();
    // somebody in the row is held: here every tag is theirs
    let people = [(IdentityTag::new([0; 32]), Hold::Open)].into();
    bench.holds = Holds { person: None, held: Held { people, ..Held::default() }.into() };
    assert_eq!(refused(&bench, 1, "users.nick", Some("Anja")), "held");
}

#[test]
fn a_weaker_identity_changes_no_number() {
    let mut bench = bench();
    (bench.level, bench.evidence) = (Level::L2, Evidence::Statement);
    assert_eq!(refused(&bench, 1, "users.phone", Some("13700137000")), "stronger_identity");
    bench.evidence = Evidence::OtpNew;
    assert_eq!(refused(&bench, 1, "users.phone", Some("13700137000")), "stronger_identity");
    bench.evidence = Evidence::OtpBoth;
    bench.correct(1, &[("users.phone", Some("13700137000"))]).unwrap();
}

/// A correction rests on the old values, on the copies, and on nothing else.
#[test]
fn a_plan_is_stale_when_an_old_value_has_changed() {
    for (meanwhile, stale) in [
        ("UPDATE users SET nick = 'Annie' WHERE id = 1", true),
        ("UPDATE posts SET author = 'x' WHERE id = 1", true),
        ("INSERT INTO posts (id, user_id, author) VALUES (9, 1, 'Ana')", true),
        ("UPDATE users SET nick = 'Anna', town = 'HZ' WHERE id = 2", false),
        ("UPDATE users SET age = 37 WHERE id = 1", false),
        ("UPDATE posts SET body = 'edited' WHERE id = 1", false),
    ] {
        let bench = bench();
        let subjects = [bench.account(1)];
        let wishes = bench.wishes(&subjects, &[("users.nick", Some("Anna"))]).unwrap();
        let mut book = bench.book();
        let case = open_case(&mut book);
        let (claim, file) = bench.plan(&subjects, &wishes, case, &book).unwrap();
        assert!(!file.contains("Ana") && !file.contains("Anna"), "{file}");
        bench.plain().execute_batch(meanwhile).unwrap();
        let before = dump(&bench.database());
        match bench.apply(&subjects, &wishes, case, &claim, &mut book) {
            Ok(_) => assert!(!stale && bench.one::<String>("SELECT nick FROM users WHERE id = 1") == "Anna"),
            Err(error) => {
                let taken = meanwhile.contains("nick = 'Anna'") && error.code() == "value_taken";
                assert!(taken || (stale && error.code() == "stale_plan"), "{meanwhile}: {error}");
                assert_eq!(dump(&bench.database()), before);
            }
        }
    }
}

#[test]
fn killed_anywhere_it_took_place_or_it_did_not() {
    let fields = [("users.nick", Some("Anna")), ("users.phone", Some("13700137000")), ("posts[1].body", Some("neu"))];
    for mark in [true, false] {
        for point in FailurePoint::ALL {
            if matches!(point, FailurePoint::BeforeIntent | FailurePoint::BetweenFiles) {
                continue;
            }
            let mut bench = bench();
            bench.mark = mark;
            let before = dump(&bench.database());
            bench.kill_and_recover(1, &fields, point);
            let after = dump(&bench.database());
            let done = "SELECT count(*) FROM users u JOIN posts p ON p.user_id = u.id WHERE u.id = 1 AND p.id = 1
                AND nick = 'Anna' AND shown_nick = 'Anna' AND author = 'Anna' AND phone = 13700137000 AND body = 'neu'";
            let took_place = bench.one::<i64>(done) == 1;
            assert!(took_place || after == before, "{point:?} half done");
            assert_eq!(took_place, point as usize > FailurePoint::AfterCommitting as usize, "{point:?}");
            assert!(bench.book().unsettled_intents().unwrap().is_empty());
            // and what did not take place can be done now
            if !took_place {
                bench.correct(1, &fields).unwrap();
                assert_eq!(bench.one::<i64>(done), 1);
            }
        }
    }
}

#[test]
fn a_copy_that_nothing_leads_to_cannot_follow() {
    let map = MAP.replace(", \"stray\"]", "]")
        + "[tables.stray]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n\
        [tables.stray.columns]\nwho = \"of anyone\"\nlabel = \"nickname, copy follows users.nick, provided\"\n";
    let bench = Bench::of(SQL, &map);
    assert_eq!(refused(&bench, 1, "users.nick", Some("Anna")), "copy_out_of_reach");
}

#[test]
fn a_full_text_index_follows_by_its_triggers() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, bio TEXT);
        INSERT INTO users VALUES (1, 'old words'), (2, 'others');
        CREATE VIRTUAL TABLE found USING fts5 (bio, content = 'users', content_rowid = 'id');
        INSERT INTO found (found) VALUES ('rebuild');
        CREATE TRIGGER users_ad AFTER DELETE ON users BEGIN
        INSERT INTO found (found, rowid, bio) VALUES ('delete', old.id, old.bio); END;
        CREATE TRIGGER users_au AFTER UPDATE ON users BEGIN
        INSERT INTO found (found, rowid, bio) VALUES ('delete', old.id, old.bio);
        INSERT INTO found (rowid, bio) VALUES (new.id, new.bio); END;";
    let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n[rules]\n\"*.id\" = \"key\"\n\
        [tables.users]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.users.columns]\n\
        bio = \"free_text, correct, provided\"\n[tables.found]\ncopy = \"users\"\n\
        [acknowledged]\nusers_ad = \"keeps the index\"\nusers_au = \"keeps the index\"\n";
    let bench = Bench::of(sql, map);
    bench.correct(1, &[("users.bio", Some("new words"))]).unwrap();
    assert_eq!(bench.one::<i64>("SELECT count(*) FROM found WHERE found MATCH 'new'"), 1);
    assert_eq!(bench.one::<i64>("SELECT count(*) FROM found WHERE found MATCH 'old'"), 0);
}
