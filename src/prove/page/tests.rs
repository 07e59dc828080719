use serde_json::json;

use super::*;
use crate::{
    data_map::Wording,
    prove::{Beside, Cleaned, Erasure, Holder, LiveHits, Method, Verdict},
};

const HOSTILE: &str = "</td></tr></table><script>alert(1)</script>\u{1b}[2J\u{202e}\" onload='x' &amp;";

/// Every reason, and a word of each of its texts, as `docs/concepts/proof.md` explains it.
fn reasons() -> Vec<(Reason, &'static str, &'static str)> {
    let text = || HOSTILE.to_owned();
    let holders = || vec![Holder { id: 4711, name: text() }];
    vec![
        (Reason::SnapshotHeld { processes: holders() }, "旧的状态", "old state"),
        (Reason::Locked { processes: holders() }, "锁定", "locked"),
        (Reason::NeverQuiet, "每一刻", "every instant"),
        (Reason::VacuumBreaks { table: text() }, "行号", "renumber"),
        (Reason::NotMerged { table: text() }, "无法打开", "cannot be opened"),
        (Reason::IndexDiffers { tables: vec![text()] }, "不一致", "does not agree"),
        (Reason::StillDirty { pages: 9_013 }, "快于清理", "faster than is cleaned"),
        (Reason::LockPage, "从不使用的页", "never uses"),
        (Reason::LeftInDerived { objects: vec![text()], values: 9_014 }, "派生", "derived"),
        (Reason::InSchema { values: 9_015 }, "结构的文本", "text of the database's schema"),
        (Reason::Elsewhere { values: 9_016 }, "有效单元之外仍有", "outside of live cells"),
        (Reason::Beside { name: text(), hits: 9_017 }, "旁的文件含有", "beside the database holds"),
        (Reason::Unread { name: text() }, "旁的文件无法读取", "beside the database cannot be read"),
    ]
}

fn proof(reasons: Vec<Reason>, seen: bool) -> Proof {
    let file = File {
        method: Method::Scrub,
        page_size: 4_096,
        pages: 8_001,
        cells: 8_002,
        dead_bytes: 8_003,
        dirty_pages: 8_004,
        free_pages: 8_005,
    };
    let text = || HOSTILE.to_owned();
    Proof {
        verdict: if reasons.is_empty() { Verdict::Proven } else { Verdict::NotProvable(reasons) },
        file: seen.then_some(file),
        cleaned: Cleaned {
            merged: 8_006,
            rounds: 8_007,
            pages: 8_008,
            bytes: 8_009,
            slices: 8_010,
            longest_lock_ms: 8_011,
        },
        searched: Searched {
            values: 8_012,
            forms: 8_013,
            decoded_only: vec![8_014],
            undecoded_cells: 8_015,
            full_text: vec![text()],
            live: vec![LiveHits { object: text(), table: text(), values: 8_016, hits: 8_017 }],
            beside: vec![Beside { name: text(), bytes: Some(8_018), hits: 8_019, halves: 8_020 }],
        },
    }
}

fn erasure() -> Erasure {
    let text = || HOSTILE.to_owned();
    let count = |what: &str, rows| TableCount { table: text(), what: what.to_owned(), rows };
    let law = || Wording::new("《电子商务法》第三十一条<b>", "E-Commerce Law, Article 31<b>");
    let kept = |code: &str, rows| Kept { table: text(), rows, code: code.to_owned(), law: law(), until: None };
    let plan = Fingerprint::new([1; 32]);
    let earlier = Change {
        intent: 3,
        scope: Some(json!({"columns": [HOSTILE]})),
        removed: vec![count("changed", 8_031)],
        kept: vec![kept("stay", 8_032)],
        plan: Fingerprint::new([3; 32]),
        removed_at: "2026-11-22T02:00:00Z".parse().unwrap(),
    };
    Erasure {
        about: "DSR-20261123-0001".parse().unwrap(),
        intent: 4,
        subject: None,
        scope: Some(json!({"categories": ["location"], "roles": [HOSTILE]})),
        removed: vec![count("deleted", 8_021), count(HOSTILE, 8_022)],
        kept: vec![kept("RET", 8_023), kept(HOSTILE, 8_024)],
        plan,
        map: Fingerprint::new([2; 32]),
        database: text(),
        removed_at: "2026-11-23T02:00:00Z".parse().unwrap(),
        earlier: vec![earlier],
        nothing_found: Some(true),
        still_found: None,
        not_searched: vec![format!("{HOSTILE} 8041")],
    }
}

