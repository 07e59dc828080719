//! Through the door: what is typed, what is shown, what is put on record.

use crate::office::Office;

const CASE: &str = "DSR-20261123-0001";

/// An account with a profile, a number and a verified mailbox, all of which nobody else has.
const WHO: &str = "SELECT CAST(min(u.id) AS TEXT) FROM users u JOIN user_profiles p ON p.user_id = u.id
    WHERE p.real_name IS NOT NULL AND u.phone IS NOT NULL AND u.email_verified_at IS NOT NULL AND u.id > 101
      AND u.phone NOT LIKE '%-%' AND length(u.phone) = 11
      AND NOT EXISTS (SELECT 1 FROM waybills w WHERE w.sender_phone = u.phone OR w.recipient_phone = u.phone)
      AND NOT EXISTS (SELECT 1 FROM users o WHERE o.id <> u.id AND (o.phone = u.phone OR o.email = u.email))";

/// An office with a verified request for correction, and whose it is.
fn office(level: &str) -> (Office, String) {
    let mut office = Office::courier();
    let who = one(&office, WHO).unwrap();
    office.file("who.txt", &format!("account={who}\n"));
    office.run("case open correct --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level {level} --by papers --quiet")).done();
    (office, who)
}

/// A column of the person's row in `users`.
fn users(office: &Office, who: &str, column: &str) -> Option<String> {
    one(office, &format!("SELECT CAST({column} AS TEXT) FROM users WHERE id = {who}"))
}

fn one(office: &Office, sql: &str) -> Option<String> {
    let plain = rusqlite::Connection::open(office.path("zkjia.db")).unwrap();
    plain.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_field_is_corrected_after_the_case_number_was_typed() {
    let (mut office, who) = office("L2");
    office
        .file("new.txt", "# the person's letter of 20 November\nusers.nickname = 新的昵称\nusers.personalization=0\n");
    let planned = office.run(&format!("correct {CASE} --values new.txt --evidence statement --plan plan.jsonl")).done();
    assert!(planned.stdout().contains("1 rows are to be corrected"), "{planned}");
    assert!(!planned.stdout().contains("新的昵称") && planned.stdout().contains("新"), "{planned}");
    assert!(!office.read("plan.jsonl").contains("新的昵称"), "a plan shows no value");
    office.run("apply plan.jsonl").refused("needs_confirmation");
    let done = office.run(&format!("apply plan.jsonl --confirm {CASE} --json")).done();
    assert_eq!(
        (done.json()["data"]["state"].as_str(), done.json()["data"]["rows"].as_u64()),
        (Some("corrected"), Some(1))
    );
    assert_eq!(users(&office, &who, "nickname").as_deref(), Some("新的昵称"));
    assert_eq!(users(&office, &who, "personalization").as_deref(), Some("0"));
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("applied_twice");
    let case = office.run(&format!("case show {CASE} --json")).done();
    assert_eq!(case.json()["data"]["proof"], "not_needed");
    assert_eq!(case.json()["data"]["status"], "postcheck", "{case}");
    assert!(case.json()["data"]["completed_at"].is_string(), "the fifteen working days end when it is really done");
    let shown = office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("correction_asked") && shown.stdout().contains("evidence=statement"), "{shown}");
    assert!(!shown.stdout().contains("新的昵称"), "{shown}");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"));
}

#[test]
fn a_person_at_a_terminal_sees_masked_values_and_types_the_case_number() {
    let (mut office, who) = office("L3");
    let asked = office.typing(&format!("users.phone=13912345678\n{CASE}\n"));
    let done = asked.run(&format!("correct {CASE} --evidence id_document")).done();
    assert!(done.stdout().contains("139****5678"), "{done}");
    assert!(!done.stdout().contains("13912345678") && !done.stderr().contains("13912345678"), "{done}");
    assert_eq!(users(&office, &who, "phone").as_deref(), Some("13912345678"));
    // since now, not since the old number was bound
    let since = users(&office, &who, "phone_bound_at").unwrap();
    assert!(since.starts_with("2026-11-23 10:0"), "{since}");
}

#[test]
fn a_mailbox_that_nobody_proved_is_unproven() {
    let (mut office, who) = office("L2");
    for (evidence, proven) in [("statement", false), ("otp_new", true)] {
        let mail = format!("users.email=new.{evidence}@example.org");
        let line = format!("correct {CASE} --values - --evidence {evidence} --confirm {CASE}");
        office.piping(&mail).run(&line).done();
        let since = users(&office, &who, "email_verified_at");
        assert_eq!(since.is_some(), proven, "{evidence}");
    }
}

