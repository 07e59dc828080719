//! Plans that must not be carried out: stale, edited, forged, cut off, foreign, expired, applied before. Each ends in one
//! clear refusal, and the database is as it was.

use std::{cell::Cell, io::Cursor};

use droit::{
    case::{Event, clock::Clock},
    casebook::Casebook,
    error::Error,
    plan::{Claim, FormatError, read_claim},
    value::hex,
};
use jiff::{Timestamp, ToSpan, civil::date};
use sha2::{Digest, Sha256};

use crate::{
    desk::{Desk, Job, SECRET, map_of_people, now, require_refused},
    office::Office,
};

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, logins INTEGER);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), address TEXT, state TEXT,
        done_at TEXT, views INTEGER);
    CREATE INDEX orders_person ON orders (person_id);
    INSERT INTO people VALUES (1, 'Zhang-secret 1', '13800138000', 3), (2, 'Li', '13900139000', 4);
    INSERT INTO orders VALUES
        (11, 1, 'Zhang-secret street', 'done', '2015-01-01', 0),
        (12, 1, 'Zhang-secret street', 'done', '2026-01-01', 0),
        (13, 1, 'Zhang-secret street', 'open', NULL, 0),
        (21, 2, 'Li street', 'done', '2015-01-01', 0);";

/// The map, from the columns of `people` on.
const COLUMNS: &str = r#"name = "name, provided"
phone = "phone, proves, provided"
logins = "fact, observed"
[tables.orders]
wait = "state = 'open'"
keep = { for = "3 years", after = "done_at", law = "Commerce Act 31", because = "books" }
[tables.orders.columns]
id = "key"
person_id = "of people.id"
address = "address, provided"
state = "fact, observed"
done_at = "time, observed"
views = "fact, observed"
"#;

fn desk() -> Desk {
    Desk::new(SQL, &map_of_people(COLUMNS))
}

fn planned() -> (Desk, Job) {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    (desk, job)
}

fn lines(job: &Job) -> Vec<String> {
    String::from_utf8(job.file.clone()).unwrap().lines().map(str::to_owned).collect()
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn read(lines: &[String]) -> Result<Claim, FormatError> {
    read_claim(Cursor::new(text(lines)))
}

/// Writes the trailer that fits the lines, as somebody would who knows the format.
fn forged(mut lines: Vec<String>) -> Claim {
    let hex = |text: String| hex(&Sha256::digest(text));
    lines.pop();
    let (whole, steps) = (text(&lines), text(&lines[1..]));
    lines.push(format!(r#"{{"rows":{},"steps":"{}","digest":"{}"}}"#, lines.len() - 1, hex(steps), hex(whole)));
    read(&lines).unwrap()
}

#[track_caller]
fn require_format_error(outcome: Result<Claim, FormatError>, code: &str) {
    let error = Error::from(outcome.unwrap_err());
    assert_eq!(error.code(), code, "{error}");
    assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
}

#[track_caller]
fn require_refused_and_untouched(desk: &Desk, job: &Job, claim: &Claim, code: &str) -> String {
    let before = desk.dump();
    let shown = require_refused(desk.apply_claim(job, claim), code);
    assert_eq!(desk.dump(), before);
    assert!(desk.recover().unwrap().is_empty(), "nothing is left open");
    shown
}

#[test]
fn a_plan_that_is_read_back_claims_what_was_written() {
    let (desk, job) = planned();
    let claim = read(&lines(&job)).unwrap();
    assert_eq!((&claim, claim.rows), (&job.claim, 4));
    assert!(!String::from_utf8_lossy(&job.file).contains(SECRET));
    desk.apply_claim(&job, &claim).unwrap();
}

#[test]
fn a_change_in_what_the_plan_rests_on_makes_it_stale() {
    for change in [
        "UPDATE orders SET state = 'open' WHERE id = 11", // it would wait now
        "UPDATE orders SET state = 'done', done_at = '2015-01-01' WHERE id = 13", // it would go now
        "UPDATE orders SET done_at = '2015-01-01' WHERE id = 12", // its minimum has ended
        "UPDATE orders SET person_id = 2 WHERE id = 11",  // it is Li's
        "UPDATE orders SET person_id = 1 WHERE id = 21",  // Li's is Zhang's
        "DELETE FROM orders WHERE id = 11",
        "INSERT INTO orders VALUES (14, 1, 'x', 'done', '2015-01-01', 0)",
        "UPDATE orders SET address = NULL WHERE id = 12", // there is less to overwrite
    ] {
        let (desk, job) = planned();
        desk.sql(change);
        require_refused_and_untouched(&desk, &job, &job.claim, "stale_plan");
    }
}

#[test]
fn a_change_in_another_column_leaves_the_plan_good() {
    let (desk, job) = planned();
    desk.sql(
        "UPDATE people SET logins = 99; UPDATE orders SET views = 5, address = 'Zhang-secret alley' WHERE id = 12;
         UPDATE orders SET address = 'elsewhere' WHERE id = 21; INSERT INTO orders VALUES (22, 2, 'x', 'done', NULL, 0);",
    );
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT logins FROM people WHERE id = 1"), 99);
    assert_eq!(desk.one::<Option<String>>("SELECT address FROM orders WHERE id = 12"), None, "kept, not its address");
    assert_eq!(desk.one::<String>("SELECT group_concat(id) FROM orders"), "12,13,21,22");
}

#[test]
fn a_change_while_the_plan_is_being_applied_makes_it_stale() {
    struct Meddling<'a>(Cell<u32>, &'a Desk);
    impl Clock for Meddling<'_> {
        fn now(&self) -> Timestamp {
            self.0.set(self.0.get() + 1);
            if self.0.get() == 2 {
                // after the first look, before the transaction
                self.1.sql("UPDATE orders SET state = 'open' WHERE id = 11");
            }
            now()
        }
    }
    let (desk, job) = planned();
    let clock = Meddling(Cell::new(0), &desk);
    require_refused(desk.apply_with(&job, &job.claim, &mut desk.book(), &clock), "stale_plan");
    assert!(clock.0.get() >= 2);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 4);
    assert!(desk.recover().unwrap().is_empty());
}

