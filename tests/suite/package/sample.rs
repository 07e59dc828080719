//! A courier's customer, whose package says everything that a package can say.

use std::{fs, path::Path};

use droit::{
    export::{
        Cell, ColumnHead, Consent, Disclosure, Finished, Ground, HeldBack, Language, Mask, Origin, Outbox, Package,
        Reading, RowOut, RowState, TableHead, Term, Withheld,
    },
    value::Value,
};

use super::{column, head, table};

/// Writes the package.
pub(super) fn courier(outbox: &Outbox, name: &str, language: Language) -> Finished {
    let mut package = Package::begin(outbox, name, head(language)).unwrap();
    let say = Tongue(language);
    account(&mut package, say);
    orders(&mut package, say);
    waybills(&mut package, say);
    visits(&mut package, say);
    lists(&mut package, say);
    package.finish().unwrap()
}

#[derive(Clone, Copy)]
struct Tongue(Language);

impl Tongue {
    fn so(self, chinese: &str, english: &str) -> String {
        if self.0 == Language::Zh { chinese } else { english }.to_owned()
    }

    fn basic(self) -> (&'static str, String) {
        ("basic", self.so("个人基本资料", "Basic information"))
    }

    fn contact(self) -> (&'static str, String) {
        ("contact", self.so("联系信息", "Contact details"))
    }

    fn security(self) -> (&'static str, String) {
        ("security", self.so("身份鉴别信息", "Authentication"))
    }

    fn trade(self) -> (&'static str, String) {
        ("trade", self.so("交易信息", "Orders and payments"))
    }

    fn place(self) -> (&'static str, String) {
        ("location", self.so("位置信息", "Location"))
    }

    fn sensitive(self) -> Term {
        Term::new("sensitive", self.so("敏感", "sensitive"))
    }

    fn contract(self) -> Term {
        let title = self.so(
            "订立、履行合同所必需（个人信息保护法第十三条第一款第二项）",
            "Necessary for a contract with you (PIPL 13(1)(2))",
        );
        Term::new("contract", title)
    }
}

