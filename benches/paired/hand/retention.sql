-- What has outlived its purpose as of 2026-11-23, as the data map has it, by hand. One statement ends at ";". What
-- hangs on other rows goes first; {window} is a range of rowids, so that nobody waits long for the database.
DELETE FROM user_tags WHERE {window} AND created_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM partner_sourced WHERE {window} AND received_at BETWEEN '1950' AND '2025-11-23';
DELETE FROM contacts_import WHERE {window} AND imported_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM coupons WHERE {window} AND coalesce(used_at, created_at) BETWEEN '1950' AND '2023-11-23';
DELETE FROM policy_notices WHERE {window} AND sent_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM id_photos WHERE {window} AND checked_at BETWEEN '1950' AND '2026-11-22' RETURNING photo_file;
DELETE FROM customs_declarations WHERE {window} AND declared_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM installed_apps WHERE {window} AND seen_at BETWEEN '1950' AND '2026-08-25';
DELETE FROM device_links WHERE {window} AND created_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM browsing_events WHERE {window} AND occurred_at BETWEEN '1950' AND '2025-11-23';
DELETE FROM network_logs WHERE {window} AND ts < 1763827200;
DELETE FROM risk_scores WHERE {window} AND scored_at BETWEEN '1950' AND '2025-11-23';
DELETE FROM geo_points WHERE {window} AND ts_ms < 1792771200000;
DELETE FROM voice_records WHERE {window} AND created_at BETWEEN '1950' AND '2026-08-25' RETURNING audio_file;
DELETE FROM media_uploads WHERE {window} AND used_at BETWEEN '1950' AND '2026-08-25' RETURNING image_file;
DELETE FROM crash_reports WHERE {window} AND created_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM operator_audit WHERE {window} AND occurred_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM push_log WHERE {window} AND sent_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM sms_log WHERE {window} AND sent_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM mail_log WHERE {window} AND sent_at BETWEEN '1950' AND '2026-05-27';
DELETE FROM disclosures WHERE {window} AND disclosed_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM claims WHERE {window} AND closed_at BETWEEN '1950' AND '2023-11-23' RETURNING evidence_file;
UPDATE devices SET imei = NULL, oaid = NULL, mac = NULL, os = NULL, push_token = NULL
    WHERE {window} AND last_active_at BETWEEN '1950' AND '2026-05-27'
    AND (EXISTS (SELECT 1 FROM installed_apps a WHERE a.device_id = devices.id)
        OR EXISTS (SELECT 1 FROM device_links l WHERE l.device_id = devices.id)
        OR EXISTS (SELECT 1 FROM device_links l WHERE l.linked_device_id = devices.id));
DELETE FROM devices WHERE {window} AND last_active_at BETWEEN '1950' AND '2026-05-27'
    AND NOT EXISTS (SELECT 1 FROM installed_apps a WHERE a.device_id = devices.id)
    AND NOT EXISTS (SELECT 1 FROM device_links l WHERE l.device_id = devices.id)
    AND NOT EXISTS (SELECT 1 FROM device_links l WHERE l.linked_device_id = devices.id);
DELETE FROM cookies WHERE {window} AND created_at BETWEEN '1950' AND '2025-10-23'
    AND NOT EXISTS (SELECT 1 FROM browsing_events b WHERE b.visitor_id = cookies.visitor_id);
DELETE FROM real_name_auth WHERE {window} AND coalesce(last_shipped_at, verified_at) BETWEEN '1950' AND '2025-11-23'
    AND NOT EXISTS (SELECT 1 FROM id_photos p WHERE p.auth_id = real_name_auth.id);
DELETE FROM cs_tickets WHERE {window} AND closed_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM order_contacts WHERE {window} AND order_id IN (SELECT id FROM orders o WHERE o.id = order_contacts.order_id
    AND o.status IN ('completed', 'cancelled') AND coalesce(o.completed_at, o.cancelled_at) BETWEEN '1950' AND '2023-11-23');
UPDATE orders SET remark = NULL WHERE {window} AND remark IS NOT NULL AND status IN ('completed', 'cancelled')
    AND coalesce(completed_at, cancelled_at) BETWEEN '1950' AND '2023-11-23'
    AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = orders.id AND i.issued_at IS NULL);
