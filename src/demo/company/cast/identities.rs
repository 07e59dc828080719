//! Accounts 2 to 8, 18, 38, 39, 51 to 53, 55, 58 to 60: who is who, and whose is what.

use super::{
    super::{DemoError, numbers, world::World},
    customer::JIANG,
    stage::{Account, Parcel, Side, Stage, holder, stranger},
};
use rusqlite::{params, types::Null};

/// Had the number of account 4 before it.
const ZHAO: &str = "赵刚";

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    family(stage)?;
    reissued(stage)?;
    unproven_mail(stage)?;
    namesakes(stage)?;
    pointed_at(stage)?;
    papers(stage)?;
    mentioned(stage)?;
    own_recipient(stage)?;
    colleague(stage)?;
    preferences(stage)?;
    strangers(stage)
}

/// 2 and 3: mother and daughter-in-law of one name on one telephone.
fn family(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, birth) in [(2, "1958-05-01"), (3, "1991-10-02")] {
        let mut account = Account::new(stage, id, "王芳");
        account.phone = numbers::cast_phone(2);
        account.birth = Some(birth.to_owned());
        stage.account(&account)?;
        stage.order(id, "completed", stage.ago(80), Some(stage.ago(75)))?;
    }
    let parcel = Parcel {
        order: None,
        sender: stranger("钱多", "15400009003"),
        recipient: stranger("王芳", &numbers::cast_phone(2)),
        status: "signed",
        created: stage.ago(70),
        signed: Some(stage.ago(67)),
    };
    stage.parcel(&parcel)?;
    Ok(())
}

/// 4: bound a number 200 days ago that somebody else had two years ago.
fn reissued(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, 4, "李雷");
    account.joined = stage.ago(900); // with an earlier number of their own
    account.bound = stage.ago(200);
    stage.account(&account)?;
    let phone = numbers::cast_phone(4);
    for (name, days) in [(ZHAO, 730), (ZHAO, 201), ("李雷", 100)] {
        let parcel = Parcel {
            order: None,
            sender: stranger("钱多", "15400009003"),
            recipient: stranger(name, &phone),
            status: "signed",
            created: stage.ago(days),
            signed: Some(stage.ago(days - 3)),
        };
        stage.parcel(&parcel)?;
    }
    let values = params![Null, Null, phone, "pickup", "【ZKJIA】赵刚您好,取件码 998877", stage.ago(205)];
    stage.out.row("sms_log", values)?;
    Ok(())
}

/// 5 wrote the mail address of 6 into a profile field that nobody verifies.
fn unproven_mail(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    const MAIL: &str = "zhang.wei@example.org";
    let mut account = Account::new(stage, 5, "韩梅");
    account.profile_email = Some(MAIL);
    stage.account(&account)?;
    let mut account = Account::new(stage, 6, "张伟");
    account.email = Some(MAIL);
    stage.account(&account)?;
    stage.out.row("mail_log", params![Null, 6, MAIL, "本月寄件优惠", stage.ago(15), Null, Null])?;
    stage.out.row("mail_log", params![Null, Null, MAIL, "验证邮箱", stage.ago(16), Null, Null])?;
    Ok(())
}

/// 7 and 8: two more of the same name as 6, with nothing else in common; 8 was born on the same day as 7.
fn namesakes(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for id in [7, 8] {
        let mut account = Account::new(stage, id, "张伟");
        account.birth = Some("1979-12-31".to_owned());
        stage.account(&account)?;
        stage.order(id, "completed", stage.ago(50 + id), Some(stage.ago(40 + id)))?;
    }
    Ok(())
}

/// 18 points at 1: invited by 1 (may become NULL), holds a coupon given by 1 (may not).
fn pointed_at(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, 18, "何苗");
    account.invited_by = Some(1);
    stage.account(&account)?;
    stage.out.row("coupons", params![Null, 18, 1, 2_000, stage.ago(60), Null])?;
    Ok(())
}

/// 38: a passport, a travel permit and an old number of fifteen digits. 39: a residence permit.
fn papers(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    stage.account(&Account::new(stage, 38, "罗曼"))?;
    stage.account(&Account::new(stage, 39, "黄家驹"))?;
    let residence = numbers::resident_id("810000", "19900101", 1);
    for (user, kind, number, name) in [
        (38, "passport", "E12345678", "罗曼"),
        (38, "travel_permit", "H12345678", "罗曼"),
        (38, "resident_id", "440524800101001", "罗曼"),
        (39, "residence_permit", residence.as_str(), "黄家驹"),
    ] {
        let values = params![Null, user, kind, number, name, stage.ago(300), stage.ago(200)];
        stage.out.row("real_name_auth", values)?;
    }
    Ok(())
}