/// A row of many columns, a file, a secret, a score that is not told.
fn account(package: &mut Package, say: Tongue) {
    let basic = say.basic();
    let contact = say.contact();
    let security = say.security();
    let mut users = table("users", &[]);
    users.title = say.so("账号", "Account");
    users.purpose = say.so("注册、登录和账号管理", "Registration, sign-in and account management");
    users.clause = "一(一)1".into();
    users.basis = say.contract();
    users.source = say.so("您注册账号时填写", "Entered by you on registration");
    users.recipients = vec![say.so("阿里云计算有限公司（短信验证码）", "Alibaba Cloud (text messages with codes)")];
    users.retention =
        say.so("账号存续期间；注销后三年", "While the account exists, and three years after it is closed");
    users.then = say.so("匿名化", "Anonymized");
    users.columns = vec![
        column("id", &say.so("账号编号", "Account number"), (basic.0, &basic.1), Origin::Observed),
        column("nickname", &say.so("昵称", "Nickname"), (basic.0, &basic.1), Origin::Provided),
        column("real_name", &say.so("姓名", "Name"), (basic.0, &basic.1), Origin::Provided),
        column("birth_date", &say.so("出生日期", "Date of birth"), (basic.0, &basic.1), Origin::Provided),
        column("phone", &say.so("手机号", "Mobile phone"), (contact.0, &contact.1), Origin::Provided),
        column("email", &say.so("电子邮箱", "Email"), (contact.0, &contact.1), Origin::Provided),
        ColumnHead {
            sensitivity: Some(say.sensitive()),
            ..column("id_no", &say.so("居民身份证号", "Resident ID"), (basic.0, &basic.1), Origin::Provided)
        },
        column("password_hash", &say.so("密码", "Password"), (security.0, &security.1), Origin::Provided),
        column("avatar", &say.so("头像", "Picture"), (basic.0, &basic.1), Origin::Provided),
        column("created_at", &say.so("时间", "Time"), (basic.0, &basic.1), Origin::Observed),
        ColumnHead {
            withheld_because: Some(say.so(
                "用于防范欺诈的内部评分，披露将使防范失效。",
                "An internal score against fraud; telling it would defeat its purpose.",
            )),
            ..column("risk_score", &say.so("风险评分", "Risk score"), (security.0, &security.1), Origin::Derived)
        },
    ];
    package.begin_table(&users).unwrap();
    let picture = package.attach(&mut &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on"[..]).unwrap();
    let role = Term::new("holder", say.so("账号持有人", "Account holder"));
    let cells = [
        Cell::Shown(Value::Integer(41_872)),
        Cell::Shown(say.so("小王子", "little prince").into()),
        Cell::Shown(say.so("王小明", "Wang Xiaoming").into()),
        Cell::Shown("1991-04-12".into()),
        Cell::Shown("13812341234".into()),
        Cell::Shown("xiaoming@example.com".into()),
        Cell::Shown("11010519491231002X".into()),
        Cell::Withheld(Withheld::Credential),
        Cell::File(picture),
        Cell::Read(Value::Integer(1_700_000_000), Reading("2023-11-15 06:13:20 +08:00".into())),
        Cell::Withheld(Withheld::ExportNo),
    ];
    package.row(&RowOut { key: "41872", role: &role, state: &RowState::Held, cells: &cells }).unwrap();
    package.end_table().unwrap();
}

/// Narrow rows, two kept by law, one restricted.
fn orders(package: &mut Package, say: Tongue) {
    let trade = say.trade();
    let mut orders = table("orders", &[]);
    orders.title = say.so("订单", "Orders");
    orders.purpose = say.so("订单履行", "Performing your orders");
    orders.clause = "一(一)2".into();
    orders.basis = say.contract();
    orders.source = say.so("您下单时产生", "Arose when you ordered");
    orders.recipients = vec![say.so("商户", "the merchant"), say.so("支付机构", "the payment provider")];
    orders.retention = say.so("交易完成之日起三年", "Three years from completion");
    orders.then = say.so("删除", "Deleted");
    orders.columns = vec![
        column("order_no", &say.so("订单号", "Order number"), (trade.0, &trade.1), Origin::Observed),
        column("amount_cents", &say.so("金额", "Amount"), (trade.0, &trade.1), Origin::Observed),
        column("status", &say.so("状态", "Status"), (trade.0, &trade.1), Origin::Observed),
        column("completed_at", &say.so("时间", "Time"), (trade.0, &trade.1), Origin::Observed),
        column("remark", &say.so("备注", "Remark"), (trade.0, &trade.1), Origin::Provided),
    ];
    package.begin_table(&orders).unwrap();
    let buyer = Term::new("holder", say.so("买方", "Buyer"));
    let kept = RowState::Kept {
        law: say.so("电子商务法第三十一条", "E-Commerce Law 31"),
        until: Some(jiff::civil::date(2028, 5, 2)),
    };
    let waiting = RowState::Restricted { reason: say.so("争议处理期间", "while a dispute is open") };
    for (at, (amount, status, state)) in [
        (12_900, "completed", &kept),
        (4_550, "completed", &kept),
        (88_000, "in_dispute", &waiting),
        (1_990, "paid", &RowState::Held),
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("2025050{}{:06}", at + 1, 771 * (at + 1));
        let remark: Value = if at == 2 {
            say.so(
                "请放在门卫处，谢谢！\n到了打电话",
                "Please leave it with the porter, thank you!\nRing when you are there",
            )
            .into()
        } else {
            Value::Null
        };
        let cells = [
            Cell::Shown(number.as_str().into()),
            Cell::Read(Value::Integer(amount), Reading(format!("¥{}.{:02}", amount / 100, amount % 100))),
            Cell::Shown(status.into()),
            Cell::Shown(format!("2025-05-0{} 10:2{at}:00", at + 2).into()),
            Cell::Shown(remark),
        ];
        package.row(&RowOut { key: &number, role: &buyer, state, cells: &cells }).unwrap();
    }
    package.end_table().unwrap();
}

/// Another person in the same row.
fn waybills(package: &mut Package, say: Tongue) {
    let basic = say.basic();
    let contact = say.contact();
    let trade = say.trade();
    let place = say.place();
    let mut waybills = table("waybills", &[]);
    waybills.title = say.so("运单", "Waybills");
    waybills.purpose = say.so("快递寄递", "Carriage of parcels");
    waybills.clause = "一(三)2".into();
    waybills.basis = say.contract();
    waybills.source = say.so("您或者寄件人填写", "Entered by you or the sender");
    waybills.recipients = vec![say.so("承运快递企业", "the carrier")];
    waybills.retention = say.so("签收之日起三年", "Three years from delivery");
    waybills.then = say.so("匿名化", "Anonymized");
    waybills.columns = vec![
        column("waybill_no", &say.so("运单号", "Waybill number"), (trade.0, &trade.1), Origin::Observed),
        column("sender_name", &say.so("姓名", "Name"), (basic.0, &basic.1), Origin::Provided),
        column("sender_phone", &say.so("手机号", "Mobile phone"), (contact.0, &contact.1), Origin::Provided),
        column("recipient_name", &say.so("姓名", "Name"), (basic.0, &basic.1), Origin::Provided),
        column("recipient_phone", &say.so("手机号", "Mobile phone"), (contact.0, &contact.1), Origin::Provided),
        column("recipient_address", &say.so("地址", "Address"), (contact.0, &contact.1), Origin::Provided),
        ColumnHead {
            sensitivity: Some(say.sensitive()),
            ..column("track", &say.so("轨迹", "Track"), (place.0, &place.1), Origin::Observed)
        },
        column("signed_at", &say.so("时间", "Time"), (trade.0, &trade.1), Origin::Observed),
    ];
    package.begin_table(&waybills).unwrap();
    let sender = Term::new("sender", say.so("寄件人", "Sender"));
    for at in 0..2_i64 {
        let number = format!("SF10{:011}", 5_520_031 + at);
        let cells = [
            Cell::Shown(number.as_str().into()),
            Cell::Shown(say.so("王小明", "Wang Xiaoming").into()),
            Cell::Shown("13812341234".into()),
            Cell::Shown(say.so("张三", "Zhang San").into()),
            Cell::Masked(Mask("139******77".into())),
            Cell::Masked(Mask(say.so("浙江省杭州市西湖区***", "Xihu District, Hangzhou, Zhejiang ***"))),
            if at == 0 { Cell::Withheld(Withheld::ThirdParty) } else { Cell::Withheld(Withheld::Undecided) },
            Cell::Shown("2025-05-04 18:30:00".into()),
        ];
        package.row(&RowOut { key: &number, role: &sender, state: &RowState::Held, cells: &cells }).unwrap();
    }
    package.end_table().unwrap();
}

/// More rows than the page shows, and a table without any.
fn visits(package: &mut Package, say: Tongue) {
    let mut visits = table("page_views", &[]);
    visits.title = say.so("浏览记录", "Pages visited");
    visits.columns = vec![
        column(
            "seen_at",
            &say.so("时间", "Time"),
            ("usage", &say.so("使用记录", "Use of the service")),
            Origin::Observed,
        ),
        column(
            "ip",
            &say.so("网络地址", "IP address"),
            ("usage", &say.so("使用记录", "Use of the service")),
            Origin::Observed,
        ),
        column("path", &say.so("页面", "Page"), ("usage", &say.so("使用记录", "Use of the service")), Origin::Observed),
    ];
    package.begin_table(&visits).unwrap();
    for at in 0..230 {
        let cells = [
            Cell::Shown(format!("2026-10-{:02} 09:{:02}:11", 1 + at / 60, at % 60).into()),
            Cell::Shown("203.0.113.7".into()),
            Cell::Shown(format!("/item/{}", at * 37).into()),
        ];
        package
            .row(&RowOut {
                key: &at.to_string(),
                role: &Term::new("holder", say.so("账号持有人", "Account holder")),
                state: &RowState::Held,
                cells: &cells,
            })
            .unwrap();
    }
    package.end_table().unwrap();
    package.begin_table(&TableHead { title: say.so("语音", "Voice messages"), ..table("voice", &["file"]) }).unwrap();
    package.end_table().unwrap();
}

/// A consent, a disclosure, something held back.
fn lists(package: &mut Package, say: Tongue) {
    package
        .consent(&Consent {
            scope: say.so("位置信息用于附近网点推荐", "Location, to recommend branches nearby"),
            policy_version: "2025-06-01".into(),
            given_at: "2025-06-03 12:00:00".into(),
            withdrawn_at: Some("2026-02-01 08:15:00".into()),
            method: say.so("勾选", "ticked a box"),
            separate: true,
        })
        .unwrap();
    package
        .disclosure(&Disclosure {
            recipient: say.so("承运快递企业", "the carrier"),
            fields: say.so("姓名、手机号、地址", "name, phone, address"),
            at: "2025-05-02 10:22:00".into(),
            basis: Term::new("S04", say.so("S04 核心功能所必需", "S04 needed for a core function")),
            purpose: say.so("寄递", "carriage"),
        })
        .unwrap();
    package
        .held_back(&HeldBack {
            category: Term::new("messages", say.so("客服沟通", "Messages with support")),
            code: Withheld::Ground(Ground::Trd),
            cells: 12,
        })
        .unwrap();
}

#[test]
#[ignore = "writes the sample into the build folder, for eyes"]
fn a_sample_to_look_at() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample");
    drop(fs::remove_dir_all(&dir));
    fs::create_dir_all(&dir).unwrap();
    let outbox = Outbox::open(&dir).unwrap();
    courier(&outbox, "zh", Language::Zh);
    courier(&outbox, "en", Language::En);
}
