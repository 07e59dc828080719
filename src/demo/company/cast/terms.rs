//! Accounts 14 to 17: records on the last day of each period (14, 16) and one day past it (15, 17).

use super::{
    super::{
        DemoError,
        moment::{DAY, HOUR, Moment, Term},
        numbers,
        world::World,
    },
    stage::{Account, Parcel, Stage, holder, stranger},
};
use jiff::civil::date;
use rusqlite::{params, types::Null};

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, name, past) in [(14, "丁一", 0), (15, "丁二", 1)] {
        let mut account = Account::new(stage, id, name);
        account.joined = stage.ago(33 * 366); // taken over from the counter's books
        account.bound = account.joined;
        stage.account(&account)?;
        let edge = Edge { id, name, past };
        edge.contracts(stage)?;
        edge.vouchers(stage)?;
        edge.parcels(stage)?;
        edge.devices(stage)?;
        edge.logs(stage)?;
        edge.sensors(stage)?;
        edge.messages(stage)?;
        edge.people(stage)?;
    }
    for (id, name, past) in [(16, "戚三", 0), (17, "戚四", 1)] {
        let mut account = Account::new(stage, id, name);
        account.cancelled = Some(Edge { id, name, past }.at(stage, Term::Days(1)));
        stage.account(&account)?;
    }
    Ok(())
}

/// Somebody whose records are all at the edge of their periods.
struct Edge {
    id: i64,
    name: &'static str,
    /// Days past the last kept day
    past: i64,
}

impl Edge {
    /// Noon of the day whose record is kept until today, or so many days before.
    fn at(&self, stage: &Stage<'_, '_>, term: Term) -> Moment {
        Moment::at(term.last_kept(stage.today)).plus(12 * HOUR - self.past * DAY)
    }

    fn contracts(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let finished = self.at(stage, Term::Years(3));
        let (order, number) = stage.order(self.id, "completed", finished.plus(-3 * DAY), Some(finished))?;
        let phone = numbers::cast_phone(self.id);
        let values = params![Null, order, self.name, phone, Null, "ZKJIA", finished.plus(-3 * DAY)];
        stage.out.row("order_contacts", values)?;
        stage.payment(order, &number, finished)?;
        stage.order(self.id, "cancelled", finished.plus(-DAY), Some(finished))?;
        stage.out.row("coupons", params![Null, self.id, self.id, 500, finished, Null])?;
        stage.ticket(Some(self.id), &phone, finished.plus(-DAY), Some(finished), &["已解决"])?;
        let values =
            params![Null, self.id, Null, "钱多", "15400009003", "延误", Null, 3, finished.plus(-DAY), finished];
        stage.out.row("claims", values)?;
        let values = params![
            Null,
            self.id,
            "速关报关行",
            "021-55550000",
            "partner",
            "name",
            "清关",
            "接口",
            "SP",
            "13(1)(2)",
            Null,
            "AG-customs",
            true,
            finished
        ];
        stage.out.row("disclosures", values)?;
        stage.out.row("policy_notices", params![Null, self.id, "1.0", "M1", "mail", finished])?;
        stage.out.row("operator_audit", params![Null, 3, self.id, "查看订单", "10.0.0.1", finished])?;
        let half_year = self.at(stage, Term::Months(6));
        stage.out.row("operator_audit", params![Null, 3, self.id, "核验身份", "10.0.0.1", half_year])?;
        Ok(())
    }

    /// Vouchers are kept for thirty years from the end of their year: this year is the last for one of thirty years
    /// ago, and last year was for one of the year before.
    fn vouchers(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let (month, day) = if self.past == 0 { (1, 1) } else { (12, 31) };
        let year = stage.today.year() - 30 - i16::from(self.past > 0);
        let issued = Moment::at(date(year, month, day)).plus(12 * HOUR);
        let (order, number) = stage.order(self.id, "completed", issued, Some(issued))?;
        stage.payment(order, &number, issued)?;
        stage.invoice(order, self.name, "ding@example.org", Some(issued))?;
        Ok(())
    }

