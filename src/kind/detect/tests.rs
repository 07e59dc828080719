//! Identifiers in running text.

use proptest::prelude::*;

use super::*;
use crate::kind::Kind::*;

fn found(text: &str) -> Vec<(Kind, String)> {
    detect(text).into_iter().map(|found| (found.kind, found.canonical)).collect()
}

fn one(text: &str, kind: Kind, canonical: &str) {
    assert_eq!(found(text), [(kind, canonical.to_owned())], "{text}");
}

#[test]
fn mobile_numbers_however_they_are_typed() {
    for typed in [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138－0013－8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "86-13800138000",
        "008613800138000",
        "１３８００１３８０００",
        "１３８　００１３　８０００",
    ] {
        one(typed, Phone, "13800138000");
        one(&format!("请打{typed}，谢谢"), Phone, "13800138000");
        assert_eq!(strike_out(&format!("请打{typed}，谢谢"), &|_| false), "请打138******00，谢谢", "{typed}");
    }
    for typed in [
        "013800138000",
        "+86 (0)138 0013 8000",
        "+86 0138-0013-8000",
        "(+86) 13800138000",
        "(138) 0013 8000",
        "138_0013_8000",
        "138/0013/8000",
        "138 - 0013 - 8000",
        "138-00138-000",
        "1380 013 8000",
        "138\n00138000",
        "1380013\r\n8000",
        "138·0013·8000",
        "13 80 01 38 00 0",
        "1 3 8 0 0 1 3 8 0 0 0",
        "138\u{200b}0013\u{200b}8000",
        "\u{202d}13800138000\u{202c}",
        "1\u{2060}3\u{2060}8\u{2060}0\u{2060}0138000",
        "%2B8613800138000",
        "tel%3A13800138000",
        "%2013800138000",
    ] {
        one(typed, Phone, "13800138000");
        one(&format!("call {typed} now"), Phone, "13800138000");
        let struck = strike_out(&format!("call {typed} now"), &|_| false);
        assert!(struck.contains("138******00") && !struck.contains("8000"), "{typed}: {struck}");
    }
    one("tel13800138000", Phone, "13800138000");
    one("1.13800138000", Phone, "13800138000");
    one("138.0013.8000", Phone, "13800138000");
    one("mobiletelephone13800138000", Phone, "13800138000");
    one("+49 151 12345678", Phone, "+4915112345678");
}

