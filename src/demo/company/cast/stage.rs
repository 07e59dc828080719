//! What the stories are told with: one short call per row, sensible values for what a story does not turn on.

use super::super::{
    DemoError,
    loader::Loader,
    media::Media,
    moment::{DAY, HOUR, Moment},
    numbers,
    random::Random,
    world::World,
};
use jiff::civil::Date;
use rusqlite::{params, types::Null};

/// Where the stories are played.
pub(super) struct Stage<'s, 'c> {
    pub(super) world: &'s World,
    pub(super) today: Date,
    pub(super) out: &'s mut Loader<'c>,
    pub(super) media: &'s mut Media,
    /// The last order or waybill number that was given
    pub(super) number: i64,
}

/// An account; what is not said is the same for everybody.
pub(super) struct Account<'a> {
    pub(super) id: i64,
    pub(super) name: &'a str,
    pub(super) phone: String,
    pub(super) nickname: &'a str,
    /// Verified
    pub(super) email: Option<&'a str>,
    /// Never verified
    pub(super) profile_email: Option<&'a str>,
    /// Declared, in whatever form
    pub(super) birth: Option<String>,
    pub(super) invited_by: Option<i64>,
    pub(super) joined: Moment,
    /// Since when the number is proven
    pub(super) bound: Moment,
    pub(super) cancelled: Option<Moment>,
}

/// One end of a parcel's way.
#[derive(Clone)]
pub(super) struct Side<'a> {
    pub(super) user: Option<i64>,
    pub(super) name: &'a str,
    pub(super) phone: String,
    pub(super) address: &'a str,
}

/// A parcel.
pub(super) struct Parcel<'a> {
    pub(super) order: Option<i64>,
    pub(super) sender: Side<'a>,
    pub(super) recipient: Side<'a>,
    pub(super) status: &'a str,
    pub(super) created: Moment,
    pub(super) signed: Option<Moment>,
}

impl<'a> Account<'a> {
    /// A grown-up who joined 800 days ago.
    pub(super) fn new(stage: &Stage<'_, '_>, id: i64, name: &'a str) -> Self {
        let joined = stage.ago(800);
        Self {
            id,
            name,
            phone: numbers::cast_phone(id),
            nickname: name,
            email: None,
            profile_email: None,
            birth: Some("1988-08-08".to_owned()),
            invited_by: None,
            joined,
            bound: joined,
            cancelled: None,
        }
    }
}

impl Stage<'_, '_> {
    /// Ten in the morning, so many days ago.
    pub(super) fn ago(&self, days: i64) -> Moment {
        self.world.today.plus(-days * DAY + 10 * HOUR)
    }

    pub(super) fn random(&self, number: i64) -> Random {
        self.world.random(90, number)
    }

    /// An account with its profile, acceptance of the policy and consent to it.
    pub(super) fn account(&mut self, who: &Account<'_>) -> Result<(), DemoError> {
        let mut random = self.random(who.id);
        let (hash, salt) = (format!("$argon2id${}", random.hex(32)), random.hex(16));
        let totp = (who.id == 1).then(|| "JBSWY3DPEHPK3PXP".to_owned());
        let status = if who.cancelled.is_some() { "cancelled" } else { "active" };
        let avatar = format!("https://img.example.com/a/{}.jpg", who.id);
        let verified = who.email.is_some().then(|| who.joined.plus(HOUR));
        let (ip, token) = (numbers::ip(&mut random), self.world.analytics_token(who.id));
        let values = params![
            who.id,
            format!("cast{:02}", who.id),
            who.phone,
            who.bound,
            who.nickname,
            avatar,
            hash,
            salt,
            totp,
            who.email,
            verified,
            who.birth,
            status,
            ip,
            token,
            true,
            who.invited_by,
            who.joined,
            self.ago(2),
            who.cancelled
        ];
        self.out.row("users", values)?;
        let values = params![who.id, who.name, Null, who.profile_email, Null, "北京市", Null, Null, Null, who.joined];
        self.out.row("user_profiles", values)?;
        self.out.row("policy_acceptances", params![Null, who.id, "1.0", who.joined])?;
        self.consent(who.id, "account", who.joined, None)?;
        Ok(())
    }

