//! The application goes on: orders, parcels, messages, new accounts, children, consents that come late. Everything is
//! written by hand, with the time of the day on which it happens.

use std::fmt::Write;

use jiff::{Span, civil::Date};
use rusqlite::Connection;

use super::both::strings;

/// Numbers that somebody drew from a seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(from.len()).ok().filter(|sides| *sides > 0)?;
        from.get(usize::try_from(self.below(sides)).ok()?)
    }
}

pub(super) struct Application {
    /// The last number that was given to anything
    number: i64,
    pub(super) dice: Dice,
    /// Numbers that somebody gave up and that are given to others again, with the day
    pub(super) freed: Vec<(Date, String)>,
}

/// Accounts that do something.
const BUSY: &str =
    "SELECT CAST(id AS TEXT) FROM users WHERE id > 60 AND status = 'active' AND phone IS NOT NULL ORDER BY id";

impl Application {
    pub(super) fn new(seed: u64) -> Self {
        Self { number: 1_000_000, dice: Dice::new(seed), freed: Vec::new() }
    }

    fn next(&mut self) -> i64 {
        self.number += 1;
        self.number
    }

    /// What the application writes on `day`, as `db` stands.
    pub(super) fn day(&mut self, db: &Connection, day: Date) -> String {
        let mut sql = String::new();
        let busy = strings(db, BUSY);
        self.orders(&busy, day, &mut sql);
        self.progress(db, day, &mut sql);
        self.traffic(&busy, day, &mut sql);
        self.people(db, &busy, day, &mut sql);
        sql
    }