#[test]
fn numbers_abroad_in_the_forms_of_their_countries() {
    for (typed, canonical) in [
        ("+1 (212) 555-0123", "+12125550123"),
        ("+1(212)555-0123", "+12125550123"),
        ("+1 403-262-3443", "+14032623443"),
        ("+14032623443", "+14032623443"),
        ("+1.212.555.0123", "+12125550123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("+44(0) 7700 900123", "+447700900123"),
        ("+49 (0)151 23456789", "+4915123456789"),
        ("+7 (912) 345-67-89", "+79123456789"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+81-90-1234-5678", "+819012345678"),
    ] {
        one(typed, Phone, canonical);
        one(&format!("call {typed} now"), Phone, canonical);
        assert_eq!(Phone.normalise(typed).as_deref(), Some(canonical), "{typed}");
        let struck = strike_out(&format!("call {typed}, please"), &|_| false);
        assert_eq!(struck, format!("call {}, please", Phone.mask(&canonical.into(), Profile::Waybill)));
    }
    one("+1 (212) 555-0123 2026", Phone, "+12125550123");
    one("ring 0044 7700 900123 now", Phone, "+447700900123");
    one("001 403 262 3443", Phone, "+14032623443");
    for text in ["+1 (212) 555", "+1 (2026) 11/23 10:20", "+5 (3)", "00447700900123", "0010-62345678", "0000 0000 0000"]
    {
        assert_eq!(found(text), [], "{text}");
    }
}

/// As JSON is written by Go, Rails, .NET and PHP, in logs perhaps twice, and as pages are.
#[test]
fn an_escape_is_a_border_or_the_sign_that_it_stands_for() {
    for typed in [
        r#"{"html":"\u003cp\u003e13800138000\u003c/p\u003e"}"#,
        r#"{"tel":"\u002B8613800138000"}"#,
        r#"{"tel":"\u002b86 138\u002d0013\u002D8000"}"#,
        r"\u7535\u8bdd13800138000",
        r"\\u003etel13800138000\\u003c",
        r"a1\n13800138000\r\nb2",
        r"\t13800138000\t1",
        r"13800138000\/1",
        r"\u0031\u0033\u0038\u0030\u0030\u0031\u0033\u0038\u0030\u0030\u0030",
        "<p>&#43;8613800138000</p>",
        "&#x2b;86&nbsp;138&nbsp;0013&nbsp;8000&nbsp;",
        "&#49;3800138000",
        "&yen13800138000&copy;1",
        "a1&nbsp;13800138000&lt;b1",
    ] {
        one(typed, Phone, "13800138000");
        let struck = strike_out(typed, &|_| false);
        assert!(struck.contains("138******00") && !struck.contains("138000"), "{typed}: {struck}");
        assert_eq!(strike_out(typed, &|_| true), typed);
    }
    assert_eq!(strike_out(r#"{"t":"\u002B8613800138000\n"}"#, &|_| false), r#"{"t":"138******00\n"}"#);
    one(r"\u002B447700900123", Phone, "+447700900123");
    for typed in [
        r"mail\r\nli@example.com\n",
        r"\u003cli@example.com\u003e",
        r"href=\u0022mailto:li\u0040example.com\u0022",
        r"邮箱\u003ali@example\u002ecom",
        "&lt;li@example.com&gt;",
        "li&#64;example&period;com",
        "x?m=li%2540example.com&n",
    ] {
        one(typed, Email, "li@example.com");
        assert!(!strike_out(typed, &|_| false).contains("example"), "{typed}");
    }
    one(r"li\u002Bx@example.com", Email, "li+x@example.com");
    one(r"\u7ca4B12345", Plate, "粤B12345");
    one(r"\u53f7E12345678\u3002", Passport, "E12345678");
    for text in [r"a1\u003813800138000", r"\u00313800138000000", r"9\u200b13800138000", r"abc1\qd13800138000b2"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn several_numbers_side_by_side() {
    let both = [(Phone, "13800138000".to_owned()), (Phone, "13900139000".to_owned())];
    for text in [
        "13800138000 13900139000",
        "13800138000-13900139000",
        "13800138000/13900139000",
        "13800138000、138",
        "2 13800138000",
    ] {
        let expected = if text.contains("139") { &both[..] } else { &both[..1] };
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn digits_in_longer_runs_are_no_phones() {
    for text in [
        "20231380013800012",
        "138001380001",
        "0138001380",
        "order 9913800138000123456789012345",
        "9a13800138000",
        "a3f13800138000b2",
        "13800138000b2",
        "12800138000",
        "139.12345678",
        "2026-11-23 10:20:30",
        "￥1380013.80",
        "13 800 138 000",
        "15 2026 11 23 1",
        "2026\n1123",
        "00013800138000",
        "13800138000\u{200b}9",
        "1\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}3800138000",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn whatever_stands_between_the_groups_of_a_mobile_number() {
    for between in [
        "\u{2009}",
        "\u{2002}",
        "\u{200a}",
        "\u{205f}",
        "\u{1680}",
        "\u{fe0f}",
        "\u{34f}",
        "\0",
        "\u{b}",
        "\u{c}",
        "\u{85}",
        "\u{2028}",
        "，",
        ",",
        "、",
        "：",
        ":",
        "～",
        "~",
        "・",
        "。",
        "|",
        "*",
        "=",
        "──",
        "    ",
        "      ",
        "  -  ",
        " , ",
        "</b><b>",
        "<br>",
        "<br/>",
        "</td> <td class=\"x\">",
        "&thinsp;",
        "&#x2009;",
        "\\u2009",
        "%20",
        "%2D",
        "\r\n\r\n",
        "...",
    ] {
        for text in ["138|0013|8000", "电话138|0013|8000。", "+86 138|0013|8000，谢谢", "a 138|0013|8000 b 1"] {
            let typed = text.replace('|', between);
            one(&typed, Phone, "13800138000");
            let struck = strike_out(&typed, &|_| false);
            assert!(struck.contains("138******00") && !struck.contains("0013"), "{typed}: {struck}");
        }
    }
    for typed in ["<em>138</em>00138000", "1380013<span class='x'>8000</span>", "08613800138000", "086-13800138000"] {
        one(typed, Phone, "13800138000");
    }
}

#[test]
fn lists_amounts_and_cells_are_no_numbers() {
    for text in [
        "价格150、1200、2000元",
        "¥150，1200，2000",
        "￥150，1200，2000",
        "$ 150,1200,2000,300",
        "100、150、1200、2000",
        "150:1200:2000:1",
        "13800,138000",
        "1380,013,8000",
        "138,001,380,00",
        "13,800,138,000",
        "1、3、8、0、0、1、3、8、0、0、0",
        "<td>13800</td><td>138000</td>",
        "138    00138000",
        "13800138    000",
        "10:20:30:13:80:00",
        "4111,1111,1111,1111",
        "3000、3100、3200、3300",
        "010，62345678",
        "<138 0013> 8000",
        "138<0013<8000",
        "138</>0013</>8000",
        "100%38001380000",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    one("50%13800138000", Phone, "13800138000");
    one("电话：138，0013，8000，谢谢", Phone, "13800138000");
}

/// Each digit of 13800138000 in another script.
fn in_script(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    "13800138000".chars().filter_map(|c| digits.get(c.to_digit(10)? as usize)).collect()
}

#[test]
fn digits_of_other_scripts_and_in_ornaments() {
    for digits in digit::SCRIPTS {
        let number = in_script(digits);
        let (front, back): (String, String) = (number.chars().take(3).collect(), number.chars().skip(3).collect());
        for typed in [number.clone(), format!("{front} {back}"), format!("{front}\u{200b}-{back}")] {
            one(&typed, Phone, "13800138000");
            assert_eq!(strike_out(&format!("号码{typed}，谢谢"), &|_| false), "号码138******00，谢谢");
        }
        assert_eq!(found(&format!("{number}{}", &digits[..digits.char_indices().nth(1).map_or(0, |(at, _)| at)])), []);
    }
    let keys: String = "13800138000".chars().flat_map(|c| [c, '\u{fe0f}', '\u{20e3}']).collect();
    one(&keys, Phone, "13800138000");
    assert_eq!(strike_out(&keys, &|_| false), "138******00");
    one("%31%33%38%30%30%31%33%38%30%30%30", Phone, "13800138000");
}

/// A number in a list of numbers is one of the other sort.
#[test]
fn a_digit_of_another_script_is_a_border() {
    for text in
        ["①13800138000", "1️⃣13800138000", "面积100m²13800138000", "³13800138000²", "一13800138000", "三一13800138000二"]
    {
        one(text, Phone, "13800138000");
    }
    for text in [
        "1380013800٠",
        "一三八零零一三八零零",
        "一 三 八 零 零 一 三 八 零 零 零",
        "第一三八零零一三八零零零零",
        "一二三四五六七八九十一",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn landlines_with_the_country() {
    for typed in [
        "+86 10 6234 5678",
        "+86-10-62345678",
        "+861062345678",
        "+86 (10) 62345678",
        "+86 (0)10 6234 5678",
        "+86 010 62345678",
        "86-10-62345678",
        "0086 10 6234 5678",
    ] {
        one(typed, Landline, "010-62345678");
        one(&format!("打{typed}，谢谢"), Landline, "010-62345678");
    }
    one("+86 755 2677 1234", Landline, "0755-26771234");
    one("+86-755-26771234-123", Landline, "0755-26771234-123");
    for text in ["+86 10 1234 5678", "861062345678", "86 10 234", "86,10,62345678", "86/10/62345678"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_word_beside_a_number_is_a_border() {
    for text in [
        "13800138000QQ12345678",
        "13800138000wx1234",
        "tel13800138000tel2",
        "m1tel13800138000",
        "4G13800138000",
        "3F13800138000",
        "13800138000D302",
        "13800138000x2",
        "3f13800138000or1",
        "iPhone12手机13800138000",
        "13800138000A",
    ] {
        one(text, Phone, "13800138000");
    }
    let two = |first: (Kind, &str), second: (Kind, &str), text: &str| {
        assert_eq!(found(text), [(first.0, first.1.to_owned()), (second.0, second.1.to_owned())], "{text}");
    };
    let (phone, passport) = ((Phone, "13800138000"), (Passport, "E12345678"));
    two(phone, (Phone, "13900139000"), "13800138000or13900139000");
    two(phone, passport, "13800138000E12345678");
    two(phone, passport, "13800138000e12345678号");
    two(passport, phone, "E12345678手机13800138000");
    two((ResidentId, "11010519491231002X"), phone, "11010519491231002X13800138000");
    two((BankCard, "4111111111111111"), phone, "4111111111111111QQ13800138000");
}

#[test]
fn hashes_and_serial_numbers_are_nobodys() {
    for text in [
        "d41d13800138000b204e9800998ecf8427e",
        "D41D13800138000B204E9800998ECF8427E",
        "sha256:13800138000c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599d13800138000",
        "commit 13800138000ab2",
        "6d92078a-8246-4ba4-ae5b-a13800138000",
        "6D92078A-8246-4BA4-AE5B-13800138000A",
        "id=6d92a138-0013-8000-ae5b-76104861e7dc",
        "1Z999AA13800138000",
        "SF1380013800012",
        "YT1380013800012，",
        "JD1380013800012",
        "v1.38.0013.8000",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn what_is_known_needs_no_border_but_digits() {
    let is = |kind: Kind, value: &'static str| move |found: &Found| found.kind == kind && found.canonical == value;
    let (phone, passport) = (is(Phone, "13800138000"), is(Passport, "E12345678"));
    for text in ["9a13800138000b2", "a13800138000@qq.com", "13 800 138 000", "138001 38000", "13800138000转1234"] {
        assert!(holds(text, &phone), "{text}");
        assert!(!strike_out_known(text, &phone).contains("8000"), "{text}");
    }
    for text in ["913800138000", "138001380001", "13900139000", r"9\u200b13800138000"] {
        assert!(!holds(text, &phone), "{text}");
        assert_eq!(strike_out_known(text, &phone), text);
    }
    for text in ["QQE12345678", "xE12345678y", "E12345678E1"] {
        assert!(holds(text, &passport), "{text}");
    }
    assert!(!holds("E123456789", &passport) && !holds("1E12345678", &is(Passport, "E1234567")));
    assert_eq!(strike_out_known("13900139000 13800138000", &phone), "13900139000 138******00");
}

/// LAW §5: eleven digits, 转, four digits are not a subject's identifier.
#[test]
fn lent_privacy_numbers_are_nobodys() {
    assert_eq!(found("13800138000转1234"), []);
    assert_eq!(found("13800138000 转 1234"), []);
    one("13800138000转张三", Phone, "13800138000");
}

#[test]
fn documents() {
    one("身份证11010519491231002X。", ResidentId, "11010519491231002X");
    one("身份证11010519491231002x", ResidentId, "11010519491231002X");
    one("１１０１０５１９４９１２３１００２Ｘ", ResidentId, "11010519491231002X");
    one("110105 19491231 002X", ResidentId, "11010519491231002X");
    one("旧证440524800101001", ResidentId, "440524198001010013");
    one("810000199001010019", ResidencePermit, "810000199001010019");
    one("110105\u{2009}19491231\u{2009}002X", ResidentId, "11010519491231002X");
    one("110105，19491231，002X", ResidentId, "11010519491231002X");
    for x in ["х", "Х", "×", " X", "-x"] {
        one(&format!("身份证11010519491231002{x}。"), ResidentId, "11010519491231002X");
    }
    assert_eq!(found("11010519491231002 Xa"), []);
    one("护照E12345678号", Passport, "E12345678");
    one("护照E 12345678号", Passport, "E12345678");
    one("G 12345678", Passport, "G12345678");
    let known = |found: &Found| found.canonical == "C12345678";
    assert!(holds("C 12345678", &known) && holds("C-12345678", &known));
    one("身份证A123456(7)", NationalId, "A1234567");
    one("AB987654（A）", NationalId, "AB987654A");
    for text in [
        "G-12345678",
        "G 20261123",
        "P 1234567",
        "C 12345678",
        "XE 12345678",
        "E 123456789",
        "A123456(78)",
        "A12345(6)",
        "f(1)",
        "A123456(",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    one("ea1234567", Passport, "EA1234567");
    one("H12345678", TravelPermit, "H12345678");
    assert_eq!(found("110105194912310021"), [], "a wrong check digit");
    assert_eq!(found("XE12345678 E123456789"), []);
}

#[test]
fn cards_devices_codes_plates() {
    one("卡号4111111111111111", BankCard, "4111111111111111");
    one("4111 1111 1111 1111", BankCard, "4111111111111111");
    one("6228-4800-0000-0000-018", BankCard, "6228480000000000018");
    assert_eq!(found("4111111111111112"), []);
    one("IMEI:490154203237518", Imei, "490154203237518");
    one("税号9144030071526726XG", Uscc, "9144030071526726XG");
    one("车牌粤B12345，", Plate, "粤B12345");
    one("粤B·D12345", Plate, "粤BD12345");
    one("粤B12345挂", Plate, "粤B12345");
    assert_eq!(found("云A座12345号"), []);
}

#[test]
fn landlines_only_where_the_area_stands_apart() {
    one("010-62345678", Landline, "010-62345678");
    one("(0755)26771234", Landline, "0755-26771234");
    one("0755-26771234-123", Landline, "0755-26771234-123");
    one("0571 8888 8888", Landline, "0571-88888888");
    one("0755-26771234/123", Landline, "0755-26771234");
    one("(0755) 26771234", Landline, "0755-26771234");
    one("0755-26771234\n2026", Landline, "0755-26771234");
    one("+1 212 555 0123\n13", Phone, "+12125550123");
    assert_eq!(found("075526771234"), []);
    assert_eq!(found("010-12345678"), []);
}

#[test]
fn mail_addresses() {
    one("邮箱zhang.san@example.com。", Email, "zhang.san@example.com");
    one("<Zhang@Example.COM>", Email, "zhang@example.com");
    one("ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", Email, "zhang@example.com");
    one("13800138000@139.com", Email, "13800138000@139.com");
    one("a.13800138000@qq.com.", Email, "a.13800138000@qq.com");
    one("zhang@mail2.example.com.2026", Email, "zhang@mail2.example.com");
    for text in ["zhang@example.com-13800138000", "zhang@example.com13800138000", "zhang@example.com.13800138000"] {
        let both = [(Email, "zhang@example.com".to_owned()), (Phone, "13800138000".to_owned())];
        assert_eq!(found(text), both, "{text}");
    }
    assert_eq!(found("13800138000 13900139000@139.com").len(), 2);
    one("mailto:zhang%40example.com&", Email, "zhang@example.com");
    one("José.zhang@example.com", Email, "josé.zhang@example.com");
    one("邮箱zhang@example.com", Email, "zhang@example.com");
    one("zhang\u{200b}@exam\u{200b}ple.com", Email, "zhang@example.com");
    one("an o'a@example.com's", Email, "o'a@example.com");
    one("x='li@example.com'", Email, "li@example.com");
    one("('a','li@example.com')", Email, "li@example.com");
    for typed in [
        "li@example。com",
        "li@example｡com",
        "li @example.com",
        "li @ example.com",
        "li@ example.com",
        "li@example%2Ecom",
        "li@example%2ecom，",
        "li@example&period;com",
    ] {
        one(typed, Email, "li@example.com");
        one(&format!("邮箱{typed}谢谢"), Email, "li@example.com");
    }
    one("发到li@example.com。OK了", Email, "li@example.com");
    one("li@例子.cn谢谢", Email, "li@例子.cn");
    one("li@mail.例子.com", Email, "li@mail.例子.com");
    one("li@例子.中国谢谢", Email, "li@例子.中国");
    one("li@exämple.de", Email, "li@exämple.de");
    one("li@пример.рф, да", Email, "li@пример.рф");
    one("li@example.comпривет", Email, "li@example.com");
    assert_eq!(found("@张三 a@b @@ x@y.1"), []);
    assert_eq!(found("回复li@大家。ok li @张三 a@例子.谢谢 5 @ 6.1"), []);
    assert_eq!(found("\u{200b}\u{200b}"), []);
}

#[test]
fn the_longest_wins_and_nothing_overlaps() {
    let text = "13800138000-13900139000@example.com";
    one(text, Email, "13800138000-13900139000@example.com");
    assert_eq!(strike_out(text, &|_| false), "***");
}

#[test]
fn keep_decides_what_stays() {
    let text = "甲13800138000 乙13900139000 丙zhang@example.com";
    let struck = strike_out(text, &|found| found.canonical == "13800138000");
    assert_eq!(struck, "甲13800138000 乙139******00 丙***");
    assert_eq!(strike_out(text, &|_| true), text);
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", detect("打13800138000"));
    assert_eq!(shown, "[Found { kind: Phone, range: 3..14, .. }]");
}

/// Ten times the text takes about ten times as long: hostile text, too.
#[test]
fn time_is_linear_on_hostile_text() {
    for pattern in [
        "\u{200b}",
        "1\u{200b}",
        "a\u{200b}\u{200b}",
        "%40",
        "a%40",
        "1\n",
        "1",
        "1 ",
        "138-",
        "@",
        "a@",
        "a.",
        "粤B",
        "+",
        "E1",
        "13800138000 ",
        "１",
        "1@a.",
        "\\",
        "\\u003",
        "\\u200b",
        "1\\n",
        "&",
        "&#49;",
        "&aaaaaaaa",
        "+1 (",
        "1<",
        "1<b>",
        "1<b a ",
        "1        ",
        "1,",
        "①",
        "①1",
        "1\u{fe0f}\u{20e3}",
        "一二三",
        "一",
        "%31",
        "a @",
        "a@例",
        "a@例.",
        "E ",
        "A123456(",
        "13800138000a",
        "a1",
    ] {
        let text = pattern.repeat(150_000 / pattern.len());
        let start = std::time::Instant::now();
        drop(detect(&text));
        let seconds = start.elapsed().as_secs_f64();
        assert!(seconds < 20.0, "{pattern}: {seconds} s");
    }
}

#[test]
fn what_stands_for_a_digit_or_a_sign_is_not_passed_over() {
    one("粤BABCDE", Plate, "粤BABCDE");
    one("zhang&commat;example.com", Email, "zhang@example.com");
    one("zhang＠example.com", Email, "zhang@example.com");
    one("１３８００１３８０００", Phone, "13800138000");
}

proptest! {
    #[test]
    fn what_is_passed_over_holds_nothing(text in "[A-Za-zａ-ｚ ,.，。：+＋%\\-/()（）'_|#;<>张转号李的\u{200b}\u{fe0f}\u{20e3}é]{0,60}") {
        let mut found = Vec::new();
        step_through(&text, Sought::Anybodys, &mut |identifier| found.push(identifier));
        prop_assert!(!may_hold(&text) && found.is_empty(), "{}: {:?}", text, found);
    }

    #[test]
    fn numerals_that_are_passed_over_are_no_number(text in "[一三零九\u{200b} -]{0,40}") {
        let mut found = Vec::new();
        step_through(&text, Sought::Known(&|_| true), &mut |identifier| found.push(identifier));
        prop_assert!(may_hold(&text) || found.is_empty(), "{}: {:?}", text, found);
    }

    #[test]
    fn ranges_are_in_order_and_on_characters(text in "[0-9１-９ \\-+@.a-cXE粤B张转()\\n\u{200b}_/%u0\\\\&#;]{0,80}") {
        let mut end = 0;
        for found in detect(&text) {
            prop_assert!(found.range.start >= end && found.range.end > found.range.start);
            prop_assert!(text.is_char_boundary(found.range.start) && text.is_char_boundary(found.range.end));
            prop_assert_eq!(found.kind.normalise(&text[found.range.clone()]).or(Some(found.canonical.clone())), Some(found.canonical.clone()));
            end = found.range.end;
        }
        prop_assert_eq!(strike_out(&text, &|_| true), text);
    }

    #[test]
    fn a_planted_number_is_found(
        number in "1[3-9][0-9]{9}", before in "[^0-9０-９A-Za-z+@.()（）＋．＠Ａ-Ｚａ-ｚ転转 \\-]{0,20}", after in "[，。；！张三的家]{0,20}",
    ) {
        for form in Phone.spellings(&number) {
            let Some(form) = form.as_text().filter(|form| !form.contains('(')) else { continue };
            let text = format!("{before}{form}{after}");
            let canonicals = found(&text);
            prop_assert!(canonicals.contains(&(Phone, number.clone())));
            prop_assert!(!strike_out(&text, &|_| false).contains(&number[3..9]));
        }
    }
}
