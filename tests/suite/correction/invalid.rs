//! A thousand corrections that must not happen, each refused for the right reason: what the reason is, the test works
//! out from plain SQL and rules of its own.

use std::collections::BTreeMap;

use droit::case::{Evidence, Level};
use rusqlite::{Connection, OptionalExtension as _};

use super::bench::{Bench, open_case};
use crate::desk::sha;

/// One trial.
struct Trial {
    field: String,
    to: Option<String>,
    code: &'static str,
    weak: bool,
}

/// Numbers that look drawn and are the same in every run.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn text(plain: &Connection, sql: &str) -> Option<String> {
    plain.query_row(sql, [], |row| row.get(0)).optional().unwrap().flatten()
}

fn trial(field: impl Into<String>, to: &str, code: &'static str) -> Trial {
    Trial { field: field.into(), to: Some(to.to_owned()), code, weak: false }
}

/// Values that are none of their kind, by LAW §5.
fn malformed(draw: &mut Draw) -> Trial {
    let n = draw.next(10_000);
    let (field, value) = match draw.next(14) {
        0 => ("users.phone", format!("138001{n:04}")),
        1 => ("users.phone", format!("1380013{n:04}转1234")),
        2 => ("users.phone", format!("1280013{n:04}")),
        3 => ("users.email", format!("a{n}.example.org")),
        4 => ("users.email", format!("a{n}@@example.org")),
        5 => ("users.birth_date", format!("20{:02}-02-30", n % 25)),
        6 => ("users.birth_date", format!("{}-01-01", 2027 + n % 70)),
        7 => ("users.birth_date", format!("0{}/0{}/1999", 1 + n % 9, 1 + n % 8)),
        8 => ("users.birth_date", "0000-00-00".to_owned()),
        9 => ("users.birth_date", format!("{n}号")),
        10 => ("users.nickname", " ".repeat(usize::try_from(n % 5).unwrap())),
        11 => ("users.birth_date", "1999".to_owned()),
        12 => ("users.email", String::new()),
        _ => ("users.username", "\u{3000}".to_owned()),
    };
    trial(field, &value, "invalid_value")
}

/// … in a profile, if the person has one.
fn in_the_profile(plain: &Connection, account: i64, draw: &mut Draw) -> Trial {
    let there = text(plain, &format!("SELECT 'x' FROM user_profiles WHERE user_id = {account}")).is_some();
    let (field, value) = match draw.next(6) {
        0 => ("user_profiles.plate_no", "ZZ-12345"),
        1 => ("user_profiles.wechat_id", "1abc"),
        2 => ("user_profiles.sex", "banana"),
        3 => ("user_profiles.email", "nobody"),
        4 => ("user_profiles.real_name", "12345"),
        _ => ("user_profiles.wechat_id", "谁"),
    };
    trial(field, value, if there { "invalid_value" } else { "no_such_row" })
}

/// A value that somebody else has.
fn taken(plain: &Connection, account: i64, draw: &mut Draw) -> Option<Trial> {
    let other = 1 + draw.next(400);
    let (column, sql) = match draw.next(3) {
        0 => ("phone", "phone IS NOT NULL AND length(phone) = 11 AND phone GLOB '1[3-9]*'"),
        1 => ("email", "email IS NOT NULL AND email_verified_at IS NOT NULL AND email LIKE '%_@_%._%'"),
        _ => ("username", "1"),
    };
    let sql = format!(
        "SELECT {column} FROM users WHERE id = {other} AND id <> {account} AND {sql}
         AND {column} IS NOT (SELECT {column} FROM users WHERE id = {account})"
    );
    text(plain, &sql).map(|value| trial(format!("users.{column}"), &value, "value_taken"))
}