    fn orders(&mut self, busy: &[String], day: Date, sql: &mut String) {
        for _ in 0..=self.dice.below(2) {
            let Some(buyer) = self.dice.pick(busy) else { return };
            let order = self.next();
            let status = if self.dice.one_in(4) { "unpaid" } else { "paid" };
            let remark = if self.dice.one_in(3) { "'周末送达'" } else { "NULL" };
            writeln!(
                sql,
                "INSERT INTO orders (id, user_id, order_no, status, amount_cents, remark, created_at)
                     VALUES ({order}, {buyer}, 'HY{order}', '{status}', 1200, {remark}, '{day} 09:00:00');
                 INSERT INTO order_items (id, order_id, sku, title, quantity, price_cents)
                     VALUES ({order}, {order}, '11', '纸箱', 1, 1200);
                 INSERT INTO order_contacts (id, order_id, name, phone, collected_by, created_at)
                     VALUES ({order}, {order}, '吴订单', '1690{order}', 'ZKJIA', '{day} 09:00:00');"
            )
            .unwrap();
            if status == "unpaid" {
                continue;
            }
            writeln!(
                sql,
                "INSERT INTO payments (id, order_id, order_no, channel, trade_no, amount_cents, payer_openid, paid_at)
                     VALUES ({order}, {order}, 'HY{order}', 'wechat', 'T{order}', 1200, 'oHY{order}', '{day} 09:05:00');"
            )
            .unwrap();
            if self.dice.one_in(3) {
                writeln!(
                    sql,
                    "INSERT INTO invoices (id, order_id, title_type, title, email, amount_cents)
                         VALUES ({order}, {order}, 'personal', '买家', 'b{order}@example.org', 1200);"
                )
                .unwrap();
            }
            let other = self.dice.pick(busy).filter(|other| *other != buyer);
            let account = other.map_or("NULL", String::as_str);
            let of = |column: &str, table: &str, key: &str, id: &str| {
                format!("(SELECT {column} FROM {table} WHERE {key} = {id})")
            };
            let sender = of("real_name", "user_profiles", "user_id", buyer);
            let (phone, name) = match other {
                Some(id) => (of("phone", "users", "id", id), of("real_name", "user_profiles", "user_id", id)),
                None => (format!("'1691{order}'"), format!("'路人{order}'")),
            };
            writeln!(
                sql,
                "INSERT INTO waybills (id, waybill_no, order_id, carrier_code, sender_user_id, sender_name, sender_phone,
                        sender_address, recipient_user_id, recipient_name, recipient_phone, recipient_address, goods,
                        status, source_channel, created_at)
                     SELECT {order}, 'SF{order}000000', {order}, 'SF', id, {sender}, phone, '甲路1号', {account}, {name},
                        {phone}, '乙路2号', '茶叶', 'created', 'ZKJIA', '{day} 09:10:00' FROM users WHERE id = {buyer};"
            )
            .unwrap();
            if self.dice.one_in(6) {
                writeln!(
                    sql,
                    "INSERT INTO cod_settlements (id, waybill_no, payee_name, payee_account, amount_cents, created_at)
                         VALUES ({order}, 'SF{order}000000', '买家', '6222020200001{order}', 900, '{day} 09:10:00');"
                )
                .unwrap();
            }
        }
    }

    /// Contracts are performed, whoever's they are and whatever has been asked meanwhile.
    fn progress(&mut self, db: &Connection, day: Date, sql: &mut String) {
        let older = |days: i64| format!("'{}'", day - Span::new().days(days));
        let mut some = |query: &str, sides: u64| -> Vec<String> {
            strings(db, query).into_iter().filter(|_| self.dice.one_in(sides)).collect()
        };
        let paid = format!("SELECT CAST(id AS TEXT) FROM orders WHERE status = 'unpaid' AND created_at < {}", older(4));
        for id in some(&paid, 5) {
            writeln!(sql, "UPDATE orders SET status = 'cancelled', cancelled_at = '{day} 20:00:00' WHERE id = {id};")
                .unwrap();
        }
        let way = format!(
            "SELECT CAST(id AS TEXT) FROM waybills WHERE status NOT IN ('signed', 'returned') AND created_at < {}",
            older(2)
        );
        let mut signed = Vec::new();
        for id in some(&way, 6) {
            writeln!(sql, "UPDATE waybills SET status = 'signed', signed_at = '{day} 20:10:00' WHERE id = {id};")
                .unwrap();
            signed.push(id);
        }
        let shipped = "SELECT CAST(o.id AS TEXT) FROM orders o WHERE o.status IN ('paid', 'shipped') AND NOT EXISTS
            (SELECT 1 FROM waybills w WHERE w.order_id = o.id AND w.status NOT IN ('signed', 'returned'))";
        for id in some(shipped, 4) {
            writeln!(sql, "UPDATE orders SET status = 'completed', completed_at = '{day} 20:20:00' WHERE id = {id};")
                .unwrap();
        }
        for (table, open, set, sides) in [
            ("invoices", "issued_at IS NULL", "issued_at", 5),
            ("cod_settlements", "settled_at IS NULL", "settled_at", 8),
            ("claims", "closed_at IS NULL", "closed_at", 15),
            ("cs_tickets", "closed_at IS NULL", "closed_at", 6),
        ] {
            for id in some(&format!("SELECT CAST(id AS TEXT) FROM {table} WHERE {open}"), sides) {
                writeln!(sql, "UPDATE {table} SET {set} = '{day} 20:30:00' WHERE id = {id};").unwrap();
            }
        }
        for id in signed {
            let scan = self.next();
            writeln!(
                sql,
                "INSERT INTO waybill_routes (id, waybill_id, scanned_at, station, action, signer_name)
                     VALUES ({scan}, {id}, '{day} 20:10:00', '站点', '签收', '签收人');"
            )
            .unwrap();
        }
    }

    fn traffic(&mut self, busy: &[String], day: Date, sql: &mut String) {
        let noon: i64 = format!("{day}T12:00:00+08:00").parse::<jiff::Timestamp>().unwrap().as_second();
        for kind in 0..8 {
            let Some(who) = self.dice.pick(busy) else { return };
            let id = self.next();
            let line = match kind {
                0 | 1 => format!(
                    "INSERT INTO browsing_events (id, user_id, visitor_id, url, occurred_at)
                     SELECT {id}, {who}, max(visitor_id), 'https://www.example.com/', '{day} 12:00:00' FROM cookies WHERE user_id = {who};"
                ),
                2 | 3 => format!(
                    "INSERT INTO network_logs (rowid, user_id, ip, path, ts) VALUES ({id}, {who}, '192.0.2.1', '/api', {noon});"
                ),
                4 => format!(
                    "INSERT INTO geo_points (id, user_id, lat, lng, ts_ms) VALUES ({id}, {who}, 30.1, 120.1, {noon}000);"
                ),
                5 => format!(
                    "INSERT INTO push_log (id, user_id, device_id, topic, marketing, body, sent_at)
                     SELECT {id}, {who}, min(id), 'route', 0, '正在派送', '{day} 12:00:00' FROM devices WHERE user_id = {who};"
                ),
                6 => format!(
                    "INSERT INTO sms_log (id, user_id, phone, template, body, sent_at)
                     SELECT {id}, id, phone, 'pickup', '取件码 1{id}', '{day} 12:00:00' FROM users WHERE id = {who};"
                ),
                _ => format!(
                    "UPDATE devices SET last_active_at = '{day} 12:00:00' WHERE user_id = {who};
                     UPDATE users SET last_login_at = '{day} 12:00:00' WHERE id = {who};
                     INSERT INTO voice_records (id, user_id, transcript, created_at) VALUES ({id}, {who}, '寄到甲路', '{day} 12:00:00');
                     INSERT INTO user_tags (id, user_id, tag, source, created_at) VALUES ({id}, {who}, '夜间下单', '本站行为', '{day} 12:00:00');"
                ),
            };
            sql.push_str(&line);
            sql.push('\n');
        }
        if self.dice.one_in(3)
            && let Some(who) = self.dice.pick(busy)
        {
            let id = self.next();
            writeln!(
                sql,
                "INSERT INTO cs_tickets (id, user_id, phone, subject, opened_at)
                     SELECT {id}, id, phone, '退款进度', '{day} 12:30:00' FROM users WHERE id = {who};
                 INSERT INTO cs_messages (id, ticket_id, body, sent_at) VALUES ({id}, {id}, '请问到哪里了', '{day} 12:30:00');"
            )
            .unwrap();
        }
    }

    fn people(&mut self, db: &Connection, busy: &[String], day: Date, sql: &mut String) {
        if self.dice.one_in(4) {
            let phone = format!("1700{}", self.number + 1);
            self.joins(day, &phone, "1990-05-05", sql);
        }
        let due = self.freed.iter().position(|(from, _)| *from <= day);
        if let Some((_, phone)) = due.map(|at| self.freed.swap_remove(at)) {
            // the number was given to somebody else
            let id = self.joins(day, &phone, "1985-01-01", sql);
            let sms = self.next();
            writeln!(
                sql,
                "INSERT INTO sms_log (id, user_id, phone, template, body, sent_at)
                     VALUES ({sms}, {id}, '{phone}', 'welcome', '欢迎', '{day} 21:10:00'),
                            ({sms} + 500000000, NULL, '{phone}', 'pickup', '取件码', '{day} 21:20:00');"
            )
            .unwrap();
        }
        if self.dice.one_in(8) {
            self.child_joins(day, sql);
        }
        for change in 0..5 {
            let Some(who) = self.dice.pick(busy).filter(|_| self.dice_says(change)) else { continue };
            let line = match change {
                0 => format!("UPDATE users SET nickname = '新{}' WHERE id = {who};", self.number),
                1 => format!(
                    "UPDATE consents SET withdrawn_at = '{day} 21:00:00' WHERE user_id = {who} AND withdrawn_at IS NULL;"
                ),
                2 => format!(
                    "UPDATE permissions SET revoked_at = '{day} 21:00:00' WHERE user_id = {who} AND revoked_at IS NULL;"
                ),
                3 => format!("DELETE FROM addresses WHERE id = (SELECT max(id) FROM addresses WHERE user_id = {who});"),
                _ => {
                    format!("UPDATE users SET status = 'cancelled', cancelled_at = '{day} 21:00:00' WHERE id = {who};")
                }
            };
            writeln!(sql, "{line}").unwrap();
        }
        // a guardian who agrees late
        if self.dice.one_in(20) {
            let asked = strings(db, "SELECT CAST(id AS TEXT) FROM guardian_consents WHERE status = 'requested'");
            if let Some(id) = self.dice.pick(&asked) {
                writeln!(
                    sql,
                    "UPDATE guardian_consents SET status = 'granted', evidence_sha256 = 'e{id}', consented_at = '{day} 21:00:00' WHERE id = {id};"
                )
                .unwrap();
            }
        }
    }

    fn dice_says(&mut self, change: u64) -> bool {
        self.dice.one_in([3, 3, 4, 4, 12][usize::try_from(change).unwrap()])
    }

    fn joins(&mut self, day: Date, phone: &str, born: &str, sql: &mut String) -> i64 {
        let id = self.next();
        writeln!(
            sql,
            "INSERT INTO users (id, username, phone, phone_bound_at, nickname, birth_date, status, reg_ip, created_at)
                 VALUES ({id}, 'hy{id}', '{phone}', '{day} 21:00:00', '新人', '{born}', 'active', '192.0.2.9', '{day} 21:00:00');
             INSERT INTO user_profiles (user_id, real_name, region, updated_at) VALUES ({id}, '新人{id}', '杭州市', '{day} 21:00:00');
             INSERT INTO addresses (id, user_id, name, phone, address, created_at)
                 VALUES ({id}, {id}, '新人{id}', '{phone}', '丙路3号', '{day} 21:00:00');
             INSERT INTO devices (id, user_id, imei, push_token, last_active_at) VALUES ({id}, {id}, NULL, 'p{id}', '{day} 21:00:00');
             INSERT INTO installed_apps (id, device_id, package, seen_at) VALUES ({id}, {id}, 'com.example.map', '{day} 21:00:00');
             INSERT INTO cookies (visitor_id, user_id, dnt, created_at, expires_at) VALUES ('hy-{id}', {id}, 0, '{day} 21:00:00', '{day} 21:00:00');"
        )
        .unwrap();
        id
    }

    /// Thirteen or seventeen, some a week before their birthday; with consent, without, or with one that comes late.
    fn child_joins(&mut self, day: Date, sql: &mut String) {
        let years = if self.dice.one_in(3) { 18 } else { 14 };
        let days = i64::try_from(self.dice.below(120)).unwrap();
        let born = day - Span::new().years(years) + Span::new().days(days);
        let phone = format!("1701{}", self.number + 1);
        let id = self.joins(day, &phone, &born.to_string(), sql);
        writeln!(sql, "INSERT INTO geo_points (id, user_id, lat, lng, ts_ms) VALUES ({id}, {id}, 1.0, 2.0, {});", {
            format!("{day}T21:30:00+08:00").parse::<jiff::Timestamp>().unwrap().as_millisecond()
        })
        .unwrap();
        let before = day.yesterday().unwrap();
        let (scope, status, evidence, given) = match self.dice.below(4) {
            0 => ("all", "granted", format!("'e{id}'"), format!("'{before} 12:00:00'")),
            1 => ("account,order", "granted", format!("'e{id}'"), format!("'{before} 12:00:00'")),
            2 => ("all", "requested", "NULL".to_owned(), "NULL".to_owned()),
            _ => return,
        };
        writeln!(
            sql,
            "INSERT INTO guardians (id, minor_user_id, name, phone, relation, created_at)
                 VALUES ({id}, {id}, '家长', '1702{id}', '母亲', '{before} 11:00:00');
             INSERT INTO guardian_consents (id, minor_user_id, guardian_id, scope, form, status, evidence_sha256, consented_at)
                 VALUES ({id}, {id}, {id}, '{scope}', 'written', '{status}', {evidence}, {given});"
        )
        .unwrap();
    }
}
