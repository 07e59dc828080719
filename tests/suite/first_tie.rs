//! Rows that name two people, or name somebody in some cases only: what is done to one of them is never done because of
//! the tie that happens to stand first.

use droit::data_map::finding::{Code, Finding};

use crate::{desk::Desk, office::Office};

const HEAD: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
"#;

/// A table's section, in which its columns follow.
fn table(name: &str, more: &str) -> String {
    format!("[tables.{name}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n{more}[tables.{name}.columns]\n")
}

/// An office that knows `users` by their id; `person` says more of them.
fn office(sql: &str, person: &str, rest: &str) -> Office {
    Office::empty().with_shop(sql, &map(person, rest))
}

fn map(person: &str, rest: &str) -> String {
    format!(
        "{HEAD}[person.account]\nis = \"users.id\"\n{person}[rules]\n\"*.id\" = \"key\"\n\"*.*_at\" = \"time\"\n{rest}"
    )
}

/// A verified case of account 1.
fn case(office: &mut Office, right: &str) {
    assert_eq!(office.verified(right, "account=1"), CASE);
}

const CASE: &str = "DSR-20261123-0001";

/// One line of text, as SQL makes it of the rows.
fn told(office: &Office, sql: &str) -> String {
    let db = office.shop();
    db.query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
}

/// The keys that are left in a table.
fn left(office: &Office, table: &str) -> String {
    told(office, &format!("SELECT group_concat(id, ' ') FROM (SELECT id FROM {table} ORDER BY id)"))
}

fn findings(sql: &str, map: &str) -> Vec<Finding> {
    let desk = Desk::new(sql, map);
    desk.try_map().err().unwrap_or_default().into_iter().filter(|finding| finding.code == Code::TieUnclear).collect()
}

fn minors(office: &mut Office) -> String {
    office.run("purge minors --confirm --beyond-breaker test --quiet").carried_out();
    left(office, "users")
}

const MINORS: &str = r#"[minors]
consent = "gc"
valid = "status = 'granted'"
minor = "minor"
given = "given_at"
collected = "users.joined_at"
"#;

/// The consent stands in a row of two accounts; the first tie is that of the parent's. Child 1 has it, child 3 does not.
#[test]
fn a_consent_is_that_of_the_child_and_not_of_the_account_that_stands_first() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, birth TEXT, joined_at TEXT);
        CREATE TABLE gc (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), minor_id INTEGER REFERENCES users(id),
            status TEXT, given_at TEXT);
        INSERT INTO users VALUES (1, 'child', '2020-01-01', '2024-06-01'), (2, 'parent', '1985-01-01', '2020-01-01'),
            (3, 'other child', '2020-01-01', '2024-06-01');
        INSERT INTO gc VALUES (1, 2, 1, 'granted', '2024-01-01'), (2, 3, 1, 'granted', '2024-01-01');";
    let users = table("users", "") + "name = \"name\"\nbirth = \"birth_date\"\n";
    for first in ["of users.id", "guardian of users.id", "by users.id"] {
        let consents =
            table("gc", "") + &format!("user_id = \"{first}\"\nminor_id = \"minor of users.id\"\nstatus = \"fact\"\n");
        let mut office = office(sql, "born = \"users.birth\"\n", &format!("{users}{consents}{MINORS}"));
        assert_eq!(minors(&mut office), "1 2", "{first}");
    }
}

