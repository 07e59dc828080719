//! Text from a database never becomes HTML, a formula, a terminal escape or a path, and never reorders a line.

use std::fs;

use droit::export::{Cell, Language, Package, RowOut, RowState, Term};

use super::{Room, data, head, holder, names, of_text, one_row, page, sample::courier, table};

const HOSTILE: [&str; 16] = [
    "<script>alert(1)</script>",
    "</td></table></section><h1>Refused</h1>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "</style><style>*{display:none}</style>",
    "</title><meta http-equiv=refresh content='0;url=//evil'>",
    "<!-- <![CDATA[ ]]> -->",
    "&lt;b&gt; &amp;amp; &#60;",
    "=HYPERLINK(\"http://evil\")",
    "\u{1b}]0;owned\u{7}\u{1b}[2J",
    "\u{9b}31m",
    "nul\0 bell\u{7} back\u{8}",
    "txt.\u{202e}exe\u{202d}\u{2066}\u{2069}\u{200f}\u{200e}\u{61c}",
    "{{ case }} {% include 'x' %}",
    "../../../etc/passwd",
    "line\r\nX-Header: 1\rover",
];

/// Walks the tags of `html`; panics at one that is not closed, at a script, a handler or something that is fetched.
pub(crate) fn assert_tame(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "closed out of order in {}", &rest[..end.min(200)]);
        } else if !matches!(name, "!DOCTYPE" | "meta" | "br") {
            open.push(name);
        }
        assert!(!matches!(name, "script" | "img" | "iframe" | "object" | "form" | "link" | "base" | "svg"), "{tag}");
        for attribute in tag.split(' ').skip(1) {
            assert!(!attribute.starts_with("on") && !attribute.starts_with("style="), "{tag}");
            if let Some(link) = attribute.strip_prefix("href=\"") {
                let inside = ["#t", "files/", "tables/", "data.json"].iter().any(|start| link.starts_with(start));
                assert!(inside, "{tag}");
            }
        }
        rest = if tag == "style" { &rest[rest.find("</style>").unwrap()..] } else { &rest[end + 1..] };
    }
    assert_eq!(open, Vec::<&str>::new(), "left open");
}

