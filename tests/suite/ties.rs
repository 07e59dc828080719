//! Erasures along ties of every sort, in databases of a few rows with maps of their own. What has to be there afterwards
//! follows from who the rows belong to.

use crate::desk::{Desk, Job, require_refused};

/// A map whose people are `users`, by their `id`. `rest` begins with further lines of the table.
pub(crate) fn map(rest: &str) -> String {
    format!(
        r#"version = 1
controller = "C"
time_zone = "UTC"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
"*.uid" = "of users.id"
"*.name" = "name, provided"
"users.phone" = "phone, provided, proves"
"*.state" = "fact"
"*.kind" = "fact"
"*.done" = "time"
"*.note" = "free_text, provided"
{rest}"#
    )
}

/// The section of a table, up to further lines.
pub(crate) fn table(name: &str) -> String {
    format!("[tables.{name}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n")
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
    INSERT INTO users VALUES (1, 'A', '13800138001'), (2, 'B', '13800138002');";

pub(crate) fn desk(sql: &str, tables: &[String]) -> Desk {
    Desk::new(&format!("{USERS}{sql}"), &map(&(table("users") + &tables.concat())))
}

/// Erases whoever has the account.
pub(crate) fn erase(desk: &Desk, account: &str) -> Job {
    let job = desk.plan([("account", account)]).unwrap();
    desk.apply(&job).unwrap();
    desk.erased.borrow_mut().push(account.into());
    job
}

/// Erases with other random values than before.
pub(crate) fn erase_again(desk: &Desk, account: &str) {
    let random = desk.random + u64::from(account.as_bytes()[0]);
    let (dir, clock, erased) = (desk.dir.clone(), desk.clock.clone(), desk.erased.clone());
    let again = Desk { dir, kept: None, clock, random, erased, ..*desk };
    erase(&again, account);
}

/// The rows of a table, in their order.
pub(crate) fn rows(desk: &Desk, table: &str) -> String {
    let dump = desk.dump();
    let (_, rest) = dump.split_once(&format!("== {table}\n")).unwrap();
    let rows = rest.split("== ").next().unwrap_or_default().trim_end();
    ["Integer", "Text", "Real", "(", ")", "\""].iter().fold(rows.to_owned(), |rows, sign| rows.replace(sign, ""))
}

/// LAW §5: what is no value of its kind is found by its text; what could be anybody's ties nobody.
#[test]
fn rows_are_tied_by_numbers_that_are_none_as_they_are_written() {
    let numbers = ["+1 (403) 262-3443", "(403) 262-3443", "138.0013.8000", "010-62345678", "0000000000", "N/A", "-"];
    for (at, number) in numbers.into_iter().enumerate() {
        let desk = Desk::new(
            &format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
                 CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT);
                 CREATE INDEX by_phone ON parcels (phone);
                 INSERT INTO users VALUES (1, 'A', '{number}'), (2, 'B', '(212) 907-3448');
                 INSERT INTO parcels VALUES (1, '{number}'), (2, '(212) 907-3448'), (3, '(403) 262-3449');"
            ),
            &map(&[table("users"), table("parcels"), "[tables.parcels.columns]\nphone = \"phone, of ~\"\n".into()]
                .concat()),
        );
        erase(&desk, "1");
        let left: i64 = desk.one("SELECT count(*) FROM parcels WHERE id = 1");
        assert_eq!(left, i64::from(at >= 3), "{number}");
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM parcels"), 2 + left, "{number}");
        if at < 2 {
            let job = desk.plan([("phone", "(212) 907-3448")]).unwrap();
            assert_eq!(job.totals.all().located, 2, "the account, its parcel");
        }
    }
}