/// The birth date stands in a table of users and pets, whose numbers overlap; so do identity papers.
#[test]
fn nobody_is_as_young_as_a_pet_of_the_same_number() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, joined_at TEXT);
        CREATE TABLE pets (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));
        CREATE TABLE profiles (id INTEGER PRIMARY KEY, kind TEXT, owner INTEGER, birth TEXT, number TEXT);
        CREATE TABLE gc (id INTEGER PRIMARY KEY, minor_id INTEGER REFERENCES users(id), status TEXT, given_at TEXT);
        INSERT INTO users VALUES (1, 'A', '2024-01-01'), (2, 'B', '2024-01-01'), (3, 'C', '2024-01-01'), (4, 'D', '2024-01-01'),
            (5, 'E', '2024-01-01');
        INSERT INTO pets VALUES (1, 2), (2, 2), (3, 1), (4, 1);
        -- 1: an adult, and a young pet; 2: nothing but a young pet; 3: a child with an old pet; 4: a pet's odd case;
        -- 5: known by papers alone, and a child
        INSERT INTO profiles VALUES (1, 'PET', 1, '2020-06-01', '110101202006150011'), (2, 'USER', 1, '1985-01-01', NULL),
            (3, 'PET', 2, '2020-06-01', '110101202006150011'), (4, 'USER', 3, '2020-06-01', NULL), (5, 'PET', 3, '1990-01-01', NULL),
            (6, 'pet', 4, '2020-06-01', '110101202006150011'), (7, 'USER', 5, NULL, '110101202006150011');";
    for rest in ["", ", \"*\" = \"fact\""] {
        let tie = format!("owner = {{ USER = \"of users.id\", PET = \"of pets.id\"{rest} }}\n");
        let rest = table("users", "")
            + "name = \"name\"\n"
            + &table("pets", "")
            + "user_id = \"of users.id\"\n"
            + &table("profiles", "case = \"kind\"\n")
            + &tie
            + "kind = \"fact\"\nbirth = \"birth_date\"\nnumber = \"resident_id\"\n"
            + &table("gc", "")
            + "minor_id = \"minor of users.id\"\nstatus = \"fact\"\n"
            + MINORS;
        let mut office = office(sql, "born = \"profiles.birth\"\n", &rest);
        assert_eq!(minors(&mut office), "1 2 4", "{tie}");
    }
    // under the rest of cases, too
    let swapped = sql.replace("'USER'", "'U1'").replace("'pet'", "' PET'");
    let tie = "owner = { PET = \"of pets.id\", \"*\" = \"of users.id\" }\n";
    let rest = table("users", "")
        + "name = \"name\"\n"
        + &table("pets", "")
        + "user_id = \"of users.id\"\n"
        + &table("profiles", "case = \"kind\"\n")
        + tie
        + "kind = \"fact\"\nbirth = \"birth_date\"\nnumber = \"fact\"\n"
        + &table("gc", "")
        + "minor_id = \"minor of users.id\"\nstatus = \"fact\"\n"
        + MINORS;
    let mut office = office(&swapped, "born = \"profiles.birth\"\n", &rest);
    assert_eq!(minors(&mut office), "1 2 4 5", "papers are no papers here");
}

/// The flag stands in a row that a colleague granted; it is theirs whom it is about, in rows about people.
#[test]
fn a_flag_is_that_of_whom_it_is_about() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE flags (id INTEGER PRIMARY KEY, granted_by INTEGER REFERENCES users(id), user_id INTEGER, kind TEXT, state TEXT);
        INSERT INTO users VALUES (1, 'A'), (2, 'B');
        INSERT INTO flags VALUES (1, NULL, 1, 'USER', 'active'), (2, 1, 2, 'USER', 'active'), (3, 2, 1, 'SHOP', 'active');";
    let flag = "restricted = { column = \"flags.state\", set = \"restricted\", clear = \"active\" }\n";
    let rest = |first: &str, column: &str| {
        table("users", "")
            + "name = \"name\"\n"
            + &table("flags", "case = \"kind\"\n")
            + &format!(
                "granted_by = \"{first}\"\nuser_id = {{ USER = \"of users.id\", \"*\" = \"fact\" }}\nkind = \"fact\"\nstate = \"{column}\"\n"
            )
    };
    for first in ["by users.id", "granter of users.id"] {
        let mut office = office(sql, flag, &rest(first, "fact"));
        case(&mut office, "restrict");
        office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).carried_out();
        let states = "SELECT group_concat(id || state, ' ') FROM (SELECT * FROM flags ORDER BY id)";
        assert_eq!(told(&office, states), "1restricted 2active 3active", "{first}");
    }
    // of two that could be meant none is
    let twice = map(flag, &rest("of users.id", "fact"));
    let found = findings(sql, &twice);
    let line = twice.lines().position(|line| line.starts_with("restricted")).unwrap() + 1;
    assert!(matches!(&found[..], [one] if one.line == Some(line) && one.message.contains("granted_by")), "{found:?}");
    // a case that only reads like one of a person is nobody's
    let odd = format!("{sql} INSERT INTO flags VALUES (4, NULL, 1, 'user', 'active');");
    let mut office = office(&odd, flag, &rest("by users.id", "fact"));
    case(&mut office, "restrict");
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).refused("unknown_case");
}

