//! A contract in performance holds back whoever is in it, and nobody else.

use super::{ids, open};
use crate::office::Office;

#[test]
fn money_that_the_sender_waits_for_holds_back_the_sender_and_not_the_recipient() {
    let mut office = Office::courier();
    let db = open(&office);
    db.execute_batch(
        "UPDATE users SET status = 'cancelled', cancelled_at = '2026-11-01 10:00:00' WHERE id IN (100, 101);
         DELETE FROM cs_tickets WHERE user_id IN (100, 101);
         DELETE FROM claims WHERE user_id IN (100, 101);
         UPDATE orders SET status = 'completed', completed_at = '2026-11-01 10:00:00' WHERE user_id IN (100, 101) AND completed_at IS NULL;
         UPDATE invoices SET issued_at = '2026-11-01 10:00:00' WHERE issued_at IS NULL;
         UPDATE waybills SET status = 'signed', signed_at = '2026-11-01 10:00:00' WHERE status NOT IN ('signed', 'returned')
             AND (sender_user_id IN (100, 101) OR recipient_user_id IN (100, 101));
         UPDATE cod_settlements SET settled_at = '2026-11-01 10:00:00' WHERE settled_at IS NULL;
         INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, recipient_user_id, status, source_channel, created_at, signed_at)
             VALUES (900001, 'SF9900000000001', 'SF', 100, 101, 'signed', 'ZKJIA', '2026-11-01 10:00:00', '2026-11-03 10:00:00');
         INSERT INTO cod_settlements (waybill_no, payee_name, amount_cents, created_at)
             VALUES ('SF9900000000001', '甲', 100, '2026-11-03 10:00:00');",
    )
    .unwrap();
    drop(db);
    office.run("purge retention --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(ids(&open(&office), "SELECT id FROM users WHERE id IN (100, 101) AND phone IS NOT NULL"), [100].into());
    open(&office)
        .execute("UPDATE cod_settlements SET settled_at = '2026-11-20 10:00:00' WHERE settled_at IS NULL", [])
        .unwrap();
    office.run("purge retention --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(ids(&open(&office), "SELECT id FROM users WHERE id IN (100, 101) AND phone IS NOT NULL"), [].into());
}