/// What hangs on a house in which somebody else lives is theirs as well, however far below.
#[test]
fn what_hangs_on_a_row_in_common_stays_with_it() {
    for anonymize in [false, true] {
        let mut desk = Desk::new(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, house INTEGER);
             CREATE TABLE houses (id INTEGER PRIMARY KEY, note TEXT);
             CREATE TABLE bills (id INTEGER PRIMARY KEY, hid INTEGER, note TEXT);
             CREATE TABLE lines (id INTEGER PRIMARY KEY, bill INTEGER, note TEXT);
             INSERT INTO houses VALUES (5, 'of A and B'), (6, 'of A');
             INSERT INTO users VALUES (1, 'A', '13800138001', 5), (2, 'B', '13800138002', 5),
                 (3, 'C', '13800138003', 6);
             INSERT INTO bills VALUES (50, 5, 'of A and B'), (60, 6, 'of C');
             INSERT INTO lines VALUES (500, 50, 'of A and B'), (600, 60, 'of C');",
            &map(&[
                table("users"),
                "[tables.users.columns]\nhouse = \"key\"\n".into(),
                table("houses"),
                "[tables.houses.columns]\nid = \"key, of users.house\"\n".into(),
                table("bills"),
                "[tables.bills.columns]\nhid = \"of houses.id\"\n".into(),
                table("lines"),
                "[tables.lines.columns]\nbill = \"of bills.id\"\n".into(),
            ]
            .concat()),
        );
        desk.anonymize = anonymize;
        erase(&desk, "1");
        assert_eq!(rows(&desk, "bills").lines().next(), Some("50|5|of A and B"), "{anonymize}");
        assert_eq!(rows(&desk, "lines").lines().next(), Some("500|50|of A and B"), "{anonymize}");
        if anonymize {
            continue;
        }
        // who lives alone goes with everything, and so does the last of them
        erase(&desk, "3");
        assert_eq!(rows(&desk, "bills"), "50|5|of A and B");
        erase(&desk, "2");
        for left in ["houses", "bills", "lines", "users"] {
            assert_eq!(rows(&desk, left), "", "{left}");
        }
    }
}

/// A pointer that depends on the case of its row is one only there, and nobody's where the map does not know the case.
#[test]
fn a_pointer_of_another_case_is_left_alone() {
    let likes = |rest: &str| {
        let item = format!("item = {{ USER = \"by users.id\", POST = \"by posts.id\"{rest} }}\n");
        let likes = table("likes").replace("purpose", "case = \"kind\"\npurpose");
        [table("posts"), likes + "[tables.likes.columns]\n" + &item]
    };
    let sql = "CREATE TABLE posts (id INTEGER PRIMARY KEY, uid INTEGER, note TEXT);
        CREATE TABLE likes (id INTEGER PRIMARY KEY, uid INTEGER, kind TEXT, item INTEGER);
        INSERT INTO posts VALUES (1, 2, 'of B');
        INSERT INTO likes VALUES (1, 2, 'POST', 1), (2, 2, 'SHOP', 1), (3, 2, 'USER', 1);";
    let known = desk(sql, &likes(", \"*\" = \"fact\""));
    erase(&known, "1");
    assert_eq!(rows(&known, "likes"), "1|2|POST|1\n2|2|SHOP|1\n3|2|USER|Null");
    let unknown = desk(sql, &likes(""));
    require_refused(unknown.plan([("account", "1")]).map(|_| ()), "unknown_case");
    assert_eq!(rows(&unknown, "likes"), "1|2|POST|1\n2|2|SHOP|1\n3|2|USER|1");
}

/// Somebody is in a role only in the case in which the map says so.
#[test]
fn a_role_of_another_case_is_nobodys() {
    let events = table("events").replace("purpose", "case = \"kind\"\npurpose");
    let columns = "[tables.events.columns]\nitem = { USER = \"subject of users.id\", \"*\" = \"fact\" }\n\
        uid = \"actor of users.id\"\n";
    let desk = desk(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, uid INTEGER, kind TEXT, item INTEGER);
         INSERT INTO events VALUES (1, 1, 'SHOP', 2), (2, 2, 'USER', 1), (3, 2, 'SHOP', 1);",
        &[events + columns],
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "events"), "2|2|USER|Null\n3|2|SHOP|1");
    assert_eq!(rows(&desk, "users").lines().count(), 1);
}

