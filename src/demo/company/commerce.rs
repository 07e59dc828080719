//! Orders, money and parcels of the crowd, in the order of time: one person's rows lie scattered among everybody's.

use super::{
    DemoError, hostile,
    loader::Loader,
    media::Media,
    moment::{DAY, HOUR, Moment},
    names, numbers,
    person::Person,
    random::Random,
    reference::{CARRIERS, PARTNERS},
    world::World,
};
use rusqlite::{params, types::Null};

/// Numbers from here on are the crowd's; the cast's are below.
const FIRST_NUMBER: i64 = 10_000;

pub(super) fn write(world: &World, out: &mut Loader<'_>, media: &mut Media) -> Result<(), DemoError> {
    let orders = world.crowd() * 4;
    for number in 0..orders {
        let mut random = world.random(30, number);
        let created = world.moment(1_650, number, orders, &mut random);
        let buyer = world.holder_at(&mut random, created);
        Trade { world, number: FIRST_NUMBER + number, created, buyer, random }.write(out, media)?;
    }
    Ok(())
}

struct Trade<'a> {
    world: &'a World,
    number: i64,
    created: Moment,
    buyer: Person,
    random: Random,
}

/// A parcel that arrived.
struct Delivery<'a> {
    waybill: i64,
    number: &'a str,
    sender: Person,
    recipient: Person,
    signed: Moment,
}

