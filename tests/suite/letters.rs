//! Letters: written from templates, recorded by digest, silent on what is secret, and never half written.

use std::fs;

use sha2::{Digest, Sha256};

use super::office::Office;

const CASE: &str = "DSR-20261123-0001";

fn sha(text: &str) -> String {
    droit::value::hex(&Sha256::digest(text))
}

/// The one letter of that beginning in `answers/`.
fn letter(office: &Office, name: &str) -> String {
    fs::read_to_string(office.path("answers").join(name)).unwrap()
}

fn letters(office: &Office) -> usize {
    fs::read_dir(office.path("answers")).map_or(0, Iterator::count)
}

/// The sample company's office with a verified request of person 100.
fn asked(right: &str) -> Office {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run(&format!("case open {right} --id-file ids.txt --quiet")).done();
    office
}

fn identified(right: &str) -> Office {
    let mut office = asked(right);
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office
}

#[test]
fn a_receipt_is_written_for_its_owner_alone_and_recorded_by_its_digest() {
    let mut office = asked("delete");
    let said = office.run(&format!("case answer {CASE} --letter receipt")).done();
    assert!(said.stdout().contains("letter recorded as sent"), "{said}");
    let text = letter(&office, &format!("{CASE}-receipt-1.html"));
    assert!(text.contains("<html lang=\"zh-CN\">") && text.contains("已收到您的请求") && text.contains(CASE));
    let shown = office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("acknowledged") && shown.stdout().contains(&sha(&text)), "{shown}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(office.path("answers").join(format!("{CASE}-receipt-1.html"))), 0o600);
        assert_eq!(mode(office.path("answers")), 0o700);
    }
    office.run(&format!("case answer {CASE} --letter receipt --letter-lang en --plain --quiet")).done();
    assert!(letter(&office, &format!("{CASE}-receipt-1.txt")).contains("Your request has arrived"));
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_neither_a_letter_nor_a_piece_of_one() {
    let office = asked("delete");
    let program = env!("CARGO_BIN_EXE_droit");
    // no file may be longer than 512 bytes, and writing on is an error, as on a full disk
    let script = format!("trap '' XFSZ; ulimit -f 1; exec {program} case answer {CASE} --letter receipt --draft");
    let mut command = std::process::Command::new("sh");
    command.env_clear().env("USER", "officer").env("XDG_STATE_HOME", office.path("state"));
    command.current_dir(office.path("."));
    let out = command.args(["-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(1) && said.contains("cannot_write"), "{said}");
    assert_eq!(letters(&office), 0);
}

#[test]
fn asking_who_somebody_is_puts_the_question_on_record() {
    let mut office = asked("access");
    office.run(&format!("case answer {CASE} --letter identity --letter-lang en --quiet")).done();
    let shown = office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("id_requested") && shown.stdout().contains("letter_sent"), "{shown}");
    office.run(&format!("case answer {CASE} --letter interim --letter-lang en --quiet")).done();
    let text = letter(&office, &format!("{CASE}-interim-1.html"));
    assert!(text.contains("people&#39;s court"), "an interim reply tells the remedies");
    let shown = office.run(&format!("case show {CASE} --json")).done();
    assert!(shown.stdout().contains(r#""decision":"UNVERIFIED","interim":true"#), "{shown}");
}

#[test]
fn a_draft_is_no_answer() {
    let mut office = identified("explain");
    office.run(&format!("case answer {CASE} --letter answer --decision FULFILLED --draft")).done();
    assert_eq!(letters(&office), 1);
    let shown = office.run(&format!("case show {CASE} --json")).done();
    assert!(shown.stdout().contains(r#""replies":[]"#), "{shown}");
}

#[test]
fn an_answer_tells_what_was_removed_and_what_is_kept_by_which_law_until_when() {
    let mut office = identified("delete");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
    office
        .run(&format!("case answer {CASE} --letter answer --decision PARTIAL --letter-lang en --plain --quiet"))
        .done();
    let text = letter(&office, &format!("{CASE}-answer-1.txt"));
    let shown = office.run(&format!("case show {CASE} --json")).done();
    let case: serde_json::Value = serde_json::from_str(shown.stdout()).unwrap();
    let kept = case["data"]["retained"].as_array().unwrap();
    assert!(kept.iter().any(|item| item["until"].is_string()), "the sample keeps something");
    for item in kept {
        for part in [&item["law"], &item["until"]].into_iter().filter_map(serde_json::Value::as_str) {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
    let removed: u64 = case["data"]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|count| count["what"] == "deleted")
        .map(|count| count["rows"].as_u64().unwrap())
        .sum();
    let told = text.split("## What we removed").nth(1).unwrap().split("##").next().unwrap();
    let numbers =
        told.lines().filter_map(|line| line.strip_suffix(" records")?.rsplit(": ").next()?.parse::<u64>().ok());
    assert_eq!(numbers.sum::<u64>(), removed);
    assert!(text.contains("still being checked") && !text.contains("erased"), "removed is not proven:\n{text}");
    assert!(text.contains("people's court"), "a partial answer tells the remedies");
}

#[test]
fn a_confidential_hold_leaves_no_word_in_letter_and_log() {
    let words = ["hold", "保全", "HOLD", "confidential", "保密", "secre"];
    let told = |confidential: &str| {
        let mut office = identified("delete");
        office.file("order.txt", "court");
        office.run(&format!("hold add --case {CASE} --order order.txt {confidential} --quiet")).done();
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
        let mut said = String::new();
        for language in ["en", "zh-CN"] {
            office.run(&format!("case answer {CASE} --letter answer --decision PARTIAL --letter-lang {language} --plain --draft --quiet")).done();
        }
        for serial in 1..=2 {
            said += &letter(&office, &format!("{CASE}-answer-{serial}.txt"));
        }
        for form in ["table", "csv", "jsonl", "html"] {
            said += &office
                .run(&format!("log --format {form} --lang zh-CN"))
                .done()
                .stdout()
                .replace("@media (max-width", "");
        }
        said
    };
    let open = told("");
    assert!(words[..3].iter().all(|word| open.contains(word)), "an open hold is told");
    let secret = told("--confidential");
    for word in words {
        assert!(!secret.contains(word), "{word}:\n{secret}");
    }
}

/// PIPL 18(1), LAW §7.5: no reason and no gap that tells. Whoever asks is told the same of a contract in performance.
#[test]
fn a_letter_under_a_confidential_hold_is_that_of_a_contract_in_performance_word_by_word() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), address TEXT, status TEXT);
        CREATE INDEX orders_user ON orders (user_id);
        INSERT INTO users VALUES (1, 'Ann'), (2, 'Bo');
        INSERT INTO orders VALUES (1, 1, 'Oak Street', 'done'), (2, 1, 'Elm Street', 'done'), (3, 2, 'Ash Street', 'open');
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), words TEXT);
        CREATE INDEX notes_user ON notes (user_id);
        INSERT INTO notes VALUES (1, 1, 'likes tea');";
    let table = crate::ties::table;
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\n",
        &table("orders"),
        "wait = \"status = 'open'\"\n[tables.orders.columns]\nuser_id = \"of users.id\"\naddress = \"address, provided\"\n\
         status = \"fact\"\n",
        &table("notes"),
        "[tables.notes.columns]\nuser_id = \"of users.id\"\nwords = \"free_text, provided\"\n",
    ];
    let told = |contract: bool| {
        let mut office = Office::empty().with_shop(sql, &map.concat());
        office.file("order.txt", "court");
        assert_eq!(office.verified("delete", "account=1"), CASE);
        if contract {
            office.shop().execute("UPDATE orders SET status = 'open'", []).unwrap();
        } else {
            for table in ["users", "orders"] {
                office.run(&format!("hold add --table {table} --order order.txt --confidential --quiet")).done();
            }
        }
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        office.run(&format!("case answer {CASE} --letter answer --decision FULFILLED --quiet")).refused("rows_stay");
        let mut said = String::new();
        for (serial, language) in (1..).zip(["en", "zh-CN"]) {
            let line = format!("--letter answer --decision PARTIAL --letter-lang {language} --plain --draft --quiet");
            office.run(&format!("case answer {CASE} {line}")).done();
            said += &letter(&office, &format!("{CASE}-answer-{serial}.txt"));
        }
        let log = office.run("log --json").done().json();
        let head = |line: &&str| line.starts_with("Record ") || line.starts_with("记录 ");
        let said: Vec<&str> = said.lines().filter(|line| !head(line)).collect();
        (said.join("\n"), log["data"]["requests"][0]["retained_items"].clone())
    };
    let (contract, secret) = (told(true), told(false));
    assert!(contract.0.contains("a contract is in performance, or something is not decided yet"), "{}", contract.0);
    assert_eq!(secret, contract);
}