/// Cutting a pointer of two columns leaves the half that other ties of the row need.
#[test]
fn a_pointer_of_two_columns_is_cut_in_its_own() {
    let sql = "CREATE TABLE accounts (id INTEGER PRIMARY KEY, tenant INTEGER, no INTEGER, name TEXT, phone TEXT,
            UNIQUE (tenant, no));
        INSERT INTO accounts VALUES (1, 7, 100, 'A', '13800138001'), (2, 7, 200, 'B', '13800138002');
        CREATE TABLE posts (id INTEGER PRIMARY KEY, tenant INTEGER, author_no INTEGER, quotes_no INTEGER QUOTES, note TEXT);
        INSERT INTO posts VALUES (2, 7, 200, 100, 'of B');
        CREATE TABLE letters (id INTEGER PRIMARY KEY, tenant INTEGER, from_no INTEGER, from_name TEXT,
            to_no INTEGER, to_name TEXT);
        INSERT INTO letters VALUES (1, 7, 100, 'A', 200, 'B');";
    let map = map(&[
        "\"*.tenant\" = \"key\"\n\"accounts.no\" = \"key\"\n\"*.phone\" = \"phone, provided, proves\"\n".into(),
        table("accounts"),
        table("posts"),
        "[tables.posts.columns]\nauthor_no = \"of accounts.no within tenant\"\n\
         quotes_no = \"by accounts.no within tenant\"\n"
            .into(),
        table("letters"),
        "[tables.letters.columns]\nfrom_no = \"sender of accounts.no within tenant\"\nfrom_name = \"sender.name\"\n\
         to_no = \"recipient of accounts.no within tenant\"\nto_name = \"recipient.name\"\n"
            .into(),
    ]
    .concat())
    .replace("users.id", "accounts.id");
    for anonymize in [false, true] {
        let mut desk = Desk::new(&sql.replace(" QUOTES", ""), &map);
        desk.anonymize = anonymize;
        erase(&desk, "1");
        assert_eq!(rows(&desk, "letters"), "1|7|Null|Null|200|B", "{anonymize}");
        if !anonymize {
            assert_eq!(rows(&desk, "posts"), "2|7|200|Null|of B");
            erase(&desk, "2");
            assert_eq!((rows(&desk, "posts"), rows(&desk, "accounts")), (String::new(), String::new()));
        }
        // a pointer of which no column can be cut keeps what it points at
        let firm = Desk::new(&sql.replace(" QUOTES", " NOT NULL"), &map);
        erase(&firm, "1");
        assert_eq!(rows(&firm, "posts"), "2|7|200|100|of B");
        assert_eq!(rows(&firm, "accounts").lines().next(), Some("1|7|100|Null|Null"));
    }
}

/// What the map has anonymized keeps its link as long as a row that is kept has to be found through it.
#[test]
fn a_row_through_which_a_kept_one_is_found_keeps_its_link() {
    let payments = "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\", columns = [\"payer\"] }\n\
        [tables.payments.columns]\noid = \"of orders.id\"\npayer = \"name, provided\"\n";
    let desk = desk(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER REFERENCES users (id), note TEXT);
         CREATE TABLE payments (id INTEGER PRIMARY KEY, oid INTEGER NOT NULL REFERENCES orders (id), payer TEXT,
            done TEXT);
         INSERT INTO orders VALUES (1, 1, 'a'), (2, 1, 'b');
         INSERT INTO payments VALUES (11, 1, 'A', '2026-01-01'), (12, 2, 'A', '2020-01-01');",
        &[table("orders") + "erase = \"anonymize\"\n", table("payments") + payments],
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "payments"), "11|1|A|2026-01-01");
    assert_eq!(rows(&desk, "orders"), "1|1|Null\n2|Null|Null");
    assert_eq!(rows(&desk, "users").lines().next(), Some("1|Null|Null"));
    // when the minimum has ended the person is found, and everything goes
    let later = desk.plan_at([("account", "1")], "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let payments = later.map.tables.iter().position(|table| table.name.name == "payments").unwrap();
    assert_eq!(later.totals.tables.get(&payments).map(|sums| sums.located), Some(1));
}