/// What is a fact of record, or not the map's to correct, or nothing at all.
fn fixed(plain: &Connection, account: i64, draw: &mut Draw) -> Option<Trial> {
    Some(match draw.next(12) {
        0 => trial("users.id", "7", "immutable"),
        1 => trial("users.created_at", "2020-01-01", "immutable"),
        2 => trial("waybills.waybill_no", "SF1234567890123", "immutable"),
        3 => trial("payments.amount_cents", "1", "immutable"),
        4 => trial("orders.order_no", "X1", "immutable"),
        5 => trial("waybills.recipient_name", "李四", "not_correctable"),
        6 => trial("users.password_hash", "x", "not_correctable"),
        7 => trial("users_audit.old_phone", "13800138000", "not_correctable"),
        8 => trial("users.shoe_size", "42", "unknown_field"),
        9 => trial("districts.name", "x", "not_correctable"),
        10 => {
            let sql = format!(
                "SELECT CAST(id AS TEXT) FROM orders WHERE user_id = {account} AND status NOT IN ('unpaid', 'paid') ORDER BY id"
            );
            trial(format!("orders[{}].remark", text(plain, &sql)?), "x", "settled")
        }
        _ => {
            let sql = format!(
                "SELECT CAST(i.id AS TEXT) FROM invoices i JOIN orders o ON o.id = i.order_id
                 WHERE o.user_id = {account} AND i.issued_at IS NOT NULL ORDER BY i.id"
            );
            trial(format!("invoices[{}].email", text(plain, &sql)?), "a@example.org", "settled")
        }
    })
}

/// Rows of others, several rows, and values that stand there already.
fn misplaced(plain: &Connection, account: i64, draw: &mut Draw) -> Option<Trial> {
    let other = account % 400 + 1;
    Some(match draw.next(7) {
        0 => trial(format!("users[{other}].nickname"), "x", "no_such_row"),
        1 => {
            let sql = format!("SELECT CAST(min(id) AS TEXT) FROM orders WHERE user_id = {other}");
            trial(format!("orders[{}].remark", text(plain, &sql)?), "x", "no_such_row")
        }
        2 => {
            let several = format!("SELECT CASE WHEN count(*) > 1 THEN 'x' END FROM orders WHERE user_id = {account}");
            text(plain, &several)?;
            trial("orders.remark", "x", "which_row")
        }
        3 => {
            let sql = format!("SELECT nickname FROM users WHERE id = {account} AND trim(nickname) <> ''");
            trial("users.nickname", &text(plain, &sql)?, "same_value")
        }
        4 => trial("users.personalization", "yes", "wrong_type"),
        5 => Trial { to: None, ..trial("users.username", "", "value_needed") },
        _ => Trial { weak: true, ..trial("users.phone", "13700137000", "stronger_identity") },
    })
}

#[test]
fn a_thousand_invalid_corrections_are_refused_for_the_right_reason() {
    let mut bench = Bench::courier();
    let plain = bench.plain();
    let before = sha(&bench.database());
    let mut book = bench.book();
    let case = open_case(&mut book);
    let mut draw = Draw(1_124);
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    while refused.values().sum::<u64>() < 1_000 {
        let account = i64::try_from(1 + draw.next(400)).unwrap();
        let trial = match draw.next(5) {
            0 => Some(malformed(&mut draw)),
            1 => Some(in_the_profile(&plain, account, &mut draw)),
            2 => taken(&plain, account, &mut draw),
            3 => fixed(&plain, account, &mut draw),
            _ => misplaced(&plain, account, &mut draw),
        };
        let Some(trial) = trial else { continue };
        (bench.level, bench.evidence) =
            if trial.weak { (Level::L2, Evidence::OtpNew) } else { (Level::L3, Evidence::IdDocument) };
        let subjects = [bench.account(account)];
        let outcome = bench
            .wishes(&subjects, &[(&trial.field, trial.to.as_deref())])
            .and_then(|wishes| bench.plan(&subjects, &wishes, case, &book));
        let error = outcome.err().unwrap_or_else(|| panic!("{account} {} {:?}", trial.field, trial.to));
        assert_eq!(error.code(), trial.code, "{account} {} {:?}", trial.field, trial.to);
        let value = trial.to.unwrap_or_default();
        assert!(value.len() < 6 || !format!("{error} {error:?}").contains(&value), "the reason tells the value");
        *refused.entry(trial.code).or_default() += 1;
    }
    assert!(refused.len() >= 10 && refused.values().all(|times| *times >= 5), "{refused:?}");
    assert_eq!(sha(&bench.database()), before);
}
