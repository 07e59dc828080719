-- The erasure of the people in `who` as of 2026-11-23, as the data map has it, by hand. One statement ends at ";".
-- Whose: keys of parents, and whether a contract in performance (wait) or a law (keep) still needs them.
DELETE FROM my_orders;
INSERT INTO my_orders
    SELECT o.id, o.user_id, CASE WHEN o.status NOT IN ('completed', 'cancelled') THEN 'wait'
        WHEN coalesce(o.completed_at, o.cancelled_at) >= '2023-11-23' THEN 'keep' ELSE 'free' END
    FROM who CROSS JOIN orders o ON o.user_id = who.id;
DELETE FROM my_waybills;
INSERT INTO my_waybills
    SELECT w.id, max(found.s), max(found.r), found.person, CASE WHEN w.status NOT IN ('signed', 'returned') THEN 'wait'
        WHEN w.signed_at >= '2023-11-23' THEN 'keep' ELSE 'free' END
    FROM (
        SELECT w.id, 1 AS s, 0 AS r, who.id AS person FROM who CROSS JOIN waybills w ON w.sender_user_id = who.id
        UNION ALL
        SELECT w.id, 0, 1, who.id FROM who CROSS JOIN waybills w ON w.recipient_user_id = who.id
        UNION ALL
        SELECT w.id, 1, 0, p.person FROM phones p CROSS JOIN waybills w ON w.sender_phone = p.value AND w.created_at >= p.since
        UNION ALL
        SELECT w.id, 0, 1, p.person FROM phones p CROSS JOIN waybills w ON w.recipient_phone = p.value AND w.created_at >= p.since
    ) found CROSS JOIN waybills w ON w.id = found.id GROUP BY w.id;
DELETE FROM my_tickets;
INSERT OR IGNORE INTO my_tickets
    SELECT t.id, who.id, CASE WHEN t.closed_at IS NULL THEN 'wait' WHEN t.closed_at >= '2023-11-23' THEN 'keep' ELSE 'free' END
    FROM who CROSS JOIN cs_tickets t ON t.user_id = who.id
    UNION ALL
    SELECT t.id, p.person, CASE WHEN t.closed_at IS NULL THEN 'wait' WHEN t.closed_at >= '2023-11-23' THEN 'keep' ELSE 'free' END
    FROM phones p CROSS JOIN cs_tickets t ON t.phone = p.value AND t.opened_at >= p.since;
DELETE FROM waiting;
INSERT OR IGNORE INTO waiting
    SELECT person FROM my_orders WHERE fate = 'wait' UNION SELECT person FROM my_tickets WHERE fate = 'wait'
    UNION SELECT person FROM my_waybills WHERE fate = 'wait'
    UNION SELECT c.user_id FROM who CROSS JOIN claims c ON c.user_id = who.id WHERE c.closed_at IS NULL;
-- Parcels
UPDATE waybill_routes SET signer_name = NULL WHERE signer_name IS NOT NULL
    AND waybill_id IN (SELECT id FROM my_waybills WHERE r AND fate <> 'wait');
DELETE FROM waybill_images WHERE waybill_id IN (SELECT id FROM my_waybills WHERE r AND s AND fate <> 'wait');
UPDATE waybill_images SET image_file = NULL WHERE image_file IS NOT NULL AND image_type IN ('signature', 'door')
    AND waybill_id IN (SELECT id FROM my_waybills WHERE r AND fate <> 'wait');
UPDATE waybills SET sender_name = NULL, sender_phone = NULL, sender_address = NULL
    WHERE id IN (SELECT id FROM my_waybills WHERE s AND fate = 'keep');
UPDATE waybills SET recipient_name = NULL, recipient_phone = NULL, recipient_address = NULL
    WHERE id IN (SELECT id FROM my_waybills WHERE r AND fate = 'keep');
UPDATE waybills SET sender_user_id = NULL, sender_name = NULL, sender_phone = NULL, sender_address = NULL
    WHERE id IN (SELECT id FROM my_waybills WHERE s AND fate = 'free');