/// A row that a law keeps with something of the person in it keeps the value by which alone they are found in it.
#[test]
fn a_kept_row_keeps_the_value_by_which_it_is_found() {
    let parcels = |keyed: &str| {
        "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\", columns = [KEPT] }\n\
         dated = \"done\"\n[tables.parcels.columns]\ntel = \"phone, of ~, provided\"\n"
            .replace("KEPT", keyed)
    };
    let sql = "CREATE TABLE parcels (id INTEGER PRIMARY KEY, uid INTEGER, tel TEXT, note TEXT, done TEXT);
        INSERT INTO parcels VALUES (1, NULL, '13800138001', 'to A', '2026-02-01'),
            (2, 1, '13800138001', 'to A', '2026-02-01');";
    let kept = desk(sql, &[table("parcels") + &parcels("\"note\"")]);
    let job = erase(&kept, "1");
    // the second is found by its key
    assert_eq!(rows(&kept, "parcels"), "1|Null|13800138001|to A|2026-02-01\n2|1|Null|to A|2026-02-01");
    assert_eq!(job.totals.kept_under("RET"), 2);
    // nothing personal stays: nobody has to be found in it
    let facts = desk(sql, &[table("parcels") + &parcels("\"done\"")]);
    erase(&facts, "1");
    assert_eq!(rows(&facts, "parcels"), "1|Null|Null|Null|2026-02-01\n2|1|Null|Null|2026-02-01");
}

/// What a row that stays points at is found as the engine compares, not as bytes.
#[test]
fn contagion_reaches_whatever_the_engine_calls_equal() {
    let wait = "wait = \"state = 'open'\"\n";
    let folded = Desk::new(
        "CREATE TABLE users (id TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, name TEXT, phone TEXT);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, uid TEXT COLLATE NOCASE, state TEXT);
         INSERT INTO users VALUES ('alice', 'A', '13800138001');
         INSERT INTO orders VALUES (1, 'ALICE', 'open'), (2, 'Alice', 'done');",
        &map(&(table("users") + &table("orders") + wait)),
    );
    erase(&folded, "alice");
    assert_eq!(rows(&folded, "users"), "alice|A|13800138001");
    assert_eq!(rows(&folded, "orders"), "1|ALICE|open");
    let numbers = desk(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid REAL, state TEXT); INSERT INTO orders VALUES (1, 1, 'open');",
        &[table("orders") + wait],
    );
    erase(&numbers, "1");
    assert_eq!(rows(&numbers, "users").lines().next(), Some("1|A|13800138001"));
}

/// What waits or is kept never loses a pointer, whatever its table is called.
#[test]
fn a_row_that_waits_or_is_kept_keeps_its_pointer() {
    let wait = "wait = \"state = 'open'\"\n";
    let keep = "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\" }\n";
    for (name, fate) in ["bookings", "orders"].into_iter().flat_map(|name| [(name, wait), (name, keep)]) {
        let columns = format!("[tables.{name}.columns]\ndevice = \"by devices.id\"\n");
        let desk = desk(
            &format!(
                "CREATE TABLE devices (id INTEGER PRIMARY KEY, uid INTEGER, note TEXT);
                 CREATE TABLE {name} (id INTEGER PRIMARY KEY, uid INTEGER, device INTEGER REFERENCES devices (id),
                    state TEXT, done TEXT);
                 INSERT INTO devices VALUES (1, 1, 'd'), (2, 1, 'e');
                 INSERT INTO {name} VALUES (1, 1, 1, 'open', '2026-01-01');"
            ),
            &[table("devices"), table(name) + fate + &columns],
        );
        erase(&desk, "1");
        assert_eq!(rows(&desk, name), "1|1|1|open|2026-01-01", "{name} {fate}");
        assert_eq!(rows(&desk, "devices"), "1|1|Null", "{name} {fate}");
    }
}

