//! What is no database, or a damaged one.

use super::{desk, require_code, require_unopened};
use std::fs;

#[test]
fn what_is_no_database_is_refused_and_not_made_into_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    require_unopened(&path("missing.db"), "database_missing");
    assert!(!path("missing.db").exists(), "nothing was made");
    for (name, bytes) in [
        ("empty.db", b"".as_slice()),
        ("text.db", b"name,phone\nZhang-secret,13800138000\n"),
        ("short.db", b"SQLite format 3"),
    ] {
        fs::write(path(name), bytes).unwrap();
        require_unopened(&path(name), "not_a_database");
    }
    fs::create_dir(path("folder.db")).unwrap();
    require_unopened(&path("folder.db"), "not_a_database");
    std::os::unix::fs::symlink(path("nowhere"), path("dangling.db")).unwrap();
    require_unopened(&path("dangling.db"), "database_missing");
}

#[test]
fn a_cut_off_or_damaged_database_is_refused() {
    let desk = desk();
    let whole = fs::read(desk.path()).unwrap();
    fs::write(desk.path(), &whole[..100]).unwrap();
    require_unopened(&desk.path(), "not_a_database");
    let mut damaged = whole.clone();
    damaged[100..200].fill(0xaa); // the schema's own page
    fs::write(desk.path(), &damaged).unwrap();
    require_unopened(&desk.path(), "not_a_database");
    fs::write(desk.path(), &whole).unwrap();
    let root: usize = desk.one::<i64>("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").try_into().unwrap();
    let mut rows = whole;
    rows[(root - 1) * 4096..root * 4096].fill(0x5a);
    fs::write(desk.path(), &rows).unwrap();
    let outcome = desk.plan([("account", "1")]).and_then(|job| desk.apply(&job).map(drop));
    require_code(outcome, "not_a_database");
    assert_eq!(fs::read(desk.path()).unwrap(), rows);
}