impl Trade<'_> {
    fn write(mut self, out: &mut Loader<'_>, media: &mut Media) -> Result<(), DemoError> {
        let finished = self.created.plus(DAY * self.random.between(2, 9) + self.random.below(DAY));
        let done = finished < self.world.today;
        let status = match self.random.below(100) {
            0..6 => "cancelled",
            6..9 if !done => "unpaid",
            9..40 if !done => "paid",
            _ if !done => "shipped",
            _ => "completed",
        };
        let order_no = format!("ZK{}{:09}", self.created.compact_day(), self.number);
        let amount = self.random.between(500, 80_000);
        let order = self.order(out, &order_no, status, amount, finished)?;
        self.items(out, order, amount)?;
        if !matches!(status, "unpaid" | "cancelled") {
            self.payment(out, order, &order_no, amount)?;
        }
        if status == "completed" && self.random.chance(150) {
            self.invoice(out, order, amount, finished)?;
        }
        if matches!(status, "shipped" | "completed") {
            self.parcel(out, media, order, (status == "completed").then_some(finished))?;
        }
        Ok(())
    }

    fn order(
        &mut self,
        out: &mut Loader<'_>,
        order_no: &str,
        status: &str,
        amount: i64,
        finished: Moment,
    ) -> Result<i64, DemoError> {
        let remark = match self.random.below(1_000) {
            0..2 => Some((*self.random.pick(hostile::TEXTS)).to_owned()),
            2..20 => Some(format!("到了请打 {}", self.world.stranger(&mut self.random).phone())),
            20..120 => Some((*self.random.pick(&["请尽快发货", "工作日送货", "放驿站即可", "易碎轻放"])).to_owned()),
            _ => None,
        };
        let operator = self.random.chance(20).then(|| self.world.colleague(&mut self.random));
        let completed = (status == "completed").then_some(finished);
        let cancelled = (status == "cancelled").then(|| self.created.plus(HOUR));
        let user = self.buyer.account();
        let values =
            params![Null, user, order_no, status, amount, remark, operator, self.created, completed, cancelled];
        out.row("orders", values)
    }

    fn items(&mut self, out: &mut Loader<'_>, order: i64, amount: i64) -> Result<(), DemoError> {
        let lines = self.random.between(1, 2);
        for _ in 0..lines {
            let (title, sku) =
                (*self.random.pick(&["寄件服务", "纸箱", "保价服务", "茶叶", "手机壳", "图书"]), self.random.digits(8));
            let price = amount / lines;
            if self.random.chance(1) {
                out.row("order_items", params![Null, order, sku, title, "两件", price])?;
            } else {
                out.row("order_items", params![Null, order, sku, title, 1, price])?;
            }
        }
        if self.random.chance(250) {
            let whose = if self.random.chance(500) { self.buyer } else { self.world.stranger(&mut self.random) };
            let phone = numbers::spelled(&whose.phone(), numbers::style(&mut self.random));
            let demand = self.random.chance(300).then_some("周末送达,请提前联系");
            let by = if self.random.chance(100) { "云选商城" } else { "ZKJIA" };
            out.row("order_contacts", params![Null, order, whose.name(), phone, demand, by, self.created])?;
        }
        Ok(())
    }

    fn payment(&mut self, out: &mut Loader<'_>, order: i64, order_no: &str, amount: i64) -> Result<(), DemoError> {
        let at = usize::try_from(self.random.below(4)).unwrap_or_default();
        let channel = ["alipay", "wechat", "unionpay", "nucc"][at];
        let openid = (channel == "wechat").then(|| numbers::openid(&mut self.random));
        let (paid, trade) = (self.created.plus(600), self.random.digits(28));
        out.row("payments", params![Null, order, order_no, channel, trade, amount, openid, paid])?;
        if self.random.chance(250) {
            let user = self.buyer.account();
            let values = params![
                Null,
                user,
                PARTNERS[at].0,
                "95188",
                "partner",
                "order_no,amount_cents",
                "确认支付指令",
                "接口",
                "S04",
                "13(1)(2)",
                Null,
                format!("AG-{channel}"),
                false,
                paid
            ];
            out.row("disclosures", values)?;
        }
        Ok(())
    }

    fn invoice(&mut self, out: &mut Loader<'_>, order: i64, amount: i64, finished: Moment) -> Result<(), DemoError> {
        let email = self.buyer.email();
        let issued = (!self.random.chance(20)).then(|| finished.plus(HOUR));
        if self.random.chance(400) {
            let district = self.buyer.district();
            let title = names::company(&mut self.random, district.city);
            let (tax, card) = (numbers::uscc(&mut self.random, district.code), numbers::bank_card(&mut self.random));
            let info = format!("{}{}", district.full_name(), super::places::street(&mut self.random));
            let values = params![Null, order, "company", title, tax, email, info, card, amount, issued];
            out.row("invoices", values)?;
        } else {
            let title = self.buyer.name();
            out.row("invoices", params![Null, order, "personal", title, Null, email, Null, Null, amount, issued])?;
        }
        Ok(())
    }

    /// Half of the parcels go from the buyer to somebody, half come to the buyer; a tenth have no account on either side.
    fn parcel(
        &mut self,
        out: &mut Loader<'_>,
        media: &mut Media,
        order: i64,
        signed: Option<Moment>,
    ) -> Result<(), DemoError> {
        let foreign = self.random.chance(100);
        let other = if !foreign && self.random.chance(300) {
            self.world.holder_at(&mut self.random, self.created)
        } else {
            self.world.stranger(&mut self.random)
        };
        let own = if foreign { self.world.stranger(&mut self.random) } else { self.buyer };
        let (sender, recipient) = if self.random.chance(500) { (own, other) } else { (other, own) };
        let (carrier, _, _) = *self.random.pick(CARRIERS);
        let number = numbers::waybill_no(carrier, self.number);
        let (channel, partner) = if foreign { ("云选商城", Some(6)) } else { ("ZKJIA", None) };
        let from = numbers::spelled(&sender.phone(), numbers::style(&mut self.random));
        let to = numbers::spelled(&recipient.phone(), numbers::style(&mut self.random));
        let goods = *self.random.pick(&["文件", "衣物", "食品", "电子产品", "日用品"]);
        let (weight, fee) = (self.random.between(100, 9_000), self.random.between(800, 4_000));
        let status = match signed {
            Some(_) if self.random.chance(20) => "returned",
            Some(_) => "signed",
            None => self.random.pick(&["created", "in_transit", "delivering"]),
        };
        let created = self.created.plus(2 * HOUR);
        let order = (!foreign).then_some(order);
        let values = params![
            Null,
            number,
            order,
            carrier,
            sender.account(),
            sender.name(),
            from,
            sender.address(),
            recipient.account(),
            recipient.name(),
            to,
            recipient.address(),
            goods,
            weight,
            fee,
            status,
            channel,
            partner,
            created,
            signed
        ];
        let waybill = out.row("waybills", values)?;
        self.trace(out, waybill, created, signed.map(|signed| (signed, recipient)))?;
        match signed {
            Some(signed) => {
                self.aftermath(out, media, &Delivery { waybill, number: &number, sender, recipient, signed })
            }
            None => Ok(()),
        }
    }

    fn trace(
        &mut self,
        out: &mut Loader<'_>,
        waybill: i64,
        created: Moment,
        delivery: Option<(Moment, Person)>,
    ) -> Result<(), DemoError> {
        let hop = self.random.pick(super::places::DISTRICTS);
        let courier = self.world.colleague(&mut self.random);
        out.row("waybill_routes", params![Null, waybill, created, "揽收网点", "已揽收", courier, Null])?;
        let station = format!("{}转运中心", hop.city);
        out.row("waybill_routes", params![Null, waybill, created.plus(9 * HOUR), station, "运输中", Null, Null])?;
        if let Some((time, recipient)) = delivery {
            let (courier, name) = (self.world.colleague(&mut self.random), recipient.name());
            out.row("waybill_routes", params![Null, waybill, time, "派送网点", "已签收", courier, name])?;
        }
        Ok(())
    }

    /// What a delivery leaves behind: images, money collected, claims, customs.
    fn aftermath(&mut self, out: &mut Loader<'_>, media: &mut Media, delivery: &Delivery<'_>) -> Result<(), DemoError> {
        let Delivery { waybill, number, sender, recipient, signed } = *delivery;
        if self.random.chance(80) {
            let kind = *self.random.pick(&["label", "signature", "door"]);
            let keeper = sender.account().or(recipient.account()).filter(|id| World::has_files(*id));
            let file = match keeper {
                Some(_) => Some(media.image("label", &format!("droit-demo waybill={waybill}"))?),
                None => None,
            };
            out.row("waybill_images", params![Null, waybill, kind, file, signed])?;
        }
        if self.random.chance(50) {
            let (card, amount) = (numbers::bank_card(&mut self.random), self.random.between(1_000, 50_000));
            let settled = (signed.plus(7 * DAY) < self.world.today).then(|| signed.plus(7 * DAY));
            let values = params![Null, number, sender.name(), card, amount, signed, settled];
            out.row("cod_settlements", values)?;
        }
        let Some(user) = sender.account() else { return Ok(()) };
        if self.random.chance(15) {
            let (name, phone) = (recipient.name(), recipient.phone());
            let closed = (signed.plus(30 * DAY) < self.world.today).then(|| signed.plus(30 * DAY));
            let (text, operator) =
                (format!("包裹破损,收件人 {name} 电话 {phone}"), self.world.colleague(&mut self.random));
            let opened = Moment(signed.plus(DAY).0.min(self.world.today.0));
            let values = params![Null, user, waybill, name, phone, text, Null, operator, opened, closed];
            out.row("claims", values)?;
        }
        if self.random.chance(25) {
            let (declarant, id_no) = (sender.name(), sender.resident_id(self.world.today));
            let agent = self.world.stranger(&mut self.random);
            let value = self.random.between(5_000, 200_000);
            let values =
                params![Null, waybill, user, declarant, id_no, "茶叶", value, agent.name(), agent.email(), signed];
            out.row("customs_declarations", values)?;
            let values = params![
                Null,
                user,
                PARTNERS[4].0,
                "021-55550000",
                "partner",
                "name,id_no,goods",
                "清关",
                "接口",
                "SP",
                "13(1)(2)",
                Null,
                "AG-customs",
                true,
                signed
            ];
            out.row("disclosures", values)?;
        }
        Ok(())
    }
}