    pub(super) fn consent(
        &mut self,
        user: i64,
        scope: &str,
        given: Moment,
        withdrawn: Option<Moment>,
    ) -> Result<i64, DemoError> {
        let values =
            params![Null, user, scope, "1.0", scope != "account", "checkbox", "界面截图编号 A1", given, withdrawn];
        self.out.row("consents", values)
    }

    pub(super) fn next_number(&mut self) -> i64 {
        self.number += 1;
        self.number
    }

    /// An order: its number in the table and its own.
    pub(super) fn order(
        &mut self,
        user: i64,
        status: &str,
        created: Moment,
        finished: Option<Moment>,
    ) -> Result<(i64, String), DemoError> {
        let number = format!("ZK{}{:09}", created.compact_day(), self.next_number());
        let completed = finished.filter(|_| status == "completed");
        let cancelled = finished.filter(|_| status == "cancelled");
        let values = params![Null, user, number, status, 4_900, Null, Null, created, completed, cancelled];
        let order = self.out.row("orders", values)?;
        self.out.row("order_items", params![Null, order, "10000001", "寄件服务", 1, 4_900])?;
        Ok((order, number))
    }

    pub(super) fn payment(&mut self, order: i64, number: &str, paid: Moment) -> Result<i64, DemoError> {
        let mut random = self.random(10_000 + order);
        let (trade, openid) = (random.digits(28), numbers::openid(&mut random));
        self.out.row("payments", params![Null, order, number, "wechat", trade, 4_900, openid, paid])
    }

    pub(super) fn invoice(
        &mut self,
        order: i64,
        title: &str,
        email: &str,
        issued: Option<Moment>,
    ) -> Result<i64, DemoError> {
        let values = params![Null, order, "personal", title, Null, email, Null, Null, 4_900, issued];
        self.out.row("invoices", values)
    }

    /// A parcel with its first scan and, if it arrived, its last. Returns its number in the table and its own.
    pub(super) fn parcel(&mut self, parcel: &Parcel<'_>) -> Result<(i64, String), DemoError> {
        let number = numbers::waybill_no("SF", self.next_number());
        let (sender, recipient) = (&parcel.sender, &parcel.recipient);
        let values = params![
            Null,
            number,
            parcel.order,
            "SF",
            sender.user,
            sender.name,
            sender.phone,
            sender.address,
            recipient.user,
            recipient.name,
            recipient.phone,
            recipient.address,
            "文件",
            500,
            1_200,
            parcel.status,
            "ZKJIA",
            Null,
            parcel.created,
            parcel.signed
        ];
        let waybill = self.out.row("waybills", values)?;
        self.out.row("waybill_routes", params![Null, waybill, parcel.created, "揽收网点", "已揽收", 1, Null])?;
        if let Some(signed) = parcel.signed {
            self.out.row("waybill_routes", params![Null, waybill, signed, "派送网点", "已签收", 2, recipient.name])?;
        }
        Ok((waybill, number))
    }

    /// A conversation that somebody opened; each text is the customer's.
    pub(super) fn ticket(
        &mut self,
        user: Option<i64>,
        phone: &str,
        opened: Moment,
        closed: Option<Moment>,
        texts: &[&str],
    ) -> Result<i64, DemoError> {
        let ticket = self.out.row("cs_tickets", params![Null, user, phone, "快件咨询", 1, opened, closed])?;
        for text in texts {
            self.out.row("cs_messages", params![Null, ticket, Null, text, opened])?;
        }
        self.out.row("cs_messages", params![Null, ticket, 1, "您好,已为您登记。", opened.plus(HOUR)])?;
        Ok(ticket)
    }
}

/// A side that has an account.
pub(super) fn holder(id: i64, name: &str, phone: String) -> Side<'_> {
    Side { user: Some(id), name, phone, address: "北京市朝阳区建设大街18号阳光花园3栋201室" }
}

/// A side without an account.
pub(super) fn stranger<'a>(name: &'a str, phone: &str) -> Side<'a> {
    Side {
        user: None, name, phone: phone.to_owned(), address: "浙江省杭州市西湖区文昌巷7号翠湖小区1栋602室"
    }
}
