//! Erasures along ties of every sort, in databases of a few rows with maps of their own. What has to be there afterwards
//! follows from who the rows belong to.

use crate::desk::{Desk, Job};

/// A map whose people are `users`, by their `id`. `rest` begins with further lines of the table.
fn map(rest: &str) -> String {
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
fn table(name: &str) -> String {
    format!("[tables.{name}]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n")
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
    INSERT INTO users VALUES (1, 'A', '13800138001'), (2, 'B', '13800138002');";

fn desk(sql: &str, tables: &[String]) -> Desk {
    Desk::new(&format!("{USERS}{sql}"), &map(&(table("users") + &tables.concat())))
}

/// Erases whoever has the account.
fn erase(desk: &Desk, account: &str) -> Job {
    let job = desk.plan([("account", account)]).unwrap();
    desk.apply(&job).unwrap();
    job
}

/// The rows of a table, in their order.
fn rows(desk: &Desk, table: &str) -> String {
    let dump = desk.dump();
    let (_, rest) = dump.split_once(&format!("== {table}\n")).unwrap();
    let rows = rest.split("== ").next().unwrap_or_default().trim_end();
    ["Integer", "Text", "Real", "(", ")", "\""].iter().fold(rows.to_owned(), |rows, sign| rows.replace(sign, ""))
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