/// … nor where pointers run in a circle, through one table or several: what they lead to stays, the rest goes.
#[test]
fn pointers_in_a_circle_keep_what_is_needed_and_nothing_else() {
    let wait = "wait = \"state = 'open'\"\n";
    let tree = desk(
        "CREATE TABLE tasks (id INTEGER PRIMARY KEY, uid INTEGER, after INTEGER REFERENCES tasks (id), state TEXT,
            note TEXT);
         INSERT INTO tasks VALUES (1, 1, 2, 'open', 'a'), (2, 1, 3, 'done', 'b'), (3, 1, NULL, 'done', 'c'),
            (4, 1, 1, 'done', 'd'), (5, 2, 3, 'done', 'of B');",
        &[table("tasks") + wait + "[tables.tasks.columns]\nafter = \"by tasks.id\"\n"],
    );
    erase(&tree, "1");
    // the second stays for the first; whom it merely pointed at goes, and so does B's pointer
    assert_eq!(rows(&tree, "tasks"), "1|1|2|open|a\n2|1|Null|done|Null\n5|2|Null|done|of B");

    let sql = "CREATE TABLE lists (id INTEGER PRIMARY KEY, uid INTEGER, top INTEGER NULLABLE, note TEXT);
        CREATE TABLE items (id INTEGER PRIMARY KEY, uid INTEGER, list INTEGER, state TEXT, note TEXT);
        INSERT INTO lists VALUES (1, 1, 11, 'a'), (2, 1, 21, 'b'), (3, 1, 12, 'c'), (9, 2, 22, 'of B');
        INSERT INTO items VALUES (11, 1, 2, 'open', 'a'), (12, 1, 2, 'done', 'b'), (21, 1, 1, 'done', 'c'),
            (22, 1, 3, 'done', 'd');";
    let lists = table("lists") + "[tables.lists.columns]\ntop = \"by items.id\"\n";
    let items = table("items") + wait + "[tables.items.columns]\nlist = \"by lists.id\"\n";
    let loose = desk(&sql.replace(" NULLABLE", ""), &[lists.clone(), items.clone()]);
    erase(&loose, "1");
    assert_eq!(rows(&loose, "items"), "11|1|2|open|a");
    assert_eq!(rows(&loose, "lists"), "2|1|Null|Null\n9|2|Null|of B");
    // where the pointer may not be NULL, what it leads to stays as well
    let firm = desk(&sql.replace(" NULLABLE", " NOT NULL"), &[lists, items]);
    erase(&firm, "1");
    assert_eq!(rows(&firm, "items"), "11|1|2|open|a\n21|1|Null|done|Null\n22|1|Null|done|Null");
    assert_eq!(rows(&firm, "lists"), "2|1|21|Null\n9|2|22|of B");
    // also where everything that points is somebody else's, whichever of the tables comes first
    let lists = table("lists") + "[tables.lists.columns]\ntop = \"by items.id\"\n";
    let items = table("items") + "[tables.items.columns]\nlist = \"by lists.id\"\n";
    for pointing in ["lists", "items"] {
        let [top, list] = ["lists", "items"].map(|table| if table == pointing { " NOT NULL DEFAULT 0" } else { "" });
        let others = desk(
            &format!(
                "CREATE TABLE lists (id INTEGER PRIMARY KEY, uid INTEGER, top INTEGER{top}, note TEXT);
                 CREATE TABLE items (id INTEGER PRIMARY KEY, uid INTEGER, list INTEGER{list}, note TEXT);
                 INSERT INTO lists (id, uid, note) VALUES (1, 1, 'a'), (2, 2, 'b');
                 INSERT INTO items (id, uid, note) VALUES (1, 1, 'a'), (2, 2, 'b');
                 UPDATE lists SET top = 1 WHERE id = 2;
                 UPDATE items SET list = 1 WHERE id = 2;"
            ),
            &[lists.clone(), items.clone()],
        );
        erase(&others, "1");
        let (kept, cut) = if pointing == "lists" { ("items", "items") } else { ("lists", "lists") };
        assert_eq!(others.one::<i64>(&format!("SELECT count(*) FROM {kept} WHERE id = 1 AND note IS NULL")), 1);
        assert_eq!(others.one::<i64>(&format!("SELECT count(*) FROM {pointing} WHERE id = 1")), 0);
        let pointer = if cut == "lists" { "top" } else { "list" };
        let gone = format!("SELECT count(*) FROM {cut} WHERE id = 2 AND {pointer} IS NULL");
        assert_eq!(others.one::<i64>(&gone), 1, "{pointing}");
    }
}