UPDATE waybills SET recipient_user_id = NULL, recipient_name = NULL, recipient_phone = NULL, recipient_address = NULL
    WHERE id IN (SELECT id FROM my_waybills WHERE r AND fate = 'free');
DELETE FROM claims WHERE user_id IN (SELECT id FROM who) AND closed_at < '2023-11-23';
UPDATE claims SET counterparty_phone = NULL WHERE counterparty_phone IS NOT NULL
    AND user_id IN (SELECT id FROM who) AND closed_at >= '2023-11-23';
UPDATE claims SET counterparty_phone = NULL WHERE id IN (SELECT c.id FROM phones p CROSS JOIN claims c
    ON c.counterparty_phone = p.value AND c.opened_at >= p.since WHERE c.closed_at >= '2023-11-23');
UPDATE claims SET counterparty_name = NULL, counterparty_phone = NULL WHERE id IN (SELECT c.id FROM phones p
    CROSS JOIN claims c ON c.counterparty_phone = p.value AND c.opened_at >= p.since WHERE c.closed_at < '2023-11-23');
DELETE FROM customs_declarations WHERE user_id IN (SELECT id FROM who) AND declared_at < '2023-11-23';
UPDATE customs_declarations SET agent_name = NULL, agent_email = NULL
    WHERE user_id IN (SELECT id FROM who) AND agent_email IS NOT NULL;
-- Orders and money
UPDATE payments SET payer_openid = NULL WHERE payer_openid IS NOT NULL
    AND order_id IN (SELECT id FROM my_orders WHERE fate <> 'wait');
UPDATE invoices SET email = NULL WHERE email IS NOT NULL AND issued_at IS NOT NULL
    AND order_id IN (SELECT id FROM my_orders WHERE fate <> 'wait');
DELETE FROM order_contacts WHERE order_id IN (SELECT id FROM my_orders WHERE fate = 'free');
UPDATE order_contacts SET name = NULL, phone = NULL, demand = NULL
    WHERE order_id IN (SELECT id FROM my_orders WHERE fate = 'keep');
DELETE FROM order_contacts WHERE id IN (SELECT c.id FROM phones p CROSS JOIN order_contacts c
    ON c.phone = p.value AND c.created_at >= p.since CROSS JOIN orders o ON o.id = c.order_id
    WHERE o.status IN ('completed', 'cancelled') AND coalesce(o.completed_at, o.cancelled_at) < '2023-11-23');
UPDATE order_contacts SET name = NULL, phone = NULL, demand = NULL WHERE id IN (SELECT c.id FROM phones p
    CROSS JOIN order_contacts c ON c.phone = p.value AND c.created_at >= p.since CROSS JOIN orders o ON o.id = c.order_id
    WHERE o.status IN ('completed', 'cancelled'));
UPDATE orders SET remark = NULL WHERE remark IS NOT NULL AND id IN (SELECT id FROM my_orders WHERE fate <> 'wait');
-- Accounts
DELETE FROM voice_records WHERE user_id IN (SELECT id FROM who);
DELETE FROM user_tags WHERE user_id IN (SELECT id FROM who);
DELETE FROM user_profiles WHERE user_id IN (SELECT id FROM who);
DELETE FROM third_party_accounts WHERE user_id IN (SELECT id FROM who);
DELETE FROM subscriptions WHERE user_id IN (SELECT id FROM who);
DELETE FROM risk_scores WHERE user_id IN (SELECT id FROM who);
DELETE FROM push_log WHERE user_id IN (SELECT id FROM who);
DELETE FROM geo_points WHERE user_id IN (SELECT id FROM who);
DELETE FROM media_uploads WHERE user_id IN (SELECT id FROM who);
DELETE FROM coupons WHERE user_id IN (SELECT id FROM who);
DELETE FROM crash_reports WHERE user_id IN (SELECT id FROM who);
DELETE FROM sms_log WHERE user_id IN (SELECT id FROM who);
DELETE FROM sms_log WHERE id IN (SELECT l.id FROM phones p CROSS JOIN sms_log l ON l.phone = p.value AND l.sent_at >= p.since);
DELETE FROM mail_log WHERE user_id IN (SELECT id FROM who);
DELETE FROM mail_log WHERE id IN (SELECT l.id FROM mails m CROSS JOIN mail_log l ON l.email = m.value COLLATE NOCASE AND l.sent_at >= m.since);
DELETE FROM partner_sourced WHERE user_id IN (SELECT id FROM who);
DELETE FROM partner_sourced WHERE id IN (SELECT l.id FROM phones p CROSS JOIN partner_sourced l
    ON l.phone = p.value AND l.received_at >= p.since);