#[test]
fn what_is_refused_is_refused_with_its_reason_and_nothing_is_recorded() {
    let (mut office, who) = office("L2");
    let before = office.run("audit verify").done().stdout().to_owned();
    for (field, code) in [
        ("users.phone=13912345678", "stronger_identity"),
        ("user_profiles.real_name=司马相如", "stronger_identity"),
        ("users.reg_ip=10.0.0.1", "not_correctable"),
        ("users.id=7", "immutable"),
        ("users.created_at=2020-01-01", "immutable"),
        ("users.shoe_size=42", "unknown_field"),
        ("shoes.size=42", "unknown_field"),
        ("users[101].nickname=x", "no_such_row"),
        ("users.birth_date=2027-01-01", "invalid_value"),
        ("users.personalization=yes", "wrong_type"),
    ] {
        let line = format!("correct {CASE} --values - --evidence document --confirm {CASE}");
        let refused = office.piping(field).run(&line).refused(code);
        let value = field.split_once('=').unwrap().1;
        if value.len() > 3 {
            assert!(!refused.stderr().contains(value) && !refused.stdout().contains(value), "{refused}");
        }
        assert!(refused.stdout().contains(code), "{refused}");
    }
    assert_eq!(office.run("audit verify").done().stdout(), before, "nothing is on record");
    let malformed = office.piping("13912345678").run(&format!("correct {CASE} --values - --evidence document"));
    malformed.misused("not_a_field");
    office.run(&format!("correct {CASE} --evidence document --no-input")).misused("no_fields");
    let twice = format!("users.nickname=a\nusers[{who}].nickname=b\n");
    office.piping(&twice).run(&format!("correct {CASE} --values - --evidence document")).misused("field_twice");
    let twice = r#"{"users.nickname": "a", "users.birth_date": null, "users.nickname": "b"}"#;
    office.piping(twice).run(&format!("correct {CASE} --values - --evidence document")).misused("field_twice");
}

#[test]
fn two_one_time_passwords_do_for_a_number_at_the_lower_level() {
    let (mut office, _) = office("L2");
    let line = format!("correct {CASE} --values - --evidence otp_both --confirm {CASE}");
    office.piping("users.phone=13912345678").run(&line).done();
    office.piping("user_profiles.real_name=司马相如").run(&line).refused("stronger_identity");
}

#[test]
fn an_argument_is_taken_with_a_warning() {
    let (mut office, _) = office("L2");
    let line = format!("correct {CASE} --set users.nickname=abc --evidence statement --confirm {CASE}");
    let done = office.run(&line).done();
    assert!(done.stderr().contains("warning[value_in_history]"), "{done}");
}

#[test]
fn what_must_not_change_is_annotated_when_words_are_given() {
    let (mut office, who) = office("L2");
    office.file("words.txt", "The person says that the address of registration was another one.");
    let line = format!("correct {CASE} --values - --evidence statement --confirm {CASE}");
    office.piping("users.reg_ip=10.0.0.9").run(&line).refused("not_correctable");
    let ip = users(&office, &who, "reg_ip");
    let both = office.piping("users.reg_ip=10.0.0.9\nusers.nickname=neu").run(&format!("{line} --annotate words.txt"));
    both.done();
    assert_eq!(users(&office, &who, "reg_ip"), ip);
    assert_eq!(users(&office, &who, "nickname").as_deref(), Some("neu"));
    let shown = office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("annotated") && shown.stdout().contains("users.reg_ip"), "{shown}");
    assert!(!shown.stdout().contains("10.0.0.9") && !shown.stdout().contains("another one"), "{shown}");
}

#[test]
fn the_fields_that_may_be_corrected_are_listed_masked() {
    let (mut office, who) = office("L2");
    let listed = office.run(&format!("correct {CASE} --list --json")).done();
    let fields = listed.json()["data"].as_array().unwrap().clone();
    let of = |name: &str| fields.iter().find(|field| field["field"] == name).unwrap().clone();
    assert_eq!(of(&format!("users[{who}].nickname"))["state"], "may_be_corrected");
    assert_eq!(of(&format!("users[{who}].phone"))["code"], "stronger_identity");
    let phone = users(&office, &who, "phone").unwrap();
    assert!(!listed.stdout().contains(&phone), "{listed}");
}

#[test]
fn a_plan_whose_values_belong_to_another_case_is_refused() {
    let (mut office, _) = office("L2");
    office.file("other.txt", "account=101\n");
    office.run("case open correct --id-file other.txt --quiet").done();
    office.run("case identify DSR-20261123-0002 --level L2 --by papers --quiet").done();
    let plan = format!("correct {CASE} --values - --evidence statement --plan plan.jsonl");
    office.piping("users.nickname=neu").run(&plan).done();
    office.file("forged.jsonl", &office.read("plan.jsonl").replace(CASE, "DSR-20261123-0002"));
    office.run("apply forged.jsonl --confirm DSR-20261123-0002").fails(3, "edited_plan");
}

