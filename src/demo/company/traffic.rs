//! What people do on the site and what is sent to them, in the order of time.

use super::{
    DemoError, hostile,
    loader::Loader,
    media::Media,
    moment::{DAY, HOUR, Moment},
    numbers,
    person::Person,
    random::Random,
    world::World,
};
use rusqlite::{params, types::Null};

type Write = fn(&World, &mut Random, Person, Moment, &mut Loader<'_>) -> Result<(), DemoError>;

/// Records per 100 accounts, spread over the last so many days (somewhat longer than the period of the data map).
const STREAMS: &[(u64, i64, i64, Write)] = &[
    (40, 500, 430, browsing),
    (41, 300, 420, network),
    (42, 160, 45, geo),
    (43, 220, 220, push),
    (44, 160, 220, sms),
    (45, 110, 220, mail),
    (46, 12, 430, risky_link),
    (47, 6, 220, crash),
    (48, 30, 1_300, looked_at),
    (49, 30, 1_200, ticket),
];

pub(super) fn write(world: &World, out: &mut Loader<'_>, media: &mut Media) -> Result<(), DemoError> {
    for (topic, per_hundred, days, write) in STREAMS {
        let count = world.crowd() * per_hundred / 100;
        for number in 0..count {
            let mut random = world.random(*topic, number);
            let time = world.moment(*days, number, count, &mut random);
            let holder = world.holder_at(&mut random, time);
            write(world, &mut random, holder, time, out)?;
        }
    }
    recordings(world, out, media)
}

fn browsing(
    world: &World,
    random: &mut Random,
    who: Person,
    time: Moment,
    out: &mut Loader<'_>,
) -> Result<(), DemoError> {
    let user = who.account().filter(|_| !random.chance(200));
    let visitor = who.account().map(|id| world.visitor(id));
    let page = random.pick(&["/", "/send", "/track", "/price", "/item", "/cart", "/coupon"]);
    let url = format!("https://www.example.com{page}?s={}", random.hex(6));
    let referrer = random.chance(300).then_some("https://search.example.net/");
    out.row("browsing_events", params![Null, user, visitor, url, referrer, time])?;
    Ok(())
}

fn network(_: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let path = random.pick(&["/api/login", "/api/order", "/api/pay", "/api/waybill", "/api/user"]);
    let agent = random.pick(&["ZKJIA/8.1 (Android 14)", "ZKJIA/8.0 (iOS 18.1)", "Mozilla/5.0 (Windows NT 10.0)"]);
    out.row("network_logs", params![who.account(), numbers::ip(random), path, agent, time.epoch_seconds()])?;
    Ok(())
}

fn geo(_: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let (lat, lng) = who.district().centre;
    let degrees = |centre: i64, random: &mut Random| {
        f64::from(i32::try_from(centre * 1_000 + random.between(-4_000, 4_000)).unwrap_or_default()) / 100_000.0
    };
    let (lat, lng) = (degrees(lat, random), degrees(lng, random));
    out.row("geo_points", params![Null, who.account(), lat, lng, time.epoch_millis()])?;
    Ok(())
}

fn push(_: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let (topic, body) = *random.pick(&[
        ("route", "您的快件正在派送"),
        ("payment", "支付成功"),
        ("coupon", "您有一张优惠券即将到期"),
        ("promotion", "周末寄件八折"),
    ]);
    let opened = random.chance(300).then(|| time.plus(HOUR));
    let device = who.account().map(World::device);
    let marketing = matches!(topic, "coupon" | "promotion");
    out.row("push_log", params![Null, who.account(), device, topic, marketing, body, time, opened])?;
    Ok(())
}

fn sms(world: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let to = if random.chance(400) { world.stranger(random) } else { who };
    let body = format!("【ZKJIA】{}您好,您的快件已到驿站,取件码 {}", to.name(), random.digits(6));
    out.row("sms_log", params![Null, to.account(), to.phone(), "pickup", body, time])?;
    Ok(())
}

fn mail(_: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let opened = random.chance(400).then(|| time.plus(2 * HOUR));
    let clicked = opened.is_some() && random.chance(300);
    let clicked = clicked.then(|| format!("https://www.example.com/p?m={}", random.hex(8)));
    out.row("mail_log", params![Null, who.account(), who.email(), "本月寄件优惠", time, opened, clicked])?;
    Ok(())
}

fn risky_link(
    _: &World,
    random: &mut Random,
    who: Person,
    time: Moment,
    out: &mut Loader<'_>,
) -> Result<(), DemoError> {
    let url = format!("http://phish.example.net/login?u={}", random.hex(8));
    out.row("risk_urls", params![Null, who.account(), url, random.between(50, 100), time])?;
    Ok(())
}

fn crash(_: &World, random: &mut Random, who: Person, time: Moment, out: &mut Loader<'_>) -> Result<(), DemoError> {
    let email = random.chance(300).then(|| who.email());
    let dump = format!("java.lang.NullPointerException\n  at send.Form(phone={})\n  at app.Main", who.phone());
    let device = who.account().map(World::device);
    out.row("crash_reports", params![Null, who.account(), device, email, dump, time])?;
    Ok(())
}

fn looked_at(
    world: &World,
    random: &mut Random,
    who: Person,
    time: Moment,
    out: &mut Loader<'_>,
) -> Result<(), DemoError> {
    let action = *random.pick(&["查看订单", "查看面单", "核验身份", "导出对账单"]);
    let operator = world.colleague(random);
    out.row("operator_audit", params![Null, operator, who.account(), action, "10.0.0.1", time])?;
    Ok(())
}

/// A conversation of two or three messages; one in six contains somebody else's number.
fn ticket(
    world: &World,
    random: &mut Random,
    who: Person,
    time: Moment,
    out: &mut Loader<'_>,
) -> Result<(), DemoError> {
    let who = if random.chance(80) { world.stranger(random) } else { who };
    let closed = (time.plus(3 * DAY) < world.today).then(|| time.plus(3 * DAY));
    let operator = random.chance(900).then(|| world.colleague(random));
    let subject = *random.pick(&["快件未收到", "修改收件地址", "发票问题", "退款进度", "投诉派送"]);
    let ticket = out.row("cs_tickets", params![Null, who.account(), who.phone(), subject, operator, time, closed])?;
    let text = match random.below(1_000) {
        0..3 => (*random.pick(hostile::TEXTS)).to_owned(),
        3..170 => {
            let other = world.stranger(random);
            let phone = numbers::spelled(&other.phone(), random.between(0, 3));
            format!("收件人是{},他的电话{phone},请联系他", other.name())
        }
        170..260 => format!("我的身份证是{},请核对", who.resident_id(world.today)),
        260..400 => format!("请打我电话{}或发邮件到{}", who.phone(), who.email()),
        _ => "请问我的快件到哪里了?".to_owned(),
    };
    out.row("cs_messages", params![Null, ticket, Null, text, time])?;
    if let Some(operator) = operator {
        out.row("cs_messages", params![Null, ticket, operator, "您好,正在为您查询,请稍候。", time.plus(HOUR)])?;
    }
    if random.chance(300) {
        out.row("cs_messages", params![Null, ticket, Null, "好的,谢谢", time.plus(2 * HOUR)])?;
    }
    Ok(())
}

/// Recordings and album images; those of the first accounts have files.
fn recordings(world: &World, out: &mut Loader<'_>, media: &mut Media) -> Result<(), DemoError> {
    let count = world.crowd() / 8;
    for number in 0..count {
        let mut random = world.random(50, number);
        let time = world.moment(110, number, count, &mut random);
        let who = world.holder_at(&mut random, time);
        let id = who.account().unwrap_or_default();
        let marker = format!("droit-demo user={id}");
        if random.chance(500) {
            let file = if World::has_files(id) { Some(media.voice(&marker)?) } else { None };
            let said = format!("寄到{}", world.stranger(&mut random).address());
            out.row("voice_records", params![Null, id, Null, file, said, time])?;
        } else {
            let file = if World::has_files(id) { Some(media.image("album", &marker)?) } else { None };
            let used_for = *random.pick(&["扫码寄件", "扫码支付", "售后凭证"]);
            out.row("media_uploads", params![Null, id, file, used_for, time])?;
        }
    }
    Ok(())
}