UPDATE payments SET payer_openid = NULL WHERE {window} AND payer_openid IS NOT NULL AND paid_at BETWEEN '1950' AND '2023-11-23'
    AND EXISTS (SELECT 1 FROM orders o WHERE o.id = payments.order_id AND o.status IN ('completed', 'cancelled'));
UPDATE invoices SET email = NULL WHERE {window} AND email IS NOT NULL AND issued_at BETWEEN '1950' AND '1996-11-23';
DELETE FROM invoices WHERE {window} AND issued_at BETWEEN '1950' AND '1996';
DELETE FROM cod_settlements WHERE {window} AND settled_at BETWEEN '1950' AND '1996';
DELETE FROM waybill_images WHERE {window} AND taken_at BETWEEN '1950' AND '2025-11-23'
    AND EXISTS (SELECT 1 FROM waybills w WHERE w.id = waybill_images.waybill_id AND w.status IN ('signed', 'returned'))
    RETURNING image_file;
UPDATE waybill_routes SET signer_name = NULL WHERE {window} AND signer_name IS NOT NULL AND EXISTS (SELECT 1 FROM waybills w
    WHERE w.id = waybill_routes.waybill_id AND w.status IN ('signed', 'returned') AND w.signed_at BETWEEN '1950' AND '2023-11-23');
UPDATE waybills SET sender_user_id = NULL, sender_name = NULL, sender_phone = NULL, sender_address = NULL,
    recipient_user_id = NULL, recipient_name = NULL, recipient_phone = NULL, recipient_address = NULL,
    waybill_no = CASE WHEN EXISTS (SELECT 1 FROM cod_settlements s WHERE s.waybill_no = waybills.waybill_no)
        OR waybill_no LIKE 'anon-%' THEN waybill_no ELSE 'anon-' || lower(hex(randomblob(8))) END
    WHERE {window} AND status IN ('signed', 'returned') AND signed_at BETWEEN '1950' AND '2023-11-23'
    AND NOT EXISTS (SELECT 1 FROM cod_settlements s WHERE s.waybill_no = waybills.waybill_no AND s.settled_at IS NULL);
UPDATE risk_urls SET user_id = NULL, url = '' WHERE {window} AND recorded_at BETWEEN '1950' AND '2025-11-23';
UPDATE staff SET name = '', phone = '', email = '' WHERE {window} AND left_at BETWEEN '1950' AND '2023-11-23';
DELETE FROM user_profiles WHERE {window} AND user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
DELETE FROM third_party_accounts WHERE {window}
    AND user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
DELETE FROM addresses WHERE {window} AND user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
DELETE FROM subscriptions WHERE {window} AND user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
DELETE FROM deid_records WHERE {window}
    AND token IN (SELECT analytics_token FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
DELETE FROM guardians WHERE {window}
    AND minor_user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22')
    AND NOT EXISTS (SELECT 1 FROM guardian_consents c WHERE c.guardian_id = guardians.id);
UPDATE guardians SET name = '', phone = NULL, id_no = NULL WHERE {window}
    AND minor_user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22')
    AND EXISTS (SELECT 1 FROM guardian_consents c WHERE c.guardian_id = guardians.id);
UPDATE users SET username = 'anon-' || lower(hex(randomblob(8))), phone = NULL, nickname = NULL, avatar_url = NULL,
    password_hash = NULL, password_salt = NULL, totp_secret = NULL, email = NULL, birth_date = NULL, reg_ip = NULL,
    analytics_token = 'anon-' || lower(hex(randomblob(8)))
    WHERE {window} AND cancelled_at BETWEEN '1950' AND '2026-11-22'
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = users.id AND o.status NOT IN ('completed', 'cancelled'))
    AND NOT EXISTS (SELECT 1 FROM orders o JOIN invoices i ON i.order_id = o.id WHERE o.user_id = users.id AND i.issued_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM waybills w WHERE w.sender_user_id = users.id AND w.status NOT IN ('signed', 'returned'))
    AND NOT EXISTS (SELECT 1 FROM waybills w WHERE w.recipient_user_id = users.id AND w.status NOT IN ('signed', 'returned'))
    AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.user_id = users.id AND c.closed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM cs_tickets t WHERE t.user_id = users.id AND t.closed_at IS NULL);
DELETE FROM users_audit WHERE {window} AND user_id IN (SELECT id FROM users WHERE cancelled_at BETWEEN '1950' AND '2026-11-22');