#[test]
fn no_file_of_the_workspace_holds_a_corrected_value() {
    let (mut office, _) = office("L3");
    let line = format!("correct {CASE} --values - --evidence id_document --plan plan.jsonl");
    office.piping("users.phone=13987654321\nuser_profiles.real_name=诸葛亮").run(&line).done();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).done();
    for entry in std::fs::read_dir(office.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("zkjia.db")) {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for value in ["13987654321", "诸葛亮"] {
            assert!(!bytes.windows(value.len()).any(|part| part == value.as_bytes()), "{}", path.display());
        }
    }
}

/// Also when droit died before it could put down by what the person is known now.
#[test]
fn whoever_was_corrected_before_it_died_is_known_afterwards() {
    let (made, who) = office("L3");
    made.file("new.txt", "users.phone = 19912340000\n");
    made.file("next.txt", "users.nickname = 又一\n");
    let line = format!("correct {CASE} --values new.txt --evidence statement --confirm {CASE} --quiet");
    let mut died = 0;
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at(&line, n) {
            break;
        }
        died += 1;
        office.run("recover --quiet").done();
        office.run(&format!("correct {CASE} --values next.txt --evidence statement --plan p.jsonl --quiet")).done();
        office.run(&format!("apply p.jsonl --confirm {CASE} --quiet")).done();
        assert_eq!(users(&office, &who, "nickname").as_deref(), Some("又一"), "{n}");
        office.run("audit verify --quiet").done();
    }
    assert!(died > 8, "it died only {died} times");
}

/// Nor where nothing in the row proves who it is but what never changes; the same after a restriction.
#[test]
fn whoever_is_given_a_key_that_nothing_proves_is_somebody_else() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, nick TEXT, state TEXT, since TEXT);
        INSERT INTO users VALUES (1, 'Ann', 'a', 'on', '2020-01-01 08:00:00'), (2, 'Bo', 'b', 'on', '2020-01-02 08:00:00');";
    let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
               restricted = { column = \"users.state\", set = \"frozen\", clear = \"on\" }\n[rules]\n\"*.id\" = \"key\"\n"
        .to_owned()
        + &crate::ties::table("users")
        + "immutable = [\"id\", \"since\"]\n[tables.users.columns]\nname = \"name, provided, correct\"\nnick = \"fact, provided, correct\"\n\
           state = \"fact\"\nsince = \"time\"\n";
    for request in ["correct", "restrict"] {
        let mut office = Office::empty().with_shop(sql, &map);
        assert_eq!(office.verified(request, "account=1"), CASE);
        office.file("new.txt", "users.nick = one\n");
        let correct = format!("correct {CASE} --values new.txt --evidence id_document --confirm {CASE} --quiet");
        let restrict = format!("restrict {CASE} --confirm {CASE} --quiet");
        office.run(if request == "correct" { &correct } else { &restrict }).done();
        let given_away =
            "UPDATE users SET name = 'Zoe', nick = 'min', state = 'frozen', since = '2026-11-22 08:00:00' WHERE id = 1";
        office.shop().execute(given_away, []).unwrap();
        let lift = format!("restrict {CASE} --lift --confirm {CASE} --quiet");
        office.run(if request == "correct" { &correct } else { &lift }).refused("identity_changed");
        office.run(&format!("export {CASE} --no-zip --quiet")).refused("identity_changed");
        let row = office.shop().query_row("SELECT nick || state FROM users WHERE id = 1", [], |row| row.get(0));
        assert_eq!(row, Ok("minfrozen".to_owned()));
    }
}

