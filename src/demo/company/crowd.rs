//! The accounts after the cast: what is held once per account, written account by account.

use super::{
    DemoError,
    loader::Loader,
    moment::{DAY, HOUR, Moment},
    names, numbers,
    person::{Birth, Person},
    random::Random,
    reference::{PARTNERS, policy},
    world::{LAST_OF_CAST, World},
};
use rusqlite::{params, types::Null};

pub(super) fn write(world: &World, out: &mut Loader<'_>) -> Result<(), DemoError> {
    for id in LAST_OF_CAST + 1..=world.users {
        let mut account = Account {
            world,
            id,
            person: Person::holder(world.seed, id),
            joined: world.joined(id),
            random: world.random(20, id),
        };
        account.account(out)?;
        account.papers(out)?;
        account.books(out)?;
        account.consents(out)?;
        account.sources(out)?;
        account.devices(out)?;
        account.traces(out)?;
        if account.person.minor() && account.person.consented() {
            account.guardian(out)?;
        }
    }
    Ok(())
}

struct Account<'a> {
    world: &'a World,
    id: i64,
    person: Person,
    joined: Moment,
    random: Random,
}

impl Account<'_> {
    /// A moment between joining and now.
    fn later(&mut self) -> Moment {
        let age = (self.world.today.0 - self.joined.0).max(1);
        self.joined.plus(self.random.below(age))
    }

    /// A moment within the last `days`, but not before joining.
    fn lately(&mut self, days: i64) -> Moment {
        let ago = self.random.below(days * DAY);
        Moment(self.world.today.plus(-ago).0.max(self.joined.0))
    }

    fn account(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        let (id, joined) = (self.id, self.joined);
        let style = if self.random.chance(40) { self.random.between(1, 4) } else { 0 };
        let phone = numbers::spelled(&self.person.phone(), style);
        let email = self.random.chance(600).then(|| self.person.email());
        let verified = email.is_some().then(|| joined.plus(HOUR));
        let birth = match self.person.birth(self.world.today) {
            Birth::Day(day) => Some(day),
            Birth::Senseless(text) => Some(text.to_owned()),
            Birth::Unknown => None,
        };
        let cancelled = self.random.chance(10).then(|| self.lately(60));
        let status = if cancelled.is_some() { "cancelled" } else { "active" };
        let avatar = format!("https://img.example.com/a/{}.jpg", self.random.hex(12));
        let (hash, salt) = (format!("$argon2id${}", self.random.hex(32)), self.random.hex(16));
        let inviter =
            (id > LAST_OF_CAST + 1 && self.random.chance(50)).then(|| self.random.between(LAST_OF_CAST + 1, id - 1));
        let (ip, token, last) = (numbers::ip(&mut self.random), self.world.analytics_token(id), self.later());
        let personal = !self.random.chance(80);
        out.row(
            "users",
            params![
                id,
                format!("user{id}"),
                phone,
                joined,
                self.person.nickname(),
                avatar,
                hash,
                salt,
                Null,
                email,
                verified,
                birth,
                status,
                ip,
                token,
                personal,
                inviter,
                joined,
                last,
                cancelled
            ],
        )?;
        if self.random.chance(700) {
            self.profile(out)?;
        }
        Ok(())
    }

    fn profile(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        let sex = if self.person.male() { "男" } else { "女" };
        let district = self.person.district();
        let plate = self.random.chance(150).then(|| format!("{}{}", district.plate, self.random.digits(5)));
        let wechat = self.random.chance(300).then(|| format!("wx_{}", self.random.hex(10)));
        let interest = *self.random.pick(&["数码", "母婴", "图书", "户外", "美妆", "生鲜"]);
        let email = self.random.chance(200).then(|| self.person.email());
        let bio = self.random.chance(100).then_some("热爱生活,喜欢网购");
        let updated = self.later();
        out.row(
            "user_profiles",
            params![self.id, self.person.name(), sex, email, wechat, district.city, plate, interest, bio, updated],
        )?;
        Ok(())
    }

    fn papers(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        if !self.random.chance(450) {
            return Ok(());
        }
        let (kind, number) = match self.random.below(100) {
            0 => ("passport", format!("E{}", self.random.digits(8))),
            1 => ("travel_permit", format!("H{}", self.random.digits(8))),
            2 => ("residence_permit", numbers::resident_id("810000", "19900101", self.random.below(1_000))),
            _ => ("resident_id", self.person.resident_id(self.world.today)),
        };
        let verified = self.later();
        let shipped = self.random.chance(800).then(|| self.later()).filter(|shipped| *shipped > verified);
        let auth =
            out.row("real_name_auth", params![Null, self.id, kind, number, self.person.name(), verified, shipped])?;
        if self.random.chance(30) {
            out.row("id_photos", params![Null, auth, Null, verified.plus(HOUR)])?;
        }
        Ok(())
    }

    fn books(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        for number in 0..self.random.between(1, 2) {
            let own = number == 0;
            let whose = if own { self.person } else { self.world.stranger(&mut self.random) };
            let phone = numbers::spelled(&whose.phone(), numbers::style(&mut self.random));
            let label = if own { "家" } else { *self.random.pick(&["公司", "父母家", "朋友"]) };
            let (district, added) = (whose.district(), self.later());
            let values = params![
                Null,
                self.id,
                whose.name(),
                phone,
                district.code,
                whose.address(),
                district.postcode,
                label,
                added
            ];
            out.row("addresses", values)?;
        }
        if self.random.chance(200) {
            let imported = self.lately(240);
            for _ in 0..self.random.between(8, 20) {
                let whose = if self.random.chance(200) {
                    self.world.holder_at(&mut self.random, imported)
                } else {
                    self.world.stranger(&mut self.random)
                };
                let phone = numbers::spelled(&whose.phone(), self.random.between(0, 3));
                out.row("contacts_import", params![Null, self.id, whose.name(), phone, imported])?;
            }
        }
        Ok(())
    }

    fn consents(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        let version = policy((self.world.today.0 - self.joined.0) / DAY);
        out.row("policy_acceptances", params![Null, self.id, version, self.joined])?;
        out.row(
            "consents",
            params![Null, self.id, "account", version, false, "checkbox", "界面截图编号 A1", self.joined, Null],
        )?;
        if self.random.chance(500) {
            let scope = *self.random.pick(&["marketing", "personalization", "cookies", "third_party"]);
            let withdrawn = self.random.chance(150).then(|| self.later());
            let values = params![Null, self.id, scope, version, true, "dialog", "弹窗日志", self.joined, withdrawn];
            out.row("consents", values)?;
        }
        for scope in ["geo", "camera", "album", "mic", "contacts"] {
            if self.random.chance(350) {
                let revoked = self.random.chance(100).then(|| self.later());
                out.row("permissions", params![self.id, scope, self.joined.plus(HOUR), revoked])?;
            }
        }
        if version != "3.0" && self.random.chance(600) {
            let channel = *self.random.pick(&["mail", "sms", "page"]);
            let sent = self.world.today.plus(-DAY * 207);
            out.row("policy_notices", params![Null, self.id, "3.0", "M1", channel, sent])?;
        }
        out.row("subscriptions", params![Null, self.id, "push", "route", self.joined, Null])?;
        if self.random.chance(400) {
            let stopped = self.random.chance(300).then(|| self.later());
            out.row("subscriptions", params![Null, self.id, "mail", "promotion", self.joined, stopped])?;
        }
        Ok(())
    }

    fn sources(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        if self.random.chance(300) {
            let (provider, bound) = (*self.random.pick(&["wechat", "alipay", "weibo"]), self.later());
            let (openid, union) = (numbers::openid(&mut self.random), numbers::openid(&mut self.random));
            let avatar = format!("https://avatar.example.org/{}.png", self.random.hex(10));
            let (nickname, token) = (names::nickname(&mut self.random), self.random.hex(40));
            let values = params![Null, self.id, provider, openid, union, nickname, avatar, token, bound];
            out.row("third_party_accounts", values)?;
        }
        if self.random.chance(250) {
            let city = self.person.district().city;
            let (field, value) = match self.random.below(4) {
                0 => ("email", self.person.email()),
                1 => ("city", city.to_owned()),
                2 => ("income_band", "月入 8000–12000".to_owned()),
                _ => ("company_tax_no", numbers::uscc(&mut self.random, self.person.district().code)),
            };
            let check = (!self.random.chance(30)).then(|| format!("LC-{}", self.random.digits(6)));
            let (partner, _) = PARTNERS[8];
            let received = self.lately(500);
            let values = params![Null, self.id, self.person.phone(), 9, partner, field, value, check, received];
            out.row("partner_sourced", values)?;
        }
        if self.random.chance(40) {
            let suppressed = self.later();
            let (hmac, channel) = (self.random.hex(64), *self.random.pick(&["mail", "sms"]));
            out.row("suppression", params![hmac, channel, "unsubscribed", suppressed])?;
        }
        Ok(())
    }

    fn devices(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        let first = World::device(self.id);
        for device in first..first + World::devices(self.id) {
            let (model, os) = *self.random.pick(&[
                ("HUAWEI Mate 60", "HarmonyOS 4.2"),
                ("Xiaomi 14", "Android 14"),
                ("iPhone 15", "iOS 18.1"),
                ("OPPO Find X7", "Android 15"),
            ]);
            let (imei, oaid) = (numbers::imei(&mut self.random), numbers::oaid(&mut self.random));
            let (mac, token, active) = (numbers::mac(&mut self.random), self.random.hex(32), self.lately(260));
            out.row("devices", params![device, self.id, imei, oaid, mac, model, os, token, active])?;
            for _ in 0..self.random.between(0, 3) {
                let package =
                    *self.random.pick(&["com.example.chat", "com.example.map", "org.example.bank", "net.example.game"]);
                let seen = self.lately(130);
                out.row("installed_apps", params![Null, device, package, seen])?;
            }
        }
        if World::devices(self.id) == 2 {
            let linked = self.lately(220);
            out.row("device_links", params![Null, first, first + 1, "同一账号登录", linked])?;
        }
        let (visitor, visited) = (self.world.visitor(self.id), self.lately(420));
        let dnt = self.random.chance(50);
        out.row("cookies", params![visitor, self.id, dnt, visited, visited.plus(DAY * 395)])?;
        Ok(())
    }

    fn traces(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        for _ in 0..self.random.between(0, 2) {
            let tag = *self.random.pick(&["高频寄件", "价格敏感", "母婴人群", "夜间下单", "企业用户"]);
            let (source, tagged) = (*self.random.pick(&["本站行为", "数汇科技", "公开渠道"]), self.lately(220));
            out.row("user_tags", params![Null, self.id, tag, source, tagged])?;
        }
        if self.id > LAST_OF_CAST + 1 && self.random.chance(150) {
            let by = self.random.between(LAST_OF_CAST + 1, self.id - 1);
            let (made, used) = (self.later(), self.random.chance(500).then(|| self.world.today.plus(-DAY)));
            out.row("coupons", params![Null, self.id, by, self.random.between(1, 20) * 100, made, used])?;
        }
        if self.random.chance(250) {
            let (features, score) = (r#"{"logins":3,"devices":1,"night":0.2}"#, self.random.below(1_000));
            let hits = self.random.chance(100).then_some("R17,R21");
            let scored = self.lately(450);
            let score = f64::from(i32::try_from(score).unwrap_or_default()) / 1_000.0;
            out.row("risk_scores", params![Null, self.id, features, score, hits, scored])?;
        }
        if self.random.chance(500) {
            let born = match self.person.birth(self.world.today) {
                Birth::Day(day) => Some(day[..4].to_owned()),
                Birth::Senseless(_) | Birth::Unknown => None,
            };
            let (token, city) = (self.world.analytics_token(self.id), self.person.district().city);
            let (count, spent) = (self.random.below(30), self.random.below(300_000));
            out.row("deid_records", params![Null, self.random.between(1, 2), token, born, city, count, spent])?;
        }
        Ok(())
    }

    /// A guardian who consented in writing the day before the account was made.
    fn guardian(&mut self, out: &mut Loader<'_>) -> Result<(), DemoError> {
        let guardian = self.world.stranger(&mut self.random);
        let before = self.joined.plus(-DAY);
        let id_no = guardian.resident_id(self.world.today);
        let values = params![Null, self.id, guardian.name(), guardian.phone(), id_no, "母亲", before];
        let id = out.row("guardians", values)?;
        let evidence = self.random.hex(64);
        let values = params![Null, self.id, id, "all", "written", "granted", evidence, before.plus(HOUR), Null];
        out.row("guardian_consents", values)?;
        Ok(())
    }
}