#[test]
fn an_edited_step_with_its_old_digest_is_seen_when_the_plan_is_read() {
    let (_, job) = planned();
    for (from, to) in [("delete", "leave"), ("\"key\":[11]", "\"key\":[21]"), ("orders", "people")] {
        let mut lines = lines(&job);
        let at = lines.iter().position(|line| line.contains("\"key\":[11]")).unwrap();
        assert!(lines[at].contains(from), "{}", lines[at]);
        lines[at] = lines[at].replacen(from, to, 1);
        require_format_error(read(&lines), "edited_plan");
    }
    let mut shorter = lines(&job);
    shorter.remove(2);
    require_format_error(read(&shorter), "edited_plan");
    let mut longer = lines(&job);
    longer.insert(2, longer[2].clone());
    require_format_error(read(&longer), "edited_plan");
    let mut swapped = lines(&job);
    swapped.swap(1, 2);
    require_format_error(read(&swapped), "edited_plan");
    let mut header = lines(&job);
    header[0] = header[0].replace("\"erase\"", "\"purge\"");
    require_format_error(read(&header), "edited_plan");
}

#[test]
fn a_forged_step_with_fitting_digests_is_never_carried_out() {
    for (from, to) in [
        ("\"key\":[11]", "\"key\":[21]"), // somebody else's row
        ("\"decision\":\"keep\"", "\"decision\":\"delete\""),
        ("\"do\":\"delete\"", "\"do\":\"leave\""),
    ] {
        let (desk, job) = planned();
        let mut lines = lines(&job);
        let at = lines.iter().position(|line| line.contains(from)).unwrap();
        lines[at] = lines[at].replacen(from, to, 1);
        require_refused_and_untouched(&desk, &job, &forged(lines), "stale_plan");
    }
    let (desk, job) = planned();
    let mut fewer = lines(&job);
    fewer.remove(1);
    require_refused_and_untouched(&desk, &job, &forged(fewer), "stale_plan");
    let mut more = lines(&job);
    more.insert(1, r#"{"table":"orders","key":[21],"decision":"delete","do":"delete"}"#.to_owned());
    require_refused_and_untouched(&desk, &job, &forged(more), "stale_plan");
}

#[test]
fn a_plan_cannot_give_itself_a_longer_life() {
    let (desk, job) = planned();
    let mut lines = lines(&job);
    lines[0] = lines[0].replace("\"expires\":\"2026-11-24", "\"expires\":\"2027-11-24");
    require_refused_and_untouched(&desk, &job, &forged(lines), "edited_plan");
}

#[test]
fn what_is_no_plan_or_half_of_one_is_refused() {
    let (_, job) = planned();
    let whole = lines(&job);
    require_format_error(read(&[]), "not_a_plan");
    require_format_error(read(&whole[..1]), "not_a_plan"); // the header alone
    for cut in 2..whole.len() {
        require_format_error(read(&whole[..cut]), "not_a_plan"); // no trailer
    }
    for text in ["", "\n", "{}\n{}\n", "[]\n", "hello\n", "{\"schema\":\"droit.map/1\"}\n", "\u{feff}{}\n"] {
        require_format_error(read_claim(Cursor::new(text)), "not_a_plan");
    }
    let mut half = whole.clone();
    let last = half.len() - 1;
    half[last].truncate(20);
    require_format_error(read(&half), "not_a_plan");
    require_format_error(read_claim(Cursor::new(b"\xff\xfe\n".as_slice())), "not_a_plan");
    let mut lacking = whole.clone();
    lacking[0] = r#"{"schema":"droit.plan/1","command":"erase"}"#.to_owned();
    require_format_error(read(&lacking), "not_a_plan");
    require_format_error(read(&[whole.clone(), whole].concat()), "edited_plan"); // two in one file
}

#[test]
fn a_line_that_never_ends_is_no_plan() {
    require_format_error(read_claim(Cursor::new(vec![b'{'; 8 << 20])), "not_a_plan");
}

#[test]
fn a_plan_of_another_format_says_which() {
    let (_, job) = planned();
    let mut lines = lines(&job);
    lines[0] = lines[0].replace("droit.plan/1", "droit.plan/2");
    let error = read(&lines).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("droit.plan/2")), ("unknown_plan_format", true));
}

