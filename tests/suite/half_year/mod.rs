//! Half a year at the sample company, with cron's commands every night: requests arrive and are answered, orders
//! complete, children sign up and grow older, minimums end, holds come and go. What is there afterwards is compared,
//! cell by cell, with a second database on which the law was done by hand.

mod application;
mod both;
mod counter;
mod end;
mod law;

use std::collections::BTreeSet;

use jiff::{
    Span,
    civil::{Date, date},
};

use self::{
    application::{Application, Dice},
    both::Both,
    counter::Counter,
    law::Ledger,
};
use crate::people::key::Somebody;

/// What everything is drawn from; printed when something fails.
const SEED: u64 = 20_261_129;
/// The office opens three years before the half-year.
const OPENED: Date = date(2023, 12, 1);
const FIRST: Date = date(2026, 11, 24);
/// Days that always pass; the whole half-year, in a larger company, with `DROIT_TEST_DAYS=180`.
const DAYS: i64 = 24;

struct HalfYear {
    both: Both,
    application: Application,
    counter: Counter,
    ledger: Ledger,
    dice: Dice,
    /// Holds in force: number, account or table, last day
    holds: Vec<(String, Held, Date)>,
}

#[derive(Clone, Copy, Debug)]
enum Held {
    Person(i64),
    Table(&'static str),
}

#[test]
fn nothing_that_should_be_gone_is_there_and_nothing_that_should_be_there_is_gone() {
    let days: i64 = super::desk::told("DAYS").map_or(DAYS, |days| days.parse().unwrap());
    let users = if days > DAYS { 240 } else { 160 };
    println!("seed {SEED}, {days} days, {users} accounts");
    let mut half_year = HalfYear::begin(users);
    half_year.long_ago();
    for number in 0..days {
        let day = FIRST + Span::new().days(number);
        half_year.night(day);
        half_year.day(day, number);
        if number % 6 == 0 {
            half_year.compare(day);
        }
    }
    let last = FIRST + Span::new().days(days);
    half_year.night(last);
    half_year.compare(last);
    println!("{}", half_year.end(last));
}

impl HalfYear {
    fn begin(users: u64) -> Self {
        Self {
            both: Both::open(OPENED, users),
            application: Application::new(SEED),
            counter: Counter::default(),
            ledger: Ledger::default(),
            dice: Dice::new(SEED + 1),
            holds: Vec::new(),
        }
    }

    /// Two people left three years ago; the proof of their consents may go three years after that.
    fn long_ago(&mut self) {
        let Self { both, ledger, counter, dice, .. } = self;
        for (id, left) in [(900_001, date(2023, 12, 5)), (900_002, date(2023, 12, 20))] {
            both.write(&LONG_AGO.replace("ID", &id.to_string()));
            both.office.at(left, "10:00");
            counter.asks_to_go(Somebody { account: Some(id), ..Somebody::default() }, both, dice, left);
            counter.day(both, ledger, &mut Dice::new(0), left);
        }
        both.office.at(date(2023, 12, 21), "03:00");
        prove(both, counter, date(2023, 12, 21));
        counter.answer_proven(both, date(2023, 12, 21));
    }

    /// What cron runs, as the guides have it.
    fn night(&mut self, day: Date) {
        let Self { both, ledger, counter, .. } = self;
        both.office.at(day, "02:10");
        if day == FIRST {
            // nobody was here for three years: the clock may have jumped, and somebody has to say that it is right
            both.office.run("purge minors --confirm --quiet").refused("clock_jump");
            both.office.typing("y\n");
        }
        let now = counter::local(both);
        purge(both, "minors", "");
        ledger.minors(&both.by_hand, day, &now);
        both.office.at(day, "02:30");
        purge(both, "scheduled", "");
        ledger.scheduled(&both.by_hand, day, &now);
        both.office.at(day, "02:50");
        purge(both, "retention", if day == FIRST { "--beyond-breaker first" } else { "" });
        ledger.retention(&both.by_hand, day);
        both.office.at(day, "03:00");
        prove(both, counter, day);
        both.office.at(day, "08:15");
        let overdue = both.office.run("due --json --reminders 24h").carried_out().json();
        assert_eq!(end::overdue(&overdue), counter.overdue(day), "{day}");
    }

    fn day(&mut self, day: Date, number: i64) {
        self.holds(day, number);
        self.counter.day(&mut self.both, &mut self.ledger, &mut self.dice, day);
        let sql = self.application.day(&self.both.by_hand, day);
        self.both.write(&sql);
        for phone in self.counter.freed(&self.ledger, day) {
            self.application.freed.push((day + Span::new().days(9), phone));
        }
    }

