//! What the tests of this folder look at.

use std::{collections::BTreeMap, fs};

use rusqlite::Connection;
use serde_json::Value;

use crate::office::Office;

/// A fresh account with nothing but a row of its own.
pub(super) fn account(office: &Office, id: u32) {
    let sql = format!(
        "INSERT INTO users (id, username, phone, phone_bound_at, nickname, status, created_at)
         VALUES ({id}, 'fresh-{id}', '1990000{id}', '2026-01-01 10:00:00', 'Zhang-secret-{id}', 'dormant', '2026-01-01 10:00:00')"
    );
    Connection::open(office.path("zkjia.db")).unwrap().execute_batch(&sql).unwrap();
}

/// Opens a case about that account and proves who asks; the words of the request are secret.
pub(super) fn open(office: &mut Office, serial: u32, right: &str, who: &str) -> String {
    let day = jiff::tz::offset(8).to_datetime(office.now()).strftime("%Y%m%d").to_string();
    let case = format!("DSR-{day}-{serial:04}");
    office.file("who.txt", &format!("{who}\n"));
    office.file("words.txt", &reason(&case));
    office.run(&format!("case open {right} --id-file who.txt --text-file words.txt --quiet")).done();
    office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
    for name in ["who.txt", "words.txt"] {
        fs::remove_file(office.path(name)).unwrap();
    }
    case
}

/// What the person wrote.
pub(super) fn reason(case: &str) -> String {
    format!("Zhang-secret reason of {case}: my former spouse reads my parcels")
}

pub(super) fn close(office: &mut Office, case: &str) {
    office.file("reply.txt", "dear customer");
    office.run(&format!("case answer {case} --decision PARTIAL --remedies --reply reply.txt --quiet")).done();
    office.run(&format!("case close {case} --yes --quiet")).done();
}

/// The key folder of the office's only workspace.
pub(crate) fn key_folder(office: &Office) -> std::path::PathBuf {
    let workspaces: Vec<_> = fs::read_dir(office.path("state/droit")).unwrap().collect();
    assert_eq!(workspaces.len(), 1);
    workspaces[0].as_ref().unwrap().path().join("keys")
}

/// The bytes of every key that there is, by its name.
pub(crate) fn keys(office: &Office) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(key_folder(office)).unwrap().map(|entry| entry.unwrap().path());
    let keys = files.filter(|path| path.extension().is_some_and(|end| end == "key"));
    keys.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

/// What a document says is due: purpose, what it is about, and why.
pub(super) fn due(document: &Value) -> Vec<(String, String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let keys = document["data"]["keys"].as_array().unwrap();
    let mut due: Vec<_> =
        keys.iter().map(|key| (word(&key["purpose"]), word(&key["about"]), word(&key["because"]))).collect();
    due.sort();
    due.dedup();
    due
}

/// What droit has recorded of its keys, read by hand: purpose and what it is about, of those that are not destroyed.
pub(super) fn living(office: &Office) -> Vec<(String, String)> {
    let book = Connection::open(office.path("casebook.db")).unwrap();
    let mut statement =
        book.prepare("SELECT purpose, about FROM keys WHERE destroyed IS NULL ORDER BY purpose, about").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

pub(super) fn require_whole(office: &mut Office) {
    let verified = office.run("audit verify").done();
    assert!(verified.stdout().starts_with("the record is whole"), "{verified}");
}
