//! The company's application goes on while a droit waits for another one, and while its officer thinks.

use std::{cell::Cell, fs::File, path::Path, thread, time::Duration};

use rusqlite::Connection;

use crate::office::Office;

const RIGHTS: [(&str, &str); 5] = [
    ("delete", "L2 --by otp+waybill"),
    ("correct", "L2 --by otp+waybill"),
    ("restrict", "L2 --by otp+waybill"),
    ("withdraw_consent", "L1 --by session"),
    ("opt_out", "L1 --by session"),
];

/// The sample company, in which account 1 asks for everything that changes its data, and what carries it out.
fn asked() -> (Office, Vec<String>) {
    let mut office = Office::courier();
    office.file("who.txt", "account=1\n");
    for (at, (right, how)) in RIGHTS.iter().enumerate() {
        office.run(&format!("case open {right} --id-file who.txt --quiet")).done();
        office.run(&format!("case identify DSR-20261123-000{} --level {how} --quiet", at + 1)).done();
    }
    office.file("values.txt", "users.nickname=Zed\n");
    office.file("cases.txt", "DSR-20261123-0001\n");
    office.run("anonymize DSR-20261123-0001 --plan plan.jsonl --quiet").carried_out();
    let commands = [
        "erase DSR-20261123-0001",
        "anonymize DSR-20261123-0001",
        "erase --cases cases.txt",
        "apply plan.jsonl",
        "correct DSR-20261123-0002 --values values.txt --evidence id_document",
        "restrict DSR-20261123-0003",
        "revoke DSR-20261123-0004 --scope geo",
        "unsubscribe DSR-20261123-0005",
    ];
    (office, commands.map(str::to_owned).into())
}

/// Whether the application can write within `wait`: in a rollback journal it cannot beside anybody who reads.
fn can_write(database: &Path, wait: Duration) -> bool {
    let application = Connection::open(database).unwrap();
    application.busy_timeout(wait).unwrap();
    application.execute_batch("BEGIN EXCLUSIVE; COMMIT").is_ok()
}

#[test]
fn nobody_holds_the_application_up_while_the_officer_is_asked() {
    let (mut office, commands) = asked();
    let database = office.path("zkjia.db");
    for command in commands {
        let could = Cell::new(None);
        let said = office.asked_while(&command, "no\n", &|| could.set(Some(can_write(&database, Duration::ZERO))));
        said.fails(3, "not_confirmed");
        assert_eq!(could.get(), Some(true), "{command}");
    }
}

#[test]
fn nobody_holds_the_application_up_while_another_droit_is_at_work() {
    let (mut office, mut commands) = asked();
    let database = office.path("zkjia.db");
    office.run("case open copy --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0006 --level L2 --by otp+waybill --quiet").done();
    for command in &mut commands {
        command.push_str(" --confirm 0"); // what nobody is asked for is refused at the end
    }
    commands.extend(
        ["export DSR-20261123-0006 --no-zip", "find --case DSR-20261123-0001 --reveal why.txt"].map(Into::into),
    );
    commands.extend(["purge minors", "purge retention", "purge scheduled"].map(|purge| format!("{purge} --confirm")));
    office.file("why.txt", "the officer's reason");
    for command in commands {
        let other = File::options().write(true).create(true).truncate(false).open(office.path("droit.lock")).unwrap();
        other.lock().unwrap();
        thread::scope(|at_once| {
            let database = &database;
            let could = at_once.spawn(move || {
                thread::sleep(Duration::from_millis(400));
                let could = can_write(database, Duration::from_secs(2));
                other.unlock().unwrap();
                could
            });
            let ended = office.run(&format!("{command} --lock-wait 20s"));
            assert!(could.join().unwrap(), "{command}");
            assert!(!ended.stderr().contains("[busy]"), "{ended}");
        });
    }
}