/// A copy follows in rows that are the person's in the copy's own role.
#[test]
fn a_copy_follows_only_in_the_role_that_it_has() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, rep_id INTEGER REFERENCES users(id), user_id INTEGER REFERENCES users(id),
            kind TEXT, phone TEXT, rep_phone TEXT);
        INSERT INTO users VALUES (1, 'A', '13800138000'), (2, 'B', '13900139000');
        INSERT INTO orders VALUES (1, NULL, 1, 'USER', '13800138000', NULL), (2, 1, 2, 'USER', '13900139000', '13800138000'),
            (3, 1, 1, 'USER', '13800138000', '13800138000'), (4, 2, 1, 'SHOP', '13700137000', '13900139000');";
    let rest = |first: &str, rep: &str| {
        table("users", "")
            + "name = \"name\"\nphone = \"phone, correct\"\n"
            + &table("orders", "case = \"kind\"\n")
            + &format!(
                "rep_id = \"{first}\"\nuser_id = {{ USER = \"of users.id\", \"*\" = \"fact\" }}\nkind = \"fact\"\n"
            )
            + &format!("phone = \"phone, copy follows users.phone\"\nrep_phone = \"{rep}\"\n")
    };
    let phones = "SELECT group_concat(id || ':' || substr(phone, 3, 1) || coalesce(substr(rep_phone, 3, 1), '-'), ' ')
        FROM (SELECT * FROM orders ORDER BY id)";
    for (first, rep, expected) in [
        ("by users.id", "phone, copy history users.phone", "1:6- 2:98 3:68 4:79"),
        ("rep of users.id", "rep.phone, copy follows users.phone", "1:6- 2:96 3:66 4:79"),
    ] {
        let mut office = office(sql, "", &rest(first, rep));
        case(&mut office, "correct");
        office.file("values.txt", "users.phone=13600136000\n");
        office
            .run(&format!("correct {CASE} --values values.txt --evidence otp_both --confirm {CASE} --quiet"))
            .carried_out();
        assert_eq!(told(&office, phones), expected, "{first}");
    }
    let twice = map("", &rest("of users.id", "fact"));
    let found = findings(sql, &twice);
    let line = twice.lines().position(|line| line.starts_with("phone = \"phone, copy")).unwrap() + 1;
    assert!(matches!(&found[..], [one] if one.line == Some(line) && one.place == "orders.phone"), "{found:?}");
}

/// A period that counts from when a user left says nothing of the notes of shops, or by whose hand an order went.
#[test]
fn a_period_counts_from_the_row_that_the_case_names() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, left_at TEXT);
        CREATE TABLE shops (id INTEGER PRIMARY KEY, user_id INTEGER);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, item_id INTEGER, rep_id INTEGER, txt TEXT);
        INSERT INTO users VALUES (1, 'A', NULL), (2, 'B', '2010-01-01');
        INSERT INTO shops VALUES (1, 2), (2, 1);
        INSERT INTO notes VALUES (1, 'USER', 1, 2, 'x'), (2, 'SHOP', 1, 2, 'x'), (3, 'USER', 2, 1, 'x'), (4, 'SHOP', 2, 2, 'x'),
            (5, 'shop', 2, 2, 'x');";
    let limit = "case = \"kind\"\nlimit = { for = \"3 years\", after = \"users.left_at\", then = \"delete\", because = \"x\" }\n";
    let rest = |item: &str, rep: &str| {
        table("users", "erase = \"anonymize\"\n")
            + "name = \"name\"\n"
            + &table("shops", "")
            + "user_id = \"of users.id\"\n"
            + &table("notes", limit)
            + &format!("kind = \"fact\"\nrep_id = \"{rep}\"\nitem_id = {item}\ntxt = \"free_text\"\n")
    };
    for item in [
        "{ USER = \"of users.id\", SHOP = \"of shops.id\" }",
        "{ SHOP = \"of shops.id\", \"*\" = \"of users.id\" }",
        "{ USER = \"client of users.id\", SHOP = \"of shops.id\" }",
    ] {
        let mut office = office(sql, "", &rest(item, "by users.id"));
        office.run("purge retention --confirm --beyond-breaker x --quiet").carried_out();
        assert_eq!(left(&office, "notes"), "1 2 4 5", "{item}");
    }
    let twice = map("", &rest("{ USER = \"of users.id\", SHOP = \"of shops.id\" }", "of users.id"));
    let found = findings(sql, &twice);
    assert!(matches!(&found[..], [one] if one.line.is_some() && one.message.contains("users.left_at")), "{found:?}");
}