#[test]
fn a_secret_refusal_is_neither_written_nor_logged() {
    let mut office = identified("access");
    office.file("remedies.txt", "complain");
    office.run(&format!("case refuse {CASE} --code SEC --law SECRECY-LAW --remedies remedies.txt --quiet")).done();
    office.run(&format!("case answer {CASE} --letter refusal --quiet")).refused("must_stay_secret");
    assert_eq!(letters(&office), 0);
    office.run(&format!("case answer {CASE} --letter answer --letter-lang en --quiet")).done();
    let text = letter(&office, &format!("{CASE}-answer-1.html"));
    let log = office.run("log --json").done().stdout().to_owned();
    for trace in ["SECRECY-LAW", "SEC\"", "secrecy"] {
        assert!(!text.contains(trace) && !log.contains(trace), "{trace}");
    }
}

#[test]
fn a_refusal_names_code_law_reason_and_its_own_remedies() {
    let mut office = identified("delete");
    office.file("remedies.txt", "Complain to the <b>authority</b>.\n\nGo to court.");
    office.file("why.txt", "Because of <i>this</i>.");
    office.run(&format!("case answer {CASE} --letter refusal")).refused("not_refused");
    office
        .run(&format!(
            "case refuse {CASE} --code RET --law 'TAXR 29' --remedies remedies.txt --reason-file why.txt --quiet"
        ))
        .done();
    office.run(&format!("case answer {CASE} --letter refusal --letter-lang en --quiet")).done();
    let text = letter(&office, &format!("{CASE}-refusal-1.html"));
    for part in
        ["RET", "TAXR 29", "Because of &lt;i&gt;this&lt;/i&gt;.", "&lt;b&gt;authority&lt;/b&gt;", "Go to court."]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let shown = office.run(&format!("case show {CASE} --json")).done();
    assert!(shown.stdout().contains(r#""decision":"DENIED""#) && shown.stdout().contains(&sha(&text)), "{shown}");
}

#[test]
fn the_companys_template_is_used_and_a_wrong_one_writes_nothing() {
    let mut office = asked("access");
    office.run("letters export --quiet").done();
    assert_eq!(fs::read_dir(office.path("letters")).unwrap().count(), 13);
    office.file("letters/receipt.zh-CN.txt", "{{ controller }} 已收到 {{ case }}，谢谢。");
    office.run("letters export --quiet").done();
    office.run(&format!("case answer {CASE} --letter receipt --quiet")).done();
    assert!(
        letter(&office, &format!("{CASE}-receipt-1.html")).contains("，谢谢。"),
        "an own template is not overwritten"
    );
    let events = office.run("audit verify --json").done().stdout().to_owned();
    office.file("letters/receipt.zh-CN.txt", "{{ controller }} {{ case }}\n您好，{{ nickname }}：\n");
    let failed = office.run(&format!("case answer {CASE} --letter receipt")).misused("letter_template");
    assert!(
        failed.stderr().contains("receipt.zh-CN.txt, line 2: there is no such field: 您好，{{ nickname }}"),
        "{failed}"
    );
    assert_eq!(letters(&office), 1);
    assert_eq!(office.run("audit verify --json").done().stdout(), events, "nothing was recorded");
    office.file("letters/receipt.zh-CN.txt", "ok {{ controller }} {{ case }}");
    office.file("letters/recepit.en.txt", "");
    office.run(&format!("case answer {CASE} --letter receipt")).misused("no_such_letter");
}

#[test]
fn a_letter_of_an_extension_needs_one() {
    let extend = format!("case extend {CASE} --days 10 --reason-file why.txt --yes --quiet");
    let tell = format!("case answer {CASE} --letter extension --letter-lang en --quiet");
    let mut office = identified("access");
    office.file("why.txt", "many parcels");
    office.run(&tell).refused("nothing_to_tell");
    office.run(&extend).done();
    // the policy's thirty days run on until 23 December: nobody is told of 2 January
    let said = office.run(&tell).refused("nothing_to_tell");
    assert!(said.stderr().contains("runs on"), "{said}");
    // … but once an interim reply has stopped them
    let mut office = asked("access");
    office.file("why.txt", "many parcels");
    office.file("reply.txt", "please prove who you are");
    office.run(&format!("case identify {CASE} --asked --level L2 --quiet")).done();
    office
        .run(&format!("case answer {CASE} --decision UNVERIFIED --interim --remedies --reply reply.txt --quiet"))
        .done();
    office.run(&format!("case reopen {CASE} --quiet")).done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&extend).done();
    office.run(&tell).done();
    let text = letter(&office, &format!("{CASE}-extension-1.html"));
    assert!(text.contains("many parcels") && text.contains("2027-01-02"), "{text}");
}

#[test]
fn reminders_fall_once_and_the_calendar_names_nobody() {
    let mut office = asked("access"); // K30 from 23 November: reminders on 8, 17, 20 and 22 December
    let due = |office: &mut Office| office.run("due --quiet --reminders 24h").done().stdout().to_owned();
    assert_eq!(due(&mut office), "");
    let mut fallen = Vec::new();
    for day in 1..=30 {
        office.wait_days(1);
        if due(&mut office).contains("the time is gone")
            || due(&mut office).contains("are gone")
            || due(&mut office).contains("left\n")
        {
            fallen.push(day);
        }
    }
    assert_eq!(fallen.len(), 4, "{fallen:?}");
    let mut office = asked("access");
    office.run("due --ics due.ics --quiet").done();
    let first = fs::read(office.path("due.ics")).unwrap();
    let text = String::from_utf8(first).unwrap();
    assert!(text.contains("DTSTART;VALUE=DATE:20261223\r\n") && text.contains(&format!("UID:{CASE}-K30@")));
    assert_eq!(text.matches("BEGIN:VALARM").count(), 4);
    let alarm = "DESCRIPTION:DSR-20261123-0001: access due (K30)";
    assert_eq!(text.matches(alarm).count(), 4, "nothing is said besides case, right and clock:\n{text}");
    assert_eq!(text.replace(alarm, "").matches("DESCRIPTION").count(), 0);
}