/// The page, the certificate's document, and the page's Chinese and English halves.
fn written(erasure: Erasure, proof: &Proof) -> (String, serde_json::Value, [String; 2]) {
    let signer = Signer { key: HOSTILE.to_owned(), namespace: "certificate@droit", name: Some(HOSTILE.to_owned()) };
    let now = "2026-11-23T03:04:05Z".parse().unwrap();
    let certificate = Certificate::new(erasure, proof, now, "droit 0", Some(signer));
    let (document, digest) = certificate.print().unwrap();
    let page = certificate.page(digest).unwrap();
    let halves: Vec<String> = page.split("<article lang=\"").skip(1).map(str::to_owned).collect();
    let [zh, en] = <[String; 2]>::try_from(halves).unwrap();
    assert!(zh.starts_with("zh-CN\">") && en.starts_with("en\">"));
    assert!(zh.contains(&digest.to_string()) && en.contains(&digest.to_string()));
    (page, serde_json::from_slice(&document).unwrap(), [zh, en])
}

#[test]
fn every_reason_is_told_in_both_languages_with_what_it_names() {
    let all = reasons();
    let (_, document, [zh, en]) =
        written(erasure(), &proof(all.iter().map(|(reason, ..)| reason.clone()).collect(), true));
    assert_eq!(document["because"].as_array().unwrap().len(), all.len());
    for ((_, in_zh, in_en), reason) in all.iter().zip(document["because"].as_array().unwrap()) {
        let code = format!("<code>{}</code></li>", reason["reason"].as_str().unwrap());
        for (half, said) in [(&zh, in_zh), (&en, in_en)] {
            let line = half.lines().find(|line| line.ends_with(&code)).unwrap_or_else(|| panic!("{code} is missing"));
            assert!(line.contains(said), "{said} is missing in {line}");
            let counts = ["values", "hits", "pages"].iter().filter_map(|field| reason[*field].as_u64());
            for number in counts.chain(reason["processes"].get(0).and_then(|process| process["id"].as_u64())) {
                assert!(line.contains(&number.to_string()), "{number} is missing in {line}");
            }
        }
    }
}

#[test]
fn every_claim_says_what_the_document_says_of_it() {
    let words = [
        ("no_rows_but_kept", "除所列保留者外已不存在", "no row of this person is there"),
        ("nothing_left_to_write_over", "没有可再改写的内容", "nothing is left to write over"),
        ("dead_bytes_zero", "每一个字节均为零", "outside of live cells is zero"),
        ("dead_bytes_written_by_vacuum", "同一次 VACUUM 写入", "written by one VACUUM"),
        ("values_not_found", "所查找的值不存在于", "values that were looked for occur"),
    ];
    let holds =
        [("yes", "已证明", "proven"), ("no", "不成立", "does not hold"), ("not_shown", "未能证明", "not shown")];
    let mut seen = std::collections::BTreeSet::new();
    let mut vacuumed = proof(vec![], true);
    vacuumed.file.as_mut().unwrap().method = Method::Vacuum;
    for proof in [
        proof(vec![], true),
        proof(vec![Reason::NeverQuiet], false),
        proof(vec![Reason::StillDirty { pages: 1 }], true),
        proof(vec![Reason::Elsewhere { values: 1 }], true),
        vacuumed,
    ] {
        for nothing_found in [Some(true), Some(false), None] {
            for still_found in [None, Some(vec![])] {
                let (_, document, halves) = written(Erasure { nothing_found, still_found, ..erasure() }, &proof);
                for claim in document["claims"].as_array().unwrap() {
                    let (code, held) = (claim["claim"].as_str().unwrap(), claim["holds"].as_str().unwrap());
                    let said = words.iter().find(|(known, ..)| *known == code).unwrap();
                    let told = holds.iter().find(|(known, ..)| *known == held).unwrap();
                    for (half, said, told) in [(&halves[0], said.1, told.1), (&halves[1], said.2, told.2)] {
                        let row = half.lines().find(|line| line.contains(&format!("<code>{code}</code>"))).unwrap();
                        assert!(row.contains(said) && row.contains(&format!(">{told}")), "{code} {held}: {row}");
                        assert!(row.contains(&format!("<code>{held}</code>")), "{row}");
                        assert_eq!(row.contains("class=\"holds\""), held == "yes", "{row}");
                    }
                    seen.insert((code.to_owned(), held.to_owned()));
                }
                let whole = document["verdict"] == "proven";
                for half in &halves {
                    assert_eq!(half.contains("class=\"verdict\""), whole);
                    assert_eq!(half.contains("class=\"verdict not\""), !whole);
                }
                let heading = |half: &str| half.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
                let erased = whole && document["carried_out"] == "erasure";
                assert_eq!(heading(&halves[0]) == "删除证明书", erased);
                assert_eq!(heading(&halves[1]) == "Certificate of erasure", erased);
            }
        }
    }
    assert_eq!(seen.len(), 3 * words.len() - 2, "a VACUUM that left dirty pages is not among them: {seen:?}");
}