/// What is under way with an order holds back its notes, and not those of a ticket that has its number; what hangs on
/// such a note goes with it. A minimum of orders binds no ticket's note either.
#[test]
fn a_row_waits_and_is_kept_for_the_row_that_its_case_names() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, done_at TEXT, state TEXT);
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, user_id INTEGER);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, item_id INTEGER, txt TEXT);
        CREATE TABLE pages (id INTEGER PRIMARY KEY, note_id INTEGER, txt TEXT);
        INSERT INTO users VALUES (1, 'A'), (2, 'B');
        INSERT INTO orders VALUES (7, 1, '2010-01-01', 'done'), (8, 2, '2026-10-01', 'open'), (9, 2, '2026-10-01', 'done');
        INSERT INTO tickets VALUES (7, 2), (8, 1), (9, 1), (10, 1);
        -- beside ticket 8 an order is open, beside 9 one is kept, beside 10 there is none
        INSERT INTO notes VALUES (1, 'ORDER', 7, 'x'), (2, 'TICKET', 7, 'x'), (3, 'TICKET', 8, 'x'), (4, 'ORDER', 8, 'x'),
            (5, 'TICKET', 9, 'x'), (6, 'TICKET', 10, 'x');
        INSERT INTO pages VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x'), (4, 4, 'x'), (5, 5, 'x'), (6, 6, 'x');";
    let fates = "wait = \"state = 'open'\"\nkeep = [{ for = \"3 years\", after = \"done_at\", law = \"l\", because = \"b\" }]\n";
    let rest = table("users", "")
        + "name = \"name\"\n"
        + &table("orders", fates)
        + "user_id = \"of users.id\"\nstate = \"fact\"\n"
        + &table("tickets", "")
        + "user_id = \"of users.id\"\n"
        + &table("notes", "case = \"kind\"\n")
        + "kind = \"fact\"\nitem_id = { ORDER = \"of orders.id\", TICKET = \"of tickets.id\" }\ntxt = \"free_text\"\n"
        + &table("pages", "")
        + "note_id = \"of notes.id\"\ntxt = \"free_text\"\n";
    let mut first = office(sql, "", &rest);
    case(&mut first, "delete");
    first.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    assert_eq!((left(&first, "notes"), left(&first, "pages")), ("2 4".to_owned(), "2 4".to_owned()));
    assert_eq!(
        (left(&first, "orders"), left(&first, "tickets"), left(&first, "users")),
        ("8 9".into(), "7".into(), "2".into())
    );
    // and the notes of an open order do wait, with what hangs on them
    let mut second = office(&sql.replace("(8, 2, '2026-10-01', 'open')", "(8, 1, NULL, 'open')"), "", &rest);
    case(&mut second, "delete");
    second.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    assert_eq!((left(&second, "notes"), left(&second, "pages")), ("2 4".to_owned(), "2 4".to_owned()));
    assert_eq!(told(&second, "SELECT txt FROM notes WHERE id = 4"), "x");
    assert_eq!(left(&second, "orders"), "8 9");
}

const LETTERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE subs (id INTEGER PRIMARY KEY, kind TEXT, user_id INTEGER, referrer_id INTEGER, channel TEXT, stopped_at TEXT);
    CREATE TABLE consents (id INTEGER PRIMARY KEY, user_id INTEGER, witness_id INTEGER, scope TEXT, withdrawn_at TEXT);
    CREATE TABLE prefs (id INTEGER PRIMARY KEY, user_id INTEGER, v TEXT);
    CREATE TABLE given (id INTEGER PRIMARY KEY, user_id INTEGER, asked_id INTEGER, recipient TEXT);
    INSERT INTO users VALUES (1, 'A'), (2, 'B');
    -- 1 is the referrer or the witness of 2 in the first row, and gets or agreed themself in the second and third
    INSERT INTO subs VALUES (1, 'USER', 2, 1, 'email', NULL), (2, 'USER', 1, NULL, 'email', NULL), (3, 'USER', 1, 1, 'email', NULL),
        (4, 'SHOP', 1, 2, 'email', NULL);
    INSERT INTO consents VALUES (1, 2, 1, 'marketing', NULL), (2, 1, NULL, 'marketing', NULL), (3, 1, 1, 'marketing', NULL);
    INSERT INTO prefs VALUES (1, 1, 'x'), (2, 2, 'x');
    INSERT INTO given VALUES (1, 2, 1, 'Police'), (2, 1, 2, 'Bank');";

