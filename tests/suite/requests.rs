//! Days in the office: requests arrive, are identified, answered, refused, extended; clocks run; the record tells it.

use super::office::Office;

#[test]
fn a_request_from_its_arrival_to_its_end() {
    let mut office = Office::open();
    office.file("ana.json", r#"{"phone": "13800138000", "email": "ana@example.com"}"#);
    office.file("letter.html", "<p>Here is your copy.</p>");
    insta::assert_snapshot!(office.run("case open explain --channel app --id-file ana.json").done(), @"
    DSR-20261123-0001 opened: explanation, due 2026-12-23 (K30)
    [stderr]
    next: droit case identify DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case identify DSR-20261123-0001 --level L1 --by session").done(), @"
    DSR-20261123-0001: identity verified, due 2026-12-23 (K30)
    [stderr]
    warning[not_captured]: whom the identifiers lead to could not be looked up (map_syntax); before an export or an erasure, identify again
    next: droit case answer DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case show DSR-20261123-0001").done(), @"
    DSR-20261123-0001
    state     identity verified
    request   explanation
    law       China (PIPL)
    from      the person
    by        app
    received  2026-11-23 10:01 +08:00
    subject   S-5dee4dd60ff8d0ba
    identity  L1, session
    verified  2026-11-23 10:02 +08:00

    clock  due         with holidays  state    rule
    K30*   2026-12-23  2026-12-23     running  policy: 30 days from receipt
    KGB    2026-12-23  2026-12-23     running  GB/T 35273: 30 days from verification

    next: droit case answer DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(
        office.run("case answer DSR-20261123-0001 --decision fulfilled --reply letter.html").done(), @"
    DSR-20261123-0001: answered
    [stderr]
    next: droit case close DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case close DSR-20261123-0001 --yes").done(), @"
    DSR-20261123-0001: closed
    [stderr]
    next: nothing
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("audit show DSR-20261123-0001").done(), @r#"
    no.  at                       by       about              event       particulars
    2    2026-11-23 10:01 +08:00  officer  DSR-20261123-0001  opened      subject=S-5dee4dd60ff8d0ba request={"type":"explain"} regime=CN channel=app requester=subject received_at=2026-11-23T02:01:00Z due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"}]
    3    2026-11-23 10:02 +08:00  officer  DSR-20261123-0001  identified  level=L1 method=session due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"},{"clock":"KGB","nominal":"2026-12-23","rolled":"2026-12-23"}]
    4    2026-11-23 10:04 +08:00  officer  DSR-20261123-0001  answered    decision=FULFILLED interim=false sent_at=2026-11-23T02:04:00Z channel=email reply=3213db59cf7bcd839a7f39363dcf579db44dceceb446a17eb213a4434ed43f6c remedies_given=false
    5    2026-11-23 10:05 +08:00  officer  DSR-20261123-0001  closed
    [exit 0]
    "#);
    insta::assert_snapshot!(office.run("audit verify").done(), @"
    the record is whole: 5 events
    head  5:fb1fe9e10bac4bedf4321538042f26080d7fd38fc233fb4a09e7c3c367d5bbdc
    [exit 0]
    ");
}

#[test]
fn the_same_day_in_chinese() {
    let mut office = Office::open().speaking("zh");
    office.file("ana.txt", "phone=13800138000\n");
    insta::assert_snapshot!(office.run("case open erase --received 2026-11-20 --id-file ana.txt").done(), @"
    DSR-20261123-0001 已受理：删除，期限 2026-12-11 (K15W)
    [stderr]
    下一步：droit case identify DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case show DSR-20261123-0001").done(), @"
    DSR-20261123-0001
    状态      已受理
    权利类型  删除
    适用法    中国（个人信息保护法）
    申请人    本人
    渠道      邮件
    受理时间  2026-11-20 00:00 +08:00
    主体标识  S-5dee4dd60ff8d0ba

    时钟   到期        顺延后      状态    规则
    K30    2026-12-20  2026-12-21  进行中  政策：受理起三十日
    K15W*  2026-12-11  2026-12-11  进行中  十五个工作日内实际完成

    下一步：droit case identify DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case list").done(), @"
    编号               权利类型  期限        时钟  时限状态  状态    下一步
    DSR-20261123-0001  删除      2026-12-11  K15W  进行中    已受理  droit case identify DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("").done(), @"
    未结案件  1

    2026-12-11  DSR-20261123-0001  droit case identify DSR-20261123-0001
    [exit 0]
    ");
    office.wait_days(30);
    insta::assert_snapshot!(office.run("due").to_look_at(), @"
    编号               权利类型  时钟  期限        剩余天数  状态
    DSR-20261123-0001  删除      K15W  2026-12-11  -12       逾期
    DSR-20261123-0001  删除      K30   2026-12-20  -3        逾期
    [exit 4]
    ");
    insta::assert_snapshot!(office.run("").to_look_at(), @"
    未结案件  1
    逾期      1 (DSR-20261123-0001)

    2026-12-11  DSR-20261123-0001  droit case identify DSR-20261123-0001
    [exit 4]
    ");
}

#[test]
fn a_person_is_found_copied_and_erased() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    insta::assert_snapshot!(office.run("find --id-file who.txt").done(), @"
    account=100
      name  白*
      phone  160****2177

    table               role       rows  undecided
    users                          1     0
    addresses                      1     0
    addresses           contact    1     0
    consents                       1     0
    cookies                        1     0
    browsing_events                7     0
    deid_records                   1     0
    devices                        2     0
    device_links                   1     0
    disclosures                    2     0
    installed_apps                 6     0
    mail_log                       1     0
    network_logs                   3     0
    operator_audit                 1     0
    orders                         6     0
    order_contacts                 1     0
    order_items                    6     0
    partner_sourced                1     0
    payments                       5     0
    permissions                    3     0
    policy_acceptances             1     0
    push_log                       4     0
    risk_scores                    1     0
    subscriptions                  1     0
    user_profiles                  1     0
    user_tags                      1     0
    users_audit                    1     0
    waybills            sender     3     0
    waybills            recipient  2     0
    waybill_images      sender     1     0
    waybill_routes      sender     9     0
    waybill_routes      recipient  6     0
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case open copy --id-file who.txt").done(), @"
    DSR-20261123-0001 opened: copy, due 2026-12-23 (K30)
    [stderr]
    next: droit case identify DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done(), @"
    DSR-20261123-0001: identity verified, due 2026-12-23 (K30)
    [stderr]
    next: droit export DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("export DSR-20261123-0001 --no-zip").done(), @"
    DSR-20261123-0001: 640 values located, 612 exported, 28 withheld, in 29 tables
    withheld  credential 5, export_no 1, third_party 22
    open      OFFICE/packages/DSR-20261123-0001/index.html
    [stderr]
    next: droit case answer DSR-20261123-0001
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("case open erase --id-file who.txt").done(), @"
    DSR-20261123-0002 opened: deletion, due 2026-12-14 (K15W)
    [stderr]
    next: droit case identify DSR-20261123-0002
    [exit 0]
    ");
    office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill").done();
    insta::assert_snapshot!(office.run("erase DSR-20261123-0002 --plan plan.jsonl").done(), @"
    DSR-20261123-0002: 81 rows located: delete 32, anonymize 10, keep 39

    table               located  delete  anonymize  keep  unlink
    addresses           1        1       0          0     0
    browsing_events     7        7       0          0     0
    consents            1        0       0          1     0
    cookies             1        1       0          0     0
    deid_records        1        1       0          0     0
    device_links        1        1       0          0     0
    devices             2        2       0          0     0
    disclosures         2        0       0          2     0
    installed_apps      6        6       0          0     0
    mail_log            1        1       0          0     0
    network_logs        3        1       0          2     0
    operator_audit      1        1       0          0     0
    order_contacts      1        0       1          0     0
    order_items         6        0       0          6     0
    orders              6        0       1          5     0
    partner_sourced     1        1       0          0     0
    payments            5        0       0          5     0
    permissions         3        0       0          3     0
    policy_acceptances  1        0       0          1     0
    push_log            4        4       0          0     0
    risk_scores         1        1       0          0     0
    subscriptions       1        1       0          0     0
    user_profiles       1        1       0          0     0
    user_tags           1        1       0          0     0
    users               1        0       1          0     0
    users_audit         1        1       0          0     0
    waybill_images      1        0       0          1     0
    waybill_routes      15       0       2          13    0
    waybills            5        0       5          0     0

    kept in             rows  reason  law                    until
    consents            1     RET     PIPL 69                2029-11-23
    disclosures         1     RET     NDR 12                 2028-06-24
    disclosures         1     RET     NDR 12                 2028-12-17
    network_logs        1     RET     CSL 23                 2026-12-26
    network_logs        1     RET     CSL 23                 2027-05-10
    order_contacts      1     RET     ECL 31                 2028-07-01
    order_items         1     RET     ECL 31                 2027-07-24
    order_items         1     RET     ECL 31                 2027-12-15
    order_items         1     RET     ECL 31                 2028-01-20
    order_items         1     RET     ECL 31                 2028-07-01
    order_items         1     RET     ECL 31                 2028-07-14
    order_items         1     RET     ECL 31                 2028-12-26
    orders              1     RET     ECL 31                 2027-07-24
    orders              1     RET     ECL 31                 2027-12-15
    orders              1     RET     ECL 31                 2028-01-20
    orders              1     RET     ECL 31                 2028-07-01
    orders              1     RET     ECL 31                 2028-07-14
    orders              1     RET     ECL 31                 2028-12-26
    payments            2     RET     会计档案管理办法 附表  2054-12-31
    payments            3     RET     会计档案管理办法 附表  2055-12-31
    permissions         3     RET     PIPL 69                2029-11-23
    policy_acceptances  1     RET     PIPL 69                2029-11-23
    waybill_routes      3     RET     ECL 31                 2027-07-24
    waybill_routes      3     RET     ECL 31                 2027-10-23
    waybill_routes      3     RET     ECL 31                 2028-07-01
    waybill_routes      3     RET     ECL 31                 2028-07-14
    waybill_routes      3     RET     ECL 31                 2028-12-26
    waybills            1     RET     ECL 31                 2027-07-24
    waybills            1     RET     ECL 31                 2027-10-23
    waybills            1     RET     ECL 31                 2028-07-01
    waybills            1     RET     ECL 31                 2028-07-14
    waybills            1     RET     ECL 31                 2028-12-26
    [stderr]
    next: review plan.jsonl, then: droit apply plan.jsonl
    [exit 0]
    ");
    office.run("apply plan.jsonl").refused("needs_confirmation");
    insta::assert_snapshot!(office.run("apply plan.jsonl --confirm DSR-20261123-0002").done(), @"
    DSR-20261123-0002: removed, not yet proven: 32 rows deleted, 10 anonymized, 39 kept, 0 files removed

    table               located  delete  anonymize  keep  unlink
    addresses           1        1       0          0     0
    browsing_events     7        7       0          0     0
    consents            1        0       0          1     0
    cookies             1        1       0          0     0
    deid_records        1        1       0          0     0
    device_links        1        1       0          0     0
    devices             2        2       0          0     0
    disclosures         2        0       0          2     0
    installed_apps      6        6       0          0     0
    mail_log            1        1       0          0     0
    network_logs        3        1       0          2     0
    operator_audit      1        1       0          0     0
    order_contacts      1        0       1          0     0
    order_items         6        0       0          6     0
    orders              6        0       1          5     0
    partner_sourced     1        1       0          0     0
    payments            5        0       0          5     0
    permissions         3        0       0          3     0
    policy_acceptances  1        0       0          1     0
    push_log            4        4       0          0     0
    risk_scores         1        1       0          0     0
    subscriptions       1        1       0          0     0
    user_profiles       1        1       0          0     0
    user_tags           1        1       0          0     0
    users               1        0       1          0     0
    users_audit         1        1       0          0     0
    waybill_images      1        0       0          1     0
    waybill_routes      15       0       2          13    0
    waybills            5        0       5          0     0

    kept in             rows  reason  law                    until
    consents            1     RET     PIPL 69                2029-11-23
    disclosures         1     RET     NDR 12                 2028-06-24
    disclosures         1     RET     NDR 12                 2028-12-17
    network_logs        1     RET     CSL 23                 2026-12-26
    network_logs        1     RET     CSL 23                 2027-05-10
    order_contacts      1     RET     ECL 31                 2028-07-01
    order_items         1     RET     ECL 31                 2027-07-24
    order_items         1     RET     ECL 31                 2027-12-15
    order_items         1     RET     ECL 31                 2028-01-20
    order_items         1     RET     ECL 31                 2028-07-01
    order_items         1     RET     ECL 31                 2028-07-14
    order_items         1     RET     ECL 31                 2028-12-26
    orders              1     RET     ECL 31                 2027-07-24
    orders              1     RET     ECL 31                 2027-12-15
    orders              1     RET     ECL 31                 2028-01-20
    orders              1     RET     ECL 31                 2028-07-01
    orders              1     RET     ECL 31                 2028-07-14
    orders              1     RET     ECL 31                 2028-12-26
    payments            2     RET     会计档案管理办法 附表  2054-12-31
    payments            3     RET     会计档案管理办法 附表  2055-12-31
    permissions         3     RET     PIPL 69                2029-11-23
    policy_acceptances  1     RET     PIPL 69                2029-11-23
    waybill_routes      3     RET     ECL 31                 2027-07-24
    waybill_routes      3     RET     ECL 31                 2027-10-23
    waybill_routes      3     RET     ECL 31                 2028-07-01
    waybill_routes      3     RET     ECL 31                 2028-07-14
    waybill_routes      3     RET     ECL 31                 2028-12-26
    waybills            1     RET     ECL 31                 2027-07-24
    waybills            1     RET     ECL 31                 2027-10-23
    waybills            1     RET     ECL 31                 2028-07-01
    waybills            1     RET     ECL 31                 2028-07-14
    waybills            1     RET     ECL 31                 2028-12-26
    [stderr]
    DSR-20261123-0002: 81 rows in the plan
    next: droit prove DSR-20261123-0002
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("audit verify").done(), @"
    the record is whole: 12 events
    head  12:ec8c8a4193b5178e44607286c0144c3c2ac61fe475ea136308a1fe5de6b46dfb
    [exit 0]
    ");
}
