//! What a package says: every cell counted, every value exact, every file under its digest, by a schema that is true.

use std::fs;

use droit::{
    export::{
        Cell, Consent, Disclosure, ExportError, Ground, HeldBack, Language, Mask, Origin, Package, Remedies, RowOut,
        RowState, Term, Withheld,
    },
    value::Value,
};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Room, column, data, head, holder, one_row, page, sample::courier, table, tree};

fn sha256(bytes: &[u8]) -> String {
    droit::value::hex(&Sha256::digest(bytes))
}

#[test]
fn located_is_exported_and_withheld() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::En);
    // by hand: users 11, orders 4 × 5, waybills 2 × 8, visits 230 × 3, voice 0, held back 12
    let cells = &finished.manifest.cells;
    assert_eq!(cells.located, 11 + 20 + 16 + 690 + 12);
    assert_eq!(cells.exported, cells.located - 16);
    assert_eq!(cells.masked, 4);
    let codes: Vec<_> = cells.withheld.iter().map(|(code, n)| (*code, *n)).collect();
    assert_eq!(codes, [("TRD", 12), ("credential", 1), ("export_no", 1), ("third_party", 1), ("undecided", 1)]);
    let manifest: Json = serde_json::from_slice(&fs::read(finished.path.join("manifest.json")).unwrap()).unwrap();
    for list in ["tables", "categories"] {
        for entry in manifest[list].as_array().unwrap() {
            let cells = &entry["cells"];
            let withheld: u64 = cells["withheld"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
            assert_eq!(cells["located"].as_u64().unwrap(), cells["exported"].as_u64().unwrap() + withheld, "{entry}");
        }
    }
    let sum = |list: &str, of: &str| {
        manifest[list].as_array().unwrap().iter().map(|e| e["cells"][of].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(sum("categories", "located"), cells.located);
    assert_eq!(sum("tables", "located"), cells.located - 12);
    let orders = &finished.manifest.tables[1];
    assert_eq!((orders.rows, orders.kept, orders.restricted), (4, 2, 1));
}

#[test]
fn the_manifest_lists_every_file_under_its_digest() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::Zh);
    let mut files = tree(&finished.path);
    let manifest = files.remove("manifest.json").unwrap();
    assert_eq!(sha256(&manifest), finished.digest);
    let manifest: Json = serde_json::from_slice(&manifest).unwrap();
    let listed: Vec<_> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let text = |key: &str| f[key].as_str().unwrap().to_owned();
            (text("path"), f["size"].as_u64().unwrap(), text("sha256"))
        })
        .collect();
    let found: Vec<_> = files.iter().map(|(path, b)| (path.clone(), b.len() as u64, sha256(b))).collect();
    assert_eq!(listed, found, "in the order of the paths, and nothing beside them");
    assert_eq!(finished.manifest.attachments, 1);
}

#[test]
fn values_are_exact() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    let cases: [(Value, Json); 12] = [
        (Value::Null, Json::Null),
        (Value::Integer(1 << 53), json!(9_007_199_254_740_992_u64)),
        (Value::Integer((1 << 53) + 1), json!({"integer": "9007199254740993"})),
        (Value::Integer(i64::MIN), json!({"integer": "-9223372036854775808"})),
        (Value::Real(0.1), json!(0.1)),
        (Value::Real(1e300), json!(1e300)),
        (Value::Real(f64::NAN), json!({"real": "NaN"})),
        (Value::Real(f64::NEG_INFINITY), json!({"real": "-inf"})),
        ("9007199254740993".into(), json!("9007199254740993")),
        ("".into(), json!("")),
        (Value::Blob(vec![0, 255, 16]), json!({"base64": "AP8Q"})),
        (Value::Malformed(vec![0xd5, 0xc5]), json!({"malformed": "1cU="})),
    ];
    let names: Vec<_> = (0..cases.len()).map(|n| format!("c{n:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let cells: Vec<_> = cases.iter().map(|(value, _)| Cell::Shown(value.clone())).collect();
    one_row(&mut package, &table("t", &names), &cells);
    let data = data(&package.finish().unwrap());
    for (name, (_, expected)) in names.iter().zip(&cases) {
        assert_eq!(&data["tables"][0]["rows"][0]["cells"][name], expected, "{name}");
    }
    assert_schema(&data);
}

#[test]
fn long_bytes_become_files_and_only_harmless_ones_keep_their_ending() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    package.begin_table(&table("t", &["scan", "voice"])).unwrap();
    let voice = package.attach(&mut &b"#!AMR\nvoice"[..]).unwrap();
    assert_eq!((voice.path(), voice.size()), ("files/000001.amr", 11));
    let scan = [b"%PDF-1.7 ".to_vec(), vec![7; 5000]].concat();
    let cells = [Cell::Shown(Value::Blob(scan.clone())), Cell::File(voice)];
    package.row(&RowOut { key: "1", role: &holder(), state: &RowState::Held, cells: &cells }).unwrap();
    package.end_table().unwrap();
    let finished = package.finish().unwrap();
    let cells = data(&finished)["tables"][0]["rows"][0]["cells"].clone();
    assert_eq!(cells, json!({"scan": {"file": "files/000002.bin"}, "voice": {"file": "files/000001.amr"}}));
    assert_eq!(fs::read(finished.path.join("files/000002.bin")).unwrap(), scan);
    assert_eq!(finished.manifest.attached_bytes, 11 + scan.len() as u64);
}