/// The case of a former holder of the key stays theirs when the next holder is corrected.
#[test]
fn a_case_of_the_former_holder_of_a_key_does_not_become_the_next_ones() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT, nick TEXT, state TEXT, since TEXT);
        INSERT INTO users VALUES (1, '13800138001', 'a', 'on', '2020-01-01 08:00:00'), (2, '13800138002', 'b', 'on', '2020-01-02 08:00:00');";
    for immutable in ["", "immutable = [\"id\", \"since\"]\n"] {
        let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                   restricted = { column = \"users.state\", set = \"frozen\", clear = \"on\" }\n[rules]\n\"*.id\" = \"key\"\n"
            .to_owned()
            + &crate::ties::table("users")
            + immutable
            + "[tables.users.columns]\nphone = \"phone, proves, provided\"\nnick = \"fact, provided, correct\"\n\
               state = \"fact\"\nsince = \"time\"\n";
        let mut office = Office::empty().with_shop(sql, &map);
        assert_eq!(office.verified("restrict", "account=1"), CASE);
        office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).done();
        let given_away =
            "UPDATE users SET phone = '13700137000', nick = 'z', since = '2026-11-22 08:00:00' WHERE id = 1";
        office.shop().execute(given_away, []).unwrap();
        let next = "DSR-20261123-0002";
        office.run("case open correct --id-file who.txt --quiet").done();
        office.run(&format!("case identify {next} --level L3 --by papers --age adult --quiet")).done();
        office.file("new.txt", "users.nick = new\n");
        office.run(&format!("correct {next} --values new.txt --evidence id_document --confirm {next} --quiet")).done();
        office.run(&format!("restrict {CASE} --lift --confirm {CASE} --quiet")).refused("identity_changed");
        office.run(&format!("export {CASE} --no-zip --quiet")).refused("identity_changed");
        let state: String =
            office.shop().query_row("SELECT state FROM users WHERE id = 1", [], |row| row.get(0)).unwrap();
        assert_eq!(state, "frozen");
    }
}

/// A correction that changes nothing by which the person is known leaves nothing to be put down later: whoever has the
/// key by then is somebody else.
#[test]
fn whoever_is_given_the_key_after_a_correction_is_somebody_else() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT, nick TEXT, since TEXT);
        INSERT INTO users VALUES (1, '13800138001', 'a', '2020-01-01 08:00:00'), (2, '13800138002', 'b', '2020-01-02 08:00:00');";
    for immutable in ["", "immutable = [\"id\", \"since\"]\n"] {
        let map =
            "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                   [rules]\n\"*.id\" = \"key\"\n"
                .to_owned()
                + &crate::ties::table("users")
                + immutable
                + "[tables.users.columns]\nphone = \"phone, proves, provided\"\nnick = \"fact, provided, correct\"\nsince = \"time\"\n";
        let mut office = Office::empty().with_shop(sql, &map);
        assert_eq!(office.verified("correct", "phone=13800138001"), CASE);
        let correct = |office: &mut Office, nick: &str| {
            office.file("new.txt", &format!("users.nick = {nick}\n"));
            office.run(&format!("correct {CASE} --values new.txt --evidence id_document --confirm {CASE} --quiet"))
        };
        correct(&mut office, "one").done();
        correct(&mut office, "two").done();
        let given_away =
            "UPDATE users SET phone = '13700137000', nick = 'min', since = '2026-11-22 08:00:00' WHERE id = 1";
        office.shop().execute(given_away, []).unwrap();
        correct(&mut office, "three").refused("identity_changed");
        let nick: String =
            office.shop().query_row("SELECT nick FROM users WHERE id = 1", [], |row| row.get(0)).unwrap();
        assert_eq!(nick, "min");
    }
}

/// A list of addresses is tied by the address alone: what stands under the former one is told, and found by it.
#[test]
fn rows_that_bear_the_former_value_alone_are_told() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, mail TEXT);
        CREATE TABLE lists (id INTEGER PRIMARY KEY, mail TEXT);
        INSERT INTO users VALUES (1, 'Ann', 'ann@old.example'), (2, 'Bo', 'bo@old.example');
        INSERT INTO orders VALUES (5, 1, 'ann@old.example'), (6, 2, 'bo@old.example');
        INSERT INTO lists VALUES (7, 'ann@old.example'), (8, 'ann@old.example'), (9, 'bo@old.example');";
    let table = |name: &str, columns: &str| crate::ties::table(name) + &format!("[tables.{name}.columns]\n{columns}");
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users", "name = \"name, provided\"\nmail = \"email, proves, provided, correct\"\n"),
        &table("orders", "user_id = \"of users.id\"\nmail = \"email, of ~, provided\"\n"),
        &table("lists", "mail = \"email, of ~, provided\"\n"),
    ];
    let mut office = Office::empty().with_shop(sql, &map.concat());
    assert_eq!(office.verified("correct", "account=1"), CASE);
    office.file("new.txt", "users.mail = ann@new.example\n");
    let done =
        office.run(&format!("correct {CASE} --values new.txt --evidence statement --confirm {CASE} --json")).done();
    let warnings = done.json()["warnings"].to_string();
    assert!(
        warnings.contains("former_value") && warnings.contains("lists 2") && !warnings.contains("orders"),
        "{warnings}"
    );
    assert!(!warnings.contains("old.example"), "{warnings}");
    office.piping("account=1\nemail=ann@old.example\n");
    let found = office.run("find --id-file - --json").done().json();
    let lists = found["data"]["tables"].as_array().unwrap().iter().find(|held| held["table"] == "lists").unwrap();
    assert_eq!(lists["rows"], 2);
}
