//! Account 1: a row in every table that can hold a person's rows.

use super::{
    super::{
        DemoError,
        moment::{DAY, HOUR},
        numbers,
        world::World,
    },
    stage::{Account, Parcel, Side, Stage, holder, stranger},
};
use rusqlite::{params, types::Null};

const NAME: &str = "陈明";
pub(super) const PHONE: &str = "13800138000";
const EMAIL: &str = "chen.ming@example.com";

/// Without an account: sender, recipient, contact, caller.
pub(super) const JIANG: (&str, &str) = ("蒋勇", "15400009001");

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, 1, NAME);
    PHONE.clone_into(&mut account.phone);
    account.nickname = "小明同学";
    account.email = Some(EMAIL);
    account.birth = Some("1990-03-07".to_owned());
    stage.account(&account)?;
    people(stage)?;
    sources(stage)?;
    let waybill = purchase(stage)?;
    conflicts(stage, waybill)?;
    devices(stage)?;
    logs(stage)?;
    sensors(stage, waybill)?;
    messages(stage)
}

fn people(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let joined = stage.ago(800);
    let id_no = numbers::resident_id("110105", "19900307", 101);
    let values = params![Null, 1, "resident_id", id_no, NAME, joined.plus(DAY), stage.ago(40)];
    let auth = stage.out.row("real_name_auth", values)?;
    let photo = stage.media.image("id", "droit-demo user=1")?;
    stage.out.row("id_photos", params![Null, auth, photo, stage.ago(1)])?;
    let home = "北京市朝阳区建设大街18号阳光花园3栋201室";
    for (name, phone, address, label) in
        [(NAME, PHONE, home, "家"), (JIANG.0, JIANG.1, "浙江省杭州市西湖区文昌巷7号翠湖小区1栋602室", "朋友")]
    {
        let values = params![Null, 1, name, phone, "110105", address, "100020", label, joined.plus(2 * DAY)];
        stage.out.row("addresses", values)?;
    }
    for (name, style) in [(JIANG.0, 2), ("蒋先生", 1)] {
        let phone = numbers::spelled(JIANG.1, style);
        stage.out.row("contacts_import", params![Null, 1, name, phone, stage.ago(20)])?;
    }
    for scope in ["geo", "camera", "album", "mic", "contacts"] {
        stage.out.row("permissions", params![1, scope, stage.ago(700), Null])?;
        stage.consent(1, scope, stage.ago(700), None)?;
    }
    let notice = params![Null, 1, "3.0", "M3", "mail", stage.ago(207)];
    stage.out.row("policy_notices", notice)?;
    Ok(())
}

fn sources(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let values = params![
        Null,
        1,
        "wechat",
        "oDroitDemoChenMing0000000001",
        "oDroitDemoChenMing0000000002",
        "小明",
        "https://avatar.example.org/1.png",
        "access-token-1",
        stage.ago(600)
    ];
    stage.out.row("third_party_accounts", values)?;
    for (field, value, check) in [
        ("email", EMAIL, Some("LC-000001")),
        ("birth_date", "1990-03-07", Some("LC-000001")),
        ("income_band", "月入 8000–12000", None),
    ] {
        let values = params![Null, 1, PHONE, 9, "数汇科技", field, value, check, stage.ago(100)];
        stage.out.row("partner_sourced", values)?;
    }
    stage.out.row("user_tags", params![Null, 1, "高频寄件", "本站行为", stage.ago(30)])?;
    stage.out.row("coupons", params![Null, 1, 6, 1_000, stage.ago(90), Null])?;
    let token = stage.world.analytics_token(1);
    stage.out.row("deid_records", params![Null, 1, token, "1990", "北京市", 12, 98_000])?;
    stage.out.row("suppression", params!["c0ffee".repeat(10), "sms", "unsubscribed", stage.ago(300)])?;
    Ok(())
}

/// A finished purchase with everything: contact, payment, invoice, disclosure, two parcels. Returns the one that was
/// sent.
fn purchase(stage: &mut Stage<'_, '_>) -> Result<i64, DemoError> {
    let (created, finished) = (stage.ago(60), stage.ago(55));
    let (order, number) = stage.order(1, "completed", created, Some(finished))?;
    let values = params![Null, order, JIANG.0, JIANG.1, "周末送达", "ZKJIA", created];
    stage.out.row("order_contacts", values)?;
    stage.payment(order, &number, created.plus(600))?;
    stage.invoice(order, NAME, EMAIL, Some(finished))?;
    let consent = stage.consent(1, "sharing", created, None)?;
    let values = params![
        Null,
        1,
        "微信支付",
        "95017",
        "partner",
        "order_no,amount_cents",
        "确认支付指令",
        "接口",
        "S04",
        "13(1)(2)",
        consent,
        "AG-wechat",
        false,
        created
    ];
    stage.out.row("disclosures", values)?;
    let own = || holder(1, NAME, PHONE.to_owned());
    let sent = Parcel {
        order: Some(order),
        sender: own(),
        recipient: stranger(JIANG.0, JIANG.1),
        status: "signed",
        created,
        signed: Some(finished),
    };
    let (waybill, waybill_no) = stage.parcel(&sent)?;
    let spelled = Side { phone: numbers::spelled(PHONE, 1), ..own() };
    let received = Parcel { order: None, sender: stranger(JIANG.0, JIANG.1), recipient: spelled, ..sent };
    let (other, _) = stage.parcel(&received)?;
    for (waybill, kind) in [(waybill, "label"), (waybill, "signature"), (other, "door")] {
        let file = stage.media.image("label", &format!("droit-demo waybill={waybill}"))?;
        stage.out.row("waybill_images", params![Null, waybill, kind, file, finished])?;
    }
    let card = numbers::bank_card(&mut stage.random(500));
    let values = params![Null, waybill_no, NAME, card, 30_000, finished, finished.plus(7 * DAY)];
    stage.out.row("cod_settlements", values)?;
    Ok(waybill)
}