#[test]
fn a_portable_copy_holds_what_the_person_provided() {
    let room = Room::new();
    for origin in [Origin::Observed, Origin::Derived, Origin::Unmarked] {
        let head = droit::export::Head { portable: true, ..head(Language::En) };
        let mut package = Package::begin(&room.outbox(), "case", head).unwrap();
        let mut table = table("users", &["name"]);
        package.begin_table(&table).unwrap();
        package.end_table().unwrap();
        table.columns.push(column("score", "score", ("c", "C"), origin));
        let refused = package.begin_table(&table).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "column score of table users was not provided by the person and is not portable"
        );
    }
}

#[test]
fn a_kept_row_says_by_which_law_and_until_when() {
    let room = Room::new();
    let html = page(&courier(&room.outbox(), "zh", Language::Zh));
    assert!(html.contains("依法保留：电子商务法第三十一条，保留至 2028-05-02"));
    assert!(html.contains("限制处理（仅存储和安全保护）：争议处理期间"));
    assert!(html.contains("未提供：凭证") && html.contains("密码、密钥、验证码等凭证"));
    assert!(html.contains("users.risk_score") && html.contains("用于防范欺诈的内部评分"));
}

#[test]
fn whom_to_turn_to_is_told_in_the_persons_language() {
    let room = Room::new();
    let page_of = |name: &str, language, remedies| {
        let head = droit::export::Head { remedies, ..head(language) };
        page(&Package::begin(&room.outbox(), name, head).unwrap().finish().unwrap())
    };
    let chinese = page_of("zh", Language::Zh, Remedies::China);
    for word in ["网信", "通信管理", "公安", "市场监督管理", "邮政管理", "人民法院", "第五十条"]
    {
        assert!(chinese.contains(word), "{word}");
    }
    let english = page_of("en", Language::En, Remedies::China);
    for word in ["cyberspace", "telecommunications", "public security", "market regulation", "postal", "Article 50"] {
        assert!(english.contains(word), "{word}");
    }
    assert!(page_of("eu", Language::En, Remedies::Europe).contains("Article 77"));
    assert!(page_of("own", Language::En, Remedies::Own(vec!["Ask <us>".into()])).contains("Ask &lt;us&gt;"));
}

#[test]
fn lists_longer_than_the_page_go_on_in_the_data() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    for at in 0..201 {
        let consent = Consent {
            scope: format!("scope-{at}"),
            policy_version: "1".into(),
            given_at: "2025-01-01".into(),
            withdrawn_at: None,
            method: "box".into(),
            separate: false,
        };
        package.consent(&consent).unwrap();
    }
    let finished = package.finish().unwrap();
    let html = page(&finished);
    assert!(html.contains("scope-199<") && !html.contains("scope-200<"));
    assert!(html.contains("The first 200 are shown. All of them are in <a href=\"data.json\">data.json</a>."));
    assert_eq!(data(&finished)["consents"].as_array().unwrap().len(), 201);
}