fn assert_quiet(text: &str) {
    for c in text.chars() {
        let acts = (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
        assert!(!acts, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn no_cell_becomes_a_page_a_formula_or_an_escape() {
    let room = Room::new();
    for (at, text) in HOSTILE.iter().enumerate() {
        let finished = of_text(&room, &format!("case-{at}"), text);
        let html = page(&finished);
        assert_tame(&html);
        assert_eq!(data(&finished)["tables"][0]["rows"][0]["cells"]["nickname"], **text, "data.json is exact");
        let csv = fs::read_to_string(finished.path.join("tables/001-users.csv")).unwrap();
        let json = fs::read_to_string(finished.path.join("data.json")).unwrap();
        for content in [&html, &csv.replace('\u{feff}', ""), &json] {
            assert_quiet(content);
        }
        assert!(!csv.lines().nth(1).unwrap().starts_with("\"="), "{csv}");
    }
}

#[test]
fn nothing_that_the_caller_says_becomes_a_page_either() {
    let room = Room::new();
    let hostile = HOSTILE.concat();
    let mut table = table(&hostile, &[&hostile, "second"]);
    for text in [&mut table.title, &mut table.purpose, &mut table.clause, &mut table.source, &mut table.retention] {
        text.clone_from(&hostile);
    }
    table.then.clone_from(&hostile);
    table.recipients = vec![hostile.clone()];
    table.basis = Term::new(&*hostile, &*hostile);
    for column in &mut table.columns {
        column.kind = Term::new(&*hostile, &*hostile);
        column.category = Term::new(&*hostile, &*hostile);
        column.sensitivity = Some(Term::new(&*hostile, &*hostile));
    }
    let mut head = head(Language::En);
    for text in [&mut head.controller, &mut head.contact, &mut head.map, &mut head.schema, &mut head.case] {
        text.clone_from(&hostile);
    }
    head.automated_decisions = Some(hostile.clone());
    let mut package = Package::begin(&room.outbox(), "case", head).unwrap();
    package.begin_table(&table).unwrap();
    let role = Term::new(&*hostile, &*hostile);
    let kept = RowState::Kept { law: hostile.clone(), until: None };
    let restricted = RowState::Restricted { reason: hostile.clone() };
    let cells = [Cell::Shown(hostile.as_str().into()), Cell::Shown(hostile.as_str().into())];
    for state in [&kept, &restricted] {
        package.row(&RowOut { key: &hostile, role: &role, state, cells: &cells }).unwrap();
    }
    package.end_table().unwrap();
    let finished = package.finish().unwrap();
    assert_tame(&page(&finished));
    for (name, content) in super::tree(&finished.path) {
        assert_quiet(&String::from_utf8(content).unwrap().replace('\u{feff}', ""));
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_./".contains(&b)), "{name}");
    }
}

#[test]
fn a_table_cannot_name_a_path_or_a_device() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    for name in ["../x", "/etc/passwd", "CON", "nul.txt", "订单", "a\0b", "C:\\x", "-rf", ".hidden"] {
        one_row(&mut package, &table(name, &["a"]), &[Cell::Shown("1".into())]);
    }
    let finished = package.finish().unwrap();
    let expected = [
        "001-___x.csv",
        "002-_etc_passwd.csv",
        "003-con.csv",
        "004-nul_txt.csv",
        "005-__.csv",
        "006-a_b.csv",
        "007-c__x.csv",
        "008-_rf.csv",
        "009-_hidden.csv",
    ];
    assert_eq!(names(&finished.path.join("tables")), expected);
    assert_eq!(room.names(), ["case"]);
}

#[test]
fn a_spreadsheet_runs_nothing_and_loses_no_digit() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    let names = ["formula", "wide", "tab", "negative", "id", "text_number", "quoted"];
    let cells = [
        Cell::Shown("=1+1".into()),
        Cell::Shown("＝1+1".into()),
        Cell::Shown("\t=1".into()),
        Cell::Shown((-5).into()),
        Cell::Shown("110105194912310021".into()),
        Cell::Shown("-5".into()),
        Cell::Shown("a \"b\",\r\nc".into()),
    ];
    package.begin_table(&table("t", &names)).unwrap();
    package.row(&RowOut { key: "1", role: &holder(), state: &RowState::Held, cells: &cells }).unwrap();
    package.end_table().unwrap();
    let finished = package.finish().unwrap();
    let csv = fs::read_to_string(finished.path.join("tables/001-t.csv")).unwrap();
    let (first, second) = csv.split_once("\r\n").unwrap();
    assert!(first.starts_with("\u{feff}\"formula\",\"wide\","), "{first}");
    assert_eq!(
        second,
        "\"'=1+1\",\"'＝1+1\",\"'\t=1\",-5,\"'110105194912310021\",\"'-5\",\"a \"\"b\"\",\nc\",\"1\",\"holder\",\"held\",,,\r\n"
    );
}

#[test]
fn the_sample_is_a_page_that_needs_nothing() {
    let room = Room::new();
    for (name, language, lang) in [("zh", Language::Zh, "zh-CN"), ("en", Language::En, "en")] {
        let html = page(&courier(&room.outbox(), name, language));
        assert_tame(&html);
        assert!(html.contains(&format!("<html lang=\"{lang}\">")));
        assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"));
        assert!(!html.contains("url(") && !html.contains("@import"));
        assert!(!html.contains("/item/7400"), "row 201 is in the CSV alone");
        assert!(html.contains("/item/7363") && html.contains("<a href=\"tables/004-page_views.csv\">"));
    }
}