#[test]
fn a_plan_for_something_else_says_for_what() {
    let other = desk();
    for (what, edit) in [
        ("workspace", "\"workspace\":\""),
        ("database", "\"database\":\"sqlite:"),
        ("data map", "\"map\":\""),
        ("case", "\"case\":\"DSR-2026112"),
    ] {
        let (desk, job) = planned();
        let mut lines = lines(&job);
        let at = lines[0].find(edit).unwrap() + edit.len();
        let next = if lines[0][at..].starts_with('1') { "2" } else { "1" };
        lines[0].replace_range(at..=at, next);
        let shown = require_refused_and_untouched(&desk, &job, &forged(lines), "foreign_plan");
        assert!(shown.contains(what), "{what}: {shown}");
        require_refused_and_untouched(&other, &job, &job.claim, "foreign_plan");
    }
}

#[test]
fn a_plan_made_under_another_map_is_refused() {
    let (desk, job) = planned();
    std::fs::write(desk.dir.join("datamap.toml"), map_of_people(COLUMNS).replace("3 years", "1 year")).unwrap();
    let changed = desk.plan([("account", "1")]).unwrap();
    let shown = require_refused_and_untouched(&desk, &changed, &job.claim, "foreign_plan");
    assert!(shown.contains("data map"), "{shown}");
}

#[test]
fn a_plan_made_under_another_schema_is_stale() {
    let (desk, job) = planned();
    desk.sql("CREATE TABLE notes (id INTEGER PRIMARY KEY)");
    std::fs::write(
        desk.dir.join("datamap.toml"),
        map_of_people(&format!("{COLUMNS}[none]\n\"empty\" = [\"notes\"]\n")),
    )
    .unwrap();
    let later = desk.plan([("account", "1")]).unwrap();
    let mut claim = later.claim.clone();
    claim.header.schema_fingerprint.clone_from(&job.claim.header.schema_fingerprint);
    require_refused_and_untouched(&desk, &later, &claim, "stale_plan");
}