UPDATE risk_urls SET user_id = NULL, url = '' WHERE user_id IN (SELECT id FROM who);
DELETE FROM id_photos WHERE auth_id IN (SELECT a.id FROM who CROSS JOIN real_name_auth a ON a.user_id = who.id);
DELETE FROM real_name_auth WHERE user_id IN (SELECT id FROM who) AND coalesce(last_shipped_at, verified_at) < '2025-11-23';
DELETE FROM operator_audit WHERE user_id IN (SELECT id FROM who) AND occurred_at < '2026-05-23';
DELETE FROM network_logs WHERE user_id IN (SELECT id FROM who) AND ts < 1779465600;
DELETE FROM disclosures WHERE user_id IN (SELECT id FROM who) AND disclosed_at < '2023-11-23';
DELETE FROM browsing_events WHERE user_id IN (SELECT id FROM who);
DELETE FROM browsing_events WHERE visitor_id IN (SELECT c.visitor_id FROM who CROSS JOIN cookies c ON c.user_id = who.id);
DELETE FROM cookies WHERE user_id IN (SELECT id FROM who);
DELETE FROM installed_apps WHERE device_id IN (SELECT d.id FROM who CROSS JOIN devices d ON d.user_id = who.id);
DELETE FROM device_links WHERE device_id IN (SELECT d.id FROM who CROSS JOIN devices d ON d.user_id = who.id);
DELETE FROM device_links WHERE linked_device_id IN (SELECT d.id FROM who CROSS JOIN devices d ON d.user_id = who.id);
DELETE FROM devices WHERE user_id IN (SELECT id FROM who);
DELETE FROM addresses WHERE user_id IN (SELECT id FROM who);
UPDATE addresses SET name = '', phone = '', address = '', postcode = NULL WHERE id IN (SELECT a.id FROM phones p
    CROSS JOIN addresses a ON a.phone = p.value AND a.created_at >= p.since);
DELETE FROM contacts_import WHERE owner_id IN (SELECT id FROM who);
UPDATE contacts_import SET name = NULL, phone = '' WHERE id IN (SELECT c.id FROM phones p
    CROSS JOIN contacts_import c ON c.phone = p.value AND c.imported_at >= p.since);
UPDATE guardians SET name = '', phone = NULL, id_no = NULL WHERE minor_user_id IN (SELECT id FROM who);
DELETE FROM deid_records WHERE token IN (SELECT u.analytics_token FROM who CROSS JOIN users u ON u.id = who.id);
-- Customer service
DELETE FROM cs_messages WHERE ticket_id IN (SELECT id FROM my_tickets WHERE fate = 'free');
UPDATE cs_messages SET body = '' WHERE ticket_id IN (SELECT id FROM my_tickets WHERE fate = 'keep');
DELETE FROM cs_tickets WHERE id IN (SELECT id FROM my_tickets WHERE fate = 'free');
UPDATE cs_tickets SET phone = NULL WHERE phone IS NOT NULL AND id IN (SELECT id FROM my_tickets WHERE fate = 'keep');
UPDATE users SET username = 'anon-' || lower(hex(randomblob(8))), phone = NULL, nickname = NULL, avatar_url = NULL,
    password_hash = NULL, password_salt = NULL, totp_secret = NULL, email = NULL, birth_date = NULL, reg_ip = NULL,
    analytics_token = 'anon-' || lower(hex(randomblob(8)))
    WHERE id IN (SELECT id FROM who WHERE id NOT IN (SELECT id FROM waiting));
DELETE FROM users_audit WHERE user_id IN (SELECT id FROM who WHERE id NOT IN (SELECT id FROM waiting));
