//! Accounts 9 to 13, 54: contracts in performance, and what a keep holds for long.

use super::{
    super::{DemoError, numbers},
    stage::{Account, Parcel, Stage, holder, stranger},
};
use rusqlite::{params, types::Null};

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, name) in [(9, "孙丽"), (10, "周杰"), (11, "吴敏"), (12, "郑浩"), (13, "冯军"), (54, "许静")] {
        stage.account(&Account::new(stage, id, name))?;
    }
    under_way(stage)?;
    unpaid(stage)?;
    open_claim(stage)?;
    unsettled(stage)?;
    stage.ticket(Some(13), &numbers::cast_phone(13), stage.ago(2), None, &["退款什么时候到账?"])?;
    long_kept(stage)
}

/// 9: one parcel is on its way, another arrived long ago.
fn under_way(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let (order, number) = stage.order(9, "shipped", stage.ago(2), None)?;
    stage.payment(order, &number, stage.ago(2))?;
    let own = holder(9, "孙丽", numbers::cast_phone(9));
    let parcel = Parcel {
        order: Some(order),
        sender: own,
        recipient: stranger("钱多", "15400009003"),
        status: "in_transit",
        created: stage.ago(1),
        signed: None,
    };
    stage.parcel(&parcel)?;
    let arrived =
        Parcel { order: None, status: "signed", created: stage.ago(500), signed: Some(stage.ago(497)), ..parcel };
    stage.parcel(&arrived)?;
    Ok(())
}

/// 10: an order that waits for its payment.
fn unpaid(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    stage.order(10, "unpaid", stage.ago(1), None)?;
    Ok(())
}

/// 11: a claim that nobody has decided, about a parcel that arrived.
fn open_claim(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let (waybill, _) = stage.parcel(&Parcel {
        order: None,
        sender: holder(11, "吴敏", numbers::cast_phone(11)),
        recipient: stranger("钱多", "15400009003"),
        status: "signed",
        created: stage.ago(30),
        signed: Some(stage.ago(27)),
    })?;
    let values =
        params![Null, 11, waybill, "钱多", "15400009003", "内件短少,收件人不认可", Null, 4, stage.ago(20), Null];
    stage.out.row("claims", values)?;
    Ok(())
}

/// 12: cash was collected for them and not yet paid out.
fn unsettled(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let (_, number) = stage.parcel(&Parcel {
        order: None,
        sender: holder(12, "郑浩", numbers::cast_phone(12)),
        recipient: stranger("钱多", "15400009003"),
        status: "signed",
        created: stage.ago(9),
        signed: Some(stage.ago(6)),
    })?;
    let card = numbers::bank_card(&mut stage.random(501));
    let values = params![Null, number, "郑浩", card, 66_600, stage.ago(6), Null];
    stage.out.row("cod_settlements", values)?;
    Ok(())
}

/// 54: an order of five years ago; of it only payment and invoice are still kept, as vouchers.
fn long_kept(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let finished = stage.ago(5 * 366);
    let (order, number) = stage.order(54, "completed", stage.ago(5 * 366 + 3), Some(finished))?;
    stage.payment(order, &number, finished)?;
    stage.invoice(order, "许静", "xu.jing@example.org", Some(finished))?;
    Ok(())
}
