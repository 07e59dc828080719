//! The schema changes between plan and apply.

use super::{SQL, desk, map_with};
use crate::desk::{Desk, require_refused};

#[test]
fn a_schema_that_drifts_between_plan_and_apply_is_refused_by_name() {
    for (change, named) in [
        ("CREATE TABLE secrets (id INTEGER PRIMARY KEY, person_id INTEGER)", "secrets"),
        ("ALTER TABLE orders ADD COLUMN wechat TEXT", "orders"),
        ("DROP TABLE goods", "goods"),
        ("CREATE TRIGGER copy AFTER DELETE ON orders BEGIN INSERT INTO goods VALUES (NULL, 1); END", "orders"),
        ("CREATE VIEW everybody AS SELECT * FROM people", "everybody"),
    ] {
        let desk = desk();
        let job = desk.plan([("account", "1")]).unwrap();
        desk.sql(change);
        let before = desk.dump();
        let shown = require_refused(desk.apply(&job), "drift");
        assert!(shown.contains(named), "{shown}");
        assert_eq!(desk.dump(), before);
        assert!(desk.book().unsettled_intents().unwrap().is_empty());
    }
}

#[test]
fn a_trigger_that_is_swapped_between_plan_and_apply_is_refused_by_name() {
    let trigger = |does: &str| format!("CREATE TRIGGER t AFTER DELETE ON orders BEGIN {does}; END");
    let desk = Desk::new(&format!("{SQL}{}", trigger("UPDATE goods SET sold = sold + 1")), &map_with(&["t"], ""));
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql(&format!("DROP TRIGGER t; {}", trigger("UPDATE goods SET sold = 0")));
    let shown = require_refused(desk.apply(&job), "drift");
    assert!(shown.contains("orders"), "{shown}");
    assert_eq!(desk.one::<i64>("SELECT sold FROM goods"), 5);
}

#[test]
fn an_index_that_comes_between_plan_and_apply_is_no_drift() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql("CREATE INDEX more ON orders (done_at)");
    desk.apply(&job).unwrap();
}
