//! Encodings, page sizes, and values that are not what they are declared to be.

use super::{MAP, SQL, require_erased};
use crate::desk::Desk;

#[test]
fn every_encoding_and_page_size_is_served() {
    for setting in [
        "PRAGMA encoding = 'UTF-16le';",
        "PRAGMA encoding = 'UTF-16be';",
        "PRAGMA page_size = 512;",
        "PRAGMA page_size = 65536;",
        "PRAGMA auto_vacuum = 2;",
    ] {
        require_erased(&Desk::new(&format!("{setting}{SQL}"), MAP));
    }
}

#[test]
fn text_that_is_no_text_goes_like_any_other() {
    let bad = "INSERT INTO orders VALUES (13, 1, CAST(x'ff5a68616e67fe' AS TEXT), CAST(x'c328' AS TEXT)),
        (14, 1, CAST(x'00' AS TEXT), x'0102');";
    require_erased(&Desk::new(&format!("{SQL}{bad}"), MAP));
}

#[test]
fn a_date_that_is_none_keeps_a_row_for_good() {
    let keep = "[tables.orders]\nkeep = { for = \"3 years\", after = \"done_at\", law = \"L\", because = \"b\" }\n";
    let map = MAP.replace("[tables.orders.columns]", &format!("{keep}[tables.orders.columns]"));
    for date in ["''", "NULL", "'0000-00-00'", "'2026-02-30'", "'yesterday'", "'2026-13-01'", "x'00'", "''''"] {
        let sql = format!("{SQL} DELETE FROM orders; INSERT INTO orders VALUES (11, 1, 'Zhang-secret', {date});");
        let desk = Desk::new(&sql, &map);
        let job = desk.plan([("account", "1")]).unwrap();
        assert_eq!(job.totals.kept_under("RET"), 1, "{date}");
        assert!(job.totals.kept.keys().all(|kept| kept.until.is_none()), "{date}");
        desk.apply(&job).unwrap();
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1, "{date}");
        assert_eq!(desk.one::<Option<String>>("SELECT address FROM orders"), None, "{date}");
    }
}

#[test]
fn text_where_a_number_is_declared_neither_ties_nor_breaks() {
    let bad = "INSERT INTO orders VALUES (13, 'Zhang-secret', 'x', NULL), (14, '1', 'x', NULL), (15, 1.0, 'x', NULL);
        INSERT INTO goods VALUES (2, 'many');";
    let desk = Desk::new(&format!("PRAGMA foreign_keys = OFF; {SQL}{bad}"), MAP);
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    // '1' and 1.0 became the whole number 1 when they were stored; the other text is nobody's.
    assert_eq!(desk.one::<String>("SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY id)"), "13,21");
}
