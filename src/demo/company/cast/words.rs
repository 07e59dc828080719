//! Accounts 56 and 57: text that would do harm, and names that programs trip over.

use super::{
    super::{
        DemoError,
        hostile::{TEXTS, long_name},
        numbers,
        world::World,
    },
    stage::{Account, Parcel, Side, Stage, stranger},
};
use rusqlite::{params, types::Null};

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    hostile(stage)?;
    stage.account(&Account::new(stage, 57, "阿依古丽·买买提𠮷"))?;
    for (name, label) in [("欧阳娜娜", "复姓"), ("𠮷野𬭎", "生僻字"), ("茜", "单字"), (&long_name(), "超长")]
    {
        let phone = numbers::spelled(&numbers::cast_phone(57), 2);
        let values = params![
            Null,
            57,
            name,
            phone,
            "650102",
            "新疆维吾尔自治区乌鲁木齐市天山区人民路1号",
            "830002",
            label,
            stage.ago(9)
        ];
        stage.out.row("addresses", values)?;
    }
    Ok(())
}

/// 56: every text of [`TEXTS`] somewhere, also where numbers and addresses are expected.
fn hostile(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, 56, TEXTS[0]);
    account.nickname = TEXTS[1];
    account.birth = Some(TEXTS[4].to_owned());
    stage.account(&account)?;
    let phone = numbers::cast_phone(56);
    for text in TEXTS {
        let values = params![Null, 56, text, phone, Null, text, "abc", text, stage.ago(9)];
        stage.out.row("addresses", values)?;
        stage.out.row("contacts_import", params![Null, 56, text, text, stage.ago(9)])?;
        let (order, _) = stage.order(56, "completed", stage.ago(40), Some(stage.ago(38)))?;
        stage.out.row("order_items", params![Null, order, text, text, "两件", 100])?;
        stage.out.row("order_contacts", params![Null, order, text, phone, text, "ZKJIA", stage.ago(40)])?;
        stage.invoice(order, text, text, Some(stage.ago(38)))?;
        let side = || Side { user: Some(56), name: text, phone: phone.clone(), address: text };
        let parcel = Parcel {
            order: Some(order),
            sender: side(),
            recipient: stranger(text, "15400009004"),
            status: "signed",
            created: stage.ago(40),
            signed: Some(stage.ago(38)),
        };
        stage.parcel(&parcel)?;
        stage.out.row("user_tags", params![Null, 56, text, text, stage.ago(3)])?;
    }
    stage.ticket(Some(56), &phone, stage.ago(20), Some(stage.ago(18)), TEXTS)?;
    let device = World::device(56);
    let values = params![device, 56, TEXTS[2], TEXTS[3], "zz:zz", TEXTS[5], TEXTS[6], Null, stage.ago(1)];
    stage.out.row("devices", values)?;
    let values = params![56, TEXTS[3], TEXTS[3], TEXTS[0], stage.ago(9).epoch_seconds()];
    stage.out.row("network_logs", values)?;
    stage.out.row("voice_records", params![Null, 56, Null, Null, TEXTS[9], stage.ago(9)])?;
    Ok(())
}