#[test]
fn parts_come_in_their_order() {
    let room = Room::new();
    let disclosure = Disclosure {
        recipient: "r".into(),
        fields: "f".into(),
        at: "2025-01-01".into(),
        basis: Term::new("S04", "S04"),
        purpose: "p".into(),
    };
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    let row = RowOut { key: "1", role: &holder(), state: &RowState::Held, cells: &[] };
    assert!(matches!(package.row(&row), Err(ExportError::OutOfOrder("a row"))));
    package.begin_table(&table("t", &["a"])).unwrap();
    assert!(matches!(package.begin_table(&table("u", &["a"])), Err(ExportError::OutOfOrder("a table"))));
    assert!(matches!(package.disclosure(&disclosure), Err(ExportError::OutOfOrder(_))));
    assert!(matches!(package.row(&row), Err(ExportError::Shape { columns: 1, cells: 0, .. })));
    package.end_table().unwrap();
    package.disclosure(&disclosure).unwrap();
    assert!(matches!(package.begin_table(&table("u", &["a"])), Err(ExportError::OutOfOrder("a table"))));
    assert_schema(&data(&package.finish().unwrap()));
}

#[test]
fn a_package_of_nothing_is_whole() {
    let room = Room::new();
    let finished = Package::begin(&room.outbox(), "case", head(Language::Zh)).unwrap().finish().unwrap();
    assert_schema(&data(&finished));
    assert_eq!(finished.manifest.cells.located, 0);
    assert!(page(&finished).contains("没有持有而未提供的内容。"));
}

#[test]
fn the_shipped_schema_is_true() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::En);
    assert_schema(&data(&finished));
    let mut wrong = data(&finished);
    wrong["tables"][0]["rows"][0]["cells"]["password_hash"]["withheld"] = json!("SEC");
    let schema: Json = serde_json::from_slice(&fs::read(finished.path.join("data.schema.json")).unwrap()).unwrap();
    assert!(fits(&schema, &schema, &wrong).is_err(), "secrecy has no code");
}

#[test]
fn grounds_that_a_package_may_name_have_codes_of_the_law() {
    let room = Room::new();
    let mut package = Package::begin(&room.outbox(), "case", head(Language::En)).unwrap();
    for code in [Withheld::Ground(Ground::Ret), Withheld::Ground(Ground::Tpr), Withheld::ThirdParty] {
        package.held_back(&HeldBack { category: Term::new("c", "C"), code, cells: 2 }).unwrap();
    }
    let finished = package.finish().unwrap();
    let codes: Vec<_> = data(&finished)["withheld"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
    assert_eq!(codes, [json!("third_party"), json!("RET"), json!("TPR")]);
}

#[test]
fn debug_of_a_cell_shows_nothing_of_it() {
    let cells = [Cell::Masked(Mask("139******77".into())), Cell::Shown("13812341234".into())];
    assert!(!format!("{cells:?}").contains("13"));
}

fn assert_schema(data: &Json) {
    let schema: Json = serde_json::from_str(include_str!("../../../src/export/data.schema.json")).unwrap();
    fits(&schema, &schema, data).unwrap();
}

/// Checks `value` against the words of JSON Schema that our schema uses.
fn fits(root: &Json, schema: &Json, value: &Json) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(root, root.pointer(reference.trim_start_matches('#')).unwrap(), value);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|choice| fits(root, choice, value).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { Err(format!("{fitting} choices fit {value}")) };
    }
    let expect = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("{what}: {value}")) };
    let kinds: Vec<&str> = match &schema["type"] {
        Json::String(kind) => vec![kind],
        Json::Array(kinds) => kinds.iter().map(|k| k.as_str().unwrap()).collect(),
        _ => vec![],
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => value.is_number(),
    };
    expect(kinds.is_empty() || kinds.iter().any(|kind| is(kind)), "type")?;
    expect(schema.get("const").is_none_or(|only| only == value), "const")?;
    expect(schema["enum"].as_array().is_none_or(|all| all.contains(value)), "enum")?;
    for item in value.as_array().into_iter().flatten() {
        fits(root, &schema["items"], item)?;
    }
    let Some(fields) = value.as_object() else { return Ok(()) };
    for required in schema["required"].as_array().into_iter().flatten() {
        expect(fields.contains_key(required.as_str().unwrap()), "required")?;
    }
    for (name, field) in fields {
        if schema.get("propertyNames").is_some() {
            fits(root, &schema["propertyNames"], &json!(name))?;
        }
        match schema["properties"].get(name).or_else(|| schema.get("additionalProperties")) {
            Some(Json::Bool(false)) => return Err(format!("{name} is not expected")),
            Some(inner) => fits(root, inner, field)?,
            None => {}
        }
    }
    Ok(())
}