/// The map of it; each section with what it says of the role, `user` how the person's own tie is written.
fn letters(subs: &str, consents: &str, given: &str, user: &str) -> String {
    let marketing = "[tables.prefs]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"consent\"\nscope = \"marketing\"\n[tables.prefs.columns]\n";
    format!(
        "[subscriptions.s]\nis = \"subs\"\n{subs}channel = \"channel\"\nstopped = \"stopped_at\"\n[consents.c]\nis = \"consents\"\n{consents}\
         scope = \"scope\"\nwithdrawn = \"withdrawn_at\"\n[disclosures]\nis = \"given\"\n{given}recipient = \"recipient\"\n"
    ) + &table("users", "")
        + "name = \"name\"\n"
        + &table("subs", "case = \"kind\"\n")
        + &format!(
            "kind = \"fact\"\nuser_id = {{ USER = \"{user} users.id\", \"*\" = \"fact\" }}\nreferrer_id = \"referrer of users.id\"\nchannel = \"fact\"\n"
        )
        + &table("consents", "")
        + &format!("user_id = \"{user} users.id\"\nwitness_id = \"witness of users.id\"\nscope = \"fact\"\n")
        + marketing
        + "user_id = \"of users.id\"\nv = \"nickname\"\n"
        + &table("given", "")
        + &format!("user_id = \"{user} users.id\"\nasked_id = \"asker of users.id\"\nrecipient = \"fact\"\n")
}

/// Whoever recommended a subscription or witnessed a consent ends their own and nobody else's, and is told of their own.
#[test]
fn a_subscription_and_a_consent_are_ended_by_whose_they_are() {
    for (user, own) in [("subject of", "subject"), ("of", "itself")] {
        let role = format!("role = \"{own}\"\n");
        let mut office = office(LETTERS, "", &letters(&role, &role, &role, user));
        case(&mut office, "opt_out");
        office.run(&format!("unsubscribe {CASE} --confirm {CASE} --quiet")).carried_out();
        assert_eq!(
            told(&office, "SELECT group_concat(id, ' ') FROM subs WHERE stopped_at IS NOT NULL"),
            "2 3",
            "{user}"
        );
        office.run("case open withdraw_consent --id-file who.txt --quiet").done();
        office.run("case identify DSR-20261123-0002 --level L3 --by seen --quiet").done();
        office.run("revoke DSR-20261123-0002 --scope marketing --confirm DSR-20261123-0002 --quiet").carried_out();
        assert_eq!(
            told(&office, "SELECT group_concat(id, ' ') FROM consents WHERE withdrawn_at IS NOT NULL"),
            "2 3",
            "{user}"
        );
        assert_eq!(left(&office, "prefs"), "2", "{user}");
        office.run("case open access --id-file who.txt --quiet").done();
        office.run("case identify DSR-20261123-0003 --level L3 --by seen --quiet").done();
        office.run("export DSR-20261123-0003 --no-zip --quiet").carried_out();
        let data: serde_json::Value =
            serde_json::from_str(&office.read("packages/DSR-20261123-0003/data.json")).unwrap();
        let (consents, given) = (data["consents"].as_array().unwrap(), data["disclosures"].as_array().unwrap());
        assert_eq!(consents.len(), 2, "{consents:?}");
        assert!(matches!(&given[..], [one] if one["recipient"] == "Bank"), "{given:?}");
    }
}

/// Where the map does not say whose role counts, it is refused with the line of the section.
#[test]
fn several_roles_of_which_none_is_named_are_refused() {
    let role = "role = \"subject\"\n";
    for (at, section) in ["[subscriptions.s]", "[consents.c]", "[disclosures]"].into_iter().enumerate() {
        let said = |one: usize| if one == at { "" } else { role };
        let map = map("", &letters(said(0), said(1), said(2), "subject of"));
        let found = findings(LETTERS, &map);
        let line = map.lines().position(|line| line == section).unwrap() + 1;
        assert!(matches!(&found[..], [one] if one.line == Some(line) && one.place == section), "{section}: {found:?}");
    }
    let map = map("", &letters("role = \"subjekt\"\n", role, role, "subject of"));
    let found = Desk::new(LETTERS, &map).try_map().unwrap_err();
    let misspelt = found.iter().find(|finding| finding.code == Code::MissingPlace).unwrap();
    assert!(misspelt.hint.as_ref().is_some_and(|hint| hint.contains("subject")), "{misspelt:?}");
}