#[test]
fn a_plan_is_good_for_twenty_four_hours() {
    let (desk, job) = planned();
    desk.clock.set(now() + 24.hours());
    require_refused_and_untouched(&desk, &job, &job.claim, "expired_plan");
    desk.clock.set(now() + 24.hours() - 1.second());
    desk.apply(&job).unwrap();
}

#[test]
fn a_plan_from_the_future_or_a_clock_set_back_is_refused() {
    let desk = desk();
    let job = desk.plan_at([("account", "1")], now() + 1.hour()).unwrap();
    require_refused_and_untouched(&desk, &job, &job.claim, "clock_jump");
    let job = desk.plan_at([("account", "1")], now() - 2.hours()).unwrap();
    desk.clock.set(now() - 1.hour()); // the case was opened later than that
    require_refused_and_untouched(&desk, &job, &job.claim, "clock_jump");
}

#[test]
fn a_plan_is_applied_once() {
    let (desk, job) = planned();
    desk.apply(&job).unwrap();
    require_refused_and_untouched(&desk, &job, &job.claim, "applied_twice");
    desk.clock.set(now() + 1.hour());
    require_refused_and_untouched(&desk, &job, &job.claim, "applied_twice");
}

#[test]
fn a_plan_is_applied_once_also_when_it_changes_nothing() {
    let desk = desk();
    desk.sql("DELETE FROM orders; UPDATE people SET name = NULL, phone = NULL");
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.changes(), 0);
    desk.apply(&job).unwrap();
    require_refused_and_untouched(&desk, &job, &job.claim, "applied_twice");
}

#[test]
fn a_hold_added_before_the_commit_shuts_the_gate() {
    struct Holding<'a>(Cell<u32>, u32, &'a Desk, bool);
    impl Clock for Holding<'_> {
        fn now(&self) -> Timestamp {
            self.0.set(self.0.get() + 1);
            if self.0.get() == self.1 {
                let mut other: Casebook = self.2.colleagues_book();
                let (table, confidential) = (Some("orders".into()), self.3);
                let hold = Event::HoldAdded { subject: None, table, confidential, until: None };
                other.add_hold(now(), "counsel", date(2026, 11, 23), hold, None).unwrap();
            }
            now()
        }
    }
    // 1: the first checks, 2: the intent (the casebook is locked afterwards), 3: the gate is about to be locked
    for (call, confidential) in [(2, false), (3, false), (2, true), (3, true)] {
        let (desk, job) = planned();
        let before = desk.dump();
        let clock = Holding(Cell::new(0), call, &desk, confidential);
        // nothing is said of a hold that is secret
        let code = if confidential { "stale_plan" } else { "hold_added" };
        require_refused(desk.apply_with(&job, &job.claim, &mut desk.book(), &clock), code);
        assert_eq!(desk.dump(), before, "call {call}");
        assert!(desk.recover().unwrap().is_empty());
        // A hold from before does not shut it: the planner has it in the plan.
        desk.apply(&job).unwrap();
    }
}

/// It turns out that somebody else had asked: the plan that was made for them goes nowhere any more.
#[test]
fn a_plan_for_whoever_is_not_the_person_is_not_carried_out() {
    let mut office = Office::empty().with_shop(SQL, &map_of_people(COLUMNS).replace("\"UTC\"", "\"Asia/Shanghai\""));
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --plan plan.jsonl --quiet")).done();
    office.run(&format!("case identify {case} --failed --level L2 --by otp --quiet")).done();
    office.run(&format!("apply plan.jsonl --confirm {case}")).refused("illegal_move");
    let left: i64 = office.shop().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 4);
}

/// No plan is left behind for a case that is over.
#[test]
fn of_a_case_that_is_over_no_plan_is_written() {
    let mut office = Office::empty().with_shop(SQL, &map_of_people(COLUMNS).replace("\"UTC\"", "\"Asia/Shanghai\""));
    let case = office.verified("delete", "account=1");
    office.run(&format!("case withdraw {case} --quiet")).done();
    office.run(&format!("erase {case} --plan plan.jsonl")).refused("illegal_move");
    assert!(!office.path("plan.jsonl").exists());
}