    /// Courts and authorities: an account under a confidential hold asks to be erased, a table is held for an audit, and
    /// everything is released again.
    fn holds(&mut self, day: Date, number: i64) {
        let Self { both, ledger, counter, dice, holds, .. } = self;
        both.office.at(day, "09:00");
        both.office.file("order.txt", "示例法院协助执行通知");
        both.office.file("lifted.txt", "已结案");
        let until = |days: i64| day + Span::new().days(days);
        let new = match number {
            3 => Some((Held::Person(14), "--confidential", until(12))),
            5 => Some((Held::Table("geo_points"), "", until(9))),
            20 => Some((Held::Person(101), "", until(40))),
            60 => Some((Held::Person(12), "--confidential", until(50))),
            _ => None,
        };
        if let Some((held, how, until)) = new {
            let whom = match held {
                Held::Person(account) => {
                    both.office.file("who.txt", &format!("account={account}\n"));
                    ledger.holds.people.insert(account);
                    "--id-file who.txt".to_owned()
                }
                Held::Table(table) => {
                    ledger.holds.tables.insert(table);
                    format!("--table {table}")
                }
            };
            let added = both.office.run(&format!("hold add {whom} {how} --order order.txt")).done();
            holds.push((added.stdout().split_whitespace().next().unwrap().to_owned(), held, until));
            if let Held::Person(account) = held {
                let who = Somebody { account: Some(account), ..Somebody::default() };
                counter.asks_to_go(who, both, dice, day);
            }
        }
        for (number, held, _) in holds.extract_if(.., |(_, _, until)| *until == day) {
            both.office.run(&format!("hold release {number} --reason-file lifted.txt --yes")).done();
            match held {
                Held::Person(account) => ledger.holds.people.remove(&account),
                Held::Table(table) => ledger.holds.tables.remove(table),
            };
        }
    }

    fn compare(&self, day: Date) {
        let found = self.both.differences();
        assert!(found.is_empty(), "seed {SEED}, {day}: {} differences\n{}", found.len(), found.join("\n"));
    }
}

/// A purge, of which nothing may be skipped.
fn purge(both: &mut Both, duty: &str, more: &str) {
    let run = both.office.run(&format!("purge {duty} --confirm --json {more}")).carried_out().json();
    assert_eq!(run["data"]["skipped"], serde_json::json!([]), "{run:#}");
}

/// The night's proofs: everything that was removed is proven.
fn prove(both: &mut Both, counter: &mut Counter, day: Date) {
    let proven = both.office.run("prove --pending --json").carried_out().json();
    let proofs = proven["data"]["proofs"].as_array().unwrap();
    let done = proofs.iter().filter(|proof| proof["state"] == "proven");
    let numbers: BTreeSet<String> = done.map(|proof| proof["case"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), proofs.len(), "{proven:#}");
    counter.proven(&numbers, day);
}

/// Somebody who came and went.
const LONG_AGO: &str = "
    INSERT INTO users (id, username, phone, phone_bound_at, nickname, birth_date, created_at)
        VALUES (ID, 'gone-ID', '17099ID', '2022-01-01 10:00:00', '故人', '1980-01-01', '2022-01-01 10:00:00');
    INSERT INTO user_profiles (user_id, real_name, updated_at) VALUES (ID, '故人', '2022-01-01 10:00:00');
    INSERT INTO consents (id, user_id, scope, policy_version, separate, method, given_at)
        SELECT ID, ID, 'geo', min(version), 1, 'click', '2022-01-01 10:00:00' FROM policy_versions;
    INSERT INTO permissions (user_id, scope, granted_at) VALUES (ID, 'geo', '2022-01-01 10:00:00');
    INSERT INTO policy_acceptances (id, user_id, version, accepted_at)
        SELECT ID, ID, min(version), '2022-01-01 10:00:00' FROM policy_versions;
    INSERT INTO orders (id, user_id, order_no, status, amount_cents, remark, created_at, completed_at)
        VALUES (ID, ID, 'GO-ID', 'completed', 100, '放门口', '2023-11-20 10:00:00', '2023-11-28 10:00:00');
    INSERT INTO payments (id, order_id, order_no, channel, trade_no, amount_cents, payer_openid, paid_at)
        VALUES (ID, ID, 'GO-ID', 'wechat', 'T', 100, 'oGO', '2023-11-20 10:00:00');
    INSERT INTO geo_points (id, user_id, lat, lng, ts_ms) VALUES (ID, ID, 1, 2, 1701000000000);
";