/// Every number of the document that its maker chose.
fn numbers(value: &serde_json::Value, all: &mut Vec<u64>) {
    match value {
        serde_json::Value::Number(number) => all.extend(number.as_u64().filter(|number| *number >= 8_000)),
        serde_json::Value::Array(array) => array.iter().for_each(|value| numbers(value, all)),
        serde_json::Value::Object(object) => object.values().for_each(|value| numbers(value, all)),
        _ => {}
    }
}

#[test]
fn everything_else_that_the_document_says_is_told_too() {
    let (page, document, [zh, en]) = written(erasure(), &proof(vec![Reason::Elsewhere { values: 7 }], true));
    let told = [
        ("after_verified_at", "核验时间之后", "after the time of verification"),
        ("application_memory_and_logs", "内存和日志", "memory and logs"),
        ("swap", "交换空间", "swap"),
        ("file_system_blocks_and_ssd", "固态硬盘", "SSDs"),
        ("snapshots", "快照", "snapshots"),
        ("backups", "备份", "backups"),
        ("replicas", "副本", "replicas"),
        ("delivered_packages", "已交付", "delivered"),
        ("systems_outside_the_map", "数据地图以外", "outside of the data map"),
        ("compressed_or_encrypted_values", "加密", "encrypted"),
    ];
    let codes: Vec<&str> = told.iter().map(|(code, ..)| *code).collect();
    assert_eq!(document["not_claimed"], json!(codes));
    for (code, in_zh, in_en) in told {
        assert!(zh.contains(&format!("<li>{in_zh}")) || zh.contains(in_zh), "{code}");
        assert!(en.contains(in_en), "{code}");
    }
    let mut all = Vec::new();
    numbers(&document, &mut all);
    assert!(all.len() >= 25, "{all:?}");
    for half in [&zh, &en] {
        for number in &all {
            assert!(half.contains(&format!(">{number}<")), "{number} is missing");
        }
        for digest in ["01", "02", "03"] {
            assert!(half.contains(&digest.repeat(32)), "a digest of the plans or the map is missing");
        }
        assert!(half.contains("2026-11-23 03:04:05 (UTC)") && half.contains("2026-11-22 02:00:00 (UTC)"));
        assert!(half.contains("DSR-20261123-0001/4") && half.contains("DSR-20261123-0001/3"));
    }
    assert!(zh.contains("《电子商务法》第三十一条&lt;b&gt;") && !zh.contains("E-Commerce"));
    assert!(en.contains("E-Commerce Law, Article 31&lt;b&gt;") && !en.contains("电子商务法"));
    assert!(zh.contains("位置信息 (location)") && en.contains("location (location)"));
    let none = Erasure { not_searched: vec![], ..erasure() };
    let (_, _, [all_zh, all_en]) = written(none, &proof(vec![], true));
    for (half, named, all, title) in [
        (&zh, "可能仍提到此人", &all_zh, "未在他人文本中查找"),
        (&en, "may still name the person", &all_en, "not searched for the person"),
    ] {
        assert!(half.contains(named) && half.contains(" 8041</bdi></li>") && half.contains(title));
        assert!(
            !all.contains(named) && !all.contains(" 8041") && all.contains(title),
            "that all were searched is told"
        );
    }
    // nothing acts, whatever tables, files, processes and people are called
    assert!(
        !page.contains("<script")
            && !page.contains('\u{1b}')
            && !page.contains('\u{202e}')
            && !page.contains("&amp;\"")
    );
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let fetched = ["http:", "https:", "src=", "url(", "@import", "<link", "<a ", "<img"];
    assert!(fetched.iter().all(|thing| !page.contains(thing)), "it loads nothing");
    assert_eq!(page.matches("<table>").count(), page.matches("</table>").count());
    assert_eq!(page.matches("<section>").count(), page.matches("</section>").count());
}
