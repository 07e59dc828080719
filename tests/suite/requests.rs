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
    2    2026-11-23 10:01 +08:00  officer  DSR-20261123-0001  opened      due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"}] subject=S-5dee4dd60ff8d0ba request={"type":"explain"} regime=CN channel=app requester=subject received_at=2026-11-23T02:01:00Z
    3    2026-11-23 10:02 +08:00  officer  DSR-20261123-0001  identified  due=[{"clock":"K30","nominal":"2026-12-23","rolled":"2026-12-23"},{"clock":"KGB","nominal":"2026-12-23","rolled":"2026-12-23"}] level=L1 method=session
    4    2026-11-23 10:04 +08:00  officer  DSR-20261123-0001  answered    remedies_given=false decision=FULFILLED interim=false sent_at=2026-11-23T02:04:00Z channel=email reply=3213db59cf7bcd839a7f39363dcf579db44dceceb446a17eb213a4434ed43f6c
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