/// 51 writes the number of 52, and that of somebody without an account, into conversations and remarks.
fn mentioned(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, name) in [(51, "曹阳"), (52, "彭程")] {
        stage.account(&Account::new(stage, id, name))?;
    }
    let (other, own) = (numbers::cast_phone(52), numbers::cast_phone(51));
    let first = format!("收件人是彭程,电话{other},麻烦改派");
    let second = format!("或者打+86{other},也可以找{}({})", JIANG.0, numbers::spelled(JIANG.1, 2));
    let third = format!("我自己的号码是{own}");
    stage.ticket(Some(51), &own, stage.ago(40), Some(stage.ago(38)), &[&first, &second, &third])?;
    stage.ticket(Some(52), &other, stage.ago(35), Some(stage.ago(33)), &["我的快件呢?"])?;
    Ok(())
}

/// 53 sends a parcel to themselves.
fn own_recipient(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    stage.account(&Account::new(stage, 53, "范冰"))?;
    let own = || holder(53, "范冰", numbers::cast_phone(53));
    let parcel = Parcel {
        order: None,
        sender: own(),
        recipient: Side { phone: numbers::spelled(&numbers::cast_phone(53), 3), ..own() },
        status: "signed",
        created: stage.ago(90),
        signed: Some(stage.ago(88)),
    };
    stage.parcel(&parcel)?;
    Ok(())
}

/// 55 is colleague 5 as well: the same number and mail address. Account 2's conversation was served by them.
fn colleague(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, 55, "马晓东");
    account.email = Some("ma.xiaodong@example.com");
    stage.account(&account)?;
    stage.order(55, "completed", stage.ago(33), Some(stage.ago(30)))?;
    let phone = numbers::cast_phone(2);
    let opened = stage.ago(66);
    let values = params![Null, 2, phone, "修改收件地址", 5, opened, stage.ago(65)];
    let ticket = stage.out.row("cs_tickets", values)?;
    stage.out.row("cs_messages", params![Null, ticket, 5, "您好,我是马晓东,已为您修改。", opened])?;
    stage.out.row("operator_audit", params![Null, 5, 2, "查看面单", "10.0.0.5", opened])?;
    Ok(())
}

/// 58 took location back, 59 unsubscribed and asked not to be tracked, 60 is restricted (see `history`).
fn preferences(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, name) in [(58, "田甜"), (59, "石磊"), (60, "江南")] {
        stage.account(&Account::new(stage, id, name))?;
    }
    stage.out.row("permissions", params![58, "geo", stage.ago(400), stage.ago(6)])?;
    stage.out.row("permissions", params![58, "mic", stage.ago(400), Null])?;
    stage.consent(58, "geo", stage.ago(400), Some(stage.ago(6)))?;
    for days in [9, 3] {
        // the later one was collected after the withdrawal
        stage.out.row("geo_points", params![Null, 58, "unknown", 116.4, stage.ago(days).epoch_millis()])?;
    }
    stage.out.row("subscriptions", params![Null, 59, "mail", "promotion", stage.ago(600), stage.ago(50)])?;
    let values = params![Null, 59, "shi.lei@example.net", "本月寄件优惠", stage.ago(20), stage.ago(19), Null];
    stage.out.row("mail_log", values)?;
    let visitor = stage.world.visitor(59);
    stage.out.row("cookies", params![visitor, 59, true, stage.ago(200), stage.ago(-195)])?;
    let url = "https://www.example.com/item?s=dnt";
    stage.out.row("browsing_events", params![Null, Null, visitor, url, Null, stage.ago(4)])?;
    let values = params![World::device(60), 60, Null, Null, Null, "iPhone 15", "iOS 18.1", Null, stage.ago(1)];
    stage.out.row("devices", values)?;
    Ok(())
}

/// Somebody without an account whom a partner delivered, and who stands in a crowd of address books.
fn strangers(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let values = params![Null, Null, JIANG.1, 9, "数汇科技", "city", "杭州市", Null, stage.ago(77)];
    stage.out.row("partner_sourced", values)?;
    for owner in [2, 6, 51] {
        let phone = numbers::spelled(JIANG.1, owner % 4);
        stage.out.row("contacts_import", params![Null, owner, "老蒋", phone, stage.ago(owner)])?;
    }
    Ok(())
}
