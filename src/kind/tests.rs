//! The vectors of LAW §5 and §5.1, and what holds of every kind.

use std::collections::BTreeSet;

use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::{
    Generalisation::{AmountBand, District, FiveYears, Month, TenthOfDegree},
    Kind::{self, *},
    Profile::{self, Display, Log, Waybill},
    *,
};

const PROFILES: [Profile; 3] = [Display, Waybill, Log];

fn masked(kind: Kind, text: &str, profile: Profile) -> String {
    kind.mask(&Value::from(text), profile)
}

fn texts(kind: Kind, canonical: &str) -> Vec<String> {
    kind.spellings(canonical).iter().map(Value::to_canonical_text).collect()
}

/// A sample of every kind, in canonical form.
const SAMPLES: [(Kind, &str); 46] = [
    (Key, "17"),
    (Fact, "completed"),
    (Time, "2026-11-23T10:00:00"),
    (Amount, "1234.5"),
    (BirthDate, "2012-03-15"),
    (Sex, "male"),
    (Name, "阿卜杜拉·买买提"),
    (Nickname, "小明同学"),
    (Username, "ana_88"),
    (Phone, "13812341234"),
    (Landline, "0755-26771234-12"),
    (Email, "zhang.san@example.com"),
    (Address, "广东省深圳市南山区科技路1号2栋302室"),
    (Region, "广东省深圳市南山区"),
    (Postcode, "518057"),
    (ResidentId, "11010519491231002X"),
    (ResidencePermit, "810000199001010019"),
    (Passport, "E12345678"),
    (TravelPermit, "H12345678"),
    (NationalId, "078051120"),
    (Uscc, "9144030071526726XG"),
    (OrgCode, "71526726-X"),
    (TaxNo, "91350100M000100Y43"),
    (BankCard, "6222021234567890128"),
    (BankAccount, "DE89370400440532013000"),
    (Plate, "粤B12345"),
    (WechatId, "zhangsan_88"),
    (OpenId, "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"),
    (WaybillNo, "SF1234567890123"),
    (Imei, "490154203237518"),
    (DeviceId, "6d92078a-8246-4ba4-ae5b-76104861e7dc"),
    (Mac, "00:1a:2b:3c:4d:5e"),
    (Ip, "203.0.113.77"),
    (Url, "https://example.com/users/13812341234?q=1"),
    (UserAgent, "Mozilla/5.0 (Linux; Android 14; PGEM10)"),
    (Geo, "22.5431,113.9401"),
    (FreeText, "请打 13812341234"),
    (Credential, "hunter2"),
    (Voice, "voice/17.amr"),
    (Image, "door/17.jpg"),
    (File, "files/17.pdf"),
    (Biometric, "AAECAwQ="),
    (Health, "花粉过敏"),
    (Software, "com.example.app"),
    (Tag, "high_value"),
    (Opaque, "?"),
];

#[test]
fn every_kind_has_a_sample_in_canonical_form() {
    let sampled: BTreeSet<Kind> = SAMPLES.iter().map(|sample| sample.0).collect();
    assert_eq!(sampled.len(), Kind::all().len());
    for (kind, text) in SAMPLES {
        assert_eq!(kind.normalise(text).as_deref(), Some(text), "{kind}");
    }
}