/// Of the consents that a guardian gave for a child the child is told, and not the guardian.
#[test]
fn a_guardian_is_not_told_a_consent_for_the_child_as_their_own() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, birth TEXT, joined_at TEXT);
        CREATE TABLE gc (id INTEGER PRIMARY KEY, user_id INTEGER, minor_id INTEGER, status TEXT, given_at TEXT);
        INSERT INTO users VALUES (1, 'parent', '1985-01-01', '2020-01-01'), (2, 'child', '2020-01-01', '2024-06-01');
        INSERT INTO gc VALUES (1, 1, 2, 'granted', '2024-01-01');";
    let users = table("users", "") + "name = \"name\"\nbirth = \"birth_date\"\n";
    for first in ["of users.id", "guardian of users.id"] {
        let consents =
            table("gc", "") + &format!("user_id = \"{first}\"\nminor_id = \"minor of users.id\"\nstatus = \"fact\"\n");
        let mut office = office(sql, "born = \"users.birth\"\n", &format!("{users}{consents}{MINORS}"));
        for (number, (who, expected)) in [("1", 0), ("2", 1)].into_iter().enumerate() {
            let case = format!("DSR-20261123-000{}", number + 1);
            office.file("who.txt", &format!("account={who}\n"));
            office.run("case open access --id-file who.txt --quiet").done();
            office.run(&format!("case identify {case} --level L3 --by seen --quiet")).done();
            office.run(&format!("export {case} --no-zip --quiet")).carried_out();
            let data: serde_json::Value =
                serde_json::from_str(&office.read(&format!("packages/{case}/data.json"))).unwrap();
            assert_eq!(data["consents"].as_array().unwrap().len(), expected, "{who} {first}");
        }
    }
}

/// Two numbers of a transfer are two people's, two of a contact one person's: the map has to say.
#[test]
fn two_values_of_one_kind_are_told_apart_by_their_roles() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);
        CREATE TABLE calls (id INTEGER PRIMARY KEY, one TEXT, other TEXT, mail TEXT, kind TEXT, note TEXT);
        INSERT INTO users VALUES (1, '13800138001'), (2, '13800138002');
        INSERT INTO calls VALUES (1, '13800138001', '13800138002', NULL, 'A', 'both'),
            (2, '13800138001', '13800138001', NULL, 'A', 'of 1'), (3, '13800138002', NULL, NULL, 'A', 'of 2');";
    let users = table("users", "") + "phone = \"phone, proves\"\n";
    let calls = |more: &str, one: &str, other: &str| {
        let rest = "kind = \"fact\"\nnote = \"free_text\"\n";
        let calls =
            table("calls", more) + &format!("one = \"{one}\"\nother = \"{other}\"\nmail = \"email, of ~\"\n{rest}");
        map("", &format!("{users}{calls}"))
    };
    let unclear = calls("", "phone, of ~", "phone, of ~");
    let found = findings(sql, &unclear);
    assert!(matches!(&found[..], [one] if one.place == "calls.other"), "{found:?}");
    let by_case = |kind: &str| format!("{{ {kind} = \"phone, of ~\" }}");
    let apart =
        calls("case = \"kind\"\n", "§A", "§B").replace("\"§A\"", &by_case("A")).replace("\"§B\"", &by_case("B"));
    assert_eq!(findings(sql, &apart), []);
    for (one, other, left) in [("caller", "called", "1 3"), ("owner", "owner", "3")] {
        let map = calls("", &format!("{one}.phone, {one} of ~"), &format!("{other}.phone, {other} of ~"));
        let mut office = Office::empty().with_shop(sql, &map);
        let case = case_of(&mut office);
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        assert_eq!(self::left(&office, "calls"), left, "{one}");
        assert_eq!(
            told(&office, "SELECT group_concat(coalesce(other, '')) FROM calls WHERE id = 1"),
            if one == "owner" { "" } else { "13800138002" }
        );
    }
}

fn case_of(office: &mut Office) -> &'static str {
    case(office, "delete");
    CASE
}