    fn parcels(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let signed = self.at(stage, Term::Years(3));
        let (waybill, _) = stage.parcel(&Parcel {
            order: None,
            sender: holder(self.id, self.name, numbers::cast_phone(self.id)),
            recipient: stranger("钱多", "15400009003"),
            status: "signed",
            created: signed.plus(-3 * DAY),
            signed: Some(signed),
        })?;
        let taken = self.at(stage, Term::Years(1));
        let file = stage.media.image("label", &format!("droit-demo waybill={waybill}"))?;
        stage.out.row("waybill_images", params![Null, waybill, "label", file, taken])?;
        let id_no = numbers::resident_id("110101", "19880808", 201 + self.past);
        let values = params![Null, waybill, self.id, self.name, id_no, "茶叶", 9_900, Null, Null, signed];
        stage.out.row("customs_declarations", values)?;
        Ok(())
    }

    fn devices(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let (half_year, quarter) = (self.at(stage, Term::Days(180)), self.at(stage, Term::Days(90)));
        let device = World::device(self.id);
        for device in [device, device + 1] {
            let imei = numbers::imei(&mut stage.random(700 + device));
            let values = params![device, self.id, imei, Null, Null, "OPPO", "Android 15", Null, half_year];
            stage.out.row("devices", values)?;
        }
        stage.out.row("installed_apps", params![Null, device, "org.example.bank", quarter])?;
        stage.out.row("device_links", params![Null, device, device + 1, "同一账号登录", half_year])?;
        let (visitor, created) = (stage.world.visitor(self.id), self.at(stage, Term::Months(13)));
        stage.out.row("cookies", params![visitor, self.id, false, created, created.plus(395 * DAY)])?;
        let year = self.at(stage, Term::Months(12));
        stage.out.row("browsing_events", params![Null, self.id, visitor, "https://www.example.com/", Null, year])?;
        Ok(())
    }

    fn logs(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        for term in [Term::Months(6), Term::Months(12)] {
            let seen = self.at(stage, term).epoch_seconds();
            stage.out.row("network_logs", params![self.id, "192.0.2.14", "/api/login", "ZKJIA/8.0", seen])?;
        }
        let year = self.at(stage, Term::Years(1));
        stage.out.row("risk_urls", params![Null, self.id, "http://phish.example.net/?u=14", 70, year])?;
        stage.out.row("risk_scores", params![Null, self.id, r#"{"logins":1}"#, 0.5, Null, year])?;
        let values = params![Null, self.id, Null, 9, "数汇科技", "city", "北京市", "LC-000014", year];
        stage.out.row("partner_sourced", values)?;
        Ok(())
    }

    fn sensors(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let month = self.at(stage, Term::Days(30)).epoch_millis();
        stage.out.row("geo_points", params![Null, self.id, 39.93, 116.42, month])?;
        let quarter = self.at(stage, Term::Days(90));
        let marker = format!("droit-demo user={}", self.id);
        let (voice, image) = (stage.media.voice(&marker)?, stage.media.image("album", &marker)?);
        stage.out.row("voice_records", params![Null, self.id, Null, voice, "寄到北京", quarter])?;
        stage.out.row("media_uploads", params![Null, self.id, image, "扫码寄件", quarter])?;
        Ok(())
    }

    fn messages(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let sent = self.at(stage, Term::Days(180));
        stage.out.row("push_log", params![Null, self.id, Null, "route", false, "已签收", sent, Null])?;
        let phone = numbers::cast_phone(self.id);
        stage.out.row("sms_log", params![Null, self.id, phone, "pickup", "取件码 112233", sent])?;
        stage.out.row("mail_log", params![Null, self.id, "ding@example.org", "优惠", sent, Null, Null])?;
        stage.out.row("user_tags", params![Null, self.id, "价格敏感", "本站行为", sent])?;
        stage.out.row("crash_reports", params![Null, self.id, Null, Null, "SIGSEGV", sent])?;
        stage.out.row("contacts_import", params![Null, self.id, "钱多", "15400009003", sent])?;
        Ok(())
    }

    fn people(&self, stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
        let shipped = self.at(stage, Term::Years(1));
        let id_no = numbers::resident_id("110101", "19880808", 201 + self.past);
        let values = params![Null, self.id, "resident_id", id_no, self.name, shipped.plus(-DAY), shipped];
        let auth = stage.out.row("real_name_auth", values)?;
        let photo = stage.media.image("id", &format!("droit-demo user={}", self.id))?;
        stage.out.row("id_photos", params![Null, auth, photo, self.at(stage, Term::Days(1))])?;
        Ok(())
    }
}