#[test]
fn words_and_titles_are_unique() {
    for (name, of) in [
        ("word", Box::new(|kind: Kind| kind.word()) as Box<dyn Fn(Kind) -> &'static str>),
        ("zh", Box::new(|kind| kind.title(Language::Zh))),
        ("en", Box::new(|kind| kind.title(Language::En))),
    ] {
        let unique: BTreeSet<_> = Kind::all().iter().map(|&kind| of(kind)).collect();
        assert_eq!(unique.len(), Kind::all().len(), "{name}");
    }
    assert_eq!(ResidentId.to_string(), "resident_id");
}

#[test]
fn what_is_personal_what_identifies_what_is_weak() {
    let without: Vec<Kind> = Kind::all().iter().copied().filter(|kind| !kind.is_personal()).collect();
    assert_eq!(without, [Key, Fact, Time, Amount]);
    assert!(Kind::all().iter().all(|kind| kind.is_personal() || !kind.identifies()));
    for kind in [Name, Nickname, BirthDate, Region, Sex, Address] {
        assert!(kind.is_weak(), "{kind} never ties alone");
    }
    for kind in [Phone, Email, ResidentId, OpenId, Username, Imei] {
        assert!(kind.identifies() && !kind.is_weak(), "{kind}");
    }
}

/// LAW §2.1: the sensitive list of PIPL 28, and identity numbers anyway.
#[test]
fn sensitive_kinds() {
    for kind in [ResidentId, Passport, BankCard, Geo, Voice, Image, Biometric, Health, Credential] {
        assert_eq!(kind.sensitivity(), Sensitivity::Sensitive, "{kind}");
    }
    assert_eq!(Phone.sensitivity(), Sensitivity::General);
    assert_eq!(Geo.category(), Category::Location);
}

// LAW §5, row by row

#[test]
fn resident_identity_numbers() {
    assert_eq!(ResidentId.validate("11010519491231002X"), Ok(Validity::Sound));
    assert_eq!(ResidentId.validate("11010519491231002x"), Ok(Validity::Sound));
    assert_eq!(ResidentId.validate("110101201203150024"), Ok(Validity::Sound));
    assert_eq!(ResidentId.validate("110105194912310021"), Err(Invalid::CheckDigit));
    assert_eq!(ResidentId.validate("110105201302290021"), Err(Invalid::NoSuchDay));
    assert_eq!(ResidentId.validate("11010519491331002X"), Err(Invalid::Shape));
    assert_eq!(ResidentId.validate(" "), Err(Invalid::Empty));
    assert_eq!(ResidentId.normalise("110105194912310021").as_deref(), Some("110105194912310021"), "still searched");
    assert_eq!(resident_id::born("110101201203150024"), Some(date(2012, 3, 15)));
    assert_eq!(resident_id::is_male("11010519491231002X"), Some(false));
    assert_eq!(resident_id::is_male("110101201203150016"), Some(true));
}

#[test]
fn a_birth_date_may_not_be_to_come() {
    let number = "110101201203150024";
    assert_eq!(ResidentId.validate_on(number, date(2012, 3, 14)), Err(Invalid::Future));
    assert_eq!(ResidentId.validate_on(number, date(2012, 3, 15)), Ok(Validity::Sound));
    assert_eq!(BirthDate.validate_on("20270101", date(2026, 11, 23)), Err(Invalid::Future));
}

#[test]
fn a_birth_date_may_not_be_older_than_anybody() {
    let today = date(2026, 11, 23);
    for old in ["1700-01-01", "1896-11-22", "0001-01-02", "18961122"] {
        assert_eq!(BirthDate.validate_on(old, today), Err(Invalid::TooLongAgo), "{old}");
    }
    for lived in ["1896-11-23", "1926-11-23", "2026-11-23"] {
        assert_eq!(BirthDate.validate_on(lived, today), Ok(Validity::Sound), "{lived}"); // 130 tomorrow, 100, today
    }
    let number = "110105189601010015"; // somebody born on 1 January 1896
    assert_eq!(ResidentId.validate(number), Ok(Validity::Sound), "the number itself is well formed");
    assert_eq!(ResidentId.validate_on(number, today), Err(Invalid::TooLongAgo));
}

#[test]
fn fifteen_digit_numbers_are_lengthened() {
    assert_eq!(ResidentId.normalise("440524800101001").as_deref(), Some("440524198001010013"));
    assert_eq!(ResidentId.validate("440524800101001"), Ok(Validity::Doubtful(Doubt::Obsolete)));
    assert!(texts(ResidentId, "440524198001010013").contains(&"440524800101001".to_owned()));
    assert!(ResidentId.spellings("440524198001010013").contains(&Value::Integer(440_524_800_101_001)));
    assert!(!texts(ResidentId, "110101201203150024").iter().any(|text| text.len() == 15), "born in this century");
}

#[test]
fn residence_permits() {
    assert_eq!(ResidencePermit.validate("810000199001010019"), Ok(Validity::Sound));
    assert!(!ResidencePermit.recognises("11010519491231002X"), "a resident's");
    assert_eq!(ResidencePermit.normalise("usa123456789012").as_deref(), Some("USA123456789012"));
}

#[test]
fn mobile_numbers() {
    for typed in [
        "13800138000",
        "+8613800138000",
        "8613800138000",
        "138 0013 8000",
        "+86-138-0013-8000",
        "１３８００１３８０００",
    ] {
        assert_eq!(Phone.normalise(typed).as_deref(), Some("13800138000"), "{typed}");
    }
    for other in ["12800138000", "1380013800", "138001380000", "13800138000转1234", "phone", "", "+86"] {
        assert!(!Phone.recognises(other), "{other}");
    }
    for typed in ["138.0013.8000", "013800138000", "+86 (0)138 0013 8000"] {
        assert_eq!(Phone.normalise(typed).as_deref(), Some("13800138000"), "{typed}");
    }
    assert_eq!(Phone.validate("13800138000转1234"), Err(Invalid::PrivacyNumber));
    assert_eq!(Phone.validate("+49 151 12345678"), Ok(Validity::Doubtful(Doubt::Foreign)));
    assert_eq!(Phone.normalise("0049 151 12345678").as_deref(), Some("+4915112345678"));
}

#[test]
fn mobile_spellings_are_those_people_store() {
    let forms = Phone.spellings("13800138000");
    assert_eq!(forms[0], Value::from("13800138000"));
    for form in ["+8613800138000", "+86 13800138000", "+86 138 0013 8000", "138-0013-8000", "１３８００１３８０００"]
    {
        assert!(forms.contains(&Value::from(form)), "{form}");
    }
    assert!(forms.contains(&Value::Integer(13_800_138_000)) && forms.contains(&Value::Integer(8_613_800_138_000)));
    assert!(Phone.is_spelling(&Value::Integer(13_800_138_000)));
    assert!(!Phone.is_spelling(&Value::from("1-3-8-0-0-1-3-8-0-0-0")), "an index would not find it");
}

#[test]
fn landlines() {
    for typed in ["010-62345678", "01062345678", "(010)62345678", "010 6234 5678", "+86 10 62345678"] {
        assert_eq!(Landline.normalise(typed).as_deref(), Some("010-62345678"), "{typed}");
    }
    assert_eq!(Landline.normalise("0755-26771234-123").as_deref(), Some("0755-26771234-123"));
    assert_eq!(Landline.normalise("0755-2677123-4").as_deref(), Some("0755-2677123-4"));
    assert_eq!(Landline.normalise("400-800-1234").as_deref(), Some("4008001234"));
    assert_eq!(Landline.normalise("010-12345678"), None);
    assert_eq!(Landline.normalise("13800138000"), None);
}

#[test]
fn unified_social_credit_codes() {
    for sound in ["9144030071526726XG", "91350100M000100Y43", "9144030071526726xg"] {
        assert_eq!(Uscc.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    assert_eq!(Uscc.validate("91350211M0000XUF46"), Ok(Validity::Doubtful(Doubt::CheckDigit)), "only a warning");
    assert_eq!(Uscc.validate("9144030071526726IG"), Err(Invalid::Shape), "no I");
    assert_eq!(TaxNo.validate("9144030071526726XG"), Ok(Validity::Sound));
    assert_eq!(TaxNo.validate("11010519491231002X"), Ok(Validity::Sound), "a person's own number");
    assert_eq!(TaxNo.validate("440300715267260"), Ok(Validity::Doubtful(Doubt::Obsolete)));
}

/// The trap of LAW §5: a remainder of zero asks for `0`, never for a thirty-second character.
#[test]
fn a_credit_code_whose_remainder_is_zero_ends_in_zero() {
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let weights: Vec<usize> = (0..17).scan(1, |w, _| Some(std::mem::replace(w, *w * 3 % 31))).collect();
    let sum = |code: &str| -> usize {
        code.chars().zip(&weights).map(|(c, w)| alphabet.iter().position(|&a| a == c).unwrap() * w).sum()
    };
    let code = alphabet.iter().map(|c| format!("9144030071526726{c}")).find(|code| sum(code) % 31 == 0).unwrap();
    assert_eq!(Uscc.validate(&format!("{code}0")), Ok(Validity::Sound));
}

#[test]
fn organisation_codes() {
    assert_eq!(OrgCode.validate("71526726-X"), Ok(Validity::Sound));
    assert_eq!(OrgCode.validate("71526726x"), Ok(Validity::Sound));
    assert_eq!(OrgCode.validate("71526726-1"), Err(Invalid::CheckDigit));
}

#[test]
fn bank_cards() {
    assert_eq!(BankCard.validate("4111111111111111"), Ok(Validity::Sound));
    assert_eq!(BankCard.validate("4111 1111 1111 1111"), Ok(Validity::Sound));
    assert_eq!(BankCard.validate("4111111111111112"), Err(Invalid::CheckDigit));
    assert_eq!(BankCard.validate("411111111111"), Err(Invalid::Shape));
    assert_eq!(BankAccount.validate("DE89 3704 0044 0532 0130 00"), Ok(Validity::Sound));
    assert_eq!(BankAccount.validate("DE88 3704 0044 0532 0130 00"), Err(Invalid::CheckDigit));
}

#[test]
fn passports_and_travel_permits() {
    for sound in ["E12345678", "EA1234567", "G12345678", "D1234567", "SE1234567", "PE12345678"] {
        assert_eq!(Passport.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    assert_eq!(Passport.validate("EI1234567"), Ok(Validity::Doubtful(Doubt::Foreign)));
    assert_eq!(Passport.validate("C01X00T47"), Ok(Validity::Doubtful(Doubt::Foreign)));
    for sound in ["H12345678", "M1234567801", "12345678", "1234567890A", "C12345678", "CA1234567", "W12345678"] {
        let length_fits = !sound.starts_with('M') || sound.len() == 11;
        assert!(length_fits);
        assert_eq!(TravelPermit.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    assert_eq!(TravelPermit.validate("A12345678"), Err(Invalid::Shape));
}

#[test]
fn plates() {
    for sound in ["粤B12345", "粤B·12345", "京A1234警", "粤BD12345", "粤B12345D", "粤b12345"] {
        assert_eq!(Plate.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    for wrong in ["粤I12345", "粤B1234", "鸡B12345", "粤B123456", "粤BO2345", "粤BL12345"] {
        assert_eq!(Plate.validate(wrong), Err(Invalid::Shape), "{wrong}");
    }
}

#[test]
fn postcodes() {
    assert_eq!(Postcode.validate("518057"), Ok(Validity::Sound));
    assert_eq!(Postcode.validate("999077"), Ok(Validity::Sound));
    assert_eq!(Postcode.validate("900000"), Err(Invalid::Shape));
}

#[test]
fn wechat() {
    assert_eq!(WechatId.validate("zhang_san-88"), Ok(Validity::Sound));
    assert_eq!(WechatId.validate("8zhangsan"), Err(Invalid::Shape));
    assert_eq!(WechatId.validate("zhang"), Err(Invalid::Shape));
    assert_eq!(OpenId.validate("oABCDEFGHIJKLMNOPQRSTUVWXYZ1"), Ok(Validity::Sound));
    assert_eq!(OpenId.validate("2088102146225135"), Ok(Validity::Doubtful(Doubt::Unusual)));
}

#[test]
fn waybill_numbers() {
    for sound in ["SF1234567890123", "123456789012", "YT1234567890123", "JDVA12345678901", "RR473124829GB"] {
        assert_eq!(WaybillNo.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    assert_eq!(WaybillNo.validate("RR473124828GB"), Ok(Validity::Doubtful(Doubt::CheckDigit)));
    assert_eq!(WaybillNo.validate("SF12345678"), Ok(Validity::Doubtful(Doubt::Carrier)));
    assert_eq!(WaybillNo.validate("SF12"), Err(Invalid::Shape));
}

#[test]
fn devices() {
    assert_eq!(Imei.validate("490154203237518"), Ok(Validity::Sound));
    assert_eq!(Imei.validate("490154203237519"), Err(Invalid::CheckDigit));
    assert_eq!(Mac.normalise("00-1A-2B-3C-4D-5E").as_deref(), Some("00:1a:2b:3c:4d:5e"));
    let uuid = "6d92078a-8246-4ba4-ae5b-76104861e7dc";
    assert_eq!(DeviceId.normalise(&uuid.to_uppercase()).as_deref(), Some(uuid));
    assert_eq!(DeviceId.normalise("9774D56D682E549C").as_deref(), Some("9774d56d682e549c"));
    assert_eq!(DeviceId.validate("00000000-0000-0000-0000-000000000000"), Err(Invalid::Shape));
}

#[test]
fn names() {
    for sound in ["张三", "阿卜杜拉•买买提", "阿卜杜拉・买买提", "𠮷野", "O’Brien", "Jean-Luc Picard"]
    {
        assert_eq!(Name.validate(sound), Ok(Validity::Sound), "{sound}");
    }
    assert_eq!(Name.normalise("阿卜杜拉•买买提").as_deref(), Some("阿卜杜拉·买买提"));
    assert_eq!(Name.validate("13812341234"), Err(Invalid::Characters));
    assert_eq!(Name.validate(&"张".repeat(51)), Err(Invalid::Length));
    assert_eq!(Name.validate(&"张".repeat(50)), Ok(Validity::Sound));
}

#[test]
fn mail_addresses() {
    assert_eq!(Email.normalise(" Zhang.San＠Example.COM").as_deref(), Some("zhang.san@example.com"));
    for wrong in ["zhang", "@example.com", "a@b", "a..b@example.com", "a b@example.com", "a@-b.com"] {
        assert_eq!(Email.validate(wrong), Err(Invalid::Shape), "{wrong}");
    }
}

// LAW §5.1, row by row

#[test]
fn masks_of_the_table() {
    for (kind, text, display, waybill, log) in [
        (Phone, "13812341234", "138****1234", "138******34", "1*********4"),
        (Phone, "+86 138-1234-1234", "138****1234", "138******34", "1*********4"),
        (Name, "张三", "张*", "张*", "张*"),
        (Name, "王小明", "王**", "王**", "王*"),
        (Name, "欧阳娜娜", "欧阳**", "欧阳**", "欧*"),
        (Name, "阿卜杜拉·买买提", "阿***", "阿***", "阿*"),
        (ResidentId, "11010519491231002X", "1****************X", "***", "***"),
        (BankCard, "6222021234567890128", "6222 **** **** 0128", "***", "****0128"),
        (Email, "zhang@example.com", "z***@example.com", "***", "***@example.com"),
        (Uscc, "9144030071526726XG", "9144**********26XG", "***", "****26XG"),
        (Plate, "粤B12345", "粤B***45", "***", "****2345"),
        (Passport, "E12345678", "E****5678", "***", "***"),
        (OpenId, "oABCDEFGHIJKLMNOPQRSTUVWXYZ1", "oABC***Z1", "***", "oABC***"),
        (Ip, "203.0.113.77", "203.0.113.0/24", "***", "203.0.113.0/24"),
        (Ip, "2001:db8:1:2::77", "2001:db8:1::/48", "***", "2001:db8:1::/48"),
        (WaybillNo, "SF1234567890123", "SF*********0123", "SF1234567890123", "****0123"),
    ] {
        assert_eq!(PROFILES.map(|profile| masked(kind, text, profile)), [display, waybill, log], "{kind}");
    }
}

#[test]
fn masks_of_addresses() {
    let address = "广东省深圳市南山区科技路1号2栋302室";
    assert_eq!(masked(Address, address, Display), "广东省深圳市南山区***");
    assert_eq!(masked(Address, address, Waybill), "广东省深圳市南山区科技路***");
    assert_eq!(masked(Address, address, Log), "南山区");
    assert_eq!(masked(Address, "北京市朝阳区幸福小区3号楼", Display), "北京市朝阳区***");
    assert_eq!(masked(Address, "北京市幸福小区3号楼", Display), "北京市***", "a place to live is no district");
    assert_eq!(masked(Address, "中国 广东省 深圳市 南山区 科技路1号", Display), "广东省深圳市南山区***");
    assert_eq!(masked(Address, "上海市浦东新区城市花园3号", Display), "上海市浦东新区***");
    assert_eq!(masked(Address, "四川省阿坝藏族羌族自治州汶川县威州镇5号", Log), "汶川县");
    assert_eq!(masked(Address, "哈尔滨市南岗区西大直街92号", Waybill), "哈尔滨市南岗区西大直街***");
    assert_eq!(masked(Address, "张三家楼下", Display), "***");
    assert_eq!(masked(Address, "收件人张三住深圳市南山区", Display), "***");
    assert_eq!(masked(Address, "221B Baker Street", Display), "***");
    assert_eq!(masked(Region, "广东省深圳市", Display), "广东省深圳市");
}

/// LAW §5.1: a one-character name is one star; whatever is not recognised is stars alone.
#[test]
fn masks_fail_closed() {
    assert_eq!(PROFILES.map(|profile| masked(Name, "张", profile)), ["*"; 3]);
    for (kind, _) in SAMPLES.iter().filter(|(kind, _)| kind.is_personal()) {
        for odd in ["\u{1b}[31m!", "<b>%</b>", "～～"] {
            let shown = masked(*kind, odd, Display);
            assert!(shown.chars().all(|c| c == '*'), "{kind}: {shown}");
        }
        assert_eq!(kind.mask(&Value::Blob(vec![1, 2]), Display), "***");
        assert_eq!(kind.mask(&Value::Malformed(b"13812341234".to_vec()), Display), "***");
        assert_eq!(kind.mask(&Value::Null, Display), "");
    }
}

#[test]
fn numbers_are_masked_by_their_text() {
    assert_eq!(Phone.mask(&Value::Integer(13_812_341_234), Display), "138****1234");
    assert_eq!(Phone.mask(&Value::Real(13_812_341_234.0), Display), "138****1234");
    assert_eq!(Phone.normalise_value(&Value::Integer(8_613_812_341_234)).as_deref(), Some("13812341234"));
}

#[test]
fn a_landline_in_a_phone_column_is_masked_as_one() {
    assert_eq!(masked(Phone, "0755-26771234", Display), "0755-****1234");
    assert_eq!(masked(Phone, "0755-26771234", Waybill), "0755-******34");
    assert_eq!(masked(Landline, "010-6234567", Waybill), "010-******7");
}

#[test]
fn what_is_never_shown() {
    for kind in [Credential, FreeText, Voice, Image, File, Biometric, Health, Sex, Geo, UserAgent] {
        for profile in PROFILES {
            assert_eq!(masked(kind, "13812341234 zhang@example.com", profile), "***", "{kind}");
        }
    }
    assert_eq!(masked(Url, "https://zhang@example.com/u/1?p=2", Display), "https://example.com/***");
}

// LAW §5.2

#[test]
fn replacements_lose_what_the_law_wants_lost() {
    assert_eq!(Address.replacement(), Replacement::Generalise(District));
    assert_eq!(BirthDate.replacement(), Replacement::Generalise(FiveYears));
    assert_eq!(Time.replacement(), Replacement::Generalise(Month));
    assert_eq!(Amount.replacement(), Replacement::Generalise(AmountBand));
    for kind in [FreeText, Image, Voice, Credential] {
        assert_eq!(kind.replacement(), Replacement::Null, "{kind}");
    }
    for kind in [Phone, Email, ResidentId, OpenId] {
        assert_eq!(kind.replacement(), Replacement::Token, "{kind}");
    }
    for &kind in Kind::all() {
        let kept = kind.replacement() == Replacement::Keep;
        assert!(!kept || !kind.is_personal() || kind == Sex, "{kind}");
    }
}

#[test]
fn generalisations_keep_the_encoding() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let of = |generalisation: Generalisation, value: Value| generalisation.apply(&value, &zone);
    assert_eq!(of(FiveYears, "2012-03-15".into()), "2010-01-01".into());
    assert_eq!(of(FiveYears, Value::Integer(20_120_315)), Value::Integer(20_100_101));
    assert_eq!(of(FiveYears, "2012/03/15".into()), "2010/01/01".into());
    assert_eq!(of(FiveYears, "2012年3月15日".into()), "2010年01月01日".into());
    assert_eq!(of(FiveYears, "0000-00-00".into()), Value::Null);
    assert_eq!(of(Month, "2026-11-23 10:20:30".into()), "2026-11-01 00:00:00".into());
    // 2026-11-23T10:00:00+08:00 is 1795399200 seconds; the month began at 1793462400
    assert_eq!(of(Month, Value::Integer(1_795_399_200)), Value::Integer(1_793_462_400));
    assert_eq!(of(Month, Value::Integer(1_795_399_200_123)), Value::Integer(1_793_462_400_000));
    assert_eq!(of(AmountBand, Value::Integer(1_299)), Value::Integer(1_000));
    assert_eq!(of(AmountBand, Value::Integer(-7_000)), Value::Integer(-5_000));
    assert_eq!(of(AmountBand, "¥23.90".into()), "20".into());
    assert_eq!(of(TenthOfDegree, Value::Real(113.9401)), Value::Real(113.9));
    assert_eq!(of(District, "广东省深圳市南山区科技路1号".into()), "广东省深圳市南山区".into());
    assert_eq!(of(District, "科技路1号".into()), Value::Null);
    assert_eq!(of(District, "西安市".into()), "西安市".into());
    assert_eq!(of(District, "华联超市".into()), Value::Null, "a place to buy is no city");
}

#[test]
fn a_birth_date_of_any_form_becomes_the_start_of_its_five_years_in_that_form() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    for (born, band) in [
        ("1993", "1990"),
        ("1990", "1990"),
        ("1993年", "1990年"),
        ("1993-07", "1990-01"),
        ("1993/07", "1990/01"),
        ("1993年7月", "1990年01月"),
        ("1993-00-00", "1990-00-00"),
        ("1993-07-00", "1990-01-00"),
        ("1993/7/9", "1990/01/01"),
        ("1993.07.09", "1990.01.01"),
        ("1993年7月9日", "1990年01月01日"),
        ("19930709", "19900101"),
        ("19930709101112", "19900101000000"),
        ("1993-07-09 10:11", "1990-01-01 00:00"),
        ("1993-07-09 10:11:12", "1990-01-01 00:00:00"),
        ("1993-07-09 10:11:12.345", "1990-01-01 00:00:00.000"),
        ("1993/07/09 10:11:12", "1990/01/01 00:00:00"),
        ("1993-07-09T10:11:12", "1990-01-01T00:00:00"),
        ("1993-07-09T10:11:12+08:00", "1990-01-01T00:00:00+08:00"),
        ("1993-07-09 10:11:12.5-0500", "1990-01-01 00:00:00.0+0800"),
        ("1993-07-09 10:11:12+08", "1990-01-01 00:00:00+08"),
        // the band begins at midnight in Shanghai
        ("1993-07-09T10:11:12Z", "1989-12-31T16:00:00Z"),
        ("1993-07-09T10:11:12.345Z", "1989-12-31T16:00:00.000Z"),
        ("742183872", "631123200"),
        ("742183872000", "631123200000"),
    ] {
        assert_eq!(FiveYears.apply(&born.into(), &zone).as_text(), Some(band), "{born}");
        assert_eq!(FiveYears.apply(&band.into(), &zone).as_text(), Some(band), "{band}: twice");
    }
    for (born, band) in [
        (Value::Integer(1993), Value::Integer(1990)),
        (Value::Integer(19_930_709), Value::Integer(19_900_101)),
        (Value::Integer(742_183_872), Value::Integer(631_123_200)),
        (Value::Integer(742_183_872_000), Value::Integer(631_123_200_000)),
        (Value::Integer(-318_000_000), Value::Integer(-473_414_400)),
        (Value::Real(1993.0), Value::Real(1990.0)),
        (Value::Real(742_183_872.5), Value::Real(631_123_200.0)),
    ] {
        let shown = born.to_canonical_text();
        assert_eq!(FiveYears.apply(&born, &zone).to_canonical_text(), band.to_canonical_text(), "{shown}");
        assert_eq!(FiveYears.apply(&band, &zone), band, "{shown}: twice");
    }
}

#[test]
fn a_birth_date_that_cannot_be_read_for_sure_leaves_nothing() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    for born in [
        "",
        "0000-00-00",
        "0000",
        "90后",
        "199307",
        "01993",
        "09/07/1993",
        "93-07-09",
        "1993-02-30",
        "1993-07-09 tea time",
        "1993-07-09T10:11:12+08:00[Asia/Shanghai]",
        "5000000000",
    ] {
        assert_eq!(FiveYears.apply(&born.into(), &zone), Value::Null, "{born}");
    }
    // milliseconds of February 1970 would be seconds of the year 2128, and their band would keep the day
    for born in [5_000_000_000, 199_307, 8_590, 0, 126_230_400_i64] {
        assert_eq!(FiveYears.apply(&Value::Integer(born), &zone), Value::Null, "{born}");
    }
    assert_eq!(FiveYears.apply(&Value::Blob(b"1993".to_vec()), &zone), Value::Null);
}

#[test]
fn a_time_that_has_no_more_detail_than_its_month_stays_as_it_is() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    for (seen, month) in [
        ("2026", "2026"),
        ("2026-11", "2026-11"),
        ("2026-11-23T10:20:30+08:00", "2026-11-01T00:00:00+08:00"),
        ("2026/11/23 10:20", "2026/11/01 00:00"),
    ] {
        assert_eq!(Month.apply(&seen.into(), &zone).as_text(), Some(month), "{seen}");
    }
    assert_eq!(Month.apply(&Value::Integer(2026), &zone), Value::Integer(2026));
}

// Dates

#[test]
fn dates_in_every_encoding() {
    let day = Dated::Day(date(2012, 3, 15));
    for text in ["2012-03-15", "20120315", "2012/3/15", "2012.03.15", "2012年3月15日", "２０１２－０３－１５"]
    {
        assert_eq!(Dated::read(&text.into()), day, "{text}");
    }
    assert_eq!(Dated::read(&Value::Integer(20_120_315)), day);
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    // midnight of 15 March 2012 in Shanghai: 2012-03-14T16:00:00Z
    for number in [1_331_740_800, 1_331_740_800_000, 1_331_740_800_000_000] {
        assert_eq!(Dated::read(&Value::Integer(number)).day(&zone), Some(date(2012, 3, 15)), "{number}");
    }
    assert_eq!(Dated::read(&Value::Integer(1_331_740_799)).day(&zone), Some(date(2012, 3, 14)));
    for text in [
        "2012-03-15 10:00:00",
        "2012-03-15T10:00:00.5",
        "2012-03-14T16:00:00Z",
        "2012-03-15 00:00:00+08:00",
        "20120315100000",
    ] {
        assert_eq!(Dated::read(&text.into()).day(&zone), Some(date(2012, 3, 15)), "{text}");
    }
}

#[test]
fn dates_that_are_none() {
    for (text, dated) in [
        ("", Dated::Empty),
        ("  ", Dated::Empty),
        ("0000-00-00", Dated::Zero),
        ("0000-00-00 00:00:00", Dated::Zero),
        ("00000000", Dated::Zero),
        ("0001-01-01", Dated::Zero),
        ("2013-02-29", Dated::Impossible),
        ("2012-13-01", Dated::Impossible),
        ("20130229", Dated::Impossible),
        ("2012-00-00", Dated::Partial { year: 2012, month: None }),
        ("2012-03", Dated::Partial { year: 2012, month: Some(3) }),
        ("2012", Dated::Partial { year: 2012, month: None }),
        ("03/04/2012", Dated::Ambiguous),
        ("40983", Dated::Ambiguous),
        ("yesterday", Dated::Unreadable),
        ("2012-03-15 tea time", Dated::Unreadable),
        ("2012-03-15 25:00:00", Dated::Impossible),
    ] {
        assert_eq!(Dated::read(&text.into()), dated, "{text:?}");
    }
    assert_eq!(Dated::read(&Value::Null), Dated::Empty);
    assert_eq!(Dated::read(&Value::Integer(0)), Dated::Zero);
}

/// One instant, 1 May 2024 00:00 in Shanghai, as other systems count it. Only what can be nothing else than a count since 1970
/// is read as one.
#[test]
fn counts_since_another_day_are_not_read_as_since_1970() {
    let count = |number: i64| Dated::read(&Value::Integer(number));
    for (number, by) in [
        (736_149_600, "seconds since 2001, Core Data"),
        (767_808_000, "seconds since 2000"),
        (736_149_600_000, "milliseconds since 2001"),
        (736_149_600_000_000_000, "nanoseconds since 2001, a phone's messages"),
        (133_589_664_000_000_000, "tenths of microseconds since 1601, FILETIME"),
        (13_358_966_400_000_000, "microseconds since 1601, a browser's history"),
        (638_501_184_000_000_000, "tenths of microseconds since the year 1, .NET"),
        (63_850_118_400, "seconds since the year 1"),
        (3_923_481_600, "seconds since 1900, network time"),
        (3_797_337_600, "seconds since 1904"),
        (202_405_010_000, "a compact time without seconds"),
        (45_413, "days since 1900"),
        (19_843, "days since 1970"),
        (-736_149_600, "a count backwards"),
        (999_999_999, "before what is read"),
        (3_000_000_000, "behind what is read"),
    ] {
        assert_eq!(count(number), Dated::Ambiguous, "{by}");
        assert_eq!(Dated::read(&Value::from(number.to_string())), Dated::Ambiguous, "{by}, as text");
    }
    let moment = |text: &str| Dated::Moment(text.parse().unwrap());
    for parts in [1, 1_000, 1_000_000, 1_000_000_000] {
        assert_eq!(count(1_714_492_800 * parts), moment("2024-04-30T16:00:00Z"));
        assert_eq!(count(1_000_000_000 * parts), moment("2001-09-09T01:46:40Z"));
        assert_eq!(count(2_999_999_999 * parts), moment("2065-01-24T05:19:59Z"));
    }
}

// Values that are none of their kind

#[test]
fn numbers_of_america_in_the_forms_people_store() {
    let stored = [
        "+14032623443",
        "+1 (403) 262-3443",
        "1-403-262-3443",
        "+1 403 262 3443",
        "+1-403-262-3443",
        "+1.403.262.3443",
        "+1 403-262-3443",
        "001 403 262 3443",
        "0014032623443",
        "+1(403)262-3443",
        "1 (403) 262-3443",
    ];
    let forms = Phone.lookups("+14032623443");
    for form in stored {
        assert_eq!(Phone.normalise(form).as_deref(), Some("+14032623443"), "{form}");
        assert!(forms.contains(&form.into()), "{form}");
    }
    assert_eq!(Phone.normalise("140 3262 3443").as_deref(), Some("14032623443"), "a mobile number of the mainland");
    for (form, canonical) in [("+44 7700900123", "+447700900123"), ("+852-91234567", "+85291234567")] {
        assert!(Phone.lookups(canonical).contains(&form.into()), "{form}");
    }
    assert!(Phone.lookups("13800138000").contains(&"138.0013.8000".into()));
}

/// LAW §5: what is no value of its kind is still matched, as raw text.
#[test]
fn what_is_none_of_its_kind_is_compared_as_it_is_written() {
    for (kind, raw) in [
        (Phone, "(403) 262-3443"),
        (Phone, "403-262-3443"),
        (Phone, "4032623443"),
        (Phone, "13857291640;"),
        (Phone, "07700 900123"),
        (Email, "li.si-mei@intranet"),
        (Email, "<wang@example.com>"),
        (ResidentId, "E98365471"),
        (ResidentId, "1101051949123100"),
        (BankCard, "62284800000"),
        (WechatId, "13800138297"),
    ] {
        assert!(!kind.recognises(raw), "{kind} {raw}");
        assert_eq!(kind.normalise(raw).as_deref(), Some(raw), "{kind} {raw}");
        assert_eq!(kind.normalise(&format!(" {raw}\u{200b} ")).as_deref(), Some(raw), "{kind} {raw}");
        assert_eq!(kind.spellings(raw)[0], raw.into());
        for profile in PROFILES {
            let shown = masked(kind, raw, profile);
            assert!(!shown.contains("26234") && !shown.contains("1949") && !shown.contains("wang"), "{kind} {shown}");
        }
    }
    assert_eq!(Phone.normalise_value(&Value::Integer(4_032_623_443)).as_deref(), Some("4032623443"));
    assert!(Phone.lookups("4032623443").contains(&Value::Integer(4_032_623_443)));
    assert_eq!(Email.normalise("Li.Si-Mei@Intranet").as_deref(), Some("li.si-mei@intranet"));
    assert_eq!(Phone.respelled("(403) 262-3443", &Value::Null), None, "nothing to write");
}

#[test]
fn what_could_be_anybodys_ties_nobody() {
    for (kind, raw) in [
        (Phone, ""),
        (Phone, "-"),
        (Phone, "0"),
        (Phone, "000"),
        (Phone, "N/A"),
        (Phone, "无"),
        (Phone, "0000000000"),
        (Phone, "555-555-5555"),
        (Phone, "1234567890"),
        (Phone, "123-456-7890"),
        (Phone, "(098) 765-4321"),
        (Phone, "12345678"),
        (Phone, "95588"),
        (Phone, "138****8000"),
        (Phone, "1382*6*7495"),
        (Phone, "010-62345678"),
        (Phone, "0755-26771234-12"),
        (Phone, "400-820-1357"), // a household's, an office's
        (Phone, "13800138000转1234"),
        (Phone, "13857291640 转 4321"), // lent by a platform
        (Phone, "anon-8362917450"),
        (Phone, "-8362917450"),
        (Phone, "13857291640 13957281634"),
        (Phone, "not provided"),
        (Email, "-"),
        (Email, "none@none"),
        (Email, "N/A"),
        (Email, "noreply@intranet"),
        (Email, "unknown@company"),
        (Email, "not provided"),
        (Email, "@company-intranet"),
        (Email, "a@b"),
        (Email, "li***@example.com"),
        (ResidentId, "0"),
        (ResidentId, "000000000000000000"),
        (ResidentId, "1234567890"),
        (ResidentId, "1101**********002X"),
        (ResidentId, "passport"),
        (BankCard, "6228"),
        (BankCard, "anon-83629174"),
        (Name, ""),
        (Landline, "4032623443"),
        (Landline, "(403) 262-3443"),
        (WaybillNo, "!"),
        (Ip, "1.2.3.4567890"),
        (FreeText, ""),
        (Sex, "9382716450"),
    ] {
        assert_eq!(kind.normalise(raw).filter(|_| !kind.recognises(raw)), None, "{kind} {raw}");
    }
    for (kind, zeros) in [
        (DeviceId, "00000000-0000-0000-0000-000000000000"),
        (DeviceId, "0000000000000000"),
        (Imei, "000000000000000"),
        (Mac, "00:00:00:00:00:00"),
        (Mac, "02:00:00:00:00:00"),
        (Mac, "FF-FF-FF-FF-FF-FF"),
        (BankCard, "0000 0000 0000 0000"),
        (NationalId, "0000"),
        (Passport, "00000"),
        (OpenId, "0000"),
    ] {
        assert_eq!(kind.normalise(zeros), None, "{kind} {zeros}");
    }
    for form in ["13800138000\n", "13800138000\t", " 13800138000"] {
        assert!(Phone.lookups("13800138000").contains(&form.into()), "{form:?}");
    }
}

// What holds of every kind

#[test]
fn spellings_lead_back_to_the_canonical_form() {
    for (kind, canonical) in SAMPLES {
        let forms = kind.spellings(canonical);
        assert_eq!(forms[0], Value::from(canonical), "{kind}: canonical first");
        let unique: BTreeSet<&Value> = forms.iter().collect();
        assert_eq!(unique.len(), forms.len(), "{kind}: no duplicates");
        for form in &forms {
            assert_eq!(kind.normalise_value(form).as_deref(), Some(canonical), "{kind}");
        }
    }
}

#[test]
fn masking_twice_changes_nothing_more() {
    for (kind, canonical) in SAMPLES {
        for profile in PROFILES {
            let once = masked(kind, canonical, profile);
            assert_eq!(masked(kind, &once, profile), once, "{kind} {profile:?}");
        }
    }
}

/// Check digits by the letter of LAW §5, not by the product's code.
fn resident_number(area: &str, day: &str, serial: u32) -> String {
    let first = format!("{area}{day}{serial:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{first}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

fn with_luhn(front: &str) -> String {
    let doubled = |d: u32| (d * 2) / 10 + (d * 2) % 10;
    let sum: u32 = front
        .chars()
        .rev()
        .enumerate()
        .map(|(at, c)| (at, c.to_digit(10).unwrap()))
        .map(|(at, d)| if at % 2 == 0 { doubled(d) } else { d })
        .sum();
    format!("{front}{}", (10 - sum % 10) % 10)
}

proptest! {
    #[test]
    fn nothing_panics_and_masks_settle(text in any::<String>()) {
        for &kind in Kind::all() {
            let _ = kind.validate(&text);
            if let Some(canonical) = kind.normalise(&text) {
                prop_assert_eq!(kind.spellings(&canonical)[0].to_canonical_text(), canonical.as_str());
                prop_assert_eq!(kind.normalise(&canonical), Some(canonical.clone()), "{}", kind);
            }
            for profile in PROFILES {
                let once = masked(kind, &text, profile);
                prop_assert_eq!(masked(kind, &once, profile), once.clone(), "{} {:?}", kind, profile);
            }
        }
        drop(detect(&text));
    }

    #[test]
    fn masks_settle_on_near_misses(text in "[\\*0-9A-Za-z张欧阳粤省市区路.@:/ -]{0,24}") {
        for &kind in Kind::all() {
            for profile in PROFILES {
                let once = masked(kind, &text, profile);
                prop_assert_eq!(masked(kind, &once, profile), once.clone(), "{} {:?}", kind, profile);
            }
        }
    }

    #[test]
    fn no_display_mask_shows_five_digits_of_a_mobile(number in "1[3-9][0-9]{9}", form in 0usize..24) {
        let forms = Phone.spellings(&number);
        for &kind in Kind::all().iter().filter(|kind| kind.is_personal()) {
            for profile in [Display, Log] {
                let shown = kind.mask(&forms[form % forms.len()], profile);
                let shown: Vec<char> = shown.chars().collect();
                prop_assert!(!shown.windows(5).any(|five| five.iter().all(char::is_ascii_digit)), "{}", kind);
            }
        }
    }

    #[test]
    fn check_digits_agree_with_the_letter_of_the_law(
        area in "[1-6][1-5][0-9]{4}", year in 1900u32..2020, month in 1u32..13, day in 1u32..29, serial in 0u32..1000,
    ) {
        let number = resident_number(&area, &format!("{year}{month:02}{day:02}"), serial);
        prop_assert_eq!(ResidentId.validate(&number), Ok(Validity::Sound));
        let forms = ResidentId.spellings(&number);
        for form in forms {
            prop_assert_eq!(ResidentId.normalise_value(&form), Some(number.clone()));
        }
        for other in "0123456789X".chars().filter(|&c| !number.ends_with(c)) {
            prop_assert_eq!(ResidentId.validate(&format!("{}{other}", &number[..17])), Err(Invalid::CheckDigit));
        }
    }

    #[test]
    fn luhn_agrees_with_the_letter_of_the_law(front in "62[0-9]{14,16}") {
        let card = with_luhn(&front);
        prop_assert_eq!(BankCard.validate(&card), Ok(Validity::Sound));
        prop_assert_eq!(detect(&card).len(), 1);
        for form in BankCard.spellings(&card) {
            prop_assert_eq!(BankCard.normalise_value(&form), Some(card.clone()));
        }
    }
}