/// Rows that point at each other go together, however many and whether or not the pointer may be NULL.
#[test]
fn a_tree_of_ones_own_goes_as_a_whole() {
    let columns = "[tables.comments.columns]\nparent = \"by comments.id\"\n";
    let desk_of = |sql: &str| desk(sql, &[table("comments") + columns]);
    let zero = desk_of(
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, uid INTEGER, parent INTEGER NOT NULL DEFAULT 0, note TEXT);
         INSERT INTO comments VALUES (1, 1, 0, 'a'), (2, 1, 1, 'b'), (3, 1, 2, 'c'), (4, 2, 3, 'of B');",
    );
    erase(&zero, "1");
    // what B answers to stays, and with it everything above that may not lose its pointer
    assert_eq!(rows(&zero, "comments"), "1|1|0|Null\n2|1|1|Null\n3|1|2|Null\n4|2|3|of B");
    zero.sql("DELETE FROM comments WHERE uid = 2");
    erase_again(&zero, "1");
    assert_eq!(rows(&zero, "comments"), "");

    let many = desk_of(
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, uid INTEGER, parent INTEGER REFERENCES comments (id), note TEXT);
         CREATE INDEX by_parent ON comments (parent);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001)
         INSERT INTO comments SELECT i, 1, CASE WHEN i > 1 THEN 5001 - ((i * 7) % 5001) END, 'x' FROM n;",
    );
    erase(&many, "1");
    assert_eq!(rows(&many, "comments"), "");
}

/// A value that looks like what apply draws is the person's all the same.
#[test]
fn what_looks_like_a_random_value_is_written_over() {
    let columns = "erase = \"anonymize\"\n[tables.people.columns]\nlogin = \"username, provided\"\n\
        chat = \"open_id, provided\"\n";
    let desk = Desk::new(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, login TEXT NOT NULL UNIQUE, chat INTEGER NOT NULL UNIQUE);
         INSERT INTO people VALUES (1, 'A', 'Anon-Wang.Xiaoming', -1001234567890), (2, 'B', 'anon-deadbeef', -5);",
        &map(&(table("people") + columns)).replace("users.id", "people.id").replace("\"users.phone\"", "\"*.phone\""),
    );
    for account in ["1", "2"] {
        erase_again(&desk, account);
    }
    assert_eq!(
        desk.one::<i64>("SELECT count(*) FROM people WHERE login IN ('Anon-Wang.Xiaoming', 'anon-deadbeef')"),
        0
    );
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people WHERE chat IN (-1001234567890, -5)"), 0);
    // what was drawn is known again: nothing is left to do
    let before = desk.dump();
    erase_again(&desk, "1");
    assert_eq!(desk.dump(), before);
}

/// Whoever calls themselves so is somebody.
#[test]
fn a_name_that_looks_like_a_random_value_is_somebody() {
    let columns = "[tables.gifts.columns]\ngiver = \"giver of users.id\"\ntaker = \"taker.username, taker of ~\"\n";
    let desk = desk(
        "CREATE TABLE gifts (id INTEGER PRIMARY KEY, giver INTEGER, taker TEXT);
         INSERT INTO gifts VALUES (1, 1, 'Anon-Bob'), (2, 1, 'anon-ymous'), (3, 1, 'anon-0123456789abcdef');",
        &[table("gifts") + columns],
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "gifts"), "1|Null|Anon-Bob\n2|Null|anon-ymous");
}

/// A number that names its row is written over like any other.
#[test]
fn a_personal_key_is_written_over() {
    let desk = Desk::new(
        "CREATE TABLE people (phone TEXT PRIMARY KEY NOT NULL, name TEXT);
         INSERT INTO people VALUES ('13800138001', 'A'), ('13800138002', 'B');",
        &map(&(table("people") + "erase = \"anonymize\"\n"))
            .replace("users.id", "people.phone")
            .replace("users.phone", "people.phone"),
    );
    erase(&desk, "13800138001");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people WHERE phone = '13800138001'"), 0);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people WHERE phone = '13800138002' AND name = 'B'"), 1);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people"), 2);
}