fn conflicts(stage: &mut Stage<'_, '_>, waybill: i64) -> Result<(), DemoError> {
    let evidence = stage.media.image("claim", "droit-demo user=1")?;
    let text = format!("外包装破损,已与{}({})联系", JIANG.0, JIANG.1);
    let values = params![Null, 1, waybill, JIANG.0, JIANG.1, text, evidence, 3, stage.ago(50), stage.ago(45)];
    stage.out.row("claims", values)?;
    let id_no = numbers::resident_id("110105", "19900307", 101);
    let values =
        params![Null, waybill, 1, NAME, id_no, "茶叶", 30_000, "Ms. Agent", "agent@example.net", stage.ago(58)];
    stage.out.row("customs_declarations", values)?;
    Ok(())
}

fn devices(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let first = World::device(1);
    for device in [first, first + 1] {
        let mut random = stage.random(600 + device);
        let values = params![
            device,
            1,
            numbers::imei(&mut random),
            numbers::oaid(&mut random),
            numbers::mac(&mut random),
            "Xiaomi 14",
            "Android 14",
            random.hex(32),
            stage.ago(3)
        ];
        stage.out.row("devices", values)?;
        stage.out.row("installed_apps", params![Null, device, "com.example.chat", stage.ago(10)])?;
    }
    stage.out.row("device_links", params![Null, first, first + 1, "同一账号登录", stage.ago(10)])?;
    let visitor = stage.world.visitor(1);
    stage.out.row("cookies", params![visitor, 1, false, stage.ago(100), stage.ago(-295)])?;
    for (user, page) in [(Some(1), "/send"), (None, "/price")] {
        let url = format!("https://www.example.com{page}");
        stage.out.row("browsing_events", params![Null, user, visitor, url, Null, stage.ago(9)])?;
    }
    Ok(())
}

fn logs(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let seen = stage.ago(9);
    let values = params![1, "203.0.113.7", "/api/order", "ZKJIA/8.1 (Android 14)", seen.epoch_seconds()];
    stage.out.row("network_logs", values)?;
    let url = format!("http://phish.example.net/login?phone={PHONE}");
    stage.out.row("risk_urls", params![Null, 1, url, 92, seen])?;
    stage.out.row("risk_scores", params![Null, 1, r#"{"logins":3,"devices":2}"#, 0.12, "R17", seen])?;
    let dump = format!("java.lang.NullPointerException\n  at send.Form(phone={PHONE})");
    stage.out.row("crash_reports", params![Null, 1, World::device(1), EMAIL, dump, seen])?;
    stage.out.row("operator_audit", params![Null, 3, 1, "查看订单", "10.0.0.1", seen])?;
    Ok(())
}

fn sensors(stage: &mut Stage<'_, '_>, waybill: i64) -> Result<(), DemoError> {
    stage.out.row("geo_points", params![Null, 1, 39.921_5, 116.443_2, stage.ago(5).epoch_millis()])?;
    let voice = stage.media.voice("droit-demo user=1")?;
    let said = format!("寄给{},电话{}", JIANG.0, JIANG.1);
    stage.out.row("voice_records", params![Null, 1, waybill, voice, said, stage.ago(60)])?;
    let image = stage.media.image("album", "droit-demo user=1")?;
    stage.out.row("media_uploads", params![Null, 1, image, "扫码寄件", stage.ago(60)])?;
    Ok(())
}

fn messages(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let sent = stage.ago(8);
    let values = params![Null, 1, World::device(1), "route", false, "您的快件正在派送", sent, sent.plus(HOUR)];
    stage.out.row("push_log", values)?;
    stage.out.row("sms_log", params![Null, 1, PHONE, "pickup", "【ZKJIA】陈明您好,取件码 246810", sent])?;
    stage.out.row("sms_log", params![Null, Null, JIANG.1, "pickup", "【ZKJIA】蒋勇您好,取件码 135790", sent])?;
    let clicked = "https://www.example.com/p?m=abc";
    stage.out.row("mail_log", params![Null, 1, EMAIL, "本月寄件优惠", sent, sent.plus(HOUR), clicked])?;
    for (channel, topic) in [("push", "route"), ("mail", "promotion")] {
        stage.out.row("subscriptions", params![Null, 1, channel, topic, stage.ago(700), Null])?;
    }
    let text = format!("请打我电话 {PHONE} 或发邮件到 {EMAIL}");
    stage.ticket(Some(1), PHONE, stage.ago(30), Some(stage.ago(28)), &[&text, "谢谢"])?;
    stage.ticket(None, JIANG.1, stage.ago(29), Some(stage.ago(27)), &["我没有账号,快件没收到"])?;
    Ok(())
}