/// Who names a person by a number loses the pointer where it may be NULL; where it may not, the number stays, and the
/// person is not told that it is gone.
#[test]
fn a_value_by_which_others_name_somebody_is_never_left_in_silence() {
    let desk_of = |null: &str| {
        let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT UNIQUE);
            INSERT INTO users VALUES (1, 'A', '13800138001'), (2, 'B', '13800138002');";
        let invites = format!(
            "CREATE TABLE invites (id INTEGER PRIMARY KEY, uid INTEGER, inviter TEXT{null});
             INSERT INTO invites VALUES (1, 2, '13800138001');"
        );
        let columns = "[tables.invites.columns]\ninviter = \"phone, by users.phone\"\n";
        Desk::new(
            &(users.to_owned() + &invites),
            &map(&[table("users"), "erase = \"anonymize\"\n".into(), table("invites"), columns.into()].concat()),
        )
    };
    let loose = desk_of("");
    let job = erase(&loose, "1");
    assert_eq!(rows(&loose, "users").lines().next(), Some("1|Null|Null"));
    assert_eq!(rows(&loose, "invites"), "1|2|Null");
    assert_eq!(job.totals.all().anonymized(), 1);
    let firm = desk_of(" NOT NULL");
    let job = erase(&firm, "1");
    assert_eq!(rows(&firm, "users").lines().next(), Some("1|Null|13800138001"));
    assert_eq!(rows(&firm, "invites"), "1|2|13800138001");
    assert_eq!((job.totals.all().anonymized(), job.totals.kept_under("stay")), (0, 1));
}

/// A role in which somebody is perhaps is told, also where they are in the row without doubt in another.
#[test]
fn a_doubtful_role_is_told_beside_a_certain_one() {
    let columns = "dated = \"at\"\n[tables.parcels.columns]\nat = \"time\"\nsender_id = \"sender of users.id\"\n\
        sender_name = \"sender.name\"\nto_name = \"recipient.name\"\nto_phone = \"recipient.phone, recipient of ~\"\n";
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, bound TEXT);
         INSERT INTO users VALUES (1, 'A', '13800138001', '2025-01-01');
         CREATE TABLE parcels (id INTEGER PRIMARY KEY, sender_id INTEGER, sender_name TEXT, to_name TEXT, to_phone TEXT,
            at TEXT);
         INSERT INTO parcels VALUES (8, 1, 'A', 'A', '13800138001', '2024-06-01');",
        &map(&[
            table("users"),
            "[tables.users.columns]\nphone = \"phone, provided, proves since bound\"\nbound = \"time\"\n".into(),
            table("parcels"),
            columns.into(),
        ]
        .concat())
        .replace("\"users.phone\" = \"phone, provided, proves\"\n", ""),
    );
    let job = erase(&desk, "1");
    assert_eq!(rows(&desk, "parcels"), "8|Null|Null|A|13800138001|2024-06-01");
    assert_eq!(job.totals.kept_under("undecided"), 1);
    assert_eq!(job.totals.all().located, 2, "each row is counted once");
}

/// Where a unique index reads an expression, two people are not written over with the same.
#[test]
fn a_second_person_fits_beside_the_first_in_an_index_over_an_expression() {
    let columns = "erase = \"anonymize\"\n[tables.people.columns]\nmail = \"email, provided\"\n";
    let desk = Desk::new(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT NOT NULL);
         CREATE UNIQUE INDEX one_mail ON people (lower(mail));
         INSERT INTO people VALUES (1, 'A', 'a@x.com'), (2, 'B', 'b@x.com');",
        &map(&(table("people") + columns)).replace("users.id", "people.id").replace("\"users.phone\"", "\"*.phone\""),
    );
    for account in ["1", "2"] {
        erase_again(&desk, account);
    }
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people WHERE mail LIKE '%@%' OR name IS NOT NULL"), 0);
    assert_eq!(desk.one::<i64>("SELECT count(DISTINCT mail) FROM people"), 2);
}
